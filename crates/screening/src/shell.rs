//! What speaks for a shell company: facts on a party, each discounted by how common it is. No alert yet, and no finding.

use std::collections::{BTreeMap, BTreeSet};

use tollgate_model::{Date, Party};

use crate::address::Address;
use crate::fold::fold;
use crate::index::bits;
use crate::sizes::place_of;

/// Parties at one address from which it is likely an agent's, who registers many.
const AGENT: usize = 10;
/// Days from incorporation to the first order below which a party is young.
const YOUNG: i32 = 365;

/// Hosts of mail for everybody.
const FREE_MAIL: [&str; 20] = [
    "gmail.com",
    "outlook.com",
    "hotmail.com",
    "yahoo.com",
    "yandex.ru",
    "yandex.com",
    "mail.ru",
    "qq.com",
    "163.com",
    "126.com",
    "sina.com",
    "foxmail.com",
    "aliyun.com",
    "icloud.com",
    "proton.me",
    "protonmail.com",
    "live.com",
    "msn.com",
    "gmx.com",
    "zoho.com",
];

/// Words in a line of business that go with computing.
const COMPUTING: [&str; 34] = [
    "ai",
    "artificial",
    "intelligence",
    "cloud",
    "compute",
    "computer",
    "computers",
    "computing",
    "data",
    "datacenter",
    "digital",
    "electronic",
    "electronics",
    "gaming",
    "hardware",
    "hosting",
    "hpc",
    "internet",
    "it",
    "learning",
    "network",
    "networks",
    "research",
    "robotics",
    "semiconductor",
    "semiconductors",
    "server",
    "servers",
    "software",
    "technology",
    "telecom",
    "telecommunications",
    "university",
    "education",
];

/// What speaks for a shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Indicator {
    /// Other parties have its street address.
    SharedAddress,
    /// So many have it that it is an agent's, or it says so itself.
    AgentAddress,
    /// Other parties have its telephone number.
    SharedPhone,
    /// Other parties have its mail domain.
    SharedMailDomain,
    /// Other parties have one of its directors.
    SharedDirector,
    /// Its mail is at a host for everybody.
    FreeMail,
    /// Neither a web site nor a mail domain of its own is known.
    NoWebPresence,
    /// It was incorporated less than a year before its first order.
    Young,
    /// Its declared line of business has nothing to do with computing.
    OtherBusiness,
}

impl Indicator {
    /// Its word in outputs.
    pub fn as_str(self) -> &'static str {
        match self {
            Indicator::SharedAddress => "shared_address",
            Indicator::AgentAddress => "agent_address",
            Indicator::SharedPhone => "shared_phone",
            Indicator::SharedMailDomain => "shared_mail_domain",
            Indicator::SharedDirector => "shared_director",
            Indicator::FreeMail => "free_mail",
            Indicator::NoWebPresence => "no_web_presence",
            Indicator::Young => "young",
            Indicator::OtherBusiness => "other_business",
        }
    }
}

/// An indicator on a party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sign {
    /// Which.
    pub indicator: Indicator,
    /// What was seen: the address, the number, the days.
    pub what: String,
    /// The other parties that share it, in order.
    pub with: Vec<String>,
    /// What is left of it after the discount for how many share it, in basis points: 10,000 divided by the logarithm to base two of one more than the
    /// others (typology T13).
    pub weight: u32,
}

/// The signs on each party that has any. `first_orders` says on which day each first takes part in an order, where that is known.
pub fn shell_signs(
    parties: &BTreeMap<String, Party>,
    first_orders: &BTreeMap<String, Date>,
) -> BTreeMap<String, Vec<Sign>> {
    let mut signs: BTreeMap<String, Vec<Sign>> = BTreeMap::new();
    for (indicator, key) in SHARED {
        add_shared(parties, indicator, key, &mut signs);
    }
    let web_known = parties.values().any(|party| party.details().website.is_some());
    for (id, party) in parties {
        let of_party = party_signs(party, first_orders.get(id).copied(), web_known);
        if !of_party.is_empty() {
            signs.entry(id.clone()).or_default().extend(of_party);
        }
    }
    for of_party in signs.values_mut() {
        of_party.sort_by(|a, b| a.indicator.cmp(&b.indicator).then_with(|| a.what.cmp(&b.what)));
    }
    signs
}

