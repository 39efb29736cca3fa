//! The machine by examples, and against a model.

use proptest::prelude::*;

use super::*;
use crate::account::Breach;
use tollgate_model::Period;

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn key(holder: &str) -> AccountKey {
    AccountKey { rule: "lpp".into(), holder: holder.into(), country: None, period: Period::Year(2026) }
}

fn limit(id: &str, holder: &str, from: &str, amount: i64) -> Command {
    let provision = "740.29(b)@2025-01-16".to_owned();
    Command::Limit { id: id.into(), account: key(holder), from: date(from), amount_milli_tpp: Some(amount), provision }
}

fn reserve(id: &str, holders: &[&str], amount: i64) -> Command {
    let accounts = holders.iter().map(|holder| key(holder)).collect();
    Command::Reserve {
        id: id.into(),
        accounts,
        amount_milli_tpp: amount,
        day: date("2026-05-01"),
        expires_at_ms: 1_000,
    }
}

fn post(id: &str, reservation: &str, amount: i64, day: &str) -> Command {
    Command::Post {
        id: id.into(),
        reservation: reservation.into(),
        amount_milli_tpp: Some(amount),
        day: date(day),
        last: false,
    }
}

fn void(id: &str, reservation: &str) -> Command {
    Command::Void { id: id.into(), reservation: reservation.into(), reason: "canceled".into() }
}

fn adjust(id: &str, holder: &str, amount: i64, day: &str) -> Command {
    Command::Adjust {
        id: id.into(),
        account: key(holder),
        amount_milli_tpp: amount,
        day: date(day),
        reason: "before Tollgate".into(),
    }
}

fn correct(id: &str, posting: &str, amount: i64, day: &str) -> Command {
    Command::Correct {
        id: id.into(),
        posting: posting.into(),
        amount_milli_tpp: amount,
        day: date(day),
        reason: "wrong day".into(),
        only_adds: false,
    }
}

fn lowering(id: &str, posting: &str, amount: i64) -> Command {
    Command::Correct {
        id: id.into(),
        posting: posting.into(),
        amount_milli_tpp: amount,
        day: date("2026-06-01"),
        reason: "weighed".into(),
        only_adds: true,
    }
}

fn group(id: &str, holder: &str, into: &str, from: &str) -> Command {
    Command::Group {
        id: id.into(),
        holder: holder.into(),
        into: into.into(),
        from: date(from),
        reason: "parent".into(),
    }
}

/// A state after commands, each of which must be done.
fn after(commands: &[Command]) -> State {
    let mut state = State::default();
    for command in commands {
        assert_eq!(state.apply(0, command).status, Status::Done, "{command:?}");
    }
    state
}

fn view(state: &State, holder: &str) -> AccountView {
    state.account(&key(holder), date("2026-12-31")).unwrap()
}

fn amounts(state: &State, holder: &str) -> (i64, i64, Option<i64>) {
    let view = view(state, holder);
    (view.posted_milli_tpp, view.reserved_milli_tpp, view.available_milli_tpp)
}

fn left(state: &State, id: &str) -> Option<(i64, bool)> {
    state.reservation(id).map(|view| (view.left_milli_tpp, view.open))
}

