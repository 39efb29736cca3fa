//! Who is listed, since when, and who is only named like it.

use std::collections::BTreeMap;

use tollgate_model::{Date, Party};
use tollgate_screening::{Index, Scratch};

/// Flags that say that a party is listed; a date may follow a colon: `entity_list:2023-10-17`.
const FLAGS: [&str; 6] = ["entity_list", "sanctioned", "denied", "sdn", "military_end_user", "unverified_list"];
/// Names less alike are passed over, in basis points.
const LEAST_BASIS_POINTS: u32 = 7_000;
/// Names as alike as this may be the same party's.
const MAYBE_BASIS_POINTS: u32 = 9_000;

/// The best match that screening found for a party.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListMatch {
    /// Whether the party is taken for the listed one.
    pub same: bool,
    /// How alike the names are, in basis points.
    pub points: u32,
}

/// What lists of restricted parties say of a party.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listing {
    /// `Some(true)` is listed, `Some(false)` may be, `None` is not.
    pub listed: Option<bool>,
    /// Since when, where a flag says.
    pub since: Option<Date>,
    /// The best match of its name among listed ones, in basis points.
    pub near: Option<u32>,
}

impl Listing {
    /// Of a party that no list names and whose name is like none of theirs.
    pub const NONE: Listing = Listing { listed: None, since: None, near: None };
}

/// What lists of restricted parties say of each party, by its id: by its flags, by screening, and by the likeness of its name to those of listed parties.
pub fn listings(parties: &BTreeMap<String, Party>, matches: &BTreeMap<String, ListMatch>) -> BTreeMap<String, Listing> {
    let mut all: BTreeMap<String, Listing> = BTreeMap::new();
    let mut names: Vec<(&str, &str)> = Vec::new();
    for (id, party) in parties {
        let flag = party.flags.iter().find_map(|flag| {
            let (word, day) = flag.split_once(':').unwrap_or((flag, ""));
            FLAGS.contains(&word).then(|| day.parse::<Date>().ok())
        });
        let found = matches.get(id);
        let of_list = found.map(|found| found.same);
        let listing = Listing {
            listed: if flag.is_some() { Some(true) } else { of_list },
            since: flag.flatten(),
            near: found.map(|found| found.points),
        };
        if listing.listed == Some(true) {
            names.extend(party.names().into_iter().map(|name| (id.as_str(), name)));
        }
        if listing != Listing::NONE {
            all.insert(id.clone(), listing);
        }
    }
    if !names.is_empty() {
        add_likeness(parties, &names, &mut all);
    }
    all
}

/// Adds to each party how alike its names are to those of other listed parties.
fn add_likeness(parties: &BTreeMap<String, Party>, names: &[(&str, &str)], all: &mut BTreeMap<String, Listing>) {
    let index = Index::build(names.iter().map(|(_, name)| *name));
    let mut scratch = Scratch::default();
    for (id, party) in parties {
        let mut best = 0;
        for name in party.names() {
            let query = index.query(name);
            let found = index.search(&query, LEAST_BASIS_POINTS, &mut scratch);
            let others = found.iter().filter(|found| names.get(found.name).is_some_and(|(party, _)| party != id));
            best = others.map(|found| found.score.points).max().unwrap_or(0).max(best);
        }
        if best > 0 {
            let listing = all.entry(id.clone()).or_insert(Listing::NONE);
            listing.near = listing.near.max(Some(best));
            if listing.listed.is_none() && best > MAYBE_BASIS_POINTS {
                listing.listed = Some(false);
            }
        }
    }
}
