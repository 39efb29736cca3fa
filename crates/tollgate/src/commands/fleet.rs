//! `tollgate fleet`: the installed base of operators, its ratios and the LPP count, now and after each planned order.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use serde_json::{Value, json};
use tollgate_decide::{
    Decided, Decider, Fleet, GeographicRatio, Lines, NationalBase, Run, RunError, Silent, Tables, label_text, run,
    with_line,
};
use tollgate_law::Policy;
use tollgate_model::{Date, Diagnostic, Diagnostics, OrderLine, Outcome, Place, Stop, group_digits};
use tollgate_records::{Declared, FleetRow, Table, read_fleet};
use tollgate_server::today;

use super::decide::load;
use super::{Failure, print};
use crate::commands::inputs::{Basis, TextFormat, day, name_unknown_columns};

#[derive(Args)]
#[command(after_help = "Examples:
  tollgate fleet sites.csv --parties parties.csv --policy diffusion --date 2026-01-15
  tollgate fleet sites.csv --plan orders.csv --parties parties.csv --opening opening.csv --policy diffusion
SITES has the columns site_id, owner, country, item, quantity; --opening account, holder, country, year, tpp (docs/fleet.md).
Only items of the grade that the law counts are in the base; each planned line counts as if it went, with its decision beside it.
What is not known leaves the ratio unsettled and is named.")]
pub(crate) struct FleetArguments {
    /// What stands where: site_id, owner, country, item, quantity
    #[arg(value_name = "SITES")]
    pub(crate) sites: PathBuf,
    /// Planned orders, as `check` takes them, in the contract's form
    #[arg(long, value_name = "FILE")]
    pub(crate) plan: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) basis: Basis,
    /// The day of the ratios before the first planned order; today where absent
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub(crate) date: Option<Date>,
    /// How it is printed
    #[arg(long, default_value = "text")]
    pub(crate) format: TextFormat,
}

/// How an ultimate parent stands after a step.
struct Standing {
    holder: String,
    name: String,
    base_milli_tpp: i128,
    countries: usize,
    ratios: Vec<GeographicRatio>,
    national: Vec<NationalBase>,
}

/// LPP of an ultimate parent after a planned line.
struct LppCount {
    after_milli_tpp: i64,
    limit_milli_tpp: Option<i64>,
}

/// A step: what stands now, or a planned line.
struct FleetStep {
    title: String,
    decision: Option<String>,
    lpp: Option<LppCount>,
    standings: Vec<Standing>,
}

pub(crate) fn fleet(arguments: &FleetArguments, stop: &Stop) -> Result<(), Failure> {
    name_unknown_columns(&arguments.sites, Table::Fleet, arguments.basis.strict)?;
    if let Some(plan) = &arguments.plan {
        name_unknown_columns(plan, Table::Orders, arguments.basis.strict)?;
    }
    let (policy, tables, _) = load(&arguments.basis, stop)?;
    let date = arguments.date.unwrap_or_else(today);
    let rows = read_fleet(&arguments.sites)?;
    let mut base = Fleet::default();
    let mut decider = Decider::new(Arc::clone(&policy), Arc::clone(&tables));
    for row in &rows {
        add_row(&mut base, &mut decider, row, date, &tables, &arguments.sites)?;
    }
    let mut planned = PlannedLines { fleet: base, scale: decider, policy: &policy, tables: &tables, steps: Vec::new() };
    let holders: Vec<String> = planned.fleet.holders.keys().cloned().collect();
    let standings = planned.standings(&holders, date)?;
    let title = format!("on {date}");
    planned.steps.push(FleetStep { title, decision: None, lpp: None, standings });
    if let Some(plan) = &arguments.plan {
        let job = Run { orders: plan, tables: Arc::clone(&tables), policy: Arc::clone(&policy) };
        run(&job, stop, &mut Silent, &mut planned)?;
    }
    match arguments.format {
        TextFormat::Text => print(&text(&planned)),
        TextFormat::Json => print(&format!("{:#}\n", json_of(&planned))),
    }
}

