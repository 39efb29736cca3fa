//! What becomes of a command.

use serde::{Deserialize, Serialize};

/// What became of a command: where several hold, the first in this order is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// An id, name or reason is empty or too long, an amount is out of range, or accounts are none, too many or named twice.
    Malformed,
    /// The id was used for something else.
    IdTaken,
    /// An account has no limit on the day, not even one without a ceiling.
    NoLimit,
    /// No such reservation was made.
    UnknownReservation,
    /// No such posting was made.
    UnknownPosting,
    /// The reservation was posted, given up, or has lapsed; or it is to be amended and a part of it has gone.
    ReservationClosed,
    /// More is to be posted than is left of the reservation.
    MoreThanReserved,
    /// The day lies outside what one of the accounts counts over.
    OtherPeriod,
    /// Something would be taken off an account by a command that may only add.
    TakesOff,
    /// An account would fall below zero.
    BelowZero,
    /// The holder would come to be counted as itself.
    Circle,
    /// A sum, or the number of accounts, reservations or postings, would be larger than can be counted.
    Overflow,
    /// An account has too little left.
    OverLimit,
    /// Done.
    Done,
}

impl Status {
    /// Every status in order of precedence.
    pub const ALL: [Status; 14] = [
        Status::Malformed,
        Status::IdTaken,
        Status::NoLimit,
        Status::UnknownReservation,
        Status::UnknownPosting,
        Status::ReservationClosed,
        Status::MoreThanReserved,
        Status::OtherPeriod,
        Status::TakesOff,
        Status::BelowZero,
        Status::Circle,
        Status::Overflow,
        Status::OverLimit,
        Status::Done,
    ];

    /// Its word in records and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Malformed => "malformed",
            Status::IdTaken => "id_taken",
            Status::NoLimit => "no_limit",
            Status::UnknownReservation => "unknown_reservation",
            Status::UnknownPosting => "unknown_posting",
            Status::ReservationClosed => "reservation_closed",
            Status::MoreThanReserved => "more_than_reserved",
            Status::OtherPeriod => "other_period",
            Status::TakesOff => "takes_off",
            Status::BelowZero => "below_zero",
            Status::Circle => "circle",
            Status::Overflow => "overflow",
            Status::OverLimit => "over_limit",
            Status::Done => "done",
        }
    }
}
