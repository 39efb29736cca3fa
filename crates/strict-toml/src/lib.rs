//! TOML read key by key: all mistakes at once, each with its file, its line and how to mend it.
//!
//! [`TomlFile::parse`] takes the text, [`TomlFile::root`] is its table. A reader asks a [`Table`] for the keys that it
//! knows; [`Table::finish`] reports the others. When all is read, [`TomlFile::into_diagnostics`] holds what is wrong.
//! A value that is missing or wrong is reported, and a harmless one is returned so that reading goes on: what was read
//! must not be used unless the diagnostics are empty.
//!
//! Decimal numbers are exact. Floating-point numbers come only from methods that say so in their names.
//! This crate opens no file and knows no law: the caller hands in names and texts.

mod numbers;
mod table;
#[cfg(test)]
mod tests;

use std::cell::RefCell;

use tollgate_model::{Diagnostic, Diagnostics, Place};
use toml::de::DeTable;

pub use numbers::{Domain, Number};
pub use table::{Entry, Placed, Table, mend_of_unknown};

/// A parsed file, and what was found wrong with it so far.
#[derive(Debug)]
pub struct TomlFile<'a> {
    name: String,
    text: &'a str,
    document: DeTable<'a>,
    found: RefCell<Vec<Diagnostic>>,
}

impl<'a> TomlFile<'a> {
    /// Parses a text; `name` is what diagnostics call the file. What is not TOML is reported, and the rest can be read.
    pub fn parse(name: impl Into<String>, text: &'a str) -> TomlFile<'a> {
        let (document, errors) = DeTable::parse_recoverable(text);
        let file = TomlFile { name: name.into(), text, document: document.into_inner(), found: RefCell::default() };
        for error in errors {
            let line = file.line(error.span().map_or(0, |span| span.start));
            let message = error.message();
            if message.contains("duplicate key") {
                let key = error.span().and_then(|span| text.get(span)).unwrap_or("?");
                let mend = "each key may stand once in a table: take one of them out";
                file.report("duplicate-key", line, format!("not TOML: the key `{key}` stands twice"), mend);
            } else {
                let mend = "see https://toml.io; quote texts, write dates bare";
                file.report("not-toml", line, format!("not TOML: {message}"), mend);
            }
        }
        file
    }

    /// The table that is the whole file.
    pub fn root(&self) -> Table<'_, 'a> {
        Table::new(self, &self.document, 1)
    }

    /// Reports a mistake on a line, from 1; 0 means the whole file.
    pub fn report(&self, code: &'static str, line: usize, what: impl Into<String>, mend: impl Into<String>) {
        let place = Place::line(self.name.as_str(), line);
        self.found.borrow_mut().push(Diagnostic::new(code, place, what, mend));
    }

    /// All that was found wrong, in order of line.
    pub fn into_diagnostics(self) -> Diagnostics {
        let mut found = self.found.into_inner();
        found.sort_by_key(|diagnostic| diagnostic.place.line);
        Diagnostics(found)
    }

    /// The line of a byte, from 1.
    fn line(&self, offset: usize) -> usize {
        let before = self.text.as_bytes().get(..offset).unwrap_or(self.text.as_bytes());
        1 + before.iter().filter(|byte| **byte == b'\n').count()
    }
}
