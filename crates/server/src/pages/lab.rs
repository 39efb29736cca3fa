//! The policy lab: a policy with its parameters changed, on the orders that are here and in simulated years.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};

use axum::extract::{Path, Query};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use tollgate_lab::{Arm, LabError, Options, Scenario, Study, study};
use tollgate_model::{Country, Date};

use super::super::App;
use super::super::access::Right;
use super::super::orders::{unavailable, unusable};
use super::super::problem::Problem;
use super::{Refused, View, encoded};
use crate::board::{StoredLine, without_formula};
use crate::today;
use tollgate_report::{headline, study_page, study_part, with_findings};
use tollgate_world::SCENARIOS;

/// Draws of a first look, of a finer one, and at the most.
const ROUGH: u64 = 400;
const FINE: u64 = 20_000;
const MOST: u64 = 200_000;
/// H100 a consignee and year in the Diffusion Rule: where the slider stands at first.
const RULE: f64 = 1_700.0;
/// Studies that the page offers beside one's own.
const STUDIES: [&str; 5] = ["threshold", "agreements", "enforcement", "delay", "advantage"];

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct StudyForm {
    /// Empty for one's own policy against another.
    study: String,
    policy: String,
    against: String,
    /// Whether `threshold` is meant; else the policy's own holds.
    set: String,
    threshold: String,
    budget: String,
    effective: String,
    announced: String,
    tiers: String,
    agreements: String,
    verification: String,
    draws: String,
}

impl StudyForm {
    fn query(&self, draws: u64) -> String {
        let fields = [
            ("study", &self.study),
            ("policy", &self.policy),
            ("against", &self.against),
            ("set", &self.set),
            ("threshold", &self.threshold),
            ("budget", &self.budget),
            ("effective", &self.effective),
            ("announced", &self.announced),
            ("tiers", &self.tiers),
            ("agreements", &self.agreements),
            ("verification", &self.verification),
        ];
        let given = fields.iter().filter(|(_, value)| !value.is_empty());
        let mut query: Vec<String> = given.map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        query.push(format!("draws={draws}"));
        query.join("&")
    }

    fn draws(&self) -> u64 {
        self.draws.parse().unwrap_or(ROUGH).clamp(1, MOST)
    }
}

fn number(name: &str, text: &str, else_: f64, (least, most): (f64, f64)) -> Result<f64, Problem> {
    if text.is_empty() {
        return Ok(else_);
    }
    let given: Option<f64> = text.parse().ok().filter(|given| (least..=most).contains(given));
    given.ok_or_else(|| unusable(&format!("`{name}` is not usable"), &format!("give a number from {least} to {most}")))
}

fn country(text: &str) -> Result<Country, Problem> {
    text.parse().map_err(|_| unusable("a country is not known", "write codes of ISO 3166-1, such as AE"))
}

/// The words of a field.
fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split([' ', ',', ';']).filter(|word| !word.is_empty()).map(str::to_uppercase)
}

/// The scenario that the form describes, as a file that `tollgate simulate` takes.
fn scenario_text(view: &View, form: &StudyForm) -> Result<String, Problem> {
    if let Some((_, text)) = SCENARIOS.iter().find(|(name, _)| STUDIES.contains(name) && *name == form.study) {
        return Ok((*text).to_owned());
    }
    // Only policies of the law: a page opens no file that its reader names.
    let named = |name: &str| {
        let name = if name.is_empty() { "diffusion" } else { name };
        let law = view.app().desk.policy.law.policy_names();
        law.contains(&name)
            .then(|| name.to_owned())
            .ok_or_else(|| unusable("no policy has this name", "choose one of the list"))
    };
    let (policy, against) = (named(&form.policy)?, named(&form.against)?);
    let mut text = format!(
        "title = \"{policy}, as changed, against {against}\"\nquestion = \"What does the change deny, and what does it cost honest buyers?\"\nstudy = \"compare\"\ndraws = {}\nseed = 1\n\n[[arm]]\nname = \"{against}\"\npolicy = \"{against}\"\n\n[[arm]]\nname = \"{policy}, as changed\"\npolicy = \"{policy}\"\n",
        form.draws()
    );
    if !form.set.is_empty() {
        let _ = writeln!(text, "threshold_h100 = {:.0}", number("threshold", &form.threshold, RULE, (0.0, 100_000.0))?);
    }
    let _ = writeln!(text, "budget = {}", number("budget", &form.budget, 1.0, (0.01, 100.0))?);
    for (name, day) in [("effective", &form.effective), ("announced", &form.announced)] {
        if !day.is_empty() {
            let day: Date = day.parse().map_err(|_| unusable(&format!("`{name}` is no day"), "write YYYY-MM-DD"))?;
            let _ = writeln!(text, "{name} = \"{day}\"");
        }
    }
    if !form.verification.is_empty() {
        text.push_str("location_verification = true\n");
    }
    let mut tiers = BTreeMap::new();
    for word in words(&form.tiers) {
        let (code, tier) = word.split_once('=').unwrap_or((&word, ""));
        let tier: Option<u8> = tier.parse().ok().filter(|tier| (1..=3).contains(tier));
        let tier =
            tier.ok_or_else(|| unusable("a tier is not usable", "write the country and its tier, as in AE=1 CH=1"))?;
        tiers.insert(country(code)?, tier);
    }
    if !tiers.is_empty() {
        let all: Vec<String> = tiers.iter().map(|(country, tier)| format!("{country} = {tier}")).collect();
        let _ = writeln!(text, "tiers = {{ {} }}", all.join(", "));
    }
    let agreed = words(&form.agreements).map(|word| country(&word)).collect::<Result<Vec<_>, _>>()?;
    if !agreed.is_empty() {
        let all: Vec<String> = agreed.iter().map(|country| format!("\"{country}\"")).collect();
        let _ = writeln!(text, "agreements = [{}]", all.join(", "));
    }
    Ok(text)
}

