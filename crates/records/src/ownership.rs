//! Stakes as their publishers write them: JSON, JSON lines, XML and GLEIF's golden copy in CSV.

use std::path::Path;

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Map, Value};
use tollgate_model::{Diagnostics, Stake, UniqueMembers, count_of};

use crate::mistakes::in_file;
use crate::{bods, gleif};

/// Elements within elements that GLEIF's files have at most.
const DEEPEST: usize = 20;

/// Whether a file is read by [`read_published`]: by its ending, or by the header of GLEIF's golden copy.
pub(crate) fn is_published(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
    match ending.as_ref().and_then(|ending| ending.to_str()).unwrap_or("") {
        "json" | "jsonl" | "ndjson" | "xml" => true,
        "csv" => starts_with_gleif_header(path),
        _ => false,
    }
}

fn starts_with_gleif_header(path: &Path) -> bool {
    use std::io::Read as _;
    let mut start = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(4_096).read_to_end(&mut start));
    read.is_ok()
        && String::from_utf8_lossy(&start).lines().next().is_some_and(|line| line.contains("Relationship.StartNode"))
}

/// Reads GLEIF relationship records or Open Ownership statements; the first says which.
pub(crate) fn read_published(path: &Path) -> Result<Vec<Stake>, Diagnostics> {
    let wrong = |what: String| in_file("not-statements", path, what, bods::MEND);
    let text = std::fs::read_to_string(path).map_err(|error| wrong(format!("cannot be read: {error}")))?;
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let records = match text.as_bytes().first() {
        Some(b'<') => xml_records(text),
        Some(b'{' | b'[') => json_records(text),
        Some(_) if text.lines().next().is_some_and(|line| line.contains("Relationship.StartNode")) => csv_records(text),
        _ => Err("is neither JSON nor XML nor GLEIF's golden copy in CSV".to_owned()),
    };
    let records = records.map_err(wrong)?;
    match records.first().is_some_and(|first| first.get("Relationship").is_some()) {
        true => gleif::stakes(&records, path),
        false => bods::stakes(&records, path),
    }
}

/// The elements of an array, those of an object's array, or an object a line.
fn json_records(text: &str) -> Result<Vec<Value>, String> {
    let texts = || std::iter::once(text).chain(text.lines());
    let twice =
        texts().filter_map(|text| serde_json::from_str::<UniqueMembers>(text).err()).find(serde_json::Error::is_data);
    if let Some(error) = twice {
        return Err(error.to_string());
    }
    let records = match serde_json::from_str::<Value>(text) {
        Ok(Value::Array(records)) => records,
        Ok(Value::Object(mut whole)) => {
            let known = ["relations", "records", "statements"].into_iter().find_map(|key| whole.remove(key));
            match known {
                Some(Value::Array(records)) => match more(&Value::Object(whole), records.len(), DEEPEST) {
                    Some(key) => return Err(format!("is one page of an answer: its `{key}` says that there is more")),
                    None => records,
                },
                _ if whole.contains_key("Relationship")
                    || whole.contains_key("statementType")
                    || whole.contains_key("recordType") =>
                {
                    vec![Value::Object(whole)]
                }
                _ => return Err("is no array of statements".to_owned()),
            }
        }
        Ok(_) => return Err("is no array of statements".to_owned()),
        Err(whole) => {
            let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
            let read = |(at, line): (u64, &str)| match serde_json::from_str::<Value>(line) {
                Ok(value @ Value::Object(_)) => Ok(value),
                _ if at == 1 => Err(format!("is no JSON: {whole}")),
                Ok(_) => Err(format!("line {at} is no object")),
                Err(error) => Err(format!("line {at} is no JSON: {error}")),
            };
            lines.map(read).collect::<Result<Vec<Value>, String>>()?
        }
    };
    Ok(records.into_iter().map(unwrapped).collect())
}

/// The member of an answer that says that there are more records than it holds, or names another page.
fn more(head: &Value, held: usize, deepest: usize) -> Option<String> {
    let members = head.as_object().filter(|_| deepest > 0)?;
    let says_more = |key: &str, value: &Value| {
        let plain: String = key.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_ascii_lowercase();
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let is_empty = matches!(text.trim(), "" | "null" | "false" | "{}" | "[]");
        let is_total = plain.starts_with("total") || plain == "count" || plain == "lastpage";
        let number = text.replace([',', ' '], "").trim_end_matches(".0").parse::<u64>();
        let least = if plain.ends_with("page") || plain.ends_with("pages") { 1 } else { held };
        let is_more = || number.map_or(true, |number| number > count_of(least));
        let is_next = plain.starts_with("next") || plain == "hasmore" || plain == "truncated";
        !is_empty && !value.is_object() && (is_total && is_more() || is_next)
    };
    members.iter().find_map(
        |(key, value)| {
            if says_more(key, value) { Some(key.clone()) } else { more(value, held, deepest - 1) }
        },
    )
}

/// A record without the wrappers of GLEIF's golden copy: `{"$": "x"}` is the text `x`.
fn unwrapped(value: Value) -> Value {
    match value {
        Value::Object(mut members) => {
            match (members.len(), members.remove("$"), members.remove("RelationshipRecord")) {
                (1, Some(text), _) => text,
                (1, None, Some(record)) => unwrapped(record),
                (_, text, record) => {
                    let others = [("$", text), ("RelationshipRecord", record)];
                    members.extend(others.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))));
                    Value::Object(members.into_iter().map(|(key, value)| (key, unwrapped(value))).collect())
                }
            }
        }
        Value::Array(items) => Value::Array(items.into_iter().map(unwrapped).collect()),
        other => other,
    }
}

