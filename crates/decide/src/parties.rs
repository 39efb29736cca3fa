//! The facts of a party from its row, its stakes and its chain of parents, from each day on which they change.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tollgate_law::facts::ear_country;
use tollgate_model::{Country, Date, Diagnostic, Party, Stake, Truth};

use super::answered::MadeParty;
use super::flag_set::FlagSet;
use super::flags::flags_of;
use super::names::{Name, Names};
use super::onward::shown_flags;

/// What the law asks of a party. The outer option is empty where the fact is unknown, the inner where there is none.
#[derive(Clone, Debug, Default)]
pub struct PartyFacts {
    /// Where it is located.
    pub country: Option<Option<Country>>,
    /// Where it has its headquarters.
    pub hq: Option<Option<Country>>,
    /// Where its ultimate parent has its headquarters.
    pub parent_hq: Option<Option<Country>>,
    /// The end of the chain of parents; itself where no parent is known.
    ultimate_parent: String,
    /// Its own id and that of its ultimate parent, by number.
    pub name: Name,
    /// The number of its ultimate parent's id.
    pub parent: Name,
    /// Whether the parent chain is given (else the party counts as its own ultimate parent).
    pub has_parent: bool,
    pub(super) flags: FlagSet,
    /// Flags that stand from some day on.
    since: Vec<(String, Date)>,
    /// What is to be said of its row, or of its having none, a sentence each.
    pub remarks: Vec<Arc<str>>,
}

/// A mark beside the flags: what else they may be is not known.
pub(super) const UNREAD: &str = "?";
/// A mark beside the flags: something stands where its row says its place, and is not understood.
pub(super) const UNREAD_PLACE: &str = "?place";
/// A mark beside the flags: the name shows armed forces, police or intelligence services, and whether the party is of them is not known.
pub(super) const UNREAD_ARMED: &str = "?armed";
/// The flags of whoever is of them.
const ARMED: [&str; 2] = ["military", "military_intelligence"];
/// A mark beside the flags: the party has no row, so that nothing is known of it but what lists say.
const NO_ROW: &str = "?row";

/// What the law asks of a party, apart from who it is: country, headquarters, those of its parent, flags.
pub type Class = ([Option<Option<Country>>; 3], BTreeSet<String>);

impl PartyFacts {
    /// All that the law asks of it; its flags only.
    pub fn classes(&self) -> [Class; 2] {
        let of = |seats| (seats, self.flags.names().clone());
        [of([self.country, self.hq, self.parent_hq]), of([None; 3])]
    }

    /// Whether the party carries a flag, whatever the day.
    pub fn has(&self, flag: &str) -> bool {
        self.flags.contains(flag)
    }

    /// Whether the party carries a flag on a day that says that it is listed; unknown where not all of its flags are understood, and
    /// where it has no row and could not be screened.
    pub fn listing(&self, flag: &str, date: Date) -> Truth {
        let since = self.since.iter().any(|(dated, day)| dated == flag && *day <= date);
        let is_open = self.has(UNREAD) || (ARMED.contains(&flag) && self.has(UNREAD_ARMED));
        match (self.has(flag) || since, is_open) {
            (true, _) => Truth::True,
            (false, true) => Truth::Unknown,
            (false, false) => Truth::False,
        }
    }

    /// Whether the party carries a flag that only its row can give; unknown where it has none, or not all of it is understood.
    pub fn truth(&self, flag: &str) -> Truth {
        match (self.has(flag), self.has(UNREAD) || self.has(NO_ROW)) {
            (true, _) => Truth::True,
            (false, true) => Truth::Unknown,
            (false, false) => Truth::False,
        }
    }

    /// The same, of whose row something is not understood. Where that says what else it is (its parent, its flags, its names, or all of it, since the
    /// row stands twice), its place and its flags are unknown.
    #[must_use]
    pub fn with_unread(mut self, mistakes: &[Diagnostic]) -> PartyFacts {
        for mistake in mistakes {
            let sentence = format!("The row of a party is not understood ({}: {}).", mistake.place, mistake.what);
            self.remarks.push(Arc::from(sentence));
            if says_what_else_it_is(mistake) || mistake.place.column == "country" {
                self.flags.insert(UNREAD_PLACE.to_owned());
            }
            if says_what_else_it_is(mistake) {
                self.flags.insert(UNREAD.to_owned());
                (self.country, self.hq, self.parent_hq) = (None, None, None);
            }
        }
        self
    }

