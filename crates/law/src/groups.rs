//! Country groups with their changes in time, and groups made from others.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use tollgate_model::{Country, Date, Diagnostic, Diagnostics, Lookup, Place};
use tollgate_strict_toml::{Placed, Table, TomlFile};

use crate::country_set::CountrySet;
use crate::facts::{FactId, FactKind};
use crate::policy_days::PolicyDays;

/// Country groups and how they change.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    groups: BTreeMap<String, Group>,
    changes: Vec<Change>,
}

#[derive(Clone, Debug)]
struct Group {
    citation: String,
    source: String,
    kind: GroupKind,
}

#[derive(Clone, Debug)]
enum GroupKind {
    Listed(CountrySet),
    Derived { union: Vec<String>, with: CountrySet, except: Vec<String> },
}

/// A country's entry into a group or exit from it.
#[derive(Clone, Debug)]
pub struct Change {
    /// The group.
    pub group: String,
    /// Who enters.
    pub add: BTreeSet<Country>,
    /// Who leaves.
    pub remove: BTreeSet<Country>,
    /// From when.
    pub from: Date,
    /// From when anybody could know it.
    pub known_from: Date,
    /// The document that made it so.
    pub source: String,
    /// The named reading under which alone it holds.
    pub reading: Option<FactId>,
    /// Its line in its file.
    pub(crate) line: usize,
}

/// The group of supplement no. 5, paragraph (a), to part 740: headquartered there, an operator is charged under LPP itself.
pub const TIER_ONE: &str = "SUPP5A";
/// The group of Macau and Country Group D:5.
pub(crate) const MACAU_D5: &str = "MACAU_D5";
/// The group of the places of part 746.
pub(crate) const EMBARGOED: &str = "EMBARGOED";

/// The countries of one group on each day of an order.
#[derive(Clone, Debug)]
pub struct GroupCalendar {
    /// The day as of which the law is taken, where it is fixed.
    fixed: Option<Date>,
    /// The countries from each day on, readings aside, in order of days; the first from [`Date::MIN`] on.
    spans: Vec<(Date, BTreeSet<Country>)>,
}

impl GroupCalendar {
    /// Whether a country is in the group as the law stands for an order of a day.
    pub fn contains(&self, country: Country, order: Date) -> bool {
        let day = self.fixed.unwrap_or(order);
        let span = self.spans.iter().rev().find(|(from, _)| *from <= day);
        span.is_some_and(|(_, countries)| countries.contains(&country))
    }

    /// The countries that are in the group on some day.
    pub fn ever(&self) -> BTreeSet<Country> {
        self.spans.iter().flat_map(|(_, countries)| countries.iter().copied()).collect()
    }
}

/// The places on the way of which General Prohibition Eight asks (15 CFR 736.2(b)(8)).
#[derive(Clone, Debug)]
pub struct Transit {
    /// Those of part 746.
    pub(crate) embargoed: GroupCalendar,
    /// The others on the paragraph's list.
    pub(crate) listed: GroupCalendar,
    /// Where the advanced-computing controls ask for a license.
    pub(crate) in_scope: GroupCalendar,
}

impl Transit {
    /// How much is asked of items that pass through a country on a day, the least number for the most.
    pub fn rank(&self, country: Country, order: Date) -> usize {
        if self.embargoed.contains(country, order) {
            0
        } else if self.listed.contains(country, order) && self.in_scope.contains(country, order) {
            1
        } else {
            Self::RANKS
        }
    }

    /// The rank of a place of which nothing is asked; any below is of one of which something is.
    pub const RANKS: usize = 2;
}

/// Who is in a group on a day.
pub(crate) struct Members {
    pub(crate) set: [u64; 4],
    pub(crate) by_reading: Vec<(FactId, Country)>,
}

/// Who is in each group that was asked for, on one day.
#[derive(Default)]
pub(crate) struct MembersMemo(RefCell<Lookup<String, Option<Rc<Members>>>>);

impl MembersMemo {
    /// As [`Groups::members`], of the same groups and day each time.
    pub(crate) fn of(&self, groups: &Groups, name: &str, date: Date) -> Option<Rc<Members>> {
        if let Some(known) = self.0.borrow().get(name) {
            return known.clone();
        }
        let members = groups.members(name, date).map(Rc::new);
        self.0.borrow_mut().insert(name.to_owned(), members.clone());
        members
    }
}

