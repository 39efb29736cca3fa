//! What a line lacks, and what it would be by the other of two figures.

use tollgate_engine::Determination;
use tollgate_law::facts::{self, FactId, Facts};
use tollgate_law::program::Program;

use super::facts::LineFacts;

/// Whether a column is one of the items table.
pub fn is_of_item(column: &str) -> bool {
    tollgate_records::Table::Items.column(column).is_some()
}

/// The columns that would settle the outcome, or in which what leaves it open stands; each once, in the order of the facts.
/// Where what leaves it open holds whatever the facts, it is the day: the law of that day is not modeled. `item` stands for all that
/// an item lacks of which nothing is known.
pub(crate) fn missing(program: &Program, determination: &Determination, line: &LineFacts) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    let uncounted = line.item.accelerators.is_none();
    let unknown = line.item.unknown.is_some();
    for fact in determination.open_facts(program) {
        let named: &[&str] = if fact == facts::IC_DENSITY { &[line.item.density_column] } else { fact.def().columns };
        let counts = fact != facts::IC_TPP && named == ["tpp"] && uncounted;
        let named: &[&str] = if counts { &["accelerators"] } else { named };
        for column in named.iter().map(|column| if unknown && is_of_item(column) { &"item" } else { column }) {
            if !columns.iter().any(|known| known == column) {
                columns.push((*column).to_owned());
            }
        }
    }
    if determination.is_open_by_day(program) {
        columns.push("date".to_owned());
    }
    columns
}

/// The facts with the other value of a TPP on which public sources disagree.
pub(crate) fn with_other_tpp(program: &Program, line: &LineFacts) -> Option<Facts> {
    let (other, unit) = line.item.other.as_ref()?;
    let mut facts = line.facts.clone();
    let copied: [FactId; 3] = [facts::IC_TPP, facts::IC_DENSITY, facts::IC_DENSITY_DEN];
    for fact in copied {
        facts.set_if(fact, other.get(fact));
    }
    let quantity = line.tpp.zip(line.item.unit_tpp).map(|(tpp, unit)| tpp.thousandths() / unit.thousandths().max(1));
    if let (Some(tpp), Some(unit), Some(quantity)) = (line.tpp, unit, quantity) {
        let shift = unit.times(quantity).thousandths() - tpp.thousandths();
        for rule in &program.accounts {
            facts.set_if(rule.fact, facts.get(rule.fact).map(|after| after + shift));
        }
    }
    Some(facts)
}
