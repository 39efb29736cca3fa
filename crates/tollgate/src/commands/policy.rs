//! `tollgate policy`: policies shown, checked and compared.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tollgate_engine::symbolic::{self, Answer, Difference};
use tollgate_engine::{Scratch, determine, fact_text, trace};
use tollgate_law::facts::{FactId, Facts};
use tollgate_law::program::Program;
use tollgate_law::{Law, Policy};
use tollgate_model::{Date, Truth, count_of, group_digits};

use super::{Failure, embedded_law, print};
use crate::commands::inputs::{TextFormat, day, policy_name};
use clap::Subcommand;
use tollgate_decide::load_policy;
use tollgate_model::Stop;
use tollgate_server::today;

#[derive(Subcommand)]
#[command(after_help = "Examples:
  tollgate policy show diffusion@2025-06-01
  tollgate policy diff diffusion anthropic-2025
  tollgate policy check my-policy.toml")]
pub(crate) enum PolicyCommand {
    /// The policies that come with the program.
    List {
        /// How it is printed
        #[arg(long, default_value = "text")]
        format: TextFormat,
    },
    /// A policy: its provisions in force on a day, its readings, what is modeled and what is not.
    Show {
        /// The policy
        policy: String,
        /// The day; today where absent
        #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
        date: Option<Date>,
        /// How it is printed
        #[arg(long, default_value = "text")]
        format: TextFormat,
    },
    /// Every region of facts on which two policies differ, with the clause and a smallest order.
    Diff {
        /// The first policy
        first: String,
        /// The second
        second: String,
        /// Only on this day
        #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
        date: Option<Date>,
        /// Take both as they could be known on this day
        #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
        known_on: Option<Date>,
        /// Print the regions, up to 100 of each kind, and not only their number and the smallest
        #[arg(long)]
        all: bool,
        /// How it is printed
        #[arg(long, default_value = "text")]
        format: TextFormat,
    },
    /// Loads a policy and proves that each pattern of facts has exactly one outcome on every day.
    Check {
        /// A policy or a file of your own
        path: String,
    },
}

pub(crate) fn policy(command: &PolicyCommand, stop: &Stop) -> Result<(), Failure> {
    let law = embedded_law()?;
    match command {
        PolicyCommand::List { format } => list(&law, *format),
        PolicyCommand::Show { policy, date, format } => {
            show(&load_policy(&law, policy)?, date.unwrap_or_else(today), *format)
        }
        PolicyCommand::Diff { first, second, date, known_on, all, format } => {
            let load = |name: &str| load_policy(&law, &policy_name(name, *known_on)?);
            let (first, second) = (load(first)?, load(second)?);
            let comparison = compare(&first, &second, *date, *all, stop)?;
            match format {
                TextFormat::Json => print(&format!("{:#}\n", comparison.json())),
                TextFormat::Text => print(&comparison.text()),
            }
        }
        PolicyCommand::Check { path } => check(&load_policy(&law, path)?, stop),
    }
}

fn list(law: &Arc<Law>, format: TextFormat) -> Result<(), Failure> {
    let names = law.policy_names();
    let titled = names.into_iter().map(|name| law.policy(name).map(|policy| (name, policy.title.clone())));
    let titles: Vec<(&str, String)> = titled.collect::<Result<_, _>>()?;
    let digest = law.digest.get(..16).unwrap_or(&law.digest);
    if format == TextFormat::Json {
        let policies = titles.iter().map(|(name, title)| serde_json::json!({ "policy": name, "title": title }));
        let whole = serde_json::json!({ "policies": policies.collect::<Vec<_>>(), "law": digest });
        return print(&format!("{whole:#}\n"));
    }
    let width = titles.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let mut out = String::new();
    for (name, title) in &titles {
        let _ = writeln!(out, "{name:<width$}  {title}");
    }
    let _ = writeln!(out, "law {digest}");
    print(&out)
}

