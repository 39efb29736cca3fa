//! Decisions a second by the whole law of a day, one thread: by evaluation, found again by their masks, and with the steps of the trace.
//!
//! `cargo run --profile bench --package tollgate-engine --example evaluation`
#![expect(
    clippy::disallowed_methods,
    clippy::float_arithmetic,
    clippy::print_stdout,
    reason = "a measuring program, which no other is made of"
)]

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use tollgate_engine::{Memo, Scratch, Verdict, trace, verdict, with_readings};
use tollgate_law::Law;
use tollgate_law::facts::{self, FACTS, FactId, FactKind, Facts};
use tollgate_law::program::Program;
use tollgate_model::Country;

const ORDERS: usize = 20_000;

fn main() -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    let law = Law::embedded().map_err(|errors| errors.to_string())?;
    let policy = law.policy("codified").map_err(|errors| errors.to_string())?;
    let program = policy.program("2026-08-01".parse()?);
    say(&format!(
        "the whole law ({} atoms, {} gates, {} of them for the decision)",
        program.atom_count(),
        program.gates.len(),
        program.decision_gates
    ));
    say(&format!("  loaded, with one day of one policy, in {:.1} ms", start.elapsed().as_secs_f64() * 1e3));
    let rows: Vec<Facts> = (1..).map_while(|seed| order(program, seed)).take(ORDERS).collect();
    let mut scratch = Scratch::default();
    let evaluated = per_second(&rows, |row| {
        let settled = matches!(verdict(program, black_box(row), &mut scratch), Verdict::Settled(_));
        u64::from(settled) ^ scratch.mask().holds.first().copied().unwrap_or(0)
    });
    let mut memo = Memo::default();
    let found = per_second(&rows, |row| {
        let judged = memo.judge(0, program, black_box(row), |_, _| ());
        judged.determination.readings.len() as u64 ^ judged.scratch.mask().holds.first().copied().unwrap_or(0)
    });
    let traced = per_second(&rows, |row| {
        let judged = memo.judge(0, program, black_box(row), |_, _| ());
        trace(program, &judged.determination, &judged.scratch).len() as u64
    });
    for (what, rate) in [("by evaluation", evaluated), ("found by mask", found), ("with the trace", traced)] {
        say(&format!("  {what:<16}{rate:>12.0} a second"));
    }
    Ok(())
}

fn say(text: &str) {
    println!("{text}");
}

/// The best of three times half a second.
fn per_second(rows: &[Facts], mut decide: impl FnMut(&Facts) -> u64) -> f64 {
    let mut best = 0.0_f64;
    for _ in 0..3 {
        let (start, mut count) = (Instant::now(), 0_u32);
        while start.elapsed().as_secs_f64() < 0.5 {
            let sum = rows.iter().map(&mut decide).fold(0, u64::wrapping_add);
            black_box(sum);
            count += 1;
        }
        best = best.max(f64::from(count) * rows.len() as f64 / start.elapsed().as_secs_f64());
    }
    best
}

/// An order like those that occur: an accelerator, a destination, parties of that country, few flags.
fn order(program: &Program, seed: u64) -> Option<Facts> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(1);
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 1).unwrap_or(0) % below
    };
    let mut facts = Facts::default();
    for (slot, def) in (0..).zip(FACTS) {
        facts.set(FactId(slot), if def.kind == FactKind::Country { facts::NO_COUNTRY } else { 0 });
    }
    let country = |code: &str| code.parse::<Country>().ok().map(|country| i64::from(country.index()));
    let place = country(["SG", "DE", "JP", "CN", "AE", "IN", "BR", "CH"].get(next(8))?)?;
    let chips = [
        (15_824_000, 814_000),
        (1_936_000, 294_000),
        (2_368_000, 814_000),
        (5_285_000, 608_500),
        (36_000_000, 1_628_000),
    ];
    let (tpp, area) = *chips.get(next(5))?;
    for fact in [facts::DESTINATION, facts::CONSIGNEE_COUNTRY, facts::CONSIGNEE_PLACE, facts::CONSIGNEE_HQ] {
        facts.set(fact, place);
    }
    facts.set(facts::ORIGIN, country("US")?);
    facts.set(facts::IC_TPP, tpp);
    facts.set(facts::IC_DENSITY, tpp);
    facts.set(facts::IC_DENSITY_DEN, area);
    facts.set(facts::IC_DATA_CENTER, i64::from(next(4) > 0));
    facts.set(facts::IC_DRAM, 4_800_000);
    facts.set(facts::END_USE, i64::try_from(1 + next(5)).ok()?);
    facts.set(facts::LPP_AFTER, i64::try_from(next(40_000_000_000)).ok()?);
    with_readings(program, &mut facts);
    Some(facts)
}
