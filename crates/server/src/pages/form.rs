//! The fields of the form of an order line, as a request: each is read, or refused with its name.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use tollgate_desk::{OrderRequest, line_id, line_on_record};
use tollgate_model::{Country, Date};
use tollgate_report::pages::{countries_alike, country_code};

use super::super::orders::{unavailable, unusable};
use super::super::problem::Problem;
use super::{View, plain_text};
use crate::today;

/// Columns that must be given.
pub(super) const NEEDED: [&str; 4] = ["item", "quantity", "destination", "ultimate_consignee"];
/// Columns that may be left out.
pub(super) const OPTIONAL: [&str; 10] = [
    "end_use",
    "activity",
    "exporter",
    "purchaser",
    "intermediate_consignee",
    "end_user",
    "freight_forwarder",
    "origin",
    "authorization",
    "order_id",
];
/// Fields that say how the form is meant, and are no columns.
const OF_THE_FORM: [&str; 2] = ["policy", "amends"];
/// Years ahead beyond which no day is taken for one of a shipment.
const YEARS_AHEAD: i32 = 10;

/// What a form holds, by the names of its fields.
pub(super) type Fields = BTreeMap<String, String>;

/// What a form or an address says, in its order: a name may stand there twice.
pub(super) type Entries = Vec<(String, String)>;

/// The fields of a form, and the problem of one that is given twice with different values: neither is taken for what is meant.
pub(super) fn gather_fields(entries: Entries) -> (Fields, Option<Problem>) {
    let mut fields = Fields::new();
    let mut problem = None;
    for (name, text) in entries {
        if fields.get(&name).is_some_and(|earlier| *earlier != text) {
            problem = Some(unusable(&format!("`{name}` is given twice"), "give it once"));
        }
        fields.insert(name, text);
    }
    (fields, problem)
}

/// A whole number as people write it, in digits of any width: digits alone, or in groups of three parted by commas. `None` for any other text, such as `8,5`.
pub(super) fn whole_number(text: &str) -> Option<i64> {
    let plain = plain_text(text);
    let text = plain.as_str();
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let mut groups = digits.split(',');
    let first = groups.next()?;
    let is_grouped = digits.contains(',');
    let fits = |group: &str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
    if !fits(first) || (is_grouped && first.len() > 3) || !groups.all(|group| group.len() == 3 && fits(group)) {
        return None;
    }
    format!("{sign}{}", digits.replace(',', "")).parse().ok()
}

/// A country by its code or its name; where several are called so in part, the refusal names them.
fn country(name: &str, text: &str) -> Result<Value, Problem> {
    let text = &plain_text(text);
    if let Some(code) = country_code(text) {
        return Ok(json!(code));
    }
    let alike = countries_alike(text);
    if Country::from_text(text).is_ok() || alike.is_empty() {
        // A text that is no country is refused with the others by `OrderRequest::line`.
        return Ok(json!(text));
    }
    let alike: Vec<String> = alike.iter().map(|(code, english)| format!("{code} ({english})")).collect();
    Err(unusable(
        &format!("`{name}` is `{text}`, which is no country's whole name"),
        &format!("write which one is meant: {}", alike.join(", ")),
    ))
}

/// A field's value as the column's.
fn value_of(name: &str, text: &str) -> Result<Value, Problem> {
    match name {
        "quantity" | "line" => whole_number(text).map(|number| json!(number)).ok_or_else(|| {
            unusable(
                &format!("`{name}` is `{text}`, which is no whole number"),
                "give a whole number of 1 or more, such as 1200 or 1,200",
            )
        }),
        "destination" | "origin" => country(name, text),
        "date" => {
            let text = &plain_text(text);
            let day: Option<Date> = text.parse().ok();
            let last = today().plus_days(YEARS_AHEAD * 365);
            match day {
                Some(day) if day > last => Err(unusable(
                    &format!("`date` is {text}, more than {YEARS_AHEAD} years ahead"),
                    "give the day on which it ships",
                )),
                // A text that is no day is refused with the others by `OrderRequest::line`.
                _ => Ok(json!(text)),
            }
        }
        _ => Ok(json!(text)),
    }
}

/// The form's fields as a request. A country may be named in any language of the pages.
pub(super) fn request(fields: &Fields) -> Result<OrderRequest, Problem> {
    let mut members = Map::new();
    overlay(&mut members, fields)?;
    members.entry("order_id").or_insert(json!("trial"));
    of_members(members)
}

fn overlay(members: &mut Map<String, Value>, fields: &Fields) -> Result<(), Problem> {
    for (name, text) in fields.iter().filter(|(name, _)| !OF_THE_FORM.contains(&name.as_str())) {
        let text = text.trim();
        if text.is_empty() {
            members.remove(name);
        } else {
            members.insert(name.clone(), value_of(name, text)?);
        }
    }
    Ok(())
}

/// A request of these members; what must be given and is not stands there empty, so that it is refused by its name.
fn of_members(mut members: Map<String, Value>) -> Result<OrderRequest, Problem> {
    for needed in ["date", "ultimate_consignee", "destination", "item"] {
        members.entry(needed).or_insert(json!(""));
    }
    members.entry("quantity").or_insert(json!(0));
    serde_json::from_value(Value::Object(members)).map_err(|error| unusable(&error.to_string(), "check the form"))
}

