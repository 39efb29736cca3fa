//! A policy: the law less what it excludes, with its amendments, as a timeline of programs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use sha2::{Digest, Sha256};
use tollgate_model::{Country, Date, Diagnostic, Diagnostics, Place, Ratio};
use tollgate_strict_toml::Entry;

use crate::compile::{InForce, Source, compile};
use crate::facts::FactId;
use crate::groups::{Change, EMBARGOED, GroupCalendar, Groups, MACAU_D5, MembersMemo, TIER_ONE, Transit};
use crate::law::{Law, defined_names};
use crate::policy_days::{PolicyDays, policy_error, split_days};
use crate::policy_file::{Amend, PolicyFile};
use crate::program::Program;
use crate::provision::{Provision, Version};

mod amendments;

/// A document that a policy leaves out, with all that rests on it.
#[derive(Clone, Debug)]
pub struct Exclusion {
    /// A key of `sources.toml`.
    pub source: String,
    /// From when anybody could know that it is left out; `None` where the policy leaves it out whatever is known.
    pub known_from: Option<Date>,
    /// Why, in a sentence.
    pub why: String,
}

/// A policy, ready to be asked for its program on a day.
#[derive(Debug)]
pub struct Policy {
    /// The law that it is made from.
    pub law: Arc<Law>,
    /// Its name, with its days behind `@`, as [`PolicyDays`] writes them.
    pub name: String,
    /// What it is.
    pub title: String,
    /// SHA-256 over the law, the policy's files and the days behind its name.
    pub digest: String,
    /// The provisions as this policy has them.
    pub provisions: Vec<Provision>,
    /// The country groups as this policy has them.
    pub groups: Groups,
    /// The value of each reading.
    pub readings: BTreeMap<FactId, bool>,
    /// The day as of which the law is taken, whatever the order's day.
    pub fixed: Option<Date>,
    /// The day as of which it is known: what nobody could know by then is left out of it.
    pub known: Option<Date>,
    /// Why each amended provision is amended, by path.
    pub reasons: Vec<(String, String)>,
    /// The documents that it leaves out.
    pub exclusions: Vec<Exclusion>,
    names: BTreeSet<String>,
    boundaries: Vec<Date>,
    programs: Vec<OnceLock<Program>>,
}

impl Law {
    /// The policy of a name, perhaps with `@YYYY-MM-DD` behind it: the law as it stood on that day; or `@known:YYYY-MM-DD`: as it could be known on that day.
    pub fn policy(self: &Arc<Law>, name: &str) -> Result<Policy, Diagnostics> {
        let (base, days) = split_days(name)?;
        let Some(file) = self.policies.get(base) else {
            let mend = format!("the policies are: {}; or give the path of a file", self.policy_names().join(", "));
            return Err(policy_error("unknown-policy", base, format!("there is no policy `{base}`"), mend));
        };
        Policy::new(Arc::clone(self), base, file.clone(), days)
    }

    /// A policy of the user's own, from the text of its file.
    pub fn policy_from_text(
        self: &Arc<Law>,
        file: &str,
        text: &str,
        fixed: Option<Date>,
    ) -> Result<Policy, Diagnostics> {
        self.policy_from_text_as_of(file, text, PolicyDays { fixed, known: None })
    }

    /// A policy of the user's own, from the text of its file, as of the days behind its name.
    pub fn policy_from_text_as_of(
        self: &Arc<Law>,
        file: &str,
        text: &str,
        days: PolicyDays,
    ) -> Result<Policy, Diagnostics> {
        let (policy, errors) = PolicyFile::read(file, text);
        if !errors.is_empty() {
            return Err(Diagnostics(errors));
        }
        Policy::new(Arc::clone(self), file, policy, days)
    }
}