    /// The same, whose flags nobody stated, and which was screened against no list: whether it is listed is unknown.
    #[must_use]
    pub(crate) fn without_lists(mut self, id: &str) -> PartyFacts {
        self.flags.insert(UNREAD.to_owned());
        let sentence = format!("The party `{id}` was screened against no list, and nobody stated its flags.");
        self.remarks.push(Arc::from(sentence));
        self
    }

    /// The same, with sentences about what answers or assumptions say of it.
    #[must_use]
    pub(crate) fn with_remarks<'a>(mut self, remarks: impl Iterator<Item = &'a Arc<str>>) -> PartyFacts {
        self.remarks.extend(remarks.map(Arc::clone));
        self
    }

    /// The same, of which only answers made a row: what they do not say is as unknown as without one. `screened` as in
    /// [`PartyFacts::without_row`].
    #[must_use]
    pub(crate) fn made(mut self, made: MadeParty, screened: bool) -> PartyFacts {
        if made.without_flags {
            let marks = [Some(NO_ROW), (!screened).then_some(UNREAD)];
            self.flags.extend(marks.into_iter().flatten().map(str::to_owned));
        }
        if made.without_seat {
            self.parent_hq = None;
        }
        self
    }

    /// Where its row says that it is located, or `otherwise` where that says nothing, or it has none; unknown where the row is not understood.
    pub(crate) fn stated_place(&self, otherwise: Option<Country>) -> Option<Option<Country>> {
        match self.country {
            None if self.has(UNREAD_PLACE) => None,
            None => Some(otherwise),
            stated => stated,
        }
    }

    /// The id of its ultimate parent, its own where none is known.
    pub(crate) fn ultimate_parent(&self) -> &str {
        &self.ultimate_parent
    }

    /// Whether it has a row of its own.
    pub fn has_row(&self) -> bool {
        !self.has(NO_ROW)
    }

    /// Whether some flag of it depends on the day.
    pub fn has_dated_flags(&self) -> bool {
        !self.since.is_empty()
    }

    /// The sanctions programs that its flags name; none where no flag says that it is designated, empty where one says no program or where not all
    /// of its flags are known.
    pub fn sanctions_programs(&self) -> Option<Vec<String>> {
        let named: Vec<String> = self
            .flags
            .names()
            .iter()
            .filter_map(|flag| flag.strip_prefix("sdn:"))
            .map(|program| program.trim().to_owned())
            .collect();
        let open = self.has("sdn") || self.has(UNREAD) || self.since.iter().any(|(flag, _)| flag == "sdn");
        (open || !named.is_empty()).then_some(named)
    }

    /// Whether it is a national validated end-user in a country.
    pub fn is_nveu_in(&self, country: Country) -> bool {
        self.flags
            .names()
            .iter()
            .filter_map(|flag| flag.strip_prefix("nveu:")?.parse::<Country>().ok())
            .any(|seat| ear_country(seat) == country)
    }

    /// The same, with its id and that of its ultimate parent as numbers.
    pub fn numbered(self, id: &str, names: &mut Names) -> PartyFacts {
        PartyFacts { name: names.place(id), parent: names.place(&self.ultimate_parent), ..self }
    }

    /// A party that is named in an order but has no row: where it is, and who owns it, is unknown. `screened` says whether lists say all of
    /// its listings; `remark` is what is said of it.
    pub fn without_row(id: &str, screened: bool, remark: String) -> PartyFacts {
        let marks = [Some(NO_ROW), (!screened).then_some(UNREAD)];
        PartyFacts {
            ultimate_parent: id.to_owned(),
            flags: marks.into_iter().flatten().map(str::to_owned).collect(),
            remarks: vec![Arc::from(remark)],
            ..PartyFacts::default()
        }
    }
}