/// Adds a row of the fleet to the base, as a line to its owner that comes from nobody.
fn add_row(
    base: &mut Fleet,
    decider: &mut Decider,
    row: &FleetRow,
    date: Date,
    tables: &Tables,
    file: &std::path::Path,
) -> Result<(), Failure> {
    let what = format!("Row {} of {} (site {})", row.row, file.display(), row.site_id);
    with_line(row, date, |line| {
        let weight = decider.weigh(line).map_err(|unknown| {
            let place = Place::cell(file.display().to_string(), row.row, "item", line.item);
            let mistake = Diagnostic::new("unknown-item", place, unknown.what, unknown.mend);
            Failure::from(Diagnostics::from(mistake))
        })?;
        base.add(line, weight, tables, &what);
        Ok(())
    })
}

/// Adds planned lines, and takes down how whom they touch stands after each.
struct PlannedLines<'a> {
    fleet: Fleet,
    /// Weighs items; counts nothing that is asked for.
    scale: Decider,
    policy: &'a Policy,
    tables: &'a Tables,
    steps: Vec<FleetStep>,
}

impl PlannedLines<'_> {
    fn standings(&self, holders: &[String], date: Date) -> Result<Vec<Standing>, Failure> {
        let mut standings = Vec::new();
        for holder in holders {
            let ratios = self.fleet.ratios(holder, self.policy, self.tables, date).map_err(|group| {
                Failure::Unusable(format!(
                    "the law has no country group `{group}`\n  mend: add it, or choose another policy"
                ))
            })?;
            let countries = self.fleet.holders.get(holder).map(|base| &base.by_country);
            let held = || countries.into_iter().flatten().filter(|(_, held)| **held > 0);
            let name = self.tables.parties.get(holder).and_then(|party| party.name.clone());
            standings.push(Standing {
                holder: holder.clone(),
                name: name.unwrap_or_else(|| holder.clone()),
                base_milli_tpp: held().map(|(_, held)| *held).sum(),
                countries: held().count(),
                ratios,
                national: self.fleet.national(holder, self.policy, self.tables, date),
            });
        }
        Ok(standings)
    }
}

impl Lines for PlannedLines<'_> {
    fn decided(&mut self, order: &OrderLine<'_>, decided: &Decided<'_>, _: Declared<'_>) -> Result<(), RunError> {
        let what = format!("Order {} line {}", order.order_id, order.line);
        let weight = self.scale.weigh(order).map_err(|unknown| {
            let place = Place::cell("plan", 0, "item", order.item);
            RunError::from(Diagnostics::from(Diagnostic::new("unknown-item", place, unknown.what, unknown.mend)))
        })?;
        let touched = self.fleet.add(order, weight, self.tables, &what);
        let standings = self.standings(&touched, order.date).map_err(|failure| match failure {
            Failure::Unusable(text) => RunError::Output(PathBuf::from("fleet"), std::io::Error::other(text)),
            _ => RunError::Stopped,
        })?;
        let is_lpp = decided.determination().label.outcome == Outcome::LicenseException
            && decided.exception().is_some_and(|exception| exception.posts.as_deref() == Some("lpp"));
        let rule = decided.program.accounts.iter().find(|rule| rule.account == "lpp").filter(|_| is_lpp);
        let lpp = rule.and_then(|rule| {
            Some(LppCount {
                after_milli_tpp: decided.line.facts.get(rule.fact)?,
                limit_milli_tpp: rule.limits.first().map(|(_, limit)| limit.thousandths()),
            })
        });
        let decision = Some(label_text(decided.program, decided.determination().label));
        let title =
            format!("after {what} on {}: {} x {} to {}", order.date, order.quantity, order.item, order.destination);
        self.steps.push(FleetStep { title, decision, lpp, standings });
        Ok(())
    }
}

/// Thousandths as a number with up to three decimal places, in groups of three digits.
fn exact(thousandths: i128) -> String {
    let sign = if thousandths < 0 { "-" } else { "" };
    let (whole, rest) = (thousandths.unsigned_abs() / 1_000, thousandths.unsigned_abs() % 1_000);
    let text = format!("{sign}{}.{rest:03}", group_digits(super::saturated(whole)));
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn kept_text(is_kept: Option<bool>) -> &'static str {
    match is_kept {
        Some(true) => "kept",
        Some(false) => "NOT KEPT",
        None => "UNSETTLED",
    }
}

