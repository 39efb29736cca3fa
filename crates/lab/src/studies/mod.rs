//! The named studies: each a scenario, a run, and a report that says what drives it.

mod advantage;
mod agreements;
mod compare;
mod delay;
mod enforcement;
mod figures;
mod tenfold;
mod threshold;

use crate::figure::Study;
use crate::model::parameters::{Parameter, at};
use crate::model::{Output, Prepared};
use crate::rules::{LawFacts, LawOracle, RuleTable};
use crate::run::{NoResults, Options, Results, run};
use crate::scenario::{Arm, Scenario, StudyKind};

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

/// A scenario with its arms ready.
pub(crate) struct Ready<'a> {
    pub(crate) scenario: &'a Scenario,
    pub(crate) prepared: Vec<Prepared>,
    pub(crate) options: &'a Options<'a>,
    pub(crate) policies: &'a dyn Policies,
    /// What the law came to under each arm.
    laws: Vec<RuleTable>,
}

impl<'a> Ready<'a> {
    fn new(
        scenario: &'a Scenario,
        policies: &'a dyn Policies,
        options: &'a Options<'a>,
    ) -> Result<Ready<'a>, LabError> {
        let laws = scenario.arms.iter().map(|arm| ask(arm, scenario, policies)).collect::<Result<Vec<_>, _>>()?;
        let arms = scenario.arms.iter().zip(&laws).map(|(arm, rules)| Prepared::new(arm, rules, scenario));
        Ok(Ready { scenario, prepared: arms.collect(), options, policies, laws })
    }

    pub(crate) fn run(&self, watched: &[Output]) -> Result<Results, LabError> {
        run(self.scenario, &self.prepared, watched, self.options).map_err(|none| match none {
            NoResults::Stopped => LabError::Stopped,
            NoResults::Unphysical(what) => LabError::Unphysical(what),
        })
    }

    /// The names of the arms.
    pub(crate) fn names(&self) -> Vec<String> {
        self.prepared.iter().map(|prepared| prepared.arm.name.clone()).collect()
    }
}

pub(crate) fn prepare(arm: &Arm, scenario: &Scenario, policies: &dyn Policies) -> Result<Prepared, LabError> {
    Ok(Prepared::new(arm, &ask(arm, scenario, policies)?, scenario))
}

fn ask(arm: &Arm, scenario: &Scenario, policies: &dyn Policies) -> Result<RuleTable, LabError> {
    let compliance = policies.facts()?.compliance;
    let mut oracle = policies.oracle(arm)?;
    Ok(RuleTable::ask(oracle.as_mut(), arm, &scenario.demand, compliance))
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
        study.data.push(("law".to_owned(), law_rows(ready)));
    }
    study.name.clone_from(&scenario.title);
    study.question.clone_from(&scenario.question);
    study.made_from = policies.made_from();
    study.made_from.push(("draws".to_owned(), scenario.draws.to_string()));
    study.made_from.push(("seed".to_owned(), scenario.seed.to_string()));
    Ok(study)
}

/// H100 a consignee and year that go without a license in the most generous country of tier 2 on the last day of a scenario's first arm; no more than what
/// a shell can place where there is no limit.
pub fn license_free_limit(scenario: &Scenario, policies: &dyn Policies) -> Result<f64, LabError> {
    let Some(arm) = scenario.arms.first() else {
        return Err(LabError::Scenario("give an arm with a policy".to_owned()));
    };
    let rules = ask(arm, scenario, policies)?;
    let outside = rules.by_country.iter().zip(&scenario.demand).filter(|(_, part)| part.tier == 2);
    let limits = outside.filter_map(|(laws, _)| laws.get(8)).map(|law| law.free);
    let reach = at(&scenario.point(0.5), Parameter::ShellReach);
    Ok(limits.fold(0.0, f64::max).min(reach))
}

/// What the law came to under each arm, for each country and quarter.
fn law_rows(ready: &Ready<'_>) -> Vec<Vec<String>> {
    let header = ["arm", "country", "tier", "share", "quarter", "free", "cap", "grant", "validated", "lesser"];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    for (arm, rules) in ready.scenario.arms.iter().zip(&ready.laws) {
        for (part, laws) in ready.scenario.demand.iter().zip(&rules.by_country) {
            for (quarter, law) in laws.iter().enumerate() {
                let start = [arm.name.clone(), part.country.to_string(), part.tier.to_string(), part.share.to_string()];
                let limits =
                    [quarter.to_string(), law.free.to_string(), law.cap.to_string(), law.grant.word().to_owned()];
                let rest = [law.validated.to_string(), law.lesser.to_string()];
                rows.push(start.into_iter().chain(limits).chain(rest).collect());
            }
        }
    }
    rows
}