impl Groups {
    /// Reads a file of `[[group]]`, `[[derived]]` and `[[change]]` tables into these.
    pub(crate) fn read(&mut self, file: &str, text: &str) -> Vec<Diagnostic> {
        let toml = TomlFile::parse(file, text);
        let table = toml.root();
        for entry in table.tables("group") {
            let name = entry.required_text("name", "\"D5\"").value;
            let members = countries(&entry, entry.words("members"));
            if !entry.has("members") {
                let what = format!("group `{name}` has no `members`");
                entry.report("missing-key", entry.line(), what, "add `members = [\"AF\", …]`");
            }
            self.add(entry, name, GroupKind::Listed(CountrySet::of(&members)));
        }
        for entry in table.tables("derived") {
            let name = entry.required_text("name", "\"MACAU_D5\"").value;
            let kind = GroupKind::Derived {
                union: entry.word_values("union"),
                with: CountrySet::of(&countries(&entry, entry.words("with"))),
                except: entry.word_values("except"),
            };
            self.add(entry, name, kind);
        }
        for entry in table.tables("change") {
            let change = read_change(&entry);
            entry.finish();
            self.changes.push(change);
        }
        table.finish();
        self.changes.sort_by_key(|change| change.from);
        let Diagnostics(mut errors) = toml.into_diagnostics();
        errors.extend(self.unknown_names(file));
        errors
    }

    fn add(&mut self, entry: Table<'_, '_>, name: String, kind: GroupKind) {
        let citation = entry.required_text("citation", "\"15 CFR 740, supplement no. 1\"").value;
        let source = entry.required_text("source", "\"ecfr.2026-07-23\"").value;
        let _documentary = (entry.text("certainty"), entry.text("note"), entry.text("unsure"));
        entry.finish();
        self.groups.insert(name, Group { citation, source, kind });
    }

    fn unknown_names(&self, file: &str) -> Vec<Diagnostic> {
        let unknown = |line: usize, name: &str| {
            let what = format!("there is no country group `{name}`");
            let mend = format!("the groups are: {}", self.names().join(", "));
            Diagnostic::new("unknown-group", Place::line(file, line), what, mend)
        };
        let changes = self.changes.iter().filter(|change| !self.groups.contains_key(&change.group));
        let mut errors: Vec<Diagnostic> = changes.map(|change| unknown(change.line, &change.group)).collect();
        for group in self.groups.values() {
            if let GroupKind::Derived { union, except, .. } = &group.kind {
                let missing = union.iter().chain(except).filter(|name| !self.groups.contains_key(*name));
                errors.extend(missing.map(|name| unknown(0, name)));
            }
        }
        errors
    }

    /// The groups as a policy takes them: without the changes from a source in `excluded`, with its `amendments`, and of all these only what is known as of its `days`.
    pub(crate) fn of_policy(&self, excluded: &BTreeSet<String>, days: PolicyDays, amendments: &[Change]) -> Groups {
        let mut groups = self.clone();
        groups.changes.retain(|change| !excluded.contains(&change.source));
        groups.changes.extend(amendments.iter().cloned());
        groups.changes.retain(|change| days.knows(change.known_from));
        groups.changes.sort_by_key(|change| change.from);
        groups
    }

    /// The names of all groups, in alphabetical order.
    pub fn names(&self) -> Vec<&str> {
        self.groups.keys().map(String::as_str).collect()
    }

    /// How a group is cited.
    pub fn citation(&self, name: &str) -> Option<&str> {
        self.groups.get(name).map(|group| group.citation.as_str())
    }

    pub(crate) fn sources(&self) -> impl Iterator<Item = &str> {
        let groups = self.groups.values().map(|group| group.source.as_str());
        groups.chain(self.changes.iter().map(|change| change.source.as_str()))
    }

    /// The days on which a group changes.
    pub(crate) fn boundaries(&self) -> impl Iterator<Item = Date> {
        self.changes.iter().map(|change| change.from)
    }

    /// The latest day by which some group has changed; [`Date::MIN`] before any has. Until the next such day every group stays as it is.
    pub fn latest_change(&self, date: Date) -> Date {
        let changed = self.changes.partition_point(|change| change.from <= date);
        let latest = changed.checked_sub(1).and_then(|place| self.changes.get(place));
        latest.map_or(Date::MIN, |change| change.from)
    }

