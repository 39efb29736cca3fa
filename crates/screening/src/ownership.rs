//! The 50 percent rule: who is owned, in the aggregate and through others, by listed parties.
//!
//! A party in which listed parties and parties caught by this rule hold 50 percent or more together is caught itself, and then passes on
//! the *whole* of its own stakes; a stake in a party that is not caught passes nothing on. This is the least set with that property, not a product
//! of shares (OFAC FAQ 398 to 402; BIS Affiliates Rule, 90 FR 47201 and 15 CFR part 744, supplement no. 8).

use tollgate_model::{Date, Lookup, Stake};

use crate::sizes::{index_of, place_of};

/// A hundred percent, in millionths of a percent.
const ALL: i64 = 100_000_000;

/// What the stakes say of a party. Shares are in millionths of a percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is on a list itself.
    Listed,
    /// Listed parties own half of it or more, directly or through others.
    Owned {
        /// What they hold together.
        share: i64,
    },
    /// So much of it is unaccounted for that they may: an unknown never clears (red flag 29 of supplement no. 3 to part 732).
    Unknown {
        /// What they are known to hold.
        share: i64,
        /// What parties hold that may be listed or owned by listed ones: nobody has said.
        possible: i64,
        /// What nobody is known to hold.
        unaccounted: i64,
    },
    /// They hold less than half.
    SignificantMinority {
        /// What they hold together.
        share: i64,
    },
    /// The stakes in it come to more than all of it, as where two hold together and each is reported with the whole: who owns how much is not known.
    Overstated {
        /// What listed parties hold of that.
        share: i64,
        /// What all stakes come to.
        accounted: i64,
    },
    /// They hold nothing, and all or so much of it is accounted for that they cannot hold half.
    Clear,
}

impl Standing {
    /// Its name in outputs.
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::Listed => "listed",
            Standing::Owned { .. } => "owned",
            Standing::Unknown { .. } | Standing::Overstated { .. } => "unknown",
            Standing::SignificantMinority { .. } => "significant_minority",
            Standing::Clear => "clear",
        }
    }
}

/// A stake that stands in no proper relation to others.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadStake {
    /// A party is said to own a part of itself.
    #[error("{0} is said to own a part of itself")]
    Itself(String),
}

/// Who owns whom on a day, and who is caught.
#[derive(Debug, Default)]
pub struct Ownership {
    ids: Lookup<String, u32>,
    names: Vec<String>,
    /// Stakes by owner: where each owner's begin, then owned party and share.
    starts: Vec<usize>,
    held: Vec<(u32, i64)>,
    /// Stakes by owned party: owner and share.
    owner_starts: Vec<usize>,
    owners: Vec<(u32, i64)>,
    listed: Vec<bool>,
    caught: Vec<bool>,
    /// What caught parties hold in each.
    share: Vec<i64>,
    /// What anybody is known to hold in each.
    accounted: Vec<i64>,
    /// Stakes of unknown size, by owner.
    unsized_starts: Vec<usize>,
    unsized_held: Vec<(u32, i64)>,
    doubt: Doubt,
}

/// Who may be listed or caught: it hangs on a list match that nobody has looked into, on stakes of unknown size, or on what is unaccounted for.
#[derive(Debug, Default)]
struct Doubt {
    /// Whether a party passes doubt on to what it owns.
    passes: Vec<bool>,
    /// Whether a party that is caught, or that doubt hangs on, holds a part of it.
    tainted: Vec<bool>,
    /// What parties that doubt hangs on hold in each.
    possible: Vec<i64>,
}

/// By how much stakes may come to more than all because each was rounded: a tenth of a percent.
const ROUNDING: i64 = 100_000;

/// By how much the stakes in a party come to more than all of it: what listed parties hold is certain only as far as it is more than that.
fn overstated(accounted: Option<&i64>) -> i64 {
    accounted.map_or(0, |accounted| (accounted - ALL).max(0))
}

