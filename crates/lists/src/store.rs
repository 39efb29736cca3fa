//! A folder of lists: each set's current version, swapped whole, and refused where it is not fit to stand in the last one's place.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tollgate_model::{Date, Diagnostic, Diagnostics, Place, hex};
use tollgate_screening::{List, read_lists};

/// The file that says which versions are current.
const MANIFEST: &str = "lists.json";
/// A new version with less than this share of the entries of the last, in percent, is refused.
const LEAST: usize = 80;
/// A new version of whose rows more than this share cannot be read, in percent, is refused.
const MOST_BAD: usize = 5;

/// By what a server knows the version of a file again: the headers of its answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// `ETag`.
    pub etag: Option<String>,
    /// `Last-Modified`.
    pub last_modified: Option<String>,
}

/// The current version of a set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Version {
    /// Relative to the store's folder.
    folder: PathBuf,
    /// The files in it, in their order.
    files: Vec<String>,
    /// Where each was fetched from and by what it is known there.
    validators: BTreeMap<String, Validators>,
    /// SHA-256 of all files.
    digest: String,
    fetched_on: String,
    entries: usize,
    bad_rows: usize,
    /// The lists that stand in it.
    lists: BTreeSet<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Manifest {
    sets: BTreeMap<String, Version>,
}

/// A folder or a file of a store that cannot be read or written.
fn unusable(path: &Path, error: &std::io::Error) -> Diagnostics {
    let mend = "check that the folder is yours and has room";
    Diagnostic::new("unusable-folder", Place::path(path), error.to_string(), mend).into()
}

/// What speaks against a version of a list, and how to mend it.
struct Objection {
    what: String,
    mend: String,
}

impl Objection {
    fn new(what: impl Into<String>, mend: impl Into<String>) -> Objection {
        Objection { what: what.into(), mend: mend.into() }
    }

    /// That a new version of a set is refused for it.
    fn refuse(self, set: &str) -> Diagnostic {
        let what = format!("{}; the last good version stays in use", self.what);
        Diagnostic::new("refused-version", Place::file(set), what, self.mend)
    }
}

/// A file of a new version.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// Its name in the store.
    pub name: String,
    /// The file as it came.
    pub bytes: Vec<u8>,
    /// Where it is from, and by what it is known there.
    pub source: String,
    /// What the server said of the version, to ask whether there is a newer one.
    pub validators: Validators,
}

/// What a new version changed.
#[derive(Debug, PartialEq, Eq)]
pub enum Change {
    /// The files are the same.
    Same,
    /// There was no version before, or another.
    New {
        /// SHA-256 of the file.
        digest: String,
        /// Entries of the version before, where there was one.
        before: Option<usize>,
        /// Entries now.
        entries: usize,
        /// Rows that could not be read and are kept out.
        bad_rows: usize,
    },
}

/// A folder of lists.
#[derive(Debug)]
pub struct ListStore {
    folder: PathBuf,
    manifest: Manifest,
}

