//! What a decision would come to otherwise: under the other reading of a text, or by another figure of the item.

use std::sync::Arc;

use tollgate_engine::Determination;
use tollgate_law::Policy;
use tollgate_law::program::{Label, Program};

use super::facts::LineFacts;

/// What a decision would come to under the other reading.
#[derive(Clone, Debug)]
pub struct ReadingEffect {
    /// The reading's name.
    pub name: Arc<str>,
    /// How the text was read.
    pub taken: Arc<str>,
    /// What the decision would come to under the other reading.
    pub otherwise: Arc<str>,
}

/// What the decision would come to under the other reading of each text that it turns on.
pub(crate) fn reading_effects(policy: &Policy, program: &Program, determination: &Determination) -> Vec<ReadingEffect> {
    let mut turns = Vec::new();
    for turn in &determination.readings {
        let Some(reading) = policy.law.readings.iter().find(|reading| reading.fact == turn.reading) else { continue };
        let taken = if turn.taken { &reading.if_true } else { &reading.if_false };
        turns.push(ReadingEffect {
            name: Arc::from(reading.name.as_str()),
            taken: Arc::from(taken.as_str()),
            otherwise: Arc::from(label_text(program, turn.otherwise)),
        });
    }
    turns
}

/// What the other value comes to, if that is something else.
pub(crate) fn disputed(program: &Program, line: &LineFacts, taken: Label, otherwise: Label) -> Option<ReadingEffect> {
    let dispute = line.item.chip.as_ref().unwrap_or(&line.item.item).dispute.as_deref().unwrap_or("");
    (otherwise != taken).then(|| ReadingEffect {
        name: Arc::from(format!("disputed_tpp:{dispute}")),
        taken: Arc::from("The catalog's TPP."),
        otherwise: Arc::from(label_text(program, otherwise)),
    })
}

/// A label as a person reads it.
pub fn label_text(program: &Program, label: Label) -> String {
    tollgate_engine::symbolic::Answer::of(program, label).to_string()
}