fn text(planned: &PlannedLines<'_>) -> String {
    let mut out = format!("Installed base under the policy {} ({})\n", planned.policy.name, planned.policy.title);
    for step in &planned.steps {
        let _ = writeln!(out, "\n{}", step.title);
        if let Some(decision) = &step.decision {
            let _ = writeln!(out, "  decision: {decision}");
        }
        if let Some(lpp) = &step.lpp {
            let limit = lpp.limit_milli_tpp.map_or("no limit".to_owned(), |limit| exact(limit.into()));
            let _ = writeln!(out, "  LPP of the year: {} of {limit} TPP", exact(lpp.after_milli_tpp.into()));
        }
        for standing in &step.standings {
            write_standing(&mut out, standing);
        }
    }
    for reason in &planned.fleet.ownerless {
        let _ = writeln!(out, "\nnot known: {reason}");
    }
    out.push_str("\nIt informs; it is not legal advice.\n");
    out
}

fn write_standing(out: &mut String, standing: &Standing) {
    let Standing { holder, name, base_milli_tpp, countries, ratios, national } = standing;
    let _ = writeln!(out, "  {name} ({holder}): {} TPP known, in {countries} countries", exact(*base_milli_tpp));
    if ratios.is_empty() {
        out.push_str("    no geographic ratio is in force on that day under this policy\n");
    }
    for ratio in ratios {
        let share = ratio.milli_percent().map_or("?".to_owned(), exact);
        let place = ratio.country.map_or(String::new(), |country| format!(" ({country})"));
        let most = exact(ratio.most_milli_percent.into());
        let kept = kept_text(ratio.is_kept);
        let _ = writeln!(out, "    {kept}: {share} of at most {most} percent {}{place}", ratio.rule);
    }
    let mut reasons: Vec<&String> = ratios.iter().flat_map(|ratio| &ratio.unsettled).collect();
    reasons.sort();
    reasons.dedup();
    for reason in reasons {
        let _ = writeln!(out, "      {reason}");
    }
    for row in national {
        let limit = row.limit_milli_tpp.map_or("no limit in force".to_owned(), exact);
        let kept = kept_text(row.is_kept);
        let _ = writeln!(
            out,
            "    {kept}: national, {} in {}: {} of {limit} TPP",
            row.party,
            row.country,
            exact(row.held_milli_tpp)
        );
    }
}

fn json_of(planned: &PlannedLines<'_>) -> Value {
    let steps = planned.steps.iter().map(|step| {
        let standings = step.standings.iter().map(standing_json);
        json!({
            "step": step.title, "decision": step.decision, "standings": standings.collect::<Vec<_>>(),
            "lpp": step.lpp.as_ref().map(|lpp| json!({
                "after_milli_tpp": lpp.after_milli_tpp, "limit_milli_tpp": lpp.limit_milli_tpp,
            })),
        })
    });
    json!({
        "policy": planned.policy.name, "steps": steps.collect::<Vec<_>>(), "not_known": planned.fleet.ownerless,
    })
}

fn standing_json(standing: &Standing) -> Value {
    let ratios = standing.ratios.iter().map(|ratio| {
        json!({
            "rule": ratio.rule, "country": ratio.country.map(|country| country.code()),
            "part_milli_tpp": ratio.part_milli_tpp.to_string(), "whole_milli_tpp": ratio.whole_milli_tpp.to_string(),
            "most_percent": exact(ratio.most_milli_percent.into()), "percent": ratio.milli_percent().map(exact),
            "kept": ratio.is_kept, "unsettled": ratio.unsettled,
        })
    });
    let national = standing.national.iter().map(|row| {
        json!({
            "party": row.party, "country": row.country.code(), "held_milli_tpp": row.held_milli_tpp.to_string(),
            "limit_milli_tpp": row.limit_milli_tpp.map(|limit| limit.to_string()), "kept": row.is_kept,
        })
    });
    json!({
        "holder": standing.holder, "name": standing.name, "ratios": ratios.collect::<Vec<_>>(),
        "national": national.collect::<Vec<_>>(),
    })
}
