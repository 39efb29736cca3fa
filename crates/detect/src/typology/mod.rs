//! Typologies: a folder each, with what it looks for, and one query.

mod read;
mod statement;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tollgate_model::{Diagnostic, Diagnostics, Place};

use read::Texts;

include!(concat!(env!("OUT_DIR"), "/folders.rs"));

/// Columns that a query returns, in this order (`docs/design/typologies.md`).
pub const COLUMNS: [&str; 10] =
    ["pattern", "key", "subjects", "orders", "tpp", "first_day", "last_day", "llr", "why", "facts"];

/// Families of typologies, as the contract names them.
pub const FAMILIES: [&str; 11] = [
    "structuring",
    "linked_consignees",
    "shell_company",
    "transshipment",
    "stockpiling",
    "capacity_mismatch",
    "staged_site",
    "misdeclaration",
    "payment",
    "ownership_evasion",
    "exception_abuse",
];

/// A typology.
#[derive(Clone, Debug, PartialEq)]
pub struct Typology {
    /// The folder's name.
    pub slug: String,
    /// `T03`, or a word of an analyst's own.
    pub id: String,
    /// The alert's `typology`.
    pub family: String,
    /// A few words.
    pub title: String,
    /// What it looks for.
    pub looks_for: String,
    /// How an evader goes round it.
    pub defeated_by: String,
    /// What it takes for evasion and is none.
    pub false_positives: Vec<String>,
    /// Where it is from.
    pub sources: Vec<String>,
    /// Published cases that show it, by their names in `examples/cases`.
    pub cases: Vec<String>,
    /// What Rust would do better than its query, where that is known.
    pub kernel: Option<String>,
    /// Tables without which it is skipped.
    pub needs: Vec<String>,
    /// Columns, as `orders.quantity`, that must hold something somewhere.
    pub columns: Vec<String>,
    /// The most that its evidence counts, in nats.
    pub cap: f64,
    /// Whether its evidence is a physical fact.
    pub physical: bool,
    /// Numbers that the query reads, as they are written into it; `base` is that of the evidence.
    pub parameters: BTreeMap<String, String>,
    /// Where the query is from, for errors.
    pub file: PathBuf,
    /// The query, with the numbers in it.
    pub sql: String,
}

impl Typology {
    /// Those that the program carries, by id.
    pub fn embedded() -> Result<Vec<Typology>, Diagnostics> {
        let texts = FOLDERS.iter().map(|(slug, about, query)| Texts {
            folder: Path::new("typologies").join(slug),
            about: (*about).to_owned(),
            query: (*query).to_owned(),
        });
        gather(texts.map(Ok))
    }

    /// One folder.
    pub fn read(folder: &Path) -> Result<Typology, Diagnostics> {
        read::read_texts(folder).and_then(|texts| read::read_typology(&texts))
    }

    /// A folder, or every folder in it that holds a `typology.toml`; all mistakes are reported at once.
    pub fn read_all(folder: &Path) -> Result<Vec<Typology>, Diagnostics> {
        if folder.join("typology.toml").exists() {
            return Typology::read(folder).map(|typology| vec![typology]);
        }
        let entries = std::fs::read_dir(folder).map_err(|error| {
            let what = format!("cannot be read: {error}");
            Diagnostic::new("unreadable-file", place(folder, 0), what, "check the path")
        })?;
        let mut folders: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
        folders.retain(|path| path.join("typology.toml").exists());
        folders.sort();
        if folders.is_empty() {
            let mend = "give a folder that holds typology.toml and query.sql, or a folder of such";
            return Err(Diagnostic::new("no-typology", place(folder, 0), "holds no typology", mend).into());
        }
        gather(folders.iter().map(|folder| read::read_texts(folder)))
    }
}

/// A line of a file, from 1; 0 is the whole file.
fn place(file: &Path, line: usize) -> Place {
    Place::line(file.display().to_string(), line)
}

/// Reads typologies and puts them in order of id; no id may stand twice.
fn gather(all_texts: impl Iterator<Item = Result<Texts, Diagnostics>>) -> Result<Vec<Typology>, Diagnostics> {
    let (mut all, mut found): (Vec<Typology>, Vec<Diagnostic>) = (Vec::new(), Vec::new());
    for texts in all_texts {
        match texts.and_then(|texts| read::read_typology(&texts)) {
            Ok(typology) => all.push(typology),
            Err(Diagnostics(more)) => found.extend(more),
        }
    }
    all.sort_by(|one, other| (&one.id, &one.slug).cmp(&(&other.id, &other.slug)));
    for pair in all.windows(2) {
        if let [one, other] = pair
            && one.id == other.id
        {
            let what = format!("{} is the id of `{}` already", one.id, one.slug);
            let first_line = place(&other.file.with_file_name("typology.toml"), 0);
            found.push(Diagnostic::new("stands-twice", first_line, what, "give it another"));
        }
    }
    if found.is_empty() { Ok(all) } else { Err(Diagnostics(found)) }
}
