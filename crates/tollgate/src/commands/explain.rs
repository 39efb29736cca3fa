//! `tollgate explain`: the argument of one decision, as a lawyer would write it.

use std::fmt::Write as _;
use std::sync::Arc;

use tollgate_engine::{TraceStep, fact_text};
use tollgate_law::Policy;
use tollgate_model::{OrderLine, Truth};

use super::decide::load;
use super::{Failure, print};
use crate::commands::inputs::{Inputs, TextFormat};
use clap::Args;
use tollgate_decide::{
    Decided, Detail, Run, Silent, Tables, decision_record, each, failed_claim, next_steps, run, screening_sentences,
    summary,
};
use tollgate_model::Stop;
use tollgate_records::DecisionRecord;

#[derive(Args)]
#[command(after_help = "Example:
  tollgate explain --orders orders.csv --parties parties.csv --order PO-17 --line 2 --policy diffusion")]
pub(crate) struct ExplainArguments {
    #[command(flatten)]
    pub(crate) inputs: Inputs,
    /// The order
    #[arg(long, value_name = "ID")]
    pub(crate) order: String,
    /// The item line; all lines of the order where absent
    #[arg(long, value_name = "N")]
    pub(crate) line: Option<i64>,
    /// How it is printed
    #[arg(long, default_value = "text")]
    pub(crate) format: TextFormat,
}

pub(crate) fn explain(arguments: &ExplainArguments, stop: &Stop) -> Result<(), Failure> {
    let explanation = explanation(arguments, stop)?;
    match arguments.format {
        TextFormat::Text => print(&explanation.text),
        TextFormat::Json => {
            let json = serde_json::to_string_pretty(&explanation.records);
            print(&format!("{}\n", json.map_err(|error| Failure::Unusable(error.to_string()))?))
        }
    }
}

/// The arguments of one order's decisions.
pub(crate) struct Explanation {
    /// Half a page for each line, as a lawyer would write it.
    pub(crate) text: String,
    /// The same facts for a machine, a record for each line.
    pub(crate) records: Vec<DecisionRecord>,
}

/// The arguments of the decisions that are named; an error where there are none of that name.
pub(crate) fn explanation(arguments: &ExplainArguments, stop: &Stop) -> Result<Explanation, Failure> {
    arguments.inputs.name_unknown_columns()?;
    let (policy, tables, _) = load(&arguments.inputs.basis, stop)?;
    let mut texts: Vec<String> = Vec::new();
    let mut objects: Vec<DecisionRecord> = Vec::new();
    let job = Run { orders: &arguments.inputs.orders, tables: Arc::clone(&tables), policy: Arc::clone(&policy) };
    run(
        &job,
        stop,
        &mut Silent,
        &mut each(|order, decided| {
            let is_named = order.order_id == arguments.order && arguments.line.is_none_or(|line| line == order.line);
            if is_named {
                texts.push(memo(order, decided, &policy, &tables));
                objects.push(decision_record(order, decided, &policy, &tables, Detail::Whole));
            }
            Ok(())
        }),
    )?;
    if texts.is_empty() {
        let what = format!("{} has no order `{}`", arguments.inputs.orders.display(), arguments.order);
        return Err(Failure::Unusable(format!(
            "{what}{}\n  mend: check the id",
            arguments.line.map_or(String::new(), |line| format!(" with a line {line}"))
        )));
    }
    Ok(Explanation { text: texts.join("\n"), records: objects })
}

