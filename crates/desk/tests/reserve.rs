//! A reservation from request to shipment, without HTTP: what is set aside, what ships, and who must look.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must stop, helpers included"
)]

use std::sync::Arc;

use tollgate_decide::Tables;
use tollgate_desk::{
    Answer, Correction, Desk, DeskError, HeldQueue, LineWrite, Order, OrderRequest, Release, decide_question,
    plan_amendment, plan_correction, plan_release, plan_shipment,
};
use tollgate_law::Law;
use tollgate_ledger::{Applied, Command, Entry, Ledger, MemoryLog, SnapshotFolder, SnapshotMark, Status};
use tollgate_model::{Country, Date, Party};

const NOW_MS: i64 = 1_750_000_000_000;

fn desk() -> (Desk, Ledger<MemoryLog>) {
    let law = Law::embedded().unwrap();
    let policy = Arc::new(law.policy("diffusion").unwrap());
    let party = |id: &str, country: &str| {
        let country: Option<Country> = Some(country.parse().unwrap());
        (id.to_owned(), Party { party_id: id.to_owned(), country, hq_country: country, ..Party::default() })
    };
    let parties = [party("maker", "US"), party("buyer", "SG")].into_iter().collect();
    let tables = Arc::new(Tables { parties, ..Tables::default() });
    (Desk::new(policy, tables), Ledger::open(MemoryLog::default()).unwrap())
}

fn request(order: &str, quantity: i64) -> OrderRequest {
    serde_json::from_value(serde_json::json!({
        "order_id": order, "date": "2025-06-02", "exporter": "maker", "ultimate_consignee": "buyer", "destination": "SG",
        "item": "NVIDIA H100 SXM", "quantity": quantity, "end_use": "data_center", "authorization": "LPP"
    }))
    .unwrap()
}

fn order(id: &str, key: &str, quantity: i64, hold: bool) -> Order {
    Order { key: key.to_owned(), order: request(id, quantity), hold }
}

fn outcome(answer: &Answer) -> String {
    let decision: serde_json::Value = serde_json::from_str(answer.decision.get()).unwrap();
    decision["outcome"].as_str().unwrap().to_owned()
}

fn apply(ledger: &mut Ledger<MemoryLog>, actor: &str, command: Command) -> Vec<Applied> {
    ledger.record(NOW_MS, &[Entry::Command { actor: actor.to_owned(), command }]).unwrap()
}

#[test]
fn what_one_order_sets_aside_the_next_one_lacks() {
    let (desk, mut ledger) = desk();
    let first = desk.reserve(&mut ledger, "ana", &order("PO-1", "k1", 1_600, false), NOW_MS).unwrap();
    assert_eq!(outcome(&first), "license_exception");
    assert_eq!(first.reservation.as_ref().unwrap().tpp, "25318400");
    let second = desk.reserve(&mut ledger, "ana", &order("PO-2", "k2", 200, false), NOW_MS).unwrap();
    assert_eq!(outcome(&second), "license_required", "26,900,000 TPP a year, of which 25,318,400 are set aside");
    assert!(second.reservation.is_none());
}

#[test]
fn a_question_is_decided_on_what_is_set_aside_and_sets_nothing_aside() {
    let (desk, mut ledger) = desk();
    let outcomes = |desk: &Desk, ledger: &Ledger<MemoryLog>, quantities: &[i64]| {
        let lines: Vec<OrderRequest> = quantities.iter().map(|quantity| request("question", *quantity)).collect();
        let records = decide_question(desk, ledger, None, &lines).unwrap();
        let outcome = |record: &serde_json::value::RawValue| {
            let record: serde_json::Value = serde_json::from_str(record.get()).unwrap();
            record["outcome"].as_str().unwrap().to_owned()
        };
        records.iter().map(|record| outcome(record)).collect::<Vec<_>>()
    };
    // 26,900,000 TPP a year, 15,824 a unit: the second line counts on top of the first.
    assert_eq!(outcomes(&desk, &ledger, &[1_600]), ["license_exception"]);
    assert_eq!(outcomes(&desk, &ledger, &[1_600, 200]), ["license_exception", "license_required"]);
    let head = ledger.head().seq;
    assert_eq!(outcomes(&desk, &ledger, &[1_600]), ["license_exception"], "nothing was counted before");
    desk.reserve(&mut ledger, "ana", &order("PO-1", "k1", 1_600, false), NOW_MS).unwrap();
    assert!(ledger.head().seq > head);
    assert_eq!(outcomes(&desk, &ledger, &[200]), ["license_required"], "the ledger's reservations count");
    let base = request("question", 1);
    let unknown = OrderRequest::of(&tollgate_model::OrderLine { item: "flux capacitor", ..base.line().unwrap() });
    assert!(matches!(decide_question(&desk, &ledger, None, &[unknown]), Err(DeskError::Unusable { .. })));
}

#[test]
fn a_request_made_twice_is_done_once_and_another_under_its_order_is_refused() {
    let (desk, mut ledger) = desk();
    let request = order("PO-1", "k1", 10, false);
    let first = desk.reserve(&mut ledger, "ana", &request, NOW_MS).unwrap();
    let head = ledger.head().seq;
    let again = desk.reserve(&mut ledger, "ana", &request, NOW_MS + 5).unwrap();
    assert_eq!(first.decision.get(), again.decision.get());
    assert_eq!(ledger.head().seq, head, "nothing was recorded twice");
    let other = desk.reserve(&mut ledger, "ana", &order("PO-1", "k2", 11, false), NOW_MS);
    assert_eq!(other.err(), Some(DeskError::AlreadyDecided("PO-1:1".to_owned())));
}

