//! Facts of a line, accounts in memory, the decider, and a whole file as decisions.
//!
//! A [`Decider`] makes facts of an order line from tables, lists and catalog, asks the engine for the determination, and counts it.
//! [`run()`] does so for a file, in order of date. Always true here: an unknown never widens permission, and a line is counted
//! where its decision says, once. Deliberately not here: the durable count (`ledger`), HTTP, where lists come from (`lists`), a clock.

mod accounts;
mod answered;
mod batches;
mod candidates;
mod claim;
mod decider;
mod designated;
mod digest;
mod end_use;
mod end_use_words;
mod error;
mod facts;
mod file_counts;
mod flags;
mod item_facts;
mod item_findings;
mod items;
mod licenses;
mod missing;
mod names;
mod onward;
mod parties;
mod questions;
mod record;
mod roles;
mod run;
mod screened;
mod spelling;
mod summary;
mod tables;
mod typed;
mod unread;
mod wording;

pub use accounts::{Accounts, AllocationRow, ChargeRule, by_headquarters};
pub use answered::{Answered, Supplement};
pub use batches::for_each_batch_of;
pub use claim::{Claim, claim_of};
pub use decider::{CountedLabel, Decided, Decider, ReadingEffect, label_text};
pub use end_use::{EndUse, EndUseQuestion, end_use_of};
pub use error::RunError;
pub use facts::{FactBuilder, LineFacts, is_decided_by};
pub use file_counts::FileCounts;
pub use flags::{Flags, flags_of};
pub use item_facts::{ItemFacts, UnknownItem};
pub use item_findings::compare_eccn;
pub use items::{item_facts, settle_density};
pub use licenses::LicenseFinding;
pub use missing::is_of_item;
pub use names::{Name, Names};
pub use parties::{Class, Parents, PartyFacts, ultimate_parents};
pub use record::{Detail, decision_record};
pub use roles::roles;
pub use run::{Each, HELD, Lines, Progress, Run, Silent, count_day, each, line_key, refuse_duplicates, run, spans};
pub use screened::{Hit, MatchLimits, SHOWN, ScreeningResults, find, ofac_hit};
pub use summary::{failed_claim, next_steps, summary};
pub use tables::{Screening, Tables, load_policy};
pub use typed::TypedNames;
pub use unread::Unread;
pub use wording::{describe_standing, owned_by_listed, screening_sentences};
