//! A second evaluator, slow and plain, of the provisions as they are written: the oracle of the tests, and
//! the independent checker of recorded decisions. It shares with the compiled programs the parsed
//! conditions and nothing else.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use tollgate_law::Policy;
use tollgate_law::expr::{CompareOp, Expr, Operand, Set};
use tollgate_law::facts::{FACTS, FactId, FactKind, Facts, NO_COUNTRY, Unit};
use tollgate_law::provision::{Allocate, Clause, Condition, Exception, Outside, Require, Review, Version};
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

/// Who is in a group on a day, readings aside and under each reading that was looked at.
type Membership = BTreeMap<Option<FactId>, BTreeSet<Country>>;

/// The members of a policy's groups by day and group, kept from one decision to the next: they follow from nothing else.
#[derive(Default)]
pub(crate) struct GroupMembers(RefCell<Lookup<Date, BTreeMap<String, Membership>>>);

impl GroupMembers {
    fn contains(&self, policy: &Policy, date: Date, group: &str, reading: Option<FactId>, country: Country) -> bool {
        let mut by_day = self.0.borrow_mut();
        let groups = by_day.entry(date).or_default();
        let known = groups.get(group).and_then(|membership| membership.get(&reading));
        if let Some(members) = known {
            return members.contains(&country);
        }
        let members = match reading {
            None => policy.groups.countries(group, date),
            Some(reading) => policy.groups.countries_under(group, date, reading),
        };
        let Some(members) = members else { return false };
        let found = members.contains(&country);
        groups.entry(group.to_owned()).or_default().insert(reading, members);
        found
    }
}

/// The fact of a name, found without going through all of them.
fn fact_named(name: &str) -> Option<FactId> {
    static FACTS_BY_NAME: OnceLock<Lookup<&'static str, FactId>> = OnceLock::new();
    let by_name = FACTS_BY_NAME.get_or_init(|| {
        let mut by_name = Lookup::new();
        for def in FACTS {
            if let Some(fact) = FactId::named(def.name) {
                by_name.insert(def.name, fact);
            }
        }
        by_name
    });
    by_name.get(name).copied()
}

struct Reader<'a> {
    policy: &'a Policy,
    date: Date,
    facts: &'a Facts,
    versions: Vec<&'a Version>,
    members: &'a GroupMembers,
    /// The truth of each defined name that was read.
    names: RefCell<BTreeMap<String, Truth>>,
    /// The truth of each rule that puts a line outside of what is regulated.
    outsides: OnceCell<Vec<(&'a Outside, Truth)>>,
}

/// Decides by the versions in force for an order of a day.
pub fn decide(policy: &Policy, order: Date, facts: &Facts) -> Plain {
    decide_with(policy, order, facts, &GroupMembers::default())
}

/// As [`decide`], with the members of the policy's groups from decisions before.
pub(crate) fn decide_with(policy: &Policy, order: Date, facts: &Facts, members: &GroupMembers) -> Plain {
    // A day before all law has that of the first day with law.
    let first = policy.epochs().get(1).copied().unwrap_or(Date::MIN);
    let date = policy.law_date(order).max(first);
    let in_force = |versions: &'_ [Version]| versions.iter().rposition(|version| version.from <= date);
    let versions = policy.provisions.iter().filter_map(|provision| {
        let version = provision.versions.get(in_force(&provision.versions)?)?;
        (!version.removed).then_some(version)
    });
    let reader = Reader {
        policy,
        date,
        facts,
        versions: versions.collect(),
        members,
        names: RefCell::default(),
        outsides: OnceCell::new(),
    };
    reader.decide()
}

