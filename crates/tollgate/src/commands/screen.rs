//! `tollgate screen`: names and parties against lists.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use serde_json::{Value, json};
use tollgate_model::{Country, Date, Party};
use tollgate_records::{OrderReader, Output, read_clearances, read_ownership, read_parties};
use tollgate_screening::{Query, Scratch, Screener, Sign, Standing, Version, shell_signs};

use super::{Failure, print, short_digest};
use crate::commands::inputs::{Lists, TextFormat, country, day};
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use tollgate_decide::{Hit, MatchLimits, RunError, ScreeningResults, describe_standing, find, ofac_hit, roles};
use tollgate_lists::load_screener;
use tollgate_model::Stop;
use tollgate_server::today;

#[derive(Args)]
#[command(after_help = "Examples:
  tollgate screen --lists csl.csv --name \"Huawei Tecnologies\" --country CN
  tollgate screen --lists csl.csv dpl.txt --parties parties.csv --ownership ownership.csv --out matches.jsonl
Exit status 0 whether or not there is a match; --fail-on match gives 1 where there is one.")]
pub(crate) struct ScreenArguments {
    #[command(flatten)]
    pub(crate) lists: Lists,
    /// A name to screen
    #[arg(long, value_name = "TEXT", required_unless_present = "parties", conflicts_with = "parties")]
    pub(crate) name: Option<String>,
    /// Where the named party is
    #[arg(long, value_name = "XX", requires = "name", value_parser = country)]
    pub(crate) country: Option<Country>,
    /// Parties to screen
    #[arg(long, value_name = "FILE")]
    pub(crate) parties: Option<PathBuf>,
    /// Stakes of parties in each other
    #[arg(long, value_name = "FILE", requires = "parties")]
    pub(crate) ownership: Option<PathBuf>,
    /// Orders of these parties: their first days count among the signs of a shell company
    #[arg(long, value_name = "FILE", requires = "parties")]
    pub(crate) orders: Option<PathBuf>,
    /// How names are scored
    #[arg(long, default_value = "tollgate")]
    pub(crate) mode: ScreenMode,
    /// The day on which stakes count; today where absent
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub(crate) date: Option<Date>,
    /// The most matches shown for a party
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) limit: usize,
    /// One JSON object a line; to the terminal where absent
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Exit with status 1 if there is a match
    #[arg(long, value_name = "WHAT")]
    pub(crate) fail_on: Option<FailOnMatch>,
    /// How it is printed
    #[arg(long, default_value = "text")]
    pub(crate) format: TextFormat,
}

/// How names are scored.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ScreenMode {
    /// By what the words tell (docs/screening.md).
    Tollgate,
    /// As OFAC's own search does, for comparison.
    Ofac,
}

/// What makes screening end with status 1.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOnMatch {
    /// A party matches an entry.
    Match,
}

/// Stakes that catch a party: owner, owned and percent.
type OwnershipProof = Vec<(String, String, String)>;

/// A party and what was found of it.
struct Screening {
    party: Option<String>,
    name: String,
    country: Option<String>,
    hits: Vec<Hit>,
    standing: Option<(Standing, OwnershipProof)>,
    signs: Vec<Sign>,
}

/// What was found of some parties, and the lists that they were held against.
pub(crate) struct ScreeningReport {
    results: Vec<Screening>,
    versions: Vec<Version>,
}

impl ScreeningReport {
    /// For a person.
    pub(crate) fn text(&self) -> String {
        text(&self.results, &self.versions)
    }

    /// For a machine: an object for each party.
    pub(crate) fn objects(&self) -> impl Iterator<Item = Value> {
        self.results.iter().map(|result| result_json(result, &self.versions))
    }
}

/// Holds the name or the parties of the arguments against the lists.
pub(crate) fn screening_report(arguments: &ScreenArguments, stop: &Stop) -> Result<ScreeningReport, Failure> {
    if arguments.lists.lists.is_empty() && arguments.ownership.is_none() {
        let text = "no list to screen against\n  mend: give one or more with --lists, such as csl.csv";
        return Err(Failure::Unusable(text.to_owned()));
    }
    let screener = load_screener(&arguments.lists.lists)?;
    let versions = screener.versions.clone();
    let results = match &arguments.name {
        Some(name) => vec![screen_name(arguments, &screener, name)],
        None => screen_parties(arguments, &screener, stop)?,
    };
    Ok(ScreeningReport { results, versions })
}