/// What is shared, as a party shows it and as it is compared.
type Keys = fn(&Party) -> Vec<(String, String)>;

const SHARED: [(Indicator, Keys); 4] = [
    (Indicator::SharedAddress, |party| {
        let details = party.details();
        let Some(address) = &details.address else { return Vec::new() };
        let whole = [address.as_str(), details.city.as_deref().unwrap_or("")].join(" ");
        let key = Address::parse(&whole).key();
        if key.is_empty() { Vec::new() } else { vec![(address.clone(), key)] }
    }),
    (Indicator::SharedPhone, |party| {
        let Some(phone) = &party.details().phone else { return Vec::new() };
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        let key = digits.trim_start_matches('0').to_owned();
        if key.len() < 6 { Vec::new() } else { vec![(phone.clone(), key)] }
    }),
    (Indicator::SharedMailDomain, |party| match domain(party) {
        Some(domain) if !FREE_MAIL.contains(&domain.as_str()) => vec![(domain.clone(), domain)],
        _ => Vec::new(),
    }),
    (Indicator::SharedDirector, |party| {
        let key = |name: &String| {
            let mut words = fold(name);
            words.sort_unstable();
            (name.clone(), words.join(" "))
        };
        party.details().directors.iter().map(key).filter(|(_, key)| key.len() >= 4).collect()
    }),
];

fn domain(party: &Party) -> Option<String> {
    let (_, domain) = party.details().email.as_deref()?.rsplit_once('@')?;
    Some(domain.trim().to_ascii_lowercase()).filter(|domain| domain.contains('.'))
}

/// Adds a sign of a kind to each party that shares one of its keys with others.
fn add_shared(
    parties: &BTreeMap<String, Party>,
    indicator: Indicator,
    keys: Keys,
    signs: &mut BTreeMap<String, Vec<Sign>>,
) {
    let mut holders: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for (id, party) in parties {
        for (_, key) in keys(party) {
            holders.entry(key).or_default().insert(id);
        }
    }
    for (id, party) in parties {
        for (what, key) in keys(party) {
            let all = holders.get(&key).map_or(0, BTreeSet::len);
            if all < 2 {
                continue;
            }
            // Of many, the first few stand for all.
            let with = holders.get(&key).into_iter().flatten().filter(|other| **other != id.as_str()).take(AGENT);
            let with: Vec<String> = with.map(|other| (*other).to_owned()).collect();
            let of_party = signs.entry(id.clone()).or_default();
            if indicator == Indicator::SharedAddress && all >= AGENT {
                of_party.push(Sign {
                    indicator: Indicator::AgentAddress,
                    what: format!("{what} ({all} parties)"),
                    with: Vec::new(),
                    weight: discount(all - 1),
                });
            }
            of_party.push(Sign { indicator, what, with, weight: discount(all - 1) });
        }
    }
}

/// What is left of a sign that so many others share, in basis points: 10,000 over the logarithm to base two of one more than the others.
fn discount(others: usize) -> u32 {
    let hundredths = bits(place_of(others).saturating_add(1), 1);
    1_000_000 / hundredths.max(100)
}

/// What a party shows without a look at the others.
fn party_signs(party: &Party, first_order: Option<Date>, web_known: bool) -> Vec<Sign> {
    let details = party.details();
    let mut signs = Vec::new();
    let mut add = |indicator, what: String, weight| signs.push(Sign { indicator, what, with: Vec::new(), weight });
    if let Some(address) = details.address.as_deref().filter(|address| of_agent(address)) {
        add(Indicator::AgentAddress, address.to_owned(), 5_000);
    }
    let domain = domain(party);
    let free = domain.as_deref().is_some_and(|domain| FREE_MAIL.contains(&domain));
    if let Some(domain) = domain.as_ref().filter(|_| free) {
        add(Indicator::FreeMail, domain.clone(), 3_000);
    }
    if web_known && details.website.is_none() && (free || domain.is_none()) {
        add(Indicator::NoWebPresence, "neither a web site nor a mail domain of its own is known".to_owned(), 2_000);
    }
    if let (Some(born), Some(first)) = (details.incorporated_on, first_order) {
        let days = first.epoch_days() - born.epoch_days();
        if days < YOUNG {
            add(Indicator::Young, format!("incorporated {born}, first order {first}: {days} days"), 5_000);
        }
    }
    if let Some(business) = &details.business
        && first_order.is_some()
    {
        let words = fold(business);
        if !words.is_empty() && !words.iter().any(|word| COMPUTING.contains(&word.as_str())) {
            add(Indicator::OtherBusiness, business.clone(), 3_000);
        }
    }
    signs
}

