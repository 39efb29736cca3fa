//! Which papers an order needs, and all of them as files.

use std::fmt::Write as _;

use minijinja::Value;
use minijinja::value::Serde;
use tollgate_model::{Diagnostic, Diagnostics};
use tollgate_records::DecisionRecord;

use crate::blocks::{Block, blocks_of, plain_text};
use crate::case::{OrderCase, PaperRow};
use crate::front_matter::Each;
use crate::templates::{Head, PageFields, PaperTemplate, Templates, context_of};
use crate::values::flat;

/// A paper, written.
#[derive(Clone, Debug)]
pub struct Paper {
    /// Its file, without the ending.
    pub file: String,
    /// Its title.
    pub title: String,
    /// Why it was made.
    pub why: String,
    /// What must not ship before.
    pub hold: Option<String>,
    /// What it cites.
    pub cites: Vec<String>,
    /// As plain text.
    pub text: String,
    /// As a page to print.
    pub html: String,
}

/// A paper that would be needed, and is not made because the order may not go.
#[derive(Clone, Debug)]
pub struct SkippedPaper {
    /// Its title.
    pub title: String,
}

/// The papers of an order.
#[derive(Clone, Debug)]
pub struct Package {
    /// The order's id.
    pub order_id: String,
    /// The papers, in their order.
    pub papers: Vec<Paper>,
    /// Those that wait until the order may go.
    pub skipped: Vec<SkippedPaper>,
    /// `index.txt`.
    pub index: String,
    /// `decisions.json`.
    pub decisions: String,
}

/// Every paper that an order needs. Errors name the template and the line.
pub fn make_papers(
    templates: &Templates,
    mut case: OrderCase,
    records: &[DecisionRecord],
) -> Result<Package, Diagnostics> {
    let mut papers: Vec<Paper> = Vec::new();
    let mut skipped = Vec::new();
    let mut mistakes = Vec::new();
    for template in templates.papers() {
        match make_template(templates, template, &case) {
            Ok(made) if template.front.release && !case.order.may_go && !made.is_empty() => {
                skipped.push(SkippedPaper { title: template.front.title.clone() });
            }
            Ok(made) => {
                let rows = made.iter().map(|paper| PaperRow { file: paper.file.clone(), title: paper.title.clone() });
                case.papers.extend(rows);
                papers.extend(made);
            }
            Err(mistake) => mistakes.push(mistake),
        }
    }
    if !mistakes.is_empty() {
        return Err(Diagnostics::in_order_of_place(mistakes));
    }
    let index = index_text(&case, &papers, &skipped);
    let decisions = serde_json::to_string_pretty(records).map_err(|error| {
        let place = tollgate_model::Place::file("decisions.json");
        Diagnostics::from(Diagnostic::new("unwritable", place, error.to_string(), "please report it"))
    })?;
    Ok(Package { order_id: case.order.id, papers, skipped, index, decisions: format!("{decisions}\n") })
}

/// The papers of one template: none, one, or one of each line or party.
fn make_template(templates: &Templates, template: &PaperTemplate, case: &OrderCase) -> Result<Vec<Paper>, Diagnostic> {
    let subjects: Vec<(String, Option<Value>)> = match template.front.each {
        None => vec![(String::new(), None)],
        Some(Each::Line) => {
            let lines = case.lines.iter();
            lines.map(|line| (format!("-line-{}", line.line), Some(Value::from(Serde(line))))).collect()
        }
        Some(Each::Party) => {
            let parties = case.parties.iter().enumerate();
            parties
                .map(|(place, party)| {
                    let role = party.role.replace('_', "-");
                    let twice = case.parties.iter().take(place).any(|before| before.role == party.role);
                    let number = if twice { format!("-{}", place + 1) } else { String::new() };
                    (format!("-{role}{number}"), Some(Value::from(Serde(party))))
                })
                .collect()
        }
    };
    let mut made = Vec::new();
    for (suffix, subject) in subjects {
        let context = context_of(case, template, subject);
        if templates.is_needed(template, &context)? {
            made.push(make_paper(templates, template, case, (&suffix, &context))?);
        }
    }
    Ok(made)
}