/// One row for each status, in order of precedence; each command also holds for statuses that come later.
#[test]
fn every_status_has_its_case() {
    let fixture = || {
        after(&[
            limit("l1", "a", "2026-01-01", 100),
            limit("l2", "b", "2026-01-01", 100),
            reserve("r1", &["a"], 60),
            reserve("r2", &["b"], 10),
            void("v1", "r2"),
            limit("l4", "d", "2026-01-01", 100),
            reserve("r0", &["d"], 5),
            post("p0", "r0", 5, "2026-06-01"),
            group("g1", "b", "c", "2026-12-01"),
            Command::Limit {
                id: "l3".into(),
                account: key("boundless"),
                from: date("2026-01-01"),
                amount_milli_tpp: None,
                provision: "none".into(),
            },
        ])
    };
    let cases = [
        (Status::Malformed, reserve("r1", &[], 0)),
        (Status::IdTaken, reserve("r1", &["nobody"], 61)),
        (Status::NoLimit, reserve("r3", &["nobody"], 1_000)),
        (Status::UnknownReservation, post("p1", "nothing", 1, "2030-01-01")),
        (Status::UnknownPosting, correct("k1", "r1", 1, "2030-01-01")),
        (Status::ReservationClosed, post("p1", "r2", 1_000, "2030-01-01")),
        (Status::MoreThanReserved, post("p1", "r1", 61, "2030-01-01")),
        (Status::OtherPeriod, post("p1", "r1", 60, "2027-01-01")),
        (Status::TakesOff, lowering("k1", "p0", 4)),
        (Status::BelowZero, adjust("d1", "a", -1, "2026-01-01")),
        (Status::Circle, group("g2", "c", "b", "2026-01-01")),
        (Status::Overflow, reserve("r3", &["a", "boundless"], 41)),
        (Status::OverLimit, reserve("r3", &["a"], 41)),
        (Status::Done, reserve("r3", &["a"], 40)),
    ];
    assert_eq!(cases.iter().map(|(status, _)| *status).collect::<Vec<_>>(), Status::ALL);
    for (status, command) in cases {
        let mut state = fixture();
        // As much as an account without a ceiling can ever count.
        for number in (0..4_096).filter(|_| status == Status::Overflow) {
            let fill = reserve(&format!("fill{number}"), &["boundless"], MAX_AMOUNT_MILLI_TPP);
            assert_eq!(state.apply(0, &fill).status, Status::Done);
        }
        let before = (amounts(&state, "a"), state.len());
        assert_eq!(state.apply(0, &command).status, status, "{command:?}");
        if status != Status::Done {
            assert_eq!((amounts(&state, "a"), state.len()), before, "{status:?} changed something");
        }
        assert_eq!(serde_json::to_string(&status).unwrap(), format!("\"{}\"", status.as_str()));
    }
}

#[test]
fn no_sum_overflows_however_often_the_largest_amount_is_added() {
    let mut state = State::default();
    let unlimited = |holder: &str| Command::Limit {
        id: format!("l{holder}"),
        account: key(holder),
        from: date("2026-01-01"),
        amount_milli_tpp: None,
        provision: "740.29".into(),
    };
    for holder in ["a", "b"] {
        assert_eq!(state.apply(1, &unlimited(holder)).status, Status::Done);
    }
    let mut statuses = std::collections::BTreeMap::new();
    for number in 0..20_000 {
        let holder = if number % 2 == 0 { "a" } else { "b" };
        let command = match number % 5 {
            0 => reserve(&format!("r{number}"), &["a", "b"], MAX_AMOUNT_MILLI_TPP),
            1 => post(&format!("p{number}"), &format!("r{}", number - 1), MAX_AMOUNT_MILLI_TPP, "2026-05-02"),
            sign => Command::Adjust {
                id: format!("a{number}"),
                account: key(holder),
                amount_milli_tpp: if sign == 4 { -MAX_AMOUNT_MILLI_TPP } else { MAX_AMOUNT_MILLI_TPP },
                day: date("2026-05-01"),
                reason: "counted before".into(),
            },
        };
        *statuses.entry(state.apply(1, &command).status.as_str()).or_insert(0) += 1;
        if number % 1_000 == 999 {
            let group = Command::Group {
                id: format!("g{number}"),
                holder: "a".into(),
                into: format!("c{number}"),
                from: date("2026-01-01"),
                reason: "one house".into(),
            };
            state.apply(1, &group);
        }
    }
    assert!(statuses.get("overflow").is_some_and(|count| *count > 100), "{statuses:?}");
    for (_, view) in state.accounts(date("2026-05-01"), 0, &|_| true) {
        assert!(view.posted_milli_tpp >= 0 && view.reserved_milli_tpp >= 0, "{view:?}");
    }
}

