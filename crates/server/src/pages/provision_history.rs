//! A provision from its first publication to the day on which it was left: what happened to it, in order of days.

use serde_json::{Value, json};
use tollgate_law::provision::{Provision, Version};
use tollgate_law::{Law, Policy};
use tollgate_model::Date;

/// Provisions that are shown with their history, at the most.
const MOST: usize = 6;

/// Something that happened to a provision: the day, and a string's key.
struct Event<'a> {
    day: Date,
    key: &'static str,
    /// The document by which it happened, by its key among the sources.
    source: &'a str,
    why: Option<&'a str>,
}

/// What happened by a version of the law.
fn events_of<'a>(version: &'a Version, policy: &'a Policy) -> Vec<Event<'a>> {
    let source = version.source.as_str();
    let event = |day, key| Event { day, key, source, why: None };
    let end = if version.removed { "removed" } else { "binds" };
    let mut events = match version.known_from < version.from {
        true => vec![event(version.known_from, "published"), event(version.from, end)],
        false => vec![event(version.from, if version.removed { "removed" } else { "published_binds" })],
    };
    let rests_on = |source: &String| *source == version.source || version.rests_on.contains(source);
    for exclusion in policy.exclusions.iter().filter(|exclusion| rests_on(&exclusion.source)) {
        // Whoever leaves a document out whatever is known never had it.
        let day = exclusion.known_from.unwrap_or(version.known_from);
        events.push(Event { day, key: "left_out", source, why: Some(&exclusion.why) });
    }
    events
}

/// Whether the law itself has a version that a policy has; else the policy made it.
fn is_of_law(law: Option<&Provision>, version: &Version) -> bool {
    law.is_some_and(|law| law.versions.iter().any(|other| other.digest == version.digest))
}

fn history<'a>(law: &'a Law, policy: &'a Policy, path: &str) -> Vec<Event<'a>> {
    let in_law = law.provisions.iter().find(|provision| provision.path == path);
    let in_policy = policy.provisions.iter().find(|provision| provision.path == path);
    let of_law = in_law.into_iter().flat_map(|provision| &provision.versions);
    let mut events: Vec<Event<'a>> = of_law.flat_map(|version| events_of(version, policy)).collect();
    let why = policy.reasons.iter().find(|(of, _)| of == path).map(|(_, why)| why.as_str());
    let made = in_policy.into_iter().flat_map(|provision| &provision.versions);
    let made = made.filter(|version| !is_of_law(in_law, version));
    events.extend(made.map(|version| Event { day: version.from, key: "amended", source: &version.source, why }));
    events.sort_by_key(|event| event.day);
    events
}

/// How a provision stands on a day under a policy, as a string's key.
fn standing(policy: &Policy, path: &str, day: Date) -> &'static str {
    let provision = policy.provisions.iter().find(|provision| provision.path == path);
    let versions = provision.map_or(&[][..], |provision| provision.versions.as_slice());
    match versions.iter().rfind(|version| version.from <= day) {
        Some(version) if version.removed => "over",
        Some(_) => "in_force",
        None if versions.iter().any(|version| version.known_from <= day) => "to_come",
        None if versions.is_empty() => "left_out",
        None => "unknown",
    }
}

/// The history of the provisions that a search is about, each with how it stands on the day.
pub(super) fn histories(policy: &Policy, date: Date, q: &str) -> Vec<Value> {
    let law = &policy.law;
    let day = policy.law_date(date);
    let q = q.to_lowercase();
    let is_meant = |provision: &&Provision| {
        let citation = provision.citation.to_lowercase();
        citation.contains(&q) || q.starts_with(&citation) || provision.title.to_lowercase().contains(&q)
    };
    let row = |provision: &Provision| {
        let events = history(law, policy, &provision.path).into_iter().map(|event| {
            let source = law.sources.get(event.source);
            json!({
                "day": event.day.to_string(), "key": event.key, "why": event.why, "is_past": event.day <= day,
                "source": source.map_or(event.source, |source| source.citation.as_str()), "url": source.and_then(|source| source.url.as_deref()),
            })
        });
        let events: Vec<Value> = events.collect();
        json!({
            "citation": provision.citation, "title": provision.title, "standing": standing(policy, &provision.path, day), "events": events,
        })
    };
    if q.is_empty() { Vec::new() } else { law.provisions.iter().filter(is_meant).take(MOST).map(row).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The keys and days of a provision's history under a policy.
    fn history_under(policy: &str, date: &str, q: &str) -> (String, Vec<String>) {
        let law = Law::embedded().unwrap();
        let policy = law.policy(policy).unwrap();
        let found = histories(&policy, date.parse().unwrap(), q);
        let first = found.first().unwrap();
        let events = first["events"].as_array().unwrap();
        let events =
            events.iter().map(|event| format!("{} {}", event["key"].as_str().unwrap(), event["day"].as_str().unwrap()));
        (first["standing"].as_str().unwrap().to_owned(), events.collect())
    }

    #[test]
    fn a_rule_that_is_published_and_not_yet_binding_is_to_come() {
        let (standing, events) = history_under("diffusion", "2025-05-14", "740.29");
        assert_eq!(standing, "to_come");
        assert!(events.starts_with(&["published 2025-01-15".to_owned(), "binds 2025-05-15".to_owned()]), "{events:?}");
        assert_eq!(history_under("diffusion", "2025-05-15", "740.29").0, "in_force");
    }

    #[test]
    fn a_rule_that_a_policy_leaves_out_says_since_when() {
        let (standing, events) = history_under("ear", "2026-01-20", "740.29");
        assert_eq!(standing, "left_out");
        assert!(events.contains(&"left_out 2025-05-13".to_owned()), "{events:?}");
    }
}
