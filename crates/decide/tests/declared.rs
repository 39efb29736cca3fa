//! License codes of AES held against the day and against what a line goes under: findings, which decide nothing.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop, helpers included")]

use std::sync::Arc;

use tollgate_decide::{Decider, DescribedItems, Tables, declared_findings};
use tollgate_law::Law;
use tollgate_model::{Activity, OrderLine, Outcome, Party, Tpp};
use tollgate_records::Declared;

fn tables() -> Arc<Tables> {
    let party = |id: &str, country: &str| Party {
        party_id: id.to_owned(),
        name: Some(id.to_owned()),
        country: country.parse().ok(),
        hq_country: country.parse().ok(),
        ..Party::default()
    };
    let parties =
        [party("CN", "CN"), party("NO", "NO")].into_iter().map(|party| (party.party_id.clone(), party)).collect();
    Arc::new(Tables { parties, ..Tables::default() })
}

/// The findings on what is claimed for a card to a country, and the outcome.
fn findings(claim: &str, date: &str, item: &str, place: &str) -> (Vec<String>, Outcome) {
    let policy = Arc::new(Law::embedded().unwrap().policy("ear").unwrap());
    let mut decider = Decider::new(Arc::clone(&policy), tables());
    let order = OrderLine {
        unread: &[],
        order_id: "one",
        line: 1,
        date: date.parse().unwrap(),
        activity: Activity::Export,
        exporter: None,
        purchaser: None,
        intermediate_consignee: None,
        ultimate_consignee: place,
        end_user: None,
        freight_forwarder: None,
        lpp_operator: None,
        origin: "US".parse().ok(),
        destination: place.parse().unwrap(),
        via: None,
        item,
        quantity: 8,
        end_use: Some("rendering"),
        authorization: Some(claim),
    };
    let decided = decider.decide_on(&order, &|_| Tpp::default()).unwrap();
    let declared = Declared { unit_price_usd: "100".parse().ok(), ..Declared::default() };
    let found = declared_findings(&order, declared, &decided, &policy.law.catalog, &mut DescribedItems::default());
    let of_claim = found.into_iter().filter(|finding| finding.column == "authorization");
    (of_claim.map(|finding| finding.sentence).collect(), decided.determination().label.outcome)
}

#[test]
fn a_license_code_fits_its_day_and_what_the_line_goes_under() {
    for (claim, date, says) in [
        ("C33", "2026-03-02", "needs one"),
        ("C33 NLR", "2026-03-02", "needs one"),
        ("C37", "2026-03-02", "until 2020-06-25"),
        ("C68", "2024-03-01", "since 2024-03-25"),
        ("C40 RPL", "2026-03-02", "something else stands beside it"),
        ("C30", "2026-03-02", "no number"),
        ("C99", "2026-03-02", "no license code"),
    ] {
        let (found, _) = findings(claim, date, "H100 SXM5 80GB", "CN");
        assert!(found.len() == 1 && found[0].contains(says), "{claim} on {date}: {found:?}");
    }
    for claim in ["NLR", "C30 D1234567", "nothing like it"] {
        assert_eq!(findings(claim, "2026-03-02", "H100 SXM5 80GB", "CN").0, Vec::<String>::new(), "{claim}");
    }
    let (found, outcome) = findings("C33", "2026-03-02", "L4", "NO");
    assert_eq!((found, outcome), (Vec::new(), Outcome::NoLicenseRequired));
}

#[test]
fn small_values_of_listed_items_are_filed_where_the_text_says_so() {
    let (found, _) = findings("NOEEI 30.37(a)", "2026-03-02", "H100 SXM5 80GB", "CN");
    assert!(found.iter().any(|sentence| sentence.contains("does not hold")), "{found:?}");
    assert_eq!(findings("NOEEI 30.37(a)", "2026-03-02", "L4", "NO").0, Vec::<String>::new());
}
