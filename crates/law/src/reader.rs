//! Reads TOML tables key by key, and collects everything that is wrong, with its line.

use std::cell::RefCell;
use std::collections::BTreeSet;

use tollgate_model::{Date, Decimal};
use toml::de::{DeTable, DeValue};

use crate::error::LawError;

/// A file that is being read, and what was found wrong with it.
pub(crate) struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    errors: RefCell<Vec<LawError>>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(file: &'a str, text: &'a str) -> Reader<'a> {
        Reader { file, text, errors: RefCell::default() }
    }

    /// The parsed document; an empty one, and an error, if it is not TOML.
    pub(crate) fn document(&self) -> DeTable<'a> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in errors {
            let line = self.line(error.span().map_or(0, |span| span.start));
            self.error(
                line,
                format!("not TOML: {}", error.message()),
                "see https://toml.io; quote texts, write dates bare",
            );
        }
        table.into_inner()
    }

    pub(crate) fn line(&self, offset: usize) -> usize {
        let before = self.text.as_bytes().get(..offset).unwrap_or_default();
        1 + before.iter().filter(|byte| **byte == b'\n').count()
    }

    pub(crate) fn error(&self, line: usize, what: impl Into<String>, mend: impl Into<String>) {
        let error = LawError { file: self.file.to_owned(), line, what: what.into(), mend: mend.into() };
        self.errors.borrow_mut().push(error);
    }

    pub(crate) fn into_errors(self) -> Vec<LawError> {
        self.errors.into_inner()
    }
}

/// A table that is being read; [`Table::finish`] reports the keys that nobody asked for.
pub(crate) struct Table<'r, 'a> {
    pub(crate) reader: &'r Reader<'a>,
    table: &'r DeTable<'a>,
    pub(crate) line: usize,
    asked: RefCell<BTreeSet<&'static str>>,
}

/// A value and the line it stands on.
pub(crate) type At<T> = (T, usize);

impl<'r, 'a> Table<'r, 'a> {
    pub(crate) fn new(reader: &'r Reader<'a>, table: &'r DeTable<'a>, line: usize) -> Table<'r, 'a> {
        Table { reader, table, line, asked: RefCell::default() }
    }

    fn value(&self, key: &'static str) -> Option<(&'r DeValue<'a>, usize)> {
        self.asked.borrow_mut().insert(key);
        let value = self.table.get(key)?;
        Some((value.get_ref(), self.reader.line(value.span().start)))
    }

    fn wrong_type(&self, line: usize, key: &str, wanted: &str) {
        self.reader.error(line, format!("`{key}` is not {wanted}"), format!("write {wanted} there"));
    }

    fn missing(&self, key: &str, example: &str) {
        self.reader.error(self.line, format!("`{key}` is missing"), format!("add `{key} = {example}`"));
    }

    pub(crate) fn text(&self, key: &'static str) -> Option<At<String>> {
        let (value, line) = self.value(key)?;
        match value {
            DeValue::String(text) => Some((text.to_string(), line)),
            _ => {
                self.wrong_type(line, key, "a quoted text");
                None
            }
        }
    }

    pub(crate) fn need_text(&self, key: &'static str, example: &str) -> At<String> {
        if !self.has(key) {
            self.missing(key, example);
        }
        let (text, line) = self.text(key).unwrap_or_default();
        if self.has(key) && text.trim().is_empty() {
            self.reader.error(
                line.max(self.line),
                format!("`{key}` is empty"),
                format!("write, for example, `{key} = {example}`"),
            );
        }
        (text, if line == 0 { self.line } else { line })
    }

    pub(crate) fn has(&self, key: &'static str) -> bool {
        self.asked.borrow_mut().insert(key);
        self.table.contains_key(key)
    }

    pub(crate) fn boolean(&self, key: &'static str) -> Option<bool> {
        let (value, line) = self.value(key)?;
        match value {
            DeValue::Boolean(value) => Some(*value),
            _ => {
                self.wrong_type(line, key, "`true` or `false`");
                None
            }
        }
    }

