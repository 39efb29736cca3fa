//! Recorded decisions, each derived again from its certificate.

mod source;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;
use tollgate_decide::load_policy;
use tollgate_engine::{AtomMask, Certificate, RecheckError, Rederived, Rederiver, check_law, is_listed_eccn};
use tollgate_law::facts::{END_USE, IC_DENSITY};
use tollgate_law::{Law, Policy};
use tollgate_model::{Lookup, Outcome, ReviewPolicy, Stop, group_digits};
use tollgate_records::Table;

use super::{Failure, print};
use crate::commands::inputs::TextFormat;
use source::{Recorded, each_decision};

pub(crate) use source::Source;

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

/// A policy by which decisions were recorded, and what followed from certificates under it.
struct Derivations {
    /// `None` where no policy of that name is known here.
    policy: Option<Arc<Policy>>,
    /// By the digest of the law and the truth of its atoms.
    derived: Lookup<(String, AtomMask), Arc<Result<Rederived, RecheckError>>>,
}

struct Checker {
    law: Arc<Law>,
    /// A policy of the user's, by which decisions were made that name none of the law's.
    user_policy: Option<Arc<Policy>>,
    by_policy: BTreeMap<String, Derivations>,
    rederiver: Rederiver,
    tally: Tally,
}

/// Remembered derivations; when there are more, all are dropped, so that memory stays bounded.
const REMEMBERED: usize = 65_536;

/// The columns of which one stands for a density that is not known.
const DENSITY_COLUMNS: [&str; 2] = ["tpp", "die_area_mm2"];

impl Checker {
    fn check(&mut self, recorded: &Recorded<'_>) {
        let Some(text) = &recorded.certificate else {
            return self.not_checked("have no certificate (an earlier version of Tollgate)");
        };
        let Ok(certificate) = text.parse::<Certificate>() else {
            return self.wrong(recorded, "its certificate cannot be read");
        };
        let Some(derived) = self.derive(recorded, certificate) else {
            return self.not_checked("were made by a policy that is not known here (name its file with --policy)");
        };
        match &*derived {
            Err(RecheckError::OtherLaw) => {
                self.not_checked("were made under other law, or by a version of Tollgate that reads it otherwise");
            }
            Err(RecheckError::OtherDay) => {
                self.wrong(recorded, "its certificate is of the law of another day than its date");
            }
            Err(RecheckError::Impossible) => {
                self.wrong(recorded, "no facts of an order make its certificate's atoms true");
            }
            Err(RecheckError::InterpretersDiffer) => {
                self.wrong(recorded, "the two interpreters of the law differ on it");
            }
            Ok(derived) => match difference(&self.law, recorded, derived) {
                None => self.tally.follow += 1,
                Some(what) => self.wrong(recorded, &what),
            },
        }
    }

    /// What follows from a certificate; `None` where the policy is not known.
    fn derive(
        &mut self,
        recorded: &Recorded<'_>,
        certificate: Certificate,
    ) -> Option<Arc<Result<Rederived, RecheckError>>> {
        if !self.by_policy.contains_key(&*recorded.policy) {
            let user_policy = self.user_policy.as_ref().filter(|policy| policy.name == recorded.policy);
            let policy = user_policy.cloned().or_else(|| self.law.policy(&recorded.policy).ok().map(Arc::new));
            let derivations = Derivations { policy, derived: Lookup::new() };
            self.by_policy.insert(recorded.policy.clone().into_owned(), derivations);
        }
        let derivations = self.by_policy.get_mut(&*recorded.policy)?;
        let policy = derivations.policy.as_ref()?;
        if let Err(error) = check_law(policy, recorded.date, &certificate) {
            return Some(Arc::new(Err(error)));
        }
        let key = (certificate.law.clone(), certificate.mask.clone());
        if let Some(derived) = derivations.derived.get(&key) {
            return Some(Arc::clone(derived));
        }
        let derived = Arc::new(self.rederiver.rederive(policy, recorded.date, &certificate));
        if derivations.derived.len() >= REMEMBERED {
            derivations.derived.clear();
        }
        derivations.derived.insert(key, Arc::clone(&derived));
        Some(derived)
    }

    fn not_checked(&mut self, why: &'static str) {
        *self.tally.not_checked.entry(why).or_default() += 1;
    }

