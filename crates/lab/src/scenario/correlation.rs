//! Parameters that go together: each pair by the correlation of their normal scores (a Gaussian copula).

use tollgate_strict_toml::{Domain, Placed, Table};

use super::{ParameterEntry, StudyKind};
use crate::model::parameters::Parameter;

/// Two parameters that go together, by their places among all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Correlation {
    /// The one that is drawn as it is.
    pub(crate) leader: usize,
    /// The one that follows it.
    pub(crate) follower: usize,
    /// The correlation of their normal scores.
    pub(crate) coefficient: f64,
}

const COEFFICIENTS: Domain<f64> = Domain::new(-0.999, 0.999);
const EXAMPLE: &str = "of = [\"supply.flow_2025q4\", \"supply.growth\"]";

/// Reads each `[[correlation]]` of a scenario, in order.
pub(super) fn read_correlations(
    table: &Table<'_, '_>,
    kind: StudyKind,
    parameters: &[ParameterEntry],
) -> Vec<Correlation> {
    let mut all: Vec<Correlation> = Vec::new();
    for entry in table.tables("correlation") {
        let line = entry.line();
        if !kind.has_draws() {
            let mend = "take it out: this study has no draws of the aggregate model";
            entry.report("unread-key", line, "this study does not read `[[correlation]]`", mend);
        }
        let names = entry.words("of");
        let coefficient = entry.floating_point("coefficient", &COEFFICIENTS);
        if !entry.has("coefficient") {
            entry.report("missing-key", line, "a correlation has no coefficient", "add `coefficient = 0.5`");
        }
        let _documentary = entry.required_text("source", "\"judgement\"");
        let pair: Option<Vec<usize>> = names.iter().map(|name| place_of(&entry, name, parameters)).collect();
        if names.len() != 2 {
            let mend = format!("write the one that is drawn first and the one that follows it: `{EXAMPLE}`");
            entry.report("wrong-type", line, "a correlation is not of two parameters", mend);
        }
        entry.finish();
        let (Some([leader, follower]), Some(coefficient)) = (pair.as_deref(), coefficient) else { continue };
        let (leader, follower) = (*leader, *follower);
        let is_taken = |other: &Correlation| other.follower == follower || other.leader == follower;
        if leader == follower || all.iter().any(is_taken) {
            let what = "the second of the two parameters is drawn already";
            let mend = "let it follow one parameter alone, and lead others only in what is written after that";
            table.report("wrong-order", line, what, mend);
        }
        all.push(Correlation { leader, follower, coefficient: coefficient.value });
    }
    all
}

/// The place of a parameter that varies; reported where there is none of this name.
fn place_of(entry: &Table<'_, '_>, name: &Placed<String>, parameters: &[ParameterEntry]) -> Option<usize> {
    let place = Parameter::ALL.iter().position(|parameter| parameter.name() == name.value);
    let varies = |place: &usize| parameters.get(*place).is_some_and(|entry| entry.distribution.varies());
    let varying = place.filter(varies);
    if varying.is_none() {
        let what = match place {
            Some(_) => format!("`{}` has one value, and goes with nothing", name.value),
            None => format!("the model has no parameter `{}`", name.value),
        };
        let mend = "name parameters of the model that have a distribution";
        entry.report("unknown-word", name.line, what, mend);
    }
    varying
}
