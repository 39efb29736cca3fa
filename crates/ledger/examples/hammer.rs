//! Puts a ledger under load: `hammer sqlite:FILE|postgres:URL|memory CLIENTS OPERATIONS [--tell] [--holders N] [--name N] [--checkpoints DIR]`.
//!
//! CLIENTS operations are in flight at any time, each a reservation or the posting of one. With `--tell`, the id of each that was answered is printed
//! as it is answered: what was told must still be there after a crash. Else the operations a second are printed. Names are the same for the same
//! `--name`, so that a second run says again what the first said. With `--checkpoints`, the log is signed into the folder every second meanwhile.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    clippy::float_arithmetic,
    reason = "a measuring program, not part of the product"
)]

use std::io::Write;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tollgate_ledger::{
    AccountKey, AnyLog, Command, Entry, KeyKind, Ledger, Log, MemoryLog, Period, PostgresLog, Publisher, SecretKey,
    SqliteLog, Status, Writer,
};

/// Time between two checkpoints.
const CHECKPOINT_PERIOD: Duration = Duration::from_secs(1);

fn clock() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

fn believed() -> Result<i64, String> {
    Ok(clock())
}

struct Load {
    clients: usize,
    operations: usize,
    holders: usize,
    name: String,
    tell: bool,
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let value = |flag: &str| words.iter().position(|word| word == flag).map(|at| words[at + 1].clone());
    let load = Load {
        clients: words[1].parse().unwrap(),
        operations: words[2].parse().unwrap(),
        holders: value("--holders").map_or(10_000, |holders| holders.parse().unwrap()),
        name: value("--name").unwrap_or_else(|| "n".to_owned()),
        tell: words.iter().any(|word| word == "--tell"),
    };
    let log = open(&words[0]);
    let (end, ended) = channel::<()>();
    let signing = value("--checkpoints").map(|folder| {
        let log = open(&words[0]);
        std::thread::spawn(move || sign(folder.as_ref(), log, &ended))
    });
    run(&load, log);
    drop(end);
    if let Some(signing) = signing {
        let (size, checkpoints) = signing.join().unwrap();
        eprintln!("{checkpoints} checkpoints, the last of {size} records");
    }
}

fn open(address: &str) -> AnyLog {
    match address.split_once(':') {
        Some(("sqlite", path)) => Box::new(SqliteLog::open(path.as_ref()).unwrap()),
        Some(("postgres", url)) => Box::new(PostgresLog::open(url).unwrap()),
        _ => Box::new(MemoryLog::default()),
    }
}

/// Signs a log every second until the channel is closed; how many records the last checkpoint has, and how many checkpoints there are.
fn sign(folder: &Path, mut log: AnyLog, ended: &Receiver<()>) -> (u64, u64) {
    let signer = SecretKey::make("example.com/hammer", KeyKind::Log).unwrap();
    let mut publisher = Publisher::open(folder, Box::new(signer)).unwrap();
    let mut checkpoints = 0;
    loop {
        let is_over = ended.recv_timeout(CHECKPOINT_PERIOD) == Err(RecvTimeoutError::Disconnected);
        let publication = publisher.publish(&mut *log).unwrap();
        checkpoints += u64::from(publication.is_new);
        if is_over {
            return (publication.size, checkpoints);
        }
    }
}

fn key(holder: usize) -> AccountKey {
    AccountKey { rule: "lpp".into(), holder: format!("h{holder}"), country: None, period: Period::Year(2026) }
}

/// The entries of the operation of a number: a reservation, then its posting, by turns.
fn operation(load: &Load, number: usize) -> Entry {
    let (pair, name) = (number / 2, &load.name);
    let day = "2026-05-01".parse().unwrap();
    let reservation = format!("{name}-r{pair}");
    let command = if number.is_multiple_of(2) {
        let accounts = vec![key(pair % load.holders)];
        Command::Reserve { id: reservation, accounts, amount_milli_tpp: 1_000, day, expires_at_ms: i64::MAX }
    } else {
        Command::Post { id: format!("{name}-p{pair}"), reservation, amount_milli_tpp: Some(1_000), day, last: true }
    };
    Entry::Command { actor: "hammer".into(), command }
}

fn run<L: Log + Send + 'static>(load: &Load, log: L) {
    let mut ledger = Ledger::open(log).unwrap();
    let limits: Vec<Entry> = (0..load.holders)
        .map(|holder| Command::Limit {
            id: format!("limit-{holder}"),
            account: key(holder),
            from: "2026-01-01".parse().unwrap(),
            amount_milli_tpp: Some(1 << 49),
            provision: "740.29(b)".into(),
        })
        .map(|command| Entry::Command { actor: "hammer".into(), command })
        .collect();
    for part in limits.chunks(10_000) {
        ledger.record(clock(), part).unwrap();
    }
    let writer = Writer::start(ledger, load.clients * 2 + 16, believed);
    let (done, answered) = channel();
    let start = Instant::now();
    let mut latencies = Vec::with_capacity(load.operations);
    // A client's next operation follows the answer to its last; a pair belongs to one client.
    let mut next: Vec<usize> = Vec::new();
    let pairs = load.operations / 2;
    let give = |client: usize, number: usize| {
        let done = done.clone();
        let sent_at = Instant::now();
        let answer = move |result: Result<Vec<_>, _>| done.send((client, number, sent_at, result)).unwrap();
        writer.record(vec![operation(load, number)], answer).unwrap();
    };
    let mut pair = 0;
    let mut open = 0;
    for client in 0..load.clients.min(pairs) {
        give(client, pair * 2);
        next.push(pair);
        pair += 1;
        open += 1;
    }
    let mut out = std::io::stdout().lock();
    while open > 0 {
        let (client, number, sent_at, result): (usize, usize, Instant, Result<Vec<tollgate_ledger::Applied>, _>) =
            answered.recv().unwrap();
        let applied = result.unwrap();
        assert_eq!(applied[0].status, Status::Done);
        latencies.push(sent_at.elapsed().as_secs_f64() * 1000.0);
        if load.tell {
            writeln!(out, "{number}").unwrap();
            out.flush().unwrap();
        }
        if number % 2 == 0 {
            give(client, number + 1);
        } else if pair < pairs {
            give(client, pair * 2);
            next[client] = pair;
            pair += 1;
        } else {
            open -= 1;
        }
    }
    if !load.tell {
        let seconds = start.elapsed().as_secs_f64();
        latencies.sort_by(f64::total_cmp);
        let at = |share: usize| latencies[(latencies.len() - 1) * share / 100];
        let speed = f64::from(u32::try_from(latencies.len()).unwrap()) / seconds;
        println!(
            "{speed:.0} operations a second, {} in flight, {} accounts; latency p50 {:.2} ms, p99 {:.2} ms",
            load.clients,
            load.holders,
            at(50),
            at(99)
        );
    }
}
