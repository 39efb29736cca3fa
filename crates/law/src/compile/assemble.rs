//! Puts the compiled rules together: which exception is available, which review applies, what decides.

use tollgate_model::{Outcome, ReviewPolicy, Tpp};

use super::build::{Graph, Renumbering};
use super::{Compiler, Source, account_fact, version_in_force};
use crate::facts::{self, CLAIMS};
use crate::program::{
    AccountRule, ClassifyRule, DecisionRule, DutyRule, ExceptionRule, FindingRule, Label, Lit, MemberAtom,
    ObligationRule, Program, RequirementRule, ReviewRule, Step,
};
use crate::provision::{Allocate, Exception, Finding, Gate, Obligation, Require};

/// A program whose literals are still those of the growing graph.
pub(super) struct Draft {
    program: Program,
}

/// When something is no export at all, and which requirements apply all the same.
struct Excluded {
    when: Lit,
    keeps: Vec<String>,
}

struct Requirement {
    rule: RequirementRule,
    overcome_by: Vec<String>,
    absolute: bool,
}

impl Compiler<'_> {
    pub(super) fn draft(&mut self, graph: &mut Graph) -> Draft {
        let source = self.source;
        let mut program = Program {
            versions: source.in_force.iter().map(version_in_force).collect(),
            readings: source.readings.iter().map(|(fact, value)| (*fact, *value)).collect(),
            ..Program::default()
        };
        let outsides = self.outsides(&mut program, graph);
        let (mut requirements, mut gates) = (Vec::new(), Vec::new());
        for (index, in_force) in source.in_force.iter().enumerate() {
            let rules = &in_force.version.rules;
            for define in rules.defines.iter() {
                let step = self.step(index, &define.clause, graph);
                if define.shown {
                    program.definitions.push(step);
                }
            }
            for classify in &rules.classifies {
                let step = self.step(index, &classify.clause, graph);
                program.classifications.push(ClassifyRule { eccn: classify.eccn.clone(), step });
            }
            for require in &rules.requires {
                let requirement = self.requirement(index, require, &outsides, graph);
                requirements.push(requirement);
            }
            gates.extend(rules.gates.iter().map(|gate| (index, gate)));
            let anything = graph.any(outsides.iter().map(|outside| outside.when));
            program.accounts.extend(rules.allocations.iter().filter_map(|allocate| {
                let account = self.account(index, allocate, graph)?;
                Some(AccountRule { step: within(account.step, anything, graph), ..account })
            }));
            for duty in &rules.duties {
                let obligations = self.obligations(index, std::slice::from_ref(&duty.obligation), graph);
                let outcomes = || duty.outcomes.clone();
                program.duties.extend(obligations.into_iter().map(|obligation| {
                    let when = graph.and(obligation.when, !anything);
                    DutyRule { outcomes: outcomes(), obligation: ObligationRule { when, ..obligation } }
                }));
            }
            program.findings.extend(rules.findings.iter().map(|finding| self.finding(index, finding, graph)));
            program.unmodeled.extend(rules.unmodeled.iter().map(|finding| {
                let finding = self.finding(index, finding, graph);
                FindingRule { step: within(finding.step, anything, graph), ..finding }
            }));
        }
        self.reviews(&mut requirements, graph);
        self.exceptions(&gates, &requirements, &mut program, graph);
        decide(&requirements, &mut program, graph);
        program.requirements = requirements.into_iter().map(|requirement| requirement.rule).collect();
        Draft { program }
    }

    /// What is no export at all, with the requirements that each leaves standing.
    fn outsides(&mut self, program: &mut Program, graph: &mut Graph) -> Vec<Excluded> {
        let source = self.source;
        let mut excluded = Vec::new();
        for (index, in_force) in source.in_force.iter().enumerate() {
            for outside in &in_force.version.rules.outsides {
                let step = self.step(index, &outside.clause, graph);
                excluded.push(Excluded { when: step.when, keeps: outside.keeps.clone() });
                program.outsides.push(step);
            }
        }
        excluded
    }

    fn requirement(
        &mut self,
        index: usize,
        require: &Require,
        outsides: &[Excluded],
        graph: &mut Graph,
    ) -> Requirement {
        let spared = outsides.iter().filter(|outside| !outside.keeps.contains(&require.id));
        let spared = graph.any(spared.map(|outside| outside.when));
        let step = within(self.step(index, &require.clause, graph), spared, graph);
        Requirement {
            rule: RequirementRule { id: require.id.clone(), step, quiet: require.quiet, reviews: Vec::new() },
            overcome_by: require.overcome_by.clone(),
            absolute: require.absolute,
        }
    }

    fn finding(&mut self, index: usize, finding: &Finding, graph: &mut Graph) -> FindingRule {
        let step = self.step(index, &finding.clause, graph);
        FindingRule { id: finding.id.clone(), step, permits: finding.permits }
    }

    /// The rule of an account; `None`, and an error, where no fact holds it: a policy with such an account is not used.
    fn account(&mut self, index: usize, allocate: &Allocate, graph: &mut Graph) -> Option<AccountRule> {
        let limits = self.limits(index, allocate, graph);
        let Some(fact) = account_fact(allocate) else {
            let mend = "use a fact such as `account.lpp`";
            self.error_at(index, allocate.clause.when.line, format!("`{}` is not a count", allocate.fact), mend);
            return None;
        };
        Some(AccountRule {
            account: allocate.account.clone(),
            step: self.step(index, &allocate.clause, graph),
            holder: allocate.holder,
            period: allocate.period,
            counts: allocate.counts,
            fact,
            limits: limits.into_iter().map(|(when, limit)| (when, Tpp::from_thousandths(limit))).collect(),
        })
    }

    fn obligations(&mut self, index: usize, obligations: &[Obligation], graph: &mut Graph) -> Vec<ObligationRule> {
        let mut rules = Vec::new();
        for obligation in obligations {
            let when = match &obligation.when {
                Some(condition) => self.condition(index, condition, graph),
                None => Lit::TRUE,
            };
            rules.push(ObligationRule {
                cite: self.cite(index, &obligation.paragraph).into(),
                text: obligation.text.as_str().into(),
                deadline: obligation.deadline.as_str().into(),
                when,
            });
        }
        rules
    }

    fn reviews(&mut self, requirements: &mut [Requirement], graph: &mut Graph) {
        let source = self.source;
        for (index, in_force) in source.in_force.iter().enumerate() {
            for review in &in_force.version.rules.reviews {
                let step = self.step(index, &review.clause, graph);
                let obligations = self.obligations(index, &review.obligations, graph);
                for requirement in requirements.iter_mut().filter(|one| review.of.contains(&one.rule.id)) {
                    let mut when = step.when;
                    if review.otherwise {
                        let earlier = graph.any(requirement.rule.reviews.iter().map(|earlier| earlier.step.when));
                        when = graph.and(when, !earlier);
                    }
                    let (step, obligations) = (step.clone(), obligations.clone());
                    requirement.rule.reviews.push(ReviewRule { policy: review.policy, step, when, obligations });
                }
            }
        }
    }

    fn exceptions(
        &mut self,
        gates: &[(usize, &Gate)],
        requirements: &[Requirement],
        program: &mut Program,
        graph: &mut Graph,
    ) {
        let source = self.source;
        let mut ordered = Vec::new();
        for (index, in_force) in source.in_force.iter().enumerate() {
            ordered.extend(in_force.version.rules.exceptions.iter().map(|exception| (index, exception)));
        }
        ordered.sort_by(|(_, a), (_, b)| (a.preference, &a.id).cmp(&(b.preference, &b.id)));
        for (index, exception) in ordered {
            let mut steps = vec![self.step(index, &exception.clause, graph)];
            steps.extend(exception.conditions.iter().map(|condition| self.step(index, condition, graph)));
            if exception.part_740 {
                steps.extend(gates.iter().map(|(at, gate)| self.gate_step(*at, gate, exception, graph)));
            }
            let met = graph.all(steps.iter().map(|step| step.when));
            let overcomes: Vec<bool> =
                requirements.iter().map(|one| one.overcome_by.contains(&exception.name)).collect();
            let left = requirements.iter().zip(&overcomes).filter(|(_, overcome)| !**overcome);
            let blocked = graph.any(left.map(|(requirement, _)| requirement.rule.step.when));
            program.exceptions.push(ExceptionRule {
                id: exception.id.clone(),
                name: exception.name.clone(),
                steps,
                available: graph.and(met, !blocked),
                claimed: claims(&exception.name, graph),
                obligations: self.obligations(index, &exception.obligations, graph),
                posts: exception.posts.clone(),
                overcomes,
            });
        }
    }

    fn gate_step(&mut self, index: usize, gate: &Gate, exception: &Exception, graph: &mut Graph) -> Step {
        let mut step = self.step(index, &gate.clause, graph);
        let mut passes = Lit::FALSE;
        for (name, condition) in &gate.passes {
            if *name == exception.id || *name == exception.name {
                let pass = match condition {
                    Some(condition) => self.condition(index, condition, graph),
                    None => Lit::TRUE,
                };
                passes = graph.or(passes, pass);
            }
        }
        step.when = graph.or(!step.when, passes);
        step
    }
}

