//! A decision as it is recorded: the same in `decisions.jsonl`, over HTTP, in the audit log and on pages.
//!
//! `docs/decision.schema.json` is its JSON schema. CSV and Parquet have the columns of [`crate::DECISION_COLUMNS`].

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::de::{self, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use tollgate_model::{Date, Decimal, Outcome, ReviewPolicy, Truth};

/// A text that many records share.
pub type Text = Arc<str>;

/// A decision on one order line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DecisionRecord {
    /// The transaction.
    pub order_id: String,
    /// The item line.
    pub line: i64,
    /// The order's day.
    pub date: Date,
    /// The policy's name.
    pub policy: String,
    /// The ECCN; `None` where the facts do not settle it.
    pub eccn: Option<String>,
    /// What may be done.
    pub outcome: Outcome,
    /// The exception's short name, where the outcome is one.
    pub authorization: Option<String>,
    /// The review policy, where a license is required.
    pub review_policy: Option<ReviewPolicy>,
    /// The strictest outcome that the unknown facts leave possible.
    pub strictest: Outcome,
    /// The mildest.
    pub mildest: Outcome,
    /// From what the decision can be derived again: see `docs/decision-record.md`.
    pub certificate: String,
    /// TPP of the whole line, rounded up; `None` where unknown.
    pub tpp: Option<i64>,
    /// The columns that the outcome turns on; empty unless it is open.
    pub missing: Vec<String>,
    /// Whether the claimed authorization holds; `None` where none was claimed, or where that is open.
    pub claimed_ok: Option<bool>,
    /// The item as the order names it.
    #[serde(default)]
    pub item: String,
    /// Units.
    #[serde(default)]
    pub quantity: i64,
    /// The country of ultimate destination.
    #[serde(default)]
    pub destination: String,
    /// The parties to the order, by role.
    #[serde(default)]
    pub parties: BTreeMap<Cow<'static, str>, String>,
    /// The decision in one sentence that a shipping clerk understands; empty in records of earlier versions.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub summary: String,
    /// What is to be done next, by whom and by when; empty in records of earlier versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub next: Vec<NextStep>,
    /// What must be done to use the authorization, or in applying for the license.
    pub obligations: Vec<Obligation>,
    /// The argument, step by step.
    pub trace: Vec<Step>,
    /// The readings of ambiguous texts that the decision turns on.
    #[serde(default)]
    pub readings: Vec<ReadingEffect>,
    /// What is unsure in the law that carries the decision.
    #[serde(default)]
    pub unsure: Vec<UnsurePoint>,
    /// Red flags that the facts show; they never decide.
    #[serde(default)]
    pub red_flags: Vec<RedFlag>,
    /// What was taken as given, a sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<Text>,
    /// What the stakes say of the parties under the 50 percent rule.
    #[serde(default)]
    pub ownership: Vec<OwnershipFinding>,
    /// List matches of the parties.
    #[serde(default)]
    pub hits: Vec<Hit>,
    /// What lists and owners say of the parties, a sentence each.
    #[serde(default)]
    pub screening: Vec<String>,
}

/// A step of the argument.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The citation with its paragraph.
    pub cite: Text,
    /// The rule in a sentence.
    pub rule: Text,
    /// Whether it holds.
    pub result: Truth,
    /// The facts that it reads.
    pub facts: NamedFacts,
}

/// Facts by name, in the order in which a rule reads them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NamedFacts(pub Vec<(Cow<'static, str>, FactValue)>);

/// The value of a fact.
#[derive(Clone, Debug, PartialEq)]
pub enum FactValue {
    /// It is not known.
    Unknown,
    /// Yes or no.
    Bool(bool),
    /// A number in thousandths; JSON has it as a decimal number.
    Thousandths(i64),
    /// A word, a country, a fraction.
    Text(Cow<'static, str>),
}

/// Something to be done next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NextStep {
    /// What to do, in a sentence.
    pub what: String,
    /// Who does it, or whom to ask.
    pub who: String,
    /// By when, and what happens to the goods meanwhile.
    pub by: String,
}

/// Something that must be done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Obligation {
    /// The citation with its paragraph.
    pub cite: Text,
    /// What must be done.
    pub text: Text,
    /// By when.
    pub deadline: Text,
}