pub(crate) fn screen(arguments: &ScreenArguments, stop: &Stop) -> Result<(), Failure> {
    let report = screening_report(arguments, stop)?;
    let matched = report.results.iter().any(|result| !result.hits.is_empty());
    match &arguments.out {
        Some(path) => {
            let failed = |error| RunError::Output(path.clone(), error);
            let mut output = Output::create(path).map_err(failed)?;
            for object in report.objects() {
                output.write_all(format!("{object}\n").as_bytes()).map_err(failed)?;
            }
            output.commit().map_err(failed)?;
        }
        None => print(&match arguments.format {
            TextFormat::Text => report.text(),
            TextFormat::Json => report.objects().fold(String::new(), |mut out, object| {
                let _ = writeln!(out, "{object}");
                out
            }),
        })?,
    }
    match arguments.fail_on {
        Some(FailOnMatch::Match) if matched => Err(Failure::Found),
        _ => Ok(()),
    }
}

/// One name held against the lists.
fn screen_name(arguments: &ScreenArguments, screener: &Screener, name: &str) -> Screening {
    let query = Query { names: &[name], country: arguments.country, ..Query::default() };
    let hits = match arguments.mode {
        ScreenMode::Ofac => ofac_hits(arguments, screener, query),
        ScreenMode::Tollgate => find(screener, query, match_limits(arguments), &mut Scratch::default()),
    };
    Screening {
        party: None,
        name: name.to_owned(),
        country: country_code(arguments.country),
        hits,
        standing: None,
        signs: Vec::new(),
    }
}

fn match_limits(arguments: &ScreenArguments) -> MatchLimits {
    MatchLimits { threshold_points: arguments.lists.threshold, shown: arguments.limit }
}

fn ofac_hits(arguments: &ScreenArguments, screener: &Screener, query: Query<'_>) -> Vec<Hit> {
    let found = screener.screen_as_ofac(query, arguments.lists.threshold, arguments.limit);
    found.into_iter().map(|(entry, name, points)| ofac_hit(screener, entry, name, points, query)).collect()
}

fn country_code(country: Option<Country>) -> Option<String> {
    country.map(|country| country.code().to_owned())
}

/// Every party of the table held against the lists, in order of id.
fn screen_parties(arguments: &ScreenArguments, screener: &Screener, stop: &Stop) -> Result<Vec<Screening>, RunError> {
    let parties: BTreeMap<String, Party> = match &arguments.parties {
        Some(path) => read_parties(path)?,
        None => BTreeMap::new(),
    };
    let path = arguments.ownership.as_deref();
    let stakes = match path {
        Some(path) => read_ownership(path)?,
        None => Vec::new(),
    };
    let cleared = match &arguments.lists.clearances {
        Some(path) => read_clearances(path)?,
        None => Vec::new(),
    };
    let screened = ScreeningResults::new(screener, &parties, &stakes, match_limits(arguments), &cleared, path, stop)?;
    let date: Date = arguments.date.unwrap_or_else(today);
    let first_days = match &arguments.orders {
        Some(path) => first_orders(path)?,
        None => BTreeMap::new(),
    };
    let mut signs = shell_signs(&parties, &first_days);
    let result = |(id, party): (&String, &Party)| {
        let names = party.names();
        let hits = match arguments.mode {
            ScreenMode::Tollgate => screened.hits(id).to_vec(),
            ScreenMode::Ofac => {
                let mut hits = ofac_hits(arguments, screener, Query::from_party(party, &names));
                hits.iter_mut().for_each(|hit| hit.look_up(id, &cleared));
                hits
            }
        };
        let proof = screened.proof(id, date).into_iter();
        let proof = proof.map(|(owner, owned, share)| (owner.to_owned(), owned.to_owned(), share)).collect();
        Screening {
            party: Some(id.clone()),
            name: names.first().copied().unwrap_or("").to_owned(),
            country: country_code(party.country),
            hits,
            standing: screened.standing(id, date).map(|standing| (standing, proof)),
            signs: Vec::new(),
        }
    };
    let with_signs = |(id, party): (&String, &Party)| Screening {
        signs: signs.remove(id).into_iter().flatten().collect(),
        ..result((id, party))
    };
    Ok(parties.iter().map(with_signs).collect())
}

