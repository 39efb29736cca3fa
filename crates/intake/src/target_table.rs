//! The columns of a table by what they are, found by a few bytes of the name: every cell of every row is looked up so.

use crate::columns::Source;

/// So many places there are, more than four times as many as targets.
const PLACES: usize = 256;

/// Sources by target.
pub(crate) struct TargetTable<'a> {
    places: Vec<Option<(&'a str, &'a Source)>>,
}

/// Where the search for a target begins.
fn first_place(target: &str) -> usize {
    let bytes = target.as_bytes();
    let byte = |place: usize| bytes.get(place).copied().map_or(0, usize::from);
    let last = bytes.last().copied().map_or(0, usize::from);
    (bytes.len() * 31 + byte(0) * 7 + byte(bytes.len() / 2) * 13 + last * 3) % PLACES
}

impl<'a> TargetTable<'a> {
    /// The table of some targets, each of which stands once; there are fewer than a hundred.
    pub(crate) fn new(sources: impl Iterator<Item = (&'a str, &'a Source)>) -> TargetTable<'a> {
        let mut places = vec![None; PLACES];
        for (target, source) in sources {
            let first = first_place(target);
            let free = (first..first + PLACES)
                .map(|place| place % PLACES)
                .find(|place| matches!(places.get(*place), Some(None)));
            tollgate_model::always!(free.is_some(), "there are fewer targets than places");
            if let Some(slot) = free.and_then(|place| places.get_mut(place)) {
                *slot = Some((target, source));
            }
        }
        TargetTable { places }
    }

    /// The source of a target; `None` where the table has none.
    pub(crate) fn get(&self, target: &str) -> Option<&'a Source> {
        let first = first_place(target);
        for place in first..first + PLACES {
            match self.places.get(place % PLACES) {
                Some(Some((known, source))) if *known == target => return Some(source),
                Some(Some(_)) => {}
                Some(None) | None => return None,
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::known_targets;

    #[test]
    fn every_target_is_found_and_no_other() {
        let targets: Vec<&str> = known_targets("orders").into_iter().collect();
        let sources: Vec<Source> = targets
            .iter()
            .map(|target| Source { places: Vec::new(), header: (*target).to_owned(), unit: String::new() })
            .collect();
        let half = targets.len() / 2;
        let table = TargetTable::new(targets.iter().copied().zip(&sources).take(half));
        for (place, target) in targets.iter().enumerate() {
            let found = table.get(target).map(|source| source.header.as_str());
            assert_eq!(found, (place < half).then_some(*target));
        }
        assert!(table.get("").is_none());
    }
}