/// Runs a study away from the threads that answer, one at a time.
async fn studied(
    app: &Arc<App>,
    text: String,
    draws: u64,
    stop: Arc<AtomicBool>,
) -> Result<(Study, Option<Arm>), Problem> {
    let _place = app.studying.acquire().await.map_err(|error| unavailable(&error.to_string()))?;
    let desks = Arc::clone(&app.desks);
    let work = move || {
        let mut scenario = Scenario::read("the lab", &text).map_err(|errors| {
            let messages: Vec<String> = errors.0.iter().map(ToString::to_string).collect();
            unusable(&messages.join("; "), "change the form")
        })?;
        scenario.draws = draws;
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
        let options = Options { threads, progress: &|_, _| {}, stop: &stop };
        let study = study(&scenario, desks.as_ref(), &options);
        let study = study.map_err(|error| match error {
            LabError::Stopped => {
                Problem::new(StatusCode::CONFLICT, "stopped", "another study was asked for meanwhile", "ask again")
            }
            other => unusable(&other.to_string(), "change the form"),
        })?;
        Ok((study, scenario.arms.into_iter().nth(1)))
    };
    tokio::task::spawn_blocking(work).await.map_err(|error| unavailable(&error.to_string()))?
}

/// How the lines of the sample are decided under an arm's policy against how they were: lines and TPP by both outcomes.
fn replayed(app: &App, arm: &Arm) -> Result<Value, Problem> {
    let Some(board) = &app.shown.board else { return Ok(Value::Null) };
    let policy = app.desks.policy(arm).map_err(|error| unusable(&error.to_string(), "change the form"))?;
    let mut decider = app.desk.latest().decider.with_policy(Arc::new(policy));
    let lines: Vec<(&str, i64, StoredLine)> = board
        .sample
        .lines
        .iter()
        .filter_map(|(was, tpp, request)| Some((was.as_str(), *tpp, serde_json::from_str(request).ok()?)))
        .collect();
    let second = |stored: &StoredLine| stored.line > 1;
    let several: BTreeSet<&str> = lines
        .iter()
        .filter(|(_, _, request)| second(request))
        .map(|(_, _, request)| request.order_id.as_str())
        .collect();
    for (_, _, request) in lines.iter().filter(|(_, _, request)| several.contains(request.order_id.as_str())) {
        if let Some(line) = request.line() {
            // An item that is not known is one that was not known before.
            let _known_before = decider.add_to_shipment(&line);
        }
    }
    let mut moved: BTreeMap<(&str, &str), (u64, i64)> = BTreeMap::new();
    for (was, tpp, request) in &lines {
        let Some(line) = request.line() else { continue };
        let Ok(decided) = decider.decide(&line) else { continue };
        let sum = moved.entry((*was, decided.determination().label.outcome.as_str())).or_default();
        sum.0 += 1;
        sum.1 = sum.1.saturating_add(*tpp);
    }
    let rows = moved.iter().map(
        |((was, is), (lines, tpp))| json!({ "was": was, "is": is, "same": was == is, "lines": lines, "tpp": tpp }),
    );
    Ok(json!({ "rows": rows.collect::<Vec<_>>(), "lines": board.sample.lines.len(), "one_of": board.sample.one_of() }))
}

/// Ends what the same person asked before and nobody waits for: who moves a slider wants the last answer.
fn in_place_of_the_last(app: &App, person: &str) -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let mut last = app.last_studies.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(before) = last.insert(person.to_owned(), Arc::clone(&stop)) {
        before.store(true, Ordering::Relaxed);
    }
    stop
}

