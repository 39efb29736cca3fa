//! FollowTheMoney entities, as OpenSanctions publishes lists: a JSON object a line, parties and the sanctions that name them apart.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tollgate_model::{Country, Date};

use super::day::day;
use super::{BadRow, Effect, Entry, List, ListName, json};

/// Kinds of entities that are no party: they describe one, or tie two.
const NO_PARTY: [&str; 24] = [
    "Address",
    "Passport",
    "Identification",
    "Sanction",
    "Ownership",
    "Directorship",
    "Family",
    "Associate",
    "Membership",
    "Occupancy",
    "Position",
    "UnknownLink",
    "Representation",
    "Employment",
    "Succession",
    "Debt",
    "Payment",
    "Document",
    "Article",
    "Documentation",
    "Event",
    "Similar",
    "Security",
    "CryptoWallet",
];

/// From when until when something holds, and the programs that say so: what a sanction says of the party that it names.
#[derive(Default)]
struct Listing {
    /// The line of the file that says so.
    line: u64,
    programs: Vec<String>,
    from: Option<Date>,
    until: Option<Date>,
}

impl Listing {
    fn of(sanction: &Value, line: u64) -> Listing {
        let property = |name: &str| json::texts(sanction.get("properties").and_then(|properties| properties.get(name)));
        Listing {
            line,
            programs: ["programId", "program"].into_iter().flat_map(property).collect(),
            from: ["listingDate", "startDate"].into_iter().flat_map(property).find_map(|text| day(&text)),
            until: property("endDate").iter().find_map(|text| day(text)),
        }
    }
}

/// The properties that hold numbers of registers.
const NUMBERS: [&str; 15] = [
    "registrationNumber",
    "leiCode",
    "taxNumber",
    "ogrnCode",
    "innCode",
    "uscCode",
    "idNumber",
    "imoNumber",
    "vatCode",
    "kppCode",
    "npiCode",
    "uniqueEntityId",
    "dunsCode",
    "swiftBic",
    "permId",
];

/// FollowTheMoney entities: those of kinds that are parties, with the programs that they or the sanctions that name them have.
pub(super) fn read(text: &str, list: &mut List) -> Result<(), String> {
    let mut listings: BTreeMap<String, Vec<Listing>> = BTreeMap::new();
    let mut read: Vec<(Entry, Vec<String>)> = Vec::new();
    let mut others: BTreeSet<String> = BTreeSet::new();
    json::each_record(text, list, &mut |line, value, list| {
        let property = |name: &str| json::texts(value.get("properties").and_then(|properties| properties.get(name)));
        let schema = value.get("schema").and_then(Value::as_str).unwrap_or("");
        if schema.is_empty() || value.get("properties").is_none() {
            return list.bad.push(BadRow { line, what: "has no `schema` with `properties`".to_owned() });
        }
        if schema == "Sanction" {
            for entity in property("entity") {
                listings.entry(entity).or_default().push(Listing::of(value, line));
            }
        }
        // A nested form holds the sanctions of a party within it.
        let nested = value.get("properties").and_then(|properties| properties.get("sanctions"));
        if let Some(id) = value.get("id").and_then(Value::as_str) {
            let within = nested.and_then(Value::as_array).into_iter().flatten().filter(|sanction| sanction.is_object());
            listings.entry(id.to_owned()).or_default().extend(within.map(|sanction| Listing::of(sanction, line)));
        }
        if NO_PARTY.contains(&schema) {
            list.no_party += 1;
            others.extend(value.get("id").and_then(Value::as_str).map(str::to_owned));
            return;
        }
        let names = names(value, line, list);
        if names.is_empty() {
            return list.bad.push(BadRow { line, what: format!("is a {schema} without a name") });
        }
        let codes = ["country", "jurisdiction", "mainCountry"].into_iter().flat_map(property);
        let mut countries: Vec<Country> = codes.filter_map(|code| code.to_ascii_uppercase().parse().ok()).collect();
        countries.sort();
        countries.dedup();
        let dates = property("incorporationDate").into_iter().chain(property("birthDate"));
        let entry = Entry {
            list: json::texts(value.get("datasets")).join(", "),
            id: value.get("id").and_then(Value::as_str).map_or_else(String::new, str::to_owned),
            names,
            countries,
            addresses: property("address"),
            ids: NUMBERS.into_iter().flat_map(property).collect(),
            dates: dates.filter_map(|date| day(&date)).collect(),
            programs: ["programId", "program"].into_iter().flat_map(property).collect(),
            ..Entry::default()
        };
        read.push((entry, property("topics")));
    })?;
    for (entry, topics) in read {
        let of_entry = listings.remove(&entry.id).into_iter().flatten().collect();
        add_party(entry, &topics, of_entry, list);
    }
    for (party, listings) in listings.into_iter().filter(|(party, _)| !others.contains(party)) {
        let what = format!("names {party}, which the file lacks: whoever that is would not be found");
        list.bad.extend(listings.first().map(|listing| BadRow { line: listing.line, what }));
    }
    Ok(())
}

