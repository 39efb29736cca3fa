//! The papers that follow from the decision of an order: notices, certificates, statements, questionnaires and the records to keep.
//!
//! Each paper is a template in the folder `papers/` of the repository, in plain text with what it is about, when it is needed and what it cites
//! at its head; a folder of the user's can replace any of them. Always true here: nothing is written for what does not apply, what is not known is
//! a visible blank, a value is text and never markup, and a paper of an order that may not go says so in its first line. Deliberately not here:
//! deciding, reading of orders, a clock.

mod blocks;
mod case;
mod front_matter;
mod gather;
mod package;
mod templates;
#[cfg(test)]
mod tests;
mod values;
mod writing;

pub use case::{
    AccountSheet, DutySheet, FlagSheet, HitSheet, LineSheet, ListSheet, OrderCase, OrderSheet, PaperRow, PartySheet,
    QuestionSheet, ScreeningSheet,
};
pub use gather::Gatherer;
pub use package::{Package, Paper, SkippedPaper, make_papers};
pub use templates::Templates;
pub use values::BLANK;
pub use writing::{InputDigest, WriteError, write_package};
