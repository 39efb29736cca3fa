//! What a packed spreadsheet says beside the values of its cells: comments, struck-through text, and formats that show another number than is stored.

use std::io::{Cursor, Read as _};

use crate::sheet::Aside;

/// What the mapping calls comments on cells.
const COMMENTS: &str = "comments";
/// What it calls struck-through text.
const STRUCK_TEXT: &str = "struck-through text";
/// What it calls formats of numbers.
const NUMBER_FORMATS: &str = "number formats";
/// No more of a part is looked through, in bytes: what is longer counts as one that says something.
const MAX_PART_BYTES: u64 = 64 << 20;

/// What a packed spreadsheet says beside its cells. Which sheet a comment stands on is not looked up: it is taken to be about its row of each.
pub(crate) fn packed_asides(bytes: &[u8]) -> Vec<Aside> {
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(bytes)) else { return Vec::new() };
    let mut asides = Vec::new();
    for place in 0..archive.len() {
        let Ok(part) = archive.by_index(place) else { continue };
        // A part whose name cannot be read may be any of them.
        let Ok(name) = part.name().map(|name| name.to_lowercase()) else {
            asides.push(aside(COMMENTS, 0, "a part of the file has a name that cannot be read"));
            continue;
        };
        let is_wanted = name.starts_with("xl/comments")
            || name.starts_with("xl/threadedcomments")
            || matches!(name.as_str(), "xl/styles.xml" | "xl/sharedstrings.xml" | "content.xml");
        if !is_wanted {
            continue;
        }
        let mut bytes = Vec::new();
        let is_read = part.take(MAX_PART_BYTES).read_to_end(&mut bytes).is_ok();
        let text = String::from_utf8_lossy(&bytes);
        match name.as_str() {
            "xl/styles.xml" => {
                if text.contains("<strike/>") || text.contains("<strike val=\"1\"") {
                    asides.push(aside(STRUCK_TEXT, 0, "some text may be struck through"));
                }
                asides.extend(odd_format(&text).map(|format| aside(NUMBER_FORMATS, 0, format)));
            }
            "xl/sharedstrings.xml" if text.contains("<strike/>") => {
                asides.push(aside(STRUCK_TEXT, 0, "some text may be struck through"));
            }
            "xl/sharedstrings.xml" => {}
            "content.xml" if text.contains("<office:annotation") => {
                asides.push(aside(COMMENTS, 0, "cells have comments"));
            }
            "content.xml" => {}
            _ if !is_read || !name.ends_with(".xml") => asides.push(aside(COMMENTS, 0, "cells have comments")),
            _ => asides.extend(comments(&text)),
        }
    }
    asides.dedup_by(|a, b| a.row == b.row && a.text == b.text);
    asides
}

/// The comments of an `.xls` file, each with the row of its cell: what they say is not read. A record of a comment is known by its number and by its
/// lengths, which fit each other.
pub(crate) fn xls_asides(bytes: &[u8]) -> Vec<Aside> {
    /// What begins such a record.
    const NOTE: [u8; 2] = [0x1c, 0];
    let number = |at: usize| Some(u16::from_le_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]));
    let row_of = |at: usize| {
        let (length, row, flags, letters) = (number(at + 2)?, number(at + 4)?, number(at + 8)?, number(at + 12)?);
        let width = match bytes.get(at + 14)? {
            0 => 1,
            1 => 2,
            _ => return None,
        };
        let author = letters.checked_mul(width)?.checked_add(11)?;
        let fits = (author..=author.saturating_add(1)).contains(&length) && letters <= 54 && flags & !0x0183 == 0;
        fits.then(|| u64::from(row) + 1)
    };
    let places = bytes.windows(2).enumerate().filter(|(_, pair)| *pair == NOTE).map(|(at, _)| at);
    let mut rows: Vec<u64> = places.filter_map(row_of).collect();
    rows.dedup();
    rows.into_iter().map(|row| aside(COMMENTS, row, "a cell has a comment, which is not read")).collect()
}

fn aside(what: &'static str, row: u64, text: &str) -> Aside {
    Aside { row, what, text: text.to_owned() }
}

