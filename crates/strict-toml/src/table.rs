//! One table of a file, read key by key.

use std::cell::RefCell;
use std::collections::BTreeSet;

use tollgate_model::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::TomlFile;

/// How alike a key must be to one that is known (Jaro and Winkler, 0 to 1) for that to be proposed.
const LEAST_LIKENESS: f64 = 0.8;

/// A value and the line on which it stands, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Its line.
    pub line: usize,
}

/// A key that the file chose, its value, and the line of the key, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<T> {
    /// The key.
    pub key: String,
    /// Its value.
    pub value: T,
    /// The line of the key.
    pub line: usize,
}

/// A table that is being read. It remembers which keys it was read for: those are the keys that may stand in it.
#[derive(Debug)]
pub struct Table<'f, 'a> {
    file: &'f TomlFile<'a>,
    table: &'f DeTable<'a>,
    line: usize,
    known: RefCell<BTreeSet<&'static str>>,
}

/// How alike two keys are, from 0 to 1. One letter too many, too few, wrong or swapped with the next is hardly a difference.
fn likeness(one: &str, other: &str) -> f64 {
    if strsim::osa_distance(one, other) <= 1 { 1.0 } else { strsim::jaro_winkler(one, other) }
}

/// The key most like one that is not known, where any is like it.
fn most_alike<'k>(key: &str, known: &[&'k str]) -> Option<&'k str> {
    let alike = known.iter().map(|name| (likeness(name, key), *name));
    let nearest = alike.max_by(|one, other| one.0.total_cmp(&other.0));
    nearest.filter(|(likeness, _)| *likeness >= LEAST_LIKENESS).map(|(_, name)| name)
}

/// How to mend a key that is not among those that are known: the one that is most alike, and all of them.
pub fn mend_of_unknown(key: &str, known: &[&str]) -> String {
    let all = known.join(", ");
    match most_alike(key, known) {
        _ if known.is_empty() => "take it out: this table takes no keys".to_owned(),
        Some(name) => format!("did you mean `{name}`? the keys here are: {all}"),
        None => format!("the keys here are: {all}"),
    }
}

impl<'f, 'a> Table<'f, 'a> {
    pub(crate) fn new(file: &'f TomlFile<'a>, table: &'f DeTable<'a>, line: usize) -> Table<'f, 'a> {
        Table { file, table, line, known: RefCell::default() }
    }

    /// The line on which the table begins, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// Reports a mistake on a line of the file, from 1.
    pub fn report(&self, code: &'static str, line: usize, what: impl Into<String>, mend: impl Into<String>) {
        self.file.report(code, line, what, mend);
    }

    /// Reports that a key has a value of a wrong type; `wanted` is what it takes, such as `a decimal number`.
    pub fn wrong_type(&self, line: usize, key: &str, wanted: &str) {
        self.report("wrong-type", line, format!("`{key}` is not {wanted}"), format!("write {wanted} there"));
    }

    /// Reports that a key has a value that is not a number of a kind; `wanted` is the kind, such as `a whole number`.
    pub(crate) fn wrong_number(&self, line: usize, key: &str, wanted: &str) {
        let mend = format!("write {wanted} there, without quotes");
        self.report("wrong-type", line, format!("`{key}` is not {wanted}"), mend);
    }

    /// Reports that a key is missing; `example` is a value as TOML writes it.
    pub fn missing(&self, key: &str, example: &str) {
        self.report("missing-key", self.line, format!("`{key}` is missing"), format!("add `{key} = {example}`"));
    }

    pub(crate) fn line_of(&self, item: &Spanned<DeValue<'a>>) -> usize {
        self.file.line(item.span().start)
    }

    pub(crate) fn value(&self, key: &'static str) -> Option<(&'f DeValue<'a>, usize)> {
        self.known.borrow_mut().insert(key);
        let value = self.table.get(key)?;
        Some((value.get_ref(), self.line_of(value)))
    }

    /// Whether the key is there, whatever its value.
    pub fn has(&self, key: &'static str) -> bool {
        self.known.borrow_mut().insert(key);
        self.table.contains_key(key)
    }

    /// The line of a key's value; that of the table where the key is absent.
    pub fn line_of_key(&self, key: &'static str) -> usize {
        self.value(key).map_or(self.line, |(_, line)| line)
    }

