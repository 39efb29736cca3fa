//! An arm made ready to be run: what the law comes to in each step, grouped so that a draw does little.

use super::parameters::Parameter;
use super::smuggler::MOST_GROUNDS;
use crate::rules::{CountryRule, Grant, Ratios, RuleTable};
use crate::scenario::{Arm, Demand, ModelConstants, Scenario};
use crate::timeline::Timeline;

/// A limit, how licenses are reviewed, and who goes without one. Countries of one class are alike but for their size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Class {
    /// H100 a consignee and year that go without a license.
    pub(super) free: f64,
    pub(super) grant: Grant,
    /// Whether universal, and whether national validated end-users go without one.
    pub(super) validated: bool,
    pub(super) national: bool,
    /// Whether chips that are not made for data centers do.
    pub(super) consumer: bool,
    /// Whether lesser chips do.
    pub(super) lesser: bool,
    /// Whether a government agreement holds there.
    pub(super) agreement: bool,
}

/// A country with honest demand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Place {
    /// Its share of its group's demand.
    pub(super) share: f64,
    /// Whether its demand is in the second group of the scenario's table, not in the first. The law says what tier it is in.
    pub(super) second: bool,
}

/// What the law comes to for a country in a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct PlaceLaw {
    /// The place of its class among all.
    pub(super) class: usize,
    /// H100 that licenses may grant in all, and that one national validated end-user may have.
    pub(super) cap: f64,
    pub(super) national: f64,
}

/// Countries alike for a smuggler: of one class and one group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct GroundLaw {
    pub(super) class: usize,
    pub(super) second: bool,
    /// Their share of the group's demand.
    pub(super) share: f64,
}

/// What the law comes to in a step.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct StepLaw {
    /// In the order of [`Prepared::abroad`], and of [`Prepared::third`].
    pub(super) abroad: Vec<PlaceLaw>,
    pub(super) third: Vec<PlaceLaw>,
    pub(super) grounds: Vec<GroundLaw>,
    pub(super) ratios: Ratios,
    /// The share of the second group whose factories get chips without a license.
    pub(super) factories: f64,
    /// The share of the step in which the makers of lesser chips have not yet been told to ask for licenses.
    pub(super) before_letters: f64,
}

/// An arm, ready to be run.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    pub(crate) arm: Arm,
    pub(super) constants: ModelConstants,
    pub(super) timeline: Timeline,
    /// Countries with honest demand outside tier 3, in the order of the demand.
    pub(super) abroad: Vec<Place>,
    /// Shares of tier 3's demand.
    pub(super) third: Vec<f64>,
    /// By step: as the law is read strictly, and mildly where that differs.
    pub(super) strict: Vec<StepLaw>,
    pub(super) mild: Option<Vec<StepLaw>>,
    /// Parameters that hold for this arm alone: place and value.
    pub(super) set: Vec<(usize, f64)>,
    /// What the law can come to.
    pub(super) classes: Vec<Class>,
}

impl Prepared {
    /// An arm of a scenario, ready to be run under what the law comes to, read strictly and mildly; rules are in the order of the scenario's demand.
    pub(crate) fn new(
        arm: &Arm,
        timeline: Timeline,
        strict: &RuleTable,
        mild: &RuleTable,
        scenario: &Scenario,
    ) -> Prepared {
        let demand = scenario.demand.as_slice();
        let abroad = demand.iter().filter(|part| part.tier < 3);
        let mut prepared = Prepared {
            arm: arm.clone(),
            constants: scenario.constants.clone(),
            timeline,
            abroad: abroad.map(|part| Place { share: part.share, second: part.tier == 2 }).collect(),
            third: demand.iter().filter(|part| part.tier == 3).map(|part| part.share).collect(),
            strict: Vec::new(),
            mild: None,
            set: Vec::new(),
            classes: Vec::new(),
        };
        for (name, value) in &arm.set {
            let place = Parameter::ALL.iter().position(|parameter| parameter.name() == *name);
            prepared.set.extend(place.map(|place| (place, *value)));
        }
        prepared.strict = prepared.laws(strict, demand);
        let mild = prepared.laws(mild, demand);
        if mild != prepared.strict {
            prepared.mild = Some(mild);
        }
        prepared
    }

    /// The same for its first years alone.
    pub(crate) fn first_years(&self, years: usize) -> Prepared {
        let mut short = self.clone();
        short.timeline.steps.retain(|step| step.quarter < 4 * years);
        short
    }

    /// How many years it has.
    pub(super) fn years(&self) -> usize {
        self.timeline.steps.last().map_or(0, |step| step.quarter / 4 + 1)
    }

    /// Makes every step of it come to what cannot be.
    #[cfg(test)]
    pub(crate) fn spoil(&mut self) {
        self.constants.interest_a_year = f64::NAN;
    }

    fn laws(&mut self, rules: &RuleTable, demand: &[Demand]) -> Vec<StepLaw> {
        let steps = self.timeline.steps.clone();
        let mut laws = Vec::new();
        for (number, step) in steps.iter().enumerate() {
            let mut law = StepLaw {
                abroad: Vec::new(),
                third: Vec::new(),
                grounds: Vec::new(),
                ratios: rules.ratios.get(number).copied().unwrap_or(Ratios { outside: 1.0, country: 1.0, abroad: 1.0 }),
                factories: 0.0,
                before_letters: step.share_before(self.constants.lesser_until_year),
            };
            for (part, rules) in demand.iter().zip(&rules.by_country) {
                let Some(rule) = rules.get(number) else { continue };
                let agreement = step.agreements && self.arm.agreements.contains(&part.country);
                let place = PlaceLaw { class: self.class(rule, agreement), cap: rule.cap, national: rule.national };
                if part.tier == 3 {
                    law.third.push(place);
                    continue;
                }
                law.abroad.push(place);
                add_ground(
                    &mut law.grounds,
                    GroundLaw { class: place.class, second: part.tier == 2, share: part.share },
                );
                if part.tier == 2 && rule.factory {
                    law.factories += part.share;
                }
            }
            laws.push(law);
        }
        laws
    }

    fn class(&mut self, rule: &CountryRule, agreement: bool) -> usize {
        let class = Class {
            free: rule.free,
            grant: rule.grant,
            validated: rule.validated,
            national: rule.national > 0.0,
            consumer: rule.consumer,
            lesser: rule.lesser,
            agreement,
        };
        self.classes.iter().position(|known| *known == class).unwrap_or_else(|| {
            self.classes.push(class);
            self.classes.len() - 1
        })
    }
}

/// Adds a country to those that are alike; beyond the most that are told apart it counts to the last of them.
fn add_ground(grounds: &mut Vec<GroundLaw>, ground: GroundLaw) {
    let alike = grounds.iter().position(|known| known.class == ground.class && known.second == ground.second);
    let full = (grounds.len() >= MOST_GROUNDS).then(|| grounds.len() - 1);
    match alike.or(full).and_then(|place| grounds.get_mut(place)) {
        Some(known) => known.share += ground.share,
        None => grounds.push(ground),
    }
}
