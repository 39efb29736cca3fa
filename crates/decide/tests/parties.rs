//! Who the parties are, and what follows: designations by lists, goods that go on, what is counted for whom.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop, helpers included")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tollgate_decide::{
    Decider, Detail, MatchLimits, SHOWN, ScreeningResults, Tables, decision_record, failed_claim, load_policy,
    next_steps, summary,
};
use tollgate_law::{Law, facts};
use tollgate_model::{Activity, License, OrderLine, Outcome, Party, PartyDetails, Stake, Tpp};
use tollgate_records::DecisionRecord;
use tollgate_screening::{Screener, THRESHOLD, read_lists};

fn party(id: &str, country: &str) -> Party {
    Party {
        party_id: id.to_owned(),
        name: Some(id.to_owned()),
        country: country.parse().ok(),
        hq_country: country.parse().ok(),
        ..Party::default()
    }
}

fn table(parties: Vec<Party>) -> BTreeMap<String, Party> {
    parties.into_iter().map(|party| (party.party_id.clone(), party)).collect()
}

fn order<'a>(consignee: &'a str, destination: &str) -> OrderLine<'a> {
    OrderLine {
        unread: &[],
        order_id: "one",
        line: 1,
        date: "2025-06-02".parse().unwrap(),
        activity: Activity::Export,
        exporter: None,
        purchaser: None,
        intermediate_consignee: None,
        ultimate_consignee: consignee,
        end_user: None,
        freight_forwarder: None,
        lpp_operator: None,
        origin: "US".parse().ok(),
        destination: destination.parse().unwrap(),
        via: None,
        item: "H100 SXM5 80GB",
        quantity: 8,
        end_use: Some("data_center"),
        authorization: None,
    }
}

fn decider(policy: &str, tables: Tables) -> (Decider, Arc<Tables>) {
    let law = Arc::new(Law::embedded().unwrap());
    let tables = Arc::new(tables);
    (Decider::new(Arc::new(load_policy(&law, policy).unwrap()), Arc::clone(&tables)), tables)
}

fn record(policy: &str, tables: Tables, order: &OrderLine<'_>) -> DecisionRecord {
    let (mut decider, tables) = decider(policy, tables);
    let policy = Arc::clone(&decider.policy);
    let decided = decider.decide(order).unwrap();
    decision_record(order, &decided, &policy, &tables, Detail::Whole)
}

fn screened(parties: BTreeMap<String, Party>, list: &str) -> Tables {
    let lists = read_lists(&[("list.csv".to_owned(), list.as_bytes().to_vec())]).unwrap();
    let screener = Screener::new(lists);
    let stop = Arc::new(AtomicBool::new(false));
    let screened = ScreeningResults::new(
        &screener,
        &parties,
        &[],
        MatchLimits { threshold_points: THRESHOLD, shown: SHOWN },
        &[],
        None,
        &stop,
    )
    .unwrap();
    Tables { parties, screened, ..Tables::default() }
}

#[test]
fn a_designation_counts_by_the_programs_of_its_entry() {
    const HEAD: &str = "list,id,name,country,programs\nSpecially Designated Nationals (SDN) - Treasury Department,S-1,Orel Semicon Trading FZE,AE,";
    for (programs, outcome, missing) in [
        ("SDGT; IFSR", Outcome::LicenseRequired, false),
        ("UKRAINE-EO13661", Outcome::LicenseRequired, false),
        ("ILLICIT DRUGS-EO14059", Outcome::LicenseRequired, false),
        ("CUBA", Outcome::NoLicenseRequired, false),
        ("", Outcome::NeedsInformation, true),
        ("SOMETHING-NEW", Outcome::NeedsInformation, true),
    ] {
        let tables = screened(table(vec![party("Orel Semicon Trading FZE", "AE")]), &format!("{HEAD}{programs}\n"));
        let order = OrderLine { item: "L20", ..order("Orel Semicon Trading FZE", "AE") };
        let record = record("ear", tables, &order);
        assert_eq!(record.outcome, outcome, "{programs}: {}", record.summary);
        assert_eq!(!record.missing.is_empty(), missing, "{programs}");
        let warned = record.summary.contains("Specially Designated");
        assert_eq!(warned, outcome != Outcome::LicenseRequired, "{programs}: {}", record.summary);
    }
}

