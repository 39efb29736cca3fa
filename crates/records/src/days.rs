//! Days on which a stake holds, and those on which others already say what it says.

use tollgate_model::{Date, Stake};

/// Whether a stake holds on a day; where none is named, whether it has held for ever.
pub(crate) fn holds(stake: &Stake, day: Option<Date>) -> bool {
    match day {
        None => stake.from.is_none(),
        Some(day) => stake.from.is_none_or(|from| from <= day) && stake.until.is_none_or(|until| day < until),
    }
}

/// The days on which stakes begin and end.
pub(crate) fn changes<'s>(stakes: impl Iterator<Item = &'s Stake>) -> Vec<Date> {
    stakes.flat_map(|stake| [stake.from, stake.until]).flatten().collect()
}

/// A stake on those of its days on which nothing else counts in its place. `changes` are the days on which that may begin or end, and `is_covered` says
/// whether it does from one of them on, or, where none is named, for ever before the first.
pub(crate) fn uncovered(
    stake: &Stake,
    mut changes: Vec<Date>,
    is_covered: impl Fn(Option<Date>) -> bool,
) -> Vec<Stake> {
    changes.retain(|day| stake.from.is_none_or(|from| from < *day) && stake.until.is_none_or(|until| *day < until));
    changes.sort_unstable();
    changes.dedup();
    let starts = std::iter::once(stake.from).chain(changes.iter().copied().map(Some));
    let ends = changes.iter().copied().map(Some).chain([stake.until]);
    let mut parts: Vec<Stake> = Vec::new();
    for (from, until) in starts.zip(ends).filter(|(from, _)| !is_covered(*from)) {
        match parts.last_mut().filter(|last| last.until.is_some() && last.until == from) {
            Some(last) => last.until = until,
            None => parts.push(Stake { from, until, ..stake.clone() }),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stake_counts_on_the_days_that_others_leave() {
        let day = |text: &str| Some(text).filter(|text| !text.is_empty()).map(|text| text.parse::<Date>().unwrap());
        let stake = |from: &str, until: &str| Stake { from: day(from), until: day(until), ..Stake::default() };
        let left = |of: &Stake, others: &[Stake]| -> Vec<(Option<Date>, Option<Date>)> {
            let is_covered = |day| others.iter().any(|other| holds(other, day));
            let parts = uncovered(of, changes(others.iter()), is_covered);
            parts.into_iter().map(|part| (part.from, part.until)).collect()
        };
        let whole = stake("", "");
        assert_eq!(left(&whole, &[]), [(None, None)]);
        assert_eq!(left(&whole, &[stake("", "")]), []);
        let others = [stake("2019-01-01", "2020-01-01"), stake("2022-01-01", "")];
        assert_eq!(left(&whole, &others), [(None, day("2019-01-01")), (day("2020-01-01"), day("2022-01-01"))]);
        assert_eq!(left(&stake("2020-06-01", "2021-01-01"), &others), [(day("2020-06-01"), day("2021-01-01"))]);
        assert_eq!(left(&stake("2023-01-01", ""), &others), []);
    }
}
