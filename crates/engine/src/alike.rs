//! Whether several lines come to the same by every rule.

use tollgate_law::facts::Facts;
use tollgate_law::program::{Lit, ObligationRule, Program, Step};
use tollgate_model::Truth;

use crate::scalar::Scratch;

/// Whether a program comes to the same for each of some lines: every rule of it is as true of one as of the others, and stays so whatever becomes
/// known of the facts that all of them leave open.
pub fn are_alike(program: &Program, lines: &[Facts]) -> bool {
    let truths: Vec<Vec<Truth>> = lines.iter().map(|facts| node_truths(program, facts)).collect();
    let Some((first, others)) = truths.split_first() else { return true };
    let atoms = 1 + program.atom_count();
    let mut differs: Vec<bool> = Vec::with_capacity(first.len());
    for (node, truth) in first.iter().enumerate() {
        let other = others.iter().any(|truths| truths.get(node) != Some(truth));
        // What is open for all may be settled one way for one line and another way for the next, if it reads a node on which they differ. What holds
        // for all, or for none, is settled.
        let reads = || {
            let gate = node.checked_sub(atoms).and_then(|at| program.gates.get(at));
            gate.is_none_or(|(a, b)| [a, b].into_iter().any(|lit| differs.get(lit.node()) != Some(&false)))
        };
        let open = node >= atoms && *truth == Truth::Unknown && reads();
        differs.push(other || open);
    }
    rules(program).all(|lit| differs.get(lit.node()) == Some(&false))
}

/// The truth of each node.
fn node_truths(program: &Program, facts: &Facts) -> Vec<Truth> {
    let mut scratch = Scratch::default();
    scratch.start(program, facts);
    scratch.finish(program);
    (0..).step_by(2).map(|literal| scratch.truth(Lit(literal))).take(program.node_count()).collect()
}

/// The condition of every rule; a definition is none, and counts by the rules that use it.
fn rules(program: &Program) -> impl Iterator<Item = Lit> {
    fn steps<'a>(steps: impl IntoIterator<Item = &'a Step>) -> impl Iterator<Item = Lit> {
        steps.into_iter().map(|step| step.when)
    }
    fn obligations(rules: &[ObligationRule]) -> impl Iterator<Item = Lit> {
        rules.iter().map(|rule| rule.when)
    }
    let classifications = steps(program.classifications.iter().map(|rule| &rule.step));
    let requirements = program.requirements.iter().flat_map(|rule| {
        let reviews = rule
            .reviews
            .iter()
            .flat_map(|review| [review.step.when, review.when].into_iter().chain(obligations(&review.obligations)));
        std::iter::once(rule.step.when).chain(reviews)
    });
    let exceptions = program.exceptions.iter().flat_map(|rule| {
        steps(&rule.steps).chain([rule.available, rule.claimed]).chain(obligations(&rule.obligations))
    });
    let accounts = program
        .accounts
        .iter()
        .flat_map(|rule| std::iter::once(rule.step.when).chain(rule.limits.iter().map(|(when, _)| *when)));
    let rest = steps(program.findings.iter().chain(&program.unmodeled).map(|rule| &rule.step))
        .chain(program.duties.iter().map(|rule| rule.obligation.when))
        .chain(program.decision.iter().map(|rule| rule.when))
        .chain([program.any_requirement]);
    steps(&program.outsides).chain(classifications).chain(requirements).chain(exceptions).chain(accounts).chain(rest)
}
