//! Many orders at a time: 64 rows to a word, each literal as two bit planes.

use tollgate_law::facts::{FactId, SLOTS};
use tollgate_law::program::{Label, Lit, Program};

/// A column of facts.
#[derive(Clone, Copy, Debug)]
pub enum Column<'a> {
    /// The same value in every row.
    Constant(i64),
    /// A value for each row.
    Values(&'a [i64]),
    /// A value for each row, and whether it is known.
    Holes(&'a [i64], &'a [bool]),
}

/// The facts of many rows, by column; a fact without a column is unknown in all of them.
#[derive(Clone, Debug)]
pub struct Columns<'a> {
    rows: usize,
    columns: [Option<Column<'a>>; SLOTS],
}

impl<'a> Columns<'a> {
    /// So many rows, of which nothing is known yet.
    pub fn new(rows: usize) -> Columns<'a> {
        Columns { rows, columns: [None; SLOTS] }
    }

    /// Gives a fact its column.
    pub fn set(&mut self, fact: FactId, column: Column<'a>) {
        if let Some(slot) = self.columns.get_mut(fact.slot()) {
            *slot = Some(column);
        }
    }

    fn get(&self, slot: usize) -> Option<Column<'a>> {
        self.columns.get(slot).copied().flatten()
    }
}

/// 64 rows of a literal: where it certainly holds, and where it may.
#[derive(Clone, Copy, Debug, Default)]
struct Planes {
    holds: u64,
    may: u64,
}

/// Decides every row: its label, or `None` where the unknown facts leave it open to [`crate::determine()`].
pub fn decide(program: &Program, columns: &Columns<'_>) -> Vec<Option<Label>> {
    let mut labels = Vec::with_capacity(columns.rows);
    let mut places = Vec::new();
    decide_places(program, columns, &mut places);
    labels.extend(places.iter().map(|place| program.decision.get(usize::from(*place)).map(|rule| rule.label)));
    labels
}

/// As [`decide`], giving the place in the decision list, or [`u16::MAX`] where it is open.
pub fn decide_places(program: &Program, columns: &Columns<'_>, places: &mut Vec<u16>) {
    places.clear();
    places.reserve(columns.rows);
    let mut nodes: Vec<Planes> = Vec::with_capacity(program.node_count());
    let mut start = 0;
    while start < columns.rows {
        let rows = (columns.rows - start).min(64);
        nodes.clear();
        nodes.push(Planes { holds: u64::MAX, may: u64::MAX });
        atoms(program, columns, start, rows, &mut nodes);
        for (a, b) in program.gates.get(..program.decision_gates).unwrap_or_default() {
            let (a, b) = (literal(&nodes, *a), literal(&nodes, *b));
            nodes.push(Planes { holds: a.holds & b.holds, may: a.may & b.may });
        }
        first_that_hold(program, &nodes, rows, places);
        start += rows;
    }
}

fn literal(nodes: &[Planes], lit: Lit) -> Planes {
    let planes = nodes.get(lit.node()).copied().unwrap_or(Planes { holds: 0, may: u64::MAX });
    if lit.negated() { Planes { holds: !planes.may, may: !planes.holds } } else { planes }
}

fn atoms(program: &Program, columns: &Columns<'_>, start: usize, rows: usize, nodes: &mut Vec<Planes>) {
    for atom in &program.thresholds {
        let threshold = atom.threshold;
        nodes.push(planes(columns.get(atom.fact.slot()), start, rows, |value| value >= threshold));
    }
    for atom in &program.members {
        nodes.push(planes(columns.get(atom.fact.slot()), start, rows, |value| atom.holds(value)));
    }
    for atom in &program.ratios {
        let slot = atom.fact.slot();
        nodes
            .push(ratio_planes(columns.get(slot), columns.get(slot + 1), start, rows, |num, den| atom.holds(num, den)));
    }
}

