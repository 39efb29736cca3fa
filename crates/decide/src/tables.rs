//! The tables beside the orders: parties, items, stakes, findings and licenses, read and screened once.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tollgate_law::{Law, Policy, split_days};
use tollgate_model::{Clearance, Diagnostic, Diagnostics, Item, License, Party, Place, Stake};
use tollgate_records::{
    FleetRow, OpeningBalance, Table, read_clearances_by_row, read_items_with, read_ownership_by_row, read_parties_with,
};
use tollgate_screening::{BadStake, Screener};

use super::answered::{Answered, AnsweredTables, Supplement, Taking};
use super::error::RunError;
use super::flags::{UNSCREENED, flags_of};
use super::parties::{Parents, UNREAD, says_what_else_it_is};
use super::screened::{Hit, MatchLimits, SHOWN, ScreeningResults};
use super::spelling::{has_words, squashed};
use super::typed::{NameMatch, TypedNames};
use super::unread::Unread;
use tollgate_model::Stop;

/// The small tables beside the orders.
#[derive(Debug, Default)]
pub struct Tables {
    /// By id.
    pub parties: BTreeMap<String, Party>,
    /// Items of the user's own, by name.
    pub items: BTreeMap<String, Item>,
    /// What lists and owners say of the parties.
    pub screened: ScreeningResults,
    /// The parents that the stakes show.
    pub parents: Parents,
    /// Who owns how much of whom.
    pub stakes: Vec<Stake>,
    /// Findings about list matches, the latest last.
    pub clearances: Vec<Clearance>,
    /// Licenses of BIS, by number; empty where no table of them was given.
    pub licenses: BTreeMap<String, License>,
    /// Screens names that stand in the place of ids and have no row.
    pub names: TypedNames,
    /// What holders have had of accounts before the first line.
    pub opening: Vec<OpeningBalance>,
    /// What stands where, whose it is; `None` where no table of it was given.
    pub fleet: Option<Vec<FleetRow>>,
    /// What is not understood of the tables: who or what it is about, and why.
    pub unread: Unread,
    /// What answers and assumptions made of the tables.
    pub answered: Answered,
    /// Whether what is not understood refuses its file; else it leaves its lines unsettled.
    pub strict: bool,
    /// Columns of orders that the contract does not have, and of which a person says that they are left out.
    pub ignored_columns: Arc<BTreeSet<String>>,
}

/// How the parties of a table are screened.
#[derive(Clone, Copy, Debug)]
pub struct Screening<'a> {
    /// The lists.
    pub screener: &'a Arc<Screener>,
    /// The least score of a match, in basis points.
    pub threshold: u32,
    /// Findings about matches.
    pub clearances: Option<&'a Path>,
}

/// Forgets the rows of parties of which it is not understood what else they are; their ids.
fn forget_doubtful(parties: &mut BTreeMap<String, Party>, unread: &Unread) -> Vec<String> {
    let doubtful = |(_, mistakes): &(&String, &Vec<Diagnostic>)| mistakes.iter().any(says_what_else_it_is);
    let doubtful: Vec<String> = unread.parties.iter().filter(doubtful).map(|(id, _)| id.clone()).collect();
    for id in &doubtful {
        parties.entry(id.clone()).and_modify(forget_row);
    }
    doubtful
}

impl Tables {
    /// Reads the tables and screens the parties.
    pub fn read(
        parties: Option<&Path>,
        ownership: Option<&Path>,
        items: Option<&Path>,
        screening: Screening<'_>,
        stop: &Stop,
    ) -> Result<Tables, RunError> {
        Tables::read_with([parties, ownership, items], screening, None, stop)
    }

