//! The small determination: rows, the hand-written function, our law file, and the same policy in Rego.

use std::sync::Arc;

use tollgate_law::facts::{self, Facts};
use tollgate_law::program::{Label, Program};
use tollgate_law::{Law, embedded};
use tollgate_model::{Country, Outcome, ReviewPolicy};

/// One shipment.
#[derive(Clone, Copy)]
pub(crate) struct Row {
    tpp: i64,
    /// Hundredths of mm2.
    area: i64,
    data_center: bool,
    /// 1, 2 or 3.
    dest: u8,
    hq: u8,
    ytd: i64,
    quantity: i64,
}

impl Row {
    /// As the peers in Python read it.
    pub(crate) fn csv(&self) -> String {
        let numbers = [self.tpp, self.area, i64::from(self.data_center), i64::from(self.dest), i64::from(self.hq), self.ytd, self.quantity, i64::from(hand(self))];
        numbers.map(|number| number.to_string()).join(",")
    }

    pub(crate) fn json(&self) -> String {
        format!(
            "{{\"tpp\":{},\"area\":{},\"dc\":{},\"dest\":{},\"hq\":{},\"ytd\":{},\"quantity\":{}}}",
            self.tpp, self.area, self.data_center, self.dest, self.hq, self.ytd, self.quantity
        )
    }
}

/// Boundary-heavy rows: a quarter of the chips on a threshold, a tenth of the rows at the limit.
pub(crate) fn rows(count: usize) -> Vec<Row> {
    let mut state = 42_u64;
    let mut next = move |below: u64| {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % below
    };
    (0..count)
        .map(|_| {
            let edge = [1600, 2400, 4800][next(3) as usize];
            let tpp = if next(4) == 0 { edge - 1 + next(3) as i64 } else { 500 + next(40_000) as i64 };
            let quantity = 1 + next(64) as i64;
            let ytd = if next(10) == 0 { 26_900_000 - quantity * tpp - 1 + next(3) as i64 } else { next(30_000_000) as i64 };
            Row { tpp, area: 10_000 + next(80_000) as i64, data_center: next(4) > 0, dest: 1 + next(3) as u8, hq: 1 + next(3) as u8, ytd: ytd.max(0), quantity }
        })
        .collect()
}

/// 0 no license; 1 AIA; 2 LPP; 3 license, approval presumed; 4 license, denial presumed.
#[inline(never)]
pub(crate) fn hand(row: &Row) -> u8 {
    let at_least = |over: i64| row.area > 0 && row.tpp * 10_000 >= over * row.area;
    let a = row.tpp >= 4800 || (row.tpp >= 1600 && at_least(592));
    let b = !a && ((row.tpp >= 2400 && at_least(160)) || (row.tpp >= 1600 && at_least(320)));
    if (!row.data_center && row.tpp < 4800) || !(a || b) {
        return 0;
    }
    match row.dest.max(row.hq) {
        1 => 1,
        3 => 4,
        _ if b => 0,
        _ if row.ytd + row.quantity * row.tpp <= 26_900_000 => 2,
        _ => 3,
    }
}

const COUNTRIES: [&str; 3] = ["DE", "CH", "CN"];

fn country(tier: u8) -> i64 {
    static INDEX: std::sync::OnceLock<[i64; 3]> = std::sync::OnceLock::new();
    let index = INDEX.get_or_init(|| COUNTRIES.map(|code| i64::from(code.parse::<Country>().expect("a country").index())));
    index[usize::from(tier - 1)]
}

/// The facts that the small law reads; making them is part of what is timed.
pub(crate) fn facts(row: &Row) -> Facts {
    let mut facts = Facts::default();
    facts.set(facts::IC_TPP, row.tpp * 1000);
    facts.set(facts::IC_DENSITY, row.tpp * 100);
    facts.set(facts::IC_DENSITY_DEN, row.area);
    facts.set(facts::IC_DATA_CENTER, i64::from(row.data_center));
    facts.set(facts::DESTINATION, country(row.dest));
    facts.set(facts::CONSIGNEE_HQ, country(row.hq));
    facts.set(facts::LPP_AFTER, (row.ytd + row.quantity * row.tpp) * 1000);
    facts.set(facts::CLAIM, 0);
    facts
}

pub(crate) fn outcome_of(program: &Program, label: Label) -> u8 {
    match (label.outcome, label.review) {
        (Outcome::NoLicenseRequired, _) => 0,
        (Outcome::LicenseException, _) => match label.exception.map(|at| program.exceptions[usize::from(at)].name.as_str()) {
            Some("AIA") => 1,
            _ => 2,
        },
        (_, Some(ReviewPolicy::PresumptionOfApproval)) => 3,
        _ => 4,
    }
}

/// The small determination as a law file of its own.
pub(crate) fn law() -> Arc<Law> {
    let kept = |path: &str| ["sources.toml", "readings.toml", "ear/country-groups.toml", "ear/derived-groups.toml"].contains(&path);
    let mut files: Vec<(&str, &str)> = embedded().iter().copied().filter(|(path, _)| kept(path)).collect();
    files.push(("ear/small.toml", include_str!("small.toml")));
    files.push(("policies/small.toml", "title = \"the small determination\""));
    Law::read(files).unwrap_or_else(|errors| panic!("{errors}"))
}

pub(crate) const REGO: &str = r#"package small
import rego.v1

density_at_least(over) if { input.area > 0; input.tpp * 10000 >= over * input.area }
default a := false
a if input.tpp >= 4800
a if { input.tpp >= 1600; density_at_least(592) }
default b := false
b if { not a; input.tpp >= 2400; density_at_least(160) }
b if { not a; input.tpp >= 1600; density_at_least(320) }
default out := false
out if { not input.dc; input.tpp < 4800 }
default class := "none"
class := "a" if { not out; a }
class := "b" if { not out; b }
tier := max([input.dest, input.hq])
default outcome := 0
outcome := 1 if { class != "none"; tier == 1 }
outcome := 4 if { class != "none"; tier == 3 }
outcome := 2 if { class == "a"; tier == 2; input.ytd + input.quantity * input.tpp <= 26900000 }
outcome := 3 if { class == "a"; tier == 2; input.ytd + input.quantity * input.tpp > 26900000 }
"#;
