use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tollgate_records::{DecisionWriter, Format, Output};

use super::arguments::{CheckArguments, FailOn, Inputs, TextFormat};
use super::decide::{Writing, load};
use super::progress::Bar;
use super::recorded::run_done;
use super::summary::Summary;
use super::{Failure, csv_text, print};
use crate::report;
use crate::service::{AccountView, Run, RunError, Stop, run};

pub(crate) fn check(arguments: &CheckArguments, stop: &Stop) -> Result<(), Failure> {
    let ledger = arguments.record.open()?;
    let (policy, tables, _) = load(&arguments.inputs.basis, stop)?;
    let files = given(&arguments.inputs);
    let path = |name: &str| arguments.out.join(name);
    let wrong = |name: &'static str| move |error| RunError::Output(path(name), error);
    let mut decisions =
        DecisionWriter::create(&path("decisions.jsonl"), Format::JsonLines).map_err(wrong("decisions.jsonl"))?;
    let mut writing = Writing::new(Arc::clone(&policy), Arc::clone(&tables));
    let mut summary = Summary::new(&policy, &tables);
    let job = Run { orders: &arguments.inputs.orders, tables: Arc::clone(&tables), policy: Arc::clone(&policy) };
    let decider = run(&job, stop, &mut Bar::new(), &mut |order, decided, _| {
        summary.add(order, decided);
        writing.write(order, decided, &mut decisions).map_err(wrong("decisions.jsonl"))
    })?;
    let accounts = decider.account_views();
    summary.finish(&files, not_done(arguments))?;
    let json = format!("{:#}\n", summary.json());
    let page = report::render(&summary.report(&accounts));
    let rest = [
        ("alerts.jsonl", String::new()),
        ("allocations.csv", allocations(&accounts)),
        ("summary.json", json.clone()),
        ("report.html", page),
    ];
    let mut outputs = Vec::new();
    for (name, text) in &rest {
        let file = arguments.out.join(name);
        let failed = |error| RunError::Output(file.clone(), error);
        let mut output = Output::create(&file).map_err(failed)?;
        output.write_all(text.as_bytes()).map_err(failed)?;
        outputs.push((output, file.clone()));
    }
    decisions.commit().map_err(wrong("decisions.jsonl"))?;
    for (output, file) in outputs {
        output.commit().map_err(|error| RunError::Output(file, error))?;
    }
    let made = ["decisions.jsonl", "alerts.jsonl", "allocations.csv", "summary.json", "report.html"].map(path);
    let made: Vec<&Path> = made.iter().map(PathBuf::as_path).collect();
    run_done(ledger, ("check", &policy.name, &policy.digest), &files, &made)?;
    match arguments.format {
        TextFormat::Json => print(&json)?,
        TextFormat::Text => print(&summary.text(&arguments.out))?,
    }
    let found = arguments.fail_on.iter().any(|what| match what {
        FailOn::LicenseRequired => summary.count("license_required") > 0,
        FailOn::NeedsInformation => summary.count("needs_information") > 0,
        FailOn::ClaimFailed => summary.claims_failed() > 0,
    });
    if found { Err(Failure::Found) } else { Ok(()) }
}

/// The input files, for the record of what a report was made from.
pub(super) fn given(inputs: &Inputs) -> Vec<&Path> {
    let optional = [&inputs.basis.parties, &inputs.basis.ownership, &inputs.basis.items].into_iter().flatten();
    let files = std::iter::once(&inputs.orders).chain(optional).chain(&inputs.basis.lists.lists);
    files.map(|path| path.as_path()).collect()
}

fn not_done(arguments: &CheckArguments) -> Vec<String> {
    let mut missing = vec!["No typology is run: alerts.jsonl is empty.".to_owned()];
    let tables = [
        ("--payments", &arguments.payments),
        ("--sites", &arguments.sites),
        ("--serials", &arguments.serials),
        ("--inspections", &arguments.inspections),
    ];
    for (flag, _) in tables.into_iter().filter(|(_, path)| path.is_some()) {
        missing.push(format!("{flag} was given and not read: nothing uses it yet."));
    }
    if arguments.inputs.basis.lists.lists.is_empty() {
        missing.push("No --lists were given: only the flags of the parties table say who is listed.".to_owned());
    }
    missing
}

fn allocations(accounts: &[AccountView]) -> String {
    let header = ["account", "holder", "period", "used_tpp", "limit_tpp", "available_tpp", "refused_tpp", "lines"];
    let rows = accounts.iter().map(|view| {
        let limit = view.limit.map(|limit| limit.ceil());
        let available = limit.map(|limit| (limit - view.used.ceil()).max(0).to_string());
        vec![
            view.account.clone(),
            view.holder.clone(),
            view.period.clone(),
            view.used.ceil().to_string(),
            limit.map_or(String::new(), |limit| limit.to_string()),
            available.unwrap_or_default(),
            view.refused.ceil().to_string(),
            view.lines.to_string(),
        ]
    });
    csv_text(std::iter::once(header.map(str::to_owned).to_vec()).chain(rows))
}
