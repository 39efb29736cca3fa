//! `tollgate classify`: what a name of an item stands for, and its ECCN.

use std::fmt::Write as _;

use tollgate_engine::{Scratch, eccn, fact_text, with_readings};
use tollgate_law::Law;
use tollgate_law::catalog::Resolution;
use tollgate_law::facts::{self, Facts};
use tollgate_law::program::{FindingRule, Program};
use tollgate_model::{ItemKind, Tpp, Truth};

use super::{Failure, embedded_law, print};
use crate::commands::inputs::{TextFormat, day};
use clap::Args;
use std::path::PathBuf;
use tollgate_decide::load_policy;
use tollgate_decide::{ItemFacts, Screening, Tables, compare_eccn, item_facts, settle_density};
use tollgate_lists::load_screener;
use tollgate_model::Date;
use tollgate_model::Stop;
use tollgate_server::today;

#[derive(Args)]
#[command(after_help = "Examples:
  tollgate classify \"NVIDIA H100 SXM\" L4
  tollgate classify --items my-items.csv
  tollgate classify A800 --date 2023-11-16")]
pub(crate) struct ClassifyArguments {
    /// Items by name; with neither names nor --items, the whole catalog
    #[arg(value_name = "ITEM")]
    pub(crate) names: Vec<String>,
    /// Items of your own
    #[arg(long, value_name = "FILE")]
    pub(crate) items: Option<PathBuf>,
    /// Whether the items of that file are shown beside the names
    #[arg(skip = true)]
    pub(crate) is_table_listed: bool,
    /// The policy
    #[arg(long, value_name = "POLICY", default_value = "ear")]
    pub(crate) policy: String,
    /// The day; today where absent
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub(crate) date: Option<Date>,
    /// How it is printed
    #[arg(long, default_value = "text")]
    pub(crate) format: TextFormat,
}

pub(crate) fn classify(arguments: &ClassifyArguments, stop: &Stop) -> Result<(), Failure> {
    let items = classification(arguments, stop)?;
    match arguments.format {
        TextFormat::Json => print(&format!("{:#}\n", items.json()))?,
        TextFormat::Text => print(&items.text())?,
    }
    items.check_known()
}

/// What names come to.
pub(crate) struct Classification {
    policy: String,
    date: Date,
    answers: Vec<Answer>,
}

impl Classification {
    /// For a machine.
    pub(crate) fn json(&self) -> serde_json::Value {
        let items: Vec<serde_json::Value> = self.answers.iter().map(Answer::json).collect();
        serde_json::json!({ "policy": self.policy, "date": self.date.to_string(), "items": items })
    }

    /// For a person.
    pub(crate) fn text(&self) -> String {
        text(&format!("policy {} on {}", self.policy, self.date), &self.answers)
    }

    /// An error where a name is no known item.
    pub(crate) fn check_known(&self) -> Result<(), Failure> {
        match self.answers.iter().filter(|answer| matches!(answer, Answer::Open(_))).count() {
            0 => Ok(()),
            open => {
                let what = format!("{open} of {} names are no known item; see above", self.answers.len());
                Err(Failure::Unusable(what))
            }
        }
    }
}

/// What the names of the arguments come to; with neither names nor items of the user's, those of the whole catalog.
pub(crate) fn classification(arguments: &ClassifyArguments, stop: &Stop) -> Result<Classification, Failure> {
    let law = embedded_law()?;
    let policy = load_policy(&law, &arguments.policy)?;
    let screener = std::sync::Arc::new(load_screener(&[])?);
    let screening = Screening { screener: &screener, threshold: tollgate_screening::THRESHOLD, clearances: None };
    let tables = Tables::read(None, None, arguments.items.as_deref(), screening, stop)?;
    let date = arguments.date.unwrap_or_else(today);
    let mut names: Vec<String> = arguments.names.clone();
    if arguments.is_table_listed {
        names.extend(tables.items.keys().cloned());
    }
    if names.is_empty() {
        names.extend(law.catalog.items().iter().map(|item| item.item.clone()));
    }
    let program = policy.program(date);
    let mut answers = Vec::new();
    for name in &names {
        answers.push(match item_facts(name, &tables.items, &law.catalog) {
            Ok(item) => Answer::Known(Box::new(Classified::new(name, &item, program))),
            Err(error) => Answer::Open(Question {
                query: name.clone(),
                what: error.what,
                mend: error.mend,
                candidates: candidates(name, &law),
            }),
        });
    }
    Ok(Classification { policy: policy.name.clone(), date, answers })
}

