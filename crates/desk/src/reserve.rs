//! Decide and reserve.

use std::sync::Arc;

use tollgate_decide::{Claim, Decided, Detail, FileCounts, NOT_SCREENED, Tables, claim_of, decision_record, roles};
use tollgate_ledger::{AccountKey, Applied, Command, Entry, Ledger, Log};
use tollgate_model::{AccountKind, Date, OrderLine, Outcome, Tpp, never};

use super::decider_state::Desk;
use super::decision::{
    Answer, Decision, HOLD, LineRecord, entries, limit_command, line_id, raw, recorded_decision, reserved, revision_id,
    sha256, unavailable,
};
use super::error::DeskError;
use super::order::OrderRequest;
use super::scope::reserved_word;

/// An order that is to be decided for good.
#[derive(Clone)]
pub struct Order {
    /// The word for this write.
    pub key: String,
    /// The order.
    pub order: OrderRequest,
    /// Whether a second person must release it before anything ships.
    pub hold: bool,
}

impl Order {
    /// SHA-256 of what is asked.
    pub(crate) fn digest(&self) -> String {
        let Ok(text) = serde_json::to_string(&(&self.order, self.hold)) else {
            never!("an order request is always JSON");
            // A digest that no record has: the request counts as another one.
            return String::new();
        };
        sha256(&text)
    }
}

/// What is to be recorded for a request, and what it answers once it is.
pub struct Plan {
    /// The decision that is recorded, or was when the same request came before.
    pub decision: Decision,
    /// What the ledger is to record: the same however often the request is made.
    pub entries: Vec<Entry>,
    /// Whether the request had been made before.
    pub repeated: bool,
}

impl Plan {
    /// The answer, given what the ledger made of the entries.
    pub fn conclude(self, applied: &[Applied]) -> Result<Answer, DeskError> {
        let reservation = reserved(&self.decision, applied)?;
        Ok(Answer { decision: self.decision.decision, reservation, held: self.decision.held })
    }
}

/// Decides a line for good; a request that was made before is answered as it was then.
pub fn plan_reservation(
    desk: &Desk,
    ledger: &mut Ledger<impl Log>,
    actor: &str,
    request: &Order,
    now_ms: i64,
) -> Result<Plan, DeskError> {
    check(&request.order)?;
    let id = line_id(&request.order.order_id, request.order.line.unwrap_or(1));
    let note_id = format!("decision:{id}");
    let (decision, repeated) = match recorded_decision(ledger, &note_id)? {
        Some((decision, record)) => {
            // Another caller may use the same word.
            let same_caller = record.parse().map_err(|what| unavailable(&what))?.actor == actor;
            if !same_caller || decision.idempotency_key != request.key || decision.request != request.digest() {
                return Err(DeskError::AlreadyDecided(id));
            }
            (decision, true)
        }
        None => (propose(desk, ledger, request, None, now_ms)?, false),
    };
    Ok(Plan { entries: entries(actor, &note_id, &decision)?, decision, repeated })
}

impl Desk {
    /// Decides a line, records that and sets its TPP aside, at once: for commands and tests. A server records many plans together.
    pub fn reserve(
        &self,
        ledger: &mut Ledger<impl Log>,
        actor: &str,
        request: &Order,
        now_ms: i64,
    ) -> Result<Answer, DeskError> {
        let plan = plan_reservation(self, ledger, actor, request, now_ms)?;
        let applied =
            ledger.record(now_ms, &plan.entries).map_err(|error| DeskError::Unavailable(error.to_string()))?;
        plan.conclude(&applied)
    }
}

/// Says what is wrong with an order before anything else is done.
pub fn check(order: &OrderRequest) -> Result<(), DeskError> {
    if let Some(word) = reserved_word(&order.order_id) {
        let what = format!("`order_id` begins with `{word}:`, as the log's own records do");
        return Err(DeskError::unusable(
            what,
            "give the order another id, such as one with another word before the colon",
        ));
    }
    order.line().map(|_| ()).map_err(|(what, mend)| DeskError::unusable(what, mend))
}

