//! Many clients and servers on one log that fails at every step it can, in thousands of interleavings, each from a seed: the same seed, the same run.
//! What is read meanwhile is checked against what was acknowledged.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on must stop, helpers included"
)]

mod chance;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use chance::{Dice, FailingLog, FailureRates};
use tollgate_ledger::{AccountKey, Command, Entry, Ledger, LedgerError, LogError, MemoryLog, Period, Status, Verifier};

const ACCOUNTS: usize = 3;
const LIMIT: i64 = 500;

const RATES: FailureRates = FailureRates { read: 15, page: 15, commit: 10, unheard: 6 };

fn key(account: usize) -> AccountKey {
    AccountKey { rule: "lpp".into(), holder: format!("h{account}"), country: None, period: Period::Year(2026) }
}

fn entry(command: Command) -> Entry {
    Entry::Command { actor: "simulation".into(), command }
}

/// What a client wants done, until it has an answer.
struct Client {
    name: usize,
    /// Whether it also changes what stands: limits, corrections, adjustments, groups.
    changes_past: bool,
    posted: Vec<String>,
    step: usize,
    wanted: Option<Command>,
    reserved: Option<(String, i64)>,
    answers: BTreeMap<String, Status>,
}

impl Client {
    fn next(&mut self, dice: &mut Dice, time: i64) -> Command {
        self.step += 1;
        let id = format!("c{}-{}", self.name, self.step);
        let day = "2026-05-01".parse().unwrap();
        if self.changes_past && dice.throw(4) == 0 {
            return self.change_of_past(id, dice);
        }
        match self.reserved.clone() {
            Some((reservation, amount)) if dice.throw(3) > 0 => {
                let amount = if dice.throw(2) == 0 { amount } else { (amount / 2).max(1) };
                Command::Post { id, reservation, amount_milli_tpp: Some(amount), day, last: dice.throw(2) == 0 }
            }
            Some((reservation, amount)) if dice.throw(2) == 0 => {
                let accounts = vec![key(dice.throw(ACCOUNTS))];
                Command::Amend {
                    id,
                    reservation,
                    accounts,
                    amount_milli_tpp: amount + 7,
                    day,
                    expires_at_ms: time + 40,
                }
            }
            Some((reservation, _)) => Command::Void { id, reservation, reason: "canceled".into() },
            None => {
                let first = dice.throw(ACCOUNTS);
                let mut accounts = vec![key(first)];
                if dice.throw(2) == 0 {
                    accounts.push(key((first + 1) % ACCOUNTS));
                }
                let amount = i64::try_from(1 + dice.throw(60)).unwrap();
                Command::Reserve { id, accounts, amount_milli_tpp: amount, day, expires_at_ms: time + 40 }
            }
        }
    }

    /// A command that says how it really was, or from when on something else holds.
    fn change_of_past(&self, id: String, dice: &mut Dice) -> Command {
        let account = key(dice.throw(ACCOUNTS));
        let amount = i64::try_from(dice.throw(40)).unwrap();
        let (day, reason) = ("2026-04-01".parse().unwrap(), "as found".to_owned());
        match (dice.throw(8), self.posted.last()) {
            (0..3, Some(posting)) => Command::Correct {
                id,
                posting: posting.clone(),
                amount_milli_tpp: amount,
                day,
                reason,
                only_adds: false,
            },
            (0..5, _) => {
                Command::Adjust { id, account, amount_milli_tpp: if amount == 9 { 1 } else { amount - 9 }, day, reason }
            }
            (5..7, _) => Command::Limit {
                id,
                account,
                from: "2026-06-01".parse().unwrap(),
                amount_milli_tpp: Some(LIMIT - amount),
                provision: "740.29".into(),
            },
            // Always the same pairs, from before the first shipment: who counts as whom does not turn on the order of the records.
            _ => {
                let holder = 1 + dice.throw(ACCOUNTS - 1);
                let from = "2026-01-01".parse().unwrap();
                Command::Group { id, holder: format!("h{holder}"), into: format!("h{}", holder - 1), from, reason }
            }
        }
    }

