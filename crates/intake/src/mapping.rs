//! The mapping file: what a person confirmed of how files are read. It is written, may be edited, and is read back.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use tollgate_model::{Country, Diagnostics};
use tollgate_strict_toml::{Domain, Entry, Placed, Table, TomlFile};

use crate::values::day::DayOrder;
use crate::values::number::DecimalMark;
use crate::vocabulary::{known_targets, profiles};

/// What is known of how files are read, before they are looked at.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    /// Forms of values.
    pub(crate) forms: Forms,
    /// Countries by names that are not known by themselves.
    pub(crate) countries: BTreeMap<String, String>,
    /// Items of the catalog by the names in the files.
    pub(crate) items: BTreeMap<String, String>,
    /// The tables of the files.
    pub(crate) tables: Vec<TableMapping>,
}

/// Forms of values: `decimal` is `point` or `comma`, `dates` is `dmy` or `mdy`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Forms {
    pub(crate) decimal: Option<String>,
    pub(crate) dates: Option<String>,
}

/// One table of a file.
#[derive(Clone, Debug, Default)]
pub(crate) struct TableMapping {
    /// The file's name without its folder; `*` is every file.
    pub(crate) file: String,
    pub(crate) sheet: Option<String>,
    /// `orders`, `parties` or `left_out`.
    pub(crate) kind: String,
    pub(crate) encoding: Option<String>,
    /// The number of the row that has the headers.
    pub(crate) header_row: Option<u64>,
    pub(crate) profile: Option<String>,
    pub(crate) fill_down: Option<bool>,
    pub(crate) origin: Option<String>,
    /// Headers of columns that say nothing of the lines, whatever stands in them.
    pub(crate) ignore: BTreeSet<String>,
    /// Headers and the columns that they are; an empty text leaves one out.
    pub(crate) columns: BTreeMap<String, String>,
}

impl Mapping {
    /// Reads a mapping file; all mistakes are reported at once. `file` is what they call the file.
    pub fn parse(file: &str, text: &str) -> Result<Mapping, Diagnostics> {
        let toml = TomlFile::parse(file, text);
        let root = toml.root();
        let mapping = Mapping {
            forms: root.table("forms").map_or_else(Forms::default, Forms::read),
            countries: names(root.table("countries"), |table, Entry { key, value, line }| {
                if value.parse::<Country>().is_err() {
                    let what = format!("`{key}` is the country `{value}`");
                    table.report("not-a-country", *line, what, "write an ISO 3166-1 alpha-2 code in capitals");
                }
            }),
            items: names(root.table("items"), |_, _| {}),
            tables: root.tables("table").into_iter().map(TableMapping::read).collect(),
        };
        root.finish();
        let found = toml.into_diagnostics();
        if found.is_empty() { Ok(mapping) } else { Err(found) }
    }

    /// The decimal mark that it states.
    pub(crate) fn decimal(&self) -> Option<DecimalMark> {
        self.forms.decimal.as_deref().and_then(DecimalMark::from_word)
    }

    /// The order of day and month that it states.
    pub(crate) fn dates(&self) -> Option<DayOrder> {
        self.forms.dates.as_deref().and_then(DayOrder::from_word)
    }

    /// What it says of a table.
    pub(crate) fn table(&self, file: &str, sheet: Option<&str>) -> Option<&TableMapping> {
        let fits = |table: &&TableMapping| {
            (table.file == file || table.file == "*") && (table.sheet.is_none() || table.sheet.as_deref() == sheet)
        };
        self.tables.iter().find(fits)
    }

    /// The text of the file.
    pub(crate) fn to_toml(&self) -> String {
        let mut text =
            "# How these files were read. Change what is wrong, and give the file back with --map.\n".to_owned();
        text.push_str("\n[forms]\n");
        let _ = match &self.forms.decimal {
            Some(word) => writeln!(text, "decimal = {}", quoted(word)),
            None => writeln!(text, "# decimal = \"comma\"  # or \"point\""),
        };
        let _ = match &self.forms.dates {
            Some(word) => writeln!(text, "dates = {}", quoted(word)),
            None => writeln!(text, "# dates = \"dmy\"  # or \"mdy\""),
        };
        for (title, entries) in [("countries", &self.countries), ("items", &self.items)] {
            let _ = writeln!(text, "\n# Names that are not known by themselves.\n[{title}]");
            for (name, value) in entries {
                let _ = writeln!(text, "{} = {}", quoted(name), quoted(value));
            }
        }
        for table in &self.tables {
            table.push(&mut text);
        }
        text
    }
}

