//! Parties held against lists and followed through their owners: what both say of each party.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::Ordering;

use super::designated::under_program;
use super::error::RunError;
use super::owner_flags::{OWNER_FLAGS, owner_flagged};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tollgate_model::{Clearance, Date, Diagnostic, Diagnostics, Party, Place, Stake, Stop, Truth, hex};
use tollgate_screening::{
    BadStake, Basis, Effect, EntryReview, Match, Ownership, Query, SanctionsProgram, Scratch, Screener, Standing,
    Unread, Version, footnote_of, unread,
};

/// Matches of one party that are kept of those on lists without effect on a decision; every match that has one is kept.
pub const SHOWN: usize = 5;

/// A match of a party with a list entry.
#[derive(Clone, Debug)]
pub struct Hit {
    /// The list, by its short name.
    pub list: String,
    /// The list's own id of the entry.
    pub entry: String,
    /// The entry's name that matched.
    pub name: String,
    /// Basis points.
    pub points: u32,
    /// Whether the party is taken for the listed one: it has the same words, or somebody confirmed it.
    pub same: bool,
    /// Whether it has the same words.
    alike: bool,
    /// What the list does to a decision.
    pub effect: Effect,
    /// The entry's sanctions programs, as published.
    pub programs: Vec<String>,
    /// How an entry of the Entity List says that applications are reviewed.
    pub review: EntryReview,
    /// What matched: a name, an address or a register number.
    pub basis: Basis,
    /// The parts of the score and what each was worth, a sentence each.
    pub explanation: Vec<String>,
    /// What party and entry are like, for clearances.
    pub fingerprint: String,
    /// Somebody's finding that the party is another one.
    pub cleared: Option<Clearance>,
    /// The first day on which the entry binds, where the list says so.
    pub from: Option<Date>,
    /// The last day on which it binds, where the list says so.
    pub until: Option<Date>,
}

impl Hit {
    /// Whether the entry binds on a day: it is listed by then, and its listing has not ended.
    pub fn binds(&self, date: Date) -> bool {
        self.from.is_none_or(|from| from <= date) && self.until.is_none_or(|until| date <= until)
    }

    /// Whether the match stands on a day: the entry binds, and the match is not cleared, or no longer.
    pub fn stands(&self, date: Date) -> bool {
        self.binds(date) && self.is_open(date)
    }

    fn is_open(&self, date: Date) -> bool {
        self.cleared.as_ref().is_none_or(|cleared| cleared.until.is_some_and(|until| until < date))
    }

    /// Finds what was last said of the match, if party and entry are still what they were then.
    pub fn look_up(&mut self, party: &str, clearances: &[Clearance]) {
        let of_this = |cleared: &&Clearance| {
            cleared.party_id == party
                && cleared.entry == self.entry
                && cleared.list == self.list
                && cleared.fingerprint.as_ref().is_none_or(|print| *print == self.fingerprint)
        };
        let last = clearances.iter().rev().find(of_this);
        self.same = self.alike || last.is_some_and(|last| last.confirmed);
        self.cleared = last.filter(|last| !last.confirmed).cloned();
    }

    /// What every output says of a match.
    pub fn json(&self) -> serde_json::Map<String, Value> {
        let fields = [
            ("list", Value::from(self.list.as_str())),
            ("entry", self.entry.as_str().into()),
            ("name", self.name.as_str().into()),
            ("score", self.points.into()),
            ("taken_for_listed", self.same.into()),
            ("basis", self.basis.as_str().into()),
            ("listed_from", self.from.map(|day| day.to_string()).into()),
            ("listed_until", self.until.map(|day| day.to_string()).into()),
        ];
        fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
    }
}

/// What screening found, for all parties of a table.
#[derive(Debug, Default)]
pub struct ScreeningResults {
    hits: BTreeMap<String, Vec<Hit>>,
    /// The lists that were searched, with digest and date.
    pub versions: Vec<Version>,
    owners: Owners,
    /// Parties that owners make something of, on some day.
    owned: BTreeSet<String>,
}

/// Ownership on each span of days over which no stake begins or ends.
#[derive(Debug, Default)]
struct Owners {
    /// The first day of each span but the first.
    days: Vec<Date>,
    graphs: Vec<Ownership>,
}

