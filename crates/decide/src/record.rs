//! A decision as it is recorded.

use std::borrow::Cow;
use std::sync::LazyLock;

use tollgate_engine::{fact_text, fact_word};
use tollgate_law::Policy;
use tollgate_law::facts::{FactId, FactKind, Facts, Unit};
use tollgate_model::{OrderLine, Tpp};
use tollgate_records::{
    DecisionRecord, FactValue, Hit, NamedFacts, Obligation, OwnershipFinding, ReadingEffect, RedFlag, Step, Text,
    UnsurePoint,
};

use super::decider::Decided;
use super::judging::{Argument, ArgumentStep};
use super::roles::roles;
use super::summary::{failed_claim, next_steps, summary};
use super::tables::Tables;
use super::wording::{describe_standing, screening_sentences};

static OWN_PARENT: LazyLock<Text> =
    LazyLock::new(|| "No parent of the ultimate consignee is known: it counts as its own ultimate parent.".into());

/// How much of a decision is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// The decision with its argument, obligations and what screening found.
    Whole,
    /// What the short columns of CSV and Parquet need.
    Columns,
}

/// The record of a decision on a line.
pub fn decision_record(
    order: &OrderLine<'_>,
    decided: &Decided<'_>,
    policy: &Policy,
    tables: &Tables,
    detail: Detail,
) -> DecisionRecord {
    let determination = decided.determination();
    let label = determination.label;
    let readings = decided.readings().map(|turn| ReadingEffect {
        reading: turn.name.clone(),
        taken: turn.taken.clone(),
        otherwise: turn.otherwise.clone(),
    });
    let mut record = DecisionRecord {
        order_id: order.order_id.to_owned(),
        line: order.line,
        date: order.date,
        policy: policy.name.clone(),
        eccn: decided.eccn().map(Cow::into_owned),
        outcome: label.outcome,
        authorization: decided.exception().map(|exception| exception.name.clone()),
        review_policy: label.review,
        strictest: determination.strictest,
        mildest: determination.mildest,
        certificate: decided.certificate(policy, order.date),
        tpp: decided.line.tpp.map(Tpp::ceil),
        missing: decided.missing.clone(),
        claimed_ok: decided.claimed_ok,
        item: String::new(),
        quantity: order.quantity,
        destination: String::new(),
        parties: Default::default(),
        summary: String::new(),
        next: Vec::new(),
        obligations: Vec::new(),
        trace: Vec::new(),
        readings: readings.collect(),
        unsure: Vec::new(),
        red_flags: Vec::new(),
        remarks: Vec::new(),
        ownership: Vec::new(),
        hits: Vec::new(),
        screening: Vec::new(),
    };
    if detail == Detail::Whole {
        argue(&mut record, order, decided);
        screen(&mut record, order, tables);
        record.summary = summary(order, decided, tables);
        record.next = next_steps(order, decided);
        record.remarks.extend(failed_claim(order, decided).map(Text::from));
        record.remarks.extend(decided.license.iter().map(|found| Text::from(found.why.as_str())));
    }
    record
}

/// Adds what goes to whom, the argument, what must be done, and what is unsure.
fn argue(record: &mut DecisionRecord, order: &OrderLine<'_>, decided: &Decided<'_>) {
    order.item.clone_into(&mut record.item);
    order.destination.code().clone_into(&mut record.destination);
    record.parties = roles(order).map(|(role, party)| (Cow::Borrowed(role), party.to_owned())).collect();
    let argument = decided.judged.derived.argument.get_or_init(|| argument(decided));
    record.trace = argument.steps.iter().map(|step| recorded_step(step, &decided.line.facts)).collect();
    let obligations = decided.obligations().map(|rule| Obligation {
        cite: rule.cite.clone(),
        text: rule.text.clone(),
        deadline: rule.deadline.clone(),
    });
    record.obligations = obligations.collect();
    record.unsure.clone_from(&argument.unsure);
    record.red_flags.clone_from(&argument.red_flags);
    for remark in &decided.line.remarks {
        record.remarks.push(Text::clone(remark));
    }
    record.remarks.extend(decided.item_findings().into_iter().map(Text::from));
    if !decided.line.consignee.has_parent {
        record.remarks.push(Text::clone(&OWN_PARENT));
    }
}

/// Adds the list matches of the parties, and what their owners make of them.
fn screen(record: &mut DecisionRecord, order: &OrderLine<'_>, tables: &Tables) {
    let screened = &tables.screened;
    if tables.are_silent() {
        return;
    }
    for (role, party) in roles(order) {
        record.hits.extend(tables.hits(party).iter().map(|hit| Hit {
            list: hit.list.clone(),
            entry: hit.entry.clone(),
            name: hit.name.clone(),
            score: hit.points,
            taken_for_listed: hit.same,
            basis: Cow::Borrowed(hit.basis.as_str()),
            party: party.to_owned(),
            role: Cow::Borrowed(role),
            cleared: !hit.stands(order.date),
        }));
        if let Some(standing) = screened.standing(party, order.date) {
            let proof = screened.proof(party, order.date).into_iter();
            record.ownership.push(OwnershipFinding {
                party: party.to_owned(),
                role: Cow::Borrowed(role),
                standing: Cow::Borrowed(standing.as_str()),
                what: describe_standing(standing),
                proof: proof.map(|(owner, owned, share)| (owner.to_owned(), owned.to_owned(), share)).collect(),
            });
        }
    }
    record.screening = screening_sentences(order, tables);
}

/// The argument of a decision, for all lines that are decided alike.
fn argument(decided: &Decided<'_>) -> Argument {
    let steps = decided.steps();
    let unsure = decided.unsure(&steps).into_iter();
    let unsure = unsure.map(|(cite, note)| UnsurePoint { cite: cite.clone(), note: note.clone() }).collect();
    let flags = decided.red_flags().map(|rule| RedFlag { cite: rule.step.cite.clone(), flag: rule.step.rule.clone() });
    let red_flags = flags.collect();
    let steps = steps.into_iter().map(|step| ArgumentStep {
        cite: step.step.cite.clone(),
        rule: step.step.rule.clone(),
        result: step.truth,
        facts: step.step.facts.clone(),
    });
    Argument { steps: steps.collect(), unsure, red_flags }
}

fn recorded_step(step: &ArgumentStep, facts: &Facts) -> Step {
    let named = step.facts.iter().map(|fact| (Cow::Borrowed(fact.def().name), fact_value(facts, *fact)));
    Step { cite: step.cite.clone(), rule: step.rule.clone(), result: step.result, facts: NamedFacts(named.collect()) }
}

fn fact_value(facts: &Facts, fact: FactId) -> FactValue {
    let Some(value) = facts.get(fact) else { return FactValue::Unknown };
    match fact.def().kind {
        FactKind::Bool | FactKind::Reading => FactValue::Bool(value == 1),
        FactKind::Int(Unit::Count) => value
            .checked_mul(1_000)
            .map_or_else(|| FactValue::Text(Cow::Owned(value.to_string())), FactValue::Thousandths),
        FactKind::Int(unit) if unit != Unit::Operations => FactValue::Thousandths(value),
        FactKind::Country | FactKind::Word(_) => match fact_word(facts, fact) {
            Some(word) => FactValue::Text(Cow::Borrowed(word)),
            None => FactValue::Unknown,
        },
        _ => fact_text(facts, fact).map_or(FactValue::Unknown, |text| FactValue::Text(Cow::Owned(text))),
    }
}