/// Half a page, as a lawyer would write it.
fn memo(order: &OrderLine<'_>, decided: &Decided<'_>, policy: &Policy, tables: &Tables) -> String {
    let steps = decided.steps();
    let mut out = String::new();
    let tpp = decided.line.tpp.map_or("unknown".to_owned(), |tpp| format!("{} TPP", tpp.ceil()));
    let _ = writeln!(
        out,
        "Order {}, line {}: {} x {} ({tpp}) to {} on {}",
        order.order_id,
        order.line,
        order.quantity,
        decided.line.item.name,
        order.destination,
        order.date_text()
    );
    let _ = writeln!(out, "Policy {} ({})\n", policy.name, policy.title);
    let _ = writeln!(out, "{}\n", summary(order, decided, tables));
    if let Some(claim) = failed_claim(order, decided) {
        let _ = writeln!(out, "{claim}\n");
    }
    write_list(
        &mut out,
        "Next",
        next_steps(order, decided).into_iter().map(|step| format!("{} Who: {}. By: {}.", step.what, step.who, step.by)),
    );
    write_steps(&mut out, "What it is", &steps, decided, |step| {
        step.step.cite.contains("part 774") || step.step.cite.contains("CFR 774")
    });
    let eccn = decided.eccn().unwrap_or("not settled by the facts given".into());
    let covers = if is_listed_or_open(&eccn) { "" } else { " (for the advanced-computing controls only)" };
    let _ = writeln!(out, "   ECCN: {eccn}{covers}");
    for finding in decided.item_findings() {
        let _ = writeln!(out, "   {finding}");
    }
    out.push('\n');
    write_steps(&mut out, "Where it goes, to whom, what for, and what covers it", &steps, decided, |step| {
        !step.step.cite.contains("CFR 774")
    });
    out.push('\n');
    write_list(
        &mut out,
        "To be done",
        decided.obligations().map(|rule| format!("{} ({}; {})", rule.text, rule.deadline, rule.cite)),
    );
    write_list(&mut out, "Lists and owners", screening_sentences(order, tables).into_iter());
    write_list(
        &mut out,
        "Turns on how the text is read",
        decided.readings().map(|turn| format!("{}: taken: {} Otherwise: {}.", turn.name, turn.taken, turn.otherwise)),
    );
    write_list(
        &mut out,
        "Red flags (they never decide)",
        decided.red_flags().map(|rule| format!("{} ({})", rule.step.rule, rule.step.cite)),
    );
    write_list(&mut out, "Unsure", decided.unsure(&steps).into_iter().map(|(cite, note)| format!("{note} ({cite})")));
    write_list(&mut out, "Not understood, or not known", decided.line.remarks.iter().map(|remark| remark.to_string()));
    if !decided.line.consignee.has_parent {
        out.push_str("No parent of the ultimate consignee is known: it counts as its own ultimate parent.\n");
    }
    out
}

/// The steps that `shows` picks, under a title, each with its citation and up to eight facts that it looks at; of more, those that say something of
/// a party who is there.
fn write_steps(
    out: &mut String,
    title: &str,
    steps: &[TraceStep<'_>],
    decided: &Decided<'_>,
    shows: impl Fn(&TraceStep<'_>) -> bool,
) {
    let _ = writeln!(out, "{title}");
    for step in steps.iter().filter(|step| shows(step)) {
        let mark = match step.truth {
            Truth::True => "yes",
            Truth::False => "no ",
            Truth::Unknown => "?  ",
        };
        let _ = writeln!(out, "   {mark}  {}\n        {}", step.step.cite, step.step.rule);
        let many = step.step.facts.len() > 8;
        let facts: Vec<String> = step
            .step
            .facts
            .iter()
            .map(|fact| {
                let value = fact_text(&decided.line.facts, *fact).unwrap_or_else(|| "unknown".to_owned());
                (fact.def().name, value)
            })
            .filter(|(name, value)| !many || !(value == "none" || value == "false" || name.starts_with("reading.")))
            .map(|(name, value)| format!("{name} = {value}"))
            .collect();
        if !facts.is_empty() && facts.len() <= 8 {
            let _ = writeln!(out, "        [{}]", facts.join("; "));
        }
    }
}

/// Lines under a title; nothing where there are none.
fn write_list(out: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(out, "{title}");
    for line in lines {
        let _ = writeln!(out, "   - {line}");
    }
    out.push('\n');
}

/// Whether an ECCN is one that the modeled law lists, or is not settled.
fn is_listed_or_open(eccn: &str) -> bool {
    tollgate_engine::is_listed_eccn(eccn) || eccn.starts_with("not settled")
}