/// The names of a party: what it is called, or else its caption or the parts of its name. One that is no text is told.
fn names(party: &Value, line: u64, list: &mut List) -> Vec<ListName> {
    const STRONG: [&str; 3] = ["name", "alias", "previousName"];
    let values = |name: &str| party.get("properties").and_then(|properties| properties.get(name));
    let property = |name: &str| json::texts(values(name));
    let is_text = |value: &Value| value.as_array().is_none_or(|all| all.iter().all(Value::is_string));
    if !STRONG.into_iter().filter_map(values).all(is_text) {
        list.guessed.push(BadRow { line, what: "has a name that is no text: it was left out".to_owned() });
    }
    let strong = STRONG.into_iter().flat_map(property).map(|text| ListName { text, weak: false });
    let weak = ["weakAlias", "abbreviation"].into_iter().flat_map(property);
    let mut names: Vec<ListName> = strong.chain(weak.map(|text| ListName { text, weak: true })).collect();
    names.retain(|name| !name.text.trim().is_empty());
    let parts = ["firstName", "secondName", "middleName", "fatherName", "lastName"].into_iter();
    let joined = || parts.filter_map(|part| property(part).into_iter().next()).collect::<Vec<_>>().join(" ");
    if names.is_empty() {
        let caption = party.get("caption").and_then(Value::as_str).map(str::to_owned);
        let text = caption.filter(|text| !text.trim().is_empty()).unwrap_or_else(joined);
        names.extend(Some(text).filter(|text| !text.is_empty()).map(|text| ListName { text, weak: false }));
    }
    names
}

/// Adds a party under each list that its programs name: BIS's by their effect, and the rest under the name of its data set.
fn add_party(entry: Entry, topics: &[String], listings: Vec<Listing>, list: &mut List) {
    let listing_of_entry = Listing { programs: entry.programs.clone(), ..Listing::default() };
    // A sanction says when; what only the party's own row says has no days.
    let mut of_effect: BTreeMap<Effect, Vec<Listing>> = BTreeMap::new();
    for Listing { line, programs, from, until } in listings.into_iter().chain([listing_of_entry]) {
        for program in &programs {
            let effect = of_program(program);
            let dated = from.is_some() || until.is_some();
            let known = of_effect.entry(effect).or_default();
            if dated || known.is_empty() {
                known.push(Listing { line, programs: vec![program.clone()], from, until });
            }
        }
    }
    let set = if entry.list.is_empty() { list.file.clone() } else { entry.list.clone() };
    if of_effect.keys().all(|effect| *effect == Effect::Other) {
        let controlled = topics.iter().any(|topic| topic.starts_with("export"));
        let binds = |topic: &String| ["sanction", "export", "debarment"].iter().any(|start| topic.starts_with(start));
        let foreign = |program: &String| {
            let of = program.split_once('-').map_or(program.as_str(), |(of, _)| of);
            of.len() == 2 && of.bytes().all(|byte| byte.is_ascii_uppercase()) && of != "US" && program.len() > 3
        };
        let foreign = !entry.programs.is_empty() && entry.programs.iter().all(foreign);
        let effect = match Effect::from_list_name(&set) {
            // A set of many lists, and nothing says on which of them the party is.
            Effect::Other | Effect::Unknown if controlled => Effect::Unknown,
            Effect::Unknown if foreign || !topics.is_empty() && !topics.iter().any(binds) => Effect::Other,
            effect => effect,
        };
        let (from, until) = match of_effect.remove(&Effect::Other).as_deref() {
            Some([one]) => (one.from, one.until),
            _ => (None, None),
        };
        list.entries.push(Entry { list: set, effect, from, until, ..entry });
        return;
    }
    for (effect, listings) in of_effect {
        let name = effect.list().map_or_else(|| set.clone(), |name| format!("{name} ({set})"));
        for Listing { programs, from, until, .. } in listings {
            let copy = Entry { list: name.clone(), effect, from, until, programs, ..entry.clone() };
            list.entries.push(copy);
        }
    }
}

/// What a program says, by its key or in words: one that says nothing of BIS's lists has no effect.
fn of_program(program: &str) -> Effect {
    Effect::from_program_key(program).unwrap_or_else(|| match Effect::from_list_name(program) {
        Effect::Unknown => Effect::Other,
        effect => effect,
    })
}
