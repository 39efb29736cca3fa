//! What a scenario must keep to beyond the form of each key: domains, units, sums, orders, and keys that its study does not read.

use std::collections::BTreeMap;

use tollgate_strict_toml::Table;

use super::constants::Limits;
use super::{AGENCY, ModelConstants, ParameterEntry, SchemeConstants, StudyKind, TENFOLD, TradeConstants};
use crate::distribution::Distribution;
use crate::model::parameters::Parameter;

/// What the numbers of the formula of training cost and of the agency can be, by name.
const NAMED_DOMAINS: [(&str, [f64; 2]); 20] = [
    ("tenfold.date", [1990.0, 2100.0]),
    ("tenfold.vintage", [1990.0, 2100.0]),
    ("tenfold.frontier_lag", [0.0, 50.0]),
    ("tenfold.price_doubling", [0.1, 100.0]),
    ("tenfold.energy_doubling", [0.1, 100.0]),
    ("tenfold.energy_share", [0.0, 1.0]),
    ("tenfold.precision", [0.01, 100.0]),
    ("tenfold.premium", [0.01, 100.0]),
    ("tenfold.utilization", [0.001, 1.0]),
    ("tenfold.electricity", [0.0, 100.0]),
    ("power.training", [0.01, 100.0]),
    ("power.data", [0.01, 100.0]),
    ("agency.checks", [0.0, 100_000.0]),
    ("agency.officers", [0.0, 100_000.0]),
    ("agency.officer_hours", [0.0, 8_784.0]),
    ("agency.check_hours", [0.01, 100_000.0]),
    ("agency.case_hours", [0.01, 10_000_000.0]),
    ("agency.tips", [0.0, 100.0]),
    ("agency.found", [0.0, 1.0]),
    ("agency.reviewers", [0.0, 1_000_000.0]),
];

/// What the numbers of each constant may be.
pub(super) fn constant_limits() -> impl Iterator<Item = &'static Limits> {
    ModelConstants::LIMITS.iter().chain(TradeConstants::LIMITS).chain(SchemeConstants::LIMITS)
}

/// The domain of a quantity that is no constant; none of a name that nothing has.
fn domain(name: &str) -> Option<[f64; 2]> {
    let model = Parameter::ALL.iter().find(|parameter| parameter.name() == name).map(|parameter| parameter.domain());
    model.or_else(|| NAMED_DOMAINS.iter().find(|(known, _)| *known == name).map(|(_, domain)| *domain))
}

/// What is wrong with the numbers of a quantity, and how to mend it.
pub(super) fn domain_fault(name: &str, entry: &ParameterEntry) -> Option<(String, String)> {
    if let Some(limits) = constant_limits().find(|limits| limits.key == name) {
        return limits.fault(&entry.distribution);
    }
    let ([least, greatest], [low, high]) = (domain(name)?, entry.distribution.ends());
    if low >= least && high <= greatest {
        return None;
    }
    let unit = &entry.unit;
    let mend = format!("write numbers from {least} to {greatest} {unit}");
    if let Distribution::Value(value) = entry.distribution {
        return Some((format!("`{name}` is {value}, not from {least} to {greatest} {unit}"), mend));
    }
    let end = if low < least { low } else { high };
    let what = format!("`{name}` can come to {end:.4}, which is not from {least} to {greatest} {unit}");
    Some((what, format!("{mend}, or cut it off with `within = [{least}, {greatest}]`")))
}

/// Whether a unit is the one that a quantity has: the whole of it, or its first words.
pub(super) fn unit_fits(written: &str, unit: &str) -> bool {
    let (written, unit) = (written.trim(), unit.trim());
    let first_words = unit.strip_prefix(written).is_some_and(|rest| rest.starts_with([' ', ',']));
    written == unit || first_words
}

/// Which number may not be above which.
const ORDERS: [(&str, &str); 5] = [
    ("world.buyer_least_h100e", "world.buyer_most_h100e"),
    ("world.heap_few", "world.heap_some"),
    ("world.heap_some", "world.heap_many"),
    ("world.floor_lot_h100e", "world.floor_lot_most_h100e"),
    ("detect.check_finds_from", "detect.surest"),
];

/// Which numbers may not come to more than 1 together.
const SUMS: [(&str, &str); 12] = [
    ("share.united_states", "share.tier2"),
    ("detect.check_finds_from", "detect.check_finds_width"),
    ("world.limit_part_from", "world.limit_part_width"),
    ("world.near_limit_from", "world.near_limit_width"),
    ("world.irregular_from", "world.irregular_width"),
    ("world.linked_part_from", "world.linked_part_width"),
    ("world.staged_part_from", "world.staged_part_width"),
    ("world.fronted_part_from", "world.fronted_part_width"),
    ("world.excused_part_from", "world.excused_part_width"),
    ("world.misdeclared_weight_from", "world.misdeclared_weight_width"),
    ("world.misdeclared_price_from", "world.misdeclared_price_width"),
    ("world.shell_part_from", "world.shell_part_width"),
];

/// What a scenario says of each quantity, and the lines of those that its file sets.
pub(super) struct Named<'a> {
    pub(super) entries: BTreeMap<&'static str, &'a ParameterEntry>,
    pub(super) lines: &'a BTreeMap<&'static str, usize>,
}

impl Named<'_> {
    fn line_of(&self, one: &str, other: &str) -> Option<usize> {
        self.lines.get(one).max(self.lines.get(other)).copied()
    }

    fn ends(&self, name: &str) -> Option<[f64; 2]> {
        self.entries.get(name).map(|entry| entry.distribution.ends())
    }

    /// Reports what does not go together, and what the study does not read.
    pub(super) fn check(&self, table: &Table<'_, '_>, kind: StudyKind) {
        for (lower, upper) in ORDERS {
            let Some(line) = self.line_of(lower, upper) else { continue };
            let (Some([_, low]), Some([high, _])) = (self.ends(lower), self.ends(upper)) else { continue };
            if low > high {
                let what = format!("`{lower}` ({low}) is above `{upper}` ({high})");
                table.report("wrong-order", line, what, format!("write `{lower}` no higher than `{upper}`"));
            }
        }
        for (one, other) in SUMS {
            let Some(line) = self.line_of(one, other) else { continue };
            let (Some([_, first]), Some([_, second])) = (self.ends(one), self.ends(other)) else { continue };
            let sum = first + second;
            if sum > 1.0 + 1e-9 {
                let what = format!("`{one}` and `{other}` can come to {sum:.4} together, which is more than the whole");
                let mend = format!("lower one of them, so that {first:.4} + {second:.4} is at most 1");
                table.report("shares-beyond-one", line, what, mend);
            }
        }
        for (name, line) in self.lines {
            if !read_by(kind, name) {
                let what = format!("this study does not read `{name}`");
                table.report(
                    "unread-key",
                    *line,
                    what,
                    "take it out, or write it in a scenario of the study that reads it",
                );
            }
        }
    }
}

/// Whether a kind of study reads a quantity.
fn read_by(kind: StudyKind, name: &str) -> bool {
    let of_world = name.starts_with("world.") || AGENCY.contains(&name);
    match kind {
        StudyKind::Tenfold => TENFOLD.contains(&name),
        StudyKind::World => !TENFOLD.contains(&name),
        _ => !of_world && !TENFOLD.contains(&name),
    }
}
