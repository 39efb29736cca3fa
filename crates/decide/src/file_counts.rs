//! What the lines of a file had counted before one of them: with it the line is decided again as it was within its file.

use tollgate_law::facts::{self, FactId};
use tollgate_law::program::Program;
use tollgate_model::Tpp;

use super::facts::LineFacts;

/// The counts that a line of a file was decided on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileCounts {
    /// What was used of each of the program's accounts before the line, in their order, in milli-TPP.
    pub used_milli_tpp: Vec<i64>,
    /// What the whole order comes to, in milli-TPP; `None` where that is not known.
    pub shipment_milli_tpp: Option<i64>,
    /// Units that had gone under the license that the line claims.
    pub license_units: i64,
}

impl FileCounts {
    /// What was used of the program's account at a place of its order.
    pub(crate) fn used(&self, place: usize) -> Tpp {
        Tpp::from_thousandths(self.used_milli_tpp.get(place).copied().unwrap_or(0))
    }

    /// The counts that the facts of a line were made with, after `license_units` had gone under its license.
    pub(crate) fn of(program: &Program, line: &LineFacts, license_units: i64) -> FileCounts {
        let amount = line.tpp.map_or(0, Tpp::thousandths);
        let used = |fact: FactId| match fact {
            facts::COUNTRY_AFTER => line.facts.get(facts::COUNTRY_BEFORE).unwrap_or(0),
            fact => line.facts.get(fact).map_or(0, |after| after.saturating_sub(amount)),
        };
        FileCounts {
            used_milli_tpp: program.accounts.iter().map(|rule| used(rule.fact)).collect(),
            shipment_milli_tpp: line.facts.get(facts::SHIPMENT_TPP),
            license_units,
        }
    }
}
