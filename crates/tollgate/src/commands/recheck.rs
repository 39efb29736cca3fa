//! Recorded decisions, each derived again from its certificate.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde::Deserialize;
use serde_json::{Value, json};
use tollgate_decide::load_policy;
use tollgate_engine::{AtomMask, Certificate, RecheckError, Rederived, check_law, rederive};
use tollgate_law::{Law, Policy};
use tollgate_model::{Date, Outcome, ReviewPolicy, Stop};

use super::audit::follow;
use super::{Failure, print};
use crate::commands::inputs::TextFormat;

/// Where the decisions are.
pub(crate) enum Source<'a> {
    /// A ledger, by its address.
    Ledger(&'a str),
    /// An export, or a decisions file.
    File(&'a Path),
}

/// What a recorded decision says of itself.
#[derive(Deserialize)]
struct Recorded {
    order_id: String,
    line: i64,
    date: Date,
    policy: String,
    outcome: Outcome,
    authorization: Option<String>,
    review_policy: Option<ReviewPolicy>,
    /// Absent where the certificate is: in audit logs of earlier versions.
    strictest: Option<Outcome>,
    mildest: Option<Outcome>,
    certificate: Option<String>,
    #[serde(default)]
    missing: Vec<String>,
}

/// How many decisions there were, and what became of them.
#[derive(Default)]
struct Tally {
    follow: u64,
    /// By reason.
    not_checked: BTreeMap<&'static str, u64>,
    /// The first that does not follow.
    first_wrong: Option<String>,
    wrong: u64,
}

struct Checker {
    law: Arc<Law>,
    /// A policy of the user's own, by which decisions were made that name none of the law's.
    own_policy: Option<Policy>,
    policies: BTreeMap<String, Option<Policy>>,
    /// What followed before, by policy, digest of the law, and truth of the atoms.
    known: BTreeMap<(String, String, AtomMask), Result<Rederived, RecheckError>>,
    tally: Tally,
}

/// Remembered derivations; when there are more, all are dropped, so that memory stays bounded.
const REMEMBERED: usize = 65_536;

impl Checker {
    fn check(&mut self, recorded: &Recorded) {
        let Some(text) = &recorded.certificate else {
            return self.not_checked("have no certificate (an earlier version of Tollgate)");
        };
        let Ok(certificate) = text.parse::<Certificate>() else {
            return self.wrong(recorded, "its certificate cannot be read");
        };
        match self.derive(recorded, certificate) {
            None => self.not_checked("were made by a policy that is not known here (name its file with --policy)"),
            Some(Err(RecheckError::OtherLaw)) => {
                self.not_checked("were made under other law, or by a version of Tollgate that reads it otherwise");
            }
            Some(Err(RecheckError::OtherDay)) => {
                self.wrong(recorded, "its certificate is of the law of another day than its date");
            }
            Some(Err(RecheckError::Impossible)) => {
                self.wrong(recorded, "no facts of an order make its certificate's atoms true");
            }
            Some(Err(RecheckError::InterpretersDiffer)) => {
                self.wrong(recorded, "the two interpreters of the law differ on it");
            }
            Some(Ok(derived)) => self.compare(recorded, &derived),
        }
    }

    /// What follows from a certificate; `None` where the policy is not known.
    fn derive(&mut self, recorded: &Recorded, certificate: Certificate) -> Option<Result<Rederived, RecheckError>> {
        let law = &self.law;
        let known = self.policies.entry(recorded.policy.clone()).or_insert_with(|| law.policy(&recorded.policy).ok());
        let policy = self.own_policy.as_ref().filter(|policy| policy.name == recorded.policy).or(known.as_ref())?;
        if let Err(error) = check_law(policy, recorded.date, &certificate) {
            return Some(Err(error));
        }
        let key = (recorded.policy.clone(), certificate.law.clone(), certificate.mask.clone());
        if let Some(derived) = self.known.get(&key) {
            return Some(derived.clone());
        }
        let derived = rederive(policy, recorded.date, &certificate);
        if self.known.len() >= REMEMBERED {
            self.known.clear();
        }
        self.known.insert(key, derived.clone());
        Some(derived)
    }

    fn compare(&mut self, recorded: &Recorded, derived: &Rederived) {
        // What nobody has settled of the end use is left open, whatever the atoms come to.
        let open = recorded.outcome == Outcome::NeedsInformation
            && matches!(derived.outcome, Outcome::NoLicenseRequired | Outcome::LicenseException)
            && recorded.missing == ["end_use"]
            && recorded.authorization.is_none()
            && recorded.review_policy.is_none()
            && recorded.strictest == Some(Outcome::LicenseRequired)
            && recorded.mildest == Some(derived.mildest);
        let same = derived.outcome == recorded.outcome
            && derived.authorization == recorded.authorization
            && derived.review == recorded.review_policy
            // Every version that wrote a certificate wrote these too: one that lacks them was changed.
            && recorded.strictest == Some(derived.strictest)
            && recorded.mildest == Some(derived.mildest);
        if same || open {
            self.tally.follow += 1;
            return;
        }
        let label = |outcome: Outcome, authorization: &Option<String>, review: Option<ReviewPolicy>| {
            let detail = authorization.clone().or(review.map(|review| review.to_string()));
            detail.map_or(outcome.to_string(), |detail| format!("{outcome} ({detail})"))
        };
        let what = format!(
            "it says {}, but {} follows",
            label(recorded.outcome, &recorded.authorization, recorded.review_policy),
            label(derived.outcome, &derived.authorization, derived.review)
        );
        self.wrong(recorded, &what);
    }

    fn not_checked(&mut self, why: &'static str) {
        *self.tally.not_checked.entry(why).or_default() += 1;
    }

    fn wrong(&mut self, recorded: &Recorded, what: &str) {
        self.tally.wrong += 1;
        let order = || format!("order {}, line {}, of {}: {what}", recorded.order_id, recorded.line, recorded.date);
        self.tally.first_wrong.get_or_insert_with(order);
    }
}

fn unreadable(place: &str, what: &str) -> Failure {
    Failure::Unusable(format!(
        "{place}: {what}\n  mend: give a decisions file or an export as Tollgate wrote it (.jsonl)"
    ))
}

/// The decision in a line of a file: the line itself, or the data of an export's record; `None` for records of other kinds.
fn decision_of(value: Value, place: &str) -> Result<Option<Recorded>, Failure> {
    let value = match value.get("record") {
        None => Some(value),
        Some(record) if record.get("kind").and_then(Value::as_str) == Some("decision") => {
            let decision = record.get("data").and_then(|data| data.get("decision"));
            Some(decision.cloned().ok_or_else(|| unreadable(place, "a record of a decision holds none"))?)
        }
        Some(_) => None,
    };
    value.map(|value| serde_json::from_value(value).map_err(|error| unreadable(place, &error.to_string()))).transpose()
}

fn check_file(checker: &mut Checker, path: &Path, stop: &Stop) -> Result<(), Failure> {
    let failed = |error: std::io::Error| unreadable(&path.display().to_string(), &format!("cannot be read: {error}"));
    let file = std::fs::File::open(path).map_err(failed)?;
    for (at, line) in BufReader::new(file).lines().enumerate() {
        if stop.load(Ordering::Relaxed) {
            return Err(Failure::Stopped);
        }
        let place = format!("{}:{}", path.display(), at + 1);
        let value =
            serde_json::from_str(&line.map_err(failed)?).map_err(|error| unreadable(&place, &error.to_string()))?;
        if let Some(recorded) = decision_of(value, &place)? {
            checker.check(&recorded);
        }
    }
    Ok(())
}

fn check_ledger(checker: &mut Checker, address: &str, stop: &Stop) -> Result<(), Failure> {
    follow(address, stop, &mut |record| {
        let body = record.parse().map_err(Failure::Unusable)?;
        if body.kind != "decision" {
            return Ok(());
        }
        let place = format!("record {}", body.seq);
        let data: Value =
            serde_json::from_str(body.data.get()).map_err(|error| unreadable(&place, &error.to_string()))?;
        let decision = data.get("decision").cloned().ok_or_else(|| unreadable(&place, "it holds no decision"))?;
        let recorded: Recorded =
            serde_json::from_value(decision).map_err(|error| unreadable(&place, &error.to_string()))?;
        checker.check(&recorded);
        Ok(())
    })?;
    Ok(())
}

/// Derives every recorded decision again; ends with status 1 where one does not follow, or could not be checked and nobody allows that.
pub(crate) fn recheck(
    source: &Source<'_>,
    policy: Option<&str>,
    allow_unchecked: bool,
    format: TextFormat,
    stop: &Stop,
) -> Result<(), Failure> {
    let law = Law::embedded()?;
    let own_policy = policy.map(|policy| load_policy(&law, policy)).transpose()?;
    let mut checker =
        Checker { law, own_policy, policies: BTreeMap::new(), known: BTreeMap::new(), tally: Tally::default() };
    match source {
        Source::File(path) => check_file(&mut checker, path, stop)?,
        Source::Ledger(address) => check_ledger(&mut checker, address, stop)?,
    }
    let tally = checker.tally;
    match format {
        TextFormat::Json => print(&format!(
            "{:#}\n",
            json!({ "follow": tally.follow, "wrong": tally.wrong, "first_wrong": tally.first_wrong, "not_checked": tally.not_checked })
        ))?,
        TextFormat::Text => print(&text(&tally))?,
    }
    let unchecked = !tally.not_checked.is_empty() && !allow_unchecked;
    if tally.wrong > 0 || unchecked { Err(Failure::Found) } else { Ok(()) }
}

fn text(tally: &Tally) -> String {
    let mut out = format!("{} decisions follow from their certificates\n", tally.follow);
    for (why, count) in &tally.not_checked {
        out.push_str(&format!("{count} were not checked: they {why}\n"));
    }
    if let Some(first) = &tally.first_wrong {
        out.push_str(&format!("{} do NOT follow; the first: {first}\n", tally.wrong));
    }
    out
}
