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

/// A decimal number with its digits in groups; another text as it is.
pub(super) fn in_groups(number: &str) -> String {
    let (whole, rest) = number.split_once('.').map_or((number, None), |(whole, rest)| (whole, Some(rest)));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), grouped);
    rest.map_or_else(|| whole.clone(), |rest| format!("{whole}.{rest}"))
}

/// A sentence: the key of a string, what stands at `{a}`, `{b}` and `{c}`, and the address of what it is about.
fn said(key: &str, [a, b, c]: [String; 3]) -> Value {
    json!({ "key": key, "a": a, "b": b, "c": c, "address": null, "refused": null, "is_case": false })
}

/// The order and the line that an id of a decision or reservation names: `PO-1:2`, or `PO-1:2:r3` of its third revision.
fn order_and_line(id: &str) -> Option<(&str, i64)> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let line = match id.rsplit_once(':') {
        Some((line, revision)) if revision.strip_prefix('r').is_some_and(is_number) => line,
        _ => id,
    };
    let (order, number) = line.rsplit_once(':')?;
    Some((order, number.parse().ok()?))
}

/// The line that an id names, as people write it: the order, and the line where it is not the first.
fn line_of(id: &str) -> String {
    match order_and_line(id) {
        Some((order, 1)) => order.to_owned(),
        Some((order, line)) => format!("{order}, {line}"),
        None => id.to_owned(),
    }
}

/// A sentence about the line that an id names, with the address of its page.
fn said_of_line(key: &str, id: &str, [b, c]: [String; 2]) -> Value {
    let mut sentence = said(key, [line_of(id), b, c]);
    if let (Some(members), Some((order, line))) = (sentence.as_object_mut(), order_and_line(id)) {
        members.insert("address".to_owned(), json!(super::line_address(order, line)));
    }
    sentence
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
            said_of_line("release", id.strip_prefix("release:").unwrap_or(id), [text(&data, "/reason"), String::new()])
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
        "case" => case(&data),
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
        "genesis" => said("genesis", [String::new(), String::new(), String::new()]),
        _ => said("other", [kind.to_owned(), id.to_owned(), String::new()]),
    }
}

/// What somebody did about a case.
fn case(data: &Value) -> Value {
    let act = text(data, "/act");
    let key = match act.as_str() {
        "assign" => "case.assign",
        "comment" => "case.comment",
        "dispose" => "case.dispose",
        "confirm" => "case.confirm",
        "reopen" => "case.reopen",
        _ => "case",
    };
    let mut sentence = said(key, [text(data, "/case"), act, text(data, "/text")]);
    if let Some(members) = sentence.as_object_mut() {
        members.insert("address".to_owned(), json!(format!("/cases/{}", super::encoded(&text(data, "/case")))));
        members.insert("is_case".to_owned(), json!(true));
    }
    sentence
}

fn decision(data: &Value) -> Value {
    let (order, line) =
        (text(data, "/order/order_id"), data.pointer("/order/line").and_then(Value::as_i64).unwrap_or(1));
    let (outcome, authorization) = (text(data, "/decision/outcome"), text(data, "/decision/authorization"));
    let outcome = if authorization.is_empty() { outcome } else { format!("{outcome} ({authorization})") };
    let is_held = data.pointer("/held").and_then(Value::as_array).is_some_and(|held| !held.is_empty());
    let key = if is_held { "decision.held" } else { "decision" };
    let shown = if line == 1 { order.clone() } else { format!("{order}, {line}") };
    let mut sentence = said(key, [shown, outcome, String::new()]);
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
        "reserve" | "amend" => said_of_line("reserve", &text(command, "/id"), [amount(command, "/amount"), none()]),
        "post" => {
            // Without an amount all that was left went.
            let is_whole = command.get("amount").is_none_or(Value::is_null);
            let key = if is_whole { "post.all" } else { "post" };
            said_of_line(key, &text(command, "/reservation"), [amount(command, "/amount"), text(command, "/day")])
        }
        "void" => said_of_line("void", &text(command, "/reservation"), [text(command, "/reason"), none()]),
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
            if command.get("amount").is_none_or(Value::is_null) { "limit.none" } else { "limit" },
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
    fn an_id_names_its_order_and_line_in_every_revision() {
        assert_eq!(order_and_line("PO-1:2"), Some(("PO-1", 2)));
        assert_eq!(order_and_line("PO:1:2:r13"), Some(("PO:1", 2)));
        assert_eq!(order_and_line("PO-1"), None);
        assert_eq!(line_of("PO-1:1:r2"), "PO-1");
    }

    #[test]
    fn records_are_sentences() {
        assert_eq!(
            key("ledger", "PO-1:1", r#"{"command":{"reserve":{"id":"PO-1:1","amount":1500}},"status":"over_limit"}"#),
            "reserve PO-1 1.5  over_limit"
        );
        let shipped =
            r#"{"command":{"post":{"reservation":"PO-1:1:r2","amount":null,"day":"2025-06-03"}},"status":"done"}"#;
        assert_eq!(key("ledger", "x", shipped), "post.all PO-1 ∞ 2025-06-03 null");
        let assigned = r#"{"case":"C1","act":"assign","text":"ana"}"#;
        assert_eq!(key("case", "case:C1:1", assigned), "case.assign C1 assign ana null");
        assert_eq!(key("release", "release:PO-1:2", r#"{"reason":"seen"}"#), "release PO-1, 2 seen  null");
        assert_eq!(
            key("access", "x", r#"{"user":{"name":"ana","role":"officer","password":"0"}}"#),
            "access.user ana officer  null"
        );
        assert_eq!(key("novel", "x", "{}"), "other novel x  null");
    }
}
