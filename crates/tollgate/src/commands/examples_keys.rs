//! What may stand in the blocks of a worked example: another key, or a value of another kind, is a mistake and never passed over.

use tollgate_model::Decimal;
use toml::de::{DeTable, DeValue};

/// What the value of a key must be.
#[derive(Clone, Copy)]
enum Value {
    /// A text, or a day.
    Text,
    /// A number, or one as a text.
    Number,
    /// `true` or `false`.
    Truth,
    /// A list of texts.
    Texts,
    /// The name of an item, or its facts.
    Item,
    /// The facts of a party.
    Party,
    /// Numbers by any name.
    Numbers,
    /// A list of sites with what stands there.
    Fleet,
}

type Keys = &'static [(&'static str, Value)];

const FACTS: Keys = &[
    ("policy", Value::Text),
    ("date", Value::Text),
    ("activity", Value::Text),
    ("item", Value::Item),
    ("quantity", Value::Number),
    ("origin", Value::Text),
    ("destination", Value::Text),
    ("via", Value::Text),
    ("end_use", Value::Text),
    ("authorization", Value::Text),
    ("lpp_operator", Value::Text),
    ("accounts", Value::Numbers),
    ("fleet", Value::Fleet),
    ("exporter", Value::Party),
    ("purchaser", Value::Party),
    ("intermediate_consignee", Value::Party),
    ("ultimate_consignee", Value::Party),
    ("end_user", Value::Party),
    ("freight_forwarder", Value::Party),
];
const PARTY: Keys = &[
    ("name", Value::Text),
    ("country", Value::Text),
    ("hq_country", Value::Text),
    ("address", Value::Text),
    ("city", Value::Text),
    ("business", Value::Text),
    ("flags", Value::Texts),
    ("parent", Value::Party),
];
const ITEM: Keys = &[
    ("vendor", Value::Text),
    ("designer_hq", Value::Text),
    ("kind", Value::Text),
    ("host_eccn", Value::Text),
    ("eccn", Value::Text),
    ("tpp", Value::Number),
    ("die_area_mm2", Value::Number),
    ("performance_density", Value::Number),
    ("data_center", Value::Truth),
    ("memory_bandwidth_gb_s", Value::Number),
    ("interconnect_gb_s", Value::Number),
    ("accelerators", Value::Number),
    ("accelerator", Value::Text),
    ("training_operations", Value::Number),
    ("open_weights", Value::Truth),
    ("derived_from_published", Value::Truth),
    ("base_operations", Value::Number),
    ("additional_operations", Value::Number),
    ("synthetic_percent", Value::Number),
    ("synthetic_operations", Value::Number),
    ("below_published_frontier", Value::Truth),
    ("advanced_node", Value::Truth),
    ("transistors_bn", Value::Number),
];
const SITE: Keys =
    &[("owner", Value::Text), ("country", Value::Text), ("item", Value::Text), ("quantity", Value::Number)];
const DECISION: Keys = &[
    ("eccn", Value::Text),
    ("tpp", Value::Number),
    ("outcome", Value::Text),
    ("authorization", Value::Text),
    ("review_policy", Value::Text),
    ("claimed_ok", Value::Truth),
    ("missing", Value::Texts),
    ("strictest", Value::Text),
    ("mildest", Value::Text),
    ("readings", Value::Texts),
    ("obligations", Value::Texts),
    ("unsure", Value::Truth),
    ("red_flags", Value::Texts),
    ("remarks", Value::Texts),
    ("decisive", Value::Texts),
    ("not", Value::Texts),
];

/// What is wrong in a `facts` block.
pub(super) fn check_facts(table: &DeTable<'_>) -> Result<(), String> {
    check("facts", table, FACTS)
}

/// What is wrong in a `decision` block.
pub(super) fn check_decision(table: &DeTable<'_>) -> Result<(), String> {
    check("decision", table, DECISION)
}

fn check(place: &str, table: &DeTable<'_>, keys: Keys) -> Result<(), String> {
    for (key, value) in table {
        let key = key.get_ref().as_ref();
        let Some((_, kind)) = keys.iter().find(|(known, _)| *known == key) else {
            return Err(format!("{place}: unknown key `{key}`"));
        };
        check_value(&format!("{place}: `{key}`"), value.get_ref(), *kind)?;
    }
    Ok(())
}

