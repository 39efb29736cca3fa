//! What the row of a party says against itself: an address in another country than the one that is stated, and a name that names somebody else too.

use std::collections::BTreeSet;
use std::sync::Arc;

use tollgate_law::facts::ear_country;
use tollgate_model::{Country, Party};
use tollgate_records::{NamingText, further_party, place_elsewhere};

use super::answered::Answered;
use super::armed_names::shows_armed_forces;
use super::parties::{PartyFacts, UNREAD, UNREAD_ARMED, UNREAD_PLACE};
use super::places::named_places;
use super::spelling::plain;

/// What is in doubt of a party.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DoubtKind {
    /// Where it is located.
    Place,
    /// Where it is headquartered.
    Seat,
    /// Where its ultimate parent is headquartered.
    ParentSeat,
    /// Whether it is of armed forces, police or intelligence services.
    ArmedForces,
    /// Who it is: nothing that its row says is known.
    Identity,
}

/// A doubt about a party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PartyDoubt {
    /// What is in doubt, in a sentence.
    pub(crate) sentence: String,
    /// What it is about.
    pub(crate) kind: DoubtKind,
}

impl PartyDoubt {
    /// The same doubt about the ultimate parent, for whom it belongs to.
    fn of_parent(self) -> PartyDoubt {
        PartyDoubt { kind: DoubtKind::ParentSeat, ..self }
    }
}

impl PartyFacts {
    /// The same, of which something is in doubt: its place, where it is headquartered, or who it is, so that nothing that its row says is known.
    #[must_use]
    pub(crate) fn with_doubts(mut self, doubts: Vec<PartyDoubt>) -> PartyFacts {
        for PartyDoubt { sentence, kind } in doubts {
            if matches!(kind, DoubtKind::Place | DoubtKind::Identity) {
                self.flags.insert(UNREAD_PLACE.to_owned());
                self.country = None;
            }
            if kind == DoubtKind::Identity {
                self.flags.insert(UNREAD.to_owned());
            }
            if kind == DoubtKind::ArmedForces {
                if self.has("civilian") {
                    continue;
                }
                self.flags.insert(UNREAD_ARMED.to_owned());
            }
            if matches!(kind, DoubtKind::Seat | DoubtKind::Identity) {
                self.hq = None;
            }
            if matches!(kind, DoubtKind::ParentSeat | DoubtKind::Identity) {
                self.parent_hq = None;
            }
            self.remarks.push(Arc::from(sentence));
        }
        self
    }
}

/// What is in doubt of a party that has a row, with that of its ultimate parent. What an answer says is in no doubt.
pub(crate) fn doubts_of(
    party: &Party,
    parent: Option<&Party>,
    answered: &Answered,
    restricted: &BTreeSet<Country>,
) -> Vec<PartyDoubt> {
    let seat = |party: &Party| match answered.seats.contains(&party.party_id) {
        true => None,
        false => doubt_of_seat(party, restricted),
    };
    let of_parent = parent.and_then(seat).map(PartyDoubt::of_parent);
    doubts_of_row(party, answered.places.contains(&party.party_id))
        .into_iter()
        .chain(seat(party))
        .chain(of_parent)
        .chain(doubt_of_forces(party, restricted))
        .collect()
}

/// What the row of a party says against itself. `is_place_confirmed` is whether an answer says where it is located.
fn doubts_of_row(party: &Party, is_place_confirmed: bool) -> Vec<PartyDoubt> {
    let id = &party.party_id;
    let name = party.name.as_deref().unwrap_or(id);
    let mut names = std::iter::once(name).chain(party.aliases.iter().map(String::as_str));
    let named = names.find_map(|name| doubt_of_name(id, name));
    let place = party.country.filter(|_| !is_place_confirmed).and_then(|country| {
        let details = party.details();
        let texts = [("address", &details.address), ("city", &details.city)];
        texts.into_iter().find_map(|(column, text)| {
            let text = text.as_deref()?;
            let place = place_elsewhere(text, country)?;
            Some(PartyDoubt { kind: DoubtKind::Place, sentence: format!(
                "The {column} of the party `{id}` names `{place}`, which is not in {country}, its country: where is it located?"
            ) })
        })
    });
    named.into_iter().chain(place).collect()
}

/// The doubt about a party whose name names another.
pub(crate) fn doubt_of_name(id: &str, name: &str) -> Option<PartyDoubt> {
    let other = further_party(name, NamingText::Name)?;
    let mend = "write each party into its own column";
    Some(PartyDoubt {
        kind: DoubtKind::Identity,
        sentence: format!(
            "The name `{name}` of the party `{id}` names another party too (`{other}`), which is not screened so: {mend}."
        ),
    })
}

