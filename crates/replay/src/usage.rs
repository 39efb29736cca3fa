//! What was counted in each account, in arrays by the number of the holder.

use tollgate_law::program::Holder;
use tollgate_model::{Country, Lookup, PeriodLength, Tpp, never};

use tollgate_decide::Name;

use crate::widths::index_of;

/// TPP counted in a year; what is counted for good stands under year 0.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    year: i32,
    tpp: Tpp,
}

/// The holders that a line is charged to, and the year in which.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChargedTo {
    /// The party whose limit under LPP is charged: an ultimate parent.
    pub(crate) parent: Name,
    /// The ultimate consignee.
    pub(crate) consignee: Name,
    /// The country of destination as the EAR counts it.
    pub(crate) destination: Country,
    /// The country whose account is charged: of the destination or of the headquarters, as the program has it.
    pub(crate) country: Country,
    /// The calendar year of the order.
    pub(crate) year: i32,
}

/// Accounts that stand side by side: what is read of one holder lies together.
const LANES: usize = 4;

/// The counts of up to [`LANES`] accounts of one holder.
type AccountLanes = [Count; LANES];

/// More than any limit leaves room for: what an account that is not found is said to have used.
const FULL: i64 = i64::MAX;

/// The counts of up to [`LANES`] accounts whose holders are of one kind, by the holder's number. Lines come in order of date, so that
/// the first count of a year replaces that of the year before.
#[derive(Debug)]
struct Table {
    holder: Holder,
    accounts: usize,
    counts: Vec<AccountLanes>,
    /// Of a consignee in countries: the country whose counts stand in `counts`, which is nearly always its only one.
    homes: Vec<Option<u8>>,
    /// The counts of a consignee in its other countries.
    further: Lookup<(Name, u8), AccountLanes>,
}

/// An account: its name, whose holdings it counts, and over which time.
#[derive(Debug)]
struct Account {
    name: String,
    holder: Holder,
    period: PeriodLength,
    table: usize,
    lane: usize,
}

/// The counts of all accounts.
#[derive(Debug, Default)]
pub(crate) struct Usage {
    accounts: Vec<Account>,
    tables: Vec<Table>,
}

impl Usage {
    /// The place of an account, by which [`Usage::used`] and [`Usage::add`] find it; it is added where it is new.
    pub(crate) fn place(&mut self, name: &str, holder: Holder, period: PeriodLength) -> usize {
        let is_same = |account: &Account| account.name == name && account.holder == holder && account.period == period;
        if let Some(place) = self.accounts.iter().position(is_same) {
            return place;
        }
        let has_room = |table: &Table| table.holder == holder && table.accounts < LANES;
        let table = self.tables.iter().position(has_room).unwrap_or(self.tables.len());
        if table == self.tables.len() {
            self.tables.push(Table::new(holder));
        }
        let Some(lane) = self.tables.get_mut(table).map(Table::take_lane) else {
            never!("table {table} has no place");
            return usize::MAX;
        };
        self.accounts.push(Account { name: name.to_owned(), holder, period, table, lane });
        self.accounts.len() - 1
    }

    /// The TPP that a holder has used of the account at `place` in the year of the order.
    pub(crate) fn used(&self, place: usize, charged_to: ChargedTo) -> Tpp {
        let Some(account) = self.accounts.get(place) else {
            never!("account {place} has no place");
            return Tpp::from_thousandths(FULL);
        };
        // A holder of whom nothing was counted yet has no lanes.
        let lanes = self.tables.get(account.table).and_then(|table| table.lanes(charged_to));
        let count = lanes.and_then(|lanes| lanes.get(account.lane));
        let year = account.counted_year(charged_to.year);
        count.filter(|count| count.year == year).map_or(Tpp::default(), |count| count.tpp)
    }

    /// Adds TPP to what a holder has used of the account at `place`. `None` where it cannot be counted: then the line is not decided.
    pub(crate) fn add(&mut self, place: usize, charged_to: ChargedTo, tpp: Tpp) -> Option<()> {
        let account = self.accounts.get(place)?;
        let count = self.tables.get_mut(account.table)?.lanes_mut(charged_to)?.get_mut(account.lane)?;
        let year = account.counted_year(charged_to.year);
        if count.year != year {
            *count = Count { year, tpp: Tpp::default() };
        }
        count.tpp = count.tpp.plus(tpp);
        Some(())
    }
}

impl Account {
    /// The year under which it counts.
    fn counted_year(&self, year: i32) -> i32 {
        match self.period {
            PeriodLength::CalendarYear => year,
            PeriodLength::Cumulative => 0,
        }
    }
}

impl Table {
    fn new(holder: Holder) -> Table {
        Table { holder, accounts: 0, counts: Vec::new(), homes: Vec::new(), further: Lookup::new() }
    }

    /// The next free lane.
    fn take_lane(&mut self) -> usize {
        self.accounts += 1;
        self.accounts - 1
    }

    fn place(&self, charged_to: ChargedTo) -> usize {
        match self.holder {
            Holder::UltimateParent => index_of(charged_to.parent),
            Holder::Destination => usize::from(charged_to.country.index()),
            Holder::Consignee | Holder::ConsigneeAndDestination => index_of(charged_to.consignee),
        }
    }

    fn lanes(&self, charged_to: ChargedTo) -> Option<&AccountLanes> {
        let place = self.place(charged_to);
        if self.holder == Holder::ConsigneeAndDestination {
            let destination = charged_to.destination.index();
            if *self.homes.get(place)? != Some(destination) {
                return self.further.get(&(charged_to.consignee, destination));
            }
        }
        self.counts.get(place)
    }

    fn lanes_mut(&mut self, charged_to: ChargedTo) -> Option<&mut AccountLanes> {
        let place = self.place(charged_to);
        if self.counts.len() <= place {
            self.counts.resize(place.checked_add(1)?, AccountLanes::default());
        }
        if self.holder == Holder::ConsigneeAndDestination {
            self.homes.resize(self.counts.len(), None);
            let destination = charged_to.destination.index();
            if *self.homes.get_mut(place)?.get_or_insert(destination) != destination {
                return Some(self.further.entry((charged_to.consignee, destination)).or_default());
            }
        }
        self.counts.get_mut(place)
    }
}