/// A step that holds only where something else does not.
fn within(step: Step, outside: Lit, graph: &mut Graph) -> Step {
    Step { when: graph.and(step.when, !outside), ..step }
}

fn claims(name: &str, graph: &mut Graph) -> Lit {
    match CLAIMS.iter().position(|claim| *claim == name) {
        Some(index) => graph.member(MemberAtom { fact: facts::CLAIM, set: [1 << index, 0, 0, 0] }),
        None => Lit::FALSE,
    }
}

/// The decision list: what a license is required for, strictest review first; what is not modeled; what
/// may go without a license; the claimed authorization; the preferred one.
fn decide(requirements: &[Requirement], program: &mut Program, graph: &mut Graph) {
    let any = graph.any(requirements.iter().map(|one| one.rule.step.when));
    let absolute = graph.any(requirements.iter().filter(|one| one.absolute).map(|one| one.rule.step.when));
    let available = graph.any(program.exceptions.iter().map(|exception| exception.available));
    let required = graph.and(any, !available);
    let label = |outcome| Label { outcome, exception: None, review: None, unmodeled: None };
    let mut rules = Vec::new();
    let open = |index: usize| Label { unmodeled: u8::try_from(index).ok(), ..label(Outcome::NeedsInformation) };
    let not_modeled = |permitting: bool, holds: Lit, rules: &mut Vec<DecisionRule>, graph: &mut Graph| {
        for (index, finding) in program.unmodeled.iter().enumerate() {
            if finding.permits == permitting {
                rules.push(DecisionRule { when: graph.and(holds, finding.step.when), label: open(index) });
            }
        }
    };
    let relaxable = graph.and(required, !absolute);
    not_modeled(true, relaxable, &mut rules, graph);
    for policy in ReviewPolicy::ALL.into_iter().rev() {
        let mut reviewed = Lit::FALSE;
        for requirement in requirements {
            for review in requirement.rule.reviews.iter().filter(|review| review.policy == Some(policy)) {
                let both = graph.and(requirement.rule.step.when, review.when);
                reviewed = graph.or(reviewed, both);
            }
        }
        let when = graph.and(required, reviewed);
        rules.push(DecisionRule { when, label: Label { review: Some(policy), ..label(Outcome::LicenseRequired) } });
    }
    rules.push(DecisionRule { when: required, label: label(Outcome::LicenseRequired) });
    not_modeled(false, Lit::TRUE, &mut rules, graph);
    rules.push(DecisionRule { when: !any, label: label(Outcome::NoLicenseRequired) });
    let under = |index: usize| Label { exception: u8::try_from(index).ok(), ..label(Outcome::LicenseException) };
    for (index, exception) in program.exceptions.iter().enumerate() {
        rules.push(DecisionRule { when: graph.and(exception.claimed, exception.available), label: under(index) });
    }
    for (index, exception) in program.exceptions.iter().enumerate() {
        rules.push(DecisionRule { when: exception.available, label: under(index) });
    }
    rules.push(DecisionRule { when: Lit::TRUE, label: label(Outcome::LicenseRequired) });
    rules.retain(|rule| rule.when != Lit::FALSE);
    program.decision = rules;
    program.any_requirement = any;
}