/// Whether a mistake in the row of a party leaves open what else it is: who its parent is, which flags it has, what it is called, or which of two rows holds.
pub(super) fn says_what_else_it_is(mistake: &Diagnostic) -> bool {
    mistake.code == "repeated-row"
        || matches!(mistake.place.column.as_str(), "parent_id" | "flags" | "name" | "aliases")
}

/// A stake that makes its owner a parent, on its days.
#[derive(Clone, Debug)]
struct Held {
    owner: String,
    from: Option<Date>,
    until: Option<Date>,
}

impl Held {
    /// Whether it counts on a day; where none is named, whether it counts on any.
    fn counts(&self, day: Option<Date>) -> bool {
        day.is_none_or(|day| self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day < until))
    }
}

/// The immediate parents of each party of which the stakes name one: who controls it or holds half of it or more, each on its days. Where several do on
/// one day, somebody must say, in `parent_id`.
#[derive(Clone, Debug, Default)]
pub struct Parents {
    held: BTreeMap<String, Vec<Held>>,
    /// Those of whom a stake or their row is not understood: who their parent is, is not known.
    unread: BTreeSet<String>,
}

impl Parents {
    /// The parents that stakes show.
    pub fn of(stakes: &[Stake]) -> Parents {
        let mut parents: BTreeMap<String, Vec<Held>> = BTreeMap::new();
        let half = |stake: &&Stake| {
            stake.controls
                || stake.percent.is_some_and(|percent| percent.scaled_up(6).is_none_or(|share| share >= 50_000_000))
        };
        for stake in stakes.iter().filter(half) {
            let held = Held { owner: stake.owner_id.clone(), from: stake.from, until: stake.until };
            parents.entry(stake.owned_id.clone()).or_default().push(held);
        }
        Parents { held: parents, unread: BTreeSet::new() }
    }

    /// The same, but for some parties whose stakes or rows are not understood: who their parent is, is not known.
    #[must_use]
    pub fn with_unread<'a>(self, owned: impl Iterator<Item = &'a String>) -> Parents {
        Parents { unread: owned.cloned().collect(), ..self }
    }

    /// The parent that a party's row names, or else the one that the stakes show on a day; on any day where none is named.
    fn parent<'a>(&'a self, id: &str, row: Option<&'a Party>, day: Option<Date>) -> Parent<'a> {
        if let Some(parent) = row.and_then(|party| party.parent_id.as_deref()) {
            return Parent::Of(parent);
        }
        if self.unread.contains(id) {
            return Parent::Unclear;
        }
        let held = self.held.get(id).into_iter().flatten().filter(|held| held.counts(day));
        let mut owners = held.map(|held| held.owner.as_str());
        match owners.next() {
            None => Parent::None,
            Some(first) if owners.all(|owner| owner == first) => Parent::Of(first),
            Some(_) => Parent::Unclear,
        }
    }

    /// The days on which a party's chain of parents may become another.
    fn changes(&self, parties: &BTreeMap<String, Party>, id: &str) -> BTreeSet<Date> {
        let (mut days, mut seen, mut waiting) = (BTreeSet::new(), BTreeSet::new(), vec![id]);
        while let Some(waiting_id) = waiting.pop() {
            if !seen.insert(waiting_id) {
                continue;
            }
            if let Some(parent) = parties.get(waiting_id).and_then(|party| party.parent_id.as_deref()) {
                waiting.push(parent);
                continue;
            }
            for held in self.held.get(waiting_id).into_iter().flatten() {
                days.extend([held.from, held.until].into_iter().flatten());
                waiting.push(&held.owner);
            }
        }
        days
    }
}

enum Parent<'a> {
    Of(&'a str),
    Unclear,
    None,
}

/// The facts of every party that has a row, before any day on which its parents change.
pub(crate) fn party_facts(parties: &BTreeMap<String, Party>, parents: &Parents) -> BTreeMap<String, PartyFacts> {
    parties.iter().map(|(id, party)| (id.clone(), facts_of(parties, parents, party, Date::MIN))).collect()
}