#[test]
fn an_entry_of_the_entity_list_brings_its_own_review() {
    const HEAD: &str = "list,id,name,country,license_policy\nEntity List (EL) - Bureau of Industry and Security,E-1,Orel Semicon Trading FZE,AE,";
    for (policy, flags, review) in [
        ("Case-by-case basis", "", "case_by_case"),
        ("Presumption of denial", "", "presumption_of_denial"),
        ("Policy of denial", "", "policy_of_denial"),
        ("", "", "presumption_of_denial"),
        // Who is listed by its flag too states nothing milder.
        ("Case-by-case basis", "entity_list", "presumption_of_denial"),
    ] {
        let flags = flags.split_whitespace().map(str::to_owned).collect();
        let listed = Party { flags, ..party("Orel Semicon Trading FZE", "AE") };
        let tables = screened(table(vec![listed]), &format!("{HEAD}{policy}\n"));
        let order = OrderLine { item: "L20", ..order("Orel Semicon Trading FZE", "AE") };
        let record = record("ear", tables, &order);
        assert_eq!(record.outcome, Outcome::LicenseRequired, "{policy}: {}", record.summary);
        assert_eq!(record.review_policy.map(|review| review.to_string()).as_deref(), Some(review), "{policy}");
    }
}

#[test]
fn a_name_that_is_not_read_leaves_its_line_open_until_it_is_cleared() {
    const LIST: &str = "name,list\nBlue Heron Works,Entity List\n";
    let long = ["heron"; 200].join(" ");
    for (name, open) in [
        ("Kleiner Laden GmbH", false),
        ("小さな店株式会社", false),
        ("ቡና ንግድ", true),
        ("မြန်မာ", true),
        ("---", true),
        (long.as_str(), true),
    ] {
        let buyer = Party { name: Some(name.to_owned()), ..party("buyer", "DE") };
        let order = OrderLine { item: "L20", ..order("buyer", "DE") };
        let record = record("ear", screened(table(vec![buyer]), LIST), &order);
        let expected = if open { Outcome::NeedsInformation } else { Outcome::NoLicenseRequired };
        assert_eq!(record.outcome, expected, "{name}: {}", record.summary);
        assert_eq!(record.screening.iter().any(|line| line.contains("not screened")), open, "{:?}", record.screening);
    }
}

#[test]
fn a_claim_that_is_barred_says_why() {
    let why = |claim: &str| {
        let (mut decider, _) =
            decider("ear", Tables { parties: table(vec![party("beijing", "CN")]), ..Tables::default() });
        let order = OrderLine { authorization: Some(claim), ..order("beijing", "CN") };
        let decided = decider.decide(&order).unwrap();
        assert_eq!(decided.claimed_ok, Some(false), "{claim}");
        failed_claim(&order, &decided).unwrap()
    };
    assert!(why("STA").contains("does not overcome 15 CFR 742.6"), "{}", why("STA"));
    assert!(why("C59").starts_with("STA does not hold"), "{}", why("C59"));
    assert!(why("CIV").contains("removed on 2020-06-29"));
    assert!(why("C65").contains("no temporary general license"));
}

#[test]
fn the_report_under_aia_counts_what_a_consignee_gets_everywhere() {
    let (mut decider, _) =
        decider("diffusion", Tables { parties: table(vec![party("sakura", "JP")]), ..Tables::default() });
    let reported = |decider: &mut Decider, destination: &str| {
        // 158,240,000 TPP each.
        let order = OrderLine { quantity: 10_000, ..order("sakura", destination) };
        let decided = decider.decide(&order).unwrap();
        assert_eq!(decided.exception().map(|exception| exception.name.as_str()), Some("AIA"), "{destination}");
        decided.obligations().any(|rule| rule.text.contains("253,000,000"))
    };
    assert!(!reported(&mut decider, "JP"));
    assert!(reported(&mut decider, "KR"), "316 million over both destinations");
}

#[test]
fn nothing_is_counted_for_a_sale_at_home() {
    let (mut decider, tables) =
        decider("diffusion", Tables { parties: table(vec![party("delhi", "IN")]), ..Tables::default() });
    let order = OrderLine { quantity: 10_000, activity: Activity::TransferInCountry, ..order("delhi", "US") };
    let decided = decider.decide(&order).unwrap();
    assert_eq!(decided.determination().label.outcome, Outcome::NoLicenseRequired);
    assert!(summary(&order, &decided, &tables).contains("734.13"));
    assert!(decider.account_views().is_empty(), "{:?}", decider.account_views());
}

