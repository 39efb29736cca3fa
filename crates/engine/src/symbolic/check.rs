//! Proves of a program that each pattern of facts has exactly one outcome, or gives facts that show where it has none or two.

use tollgate_law::facts::Facts;
use tollgate_law::program::{Label, Program, RequirementRule};

use super::diagram::{Diagrams, FALSE, NodeId, TRUE};
use super::space::Space;

/// Something that a policy leaves open, or says twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defect {
    /// What it is.
    pub what: String,
    /// Where it stands.
    pub cite: String,
    /// Facts that show it.
    pub witness: Facts,
}

/// Proves that a program gives each pattern of facts exactly one outcome: no license requirement without a
/// review policy, no two review policies or ECCNs for the same facts, no fall through the decision list.
pub fn check(program: &Program) -> Vec<Defect> {
    let space = Space::of(&[program]);
    let mut diagrams = Diagrams::new(&space);
    let nodes = diagrams.nodes_of(program);
    let mut defects = Vec::new();
    for requirement in &program.requirements {
        reviews(requirement, program, &nodes, &mut diagrams, &mut defects);
    }
    for (at, first) in program.classifications.iter().enumerate() {
        for second in program.classifications.iter().skip(at + 1).filter(|second| second.eccn != first.eccn) {
            let (a, b) = (diagrams.literal(&nodes, first.step.when), diagrams.literal(&nodes, second.step.when));
            let both = diagrams.and(a, b);
            let what = format!("overlap: the same item is both {} and {}", first.eccn, second.eccn);
            report(what, &second.step.cite, both, program, &diagrams, &mut defects);
        }
    }
    let mut reached = FALSE;
    for rule in program.decision.iter().rev().skip(1) {
        let condition = diagrams.literal(&nodes, rule.when);
        reached = diagrams.if_then_else(condition, TRUE, reached);
    }
    let fallen = diagrams.not(reached);
    report("gap: no rule of the decision applies".to_owned(), "", fallen, program, &diagrams, &mut defects);
    defects
}

/// Facts on which a program decides with a label, if there are any.
pub fn facts_where(program: &Program, label: Label) -> Option<Facts> {
    let space = Space::of(&[program]);
    let mut diagrams = Diagrams::new(&space);
    let root = diagrams.decision_of(program, &mut |place| {
        NodeId::from(program.decision.get(place).is_some_and(|rule| rule.label == label))
    });
    let path = diagrams.path(root, |node| node == TRUE)?;
    Some(space.facts(program, &path))
}

fn reviews(
    requirement: &RequirementRule,
    program: &Program,
    nodes: &[NodeId],
    diagrams: &mut Diagrams<'_>,
    defects: &mut Vec<Defect>,
) {
    let applies = diagrams.literal(nodes, requirement.step.when);
    let mut open = applies;
    for (at, review) in requirement.reviews.iter().enumerate() {
        let when = diagrams.literal(nodes, review.when);
        for other in requirement.reviews.iter().skip(at + 1).filter(|other| other.policy != review.policy) {
            let other_when = diagrams.literal(nodes, other.when);
            let both = diagrams.and(when, other_when);
            let both = diagrams.and(applies, both);
            let what = format!("overlap: {} has two review policies for the same facts", requirement.id);
            report(what, &other.step.cite, both, program, diagrams, defects);
        }
        let not = diagrams.not(when);
        open = diagrams.and(open, not);
    }
    let what = format!("gap: {} has no review policy for some facts", requirement.id);
    report(what, &requirement.step.cite, open, program, diagrams, defects);
}

fn report(
    what: String,
    cite: &str,
    where_true: NodeId,
    program: &Program,
    diagrams: &Diagrams<'_>,
    defects: &mut Vec<Defect>,
) {
    if let Some(path) = diagrams.path(where_true, |node| node == TRUE) {
        let witness = diagrams.space.facts(program, &path);
        defects.push(Defect { what, cite: cite.to_owned(), witness });
    }
}
