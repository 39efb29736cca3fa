//! Holds parties against lists: names in the spellings that clerks and smugglers use, list formats, ownership.
//!
//! A name is folded to plain letters ([`fold()`]), taken apart ([`Name`]), looked up by what it shares with the names of an [`Index`],
//! and compared by the one function [`score()`], whose explanation is its return value. All scores are integers in basis points.

mod address;
mod alike;
mod arabic;
mod chinese;
mod distinctive;
mod encoding;
mod evidence;
mod explanation;
mod extent;
mod fold;
mod han;
mod index;
mod japanese;
mod kanji;
mod korean;
mod letters;
mod lexicon;
mod links;
mod list;
mod name;
mod ofac;
mod ownership;
mod references;
mod score;
mod screener;
mod shell;
mod similar;
mod sizes;
mod wade_giles;
mod within;
mod word;
mod words;

pub use evidence::{Agreement, Evidence};
pub use fold::{Unread, fold, unread};
pub use index::{Index, NameHit, Scratch};
pub use links::{Link, Span};
pub use list::{
    BadRow, Effect, Entry, EntryReview, List, ListName, SanctionsProgram, footnote_of, read_lists, split_names,
    split_programs,
};
pub use name::{Name, Token};
pub use ofac::ofac_score;
pub use ownership::{BadStake, Ownership, Standing, percent};
pub use score::{Forms, Score, score};
pub use screener::{Basis, Match, MatchWords, Query, Screener, THRESHOLD, Version};
pub use shell::{Indicator, Sign, shell_signs};
pub use words::Form;
