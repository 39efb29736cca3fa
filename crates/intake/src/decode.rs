//! Bytes to text: which encoding a file has.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, GB18030, GBK, UTF_16BE, UTF_16LE};
use tollgate_model::Diagnostic;

use crate::faults::{SAVE_ANEW, fault};

/// A text, and how it was read.
#[derive(Debug)]
pub(crate) struct Decoded {
    /// The text; what its encoding does not have is U+FFFD.
    pub(crate) text: String,
    /// The name of the encoding.
    pub(crate) encoding: &'static str,
    /// What a person should know of how it was found.
    pub(crate) note: Option<String>,
}

/// Reads bytes as text. `label` is the encoding that a person chose, by any of its usual names.
pub(crate) fn decode(bytes: Vec<u8>, label: Option<&str>) -> Result<Decoded, Diagnostic> {
    if let Some(label) = label {
        let unknown = || fault("unknown-encoding", format!("`{label}` is no encoding"), SAVE_ANEW);
        let encoding = Encoding::for_label(label.as_bytes()).ok_or_else(unknown)?;
        return Ok(decode_as(encoding, &bytes, None));
    }
    if let Some((encoding, _)) = Encoding::for_bom(&bytes) {
        return Ok(decode_as(encoding, &bytes, None));
    }
    let bytes = match String::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => return Ok(Decoded { text, encoding: "UTF-8", note: None }),
        Ok(text) => text.into_bytes(),
        Err(error) => error.into_bytes(),
    };
    if let Some(encoding) = unmarked_utf_16(&bytes) {
        return Ok(decode_as(
            encoding,
            &bytes,
            Some("the encoding has no mark and was told by its zero bytes".to_owned()),
        ));
    }
    let (valid, stray) = utf_8_letters(&bytes);
    if valid >= stray.saturating_mul(10) && valid > 0 || stray == 0 {
        let note = (stray > 0).then(|| format!("{stray} places are no UTF-8: cells with `\u{fffd}` there"));
        return Ok(Decoded { text: String::from_utf8_lossy(&bytes).into_owned(), encoding: "UTF-8", note });
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(&bytes, true);
    let found = detector.guess(None, Utf8Detection::Deny);
    let found = if found == GBK { GB18030 } else { found };
    let note = format!("the encoding is taken to be {} by its letters: check names with accents", found.name());
    Ok(decode_as(found, &bytes, Some(note)))
}

fn decode_as(encoding: &'static Encoding, bytes: &[u8], note: Option<String>) -> Decoded {
    let (text, used, broken) = encoding.decode(bytes);
    let broken = broken.then(|| format!("some bytes are no {}: cells with `\u{fffd}` there", used.name()));
    let note = match (note, broken) {
        (Some(note), Some(broken)) => Some(format!("{note}; {broken}")),
        (note, broken) => note.or(broken),
    };
    Decoded { text: text.into_owned(), encoding: used.name(), note }
}

/// UTF-16 without a mark: every other byte of the first is zero.
fn unmarked_utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..bytes.len().min(2_000)).unwrap_or(bytes);
    let zeros = |odd: usize| head.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let half = head.len() / 2;
    match (zeros(0), zeros(1)) {
        (0, last) if half > 2 && last * 10 > half * 6 => Some(UTF_16LE),
        (first, 0) if half > 2 && first * 10 > half * 6 => Some(UTF_16BE),
        _ => None,
    }
}

/// How many letters beyond ASCII are UTF-8, and how many runs of bytes are not.
fn utf_8_letters(bytes: &[u8]) -> (usize, usize) {
    let mut counts = (0, 0);
    for chunk in bytes.utf8_chunks() {
        counts.0 += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count();
        counts.1 += usize::from(!chunk.invalid().is_empty());
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (String, &'static str) {
        let decoded = decode(bytes.to_vec(), None).unwrap();
        (decoded.text, decoded.encoding)
    }

    #[test]
    fn encodings_are_told() {
        let german = "Empfänger;Bestimmungsland;Stückzahl\nMüller Rechenzentrum GmbH;Österreich;4\n";
        assert_eq!(read(german.as_bytes()), (german.to_owned(), "UTF-8"));
        let marked = [b"\xef\xbb\xbf", german.as_bytes()].concat();
        assert_eq!(read(&marked), (german.to_owned(), "UTF-8"));
        let (latin, _, _) = encoding_rs::WINDOWS_1252.encode(german);
        assert_eq!(read(&latin), (german.to_owned(), "windows-1252"));
        let wide: Vec<u8> = german.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(read(&wide), (german.to_owned(), "UTF-16LE"));
        assert_eq!(read(&[b"\xff\xfe", wide.as_slice()].concat()), (german.to_owned(), "UTF-16LE"));
        let japanese = "注文番号,荷受人,最終仕向国,品名,数量\n1,東京計算株式会社,日本,グラフィックボード,4\n";
        let (bytes, _, _) = encoding_rs::SHIFT_JIS.encode(japanese);
        assert_eq!(read(&bytes), (japanese.to_owned(), "Shift_JIS"));
        let chinese = "订单号,收货人,目的国,产品名称,数量\n1,深圳计算有限公司,越南,显卡,4\n";
        let (bytes, _, _) = encoding_rs::GB18030.encode(chinese);
        assert_eq!(read(&bytes), (chinese.to_owned(), "gb18030"));
    }

    #[test]
    fn a_stray_byte_spoils_no_other_letter() {
        let mut bytes = "Müller, Jäger, Größe, Österreich, Köln, Zürich, Süd, für, über\n".repeat(3).into_bytes();
        bytes.push(0xe9);
        let decoded = decode(bytes, None).unwrap();
        assert!(decoded.text.contains("Österreich") && decoded.text.ends_with('\u{fffd}'));
        assert!(decoded.note.is_some());
    }
}