    pub(crate) fn date(&self, key: &'static str) -> Option<Date> {
        let (value, line) = self.value(key)?;
        let written = match value {
            DeValue::Datetime(day) if day.time.is_none() => day.to_string().parse().ok(),
            _ => None,
        };
        if written.is_none() {
            self.wrong_type(line, key, "a bare day such as 2025-05-15");
        }
        written
    }

    pub(crate) fn need_date(&self, key: &'static str) -> Date {
        if !self.has(key) {
            self.missing(key, "2025-05-15");
        }
        self.date(key).unwrap_or(Date::MIN)
    }

    pub(crate) fn number(&self, key: &'static str) -> Option<At<Decimal>> {
        let (value, line) = self.value(key)?;
        let written = match value {
            DeValue::Integer(number) if number.radix() == 10 => number.as_str().replace('_', "").parse().ok(),
            DeValue::Float(number) => number.as_str().replace('_', "").parse().ok(),
            _ => None,
        };
        if written.is_none() {
            self.wrong_type(line, key, "a decimal number");
        }
        written.map(|number| (number, line))
    }

    pub(crate) fn words(&self, key: &'static str) -> Vec<At<String>> {
        let Some((value, line)) = self.value(key) else { return Vec::new() };
        let DeValue::Array(items) = value else {
            self.wrong_type(line, key, "a list of quoted texts");
            return Vec::new();
        };
        let mut words = Vec::new();
        for item in items.iter() {
            let line = self.reader.line(item.span().start);
            match item.get_ref() {
                DeValue::String(text) => words.push((text.to_string(), line)),
                _ => self.wrong_type(line, key, "a list of quoted texts"),
            }
        }
        words
    }

    pub(crate) fn table(&self, key: &'static str) -> Option<Table<'r, 'a>> {
        let (value, line) = self.value(key)?;
        match value {
            DeValue::Table(table) => Some(Table::new(self.reader, table, line)),
            _ => {
                self.wrong_type(line, key, "a table");
                None
            }
        }
    }

    pub(crate) fn tables(&self, key: &'static str) -> Vec<Table<'r, 'a>> {
        let Some((value, line)) = self.value(key) else { return Vec::new() };
        let DeValue::Array(items) = value else {
            self.wrong_type(line, key, "a list of tables (`[[…]]`)");
            return Vec::new();
        };
        let mut tables = Vec::new();
        for item in items.iter() {
            let line = self.reader.line(item.span().start);
            match item.get_ref() {
                DeValue::Table(table) => tables.push(Table::new(self.reader, table, line)),
                _ => self.wrong_type(line, key, "a list of tables (`[[…]]`)"),
            }
        }
        tables
    }

    /// The sub-tables under names that are free, in order of name.
    pub(crate) fn named_tables(&self) -> Vec<(String, Table<'r, 'a>)> {
        let mut tables = Vec::new();
        for (name, value) in self.table.iter() {
            let line = self.reader.line(name.span().start);
            match value.get_ref() {
                DeValue::Table(table) => {
                    tables.push((name.get_ref().to_string(), Table::new(self.reader, table, line)))
                }
                _ => self.wrong_type(line, name.get_ref(), "a table such as `{ value = 4800, unit = \"TPP\" }`"),
            }
        }
        tables
    }

    /// The names and truth values under names that are free, in order of name.
    pub(crate) fn named_booleans(&self) -> Vec<(String, bool, usize)> {
        let mut values = Vec::new();
        for (name, value) in self.table.iter() {
            let line = self.reader.line(name.span().start);
            match value.get_ref() {
                DeValue::Boolean(value) => values.push((name.get_ref().to_string(), *value, line)),
                _ => self.wrong_type(line, name.get_ref(), "`true` or `false`"),
            }
        }
        values
    }

    /// Reports every key that was not asked for.
    pub(crate) fn finish(self) {
        let asked = self.asked.borrow();
        for name in self.table.keys() {
            if !asked.contains(name.get_ref().as_ref()) {
                let known: Vec<&str> = asked.iter().copied().collect();
                let line = self.reader.line(name.span().start);
                let mend = format!("the keys here are: {}", known.join(", "));
                self.reader.error(line, format!("unknown key `{}`", name.get_ref()), mend);
            }
        }
    }
}