#[test]
fn an_amended_reservation_takes_the_place_of_the_other_or_nothing_changes() {
    let amend = |id: &str, reservation: &str, holders: &[&str], amount: i64| {
        let accounts = holders.iter().map(|holder| key(holder)).collect();
        let (id, reservation) = (id.into(), reservation.into());
        Command::Amend {
            id,
            reservation,
            accounts,
            amount_milli_tpp: amount,
            day: date("2026-05-01"),
            expires_at_ms: 1_000,
        }
    };
    let mut state =
        after(&[limit("l1", "a", "2026-01-01", 100), limit("l2", "b", "2026-01-01", 10), reserve("r1", &["a"], 60)]);
    // What it frees counts as free; where one account has no room, all stays as it was.
    assert_eq!(state.apply(0, &amend("m1", "r1", &["a", "b"], 90)).status, Status::OverLimit);
    assert_eq!((left(&state, "r1"), amounts(&state, "a").1), (Some((60, true)), 60));
    assert_eq!(state.apply(0, &amend("m2", "r1", &["a"], 100)).status, Status::Done);
    assert_eq!((left(&state, "r1"), left(&state, "m2")), (Some((0, false)), Some((100, true))));
    assert_eq!(amounts(&state, "a"), (0, 100, Some(0)));
    assert_eq!(state.apply(0, &amend("m3", "r1", &["a"], 1)).status, Status::ReservationClosed);
    assert_eq!(state.apply(0, &post("p1", "m2", 1, "2026-05-01")).status, Status::Done);
    assert_eq!(state.apply(0, &amend("m4", "m2", &["a"], 1)).status, Status::ReservationClosed, "a part has gone");
    assert_eq!(state.apply(0, &amend("m5", "none", &["a"], 1)).status, Status::UnknownReservation);
    assert_eq!(amounts(&state, "a"), (1, 99, Some(0)));
    // It lapses in its known time.
    assert_eq!(state.apply(1_000, &Command::Expire { id: "e1".into(), at_ms: None }).status, Status::Done);
    assert_eq!(amounts(&state, "a"), (1, 0, Some(99)));
}

#[test]
fn what_is_said_twice_is_done_once() {
    let mut state = after(&[limit("l1", "a", "2026-01-01", 100), reserve("r1", &["a"], 60)]);
    let again = state.apply(0, &reserve("r1", &["a"], 60));
    assert!(again.replayed && again.status == Status::Done);
    assert_eq!(amounts(&state, "a"), (0, 60, Some(40)));
    // A refusal stays one, even where there is room by now.
    assert_eq!(state.apply(0, &reserve("r2", &["a"], 50)).status, Status::OverLimit);
    assert_eq!(state.apply(0, &void("v1", "r1")).status, Status::Done);
    let refused = state.apply(0, &reserve("r2", &["a"], 50));
    assert!(refused.replayed && refused.status == Status::OverLimit);
    assert_eq!(state.apply(0, &post("p1", "r2", 1, "2026-05-01")).status, Status::UnknownReservation);
}

#[test]
fn a_shipment_is_charged_to_all_its_accounts_or_to_none() {
    let mut state = after(&[limit("l1", "a", "2026-01-01", 100), limit("l2", "AE", "2026-01-01", 50)]);
    assert_eq!(state.apply(0, &reserve("r1", &["a", "AE"], 60)).status, Status::OverLimit);
    assert_eq!((amounts(&state, "a"), amounts(&state, "AE")), ((0, 0, Some(100)), (0, 0, Some(50))));
    assert_eq!(state.apply(0, &reserve("r2", &["a", "AE"], 50)).status, Status::Done);
    assert_eq!(state.apply(0, &post("p1", "r2", 20, "2026-05-02")).status, Status::Done);
    assert_eq!((amounts(&state, "a"), amounts(&state, "AE")), ((20, 30, Some(50)), (20, 30, Some(0))));
    let rest = Command::Post {
        id: "p2".into(),
        reservation: "r2".into(),
        amount_milli_tpp: Some(10),
        day: date("2026-05-03"),
        last: true,
    };
    assert_eq!(state.apply(0, &rest).status, Status::Done);
    assert_eq!((amounts(&state, "a"), left(&state, "r2")), ((30, 0, Some(70)), Some((0, false))));
}