/// The items that a name may stand for.
fn candidates(name: &str, law: &Law) -> Vec<String> {
    match law.catalog.resolve(name) {
        Resolution::Found(item) => vec![item.item.clone()],
        Resolution::Ambiguous(names) | Resolution::Unknown(names) => names.into_iter().map(str::to_owned).collect(),
    }
}

/// What a name comes to.
enum Answer {
    Known(Box<Classified>),
    Open(Question),
}

/// A name that stands for no one item.
struct Question {
    query: String,
    what: String,
    mend: String,
    candidates: Vec<String>,
}

impl Answer {
    fn json(&self) -> serde_json::Value {
        match self {
            Answer::Known(item) => item.json(),
            Answer::Open(question) => serde_json::json!({
                "asked": question.query, "item": null, "eccn": null, "problem": question.what, "mend": question.mend,
                "candidates": question.candidates,
            }),
        }
    }
}

struct Classified {
    query: String,
    name: String,
    /// `None` where the item's row does not say it.
    kind: Option<String>,
    tpp: Option<String>,
    unit_tpp: Option<String>,
    density: Option<String>,
    eccn: Option<String>,
    why: Vec<(String, String, Truth)>,
    stated_eccn: Option<String>,
    certainty: Option<String>,
    source: String,
    notes: Vec<String>,
}

impl Classified {
    fn new(query: &str, item: &ItemFacts, program: &Program) -> Classified {
        let mut facts = item.facts.clone();
        with_readings(program, &mut facts);
        for flag in [
            facts::EXPORTER_FOUNDRY,
            facts::EXPORTER_OSAT,
            facts::EXPORTER_APPROVED_OSAT,
            facts::BUYER_IC_DESIGNER,
            facts::BUYER_APPROVED_DESIGNER,
        ] {
            facts.set(flag, 0);
        }
        settle_density(program, &mut facts, item);
        let mut scratch = Scratch::default();
        scratch.start(program, &facts);
        scratch.finish(program);
        // What holds whatever the facts: the law of the day was not read.
        let is_unread = |rule: &FindingRule| rule.step.facts.is_empty() && scratch.truth(rule.step.when) == Truth::True;
        let unread = program.unmodeled.iter().find(|rule| is_unread(rule));
        let figured = eccn(program, &facts, &scratch).filter(|_| unread.is_none());
        let unread = unread.map(|rule| rule.step.rule.to_string());
        let steps = program.definitions.iter().chain(program.classifications.iter().map(|rule| &rule.step));
        // Where the goods go is no matter of what they are.
        let steps = steps.filter(|step| !step.facts.contains(&facts::DESTINATION));
        let why = steps.map(|step| (step.cite.to_string(), step.rule.to_string(), scratch.truth(step.when)));
        let figures = item.chip.as_ref().unwrap_or(&item.item);
        let shown = |fact| fact_text(&facts, fact);
        Classified {
            query: query.to_owned(),
            name: item.name.clone(),
            kind: shown(facts::ITEM_KIND),
            tpp: shown(facts::IC_TPP),
            unit_tpp: item.unit_tpp.map(|tpp| tpp.to_string()),
            density: shown(facts::IC_DENSITY),
            eccn: shown_eccn(figured, item.item.eccn.as_deref()),
            why: why.filter(|(_, _, truth)| *truth != Truth::False).collect(),
            stated_eccn: item.item.eccn.clone(),
            certainty: figures.certainty.clone(),
            source: figures.source.clone().unwrap_or_else(|| "your items table".to_owned()),
            notes: unread.into_iter().chain(notes(item, &facts, program)).collect(),
        }
    }

    fn json(&self) -> serde_json::Value {
        let why = self
            .why
            .iter()
            .map(|(cite, rule, truth)| serde_json::json!({ "cite": cite, "rule": rule, "result": truth.as_str() }));
        serde_json::json!({
            "asked": self.query, "item": self.name, "kind": self.kind.as_deref().unwrap_or(""), "tpp": self.tpp, "unit_tpp": self.unit_tpp,
            "performance_density": self.density, "eccn": self.eccn, "stated_eccn": self.stated_eccn, "certainty": self.certainty,
            "why": why.collect::<Vec<_>>(), "source": self.source, "notes": self.notes,
        })
    }
}

/// The ECCN that the figures come to; where that is none of the modeled entries, the one that is stated, if it is none either.
fn shown_eccn(figured: Option<String>, stated: Option<&str>) -> Option<String> {
    let figured = figured?;
    let listed = tollgate_engine::is_listed_eccn(&figured);
    let agrees = |stated: &&str| !listed && compare_eccn(stated, Some(&figured)).is_none();
    Some(stated.filter(agrees).map_or_else(|| figured.clone(), str::to_owned))
}

