//! The space that diagrams are over: an axis for each fact that some program reads, cut into the cells that it can tell apart.

use std::collections::BTreeSet;

use tollgate_law::facts::{self, FACTS, FactId, FactKind, Facts};
use tollgate_law::program::Program;
use tollgate_model::{Country, Ratio, never};

/// The facts that some programs read, and the cells that they can tell apart.
///
/// What a shipper claims, and the readings, are not part of the space: nothing is claimed, and readings are as each policy
/// takes them.
#[derive(Clone, Debug)]
pub struct Space {
    pub(super) axes: Vec<Axis>,
}

#[derive(Clone, Debug)]
pub(super) struct Axis {
    pub(super) fact: FactId,
    /// A value of each cell, with its denominator where it is a fraction.
    pub(super) cells: Vec<(i64, i64)>,
}

impl Space {
    /// The space of the facts that any of the programs reads.
    pub fn of(programs: &[&Program]) -> Space {
        let mut read = BTreeSet::new();
        for program in programs {
            read.extend((0..program.atom_count()).filter_map(|atom| program.atom_fact(atom)));
        }
        let skipped = |fact: &FactId| matches!(fact.def().kind, FactKind::Reading) || *fact == facts::CLAIM;
        let facts = (0..).map_while(|slot| (usize::from(slot) < FACTS.len()).then_some(FactId(slot)));
        let axes = facts.filter(|fact| read.contains(fact) && !skipped(fact));
        Space { axes: axes.map(|fact| Axis { fact, cells: cells(programs, fact) }).collect() }
    }

    /// How many cells the space has along each fact.
    pub fn sizes(&self) -> Vec<(FactId, usize)> {
        self.axes.iter().map(|axis| (axis.fact, axis.cells.len())).collect()
    }

    /// The place of a fact's axis, where some program reads it.
    pub(super) fn axis_of(&self, fact: FactId) -> Option<usize> {
        self.axes.iter().position(|axis| axis.fact == fact)
    }

    /// Facts in a cell given by its place along some axes, and at the first place along the others.
    pub(super) fn facts(&self, program: &Program, places: &[(usize, usize)]) -> Facts {
        let mut facts = Facts::default();
        let mut chosen = vec![0; self.axes.len()];
        for (axis, place) in places {
            if let Some(slot) = chosen.get_mut(*axis) {
                *slot = *place;
            }
        }
        for (axis, place) in self.axes.iter().zip(chosen) {
            if let Some((value, denominator)) = axis.cells.get(place) {
                set(&mut facts, axis.fact, *value, *denominator);
            }
        }
        facts.set(facts::CLAIM, 0);
        crate::determine::with_readings(program, &mut facts);
        facts
    }

    /// A cell of an axis as a person reads it: the range of a number, the countries or words of a class.
    pub fn describe(&self, programs: &[&Program], fact: FactId, places: &[usize]) -> String {
        let Some(axis) = self.axes.iter().find(|axis| axis.fact == fact) else { return String::new() };
        let texts: Vec<String> = match fact.def().kind {
            FactKind::Country => {
                let mut members: Vec<String> = Vec::new();
                let classes: Vec<Vec<bool>> = places
                    .iter()
                    .filter_map(|place| axis.cells.get(*place))
                    .map(|(value, _)| class(programs, fact, *value))
                    .collect();
                let all = Country::all().map(|country| (i64::from(country.index()), country.code()));
                for (index, code) in all.chain([(facts::NO_COUNTRY, "none")]) {
                    if classes.contains(&class(programs, fact, index)) {
                        members.push(code.to_owned());
                    }
                }
                return summary(&members);
            }
            FactKind::Word(words) => {
                let classes: Vec<Vec<bool>> = places
                    .iter()
                    .filter_map(|place| axis.cells.get(*place))
                    .map(|(value, _)| class(programs, fact, *value))
                    .collect();
                let indexed = (0_i64..).zip(words.iter());
                indexed
                    .filter(|(index, _)| classes.contains(&class(programs, fact, *index)))
                    .map(|(_, word)| (*word).to_owned())
                    .collect()
            }
            FactKind::Bool => places.iter().map(|place| (*place == 1).to_string()).collect(),
            _ => return range(axis, places),
        };
        texts.join(", ")
    }
}

fn summary(members: &[String]) -> String {
    if members.len() <= 30 {
        return members.join(" ");
    }
    let shown: Vec<&str> = members.iter().take(12).map(String::as_str).collect();
    format!("{} and {} more", shown.join(" "), members.len() - 12)
}

