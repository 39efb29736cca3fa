//! The lists beside the provisions: cited documents, coverage, readings.

use std::collections::BTreeMap;

use tollgate_model::{Date, Diagnostic};
use tollgate_strict_toml::{Placed, TomlFile};

use crate::facts::{FactId, FactKind};

/// A cited document.
#[derive(Clone, Debug)]
pub struct SourceDocument {
    /// What it is called.
    pub title: String,
    /// `rule`, `correction`, `guidance`, `letter`, `notice`, `codified` or `proposal`.
    pub kind: String,
    /// How it is cited.
    pub citation: String,
    /// When it was published.
    pub published: Option<Date>,
    /// When it took effect.
    pub effective: Option<Date>,
    /// From when it must be complied with, where that is later.
    pub compliance: Option<Date>,
    /// Its official address.
    pub url: Option<String>,
    /// How sure its contents are, as a letter.
    pub certainty: String,
    /// What else there is to say.
    pub note: Option<String>,
}

/// How far a provision is modeled.
#[derive(Clone, Debug)]
pub struct Coverage {
    /// The provision.
    pub citation: String,
    /// What it is about.
    pub title: String,
    /// `modeled`, `partly` or `not_modeled`.
    pub status: String,
    /// From when it binds; `None` where it was there before October 2022.
    pub since: Option<Date>,
    /// How sure the model is, as a letter.
    pub certainty: String,
    /// What is unsure.
    pub unsure: Option<String>,
    /// What is left out, and why.
    pub note: Option<String>,
}

/// A named reading of a text that can be read in two ways.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Its fact.
    pub fact: FactId,
    /// Its name.
    pub name: String,
    /// What is taken where nothing else is said.
    pub default: bool,
    /// The question.
    pub question: String,
    /// The answer where the reading is false.
    pub if_false: String,
    /// The answer where the reading is true.
    pub if_true: String,
    /// Where the text stands.
    pub cite: String,
}

pub(crate) fn read_sources(file: &str, text: &str, sources: &mut BTreeMap<String, SourceDocument>) -> Vec<Diagnostic> {
    let toml = TomlFile::parse(file, text);
    let table = toml.root();
    for entry in table.tables("source") {
        let Placed { value: key, line } = entry.required_text("key", "\"fr.2025-00636\"");
        let source = SourceDocument {
            title: entry.required_text("title", "\"Framework for Artificial Intelligence Diffusion\"").value,
            kind: entry.required_text("kind", "\"rule\"").value,
            citation: entry.required_text("citation", "\"90 FR 4544\"").value,
            published: entry.date("published"),
            effective: entry.date("effective"),
            compliance: entry.date("compliance"),
            url: entry.text_value("url"),
            certainty: entry.required_text("certainty", "\"P\"").value,
            note: entry.text_value("note"),
        };
        entry.finish();
        if sources.insert(key.clone(), source).is_some() {
            toml.report("stands-twice", line, format!("`{key}` stands twice"), "take one of them out");
        }
    }
    table.finish();
    toml.into_diagnostics().0
}

pub(crate) fn read_coverage(file: &str, text: &str, coverage: &mut Vec<Coverage>) -> Vec<Diagnostic> {
    let toml = TomlFile::parse(file, text);
    let table = toml.root();
    for entry in table.tables("provision") {
        let Placed { value: status, line } = entry.required_text("status", "\"modeled\"");
        if !["modeled", "partly", "not_modeled", ""].contains(&status.as_str()) {
            let mend = "write modeled, partly or not_modeled";
            toml.report("unknown-word", line, format!("`{status}` is no status"), mend);
        }
        let since = entry.date("since");
        coverage.push(Coverage {
            citation: entry.required_text("citation", "\"15 CFR 740.29\"").value,
            title: entry.required_text("title", "\"License Exception LPP\"").value,
            status,
            since,
            certainty: entry.required_text("certainty", "\"P\"").value,
            unsure: entry.text_value("unsure"),
            note: entry.text_value("note"),
        });
        entry.finish();
    }
    table.finish();
    toml.into_diagnostics().0
}

pub(crate) fn read_readings(file: &str, text: &str, readings: &mut Vec<Reading>) -> Vec<Diagnostic> {
    let toml = TomlFile::parse(file, text);
    let table = toml.root();
    for entry in table.tables("reading") {
        let Placed { value: name, line } = entry.required_text("name", "\"lpp_covers_5a002\"");
        let fact = FactId::named(&format!("reading.{name}")).filter(|fact| fact.def().kind == FactKind::Reading);
        let reading = Reading {
            fact: fact.unwrap_or(crate::facts::R_LPP_5A002),
            default: entry.boolean("default").unwrap_or(false),
            question: entry.required_text("question", "\"…?\"").value,
            if_false: entry.required_text("if_false", "\"…\"").value,
            if_true: entry.required_text("if_true", "\"…\"").value,
            cite: entry.required_text("cite", "\"15 CFR 740.29(b)\"").value,
            name,
        };
        if fact.is_none() {
            let mend = "readings are facts: add it to crates/law/src/facts.rs as `reading.…`";
            let what = format!("no condition can name a reading `{}`", reading.name);
            toml.report("unknown-reading", line, what, mend);
        }
        entry.finish();
        readings.push(reading);
    }
    table.finish();
    toml.into_diagnostics().0
}