#[test]
fn goods_that_go_on_ask_for_their_end_user() {
    let details = PartyDetails { business: Some("Wholesale of computers".to_owned()), ..PartyDetails::default() };
    let wholesaler = Party { details: Some(Box::new(details)), ..party("lion", "SG") };
    let tables = || Tables { parties: table(vec![wholesaler.clone(), party("tokyo", "JP")]), ..Tables::default() };
    let open = record("ear", tables(), &order("lion", "SG"));
    assert_eq!(
        (open.outcome, open.missing.as_slice()),
        (Outcome::NeedsInformation, ["end_user".to_owned()].as_slice())
    );
    assert!(open.next.iter().any(|step| step.what.contains("end user") && step.by.contains("hold")), "{:?}", open.next);
    let named = OrderLine { end_user: Some("tokyo"), ..order("lion", "SG") };
    assert_eq!(record("ear", tables(), &named).outcome, Outcome::NoLicenseRequired);
}

#[test]
fn a_claim_that_fails_says_where_and_what_would_cure_it() {
    let tables = Tables { parties: table(vec![party("riad", "SA")]), ..Tables::default() };
    let (mut decider, _) = decider("ear", tables);
    let date = "2024-06-03".parse().unwrap();
    for (item, claim, cite, cure) in [
        ("H100 SXM5 80GB", "NAC", "740.8(a)", "apply for a license"),
        ("GeForce RTX 4090", "NAC", "740.8(a)", "claim ACA"),
        ("H100 SXM5 80GB", "LPP", "no provision in force", "apply for a license"),
        ("H100 SXM5 80GB", "NLR", "742.6(a)(6)(iii)", "apply for a license"),
        ("L20", "ACA", "740.8(a)", "claim NLR"),
    ] {
        let order = OrderLine { item, date, authorization: Some(claim), ..order("riad", "SA") };
        let decided = decider.decide(&order).unwrap();
        let why = failed_claim(&order, &decided).unwrap_or_default();
        assert!(why.contains(cite) && why.contains(cure), "{item} under {claim}: {why}");
        assert!(
            decided.determination().label.outcome == Outcome::NoLicenseRequired
                || !next_steps(&order, &decided).is_empty()
        );
    }
}

#[test]
fn a_claimed_license_is_held_against_its_row() {
    let license = License {
        number: "D1234567".to_owned(),
        expires_on: "2025-12-31".parse().ok(),
        consignees: vec!["riad".to_owned()],
        destinations: vec!["SA".parse().unwrap()],
        quantity: Some(20),
        conditions: vec!["No resale".to_owned()],
        ..License::default()
    };
    let licenses = BTreeMap::from([(license.number.clone(), license)]);
    let parties = table(vec![party("riad", "SA"), party("dubai", "AE")]);
    let (mut decider, _) = decider("ear", Tables { parties, licenses, ..Tables::default() });
    let date = |day: &str| day.parse().unwrap();
    let mut claimed = |consignee: &str, destination: &str, quantity, day: &str, number: &str| {
        let order =
            OrderLine { quantity, date: date(day), authorization: Some(number), ..order(consignee, destination) };
        let decided = decider.decide(&order).unwrap();
        let why = decided.license.as_ref().map_or(String::new(), |found| found.why.clone());
        assert_eq!(decided.determination().label.outcome, Outcome::LicenseRequired, "{why}");
        (decided.claimed_ok, why)
    };
    assert_eq!(claimed("riad", "SA", 12, "2024-06-03", "D1234567").0, Some(true));
    for (consignee, destination, quantity, day, number, holds, said) in [
        ("riad", "SA", 9, "2024-06-04", "D1234567", Some(false), "ship 8 at most"),
        ("riad", "SA", 8, "2026-01-01", "D1234567", Some(false), "expired on 2025-12-31"),
        ("dubai", "AE", 1, "2024-06-04", "D1234567", Some(false), "does not name the destination AE"),
        ("dubai", "SA", 1, "2024-06-04", "D1234567", Some(false), "does not name `dubai`"),
        ("riad", "SA", 1, "2024-06-04", "D7654321", None, "is not in the table"),
        ("riad", "SA", 8, "2024-06-05", "D1234567", Some(true), "20 of 20 units"),
    ] {
        let (found, why) = claimed(consignee, destination, quantity, day, number);
        assert_eq!(found, holds, "{why}");
        assert!(why.contains(said), "{why}");
    }
}