impl<'a> Reader<'a> {
    fn decide(&self) -> Plain {
        let requires = self.each(|version| &version.rules.requires);
        let holding: Vec<(&Require, Truth)> =
            requires.iter().map(|(version, require)| (*require, self.requires(version, require))).collect();
        let required = holding.iter().fold(Truth::False, |any, (_, truth)| any.or(*truth));
        let absolute =
            holding.iter().filter(|(require, _)| require.absolute).fold(Truth::False, |any, (_, truth)| any.or(*truth));
        let mut exceptions = self.each(|version| &version.rules.exceptions);
        exceptions.sort_by(|(_, a), (_, b)| (a.preference, &a.id).cmp(&(b.preference, &b.id)));
        let available: Vec<(&Exception, Truth)> = exceptions
            .iter()
            .map(|(version, exception)| (*exception, self.available(version, exception, &holding)))
            .collect();
        let any = available.iter().fold(Truth::False, |any, (_, truth)| any.or(*truth));
        let license = required.and(!any);
        let mut list: Vec<(Truth, Plain)> = Vec::new();
        let open = || Plain { outcome: Some(Outcome::NeedsInformation), authorization: None, review: None };
        let unmodeled = self.each(|version| &version.rules.unmodeled);
        for (version, finding) in unmodeled.iter().filter(|(_, finding)| finding.permits) {
            list.push((
                license.and(!absolute).and(self.clause(version, &finding.clause)).and(!self.outside("")),
                open(),
            ));
        }
        for review in ReviewPolicy::ALL.into_iter().rev().map(Some).chain([None]) {
            let reviewed = match review {
                Some(policy) => holding
                    .iter()
                    .fold(Truth::False, |any, (require, truth)| any.or(truth.and(self.reviewed(require, policy)))),
                None => Truth::True,
            };
            list.push((
                license.and(reviewed),
                Plain { outcome: Some(Outcome::LicenseRequired), authorization: None, review },
            ));
        }
        for (version, finding) in unmodeled.iter().filter(|(_, finding)| !finding.permits) {
            list.push((self.clause(version, &finding.clause).and(!self.outside("")), open()));
        }
        list.push((!required, Plain { outcome: Some(Outcome::NoLicenseRequired), authorization: None, review: None }));
        let under = |name: &str| Plain {
            outcome: Some(Outcome::LicenseException),
            authorization: Some(name.to_owned()),
            review: None,
        };
        for (exception, truth) in &available {
            list.push((truth.and(self.word_is("claim", &exception.name)), under(&exception.name)));
        }
        for (exception, truth) in &available {
            list.push((*truth, under(&exception.name)));
        }
        first(list)
    }

    fn requires(&self, version: &'a Version, require: &Require) -> Truth {
        self.clause(version, &require.clause).and(!self.outside(&require.id))
    }

    /// Whether the line is no export at all, as far as a requirement is concerned.
    fn outside(&self, requirement: &str) -> Truth {
        let outsides = self.outsides.get_or_init(|| {
            let outsides = self.each(|version| &version.rules.outsides).into_iter();
            outsides.map(|(version, outside)| (outside, self.clause(version, &outside.clause))).collect()
        });
        let spares = outsides.iter().filter(|(outside, _)| !outside.keeps.iter().any(|kept| kept == requirement));
        spares.fold(Truth::False, |any, (_, truth)| any.or(*truth))
    }

