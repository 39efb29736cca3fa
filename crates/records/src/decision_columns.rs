//! The columns of decisions, in one list: CSV, Parquet, the table in `docs/decision-record.md` and the types in `docs/decision.schema.json` follow from it.

use std::borrow::Cow;
use std::fmt::Write as _;

use arrow_schema::DataType;
use tollgate_model::Date;

use crate::record::DecisionRecord;

/// The JSON schema of a decision: the text of `docs/decision.schema.json`.
pub const DECISION_SCHEMA: &str = include_str!("../../../docs/decision.schema.json");

/// What the cells of a column of decisions hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecisionCellKind {
    /// A text that few lines share.
    Name,
    /// A text that many lines share.
    Word,
    /// A whole number.
    Whole,
    /// A day.
    Day,
    /// True or false.
    Truth,
    /// Texts; in a cell with `;` between.
    Words,
    /// Objects of which a cell has the names, with `;` between.
    Objects,
}

/// The cell of a decision in a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecisionCell<'a> {
    /// Nothing.
    Empty,
    /// A text, or texts with `;` between.
    Text(Cow<'a, str>),
    /// A whole number.
    Whole(i64),
    /// A day.
    Day(Date),
    /// True or false.
    Truth(bool),
}

/// A column of decisions.
pub struct DecisionColumn {
    /// Its name in every form.
    pub name: &'static str,
    /// What its cells hold.
    pub kind: DecisionCellKind,
    /// Whether a decision may have nothing in it.
    pub may_be_empty: bool,
    /// What a cell says, as the schema and the documentation have it.
    pub meaning: &'static str,
    /// Makes a decision's cell.
    pub cell: for<'a> fn(&'a DecisionRecord) -> DecisionCell<'a>,
}

const fn filled(
    name: &'static str,
    kind: DecisionCellKind,
    meaning: &'static str,
    cell: for<'a> fn(&'a DecisionRecord) -> DecisionCell<'a>,
) -> DecisionColumn {
    DecisionColumn { name, kind, may_be_empty: false, meaning, cell }
}

const fn sparse(
    name: &'static str,
    kind: DecisionCellKind,
    meaning: &'static str,
    cell: for<'a> fn(&'a DecisionRecord) -> DecisionCell<'a>,
) -> DecisionColumn {
    DecisionColumn { name, kind, may_be_empty: true, meaning, cell }
}

use DecisionCellKind::{Day, Name, Objects, Truth, Whole, Word, Words};

/// The columns of decisions in CSV and Parquet, in their order.
pub const DECISION_COLUMNS: &[DecisionColumn] = &[
    filled("order_id", Name, "The transaction.", |record| text(&record.order_id)),
    filled("line", Whole, "The item line.", |record| DecisionCell::Whole(record.line)),
    filled("date", Day, "The order's day.", |record| DecisionCell::Day(record.date)),
    filled("policy", Word, "The policy's name.", |record| text(&record.policy)),
    sparse("eccn", Word, "The ECCN; null where the facts do not settle it.", |record| text_or_none(&record.eccn)),
    sparse("tpp", Whole, "TPP of the whole line, rounded up; null where unknown.", |record| {
        record.tpp.map_or(DecisionCell::Empty, DecisionCell::Whole)
    }),
    filled("outcome", Word, "What may be done.", |record| text(record.outcome.as_str())),
    sparse("authorization", Word, "The exception's short name, where the outcome is one.", |record| {
        text_or_none(&record.authorization)
    }),
    sparse("review_policy", Word, "How an application is reviewed, where a license is required.", |record| {
        record.review_policy.map_or(DecisionCell::Empty, |review| text(review.as_str()))
    }),
    sparse("missing", Words, "The columns that the outcome turns on; empty unless it is open.", |record| {
        joined(record.missing.iter().map(String::as_str))
    }),
    sparse(
        "claimed_ok",
        Truth,
        "Whether the claimed authorization holds; null where none was claimed, or where that is open.",
        |record| record.claimed_ok.map_or(DecisionCell::Empty, DecisionCell::Truth),
    ),
    filled("strictest", Word, "The strictest outcome that the unknown facts leave possible.", |record| {
        text(record.strictest.as_str())
    }),
    filled("mildest", Word, "The mildest outcome that the unknown facts leave possible.", |record| {
        text(record.mildest.as_str())
    }),
    sparse("readings", Objects, "Readings of ambiguous texts that the decision turns on.", |record| {
        joined(record.readings.iter().map(|effect| &*effect.reading))
    }),
    filled("certificate", Name, "From what the decision can be derived again: decision-record.md.", |record| {
        text(&record.certificate)
    }),
];

fn text(value: &str) -> DecisionCell<'_> {
    DecisionCell::Text(Cow::Borrowed(value))
}

fn text_or_none(value: &Option<String>) -> DecisionCell<'_> {
    value.as_deref().map_or(DecisionCell::Empty, text)
}