#[test]
fn reservations_lapse_by_a_command_and_no_clock_runs_back() {
    let mut state = after(&[limit("l1", "a", "2026-01-01", 100), reserve("r1", &["a"], 60)]);
    assert_eq!(state.apply(999, &Command::Expire { id: "e1".into(), at_ms: None }).status, Status::Done);
    assert_eq!(amounts(&state, "a"), (0, 60, Some(40)));
    state.apply(1_000, &limit("l2", "b", "2026-01-01", 1));
    // The caller's clock has jumped back: the latest time that was seen counts.
    assert_eq!(state.apply(5, &Command::Expire { id: "e2".into(), at_ms: None }).status, Status::Done);
    assert_eq!((amounts(&state, "a"), left(&state, "r1")), ((0, 0, Some(100)), Some((0, false))));
    assert_eq!(state.apply(5, &post("p1", "r1", 1, "2026-05-01")).status, Status::ReservationClosed);
}

#[test]
fn a_limit_that_changes_midway_lets_stand_what_was_lawful() {
    let mut state = after(&[
        limit("l1", "a", "2026-01-01", 100),
        reserve("r1", &["a"], 70),
        post("p1", "r1", 70, "2026-05-01"),
        reserve("r2", &["a"], 20),
    ]);
    let lowered = state.apply(0, &limit("l2", "a", "2026-06-01", 50));
    assert_eq!((lowered.status, lowered.breaches.len()), (Status::Done, 0), "nothing was posted since");
    assert_eq!(view(&state, "a").available_milli_tpp, Some(0), "never negative");
    assert_eq!(state.account(&key("a"), date("2026-05-31")).unwrap().limit_milli_tpp, Some(100));
    // What has not gone yet may not go after that day, and may before it.
    assert_eq!(state.apply(0, &post("p2", "r2", 10, "2026-06-01")).status, Status::OverLimit);
    assert_eq!(state.apply(0, &post("p3", "r2", 10, "2026-05-31")).status, Status::Done);
    assert_eq!(state.apply(0, &reserve("r3", &["a"], 1)).status, Status::Done, "a day in May is under the old limit");
}

#[test]
fn what_is_found_out_later_is_told_as_a_breach_and_ends_when_it_is_put_right() {
    let mut state = after(&[
        limit("l1", "a", "2026-01-01", 100),
        reserve("r1", &["a"], 100),
        post("p1", "r1", 60, "2026-03-01"),
        post("p2", "r1", 40, "2026-05-01"),
    ]);
    // The law reaches back.
    let breach = |day: &str, used, limit| Some(Breach { day: date(day), used_milli_tpp: used, limit_milli_tpp: limit });
    let back = state.apply(0, &limit("l2", "a", "2026-02-01", 90));
    assert_eq!(back.breaches, [BreachChange { account: key("a"), breach: breach("2026-05-01", 100, 90) }]);
    // A shipment was larger than it was said to be.
    let more = state.apply(0, &correct("k1", "p1", 95, "2026-03-01"));
    assert_eq!(more.breaches[0].breach, breach("2026-03-01", 95, 90));
    assert_eq!(view(&state, "a").breach, breach("2026-03-01", 95, 90));
    let less = state.apply(0, &correct("k2", "p1", 10, "2026-03-01"));
    assert_eq!((less.status, less.breaches[0].breach.clone()), (Status::Done, None));
    assert_eq!(amounts(&state, "a"), (50, 0, Some(40)));
    // Into a year that has no limit: it must have one first.
    assert_eq!(state.apply(0, &correct("k3", "p1", 10, "2025-12-31")).status, Status::NoLimit);
}

