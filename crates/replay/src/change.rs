//! What changed for a line between two policies, and the lines of `diff.jsonl`.

use serde::Serialize;
use tollgate_model::{Date, OrderLine, Outcome, ReviewPolicy, Tpp};

use super::verdict::Verdict;

/// What became of a line under the other policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// It went without a license and needs one that may be granted.
    NewlyReviewed,
    /// It went, or might have been granted, and is refused.
    NewlyRefused,
    /// It needed a license and goes without.
    NewlyFree,
    /// It was refused, and a license may be granted.
    NewlyGrantable,
    /// It goes either way, under another authorization.
    OtherAuthorization,
    /// Facts are lacking under one of the two only.
    NewlyUnsettled,
    /// They were lacking, and the answer no longer turns on them.
    NewlySettled,
}

impl Change {
    /// Every change, in the order of outputs.
    pub const ALL: [Change; 7] = [
        Change::NewlyReviewed,
        Change::NewlyRefused,
        Change::NewlyFree,
        Change::NewlyGrantable,
        Change::OtherAuthorization,
        Change::NewlyUnsettled,
        Change::NewlySettled,
    ];

    /// The word for it in outputs.
    pub fn as_str(self) -> &'static str {
        match self {
            Change::NewlyReviewed => "newly_reviewed",
            Change::NewlyRefused => "newly_refused",
            Change::NewlyFree => "newly_free",
            Change::NewlyGrantable => "newly_grantable",
            Change::OtherAuthorization => "other_authorization",
            Change::NewlyUnsettled => "newly_unsettled",
            Change::NewlySettled => "newly_settled",
        }
    }

    /// What changed from one verdict to another; `None` where a line goes, waits or is refused as before.
    pub fn between(before: Verdict, after: Verdict) -> Option<Change> {
        #[derive(PartialEq, Eq, PartialOrd, Ord)]
        enum Rank {
            Free,
            Reviewed,
            Refused,
        }
        let rank = |verdict: Verdict| match (verdict.outcome, verdict.review) {
            (Outcome::NoLicenseRequired | Outcome::LicenseException, _) => Some(Rank::Free),
            (Outcome::LicenseRequired, Some(ReviewPolicy::PresumptionOfDenial | ReviewPolicy::PolicyOfDenial)) => {
                Some(Rank::Refused)
            }
            (Outcome::LicenseRequired, _) => Some(Rank::Reviewed),
            (Outcome::NeedsInformation, _) => None,
        };
        match (rank(before), rank(after)) {
            (None, None) => None,
            (Some(_), None) => Some(Change::NewlyUnsettled),
            (None, Some(_)) => Some(Change::NewlySettled),
            (Some(one), Some(other)) if one == other => {
                let free = one == Rank::Free;
                let other = before.outcome != after.outcome || before.exception != after.exception;
                (free && other).then_some(Change::OtherAuthorization)
            }
            (Some(_), Some(Rank::Refused)) => Some(Change::NewlyRefused),
            (Some(_), Some(Rank::Free)) => Some(Change::NewlyFree),
            (Some(Rank::Free), Some(Rank::Reviewed)) => Some(Change::NewlyReviewed),
            (Some(_), Some(Rank::Reviewed)) => Some(Change::NewlyGrantable),
        }
    }
}

/// A line of `diff.jsonl`; its keys stand in the order of the alphabet.
#[derive(Serialize)]
struct ChangedLine<'a> {
    change: &'static str,
    date: Date,
    destination: &'static str,
    from: &'a str,
    item: &'a str,
    line: i64,
    order_id: &'a str,
    quantity: i64,
    to: &'a str,
    tpp: Option<i64>,
    ultimate_consignee: &'a str,
}

/// Appends a line of `diff.jsonl`: what an order line came to under either policy.
pub fn push_change(
    out: &mut String,
    order: &OrderLine<'_>,
    tpp: Option<Tpp>,
    change: Change,
    [from, to]: [String; 2],
) -> Result<(), serde_json::Error> {
    let line = ChangedLine {
        change: change.as_str(),
        date: order.date,
        destination: order.destination.code(),
        from: &from,
        item: order.item,
        line: order.line,
        order_id: order.order_id,
        quantity: order.quantity,
        to: &to,
        tpp: tpp.map(Tpp::ceil),
        ultimate_consignee: order.ultimate_consignee,
    };
    out.push_str(&serde_json::to_string(&line)?);
    out.push('\n');
    Ok(())
}