    fn each<T>(&self, rules: impl Fn(&'a Version) -> &'a Vec<T>) -> Vec<(&'a Version, &'a T)> {
        self.versions.iter().flat_map(|version| rules(version).iter().map(|rule| (*version, rule))).collect()
    }

    fn available(&self, version: &'a Version, exception: &Exception, holding: &[(&Require, Truth)]) -> Truth {
        let mut all = self.clause(version, &exception.clause);
        for condition in &exception.conditions {
            all = all.and(self.clause(version, condition));
        }
        for (at, gate) in self.each(|version| &version.rules.gates).into_iter().filter(|_| exception.part_740) {
            let mut passes = Truth::False;
            for (_, condition) in
                gate.passes.iter().filter(|(name, _)| *name == exception.id || *name == exception.name)
            {
                passes = passes.or(condition.as_ref().map_or(Truth::True, |condition| self.condition(at, condition)));
            }
            all = all.and((!self.clause(at, &gate.clause)).or(passes));
        }
        for (_, truth) in holding.iter().filter(|(require, _)| !require.overcome_by.contains(&exception.name)) {
            all = all.and(!*truth);
        }
        all
    }

    fn reviewed(&self, require: &Require, policy: ReviewPolicy) -> Truth {
        let (mut any, mut earlier) = (Truth::False, Truth::False);
        let reviews: Vec<(&Version, &Review)> = self.each(|version| &version.rules.reviews);
        for (version, review) in reviews.into_iter().filter(|(_, review)| review.of.contains(&require.id)) {
            let written = self.clause(version, &review.clause);
            let applies = if review.otherwise { written.and(!earlier) } else { written };
            if review.policy == Some(policy) {
                any = any.or(applies);
            }
            earlier = earlier.or(written);
        }
        any
    }

    fn clause(&self, version: &'a Version, clause: &Clause) -> Truth {
        self.condition(version, &clause.when)
    }

    fn condition(&self, version: &'a Version, condition: &Condition) -> Truth {
        self.expr(version, &condition.expr)
    }

    fn expr(&self, version: &'a Version, expr: &Expr) -> Truth {
        match expr {
            Expr::Const(value) => Truth::from(*value),
            Expr::Not(inner) => !self.expr(version, inner),
            Expr::And(parts) => parts.iter().fold(Truth::True, |all, part| all.and(self.expr(version, part))),
            Expr::Or(parts) => parts.iter().fold(Truth::False, |any, part| any.or(self.expr(version, part))),
            Expr::Name(name) => match fact_named(&name.text) {
                Some(fact) => self.facts.get(fact).map_or(Truth::Unknown, |value| Truth::from(value == 1)),
                None => self.named(&name.text),
            },
            Expr::In { left, set } => match set {
                Set::Group(group) => self.in_group(&left.text, &group.text),
                Set::Words(words) => {
                    words.iter().fold(Truth::False, |any, (word, _)| any.or(self.word_is(&left.text, word)))
                }
            },
            Expr::Compare { left, op, right } => self.compare(version, left, *op, right),
        }
    }

    fn named(&self, name: &str) -> Truth {
        let known = self.names.borrow().get(name).copied();
        known.unwrap_or_else(|| {
            let truth = self.read_named(name);
            self.names.borrow_mut().insert(name.to_owned(), truth);
            truth
        })
    }

    fn read_named(&self, name: &str) -> Truth {
        for version in &self.versions {
            if let Some(define) = version.rules.defines.iter().find(|define| define.name == name) {
                return self.clause(version, &define.clause);
            }
            let account =
                version.rules.allocations.iter().find(|allocate| format!("within_{}", allocate.account) == name);
            if let Some(allocate) = account {
                return self.within(version, allocate);
            }
        }
        Truth::False
    }

    fn within(&self, version: &'a Version, allocate: &Allocate) -> Truth {
        let Some(fact) = fact_named(&allocate.fact) else { return Truth::False };
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
        let Some(value) = fact_named(fact).and_then(|fact| self.facts.get(fact)) else { return Truth::Unknown };
        let Some(country) = u8::try_from(value).ok().and_then(Country::from_index) else { return Truth::False };
        let holds = |reading| self.members.contains(self.policy, self.date, group, reading, country);
        let mut taken = self.policy.readings.keys().filter(|reading| self.facts.get(**reading) == Some(1));
        Truth::from(holds(None) || taken.any(|reading| holds(Some(*reading))))
    }

    fn word_is(&self, fact: &str, word: &str) -> Truth {
        let Some(fact) = fact_named(fact) else { return Truth::False };
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
        let is_fact = |side: &Operand| matches!(side, Operand::Name(name) if fact_named(&name.text).is_some());
        let (fact, op, other) = if is_fact(left) { (left, op, right) } else { (right, op.flipped(), left) };
        let Operand::Name(name) = fact else { return Truth::False };
        let Some(fact) = fact_named(&name.text) else { return Truth::False };
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
fn first(list: Vec<(Truth, Plain)>) -> Plain {
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
