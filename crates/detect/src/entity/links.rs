//! What parties share that each should have to itself: pairs of parties, with what the sharing is worth as evidence.

use std::collections::BTreeMap;

use tollgate_model::Party;
use tollgate_screening::{Name, fold};

use super::plain;

/// What two parties share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LinkKind {
    /// A street address in a city.
    Address,
    /// A director.
    Director,
    /// A domain of mail or web, other than those that anybody can have.
    Domain,
    /// A mail address.
    Email,
    /// A name, but for the legal form.
    Name,
    /// Who pays.
    Payer,
    /// A telephone number.
    Phone,
    /// A number in the company register.
    Registry,
}

impl LinkKind {
    /// Its word in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            LinkKind::Address => "address",
            LinkKind::Director => "director",
            LinkKind::Domain => "domain",
            LinkKind::Email => "email",
            LinkKind::Name => "name",
            LinkKind::Payer => "payer",
            LinkKind::Phone => "phone",
            LinkKind::Registry => "registry",
        }
    }

    /// The log-likelihood ratio of sharing a value that nobody else has, in nats: judgement, after the shares of agreeing identifiers among firms of one
    /// hand and among strangers in the cases of `docs/design/typologies.md`.
    fn weight(self) -> f64 {
        match self {
            LinkKind::Name | LinkKind::Address => 2.0,
            LinkKind::Domain => 2.5,
            LinkKind::Director | LinkKind::Payer => 3.0,
            LinkKind::Phone => 3.5,
            LinkKind::Email => 4.0,
            LinkKind::Registry => 5.0,
        }
    }
}

/// A pair of parties that share a value; `a` is before `b`.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// One party.
    pub a: String,
    /// The other.
    pub b: String,
    /// What they share.
    pub kind: LinkKind,
    /// Its value, in plain letters.
    pub value: String,
    /// How many parties share it, from 2 to 50.
    pub degree: i64,
    /// Log-likelihood ratio in nats, zero or more.
    pub weight: f64,
}

/// A value that more parties share is a registered agent's or a park's, and links nobody.
const HUB: i64 = 50;

/// Domains at which anybody has an address.
const FREE: [&str; 16] = [
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "live.com",
    "icloud.com",
    "yahoo.com",
    "qq.com",
    "163.com",
    "126.com",
    "foxmail.com",
    "mail.ru",
    "yandex.ru",
    "proton.me",
    "protonmail.com",
    "gmx.com",
];

/// A value that a party has.
struct Value {
    kind: LinkKind,
    value: String,
    party: String,
}

/// Every pair that shares something.
pub(super) fn links(
    parties: &BTreeMap<String, Party>,
    roots: &BTreeMap<String, String>,
    payers: &[(String, String)],
) -> Vec<Link> {
    let mut values = Vec::new();
    for (id, party) in parties {
        add_identifiers(id, party, &mut values);
    }
    add_payers(parties, roots, payers, &mut values);
    values.sort_by(|one, other| (one.kind, &one.value, &one.party).cmp(&(other.kind, &other.value, &other.party)));
    values.dedup_by(|one, other| (one.kind, &one.value, &one.party) == (other.kind, &other.value, &other.party));
    let mut links = Vec::new();
    for group in values.chunk_by(|one, other| (one.kind, &one.value) == (other.kind, &other.value)) {
        let Some(degree) = i64::try_from(group.len()).ok().filter(|degree| (2..=HUB).contains(degree)) else {
            continue;
        };
        let Some(first) = group.first() else { continue };
        #[expect(clippy::cast_precision_loss, reason = "at most HUB")]
        let weight = (first.kind.weight() - libm::log(degree as f64 / 2.0)).max(0.0);
        for (place, one) in group.iter().enumerate() {
            for other in group.iter().skip(place + 1) {
                let (a, b) = (one.party.clone(), other.party.clone());
                links.push(Link { a, b, kind: first.kind, value: first.value.clone(), degree, weight });
            }
        }
    }
    links
}

/// Adds what a party has that others should not have too.
fn add_identifiers(id: &str, party: &Party, values: &mut Vec<Value>) {
    let mut add = |kind: LinkKind, value: String| {
        if !value.is_empty() {
            values.push(Value { kind, value, party: id.to_owned() });
        }
    };
    let details = party.details();
    for director in &details.directors {
        add(LinkKind::Director, plain(&fold(director).join(" ")));
    }
    if let Some(address) = &details.address {
        // A street without a city is compared by itself.
        let city = details.city.as_deref().unwrap_or("");
        add(LinkKind::Address, plain(&fold(&format!("{address} {city}")).join(" ")));
    }
    if let Some(phone) = &details.phone {
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        // Fewer are an extension, or a cell filled in to be filled in.
        add(LinkKind::Phone, if digits.len() >= 6 { digits } else { String::new() });
    }
    if let Some(email) = &details.email {
        let email = email.trim().to_lowercase();
        if let Some((_, domain)) = email.rsplit_once('@')
            && !FREE.contains(&domain)
        {
            add(LinkKind::Domain, domain.to_owned());
        }
        add(LinkKind::Email, email);
    }
    if let Some(website) = &details.website {
        add(LinkKind::Domain, domain_of(website));
    }
    if let Some(registry) = &details.registry_id {
        let country = party.country.map_or("", |country| country.code());
        add(LinkKind::Registry, format!("{country} {}", plain(registry)));
    }
    if let Some(name) = &party.name {
        add(LinkKind::Name, core_name(name));
    }
}

/// The host of a web address.
fn domain_of(website: &str) -> String {
    let lower = website.trim().to_lowercase();
    let host = lower.split_once("://").map_or(lower.as_str(), |(_, rest)| rest);
    let host = host.find(['/', '?', '#']).and_then(|end| host.get(..end)).unwrap_or(host);
    host.strip_prefix("www.").unwrap_or(host).to_owned()
}

/// A name without its legal form, its words in alphabetical order.
fn core_name(name: &str) -> String {
    let parsed = Name::parse(name);
    let mut words: Vec<&str> = parsed.tokens.iter().map(|token| token.word.as_str()).collect();
    words.sort_unstable();
    words.join(" ")
}

/// Adds to each consignee who paid for it from outside its group.
fn add_payers(
    parties: &BTreeMap<String, Party>,
    roots: &BTreeMap<String, String>,
    payers: &[(String, String)],
    values: &mut Vec<Value>,
) {
    let root = |id: &str| roots.get(id).cloned().unwrap_or_else(|| id.to_owned());
    let mut by_name: BTreeMap<String, &str> = BTreeMap::new();
    for (id, party) in parties {
        if let Some(name) = &party.name {
            by_name.entry(plain(name)).or_insert(id);
        }
    }
    for (payer, consignee) in payers {
        let known = parties.contains_key(payer);
        let payer =
            if known { payer.clone() } else { by_name.get(&plain(payer)).map_or(payer.clone(), |id| (*id).to_owned()) };
        if !payer.is_empty() && payer != *consignee && root(&payer) != root(consignee) {
            values.push(Value { kind: LinkKind::Payer, value: payer, party: consignee.clone() });
        }
    }
}