#[test]
fn a_license_is_held_by_value_licensee_and_parties() {
    let license = License {
        number: "D1234567".to_owned(),
        licensee: Some("maker".to_owned()),
        expires_on: "2025-12-31".parse().ok(),
        consignees: vec!["riad".to_owned(), "jeddah".to_owned()],
        destinations: vec!["SA".parse().unwrap()],
        items: vec!["H100 SXM".to_owned()],
        quantity: Some(100),
        value_usd: "1000".parse().ok(),
        ..License::default()
    };
    let licenses = BTreeMap::from([(license.number.clone(), license)]);
    let rows = vec![party("riad", "SA"), party("jeddah", "SA"), party("dubai", "AE"), party("maker", "US")];
    let (mut decider, _) = decider("ear", Tables { parties: table(rows), licenses, ..Tables::default() });
    let base = || OrderLine {
        quantity: 1,
        exporter: Some("maker"),
        authorization: Some("d1234567"),
        item: "H100 SXM5 80GB",
        ..order("riad", "SA")
    };
    let mut held = |order: OrderLine<'_>, price: Option<&str>| {
        let decided = decider.decide_priced(&order, price.map(|price| price.parse().unwrap())).unwrap();
        (decided.claimed_ok, decided.license.as_ref().map_or(String::new(), |found| found.why.clone()))
    };
    for (order, price, holds, said) in [
        (OrderLine { exporter: Some("riad"), ..base() }, Some("1"), Some(false), "the licensee must export"),
        (OrderLine { exporter: None, ..base() }, Some("1"), None, "who exports is not stated"),
        (OrderLine { purchaser: Some("dubai"), ..base() }, Some("1"), None, "the purchaser `dubai`"),
        (OrderLine { intermediate_consignee: Some("dubai"), ..base() }, Some("1"), Some(false), "750.7(c)(1)(v)"),
        (
            OrderLine { intermediate_consignee: Some("nobody"), ..base() },
            Some("1"),
            None,
            "where that is is not stated",
        ),
        (OrderLine { item: "H200 SXM", ..base() }, Some("1"), Some(false), "does not name the item"),
        (base(), None, None, "`unit_price_usd`"),
        (base(), Some("1100.01"), Some(false), "by 10 percent more at most"),
        (OrderLine { purchaser: Some("jeddah"), ..base() }, Some("1100"), Some(true), "1,100 of 1000 US dollars"),
        (base(), Some("0.01"), Some(false), "by 10 percent more at most"),
        (base(), Some("0"), Some(true), "2 of 100 units"),
    ] {
        let (found, why) = held(order, price);
        assert_eq!(found, holds, "{why}");
        assert!(why.contains(said), "{why}");
    }
}

#[test]
fn a_line_decided_again_knows_what_went_under_its_license_however_the_number_is_written() {
    let license = License {
        number: "D1234567".to_owned(),
        expires_on: "2025-12-31".parse().ok(),
        consignees: vec!["riad".to_owned()],
        quantity: Some(15),
        ..License::default()
    };
    let licenses = BTreeMap::from([(license.number.clone(), license)]);
    let tables = Tables { parties: table(vec![party("riad", "SA")]), licenses, ..Tables::default() };
    let (mut decider, _) = decider("ear", tables);
    let claims = |number: &'static str| OrderLine { authorization: Some(number), ..order("riad", "SA") };
    assert_eq!(decider.decide(&claims("D1234567")).unwrap().claimed_ok, Some(true));
    let second = claims(" d1234567");
    let (counts, claimed_ok) = {
        let decided = decider.decide(&second).unwrap();
        (decided.file_counts(), decided.claimed_ok)
    };
    assert_eq!((counts.license_units, claimed_ok), (order("riad", "SA").quantity, Some(false)));
    assert_eq!(decider.decide_within(&second, &counts, &|_| Tpp::from_thousandths(0)).unwrap().claimed_ok, Some(false));
}

