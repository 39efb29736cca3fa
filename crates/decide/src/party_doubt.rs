//! What the row of a party says against itself: an address in another country than the one that is stated, and a name that names somebody else too.

use tollgate_model::Party;
use tollgate_records::{NamingText, further_party, place_elsewhere};

/// A doubt about a party: of where it is located, and of who it is as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PartyDoubt {
    /// What is in doubt, in a sentence.
    pub(crate) sentence: String,
    /// Whether nothing that its row says is known.
    pub(crate) is_of_identity: bool,
}

/// What is in doubt of a party that has a row. `is_place_confirmed` is whether an answer says where it is located.
pub(crate) fn doubts_of(party: &Party, is_place_confirmed: bool) -> Vec<PartyDoubt> {
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
            Some(PartyDoubt { is_of_identity: false, sentence: format!(
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
        is_of_identity: true,
        sentence: format!(
            "The name `{name}` of the party `{id}` names another party too (`{other}`), which is not screened so: {mend}."
        ),
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
        assert!(matches!(doubts_of(&address, false).as_slice(), [PartyDoubt { is_of_identity: false, .. }]));
        assert!(doubts_of(&address, true).is_empty());
        let city = party("Lim Compute", "SG", "", "Tehran");
        assert!(matches!(doubts_of(&city, false).as_slice(), [PartyDoubt { is_of_identity: false, .. }]));
        let name = party("Lim Compute for Kvant", "SG", "4 Orchard Rd, Singapore", "");
        assert!(matches!(doubts_of(&name, false).as_slice(), [PartyDoubt { is_of_identity: true, .. }]));
        assert!(doubts_of(&party("Lim Compute", "SG", "4 Orchard Rd, Singapore", "Singapore"), false).is_empty());
    }
}