impl Policy {
    fn new(law: Arc<Law>, name: &str, file: PolicyFile, days: PolicyDays) -> Result<Policy, Diagnostics> {
        let title = file.title.clone();
        let chain = chain(&law, file)?;
        check_known(&law, name, days)?;
        let exclusions = exclusions(&chain, days);
        let excluded: BTreeSet<String> = exclusions.iter().map(|exclusion| exclusion.source.clone()).collect();
        let changes: Vec<Change> = chain.iter().flat_map(|file| file.changes.clone()).collect();
        let groups = law.groups.of_policy(&excluded, days, &changes);
        let mut errors = Vec::new();
        if days.known.is_none() {
            let base = |changes: &[Change]| law.groups.of_policy(&excluded, days, changes);
            amendments::check_changes(&chain, &base, &mut errors);
        }
        let mut provisions = law.provisions.clone();
        for provision in &mut provisions {
            provision.versions.retain(|version| {
                days.knows(version.known_from)
                    && !excluded.contains(&version.source)
                    && !version.rests_on.iter().any(|source| excluded.contains(source))
            });
        }
        let mut readings = law.default_readings();
        let mut hash = Sha256::new();
        hash.update(&law.digest);
        for file in &chain {
            hash.update(&file.digest);
            amendments::check(file, &law, &mut errors);
            let known = |amend: &&Amend| days.knows(amendments::known_from(amend, &law));
            for amend in amendments::in_order_of_day(file).into_iter().filter(known) {
                let amended = apply(amend, &mut provisions, &mut errors);
                // As of a day of knowledge, what is amended may be what nobody knew yet.
                if let Some(amended) = amended.filter(|_| days.known.is_none()) {
                    amendments::check_effect(amend, &amended, &mut errors);
                }
            }
            set_readings(&law, file, &mut readings, &mut errors);
        }
        let days_text = days.to_string();
        hash.update(&days_text);
        let mut boundaries = boundaries(&provisions, &groups);
        boundaries.sort();
        boundaries.dedup();
        let policy = Policy {
            names: defined_names(&provisions).union(&law.names).cloned().collect(),
            name: format!("{name}{days_text}"),
            title,
            digest: crate::hex(&hash.finalize()),
            reasons: chain
                .iter()
                .flat_map(|file| &file.amends)
                .filter(|amend| days.knows(amendments::known_from(amend, &law)))
                .map(|amend| (amend.provision.clone(), amend.why.clone()))
                .collect(),
            exclusions,
            programs: boundaries.iter().map(|_| OnceLock::new()).chain([OnceLock::new()]).collect(),
            law,
            provisions,
            groups,
            readings,
            fixed: days.fixed,
            known: days.known,
            boundaries,
        };
        // A policy of the user's own is checked when it is read; those of the law were when they were written, though not as of each day of knowledge.
        let is_of_law = |file: &PolicyFile| policy.law.policies.values().any(|known| known.digest == file.digest);
        if days.known.is_some() || !chain.iter().all(is_of_law) {
            policy.check(&mut errors);
        }
        if errors.is_empty() { Ok(policy) } else { Err(Diagnostics::in_order_of_place(errors)) }
    }

    /// Compiles every epoch, for what can only be seen there.
    pub(crate) fn check(&self, errors: &mut Vec<Diagnostic>) {
        for date in self.epochs() {
            errors.extend(self.compile(date).1);
        }
    }

    /// Everything wrong with the policy that only compiling each epoch shows, in order of place.
    pub fn errors(&self) -> Diagnostics {
        let mut errors = Vec::new();
        self.check(&mut errors);
        Diagnostics::in_order_of_place(errors)
    }

    /// The first day of each epoch, in order; the first epoch has no law and starts at [`Date::MIN`].
    pub fn epochs(&self) -> Vec<Date> {
        std::iter::once(Date::MIN).chain(self.boundaries.iter().copied()).collect()
    }

    /// The first day with law; `None` where there is none at all.
    pub fn first_day(&self) -> Option<Date> {
        self.boundaries.first().copied()
    }

    /// The day whose law decides an order of a day.
    pub fn law_date(&self, order: Date) -> Date {
        self.fixed.unwrap_or(order)
    }

    /// The countries of supplement no. 5, paragraph (a), to part 740 on each order's day, as this policy has them.
    pub fn tier_one(&self) -> GroupCalendar {
        self.groups.calendar(TIER_ONE, self.fixed)
    }

    /// The countries, on any day, in which the headquarters of a party change most of what is asked: Macau and those of Country Group D:5, and those of
    /// part 746.
    pub fn restricted_seats(&self) -> BTreeSet<Country> {
        let ever = |name| self.groups.calendar(name, self.fixed).ever();
        [MACAU_D5, EMBARGOED].into_iter().flat_map(ever).collect()
    }