    /// A text, which may be empty.
    pub fn text(&self, key: &'static str) -> Option<Placed<String>> {
        let (value, line) = self.value(key)?;
        let text = value.as_str();
        if text.is_none() {
            self.wrong_type(line, key, "a quoted text");
        }
        text.map(|text| Placed { value: text.to_owned(), line })
    }

    /// A text, without its place.
    pub fn text_value(&self, key: &'static str) -> Option<String> {
        self.text(key).map(|text| text.value)
    }

    /// A text that must be there and not be blank; empty, on the table's line, where it is not.
    pub fn required_text(&self, key: &'static str, example: &str) -> Placed<String> {
        if !self.has(key) {
            self.missing(key, example);
        }
        let Some(text) = self.text(key) else { return Placed { value: String::new(), line: self.line_of_key(key) } };
        if text.value.trim().is_empty() {
            let mend = format!("write, for example, `{key} = {example}`");
            self.report("empty-text", text.line, format!("`{key}` is empty"), mend);
        }
        text
    }

    /// `true` or `false`.
    pub fn boolean(&self, key: &'static str) -> Option<bool> {
        let (value, line) = self.value(key)?;
        self.boolean_of(key, value, line)
    }

    fn boolean_of(&self, key: &str, value: &DeValue<'_>, line: usize) -> Option<bool> {
        let truth = value.as_bool();
        if truth.is_none() {
            self.wrong_type(line, key, "`true` or `false`");
        }
        truth
    }

    /// A bare day, such as `2025-05-15`.
    pub fn date(&self, key: &'static str) -> Option<Date> {
        let (value, line) = self.value(key)?;
        let day = match value {
            DeValue::Datetime(day) if day.time.is_none() => day.to_string().parse().ok(),
            _ => None,
        };
        if day.is_none() {
            self.wrong_type(line, key, "a bare day such as 2025-05-15");
        }
        day
    }

    /// A day, bare or quoted.
    pub fn date_or_text(&self, key: &'static str) -> Option<Date> {
        let Some((DeValue::String(text), line)) = self.value(key) else { return self.date(key) };
        let day = text.parse().ok();
        if day.is_none() {
            let what = format!("`{key}` is {text:?}, which is not a day");
            self.report("wrong-type", line, what, "write it as YYYY-MM-DD");
        }
        day
    }

    /// A bare day that must be there; [`Date::MIN`] where it is not.
    pub fn required_date(&self, key: &'static str) -> Date {
        if !self.has(key) {
            self.missing(key, "YYYY-MM-DD");
        }
        self.date(key).unwrap_or(Date::MIN)
    }

    /// A list of texts; empty where the key is absent.
    pub fn words(&self, key: &'static str) -> Vec<Placed<String>> {
        let Some((value, line)) = self.value(key) else { return Vec::new() };
        let Some(items) = value.as_array() else {
            self.wrong_type(line, key, "a list of quoted texts");
            return Vec::new();
        };
        let mut words = Vec::new();
        for item in items {
            let line = self.line_of(item);
            match item.get_ref().as_str() {
                Some(text) => words.push(Placed { value: text.to_owned(), line }),
                None => self.wrong_type(line, key, "a list of quoted texts"),
            }
        }
        words
    }

    /// A list of texts, without their places; empty where the key is absent.
    pub fn word_values(&self, key: &'static str) -> Vec<String> {
        self.words(key).into_iter().map(|word| word.value).collect()
    }

    /// A list of texts that must be there and not be empty.
    pub fn required_words(&self, key: &'static str, example: &str) -> Vec<Placed<String>> {
        match self.value(key) {
            None => self.missing(key, example),
            Some((value, line)) if value.as_array().is_some_and(|items| items.is_empty()) => {
                let mend = format!("write, for example, `{key} = {example}`");
                self.report("empty-list", line, format!("`{key}` is empty"), mend);
            }
            Some(_) => {}
        }
        self.words(key)
    }

    /// A table under a key.
    pub fn table(&self, key: &'static str) -> Option<Table<'f, 'a>> {
        self.table_else(key, "a table")
    }

    /// A table under a key; `example` is a value as TOML writes it.
    pub fn table_such_as(&self, key: &'static str, example: &str) -> Option<Table<'f, 'a>> {
        self.table_else(key, &format!("a table such as `{example}`"))
    }