#[test]
fn a_held_line_ships_once_somebody_else_has_released_it() {
    let (desk, mut ledger) = desk();
    let answer = desk.reserve(&mut ledger, "ana", &order("PO-1", "k1", 10, true), NOW_MS).unwrap();
    assert!(!answer.held.is_empty());
    let write = LineWrite { order: "PO-1".to_owned(), line: 1, key: "s1".to_owned(), actor: "ana".to_owned() };
    let day: Date = "2025-06-03".parse().unwrap();
    let early = plan_shipment(&mut ledger, &write, None, day, false);
    assert!(matches!(early, Err(DeskError::Held(_))));
    let release =
        |person: &str| Release { person: person.to_owned(), key: "r1".to_owned(), reason: "looked".to_owned() };
    assert!(matches!(plan_release(&mut ledger, "PO-1:1", &release("ana")), Err(DeskError::FourEyes)));
    let plan = plan_release(&mut ledger, "PO-1:1", &release("ben")).unwrap();
    let applied = ledger.record(NOW_MS, std::slice::from_ref(&plan.entry)).unwrap();
    assert_eq!(plan.conclude(&applied).unwrap(), "PO-1:1");
    let shipment = plan_shipment(&mut ledger, &write, None, day, false).unwrap();
    let applied = apply(&mut ledger, "ana", shipment.command);
    assert_eq!(applied.first().unwrap().status, Status::Done);
    // Of what has gone nothing can be amended.
    let amendment = plan_amendment(&desk, &mut ledger, "ana", &order("PO-1", "k9", 5, false), NOW_MS);
    assert_eq!(amendment.err(), Some(DeskError::Refused(Status::ReservationClosed)));
}

#[test]
fn a_line_that_nobody_entered_is_unknown() {
    let (_, mut ledger) = desk();
    let write = LineWrite { order: "PO-9".to_owned(), line: 1, key: "s1".to_owned(), actor: "ana".to_owned() };
    let day: Date = "2025-06-03".parse().unwrap();
    assert!(matches!(plan_shipment(&mut ledger, &write, None, day, false), Err(DeskError::UnknownOrder)));
}

/// A page of a snapshot that was torn reads like what is not there; a line that waits for a second person is not forgotten for it.
#[test]
fn a_line_that_waits_is_not_forgotten_where_a_page_cannot_be_read() {
    let (desk, _) = desk();
    let log = MemoryLog::default();
    let mut ledger = Ledger::open(log.clone()).unwrap();
    desk.reserve(&mut ledger, "ana", &order("PO-1", "k1", 10, true), NOW_MS).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let snapshots = SnapshotFolder::new(folder.path());
    let mark = ledger.write_snapshot(&snapshots).unwrap();
    let data = serde_json::value::RawValue::from_string("{}".to_owned()).unwrap();
    let kind = SnapshotMark::KIND.to_owned();
    ledger.record(NOW_MS, &[Entry::Note { kind, actor: "clock".to_owned(), id: mark.id(), data }]).unwrap();
    let file = std::fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
    let mut bytes = std::fs::read(&file).unwrap();
    // The third page has the reservations.
    bytes.iter_mut().skip(2 * 4_096).take(4_096).for_each(|byte| *byte = 0);
    std::fs::write(&file, bytes).unwrap();
    let (mut ledger, _) = Ledger::open_from(log, &snapshots).unwrap();
    let mut queue = HeldQueue::default();
    assert!(queue.read_on(&mut ledger).unwrap());
    assert!(queue.held_lines(&mut ledger, 10).is_err(), "what cannot be read is no answer");
    ledger.catch_up().unwrap();
    assert!(queue.read_on(&mut ledger).unwrap());
    let held = queue.held_lines(&mut ledger, 10).unwrap();
    assert_eq!(held.iter().map(|line| line.order.as_str()).collect::<Vec<_>>(), ["PO-1"]);
}

#[test]
fn of_two_corrections_planned_at_once_the_second_takes_nothing_off_without_another_person() {
    let (desk, mut ledger) = desk();
    desk.reserve(&mut ledger, "ana", &order("PO-1", "k1", 10, false), NOW_MS).unwrap();
    let day: Date = "2025-06-20".parse().unwrap();
    let write = |key: &str| LineWrite { order: "PO-1".into(), line: 1, key: key.into(), actor: "ana".into() };
    let shipment = plan_shipment(&mut ledger, &write("s1"), Some(1_000), day, false).unwrap();
    assert_eq!(apply(&mut ledger, "ana", shipment.command)[0].status, Status::Done);
    let plan = |ledger: &mut Ledger<MemoryLog>, key: &str, amount_milli_tpp: i64| {
        let (shipment, reason) = ("s1".to_owned(), "weighed".to_owned());
        let correction = Correction { shipment, by: None, posting: None, amount_milli_tpp, day, reason };
        plan_correction(ledger, &write(key), correction, &["ana".to_owned()]).unwrap()
    };
    let (up, between) = (plan(&mut ledger, "c1", 2_000), plan(&mut ledger, "c2", 1_500));
    assert!(!up.takes_off && !between.takes_off, "by what counts now, both add");
    assert_eq!(apply(&mut ledger, "ana", up.command.command)[0].status, Status::Done);
    assert_eq!(apply(&mut ledger, "ana", between.command.command)[0].status, Status::TakesOff);
    // Asked anew, it is what another person confirms.
    let down = plan(&mut ledger, "c3", 1_500);
    assert!(down.takes_off);
    assert_eq!(apply(&mut ledger, "bob", down.command.command)[0].status, Status::Done);
}
