//! Findings as drivers in Python write them: a line of JSON each.

use std::collections::BTreeMap;

use serde_json::Value;
use tollgate_model::Date;

use super::{Finding, bounded_llr};

/// A finding as a driver writes it, at most as heavy as `caps` lets its typology be; `Err` says what is wrong with it. NULL is empty text, an empty list, or 0, as
/// with the engine in the process.
pub(super) fn read_finding(value: &Value, caps: &BTreeMap<&str, f64>) -> Result<Finding, String> {
    let cell = |key: &str| value.get(key).ok_or_else(|| format!("a finding has no `{key}`"));
    let wrong_type = |key: &str, expected: &str| format!("`{key}` of a finding is no {expected}");
    let text = |key: &str| match cell(key)? {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text.clone()),
        _ => Err(wrong_type(key, "text")),
    };
    let texts = |key: &str| {
        let list = match cell(key)? {
            Value::Null => return Ok(Vec::new()),
            Value::Array(list) => list,
            _ => return Err(wrong_type(key, "array of text")),
        };
        let mut texts = Vec::with_capacity(list.len());
        for item in list.iter().filter(|item| !item.is_null()) {
            texts.push(item.as_str().ok_or_else(|| wrong_type(key, "array of text"))?.to_owned());
        }
        texts.sort();
        texts.dedup();
        Ok(texts)
    };
    let whole = |key: &str| match cell(key)? {
        Value::Null => Ok(0),
        number => number.as_i64().ok_or_else(|| wrong_type(key, "whole number")),
    };
    let day = |key: &str| {
        let number = whole(key)?;
        let day = i32::try_from(number).ok().and_then(Date::from_epoch_days);
        day.ok_or_else(|| format!("`{key}` of a finding: there is no day {number}"))
    };
    let pattern = text("pattern")?;
    let cap = *caps.get(pattern.as_str()).ok_or_else(|| format!("there is no typology `{pattern}`"))?;
    // What is no finite number cannot be written as JSON, and counts nothing.
    let llr = match cell("llr")? {
        Value::Null => 0.0,
        number => number.as_f64().ok_or_else(|| wrong_type("llr", "number"))?,
    };
    Ok(Finding {
        key: text("key")?,
        subjects: texts("subjects")?,
        orders: texts("orders")?,
        tpp: whole("tpp")?.max(0),
        first: day("first_day")?,
        last: day("last_day")?,
        llr: bounded_llr(llr, cap),
        why: text("why")?,
        facts: texts("facts")?,
        pattern,
    })
}
