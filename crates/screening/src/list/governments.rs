//! Lists in XML: OFAC's, and those of the UN, the EU and the United Kingdom, which have no effect under the EAR.

use tollgate_model::Country;

use super::advanced;
use super::day::{day, european_day};
use super::json::Amount;
use super::ofac::{country_named, family};
use super::xml::{Node, parse};
use super::{BadRow, Effect, Entry, List, ListName};
use crate::sizes::count_of;

const ROOTS: [&str; 7] = [
    "sdnList",
    "CONSOLIDATED_LIST",
    "export",
    "Designations",
    "ArrayOfFinancialSanctionsTarget",
    "Sanctions",
    "sanctionsData",
];

/// Whether XML text begins as one of the lists does.
pub(super) fn is_list(text: &str) -> bool {
    let root = text.split('<').skip(1).find(|part| !part.starts_with(['?', '!']));
    let name = root.and_then(|part| part.split(|c: char| c.is_whitespace() || c == '>' || c == '/').next());
    name.is_some_and(|name| ROOTS.contains(&name.rsplit(':').next().unwrap_or(name)))
}

/// Reads an entry of a list of that name; `None` where it has no name.
type ReadEntry = fn(&Node, &str) -> Option<Entry>;

/// Reads a list in XML; one that breaks off or holds fewer entries than it says is refused.
pub(super) fn read_xml(text: &str, list: &mut List) -> Result<(), String> {
    let root = parse(text)?;
    if root.name == "Sanctions" {
        advanced::read(&root, list);
        return Ok(());
    }
    let (records, read): (Vec<&Node>, ReadEntry) = match root.name.as_str() {
        "sdnList" => (root.all("sdnEntry").collect(), sdn),
        "CONSOLIDATED_LIST" => {
            let kinds = ["INDIVIDUALS", "ENTITIES"].into_iter().flat_map(|kind| root.all(kind));
            (kinds.flat_map(|kind| &kind.children).collect(), united_nations)
        }
        "export" => (root.all("sanctionEntity").collect(), european_union),
        "Designations" => (root.all("Designation").collect(), united_kingdom),
        "ArrayOfFinancialSanctionsTarget" => (root.all("FinancialSanctionsTarget").collect(), united_kingdom),
        "sanctionsData" => (root.all("entities").flat_map(|all| all.children.iter()).collect(), enhanced),
        _ => (Vec::new(), sdn),
    };
    let count = root.text(&["publshInformation", "Record_Count"]);
    match Amount::of_text(count) {
        Amount::Number(stated) if stated > count_of(records.len()) => {
            return Err(format!("says that it has {stated} entries and holds {}", records.len()));
        }
        Amount::Unclear => {
            return Err(format!("says how many entries it has in a way that is not understood: {count}"));
        }
        Amount::None | Amount::Number(_) => {}
    }
    // An entry under another name than entries have would not be read.
    let known =
        ["publshInformation", "sdnEntry", "sanctionEntity", "Designation", "DateGenerated", "FinancialSanctionsTarget"];
    let is_flat =
        ["sdnList", "export", "Designations", "ArrayOfFinancialSanctionsTarget"].contains(&root.name.as_str());
    for (place, other) in
        (1..).zip(&root.children).filter(|(_, child)| is_flat && !known.contains(&child.name.as_str()))
    {
        list.rows += 1;
        list.bad.push(BadRow { line: place, what: format!("element {place} is no entry but `{}`", other.name) });
    }
    for (place, record) in (1..).zip(records) {
        list.rows += 1;
        match read(record, &list.file) {
            Some(entry) => list.entries.push(entry),
            None => list.bad.push(BadRow { line: place, what: format!("entry {place} has no name") }),
        }
    }
    Ok(())
}

fn joined(node: &Node, parts: &[&str], between: &str) -> String {
    let texts = parts.iter().map(|part| node.text(&[part])).filter(|text| !text.is_empty());
    texts.collect::<Vec<_>>().join(between)
}

/// An entry of a list without effect under the EAR; nothing where it has no name.
fn entry(list: &str, id: &str, names: Vec<ListName>) -> Option<Entry> {
    let names: Vec<ListName> = names.into_iter().filter(|name| !name.text.trim().is_empty()).collect();
    let entry =
        Entry { list: list.to_owned(), effect: Effect::from_list_name(list), id: id.to_owned(), ..Entry::default() };
    (!names.is_empty()).then_some(Entry { names, ..entry })
}

fn country(text: &str) -> Option<Country> {
    text.parse().ok().or_else(|| country_named(text))
}

fn countries(all: impl Iterator<Item = Option<Country>>) -> Vec<Country> {
    let mut countries: Vec<Country> = all.flatten().collect();
    countries.sort();
    countries.dedup();
    countries
}

fn sdn(node: &Node, file: &str) -> Option<Entry> {
    let full = |node: &Node| joined(node, &["lastName", "firstName"], ", ");
    let mut names = vec![ListName { text: full(node), weak: false }];
    let others = node.at(&["akaList"]).into_iter().flat_map(|all| all.all("aka"));
    names.extend(others.map(|aka| ListName { text: full(aka), weak: aka.text(&["category"]) == "weak" }));
    let within =
        |list: &'static str, item: &'static str| node.at(&[list]).into_iter().flat_map(move |all| all.all(item));
    let parts = ["address1", "address2", "address3", "city", "stateOrProvince", "postalCode", "country"];
    let addresses = || within("addressList", "address");
    let name = family(file).unwrap_or("Specially Designated Nationals (SDN) - Treasury Department");
    let days = within("dateOfBirthList", "dateOfBirthItem");
    Some(Entry {
        addresses: addresses().map(|node| joined(node, &parts, ", ")).filter(|text| !text.is_empty()).collect(),
        countries: countries(addresses().map(|node| country(node.text(&["country"])))),
        ids: within("idList", "id").map(|id| id.text(&["idNumber"]).trim_start_matches("IMO ").to_owned()).collect(),
        dates: days.filter_map(|node| day(node.text(&["dateOfBirth"]))).collect(),
        programs: within("programList", "program").map(|node| node.own_text().to_owned()).collect(),
        ..entry(name, node.text(&["uid"]), names)?
    })
}