#[test]
fn consignees_found_to_be_one_group_are_counted_as_one() {
    let mut state = after(&[
        limit("l1", "a", "2026-01-01", 100),
        limit("l2", "b", "2026-01-01", 100),
        reserve("r1", &["a"], 80),
        post("p1", "r1", 60, "2026-03-01"),
        reserve("r2", &["b"], 90),
        post("p2", "r2", 70, "2026-04-01"),
    ]);
    let grouped = state.apply(0, &group("g1", "b", "a", "2026-02-01"));
    let breach = Some(Breach { day: date("2026-04-01"), used_milli_tpp: 130, limit_milli_tpp: 100 });
    assert_eq!(grouped.breaches, [BreachChange { account: key("a"), breach }]);
    assert_eq!(amounts(&state, "b"), amounts(&state, "a"), "asked for b, a answers");
    assert_eq!(amounts(&state, "a"), (130, 40, Some(0)));
    assert_eq!(state.apply(0, &reserve("r3", &["b"], 1)).status, Status::OverLimit);
    assert_eq!(state.apply(0, &post("p3", "r2", 20, "2026-05-01")).status, Status::OverLimit);
    assert_eq!(state.apply(0, &void("v1", "r2")).status, Status::Done);
    assert_eq!(amounts(&state, "a"), (130, 20, Some(0)));
    // One shipment to both is charged to the group once.
    let mut state = after(&[limit("l1", "a", "2026-01-01", 100), limit("l2", "b", "2026-01-01", 100)]);
    assert_eq!(state.apply(0, &reserve("r1", &["a", "b"], 30)).status, Status::Done);
    assert_eq!(state.apply(0, &post("p1", "r1", 10, "2026-05-01")).status, Status::Done);
    assert_eq!(state.apply(0, &group("g1", "b", "a", "2026-01-01")).status, Status::Done);
    assert_eq!(amounts(&state, "a"), (10, 20, Some(70)));
}

