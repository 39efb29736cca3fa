//! What parties share that each should have to itself.

use std::collections::BTreeMap;

use tollgate_model::Party;

/// Parties that share more than so many with each other are told no further: an address of thousands ties nobody.
const CROWD: usize = 50;

/// What a party could share with another without being it: the kind, and the value in small letters.
pub fn identifiers(party: &Party) -> Vec<(&'static str, String)> {
    let details = party.details();
    let all = [
        ("telephone", &details.phone),
        ("mail address", &details.email),
        ("address", &details.address),
        ("web site", &details.website),
        ("registry number", &details.registry_id),
    ];
    let mut found: Vec<(&'static str, String)> =
        all.into_iter().filter_map(|(kind, value)| value.as_ref().map(|value| (kind, value.to_lowercase()))).collect();
    found.extend(details.directors.iter().map(|name| ("director", name.to_lowercase())));
    found.retain(|(_, value)| !value.is_empty());
    found
}

/// Identifiers that more than one party has, and who.
#[derive(Debug, Default)]
pub struct Links(BTreeMap<(&'static str, String), Vec<String>>);

impl Links {
    /// What more than one of the parties has.
    pub fn of(parties: &BTreeMap<String, Party>) -> Links {
        let mut all: BTreeMap<(&'static str, String), Vec<String>> = BTreeMap::new();
        for (id, party) in parties {
            for identifier in identifiers(party) {
                let sharing = all.entry(identifier).or_default();
                if sharing.last() != Some(id) {
                    sharing.push(id.clone());
                }
            }
        }
        all.retain(|_, sharing| (2..=CROWD).contains(&sharing.len()));
        Links(all)
    }

    /// With whom a party shares what: the other, the kind, the value.
    pub fn with(&self, party: &Party) -> Vec<(&str, &'static str, String)> {
        let mut found = Vec::new();
        for (kind, value) in identifiers(party) {
            let key = (kind, value);
            let sharing = self.0.get(&key).into_iter().flatten();
            found.extend(sharing.filter(|id| **id != party.party_id).map(|id| (id.as_str(), kind, key.1.clone())));
        }
        found.sort();
        found.dedup();
        found
    }
}

#[cfg(test)]
mod tests {
    use tollgate_model::PartyDetails;

    use super::*;

    #[test]
    fn parties_are_linked_by_what_they_share_and_not_by_what_a_crowd_shares() {
        let party = |id: &str, phone: &str, address: &str| {
            let details = PartyDetails {
                phone: Some(phone.to_owned()),
                address: Some(address.to_owned()),
                ..PartyDetails::default()
            };
            (id.to_owned(), Party { party_id: id.to_owned(), details: Some(Box::new(details)), ..Party::default() })
        };
        let mut parties = BTreeMap::from([
            party("a", "+65 1", "1 Tower"),
            party("b", "+65 1", "1 TOWER"),
            party("c", "+65 2", "9 Road"),
        ]);
        parties.extend((0..CROWD).map(|number| party(&format!("x{number}"), &number.to_string(), "9 Road")));
        let links = Links::of(&parties);
        let of = |id: &str| {
            links.with(&parties[id]).into_iter().map(|(id, kind, _)| (id.to_owned(), kind)).collect::<Vec<_>>()
        };
        assert_eq!(of("a"), [("b".to_owned(), "address"), ("b".to_owned(), "telephone")]);
        assert_eq!(of("c"), []);
    }
}
