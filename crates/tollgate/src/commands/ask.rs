//! `tollgate ask`: a question in one line, answered with the next step.

use std::fmt::Write as _;

use clap::Args;
use tollgate_intake::{Question, question, question_mend};
use tollgate_model::{Date, Stop};
use tollgate_records::DecisionRecord;
use tollgate_server::today;

use super::decide::decided_records;
use super::{Failure, embedded_law, print};
use crate::commands::check::FailOn;
use crate::commands::inputs::{Basis, Inputs, Lists, day};

#[derive(Args)]
#[command(mut_arg("lists", |lists| lists.num_args(1)))]
#[command(after_help = "Examples:
  tollgate ask \"4 RTX 5090 and one HGX A100 8-GPU to Hoa Sen Engineering, Viet Nam, for rendering\"
  tollgate ask --lists csl.csv --lists dpl.txt \"4 RTX 5090 to Hoa Sen Engineering, Viet Nam, for rendering\"
Write N ITEM and N ITEM [from COUNTRY] to BUYER, COUNTRY [, headquartered in COUNTRY] [for USE].")]
pub(crate) struct AskArguments {
    /// The question: so many of what, to whom, where, what for
    #[arg(value_name = "TEXT", required = true)]
    pub(crate) text: Vec<String>,
    #[command(flatten)]
    pub(crate) lists: Lists,
    /// The policy
    #[arg(long, value_name = "POLICY", default_value = "ear")]
    pub(crate) policy: String,
    /// The day of shipment; today where absent
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub(crate) date: Option<Date>,
    /// Prints the same facts for a machine
    #[arg(long)]
    pub(crate) json: bool,
    /// Exit with status 1 if any decision is one of these
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    pub(crate) fail_on: Vec<FailOn>,
}

pub(crate) fn ask(arguments: &AskArguments, stop: &Stop) -> Result<(), Failure> {
    let reply = reply(arguments, stop)?;
    print(&if arguments.json { format!("{:#}\n", reply.json()) } else { reply.text() })?;
    reply.check_whole()?;
    let is_found = arguments.fail_on.iter().any(|what| {
        reply.records.iter().any(|record| match what {
            FailOn::LicenseRequired => record.outcome.as_str() == "license_required",
            FailOn::NeedsInformation => record.outcome.as_str() == "needs_information",
            FailOn::ClaimFailed => record.claimed_ok == Some(false),
        })
    });
    if is_found { Err(Failure::Found) } else { Ok(()) }
}

/// A question, and what was decided of it.
pub(crate) struct Reply {
    question: Question,
    records: Vec<DecisionRecord>,
    date: Date,
    /// Whether the buyer was screened, in a sentence.
    screened: String,
}

/// The reply to a question that is understood as a whole, but for lines of it; an error, with what was understood, where it is not.
pub(crate) fn reply(arguments: &AskArguments, stop: &Stop) -> Result<Reply, Failure> {
    let law = embedded_law()?;
    if let Some(file) = arguments.text.iter().find(|word| is_list_file(word)) {
        let what = format!("`{file}` is the name of a file, and no part of a question");
        return Err(Failure::Unusable(format!("{what}\n  mend: write `--lists` before each list")));
    }
    let found = question(&arguments.text.join(" "), &law.catalog);
    let lacking = found.lacking();
    if !lacking.is_empty() {
        let what = format!("the question is not understood as a whole: {}", lacking.join("; "));
        let mend = question_mend(&arguments.text.join(" "));
        return Err(Failure::Unusable(format!("{what}\n{}  mend: {mend}", question_text(&found))));
    }
    let date = arguments.date.unwrap_or_else(today);
    let records = decide_lines(arguments, &found, date, stop)?;
    let screened = screening_note(&arguments.lists);
    Ok(Reply { question: found, records, date, screened })
}

/// Whether a word of a question is a file of a list, before which `--lists` lacks: the question would pass over it.
fn is_list_file(word: &str) -> bool {
    let ending = std::path::Path::new(word).extension().and_then(|ending| ending.to_str());
    let is_list = |ending: &str| ["csv", "json", "txt"].iter().any(|list| ending.eq_ignore_ascii_case(list));
    !word.contains(' ') && ending.is_some_and(is_list)
}