/// Which matches of a party are kept.
#[derive(Clone, Copy, Debug)]
pub struct MatchLimits {
    /// The least score of a match, in basis points.
    pub threshold_points: u32,
    /// How many of a party's best matches are kept, besides every one that has an effect on a decision.
    pub shown: usize,
}

/// The matches of a party at or above the threshold, best first: every one that has an effect on a decision, and the best `shown` of all. Behind them
/// stands each name that could not be read: whoever bears it may be on any list, until somebody clears it.
pub fn find(screener: &Screener, query: Query<'_>, limits: MatchLimits, scratch: &mut Scratch) -> Vec<Hit> {
    let found = screener.screen(query, limits.threshold_points, usize::MAX, scratch);
    let kept = found
        .iter()
        .enumerate()
        .filter(|(place, found)| *place < limits.shown || screener.effect(found) != Effect::Other);
    let nameless = query.names.is_empty().then_some(("", Unread::Empty));
    let unread = query.names.iter().filter_map(|name| Some((*name, unread(name)?))).chain(nameless);
    let unread = unread.map(|(name, why)| unread_hit(screener, name, why, query));
    kept.map(|(_, found)| hit(screener, found, query)).chain(unread).collect()
}

/// What stands in the place of a list where a name was not screened.
pub const NOT_SCREENED: &str = "not screened";

/// A name that was not screened, as a match with nobody that leaves open whether its bearer is listed.
fn unread_hit(screener: &Screener, name: &str, why: Unread, query: Query<'_>) -> Hit {
    let what = format!("the name {why}: it was not screened; state its spelling in Latin letters, or clear it");
    Hit {
        list: NOT_SCREENED.to_owned(),
        entry: name.to_owned(),
        effect: Effect::Unknown,
        basis: Basis::Unread,
        explanation: vec![what],
        ..plain_hit(screener, usize::MAX, name, query)
    }
}

fn hit(screener: &Screener, found: &Match, query: Query<'_>) -> Hit {
    Hit {
        points: found.points,
        same: screener.is_same(found),
        alike: screener.is_same(found),
        effect: screener.effect(found),
        basis: found.basis,
        explanation: found.explanation().into_iter().chain(terms(screener, found.entry)).collect(),
        ..plain_hit(screener, found.entry, &found.name, query)
    }
}

/// What an entry of the Entity List states of its scope, in a sentence.
fn terms(screener: &Screener, place: usize) -> Option<String> {
    let requirement =
        screener.entries.get(place).map(|entry| entry.requirement.trim()).filter(|text| !text.is_empty())?;
    let footnote = footnote_of(requirement).map_or(String::new(), |number| {
        format!(" Footnote {number}: foreign-made items that the rule in 15 CFR 734.9 reaches need one too.")
    });
    Some(format!("the entry says what needs a license: {requirement}.{footnote}"))
}

/// A match as OFAC's own search would score it: the place of the entry among the screener's, the name of it that matched, and basis points. It is
/// never taken for the listed party.
pub fn ofac_hit(screener: &Screener, entry: usize, name: &str, points: u32, query: Query<'_>) -> Hit {
    let explanation = vec![format!("as OFAC's search scores names (FAQ 249): {} of 100", points / 100)];
    Hit { points, explanation, ..plain_hit(screener, entry, name, query) }
}

fn plain_hit(screener: &Screener, place: usize, name: &str, query: Query<'_>) -> Hit {
    let entry = screener.entries.get(place);
    let listed = entry.into_iter().flat_map(|entry| &entry.names).map(|name| name.text.as_str());
    let country = query.country.map_or("", |country| country.code());
    let beside = [query.city, query.address, query.id].into_iter().flatten();
    let all: Vec<&str> = query.names.iter().copied().chain([country]).chain(beside).chain(listed).collect();
    let digest = hex(&Sha256::digest(all.join("\n")));
    Hit {
        list: entry.map_or(String::new(), |entry| entry.list.clone()),
        entry: entry.map_or(String::new(), |entry| entry.id.clone()),
        name: name.to_owned(),
        points: 0,
        same: false,
        alike: false,
        effect: entry.map_or(Effect::Other, |entry| entry.effect),
        programs: entry.map_or(Vec::new(), |entry| entry.programs.clone()),
        review: entry.map_or(EntryReview::Unstated, |entry| entry.review),
        basis: Basis::Name,
        explanation: Vec::new(),
        fingerprint: digest.chars().take(16).collect(),
        cleared: None,
        from: entry.and_then(|entry| entry.from),
        until: entry.and_then(|entry| entry.until),
    }
}