#[test]
fn a_flag_that_is_not_understood_may_say_that_a_condition_of_january_2026_is_not_met() {
    let flagged = |id: &str, country: &str, flags: &[&str]| Party {
        flags: flags.iter().map(|flag| (*flag).to_owned()).collect(),
        ..party(id, country)
    };
    let conditions = [facts::EXPORTER_CHINA_VOLUME, facts::EXPORTER_US_SUPPLY, facts::NO_KYC];
    let unmet = |maker: &[&str], buyer: &[&str]| {
        let parties = table(vec![flagged("maker", "US", maker), flagged("lan", "CN", buyer)]);
        let (mut decider, _) = decider("ear", Tables { parties, ..Tables::default() });
        let order = OrderLine { exporter: Some("maker"), item: "H200 SXM", ..order("lan", "CN") };
        let decided = decider.decide(&order).unwrap();
        conditions.map(|condition| decided.line.facts.get(condition))
    };
    assert_eq!(unmet(&["foundry"], &["distributor"]), [Some(0), Some(0), Some(0)]);
    assert_eq!(unmet(&["us_supply_affected"], &["no_kyc"]), [Some(0), Some(1), Some(1)]);
    assert_eq!(unmet(&["chinavolumes"], &[]), [None, None, Some(0)]);
    assert_eq!(unmet(&[], &["kyc?"]), [Some(0), Some(0), None]);
}

#[test]
fn owners_that_flags_say_are_listed_make_listed_whom_they_own_by_half() {
    let flagged = |id: &str, country: &str, flag: &str| Party { flags: vec![flag.to_owned()], ..party(id, country) };
    let stake = |owner: &str, owned: &str, percent: Option<i64>| Stake {
        owner_id: owner.to_owned(),
        owned_id: owned.to_owned(),
        percent: percent.map(|percent| percent.to_string().parse().unwrap()),
        controls: false,
        from: None,
        until: None,
    };
    let answer = |flag: &str, country: &str, parent: bool, stakes: &[Stake], date: &str| {
        let parent_id = parent.then(|| "owner".to_owned());
        let shop = Party { parent_id, ..party("shop", country) };
        let parties = table(vec![flagged("owner", "CN", flag), shop, party("hall", "DE")]);
        let screener = Screener::new(Vec::new());
        let limits = MatchLimits { threshold_points: THRESHOLD, shown: SHOWN };
        let stop = Arc::new(AtomicBool::new(false));
        let screened = ScreeningResults::new(&screener, &parties, stakes, limits, &[], None, &stop).unwrap();
        let order =
            OrderLine { item: "RTX 4060", date: date.parse().unwrap(), purchaser: Some("shop"), ..order("hall", "DE") };
        let tables = Tables { parties, stakes: stakes.to_vec(), screened, ..Tables::default() };
        record("ear", tables, &order).outcome
    };
    const RULE: &str = "2025-10-15";
    let all = [stake("owner", "shop", Some(60))];
    for flag in ["entity_list", "military_end_user", "sdn:RUSSIA-EO14024", "entity_list:2025-10-15"] {
        assert_eq!(answer(flag, "DE", false, &all, RULE), Outcome::LicenseRequired, "{flag}");
    }
    for flag in ["military", "sdn", "sdn:SOMETHING-NEW", "entitty of some list"] {
        assert_eq!(answer(flag, "DE", false, &all, RULE), Outcome::NeedsInformation, "{flag}");
    }
    for (flag, country, percent, date) in [
        ("entity_list:2025-10-16", "DE", 60, RULE),
        ("entity_list", "DE", 40, RULE),
        ("entity_list", "US", 100, RULE),
        ("entity_list", "DE", 60, "2025-11-10"),
    ] {
        // What nobody holds the rest of is in doubt while the rule binds.
        let stakes = [stake("owner", "shop", Some(percent)), stake("family", "shop", Some(100 - percent))];
        let stakes = if percent == 100 { &stakes[..1] } else { &stakes[..] };
        assert_eq!(answer(flag, country, false, stakes, date), Outcome::NoLicenseRequired, "{flag} {country} {date}");
    }
    // A parent of whom the part is not known.
    assert_eq!(answer("entity_list", "DE", true, &[], RULE), Outcome::NeedsInformation);
    assert_eq!(
        answer("entity_list", "DE", true, &[stake("family", "shop", Some(40))], RULE),
        Outcome::NeedsInformation
    );
    assert_eq!(
        answer("entity_list", "DE", true, &[stake("family", "shop", Some(60))], RULE),
        Outcome::NoLicenseRequired
    );
    assert_eq!(answer("government", "DE", true, &[], RULE), Outcome::NoLicenseRequired);
    assert_eq!(answer("entity_list", "DE", true, &[stake("owner", "shop", Some(100))], RULE), Outcome::LicenseRequired);
}