/// Whether parties are screened, in a sentence.
pub(crate) fn screening_note(lists: &Lists) -> String {
    match lists.lists.len() {
        0 => "not screened: no list was given with --lists".to_owned(),
        1 => "screened against 1 list file".to_owned(),
        count => format!("screened against {count} list files"),
    }
}

/// A decision in a sentence, and what is to be done next, a line each.
pub(crate) fn record_text(record: &DecisionRecord) -> String {
    let DecisionRecord { quantity, item, outcome, summary, .. } = record;
    let mut text = format!("{quantity} x {item}: {outcome}\n  {summary}\n");
    for step in &record.next {
        let _ = writeln!(text, "  next: {} ({}; {})", step.what, step.who, step.by);
    }
    text
}

/// The decisions of the lines that are understood.
fn decide_lines(
    arguments: &AskArguments,
    found: &Question,
    date: Date,
    stop: &Stop,
) -> Result<Vec<DecisionRecord>, Failure> {
    if found.lines.iter().all(|line| line.open.is_some()) {
        return Ok(Vec::new());
    }
    let tables = found.tables(date);
    let folder = tempfile::tempdir()?;
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("orders.csv"), &tables.orders)?;
    std::fs::write(path("parties.csv"), &tables.parties)?;
    std::fs::write(path("items.csv"), &tables.items)?;
    let basis = Basis {
        licenses: None,
        opening: None,
        fleet: None,
        strict: false,
        ignore_column: Vec::new(),
        parties: Some(path("parties.csv")),
        ownership: None,
        items: Some(path("items.csv")),
        lists: arguments.lists.clone(),
        policy: arguments.policy.clone(),
        known_on: None,
    };
    let decided = decided_records(&Inputs { orders: path("orders.csv"), basis }, stop)?;
    // The tables are the question's own: what is not understood of them was not understood of the question.
    if !decided.unread.0.is_empty() {
        return Err(decided.unread.into());
    }
    Ok(decided.records)
}

/// What was understood, a line each.
fn question_text(found: &Question) -> String {
    let mut text = "understood:\n".to_owned();
    for line in &found.lines {
        let holds = line.holds.as_ref().map_or_else(String::new, |(name, count)| format!(", each with {count} {name}"));
        let open = line.open.as_ref().map_or_else(String::new, |open| format!(" - NOT UNDERSTOOD: {open}"));
        let _ = writeln!(text, "  {} x {}{holds}{open}", line.quantity, line.item);
    }
    let place = found.destination.map_or("no country", |country| country.code());
    let address = if found.address.is_empty() { String::new() } else { format!(", at {}", found.address) };
    let _ = writeln!(text, "  to {}{address}, {place}", found.buyer.as_deref().unwrap_or("a buyer without a name"));
    if let Some(origin) = found.origin {
        let _ = writeln!(text, "  from {}", origin.code());
    }
    if let Some(seat) = found.hq_country {
        let _ = writeln!(text, "  the buyer is headquartered in {}", seat.code());
    }
    if let Some(end_use) = &found.end_use {
        let _ = writeln!(text, "  for {end_use}");
    }
    text
}

impl Reply {
    /// An error where lines of the question are not understood, and so not decided.
    pub(crate) fn check_whole(&self) -> Result<(), Failure> {
        match self.question.lines.iter().any(|line| line.open.is_some()) {
            true => Err(Failure::Unusable(
                "some lines were not understood and not decided\n  mend: answer the questions above".to_owned(),
            )),
            false => Ok(()),
        }
    }

    /// What was understood, and each decision with the next step, for a person.
    pub(crate) fn text(&self) -> String {
        let mut text = question_text(&self.question);
        let _ = writeln!(text, "  on {}\n{}", self.date, self.screened);
        for record in &self.records {
            let _ = write!(text, "\n{}", record_text(record));
        }
        text.push_str("\nIt informs; it is not legal advice.\n");
        text
    }

    /// The same facts for a machine.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::json!({
            "understood": self.question.understood(self.date),
            "screening": self.screened,
            "decisions": self.records,
        })
    }
}
