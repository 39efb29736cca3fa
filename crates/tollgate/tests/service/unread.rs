//! Nothing unread passes over HTTP either: each member of an order is fed what it does not know; the order is refused by the member's name, or does not go.

use serde_json::{Value, json};
use tollgate_records::{CellKind, Table};

use crate::harness::{Service, folder, order, token};

/// What no closed member understands.
const STRANGE: &[&str] = &[
    "?",
    "#REF!",
    "#N/A",
    "=1+1",
    "unbekannt",
    "不明",
    "to be advised",
    "TBD",
    "1,5",
    "1e400",
    "½",
    "0x10",
    "2026-02-30",
    "02/03/2025",
    "yesterday",
    "China or Norway",
    "not an export",
    "<b>x</b>",
    "\u{7}",
];
/// Members of which nothing follows, so that any text is understood.
const FREE: &[&str] =
    &["order_id", "via", "hs_code", "description", "declared_eccn", "unit_price_usd", "gross_weight_kg", "packages"];

fn goes(decision: &Value) -> bool {
    matches!(decision["outcome"].as_str(), Some("no_license_required" | "license_exception"))
}

#[test]
fn no_strange_member_of_an_order_lets_it_go_unnamed() {
    let folder = folder("unread");
    let officer = token(&folder, "officer");
    let service = Service::start(&folder);
    let decide = |body: &Value| service.post("/v1/orders", &officer, "k", &json!({ "order": body }));
    let plain = decide(&order("plain", 1));
    assert!(plain.0 == 200 && goes(&plain.1["decision"]), "{}", plain.1);
    for column in Table::Orders.columns().iter().filter(|column| !FREE.contains(&column.name)) {
        let mut fed: Vec<Value> = STRANGE.iter().map(|text| json!(text)).collect();
        fed.extend([json!(true), json!([]), json!({}), json!(1.5), json!(-1)]);
        for value in fed {
            let mut body = order("strange", 1);
            body[column.name] = value.clone();
            let (status, answer) = decide(&body);
            let said = answer.to_string();
            if status >= 400 {
                assert!(said.contains(column.name), "{} {value}: the refusal does not name it: {said}", column.name);
                continue;
            }
            let is_text = matches!(column.kind, CellKind::Text) && value.is_string();
            let shown = value.as_str().unwrap_or("");
            // Names are screened by what they are, and claims are held against the decision.
            let is_named = is_text && (said.contains(&json!(shown).to_string().trim_matches('"').to_owned()));
            assert!(!goes(&answer["decision"]) || is_named, "{} {value} goes: {said}", column.name);
        }
    }
}

#[test]
fn a_member_that_stands_twice_or_in_other_letters_is_refused() {
    let folder = folder("unread-twice");
    let officer = token(&folder, "officer");
    let service = Service::start(&folder);
    for (from, to) in [
        ("\"quantity\":1", "\"quantity\":1,\"quantity\":900000"),
        ("\"destination\":\"SG\"", "\"destination\":\"SG\",\"destination\":\"CN\""),
        ("\"destination\":\"SG\"", "\"destination\":\"SG\",\"End_User\":\"Zzyzx\""),
        ("\"destination\":\"SG\"", "\"destination\":\"SG\",\"end_usr\":\"Zzyzx\""),
    ] {
        let body = json!({ "order": order("twice", 1) }).to_string();
        assert!(body.contains(from), "{body}");
        let (status, answer) = service.ask("POST", "/v1/orders", &officer, Some("k"), &body.replacen(from, to, 1));
        assert!((400..500).contains(&status), "{to}: {answer}");
    }
}
