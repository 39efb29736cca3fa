//! The mapping file: what a person confirmed of how files are read. It is written, may be edited, and is read back.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;

use crate::values::day::DayOrder;
use crate::values::number::DecimalMark;

/// What is known of how files are read, before they are looked at.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Forms of values.
    #[serde(default)]
    pub(crate) forms: Forms,
    /// Countries by names that are not known by themselves.
    #[serde(default)]
    pub(crate) countries: BTreeMap<String, String>,
    /// Items of the catalog by the names in the files.
    #[serde(default)]
    pub(crate) items: BTreeMap<String, String>,
    /// The tables of the files.
    #[serde(default, rename = "table")]
    pub(crate) tables: Vec<TableMapping>,
}

/// Forms of values: `decimal` is `point` or `comma`, `dates` is `dmy` or `mdy`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Forms {
    pub(crate) decimal: Option<String>,
    pub(crate) dates: Option<String>,
}

/// One table of a file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
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
    /// Headers and the columns that they are; an empty text leaves one out.
    #[serde(default)]
    pub(crate) columns: BTreeMap<String, String>,
}

impl Mapping {
    /// Reads a mapping file. The error says what is wrong, where, and how to mend it.
    pub fn parse(file: &str, text: &str) -> Result<Mapping, String> {
        let mapping: Mapping = toml::from_str(text).map_err(|error| {
            let line =
                error.span().and_then(|span| text.get(..span.start)).map_or(1, |head| head.lines().count().max(1));
            format!("{file}, line {line}: {}\n  mend: write it as `tollgate intake` does", error.message())
        })?;
        let wrong = |what: String, mend: &str| Err(format!("{file}: {what}\n  mend: {mend}"));
        if let Some(word) = mapping.forms.decimal.as_deref().filter(|word| DecimalMark::from_word(word).is_none()) {
            return wrong(format!("`decimal` is `{word}`"), "write point or comma");
        }
        if let Some(word) = mapping.forms.dates.as_deref().filter(|word| DayOrder::from_word(word).is_none()) {
            return wrong(format!("`dates` is `{word}`"), "write dmy or mdy");
        }
        for (name, code) in &mapping.countries {
            if code.parse::<tollgate_model::Country>().is_err() {
                return wrong(
                    format!("`{name}` is the country `{code}`"),
                    "write an ISO 3166-1 alpha-2 code in capitals",
                );
            }
        }
        for table in &mapping.tables {
            let known = crate::vocabulary::known_targets(&table.kind);
            if known.is_empty() && table.kind != "left_out" {
                return wrong(
                    format!("a table of `{}` is `{}`", table.file, table.kind),
                    "write orders, parties or left_out",
                );
            }
            if let Some((header, target)) =
                table.columns.iter().find(|(_, target)| !target.is_empty() && !known.contains(target.as_str()))
            {
                return wrong(
                    format!("`{header}` is to be `{target}`, which is no column"),
                    "see docs/intake.md, or write \"\"",
                );
            }
        }
        Ok(mapping)
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
        text.push_str("\n[table.columns]\n");
        for (header, target) in &self.columns {
            let _ = writeln!(text, "{} = {}", quoted(header), quoted(target));
        }
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