impl Ownership {
    /// Works out who is caught on a day, given who is listed and who may be.
    pub fn as_of<'a>(
        date: Date,
        stakes: &[Stake],
        listed: impl Iterator<Item = &'a str>,
        possible: impl Iterator<Item = &'a str>,
    ) -> Result<Ownership, BadStake> {
        let mut graph = Ownership::default();
        let mut edges: Vec<(u32, u32, i64)> = Vec::with_capacity(stakes.len());
        let mut without_size: Vec<(u32, u32, i64)> = Vec::new();
        for stake in stakes {
            if stake.owner_id == stake.owned_id {
                return Err(BadStake::Itself(stake.owner_id.clone()));
            }
            let (owner, owned) = (graph.id(&stake.owner_id), graph.id(&stake.owned_id));
            let current = stake.from.is_none_or(|from| from <= date) && stake.until.is_none_or(|until| date < until);
            match stake.percent {
                Some(percent) if current => {
                    edges.push((owner, owned, percent.scaled_up(6).map_or(ALL, |share| share.min(ALL))));
                }
                None if current => without_size.push((owner, owned, 0)),
                _ => {}
            }
        }
        let listed: Vec<u32> = listed.map(|id| graph.id(id)).collect();
        let possible: Vec<u32> = possible.map(|id| graph.id(id)).collect();
        let count = graph.names.len();
        (graph.listed, graph.caught) = (vec![false; count], vec![false; count]);
        (graph.share, graph.accounted) = (vec![0; count], vec![0; count]);
        (graph.starts, graph.held) =
            by_first(count, edges.iter().map(|(owner, owned, share)| (*owner, *owned, *share)));
        (graph.unsized_starts, graph.unsized_held) = by_first(count, without_size.into_iter());
        graph.doubt = Doubt { passes: vec![false; count], tainted: vec![false; count], possible: vec![0; count] };
        (graph.owner_starts, graph.owners) =
            by_first(count, edges.iter().map(|(owner, owned, share)| (*owned, *owner, *share)));
        for (_, owned, share) in &edges {
            if let Some(accounted) = graph.accounted.get_mut(index_of(*owned)) {
                *accounted += share;
            }
        }
        for id in &listed {
            if let Some(is_listed) = graph.listed.get_mut(index_of(*id)) {
                *is_listed = true;
            }
        }
        graph.spread(listed);
        graph.spread_doubt(possible);
        Ok(graph)
    }

    fn id(&mut self, name: &str) -> u32 {
        if let Some(id) = self.ids.get(name) {
            return *id;
        }
        let id = place_of(self.names.len());
        self.names.push(name.to_owned());
        self.ids.insert(name.to_owned(), id);
        id
    }

    /// Each caught party adds its stakes once, so that circles end and nothing is counted twice.
    fn spread(&mut self, mut waiting: Vec<u32>) {
        while let Some(owner) = waiting.pop() {
            match self.caught.get_mut(index_of(owner)) {
                Some(caught) if !*caught => *caught = true,
                _ => continue,
            }
            for (owned, held) in range(&self.starts, &self.held, owner) {
                let over = overstated(self.accounted.get(index_of(*owned)));
                if let Some(share) = self.share.get_mut(index_of(*owned)) {
                    *share += held;
                    if (*share - over) * 2 >= ALL {
                        waiting.push(*owned);
                    }
                }
            }
        }
    }

    /// What is caught taints what it holds a part of; where that may come to half, the doubt goes on to what that owns in its turn.
    fn spread_doubt(&mut self, mut waiting: Vec<u32>) {
        let caught = (0..self.caught.len()).filter(|id| self.caught.get(*id) == Some(&true));
        let caught: Vec<u32> = caught.map(place_of).collect();
        for owner in caught {
            let held = range(&self.starts, &self.held, owner).iter();
            let held: Vec<u32> =
                held.chain(range(&self.unsized_starts, &self.unsized_held, owner)).map(|(id, _)| *id).collect();
            held.iter().for_each(|owned| self.taint(*owned, 0, &mut waiting));
        }
        while let Some(owner) = waiting.pop() {
            match (self.caught.get(index_of(owner)), self.doubt.passes.get_mut(index_of(owner))) {
                (Some(false), Some(passes)) if !*passes => *passes = true,
                _ => continue,
            }
            let held = range(&self.starts, &self.held, owner).iter();
            let held: Vec<(u32, i64)> =
                held.chain(range(&self.unsized_starts, &self.unsized_held, owner)).copied().collect();
            held.iter().for_each(|(owned, share)| self.taint(*owned, *share, &mut waiting));
        }
    }

    fn taint(&mut self, owned: u32, possible: i64, waiting: &mut Vec<u32>) {
        if let (Some(tainted), Some(sum)) =
            (self.doubt.tainted.get_mut(index_of(owned)), self.doubt.possible.get_mut(index_of(owned)))
        {
            *tainted = true;
            *sum += possible;
        }
        if self.may_come_to_half(index_of(owned)) {
            waiting.push(owned);
        }
    }

    fn may_come_to_half(&self, id: usize) -> bool {
        let of = |shares: &[i64]| shares.get(id).copied().unwrap_or(0);
        let stated = of(&self.share) + of(&self.doubt.possible);
        let over = overstated(self.accounted.get(id));
        over > ROUNDING || (stated + (ALL - of(&self.accounted)).max(0)) * 2 >= ALL
    }

    /// Whether listed parties may own half of a party, as far as anybody has said: a caught one, or one that doubt hangs on, holds a part of it,
    /// and that part and what is unaccounted for may come to half.
    pub fn is_in_doubt(&self, party: &str) -> bool {
        let Some(id) = self.ids.get(party).map(|id| index_of(*id)) else { return false };
        self.caught.get(id) == Some(&false) && self.doubt.tainted.get(id) == Some(&true) && self.may_come_to_half(id)
    }

    /// The parties that listed ones own half of, or may.
    pub fn affected(&self) -> impl Iterator<Item = &str> {
        let owned = |id: usize| self.listed.get(id) == Some(&false) && self.caught.get(id) == Some(&true);
        let doubtful = |id: usize| self.caught.get(id) == Some(&false) && self.doubt.tainted.get(id) == Some(&true);
        let ids = self.names.iter().enumerate().filter(move |(id, _)| owned(*id) || doubtful(*id));
        ids.map(|(_, name)| name.as_str())
    }

    /// What the stakes say of a party; nothing where no stake names it and it is not listed.
    pub fn standing(&self, party: &str) -> Option<Standing> {
        let id = index_of(*self.ids.get(party)?);
        let (share, accounted) = (*self.share.get(id)?, *self.accounted.get(id)?);
        if *self.listed.get(id)? {
            return Some(Standing::Listed);
        }
        if *self.caught.get(id)? {
            return Some(Standing::Owned { share });
        }
        if accounted > ALL {
            return Some(Standing::Overstated { share, accounted });
        }
        // A party that stands in the table only as an owner is nobody's whose owners were asked for.
        if accounted == 0 && !*self.doubt.tainted.get(id)? {
            return None;
        }
        let (unaccounted, possible) = (ALL - accounted, *self.doubt.possible.get(id)?);
        Some(match self.may_come_to_half(id) {
            true => Standing::Unknown { share, possible, unaccounted },
            false if share > 0 => Standing::SignificantMinority { share },
            false => Standing::Clear,
        })
    }

    /// The stakes that catch a party, from itself up to the listed: owner, owned and percent.
    pub fn proof(&self, party: &str) -> Vec<(&str, &str, String)> {
        let (mut path, mut waiting, mut seen) = (Vec::new(), Vec::new(), std::collections::BTreeSet::new());
        waiting.extend(self.ids.get(party).copied());
        while let Some(owned) = waiting.pop() {
            if !seen.insert(owned) || (self.listed.get(index_of(owned)) == Some(&true) && path.is_empty()) {
                continue;
            }
            for (owner, share) in range(&self.owner_starts, &self.owners, owned) {
                if self.caught.get(index_of(*owner)) == Some(&true) {
                    let name = |id: u32| self.names.get(index_of(id)).map_or("", String::as_str);
                    path.push((name(*owner), name(owned), percent(*share)));
                    if self.listed.get(index_of(*owner)) == Some(&false) {
                        waiting.push(*owner);
                    }
                }
            }
        }
        path
    }
}

