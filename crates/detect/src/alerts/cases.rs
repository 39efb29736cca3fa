//! Which findings belong together: those about the same entities make an alert, those that a common payer, owner or seller ties make a case.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::Finding;

/// What joins findings.
#[derive(Clone, Copy, Debug)]
pub(super) struct Joining {
    /// A finding about more entities is about a market, and joins nothing.
    broad: usize,
    /// An entity that stands beside more others is a seller or a carrier of many, and joins nothing.
    hub: usize,
}

/// For alerts: the same entities.
pub(super) const ALERT: Joining = Joining { broad: 6, hub: 4 };
/// For cases: a common payer or owner too.
pub(super) const CASE: Joining = Joining { broad: 24, hub: 40 };

/// Findings that overlap, by their places, in the order of their first.
pub(super) fn groups(findings: &[Finding], cluster: &dyn Fn(&str) -> String, joining: Joining) -> Vec<Vec<usize>> {
    let entities: Vec<BTreeSet<String>> =
        findings.iter().map(|finding| finding.subjects.iter().map(|party| cluster(party)).collect()).collect();
    let mut beside: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for members in entities.iter().filter(|members| members.len() <= joining.broad) {
        for entity in members {
            beside.entry(entity).or_default().extend(members.iter().map(String::as_str));
        }
    }
    let mut parents: Vec<usize> = (0..findings.len()).collect();
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    for (place, members) in entities.iter().enumerate().filter(|(_, members)| members.len() <= joining.broad) {
        let narrow = members
            .iter()
            .filter(|entity| beside.get(entity.as_str()).is_none_or(|others| others.len() <= joining.hub));
        for entity in narrow {
            let other = *first.entry(entity).or_insert(place);
            join(&mut parents, place, other);
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for place in 0..findings.len() {
        groups.entry(top(&parents, place)).or_default().push(place);
    }
    groups.into_values().collect()
}

fn top(parents: &[usize], mut place: usize) -> usize {
    while let Some(parent) = parents.get(place).copied().filter(|parent| *parent != place) {
        place = parent;
    }
    place
}

fn join(parents: &mut [usize], one: usize, other: usize) {
    let (one, other) = (top(parents, one), top(parents, other));
    if let Some(parent) = parents.get_mut(one.max(other)) {
        *parent = one.min(other);
    }
}