fn check_value(place: &str, value: &DeValue<'_>, kind: Value) -> Result<(), String> {
    let (fits, wanted) = match (kind, value) {
        (Value::Item, DeValue::Table(item)) => return check(place, item, ITEM),
        (Value::Party, DeValue::Table(party)) => return check(place, party, PARTY),
        (Value::Numbers, DeValue::Table(numbers)) => {
            return numbers.iter().try_for_each(|(key, number)| {
                check_value(&format!("{place}: `{}`", key.get_ref()), number.get_ref(), Value::Number)
            });
        }
        (Value::Fleet, DeValue::Array(rows)) => {
            return rows.iter().try_for_each(|row| match row.get_ref() {
                DeValue::Table(row) => check(place, row, SITE),
                _ => Err(format!("{place} has a row that is no table")),
            });
        }
        (Value::Text, _) => (matches!(value, DeValue::String(_) | DeValue::Datetime(_)), "a text"),
        (Value::Item, _) => (matches!(value, DeValue::String(_)), "a text or a table"),
        (Value::Truth, _) => (matches!(value, DeValue::Boolean(_)), "true or false"),
        (Value::Number, _) => (number_of(value).is_some(), "a number"),
        (Value::Texts, DeValue::Array(all)) => {
            (all.iter().all(|one| matches!(one.get_ref(), DeValue::String(_))), "a list of texts")
        }
        (Value::Texts, _) => (false, "a list of texts"),
        (Value::Party | Value::Numbers, _) => (false, "a table"),
        (Value::Fleet, _) => (false, "a list of tables"),
    };
    if fits { Ok(()) } else { Err(format!("{place} is not {wanted}")) }
}

/// The number that a value is, as a number or as a text; `None` where it is none.
pub(super) fn number_of(value: &DeValue<'_>) -> Option<Decimal> {
    match value {
        DeValue::Integer(number) => number.as_str().replace('_', "").parse().ok(),
        DeValue::Float(number) => number.as_str().replace('_', "").parse().ok(),
        DeValue::String(text) => text.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(check: fn(&DeTable<'_>) -> Result<(), String>, text: &str) -> Option<String> {
        check(DeTable::parse(text).unwrap().get_ref()).err()
    }

    #[test]
    fn nothing_in_the_facts_is_passed_over() {
        for (text, what) in [
            ("fleet = 3", "facts: `fleet` is not a list of tables"),
            ("fleet = [3]", "facts: `fleet` has a row that is no table"),
            ("fleet = [{ ownr = 'a' }]", "facts: `fleet`: unknown key `ownr`"),
            ("fleet = [{ quantity = 'many' }]", "facts: `fleet`: `quantity` is not a number"),
            ("quantity = 'many'", "facts: `quantity` is not a number"),
            ("item = { tpp = true }", "facts: `item`: `tpp` is not a number"),
            ("item = { tppp = 1 }", "facts: `item`: unknown key `tppp`"),
            ("item = { data_center = 'yes' }", "facts: `item`: `data_center` is not true or false"),
            ("end_user = 'somebody'", "facts: `end_user` is not a table"),
            ("end_user = { flags = 'military' }", "facts: `end_user`: `flags` is not a list of texts"),
            ("end_user = { parent = { hq = 'CN' } }", "facts: `end_user`: `parent`: unknown key `hq`"),
            ("accounts = 7", "facts: `accounts` is not a table"),
            ("accounts = { lpp = 'x' }", "facts: `accounts`: `lpp` is not a number"),
            ("activity = 3", "facts: `activity` is not a text"),
        ] {
            assert_eq!(wrong(check_facts, text).as_deref(), Some(what), "{text}");
        }
        assert_eq!(
            wrong(
                check_facts,
                "date = 2025-06-01\nfleet = [{ owner = 'a', country = 'SG', item = 'H100', quantity = 3 }]"
            ),
            None
        );
    }

    #[test]
    fn nothing_in_the_decision_is_passed_over() {
        for (text, what) in [
            ("remarks = 'a'", "decision: `remarks` is not a list of texts"),
            ("remarks = ['a', 3]", "decision: `remarks` is not a list of texts"),
            ("missing = 'end_use'", "decision: `missing` is not a list of texts"),
            ("claimed_ok = 'true'", "decision: `claimed_ok` is not true or false"),
            ("outcome = true", "decision: `outcome` is not a text"),
            ("tpp = 'x'", "decision: `tpp` is not a number"),
            ("outcom = 'x'", "decision: unknown key `outcom`"),
        ] {
            assert_eq!(wrong(check_decision, text).as_deref(), Some(what), "{text}");
        }
    }
}
