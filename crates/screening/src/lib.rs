//! Holds parties against lists: names in the spellings that clerks and smugglers use, list formats, ownership.
//!
//! A name is folded to plain letters ([`fold()`]), taken apart ([`Name`]), looked up by what it shares with the names of an [`Index`],
//! and compared by the one function [`score()`], whose explanation is its return value. All scores are integers in basis points.

mod fold;
mod index;
mod name;
mod score;
mod similar;
mod words;

pub use fold::fold;
pub use index::{Found, Index, Scratch};
pub use name::{Name, Token};
pub use score::{Forms, Link, Score, score};
pub use words::Form;
