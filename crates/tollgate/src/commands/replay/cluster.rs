//! A replay on a Spark cluster.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use tollgate_detect::engine::{ClusterOptions, replay_on_cluster};
use tollgate_law::split_days;
use tollgate_model::{Country, Date};

use super::difference::Sum;
use super::{Comparison, Failure};
use crate::commands::inputs::policy_name;
use crate::commands::replay::ReplayArguments;
use tollgate_decide::RunError;
use tollgate_model::Stop;
use tollgate_replay::Change;

/// Replays on a cluster: the differences go to where those of a replay here go.
pub(super) fn replay(
    arguments: &ReplayArguments,
    master: &str,
    comparison: &mut Comparison<'_>,
    stop: &Stop,
) -> Result<(), Failure> {
    if comparison.schemes.is_some() {
        let mend = "leave out --cluster, or ask of schemes in a run of its own";
        return Err(Failure::Unusable(format!("--truth is not read on a cluster\n  mend: {mend}")));
    }
    let out = tempfile::tempdir().map_err(|error| Failure::Unusable(format!("no temporary folder: {error}")))?;
    let (orders, basis) = (arguments.inputs.orders.display().to_string(), &arguments.inputs.basis);
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or(path.to_owned());
    let spec = json!({
        "policy": policy(&basis.policy, basis.known_on)?, "against": policy(&arguments.against, basis.known_on)?, "parties": basis.parties.as_deref().map(absolute),
        "ownership": basis.ownership.as_deref().map(absolute), "items": basis.items.as_deref().map(absolute),
        "lists": basis.lists.lists.iter().map(|path| absolute(path)).collect::<Vec<_>>(), "threshold": basis.lists.threshold,
        "clearances": basis.lists.clearances.as_deref().map(absolute),
    });
    let options = ClusterOptions {
        master: master.to_owned(),
        python: arguments.on.python.clone(),
        tables: out.path().to_owned(),
        partitions: arguments.on.partitions,
        stop: Arc::clone(stop),
    };
    let orders = match orders.contains("://") {
        true => orders,
        false => absolute(&arguments.inputs.orders).display().to_string(),
    };
    replay_on_cluster(&options, &spec, &orders, out.path())?;
    read_results(comparison, out.path())
}

/// A policy's name, or its file as every worker finds it.
fn policy(name: &str, known_on: Option<Date>) -> Result<String, Failure> {
    let name = policy_name(name, known_on)?;
    let (base, days) = split_days(&name)?;
    let path = Path::new(base);
    Ok(match path.exists() {
        true => format!("{}{days}", std::path::absolute(path).unwrap_or(path.to_owned()).display()),
        false => name,
    })
}

/// Reads what the cluster wrote to `out`: sums by group, totals, and the lines that differ.
fn read_results(comparison: &mut Comparison<'_>, out: &Path) -> Result<(), Failure> {
    let unread = |name: &str, what: String| Failure::Unusable(format!("the cluster's {name}: {what}"));
    let open = |name: &str| std::fs::read_to_string(out.join(name)).map_err(|error| unread(name, error.to_string()));
    for line in open("groups.jsonl")?.lines() {
        let row: Value = serde_json::from_str(line).map_err(|error| unread("groups.jsonl", error.to_string()))?;
        add(comparison, &row).ok_or_else(|| unread("groups.jsonl", format!("is not understood: {line}")))?;
    }
    let total: Value =
        serde_json::from_str(&open("totals.json")?).map_err(|error| unread("totals.json", error.to_string()))?;
    let day = |key: &str| total.get(key).and_then(Value::as_str).and_then(|day| day.parse::<Date>().ok());
    let sum = sum(&total).ok_or_else(|| unread("totals.json", "is not understood".to_owned()))?;
    comparison.difference.set_total(sum, day("first"), day("last"));
    let mut diff =
        std::fs::File::open(out.join("diff.jsonl")).map_err(|error| unread("diff.jsonl", error.to_string()))?;
    let copied = std::io::copy(&mut diff, comparison.output);
    copied.map_err(|error| RunError::Output(comparison.path.to_owned(), error))?;
    Ok(())
}

fn add(comparison: &mut Comparison<'_>, row: &Value) -> Option<()> {
    let text = |key: &str| row.get(key).and_then(Value::as_str);
    let change = Change::ALL.into_iter().find(|change| Some(change.as_str()) == text("change"))?;
    let country: Country = text("country")?.parse().ok()?;
    let (year, month) = text("month")?.split_once('-')?;
    let month = (year.parse().ok()?, month.parse().ok()?);
    comparison.difference.add_sum(change, country, month, text("consignee")?, sum(row)?);
    Some(())
}

fn sum(row: &Value) -> Option<Sum> {
    let whole = |key: &str| row.get(key)?.as_str()?.parse().ok();
    Some(Sum { lines: row.get("lines")?.as_u64()?, tpp: whole("tpp")?, cents: whole("cents")? })
}
