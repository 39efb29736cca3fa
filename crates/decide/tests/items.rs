//! What is known and not known of an item's row.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop, helpers included")]

use std::collections::BTreeMap;

use tollgate_decide::{ItemFacts, compare_eccn, item_facts, settle_density};
use tollgate_engine::{Scratch, eccn, with_readings};
use tollgate_law::{Law, facts};
use tollgate_model::{Date, Decimal, Item, ItemKind, Tpp};

fn row(kind: ItemKind, tpp: Option<&str>, accelerators: Option<i64>) -> Item {
    let tpp = tpp.map(|tpp| tpp.parse::<Decimal>().unwrap());
    Item { item: "unit".to_owned(), kind: Some(kind), tpp, accelerators, ..Item::default() }
}

fn known(item: Item) -> ItemFacts {
    let law = Law::embedded().unwrap();
    item_facts("unit", &BTreeMap::from([("unit".to_owned(), item)]), &law.catalog).unwrap()
}

/// The ECCN of a catalog item on a day, for a seller that is no foundry.
fn classified(name: &str, day: &str) -> Option<String> {
    let law = Law::embedded().unwrap();
    let policy = tollgate_decide::load_policy(&law, "ear").unwrap();
    let program = policy.program(day.parse::<Date>().unwrap());
    let item = item_facts(name, &BTreeMap::new(), &law.catalog).unwrap();
    let mut facts = item.facts.clone();
    with_readings(program, &mut facts);
    for flag in [facts::EXPORTER_FOUNDRY, facts::EXPORTER_OSAT, facts::EXPORTER_APPROVED_OSAT, facts::BUYER_IC_DESIGNER]
    {
        facts.set(flag, 0);
    }
    settle_density(program, &mut facts, &item);
    let mut scratch = Scratch::default();
    scratch.start(program, &facts);
    scratch.finish(program);
    eccn(program, &facts, &scratch)
}

#[test]
fn a_blank_number_of_accelerators_is_unknown() {
    let held = |kind, accelerators| {
        known(Item { accelerator: Some("H100 SXM5 80GB".to_owned()), ..row(kind, None, accelerators) })
    };
    assert_eq!(held(ItemKind::Server, None).unit_tpp, None);
    assert_eq!(held(ItemKind::Server, Some(8)).unit_tpp, Some(Tpp::whole(126_592)));
    assert_eq!(held(ItemKind::IntegratedCircuit, None).unit_tpp, None, "it names another accelerator");
    assert_eq!(known(row(ItemKind::Board, Some("4992"), None)).unit_tpp, None);
    assert_eq!(known(row(ItemKind::IntegratedCircuit, Some("4992"), None)).unit_tpp, Some(Tpp::whole(4_992)));
    assert_eq!(known(row(ItemKind::Server, Some("0"), None)).unit_tpp, Some(Tpp::default()), "nothing to multiply");
    assert_eq!(known(row(ItemKind::Other, None, None)).unit_tpp, Some(Tpp::default()));
}

#[test]
fn a_total_given_as_the_tpp_of_one_is_not_multiplied() {
    let rack = known(row(ItemKind::Rack, Some("1139328"), Some(72)));
    assert_eq!((rack.unit_tpp, rack.facts.get(facts::IC_TPP)), (None, None));
    assert_eq!(rack.findings.len(), 1);
    let server = known(row(ItemKind::Server, Some("126592"), Some(8)));
    assert_eq!(server.unit_tpp, None, "8 x 15,824");
    let right = known(row(ItemKind::Server, Some("15824"), Some(8)));
    assert_eq!((right.unit_tpp, right.findings.len()), (Some(Tpp::whole(126_592)), 0));
    let one = known(row(ItemKind::Server, Some("126592"), Some(1)));
    assert_eq!(one.unit_tpp, Some(Tpp::whole(126_592)));
}

#[test]
fn assemblies_are_4a090_and_packages_3a090() {
    let day = "2026-11-20";
    let eccn = |name: &str| classified(name, day);
    for name in ["H100 PCIe 80GB", "RTX 5090", "L4", "MI300X OAM", "A100 SXM4 80GB"] {
        assert_eq!(eccn(name).as_deref(), Some("4A090.a"), "{name}");
    }
    assert_eq!(eccn("L40").as_deref(), Some("4A090.b"));
    assert_eq!(eccn("Trainium2").as_deref(), Some("3A090.a"));
    assert_eq!(eccn("Samsung HBM3E").as_deref(), Some("3A090.c"));
    assert_eq!(eccn("RTX 3090").as_deref(), Some("4A994.l or 5A992.c"));
    assert_eq!(eccn("GB10").as_deref(), Some("3A991.p or 5A992.c"));
    assert_eq!(eccn("AMD EPYC 9965").as_deref(), Some("not determined here"));
}

