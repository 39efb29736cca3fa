//! The named studies: each a scenario, a run, and a report that says what drives it.

mod advantage;
mod agreements;
mod calibration;
mod compare;
mod delay;
mod enforcement;
mod figures;
mod open;
mod ranks;
mod tenfold;
mod threshold;

use std::cell::RefCell;

use crate::figure::{OpenResults, OutcomeRow, Study};
use crate::history::{Draws, History};
use crate::model::parameters::{Parameter, at};
use crate::model::{Output, Prepared};
use crate::rules::{LawFacts, LawOracle, Oracles, Reading, RuleTable};
use crate::run::{NoResults, Options, Results, run};
use crate::scenario::{Arm, Scenario, StudyKind};
use crate::timeline::{QUARTERS, Timeline};

/// Why a study has no result.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    /// A policy cannot be used.
    #[error("{0}")]
    Policy(String),
    /// It was stopped.
    #[error("stopped")]
    Stopped,
    /// The scenario does not fit the study.
    #[error("{0}")]
    Scenario(String),
    /// A draw came to what cannot be: the text names the draw, the output, the parameter that is furthest out, and the mend.
    #[error("{0}")]
    Unphysical(String),
    /// An analysis cannot be made.
    #[error(transparent)]
    Sensitivity(#[from] crate::sensitivity::SensitivityError),
    /// A game cannot be solved.
    #[error(transparent)]
    Game(#[from] crate::game::GameError),
}

/// Where policies come from.
pub trait Policies {
    /// What the law and its catalog say that the lab reckons with. Fails where the law does not have it.
    fn facts(&self) -> Result<LawFacts, LabError>;
    /// Who decides under an arm's policy, its amendments included.
    fn oracle(&self, arm: &Arm) -> Result<Box<dyn LawOracle + '_>, LabError>;
    /// What results are made from: names and digests of the law and the program.
    fn made_from(&self) -> Vec<(String, String)>;
}

/// The policy that is the law as it was applied.
const APPLIED: &str = "ear";

/// A scenario with its arms ready.
pub(crate) struct Ready<'a> {
    pub(crate) scenario: &'a Scenario,
    pub(crate) prepared: Vec<Prepared>,
    pub(crate) options: &'a Options<'a>,
    pub(crate) policies: &'a dyn Policies,
    /// What the law came to under each arm.
    laws: Vec<ArmLaw>,
    /// What draws are held to; none where the scenario wants them as they are.
    pub(crate) history: Option<History>,
    /// What its draws came to, once it was run.
    outcomes: RefCell<Vec<OutcomeRow>>,
}

/// What the law came to under an arm, as it is read strictly and mildly.
pub(crate) struct ArmLaw {
    timeline: Timeline,
    strict: RuleTable,
    mild: RuleTable,
}

impl ArmLaw {
    fn prepare(&self, arm: &Arm, scenario: &Scenario) -> Prepared {
        Prepared::new(arm, self.timeline.clone(), &self.strict, &self.mild, scenario)
    }
}

impl<'a> Ready<'a> {
    fn new(
        scenario: &'a Scenario,
        policies: &'a dyn Policies,
        options: &'a Options<'a>,
    ) -> Result<Ready<'a>, LabError> {
        let laws = scenario.arms.iter().map(|arm| ask(arm, scenario, policies)).collect::<Result<Vec<_>, _>>()?;
        let arms = scenario.arms.iter().zip(&laws).map(|(arm, law)| law.prepare(arm, scenario));
        let prepared = arms.collect();
        let history = if scenario.calibrate {
            let applied = Arm::plain(APPLIED.to_owned());
            Some(History::new(ask(&applied, scenario, policies)?.prepare(&applied, scenario), scenario))
        } else {
            None
        };
        Ok(Ready { scenario, prepared, options, policies, laws, history, outcomes: RefCell::default() })
    }

    pub(crate) fn run(&self, watched: &[Output]) -> Result<Results, LabError> {
        let draws = Draws::new(self.scenario, self.history.as_ref());
        let results = run(self.scenario, &draws, &self.prepared, watched, self.options).map_err(|none| match none {
            NoResults::Stopped => LabError::Stopped,
            NoResults::Unphysical(what) => LabError::Unphysical(what),
        })?;
        self.outcomes.replace(open::outcomes(&self.names(), &results));
        Ok(results)
    }

    /// The names of the arms.
    pub(crate) fn names(&self) -> Vec<String> {
        self.prepared.iter().map(|prepared| prepared.arm.name.clone()).collect()
    }
}

