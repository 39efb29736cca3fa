//! OFAC's lists in the standard for advanced sanctions data: parties, the entries that list them, and the lists.

use std::collections::BTreeMap;

use super::ofac::family;
use super::xml::Node;
use super::{BadRow, Effect, Entry, List, ListName};

/// What the entries say of a profile.
#[derive(Default)]
struct ProfileListing<'n> {
    lists: Vec<&'n str>,
    programs: Vec<String>,
}

/// Reads every party; one without a name, or that no entry lists, is told.
pub(super) fn read(root: &Node, list: &mut List) {
    let mut names = BTreeMap::new();
    let mut values = Vec::new();
    root.below("List", &mut values);
    names.extend(values.iter().map(|value| (value.attribute("ID"), value.own_text())));
    let listings = listings(root, &names);
    let mut profiles = Vec::new();
    root.below("Profile", &mut profiles);
    for (place, profile) in (1..).zip(profiles) {
        list.rows += 1;
        let of_profile = names_of(profile);
        let id = profile.attribute("ID");
        if of_profile.is_empty() {
            list.bad.push(BadRow { line: place, what: format!("party {id} has no name") });
            continue;
        }
        let none = ProfileListing::default();
        let listing = listings.get(id).unwrap_or(&none);
        let otherwise = family(&list.file).unwrap_or("Specially Designated Nationals (SDN) - Treasury Department");
        let all = listing.lists.iter().copied().filter(|name| !name.is_empty());
        let name = all.max_by_key(|name| Effect::from_list_name(name) != Effect::Other).unwrap_or(otherwise);
        list.entries.push(Entry {
            list: name.to_owned(),
            effect: Effect::from_list_name(name),
            id: id.to_owned(),
            names: of_profile,
            programs: listing.programs.clone(),
            ..Entry::default()
        });
    }
}

/// The lists and programs of each profile.
fn listings<'n>(root: &'n Node, names: &BTreeMap<&str, &'n str>) -> BTreeMap<&'n str, ProfileListing<'n>> {
    let mut listings: BTreeMap<&str, ProfileListing<'n>> = BTreeMap::new();
    let mut entries = Vec::new();
    root.below("SanctionsEntry", &mut entries);
    for entry in entries {
        let listing = listings.entry(entry.attribute("ProfileID")).or_default();
        listing.lists.extend(names.get(entry.attribute("ListID")).copied());
        let comments = entry.all("SanctionsMeasure").map(|measure| measure.text(&["Comment"]));
        listing.programs.extend(comments.filter(|text| !text.is_empty()).map(str::to_owned));
    }
    listings
}

/// The names of a profile: each alias may be documented in several scripts.
fn names_of(profile: &Node) -> Vec<ListName> {
    let mut aliases = Vec::new();
    profile.below("Alias", &mut aliases);
    let mut names: Vec<ListName> = Vec::new();
    for alias in aliases {
        let weak = alias.attribute("LowQuality") == "true";
        let primary = alias.attribute("Primary") == "true";
        for documented in alias.all("DocumentedName") {
            let mut parts = Vec::new();
            documented.below("NamePartValue", &mut parts);
            let text = parts.iter().map(|part| part.own_text()).collect::<Vec<_>>().join(" ");
            let place = if primary { 0 } else { names.len() };
            if !text.trim().is_empty() && !names.iter().any(|name| name.text == text) {
                names.insert(place, ListName { text, weak });
            }
        }
    }
    names
}
