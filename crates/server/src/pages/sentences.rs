//! Records of the log as sentences: a string's key with what stands in its braces.

use serde_json::value::RawValue;
use serde_json::{Value, json};
use tollgate_desk::tpp;
use tollgate_report::pages::grouped;

/// Kinds of records that one can look for.
pub(super) const KINDS: [&str; 13] = [
    "decision",
    "ledger",
    "release",
    "screening",
    "case",
    "proposal",
    "conclusion",
    "access",
    "policy",
    "list",
    "origin",
    "clock",
    "rebase",
];

fn text(data: &Value, path: &str) -> String {
    match data.pointer(path) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

fn amount(data: &Value, path: &str) -> String {
    match data.pointer(path) {
        None | Some(Value::Null) => "∞".to_owned(),
        Some(amount) => amount.as_i64().map_or_else(|| "?".to_owned(), |amount| in_groups(&tpp(amount))),
    }
}

/// A decimal number with its digits in groups.
fn in_groups(number: &str) -> String {
    let (whole, rest) = number.split_once('.').map_or((number, None), |(whole, rest)| (whole, Some(rest)));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), grouped);
    rest.map_or_else(|| whole.clone(), |rest| format!("{whole}.{rest}"))
}

/// A sentence: the key of a string, what stands at `{a}`, `{b}` and `{c}`, and the address of what it is about.
fn said(key: &str, [a, b, c]: [String; 3]) -> Value {
    json!({ "key": key, "a": a, "b": b, "c": c, "address": null, "refused": null })
}

/// The line that an id of a reservation names, as people write it: the order, and the line where it is not the first.
fn line_of(id: &str) -> String {
    match id.rsplit_once(':') {
        Some((order, "1")) => order.to_owned(),
        Some((order, line)) => format!("{order}, {line}"),
        None => id.to_owned(),
    }
}

/// A record as a sentence.
pub(super) fn sentence(kind: &str, id: &str, data: &RawValue) -> Value {
    let Ok(data) = serde_json::from_str::<Value>(data.get()) else {
        return said("unread", [kind.to_owned(), id.to_owned(), String::new()]);
    };
    match kind {
        "decision" => decision(&data),
        "ledger" => command(&data),
        "release" => {
            said("release", [line_of(id.strip_prefix("release:").unwrap_or(id)), text(&data, "/reason"), String::new()])
        }
        "screening" => {
            let key = if text(&data, "/finding") == "cleared" { "cleared" } else { "confirmed" };
            said(
                key,
                [
                    text(&data, "/party"),
                    format!("{}: {}", text(&data, "/list"), text(&data, "/entry")),
                    text(&data, "/reason"),
                ],
            )
        }
        "case" => said("case", [text(&data, "/case"), text(&data, "/act"), text(&data, "/text")]),
        "proposal" => said("proposal", [text(&data, "/what"), String::new(), String::new()]),
        "conclusion" => {
            let is_confirmed = data.pointer("/confirmed").and_then(Value::as_bool) == Some(true);
            let key = if is_confirmed { "conclusion.confirmed" } else { "conclusion.rejected" };
            said(key, [text(&data, "/reason"), String::new(), String::new()])
        }
        "access" => access(&data),
        "policy" => said("policy", [text(&data, "/name"), text(&data, "/title"), String::new()]),
        "list" => said("list", [text(&data, "/file"), text(&data, "/written_on"), String::new()]),
        "origin" => said("origin", [text(&data, "/program"), text(&data, "/policy"), String::new()]),
        _ => said("other", [kind.to_owned(), id.to_owned(), String::new()]),
    }
}