/// Whether one of a party's matches puts it on a list of an effect: unknown where a match may be it and nobody has said.
pub(crate) fn listed_among(hits: &[Hit], effect: Effect, date: Date) -> Truth {
    let truths = hits.iter().filter(|hit| hit.stands(date)).filter_map(|hit| match hit.effect {
        of_hit if of_hit == effect => Some(if hit.same { Truth::True } else { Truth::Unknown }),
        // Nobody knows what the list is for: it may be this one.
        Effect::Unknown => Some(Truth::Unknown),
        _ => None,
    });
    truths.max().unwrap_or(Truth::False)
}

/// The review policies of the entries of the Entity List that a party is, or may be, on a day.
pub(crate) fn review_policies<'a>(hits: &'a [Hit], date: Date) -> impl Iterator<Item = EntryReview> + 'a {
    let listed = hits.iter().filter(move |hit| hit.effect == Effect::EntityList && hit.stands(date));
    listed.map(|hit| hit.review)
}

/// Whether matches say that their party is designated under one of a group of programs, as [`ScreeningResults::designated`].
pub(crate) fn designated_among(hits: &[Hit], program: SanctionsProgram, date: Date) -> Truth {
    let bears = |hit: &&Hit| matches!(hit.effect, Effect::SpeciallyDesignated | Effect::Unknown) && hit.stands(date);
    let hits = hits.iter().filter(bears);
    let under = |hit: &Hit| match under_program(&hit.programs, program) {
        _ if hit.effect == Effect::Unknown => Truth::Unknown,
        Truth::True if !hit.same => Truth::Unknown,
        truth => truth,
    };
    hits.map(under).max().unwrap_or(Truth::False)
}

impl ScreeningResults {
    /// Screens every party and follows the stakes. Every match at or above the threshold has its effect; of those on lists without one, only
    /// such as are among a party's first `shown` are kept.
    pub fn new(
        screener: &Screener,
        parties: &BTreeMap<String, Party>,
        stakes: &[Stake],
        limits: MatchLimits,
        clearances: &[Clearance],
        ownership: Option<&Path>,
        stop: &Stop,
    ) -> Result<ScreeningResults, RunError> {
        let mut hits = screen_all(screener, parties, limits, stop);
        hits.extend(screen_all(screener, &owners_without_row(parties, stakes), limits, stop));
        if stop.load(Ordering::Relaxed) {
            return Err(RunError::Stopped);
        }
        let found = ScreeningResults { hits, versions: screener.versions.clone(), ..ScreeningResults::default() };
        found.judge(parties, stakes, clearances).map_err(|error| {
            let mend = "correct the rows, or give the stakes their dates `from` and `until`";
            let path = ownership.unwrap_or(Path::new("ownership"));
            Diagnostics::from(Diagnostic::new("bad-stake", Place::path(path), error.to_string(), mend)).into()
        })
    }

    /// The same matches with other findings.
    pub fn with_findings(
        &self,
        parties: &BTreeMap<String, Party>,
        stakes: &[Stake],
        clearances: &[Clearance],
    ) -> Result<ScreeningResults, BadStake> {
        let found = ScreeningResults {
            hits: self.hits.clone(),
            versions: self.versions.clone(),
            ..ScreeningResults::default()
        };
        found.judge(parties, stakes, clearances)
    }