/// Texts with `;` between.
fn joined<'a>(mut texts: impl Iterator<Item = &'a str>) -> DecisionCell<'a> {
    let Some(first) = texts.next() else { return DecisionCell::Empty };
    let rest = texts.fold(None::<String>, |all, next| {
        let mut all = all.unwrap_or_else(|| first.to_owned());
        all.push(';');
        all.push_str(next);
        Some(all)
    });
    DecisionCell::Text(rest.map_or(Cow::Borrowed(first), Cow::Owned))
}

impl DecisionCell<'_> {
    /// Its text in CSV; nothing where it is empty.
    pub fn csv(&self) -> Cow<'_, str> {
        match self {
            DecisionCell::Empty => Cow::Borrowed(""),
            DecisionCell::Text(text) => Cow::Borrowed(text),
            DecisionCell::Whole(number) => Cow::Owned(number.to_string()),
            DecisionCell::Day(day) => Cow::Owned(day.to_string()),
            DecisionCell::Truth(truth) => Cow::Borrowed(if *truth { "true" } else { "false" }),
        }
    }
}

impl DecisionCellKind {
    /// The type of the column in Parquet.
    pub fn arrow(self) -> DataType {
        match self {
            Name => DataType::Utf8,
            Word | Words | Objects => DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
            Whole => DataType::Int64,
            Day => DataType::Date32,
            Truth => DataType::Boolean,
        }
    }

    /// The type of the member in JSON, by the name that JSON schema has for it.
    pub fn json(self) -> &'static str {
        match self {
            Name | Word | Day => "string",
            Whole => "integer",
            Truth => "boolean",
            Words | Objects => "array",
        }
    }

    /// What stands in JSON and in a cell, in words.
    fn words(self) -> [&'static str; 3] {
        match self {
            Name => ["string", "text", "string"],
            Word => ["string", "text", "dictionary of strings"],
            Whole => ["integer", "whole number", "int64"],
            Day => ["string, `YYYY-MM-DD`", "`YYYY-MM-DD`", "date32"],
            Truth => ["boolean", "`true` or `false`", "boolean"],
            Words => ["array of strings", "texts with `;` between", "the same, dictionary of strings"],
            Objects => ["array of objects", "their names with `;` between", "the same, dictionary of strings"],
        }
    }
}

/// The table of the columns in Markdown, as `docs/decision-record.md` has it.
pub fn decision_columns_markdown() -> String {
    let mut table =
        "| column | JSON | CSV | Parquet | may be empty | meaning |\n|---|---|---|---|---|---|\n".to_owned();
    for DecisionColumn { name, kind, may_be_empty, meaning, .. } in DECISION_COLUMNS {
        let [json, csv, parquet] = kind.words();
        let empty = if *may_be_empty { "yes" } else { "" };
        let _ = writeln!(table, "| `{name}` | {json} | {csv} | {parquet} | {empty} | {meaning} |");
    }
    table
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn the_documentation_has_the_table_of_the_list() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/decision-record.md");
        let page = std::fs::read_to_string(path).unwrap();
        let table = decision_columns_markdown();
        assert!(page.contains(&format!("\n\n{table}\n")), "docs/decision-record.md should hold:\n{table}");
        assert_eq!(page.matches("\n| `order_id` |").count(), 1);
    }

    #[test]
    fn the_schema_has_the_types_and_meanings_of_the_list() {
        let schema: Value = serde_json::from_str(DECISION_SCHEMA).unwrap();
        for column in DECISION_COLUMNS {
            let member = &schema["properties"][column.name];
            assert_eq!(member["description"], column.meaning, "{}", column.name);
            let is_array = column.kind.json() == "array";
            let kinds = match column.may_be_empty && !is_array {
                true => json!([column.kind.json(), "null"]),
                false => json!(column.kind.json()),
            };
            assert_eq!(member["type"], kinds, "{}", column.name);
            assert_eq!(member["format"] == "date", column.kind == Day, "{}", column.name);
            let elements = match column.kind {
                Words => json!("string"),
                Objects => json!("object"),
                _ => Value::Null,
            };
            assert_eq!(member["items"]["type"], elements, "{}", column.name);
            assert!(schema["required"].as_array().unwrap().contains(&json!(column.name)), "{}", column.name);
        }
    }

    #[test]
    fn the_schema_names_every_word() {
        use tollgate_model::{Outcome, ReviewPolicy};
        let schema: Value = serde_json::from_str(DECISION_SCHEMA).unwrap();
        let outcomes: Vec<&str> = Outcome::ALL.iter().map(|outcome| outcome.as_str()).collect();
        for name in ["outcome", "strictest", "mildest"] {
            assert_eq!(schema["properties"][name]["enum"], json!(outcomes), "{name}");
        }
        let mut reviews: Vec<Value> = ReviewPolicy::ALL.iter().map(|review| json!(review.as_str())).collect();
        reviews.push(Value::Null);
        assert_eq!(schema["properties"]["review_policy"]["enum"], json!(reviews));
    }

    #[test]
    fn texts_are_joined() {
        assert_eq!(joined([].into_iter()), DecisionCell::Empty);
        assert_eq!(joined(["a"].into_iter()), text("a"));
        assert_eq!(joined(["a", "b", "c"].into_iter()), text("a;b;c"));
    }
}
