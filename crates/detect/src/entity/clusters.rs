//! Which parties are taken for one: components of pairs with enough evidence, none so large that hubs melt strangers into it.

use std::collections::BTreeMap;

use super::links::{Link, LinkKind};

/// Kinds of identifier, by their order.
const KINDS: usize = 8;
/// A component of more roots is looked at again, more strictly.
const LARGE: usize = 60;
/// Evidence that joins a pair, in nats, where it is of two kinds or more.
const ENOUGH: f64 = 3.0;
/// A telephone, a mail address or a register number of this weight is enough alone.
const STRONG: f64 = 3.4;

struct Pair {
    ends: (usize, usize),
    weights: [f64; KINDS],
}

impl Pair {
    fn sum(&self) -> f64 {
        self.weights.iter().sum()
    }

    /// Whether the two are taken for one; `more` is the evidence needed on top, in nats, in a component that has grown large.
    fn joins(&self, more: f64) -> bool {
        let kinds = self.weights.iter().filter(|weight| **weight > 0.5).count();
        let strong = [LinkKind::Phone, LinkKind::Email, LinkKind::Registry]
            .into_iter()
            .any(|kind| self.weights.get(place(kind)).is_some_and(|weight| *weight >= STRONG));
        (kinds >= 2 && self.sum() >= ENOUGH + more) || (strong && (more == 0.0 || self.sum() >= ENOUGH + more))
    }
}

fn place(kind: LinkKind) -> usize {
    match kind {
        LinkKind::Address => 0,
        LinkKind::Director => 1,
        LinkKind::Domain => 2,
        LinkKind::Email => 3,
        LinkKind::Name => 4,
        LinkKind::Payer => 5,
        LinkKind::Phone => 6,
        LinkKind::Registry => 7,
    }
}

/// The smallest id of each root's component, for roots that have another's company.
pub(super) fn clusters(links: &[Link], roots: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let root = |id: &'_ str| -> String { roots.get(id).cloned().unwrap_or_else(|| id.to_owned()) };
    let mut named: Vec<String> = links.iter().flat_map(|link| [root(&link.a), root(&link.b)]).collect();
    named.sort();
    named.dedup();
    let number = |id: &str| named.binary_search_by(|known| known.as_str().cmp(id)).unwrap_or(usize::MAX);
    let mut found: BTreeMap<(usize, usize), [f64; KINDS]> = BTreeMap::new();
    for link in links {
        let (one, other) = (number(&root(&link.a)), number(&root(&link.b)));
        if one == other || one.max(other) == usize::MAX {
            continue;
        }
        let weights = found.entry((one.min(other), one.max(other))).or_default();
        if let Some(weight) = weights.get_mut(place(link.kind)) {
            *weight = weight.max(link.weight);
        }
    }
    let pairs: Vec<Pair> = found.into_iter().map(|(ends, weights)| Pair { ends, weights }).collect();
    let mut parents: Vec<usize> = (0..named.len()).collect();
    join(&mut parents, pairs.iter(), 0.0);
    for more in [1.5, 3.0, 6.0, f64::INFINITY] {
        let sizes = sizes(&mut parents);
        let large = |parents: &mut [usize], end: usize| {
            let top = find(parents, end);
            sizes.get(&top).is_some_and(|size| *size > LARGE)
        };
        let within: Vec<&Pair> = pairs.iter().filter(|pair| large(&mut parents, pair.ends.0)).collect();
        if within.is_empty() {
            break;
        }
        let loose: Vec<usize> = (0..named.len()).filter(|end| large(&mut parents, *end)).collect();
        for end in loose {
            if let Some(parent) = parents.get_mut(end) {
                *parent = end;
            }
        }
        join(&mut parents, within.into_iter(), more);
    }
    let mut clusters = BTreeMap::new();
    for end in 0..named.len() {
        let top = find(&mut parents, end);
        if let (Some(id), Some(least)) = (named.get(end), named.get(top))
            && id != least
        {
            clusters.insert(id.clone(), least.clone());
        }
    }
    clusters
}

/// How many roots each component has, by its top.
fn sizes(parents: &mut [usize]) -> BTreeMap<usize, usize> {
    let mut sizes = BTreeMap::new();
    for end in 0..parents.len() {
        *sizes.entry(find(parents, end)).or_insert(0) += 1;
    }
    sizes
}

/// The smallest of the component, since the smaller of two tops stays on top.
fn find(parents: &mut [usize], mut end: usize) -> usize {
    while let Some(parent) = parents.get(end).copied().filter(|parent| *parent != end) {
        let above = parents.get(parent).copied().unwrap_or(parent);
        if let Some(parent) = parents.get_mut(end) {
            *parent = above;
        }
        end = above;
    }
    end
}

fn join<'a>(parents: &mut [usize], pairs: impl Iterator<Item = &'a Pair>, more: f64) {
    for pair in pairs.filter(|pair| pair.joins(more)) {
        let (one, other) = (find(parents, pair.ends.0), find(parents, pair.ends.1));
        if let Some(parent) = parents.get_mut(one.max(other)) {
            *parent = one.min(other);
        }
    }
}