#[test]
fn an_answer_that_holds_for_every_reported_die_area_is_given() {
    assert_eq!(classified("MI308X", "2026-11-20").as_deref(), Some("4A994.l or 5A992.c"));
    assert_eq!(classified("MI210", "2026-11-20").as_deref(), Some("4A090.b"));
    assert_eq!(classified("Flex 170", "2026-11-20").as_deref(), Some("4A090.b"));
}

#[test]
fn items_that_the_law_does_not_tell_apart_need_not_be() {
    let law = Law::embedded().unwrap();
    let either = item_facts("A100 SXM", &BTreeMap::new(), &law.catalog).unwrap();
    assert_eq!(either.name, "A100 SXM4 40GB or A100 SXM4 80GB");
    assert_eq!(either.unit_tpp, Some(Tpp::whole(4_992)));
    assert_eq!(either.facts.get(facts::IC_DRAM), None, "they differ in it");
    assert!(item_facts("H100", &BTreeMap::new(), &law.catalog).is_err());
    let chassis = item_facts("PowerEdge R760xa", &BTreeMap::new(), &law.catalog).unwrap_err();
    assert!(chassis.mend.contains("accelerators (0-4)"), "{}", chassis.mend);
}

#[test]
fn the_stated_eccn_is_compared_and_names_its_host() {
    assert!(compare_eccn("5A992.c", Some("4A090.a")).is_some());
    assert!(compare_eccn("4A090.a", Some("4A994.l or 5A992.c")).is_some());
    assert!(compare_eccn("3A090.a", Some("4A090.a")).is_none());
    assert!(compare_eccn("5A002", Some("not determined here")).is_none());
    let hosted = known(Item { eccn: Some("5A992.z".to_owned()), ..row(ItemKind::Board, Some("6704"), Some(1)) });
    assert_eq!(hosted.item.host_eccn.as_deref(), Some("5A992"));
}

#[test]
fn software_and_technology_are_no_chips_and_weigh_nothing() {
    let word = |item: &ItemFacts| {
        let place = item.facts.get(facts::ITEM_TECHNOLOGY).and_then(|place| usize::try_from(place).ok());
        place.and_then(|place| facts::TECHNOLOGIES.get(place).copied())
    };
    let stated = |kind: Option<ItemKind>, eccn: &str, accelerator: Option<&str>| {
        known(Item {
            kind,
            eccn: Some(eccn.to_owned()),
            accelerator: accelerator.map(str::to_owned),
            ..row(ItemKind::Other, None, None)
        })
    };
    let masks = stated(None, "3E001", Some("H100 SXM5 80GB"));
    assert_eq!((masks.item.kind, word(&masks)), (Some(ItemKind::Technology), Some("chip_technology")));
    assert_eq!(masks.unit_tpp, Some(Tpp::default()));
    assert_eq!(masks.facts.get(facts::IC_TPP), Some(15_824_000), "the figures of what it is for");
    assert!(masks.findings.is_empty(), "{:?}", masks.findings);
    let bare = stated(Some(ItemKind::Technology), "3E001", None);
    assert_eq!((word(&bare), bare.facts.get(facts::IC_TPP)), (None, Some(0)), "what it is for is not said");
    assert_eq!(word(&stated(Some(ItemKind::Software), "no idea", None)), None);
    assert_eq!(word(&stated(Some(ItemKind::Software), "EAR99", None)), Some("at_only"));
    assert_eq!(stated(None, "4E091", None).item.kind, Some(ItemKind::ModelWeights));
    let both = known(Item { eccn: Some("3E001".to_owned()), ..row(ItemKind::Board, Some("15824"), Some(1)) });
    assert_eq!(both.facts.get(facts::ITEM_KIND), None, "its kind and its ECCN contradict each other");
    assert!(both.findings.iter().any(|found| found.contains("3E001")), "{:?}", both.findings);
}
