//! Every command of the machine in any order, against a model that counts everything anew from the list of what was done.

use std::ops::Bound;

use proptest::prelude::*;
use proptest::sample::Index;

use super::*;
use crate::account::Breach;

const HOLDERS: [&str; 4] = ["a", "b", "c", "d"];
/// Days on which something is done; the last lies outside what the accounts count over.
const DAYS: [&str; 6] = ["2026-01-01", "2026-03-01", "2026-05-01", "2026-07-01", "2026-09-01", "2027-02-01"];

/// One command to give, with its parts as numbers: ids and days are drawn from those that there are.
#[derive(Clone, Debug)]
enum Step {
    Limit {
        holder: usize,
        day: usize,
        amount: Option<i64>,
    },
    Reserve {
        first: usize,
        second: usize,
        day: usize,
        amount: i64,
    },
    Amend {
        reservation: Index,
        holder: usize,
        day: usize,
        amount: i64,
    },
    Post {
        reservation: Index,
        day: usize,
        amount: Option<i64>,
        last: bool,
    },
    Void {
        reservation: Index,
    },
    Adjust {
        holder: usize,
        day: usize,
        amount: i64,
    },
    Correct {
        posting: Index,
        day: usize,
        amount: i64,
        only_adds: bool,
    },
    Group {
        holder: usize,
        into: usize,
        day: usize,
    },
    Expire,
    /// The command before, once more.
    Repeat,
}

fn step() -> impl Strategy<Value = Step> {
    let holder = || 0..HOLDERS.len();
    let day = || prop_oneof![12 => 0..DAYS.len() - 1, 1 => Just(DAYS.len() - 1)];
    let index = any::<Index>;
    prop_oneof![
        2 => (holder(), day(), prop::option::weighted(0.8, 0..160_i64))
            .prop_map(|(holder, day, amount)| Step::Limit { holder, day, amount }),
        5 => (holder(), holder(), day(), 1..50_i64)
            .prop_map(|(first, second, day, amount)| Step::Reserve { first, second, day, amount }),
        2 => (index(), holder(), day(), 1..50_i64)
            .prop_map(|(reservation, holder, day, amount)| Step::Amend { reservation, holder, day, amount }),
        5 => (index(), day(), prop::option::of(1..40_i64), any::<bool>())
            .prop_map(|(reservation, day, amount, last)| Step::Post { reservation, day, amount, last }),
        1 => index().prop_map(|reservation| Step::Void { reservation }),
        2 => (holder(), day(), prop_oneof![-40..0_i64, 1..60_i64])
            .prop_map(|(holder, day, amount)| Step::Adjust { holder, day, amount }),
        2 => (index(), day(), 0..60_i64, any::<bool>())
            .prop_map(|(posting, day, amount, only_adds)| Step::Correct { posting, day, amount, only_adds }),
        1 => (holder(), holder(), day()).prop_map(|(holder, into, day)| Step::Group { holder, into, day }),
        1 => Just(Step::Expire),
        1 => Just(Step::Repeat),
    ]
}

fn date(place: usize) -> Date {
    DAYS[place].parse().unwrap()
}

fn key(holder: &str) -> AccountKey {
    AccountKey { rule: "lpp".into(), holder: holder.into(), country: None, period: Period::Year(2026) }
}

/// What counts in some accounts on a day: a posting, or an adjustment.
#[derive(Clone, Debug)]
struct Charge {
    holders: BTreeSet<String>,
    amount: i64,
    day: Date,
}

#[derive(Clone, Debug)]
struct Booking {
    holders: BTreeSet<String>,
    left: i64,
    day: Date,
    expires_at: i64,
    open: bool,
    has_postings: bool,
}

/// The counts worked out anew from the list of what was done. An account is called by its holder.
#[derive(Clone, Debug, Default)]
struct Tally {
    limits: BTreeMap<String, BTreeMap<Date, Option<i64>>>,
    groups: BTreeMap<String, BTreeMap<Date, String>>,
    postings: BTreeMap<String, Charge>,
    adjustments: Vec<Charge>,
    reservations: BTreeMap<String, Booking>,
}

