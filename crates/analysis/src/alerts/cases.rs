use std::collections::{BTreeMap, BTreeSet};

use crate::engine::Finding;

/// A finding about more entities is about a market, and joins nothing.
const BROAD: usize = 12;
/// An entity that stands beside more others is a seller or a carrier of many, and joins nothing.
const HUB: usize = 8;

/// Findings that overlap.
pub(super) struct Group<'a> {
    pub(super) findings: Vec<&'a Finding>,
}

/// Groups in the order of their first finding.
pub(super) fn groups<'a>(findings: &'a [Finding], cluster: &dyn Fn(&str) -> String) -> Vec<Group<'a>> {
    let entities: Vec<BTreeSet<String>> =
        findings.iter().map(|own| own.subjects.iter().map(|party| cluster(party)).collect()).collect();
    let mut beside: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for own in entities.iter().filter(|own| own.len() <= BROAD) {
        for entity in own {
            beside.entry(entity).or_default().extend(own.iter().map(String::as_str));
        }
    }
    let mut parents: Vec<usize> = (0..findings.len()).collect();
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    for (place, own) in entities.iter().enumerate().filter(|(_, own)| own.len() <= BROAD) {
        let narrow = own.iter().filter(|entity| beside.get(entity.as_str()).is_none_or(|others| others.len() <= HUB));
        for entity in narrow {
            let other = *first.entry(entity).or_insert(place);
            join(&mut parents, place, other);
        }
    }
    let mut groups: BTreeMap<usize, Vec<&'a Finding>> = BTreeMap::new();
    for (place, finding) in findings.iter().enumerate() {
        groups.entry(top(&parents, place)).or_default().push(finding);
    }
    groups.into_values().map(|findings| Group { findings }).collect()
}

fn top(parents: &[usize], mut place: usize) -> usize {
    while let Some(parent) = parents.get(place).copied().filter(|parent| *parent != place) {
        place = parent;
    }
    place
}

fn join(parents: &mut [usize], one: usize, other: usize) {
    let (one, other) = (top(parents, one), top(parents, other));
    if let Some(own) = parents.get_mut(one.max(other)) {
        *own = one.min(other);
    }
}
