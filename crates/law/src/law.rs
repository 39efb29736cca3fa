//! The law as read from `law/`: provisions, groups, sources, readings, policies, coverage.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sha2::{Digest, Sha256};
use tollgate_model::{Date, Diagnostic, Diagnostics, Place};

use crate::catalog::Catalog;
use crate::compile::{InForce, Source, compile};
use crate::facts::FactId;
use crate::groups::{Groups, MembersMemo};
use crate::policy_file::PolicyFile;
use crate::provision::{Provision, read_provision};
use crate::registers::{Coverage, Reading, SourceDocument, read_coverage, read_readings, read_sources};

/// The whole law, checked: every name, type, unit, source and date in it is good.
#[derive(Debug)]
pub struct Law {
    /// The provisions, in order of path.
    pub provisions: Vec<Provision>,
    /// Country groups.
    pub groups: Groups,
    /// Every cited document, by key.
    pub sources: BTreeMap<String, SourceDocument>,
    /// What is modeled, partly, not.
    pub coverage: Vec<Coverage>,
    /// The named readings of ambiguous texts.
    pub readings: Vec<Reading>,
    /// The items that are known by name.
    pub catalog: Catalog,
    /// SHA-256 over all of it.
    pub digest: String,
    pub(crate) policies: BTreeMap<String, PolicyFile>,
    /// Every name that any version of any provision defines.
    pub(crate) names: BTreeSet<String>,
}

/// The source of the text that the law starts from.
const BASE_TEXT: &str = "ear.base";

/// The files that come with the program.
pub fn embedded() -> &'static [(&'static str, &'static str)] {
    crate::files::FILES
}

impl Law {
    /// The law that comes with the program.
    pub fn embedded() -> Result<Arc<Law>, Diagnostics> {
        Law::read(embedded().iter().copied())
    }

    /// Reads law files, given by their path in `law/` and their text; all that is wrong is reported at once.
    pub fn read<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Arc<Law>, Diagnostics> {
        let mut law = Law {
            provisions: Vec::new(),
            groups: Groups::default(),
            sources: BTreeMap::new(),
            coverage: Vec::new(),
            readings: Vec::new(),
            catalog: Catalog::default(),
            digest: String::new(),
            policies: BTreeMap::new(),
            names: BTreeSet::new(),
        };
        let mut errors = Vec::new();
        let mut hash = Sha256::new();
        for (path, text) in files {
            if path != "law.lock" {
                hash.update(format!("{path}\0{}\0", text.len()));
                hash.update(text);
                law.read_file(path, text, &mut errors);
            }
        }
        law.digest = crate::hex(&hash.finalize());
        law.catalog.finish(&mut errors);
        law.names = defined_names(&law.provisions);
        law.check_sources(&mut errors);
        law.check_names(&mut errors);
        if errors.is_empty() {
            law.check_conditions(&mut errors);
        }
        if errors.is_empty() { Ok(Arc::new(law)) } else { Err(Diagnostics::in_order_of_place(errors)) }
    }

    fn read_file(&mut self, path: &str, text: &str, errors: &mut Vec<Diagnostic>) {
        let file = format!("law/{path}");
        let provision = path.strip_prefix("ear/").and_then(|path| path.strip_suffix(".toml"));
        match path {
            "sources.toml" => errors.extend(read_sources(&file, text, &mut self.sources)),
            "coverage.toml" => errors.extend(read_coverage(&file, text, &mut self.coverage)),
            "readings.toml" => errors.extend(read_readings(&file, text, &mut self.readings)),
            "ear/country-groups.toml" | "ear/derived-groups.toml" => errors.extend(self.groups.read(&file, text)),
            "catalog/words.csv" => self.catalog.read_words(&file, text, errors),
            "catalog/chips.csv" | "catalog/systems.csv" | "catalog/chassis.csv" | "catalog/other.csv" => {
                self.catalog.read(&file, text, errors)
            }
            _ => match (provision, path.strip_prefix("policies/").and_then(|name| name.strip_suffix(".toml"))) {
                (Some(path), _) => {
                    let (provision, wrong) = read_provision(&file, path, text);
                    errors.extend(wrong);
                    self.provisions.push(provision);
                }
                (None, Some(name)) => {
                    let (policy, wrong) = PolicyFile::read(&file, text);
                    errors.extend(wrong);
                    self.policies.insert(name.to_owned(), policy);
                }
                (None, None) => {
                    let mend = "provisions stand in law/ear/, policies in law/policies/";
                    let what = "nothing reads a file of this name";
                    errors.push(Diagnostic::new("unknown-file", Place::file(file), what, mend));
                }
            },
        }
    }