impl Tally {
    fn holder_on(&self, holder: &str, day: Date) -> String {
        let next = self.groups.get(holder).and_then(|groups| groups.range(..=day).next_back());
        next.map_or_else(|| holder.to_owned(), |(_, into)| self.holder_on(into, day))
    }

    fn leads_to(&self, holder: &str, goal: &str) -> bool {
        let mut next = self.groups.get(holder).into_iter().flatten();
        holder == goal || next.any(|(_, into)| self.leads_to(into, goal))
    }

    fn charges(&self, holder: &str) -> impl Iterator<Item = &Charge> {
        self.postings.values().chain(&self.adjustments).filter(move |charge| charge.holders.contains(holder))
    }

    fn posted(&self, holder: &str) -> i64 {
        self.charges(holder).map(|charge| charge.amount).sum()
    }

    fn reserved(&self, holder: &str) -> i64 {
        let open = self.reservations.values().filter(|known| known.open && known.holders.contains(holder));
        open.map(|known| known.left).sum()
    }

    /// The limit in force on a day, the inner one absent where there is no ceiling.
    fn limit(&self, holder: &str, day: Date) -> Option<Option<i64>> {
        self.limits.get(holder)?.range(..=day).next_back().map(|(_, amount)| *amount)
    }

    fn breach(&self, holder: &str) -> Option<Breach> {
        let mut days = BTreeMap::<Date, i64>::new();
        for charge in self.charges(holder) {
            *days.entry(charge.day).or_insert(0) += charge.amount;
        }
        let mut used = 0;
        days.into_iter().find_map(|(day, amount)| {
            used += amount;
            let limit = self.limit(holder, day).flatten().filter(|limit| amount > 0 && used > *limit)?;
            Some(Breach { day, used_milli_tpp: used, limit_milli_tpp: limit })
        })
    }

    /// The accounts that a shipment of a day is charged to.
    fn charged(&self, accounts: &[AccountKey], day: Date) -> Result<BTreeSet<String>, Status> {
        let holders: BTreeSet<String> = accounts.iter().map(|key| self.holder_on(&key.holder, day)).collect();
        match holders.iter().all(|holder| self.limit(holder, day).is_some()) {
            true => Ok(holders),
            false => Err(Status::NoLimit),
        }
    }

    /// Whether an amount can be set aside, beside what stands but for the reservation `ending`.
    fn check_room(
        &self,
        holders: &BTreeSet<String>,
        amount: i64,
        day: Date,
        ending: Option<&Booking>,
    ) -> Result<(), Status> {
        if day.year() != 2026 {
            return Err(Status::OtherPeriod);
        }
        let is_over = |holder: &String| {
            let freed = ending.filter(|ending| ending.holders.contains(holder)).map_or(0, |ending| ending.left);
            let sum = self.posted(holder) + self.reserved(holder) - freed + amount;
            self.limit(holder, day).flatten().is_some_and(|limit| sum > limit)
        };
        if holders.iter().any(is_over) { Err(Status::OverLimit) } else { Ok(()) }
    }

    fn open(&mut self, id: &str) -> Result<&mut Booking, Status> {
        let known = self.reservations.get_mut(id).ok_or(Status::UnknownReservation)?;
        if known.open { Ok(known) } else { Err(Status::ReservationClosed) }
    }

