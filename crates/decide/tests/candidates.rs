//! An item's name that may mean several is settled where the law makes no difference between them on the order, and open where it does.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop, helpers included")]

use std::sync::Arc;

use tollgate_decide::{Decider, Tables};
use tollgate_law::Law;
use tollgate_model::{Activity, OrderLine, Outcome, Party, Tpp};

fn decider(strict: bool) -> Decider {
    let law = Law::embedded().unwrap();
    let policy = Arc::new(tollgate_decide::load_policy(&law, "diffusion").unwrap());
    let party = Party {
        party_id: "hall".to_owned(),
        name: Some("hall".to_owned()),
        country: "MY".parse().ok(),
        hq_country: "MY".parse().ok(),
        ..Party::default()
    };
    let parties = [(party.party_id.clone(), party)].into();
    Decider::new(policy, Arc::new(Tables { parties, strict, ..Tables::default() }))
}

fn order(item: &str) -> OrderLine<'_> {
    OrderLine {
        unread: &[],
        order_id: "one",
        line: 1,
        date: "2025-06-02".parse().unwrap(),
        activity: Activity::Export,
        exporter: None,
        purchaser: None,
        intermediate_consignee: None,
        ultimate_consignee: "hall",
        end_user: None,
        freight_forwarder: None,
        lpp_operator: None,
        origin: "US".parse().ok(),
        destination: "MY".parse().unwrap(),
        via: None,
        item,
        quantity: 8,
        end_use: Some("data_center"),
        authorization: None,
    }
}

#[test]
fn accelerators_that_the_law_cannot_tell_apart_need_not_be() {
    let mut decider = decider(false);
    let any = decider.decide(&order("H100")).unwrap();
    let (outcome, tpp) = (any.determination().label.outcome, any.line.tpp);
    assert_eq!(tpp, Some(Tpp::whole(8 * 15_824)), "counted as the one with the most TPP");
    let findings = any.item_findings().join(" ");
    assert!(findings.contains("H100 SXM5 80GB") && findings.contains("H100 PCIe 80GB"), "{findings}");
    assert!(!any.line.remarks.iter().any(|remark| remark.contains("not known")), "{:?}", any.line.remarks);
    let mut alone = self::decider(false);
    let most = alone.decide(&order("H100 SXM5 80GB")).unwrap();
    assert_eq!(outcome, most.determination().label.outcome);
    assert_ne!(outcome, Outcome::NeedsInformation);
}

#[test]
fn accelerators_that_the_law_tells_apart_are_asked_for() {
    let mut decider = decider(false);
    let open = decider.decide(&order("RTX 6000")).unwrap();
    assert_eq!(open.determination().label.outcome, Outcome::NeedsInformation);
    assert_eq!((open.line.tpp, open.missing.as_slice()), (None, ["item".to_owned()].as_slice()));
    assert!(open.line.remarks.iter().any(|remark| remark.contains("several items answer to this name")));
}

#[test]
fn a_strict_file_names_its_items() {
    assert!(decider(true).decide(&order("H100")).is_err());
}

#[test]
fn what_differs_only_for_others_settles_it_here() {
    let mut decider = decider(false);
    for (item, destination) in [("H100", "CN"), ("HGX A100", "CN")] {
        let line = OrderLine { destination: destination.parse().unwrap(), ..order(item) };
        let decided = decider.decide(&line).unwrap();
        assert_eq!(decided.determination().label.outcome, Outcome::LicenseRequired, "{item} to {destination}");
    }
}