    fn heard(&mut self, command: &Command, status: Status) {
        let before = self.answers.insert(command.id().to_owned(), status);
        assert!(before.is_none_or(|before| before == status), "another answer to {} than before", command.id());
        match (command, status) {
            (
                Command::Reserve { id, amount_milli_tpp: amount, .. }
                | Command::Amend { id, amount_milli_tpp: amount, .. },
                Status::Done,
            ) => self.reserved = Some((id.clone(), *amount)),
            (Command::Post { id, last, .. }, Status::Done) => {
                self.posted.push(id.clone());
                if *last {
                    self.reserved = None;
                }
            }
            (Command::Correct { .. } | Command::Adjust { .. } | Command::Limit { .. } | Command::Group { .. }, _) => {}
            _ => self.reserved = None,
        }
    }
}

fn simulate(seed: u64) -> [u32; 3] {
    let dice = Rc::new(RefCell::new(Dice::new(seed)));
    let log = MemoryLog::default();
    let failing = FailingLog { log: log.clone(), dice: Rc::clone(&dice), rates: RATES, failures: Rc::default() };
    let limits: Vec<Entry> = (0..ACCOUNTS)
        .map(|account| Command::Limit {
            id: format!("l{account}"),
            account: key(account),
            from: "2026-01-01".parse().unwrap(),
            amount_milli_tpp: Some(LIMIT),
            provision: "740.29".into(),
        })
        .map(entry)
        .collect();
    Ledger::open(log.clone()).unwrap().record(0, &limits).unwrap();
    // In every second run nothing but shipments changes the accounts, so that no past can stand over a limit.
    let changes_past = seed & 1 == 0;
    let mut servers: Vec<Option<Ledger<FailingLog>>> = (0..3).map(|_| None).collect();
    let mut clients: Vec<Client> = (0..6)
        .map(|name| Client {
            name,
            changes_past,
            posted: Vec::new(),
            step: 0,
            wanted: None,
            reserved: None,
            answers: BTreeMap::new(),
        })
        .collect();
    for step in 0..150 {
        let time = step + i64::try_from(dice.borrow_mut().throw(5)).unwrap();
        let server = dice.borrow_mut().throw(3);
        if servers[server].is_none() {
            servers[server] = Ledger::open(failing.clone()).ok();
        }
        let Some(ledger) = servers[server].as_mut() else { continue };
        // Several clients are served by one commit; some of them ask again for what they had no answer to.
        let asking: Vec<usize> = (0..clients.len()).filter(|_| dice.borrow_mut().throw(3) == 0).collect();
        let mut commands = Vec::new();
        for client in &asking {
            let client = &mut clients[*client];
            let command = client.wanted.take().unwrap_or_else(|| client.next(&mut dice.borrow_mut(), time));
            client.wanted = Some(command.clone());
            commands.push(command);
        }
        let mut batch: Vec<Entry> = commands.iter().cloned().map(entry).collect();
        if dice.borrow_mut().throw(10) == 0 {
            batch.push(entry(Command::Expire { id: format!("expire-{step}"), at_ms: Some(time) }));
        }
        match ledger.record(time, &batch) {
            Ok(applied) => {
                for ((client, command), applied) in asking.iter().zip(&commands).zip(applied) {
                    // The answer may be lost on the way to the client.
                    if dice.borrow_mut().throw(5) > 0 {
                        clients[*client].wanted = None;
                        clients[*client].heard(command, applied.status);
                    }
                }
            }
            Err(LedgerError::Log(LogError::Unavailable(_))) => {}
            Err(error) => panic!("seed {seed}: {error}"),
        }
        // What is read while the log fails is all that was acknowledged, or nothing.
        if let Some(ledger) = servers[server].as_mut() {
            if ledger.catch_up().is_ok() {
                for (reservation, _) in clients.iter().filter_map(|client| client.reserved.as_ref()) {
                    assert!(
                        ledger.state().reservation(reservation).is_some(),
                        "seed {seed}: {reservation} is not shown"
                    );
                }
            } else {
                assert!(ledger.check().is_err(), "seed {seed}: a ledger that cannot follow its log shows something");
            }
        }
        if dice.borrow_mut().throw(20) == 0 {
            servers[server] = None;
        }
        let state = servers[server].as_ref().map(Ledger::state);
        let all = state.into_iter().flat_map(|state| state.accounts("2026-05-01".parse().unwrap(), 0, &|_| true));
        for (_, view) in all {
            let fits = view.posted_milli_tpp + view.reserved_milli_tpp <= LIMIT;
            // What is over a limit because the past was changed is reported.
            let is_reported = changes_past && (view.posted_milli_tpp <= LIMIT || view.breach.is_some());
            assert!((fits || is_reported) && view.reserved_milli_tpp >= 0, "seed {seed}: overdrawn: {view:?}");
        }
    }
    check(seed, &log, &clients);
    *failing.failures.borrow()
}

