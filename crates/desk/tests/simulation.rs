//! An office as a whole, in thousands of interleavings, each from a seed: officers who enter, ship, amend and give up lines, servers that end and start
//! again from snapshots, disks that fail, tear snapshots, change bytes and roll back, clocks that step back. What is *read* at any moment must be what was
//! acknowledged until then, or an error. The same seed is the same run.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on must stop, helpers included"
)]

#[path = "../../ledger/tests/chance/mod.rs"]
mod chance;

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;
use std::sync::{Arc, LazyLock};

use chance::{Dice, FailingLog, FailureRates};
use tollgate_decide::Tables;
use tollgate_desk::{
    Desk, DeskError, LineWrite, Order, OrderRequest, line_on_record, plan_amendment, plan_cancellation,
    plan_reservation, plan_shipment,
};
use tollgate_law::{Law, Policy};
use tollgate_ledger::{Applied, Entry, Ledger, LedgerError, LogError, MemoryLog, SnapshotFolder, SnapshotMark, Status};
use tollgate_model::{Country, Party};

const NOW_MS: i64 = 1_750_000_000_000;
const CLIENTS: usize = 4;
const SERVERS: usize = 2;
const STEPS: usize = 50;

static POLICY: LazyLock<Arc<Policy>> =
    LazyLock::new(|| Arc::new(Law::embedded().unwrap().policy("diffusion").unwrap()));

const RATES: FailureRates = FailureRates { read: 15, page: 40, commit: 8, unheard: 6 };

/// What an officer wants of a line.
#[derive(Clone, Debug)]
enum Act {
    Enter(i64),
    Amend(i64),
    Ship { milli_tpp: i64, last: bool },
    Cancel,
}

/// How a line stands by what was acknowledged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Standing {
    is_entered: bool,
    revision: u32,
    /// What is left of its reservation, where it has one, and whether that is open.
    left: Option<(i64, bool)>,
    shipped_milli_tpp: i64,
}

/// An officer with the line that is in hand.
struct Client {
    name: String,
    lines: usize,
    step: usize,
    standing: Standing,
    /// What was asked and not answered yet, with its word.
    wanted: Option<(String, Act)>,
    /// All lines that are done with, and how they stand.
    done: Vec<(String, Standing)>,
}

fn order_id(client: &str, line: usize) -> String {
    format!("{client}-{line}")
}

fn request(id: &str, quantity: i64) -> OrderRequest {
    serde_json::from_value(serde_json::json!({
        "order_id": id, "date": "2025-06-02", "exporter": "maker", "ultimate_consignee": "buyer", "destination": "SG",
        "item": "NVIDIA H100 SXM", "quantity": quantity, "end_use": "data_center"
    }))
    .unwrap()
}

impl Client {
    fn new(number: usize) -> Client {
        Client {
            name: format!("c{number}"),
            lines: 0,
            step: 0,
            standing: Standing::default(),
            wanted: None,
            done: Vec::new(),
        }
    }

    fn id(&self) -> String {
        order_id(&self.name, self.lines)
    }

    fn choose(&mut self, dice: &mut Dice) -> (String, Act) {
        self.step += 1;
        let quantity = i64::try_from(1 + dice.throw(60)).unwrap();
        let act = match self.standing {
            Standing { is_entered: false, .. } => Act::Enter(quantity),
            Standing { left: Some((left, true)), shipped_milli_tpp: 0, .. } if left > 0 => match dice.throw(4) {
                0 => Act::Amend(quantity),
                1 => Act::Cancel,
                _ => Act::Ship { milli_tpp: (left / 2).max(1), last: dice.throw(3) == 0 },
            },
            Standing { left: Some((left, true)), .. } => match dice.throw(3) {
                0 => Act::Cancel,
                _ => Act::Ship { milli_tpp: left, last: true },
            },
            // Nothing more can be done with it: the next one.
            _ => {
                self.done.push((self.id(), std::mem::take(&mut self.standing)));
                self.lines += 1;
                Act::Enter(quantity)
            }
        };
        (format!("k{}", self.step), act)
    }

