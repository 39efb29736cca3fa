//! What is asked of the ledger, and what becomes of it.

use serde::{Deserialize, Serialize};
use tollgate_model::{AccountKey, Date};

use crate::account::{Breach, day};
use crate::status::Status;

/// What is asked of the ledger. Each command has an id of the caller's: said twice it is done once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Command {
    /// Sets an account's limit from a day on. What was lawfully posted before stays; where the new limit reaches back over postings, a breach says so.
    Limit {
        /// The caller's id.
        id: String,
        /// The account; it begins with its first limit.
        account: AccountKey,
        /// The first day on which the limit holds.
        #[serde(with = "day")]
        from: Date,
        /// Milli-TPP; counted without a ceiling where absent.
        #[serde(rename = "amount")]
        amount_milli_tpp: Option<i64>,
        /// The provision and its version.
        provision: String,
    },
    /// Sets an amount aside in every account that a shipment is charged to: in all of them or in none.
    Reserve {
        /// The caller's id, by which the reservation is named later.
        id: String,
        /// The accounts.
        accounts: Vec<AccountKey>,
        /// Milli-TPP, more than zero.
        #[serde(rename = "amount")]
        amount_milli_tpp: i64,
        /// The day on which the shipment is meant to go.
        #[serde(with = "day")]
        day: Date,
        /// When it lapses, in milliseconds since 1970-01-01 UTC.
        #[serde(rename = "expires_at")]
        expires_at_ms: i64,
    },
    /// Puts another reservation in the place of one of which nothing has gone yet: both change at once, or neither.
    Amend {
        /// The caller's id, by which the new reservation is named later.
        id: String,
        /// The reservation that ends.
        reservation: String,
        /// The accounts of the new one.
        accounts: Vec<AccountKey>,
        /// Milli-TPP, more than zero.
        #[serde(rename = "amount")]
        amount_milli_tpp: i64,
        /// The day on which the shipment is meant to go.
        #[serde(with = "day")]
        day: Date,
        /// When the new one lapses, in milliseconds since 1970-01-01 UTC.
        #[serde(rename = "expires_at")]
        expires_at_ms: i64,
    },
    /// Counts a shipment, or a part of it, against its reservation.
    Post {
        /// The caller's id, by which the posting is named later.
        id: String,
        /// The reservation.
        reservation: String,
        /// Milli-TPP, no more than is left of the reservation; all that is left where absent.
        #[serde(rename = "amount")]
        amount_milli_tpp: Option<i64>,
        /// The day on which it went.
        #[serde(with = "day")]
        day: Date,
        /// Whether no more is to come: the rest is free again.
        last: bool,
    },
    /// Gives a reservation up: what is left of it is free again.
    Void {
        /// The caller's id.
        id: String,
        /// The reservation.
        reservation: String,
        /// Why.
        reason: String,
    },
    /// Adds to an account, or takes off it, what no reservation led to: a shipment before Tollgate, a return.
    Adjust {
        /// The caller's id.
        id: String,
        /// The account.
        account: AccountKey,
        /// Milli-TPP, negative to take off.
        #[serde(rename = "amount")]
        amount_milli_tpp: i64,
        /// The day on which it counts.
        #[serde(with = "day")]
        day: Date,
        /// Why.
        reason: String,
    },
    /// Puts right what a posting said of a shipment. It is a fact, and counts even over a limit: then a breach says so.
    Correct {
        /// The caller's id.
        id: String,
        /// The posting.
        posting: String,
        /// What it really was, in milli-TPP; 0 where nothing went.
        #[serde(rename = "amount")]
        amount_milli_tpp: i64,
        /// The day on which it really went.
        #[serde(with = "day")]
        day: Date,
        /// Why.
        reason: String,
        /// Whether it is refused where it takes something off an account, by what counts when it is recorded: one person alone may not ask for that.
        #[serde(default, skip_serializing_if = "is_false")]
        only_adds: bool,
    },
    /// Counts a holder as another one from a day on: they have been found to be one group.
    Group {
        /// The caller's id.
        id: String,
        /// Who.
        holder: String,
        /// Whose accounts count from now on.
        into: String,
        /// From which day.
        #[serde(with = "day")]
        from: Date,
        /// Why.
        reason: String,
    },
    /// Lets every reservation lapse whose time is over.
    Expire {
        /// The caller's id.
        id: String,
        /// At which time, in milliseconds since 1970-01-01 UTC; at the latest time of a record where absent.
        #[serde(rename = "at", default, skip_serializing_if = "Option::is_none")]
        at_ms: Option<i64>,
    },
}

fn is_false(value: &bool) -> bool {
    !value
}

impl Command {
    /// The caller's id.
    pub fn id(&self) -> &str {
        match self {
            Command::Limit { id, .. }
            | Command::Reserve { id, .. }
            | Command::Amend { id, .. }
            | Command::Post { id, .. }
            | Command::Void { id, .. }
            | Command::Adjust { id, .. }
            | Command::Correct { id, .. }
            | Command::Group { id, .. }
            | Command::Expire { id, .. } => id,
        }
    }
}

/// A breach that began, changed or, where none stands any more, ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BreachChange {
    /// The account.
    pub account: AccountKey,
    /// How it stands now.
    pub breach: Option<Breach>,
}

/// What a command came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// What became of it.
    pub status: Status,
    /// Whether it had been said before: nothing was done now.
    #[serde(skip)]
    pub replayed: bool,
    /// Breaches that it made, changed or ended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breaches: Vec<BreachChange>,
}
