//! Tables written in each of their forms, and what their columns do not understand.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use tollgate_model::{Country, Date};
use tollgate_records::{CellKind, Column, Table};

/// Numbers that are the same at every run (SplitMix64).
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }
}

/// What no column of other than free text understands.
pub(crate) const STRANGE: &[&str] = &[
    "?",
    "-",
    "–",
    "''",
    "null",
    "undefined",
    "#REF!",
    "#N/A",
    "=1+1",
    "=HYPERLINK(\"x\")",
    "@SUM(A1)",
    "+cmd",
    "\u{0}",
    "a\u{0}b",
    "\u{7}",
    "\u{200b}\u{200b}",
    "\u{feff}?",
    "1;DROP TABLE",
    "<b>x</b>",
    "${x}",
    "%s%n",
    "🚢",
    "مجهول",
    "неизвестно",
    "不明",
    "알 수 없음",
    "inconnu",
    "unbekannt",
    "desconocido",
    "to be advised",
    "TBD",
    "see contract",
    "NaN",
    "inf",
    "Infinity",
    "1,000",
    "1 000",
    "1'000",
    "1.000.000",
    "1,5",
    "0x10",
    "1e400",
    "½",
    "１２",
    "٣",
    "XII",
    "twelve",
    "1-2",
    "~5",
    "5 pcs",
    "-1",
    "--1",
    "02/03/2026",
    "3.2.26",
    "2026-13-01",
    "2026-02-30",
    "20260302",
    "46361",
    "March 2026",
    "令和8年3月2日",
    "2026-W10",
    "2026-11-02T25:61",
    "yesterday",
];

/// A folder that is gone when it is dropped.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Folder {
        let folder = std::env::temp_dir().join(format!("tollgate-unread-values-{}-{name}", std::process::id()));
        let _gone = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}

pub(crate) type Row = BTreeMap<&'static str, String>;

pub(crate) fn row(cells: &[(&'static str, &str)]) -> Row {
    cells.iter().map(|(name, cell)| (*name, (*cell).to_owned())).collect()
}

pub(crate) fn csv(table: Table, rows: &[Row]) -> String {
    let quoted = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
    let header: Vec<&str> = table.columns().iter().map(|column| column.name).collect();
    let line = |row: &Row| {
        let cells = header.iter().map(|name| row.get(name).map_or_else(String::new, |cell| quoted(cell)));
        cells.collect::<Vec<_>>().join(",")
    };
    let lines: Vec<String> = rows.iter().map(line).collect();
    format!("{}\n{}\n", header.join(","), lines.join("\n"))
}

/// The forms in which tables come; each has a reader of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Entry {
    Csv,
    JsonLines,
    Parquet,
}

pub(crate) fn write_table(folder: &Folder, table: Table, rows: &[Row], entry: Entry) -> PathBuf {
    let path = |ending: &str| folder.0.join(format!("{}.{ending}", table.as_str()));
    // Stakes in JSON are statements of registers.
    let is_published = matches!(entry, Entry::JsonLines) && table == Table::Ownership;
    match if rows.is_empty() || is_published { Entry::Csv } else { entry } {
        Entry::Csv => {
            std::fs::write(path("csv"), csv(table, rows)).unwrap();
            path("csv")
        }
        Entry::JsonLines => {
            let lines: Vec<String> = rows.iter().map(|row| serde_json::to_string(row).unwrap()).collect();
            std::fs::write(path("jsonl"), lines.join("\n")).unwrap();
            path("jsonl")
        }
        Entry::Parquet => {
            let column = |column: &Column| {
                let cells = rows.iter().map(|row| row.get(column.name).map(String::as_str));
                (column.name, Arc::new(cells.collect::<StringArray>()) as ArrayRef, true)
            };
            let batch = RecordBatch::try_from_iter_with_nullable(table.columns().iter().map(column)).unwrap();
            let file = std::fs::File::create(path("parquet")).unwrap();
            let mut writer = parquet::arrow::ArrowWriter::try_new(file, batch.schema(), None).unwrap();
            writer.write(&batch).unwrap();
            writer.close().unwrap();
            path("parquet")
        }
    }
}

/// Texts that a column may be fed: the strange ones, and slips of the pen of what it understands.
pub(crate) fn texts_for(understood: &[&str], numbers: &mut Numbers) -> BTreeSet<String> {
    let mut texts: BTreeSet<String> = STRANGE.iter().map(|text| (*text).to_owned()).collect();
    texts.insert("x".repeat(70_000));
    for word in understood {
        for _ in 0..4 {
            let mut letters: Vec<char> = word.chars().collect();
            let place = numbers.below(letters.len());
            match numbers.below(4) {
                0 => letters.insert(place, 'q'),
                1 => drop(letters.remove(place)),
                2 => letters.swap(place, (place + 1) % word.chars().count()),
                _ => *letters.get_mut(place).unwrap() = 'ж',
            }
            texts.insert(letters.into_iter().collect());
        }
        texts.extend([format!("={word}"), format!("{word}\u{0}"), format!("{word} or so"), format!("not {word}")]);
    }
    // What differs by signs alone is another spelling of the same, and a slip of the pen may be another day of the calendar.
    let letters =
        |text: &str| text.chars().filter(|letter| letter.is_alphanumeric()).collect::<String>().to_lowercase();
    let is_below_zero =
        |text: &str| text.trim_start().starts_with('-') && text.bytes().any(|byte| byte.is_ascii_digit());
    let is_spelling = |text: &str| !is_below_zero(text) && understood.iter().any(|word| letters(word) == letters(text));
    let is_other = |text: &str| text.parse::<Date>().is_ok() || Country::from_text(text).is_ok();
    texts.retain(|text| !is_spelling(text) && !text.trim().is_empty() && !is_other(text));
    texts
}

/// What the cells of a column may mean, the most cautious thing among it; none of free text.
pub(crate) fn meanings(table: Table, column: &Column) -> Vec<&'static str> {
    let by_name: &[&'static str] = match (table, column.name) {
        (Table::Parties, "country") => &["NO", "CN", "Iran"],
        (Table::Parties, "parent_id") | (Table::Ownership, "owner_id") => &["delta", "seller"],
        (Table::Parties, "flags") => &["none", "entity_list", "military", "denied_person"],
        (Table::Items, "tpp") => &["300", "16000"],
        (Table::Items, "die_area_mm2") => &["600", "814"],
        (Table::Items, "performance_density") => &["2", "19"],
        (Table::Items, "accelerator") => &["H100 SXM5 80GB", "L4"],
        (Table::Ownership, "percent") => &["60", "10"],
        (Table::Ownership, "from" | "until") => &["2020-01-01", "2031-01-01"],
        _ => &[],
    };
    if !by_name.is_empty() {
        return by_name.to_vec();
    }
    match column.kind {
        CellKind::Country => vec!["NO", "CN"],
        CellKind::Day => vec!["2011-05-04"],
        CellKind::Whole => vec!["1", "8"],
        CellKind::Number => vec!["2", "300"],
        CellKind::Truth => vec!["true", "false"],
        CellKind::Word(words) => words.split(", ").collect(),
        CellKind::Text | CellKind::Words => Vec::new(),
    }
}