impl ListStore {
    /// Opens the lists in a folder; it need not exist yet.
    pub fn open(folder: &Path) -> Result<ListStore, Diagnostics> {
        let path = folder.join(MANIFEST);
        let manifest = match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| {
                let what = format!("is not the table of a list store: {error}");
                let mend = "remove it and run `tollgate lists update` again";
                Diagnostic::new("not-a-store", Place::path(&path), what, mend)
            })?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Manifest::default(),
            Err(error) => return Err(unusable(&path, &error)),
        };
        Ok(ListStore { folder: folder.to_owned(), manifest })
    }

    /// The current files of every set.
    pub fn files(&self) -> Vec<PathBuf> {
        let all = self.manifest.sets.values();
        all.flat_map(|set| set.files.iter().map(|file| self.folder.join(&set.folder).join(file))).collect()
    }

    /// By what the server of an address knows the file that is here, if the set is made of these addresses.
    pub fn validators(&self, set: &str, address: &str) -> Option<&Validators> {
        let validators = self.manifest.sets.get(set)?.validators.get(address)?;
        (validators.etag.is_some() || validators.last_modified.is_some()).then_some(validators)
    }

    /// The bytes of a set's current file.
    pub fn current(&self, set: &str, name: &str) -> Result<Vec<u8>, Diagnostics> {
        let folder = self.manifest.sets.get(set).map(|version| version.folder.as_path());
        let path = self.folder.join(folder.unwrap_or(Path::new(set))).join(name);
        std::fs::read(&path).map_err(|error| unusable(&path, &error))
    }

    /// Takes a new version of a set, if it is fit to stand in the last one's place: every file is read as a list, no list that was there is gone,
    /// and it did not shrink by a fifth (unless `shrunk` allows both). The files are written first and the table that names them is swapped last.
    pub fn take(&mut self, set: &str, files: &[Incoming], today: Date, shrunk: bool) -> Result<Change, Diagnostics> {
        let texts: Vec<(String, Vec<u8>)> = files.iter().map(|file| (file.name.clone(), file.bytes.clone())).collect();
        let names: BTreeSet<&str> = files.iter().map(|file| file.name.as_str()).collect();
        if names.len() < files.len() {
            return Err(Objection::new("two of its files have the same name", "make two sets of them")
                .refuse(set)
                .into());
        }
        let lists = read_lists(&texts)
            .map_err(|error| Objection::new(format!("{}: {}", error.place.file, error.what), error.mend).refuse(set))?;
        let before = self.manifest.sets.get(set);
        let version = Version::new(set, files, &lists, today);
        if before.is_some_and(|before| before.digest == version.digest) {
            self.note(set, version.validators)?;
            return Ok(Change::Same);
        }
        version.check(if shrunk { None } else { before }).map_err(|objection| objection.refuse(set))?;
        let (digest, entries, bad_rows) = (version.digest.clone(), version.entries, version.bad_rows);
        let before = before.map(|before| before.entries);
        self.write(set, version, files)?;
        Ok(Change::New { digest, before, entries, bad_rows })
    }

    fn note(&mut self, set: &str, validators: BTreeMap<String, Validators>) -> Result<(), Diagnostics> {
        match self.manifest.sets.get_mut(set) {
            Some(version) if version.validators != validators => {
                version.validators = validators;
                self.save()
            }
            _ => Ok(()),
        }
    }

    fn write(&mut self, set: &str, version: Version, files: &[Incoming]) -> Result<(), Diagnostics> {
        let failed = |error: std::io::Error| unusable(&self.folder, &error);
        let home = self.folder.join(set);
        std::fs::create_dir_all(&home).map_err(failed)?;
        let incoming = tempfile::Builder::new().prefix(".incoming-").tempdir_in(&home).map_err(failed)?;
        for file in files {
            let write = || -> std::io::Result<()> {
                let mut out = std::fs::File::create(incoming.path().join(&file.name))?;
                out.write_all(&file.bytes)?;
                out.sync_all()
            };
            write().map_err(failed)?;
        }
        let target = self.folder.join(&version.folder);
        if target.exists() {
            // A version that was fetched before, and then another: its files may have been touched since.
            std::fs::remove_dir_all(&target).map_err(failed)?;
        }
        std::fs::rename(incoming.keep(), &target).map_err(failed)?;
        self.manifest.sets.insert(set.to_owned(), version);
        self.save()
    }

    fn save(&self) -> Result<(), Diagnostics> {
        let failed = |error: std::io::Error| unusable(&self.folder.join(MANIFEST), &error);
        let text = serde_json::to_vec_pretty(&self.manifest).map_err(|error| failed(error.into()))?;
        let mut out = tempfile::NamedTempFile::new_in(&self.folder).map_err(failed)?;
        out.write_all(&text).and_then(|()| out.as_file().sync_all()).map_err(failed)?;
        out.persist(self.folder.join(MANIFEST)).map(drop).map_err(|error| failed(error.error))
    }
}

impl Version {
    /// The version that files make of a set, as read on a day.
    fn new(set: &str, files: &[Incoming], lists: &[List], today: Date) -> Version {
        let mut hasher = Sha256::new();
        for file in files {
            hasher.update(Sha256::digest(&file.bytes));
        }
        let digest = hex(&hasher.finalize());
        let folder = Path::new(set).join(format!("{today}-{digest:.12}"));
        Version {
            folder,
            files: files.iter().map(|file| file.name.clone()).collect(),
            validators: files.iter().map(|file| (file.source.clone(), file.validators.clone())).collect(),
            digest,
            fetched_on: today.to_string(),
            entries: lists.iter().map(|list| list.entries.len()).sum(),
            bad_rows: lists.iter().map(|list| list.bad.len()).sum(),
            lists: lists.iter().flat_map(|list| list.entries.iter().map(|entry| entry.list.clone())).collect(),
        }
    }

    /// Whether a version is fit to stand in another's place; the error is what speaks against it.
    fn check(&self, before: Option<&Version>) -> Result<(), Objection> {
        let mend = "look at the file; if the publisher really took so much off, repeat with --accept-shrunk";
        if self.bad_rows * 100 > (self.entries + self.bad_rows) * MOST_BAD {
            let what = format!("{} of {} rows cannot be read", self.bad_rows, self.entries + self.bad_rows);
            let mend =
                "the file is damaged or in another form: fetch it again, or look at it with `tollgate lists status`";
            return Err(Objection::new(what, mend));
        }
        let Some(before) = before else { return Ok(()) };
        if self.entries * 100 < before.entries * LEAST {
            let what = format!("has {} entries where the last version had {}", self.entries, before.entries);
            return Err(Objection::new(what, mend));
        }
        match before.lists.difference(&self.lists).next() {
            Some(list) => Err(Objection::new(format!("the list `{list}` of the last version is gone"), mend)),
            None => Ok(()),
        }
    }
}