/// The log says what every client heard, once; its chain holds; and counted anew by hand it comes to what the accounts say.
fn check(seed: u64, log: &MemoryLog, clients: &[Client]) {
    let ledger = Ledger::open(log.clone()).unwrap();
    let (mut verifier, mut said) = (Verifier::default(), BTreeMap::new());
    let mut charged = BTreeMap::<String, Vec<String>>::new();
    // What counts, by the id of its command: in which accounts, and how much.
    let mut counts = BTreeMap::<String, (Vec<String>, i64)>::new();
    let mut groups = BTreeMap::<String, String>::new();
    for record in log.records().iter() {
        verifier.next(record).unwrap();
        let body = record.parse().unwrap();
        let data: serde_json::Value = serde_json::from_str(body.data.get()).unwrap();
        let status = data["status"].as_str().unwrap().to_owned();
        assert!(said.insert(body.id.to_string(), status.clone()).is_none(), "seed {seed}: {} twice", body.id);
        if status != "done" {
            continue;
        }
        if let Some(reserve) = data["command"].get("reserve").or(data["command"].get("amend")) {
            let holders =
                reserve["accounts"].as_array().unwrap().iter().map(|key| key["holder"].as_str().unwrap().to_owned());
            charged.insert(body.id.to_string(), holders.collect());
        }
        if let Some(post) = data["command"].get("post") {
            let holders = charged[post["reservation"].as_str().unwrap()].clone();
            counts.insert(body.id.to_string(), (holders, post["amount"].as_i64().unwrap()));
        }
        if let Some(adjust) = data["command"].get("adjust") {
            let holder = adjust["account"]["holder"].as_str().unwrap().to_owned();
            counts.insert(body.id.to_string(), (vec![holder], adjust["amount"].as_i64().unwrap()));
        }
        if let Some(correct) = data["command"].get("correct") {
            counts.get_mut(correct["posting"].as_str().unwrap()).unwrap().1 = correct["amount"].as_i64().unwrap();
        }
        if let Some(group) = data["command"].get("group") {
            let [holder, into] = ["holder", "into"].map(|key| group[key].as_str().unwrap().to_owned());
            groups.insert(holder, into);
        }
    }
    let mut posted = BTreeMap::<String, i64>::new();
    for (holders, amount) in counts.into_values() {
        let goal = |mut holder: String| {
            while let Some(into) = groups.get(&holder) {
                holder.clone_from(into);
            }
            holder
        };
        for holder in holders.into_iter().map(goal).collect::<BTreeSet<String>>() {
            *posted.entry(holder).or_default() += amount;
        }
    }
    for client in clients {
        for (id, status) in &client.answers {
            assert_eq!(said.get(id).map(String::as_str), Some(status.as_str()), "seed {seed}: {id}");
        }
    }
    for (_, view) in ledger.state().accounts("2026-05-01".parse().unwrap(), 0, &|_| true) {
        assert_eq!(view.posted_milli_tpp, posted.get(&view.key.holder).copied().unwrap_or(0), "seed {seed}");
    }
}

fn simulate_all(seeds: std::ops::Range<u64>) {
    let mut failures = [0; 3];
    for seed in seeds {
        failures.iter_mut().zip(simulate(seed)).for_each(|(sum, count)| *sum += count);
    }
    assert!(failures.iter().all(|count| *count > 100), "the failures were not injected: {failures:?}");
}

#[test]
fn no_interleaving_loses_or_doubles_anything() {
    simulate_all(0..300);
    // What was said again once moved the clock, and no record told of it.
    simulate(727);
}

#[test]
#[ignore = "long: some minutes"]
fn no_interleaving_loses_or_doubles_anything_in_twenty_thousand() {
    simulate_all(300..20_300);
}