    /// The same matches with what is found of each, and what the stakes then say of every party.
    fn judge(
        mut self,
        parties: &BTreeMap<String, Party>,
        stakes: &[Stake],
        clearances: &[Clearance],
    ) -> Result<ScreeningResults, BadStake> {
        for (party, matches) in &mut self.hits {
            matches.iter_mut().for_each(|hit| hit.look_up(party, clearances));
        }
        let mut screened = self;
        let listed = |id: &str, party: &Party, day| {
            let effects = [Effect::EntityList, Effect::MilitaryEndUser].map(|effect| screened.listed(id, effect, day));
            let designated = SanctionsProgram::ALL.map(|program| screened.designated(id, program, day));
            let effects = effects.into_iter().chain(designated);
            effects.chain([owner_flagged(party, day)]).max().unwrap_or(Truth::False)
        };
        let stakes = &with_parents(parties, stakes, &screened);
        let typed = owners_without_row(parties, stakes);
        // A clearance that ends makes its match stand again from the next day on.
        let changes = screened.matches().flat_map(|(_, hit)| {
            let ends = [hit.cleared.as_ref().and_then(|cleared| cleared.until), hit.until];
            ends.into_iter().flatten().map(|day| day.plus_days(1)).chain(hit.from)
        });
        let flags = parties.values().flat_map(|party| &party.flags);
        let days = flags.filter_map(|flag| {
            let (_, day) = flag.split_once(':').filter(|(word, _)| OWNER_FLAGS.contains(word))?;
            day.trim().parse::<Date>().ok()
        });
        let changes = changes.chain(days);
        let owners = Owners::new(stakes, changes.collect(), &|day, truth| {
            let of = |(id, party): (&'_ String, &'_ Party)| (listed(id, party, day) == truth).then(|| id.clone());
            parties.iter().chain(&typed).filter_map(of).collect()
        });
        screened.owners = owners?;
        screened.owned = screened.owners.graphs.iter().flat_map(Ownership::affected).map(str::to_owned).collect();
        Ok(screened)
    }

    /// The matches of a party, best first.
    pub fn hits(&self, party: &str) -> &[Hit] {
        self.hits.get(party).map_or(&[], Vec::as_slice)
    }

    /// Every party with matches, in order.
    pub fn matched(&self) -> impl Iterator<Item = (&str, &[Hit])> {
        self.hits.iter().map(|(id, hits)| (id.as_str(), hits.as_slice()))
    }

    /// Every match with its party, in the order of the parties.
    pub fn matches(&self) -> impl Iterator<Item = (&str, &Hit)> {
        self.matched().flat_map(|(party, hits)| hits.iter().map(move |hit| (party, hit)))
    }

    /// Whether neither lists nor stakes say anything of any party.
    pub fn is_silent(&self) -> bool {
        self.hits.is_empty() && self.owners.graphs.is_empty()
    }

    /// Whether anything is said of a party on some day: what is said of others depends on no day.
    pub fn says_of(&self, party: &str) -> bool {
        self.hits.contains_key(party) || self.owned.contains(party)
    }

    /// Whether a party is on a list of this effect: unknown where a match may be it and nobody has said.
    pub fn listed(&self, party: &str, effect: Effect, date: Date) -> Truth {
        listed_among(self.hits(party), effect, date)
    }

    /// Whether a party is designated under one of a group of programs: unknown where a match may be it, or where the entry's programs are not
    /// stated or not known.
    pub fn designated(&self, party: &str, program: SanctionsProgram, date: Date) -> Truth {
        designated_among(self.hits(party), program, date)
    }

    /// Whether listed parties own half of a party on a day: unknown where a listed one, or one that may be, holds a part of it and nobody has told who
    /// holds the rest, or how much that part is (red flag 29 of supplement no. 3 to part 732).
    pub fn affiliate(&self, party: &str, date: Date) -> Truth {
        match self.owners.on(date) {
            Some(graph) if matches!(graph.standing(party), Some(Standing::Owned { .. })) => Truth::True,
            Some(graph) if graph.is_in_doubt(party) => Truth::Unknown,
            _ => Truth::False,
        }
    }

    /// What the stakes say of a party on a day.
    pub fn standing(&self, party: &str, date: Date) -> Option<Standing> {
        self.owners.on(date)?.standing(party)
    }

    /// The stakes that catch a party: owner, owned and percent.
    pub fn proof(&self, party: &str, date: Date) -> Vec<(&str, &str, String)> {
        self.owners.on(date).map_or_else(Vec::new, |graph| graph.proof(party))
    }
}

/// So many parents behind a party are followed.
const MOST_PARENTS: usize = 64;