/// OFAC's list as its Sanctions List Service exports it.
fn enhanced(node: &Node, file: &str) -> Option<Entry> {
    let mut full = Vec::new();
    node.below("formattedFullName", &mut full);
    let names = full.iter().map(|name| ListName { text: name.own_text().to_owned(), weak: false }).collect();
    let name = family(file).unwrap_or("Specially Designated Nationals (SDN) - Treasury Department");
    let mut programs = Vec::new();
    node.below("sanctionsProgram", &mut programs);
    Some(Entry {
        programs: programs.iter().map(|program| program.own_text().to_owned()).collect(),
        ..entry(name, node.attribute("id"), names)?
    })
}

fn united_nations(node: &Node, _file: &str) -> Option<Entry> {
    let parts = ["FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME"];
    let mut names = vec![ListName { text: joined(node, &parts, " "), weak: false }];
    names.push(ListName { text: node.text(&["NAME_ORIGINAL_SCRIPT"]).to_owned(), weak: false });
    let aliases = ["INDIVIDUAL_ALIAS", "ENTITY_ALIAS"].into_iter().flat_map(|kind| node.all(kind));
    names.extend(aliases.map(|alias| ListName {
        text: alias.text(&["ALIAS_NAME"]).to_owned(),
        weak: alias.text(&["QUALITY"]).eq_ignore_ascii_case("low"),
    }));
    let addresses = || ["INDIVIDUAL_ADDRESS", "ENTITY_ADDRESS"].into_iter().flat_map(|kind| node.all(kind));
    let parts = ["STREET", "CITY", "STATE_PROVINCE", "ZIP_CODE", "COUNTRY"];
    Some(Entry {
        addresses: addresses().map(|node| joined(node, &parts, ", ")).filter(|text| !text.is_empty()).collect(),
        countries: countries(addresses().map(|node| country(node.text(&["COUNTRY"])))),
        programs: Some(node.text(&["UN_LIST_TYPE"]).to_owned()).filter(|text| !text.is_empty()).into_iter().collect(),
        from: day(node.text(&["LISTED_ON"])),
        ..entry("Consolidated List - United Nations Security Council", node.text(&["DATAID"]), names)?
    })
}

fn european_union(node: &Node, _file: &str) -> Option<Entry> {
    let name = |alias: &Node| {
        let parts = ["firstName", "middleName", "lastName"].map(|part| alias.attribute(part));
        let whole = Some(alias.attribute("wholeName")).filter(|whole| !whole.is_empty()).map(str::to_owned);
        whole.unwrap_or_else(|| parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" "))
    };
    let alias = |alias: &Node| ListName { text: name(alias), weak: alias.attribute("strong") == "false" };
    let addresses = || node.all("address");
    let address = |node: &Node| {
        let parts = ["street", "city", "zipCode", "countryDescription"].map(|part| node.attribute(part).to_owned());
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    };
    Some(Entry {
        addresses: addresses().map(address).filter(|text| !text.is_empty()).collect(),
        countries: countries(addresses().map(|node| country(node.attribute("countryIso2Code")))),
        ids: node.all("identification").map(|id| id.attribute("number").to_owned()).collect(),
        programs: node.all("regulation").map(|node| node.attribute("programme").to_owned()).collect(),
        ..entry(
            "Consolidated Financial Sanctions List - European Union",
            Some(node.attribute("euReferenceNumber"))
                .filter(|id| !id.is_empty())
                .unwrap_or(node.attribute("logicalId")),
            node.all("nameAlias").map(alias).collect(),
        )?
    })
}

fn united_kingdom(node: &Node, _file: &str) -> Option<Entry> {
    let parts = ["Name1", "Name2", "Name3", "Name4", "Name5", "Name6", "name1", "name2", "name3", "name4", "name5"];
    let mut names = vec![ListName { text: joined(node, &parts, " "), weak: false }];
    let (mut name_nodes, mut scripts, mut addresses) = (Vec::new(), Vec::new(), Vec::new());
    node.below("Name", &mut name_nodes);
    names.extend(name_nodes.iter().map(|name| ListName { text: joined(name, &parts, " "), weak: false }));
    node.below("NameNonLatinScript", &mut scripts);
    names.extend(scripts.iter().map(|name| ListName { text: name.own_text().to_owned(), weak: false }));
    node.below("Address", &mut addresses);
    let lines = ["AddressLine1", "AddressLine2", "AddressLine3", "AddressLine4", "AddressPostalCode", "AddressCountry"];
    let id = ["UniqueID", "GroupID"].into_iter().map(|key| node.text(&[key])).find(|id| !id.is_empty());
    Some(Entry {
        addresses: addresses
            .iter()
            .map(|address| joined(address, &lines, ", "))
            .filter(|text| !text.is_empty())
            .collect(),
        countries: countries(addresses.iter().map(|address| country(address.text(&["AddressCountry"])))),
        programs: Some(node.text(&["RegimeName"]).to_owned()).filter(|text| !text.is_empty()).into_iter().collect(),
        from: ["DateDesignated", "DateListed"].into_iter().find_map(|key| european_day(node.text(&[key]))),
        ..entry("UK Sanctions List - United Kingdom", id.unwrap_or(""), names)?
    })
}