/// The day on which each party first takes part in an order.
fn first_orders(path: &Path) -> Result<BTreeMap<String, Date>, RunError> {
    let mut first: BTreeMap<String, Date> = BTreeMap::new();
    let mut reader = OrderReader::open(path)?;
    while let Some(batch) = reader.next_batch() {
        for line in batch?.lines() {
            for (_, party) in roles(&line) {
                match first.get_mut(party) {
                    Some(day) => *day = line.date.min(*day),
                    None => drop(first.insert(party.to_owned(), line.date)),
                }
            }
        }
    }
    Ok(first)
}

/// A result as one line of JSON.
fn result_json(result: &Screening, versions: &[Version]) -> Value {
    let matches = result.hits.iter().map(|hit| {
        let cleared = hit.cleared.as_ref().map(|cleared| {
            json!({ "by": cleared.by, "why": cleared.why, "until": cleared.until.map(|until| until.to_string()) })
        });
        let mut json = hit.json();
        json.insert("explanation".to_owned(), json!(hit.explanation));
        json.insert("fingerprint".to_owned(), json!(hit.fingerprint));
        json.insert("cleared".to_owned(), json!(cleared));
        json
    });
    let signs = result.signs.iter().map(
        |sign| json!({ "indicator": sign.indicator.as_str(), "what": sign.what, "with": sign.with, "weight": sign.weight }),
    );
    let lists = versions.iter().map(|version| {
        json!({ "name": version.file, "version": version.digest, "date": version.date.map(|date| date.to_string()), "entries": version.entries, "rows": version.rows, "bad_rows": version.bad, "guessed_rows": version.guessed })
    });
    let ownership = result.standing.as_ref().map(|(standing, proof)| {
        let proof =
            proof.iter().map(|(owner, owned, share)| json!({ "owner": owner, "owned": owned, "percent": share }));
        json!({ "standing": standing.as_str(), "what": describe_standing(*standing), "proof": proof.collect::<Vec<_>>() })
    });
    json!({
        "party": result.party, "name": result.name, "country": result.country,
        "matches": matches.collect::<Vec<_>>(), "lists": lists.collect::<Vec<_>>(), "ownership": ownership,
        "shell_indicators": signs.collect::<Vec<_>>(),
    })
}

fn text(results: &[Screening], versions: &[Version]) -> String {
    let mut out = String::new();
    for result in results {
        let party = result.party.as_ref().map_or(String::new(), |party| format!("{party}: "));
        let country = result.country.as_ref().map_or(String::new(), |country| format!(" ({country})"));
        let _ = writeln!(out, "{party}{}{country}", result.name);
        for hit in &result.hits {
            let taken = match (&hit.cleared, hit.same) {
                (Some(cleared), _) => format!("; cleared by {}: {}", cleared.by, cleared.why),
                (None, true) => "; taken for the listed party".to_owned(),
                (None, false) => String::new(),
            };
            let _ = writeln!(out, "  {:>5}  {} [{}, entry {}]{taken}", hit.points, hit.name, hit.list, hit.entry);
            for line in &hit.explanation {
                let _ = writeln!(out, "         {line}");
            }
        }
        if result.hits.is_empty() {
            let _ = writeln!(out, "  no match at this threshold");
        }
        if let Some((standing, proof)) = &result.standing {
            let _ = writeln!(out, "  ownership: {}: {}", standing.as_str(), describe_standing(*standing));
            for (owner, owned, share) in proof {
                let _ = writeln!(out, "         {owner} owns {share} percent of {owned}");
            }
        }
        for sign in &result.signs {
            let with = if sign.with.is_empty() { String::new() } else { format!(" (with {})", sign.with.join(", ")) };
            let _ = writeln!(out, "  {}: {}{with}", sign.indicator.as_str().replace('_', " "), sign.what);
        }
    }
    for version in versions {
        let digest = short_digest(&version.digest);
        let bad = if version.bad > 0 { format!(", {} rows not readable", version.bad) } else { String::new() };
        let _ = writeln!(out, "list: {} ({} entries{bad}, version {digest})", version.file, version.entries);
    }
    out
}
