//! A process is killed under load at random points, and its writes are cut short: what it had answered is there, nothing is counted twice, and
//! the chain holds. The long form (`--ignored`) does it many times more.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop, helpers included")]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::cluster::{Cluster, example, rest};
use tollgate_ledger::{Ledger, Log, PostgresLog, SqliteLog, Verifier};

/// Numbers that look random and are the same on every run.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

fn hammer(store: &str, name: &str) -> Command {
    let mut command = Command::new(example("hammer"));
    command.args([store, "64", "1000000", "--tell", "--holders", "50", "--name", name]);
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// The numbers of the operations that were answered before the process ended; a line that was cut off was not.
fn reported(child: &mut Child) -> BTreeSet<u64> {
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let (mut numbers, mut line) = (BTreeSet::new(), String::new());
    while out.read_line(&mut line).unwrap() > 0 {
        if let Some(number) = line.strip_suffix('\n').and_then(|line| line.parse().ok()) {
            numbers.insert(number);
        }
        line.clear();
    }
    numbers
}

/// What was answered must be on record once; the chain must hold, and the accounts must be what the records say (opening a ledger checks that).
fn check<L: Log>(open: &dyn Fn() -> L, name: &str, numbers: &BTreeSet<u64>) {
    let mut ledger = Ledger::open(open()).unwrap();
    let mut last = 0;
    let (mut verifier, mut done, mut posted, mut reserved) = (Verifier::default(), BTreeSet::new(), 0, BTreeSet::new());
    ledger
        .page(0, u32::MAX, &mut |record| {
            verifier.next(record).unwrap();
            last = record.seq;
            let body = record.parse().unwrap();
            assert!(done.insert(body.id.to_string()), "{} is on record twice", body.id);
            if let Some(pair) = body.id.split_once("-p").map(|(run, pair)| format!("{run}-r{pair}")) {
                posted += 1_000;
                assert!(reserved.remove(&pair), "{pair} was posted and not reserved");
            } else if body.id.contains("-r") {
                reserved.insert(body.id.to_string());
            }
        })
        .unwrap();
    if last != ledger.head().seq {
        // What the database was still at when its client was killed came in between.
        return check(open, name, numbers);
    }
    for number in numbers {
        let kind = if number % 2 == 0 { 'r' } else { 'p' };
        let id = format!("{name}-{kind}{}", number / 2);
        assert!(done.contains(&id), "{id} was answered, and is lost");
    }
    let day = "2026-05-01".parse().unwrap();
    let all = ledger.state().accounts(day, 0, &|_| true);
    let sums = all.fold((0, 0), |(posted, reserved), (_, view)| {
        (posted + view.posted_milli_tpp, reserved + view.reserved_milli_tpp)
    });
    assert_eq!(sums, (posted, i64::try_from(reserved.len()).unwrap() * 1_000));
}

fn sqlite(kills: u64, seed: u64) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.sqlite");
    let store = format!("sqlite:{}", path.display());
    let mut dice = Dice(seed);
    let mut answered = 0;
    for kill in 0..kills {
        let name = format!("k{kill}");
        let mut child = hammer(&store, &name).spawn().unwrap();
        rest(20 + dice.throw(250));
        child.kill().unwrap();
        let numbers = reported(&mut child);
        child.wait().unwrap();
        answered += numbers.len();
        if path.exists() {
            check(&|| SqliteLog::open(&path).unwrap(), &name, &numbers);
        }
    }
    assert!(answered > 100, "the processes were killed before they did anything");
}

#[test]
fn a_killed_process_loses_nothing_on_sqlite() {
    sqlite(8, 7);
}

#[test]
#[ignore = "long: some minutes"]
fn a_killed_process_loses_nothing_on_sqlite_many_times() {
    (0..10).for_each(|seed| sqlite(40, seed));
}

/// Kills the client, or the database beneath it.
fn postgresql(kills: u64, seed: u64) {
    let cluster = Cluster::start();
    let url = cluster.database("crashes");
    let store = format!("postgres:{url}");
    let mut dice = Dice(seed);
    let mut answered = 0;
    for kill in 0..kills {
        let name = format!("k{kill}");
        let mut child = hammer(&store, &name).spawn().unwrap();
        rest(100 + dice.throw(400));
        let power_cut = dice.throw(2) == 0;
        if power_cut {
            cluster.kill();
        } else {
            child.kill().unwrap();
        }
        let numbers = reported(&mut child);
        child.wait().unwrap();
        if power_cut {
            cluster.resume();
        }
        answered += numbers.len();
        check(&|| PostgresLog::open(&url).unwrap(), &name, &numbers);
    }
    assert!(answered > 100, "the processes were killed before they did anything");
}

#[test]
fn a_killed_process_or_database_loses_nothing_on_postgresql() {
    postgresql(4, 11);
}

#[test]
#[ignore = "long: some minutes"]
fn a_killed_process_or_database_loses_nothing_on_postgresql_many_times() {
    (0..4).for_each(|seed| postgresql(25, seed));
}

/// The operating system lets no file grow beyond a size: writes fail, and the one that meets the limit is cut short.
#[test]
fn writes_that_fail_or_are_cut_short_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.sqlite");
    for (at, blocks) in [300, 700, 1_500].into_iter().enumerate() {
        let name = format!("s{at}");
        let inner = hammer(&format!("sqlite:{}", path.display()), &name);
        // The signal that comes with the limit would end the process before the write could fail.
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
        let mut limited = Command::new("bash");
        limited.args(["-c", &script, "bash"]).arg(inner.get_program()).args(inner.get_args());
        let mut child = limited.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let numbers = reported(&mut child);
        assert!(!child.wait().unwrap().success(), "it never met the limit");
        check(&|| SqliteLog::open(&path).unwrap(), &name, &numbers);
    }
}