    fn check_sources(&self, errors: &mut Vec<Diagnostic>) {
        let mut check = |file: String, line: usize, key: &str| {
            if !self.sources.contains_key(key) && !key.is_empty() {
                let what = format!("`{key}` is not a source");
                let mend = "add it to law/sources.toml, with its number, title and dates";
                errors.push(Diagnostic::new("unknown-source", Place::line(file, line), what, mend));
            }
        };
        for provision in &self.provisions {
            for version in &provision.versions {
                let file = format!("law/ear/{}.toml", provision.path);
                for key in std::iter::once(&version.source).chain(&version.rests_on) {
                    check(file.clone(), version.line, key);
                }
            }
        }
        for key in self.groups.sources() {
            check("law/ear/country-groups.toml".to_owned(), 0, key);
        }
        for (name, policy) in &self.policies {
            for (key, line) in policy.cited_sources() {
                check(format!("law/policies/{name}.toml"), line, key);
            }
        }
    }

    fn check_names(&self, errors: &mut Vec<Diagnostic>) {
        for provision in &self.provisions {
            let file = || format!("law/ear/{}.toml", provision.path);
            for version in &provision.versions {
                let exceptions = version
                    .rules
                    .requires
                    .iter()
                    .flat_map(|require| require.overcome_by.iter().map(|name| (name, require.clause.when.line)));
                for (name, line) in exceptions.filter(|(name, _)| !self.has_exception(name)) {
                    let what = format!("`{name}` is no license exception or authorization");
                    let mend = "name one that some provision defines with `[[version.exception]]`";
                    errors.push(Diagnostic::new("unknown-exception", Place::line(file(), line), what, mend));
                }
                for outside in &version.rules.outsides {
                    for name in outside.keeps.iter().filter(|name| !self.has_requirement(name)) {
                        let what = format!("`{name}` is no license requirement");
                        let mend = "name one that some provision defines with `[[version.require]]`";
                        let place = Place::line(file(), outside.clause.when.line);
                        errors.push(Diagnostic::new("unknown-requirement", place, what, mend));
                    }
                }
                for review in &version.rules.reviews {
                    for name in review.of.iter().filter(|name| !self.has_requirement(name)) {
                        let what = format!("`{name}` is no license requirement");
                        let mend = "name one that some provision defines with `[[version.require]]`";
                        let place = Place::line(file(), review.clause.when.line);
                        errors.push(Diagnostic::new("unknown-requirement", place, what, mend));
                    }
                }
            }
        }
    }

    fn has_exception(&self, name: &str) -> bool {
        let rules = self.provisions.iter().flat_map(|provision| &provision.versions).map(|version| &version.rules);
        rules.flat_map(|rules| &rules.exceptions).any(|exception| exception.name == name)
    }

    fn has_requirement(&self, id: &str) -> bool {
        let rules = self.provisions.iter().flat_map(|provision| &provision.versions).map(|version| &version.rules);
        rules.flat_map(|rules| &rules.requires).any(|require| require.id == id)
    }

    /// Compiles each version once, on the day it starts, for its names, types and units.
    fn check_conditions(&self, errors: &mut Vec<Diagnostic>) {
        let readings = self.default_readings();
        for provision in &self.provisions {
            for version in &provision.versions {
                let source = Source {
                    in_force: vec![InForce { provision, version }],
                    names: &self.names,
                    groups: &self.groups,
                    members: MembersMemo::default(),
                    readings: &readings,
                    date: version.from,
                };
                errors.extend(compile(&source).1);
            }
        }
    }

    pub(crate) fn default_readings(&self) -> BTreeMap<FactId, bool> {
        self.readings.iter().map(|reading| (reading.fact, reading.default)).collect()
    }

    /// The first day as of whose knowledge a policy can be taken: before it nobody could know the text that the law starts from.
    pub fn known_since(&self) -> Date {
        let first = || self.provisions.iter().filter_map(|provision| provision.versions.first());
        let base = first().filter(|version| version.source == BASE_TEXT).map(|version| version.known_from).max();
        base.or_else(|| first().map(|version| version.known_from).min()).unwrap_or(Date::MAX)
    }

    /// The names of the policies that come with the law, in alphabetical order.
    pub fn policy_names(&self) -> Vec<&str> {
        self.policies.keys().map(String::as_str).collect()
    }
}

pub(crate) fn defined_names(provisions: &[Provision]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for version in provisions.iter().flat_map(|provision| &provision.versions) {
        names.extend(version.rules.defines.iter().map(|define| define.name.clone()));
        names.extend(version.rules.allocations.iter().map(|allocate| format!("within_{}", allocate.account)));
    }
    names
}
