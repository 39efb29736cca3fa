use std::collections::{BTreeMap, BTreeSet};

use tollgate_law::facts::as_counted;
use tollgate_model::{Country, Party};

use super::names::{Name, Names};

/// What the law asks of a party. The outer option is empty where the fact is unknown, the inner where there is none.
#[derive(Clone, Debug, Default)]
pub(crate) struct PartyFacts {
    pub(crate) country: Option<Option<Country>>,
    pub(crate) hq: Option<Option<Country>>,
    pub(crate) parent_hq: Option<Option<Country>>,
    /// The end of the chain of parents; itself where no parent is known.
    ultimate_parent: String,
    /// Its own id and that of its ultimate parent, by number.
    pub(crate) name: Name,
    pub(crate) parent: Name,
    /// Whether the parent chain is given (else the party counts as its own ultimate parent).
    pub(crate) has_parent: bool,
    flags: BTreeSet<String>,
}

impl PartyFacts {
    pub(crate) fn has(&self, flag: &str) -> bool {
        self.flags.contains(flag)
    }

    /// Whether it is a national validated end-user in a country.
    pub(crate) fn is_nveu_in(&self, country: Country) -> bool {
        self.flags
            .iter()
            .filter_map(|flag| flag.strip_prefix("nveu:")?.parse::<Country>().ok())
            .any(|own| as_counted(own) == country)
    }

    pub(crate) fn numbered(self, id: &str, names: &mut Names) -> PartyFacts {
        PartyFacts { name: names.place(id), parent: names.place(&self.ultimate_parent), ..self }
    }

    /// A party that is named in an order but has no row.
    pub(crate) fn without_row(id: &str) -> PartyFacts {
        PartyFacts { parent_hq: Some(None), ultimate_parent: id.to_owned(), ..PartyFacts::default() }
    }
}

/// The facts of every party that has a row.
pub(crate) fn party_facts(parties: &BTreeMap<String, Party>) -> BTreeMap<String, PartyFacts> {
    parties.iter().map(|(id, party)| (id.clone(), facts_of(parties, party))).collect()
}

fn facts_of(parties: &BTreeMap<String, Party>, party: &Party) -> PartyFacts {
    let counted = |country: Option<Country>| country.map(|country| Some(as_counted(country)));
    let (ultimate, known) = ultimate_parent(parties, party);
    let parent_hq = match (&party.parent_id, known) {
        (None, _) => Some(None),
        (Some(_), true) => counted(parties.get(&ultimate).and_then(|parent| parent.hq_country)),
        (Some(_), false) => None,
    };
    PartyFacts {
        country: counted(party.country),
        hq: counted(party.hq_country),
        parent_hq,
        ultimate_parent: ultimate,
        has_parent: party.parent_id.is_some(),
        flags: party.flags.iter().cloned().collect(),
        ..PartyFacts::default()
    }
}

/// The end of the parent chain, and whether it has a row. A circle of parents has no end: its first id
/// stands for it, and its headquarters are unknown.
fn ultimate_parent(parties: &BTreeMap<String, Party>, party: &Party) -> (String, bool) {
    let mut seen = BTreeSet::new();
    let mut current = party;
    while let Some(parent) = &current.parent_id {
        if !seen.insert(current.party_id.as_str()) {
            return (seen.first().copied().unwrap_or_default().to_owned(), false);
        }
        match parties.get(parent) {
            Some(next) => current = next,
            None => return (parent.clone(), false),
        }
    }
    (current.party_id.clone(), true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party(id: &str, parent: Option<&str>, hq: Option<&str>) -> (String, Party) {
        let hq_country = hq.map(|code| code.parse().unwrap());
        let party = Party { party_id: id.into(), parent_id: parent.map(str::to_owned), hq_country, ..Party::default() };
        (id.to_owned(), party)
    }

    #[test]
    fn chains_end_and_circles_are_unknown() {
        let parties = BTreeMap::from([
            party("a", Some("b"), Some("SG")),
            party("b", Some("c"), Some("SG")),
            party("c", None, Some("HK")),
            party("x", Some("y"), Some("DE")),
            party("y", Some("x"), Some("DE")),
            party("z", Some("nobody"), Some("DE")),
        ]);
        let facts = party_facts(&parties);
        assert_eq!(facts["a"].ultimate_parent, "c");
        assert_eq!(facts["a"].parent_hq, Some(Some("CN".parse().unwrap())));
        assert_eq!(facts["c"].parent_hq, Some(None));
        assert_eq!((facts["x"].ultimate_parent.as_str(), facts["x"].parent_hq), ("x", None));
        assert_eq!(facts["y"].ultimate_parent, "x");
        assert_eq!((facts["z"].ultimate_parent.as_str(), facts["z"].parent_hq), ("nobody", None));
    }
}