    fn wrong(&mut self, recorded: &Recorded<'_>, what: &str) {
        self.tally.wrong += 1;
        let order = || format!("order {}, line {}, of {}: {what}", recorded.order_id, recorded.line, recorded.date);
        self.tally.first_wrong.get_or_insert_with(order);
    }
}

/// In what a recorded decision differs from the one that follows; `None` where in nothing.
fn difference(law: &Law, recorded: &Recorded<'_>, derived: &Rederived) -> Option<String> {
    let opened = opened(recorded, derived);
    let derived = opened.as_ref().unwrap_or(derived);
    let same = derived.outcome == recorded.outcome
        && derived.authorization.as_deref() == recorded.authorization.as_deref()
        && derived.review == recorded.review_policy;
    if !same {
        let says = label(recorded.outcome, recorded.authorization.as_deref(), recorded.review_policy);
        let follows = label(derived.outcome, derived.authorization.as_deref(), derived.review);
        return Some(format!("it says {says}, but {follows} follows"));
    }
    // Every version that wrote a certificate wrote these too: one that lacks them was changed.
    if recorded.strictest != Some(derived.strictest) || recorded.mildest != Some(derived.mildest) {
        let follows = format!("{} at the strictest and {} at the mildest", derived.strictest, derived.mildest);
        return Some(format!("another strictest or mildest outcome stands in it than follows: {follows}"));
    }
    if !same_eccn(recorded.eccn.as_deref(), derived.eccn.as_deref()) {
        let name = |eccn: Option<&str>| eccn.unwrap_or("none").to_owned();
        let (says, follows) = (name(recorded.eccn.as_deref()), name(derived.eccn.as_deref()));
        return Some(format!("it says ECCN {says}, but {follows} follows"));
    }
    if !recorded.missing.as_ref().is_some_and(|missing| same_missing(missing, derived)) {
        return Some("other facts stand in it as missing than those that it turns on".to_owned());
    }
    if !same_readings(law, recorded, derived) {
        return Some("other readings stand in it than those that it turns on".to_owned());
    }
    let Some(steps) = &recorded.trace else {
        return (!recorded.is_row).then(|| "its argument was taken away".to_owned());
    };
    let same_steps = steps.len() == derived.steps.len()
        && steps
            .iter()
            .zip(&derived.steps)
            .all(|(says, follows)| says.cite == *follows.cite && says.result == follows.truth);
    (!same_steps).then(|| "its argument is not the one that follows".to_owned())
}

/// What follows, left open where the record says that nobody has settled the end use: that is no matter of the atoms, and only ever stricter.
fn opened(recorded: &Recorded<'_>, derived: &Rederived) -> Option<Rederived> {
    let asks = recorded.missing.iter().flatten().any(|column| column == "end_use");
    if !asks || derived.outcome == Outcome::LicenseRequired || derived.missing.contains(&END_USE) {
        return None;
    }
    let mut opened = derived.clone();
    if opened.outcome != Outcome::NeedsInformation {
        opened.outcome = Outcome::NeedsInformation;
        opened.authorization = None;
        opened.strictest = Outcome::LicenseRequired;
    }
    opened.missing.push(END_USE);
    opened.open_by_day = false;
    Some(opened)
}

fn label(outcome: Outcome, authorization: Option<&str>, review: Option<ReviewPolicy>) -> String {
    let detail = authorization.map(str::to_owned).or(review.map(|review| review.to_string()));
    detail.map_or(outcome.to_string(), |detail| format!("{outcome} ({detail})"))
}

/// Whether an ECCN is one of a pattern, in which `{host}` stands for the item's own.
fn same_eccn(says: Option<&str>, pattern: Option<&str>) -> bool {
    match (says, pattern) {
        // What no entry lists is known by its facts, which no atom reads, or by the ECCN that its row states.
        (Some(says), Some(tollgate_engine::BELOW)) => {
            tollgate_engine::BELOW_NAMES.contains(&says) || (is_eccn(says) && !is_listed_eccn(says))
        }
        (Some(says), Some(pattern)) => match pattern.split_once("{host}") {
            Some((before, after)) => says.strip_prefix(before).is_some_and(|rest| rest.ends_with(after)),
            None => says == pattern,
        },
        (None, None) => true,
        _ => false,
    }
}