/// GLEIF's golden copy in CSV: `Relationship.StartNode.NodeID` and the like, periods and quantifiers by number.
fn csv_records(text: &str) -> Result<Vec<Value>, String> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| error.to_string())?.clone();
    let mut records = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|error| error.to_string())?;
        let mut record = Map::new();
        for (path, cell) in header.iter().zip(&row).filter(|(_, cell)| !cell.trim().is_empty()) {
            let parts: Vec<String> = path.split('.').map(|part| part.trim().to_owned()).collect();
            put(&mut record, &parts, cell.trim());
        }
        let mut record = Value::Object(record);
        let grouped = [("Period", "RelationshipPeriods"), ("Quantifiers", "RelationshipQuantifiers")];
        if let Some(Value::Object(relationship)) = record.get_mut("Relationship") {
            for (from, to) in grouped {
                if let Some(Value::Object(numbered)) = relationship.remove(from) {
                    let items = numbered.into_iter().map(|(_, item)| capitalized(item)).collect();
                    relationship.insert(to.to_owned(), Value::Array(items));
                }
            }
        }
        records.push(record);
    }
    Ok(records)
}

/// Members in the spelling of the JSON form: `startDate` as `StartDate`.
fn capitalized(value: Value) -> Value {
    let Value::Object(members) = value else { return value };
    let renamed = members.into_iter().map(|(key, value)| {
        let key = match key.as_str() {
            "startDate" => "StartDate",
            "endDate" => "EndDate",
            "periodType" => "PeriodType",
            "quantifierAmount" => "QuantifierAmount",
            "quantifierUnits" => "QuantifierUnits",
            other => other,
        };
        (key.to_owned(), value)
    });
    Value::Object(renamed.collect())
}

fn put(record: &mut Map<String, Value>, path: &[String], cell: &str) {
    match path {
        [] => {}
        [last] => drop(record.insert(last.clone(), Value::from(cell))),
        [first, rest @ ..] => {
            let within = record.entry(first.clone()).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(within) = within {
                put(within, rest, cell);
            }
        }
    }
}

/// The relationship records of GLEIF's XML as its JSON has them.
fn xml_records(text: &str) -> Result<Vec<Value>, String> {
    let fault = |error: &dyn std::fmt::Display| format!("is XML with a fault: {error}");
    let mut reader = Reader::from_str(text);
    let mut open: Vec<(String, Map<String, Value>, String)> = Vec::new();
    let mut records = Vec::new();
    loop {
        match reader.read_event().map_err(|error| fault(&error))? {
            Event::Start(start) => {
                if open.len() > DEEPEST {
                    return Err("is XML of more depth than GLEIF's".to_owned());
                }
                let name = String::from_utf8_lossy(start.local_name().as_ref()).into_owned();
                open.push((name, Map::new(), String::new()));
            }
            Event::Text(part) => {
                let part = part.decode().map_err(|error| fault(&error))?;
                open.last_mut().into_iter().for_each(|(_, _, text)| text.push_str(&part));
            }
            Event::End(_) => {
                let Some((name, members, text)) = open.pop() else { continue };
                let value = if members.is_empty() { Value::from(text.trim()) } else { Value::Object(members) };
                if name == "RelationshipRecord" {
                    records.push(value);
                } else if let Some((parent, members, _)) = open.last_mut() {
                    // A list's items stand in an array under the list's own name.
                    let key = if parent.ends_with('s') && *parent == format!("{name}s") { "items" } else { &name };
                    add_member(members, key, value);
                }
            }
            Event::DocType(_) => return Err("is XML with a document type, which GLEIF's has not".to_owned()),
            Event::Eof => break,
            _ => {}
        }
    }
    match (open.is_empty(), records.is_empty()) {
        (false, _) => Err("is XML that breaks off".to_owned()),
        (true, true) => Err("is XML without a RelationshipRecord".to_owned()),
        (true, false) => Ok(records),
    }
}

/// Adds a member; the items of a list go into an array that then stands for the list.
fn add_member(members: &mut Map<String, Value>, key: &str, value: Value) {
    let value = match value {
        Value::Object(mut list) if list.len() == 1 && list.contains_key("items") => {
            list.remove("items").unwrap_or(Value::Null)
        }
        other => other,
    };
    match members.get_mut(key) {
        Some(Value::Array(items)) if key == "items" => items.push(value),
        None if key == "items" => drop(members.insert(key.to_owned(), Value::Array(vec![value]))),
        _ => drop(members.insert(key.to_owned(), value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_page_and_a_member_that_stands_twice_are_refused() {
        let record = "{\"recordId\":\"r\",\"recordType\":\"entity\"}";
        for head in [
            "\"total\":5",
            "\"total\":\"1,240\"",
            "\"meta\":{\"pagination\":{\"totalPages\":3}}",
            "\"links\":{\"next\":\"https://registry.example/?page=2\"}",
            "\"hasMore\":true",
            "\"total\":\"many\"",
        ] {
            let text = format!("{{{head},\"statements\":[{record}]}}");
            assert!(json_records(&text).unwrap_err().contains("one page"), "{head}");
        }
        for head in ["\"total\":1", "\"next\":null", "\"meta\":{\"count\":\"1\"}"] {
            assert_eq!(
                json_records(&format!("{{{head},\"statements\":[{record}]}}")).map(|all| all.len()),
                Ok(1),
                "{head}"
            );
        }
        let twice = "{\"recordId\":\"r\",\"recordType\":\"entity\",\"recordId\":\"s\"}";
        for text in [format!("[{record},{twice}]"), format!("{record}\n{twice}\n")] {
            assert!(json_records(&text).unwrap_err().contains("twice"), "{text}");
        }
    }
}