/// The stakes, and a stake of an unknown part for each parent without one in its company, where somebody behind may be listed: a listed parent of which the
/// part is not known leaves open whether it owns half (red flag 29 of supplement no. 3 to part 732).
fn with_parents(parties: &BTreeMap<String, Party>, stakes: &[Stake], screened: &ScreeningResults) -> Vec<Stake> {
    let stated: BTreeSet<(&str, &str)> =
        stakes.iter().map(|stake| (stake.owner_id.as_str(), stake.owned_id.as_str())).collect();
    let may_be_listed = |id: &String| {
        screened.hits.contains_key(id)
            || parties.get(id).is_some_and(|party| owner_flagged(party, Date::MAX) != Truth::False)
    };
    let parent =
        |id: &String| parties.get(id).and_then(|party| party.parent_id.as_ref()).filter(|parent| *parent != id);
    let mut all = stakes.to_vec();
    for id in parties.keys() {
        let Some(first) = parent(id).filter(|first| !stated.contains(&(first.as_str(), id.as_str()))) else { continue };
        let mut behind = std::iter::successors(Some(first), |id| parent(id)).take(MOST_PARENTS);
        if behind.any(may_be_listed) {
            let (owner_id, owned_id) = (first.clone(), id.clone());
            all.push(Stake { owner_id, owned_id, percent: None, controls: false, from: None, until: None });
        }
    }
    all
}

/// Owners and parents that have no row, by the name that stands in the place of their id: a listed one is found by it.
fn owners_without_row(parties: &BTreeMap<String, Party>, stakes: &[Stake]) -> BTreeMap<String, Party> {
    let parents = parties.values().filter_map(|party| party.parent_id.as_ref());
    let owners = stakes.iter().map(|stake| &stake.owner_id).chain(parents).filter(|id| !parties.contains_key(*id));
    let row = |id: &String| (id.clone(), Party { party_id: id.clone(), name: Some(id.clone()), ..Party::default() });
    owners.map(row).collect()
}

/// Screens parties on every core; the result does not depend on how many there are.
fn screen_all(
    screener: &Screener,
    parties: &BTreeMap<String, Party>,
    limits: MatchLimits,
    stop: &Stop,
) -> BTreeMap<String, Vec<Hit>> {
    if screener.name_count() == 0 {
        return BTreeMap::new();
    }
    let all: Vec<(&String, &Party)> = parties.iter().collect();
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    let share = |part: &[(&String, &Party)]| {
        let mut scratch = Scratch::default();
        let mut hits = Vec::new();
        for (id, party) in part {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            let names = party.names();
            let query = Query::from_party(party, &names);
            let matches = find(screener, query, limits, &mut scratch);
            if !matches.is_empty() {
                hits.push(((*id).clone(), matches));
            }
        }
        hits
    };
    std::thread::scope(|scope| {
        let parts = all.chunks(all.len().div_ceil(cores).max(1));
        let running: Vec<_> = parts.map(|part| scope.spawn(move || share(part))).collect();
        let joined =
            running.into_iter().map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        joined.flatten().collect()
    })
}

impl Owners {
    /// Who is owned on each span of days over which neither stakes nor clearances change; `listed` names those who are listed on a day, or who may be.
    fn new(
        stakes: &[Stake],
        mut days: BTreeSet<Date>,
        listed: &dyn Fn(Date, Truth) -> Vec<String>,
    ) -> Result<Owners, BadStake> {
        if stakes.is_empty() {
            return Ok(Owners::default());
        }
        days.extend(stakes.iter().flat_map(|stake| [stake.from, stake.until]).flatten());
        // Every span is worked out at once, so that stakes above a hundred percent are an error of the input.
        let starts = std::iter::once(Date::MIN).chain(days.iter().copied());
        let graphs = starts.map(|day| {
            let [listed, possible] = [Truth::True, Truth::Unknown].map(|truth| listed(day, truth));
            Ownership::as_of(day, stakes, listed.iter().map(String::as_str), possible.iter().map(String::as_str))
        });
        let graphs = graphs.collect::<Result<Vec<Ownership>, BadStake>>()?;
        Ok(Owners { graphs, days: days.into_iter().collect() })
    }

    fn on(&self, date: Date) -> Option<&Ownership> {
        self.graphs.get(self.days.partition_point(|day| *day <= date))
    }
}