    /// How the line stands once an act is done; what an act reserves is told by its answer.
    fn after(&self, act: &Act, reserved: Option<i64>) -> Standing {
        let before = self.standing;
        let left = before.left.map_or(0, |(left, _)| left);
        match act {
            Act::Enter(_) => Standing {
                is_entered: true,
                revision: 1,
                left: reserved.map(|amount| (amount, true)),
                shipped_milli_tpp: 0,
            },
            Act::Amend(_) => {
                Standing { revision: before.revision + 1, left: reserved.map(|amount| (amount, true)), ..before }
            }
            Act::Ship { milli_tpp, last } => {
                let closes = *last || *milli_tpp == left;
                let rest = if closes { 0 } else { left - milli_tpp };
                let shipped_milli_tpp = before.shipped_milli_tpp + milli_tpp;
                Standing { left: Some((rest, !closes)), shipped_milli_tpp, ..before }
            }
            Act::Cancel => Standing { left: Some((0, false)), ..before },
        }
    }
}

fn milli(tpp: &str) -> i64 {
    let (whole, part) = tpp.split_once('.').unwrap_or((tpp, ""));
    format!("{whole}{part:0<3}").parse().unwrap()
}

/// Does an act; the answer is what is reserved by it. `None` where no answer came.
fn act(
    desk: &Desk,
    ledger: &mut Ledger<FailingLog>,
    client: &Client,
    (key, act): &(String, Act),
    time_ms: i64,
) -> Result<Option<Option<i64>>, DeskError> {
    let unheard = |error: LedgerError| match error {
        LedgerError::Log(LogError::Unavailable(_)) => Ok(None),
        error => panic!("{error}"),
    };
    let order = |quantity| Order { key: key.clone(), order: request(&client.id(), quantity), hold: false };
    let write = LineWrite { order: client.id(), line: 1, key: key.clone(), actor: client.name.clone() };
    if ledger.catch_up().is_err() {
        return Ok(None);
    }
    let plan = match act {
        Act::Enter(quantity) => Some(plan_reservation(desk, ledger, &client.name, &order(*quantity), time_ms)),
        Act::Amend(quantity) => Some(plan_amendment(desk, ledger, &client.name, &order(*quantity), time_ms)),
        _ => None,
    };
    // As in the service: what was planned on a ledger that could not be read to the end does not count.
    if ledger.check().is_err() {
        return Ok(None);
    }
    if let Some(mut plan) = plan.transpose()? {
        let entries = std::mem::take(&mut plan.entries);
        return match ledger.record(time_ms, &entries) {
            Ok(applied) => {
                plan.conclude(&applied).map(|answer| Some(answer.reservation.map(|reserved| milli(&reserved.tpp))))
            }
            Err(error) => unheard(error),
        };
    }
    let day = "2025-06-20".parse().unwrap();
    let plan = match act {
        Act::Ship { milli_tpp, last } => plan_shipment(ledger, &write, Some(*milli_tpp), day, *last),
        _ => plan_cancellation(ledger, &write, "not needed".to_owned()),
    };
    if ledger.check().is_err() {
        return Ok(None);
    }
    let entry = Entry::Command { actor: client.name.clone(), command: plan?.command };
    match ledger.record(time_ms, &[entry]) {
        Ok(applied) => {
            assert_eq!(applied.first().map(|Applied { status, .. }| *status), Some(Status::Done));
            Ok(Some(None))
        }
        Err(error) => unheard(error),
    }
}

/// What a ledger shows of a line; `None` where it shows nothing, because it cannot.
fn seen(ledger: &mut Ledger<FailingLog>, id: &str) -> Option<Standing> {
    if ledger.catch_up().is_err() {
        assert!(ledger.check().is_err(), "a ledger that cannot follow its log shows something");
        return None;
    }
    let found = line_on_record(ledger, &format!("{id}:1"));
    ledger.check().ok()?;
    match found {
        Ok(line) => Some(Standing {
            is_entered: true,
            revision: line.line.revision,
            left: line.left.map(|(_, left)| (left.left_milli_tpp, left.open)),
            shipped_milli_tpp: 0,
        }),
        Err(DeskError::UnknownOrder) => Some(Standing::default()),
        Err(DeskError::Unavailable(_)) => None,
        Err(error) => panic!("{error:?}"),
    }
}

