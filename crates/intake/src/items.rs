//! Rows of the items table for goods that the catalog has not by themselves.

use std::collections::{BTreeMap, BTreeSet};

use tollgate_model::ItemKind;

use crate::text::plain;

/// The columns that are written, in their order.
pub(crate) const COLUMNS: &[&str] = &["item", "kind", "accelerator", "accelerators", "tpp", "eccn"];

#[derive(Clone, Debug, PartialEq, Eq)]
struct Facts {
    accelerator: String,
    count: i64,
    eccn: String,
}

/// What a name and a description came to.
#[derive(Debug)]
pub(crate) struct ItemRead {
    /// The item as it is written.
    pub(crate) written: String,
    /// The description as it is written.
    pub(crate) description: String,
    /// What is said of it; empty where nothing is.
    pub(crate) said: String,
}

impl ItemRead {
    /// What it is remembered by, written into a text that is at hand.
    pub(crate) fn key(name: &str, description: &str, is_cheap: Option<bool>, mut text: String) -> String {
        text.clear();
        let price = match is_cheap {
            Some(true) => "cheap",
            Some(false) => "dear",
            None => "",
        };
        for part in [name, "\0", description, "\0", price] {
            text.push_str(part);
        }
        text
    }
}

/// The items of all files.
#[derive(Debug, Default)]
pub(crate) struct Items {
    /// The rows by name.
    rows: BTreeMap<String, Facts>,
    /// The names of the rows, in plain letters.
    names: BTreeSet<String>,
    /// The names of goods that are asked about, in plain letters: no row may answer for them.
    open: BTreeSet<String>,
}

impl Items {
    /// The name of a unit that holds so many of an accelerator.
    pub(crate) fn assembly(&mut self, name: &str, accelerator: &str, count: i64, eccn: &str) -> String {
        self.put(name, Facts { accelerator: accelerator.to_owned(), count, eccn: eccn.to_owned() })
    }

    /// The name of goods without an accelerator.
    pub(crate) fn no_compute(&mut self, name: &str, eccn: &str) -> String {
        self.put(name, Facts { accelerator: String::new(), count: 0, eccn: eccn.to_owned() })
    }

    /// How many accelerators a unit of a name holds, where the table has it: 0 of goods without one.
    pub(crate) fn accelerators(&self, name: &str) -> Option<i64> {
        self.rows.get(name).map(|facts| facts.count)
    }

    /// Whether the name of goods that are asked about stands free, so that no row answers for them; it is kept free then.
    pub(crate) fn keep_open(&mut self, name: &str) -> bool {
        let name = plain(name);
        let is_free = !self.names.contains(&name);
        if is_free && !self.open.contains(&name) {
            self.open.insert(name);
        }
        is_free
    }

    fn put(&mut self, name: &str, facts: Facts) -> String {
        let mut name = name.to_owned();
        // One name that stands for different goods gets a name for each, and so do goods whose name is asked about elsewhere.
        loop {
            match self.rows.get(&name) {
                Some(other) if other.accelerator == facts.accelerator && other.count == facts.count => return name,
                None if !self.open.contains(&plain(&name)) => break,
                _ if facts.accelerator.is_empty() => name.push_str(" (no accelerator)"),
                _ => name = format!("{name} ({} x {})", facts.count, facts.accelerator),
            }
        }
        self.names.insert(plain(&name));
        self.rows.insert(name.clone(), facts);
        name
    }

    /// The rows as cells, in the order of [`COLUMNS`].
    pub(crate) fn rows(&self) -> impl Iterator<Item = Vec<String>> {
        let other = if ItemKind::from_word("other").is_ok() { "other" } else { "" };
        self.rows.iter().map(move |(name, facts)| {
            if facts.accelerator.is_empty() {
                return vec![
                    name.clone(),
                    other.to_owned(),
                    String::new(),
                    String::new(),
                    "0".to_owned(),
                    facts.eccn.clone(),
                ];
            }
            let kind = if facts.count > 1 { "server" } else { "board" };
            vec![
                name.clone(),
                kind.to_owned(),
                facts.accelerator.clone(),
                facts.count.to_string(),
                String::new(),
                facts.eccn.clone(),
            ]
        })
    }
}
