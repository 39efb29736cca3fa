//! Measures a start: `start FILE.sqlite RECORDS BYTES`. Makes a ledger of so many records where there is no such file, every second one a decision of so
//! many bytes and the others reservations; then prints the seconds of a start from the whole log, of a snapshot, and of a start from that.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measuring program, not part of the program"
)]

use std::path::Path;
use std::time::Instant;

use serde_json::value::RawValue;
use tollgate_ledger::{AccountKey, Command, Entry, Ledger, Period, SnapshotFolder, SnapshotMark, SqliteLog};

/// Entries that are committed together.
const BATCH: u64 = 5_000;

fn key(holder: u64) -> AccountKey {
    AccountKey { rule: "lpp".into(), holder: format!("holder-{holder}"), country: None, period: Period::Year(2026) }
}

fn note(kind: &str, id: String, data: String) -> Entry {
    Entry::Note { kind: kind.into(), actor: "clock".into(), id, data: RawValue::from_string(data).unwrap() }
}

fn entry(number: u64, text: &str) -> Entry {
    let day = "2026-03-01".parse().unwrap();
    let command = match number {
        0..1_000 => Command::Limit {
            id: format!("l{number}"),
            account: key(number),
            from: "2026-01-01".parse().unwrap(),
            amount_milli_tpp: None,
            provision: "740.29".into(),
        },
        _ if number.is_multiple_of(2) => {
            return note("decision", format!("order-{number}/1"), format!("{{\"text\":\"{text}\"}}"));
        }
        _ => Command::Reserve {
            id: format!("order-{number}/reserve"),
            accounts: vec![key(number % 1_000)],
            amount_milli_tpp: 1,
            day,
            expires_at_ms: i64::MAX,
        },
    };
    Entry::Command { actor: "officer".into(), command }
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    println!("{what}: {:.2} s", start.elapsed().as_secs_f64());
    done
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, records, bytes] = arguments.as_slice() else { panic!("start FILE.sqlite RECORDS BYTES") };
    let (path, records, bytes) = (Path::new(file), records.parse::<u64>().unwrap(), bytes.parse::<usize>().unwrap());
    let folder = SnapshotFolder::new(&path.with_extension("snapshots"));
    let text = "x".repeat(bytes);
    if !path.exists() {
        let mut ledger = Ledger::open(SqliteLog::open(path).unwrap()).unwrap();
        for from in (0..records).step_by(usize::try_from(BATCH).unwrap()) {
            let entries: Vec<Entry> = (from..(from + BATCH).min(records)).map(|number| entry(number, &text)).collect();
            ledger.record(1, &entries).unwrap();
        }
    }
    let mut ledger = timed("start from the whole log", || Ledger::open(SqliteLog::open(path).unwrap()).unwrap());
    let mark = timed("snapshot", || ledger.write_snapshot(&folder).unwrap());
    ledger.record(1, &[note(SnapshotMark::KIND, mark.id(), "{}".into())]).unwrap();
    drop(ledger);
    let (ledger, opening) =
        timed("start from the snapshot", || Ledger::open_from(SqliteLog::open(path).unwrap(), &folder).unwrap());
    println!("{} records, {opening:?}", ledger.head().seq);
}