fn decision(data: &Value) -> Value {
    let (order, line) =
        (text(data, "/order/order_id"), data.pointer("/order/line").and_then(Value::as_i64).unwrap_or(1));
    let outcome = format!("{} {}", text(data, "/decision/outcome"), text(data, "/decision/authorization"));
    let is_held = data.pointer("/held").and_then(Value::as_array).is_some_and(|held| !held.is_empty());
    let key = if is_held { "decision.held" } else { "decision" };
    let shown = if line == 1 { order.clone() } else { format!("{order}, {line}") };
    let mut sentence = said(key, [shown, outcome.replace('_', " ").trim().to_owned(), String::new()]);
    if let Some(members) = sentence.as_object_mut() {
        members.insert("address".to_owned(), json!(super::line_address(&order, line)));
    }
    sentence
}

fn command(data: &Value) -> Value {
    let Some((name, command)) = data.pointer("/command").and_then(Value::as_object).and_then(|all| all.iter().next())
    else {
        return said("unread", ["ledger".to_owned(), String::new(), String::new()]);
    };
    let none = String::new;
    let mut sentence = match name.as_str() {
        "reserve" | "amend" => said("reserve", [line_of(&text(command, "/id")), amount(command, "/amount"), none()]),
        "post" => {
            said("post", [line_of(&text(command, "/reservation")), amount(command, "/amount"), text(command, "/day")])
        }
        "void" => said("void", [line_of(&text(command, "/reservation")), text(command, "/reason"), none()]),
        "correct" => said("correct", [amount(command, "/amount"), text(command, "/day"), text(command, "/reason")]),
        "adjust" => said(
            "adjust",
            [
                format!("{} {}", text(command, "/account/rule"), text(command, "/account/holder")),
                amount(command, "/amount"),
                text(command, "/reason"),
            ],
        ),
        "limit" => said(
            "limit",
            [
                format!("{} {}", text(command, "/account/rule"), text(command, "/account/holder")),
                amount(command, "/amount"),
                text(command, "/from"),
            ],
        ),
        "group" => said("group", [text(command, "/holder"), text(command, "/into"), text(command, "/reason")]),
        "expire" => said("expire", [none(), none(), none()]),
        other => said("other", [other.to_owned(), text(command, "/id"), none()]),
    };
    let status = text(data, "/status");
    if let Some(members) = sentence.as_object_mut().filter(|_| status != "done") {
        members.insert("refused".to_owned(), json!(status));
    }
    sentence
}

fn access(data: &Value) -> Value {
    let of = |kind: &str, member: &str| text(data, &format!("/{kind}/{member}"));
    let none = String::new;
    for kind in ["user", "federated"] {
        if data.get(kind).is_some() {
            return said("access.user", [of(kind, "name"), of(kind, "role"), none()]);
        }
    }
    for (kind, key) in [("revoked", "access.revoked"), ("user_removed", "access.removed"), ("bound", "access.bound")] {
        if data.get(kind).is_some() {
            return said(key, [of(kind, "name"), none(), none()]);
        }
    }
    if data.get("token").is_some() {
        return said("access.token", [of("token", "name"), of("token", "role"), of("token", "person")]);
    }
    said("access.setup", [none(), none(), none()])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(kind: &str, id: &str, data: &str) -> String {
        let data = RawValue::from_string(data.to_owned()).unwrap();
        let said = sentence(kind, id, &data);
        format!("{} {} {} {} {}", said["key"], said["a"], said["b"], said["c"], said["refused"]).replace('"', "")
    }

    #[test]
    fn records_are_sentences() {
        assert_eq!(
            key("ledger", "PO-1:1", r#"{"command":{"reserve":{"id":"PO-1:1","amount":1500}},"status":"over_limit"}"#),
            "reserve PO-1 1.5  over_limit"
        );
        assert_eq!(key("release", "release:PO-1:2", r#"{"reason":"seen"}"#), "release PO-1, 2 seen  null");
        assert_eq!(
            key("access", "x", r#"{"user":{"name":"ana","role":"officer","password":"0"}}"#),
            "access.user ana officer  null"
        );
        assert_eq!(key("novel", "x", "{}"), "other novel x  null");
    }
}
