//! Typologies: a folder each, with what it looks for, and one query.

mod read;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub use read::TypologyError;

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
    /// Tables without which it is skipped.
    pub needs: Vec<String>,
    /// Columns, as `orders.quantity`, that must hold something somewhere.
    pub columns: Vec<String>,
    /// The most that its evidence counts, in nats.
    pub cap: f64,
    /// Whether its evidence is a physical fact.
    pub physical: bool,
    /// Numbers that the query reads, as they are written into it.
    pub parameters: BTreeMap<String, String>,
    /// Where the query is from, for errors.
    pub file: PathBuf,
    /// The query, with the numbers in it.
    pub sql: String,
}

impl Typology {
    /// Those that the program carries, by id.
    pub fn embedded() -> Result<Vec<Typology>, Vec<TypologyError>> {
        let files = FOLDERS.iter().map(|(slug, about, query)| {
            let folder = Path::new("typologies").join(slug);
            (folder, (*about).to_owned(), (*query).to_owned())
        });
        gather(files.map(Ok))
    }

    /// One folder.
    pub fn read(folder: &Path) -> Result<Typology, Vec<TypologyError>> {
        read::folder(folder).and_then(|(folder, about, query)| read::typology(&folder, &about, &query))
    }

    /// A folder, or every folder in it that holds a `typology.toml`.
    pub fn read_all(folder: &Path) -> Result<Vec<Typology>, Vec<TypologyError>> {
        if folder.join("typology.toml").exists() {
            return Typology::read(folder).map(|own| vec![own]);
        }
        let entries = std::fs::read_dir(folder).map_err(|error| {
            vec![TypologyError::of(folder, 0, format!("cannot be read: {error}"), "check the path")]
        })?;
        let mut folders: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
        folders.retain(|path| path.join("typology.toml").exists());
        folders.sort();
        if folders.is_empty() {
            let mend = "give a folder that holds typology.toml and query.sql, or a folder of such";
            return Err(vec![TypologyError::of(folder, 0, "holds no typology".to_owned(), mend)]);
        }
        gather(folders.iter().map(|folder| read::folder(folder)))
    }
}

fn gather(
    files: impl Iterator<Item = Result<(PathBuf, String, String), Vec<TypologyError>>>,
) -> Result<Vec<Typology>, Vec<TypologyError>> {
    let (mut all, mut errors): (Vec<Typology>, Vec<TypologyError>) = (Vec::new(), Vec::new());
    for file in files {
        match file.and_then(|(folder, about, query)| read::typology(&folder, &about, &query)) {
            Ok(own) => all.push(own),
            Err(more) => errors.extend(more),
        }
    }
    all.sort_by(|one, other| (&one.id, &one.slug).cmp(&(&other.id, &other.slug)));
    for pair in all.windows(2) {
        if let [one, other] = pair
            && one.id == other.id
        {
            let what = format!("{} is the id of `{}` already", one.id, one.slug);
            errors.push(TypologyError::of(&other.file, 1, what, "give it another"));
        }
    }
    if errors.is_empty() { Ok(all) } else { Err(errors) }
}