/// The field of the form that a message is about: the one whose name stands in it between backticks.
pub(super) fn field_of(message: &str) -> Option<&'static str> {
    let (_, named) = message.split_once('`')?;
    let (name, _) = named.split_once('`')?;
    NEEDED.iter().chain(&OPTIONAL).chain(&["date"]).copied().find(|field| *field == name)
}

/// The line that a form amends: its order and number; `None` where it amends none.
pub(super) fn amended_line(fields: &Fields) -> Result<Option<(String, i64)>, Problem> {
    let Some(order) = fields.get("amends").map(|order| order.trim()).filter(|order| !order.is_empty()) else {
        return Ok(None);
    };
    let line = match fields.get("line").map(|line| line.trim()).filter(|line| !line.is_empty()) {
        None => 1,
        Some(line) => whole_number(line)
            .ok_or_else(|| unusable("`line` is no whole number", "open the form from the page of the line"))?,
    };
    Ok(Some((order.to_owned(), line)))
}

/// A line as it stands on record, as the fields of a form.
async fn on_record(view: &View, order: &str, line: i64) -> Result<Map<String, Value>, Problem> {
    let id = line_id(order, line);
    let found = view.app().with_ledger(move |ledger| line_on_record(ledger, &id)).await??;
    match serde_json::to_value(found.line.decision.order) {
        Ok(Value::Object(members)) => Ok(members.into_iter().filter(|(_, value)| !value.is_null()).collect()),
        Ok(_) | Err(_) => Err(unavailable("the line on record cannot be read as an order")),
    }
}

/// Fills the fields of a form that amends a line with what stands on record, where nobody filled it yet.
pub(super) async fn fill(view: &View, fields: &mut Fields, (order, line): (&str, i64)) -> Result<(), Problem> {
    if NEEDED.iter().any(|name| fields.contains_key(*name)) {
        return Ok(());
    }
    for (name, value) in on_record(view, order, line).await? {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        if name == "date" || NEEDED.contains(&name.as_str()) || OPTIONAL.contains(&name.as_str()) {
            fields.entry(name).or_insert(text);
        }
    }
    Ok(())
}

/// The line on record with what the form says in the place of its columns; what the form does not show stays.
pub(super) async fn amended(view: &View, fields: &Fields, (order, line): (&str, i64)) -> Result<OrderRequest, Problem> {
    let mut members = on_record(view, order, line).await?;
    // A field that is left empty is left out by browsers and pages: it empties the column.
    for name in NEEDED.iter().chain(&OPTIONAL).filter(|name| **name != "order_id") {
        members.remove(*name);
    }
    let shown = fields.iter().filter(|(name, _)| !matches!(name.as_str(), "order_id" | "line"));
    let shown: Fields = shown.map(|(name, text)| (name.clone(), text.clone())).collect();
    overlay(&mut members, &shown)?;
    of_members(members)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_whole_or_no_number() {
        for (text, number) in
            [("8", 8), ("1,200", 1_200), ("3,164,800", 3_164_800), ("-5", -5), ("0", 0), ("１，２００", 1_200)]
        {
            assert_eq!(whole_number(text), Some(number), "{text}");
        }
        let bad = [
            "",
            "-",
            "8,5",
            "10,00",
            "1,0000",
            "1234,567",
            ",5",
            "5,",
            "1.000",
            "1O",
            "８，５",
            "十二",
            "8 units",
            "+8",
            "1e3",
        ];
        for text in bad {
            assert_eq!(whole_number(text), None, "{text}");
        }
    }

    #[test]
    fn a_field_is_given_once() {
        let entry = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        let (fields, problem) = gather_fields(vec![entry("quantity", "20"), entry("quantity", "20")]);
        assert!(problem.is_none() && fields.len() == 1);
        let (_, problem) = gather_fields(vec![entry("quantity", "20"), entry("item", "x"), entry("quantity", "2000")]);
        assert!(problem.is_some_and(|problem| problem.detail.contains("`quantity` is given twice")));
    }

    #[test]
    fn a_country_that_several_are_called_by_is_asked_for() {
        let mend = |text: &str| country("destination", text).err().map(|problem| problem.mend);
        let korea = mend("Korea").unwrap();
        assert!(korea.contains("KR (South Korea)") && korea.contains("KP (North Korea)"), "{korea}");
        assert!(mend("congo").is_some_and(|mend| mend.contains("CD (") && mend.contains("CG (")));
        for text in ["South Korea", "KR", "日本", "Atlantis", "a", "JP/CN"] {
            assert_eq!(mend(text), None, "{text}");
        }
    }

    #[test]
    fn a_field_that_is_not_understood_is_refused_with_its_name() {
        let fields = |name: &str, text: &str| {
            let all = [("item", "H100 SXM5 80GB"), ("quantity", "8"), ("destination", "Japan"), ("date", "2025-06-02")];
            let mut all: Fields = all.into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
            all.insert("ultimate_consignee".to_owned(), "jp-lab".to_owned());
            all.insert(name.to_owned(), text.to_owned());
            all
        };
        assert!(request(&fields("end_use", "data_center")).is_ok());
        for (name, text) in
            [("quantity", "8,5"), ("line", "x"), ("date", "2999-01-01"), ("date", "9999-12-31"), ("colour", "red")]
        {
            let problem = request(&fields(name, text)).err().unwrap();
            assert!(problem.detail.contains(name), "{name}: {}", problem.detail);
            let is_shown = !matches!(name, "line" | "colour");
            assert_eq!(field_of(&problem.detail), is_shown.then_some(name));
        }
    }
}
