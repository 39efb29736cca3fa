//! Orders over HTTP: decided, reserved, amended, shipped.

use serde_json::{Value, json};

use crate::harness::{Service, folder, order, token, token_of, tollgate};

#[test]
fn an_order_is_decided_reserved_shipped_and_still_counted_after_a_crash() {
    let folder = folder("orders");
    let officer = token(&folder, "officer");
    let service = Service::start(&folder);

    let dry = service.post("/v1/orders", &officer, "k0", &json!({ "order": order("PO-1", 100) }));
    assert_eq!((dry.0, dry.1["decision"]["outcome"].as_str()), (200, Some("license_exception")), "{}", dry.1);
    assert_eq!((dry.1["decision"]["authorization"].as_str(), &dry.1["reservation"]), (Some("LPP"), &Value::Null));
    assert_eq!(
        service.ask("GET", "/v1/allocations", &officer, None, "").1["accounts"],
        json!([]),
        "a trial counts nothing"
    );

    let asked = json!({ "order": order("PO-1", 100), "reserve": true });
    let (status, made) = service.post("/v1/orders", &officer, "k1", &asked);
    assert_eq!((status, made["reservation"]["tpp"].as_str()), (201, Some("1582400")), "{made}");
    assert_eq!(service.lpp(&officer), ("0".into(), "1582400".into(), "25317600".into()));
    // Said again, it is done once; by another request it is refused.
    let (status, again) = service.post("/v1/orders", &officer, "k1", &asked);
    assert_eq!((status, &again), (200, &made));
    let (status, taken) = service.post("/v1/orders", &officer, "k2", &asked);
    assert_eq!((status, taken["code"].as_str()), (409, Some("already_decided")));

    // What is left does not suffice: not an exception any more, and nothing is set aside.
    let (status, over) =
        service.post("/v1/orders", &officer, "k3", &json!({ "order": order("PO-2", 1_601), "reserve": true }));
    assert_eq!(
        (status, over["decision"]["outcome"].as_str(), &over["reservation"]),
        (201, Some("license_required"), &Value::Null),
        "{over}"
    );

    let shipped = json!({ "date": "2025-06-20", "tpp": 582_400 });
    let (status, part) = service.post("/v1/orders/PO-1/lines/1/ship", &officer, "s1", &shipped);
    assert_eq!(
        (status, part["left_tpp"].as_str(), part["open"].as_bool()),
        (200, Some("1000000"), Some(true)),
        "{part}"
    );
    drop(service);

    // Killed and started again: nothing is lost, and what is said again is not done again.
    let service = Service::start(&folder);
    assert_eq!(service.lpp(&officer), ("582400".into(), "1000000".into(), "25317600".into()));
    assert_eq!(service.post("/v1/orders", &officer, "k1", &asked), (200, made));
    assert_eq!(service.post("/v1/orders/PO-1/lines/1/ship", &officer, "s1", &shipped).0, 200);
    assert_eq!(service.lpp(&officer).0, "582400");
    let (status, canceled) =
        service.post("/v1/orders/PO-1/lines/1/cancel", &officer, "c1", &json!({ "reason": "buyer withdrew" }));
    assert_eq!((status, canceled["open"].as_bool()), (200, Some(false)), "{canceled}");
    assert_eq!(service.lpp(&officer), ("582400".into(), "0".into(), "26317600".into()));
    let (status, closed) =
        service.post("/v1/orders/PO-1/lines/1/ship", &officer, "s2", &json!({ "date": "2025-06-21" }));
    assert_eq!((status, closed["code"].as_str()), (409, Some("reservation_closed")));

    // The decision is read as it was made.
    let (status, read) = service.ask("GET", "/v1/orders/PO-1/lines/1", &officer, None, "");
    assert_eq!((status, read["record"]["actor"].as_str()), (200, Some("officer")));
    assert!(read["decision"]["trace"].to_string().contains("740.29"), "{read}");
    drop(service);
    let (status, text) = tollgate(&folder, &["audit", "verify"]);
    assert!(status == 0 && text.contains("an unbroken chain"), "{text}");
}

