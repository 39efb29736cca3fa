//! Which of the shareholdings that statements state count beside each other.

use std::collections::{BTreeMap, BTreeSet};

use tollgate_model::{Date, Stake};

use crate::days::{changes, holds, uncovered};

/// The stakes that are held directly, those that are held through others, and those that rights stand for which may or may not come with a share.
#[derive(Default)]
pub(crate) struct Shareholdings {
    direct: Vec<Stake>,
    indirect: Vec<Stake>,
    rights: Vec<Stake>,
}

/// What a statement says that a party has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holding {
    /// A share, held by itself.
    Direct,
    /// A share, held through others.
    Indirect,
    /// Rights that go with a share as a rule.
    Rights,
}

impl Shareholdings {
    /// Adds a stake; one of a record that ended on a day that nobody knows is of unknown size.
    pub(crate) fn add(&mut self, holding: Holding, stake: Stake, is_closed: bool) {
        let stake = if is_closed { Stake { percent: None, ..stake } } else { stake };
        match holding {
            Holding::Direct => self.direct.push(stake),
            Holding::Indirect => self.indirect.push(stake),
            Holding::Rights => self.rights.push(stake),
        }
    }

    /// The stakes that count: the direct ones, and of the others what those do not say already.
    pub(crate) fn into_stakes(self) -> Vec<Stake> {
        let Shareholdings { direct, indirect, rights } = self;
        let owners = by_owned(direct.iter());
        let mut beside: Vec<Stake> = Vec::new();
        for stake in &indirect {
            let above = stakes_above(&owners, &stake.owned_id);
            beside.extend(uncovered(stake, changes(above.iter().copied()), |day| is_linked(&owners, stake, day)));
        }
        let shares = by_owned(direct.iter().chain(&indirect));
        for stake in &rights {
            let of_owned = shares.get(stake.owned_id.as_str()).into_iter().flatten().copied();
            let same: Vec<&Stake> = of_owned.filter(|share| share.owner_id == stake.owner_id).collect();
            let is_stated = |day| same.iter().any(|share| holds(share, day));
            beside.extend(uncovered(stake, changes(same.iter().copied()), is_stated));
        }
        direct.into_iter().chain(beside).collect()
    }
}

/// Stakes by the company that they are in.
fn by_owned<'s>(stakes: impl Iterator<Item = &'s Stake>) -> BTreeMap<&'s str, Vec<&'s Stake>> {
    stakes.fold(BTreeMap::new(), |mut owners, stake| {
        owners.entry(stake.owned_id.as_str()).or_insert_with(Vec::new).push(stake);
        owners
    })
}

/// The stakes in a company, in its owners, in theirs and so on.
fn stakes_above<'s>(owners: &BTreeMap<&'s str, Vec<&'s Stake>>, owned: &str) -> Vec<&'s Stake> {
    let (mut above, mut waiting, mut seen) = (Vec::new(), vec![owned], BTreeSet::new());
    while let Some(company) = waiting.pop() {
        if seen.insert(company) {
            let stakes = owners.get(company).into_iter().flatten().copied();
            above.extend(stakes.inspect(|stake| waiting.push(&stake.owner_id)));
        }
    }
    above
}

/// Whether direct stakes of a day lead from the holder of an indirect one to the company that it is in.
fn is_linked(owners: &BTreeMap<&str, Vec<&Stake>>, indirect: &Stake, day: Option<Date>) -> bool {
    let (mut waiting, mut seen) = (vec![indirect.owned_id.as_str()], BTreeSet::new());
    while let Some(company) = waiting.pop() {
        if seen.insert(company) {
            let of_day = owners.get(company).into_iter().flatten().filter(|stake| holds(stake, day));
            waiting.extend(of_day.map(|stake| stake.owner_id.as_str()));
        }
    }
    seen.contains(indirect.owner_id.as_str())
}