fn notes(item: &ItemFacts, facts: &Facts, program: &Program) -> Vec<String> {
    let figures = item.chip.as_ref().unwrap_or(&item.item);
    let mut notes = Vec::new();
    if let Some((other, _)) = &item.other {
        let dispute = figures.dispute.as_deref().unwrap_or("");
        let value = other.get(facts::IC_TPP).map(Tpp::from_thousandths);
        let value = value.map_or("unknown".to_owned(), |tpp| tpp.to_string());
        let mut scratch = Scratch::default();
        let mut changed = facts.clone();
        for fact in [facts::IC_TPP, facts::IC_DENSITY, facts::IC_DENSITY_DEN] {
            changed.set_if(fact, other.get(fact));
        }
        scratch.start(program, &changed);
        scratch.finish(program);
        let then = eccn(program, &changed, &scratch).unwrap_or_else(|| "unsettled".to_owned());
        notes.push(format!("TPP is {value} by another count ({dispute}); the ECCN is then {then}"));
    }
    if item.item.kind == Some(ItemKind::Other) {
        notes.push("known, and no accelerator of 3A090 or 4A090; its ECCN is by its maker".to_owned());
        notes.extend(figures.note.iter().cloned());
        return notes;
    }
    if matches!(item.item.kind, Some(ItemKind::Software | ItemKind::Technology)) {
        notes.push("software or technology: its ECCN, and in `accelerator` what it is for, decide".to_owned());
        notes.extend(item.findings.iter().cloned());
        return notes;
    }
    if facts.get(facts::IC_DATA_CENTER).is_none() {
        notes.push("whether it is designed or marketed for data centers is unknown".to_owned());
    }
    if facts.get(facts::IC_DENSITY).is_none() && facts.get(facts::IC_TPP).is_none_or(|tpp| tpp < 4_800_000) {
        notes.push("its performance density is unknown: the die area is not given".to_owned());
    }
    notes.extend(item.findings.iter().cloned());
    let mut scratch = Scratch::default();
    scratch.start(program, facts);
    scratch.finish(program);
    let figured = eccn(program, facts, &scratch);
    notes.extend(item.item.eccn.as_deref().and_then(|stated| compare_eccn(stated, figured.as_deref())));
    notes.extend(
        figures
            .certainty
            .iter()
            .filter(|certainty| *certainty == "low")
            .map(|_| "the figures are of low certainty".to_owned()),
    );
    notes.extend(figures.note.iter().cloned());
    if item.chip.is_some() {
        notes.extend(item.item.note.iter().cloned());
    }
    notes
}

fn text(title: &str, answers: &[Answer]) -> String {
    let mut out = format!("{title}; ECCNs for the advanced-computing controls only\n");
    for answer in answers {
        match answer {
            Answer::Known(item) => write_item(&mut out, item),
            Answer::Open(question) => {
                let _ = writeln!(out, "\n{}: {}", question.query, question.what);
                let _ = writeln!(out, "  mend: {}", question.mend);
            }
        }
    }
    out
}

fn write_item(out: &mut String, item: &Classified) {
    let eccn = item.eccn.as_deref().unwrap_or("not settled by the facts given");
    let query = if item.query == item.name { String::new() } else { format!(" (asked: {})", item.query) };
    let _ = writeln!(out, "\n{}{query}: {eccn}", item.name);
    let whole = match (&item.unit_tpp, &item.tpp) {
        (Some(unit), Some(tpp)) if unit != tpp => format!(" an accelerator, {unit} in all"),
        (None, Some(_)) => " an accelerator; how many it holds is not known".to_owned(),
        _ => String::new(),
    };
    let tpp = item.tpp.as_deref().unwrap_or("unknown");
    let density = item.density.as_deref().unwrap_or("unknown");
    let _ = writeln!(out, "  {}; TPP {tpp}{whole}; performance density {density}", item.kind.as_deref().unwrap_or(""));
    if let Some(stated) = &item.stated_eccn {
        let _ = writeln!(out, "  ECCN as stated: {stated}");
    }
    for (cite, rule, truth) in &item.why {
        let mark = if *truth == Truth::Unknown { " (not settled)" } else { "" };
        let _ = writeln!(out, "  {cite}{mark}: {rule}");
    }
    let certainty =
        item.certainty.as_deref().map_or_else(String::new, |certainty| format!(" (certainty: {certainty})"));
    let _ = writeln!(out, "  source: {}{certainty}", item.source);
    for note in &item.notes {
        let _ = writeln!(out, "  note: {note}");
    }
}