fn show(policy: &Policy, date: Date, format: TextFormat) -> Result<(), Failure> {
    let program = policy.program(date);
    if format == TextFormat::Json {
        let versions = program.versions.iter().map(|version| {
            serde_json::json!({ "path": version.path, "citation": version.citation, "from": version.from.to_string(),
                "source": version.source, "certainty": version.certainty, "unsure": version.unsure, "digest": version.digest })
        });
        let coverage = policy.law.coverage.iter().map(|row| {
            serde_json::json!({ "citation": row.citation, "title": row.title, "status": row.status, "certainty": row.certainty, "unsure": row.unsure, "note": row.note })
        });
        let whole = serde_json::json!({
            "policy": policy.name, "title": policy.title, "date": date.to_string(), "digest": policy.digest,
            "in_force": versions.collect::<Vec<_>>(), "coverage": coverage.collect::<Vec<_>>(),
        });
        return print(&format!("{whole:#}\n"));
    }
    let mut out = format!("{}: {}\nin force on {date}; law digest {}\n\n", policy.name, policy.title, policy.digest);
    for version in &program.versions {
        let _ = writeln!(
            out,
            "{:<34} from {}  {}  {:<24} {}",
            version.path, version.from, version.certainty, version.source, version.citation
        );
        if let Some(unsure) = &version.unsure {
            let _ = writeln!(out, "    unsure: {unsure}");
        }
    }
    for (path, why) in &policy.reasons {
        let _ = writeln!(out, "amended: {path}: {why}");
    }
    out.push_str("\nreadings\n");
    for reading in &policy.law.readings {
        let taken = policy.readings.get(&reading.fact).copied().unwrap_or(reading.default);
        let _ = writeln!(
            out,
            "  {} = {taken}: {} {}",
            reading.name,
            reading.question,
            if taken { &reading.if_true } else { &reading.if_false }
        );
    }
    out.push_str("\ncoverage\n");
    for row in &policy.law.coverage {
        let _ = writeln!(out, "  {:<12} {} {}", row.status, row.citation, row.title);
    }
    print(&out)
}

fn check(policy: &Policy, stop: &Stop) -> Result<(), Failure> {
    let errors = policy.errors();
    if !errors.is_empty() {
        return Err(Failure::Unusable(errors.to_string()));
    }
    let mut defects = Vec::new();
    let epochs = policy.epochs();
    for (epoch, next) in epochs.iter().zip(epochs.iter().skip(1).map(Some).chain([None])) {
        if stop.load(Ordering::Relaxed) {
            return Err(Failure::Stopped);
        }
        for defect in symbolic::check(policy.program(*epoch)) {
            defects.push(format!(
                "{}: {} ({})\n  shown by: {}",
                days_text(*epoch, next.map(|next| next.before())),
                defect.what,
                defect.cite,
                facts_line(&defect.witness, None)
            ));
        }
    }
    if defects.is_empty() {
        let days = epochs.len();
        return print(&format!(
            "{}: each pattern of facts has exactly one outcome on every day ({days} epochs, none without law from {}); no gap, no overlap\n",
            policy.name,
            epochs.get(1).copied().unwrap_or(Date::MIN)
        ));
    }
    print(&format!("{}\n", defects.join("\n")))?;
    Err(Failure::Found)
}

/// Days on which two policies differ in the same way.
struct Span {
    /// [`Date::MIN`] before the first day of either.
    from: Date,
    /// The last day; `None` where no later version is known.
    until: Option<Date>,
    kinds: Vec<Kind>,
}

/// The regions of facts that the first policy answers in one way and the second in another.
struct Kind {
    answers: (Answer, Answer),
    /// How many there are.
    regions: u128,
    /// Of each region that is shown, what it asks of each fact.
    bounds: Vec<Vec<(FactId, String)>>,
    /// An order in the smallest region.
    witness: Facts,
    /// The paragraphs whose truth differs for that order.
    clauses: Vec<String>,
}

/// Of each pair of answers, so many regions are described at the most.
const MOST_LISTED: usize = 100;

/// A number of regions, in words.
fn counted(regions: u128) -> String {
    match u64::try_from(regions) {
        Ok(1) => "1 region".to_owned(),
        Ok(regions) => format!("{} regions", group_digits(regions)),
        Err(_) => format!("more than {} regions", group_digits(u64::MAX)),
    }
}

/// Days in words: those before the first day that is modeled have no first one.
fn days_text(from: Date, until: Option<Date>) -> String {
    match (from == Date::MIN, until) {
        (true, Some(until)) => format!("before {}", until.plus_days(1)),
        (true, None) => "on every day".to_owned(),
        (false, Some(until)) => format!("from {from} to {until}"),
        (false, None) => format!("from {from} on"),
    }
}