impl Draft {
    /// Renumbers every literal for the finished program.
    pub(super) fn finish(self, graph: &Graph, _source: &Source<'_>) -> Program {
        let mut program = self.program;
        let first: Vec<Lit> = program.decision.iter().map(|rule| rule.when).collect();
        let mut rest = Vec::new();
        each_literal(&mut program, &mut |lit| rest.push(*lit));
        let renumbering = graph.finish(&first, &rest, &mut program);
        for rule in &mut program.decision {
            rule.when = renumbering.get(rule.when);
        }
        each_literal(&mut program, &mut |lit| *lit = renumber(&renumbering, *lit));
        program
    }
}

fn renumber(renumbering: &Renumbering, lit: Lit) -> Lit {
    renumbering.get(lit)
}

/// Visits every literal of a program but those of the decision list and the gates.
fn each_literal(program: &mut Program, visit: &mut dyn FnMut(&mut Lit)) {
    visit(&mut program.any_requirement);
    program.definitions.iter_mut().for_each(|step| visit(&mut step.when));
    program.classifications.iter_mut().for_each(|rule| visit(&mut rule.step.when));
    program.outsides.iter_mut().for_each(|step| visit(&mut step.when));
    program.duties.iter_mut().for_each(|rule| visit(&mut rule.obligation.when));
    for requirement in &mut program.requirements {
        visit(&mut requirement.step.when);
        for review in &mut requirement.reviews {
            visit(&mut review.step.when);
            visit(&mut review.when);
            review.obligations.iter_mut().for_each(|rule| visit(&mut rule.when));
        }
    }
    for exception in &mut program.exceptions {
        exception.steps.iter_mut().for_each(|step| visit(&mut step.when));
        visit(&mut exception.available);
        visit(&mut exception.claimed);
        exception.obligations.iter_mut().for_each(|rule| visit(&mut rule.when));
    }
    for account in &mut program.accounts {
        visit(&mut account.step.when);
        account.limits.iter_mut().for_each(|(when, _)| visit(when));
    }
    program.findings.iter_mut().chain(&mut program.unmodeled).for_each(|rule| visit(&mut rule.step.when));
}