    fn apply(&mut self, time: i64, command: &Command) -> Result<(), Status> {
        match command {
            Command::Limit { account, from, amount_milli_tpp, .. } => {
                let holder = self.holder_on(&account.holder, *from);
                self.limits.entry(holder).or_default().insert(*from, *amount_milli_tpp);
            }
            Command::Reserve { id, accounts, amount_milli_tpp: amount, day, expires_at_ms } => {
                let holders = self.charged(accounts, *day)?;
                self.check_room(&holders, *amount, *day, None)?;
                self.book(id, holders, *amount, *day, *expires_at_ms);
            }
            Command::Amend { id, reservation, accounts, amount_milli_tpp: amount, day, expires_at_ms } => {
                let holders = self.charged(accounts, *day)?;
                let ending = self.open(reservation)?.clone();
                if ending.has_postings {
                    return Err(Status::ReservationClosed);
                }
                self.check_room(&holders, *amount, *day, Some(&ending))?;
                self.open(reservation)?.close();
                self.book(id, holders, *amount, *day, *expires_at_ms);
            }
            Command::Post { id, reservation, amount_milli_tpp, day, last } => {
                self.post(id, reservation, *amount_milli_tpp, *day, *last)?;
            }
            Command::Void { reservation, .. } => self.open(reservation)?.close(),
            Command::Adjust { account, amount_milli_tpp: amount, day, .. } => {
                let holder = self.holder_on(&account.holder, *day);
                if !self.limits.contains_key(&holder) {
                    return Err(Status::NoLimit);
                } else if day.year() != 2026 {
                    return Err(Status::OtherPeriod);
                } else if self.posted(&holder) + amount < 0 {
                    return Err(Status::BelowZero);
                }
                self.adjustments.push(Charge { holders: [holder].into(), amount: *amount, day: *day });
            }
            Command::Correct { posting, amount_milli_tpp: amount, day, only_adds, .. } => {
                let old = self.postings.get(posting).ok_or(Status::UnknownPosting)?;
                let holders: BTreeSet<String> = old.holders.iter().map(|holder| self.holder_on(holder, *day)).collect();
                // No account of another year has a limit here.
                if day.year() != 2026 || !holders.iter().all(|holder| self.limits.contains_key(holder)) {
                    return Err(Status::NoLimit);
                }
                if *only_adds && *amount < old.amount {
                    return Err(Status::TakesOff);
                }
                self.postings.insert(posting.clone(), Charge { holders, amount: *amount, day: *day });
            }
            Command::Group { holder, into, from, .. } => self.group(holder, into, *from)?,
            Command::Expire { at_ms, .. } => {
                let until = at_ms.map_or(time, |at| at.min(time));
                let due = self.reservations.values_mut().filter(|known| known.open && known.expires_at <= until);
                due.for_each(Booking::close);
            }
        }
        Ok(())
    }

    fn book(&mut self, id: &str, holders: BTreeSet<String>, left: i64, day: Date, expires_at: i64) {
        let new = Booking { holders, left, day, expires_at, open: true, has_postings: false };
        self.reservations.insert(id.to_owned(), new);
    }

    fn post(&mut self, id: &str, reservation: &str, amount: Option<i64>, day: Date, last: bool) -> Result<(), Status> {
        let known = self.open(reservation)?.clone();
        let amount = amount.unwrap_or(known.left);
        if amount > known.left {
            return Err(Status::MoreThanReserved);
        } else if day.year() != 2026 {
            return Err(Status::OtherPeriod);
        }
        let is_over = |holder: &String| {
            self.limit(holder, day).flatten().is_some_and(|limit| self.posted(holder) + amount > limit)
        };
        if known.holders.iter().any(is_over) {
            return Err(Status::OverLimit);
        }
        self.postings.insert(id.to_owned(), Charge { holders: known.holders, amount, day });
        let known = self.open(reservation)?;
        known.has_postings = true;
        known.left -= amount;
        if last || known.left == 0 {
            known.close();
        }
        Ok(())
    }