fn range<'a>(starts: &[usize], items: &'a [(u32, i64)], id: u32) -> &'a [(u32, i64)] {
    let bounds = starts.get(index_of(id)).zip(starts.get(index_of(id) + 1));
    let items = bounds.map(|(from, until)| items.get(*from..*until));
    tollgate_model::always!(items != Some(None), "the stakes of a party stand among all stakes");
    items.flatten().unwrap_or(&[])
}

/// Pairs grouped by their first id, in the order given within each.
fn by_first(count: usize, edges: impl Iterator<Item = (u32, u32, i64)>) -> (Vec<usize>, Vec<(u32, i64)>) {
    let mut sorted: Vec<(u32, u32, i64)> = edges.collect();
    sorted.sort_by_key(|(first, ..)| *first);
    let mut starts = Vec::with_capacity(count + 1);
    let mut place = 0;
    for id in 0..=count {
        while sorted.get(place).is_some_and(|(first, ..)| index_of(*first) < id) {
            place += 1;
        }
        starts.push(place);
    }
    (starts, sorted.into_iter().map(|(_, second, share)| (second, share)).collect())
}

/// A share in percent, without zeros at its end.
pub fn percent(share: i64) -> String {
    let text = format!("{}.{:06}", share / 1_000_000, share % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn stakes(rows: &[(&str, &str, &str)]) -> Vec<Stake> {
        let stake = |(owner, owned, percent): &(&str, &str, &str)| Stake {
            owner_id: (*owner).into(),
            owned_id: (*owned).into(),
            percent: (*percent != "?").then(|| percent.parse().unwrap()),
            ..Stake::default()
        };
        rows.iter().map(stake).collect()
    }

    fn day() -> Date {
        "2025-10-01".parse().unwrap()
    }

    fn caught(rows: &[(&str, &str, &str)], listed: &[&str], party: &str) -> bool {
        let graph = Ownership::as_of(day(), &stakes(rows), listed.iter().copied(), [].into_iter()).unwrap();
        matches!(graph.standing(party), Some(Standing::Owned { .. }))
    }

    /// OFAC FAQ 401, its worked cases.
    #[test]
    fn worked_cases_of_ofac_faq_401() {
        assert!(caught(&[("X", "A", "50"), ("A", "B", "50")], &["X"], "B"));
        assert!(caught(&[("X", "A", "50"), ("X", "B", "50"), ("A", "C", "25"), ("B", "C", "25")], &["X"], "C"));
        assert!(caught(&[("X", "A", "50"), ("X", "B", "10"), ("A", "B", "40")], &["X"], "B"));
        assert!(!caught(&[("X", "A", "50"), ("X", "B", "25"), ("A", "C", "25"), ("B", "C", "25")], &["X"], "C"));
        assert!(!caught(&[("X", "A", "25"), ("X", "B", "25"), ("A", "C", "50"), ("B", "C", "50")], &["X"], "C"));
    }

    #[test]
    fn owners_are_taken_together_and_to_the_last_digit() {
        assert!(caught(&[("X", "A", "25"), ("Y", "A", "25")], &["X", "Y"], "A"));
        assert!(!caught(&[("X", "A", "25"), ("Y", "A", "24.999999")], &["X", "Y"], "A"));
        assert!(caught(
            &[("X", "A", "16.666667"), ("Y", "A", "16.666667"), ("Z", "A", "16.666666")],
            &["X", "Y", "Z"],
            "A"
        ));
    }

    #[test]
    fn circles_end_and_count_nothing_twice() {
        let rows = [("A", "B", "60"), ("B", "C", "60"), ("C", "A", "60")];
        assert!(!caught(&rows, &[], "A"));
        let with_owner = [("A", "B", "60"), ("B", "C", "60"), ("C", "A", "40"), ("X", "A", "60")];
        let graph = Ownership::as_of(day(), &stakes(&with_owner), ["X"].into_iter(), [].into_iter()).unwrap();
        assert_eq!(graph.standing("C"), Some(Standing::Owned { share: 60_000_000 }));
        assert_eq!(graph.standing("A"), Some(Standing::Owned { share: 100_000_000 }));
        assert_eq!(
            graph.proof("B"),
            [("A", "B", "60".into()), ("C", "A", "40".into()), ("X", "A", "60".into()), ("B", "C", "60".into())]
        );
    }

    #[test]
    fn what_is_unaccounted_for_never_clears() {
        let standing = |rows: &[(&str, &str, &str)]| {
            Ownership::as_of(day(), &stakes(rows), ["X"].into_iter(), [].into_iter()).unwrap().standing("A")
        };
        assert_eq!(
            standing(&[("X", "A", "30")]),
            Some(Standing::Unknown { share: 30_000_000, possible: 0, unaccounted: 70_000_000 })
        );
        assert_eq!(
            standing(&[("X", "A", "30"), ("M", "A", "60")]),
            Some(Standing::SignificantMinority { share: 30_000_000 })
        );
        assert_eq!(standing(&[("M", "A", "51")]), Some(Standing::Clear));
        assert_eq!(
            standing(&[("M", "A", "50")]),
            Some(Standing::Unknown { share: 0, possible: 0, unaccounted: 50_000_000 })
        );
        assert_eq!(standing(&[("M", "B", "50")]), None);
    }

    #[test]
    fn doubt_goes_from_owner_to_owned() {
        let graph = |rows: &[(&str, &str, &str)], possible: &[&str]| {
            Ownership::as_of(day(), &stakes(rows), ["X"].into_iter(), possible.iter().copied()).unwrap()
        };
        // A listed owner whose part nobody has told (red flag 29), and what its company owns.
        let unknown = graph(&[("X", "A", "?"), ("A", "B", "60"), ("B", "C", "20"), ("M", "C", "80")], &[]);
        assert!(unknown.is_in_doubt("A") && unknown.is_in_doubt("B") && !unknown.is_in_doubt("C"));
        assert_eq!(unknown.standing("A"), Some(Standing::Unknown { share: 0, possible: 0, unaccounted: ALL }));
        assert_eq!(
            unknown.standing("B"),
            Some(Standing::Unknown { share: 0, possible: 60_000_000, unaccounted: 40_000_000 })
        );
        // An owner that may be the listed one.
        let likely = graph(&[("L", "A", "50"), ("M", "A", "50")], &["L"]);
        assert!(likely.is_in_doubt("A") && !likely.is_in_doubt("M"));
        // What is known to be others' leaves no doubt, and what is unaccounted for under no listed owner none either.
        assert!(!graph(&[("X", "A", "?"), ("M", "A", "51")], &[]).is_in_doubt("A"));
        assert!(!graph(&[("M", "A", "20")], &[]).is_in_doubt("A"));
        // A circle of doubt ends.
        assert!(graph(&[("X", "A", "?"), ("A", "B", "70"), ("B", "A", "10")], &[]).is_in_doubt("B"));
    }

    #[test]
    fn stakes_count_on_their_days_and_bad_ones_are_named() {
        let mut rows = stakes(&[("X", "A", "60")]);
        rows[0].from = Some("2025-10-02".parse().unwrap());
        assert_eq!(Ownership::as_of(day(), &rows, ["X"].into_iter(), [].into_iter()).unwrap().standing("A"), None);
        assert_eq!(
            Ownership::as_of(day(), &stakes(&[("A", "A", "1")]), [].into_iter(), [].into_iter()).unwrap_err(),
            BadStake::Itself("A".into())
        );
    }

    #[test]
    fn more_than_all_is_a_doubt_about_that_company_alone() {
        let graph = |rows: &[(&str, &str, &str)]| {
            Ownership::as_of(day(), &stakes(rows), ["X"].into_iter(), [].into_iter()).unwrap()
        };
        // Two who hold together, each reported with the whole.
        let joint = graph(&[("X", "A", "75"), ("Y", "A", "75"), ("X", "B", "60"), ("A", "C", "50")]);
        assert!(joint.is_in_doubt("A") && joint.is_in_doubt("C"));
        assert_eq!(joint.standing("A"), Some(Standing::Overstated { share: 75_000_000, accounted: 150_000_000 }));
        assert_eq!(joint.standing("B"), Some(Standing::Owned { share: 60_000_000 }));
        // Rounded thirds: what two of three listed owners hold is half whatever the rounding, what one holds is not.
        let thirds = [("X", "A", "33.34"), ("Y", "A", "33.34"), ("Z", "A", "33.34")];
        assert!(!graph(&thirds).is_in_doubt("A"));
        let listed = ["X", "Y"].into_iter();
        let two = Ownership::as_of(day(), &stakes(&thirds), listed, [].into_iter()).unwrap();
        assert_eq!(two.standing("A"), Some(Standing::Owned { share: 66_680_000 }));
        // Nobody who holds a part is listed: said, and no matter of the rule.
        let others = graph(&[("Y", "A", "75"), ("Z", "A", "75")]);
        assert!(!others.is_in_doubt("A") && matches!(others.standing("A"), Some(Standing::Overstated { .. })));
    }

    proptest! {
        /// Against the definition: the least set, found by adding parties until none can be added.
        #[test]
        fn it_is_the_least_set(edges in prop::collection::vec((0..8_usize, 0..8_usize, 1..60_i64), 0..24), listed in 0..256_u32) {
            let mut total = [0; 8];
            let edges: Vec<_> = edges.into_iter().filter(|(a, b, share)| a != b && { total[*b] += share; if total[*b] > 100 { total[*b] -= share; false } else { true } }).collect();
            let name = |id: usize| format!("p{id}");
            let rows: Vec<Stake> = edges.iter().map(|(a, b, share)| Stake { owner_id: name(*a), owned_id: name(*b), percent: share.to_string().parse().ok(), ..Stake::default() }).collect();
            let mut set: Vec<bool> = (0..8).map(|id| listed >> id & 1 == 1).collect();
            loop {
                let next: Vec<bool> = (0..8).map(|id| set[id] || edges.iter().filter(|(a, b, _)| *b == id && set[*a]).map(|(.., share)| share).sum::<i64>() >= 50).collect();
                if next == set { break; }
                set = next;
            }
            let names: Vec<String> = (0..8).filter(|id| listed >> id & 1 == 1).map(name).collect();
            let graph = Ownership::as_of(day(), &rows, names.iter().map(String::as_str), [].into_iter()).unwrap();
            for (id, in_set) in set.iter().enumerate() {
                let caught = matches!(graph.standing(&name(id)), Some(Standing::Owned { .. } | Standing::Listed));
                prop_assert_eq!(caught, *in_set, "{}", id);
            }
        }
    }
}
