//! Which parties are taken for one, and what is held through chains.

use tollgate_model::PartyDetails;

use super::*;

fn party(id: &str, name: &str, fill: impl FnOnce(&mut PartyDetails)) -> (String, Party) {
    let mut details = PartyDetails::default();
    fill(&mut details);
    let party =
        Party { party_id: id.into(), name: Some(name.into()), details: Some(Box::new(details)), ..Party::default() };
    (id.into(), party)
}

fn resolve(parties: &BTreeMap<String, Party>, payers: &[(String, String)]) -> Entities {
    Entities::resolve(parties, &[], BTreeMap::new(), payers)
}

#[test]
fn fronts_of_one_hand_are_one_and_strangers_at_an_agents_address_are_not() {
    let agent = |details: &mut PartyDetails| details.address = Some("1 Agent Street".into());
    let mut parties: BTreeMap<String, Party> =
        (0..300).map(|number| party(&format!("h{number:03}"), &format!("Honest {number} Ltd"), agent)).collect();
    for (id, phone) in [("x1", "+65 6123 4567"), ("x2", "+65-61234567")] {
        parties.extend([party(id, &format!("Front {id}"), |details| {
            agent(details);
            details.phone = Some(phone.into());
        })]);
    }
    let found = resolve(&parties, &[]);
    assert_eq!(found.cluster("x2"), "x1", "one telephone that nobody else has");
    assert_eq!(found.cluster("h007"), "h007");
    assert!(found.links.iter().all(|link| link.kind != LinkKind::Address), "three hundred at one address say nothing");
}

#[test]
fn two_weak_ties_join_and_one_does_not() {
    let parties = BTreeMap::from([
        party("a", "Alpha", |details| {
            details.directors = vec!["Lee Wei".into()];
            details.address = Some("5 High St.".into());
        }),
        party("b", "Beta", |details| {
            details.directors = vec!["LEE, Wei".into()];
            details.address = Some("5 high st".into());
        }),
        party("c", "Gamma", |details| details.directors = vec!["Kim".into()]),
        party("d", "Delta", |details| details.directors = vec!["Kim".into()]),
    ]);
    let found = resolve(&parties, &[]);
    assert_eq!((found.cluster("b"), found.cluster("d")), ("a", "d"));
    let paid: Vec<(String, String)> =
        [("pay", "c"), ("pay", "d")].map(|(one, other)| (one.into(), other.into())).into();
    assert_eq!(resolve(&parties, &paid).cluster("d"), "c", "and one payer");
}

#[test]
fn no_component_swallows_everything() {
    // A long chain: each shares a telephone with the next, as call centers and agents do.
    let parties: BTreeMap<String, Party> = (0..5_000)
        .map(|number: u32| {
            party(&format!("p{number:05}"), &format!("Firm {number}"), |details| {
                details.phone = Some(format!("900{:06}", number / 2));
                details.email = Some(format!("x{}@firm.example", number.div_ceil(2)));
            })
        })
        .collect();
    let found = resolve(&parties, &[]);
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    for id in parties.keys() {
        *sizes.entry(found.cluster(id)).or_default() += 1;
    }
    assert!(sizes.values().all(|size| *size <= 60), "{:?}", sizes.values().max());
}

#[test]
fn stakes_go_through_chains_and_circles_end() {
    let stake = |owner: &str, owned: &str, percent: &str| Stake {
        owner_id: owner.into(),
        owned_id: owned.into(),
        percent: Some(percent.parse().unwrap()),
        ..Stake::default()
    };
    let stakes = [stake("a", "b", "50"), stake("b", "c", "50"), stake("a", "c", "10"), stake("c", "a", "20")];
    let found = stakes::total_stakes(&stakes, &BTreeMap::new());
    let of =
        |owner: &str, owned: &str| found.iter().find(|stake| stake.owner == owner && stake.owned == owned).unwrap();
    assert!((of("a", "c").percent - 35.0).abs() < 1e-9 && of("a", "c").depth == 1);
    assert!((of("a", "a").percent - 7.0).abs() < 1e-9, "its own part in itself");
    assert!((of("c", "b").percent - 10.0).abs() < 1e-9 && of("c", "b").depth == 2);
}
