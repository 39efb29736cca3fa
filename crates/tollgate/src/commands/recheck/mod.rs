//! Recorded decisions, each derived again from its certificate.

mod memo;
mod source;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use serde_json::json;
use tollgate_decide::load_policy;
use tollgate_engine::{RecheckError, Rederived, Rederiver, is_listed_eccn};
use tollgate_law::facts::IC_DENSITY;
use tollgate_law::{Law, Policy};
use tollgate_model::{Date, Outcome, ReviewPolicy, Stop, group_digits};
use tollgate_records::Table;

use super::{Failure, print};
use crate::commands::inputs::TextFormat;
use memo::{Derivation, DerivationMemo};
use source::{Recorded, RecordedStep, RecordedText, each_decision};

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
    /// The first that was decided under another law than the one that stands here, and both laws.
    first_other_law: Option<String>,
}

struct Checker {
    law: Arc<Law>,
    /// A policy of the user's, by which decisions were made that name none of the law's.
    user_policy: Option<Arc<Policy>>,
    /// `None` where no policy of that name is known here.
    by_policy: BTreeMap<String, Option<DerivationMemo>>,
    rederiver: Rederiver,
    tally: Tally,
}

/// The columns of which one stands for a density that is not known.
const DENSITY_COLUMNS: [&str; 2] = ["tpp", "die_area_mm2"];

/// Why decisions are not checked.
const NO_CERTIFICATE: &str = "have no certificate (an earlier version of Tollgate)";
const UNKNOWN_POLICY: &str =
    "were made by a policy that is not known here (name its file: tollgate audit recheck --policy FILE)";
const OTHER_LAW: &str = "were decided under another law than the one that stands here, or by a version of Tollgate that reads it otherwise (check them with the version and the policy file that decided them)";

impl Checker {
    fn check(&mut self, recorded: &Recorded<'_>) {
        let Some(certificate) = &recorded.certificate else {
            return self.not_checked(NO_CERTIFICATE);
        };
        if !self.by_policy.contains_key(&*recorded.policy) {
            let memo = self.policy(&recorded.policy).map(DerivationMemo::new);
            self.by_policy.insert(recorded.policy.clone().into_owned(), memo);
        }
        let Some(memo) = self.by_policy.get_mut(&*recorded.policy).and_then(Option::as_mut) else {
            return self.not_checked(UNKNOWN_POLICY);
        };
        match &*memo.derive(&mut self.rederiver, recorded.date, certificate) {
            Derivation::Unreadable => self.wrong(recorded, "its certificate cannot be read"),
            Derivation::Refused(RecheckError::OtherLaw) => {
                let law = memo.law(recorded.date);
                let here = || {
                    let needed = certificate.split(':').next().unwrap_or(certificate);
                    format!("{}: it needs law {needed}, but law {law} stands here for its day", place(recorded))
                };
                self.tally.first_other_law.get_or_insert_with(here);
                self.not_checked(OTHER_LAW);
            }
            Derivation::Refused(RecheckError::OtherDay) => {
                self.wrong(recorded, "its certificate is of the law of another day than its date");
            }
            Derivation::Refused(RecheckError::Impossible) => {
                self.wrong(recorded, "no facts of an order make its certificate's atoms true");
            }
            Derivation::Refused(RecheckError::InterpretersDiffer) => {
                self.wrong(recorded, "the two interpreters of the law differ on it");
            }
            Derivation::Decision { rederived, trace } => {
                let difference = difference(&self.law, recorded, rederived);
                match difference.or_else(|| trace_difference(recorded, rederived, trace)) {
                    None => self.tally.follow += 1,
                    Some(what) => self.wrong(recorded, &what),
                }
            }
        }
    }

    /// The policy of a name: the user's, or one of the law's.
    fn policy(&self, name: &str) -> Option<Arc<Policy>> {
        let user_policy = self.user_policy.as_ref().filter(|policy| policy.name == name);
        user_policy.cloned().or_else(|| self.law.policy(name).ok().map(Arc::new))
    }

    fn not_checked(&mut self, why: &'static str) {
        *self.tally.not_checked.entry(why).or_default() += 1;
    }

    fn wrong(&mut self, recorded: &Recorded<'_>, what: &str) {
        self.tally.wrong += 1;
        self.tally.first_wrong.get_or_insert_with(|| format!("{}: {what}", place(recorded)));
    }
}

fn place(recorded: &Recorded<'_>) -> String {
    format!("order {}, line {}, of {}", recorded.order_id, recorded.line, recorded.date)
}

/// In what a recorded decision differs from the one that follows; `None` where in nothing.
fn difference(law: &Law, recorded: &Recorded<'_>, derived: &Rederived) -> Option<String> {
    let unread = unread_columns(recorded, derived);
    let opened = opened(recorded, derived, &unread);
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
    if !recorded.missing.as_ref().is_some_and(|missing| same_missing(missing, derived, &unread)) {
        return Some("other facts stand in it as missing than those that it turns on".to_owned());
    }
    if !same_readings(law, recorded, derived) {
        return Some("other readings stand in it than those that it turns on".to_owned());
    }
    None
}