impl TableMapping {
    fn push(&self, text: &mut String) {
        let _ = writeln!(text, "\n[[table]]\nfile = {}", quoted(&self.file));
        let pairs = [
            ("sheet", &self.sheet),
            ("encoding", &self.encoding),
            ("profile", &self.profile),
            ("origin", &self.origin),
        ];
        for (key, value) in pairs {
            if let Some(value) = value {
                let _ = writeln!(text, "{key} = {}", quoted(value));
            }
        }
        let _ = writeln!(text, "kind = {}", quoted(&self.kind));
        if let Some(row) = self.header_row {
            let _ = writeln!(text, "header_row = {row}");
        }
        if let Some(fill_down) = self.fill_down {
            let _ = writeln!(text, "fill_down = {fill_down}");
        }
        let ignored: Vec<String> = self.ignore.iter().map(|header| quoted(header)).collect();
        let _ = match ignored.as_slice() {
            [] => writeln!(text, "# ignore = [\"Remarks\"]  # columns that say nothing of the lines"),
            ignored => writeln!(text, "ignore = [{}]", ignored.join(", ")),
        };
        text.push_str("\n[table.columns]\n");
        for (header, target) in &self.columns {
            let _ = writeln!(text, "{} = {}", quoted(header), quoted(target));
        }
    }
}

/// The entries of a table of names, each of which `check` may report; empty where there is no table.
fn names(table: Option<Table<'_, '_>>, check: impl Fn(&Table<'_, '_>, &Entry<String>)) -> BTreeMap<String, String> {
    let Some(table) = table else { return BTreeMap::new() };
    let entries = table.text_entries();
    entries.iter().for_each(|entry| check(&table, entry));
    entries.into_iter().map(|entry| (entry.key, entry.value)).collect()
}

impl Forms {
    fn read(table: Table<'_, '_>) -> Forms {
        let word = |key: &'static str, is_known: fn(&str) -> bool, mend: &str| {
            let Placed { value, line } = table.text(key)?;
            if !is_known(&value) {
                table.report("unknown-word", line, format!("`{key}` is `{value}`"), mend);
            }
            Some(value)
        };
        let forms = Forms {
            decimal: word("decimal", |word| DecimalMark::from_word(word).is_some(), "write point or comma"),
            dates: word("dates", |word| DayOrder::from_word(word).is_some(), "write dmy or mdy"),
        };
        table.finish();
        forms
    }
}

impl TableMapping {
    fn read(table: Table<'_, '_>) -> TableMapping {
        let file = table.required_text("file", "\"orders.csv\"");
        let kind = table.required_text("kind", "\"orders\"");
        let known = known_targets(&kind.value);
        if known.is_empty() && kind.value != "left_out" {
            let what = format!("a table of `{}` is `{}`", file.value, kind.value);
            table.report("unknown-word", kind.line, what, "write orders, parties or left_out");
        }
        let profile = table.text("profile");
        if let Some(name) = profile.as_ref().filter(|name| !profiles().iter().any(|known| known.name == name.value)) {
            let all: BTreeSet<&str> = profiles().iter().map(|known| known.name.as_str()).collect();
            let all = all.into_iter().collect::<Vec<_>>().join(", ");
            let what = format!("no profile is called `{}`", name.value);
            table.report("unknown-word", name.line, what, format!("choose of {all}, or take it out"));
        }
        let columns = names(table.table("columns"), |columns, Entry { key, value, line }| {
            if !value.is_empty() && !known.contains(value.as_str()) {
                let what = format!("`{key}` is to be `{value}`, which is no column");
                columns.report("unknown-column", *line, what, "see docs/intake.md, or write \"\"");
            }
        });
        let header_row = table.whole("header_row", &Domain::new(1, i64::from(u32::MAX)));
        let mapping = TableMapping {
            file: file.value,
            sheet: table.text_value("sheet"),
            kind: kind.value,
            encoding: table.text_value("encoding"),
            header_row: header_row.map(|row| row.value.unsigned_abs()),
            profile: profile.map(|name| name.value),
            fill_down: table.boolean("fill_down"),
            origin: table.text_value("origin"),
            ignore: table.word_values("ignore").into_iter().collect(),
            columns,
        };
        table.finish();
        mapping
    }
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            letter if letter.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(letter));
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let mut mapping = Mapping::default();
        mapping.forms.decimal = Some("comma".to_owned());
        mapping.items.insert("X \"8\"".to_owned(), "H200 SXM".to_owned());
        let columns = [("Best.\\Nr".to_owned(), "order_id".to_owned()), ("Bemerkung".to_owned(), String::new())].into();
        mapping.tables.push(TableMapping {
            file: "a.csv".to_owned(),
            kind: "orders".to_owned(),
            header_row: Some(3),
            columns,
            ..TableMapping::default()
        });
        let again = Mapping::parse("map.toml", &mapping.to_toml()).unwrap();
        assert_eq!(again.to_toml(), mapping.to_toml());
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for text in [
            "[forms]\ndecimal = \"dot\"",
            "[form]\n",
            "[[table]]\nfile = \"a\"\nkind = \"orders\"\n[table.columns]\nA = \"itm\"",
            "[countries]\nX = \"Malaysia\"",
            "[",
        ] {
            assert!(Mapping::parse("map.toml", text).is_err(), "{text}");
        }
    }
}