fn planes(column: Option<Column<'_>>, start: usize, rows: usize, test: impl Fn(i64) -> bool) -> Planes {
    match column {
        None => Planes { holds: 0, may: u64::MAX },
        Some(Column::Constant(value)) => {
            let all = if test(value) { u64::MAX } else { 0 };
            Planes { holds: all, may: all }
        }
        Some(Column::Values(values)) => {
            let word = word(part(values, start, rows).iter().map(|value| test(*value)));
            Planes { holds: word, may: word }
        }
        Some(Column::Holes(values, known)) => {
            let word = word(part(values, start, rows).iter().map(|value| test(*value)));
            with_holes(word, known, start, rows)
        }
    }
}

fn ratio_planes(
    num: Option<Column<'_>>,
    den: Option<Column<'_>>,
    start: usize,
    rows: usize,
    test: impl Fn(i64, i64) -> bool,
) -> Planes {
    match (num, den) {
        (Some(Column::Values(num)), Some(Column::Values(den))) => {
            let pairs = part(num, start, rows).iter().zip(part(den, start, rows));
            let word = word(pairs.map(|(num, den)| test(*num, *den)));
            Planes { holds: word, may: word }
        }
        (Some(Column::Holes(num, known)), Some(Column::Holes(den, _) | Column::Values(den))) => {
            let pairs = part(num, start, rows).iter().zip(part(den, start, rows));
            with_holes(word(pairs.map(|(num, den)| test(*num, *den))), known, start, rows)
        }
        (Some(Column::Constant(num)), Some(Column::Constant(den))) => {
            let all = if test(num, den) { u64::MAX } else { 0 };
            Planes { holds: all, may: all }
        }
        _ => Planes { holds: 0, may: u64::MAX },
    }
}

fn with_holes(word: u64, known: &[bool], start: usize, rows: usize) -> Planes {
    let known = self::word(part(known, start, rows).iter().copied());
    Planes { holds: word & known, may: word | !known }
}

fn part<T>(values: &[T], start: usize, rows: usize) -> &[T] {
    values.get(start..start + rows).unwrap_or_default()
}

fn word(bits: impl Iterator<Item = bool>) -> u64 {
    bits.enumerate().fold(0, |word, (place, bit)| word | u64::from(bit) << (place & 63))
}

/// The first rule of the decision list that certainly holds, unless an earlier one with another label may.
fn first_that_hold(program: &Program, nodes: &[Planes], rows: usize, places: &mut Vec<u16>) {
    let mut chosen = [u16::MAX; 64];
    let mut left = if rows == 64 { u64::MAX } else { (1_u64 << rows) - 1 };
    let mut maybe: [u16; 64] = [u16::MAX; 64];
    let mut any_maybe = 0_u64;
    for (place, rule) in program.decision.iter().enumerate() {
        let planes = literal(nodes, rule.when);
        let place = u16::try_from(place).unwrap_or(u16::MAX);
        let same =
            |earlier: u16| program.decision.get(usize::from(earlier)).is_some_and(|other| other.label == rule.label);
        let mut take = planes.holds & left;
        left &= !take;
        while take != 0 {
            let row = take.trailing_zeros();
            take &= take - 1;
            let at = usize::try_from(row).unwrap_or(0);
            let earlier = maybe.get(at).copied().unwrap_or(u16::MAX);
            if let Some(slot) = chosen.get_mut(at)
                && (any_maybe >> row & 1 == 0 || same(earlier))
            {
                *slot = place;
            }
        }
        let mut open = planes.may & !planes.holds & left;
        while open != 0 {
            let row = open.trailing_zeros();
            open &= open - 1;
            let at = usize::try_from(row).unwrap_or(0);
            if any_maybe >> row & 1 == 0 {
                if let Some(slot) = maybe.get_mut(at) {
                    *slot = place;
                }
                any_maybe |= 1 << row;
            } else if !maybe.get(at).is_some_and(|earlier| same(*earlier)) {
                left &= !(1 << row);
            }
        }
        if left == 0 {
            break;
        }
    }
    places.extend(chosen.iter().take(rows));
}