/// Whether a text has the form of an ECCN: `EAR99`, or a category, a group and three digits, and what paragraphs follow.
fn is_eccn(text: &str) -> bool {
    let form = |(at, letter): (usize, char)| match at {
        0 | 2..=4 => letter.is_ascii_digit(),
        1 => ('A'..='E').contains(&letter),
        5 => letter == '.',
        _ => letter.is_ascii_alphanumeric() || letter == '.',
    };
    text == "EAR99" || (text.len() >= 5 && text.chars().enumerate().all(form))
}

/// Whether the column that is named is the number of accelerators, without which a unit's TPP is not known.
fn stands_for_tpp(says: &str, column: &str) -> bool {
    column == "tpp" && says == "accelerators"
}

/// Whether the columns named as missing are those of the facts that the outcome turns on.
fn same_missing(says: &[std::borrow::Cow<'_, str>], derived: &Rederived) -> bool {
    if derived.open_by_day {
        return says == ["date"];
    }
    let columns = |fact: &tollgate_law::facts::FactId| fact.def().columns;
    let plain = derived.missing.iter().filter(|fact| **fact != IC_DENSITY);
    // Of an item that nothing is known of, `item` stands for all of its columns.
    let of_item = |column: &str| Table::Items.column(column).is_some();
    let whole_item = says.iter().any(|says| says == "item");
    let stands = |column: &&str| says.iter().any(|says| says == column || stands_for_tpp(says, column));
    let all_stand = plain.flat_map(columns).all(|column| whole_item && of_item(column) || stands(column));
    let density = derived.missing.contains(&IC_DENSITY);
    let density_stands = !density || whole_item || says.iter().any(|says| DENSITY_COLUMNS.contains(&&**says));
    let none_added = says.iter().all(|says| {
        says == "item" && derived.missing.iter().flat_map(columns).any(|column| of_item(column))
            || density && DENSITY_COLUMNS.contains(&&**says)
            || derived.missing.iter().flat_map(columns).any(|column| says == column || stands_for_tpp(says, column))
    });
    all_stand && density_stands && none_added
}

/// Whether the readings are those that the decision turns on; a disputed figure of the catalog, which no atom shows, is left out.
fn same_readings(law: &Law, recorded: &Recorded<'_>, derived: &Rederived) -> bool {
    let says = recorded.readings.iter().flatten().map(|reading| &*reading.reading);
    let says = says.filter(|name| !name.starts_with("disputed_tpp"));
    let named = |fact| law.readings.iter().find(|reading| reading.fact == fact).map(|reading| reading.name.as_str());
    says.eq(derived.readings.iter().filter_map(|fact| named(*fact)))
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
    let user_policy = policy.map(|policy| load_policy(&law, policy).map(Arc::new)).transpose()?;
    let mut checker = Checker {
        law,
        user_policy,
        by_policy: BTreeMap::new(),
        rederiver: Rederiver::default(),
        tally: Tally::default(),
    };
    each_decision(source, stop, &mut |recorded| checker.check(recorded))?;
    let tally = checker.tally;
    match format {
        TextFormat::Json => print(&format!(
            "{:#}\n",
            json!({ "follow": tally.follow, "wrong": tally.wrong, "first_wrong": tally.first_wrong, "not_checked": tally.not_checked })
        ))?,
        TextFormat::Text => print(&text(&tally))?,
    }
    let unchecked = !tally.not_checked.is_empty() && !allow_unchecked;
    let nothing = tally.follow == 0 && tally.wrong == 0 && tally.not_checked.is_empty();
    if nothing {
        return Err(Failure::Unusable(
            "there is not one recorded decision in it, so nothing was checked\n  mend: give the decisions file, the export or the ledger that holds them".to_owned(),
        ));
    }
    if tally.wrong > 0 || unchecked { Err(Failure::Found) } else { Ok(()) }
}

fn text(tally: &Tally) -> String {
    let mut out = format!("{} decisions follow from their certificates\n", group_digits(tally.follow));
    for (why, count) in &tally.not_checked {
        out.push_str(&format!("{count} were not checked: they {why}\n"));
    }
    if let Some(first) = &tally.first_wrong {
        out.push_str(&format!("{} do NOT follow; the first: {first}\n", tally.wrong));
    }
    out
}