fn ask(arm: &Arm, scenario: &Scenario, policies: &dyn Policies) -> Result<ArmLaw, LabError> {
    let compliance = policies.facts()?.compliance;
    let timeline = Timeline::of(arm, compliance);
    let before = policies.oracle(&Arm::plain(arm.before.clone()))?;
    let mut oracles = Oracles { before, rule: policies.oracle(arm)? };
    let mut table =
        |reading: Reading| RuleTable::ask(&mut oracles, arm, &scenario.demand, &timeline, compliance, reading);
    let (strict, mild) = (table(Reading::Strict), table(Reading::Mild));
    Ok(ArmLaw { timeline, strict, mild })
}

/// Carries a study out.
pub fn study(scenario: &Scenario, policies: &dyn Policies, options: &Options<'_>) -> Result<Study, LabError> {
    let ready = if scenario.kind == StudyKind::Tenfold { None } else { Some(Ready::new(scenario, policies, options)?) };
    let mut study = match (scenario.kind, &ready) {
        (StudyKind::Threshold, Some(ready)) => threshold::study(ready)?,
        (StudyKind::Agreements, Some(ready)) => agreements::study(ready)?,
        (StudyKind::Enforcement, Some(ready)) => enforcement::study(ready)?,
        (StudyKind::Delay, Some(ready)) => delay::study(ready)?,
        (StudyKind::Compare, Some(ready)) => compare::study(ready)?,
        (StudyKind::Advantage, Some(ready)) => advantage::study(ready)?,
        (StudyKind::Tenfold, _) => tenfold::study(scenario, options)?,
        _ => return Err(LabError::Scenario("a world is written out, not studied".to_owned())),
    };
    if let Some(ready) = &ready {
        calibration::add(ready, &mut study)?;
        study.data.push(("law".to_owned(), law_rows(ready)));
        let outcomes = ready.outcomes.take();
        study.data.push(("outcomes".to_owned(), open::outcome_table(&outcomes)));
        study.open = OpenResults { outcomes, draws: open::kept_draws(ready), ..OpenResults::default() };
    }
    study.open.scenario = Some(open::record(scenario));
    study.name.clone_from(&scenario.title);
    study.question.clone_from(&scenario.question);
    study.made_from = policies.made_from();
    study.made_from.push(("draws".to_owned(), scenario.draws.to_string()));
    study.made_from.push(("seed".to_owned(), scenario.seed.to_string()));
    Ok(study)
}

/// H100 a consignee and year that go without a license in the most generous country of tier 2 in the first quarter of 2027 under a scenario's first arm; no
/// more than what a shell can place where there is no limit.
pub fn license_free_limit(scenario: &Scenario, policies: &dyn Policies) -> Result<f64, LabError> {
    let Some(arm) = scenario.arms.first() else {
        return Err(LabError::Scenario("give an arm with a policy".to_owned()));
    };
    let law = ask(arm, scenario, policies)?;
    let first_of_2027 = law.timeline.steps.iter().position(|step| step.quarter == QUARTERS / 3);
    let outside = law.strict.by_country.iter().zip(&scenario.demand).filter(|(_, part)| part.tier == 2);
    let limits = outside.filter_map(|(laws, _)| laws.get(first_of_2027?)).map(|law| law.free);
    let reach = at(&scenario.point(0.5), Parameter::ShellReach);
    Ok(limits.fold(0.0, f64::max).min(reach))
}

/// What the law came to under each arm, for each country and step; both readings where they differ.
fn law_rows(ready: &Ready<'_>) -> Vec<Vec<String>> {
    let header = [
        "arm",
        "country",
        "tier",
        "share",
        "quarter",
        "from",
        "reading",
        "free",
        "cap",
        "grant",
        "validated",
        "national",
        "lesser",
        "consumer",
        "factory",
    ];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    for (arm, law) in ready.scenario.arms.iter().zip(&ready.laws) {
        let tables = law.strict.by_country.iter().zip(&law.mild.by_country);
        for (part, (strict, mild)) in ready.scenario.demand.iter().zip(tables) {
            for (step, (strict, mild)) in law.timeline.steps.iter().zip(strict.iter().zip(mild)) {
                let readings =
                    if strict == mild { vec![("settled", strict)] } else { vec![("strict", strict), ("mild", mild)] };
                for (reading, law) in readings {
                    let start =
                        [arm.name.clone(), part.country.to_string(), part.tier.to_string(), part.share.to_string()];
                    let when = [step.quarter.to_string(), step.from().to_string(), reading.to_owned()];
                    let limits = [law.free.to_string(), law.cap.to_string(), law.grant.word().to_owned()];
                    let rest = [
                        law.validated.to_string(),
                        law.national.to_string(),
                        law.lesser.to_string(),
                        law.consumer.to_string(),
                        law.factory.to_string(),
                    ];
                    rows.push(start.into_iter().chain(when).chain(limits).chain(rest).collect());
                }
            }
        }
    }
    rows
}