fn make_paper(
    templates: &Templates,
    template: &PaperTemplate,
    case: &OrderCase,
    (suffix, context): (&str, &Value),
) -> Result<Paper, Diagnostic> {
    let front = &template.front;
    let why = templates.head_text(template, Head::Why, context)?;
    let hold = front.hold.as_ref().map(|_| templates.head_text(template, Head::Hold, context)).transpose()?;
    let hold = hold.filter(|hold| !hold.is_empty());
    let blocks = blocks_of(&templates.body(template, context)?);
    let banner = banner(case);
    let basis = format!("{} (text of {}; {})", front.cites.join("; "), front.dated, front.source);
    let order = flat(&format!(
        "Order {} of {}, decided under the policy {}: {}",
        case.order.id,
        case.order.date.as_deref().unwrap_or(crate::values::BLANK),
        case.order.policy,
        case.order.policy_title
    ));
    let title = front.title.clone();
    let fields = PageFields { title: &title, banner: banner.as_deref(), basis: &basis, order: &order, blocks: &blocks };
    let html = templates.page(&fields)?;
    let text = paper_text(&fields);
    Ok(Paper { file: format!("{}{suffix}", template.stem()), title, why, hold, cites: front.cites.clone(), text, html })
}

fn paper_text(fields: &PageFields<'_>) -> String {
    let mut head = vec![Block::Paragraph { text: fields.title.to_uppercase() }];
    if let Some(banner) = fields.banner {
        head.push(Block::Paragraph { text: banner.to_owned() });
    }
    head.push(Block::Paragraph { text: fields.order.to_owned() });
    head.push(Block::Paragraph { text: format!("Basis: {}", fields.basis) });
    format!("{}\n{}\n{FOOT}\n", plain_text(&head), plain_text(fields.blocks))
}

/// The last line of every paper.
const FOOT: &str =
    "Drafted by Tollgate, which informs; it is not legal advice. Blanks are to be filled in by whoever signs.";

/// What stands over every paper of an order that may not go.
fn banner(case: &OrderCase) -> Option<String> {
    let held: Vec<String> = case.lines.iter().filter(|line| !line.may_go).map(|line| line.line.to_string()).collect();
    if held.is_empty() {
        return None;
    }
    let reason = match (case.order.is_open, case.order.needs_license) {
        (true, true) => "facts are missing and a license is needed",
        (true, false) => "facts are missing",
        _ => "a license is needed",
    };
    Some(format!("HOLD: nothing of this order leaves on this paper. Line {}: {reason}.", held.join(", ")))
}

/// `index.txt`: how each line stands, which papers were made, why, and what must not ship before.
fn index_text(case: &OrderCase, papers: &[Paper], skipped: &[SkippedPaper]) -> String {
    let mut blocks = vec![Block::Paragraph { text: format!("PAPERS OF ORDER {}", flat(&case.order.id)) }];
    blocks.extend(banner(case).map(|text| Block::Paragraph { text }));
    blocks.push(Block::Heading { text: "How the lines stand".to_owned() });
    let lines = case.lines.iter().map(|line| flat(&format!("Line {}: {}", line.line, line.summary)));
    blocks.push(Block::List { items: lines.collect() });
    let mut duties: Vec<String> = Vec::new();
    for duty in case.lines.iter().flat_map(|line| &line.duties) {
        let text = flat(&format!("{} {}: {}", duty.text, duty.cite, duty.deadline));
        if !duties.contains(&text) {
            duties.push(text);
        }
    }
    if !duties.is_empty() {
        blocks.push(Block::Heading { text: "What is to be done".to_owned() });
        blocks.push(Block::List { items: duties });
    }
    let holds: Vec<String> =
        papers.iter().filter_map(|paper| Some(format!("{} ({})", paper.hold.as_ref()?, paper.file))).collect();
    if !holds.is_empty() {
        blocks.push(Block::Heading { text: "What must not ship before".to_owned() });
        blocks.push(Block::List { items: holds });
    }
    blocks.push(Block::Heading { text: "Papers".to_owned() });
    let rows = papers.iter().map(|paper| {
        let files = format!("{}.txt, {}.html", paper.file, paper.file);
        vec![paper.title.clone(), files, paper.why.clone(), paper.cites.join("; ")]
    });
    let head = ["Paper", "Files", "Why", "Basis"].map(str::to_owned).to_vec();
    blocks.push(Block::Table { rows: std::iter::once(head).chain(rows).collect() });
    if !skipped.is_empty() {
        blocks.push(Block::Heading { text: "Not made, since the decision does not let the order leave".to_owned() });
        blocks.push(Block::List { items: skipped.iter().map(|paper| paper.title.clone()).collect() });
    }
    let mut text = plain_text(&blocks);
    let _ = write!(
        text,
        "\ndecisions.json holds the decisions with their arguments; manifest.csv the SHA-256 digest of each file here and of each input.\n{FOOT}\n"
    );
    text
}
