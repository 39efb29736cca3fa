//! Bytes to text. One stray byte spoils its own row and no other.

use super::BadRow;

/// A file's text, and what was not as it should be.
#[derive(Debug, Default)]
pub(super) struct Decoded {
    pub(super) text: String,
    /// Rows that were read by a guess at their letters.
    pub(super) guessed: Vec<BadRow>,
    /// Rows whose letters cannot be told; the text has an empty line in their place.
    pub(super) bad: Vec<BadRow>,
}

/// UTF-8 and UTF-16 with or without a byte-order mark. What is no UTF-8 is read row by row as Windows-1252, in which older files are written, where it
/// can be that: single letters among ASCII. Lines may end as on Macintoshes of old.
pub(super) fn decode(bytes: &[u8]) -> Decoded {
    let mut decoded = match bytes {
        [0xff, 0xfe, rest @ ..] => sixteen(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => sixteen(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => eight(rest),
        [b'\t'..=b'~', 0, b'\t'..=b'~', 0, ..] => sixteen(bytes, u16::from_le_bytes),
        [0, b'\t'..=b'~', 0, b'\t'..=b'~', ..] => sixteen(bytes, u16::from_be_bytes),
        bytes => eight(bytes),
    };
    if decoded.text.contains('\r') && !decoded.text.contains('\n') {
        decoded.text = decoded.text.replace('\r', "\n");
    }
    decoded
}

fn eight(bytes: &[u8]) -> Decoded {
    match std::str::from_utf8(bytes) {
        Ok(text) => Decoded { text: text.to_owned(), ..Decoded::default() },
        Err(_) => by_row(bytes),
    }
}

fn sixteen(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Decoded {
    let units = bytes.chunks_exact(2).filter_map(|pair| Some(unit([*pair.first()?, *pair.get(1)?])));
    let text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    let spoiled = (1..).zip(text.lines()).filter(|(_, line)| line.contains(char::REPLACEMENT_CHARACTER));
    let what = "holds half a letter of UTF-16";
    let bad = spoiled.map(|(line, _)| BadRow { line, what: what.to_owned() }).collect();
    let clean = |line: &str| if line.contains(char::REPLACEMENT_CHARACTER) { String::new() } else { line.to_owned() };
    Decoded { text: text.lines().map(clean).collect::<Vec<_>>().join("\n"), guessed: Vec::new(), bad }
}

fn by_row(bytes: &[u8]) -> Decoded {
    let rows = || (1..).zip(bytes.split(|byte| *byte == b'\n'));
    let in_utf_8 = rows().any(|(_, row)| !row.is_ascii() && std::str::from_utf8(row).is_ok());
    let mut decoded = Decoded::default();
    let mut is_told = false;
    for (line, row) in rows() {
        match (std::str::from_utf8(row), windows_1252(row)) {
            (Ok(text), _) => decoded.text.push_str(text),
            (Err(_), Some(text)) => {
                decoded.text.push_str(&text);
                let what = match in_utf_8 {
                    true => "has bytes that are no UTF-8 among others that are: they were read as Windows-1252",
                    // Of a file that is not in UTF-8 at all this is said once.
                    false => "and all after it were read as Windows-1252: the file is not in UTF-8",
                };
                if in_utf_8 || !is_told {
                    decoded.guessed.push(BadRow { line, what: what.to_owned() });
                }
                is_told = true;
            }
            (Err(_), None) => {
                let what = "is written neither in UTF-8 nor in Windows-1252";
                decoded.bad.push(BadRow { line, what: what.to_owned() });
            }
        }
        decoded.text.push('\n');
    }
    decoded
}

/// Letters beyond ASCII that Windows-1252 text may have side by side; names in other scripts, as older encodings write them, have more.
const SIDE_BY_SIDE: usize = 2;

/// A row whose bytes beyond ASCII are UTF-8, or else Windows-1252; nothing where they are neither.
fn windows_1252(row: &[u8]) -> Option<String> {
    let mut text = String::new();
    for run in row.chunk_by(|a, b| a.is_ascii() == b.is_ascii()) {
        match std::str::from_utf8(run) {
            Ok(run) => text.push_str(run),
            Err(_) if run.len() > SIDE_BY_SIDE => return None,
            Err(_) => {
                for byte in run {
                    text.push(letter(*byte)?);
                }
            }
        }
    }
    Some(text)
}

fn letter(byte: u8) -> Option<char> {
    Some(match byte {
        0x81 | 0x8d | 0x8f | 0x90 | 0x9d => return None,
        0x91 | 0x92 => '\'',
        0x93 | 0x94 => '"',
        0x96 | 0x97 => '-',
        0x8a => 'Š',
        0x8c => 'Œ',
        0x8e => 'Ž',
        0x9a => 'š',
        0x9c => 'œ',
        0x9e => 'ž',
        0x9f => 'Ÿ',
        0x80..=0x9f => ' ',
        _ => char::from(byte),
    })
}