#[test]
fn keys_are_written_as_they_were_hashed() {
    let key = AccountKey { rule: "nveu".into(), holder: "p1".into(), country: Some("IN".into()), period: Period::All };
    let json = r#"{"rule":"nveu","holder":"p1","country":"IN","period":"all"}"#;
    assert_eq!(serde_json::to_string(&key).unwrap(), json);
    let key = AccountKey { country: None, period: Period::Year(2026), ..key };
    assert_eq!(serde_json::to_string(&key).unwrap(), r#"{"rule":"nveu","holder":"p1","period":"2026"}"#);
    assert_eq!(serde_json::from_str::<AccountKey>(&serde_json::to_string(&key).unwrap()).unwrap(), key);
}

/// The counts worked out anew from the list of what was done.
#[derive(Default)]
struct Model {
    limits: BTreeMap<usize, i64>,
    /// Accounts, what is left, whether it is open, when it lapses.
    reservations: BTreeMap<String, (Vec<usize>, i64, bool, i64)>,
    postings: Vec<(Vec<usize>, i64)>,
    /// Reservations of which something has gone.
    has_postings: BTreeSet<String>,
}

impl Model {
    fn sums(&self, account: usize) -> (i64, i64) {
        let posted = self.postings.iter().filter(|(known, _)| known.contains(&account)).map(|(_, amount)| amount).sum();
        let open = self.reservations.values().filter(|(known, _, open, _)| *open && known.contains(&account));
        (posted, open.map(|(_, left, ..)| left).sum())
    }
}

proptest! {
    /// Against the model: reservations, postings, cancellations and lapses in any order never overdraw, and every unit is accounted for.
    #[test]
    fn nothing_is_overdrawn_or_counted_twice(steps in prop::collection::vec((0..6_u8, 0..3_usize, 0..3_usize, 1..50_i64, 0..12_usize), 1..120)) {
        let mut state = State::default();
        let mut model = Model::default();
        for account in 0..3 {
            let amount = 60 + 40 * i64::try_from(account).unwrap();
            state.apply(0, &limit(&format!("l{account}"), &account.to_string(), "2026-01-01", amount));
            model.limits.insert(account, amount);
        }
        for (step, (kind, a, b, amount, which)) in steps.into_iter().enumerate() {
            let time = i64::try_from(step).unwrap();
            let name = format!("r{which}");
            match kind {
                0 | 1 => {
                    let mut charged = vec![a, b];
                    charged.dedup();
                    let holders: Vec<String> = charged.iter().map(ToString::to_string).collect();
                    let accounts = holders.iter().map(|holder| key(holder)).collect();
                    let expires_at = time + 20;
                    let command = Command::Reserve { id: name.clone(), accounts, amount_milli_tpp: amount, day: date("2026-05-01"), expires_at_ms: expires_at };
                    let is_known = model.reservations.contains_key(&name);
                    let fits = charged.iter().all(|account| { let (posted, reserved) = model.sums(*account); posted + reserved + amount <= model.limits[account] });
                    let status = state.apply(time, &command).status;
                    if !is_known && status == Status::Done {
                        prop_assert!(fits);
                        model.reservations.insert(name, (charged, amount, true, expires_at));
                    } else if !is_known {
                        // The name is used up by its refusal.
                        prop_assert!(!fits || status == Status::IdTaken);
                    }
                }
                2 => {
                    let status = state.apply(time, &post(&format!("p{step}"), &name, amount, "2026-05-01")).status;
                    let open = model.reservations.get_mut(&name).filter(|(_, left, open, _)| *open && amount <= *left);
                    prop_assert_eq!(status == Status::Done, open.is_some());
                    if let Some((accounts, left, open, _)) = open {
                        *left -= amount;
                        *open = *left > 0;
                        model.has_postings.insert(name);
                        model.postings.push((accounts.clone(), amount));
                    }
                }
                3 => {
                    let status = state.apply(time, &void(&format!("v{step}"), &name)).status;
                    let open = model.reservations.get_mut(&name).filter(|(_, _, open, _)| *open);
                    prop_assert_eq!(status == Status::Done, open.is_some());
                    if let Some((_, _, open, _)) = open { *open = false; }
                }
                4 => {
                    let (id, reservation, expires_at) = (format!("m{step}"), name.clone(), time + 20);
                    let command = Command::Amend { id: id.clone(), reservation, accounts: vec![key(&a.to_string())], amount_milli_tpp: amount, day: date("2026-05-01"), expires_at_ms: expires_at };
                    let status = state.apply(time, &command).status;
                    let old = model.reservations.get(&name).filter(|known| known.2).cloned();
                    let began = model.has_postings.contains(&name);
                    let freed = old.as_ref().filter(|known| known.0.contains(&a)).map_or(0, |known| known.1);
                    let (posted, reserved) = model.sums(a);
                    let fits = posted + reserved - freed + amount <= model.limits[&a];
                    prop_assert_eq!(status == Status::Done, old.is_some() && !began && fits, "{:?}", status);
                    if status == Status::Done {
                        if let Some(known) = model.reservations.get_mut(&name) { known.2 = false; }
                        model.reservations.insert(id, (vec![a], amount, true, expires_at));
                    }
                }
                _ => {
                    state.apply(time, &Command::Expire { id: format!("e{step}"), at_ms: None });
                    model.reservations.values_mut().filter(|known| known.3 <= time).for_each(|known| known.2 = false);
                }
            }
            for account in 0..3 {
                let known = amounts(&state, &account.to_string());
                prop_assert_eq!((known.0, known.1), model.sums(account));
                prop_assert!(known.0 + known.1 <= model.limits[&account]);
            }
        }
    }
}