    /// The places on the way of which General Prohibition Eight asks (15 CFR 736.2(b)(8)), on each order's day.
    pub fn transit(&self) -> Transit {
        let calendar = |name| self.groups.calendar(name, self.fixed);
        Transit { embargoed: calendar(EMBARGOED), listed: calendar("IN_TRANSIT"), in_scope: calendar("AC_SCOPE") }
    }

    /// The value of a provision's parameter for an order of a day, as its latest version by then states it.
    /// `None` where there is no such provision, version, parameter or value, or where it is no number.
    pub fn parameter_ratio(&self, path: &str, name: &str, order: Date) -> Option<Ratio> {
        let date = self.law_date(order);
        let provision = self.provisions.iter().find(|provision| provision.path == path)?;
        let version = provision.versions.iter().rev().find(|version| version.from <= date)?;
        version.parameters.get(name)?.on(date)?.ratio()
    }

    /// The place of the epoch in [`Policy::epochs`] whose law decides an order of a day. A day before all law has that of the first epoch with law,
    /// which says that it was not read: without any, nothing would be required.
    pub fn epoch(&self, order: Date) -> usize {
        let date = self.law_date(order);
        let epoch = self.boundaries.partition_point(|boundary| *boundary <= date);
        epoch.max(1).min(self.boundaries.len())
    }

    /// The program for an order of a day.
    pub fn program(&self, order: Date) -> &Program {
        let epoch = self.epoch(order);
        static EMPTY: OnceLock<Program> = OnceLock::new();
        let cell = self.programs.get(epoch).unwrap_or(&EMPTY);
        cell.get_or_init(|| {
            let start = epoch.checked_sub(1).and_then(|before| self.boundaries.get(before)).copied();
            self.compile(start.unwrap_or(Date::MIN)).0
        })
    }

    fn compile(&self, date: Date) -> (Program, Vec<Diagnostic>) {
        let in_force = self.provisions.iter().filter_map(|provision| {
            let version = provision.versions.iter().rev().find(|version| version.from <= date)?;
            (!version.removed).then_some(InForce { provision, version })
        });
        compile(&Source {
            in_force: in_force.collect(),
            names: &self.names,
            groups: &self.groups,
            members: MembersMemo::default(),
            readings: &self.readings,
            date,
        })
    }
}

/// The documents that a policy leaves out, as far as that is known on its days.
fn exclusions(chain: &[PolicyFile], days: PolicyDays) -> Vec<Exclusion> {
    let excludes = chain.iter().flat_map(|file| &file.excludes);
    let known = excludes.filter(|exclude| exclude.known_from.is_none_or(|known_from| days.knows(known_from)));
    known
        .map(|exclude| Exclusion {
            source: exclude.source.value.clone(),
            known_from: exclude.known_from,
            why: exclude.why.clone(),
        })
        .collect()
}

/// Refuses a day of knowledge before which the law does not reach.
fn check_known(law: &Law, name: &str, days: PolicyDays) -> Result<(), Diagnostics> {
    let since = law.known_since();
    let Some(known) = days.known.filter(|known| *known < since) else {
        return Ok(());
    };
    let what = format!("what could be known on {known} is not modeled: nothing would be required");
    Err(policy_error("before-the-law", name, what, format!("name a day from {since} on")))
}

/// The policy files from the outermost base to this one.
fn chain(law: &Law, file: PolicyFile) -> Result<Vec<PolicyFile>, Diagnostics> {
    let mut chain = vec![file];
    while let Some(base) = chain.last().and_then(|file| file.base.clone()) {
        let Some(next) = law.policies.get(&base) else {
            let mend = format!("base it on one of: {}", law.policy_names().join(", "));
            let file = chain.last().map_or("", |file| file.file.as_str());
            return Err(policy_error(
                "unknown-policy",
                file,
                format!("there is no policy `{base}` to start from"),
                mend,
            ));
        };
        if chain.len() > 8 {
            return Err(policy_error(
                "circular-base",
                &base,
                format!("`{base}` is based on itself"),
                "take `base` out of one of them".to_owned(),
            ));
        }
        chain.push(next.clone());
    }
    chain.reverse();
    Ok(chain)
}