#[test]
fn bad_input_is_told_what_and_how_to_mend_it() {
    let folder = folder("bad");
    let officer = token(&folder, "officer");
    let service = Service::start(&folder);
    let reserve = |change: &dyn Fn(&mut Value)| {
        let mut body = json!({ "order": order("PO-1", 1), "reserve": true });
        change(&mut body);
        body.to_string()
    };
    let long = "x".repeat(300 * 1024);
    let cases: [(String, u16, &str); 10] = [
        ("{".into(), 400, "bad_request"),
        ("[]".into(), 422, "bad_request"),
        (reserve(&|body| body["order"]["color"] = json!("red")), 422, "bad_request"),
        (reserve(&|body| body["order"]["quantity"] = json!("many")), 422, "bad_request"),
        (reserve(&|body| body["order"]["quantity"] = json!(0)), 422, "unusable"),
        (reserve(&|body| body["order"]["quantity"] = json!(i64::MAX)), 422, "unusable"),
        (reserve(&|body| body["order"]["date"] = json!("2025-02-30")), 422, "unusable"),
        (reserve(&|body| body["order"]["item"] = json!("Robert'); DROP TABLE record;--")), 422, "unusable"),
        (reserve(&|body| body["order"]["ultimate_consignee"] = json!("x".repeat(300))), 422, "unusable"),
        (reserve(&|body| body["order"]["description"] = json!(long)), 413, "bad_request"),
    ];
    for (body, status, code) in cases {
        let answer = service.ask("POST", "/v1/orders", &officer, Some("k"), &body);
        let shown: String = body.chars().take(200).collect();
        assert_eq!((answer.0, answer.1["code"].as_str()), (status, Some(code)), "{shown}: {}", answer.1);
        assert!(!answer.1["mend"].as_str().unwrap().is_empty());
    }
    for key in [None, Some(""), Some("with space"), Some(&*"k".repeat(65))] {
        let answer = service.ask("POST", "/v1/orders", &officer, key, &reserve(&|_| {}));
        assert_eq!((answer.0, answer.1["code"].as_str()), (400, Some("no_idempotency_key")), "{key:?}");
    }
    for query in ["?date=tomorrow", "?color=red", "?cursor=-1"] {
        assert_eq!(service.ask("GET", &format!("/v1/allocations{query}"), &officer, None, "").0, 400, "{query}");
    }
    let (status, text) = tollgate(&folder, &["serve", "--listen", "300.0.0.1:1"]);
    assert!(status == 2 && text.contains("cannot listen"), "{text}");
}

#[test]
fn an_order_is_amended_in_one_step_or_not_at_all() {
    let folder = folder("amended");
    let officer = token(&folder, "officer");
    let second = token_of(&folder, "bob", "officer");
    let service = Service::start(&folder);
    let line = "/v1/orders/PO-1/lines/1";
    let asked = |quantity| json!({ "order": order("PO-1", quantity), "reserve": true });
    let amend = |key: &str, quantity: i64| {
        service.post(&format!("{line}/amend"), &officer, key, &json!({ "order": order("PO-1", quantity) }))
    };
    assert_eq!(amend("a0", 10).0, 404, "nothing is on record");
    assert_eq!(service.post("/v1/orders", &officer, "k1", &asked(1_000)).0, 201);
    // More than half of the allocation, twice: what it holds itself is free for it.
    let (status, amended) = amend("a1", 1_500);
    assert_eq!((status, amended["reservation"]["tpp"].as_str()), (201, Some("23736000")), "{amended}");
    assert_eq!(service.lpp(&officer).1, "23736000");
    assert_eq!(amend("a1", 1_500), (200, amended));
    assert_eq!(amend("a1", 1_499).1["code"], "id_taken");
    // Too much for the exception: it needs a license now, and nothing stays set aside.
    let (status, over) = amend("a2", 5_000);
    assert_eq!((status, over["decision"]["outcome"].as_str()), (201, Some("license_required")), "{over}");
    assert_eq!((service.lpp(&officer).1, &over["reservation"]), ("0".to_owned(), &Value::Null));
    let (status, back) = amend("a3", 100);
    assert_eq!((status, back["reservation"]["tpp"].as_str()), (201, Some("1582400")), "{back}");
    let other = json!({ "order": order("PO-2", 1) });
    assert_eq!(service.post(&format!("{line}/amend"), &officer, "a4", &other).0, 422);
    let shipped = service.post(&format!("{line}/ship"), &officer, "s1", &json!({ "date": "2025-06-20", "tpp": 1 }));
    assert_eq!((shipped.0, shipped.1["left_tpp"].as_str()), (200, Some("1582399")));
    let (_, begun) = amend("a5", 100);
    assert_eq!(begun["code"], "reservation_closed", "a part has gone");
    assert!(
        begun["detail"].to_string().contains("a part") && begun["mend"].to_string().contains("new order"),
        "{begun}"
    );
    let (_, read) = service.ask("GET", line, &officer, None, "");
    assert_eq!((read["revision"].as_u64(), read["order"]["quantity"].as_i64()), (Some(4), Some(100)), "{read}");
    // A mistaken shipment is put right.
    let right = json!({ "shipment": "s1", "tpp": 2, "date": "2025-06-21", "reason": "weighed again" });
    assert_eq!(service.post(&format!("{line}/correct"), &officer, "c1", &right).0, 200);
    assert_eq!(service.lpp(&officer).0, "2");
    // To nothing it is put right by two.
    let nothing = json!({ "shipment": "s1", "tpp": 0, "date": "2025-06-21", "reason": "it came back" });
    let (status, proposed) = service.post(&format!("{line}/correct"), &officer, "c2", &nothing);
    assert_eq!((status, service.lpp(&officer).0.as_str()), (202, "2"), "{proposed}");
    assert_eq!((service.confirm(&officer, &proposed).0, service.confirm(&second, &proposed).0), (403, 200));
    assert_eq!(service.lpp(&officer).0, "0");
}