/// Where two policies differ.
pub(crate) struct PolicyComparison<'a> {
    first: &'a Policy,
    second: &'a Policy,
    spans: Vec<Span>,
    /// Whether other regions are described beside the smallest of each kind.
    all: bool,
}

impl PolicyComparison<'_> {
    /// For a person.
    pub(crate) fn text(&self) -> String {
        text(self.first, self.second, &self.spans, self.all)
    }

    /// For a machine.
    pub(crate) fn json(&self) -> serde_json::Value {
        json(self.first, self.second, &self.spans)
    }
}

/// Compares two policies on one day, or on all.
pub(crate) fn compare<'a>(
    first: &'a Policy,
    second: &'a Policy,
    date: Option<Date>,
    all: bool,
    stop: &Stop,
) -> Result<PolicyComparison<'a>, Failure> {
    let dates: BTreeSet<Date> = match date {
        Some(date) => BTreeSet::from([date]),
        None => first.epochs().into_iter().chain(second.epochs()).collect(),
    };
    let mut pairs: Vec<ProgramPair<'_>> = Vec::new();
    for from in dates {
        let pair = ProgramPair { from, first: first.program(from), second: second.program(from) };
        if !pairs.last().is_some_and(|before| pair.decides_as(before)) {
            pairs.push(pair);
        }
    }
    let mut spans: Vec<Span> = Vec::new();
    for (pair, kinds) in pairs.iter().zip(compare_pairs(&pairs, all, stop)?) {
        match spans.last_mut() {
            Some(last) if same_kinds(&last.kinds, &kinds) => {}
            Some(last) => {
                last.until = Some(pair.from.before());
                spans.push(Span { from: pair.from, until: None, kinds });
            }
            None => spans.push(Span { from: pair.from, until: None, kinds }),
        }
    }
    Ok(PolicyComparison { first, second, spans, all })
}

/// The law of two policies from a day on.
struct ProgramPair<'p> {
    from: Date,
    first: &'p Program,
    second: &'p Program,
}

impl ProgramPair<'_> {
    fn decides_as(&self, other: &ProgramPair<'_>) -> bool {
        self.first.decides_as(other.first) && self.second.decides_as(other.second)
    }
}

/// How each pair differs, in the order of the pairs; on every core, as the pairs don't touch each other.
fn compare_pairs(pairs: &[ProgramPair<'_>], all: bool, stop: &Stop) -> Result<Vec<Vec<Kind>>, Failure> {
    let next = AtomicUsize::new(0);
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let compare = || {
        let mut compared = Vec::new();
        while !stop.load(Ordering::Relaxed) {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(pair) = pairs.get(place) else { break };
            let most_listed = if all { MOST_LISTED } else { 1 };
            let difference = symbolic::differences(pair.first, pair.second, most_listed);
            compared.push((place, kinds(&difference, pair.first, pair.second)));
        }
        compared
    };
    let mut compared = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..cores.min(pairs.len())).map(|_| scope.spawn(compare)).collect();
        let parts =
            threads.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        parts.flatten().collect::<Vec<_>>()
    });
    if stop.load(Ordering::Relaxed) {
        return Err(Failure::Stopped);
    }
    compared.sort_by_key(|(place, _)| *place);
    Ok(compared.into_iter().map(|(_, kinds)| kinds).collect())
}

fn same_kinds(a: &[Kind], b: &[Kind]) -> bool {
    let alike = |(left, right): (&Kind, &Kind)| {
        left.answers == right.answers
            && left.regions == right.regions
            && left.witness == right.witness
            && left.bounds == right.bounds
    };
    a.len() == b.len() && a.iter().zip(b).all(alike)
}

fn kinds(difference: &Difference, first: &Program, second: &Program) -> Vec<Kind> {
    let mut kinds = Vec::new();
    let mut texts: BTreeMap<(FactId, Vec<usize>), String> = BTreeMap::new();
    for (answers, regions) in &difference.by_answers {
        let Some(smallest) = regions.listed.first() else { continue };
        let mut text = |(fact, places): &(FactId, Vec<usize>)| {
            let text = texts.entry((*fact, places.clone()));
            (*fact, text.or_insert_with(|| difference.space.describe(&[first, second], *fact, places)).clone())
        };
        let bounds = regions.listed.iter().map(|region| {
            let named = region.bounds.iter().map(&mut text);
            named.filter(|(_, text)| text != "any").collect()
        });
        kinds.push(Kind {
            answers: answers.clone(),
            regions: regions.count,
            bounds: bounds.collect(),
            witness: smallest.witness.clone(),
            clauses: clauses(first, second, &smallest.witness),
        });
    }
    kinds
}