    /// The readings under which some group has members that it otherwise has not, each once or more.
    pub fn readings(&self) -> impl Iterator<Item = FactId> {
        self.changes.iter().filter_map(|change| change.reading)
    }

    /// The countries in a group on a day, readings aside, in order of code.
    pub fn countries(&self, name: &str, date: Date) -> Option<BTreeSet<Country>> {
        Some(self.resolve(name, date, None, 0)?.countries().collect())
    }

    /// The countries in a group on every day, for orders whose law is that of their own day or, where one is given, of `fixed`. Nobody is in a
    /// group that the law does not have.
    pub(crate) fn calendar(&self, name: &str, fixed: Option<Date>) -> GroupCalendar {
        let mut days: Vec<Date> = std::iter::once(Date::MIN).chain(self.boundaries()).collect();
        days.sort_unstable();
        let mut spans: Vec<(Date, BTreeSet<Country>)> = Vec::new();
        for day in days {
            let Some(countries) = self.countries(name, day) else { continue };
            if spans.last().is_none_or(|(_, last)| *last != countries) {
                spans.push((day, countries));
            }
        }
        GroupCalendar { fixed, spans }
    }

    /// The countries in a group on a day under a reading.
    pub fn countries_under(&self, name: &str, date: Date, reading: FactId) -> Option<BTreeSet<Country>> {
        Some(self.resolve(name, date, Some(reading), 0)?.countries().collect())
    }

    fn members(&self, name: &str, date: Date) -> Option<Members> {
        let plain = self.resolve(name, date, None, 0)?;
        let mut by_reading = Vec::new();
        for reading in self.readings().collect::<BTreeSet<FactId>>() {
            let read = self.resolve(name, date, Some(reading), 0)?;
            by_reading.extend(read.without(plain).countries().map(|country| (reading, country)));
        }
        Some(Members { set: plain.0, by_reading })
    }

    fn resolve(&self, name: &str, date: Date, reading: Option<FactId>, depth: usize) -> Option<CountrySet> {
        if depth > 8 {
            return None;
        }
        let mut members = match &self.groups.get(name)?.kind {
            GroupKind::Listed(members) => *members,
            GroupKind::Derived { union, with, except } => {
                let mut members = *with;
                for part in union {
                    members = members.or(self.resolve(part, date, reading, depth + 1)?);
                }
                for part in except {
                    members = members.without(self.resolve(part, date, reading, depth + 1)?);
                }
                members
            }
        };
        let applies = |change: &&Change| {
            change.group == name && change.from <= date && (change.reading.is_none() || change.reading == reading)
        };
        for change in self.changes.iter().filter(applies) {
            members = members.or(CountrySet::of(&change.add)).without(CountrySet::of(&change.remove));
        }
        Some(members)
    }
}

/// Reads one `[[change]]`.
pub(crate) fn read_change(entry: &Table<'_, '_>) -> Change {
    let from = entry.required_date("from");
    let known_from = entry.date("known_from").unwrap_or(from);
    let _documentary = (entry.text("certainty"), entry.text("note"));
    let reading = entry.text("reading").and_then(|Placed { value: name, line }| {
        let fact = FactId::named(&format!("reading.{name}")).filter(|fact| fact.def().kind == FactKind::Reading);
        if fact.is_none() {
            let what = format!("there is no reading `{name}`");
            entry.report("unknown-reading", line, what, "readings stand in law/readings.toml");
        }
        fact
    });
    Change {
        group: entry.required_text("group", "\"D5\"").value,
        add: countries(entry, entry.words("add")),
        remove: countries(entry, entry.words("remove")),
        from,
        known_from,
        source: entry.required_text("source", "\"fr.2024-05696\"").value,
        reading,
        line: entry.line(),
    }
}

fn countries(table: &Table<'_, '_>, words: Vec<Placed<String>>) -> BTreeSet<Country> {
    let mut countries = BTreeSet::new();
    for Placed { value: word, line } in words {
        match word.parse() {
            Ok(country) => {
                countries.insert(country);
            }
            Err(_) => {
                let mend = "write an ISO 3166-1 alpha-2 code in capitals";
                table.report("not-a-country", line, format!("`{word}` is no country"), mend);
            }
        }
    }
    countries
}