/// Decides a line on top of what the ledger holds; what an earlier decision of the line set aside counts as free. `now_ms` is the time of the
/// request, in milliseconds since 1970-01-01 UTC.
pub fn propose(
    desk: &Desk,
    ledger: &Ledger<impl Log>,
    request: &Order,
    earlier: Option<&LineRecord>,
    now_ms: i64,
) -> Result<Decision, DeskError> {
    propose_within(desk, ledger, request, Before { earlier, ..Before::default() }, now_ms)
}

/// What a line is decided on beside what the ledger holds.
#[derive(Clone, Copy, Default)]
pub struct Before<'a> {
    /// An earlier decision of the line: what it set aside counts as free.
    pub earlier: Option<&'a LineRecord>,
    /// What of that went already, in milli-TPP: it counts as free too.
    pub shipped_milli_tpp: i64,
    /// What the lines of its file had counted before it.
    pub file: Option<&'a FileCounts>,
}

/// What counts in an account on a day beside a line: less what an earlier decision of the line set aside, and what went of that.
pub fn tpp_used(ledger: &Ledger<impl Log>, key: &AccountKey, date: Date, before: Before<'_>) -> Tpp {
    let state = ledger.state();
    let freed = before.earlier.map_or(0, |earlier| {
        let reserved = earlier.reservation().map_or(0, |id| state.reserved_in(id, key, date));
        reserved + if earlier.is_charged_to(key) { before.shipped_milli_tpp } else { 0 }
    });
    let held = state.account(key, date).map_or(0, |view| view.posted_milli_tpp + view.reserved_milli_tpp);
    Tpp::from_thousandths((held - freed).max(0))
}

/// As [`propose`], on top of what the lines of a file had counted too.
pub fn propose_within(
    desk: &Desk,
    ledger: &Ledger<impl Log>,
    request: &Order,
    before: Before<'_>,
    now_ms: i64,
) -> Result<Decision, DeskError> {
    let Before { earlier, file, .. } = before;
    let line = request.order.line().map_err(|(what, mend)| DeskError::unusable(what, mend))?;
    let state = ledger.state();
    let used = |key: &AccountKey| tpp_used(ledger, key, line.date, before);
    let mut state_of_desk = desk.decider(ledger)?;
    let tables = Arc::clone(&state_of_desk.tables);
    let decider = &mut state_of_desk.decider;
    decider.check_item(line.item).map_err(|error| DeskError::unusable(&error.what, &error.mend))?;
    let decided = match file {
        Some(counts) => decider.decide_within(&line, counts, &used),
        None => decider.decide_on(&line, &used),
    };
    let decided = decided.map_err(|error| DeskError::unusable(&error.what, &error.mend))?;
    let outcome = decided.determination().label.outcome;
    let amount = decided.line.tpp.map_or(0, Tpp::thousandths);
    if amount > tollgate_ledger::MAX_AMOUNT_MILLI_TPP {
        return Err(DeskError::unusable(
            "the line comes to more TPP than can be counted",
            "check the quantity and the item",
        ));
    }
    let decision = raw(&decision_record(&line, &decided, &desk.policy, &tables, Detail::Whole))?;
    let license = license(&line).filter(|_| outcome == Outcome::LicenseRequired);
    let goes = license.is_some() || matches!(outcome, Outcome::NoLicenseRequired | Outcome::LicenseException);
    let held =
        if goes { reasons_to_hold(&tables, &line, &decided, license.as_deref(), request.hold) } else { Vec::new() };
    let exception = decided.exception().map(|exception| exception.id.clone());
    let mut charges = decider.charges();
    drop(state_of_desk);
    charges.extend(counted_besides(&line, license.as_deref(), exception.as_deref()).map(|key| (key, None)));
    let known = |key: &AccountKey, date: Date| state.account(key, date).filter(|view| !view.provision.is_empty());
    let limits = charges.iter().map(|(key, limit)| (key, limit.map(Tpp::thousandths)));
    let limits = limits.filter(|(key, limit)| known(key, line.date).is_none_or(|view| view.limit_milli_tpp != *limit));
    let limits: Vec<Command> =
        limits.map(|(key, limit)| limit_command(key, line.date, limit, &desk.policy.name)).collect();
    let accounts: Vec<AccountKey> = charges.into_iter().map(|(key, _)| key).collect();
    let counted = goes && amount > 0 && !accounts.is_empty();
    let reserve = command(&line, earlier, counted.then_some((accounts, amount)), now_ms + HOLD);
    Ok(Decision {
        idempotency_key: request.key.clone(),
        request: request.digest(),
        order: request.order.clone(),
        decision,
        held,
        limits,
        reserve,
    })
}

