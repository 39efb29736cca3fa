//! What people did about a case, as its notes in the log say.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tollgate_ledger::Ledger;

use super::super::super::orders::unavailable;
use super::super::super::problem::Problem;
use super::super::moment;
use tollgate_ledger::AnyLog;

/// Steps of one case that are read, at the most.
const MOST: usize = 1_000;

/// What somebody did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Act {
    Assign,
    Comment,
    /// Proposes a disposition.
    Dispose,
    /// A second person agrees with it.
    Confirm,
    /// A second person does not.
    Reopen,
}

/// What a case came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Disposition {
    /// Evasion.
    True,
    /// Nothing wrong.
    False,
    Unclear,
}

/// The data of a record of kind `case`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Step {
    pub(super) case: String,
    pub(super) act: Act,
    /// Who it is assigned to, what is said, or why.
    pub(super) text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) disposition: Option<Disposition>,
}

/// How a case stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Standing {
    pub(super) steps: usize,
    pub(super) assigned: Option<String>,
    /// Who proposed what, where it waits for a second person.
    pub(super) proposed: Option<(String, Disposition)>,
    pub(super) closed: Option<Disposition>,
    /// Each step, for people.
    pub(super) log: Vec<Value>,
}

impl Standing {
    pub(super) fn state(&self) -> &'static str {
        match (&self.closed, &self.proposed) {
            (Some(_), _) => "closed",
            (None, Some(_)) => "proposed",
            (None, None) => "open",
        }
    }

    fn take(&mut self, by: &str, at: i64, step: Step) {
        self.steps += 1;
        let at = moment(at);
        self.log
            .push(json!({ "at": at, "by": by, "act": step.act, "disposition": step.disposition, "text": step.text }));
        match step.act {
            Act::Assign => self.assigned = Some(step.text),
            Act::Comment => {}
            Act::Dispose => {
                self.proposed = step.disposition.map(|outcome| (by.to_owned(), outcome));
                self.closed = None;
            }
            Act::Confirm => self.closed = self.proposed.take().map(|(_, outcome)| outcome),
            Act::Reopen => (self.proposed, self.closed) = (None, None),
        }
    }
}

/// The id of a step's record: two people who act at once cannot both be the next.
pub(super) fn step_id(case: &str, step: usize) -> String {
    format!("case:{case}:{step}")
}

/// How a case stands on record.
pub(super) fn standing(ledger: &mut Ledger<AnyLog>, case: &str) -> Result<Standing, Problem> {
    let mut standing = Standing::default();
    for number in 1..=MOST {
        let id = step_id(case, number);
        if !ledger.has_note(&id) {
            break;
        }
        let Some(record) = ledger.note_record(&id).map_err(|error| unavailable(&error.to_string()))? else { break };
        let body = record.parse().map_err(|what| unavailable(&what))?;
        let step = serde_json::from_str(body.data.get()).map_err(|error| unavailable(&error.to_string()))?;
        standing.take(&body.actor, body.at_ms, step);
    }
    Ok(standing)
}