    /// As [`Tables::read`] of parties, ownership and items, with what answers and assumptions say beside them.
    ///
    /// # Errors
    /// A file that cannot be read as a table, and the end that was asked for.
    pub fn read_with(
        [parties, ownership, items]: [Option<&Path>; 3],
        screening: Screening<'_>,
        supplement: Option<Supplement<'_>>,
        stop: &Stop,
    ) -> Result<Tables, RunError> {
        let taking = supplement.map(Taking::new).transpose()?;
        let cells = |table: Table| taking.as_ref().map_or_else(Arc::default, |taking| taking.cells(table));
        let mut unread = Unread::default();
        let stakes = match ownership {
            Some(path) => unread.take(read_ownership_by_row(path)?, |unread, owned, mistake| {
                unread.stakes.entry(owned).or_insert(mistake);
            }),
            None => Vec::new(),
        };
        let mut parties = match parties {
            Some(path) => unread.take(read_parties_with(path, &cells(Table::Parties))?, |unread, party, mistake| {
                unread.parties.entry(party).or_default().push(mistake);
            }),
            None => BTreeMap::new(),
        };
        let doubtful = forget_doubtful(&mut parties, &unread);
        let mut items = match items {
            Some(path) => unread.take(read_items_with(path, &cells(Table::Items))?, |unread, item, mistake| {
                unread.items.entry(item).or_insert(mistake);
            }),
            None => BTreeMap::new(),
        };
        items.retain(|item, _| !unread.items.contains_key(item));
        let answered = match taking {
            Some(taking) => {
                let mut tables =
                    AnsweredTables { parties: &mut parties, items: &mut items, stakes: &stakes, unread: &mut unread };
                taking.finish(&mut tables, stop)?
            }
            None => Answered::default(),
        };
        parties.values_mut().for_each(spell_flags);
        let cleared = match screening.clearances {
            Some(path) => unread.take(read_clearances_by_row(path)?, |_, _, _| {}),
            None => Vec::new(),
        };
        let screened = ScreeningResults::new(
            screening.screener,
            &parties,
            &stakes,
            MatchLimits { threshold_points: screening.threshold, shown: SHOWN },
            &cleared,
            ownership,
            stop,
        )?;
        let parents = Parents::of(&stakes).with_unread(unread.stakes.keys().chain(&doubtful));
        let names = TypedNames::new(screening.screener, screening.threshold, &cleared);
        let clearances = cleared;
        // Licenses and opening balances come after, where there are any.
        let tables = Tables {
            parties,
            items,
            screened,
            parents,
            stakes,
            clearances,
            names,
            unread,
            answered,
            ..Tables::default()
        };
        Ok(tables)
    }

    /// The same tables, with further findings about list matches; what was said last counts.
    pub fn with_findings(&self, more: &[Clearance]) -> Result<Tables, BadStake> {
        let clearances = [self.clearances.as_slice(), more].concat();
        let screened = self.screened.with_findings(&self.parties, &self.stakes, &clearances)?;
        let (parties, items) = (self.parties.clone(), self.items.clone());
        let (parents, stakes) = (self.parents.clone(), self.stakes.clone());
        let names = self.names.with_findings(&clearances);
        let (licenses, unread, strict) = (self.licenses.clone(), self.unread.clone(), self.strict);
        let (answered, opening, fleet) = (self.answered.clone(), self.opening.clone(), self.fleet.clone());
        Ok(Tables {
            parties,
            items,
            screened,
            parents,
            stakes,
            clearances,
            licenses,
            names,
            opening,
            fleet,
            unread,
            answered,
            strict,
            ignored_columns: Arc::clone(&self.ignored_columns),
        })
    }

    /// Whom a name means among the parties; one that only stakes name may be anybody of them.
    pub fn party_named<'a>(&'a self, name: &'a str) -> NameMatch<'a> {
        let named = self.names.row_named(name, &self.parties, |row| self.answered.made.contains_key(row));
        let folded = squashed(name);
        let is_it = |id: &String| id == name || (!folded.is_empty() && squashed(id) == folded);
        let in_stakes = || self.stakes.iter().any(|stake| is_it(&stake.owner_id) || is_it(&stake.owned_id));
        if named == NameMatch::Nobody && in_stakes() { NameMatch::Maybe(name) } else { named }
    }

    /// Whether the row of a party has a text among its names, or as whole words in its address or its city.
    pub fn row_says(&self, id: &str, text: &str) -> bool {
        let folded = squashed(text);
        let Some(row) = self.parties.get(id).filter(|_| !folded.is_empty()) else { return false };
        let is_name = row.names().into_iter().chain([id]).any(|name| squashed(name) == folded);
        let details = row.details();
        let mut places = [&details.address, &details.city].into_iter().flatten();
        is_name || places.any(|place| has_words(place, text))
    }