fn of_agent(address: &str) -> bool {
    let text = address.to_lowercase();
    ["c/o", "registered agent", "registered office", "corporate services", "po box", "p.o. box", "company secretar"]
        .iter()
        .any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tollgate_model::PartyDetails;

    fn party(id: &str, change: impl Fn(&mut PartyDetails)) -> (String, Party) {
        let mut details = PartyDetails::default();
        change(&mut details);
        (id.to_owned(), Party { party_id: id.into(), details: Some(Box::new(details)), ..Party::default() })
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    fn kinds(signs: &BTreeMap<String, Vec<Sign>>, id: &str) -> Vec<&'static str> {
        signs.get(id).into_iter().flatten().map(|sign| sign.indicator.as_str()).collect()
    }

    #[test]
    fn what_is_shared_is_found_as_clerks_write_it() {
        let parties = BTreeMap::from([
            party("a", |details| {
                details.address = some("Room 12, 3/F, 148 Wing Lok Street");
                details.phone = some("+852 2345 6789");
                details.email = some("sales@lucky.example");
                details.directors = vec!["CHAN Tai Man".into()];
            }),
            party("b", |details| {
                details.address = some("148 WING LOK ST., 3rd Floor, Rm 12");
                details.phone = some("00852-23456789");
                details.email = some("info@LUCKY.example");
                details.directors = vec!["Tai Man Chan".into(), "Other Person".into()];
            }),
            party("c", |details| {
                details.address = some("150 Wing Lok Street");
                details.phone = some("123");
                details.email = some("c@qq.com");
            }),
            party("d", |details| details.email = some("d@qq.com")),
        ]);
        let signs = shell_signs(&parties, &BTreeMap::new());
        let all = ["shared_address", "shared_phone", "shared_mail_domain", "shared_director"];
        assert_eq!(kinds(&signs, "a"), all);
        assert_eq!(kinds(&signs, "b"), all);
        assert_eq!(kinds(&signs, "c"), ["free_mail"], "a host for everybody is not shared");
        assert!(signs["a"].iter().all(|sign| sign.with == ["b"] && sign.weight == 10_000));
    }

    #[test]
    fn what_many_share_tells_less() {
        let crowd =
            (0..40).map(|at| party(&format!("p{at:02}"), |details| details.address = some("1 Agent Road, Tortola")));
        let parties: BTreeMap<String, Party> = crowd.collect();
        let signs = shell_signs(&parties, &BTreeMap::new());
        assert_eq!(kinds(&signs, "p07"), ["shared_address", "agent_address"]);
        assert!(signs["p07"].iter().all(|sign| (1_700..2_000).contains(&sign.weight)), "{:?}", signs["p07"]);
    }

    #[test]
    fn what_a_party_shows_alone() {
        let parties = BTreeMap::from([
            party("young", |details| {
                details.incorporated_on = "2025-01-10".parse().ok();
                details.business = some("Import of garments and shoes");
                details.address = some("c/o Harbour Corporate Services, 9 Queen's Road");
            }),
            party("old", |details| {
                details.incorporated_on = "1999-01-10".parse().ok();
                details.business = some("Cloud hosting");
                details.website = some("https://old.example");
            }),
        ]);
        let first = ["young", "old"].map(|id| (id.to_owned(), "2025-03-01".parse().unwrap()));
        let signs = shell_signs(&parties, &BTreeMap::from(first));
        assert_eq!(kinds(&signs, "young"), ["agent_address", "no_web_presence", "young", "other_business"]);
        assert!(signs["young"][2].what.contains("50 days"));
        assert_eq!(kinds(&signs, "old"), [""; 0]);
    }
}
