//! A second evaluator, slow and plain, of the provisions as they are written: the oracle of the tests, and
//! the independent checker of recorded decisions. It shares with the compiled programs the parsed
//! conditions and nothing else.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use tollgate_law::Policy;
use tollgate_law::expr::{CompareOp, Expr, Name, Operand, Set};
use tollgate_law::facts::{FactId, FactKind, Facts, NO_COUNTRY, Unit};
use tollgate_law::provision::{Allocate, Clause, Condition, Exception, Gate, Outside, Require, Review, Version};
use tollgate_model::{Country, Date, Decimal, Lookup, Outcome, Ratio, ReviewPolicy, Truth};

/// What the provisions come to, read one by one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plain {
    /// The outcome; `None` where Kleene's logic leaves it open.
    pub outcome: Option<Outcome>,
    /// The exception's short name, where the outcome is one.
    pub authorization: Option<String>,
    /// The review policy, where a license is required.
    pub review: Option<ReviewPolicy>,
}

/// What follows from a policy and a day alone, kept from one decision to the next; not by `Policy::epoch`, which this is held against.
#[derive(Default)]
pub(crate) struct LawMemo {
    /// By the latest day by which a version begins.
    versions: RefCell<Lookup<Date, Rc<VersionsInForce>>>,
    /// By the latest day by which somebody enters or leaves a group.
    groups: RefCell<Lookup<Date, Rc<GroupMembers>>>,
}

/// Who is in each group on a day, as far as that was asked; `None` where there is no such group.
#[derive(Default)]
struct GroupMembers(RefCell<Lookup<String, Option<Rc<Membership>>>>);

/// Who is in a group on a day.
struct Membership {
    /// Readings aside.
    members: BTreeSet<Country>,
    /// Under each reading under which it has other members.
    by_reading: Vec<(FactId, BTreeSet<Country>)>,
}

/// The versions that are in force on a day, by their places in a policy.
#[derive(Default)]
struct VersionsInForce {
    places: Vec<VersionPlace>,
    /// The first rule that says what a name means.
    names: Lookup<String, NamePlace>,
}

/// A version, by its provision's place and its own.
#[derive(Clone, Copy)]
struct VersionPlace {
    provision: usize,
    version: usize,
}

/// What a name stands for, by its place in a version in force.
#[derive(Clone, Copy)]
enum NamePlace {
    /// A definition.
    Define { version: usize, place: usize },
    /// That an account stays within its limit.
    Within { version: usize, place: usize },
}

impl VersionPlace {
    fn of(self, policy: &Policy) -> Option<&Version> {
        policy.provisions.get(self.provision)?.versions.get(self.version)
    }
}

impl VersionsInForce {
    fn on(policy: &Policy, date: Date) -> VersionsInForce {
        let mut in_force = VersionsInForce::default();
        for (provision, versions) in policy.provisions.iter().map(|provision| &provision.versions).enumerate() {
            let latest = versions.iter().enumerate().rfind(|(_, version)| version.from <= date);
            let Some((version, latest)) = latest.filter(|(_, version)| !version.removed) else { continue };
            let (rules, number) = (&latest.rules, in_force.places.len());
            for (place, define) in rules.defines.iter().enumerate() {
                let named = NamePlace::Define { version: number, place };
                in_force.names.entry(define.name.clone()).or_insert(named);
            }
            for (place, allocate) in rules.allocations.iter().enumerate() {
                let named = NamePlace::Within { version: number, place };
                in_force.names.entry(format!("within_{}", allocate.account)).or_insert(named);
            }
            in_force.places.push(VersionPlace { provision, version });
        }
        in_force
    }
}

impl LawMemo {
    /// The versions in force on a day.
    fn versions(&self, policy: &Policy, date: Date) -> Rc<VersionsInForce> {
        let starts = policy.provisions.iter().flat_map(|provision| &provision.versions).map(|version| version.from);
        let latest = starts.filter(|from| *from <= date).max().unwrap_or(Date::MIN);
        let mut versions = self.versions.borrow_mut();
        Rc::clone(versions.entry(latest).or_insert_with(|| Rc::new(VersionsInForce::on(policy, date))))
    }

    /// The members of the groups on a day.
    fn groups(&self, policy: &Policy, date: Date) -> Rc<GroupMembers> {
        Rc::clone(self.groups.borrow_mut().entry(policy.groups.latest_change(date)).or_default())
    }
}

