use tollgate_law::program::{Holder, Period};
use tollgate_model::{Country, Tpp};

use super::super::names::Name;

/// What was counted, and in which year; what is counted for good stands under year 0.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    year: i32,
    used: Tpp,
}

/// Whose count it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Holders {
    /// The party whose limit under LPP is charged: an ultimate parent.
    pub(super) parent: Name,
    pub(super) consignee: Name,
    /// The country as the EAR counts it.
    pub(super) destination: Country,
    /// The country that is charged.
    pub(super) charged: Country,
}

#[expect(clippy::disallowed_types, reason = "looked up by key, never iterated")]
type ByConsignee = std::collections::HashMap<(Name, u8), Count, ahash::RandomState>;

/// The counts of one account, of all its holders. Lines come in order of date, so that a year that has begun ends the one before.
#[derive(Debug)]
enum Counts {
    Parties(Vec<Count>),
    Countries(Vec<Count>),
    PartiesIn(ByConsignee),
}

/// An account, by its name and by whose and over which time it counts.
#[derive(Debug)]
struct Account {
    name: String,
    holder: Holder,
    period: Period,
    counts: Counts,
}

/// All accounts.
#[derive(Debug, Default)]
pub(super) struct Held(Vec<Account>);

impl Held {
    /// The place of an account, which is new where it was not known.
    pub(super) fn place(&mut self, name: &str, holder: Holder, period: Period) -> usize {
        let known = self.0.iter().position(|own| own.name == name && own.holder == holder && own.period == period);
        known.unwrap_or_else(|| {
            let counts = match holder {
                Holder::UltimateParent => Counts::Parties(Vec::new()),
                Holder::Destination => Counts::Countries(vec![Count::default(); 256]),
                Holder::ConsigneeAndDestination => Counts::PartiesIn(ByConsignee::default()),
            };
            self.0.push(Account { name: name.to_owned(), holder, period, counts });
            self.0.len() - 1
        })
    }

    /// What a holder has used of an account in a year.
    pub(super) fn used(&self, place: usize, holders: Holders, year: i32) -> Tpp {
        let Some(account) = self.0.get(place) else { return Tpp::default() };
        let count = match &account.counts {
            Counts::Parties(counts) => counts.get(at(holders.parent)),
            Counts::Countries(counts) => counts.get(usize::from(holders.charged.index())),
            Counts::PartiesIn(counts) => counts.get(&(holders.consignee, holders.destination.index())),
        };
        let year = account.year(year);
        count.filter(|count| count.year == year).map_or(Tpp::default(), |count| count.used)
    }

    /// Counts something.
    pub(super) fn add(&mut self, place: usize, holders: Holders, year: i32, tpp: Tpp) {
        let Some(account) = self.0.get_mut(place) else { return };
        let year = account.year(year);
        let count = match &mut account.counts {
            Counts::Parties(counts) => {
                let place = at(holders.parent);
                if counts.len() <= place {
                    counts.resize(place + 1, Count::default());
                }
                counts.get_mut(place)
            }
            Counts::Countries(counts) => counts.get_mut(usize::from(holders.charged.index())),
            Counts::PartiesIn(counts) => {
                Some(counts.entry((holders.consignee, holders.destination.index())).or_default())
            }
        };
        let Some(count) = count else { return };
        if count.year != year {
            *count = Count { year, used: Tpp::default() };
        }
        count.used = count.used.plus(tpp);
    }
}

impl Account {
    fn year(&self, year: i32) -> i32 {
        match self.period {
            Period::CalendarYear => year,
            Period::Cumulative => 0,
        }
    }
}

fn at(name: Name) -> usize {
    usize::try_from(name).unwrap_or(usize::MAX)
}