    fn table_else(&self, key: &'static str, wanted: &str) -> Option<Table<'f, 'a>> {
        let (value, line) = self.value(key)?;
        let table = value.as_table();
        if table.is_none() {
            self.wrong_type(line, key, wanted);
        }
        table.map(|table| Table::new(self.file, table, line))
    }

    /// A list of tables (`[[key]]`), in their order; empty where the key is absent.
    pub fn tables(&self, key: &'static str) -> Vec<Table<'f, 'a>> {
        let Some((value, line)) = self.value(key) else { return Vec::new() };
        let Some(items) = value.as_array() else {
            self.wrong_type(line, key, "a list of tables (`[[…]]`)");
            return Vec::new();
        };
        let mut tables = Vec::new();
        for item in items {
            let line = self.line_of(item);
            match item.get_ref().as_table() {
                Some(table) => tables.push(Table::new(self.file, table, line)),
                None => self.wrong_type(line, key, "a list of tables (`[[…]]`)"),
            }
        }
        tables
    }

    /// Every entry of a table with free keys, in order of key, as `read` gives it from key, value and the key's line;
    /// those for which it gives none are left out.
    pub(crate) fn entries_by<T>(&self, read: impl Fn(&str, &'f DeValue<'a>, usize) -> Option<T>) -> Vec<Entry<T>> {
        let mut entries = Vec::new();
        for (key, value) in self.table.iter() {
            let line = self.file.line(key.span().start);
            if let Some(value) = read(key.get_ref(), value.get_ref(), line) {
                entries.push(Entry { key: key.get_ref().to_string(), value, line });
            }
        }
        entries
    }

    /// Every entry of a table with free keys as a table; `example` is a value as TOML writes it.
    pub fn table_entries(&self, example: &str) -> Vec<Entry<Table<'f, 'a>>> {
        self.entries_by(|key, value, line| {
            let table = value.as_table();
            if table.is_none() {
                self.wrong_type(line, key, &format!("a table such as `{example}`"));
            }
            table.map(|table| Table::new(self.file, table, line))
        })
    }

    /// Every entry of a table with free keys as a text, which may be empty.
    pub fn text_entries(&self) -> Vec<Entry<String>> {
        self.entries_by(|key, value, line| {
            let text = value.as_str();
            if text.is_none() {
                self.wrong_type(line, key, "a quoted text");
            }
            text.map(str::to_owned)
        })
    }

    /// Every entry of a table with free keys as `true` or `false`.
    pub fn boolean_entries(&self) -> Vec<Entry<bool>> {
        self.entries_by(|key, value, line| self.boolean_of(key, value, line))
    }

    /// Every entry whose key is in `known` as texts: a text or a whole number is one, a list of these several.
    /// In keys, `_` is read as `-`. Other keys are reported, so that [`Table::finish`] is not called after this.
    pub fn setting_entries(&self, known: &[&str]) -> Vec<Entry<Vec<String>>> {
        let text_of = |value: &DeValue<'a>| match value {
            DeValue::String(text) => Some(text.to_string()),
            DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str().to_owned()),
            _ => None,
        };
        self.entries_by(|key, value, line| {
            let name = key.replace('_', "-");
            if !known.contains(&name.as_str()) {
                self.report("unknown-key", line, format!("unknown key `{key}`"), mend_of_unknown(&name, known));
                return None;
            }
            let texts: Option<Vec<String>> = match value.as_array() {
                Some(items) => items.iter().map(|item| text_of(item.get_ref())).collect(),
                None => text_of(value).map(|text| vec![text]),
            };
            if texts.is_none() {
                self.wrong_type(line, key, "a quoted text, a whole number or a list of these");
            }
            texts
        })
    }

    /// Reports every key that the table was not read for.
    pub fn finish(self) {
        let known: Vec<&str> = self.known.borrow().iter().copied().collect();
        for name in self.table.keys() {
            let key = name.get_ref().as_ref();
            if !known.contains(&key) {
                let line = self.file.line(name.span().start);
                self.report("unknown-key", line, format!("unknown key `{key}`"), mend_of_unknown(key, &known));
            }
        }
    }
}
