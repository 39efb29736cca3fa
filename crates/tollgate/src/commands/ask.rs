//! `tollgate ask`: a question in one line, answered with the next step.

use std::fmt::Write as _;
use std::sync::Arc;

use clap::Args;
use tollgate_decide::{Detail, Run, Silent, decision_record, each, run};
use tollgate_intake::{Question, question};
use tollgate_law::Law;
use tollgate_model::{Date, Stop};
use tollgate_records::DecisionRecord;
use tollgate_server::today;

use super::decide::load;
use super::{Failure, print};
use crate::commands::check::FailOn;
use crate::commands::inputs::{Basis, Lists, day};

#[derive(Args)]
#[command(after_help = "Example:
  tollgate ask \"4 RTX 5090 and one HGX A100 8-GPU to Hoa Sen Engineering, Viet Nam, for rendering\"
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
    let law = Law::embedded()?;
    let found = question(&arguments.text.join(" "), &law.catalog);
    let lacking = found.lacking();
    if !lacking.is_empty() {
        let what = format!("the question is not understood as a whole: {}", lacking.join("; "));
        let mend = "write N ITEM and N ITEM to BUYER, COUNTRY for USE; see `tollgate ask --help`";
        return Err(Failure::Unusable(format!("{what}\n{}  mend: {mend}", question_text(&found))));
    }
    let date = arguments.date.unwrap_or_else(today);
    let records = decide_lines(arguments, &found, date, stop)?;
    let screened = match arguments.lists.lists.len() {
        0 => "not screened: no list was given with --lists".to_owned(),
        count => format!("screened against {count} list files"),
    };
    if arguments.json {
        print(&json(&found, &records, date, &screened))?;
    } else {
        print(&text(&found, &records, date, &screened))?;
    }
    if found.lines.iter().any(|line| line.open.is_some()) {
        return Err(Failure::Unusable(
            "some lines were not understood and not decided\n  mend: answer the questions above".to_owned(),
        ));
    }
    let is_found = arguments.fail_on.iter().any(|what| {
        records.iter().any(|record| match what {
            FailOn::LicenseRequired => record.outcome.as_str() == "license_required",
            FailOn::NeedsInformation => record.outcome.as_str() == "needs_information",
            FailOn::ClaimFailed => record.claimed_ok == Some(false),
        })
    });
    if is_found { Err(Failure::Found) } else { Ok(()) }
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
    let lists = Lists {
        lists: arguments.lists.lists.clone(),
        threshold: arguments.lists.threshold,
        clearances: arguments.lists.clearances.clone(),
    };
    let basis = Basis {
        licenses: None,
        opening: None,
        fleet: None,
        strict: false,
        parties: Some(path("parties.csv")),
        ownership: None,
        items: Some(path("items.csv")),
        lists,
        policy: arguments.policy.clone(),
        known_on: None,
    };
    let (policy, tables, _) = load(&basis, stop)?;
    let orders = path("orders.csv");
    let job = Run { orders: &orders, tables: Arc::clone(&tables), policy: Arc::clone(&policy) };
    let mut records = Vec::new();
    run(
        &job,
        stop,
        &mut Silent,
        &mut each(|order, decided| {
            records.push(decision_record(order, decided, &policy, &tables, Detail::Whole));
            Ok(())
        }),
    )?;
    Ok(records)
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
    let _ = writeln!(text, "  to {}, {place}", found.buyer.as_deref().unwrap_or("a buyer without a name"));
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

fn text(found: &Question, records: &[DecisionRecord], date: Date, screened: &str) -> String {
    let mut text = question_text(found);
    let _ = writeln!(text, "  on {date}\n{screened}");
    for record in records {
        let _ = writeln!(text, "\n{} x {}: {}\n  {}", record.quantity, record.item, record.outcome, record.summary);
        for step in &record.next {
            let _ = writeln!(text, "  next: {} ({}; {})", step.what, step.who, step.by);
        }
    }
    text.push_str("\nIt informs; it is not legal advice.\n");
    text
}

fn json(found: &Question, records: &[DecisionRecord], date: Date, screened: &str) -> String {
    let lines: Vec<serde_json::Value> = found
        .lines
        .iter()
        .map(|line| {
            serde_json::json!({ "text": line.text, "quantity": line.quantity, "item": line.item, "accelerator": line.holds.as_ref().map(|(name, _)| name), "accelerators": line.holds.as_ref().map(|(_, count)| count), "question": line.open })
        })
        .collect();
    let whole = serde_json::json!({
        "understood": {
            "lines": lines, "buyer": found.buyer, "destination": found.destination.map(|country| country.code()),
            "origin": found.origin.map(|country| country.code()), "hq_country": found.hq_country.map(|country| country.code()), "end_use": found.end_use, "date": date.to_string(),
        },
        "screening": screened,
        "decisions": records,
    });
    format!("{whole:#}\n")
}
