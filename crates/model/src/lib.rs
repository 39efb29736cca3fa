//! The vocabulary of Tollgate: the field's own words as types that are valid once they exist.
//!
//! Nothing here reads a clock, a file, the environment or a locale, and nothing knows about a file
//! format or a wire. Numbers are integers or exact ratios: a [`Tpp`] is thousandths of a TPP, a
//! [`Ratio`] is compared by cross-multiplication. Dates are calendar days.
#![deny(clippy::float_arithmetic)]

mod account_key;
mod country;
mod country_names;
mod date;
mod diagnostic;
mod hex;
mod index;
mod invariant;
mod known;
mod lookup;
mod number;
mod outcome;
mod period;
mod record;
mod stop;
mod unique;

pub use account_key::{AccountKey, AccountKind};
pub use country::{Country, UnknownCountry};
pub use date::{BadDate, Date};
pub use diagnostic::{Diagnostic, Diagnostics, Place};
pub use hex::hex;
pub use index::{count_of, index_of};
pub use invariant::{BrokenInvariant, invariant_broken, report_broken_invariants};
pub use known::Known;
pub use lookup::Lookup;
pub use number::{BadNumber, Decimal, Ratio, Tpp, group_digits};
pub use outcome::{Outcome, ReviewPolicy, Truth};
pub use period::{BadPeriod, Period, PeriodLength};
pub use record::{
    Activity, Clearance, Item, ItemKind, License, OrderLine, Party, PartyDetails, Stake, UnknownWord, UnreadCell,
    is_in_doubt,
};
pub use stop::Stop;
pub use unique::UniqueMembers;
