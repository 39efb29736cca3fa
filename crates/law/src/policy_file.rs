//! A policy's file as it stands: what it is based on, excludes, amends and reads how.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use tollgate_model::{Date, Diagnostic};
use tollgate_strict_toml::{Entry, Placed, Table, TomlFile};

use crate::groups::{Change, read_change};
use crate::provision::{Limit, Parameter, Rules, read_amend_rules, read_parameters};

/// A policy file as read.
#[derive(Clone, Debug)]
pub(crate) struct PolicyFile {
    pub(crate) title: String,
    pub(crate) base: Option<String>,
    pub(crate) excludes: Vec<Exclude>,
    pub(crate) amends: Vec<Amend>,
    pub(crate) changes: Vec<Change>,
    pub(crate) readings: Vec<Entry<bool>>,
    pub(crate) file: String,
    pub(crate) digest: String,
}

/// A document that a policy leaves out.
#[derive(Clone, Debug)]
pub(crate) struct Exclude {
    pub(crate) source: Placed<String>,
    /// From when anybody could know that it is left out; `None` where the policy leaves it out whatever is known.
    pub(crate) known_from: Option<Date>,
    pub(crate) why: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Amend {
    pub(crate) provision: String,
    pub(crate) from: Date,
    /// From when anybody could know it, where the file says so.
    pub(crate) known_from: Option<Date>,
    pub(crate) source: String,
    pub(crate) why: String,
    pub(crate) parameters: BTreeMap<String, Parameter>,
    pub(crate) rules: Rules,
    pub(crate) limits: Vec<(String, Limit)>,
    pub(crate) remove: Vec<String>,
    pub(crate) line: usize,
    pub(crate) file: String,
    pub(crate) digest: String,
}

impl PolicyFile {
    pub(crate) fn read(file: &str, text: &str) -> (PolicyFile, Vec<Diagnostic>) {
        let toml = TomlFile::parse(file, text);
        let table = toml.root();
        let digest = crate::hex(&Sha256::digest(text.as_bytes()));
        let mut policy = PolicyFile {
            title: table.required_text("title", "\"What this policy is\"").value,
            base: table.text_value("base"),
            excludes: Vec::new(),
            amends: Vec::new(),
            changes: Vec::new(),
            readings: Vec::new(),
            file: file.to_owned(),
            digest: digest.clone(),
        };
        for entry in table.tables("exclude") {
            let source = entry.required_text("source", "\"fr.2025-00636\"");
            let why = entry.required_text("why", "\"BIS does not enforce it\"").value;
            policy.excludes.push(Exclude { source, known_from: entry.date("known_from"), why });
            entry.finish();
        }
        let amends = table.tables("amend");
        let digests = amend_digests(text, amends.len(), &digest);
        for (entry, digest) in amends.into_iter().zip(digests) {
            policy.amends.push(read_amend(entry, file, digest));
        }
        for entry in table.tables("change") {
            policy.changes.push(read_change(&entry));
            entry.finish();
        }
        if let Some(readings) = table.table("readings") {
            policy.readings = readings.boolean_entries();
        }
        table.finish();
        (policy, toml.into_diagnostics().0)
    }

    /// The sources that it names, each with its line.
    pub(crate) fn cited_sources(&self) -> Vec<(&str, usize)> {
        let excluded = self.excludes.iter().map(|exclude| (exclude.source.value.as_str(), exclude.source.line));
        excluded.chain(self.amends.iter().map(|amend| (amend.source.as_str(), amend.line))).collect()
    }
}

/// SHA-256 of each of so many amendments, over its lines without comments and blank lines, so that it stays the same when the file gains others; that of
/// the whole file where the text does not show where each begins.
fn amend_digests(text: &str, count: usize, whole: &str) -> Vec<String> {
    let mut hashes: Vec<Sha256> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if line == "[[amend]]" {
            hashes.push(Sha256::new());
        }
        if let Some(hash) = hashes.last_mut() {
            hash.update(line.as_bytes());
            hash.update(b"\n");
        }
    }
    if hashes.len() != count {
        return vec![whole.to_owned(); count];
    }
    hashes.into_iter().map(|hash| crate::hex(&hash.finalize())).collect()
}

fn read_amend(entry: Table<'_, '_>, file: &str, digest: String) -> Amend {
    let (rules, limits) = read_amend_rules(&entry);
    let amend = Amend {
        provision: entry.required_text("provision", "\"740/740.29-lpp\"").value,
        from: entry.required_date("from"),
        known_from: entry.date("known_from"),
        source: entry.required_text("source", "\"anthropic.2025-04\"").value,
        why: entry.required_text("why", "\"the threshold is lowered\"").value,
        parameters: read_parameters(&entry),
        rules,
        limits,
        remove: entry.word_values("remove"),
        line: entry.line(),
        file: file.to_owned(),
        digest,
    };
    entry.finish();
    amend
}
