//! The law that comes with the program: it loads, every epoch compiles, and each fact pattern has one outcome.

use tollgate_engine::symbolic;
use tollgate_law::Law;

#[test]
fn every_policy_compiles_and_has_exactly_one_outcome_on_every_day() {
    let law = Law::embedded().unwrap_or_else(|errors| panic!("{errors}"));
    for name in law.policy_names() {
        let policy = law.policy(name).unwrap_or_else(|errors| panic!("{errors}"));
        let errors = policy.errors();
        assert!(errors.is_empty(), "{name}: {errors:#?}");
        for epoch in policy.epochs() {
            let program = policy.program(epoch);
            let defects = symbolic::check(program);
            assert!(defects.is_empty(), "{name} on {epoch}: {defects:#?}");
            println!(
                "{name} {epoch}: {} atoms {} gates ({} decide) {} rules",
                program.atom_count(),
                program.gates.len(),
                program.decision_gates,
                program.decision.len()
            );
        }
    }
}

#[test]
fn diffusion_and_the_proposal_differ_where_the_proposal_says() {
    let law = Law::embedded().unwrap();
    let (diffusion, proposal) = (law.policy("diffusion").unwrap(), law.policy("anthropic-2025").unwrap());
    let date = "2025-06-01".parse().unwrap();
    let difference = symbolic::differences(diffusion.program(date), proposal.program(date), 1);
    for (answers, regions) in &difference.by_answers {
        println!("{} -> {}: {} regions", answers.0, answers.1, regions.count);
    }
    assert!(!difference.by_answers.is_empty());
}