/// What is read of every client's lines is what was acknowledged, or what is under way.
fn check_reads(seed: u64, ledger: &mut Ledger<FailingLog>, clients: &[Client], reads: &mut usize) {
    for client in clients {
        let current = [(client.id(), client.standing)];
        for (id, standing) in client.done.iter().rev().take(2).chain(&current) {
            let Some(seen) = seen(ledger, id) else { continue };
            *reads += 1;
            let expected = Standing { shipped_milli_tpp: 0, ..*standing };
            let is_under_way = *id == client.id()
                && client.wanted.as_ref().is_some_and(|(_, act)| {
                    let after = Standing { shipped_milli_tpp: 0, ..client.after(act, seen.left.map(|(left, _)| left)) };
                    after == seen
                });
            assert!(
                seen == expected || is_under_way,
                "seed {seed}: {id}: {seen:?} is shown, and stands as {expected:?}, {:?}",
                client.wanted
            );
        }
    }
    if ledger.catch_up().is_err() {
        return;
    }
    let shipped = |client: &Client| {
        let done: i64 = client.done.iter().map(|(_, standing)| standing.shipped_milli_tpp).sum();
        done + client.standing.shipped_milli_tpp
    };
    let acknowledged: i64 = clients.iter().map(shipped).sum();
    let under_way = |client: &Client| match client.wanted {
        Some((_, Act::Ship { milli_tpp, .. })) => milli_tpp,
        _ => 0,
    };
    let most = acknowledged + clients.iter().map(under_way).sum::<i64>();
    for (_, account) in ledger.state().accounts("2025-06-30".parse().unwrap(), 0, &|key| key.rule == "lpp") {
        let posted = account.posted_milli_tpp;
        assert!((acknowledged..=most).contains(&posted), "seed {seed}: {posted} counts, of {acknowledged} to {most}");
        let limit = account.limit_milli_tpp.unwrap();
        assert!(posted + account.reserved_milli_tpp <= limit, "seed {seed}: overdrawn");
    }
}

/// A snapshot's file is torn, changed, or left as it is.
fn spoil(folder: &Path, dice: &mut Dice) {
    let mut files: Vec<_> = std::fs::read_dir(folder).into_iter().flatten().map(|file| file.unwrap().path()).collect();
    files.sort();
    for file in files {
        let mut bytes = std::fs::read(&file).unwrap();
        if bytes.is_empty() {
            continue;
        }
        match dice.throw(4) {
            0 => bytes.truncate(dice.throw(bytes.len())),
            1 => {
                let place = dice.throw(bytes.len());
                bytes[place] ^= 0x20;
            }
            _ => continue,
        }
        std::fs::write(&file, bytes).unwrap();
    }
}

/// What may befall a log for good, while its servers run: whoever followed it notices, and nothing is written on top of it.
fn break_log(seed: u64, dice: &RefCell<Dice>, log: &MemoryLog, servers: &mut [Option<Ledger<FailingLog>>]) {
    for ledger in servers.iter_mut().flatten() {
        // Each knows the whole log, as far as it can be read.
        let _unreachable = ledger.catch_up();
    }
    let length = log.records().len();
    let followed: Vec<bool> = servers
        .iter()
        .map(|server| {
            server
                .as_ref()
                .is_some_and(|ledger| ledger.check().is_ok() && ledger.head().seq == u64::try_from(length).unwrap())
        })
        .collect();
    let left = length - 1 - dice.borrow_mut().throw(length.min(6) - 1);
    log.records().truncate(left);
    for (ledger, _) in servers.iter_mut().flatten().zip(followed).filter(|(_, followed)| *followed) {
        for _ in 0..10 {
            let note = tollgate_desk::note("run", "late", "late", &"x").unwrap();
            let error = ledger.record(NOW_MS, &[note]).unwrap_err();
            assert!(ledger.check().is_err());
            if matches!(error, LedgerError::Diverged(_)) {
                break;
            }
        }
        assert!(matches!(ledger.check(), Err(LedgerError::Diverged(_))), "seed {seed}: {:?}", ledger.check());
        assert_eq!(log.records().len(), left, "seed {seed}: written on top of a hole");
    }
}