#[test]
fn a_held_order_ships_when_somebody_else_released_it() {
    let folder = folder("held");
    let ana = token(&folder, "officer");
    let (_, bob) = tollgate(&folder, &["token", "add", "--name", "bob", "--role", "officer"]);
    let bob = bob.trim();
    // A claimed authorization that does not hold keeps a line that may go from going unseen.
    let service = Service::start(&folder);
    let line = "/v1/orders/PO-1/lines/1";
    let mut claimed = order("PO-1", 10);
    claimed["authorization"] = json!("AIA");
    let (status, made) = service.post("/v1/orders", &ana, "k1", &json!({ "order": claimed, "reserve": true }));
    assert_eq!((status, made["held"][0].as_str()), (201, Some("the claimed authorization does not hold")), "{made}");
    let ship =
        |token: &str, key: &str| service.post(&format!("{line}/ship"), token, key, &json!({ "date": "2025-06-20" }));
    let release =
        |token: &str, reason: &str| service.post(&format!("{line}/release"), token, "r1", &json!({ "reason": reason }));
    assert_eq!(ship(&ana, "s1").1["code"], "held");
    assert_eq!(ship(bob, "s1").1["code"], "held");
    assert_eq!((release(&ana, "fine").0, release(&ana, "fine").1["code"].as_str()), (403, Some("four_eyes")));
    assert_eq!(release(bob, " ").0, 422);
    assert_eq!(release(bob, "LPP covers it; the claim is a slip").0, 200);
    assert_eq!(ship(&ana, "s1").0, 200);
    let (_, read) = service.ask("GET", line, &ana, None, "");
    assert_eq!((read["released"]["by"].as_str(), read["reservation"]["open"].as_bool()), (Some("bob"), Some(false)));
    // What nobody holds needs no release; what is amended is looked at anew.
    let asked = json!({ "order": order("PO-2", 10), "reserve": true });
    assert_eq!(service.post("/v1/orders", &ana, "k2", &asked).0, 201);
    let second = "/v1/orders/PO-2/lines/1";
    let free = service.post(&format!("{second}/release"), bob, "r2", &json!({ "reason": "x" }));
    assert_eq!(free.1["code"], "not_held");
    let hold = json!({ "order": order("PO-2", 11), "hold": true });
    assert_eq!(service.post(&format!("{second}/amend"), bob, "a1", &hold).0, 201);
    for token in [&ana, bob] {
        let released = service.post(&format!("{second}/release"), token, "r3", &json!({ "reason": "x" }));
        assert_eq!(released.1["code"], "four_eyes", "both had a hand in it");
    }
}

#[test]
fn accounts_are_put_right_and_holders_made_one_group() {
    let folder = folder("counts");
    let officer = token(&folder, "officer");
    let second = token_of(&folder, "bob", "officer");
    let service = Service::start(&folder);
    let asked = json!({ "order": order("PO-1", 1_600), "reserve": true });
    assert_eq!(service.post("/v1/orders", &officer, "k1", &asked).0, 201);
    let fits = json!({
        "rule": "lpp", "holder": "sg", "period": "2025", "tpp": 1_000_000, "date": "2025-03-01", "reason": "before Tollgate",
    });
    for _ in 0..2 {
        let (status, answer) = service.post("/v1/allocations/adjustments", &officer, "d2", &fits);
        assert_eq!(status, 204, "{answer}");
    }
    assert_eq!(service.lpp(&officer).0, "1000000");
    let group = |holder: &str, into: &str| {
        let body = json!({ "holder": holder, "into": into, "from": "2025-01-01", "reason": "one parent" });
        service.post("/v1/allocations/groups", &officer, &format!("g-{holder}"), &body)
    };
    let (status, proposed) = group("sg-shell", "sg");
    assert_eq!((status, service.confirm(&officer, &proposed).0), (202, 403), "{proposed}");
    assert_eq!(service.confirm(&second, &proposed).0, 200);
    let (_, proposed) = group("sg", "sg-shell");
    assert_eq!(service.confirm(&second, &proposed).1["code"], "circle");
    // What one takes off another confirms; until then it counts.
    let back = json!({
        "rule": "lpp", "holder": "sg", "period": "2025", "tpp": -400_000, "date": "2025-03-01", "reason": "counted twice",
    });
    let (status, proposed) = service.post("/v1/allocations/adjustments", &officer, "d3", &back);
    assert_eq!((status, service.lpp(&officer).0.as_str()), (202, "1000000"), "{proposed}");
    assert_eq!(service.confirm(&second, &proposed).0, 200);
    assert_eq!(service.lpp(&officer).0, "600000");
    assert_eq!(service.confirm(&second, &proposed).0, 200, "said again it is done once");
    assert_eq!(service.lpp(&officer).0, "600000");
    let (_, waiting) = service.ask("GET", "/v1/proposals", &officer, None, "");
    assert_eq!(waiting, json!([]));
}