fn set_readings(law: &Law, file: &PolicyFile, readings: &mut BTreeMap<FactId, bool>, errors: &mut Vec<Diagnostic>) {
    for Entry { key: name, value, line } in &file.readings {
        match law.readings.iter().find(|reading| reading.name == *name) {
            Some(reading) => {
                readings.insert(reading.fact, *value);
            }
            None => {
                let names: Vec<&str> = law.readings.iter().map(|reading| reading.name.as_str()).collect();
                let place = Place::line(file.file.as_str(), *line);
                let what = format!("there is no reading `{name}`");
                let mend = format!("the readings are: {}", names.join(", "));
                errors.push(Diagnostic::new("unknown-reading", place, what, mend));
            }
        }
    }
}

/// Applies an amendment; returns the versions that it reached, as they stood before, or `None` where there is no such provision.
fn apply(amend: &Amend, provisions: &mut [Provision], errors: &mut Vec<Diagnostic>) -> Option<Vec<Version>> {
    let Some(provision) = provisions.iter_mut().find(|provision| provision.path == amend.provision) else {
        let what = format!("there is no provision `{}`", amend.provision);
        let mend = "name it by its path under law/ear/, as `tollgate policy show` prints it";
        let place = Place::line(amend.file.as_str(), amend.line);
        errors.push(Diagnostic::new("unknown-provision", place, what, mend));
        return None;
    };
    let active = provision.versions.iter().rposition(|version| version.from <= amend.from);
    if let Some(at) = active
        && let Some(version) = provision.versions.get(at).filter(|version| version.from < amend.from)
    {
        let split = Version { from: amend.from, ..version.clone() };
        provision.versions.insert(at + 1, split);
    }
    let mut amended = Vec::new();
    for version in provision.versions.iter_mut().filter(|version| version.from >= amend.from && !version.removed) {
        amended.push(version.clone());
        amend_version(amend, version, errors);
    }
    Some(amended)
}

fn amend_version(amend: &Amend, version: &mut Version, errors: &mut Vec<Diagnostic>) {
    for (name, parameter) in &amend.parameters {
        match version.parameters.get(name) {
            Some(old) if old.unit != parameter.unit => {
                let place = Place::line(amend.file.as_str(), parameter.line);
                let what = format!("`{name}` is in {}, not in {}", old.unit, parameter.unit);
                errors.push(Diagnostic::new("wrong-unit", place, what, format!("write `unit = \"{}\"`", old.unit)));
            }
            _ => {
                version.parameters.insert(name.clone(), parameter.clone());
            }
        }
    }
    let rules = &mut version.rules;
    let gone = |id: &String| amend.remove.contains(id);
    rules.requires.retain(|rule| !gone(&rule.id));
    rules.exceptions.retain(|rule| !gone(&rule.id));
    rules.findings.retain(|rule| !gone(&rule.id));
    rules.unmodeled.retain(|rule| !gone(&rule.id));
    let added = amend.rules.clone();
    rules.defines.extend(added.defines);
    rules.classifies.extend(added.classifies);
    rules.outsides.extend(added.outsides);
    rules.requires.extend(added.requires);
    rules.reviews.extend(added.reviews);
    rules.gates.extend(added.gates);
    rules.exceptions.extend(added.exceptions);
    rules.allocations.extend(added.allocations);
    rules.duties.extend(added.duties);
    rules.findings.extend(added.findings);
    rules.unmodeled.extend(added.unmodeled);
    for (account, limit) in &amend.limits {
        for allocation in rules.allocations.iter_mut().filter(|allocation| allocation.account == *account) {
            allocation.limits.insert(0, limit.clone());
        }
    }
    version.source.clone_from(&amend.source);
    // What it amends decides too: a correction of that is another law.
    let amended = [version.digest.as_str(), amend.digest.as_str()].concat();
    version.digest = crate::hex(&Sha256::digest(amended.as_bytes()));
}

/// Every day on which a version starts, a group changes or a scheduled value steps.
fn boundaries(provisions: &[Provision], groups: &Groups) -> Vec<Date> {
    let mut days: Vec<Date> = groups.boundaries().collect();
    for version in provisions.iter().flat_map(|provision| &provision.versions) {
        days.push(version.from);
        for parameter in version.parameters.values() {
            days.extend(parameter.values.iter().map(|(from, _)| *from).filter(|from| *from > Date::MIN));
        }
    }
    days
}