fn desk() -> Desk {
    let party = |id: &str, country: &str| {
        let country: Option<Country> = Some(country.parse().unwrap());
        (id.to_owned(), Party { party_id: id.to_owned(), country, hq_country: country, ..Party::default() })
    };
    let parties = [party("maker", "US"), party("buyer", "SG")].into_iter().collect();
    Desk::new(Arc::clone(&POLICY), Arc::new(Tables { parties, ..Tables::default() }))
}

/// One run; how often something was read that could be.
fn simulate(seed: u64) -> usize {
    let dice = Rc::new(RefCell::new(Dice::new(seed)));
    let log = MemoryLog::default();
    let disk = FailingLog { log: log.clone(), dice: Rc::clone(&dice), rates: RATES, failures: Rc::default() };
    let folder = tempfile::tempdir().unwrap();
    let snapshots = SnapshotFolder::new(folder.path());
    let desk = desk();
    let mut servers: Vec<Option<Ledger<FailingLog>>> = (0..SERVERS).map(|_| None).collect();
    let mut clients: Vec<Client> = (0..CLIENTS).map(Client::new).collect();
    let mut reads = 0;
    for step in 0..STEPS {
        let throw = |sides: usize| dice.borrow_mut().throw(sides);
        // The clock goes on, and now and then steps back.
        let time_ms = NOW_MS + i64::try_from(step * 1_000).unwrap() - i64::try_from(throw(5_000)).unwrap();
        let server = throw(SERVERS);
        if servers[server].is_none() {
            servers[server] = Ledger::open_from(disk.clone(), &snapshots).ok().map(|(ledger, _)| ledger);
        }
        let Some(ledger) = servers[server].as_mut() else { continue };
        let which = throw(CLIENTS);
        let wanted = match clients[which].wanted.take() {
            Some(wanted) => wanted,
            None => clients[which].choose(&mut dice.borrow_mut()),
        };
        let answer = act(&desk, ledger, &clients[which], &wanted, time_ms);
        let is_heard = throw(5) > 0;
        match answer {
            Ok(Some(reserved)) if is_heard => clients[which].standing = clients[which].after(&wanted.1, reserved),
            Ok(_) | Err(DeskError::Unavailable(_)) => clients[which].wanted = Some(wanted),
            Err(error) => panic!("seed {seed}: {wanted:?}: {error:?}"),
        }
        check_reads(seed, ledger, &clients, &mut reads);
        if throw(12) == 0
            && let Ok(mark) = ledger.write_snapshot(&snapshots)
        {
            let data = serde_json::json!({ "seq": mark.seq });
            let note = tollgate_desk::note(SnapshotMark::KIND, "clock", &mark.id(), &data).unwrap();
            let _unheard = ledger.record(time_ms, &[note]);
        }
        if throw(10) == 0 {
            servers[server] = None;
            spoil(folder.path(), &mut dice.borrow_mut());
        }
    }
    // Whoever opens the log anew comes to the same.
    let later = FailingLog { dice: Rc::new(RefCell::new(Dice::new(0))), ..disk };
    let mut whole = (0..100).find_map(|_| Ledger::open(later.clone()).ok()).unwrap();
    (0..20).for_each(|_| check_reads(seed, &mut whole, &clients, &mut reads));
    if seed.is_multiple_of(3) && log.records().len() > 8 {
        break_log(seed, &dice, &log, &mut servers);
    }
    reads
}

fn simulate_all(seeds: std::ops::Range<u64>) {
    let count = seeds.end - seeds.start;
    let reads: usize = seeds.map(simulate).sum();
    assert!(u64::try_from(reads).unwrap() > 50 * count, "little was read: {reads}");
}

#[test]
fn what_is_read_is_what_was_acknowledged_in_a_hundred_runs() {
    simulate_all(0..100);
}

#[test]
#[ignore = "long: some minutes"]
fn what_is_read_is_what_was_acknowledged_in_five_thousand_runs() {
    simulate_all(100..5_100);
}