/// What the ledger is asked to do for a decision: set aside, put in the place of what was set aside before, or give that up.
fn command(
    line: &OrderLine<'_>,
    earlier: Option<&LineRecord>,
    charge: Option<(Vec<AccountKey>, i64)>,
    expires_at: i64,
) -> Option<Command> {
    let id = revision_id(&line_id(line.order_id, line.line), earlier.map_or(1, |earlier| earlier.decided + 1));
    let day = line.date;
    match (earlier.and_then(LineRecord::reservation).map(str::to_owned), charge) {
        (None, None) => None,
        (None, Some((accounts, amount))) => {
            Some(Command::Reserve { id, accounts, amount_milli_tpp: amount, day, expires_at_ms: expires_at })
        }
        (Some(reservation), Some((accounts, amount))) => {
            Some(Command::Amend { id, reservation, accounts, amount_milli_tpp: amount, day, expires_at_ms: expires_at })
        }
        (Some(reservation), None) => {
            Some(Command::Void { id: format!("void:{id}"), reservation, reason: "amended".to_owned() })
        }
    }
}

/// The number of the license that the line claims.
fn license(line: &OrderLine<'_>) -> Option<String> {
    match claim_of(line.authorization) {
        Claim::License(number) => Some(number),
        _ => None,
    }
}

/// Accounts that are counted without a ceiling beside those of the law's files: what has gone under a license, and the installed base of a
/// universal validated end-user by country, of which the ratios are taken on the reporting dates.
fn counted_besides<'a>(
    line: &'a OrderLine<'_>,
    license: Option<&'a str>,
    exception: Option<&'a str>,
) -> impl Iterator<Item = AccountKey> {
    let key = |kind: AccountKind, holder: &str, country: Option<String>| AccountKey {
        rule: kind.as_str().to_owned(),
        holder: holder.to_owned(),
        country,
        period: tollgate_ledger::Period::All,
    };
    let licensed = license.map(|number| key(AccountKind::License, number, None));
    let base = exception.filter(|id| *id == "UVEU");
    licensed.into_iter().chain(base.map(move |_| {
        let country = Some(line.destination.to_string());
        key(AccountKind::Uveu, line.ultimate_consignee, country)
    }))
}

/// Why somebody else must look at a line that may go before it does.
fn reasons_to_hold(
    tables: &Tables,
    line: &OrderLine<'_>,
    decided: &Decided<'_>,
    license: Option<&str>,
    wanted: bool,
) -> Vec<String> {
    let mut reasons = Vec::new();
    if wanted {
        reasons.push("whoever entered it asked for a second look".to_owned());
    }
    if let Some(license) = license {
        reasons.push(format!("goes under license {license}: compare it with what was granted"));
    }
    if let Some(question) = line.authorization.and_then(|claim| decided.line.claim.question(claim)) {
        reasons.push(question);
    }
    if decided.claimed_ok == Some(false) {
        reasons.push("the claimed authorization does not hold".to_owned());
    }
    reasons.extend(decided.red_flags().map(|rule| format!("{} ({})", rule.step.rule, rule.step.cite)));
    for (role, party) in roles(line) {
        for hit in tables.hits(party).iter().filter(|hit| hit.stands(line.date)) {
            reasons.push(match hit.list.as_str() {
                NOT_SCREENED => {
                    format!("{role} {party} is not screened by its name `{}`, which cannot be read", hit.name)
                }
                list => format!("{role} {party} matches `{}` on {list}", hit.name),
            });
        }
    }
    reasons
}
