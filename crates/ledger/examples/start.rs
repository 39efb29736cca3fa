//! Measures a start: `start FILE.sqlite RECORDS BYTES`. Makes a ledger of so many records where there is no such file, of each three a decision of so
//! many bytes, a reservation and what went of it; then prints the seconds and the memory of a start from the whole log, of a snapshot, and of a start from
//! that; and of the first checkpoint. With `start FILE.sqlite` alone, of a start from the snapshot, with checkpoints, and of a thousand records on top of it.
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
use tollgate_ledger::{
    AccountKey, Command, Entry, KeyKind, Ledger, Period, Publisher, SecretKey, SnapshotFolder, SnapshotMark, SqliteLog,
};

/// Entries that are committed together.
const BATCH: u64 = 5_000;

fn key(holder: u64) -> AccountKey {
    AccountKey { rule: "lpp".into(), holder: format!("holder-{holder}"), country: None, period: Period::Year(2026) }
}

fn note(kind: &str, id: String, data: String) -> Entry {
    Entry::Note { kind: kind.into(), actor: "clock".into(), id, data: RawValue::from_string(data).unwrap() }
}

fn entry(number: u64, text: &str) -> Entry {
    let (day, order) = ("2026-03-01".parse().unwrap(), number - number % 3);
    let command = match number % 3 {
        _ if number < 1_000 => Command::Limit {
            id: format!("l{number}"),
            account: key(number),
            from: "2026-01-01".parse().unwrap(),
            amount_milli_tpp: None,
            provision: "740.29".into(),
        },
        0 => {
            return note("decision", format!("order-{order}/1"), format!("{{\"text\":\"{text}\"}}"));
        }
        1 => Command::Reserve {
            id: format!("order-{order}/reserve"),
            accounts: vec![key(order % 1_000)],
            amount_milli_tpp: 2,
            day,
            expires_at_ms: 86_400_000,
        },
        // What the last orders set aside has not gone yet.
        _ => Command::Post {
            id: format!("order-{order}/ship"),
            reservation: format!("order-{order}/reserve"),
            amount_milli_tpp: None,
            day,
            last: true,
        },
    };
    Entry::Command { actor: "officer".into(), command }
}

/// The memory of this process now, in MiB.
fn resident_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches("kB").trim().parse::<u64>().unwrap() / 1024
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    println!("{what}: {:.2} s, {} MiB of memory", start.elapsed().as_secs_f64(), resident_mib());
    done
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((file, rest)) = arguments.split_first() else { panic!("start FILE.sqlite [RECORDS BYTES]") };
    let path = Path::new(file);
    let folder = SnapshotFolder::new(&path.with_extension("snapshots"));
    if let [records, bytes] = rest {
        make(path, records.parse().unwrap(), bytes.parse().unwrap());
        let mut ledger = timed("start from the whole log", || Ledger::open(SqliteLog::open(path).unwrap()).unwrap());
        let mark = timed("snapshot", || ledger.write_snapshot(&folder).unwrap());
        ledger.record(1, &[note(SnapshotMark::KIND, mark.id(), "{}".into())]).unwrap();
        SecretKey::make("example.com/start", KeyKind::Log).unwrap().write(&path.with_extension("key")).unwrap();
        timed("first checkpoint", || publish(path));
        return;
    }
    let (mut ledger, opening) =
        timed("start from the snapshot", || Ledger::open_from(SqliteLog::open(path).unwrap(), &folder).unwrap());
    println!("{} records, {opening:?}", ledger.head().seq);
    timed("the next checkpoint", || publish(path));
    let head = ledger.head().seq;
    let more: Vec<Entry> = (0..1_000).map(|number| note("run", format!("run-{head}-{number}"), "{}".into())).collect();
    timed("a thousand records", || ledger.record(1, &more).unwrap());
}

/// Goes on from the checkpoints beside a ledger's file, and signs one more.
fn publish(path: &Path) {
    let key = SecretKey::read(&path.with_extension("key")).unwrap();
    let mut publisher = Publisher::open(&path.with_extension("signed"), Box::new(key)).unwrap();
    publisher.publish(&mut SqliteLog::open(path).unwrap()).unwrap();
}

/// A ledger of so many records, with texts of so many bytes.
fn make(path: &Path, records: u64, bytes: usize) {
    if path.exists() {
        return;
    }
    let text = "x".repeat(bytes);
    let mut ledger = Ledger::open(SqliteLog::open(path).unwrap()).unwrap();
    for from in (0..records).step_by(usize::try_from(BATCH).unwrap()) {
        let entries: Vec<Entry> = (from..(from + BATCH).min(records)).map(|number| entry(number, &text)).collect();
        ledger.record(1, &entries).unwrap();
    }
}