/// The comments of a part, each with the row of its cell; 0 where that is not understood.
fn comments(text: &str) -> Vec<Aside> {
    let parts = text.split("<comment ").chain(text.split("<threadedComment ").skip(1)).skip(1);
    let read = |part: &str| {
        let cell = part.split_once("ref=\"").and_then(|(_, rest)| rest.split_once('"')).map_or("", |(cell, _)| cell);
        let row = cell.trim_start_matches(|letter: char| letter.is_ascii_alphabetic()).parse().unwrap_or(0);
        aside(COMMENTS, row, &format!("{cell}: {}", text_within(part)))
    };
    parts.map(read).collect()
}

/// The text between the marks of a part of XML.
fn text_within(part: &str) -> String {
    let inner = part.split_once('>').map_or("", |(_, rest)| rest);
    let mut text = String::new();
    for piece in inner.split('<') {
        let piece = piece.split_once('>').map_or(piece, |(_, rest)| rest);
        if !piece.trim().is_empty() {
            text.push_str(if text.is_empty() { "" } else { " " });
            text.push_str(piece.trim());
        }
    }
    text
}

/// The first format of numbers that shows digits which are not stored, or leaves stored ones out.
fn odd_format(styles: &str) -> Option<&str> {
    let mut formats =
        styles.split("formatCode=\"").skip(1).filter_map(|rest| rest.split_once('"')).map(|(code, _)| code);
    formats.find(|code| shows_otherwise(code))
}

/// Whether a format has digits in quotes or behind a backslash, or leaves thousands out by a comma behind its digits.
fn shows_otherwise(code: &str) -> bool {
    let code = code.replace("&quot;", "\"");
    let is_place = |letter: char| matches!(letter, '0' | '#' | '?');
    let mut is_quoted = false;
    let (mut before, mut before_commas) = (' ', ' ');
    for letter in code.chars() {
        let is_shown = letter.is_ascii_digit() && (is_quoted || before == '\\');
        let is_scaled = before == ',' && letter != ',' && is_place(before_commas) && !is_place(letter);
        if is_shown || is_scaled && !is_quoted {
            return true;
        }
        is_quoted ^= letter == '"';
        if letter != ',' {
            before_commas = letter;
        }
        before = letter;
    }
    before == ',' && is_place(before_commas)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_that_show_another_number_are_told_apart() {
        for code in ["0&quot;00&quot;", "0\\0", "0,", "#,##0,&quot;k&quot;", "0.0,,"] {
            assert!(shows_otherwise(code), "{code}");
        }
        for code in [
            "General",
            "#,##0.00",
            "0%",
            "yyyy-mm-dd",
            "&quot;$&quot;#,##0",
            "[$-409]d-mmm-yy",
            "[$-409]dddd, mmmm dd, yyyy",
            "@",
            "0.00E+00",
        ] {
            assert!(!shows_otherwise(code), "{code}");
        }
    }

    #[test]
    fn comments_of_old_spreadsheets_are_found_with_their_rows() {
        // Row 4, column 2, hidden, object 1, by `Jo`, with the byte that is not used.
        let note = [0x1c, 0, 14, 0, 3, 0, 2, 0, 0, 0, 1, 0, 2, 0, 0, b'J', b'o', 0];
        let file = [[7_u8; 40].as_slice(), &note, &[0x0a, 0, 0, 0]].concat();
        assert_eq!(xls_asides(&file).iter().map(|aside| aside.row).collect::<Vec<_>>(), [4]);
        let other = [0x1c, 0, 200, 0, 3, 0, 2, 0, 0, 0, 1, 0, 2, 0, 0, b'J', b'o', 0];
        assert!(xls_asides(&other).is_empty());
    }

    #[test]
    fn comments_are_found_with_their_rows() {
        let text = r#"<comments><commentList><comment ref="E2" authorId="0"><text><r><t>goes on</t></r><r><t>to Minsk</t></r></text></comment><comment ref="AA10"><text><t>ask</t></text></comment></commentList></comments>"#;
        let found: Vec<(u64, String)> = comments(text).into_iter().map(|aside| (aside.row, aside.text)).collect();
        assert_eq!(found, [(2, "E2: goes on to Minsk".to_owned()), (10, "AA10: ask".to_owned())]);
    }
}