/// What the page shows of a study: its answers, its figures, and the orders decided anew.
async fn context(view: &View, form: &StudyForm, person: &str) -> Result<Value, Problem> {
    let text = scenario_text(view, form)?;
    let draws = form.draws();
    let stop = in_place_of_the_last(view.app(), person);
    let (mut study, arm) = studied(&view.app, text, draws, stop).await?;
    with_findings(view.language, &mut study);
    let replay = match arm.filter(|_| form.study.is_empty()) {
        None => Value::Null,
        Some(arm) => {
            let app = Arc::clone(&view.app);
            let work = tokio::task::spawn_blocking(move || replayed(&app, &arm));
            work.await.map_err(|error| unavailable(&error.to_string()))??
        }
    };
    let (figures, assumptions) = study_part(&study);
    Ok(json!({
        "headline": headline(view.language, &study), "answers": study.answers, "caveats": study.caveats, "figures": figures, "assumptions": assumptions, "replay": replay, "draws": draws,
        "finer": (draws < FINE).then(|| format!("/lab?{}", form.query(FINE))),
        "query": form.query(FINE), "name": study.name, "made_from": study.made_from,
    }))
}

pub(super) async fn lab(view: View, Query(form): Query<StudyForm>) -> Result<Response, Refused> {
    let (view, caller) = view.person(Right::Try)?;
    let (result, wrong) = match context(&view, &form, &caller.name).await {
        Ok(result) => (result, Value::Null),
        Err(problem) if problem.status == StatusCode::CONFLICT => return Err(view.failed(&problem)),
        Err(problem) => (Value::Null, json!({ "detail": problem.detail, "mend": problem.mend })),
    };
    let or = |value: &String, default: &str| if value.is_empty() { default.to_owned() } else { value.clone() };
    let form = json!({
        "study": form.study, "policy": or(&form.policy, "diffusion"), "against": or(&form.against, "diffusion"), "set": !form.set.is_empty(),
        "threshold": or(&form.threshold, "1700"), "budget": or(&form.budget, "1"), "effective": form.effective, "announced": form.announced,
        "tiers": form.tiers, "agreements": form.agreements, "verification": !form.verification.is_empty(),
    });
    let policies = view.app().desk.policy.law.policy_names();
    let context = json!({ "form": form, "policies": policies, "studies": STUDIES, "result": result, "problem": wrong });
    let template = if view.part { "study.html" } else { "lab.html" };
    Ok(view.render(template, "nav.lab", context))
}

/// A study on one page, for whoever decides: its headline, its first figure, what it rests on.
fn brief(view: &View, form: &StudyForm, mut study: Study) -> Result<String, Problem> {
    with_findings(view.language, &mut study);
    let headline = headline(view.language, &study);
    study.figures.truncate(1);
    let (figure, _) = study_part(&study);
    let context = json!({
        "lang": view.language.code(), "date": today().to_string(), "name": study.name,
        "question": study.question, "headline": headline, "answers": study.answers, "caveats": study.caveats, "figure": figure,
        "draws": form.draws(), "made_from": study.made_from,
    });
    view.app().pages.render("brief.html", context).map_err(|error| unavailable(&error.to_string()))
}

/// Each outcome by policy and year, a number a column.
fn data(study: &Study) -> Result<String, Problem> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let wrong = |error: csv::Error| unavailable(&error.to_string());
    let head =
        ["policy", "outcome", "unit", "year", "p5", "p50", "p95", "difference_p5", "difference_p50", "difference_p95"];
    writer.write_record(head).map_err(wrong)?;
    for row in &study.open.outcomes {
        let start = [without_formula(&row.arm), row.output.to_owned(), row.unit.to_owned(), row.year.to_string()];
        let numbers = row.quantiles.iter().chain(&row.difference).map(f64::to_string);
        writer.write_record(start.into_iter().chain(numbers)).map_err(wrong)?;
    }
    let bytes = writer.into_inner().map_err(|error| unavailable(&error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| unavailable(&error.to_string()))
}

/// The scenario, its results, or its report as a file.
pub(super) async fn file(
    view: View,
    Path(name): Path<String>,
    Query(form): Query<StudyForm>,
) -> Result<Response, Refused> {
    let (view, _) = view.person(Right::Try)?;
    let kind = match name.as_str() {
        "scenario.toml" => "application/toml",
        "results.json" => "application/json",
        "data.csv" => "text/csv; charset=utf-8",
        "report.html" | "brief.html" => "text/html; charset=utf-8",
        _ => return Err(view.refuse(StatusCode::NOT_FOUND, "problem.missing")),
    };
    match file_text(&view, &name, &form).await {
        Ok(text) => {
            // A brief is read where it is, and printed.
            let way = if name == "brief.html" { "inline" } else { "attachment" };
            let name = format!("{way}; filename=\"{name}\"");
            Ok(([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, name)], text).into_response())
        }
        Err(problem) => Err(view.failed(&problem)),
    }
}

/// The text of one of the files of a study.
async fn file_text(view: &View, name: &str, form: &StudyForm) -> Result<String, Problem> {
    let text = scenario_text(view, form)?;
    if name == "scenario.toml" {
        return Ok(text);
    }
    let (study, _) = studied(&view.app, text, form.draws(), Arc::default()).await?;
    match name {
        "results.json" => serde_json::to_string_pretty(&study)
            .map(|text| text + "\n")
            .map_err(|error| unavailable(&error.to_string())),
        "data.csv" => data(&study),
        "brief.html" => brief(view, form, study),
        _ => Ok(study_page(&study)),
    }
}