/// The doubt about a party whose name shows armed forces, police or intelligence services, where it is, or may be, in a country of `restricted`:
/// military end users are no list (15 CFR 744.21(g)).
fn doubt_of_forces(party: &Party, restricted: &BTreeSet<Country>) -> Option<PartyDoubt> {
    let mut stated = [party.country, party.hq_country].into_iter().flatten().map(ear_country).peekable();
    let is_near = stated.peek().is_none() || stated.any(|country| restricted.contains(&country));
    let doubt = |name: &str| doubt_of_forces_by_name(&party.party_id, name);
    party.names().into_iter().filter(|_| is_near).find_map(doubt)
}

/// The same of one name, wherever the party is.
pub(crate) fn doubt_of_forces_by_name(id: &str, name: &str) -> Option<PartyDoubt> {
    shows_armed_forces(name).then(|| PartyDoubt {
        kind: DoubtKind::ArmedForces,
        sentence: format!(
            "The name `{name}` of the party `{id}` shows armed forces, police or an intelligence service: is it a military end user (15 CFR 744.21, 744.22)? \
             The flag `military`, `military_intelligence` or `civilian` settles it."
        ),
    })
}

/// The doubt about a party whose name names a country, its people, its army or a town of it, where the party is said to be neither located nor
/// headquartered: `Embassy of Iran` in Norway. Only countries of `restricted` count, in which headquarters change most of what is asked.
fn doubt_of_seat(party: &Party, restricted: &BTreeSet<Country>) -> Option<PartyDoubt> {
    let id = &party.party_id;
    let stated: Vec<Country> = [party.country, party.hq_country].into_iter().flatten().map(ear_country).collect();
    let is_other = |of: &Vec<Country>| {
        let mut counted = of.iter().map(|country| ear_country(*country));
        counted.clone().all(|country| !stated.contains(&country))
            && counted.any(|country| restricted.contains(&country))
    };
    party.names().into_iter().find_map(|name| {
        let places = named_places(&plain(name)).countries;
        let codes: Vec<&str> = places.iter().find(|of| is_other(of))?.iter().map(|country| country.code()).collect();
        Some(PartyDoubt {
            kind: DoubtKind::Seat,
            sentence: format!(
                "The name `{name}` of the party `{id}` names a place, people or army of {}, where its row says neither that it is located nor that it is \
                 headquartered: where are its headquarters? An answer to `hq_country` settles it.",
                codes.join(" or ")
            ),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tollgate_model::PartyDetails;

    fn party(name: &str, country: &str, address: &str, city: &str) -> Party {
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let details = PartyDetails { address: text(address), city: text(city), ..PartyDetails::default() };
        Party {
            party_id: "p".to_owned(),
            name: text(name),
            country: country.parse().ok(),
            details: Some(Box::new(details)),
            ..Party::default()
        }
    }

    #[test]
    fn a_row_that_says_two_things_is_in_doubt() {
        let address = party("Lim Compute", "SG", "4 Keyuan Rd, Shenzhen", "");
        assert!(matches!(doubts_of_row(&address, false).as_slice(), [PartyDoubt { kind: DoubtKind::Place, .. }]));
        assert!(doubts_of_row(&address, true).is_empty());
        let city = party("Lim Compute", "SG", "", "Tehran");
        assert!(matches!(doubts_of_row(&city, false).as_slice(), [PartyDoubt { kind: DoubtKind::Place, .. }]));
        let name = party("Lim Compute for Kvant", "SG", "4 Orchard Rd, Singapore", "");
        assert!(matches!(doubts_of_row(&name, false).as_slice(), [PartyDoubt { kind: DoubtKind::Identity, .. }]));
        assert!(doubts_of_row(&party("Lim Compute", "SG", "4 Orchard Rd, Singapore", "Singapore"), false).is_empty());
    }

    #[test]
    fn a_name_that_names_another_country_leaves_the_headquarters_open() {
        let country = |code: &str| code.parse::<Country>().unwrap();
        let restricted = BTreeSet::from(["CN", "IR", "KP", "RU", "CU"].map(country));
        let doubt = |name: &str, place: &str, seat: &str| {
            let party = Party { hq_country: seat.parse().ok(), ..party(name, place, "", "") };
            doubt_of_seat(&party, &restricted).map(|doubt| doubt.kind)
        };
        for name in [
            "Embassy of Iran",
            "Consulate of the P.R.C.",
            "PLA Unit 61398",
            "Beijing Fjord AS",
            "Посольство России",
            "Bureau of the DPRK",
            "IRGC Supply",
            "People's Republic of China, Trade Office",
            "伊朗大使馆",
        ] {
            assert_eq!(doubt(name, "NO", "NO"), Some(DoubtKind::Seat), "{name}");
        }
        for (name, place, seat) in [
            ("Fjord Compute AS", "NO", "NO"),
            ("Embassy of Denmark", "NO", "DK"),
            ("Embassy of Denmark", "NO", "NO"),
            ("Beijing Fjord AS", "NO", "CN"),
            ("Beijing Fjord Ltd", "HK", "HK"),
            ("Santa Clara Boards Inc", "US", "US"),
        ] {
            assert_eq!(doubt(name, place, seat), None, "{name}");
        }
    }
}
