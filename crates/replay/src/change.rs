use std::fmt::Write as _;

use tollgate_law::push_json;
use tollgate_model::{OrderLine, Outcome, ReviewPolicy, Tpp};

use super::short::Short;

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
    /// Every one.
    pub const ALL: [Change; 7] = [
        Change::NewlyReviewed,
        Change::NewlyRefused,
        Change::NewlyFree,
        Change::NewlyGrantable,
        Change::OtherAuthorization,
        Change::NewlyUnsettled,
        Change::NewlySettled,
    ];

    /// Its word in outputs.
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

    /// What changed, if anything.
    pub fn of(before: Short, after: Short) -> Option<Change> {
        #[derive(PartialEq, Eq, PartialOrd, Ord)]
        enum Rank {
            Free,
            Reviewed,
            Refused,
        }
        let rank = |own: Short| match (own.outcome, own.review) {
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
pub fn push_change(out: &mut String, order: &OrderLine<'_>, tpp: Option<Tpp>, change: Change, [from, to]: [String; 2]) {
    let _ = write!(
        out,
        r#"{{"change":"{}","date":"{}","destination":"{}","from":"#,
        change.as_str(),
        order.date,
        order.destination.code()
    );
    push_json(out, &from);
    out.push_str(r#","item":"#);
    push_json(out, order.item);
    let _ = write!(out, r#","line":{},"order_id":"#, order.line);
    push_json(out, order.order_id);
    let _ = write!(out, r#","quantity":{},"to":"#, order.quantity);
    push_json(out, &to);
    match tpp {
        Some(tpp) => {
            let _ = write!(out, r#","tpp":{},"ultimate_consignee":"#, tpp.ceil());
        }
        None => out.push_str(r#","tpp":null,"ultimate_consignee":"#),
    }
    push_json(out, order.ultimate_consignee);
    out.push_str("}\n");
}
