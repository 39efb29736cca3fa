use tollgate_law::program::Holder;
use tollgate_model::{Country, PeriodLength, Tpp};

use tollgate_decide::Name;

/// What was counted, and in which year; what is counted for good stands under year 0.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    year: i32,
    used: Tpp,
}

/// Whose count it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Holders {
    /// The party whose limit under LPP is charged: an ultimate parent.
    pub(crate) parent: Name,
    pub(crate) consignee: Name,
    /// The country as the EAR counts it.
    pub(crate) destination: Country,
    /// The country that is charged.
    pub(crate) charged: Country,
}

/// Accounts that are kept side by side: what is read of one holder lies together.
const LANES: usize = 4;

type Lanes = [Count; LANES];

#[expect(clippy::disallowed_types, reason = "looked up by key, never iterated")]
type ByConsignee = std::collections::HashMap<(Name, u8), Lanes, ahash::RandomState>;

/// The counts of up to [`LANES`] accounts whose holders are of one kind, by the holder's number. Lines come in order of date, so that a year that has begun ends
/// the one before.
#[derive(Debug)]
struct Table {
    holder: Holder,
    accounts: usize,
    counts: Vec<Lanes>,
    /// Of a consignee in countries: the country whose counts stand in `counts`, which is nearly always its only one.
    homes: Vec<Option<u8>>,
    /// Those of its other countries.
    further: ByConsignee,
}

/// An account, by its name and by whose and over which time it counts.
#[derive(Debug)]
struct Account {
    name: String,
    holder: Holder,
    period: PeriodLength,
    table: usize,
    lane: usize,
}

/// All accounts.
#[derive(Debug, Default)]
pub(crate) struct Held {
    accounts: Vec<Account>,
    tables: Vec<Table>,
}

impl Held {
    /// The place of an account, which is new where it was not known.
    pub(crate) fn place(&mut self, name: &str, holder: Holder, period: PeriodLength) -> usize {
        let same = |own: &Account| own.name == name && own.holder == holder && own.period == period;
        if let Some(known) = self.accounts.iter().position(same) {
            return known;
        }
        let room = |own: &Table| own.holder == holder && own.accounts < LANES;
        let table = self.tables.iter().position(room).unwrap_or_else(|| {
            self.tables.push(Table::new(holder));
            self.tables.len() - 1
        });
        let lane = self.tables.get_mut(table).map_or(0, |own| {
            own.accounts += 1;
            own.accounts - 1
        });
        self.accounts.push(Account { name: name.to_owned(), holder, period, table, lane });
        self.accounts.len() - 1
    }

    /// What a holder has used of an account in a year.
    pub(crate) fn used(&self, place: usize, holders: Holders, year: i32) -> Tpp {
        let Some(account) = self.accounts.get(place) else { return Tpp::default() };
        let lanes = self.tables.get(account.table).and_then(|table| table.lanes(holders));
        let count = lanes.and_then(|lanes| lanes.get(account.lane));
        let year = account.year(year);
        count.filter(|count| count.year == year).map_or(Tpp::default(), |count| count.used)
    }

    /// Counts something.
    pub(crate) fn add(&mut self, place: usize, holders: Holders, year: i32, tpp: Tpp) {
        let Some(account) = self.accounts.get(place) else { return };
        let lanes = self.tables.get_mut(account.table).and_then(|table| table.lanes_mut(holders));
        let Some(count) = lanes.and_then(|lanes| lanes.get_mut(account.lane)) else { return };
        let year = account.year(year);
        if count.year != year {
            *count = Count { year, used: Tpp::default() };
        }
        count.used = count.used.plus(tpp);
    }
}

impl Account {
    fn year(&self, year: i32) -> i32 {
        match self.period {
            PeriodLength::CalendarYear => year,
            PeriodLength::Cumulative => 0,
        }
    }
}

impl Table {
    fn new(holder: Holder) -> Table {
        Table { holder, accounts: 0, counts: Vec::new(), homes: Vec::new(), further: ByConsignee::default() }
    }

    fn place(&self, holders: Holders) -> usize {
        let at = |name: Name| usize::try_from(name).unwrap_or(usize::MAX);
        match self.holder {
            Holder::UltimateParent => at(holders.parent),
            Holder::Destination => usize::from(holders.charged.index()),
            Holder::Consignee | Holder::ConsigneeAndDestination => at(holders.consignee),
        }
    }

    fn lanes(&self, holders: Holders) -> Option<&Lanes> {
        let place = self.place(holders);
        if self.holder == Holder::ConsigneeAndDestination {
            let destination = holders.destination.index();
            if *self.homes.get(place)? != Some(destination) {
                return self.further.get(&(holders.consignee, destination));
            }
        }
        self.counts.get(place)
    }

    fn lanes_mut(&mut self, holders: Holders) -> Option<&mut Lanes> {
        let place = self.place(holders);
        if self.counts.len() <= place {
            self.counts.resize(place.checked_add(1)?, Lanes::default());
        }
        if self.holder == Holder::ConsigneeAndDestination {
            self.homes.resize(self.counts.len(), None);
            let destination = holders.destination.index();
            if *self.homes.get_mut(place)?.get_or_insert(destination) != destination {
                return Some(self.further.entry((holders.consignee, destination)).or_default());
            }
        }
        self.counts.get_mut(place)
    }
}
