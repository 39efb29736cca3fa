//! The lists beside the provisions: cited documents, coverage, readings.

use std::collections::BTreeMap;

use tollgate_model::Date;

use crate::error::LawError;
use crate::facts::{FactId, FactKind};
use crate::reader::{Reader, Table};

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

pub(crate) fn read_sources(file: &str, text: &str, sources: &mut BTreeMap<String, SourceDocument>) -> Vec<LawError> {
    let reader = Reader::new(file, text);
    let document = reader.document();
    let table = Table::new(&reader, &document, 1);
    for entry in table.tables("source") {
        let (key, line) = entry.need_text("key", "\"fr.2025-00636\"");
        let source = SourceDocument {
            title: entry.need_text("title", "\"Framework for Artificial Intelligence Diffusion\"").0,
            kind: entry.need_text("kind", "\"rule\"").0,
            citation: entry.need_text("citation", "\"90 FR 4544\"").0,
            published: entry.date("published"),
            effective: entry.date("effective"),
            compliance: entry.date("compliance"),
            url: entry.text("url").map(|(text, _)| text),
            certainty: entry.need_text("certainty", "\"P\"").0,
            note: entry.text("note").map(|(text, _)| text),
        };
        entry.finish();
        if sources.insert(key.clone(), source).is_some() {
            reader.error(line, format!("`{key}` stands twice"), "take one of them out");
        }
    }
    table.finish();
    reader.into_errors()
}

pub(crate) fn read_coverage(file: &str, text: &str, coverage: &mut Vec<Coverage>) -> Vec<LawError> {
    let reader = Reader::new(file, text);
    let document = reader.document();
    let table = Table::new(&reader, &document, 1);
    for entry in table.tables("provision") {
        let (status, line) = entry.need_text("status", "\"modeled\"");
        if !["modeled", "partly", "not_modeled", ""].contains(&status.as_str()) {
            reader.error(line, format!("`{status}` is no status"), "write modeled, partly or not_modeled");
        }
        let _since = entry.date("since");
        coverage.push(Coverage {
            citation: entry.need_text("citation", "\"15 CFR 740.29\"").0,
            title: entry.need_text("title", "\"License Exception LPP\"").0,
            status,
            certainty: entry.need_text("certainty", "\"P\"").0,
            unsure: entry.text("unsure").map(|(text, _)| text),
            note: entry.text("note").map(|(text, _)| text),
        });
        entry.finish();
    }
    table.finish();
    reader.into_errors()
}

pub(crate) fn read_readings(file: &str, text: &str, readings: &mut Vec<Reading>) -> Vec<LawError> {
    let reader = Reader::new(file, text);
    let document = reader.document();
    let table = Table::new(&reader, &document, 1);
    for entry in table.tables("reading") {
        let (name, line) = entry.need_text("name", "\"lpp_covers_5a002\"");
        let fact = FactId::named(&format!("reading.{name}")).filter(|fact| fact.def().kind == FactKind::Reading);
        let reading = Reading {
            fact: fact.unwrap_or(crate::facts::R_LPP_5A002),
            default: entry.boolean("default").unwrap_or(false),
            question: entry.need_text("question", "\"…?\"").0,
            if_false: entry.need_text("if_false", "\"…\"").0,
            if_true: entry.need_text("if_true", "\"…\"").0,
            cite: entry.need_text("cite", "\"15 CFR 740.29(b)\"").0,
            name,
        };
        if fact.is_none() {
            let mend = "readings are facts: add it to crates/law/src/facts.rs as `reading.…`";
            reader.error(line, format!("no condition can name a reading `{}`", reading.name), mend);
        }
        entry.finish();
        readings.push(reading);
    }
    table.finish();
    reader.into_errors()
}
