//! Decisions a second of the same small license determination, one thread, one run.
//!
//! The small determination is that of the field survey (`rules-and-ledgers`, section C): three tiers, two grades,
//! one yearly limit. Every engine is checked against the hand-written function before it is timed.

mod small;

use std::hint::black_box;
use std::time::Instant;

use tollgate_engine::{Scratch, Verdict, verdict};
use tollgate_law::program::Program;

const ROWS: usize = 100_000;

fn main() {
    let rows = small::rows(ROWS);
    if let Some(path) = std::env::args().skip_while(|argument| argument != "--cases").nth(1) {
        let lines: Vec<String> = rows.iter().map(small::Row::csv).collect();
        std::fs::write(path, format!("tpp,area,dc,dest,hq,ytd,quantity,expected\n{}\n", lines.join("\n"))).expect("a file that can be written");
    }
    let expected: Vec<u8> = rows.iter().map(small::hand).collect();
    let hand = per_second(ROWS, || rows.iter().map(|row| u64::from(small::hand(black_box(row)))).sum::<u64>());
    let interpreter = regorus(&rows, &expected);
    let regorus = regorus_machine(&rows, &expected);
    let law = small::law();
    let policy = law.policy("small").expect("the small policy is good");
    let program = policy.program("2025-06-01".parse().expect("a day"));
    let scalar = ours(program, &rows, &expected);
    println!("the same small determination, decisions a second on one thread");
    for (name, speed) in [("hand-written Rust", hand), ("Tollgate scalar, atom mask", scalar), ("regorus, virtual machine", regorus), ("regorus, compiled policy", interpreter)] {
        println!("  {name:<28} {:>12.0}  {:>8.1} x regorus  {:>6.1} x slower than by hand", speed, speed / regorus, hand / speed);
    }
}

/// The best of three runs of at least half a second each.
fn per_second(rows: usize, mut run: impl FnMut() -> u64) -> f64 {
    let mut best = 0.0_f64;
    for _ in 0..3 {
        let (start, mut rounds) = (Instant::now(), 0);
        while start.elapsed().as_secs_f64() < 0.5 {
            black_box(run());
            rounds += 1;
        }
        best = best.max((rounds * rows) as f64 / start.elapsed().as_secs_f64());
    }
    best
}

fn ours(program: &Program, rows: &[small::Row], expected: &[u8]) -> f64 {
    let mut scratch = Scratch::default();
    let decide = |row: &small::Row, scratch: &mut Scratch| match verdict(program, &small::facts(row), scratch) {
        Verdict::Settled(label) => small::outcome_of(program, label),
        Verdict::Open(_) => u8::MAX,
    };
    let wrong = rows.iter().zip(expected).filter(|(row, want)| decide(row, &mut scratch) != **want).count();
    assert_eq!(wrong, 0, "scalar");
    per_second(ROWS, || {
        let mut sum = 0;
        for row in rows {
            sum += u64::from(decide(black_box(row), &mut scratch));
            sum ^= scratch.mask().holds.first().copied().unwrap_or(0);
        }
        sum
    })
}

/// The same in regorus' other interpreter, its virtual machine.
fn regorus_machine(rows: &[small::Row], expected: &[u8]) -> f64 {
    let module = regorus::PolicyModule { id: "small.rego".into(), content: small::REGO.into() };
    let compiled = regorus::compile_policy_with_entrypoint(regorus::Value::new_object(), &[module], "data.small.outcome".into()).expect("the policy compiles");
    let program = regorus::languages::rego::compiler::Compiler::compile_from_policy(&compiled, &["data.small.outcome"]).expect("a program");
    let mut machine = regorus::rvm::RegoVM::new();
    machine.load_program(program);
    let inputs: Vec<regorus::Value> = rows.iter().take(20_000).map(|row| regorus::Value::from_json_str(&row.json()).expect("JSON")).collect();
    let mut decide = |input: &regorus::Value| {
        machine.set_input(input.clone());
        machine.execute().ok().and_then(|value| value.as_u64().ok())
    };
    let wrong = inputs.iter().zip(expected).take(2000).filter(|(input, want)| decide(input) != Some(u64::from(**want)));
    assert_eq!(wrong.count(), 0, "regorus, virtual machine");
    per_second(inputs.len(), || inputs.iter().map(|input| decide(input).unwrap_or(0)).sum())
}

fn regorus(rows: &[small::Row], expected: &[u8]) -> f64 {
    let mut engine = regorus::Engine::new();
    engine.add_policy("small.rego".to_owned(), small::REGO.to_owned()).expect("the policy parses");
    let compiled = engine.compile_with_entrypoint(&"data.small.outcome".into()).expect("the policy compiles");
    let inputs: Vec<regorus::Value> = rows.iter().take(20_000).map(|row| regorus::Value::from_json_str(&row.json()).expect("JSON")).collect();
    let wrong = inputs.iter().zip(expected).take(2000).filter(|(input, want)| {
        let got = compiled.eval_with_input((*input).clone()).expect("evaluates");
        got.as_u64().ok() != Some(u64::from(**want))
    });
    assert_eq!(wrong.count(), 0, "regorus");
    per_second(inputs.len(), || inputs.iter().map(|input| compiled.eval_with_input(input.clone()).map_or(0, |value| value.as_u64().unwrap_or(0))).sum())
}