/// What a decision would come to under the other reading of an ambiguous text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReadingEffect {
    /// The reading's name.
    pub reading: Text,
    /// How the text was read.
    pub taken: Text,
    /// What the other reading comes to.
    pub otherwise: Text,
}

/// Something unsure in the law.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnsurePoint {
    /// The provision.
    pub cite: Text,
    /// What is unsure.
    pub note: Text,
}

/// A red flag that the facts show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RedFlag {
    /// The citation with its paragraph.
    pub cite: Text,
    /// The flag in a sentence.
    pub flag: Text,
}

/// What the stakes say of a party.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OwnershipFinding {
    /// The party's id.
    pub party: String,
    /// Its role in the order.
    pub role: Cow<'static, str>,
    /// `listed`, `owned`, `significant_minority`, `unknown` or `clear`.
    pub standing: Cow<'static, str>,
    /// The same in a sentence.
    pub what: String,
    /// The stakes that say so: owner, owned, percent.
    pub proof: Vec<(String, String, String)>,
}

/// A match of a party with a list entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hit {
    /// The list, by its short name.
    pub list: String,
    /// The list's own id of the entry.
    pub entry: String,
    /// The entry's name that matched.
    pub name: String,
    /// Basis points.
    pub score: u32,
    /// Whether the party is taken for the listed one.
    pub taken_for_listed: bool,
    /// What matched: a name, an address, a register number.
    pub basis: Cow<'static, str>,
    /// The party's id.
    pub party: String,
    /// Its role in the order.
    pub role: Cow<'static, str>,
    /// Whether somebody found that it is another one, and that holds on the order's day.
    pub cleared: bool,
}

impl Serialize for FactValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            FactValue::Unknown => serializer.serialize_none(),
            FactValue::Bool(value) => serializer.serialize_bool(*value),
            FactValue::Thousandths(value) if value % 1_000 == 0 => serializer.serialize_i64(value / 1_000),
            FactValue::Thousandths(value) => {
                let sign = if *value < 0 { "-" } else { "" };
                let (whole, rest) = (value.unsigned_abs() / 1_000, value.unsigned_abs() % 1_000);
                let text = format!("{sign}{whole}.{rest:03}");
                let number = RawValue::from_string(text.trim_end_matches('0').to_owned());
                number.map_err(serde::ser::Error::custom)?.serialize(serializer)
            }
            FactValue::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for FactValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<FactValue, D::Error> {
        let wrong = || de::Error::custom("a fact is null, true, false, a number or a text");
        match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::Null => Ok(FactValue::Unknown),
            serde_json::Value::Bool(value) => Ok(FactValue::Bool(value)),
            serde_json::Value::String(text) => Ok(FactValue::Text(Cow::Owned(text))),
            serde_json::Value::Number(number) => {
                let number: Option<Decimal> = number.to_string().parse().ok();
                number.and_then(Decimal::thousandths).map(FactValue::Thousandths).ok_or_else(wrong)
            }
            _ => Err(wrong()),
        }
    }
}

impl Serialize for NamedFacts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

struct FactsVisitor;

impl<'de> Visitor<'de> for FactsVisitor {
    type Value = NamedFacts;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("facts by name")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<NamedFacts, A::Error> {
        let mut facts = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, FactValue>()? {
            facts.push((Cow::Owned(name), value));
        }
        Ok(NamedFacts(facts))
    }
}

impl<'de> Deserialize<'de> for NamedFacts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<NamedFacts, D::Error> {
        deserializer.deserialize_map(FactsVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_exact_numbers_in_json_and_come_back_as_they_were() {
        let facts = NamedFacts(vec![
            ("item.tpp".into(), FactValue::Thousandths(15_824_000)),
            ("item.performance_density".into(), FactValue::Text("791/40".into())),
            ("line.price".into(), FactValue::Thousandths(-5_920)),
            ("consignee.hq".into(), FactValue::Text("none".into())),
            ("military".into(), FactValue::Bool(false)),
            ("end_use".into(), FactValue::Unknown),
        ]);
        let text = serde_json::to_string(&facts).unwrap();
        assert_eq!(
            text,
            r#"{"item.tpp":15824,"item.performance_density":"791/40","line.price":-5.92,"consignee.hq":"none","military":false,"end_use":null}"#
        );
        assert_eq!(serde_json::from_str::<NamedFacts>(&text).unwrap(), facts);
    }
}