/// The facts of each party whose parents change, from each day on which they do, in order.
pub(crate) fn dated_facts(
    parties: &BTreeMap<String, Party>,
    parents: &Parents,
) -> BTreeMap<String, Vec<(Date, PartyFacts)>> {
    let all = parties.iter().map(|(id, party)| {
        let days = parents.changes(parties, id).into_iter();
        (id.clone(), days.map(|day| (day, facts_of(parties, parents, party, day))).collect())
    });
    all.filter(|(_, dated): &(String, Vec<_>)| !dated.is_empty()).collect()
}

/// The ultimate parent that each party has or had that is not its own.
pub fn ultimate_parents(parties: &BTreeMap<String, Party>, parents: &Parents) -> BTreeMap<String, String> {
    let all = parties.iter().map(|(id, party)| (id, ultimate_parent(parties, parents, party, None).0));
    all.filter(|(id, root)| *id != root).map(|(id, root)| (id.clone(), root)).collect()
}

/// The ultimate parent of a party on a day, itself where it has none, and whether that is known: not where it, or a parent of it, has no row, or
/// where who owns it is unclear.
pub fn ultimate_parent_on(parties: &BTreeMap<String, Party>, parents: &Parents, id: &str, day: Date) -> (String, bool) {
    match parties.get(id) {
        Some(party) => ultimate_parent(parties, parents, party, Some(day)),
        None => (id.to_owned(), false),
    }
}

fn facts_of(parties: &BTreeMap<String, Party>, parents: &Parents, party: &Party, day: Date) -> PartyFacts {
    let counted = |country: Option<Country>| country.map(|country| Some(ear_country(country)));
    let has_parent = !matches!(parents.parent(&party.party_id, Some(party), Some(day)), Parent::None);
    let (ultimate, known) = ultimate_parent(parties, parents, party, Some(day));
    let parent_hq = match (has_parent, known) {
        (false, _) => Some(None),
        (true, true) => counted(parties.get(&ultimate).and_then(|parent| parent.hq_country)),
        (true, false) => None,
    };
    let (mut flags, mut since, mut remarks) = (FlagSet::default(), Vec::new(), Vec::new());
    if !party.flags.is_empty() {
        let read = flags_of(party.flags.iter().map(String::as_str));
        for flag in read.known {
            match flag.split_once(':').and_then(|(word, day)| Some((word.to_owned(), day.parse::<Date>().ok()?))) {
                Some(dated) => since.push(dated),
                None => flags.insert(flag),
            }
        }
        for (flag, near) in read.unread {
            flags.insert(UNREAD.to_owned());
            let near = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            let id = &party.party_id;
            remarks.push(Arc::from(format!(
                "The flag `{flag}` of the party `{id}` is not understood{near}: its flags are unknown."
            )));
        }
    }
    flags.extend(shown_flags(party));
    PartyFacts {
        country: counted(party.country),
        hq: counted(party.hq_country),
        parent_hq,
        ultimate_parent: ultimate,
        has_parent,
        flags,
        since,
        remarks,
        ..PartyFacts::default()
    }
}