/// Cells of a number are its thresholds and what lies between; neighboring ones are joined.
fn range(axis: &Axis, places: &[usize]) -> String {
    let text = |place: usize| {
        let mut facts = Facts::default();
        if let Some((value, denominator)) = axis.cells.get(place).copied() {
            set(&mut facts, axis.fact, value, denominator);
        }
        crate::fact_text(&facts, axis.fact).unwrap_or_else(|| {
            never!("an axis of {} has no cell {place}", axis.fact.def().name);
            "unknown".to_owned()
        })
    };
    let (Some(first), Some(last)) = (places.first().copied(), places.last().copied()) else { return String::new() };
    if places.len() != last + 1 - first {
        return places.iter().map(|place| range(axis, &[*place])).collect::<Vec<_>>().join(", ");
    }
    let end = last + 1 >= axis.cells.len();
    match (first == 0, end) {
        (true, true) => "any".to_owned(),
        (true, false) => format!("below {}", text(last + 1)),
        (false, true) => format!("{} or more", text(first)),
        (false, false) => format!("{} to below {}", text(first), text(last + 1)),
    }
}

pub(super) fn set(facts: &mut Facts, fact: FactId, value: i64, denominator: i64) {
    facts.set(fact, value);
    if matches!(fact.def().kind, FactKind::Ratio(_)) {
        facts.set(fact.denominator(), denominator);
    }
}

fn class(programs: &[&Program], fact: FactId, index: i64) -> Vec<bool> {
    let atoms = programs.iter().flat_map(|program| &program.members).filter(|atom| atom.fact == fact);
    atoms.map(|atom| atom.holds(index)).collect()
}

fn cells(programs: &[&Program], fact: FactId) -> Vec<(i64, i64)> {
    match fact.def().kind {
        FactKind::Bool | FactKind::Reading => vec![(0, 1), (1, 1)],
        FactKind::Int(_) | FactKind::Denominator => {
            let atoms = programs.iter().flat_map(|program| &program.thresholds).filter(|atom| atom.fact == fact);
            let thresholds: BTreeSet<i64> = atoms.map(|atom| atom.threshold).collect();
            let below = thresholds.first().map_or(0, |first| (first - 1).min(0));
            std::iter::once(below).chain(thresholds).map(|value| (value, 1)).collect()
        }
        FactKind::Ratio(_) => ratio_cells(programs, fact),
        FactKind::Country => {
            let all = Country::all().map(|country| i64::from(country.index())).chain([facts::NO_COUNTRY]);
            distinct(programs, fact, all)
        }
        FactKind::Word(words) => distinct(programs, fact, (0..).take(words.len())),
    }
}

fn distinct(programs: &[&Program], fact: FactId, indices: impl Iterator<Item = i64>) -> Vec<(i64, i64)> {
    let mut classes = BTreeSet::new();
    indices.filter(|index| classes.insert(class(programs, fact, *index))).map(|index| (index, 1)).collect()
}

/// Below the first threshold, then each threshold itself, and just above it where some test is strict there.
fn ratio_cells(programs: &[&Program], fact: FactId) -> Vec<(i64, i64)> {
    let atoms = programs.iter().flat_map(|program| &program.ratios).filter(|atom| atom.fact == fact);
    let mut thresholds: Vec<(Ratio, bool)> =
        atoms.map(|atom| (Ratio { num: atom.over, den: atom.under }, atom.strict)).collect();
    let order = |a: &Ratio, b: &Ratio| a.compare(*b).unwrap_or(std::cmp::Ordering::Equal);
    thresholds.sort_by(|(a, strict_a), (b, strict_b)| order(a, b).then(strict_a.cmp(strict_b)));
    thresholds.dedup_by(|(a, strict_a), (b, strict_b)| order(a, b).is_eq() && strict_a == strict_b);
    let mut cells = vec![(0, 1)];
    for (at, (threshold, strict)) in thresholds.iter().enumerate() {
        if !strict {
            cells.push((threshold.num, threshold.den));
            continue;
        }
        let above =
            thresholds.get(at + 1..).and_then(|rest| rest.iter().find(|(other, _)| order(other, threshold).is_gt()));
        let cell = match above {
            Some((next, _)) => (threshold.num.saturating_add(next.num), threshold.den.saturating_add(next.den)),
            None => (threshold.num.saturating_mul(2).saturating_add(1), threshold.den.saturating_mul(2)),
        };
        cells.push(cell);
    }
    cells
}