/// What is wrong with a recorded argument; `None` where it is the one that follows. `known` is one that was seen to follow, to which most are equal
/// letter by letter.
fn trace_difference(recorded: &Recorded<'_>, derived: &Rederived, known: &OnceLock<Box<str>>) -> Option<String> {
    let Some(trace) = recorded.trace else {
        return (!recorded.is_row).then(|| "its argument was taken away".to_owned());
    };
    if known.get().is_some_and(|known| **known == *trace.get()) {
        return None;
    }
    let Ok(steps) = serde_json::from_str::<Vec<RecordedStep<'_>>>(trace.get()) else {
        return Some("its argument cannot be read".to_owned());
    };
    let same_steps = steps.len() == derived.steps.len()
        && steps
            .iter()
            .zip(&derived.steps)
            .all(|(says, follows)| says.cite == *follows.cite && says.result == follows.truth);
    if same_steps {
        let _first = known.get_or_init(|| trace.get().into());
    }
    (!same_steps).then(|| "its argument is not the one that follows".to_owned())
}

/// The columns of the order that a record names as missing beside those of the facts that the outcome turns on: cells that are not understood, and an
/// end use that nobody has settled.
fn unread_columns<'a>(recorded: &'a Recorded<'_>, derived: &Rederived) -> Vec<&'a str> {
    let of_facts = || derived.missing.iter().flat_map(|fact| fact.def().columns);
    let of_item = of_facts().any(|column| Table::Items.column(column).is_some());
    let names = recorded.missing.iter().flatten().map(|column| &**column);
    let is_unread = |column: &&str| match *column {
        "item" => !of_item,
        "date" => !derived.open_by_day || recorded.date == Date::MAX,
        column => Table::Orders.column(column).is_some() && of_facts().all(|known| *known != column),
    };
    names.filter(is_unread).collect()
}

/// What follows, left open where the record says that a cell of the order is not understood or its end use not settled: that is no matter of the atoms,
/// and only ever stricter. A line whose day is not understood is decided on no day, and always open.
fn opened(recorded: &Recorded<'_>, derived: &Rederived, unread: &[&str]) -> Option<Rederived> {
    let is_dateless = recorded.date == Date::MAX && unread.contains(&"date");
    if unread.is_empty() || (derived.outcome == Outcome::LicenseRequired && !is_dateless) {
        return None;
    }
    let mut opened = derived.clone();
    if is_dateless {
        opened.mildest = Outcome::NoLicenseRequired;
        opened.review = None;
    }
    if opened.outcome != Outcome::NeedsInformation {
        opened.outcome = Outcome::NeedsInformation;
        opened.authorization = None;
        opened.strictest = Outcome::LicenseRequired;
    }
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
///
/// `unread` are those of cells that are not understood.
fn same_missing(says: &[RecordedText<'_>], derived: &Rederived, unread: &[&str]) -> bool {
    if derived.open_by_day {
        return says.iter().map(|column| &**column).eq(["date"]);
    }
    let columns = |fact: &tollgate_law::facts::FactId| fact.def().columns;
    let plain = derived.missing.iter().filter(|fact| **fact != IC_DENSITY);
    // Of an item that nothing is known of, `item` stands for all of its columns.
    let of_item = |column: &str| Table::Items.column(column).is_some();
    let names = || says.iter().map(|name| &**name);
    let whole_item = names().any(|name| name == "item");
    let stands = |column: &&str| names().any(|name| name == *column || stands_for_tpp(name, column));
    let all_stand = plain.flat_map(columns).all(|column| whole_item && of_item(column) || stands(column));
    let density = derived.missing.contains(&IC_DENSITY);
    let density_stands = !density || whole_item || names().any(|name| DENSITY_COLUMNS.contains(&name));
    let none_added = names().filter(|name| !unread.contains(name)).all(|name| {
        name == "item" && derived.missing.iter().flat_map(columns).any(|column| of_item(column))
            || density && DENSITY_COLUMNS.contains(&name)
            || derived.missing.iter().flat_map(columns).any(|column| name == *column || stands_for_tpp(name, column))
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
            json!({ "follow": tally.follow, "wrong": tally.wrong, "first_wrong": tally.first_wrong, "not_checked": tally.not_checked, "first_other_law": tally.first_other_law })
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
    if let Some(first) = &tally.first_other_law {
        out.push_str(&format!("the first under another law: {first}\n"));
    }
    if let Some(first) = &tally.first_wrong {
        out.push_str(&format!("{} do NOT follow; the first: {first}\n", tally.wrong));
    }
    out
}