/// The end of the parent chain, and whether it is known and has a row. A circle of parents has no end: its first id
/// stands for it, and its headquarters are unknown.
fn ultimate_parent(
    parties: &BTreeMap<String, Party>,
    parents: &Parents,
    party: &Party,
    day: Option<Date>,
) -> (String, bool) {
    let mut seen = BTreeSet::new();
    let mut current = party.party_id.as_str();
    loop {
        let row = parties.get(current);
        match parents.parent(current, row, day) {
            Parent::Of(parent) => {
                if !seen.insert(current) {
                    return (seen.first().map_or_else(String::new, |first| (*first).to_owned()), false);
                }
                current = parent;
            }
            Parent::Unclear => return (current.to_owned(), false),
            Parent::None => return (current.to_owned(), row.is_some()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party(id: &str, parent: Option<&str>, hq: Option<&str>) -> (String, Party) {
        let hq_country = hq.map(|code| code.parse().unwrap());
        let party = Party { party_id: id.into(), parent_id: parent.map(str::to_owned), hq_country, ..Party::default() };
        (id.to_owned(), party)
    }

    #[test]
    fn chains_end_and_circles_are_unknown() {
        let parties = BTreeMap::from([
            party("a", Some("b"), Some("SG")),
            party("b", Some("c"), Some("SG")),
            party("c", None, Some("HK")),
            party("x", Some("y"), Some("DE")),
            party("y", Some("x"), Some("DE")),
            party("z", Some("nobody"), Some("DE")),
        ]);
        let facts = party_facts(&parties, &Parents::default());
        assert_eq!(facts["a"].ultimate_parent, "c");
        assert_eq!(facts["a"].parent_hq, Some(Some("CN".parse().unwrap())));
        assert_eq!(facts["c"].parent_hq, Some(None));
        assert_eq!((facts["x"].ultimate_parent.as_str(), facts["x"].parent_hq), ("x", None));
        assert_eq!(facts["y"].ultimate_parent, "x");
        assert_eq!((facts["z"].ultimate_parent.as_str(), facts["z"].parent_hq), ("nobody", None));
    }

    #[test]
    fn stakes_show_parents_where_no_row_names_one() {
        let stake = |owner: &str, owned: &str, percent: Option<&str>, controls| Stake {
            owner_id: owner.into(),
            owned_id: owned.into(),
            percent: percent.map(|percent| percent.parse().unwrap()),
            controls,
            ..Stake::default()
        };
        let parents = Parents::of(&[
            stake("b", "a", Some("51"), false),
            stake("x", "a", Some("49"), false),
            stake("c", "b", None, true),
            stake("x", "named", Some("100"), false),
            stake("b", "halved", Some("50"), false),
            stake("c", "halved", Some("50"), false),
            stake("x", "small", Some("49.999"), false),
            stake("nobody", "orphan", Some("60"), false),
        ]);
        let parties = BTreeMap::from([
            party("a", None, Some("SG")),
            party("b", None, Some("SG")),
            party("c", None, Some("CN")),
            party("named", Some("b"), Some("SG")),
            party("halved", None, Some("SG")),
            party("small", None, Some("SG")),
            party("orphan", None, Some("SG")),
        ]);
        let facts = party_facts(&parties, &parents);
        let hq = |id: &str| facts[id].parent_hq.map(|hq| hq.map(|country| country.code().to_owned()));
        for id in ["a", "b", "named"] {
            assert_eq!((facts[id].ultimate_parent.as_str(), hq(id)), ("c", Some(Some("CN".into()))), "{id}");
        }
        assert_eq!((hq("c"), hq("small")), (Some(None), Some(None)), "no parent is known");
        assert_eq!((hq("halved"), hq("orphan")), (None, None), "unknown");
        assert_eq!(facts["orphan"].ultimate_parent, "nobody");
    }

    #[test]
    fn parents_are_those_of_the_day() {
        let stake = |owner: &str, from: Option<&str>, until: Option<&str>| Stake {
            owner_id: owner.into(),
            owned_id: "t".into(),
            percent: "100".parse().ok(),
            from: from.map(|day| day.parse().unwrap()),
            until: until.map(|day| day.parse().unwrap()),
            ..Stake::default()
        };
        let parents = Parents::of(&[
            stake("old", Some("2015-01-01"), Some("2021-01-01")),
            stake("new", Some("2021-01-01"), None),
        ]);
        let parties = BTreeMap::from([
            party("old", None, Some("CN")),
            party("new", None, Some("SG")),
            party("t", None, Some("SG")),
            party("sub", Some("t"), Some("SG")),
        ]);
        for id in ["t", "sub"] {
            let dated = &dated_facts(&parties, &parents)[id];
            let short: Vec<(String, &str)> =
                dated.iter().map(|(day, facts)| (day.to_string(), facts.ultimate_parent.as_str())).collect();
            assert_eq!(short, [("2015-01-01".to_owned(), "old"), ("2021-01-01".to_owned(), "new")]);
        }
        assert!(!party_facts(&parties, &parents)["t"].has_parent, "before the first stake it has none");
        assert!(!dated_facts(&parties, &parents).contains_key("new"));
    }
}