    /// These tables with the items and findings of an office beside their own, for lines whose parties have no row there. What the office says of an item
    /// counts.
    pub fn beside(self, office: &Tables) -> Result<Tables, BadStake> {
        let mut tables = self.with_findings(&office.clearances)?;
        tables.items.extend(office.items.clone());
        tables.items.retain(|item, _| !office.unread.items.contains_key(item));
        tables.unread.items.extend(office.unread.items.clone());
        tables.strict = office.strict;
        tables.ignored_columns = Arc::clone(&office.ignored_columns);
        Ok(tables)
    }

    /// The same tables with items that they lack.
    pub fn with_items(mut self, items: &BTreeMap<String, Item>) -> Tables {
        for (name, item) in items {
            self.items.entry(name.clone()).or_insert_with(|| item.clone());
        }
        self
    }

    /// The same tables with a table of licenses, against which claimed licenses are held.
    pub fn with_licenses(self, path: Option<&Path>) -> Result<Tables, RunError> {
        let licenses = path.map(tollgate_records::read_licenses).transpose()?.unwrap_or(self.licenses);
        Ok(Tables { licenses, ..self })
    }

    /// The same tables with opening balances, which [`check_opening`](crate::check_opening) must find right.
    pub fn with_opening(self, path: Option<&Path>) -> Result<Tables, RunError> {
        let opening = path.map(tollgate_records::read_opening).transpose()?.unwrap_or(self.opening);
        Ok(Tables { opening, ..self })
    }

    /// The same tables with what stands where, against which the ratios of universal validated end-users are held.
    pub fn with_fleet(self, path: Option<&Path>) -> Result<Tables, RunError> {
        let fleet = path.map(tollgate_records::read_fleet).transpose()?.or(self.fleet);
        Ok(Tables { fleet, ..self })
    }

    /// The matches of a party with list entries, best first: of its row, or of the name where it has none.
    pub fn hits(&self, party: &str) -> Cow<'_, [Hit]> {
        match self.screened.hits(party) {
            [] if self.names.has_lists() && !self.parties.contains_key(party) => {
                Cow::Owned(self.names.hits(party).to_vec())
            }
            hits => Cow::Borrowed(hits),
        }
    }

    /// Whether nobody stated the flags of a party, and no lists were given that it could be screened against.
    pub fn is_unscreened(&self, party: &str) -> bool {
        let is_open = |row: &Party| row.flags.iter().any(|flag| flag == UNSCREENED);
        let has_row = self.parties.contains_key(party) && !self.answered.lacks_flags(party);
        !self.names.has_lists() && (!has_row || self.parties.get(party).is_some_and(is_open))
    }

    /// Whether neither lists nor stakes say anything of any party, and no name is screened.
    pub fn are_silent(&self) -> bool {
        self.screened.is_silent() && !self.names.has_lists()
    }
}

/// Leaves of a party what only makes a decision stricter: its names, its business and its address. Its children find no headquarters in it, and no flag
/// of it permits anything: a flag that is not understood stands for those that it may have, so that it may be listed, and make listed whom it owns.
fn forget_row(party: &mut Party) {
    (party.country, party.hq_country, party.parent_id) = (None, None, None);
    party.flags = vec![UNREAD.to_owned()];
}

/// Writes the flags of a party that are understood as the law spells them; the others stay as they are.
fn spell_flags(party: &mut Party) {
    if party.flags.is_empty() {
        return;
    }
    let read = flags_of(party.flags.iter().map(String::as_str));
    party.flags = read.known.into_iter().chain(read.unread.into_iter().map(|(flag, _)| flag)).collect();
}

/// The policy of a name, or of a file or folder of the user's own, with `@YYYY-MM-DD` or `@known:YYYY-MM-DD` behind either.
pub fn load_policy(law: &Arc<Law>, name: &str) -> Result<Policy, Diagnostics> {
    let (base, days) = split_days(name)?;
    if law.policy_names().contains(&base) {
        return law.policy(name);
    }
    let path = PathBuf::from(base);
    let file = if path.is_dir() { path.join("policy.toml") } else { path };
    if !file.exists() {
        return law.policy(name);
    }
    match std::fs::read_to_string(&file) {
        Ok(text) => law.policy_from_text_as_of(&file.display().to_string(), &text, days),
        Err(error) => {
            let place = Place::file(file.display().to_string());
            let mend = "check the path, that you may read it, and that it is UTF-8";
            Err(Diagnostic::new("unreadable-file", place, format!("cannot be read: {error}"), mend).into())
        }
    }
}