    /// What stands with a holder on the days of the group stands from now on with whom each day's group leads to, once.
    fn group(&mut self, holder: &str, into: &str, from: Date) -> Result<(), Status> {
        if self.leads_to(into, holder) {
            return Err(Status::Circle);
        }
        let groups = self.groups.entry(holder.to_owned()).or_default();
        groups.insert(from, into.to_owned());
        let end = groups.range((Bound::Excluded(from), Bound::Unbounded)).next().map(|(day, _)| *day);
        let Some(limits) = self.limits.get(holder).cloned() else { return Ok(()) };
        let within = |day: Date| day >= from && end.is_none_or(|end| day < end);
        let starts: BTreeSet<Date> = self.groups.values().flat_map(BTreeMap::keys).copied().collect();
        for day in starts.into_iter().filter(|day| within(*day)) {
            let goal = self.holder_on(holder, day);
            self.limits.entry(goal).or_insert_with(|| limits.clone());
        }
        let model = self.clone();
        let regroup = |holders: &mut BTreeSet<String>, day: Date| {
            if within(day) && holders.remove(holder) {
                holders.insert(model.holder_on(holder, day));
            }
        };
        for charge in self.postings.values_mut().chain(&mut self.adjustments) {
            regroup(&mut charge.holders, charge.day);
        }
        for known in self.reservations.values_mut().filter(|known| known.open) {
            regroup(&mut known.holders, known.day);
        }
        Ok(())
    }

    /// How the account of a holder must be shown on a day.
    fn view(&self, holder: &str, day: Date) -> Option<AccountView> {
        let holder = self.holder_on(holder, day);
        self.limits.get(&holder)?;
        let (posted, reserved) = (self.posted(&holder), self.reserved(&holder));
        let limit = self.limit(&holder, day).flatten();
        let available = limit.map(|limit| (limit - posted - reserved).max(0));
        Some(AccountView {
            breach: self.breach(&holder),
            key: key(&holder),
            posted_milli_tpp: posted,
            reserved_milli_tpp: reserved,
            limit_milli_tpp: limit,
            provision: if self.limit(&holder, day).is_some() { "740.29".into() } else { String::new() },
            available_milli_tpp: available,
        })
    }
}

impl Booking {
    fn close(&mut self) {
        (self.left, self.open) = (0, false);
    }
}

/// The command of a step; ids are those that the model has, where it has any.
fn command(id: &str, step: &Step, model: &Tally) -> Option<Command> {
    fn drawn<T>(index: &Index, known: &BTreeMap<String, T>) -> String {
        if known.is_empty() { "none".to_owned() } else { index.get(&known.keys().collect::<Vec<_>>()).to_string() }
    }
    let (id, reason) = (id.to_owned(), "as found".to_owned());
    let key = |holder: usize| key(HOLDERS[holder]);
    // Some lapse while they are still looked at.
    let expires_at_ms = 12 + 9 * i64::try_from(model.reservations.len()).unwrap();
    Some(match step.clone() {
        Step::Limit { holder, day, amount } => {
            let provision = "740.29".to_owned();
            Command::Limit { id, account: key(holder), from: date(day), amount_milli_tpp: amount, provision }
        }
        Step::Reserve { first, second, day, amount } => {
            let accounts: BTreeSet<AccountKey> = [key(first), key(second)].into();
            let (accounts, day) = (accounts.into_iter().collect(), date(day));
            Command::Reserve { id, accounts, amount_milli_tpp: amount, day, expires_at_ms }
        }
        Step::Amend { reservation, holder, day, amount } => {
            let (reservation, accounts) = (drawn(&reservation, &model.reservations), vec![key(holder)]);
            Command::Amend { id, reservation, accounts, amount_milli_tpp: amount, day: date(day), expires_at_ms }
        }
        Step::Post { reservation, day, amount, last } => {
            let reservation = drawn(&reservation, &model.reservations);
            Command::Post { id, reservation, amount_milli_tpp: amount, day: date(day), last }
        }
        Step::Void { reservation } => {
            Command::Void { id, reservation: drawn(&reservation, &model.reservations), reason }
        }
        Step::Adjust { holder, day, amount } => {
            Command::Adjust { id, account: key(holder), amount_milli_tpp: amount, day: date(day), reason }
        }
        Step::Correct { posting, day, amount, only_adds } => {
            let posting = drawn(&posting, &model.postings);
            Command::Correct { id, posting, amount_milli_tpp: amount, day: date(day), reason, only_adds }
        }
        Step::Group { holder, into, day } => {
            let (holder, into) = (HOLDERS[holder].to_owned(), HOLDERS[into].to_owned());
            Command::Group { id, holder, into, from: date(day), reason }
        }
        Step::Expire => Command::Expire { id, at_ms: None },
        Step::Repeat => return None,
    })
}