/// The paragraphs whose truth differs between the two arguments.
fn clauses(first: &Program, second: &Program, witness: &Facts) -> Vec<String> {
    let argued = |program: &Program| {
        let mut facts = witness.clone();
        tollgate_engine::with_readings(program, &mut facts);
        let mut scratch = Scratch::default();
        let determination = determine(program, &facts, &mut scratch);
        let steps = trace(program, &determination, &scratch);
        steps
            .iter()
            .map(|step| (step.step.cite.clone(), step.truth == Truth::True, step.step.rule.clone()))
            .collect::<BTreeSet<_>>()
    };
    let (a, b) = (argued(first), argued(second));
    let cites: BTreeSet<String> = a.symmetric_difference(&b).map(|(cite, _, _)| cite.to_string()).collect();
    cites.into_iter().collect()
}

fn facts_line(facts: &Facts, only: Option<&[(FactId, String)]>) -> String {
    let all = (0_u8..).map_while(|slot| (usize::from(slot) < tollgate_law::facts::SLOTS).then_some(FactId(slot)));
    let named = all.filter(|fact| !fact.def().name.ends_with('/') && !fact.def().name.starts_with("reading."));
    let wanted = named.filter(|fact| only.is_none_or(|only| only.iter().any(|(bound, _)| bound == fact)));
    let texts = wanted.filter_map(|fact| Some(format!("{} = {}", fact.def().name, fact_text(facts, fact)?)));
    texts.collect::<Vec<_>>().join("; ")
}

fn text(first: &Policy, second: &Policy, spans: &[Span], all: bool) -> String {
    let mut out = format!("{} against {}\n", first.name, second.name);
    if spans.iter().all(|span| span.kinds.is_empty()) {
        out.push_str("no difference: each pattern of facts has the same outcome under both\n");
    }
    for span in spans {
        let days = days_text(span.from, span.until);
        if span.kinds.is_empty() {
            let _ = writeln!(out, "\n{days}: no difference");
            continue;
        }
        let _ = writeln!(out, "\n{days}:");
        for kind in &span.kinds {
            let regions = counted(kind.regions);
            let _ = writeln!(out, "  {} -> {}: {regions}", kind.answers.0, kind.answers.1);
            let _ = writeln!(out, "    clauses: {}", kind.clauses.join("; "));
            for (place, bounds) in kind.bounds.iter().enumerate() {
                let title = if all { format!("region {}", place + 1) } else { "smallest region".to_owned() };
                let _ = writeln!(out, "    {title}:");
                for (fact, range) in bounds {
                    let _ = writeln!(out, "      {}: {range}", fact.def().name);
                }
            }
            if all && u128::from(count_of(kind.bounds.len())) < kind.regions {
                let _ = writeln!(out, "    and further ones: no more than {MOST_LISTED} are described");
            }
            let _ = writeln!(
                out,
                "    smallest order: {}",
                facts_line(&kind.witness, kind.bounds.first().map(Vec::as_slice))
            );
        }
    }
    out
}

fn json(first: &Policy, second: &Policy, spans: &[Span]) -> serde_json::Value {
    let spans = spans.iter().map(|span| {
        let kinds = span.kinds.iter().map(|kind| {
            let regions = kind.bounds.iter().map(|bounds| {
                let fields = bounds.iter().map(|(fact, range)| (fact.def().name.to_owned(), serde_json::Value::from(range.clone())));
                serde_json::Value::Object(fields.collect())
            });
            serde_json::json!({
                "first": kind.answers.0.to_string(), "second": kind.answers.1.to_string(), "regions": u64::try_from(kind.regions).map_or_else(|_| kind.regions.to_string().into(), serde_json::Value::from),
                "clauses": kind.clauses, "described": regions.collect::<Vec<_>>(), "smallest": facts_line(&kind.witness, None),
            })
        });
        serde_json::json!({ "from": span.from.to_string(), "until": span.until.map(|until| until.to_string()), "differences": kinds.collect::<Vec<_>>() })
    });
    serde_json::json!({ "first": first.name, "second": second.name, "spans": spans.collect::<Vec<_>>() })
}
