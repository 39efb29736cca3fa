//! Stakes through chains of owners.

use std::collections::{BTreeMap, BTreeSet};

use tollgate_model::{Party, Stake};

use crate::tables::real;

/// What a party holds of another through all chains together.
#[derive(Clone, Debug, PartialEq)]
pub struct TotalStake {
    /// Who.
    pub owner: String,
    /// Of whom.
    pub owned: String,
    /// Percent, 0 to 100: each chain's shares multiplied, chains added.
    pub percent: f64,
    /// Links of the shortest chain.
    pub depth: i32,
}

/// No chain is followed further, and from no owner further than to so many holdings.
const DEPTH: i32 = 8;
const VISITS: usize = 10_000;

/// Stakes that have not ended, followed through chains. A named parent without a stake on file holds all.
pub(super) fn total_stakes(stakes: &[Stake], parties: &BTreeMap<String, Party>) -> Vec<TotalStake> {
    let mut next: BTreeMap<&str, Vec<(&str, f64)>> = BTreeMap::new();
    for stake in stakes.iter().filter(|stake| stake.until.is_none()) {
        let percent = stake.percent.and_then(real).or(stake.controls.then_some(100.0));
        if let Some(percent) = percent {
            next.entry(&stake.owner_id).or_default().push((&stake.owned_id, percent.clamp(0.0, 100.0)));
        }
    }
    for (id, party) in parties {
        if let Some(parent) = &party.parent_id {
            let holdings = next.entry(parent).or_default();
            if !holdings.iter().any(|(owned, _)| owned == id) {
                holdings.push((id, 100.0));
            }
        }
    }
    let mut whole = Vec::new();
    for owner in next.keys() {
        let mut walk = Walk { next: &next, owner, found: BTreeMap::new(), visits: 0 };
        walk.follow(owner, 100.0, 1, &mut BTreeSet::from([*owner]));
        whole.extend(walk.found.into_iter().map(|(owned, (percent, depth))| TotalStake {
            owner: (*owner).to_owned(),
            owned: owned.to_owned(),
            percent: percent.min(100.0),
            depth,
        }));
    }
    whole
}

/// A walk from one owner down all chains.
struct Walk<'a, 'b> {
    next: &'b BTreeMap<&'a str, Vec<(&'a str, f64)>>,
    owner: &'a str,
    found: BTreeMap<&'a str, (f64, i32)>,
    visits: usize,
}

impl<'a> Walk<'a, '_> {
    fn follow(&mut self, from: &'a str, share: f64, depth: i32, path: &mut BTreeSet<&'a str>) {
        for (owned, percent) in self.next.get(from).into_iter().flatten() {
            let circle = *owned == self.owner;
            if path.contains(owned) && !circle {
                continue;
            }
            self.visits += 1;
            if self.visits > VISITS {
                return;
            }
            let through = share * percent / 100.0;
            let found = self.found.entry(owned).or_insert((0.0, depth));
            *found = (found.0 + through, found.1.min(depth));
            if !circle && depth < DEPTH && path.insert(owned) {
                self.follow(owned, through, depth + 1, path);
                path.remove(owned);
            }
        }
    }
}