/// Everything that the machine shows is what the model works out.
fn agree(state: &State, model: &Tally, breaches: &BTreeMap<AccountKey, Breach>) -> Result<(), TestCaseError> {
    for holder in HOLDERS {
        for day in (0..DAYS.len()).map(date) {
            prop_assert_eq!(state.account(&key(holder), day), model.view(holder, day), "{} on {}", holder, day);
        }
        prop_assert!(model.reserved(holder) >= 0, "{}", holder);
        let reported = breaches.get(&key(holder)).cloned();
        prop_assert_eq!(reported, model.breach(holder), "what was reported of {}", holder);
    }
    for (id, known) in &model.reservations {
        let view = ReservationView { left_milli_tpp: known.left, open: known.open, has_postings: known.has_postings };
        prop_assert_eq!(state.reservation(id), Some(view), "{}", id);
    }
    for (id, known) in &model.postings {
        let view = state.posting(id).unwrap();
        let shown = (view.amount_milli_tpp, view.day, view.periods.len());
        prop_assert_eq!(shown, (known.amount, known.day, known.holders.len()), "{}", id);
    }
    Ok(())
}

/// How many cases a property is tried on: 1,000 with `TOLLGATE_LONG=1`.
fn cases() -> u32 {
    if option_env!("TOLLGATE_LONG").is_some() { 1_000 } else { 256 }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: cases(), ..ProptestConfig::default() })]

    /// Every command in any order: each has the status that the model gives it, nothing is overdrawn, every unit counts once in each of its accounts,
    /// what stands over a limit is reported, and what is taken back leaves no trace.
    #[test]
    fn every_command_does_what_the_model_does(steps in prop::collection::vec((step(), any::<bool>()), 1..90)) {
        let (mut state, mut model) = (State::default(), Tally::default());
        let mut breaches = BTreeMap::new();
        let mut commands: Vec<(i64, Command)> = Vec::new();
        let starts = (0..3_usize).map(|holder| {
            Step::Limit { holder, day: 0, amount: Some(60 + 40 * i64::try_from(holder).unwrap()) }
        });
        let steps = starts.map(|step| (step, false)).chain(steps);
        for (place, (step, is_tried)) in steps.enumerate() {
            let time = i64::try_from(place).unwrap();
            let Some(command) = command(&format!("s{place}"), &step, &model) else {
                let (_, last) = commands.last().unwrap();
                let again = state.apply(time, last);
                prop_assert!(again.replayed && again.breaches.is_empty(), "{:?}", again);
                agree(&state, &model, &breaches)?;
                continue;
            };
            if is_tried {
                state.begin();
                state.apply(time, &command);
                if !state.undo() {
                    // What cannot be taken back is built anew.
                    state = State::default();
                    commands.iter().for_each(|(time, command)| drop(state.apply(*time, command)));
                }
                agree(&state, &model, &breaches)?;
            }
            let applied = state.apply(time, &command);
            let expected = model.apply(time, &command).err().unwrap_or(Status::Done);
            prop_assert_eq!(applied.status, expected, "{:?}", &command);
            for change in applied.breaches {
                match change.breach {
                    Some(breach) => drop(breaches.insert(change.account, breach)),
                    None => drop(breaches.remove(&change.account)),
                }
            }
            agree(&state, &model, &breaches)?;
            commands.push((time, command));
        }
    }
}
