//! The countries of supplement no. 5(a) to part 740 are those of the order's day, or of the day of a policy that is fixed to one: a country that
//! leaves the supplement later, or enters it, changes nothing before.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop, helpers included")]

use std::sync::Arc;

use tollgate_decide::{Decider, FactBuilder, Tables};
use tollgate_law::{Law, Policy};
use tollgate_model::{Activity, Date, OrderLine, Party, Tpp};

/// Taiwan leaves the supplement and Poland enters it, on the same day.
const CHANGED: &str = "title = \"A supplement that changes\"\nbase = \"diffusion\"\n\
    [[change]]\ngroup = \"SUPP5A\"\nfrom = 2025-07-01\nsource = \"anthropic.2025-04\"\nadd = [\"PL\"]\nremove = [\"TW\"]\n";

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn policy(fixed: Option<&str>) -> Arc<Policy> {
    let law = Law::embedded().unwrap();
    Arc::new(law.policy_from_text("changed.toml", CHANGED, fixed.map(day)).unwrap())
}

fn tables() -> Arc<Tables> {
    let party = |id: &str, country: &str, hq: &str| Party {
        party_id: id.to_owned(),
        name: Some(id.to_owned()),
        country: country.parse().ok(),
        hq_country: hq.parse().ok(),
        ..Party::default()
    };
    let parties = [
        party("hall of a Taiwanese company", "IN", "TW"),
        party("hall of a Polish company", "IN", "PL"),
        party("operator", "IN", "IN"),
        party("institute", "PL", "PL"),
        party("arsenal", "TW", "TW"),
    ];
    let parties = parties.into_iter().map(|party| (party.party_id.clone(), party)).collect();
    Arc::new(Tables { parties, ..Tables::default() })
}

fn order<'a>(consignee: &'a str, destination: &str, date: &str, end_use: &'a str) -> OrderLine<'a> {
    OrderLine {
        unread: &[],
        order_id: "one",
        line: 1,
        date: day(date),
        activity: Activity::Export,
        exporter: None,
        purchaser: None,
        intermediate_consignee: None,
        ultimate_consignee: consignee,
        end_user: None,
        freight_forwarder: None,
        lpp_operator: Some("operator"),
        origin: "US".parse().ok(),
        destination: destination.parse().unwrap(),
        via: None,
        item: "H100 SXM5 80GB",
        quantity: 8,
        end_use: Some(end_use),
        authorization: Some("LPP"),
    }
}

#[test]
fn who_is_charged_under_lpp_is_read_on_the_orders_day() {
    let is_operator_charged = |fixed: Option<&str>, consignee: &str, date: &str| {
        let mut decider = Decider::new(policy(fixed), tables());
        let order = order(consignee, "IN", date, "data_center");
        let operator = decider.charge_rule(&order).operator;
        // What is counted is charged to the same holder.
        decider.decide_on(&order, &|_| Tpp::default()).unwrap();
        let holders: Vec<String> = decider.charges().into_iter().map(|(key, _)| key.holder).collect();
        assert_eq!(holders.contains(&"operator".to_owned()), operator, "{fixed:?} {consignee} {date}: {holders:?}");
        operator
    };
    let (taiwanese, polish) = ("hall of a Taiwanese company", "hall of a Polish company");
    assert!(is_operator_charged(None, taiwanese, "2025-06-30"));
    assert!(!is_operator_charged(None, taiwanese, "2025-07-01"));
    assert!(!is_operator_charged(None, polish, "2025-06-30"));
    assert!(is_operator_charged(None, polish, "2025-07-01"));
    // Where the law is fixed to a day, that day counts and not the order's.
    assert!(is_operator_charged(Some("2025-06-01"), taiwanese, "2025-08-01"));
    assert!(!is_operator_charged(Some("2025-06-01"), polish, "2025-08-01"));
    assert!(!is_operator_charged(Some("2025-08-01"), taiwanese, "2025-06-01"));
    assert!(is_operator_charged(Some("2025-08-01"), polish, "2025-06-01"));
}

#[test]
fn where_a_military_end_use_asks_for_nothing_is_read_on_the_orders_day() {
    let asks = |fixed: Option<&str>, consignee: &str, destination: &str, date: &str| {
        let mut builder = FactBuilder::new(tables(), &policy(fixed));
        builder.line(&order(consignee, destination, date, "military")).unwrap().asks.is_some()
    };
    assert!(!asks(None, "arsenal", "TW", "2025-06-30"));
    assert!(asks(None, "arsenal", "TW", "2025-07-01"));
    assert!(asks(None, "institute", "PL", "2025-06-30"));
    assert!(!asks(None, "institute", "PL", "2025-07-01"));
    assert!(!asks(Some("2025-06-01"), "arsenal", "TW", "2025-08-01"));
    assert!(asks(Some("2025-06-01"), "institute", "PL", "2025-08-01"));
}
