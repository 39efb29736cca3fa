//! Why a line is decided as it is, in one sentence.

use tollgate_decide::{Decided, Tables, failed_claim, roles};
use tollgate_model::{OrderLine, Outcome, Truth};

/// No reason and no citation: no step of the argument carries the decision.
fn nothing() -> (String, String) {
    (String::new(), String::new())
}

/// Why a line is decided as it is, and the paragraph that says it.
pub(super) fn reason_of(order: &OrderLine<'_>, decided: &Decided<'_>, tables: &Tables) -> (String, String) {
    let list = usize::from(decided.determination().label.outcome == Outcome::NeedsInformation);
    let (why, cite) = reason(order, decided, list);
    (likely_match(order, decided, tables).filter(|_| list == 1).unwrap_or(why), cite)
}

/// Where the flags of a party would settle the outcome: whom it may be.
pub(super) fn likely_match(order: &OrderLine<'_>, decided: &Decided<'_>, tables: &Tables) -> Option<String> {
    if !decided.missing.iter().any(|column| column == "flags") {
        return None;
    }
    roles(order).find_map(|(role, party)| {
        let hits = tables.hits(party);
        let hit = hits.iter().filter(|hit| hit.effect.flag().is_some()).find(|hit| hit.stands(order.date))?;
        let role = role.replace('_', " ");
        Some(format!(
            "the {role} {party} may be {} ({}, entry {}): confirm it with a flag or clear it",
            hit.name, hit.list, hit.entry
        ))
    })
}

/// The reason that stands in a row: of the requirement, of what is lacking, of the claim, or of the reading. Where a claim was made and fails, that is
/// why a line may not go, and not the requirement that holds for everybody.
pub(super) fn reason(order: &OrderLine<'_>, decided: &Decided<'_>, list: usize) -> (String, String) {
    let is_claimed = list == 2 || (list == 0 && decided.determination().label.outcome == Outcome::LicenseRequired);
    let (why, cite) = reason_by_law(decided, if is_claimed && decided.claimed_ok == Some(false) { 2 } else { list });
    match failed_claim(order, decided).filter(|_| is_claimed) {
        Some(failed) => (failed, cite),
        None => (why, cite),
    }
}

/// The reason as the law's files word it.
fn reason_by_law(decided: &Decided<'_>, list: usize) -> (String, String) {
    let steps = decided.steps();
    let holds = |lit| decided.judged.scratch.truth(lit) == Truth::True;
    let review = decided.determination().label.review;
    let required = || decided.program.requirements.iter().filter(|rule| holds(rule.step.when));
    // The requirement whose review policy it is that the application would meet carries the decision.
    let carrying = required()
        .find(|rule| rule.reviews.iter().any(|rule_review| rule_review.policy == review && holds(rule_review.when)));
    let requirement = carrying.or(required().next());
    let open = decided.determination().label.unmodeled.and_then(|at| decided.program.unmodeled.get(usize::from(at)));
    match (list, open) {
        (1, Some(rule)) => (rule.step.rule.to_string(), rule.step.cite.to_string()),
        (1, None) if !decided.missing.is_empty() => (format!("lacks {}", decided.missing.join(", ")), String::new()),
        (2, _) => {
            let claimed = decided
                .program
                .exceptions
                .iter()
                .filter(|exception| decided.judged.scratch.truth(exception.claimed) == Truth::True);
            let failed = claimed
                .flat_map(|exception| &exception.steps)
                .find(|step| decided.judged.scratch.truth(step.when) != Truth::True);
            let step = failed.or(requirement.map(|rule| &rule.step));
            step.map_or(("the claimed authorization is not in force".to_owned(), String::new()), |step| {
                (step.rule.to_string(), step.cite.to_string())
            })
        }
        (3, _) => {
            let turn = decided.readings().next();
            turn.map_or_else(nothing, |turn| {
                (format!("{} Otherwise: {}.", turn.taken, turn.otherwise), turn.name.to_string())
            })
        }
        _ if decided.determination().label.outcome == Outcome::NoLicenseRequired => {
            ("none of the requirements that are modeled applies".to_owned(), String::new())
        }
        _ => {
            let step = requirement.map(|rule| &rule.step).or(steps.last().map(|step| step.step));
            step.map_or_else(nothing, |step| (step.rule.to_string(), step.cite.to_string()))
        }
    }
}