impl GroupMembers {
    fn of(&self, policy: &Policy, date: Date, group: &str) -> Option<Rc<Membership>> {
        if let Some(known) = self.0.borrow().get(group) {
            return known.clone();
        }
        let membership = Membership::on(policy, date, group).map(Rc::new);
        self.0.borrow_mut().insert(group.to_owned(), membership.clone());
        membership
    }
}

impl Membership {
    fn on(policy: &Policy, date: Date, group: &str) -> Option<Membership> {
        let members = policy.groups.countries(group, date)?;
        let readings: BTreeSet<FactId> = policy.groups.readings().collect();
        let under = readings.into_iter().filter_map(|reading| {
            let under = policy.groups.countries_under(group, date, reading)?;
            (under != members).then_some((reading, under))
        });
        Some(Membership { by_reading: under.collect(), members })
    }
}

struct Reader<'a> {
    policy: &'a Policy,
    date: Date,
    facts: &'a Facts,
    versions: Vec<&'a Version>,
    in_force: &'a VersionsInForce,
    groups: &'a GroupMembers,
    /// The truth of each defined name that was read.
    names: RefCell<Lookup<&'a str, Truth>>,
    /// The truth of each rule that puts a line outside of what is regulated.
    outsides: OnceCell<Vec<(&'a Outside, Truth)>>,
    /// The truth of each restriction on license exceptions.
    gates: OnceCell<Vec<(&'a Version, &'a Gate, Truth)>>,
    /// The truth of each review policy as it is written.
    reviews: OnceCell<Vec<(&'a Review, Truth)>>,
}

/// Decides by the versions in force for an order of a day.
pub fn decide(policy: &Policy, order: Date, facts: &Facts) -> Plain {
    decide_with(policy, order, facts, &LawMemo::default())
}

/// As [`decide`], with what follows from the policy and the day from decisions before.
pub(crate) fn decide_with(policy: &Policy, order: Date, facts: &Facts, memo: &LawMemo) -> Plain {
    // A day before all law has that of the first day with law.
    let date = policy.law_date(order).max(policy.first_day().unwrap_or(Date::MIN));
    let (in_force, groups) = (memo.versions(policy, date), memo.groups(policy, date));
    let reader = Reader {
        policy,
        date,
        facts,
        versions: in_force.places.iter().filter_map(|place| place.of(policy)).collect(),
        in_force: &in_force,
        groups: &groups,
        names: RefCell::default(),
        outsides: OnceCell::new(),
        gates: OnceCell::new(),
        reviews: OnceCell::new(),
    };
    reader.decide()
}

/// Conjunction; the second is not looked at where the first is false.
fn both(one: Truth, other: impl FnOnce() -> Truth) -> Truth {
    if one == Truth::False { one } else { one.and(other()) }
}

/// Whether some are true; none is looked at behind one that is.
fn any(truths: impl IntoIterator<Item = Truth>) -> Truth {
    let mut any = Truth::False;
    for truth in truths {
        any = any.or(truth);
        if any == Truth::True {
            break;
        }
    }
    any
}

/// Whether all are true; none is looked at behind one that is false.
fn all(truths: impl IntoIterator<Item = Truth>) -> Truth {
    !any(truths.into_iter().map(|truth| !truth))
}

impl<'a> Reader<'a> {
    fn decide(&self) -> Plain {
        let requires = self.each(|version| &version.rules.requires);
        let holding: Vec<(&Require, Truth)> =
            requires.iter().map(|(version, require)| (*require, self.requires(version, require))).collect();
        let required = any(holding.iter().map(|(_, truth)| *truth));
        let absolute = any(holding.iter().filter(|(require, _)| require.absolute).map(|(_, truth)| *truth));
        // Where none is required, the list below ends before it comes to what permits it.
        let exceptions = if required == Truth::False { Vec::new() } else { self.exceptions() };
        let available: Vec<(&Exception, Truth)> = exceptions
            .iter()
            .map(|(version, exception)| (*exception, self.available(version, exception, &holding)))
            .collect();
        let license = both(required, || !any(available.iter().map(|(_, truth)| *truth)));
        let open = || Plain { outcome: Some(Outcome::NeedsInformation), authorization: None, review: None };
        let unmodeled = self.each(|version| &version.rules.unmodeled);
        let of_kind = |permits: bool| unmodeled.iter().filter(move |(_, finding)| finding.permits == permits);
        let touched =
            |version: &'a Version, clause: &'a Clause| both(self.clause(version, clause), || !self.outside(""));
        let might_permit = of_kind(true)
            .map(|(version, finding)| (both(license.and(!absolute), || touched(version, &finding.clause)), open()));
        let reviews = ReviewPolicy::ALL.into_iter().rev().map(Some).chain([None]).map(|review| {
            let by =
                |policy| any(holding.iter().map(|(require, truth)| both(*truth, || self.reviewed(require, policy))));
            let plain = Plain { outcome: Some(Outcome::LicenseRequired), authorization: None, review };
            (both(license, || review.map_or(Truth::True, by)), plain)
        });
        let not_modeled = of_kind(false).map(|(version, finding)| (touched(version, &finding.clause), open()));
        let none = Plain { outcome: Some(Outcome::NoLicenseRequired), authorization: None, review: None };
        let under = |name: &str| Plain {
            outcome: Some(Outcome::LicenseException),
            authorization: Some(name.to_owned()),
            review: None,
        };
        let claimed = available.iter().map(|(exception, truth)| {
            (both(*truth, || self.word_is("claim", &exception.name)), under(&exception.name))
        });
        let preferred = available.iter().map(|(exception, truth)| (*truth, under(&exception.name)));
        let list = might_permit.chain(reviews).chain(not_modeled).chain([(!required, none)]);
        first(list.chain(claimed).chain(preferred))
    }

    /// The exceptions, in order of preference.
    fn exceptions(&self) -> Vec<(&'a Version, &'a Exception)> {
        let mut exceptions = self.each(|version| &version.rules.exceptions);
        exceptions.sort_by(|(_, a), (_, b)| (a.preference, &a.id).cmp(&(b.preference, &b.id)));
        exceptions
    }

    fn requires(&self, version: &'a Version, require: &'a Require) -> Truth {
        both(self.clause(version, &require.clause), || !self.outside(&require.id))
    }

    /// Whether the line is no export at all, as far as a requirement is concerned.
    fn outside(&self, requirement: &str) -> Truth {
        let outsides = self.outsides.get_or_init(|| {
            let outsides = self.each(|version| &version.rules.outsides).into_iter();
            outsides.map(|(version, outside)| (outside, self.clause(version, &outside.clause))).collect()
        });
        let spares = outsides.iter().filter(|(outside, _)| !outside.keeps.iter().any(|kept| kept == requirement));
        any(spares.map(|(_, truth)| *truth))
    }

    fn each<T>(&self, rules: impl Fn(&'a Version) -> &'a Vec<T>) -> Vec<(&'a Version, &'a T)> {
        self.versions.iter().flat_map(|version| rules(version).iter().map(|rule| (*version, rule))).collect()
    }

    fn available(&self, version: &'a Version, exception: &'a Exception, holding: &[(&Require, Truth)]) -> Truth {
        let conditions = || all(exception.conditions.iter().map(|condition| self.clause(version, condition)));
        let gated = || if exception.part_740 { self.passes_gates(exception) } else { Truth::True };
        let overcomes = || {
            let left = holding.iter().filter(|(require, _)| !require.overcome_by.contains(&exception.name));
            !any(left.map(|(_, truth)| *truth))
        };
        both(both(both(overcomes(), || self.clause(version, &exception.clause)), conditions), gated)
    }

    /// Whether an exception passes every restriction that applies.
    fn passes_gates(&self, exception: &Exception) -> Truth {
        let gates = self.gates.get_or_init(|| {
            let gates = self.each(|version| &version.rules.gates).into_iter();
            gates.map(|(version, gate)| (version, gate, self.clause(version, &gate.clause))).collect()
        });
        all(gates.iter().map(|(version, gate, applies)| {
            let named = gate.passes.iter().filter(|(name, _)| *name == exception.id || *name == exception.name);
            let passes = |condition: &'a Option<Condition>| {
                condition.as_ref().map_or(Truth::True, |condition| self.condition(version, condition))
            };
            !both(*applies, || !any(named.map(|(_, condition)| passes(condition))))
        }))
    }

    fn reviewed(&self, require: &Require, policy: ReviewPolicy) -> Truth {
        let reviews = self.reviews.get_or_init(|| {
            let reviews = self.each(|version| &version.rules.reviews).into_iter();
            reviews.map(|(version, review)| (review, self.clause(version, &review.clause))).collect()
        });
        let (mut any, mut earlier) = (Truth::False, Truth::False);
        for (review, written) in reviews.iter().filter(|(review, _)| review.of.contains(&require.id)) {
            let applies = if review.otherwise { written.and(!earlier) } else { *written };
            if review.policy == Some(policy) {
                any = any.or(applies);
            }
            earlier = earlier.or(*written);
        }
        any
    }

    fn clause(&self, version: &'a Version, clause: &'a Clause) -> Truth {
        self.condition(version, &clause.when)
    }

    fn condition(&self, version: &'a Version, condition: &'a Condition) -> Truth {
        self.expr(version, &condition.expr)
    }

    fn expr(&self, version: &'a Version, expr: &'a Expr) -> Truth {
        match expr {
            Expr::Const(value) => Truth::from(*value),
            Expr::Not(inner) => !self.expr(version, inner),
            Expr::And(parts) => all(parts.iter().map(|part| self.expr(version, part))),
            Expr::Or(parts) => any(parts.iter().map(|part| self.expr(version, part))),
            Expr::Name(name) => match FactId::named(&name.text) {
                Some(fact) => self.facts.get(fact).map_or(Truth::Unknown, |value| Truth::from(value == 1)),
                None => self.named(&name.text),
            },
            Expr::In { left, set } => match set {
                Set::Group(group) => self.in_group(&left.text, &group.text),
                Set::Words(words) => any(words.iter().map(|(word, _)| self.word_is(&left.text, word))),
            },
            Expr::Compare { left, op, right } => self.compare(version, left, *op, right),
        }
    }

    fn named(&self, name: &'a str) -> Truth {
        let known = self.names.borrow().get(name).copied();
        known.unwrap_or_else(|| {
            let truth = self.read_named(name).unwrap_or(Truth::False);
            self.names.borrow_mut().insert(name, truth);
            truth
        })
    }

    /// The truth of a defined name; `None` where no version in force says what it means.
    fn read_named(&self, name: &str) -> Option<Truth> {
        match *self.in_force.names.get(name)? {
            NamePlace::Define { version, place } => {
                let version = *self.versions.get(version)?;
                Some(self.clause(version, &version.rules.defines.get(place)?.clause))
            }
            NamePlace::Within { version, place } => {
                let version = *self.versions.get(version)?;
                Some(self.within(version, version.rules.allocations.get(place)?))
            }
        }
    }

    fn within(&self, version: &'a Version, allocate: &'a Allocate) -> Truth {
        let Some(fact) = FactId::named(&allocate.fact) else { return Truth::False };
        let (mut any, mut earlier) = (Truth::False, Truth::False);
        for limit in &allocate.limits {
            let when = self.condition(version, &limit.when);
            let most =
                version.parameters.get(&limit.at_most).and_then(|parameter| parameter.on(self.date)?.thousandths());
            let fits = match (self.facts.get(fact), most) {
                (Some(value), Some(most)) => Truth::from(value <= most),
                _ => Truth::Unknown,
            };
            any = any.or(when.and(!earlier).and(fits));
            earlier = earlier.or(when);
        }
        any
    }

    fn in_group(&self, fact: &str, group: &str) -> Truth {
        let Some(value) = FactId::named(fact).and_then(|fact| self.facts.get(fact)) else { return Truth::Unknown };
        let Some(country) = u8::try_from(value).ok().and_then(Country::from_index) else { return Truth::False };
        let Some(membership) = self.groups.of(self.policy, self.date, group) else { return Truth::False };
        let is_taken = |reading: FactId| self.facts.get(reading) == Some(1);
        let mut taken = membership.by_reading.iter().filter(|(reading, _)| is_taken(*reading));
        Truth::from(membership.members.contains(&country) || taken.any(|(_, members)| members.contains(&country)))
    }

    fn word_is(&self, fact: &str, word: &str) -> Truth {
        let Some(fact) = FactId::named(fact) else { return Truth::False };
        let index = match fact.def().kind {
            FactKind::Country if word == "none" => Some(NO_COUNTRY),
            FactKind::Country => word.parse::<Country>().ok().map(|country| i64::from(country.index())),
            FactKind::Word(words) => {
                words.iter().position(|known| *known == word).and_then(|at| i64::try_from(at).ok())
            }
            _ => None,
        };
        self.facts.get(fact).map_or(Truth::Unknown, |value| Truth::from(Some(value) == index))
    }

    fn compare(&self, version: &Version, left: &Operand, op: CompareOp, right: &Operand) -> Truth {
        fn fact_of(side: &Operand) -> Option<(FactId, &Name)> {
            let Operand::Name(name) = side else { return None };
            Some((FactId::named(&name.text)?, name))
        }
        let (fact, op, other) = match fact_of(left) {
            Some(fact) => (Some(fact), op, right),
            None => (fact_of(right), op.flipped(), left),
        };
        let Some((fact, name)) = fact else { return Truth::False };
        let threshold: Option<Decimal> = match other {
            Operand::Text(word, _) => {
                let equal = self.word_is(&name.text, word);
                return if op == CompareOp::Equal { equal } else { !equal };
            }
            Operand::Number(number, _) => Some(*number),
            Operand::Name(parameter) => {
                version.parameters.get(&parameter.text).and_then(|parameter| parameter.on(self.date))
            }
        };
        let whole = |threshold: Decimal| match fact.def().kind {
            FactKind::Int(Unit::Operations) => threshold.reduced_up(9).map(|num| Ratio { num, den: 1 }),
            _ => threshold.ratio(),
        };
        let (Some(threshold), Some(value)) = (threshold.and_then(whole), self.fraction(fact)) else {
            return Truth::Unknown;
        };
        let threshold = match fact.def().kind {
            FactKind::Ratio(Unit::Share) => Ratio { den: threshold.den.saturating_mul(100), ..threshold },
            _ => threshold,
        };
        let order = value.compare(threshold).unwrap_or(std::cmp::Ordering::Less);
        Truth::from(match op {
            CompareOp::Equal => order.is_eq(),
            CompareOp::NotEqual => order.is_ne(),
            CompareOp::Less => order.is_lt(),
            CompareOp::AtMost => order.is_le(),
            CompareOp::Greater => order.is_gt(),
            CompareOp::AtLeast => order.is_ge(),
        })
    }

    fn fraction(&self, fact: FactId) -> Option<Ratio> {
        let value = self.facts.get(fact)?;
        Some(match fact.def().kind {
            FactKind::Ratio(_) => Ratio { num: value, den: self.facts.get(fact.denominator())? },
            FactKind::Int(Unit::Count) => Ratio { num: value, den: 1 },
            FactKind::Int(Unit::Operations) => Ratio { num: value, den: 1 },
            _ => Ratio { num: value, den: 1000 },
        })
    }
}

/// The first that holds; open where an earlier one with another result may hold.
fn first(list: impl Iterator<Item = (Truth, Plain)>) -> Plain {
    let mut maybe: Option<Plain> = None;
    for (truth, plain) in list {
        match (truth, &maybe) {
            (Truth::False, _) => {}
            (Truth::True, None) => return plain,
            (Truth::Unknown, None) => maybe = Some(plain),
            (Truth::True, Some(earlier)) if *earlier == plain => return plain,
            (_, Some(earlier)) if *earlier == plain => {}
            (_, Some(_)) => break,
        }
    }
    Plain { outcome: None, authorization: None, review: None }
}

#[cfg(test)]
mod tests {
    use tollgate_law::Law;
    use tollgate_law::facts::{self, FACTS};

    use super::*;

    /// An order of a chip to a country, by a policy's readings.
    fn order(policy: &Policy, country: i64) -> Facts {
        let mut facts = Facts::default();
        for def in FACTS.iter().filter(|def| def.kind != FactKind::Denominator) {
            let fact = FactId::named(def.name).unwrap();
            let reading = policy.readings.get(&fact).copied();
            facts.set(fact, if def.kind == FactKind::Country { country } else { reading.map_or(0, i64::from) });
        }
        facts.set_ratio(facts::IC_DENSITY, Some(Ratio { num: 20, den: 1 }));
        facts.set(facts::IC_TPP, 15_000_000);
        facts
    }

    #[test]
    fn what_is_kept_of_a_day_changes_no_decision() {
        let policy = Law::embedded().unwrap().policy("codified").unwrap();
        let memo = LawMemo::default();
        let mut days = policy.epochs();
        days.extend(policy.epochs().into_iter().rev());
        for (place, day) in days.into_iter().enumerate() {
            for country in ["CN", "AE", "CY", "DE", "US"].into_iter().skip(place % 3) {
                let country: Country = country.parse().unwrap();
                let facts = order(&policy, i64::from(country.index()));
                let fresh = decide(&policy, day, &facts);
                assert_eq!(decide_with(&policy, day, &facts, &memo), fresh, "{country} {day}");
            }
        }
    }
}
