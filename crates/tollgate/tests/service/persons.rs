//! Persons: nobody acts twice where two people must, nor in another's name; and a word for a write is its caller's alone.

use serde_json::{Value, json};

use crate::harness::{Service, folder, order, token, token_of, tollgate};

const LINE: &str = "/v1/orders/PO-1/lines/1";

fn reserve(service: &Service, token: &str, key: &str, id: &str) -> (u16, Value) {
    service.post("/v1/orders", token, key, &json!({ "order": order(id, 10), "reserve": true }))
}

#[test]
fn two_callers_may_use_one_word_and_one_caller_may_not_for_two_things() {
    let folder = folder("words");
    let ana = token(&folder, "officer");
    let bob = token_of(&folder, "bob", "officer");
    let service = Service::start(&folder);
    assert_eq!(reserve(&service, &ana, "k1", "PO-1").0, 201);
    let ship = |token: &str, tpp: i64| {
        service.post(&format!("{LINE}/ship"), token, "1", &json!({ "date": "2025-06-20", "tpp": tpp }))
    };
    assert_eq!((ship(&ana, 1_000).0, ship(&bob, 1_000).0), (200, 200));
    assert_eq!(service.lpp(&ana).0, "2000", "both went");
    assert_eq!((ship(&ana, 1_000).0, ship(&bob, 1_000).0), (200, 200));
    assert_eq!(service.lpp(&ana).0, "2000", "said again they went once");
    assert_eq!(ship(&ana, 999).1["code"], "id_taken");
    // Whose shipment is meant has to be said where two used one word.
    let correct = |by: Value| {
        let mut body = json!({ "shipment": "1", "tpp": 1_500, "date": "2025-06-20", "reason": "weighed" });
        if !by.is_null() {
            body["by"] = by;
        }
        service.post(&format!("{LINE}/correct"), &ana, "c1", &body)
    };
    let (status, which) = correct(Value::Null);
    assert!(status == 422 && which["mend"].to_string().contains("`by`"), "{which}");
    assert_eq!(correct(json!("bob")).0, 200);
    assert_eq!(service.lpp(&ana).0, "2500");
    let add = |token: &str| {
        let body =
            json!({ "rule": "lpp", "holder": "sg", "period": "2025", "tpp": 7, "date": "2025-06-20", "reason": "x" });
        service.post("/v1/allocations/adjustments", token, "1", &body).0
    };
    assert_eq!((add(&ana), add(&bob), add(&bob)), (204, 204, 204));
    assert_eq!(service.lpp(&ana).0, "2514");
    // The same order under the same word by another caller is another's.
    assert_eq!(reserve(&service, &bob, "k1", "PO-1").1["code"], "already_decided");
    let occupied = reserve(&service, &ana, "k9", "release:PO-1");
    assert!(occupied.0 == 422 && occupied.1["detail"].to_string().contains("release:"), "{}", occupied.1);
}

#[test]
fn many_requests_at_once_for_one_line_are_answered_as_one_after_another() {
    let folder = folder("at-once");
    let officer = token(&folder, "officer");
    let service = Service::start(&folder);
    let at_once = |key: &(dyn Fn(usize) -> String + Sync), id: &str| -> Vec<(u16, Value)> {
        std::thread::scope(|scope| {
            let (service, officer) = (&service, &officer);
            let threads: Vec<_> =
                (0..20).map(|number| scope.spawn(move || reserve(service, officer, &key(number), id))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        })
    };
    let answers = at_once(&|number| format!("k{number}"), "PO-1");
    assert_eq!(answers.iter().filter(|(status, _)| *status == 201).count(), 1, "{answers:?}");
    for (_, refused) in answers.iter().filter(|(status, _)| *status != 201) {
        assert_eq!(refused["code"], "already_decided", "{refused}");
    }
    let answers = at_once(&|_| "same".to_owned(), "PO-2");
    let first = &answers.iter().find(|(status, _)| *status == 201).unwrap().1;
    assert!(answers.iter().all(|(status, answer)| matches!(status, 200 | 201) && answer == first), "{answers:?}");
    assert_eq!(service.lpp(&officer).1, "316480");
}

#[test]
fn two_tokens_of_one_person_are_one_person() {
    let folder = folder("one-person");
    let of_ana = |name: &str| {
        let words = ["token", "add", "--name", name, "--person", "ana", "--role", "officer"];
        let (status, text) = tollgate(&folder, &words);
        assert_eq!(status, 0, "{text}");
        text.trim().to_owned()
    };
    let (desk, shadow) = (of_ana("desk"), of_ana("shadow"));
    let bob = token_of(&folder, "bob", "officer");
    let service = Service::start(&folder);
    let held = json!({ "order": order("PO-1", 10), "reserve": true, "hold": true });
    assert_eq!(service.post("/v1/orders", &desk, "k1", &held).0, 201);
    let release = |token: &str| service.post(&format!("{LINE}/release"), token, "r1", &json!({ "reason": "fine" }));
    assert_eq!(release(&shadow).1["code"], "four_eyes");
    assert_eq!(release(&bob).0, 200);
    let (_, read) = service.ask("GET", LINE, &bob, None, "");
    assert_eq!(read["record"]["actor"], "ana/desk", "{read}");
    // Whoever is removed loses all tokens.
    let administrator = token(&folder, "administrator");
    assert_eq!(service.ask("DELETE", "/v1/users/ana", &administrator, Some("d1"), "").0, 204);
    assert_eq!(
        [&desk, &shadow, &bob].map(|token| service.ask("GET", "/v1/policy", token, None, "").0),
        [401, 401, 200]
    );
}

#[test]
fn an_administrator_makes_nobody_an_officer_alone_and_no_token_in_anothers_name() {
    let folder = folder("grants");
    let root = token(&folder, "administrator");
    let officer = token(&folder, "officer");
    let service = Service::start(&folder);
    let mint = |key: &str, name: &str, role: &str| {
        service.post("/v1/tokens", &root, key, &json!({ "name": name, "role": role }))
    };
    let (status, refused) = mint("t1", "officer", "officer");
    assert_eq!((status, refused["code"].as_str()), (403, Some("anothers_name")), "{refused}");
    let (status, proposed) = mint("t2", "shadow", "officer");
    let shadow = proposed["token"].as_str().unwrap().to_owned();
    assert_eq!((status, service.ask("GET", "/v1/policy", &shadow, None, "").0), (202, 401), "{proposed}");
    assert_eq!(service.confirm(&root, &proposed).1["code"], "four_eyes");
    assert_eq!(service.confirm(&officer, &proposed).0, 200);
    // It is good now, and is the administrator's: it cannot release what that person entered, nor confirm what that person proposed.
    let held = json!({ "order": order("PO-1", 10), "reserve": true, "hold": true });
    assert_eq!(service.post("/v1/orders", &shadow, "k1", &held).0, 201);
    assert_eq!(service.ask("GET", LINE, &officer, None, "").1["record"]["actor"], "administrator/shadow");
    let user = json!({ "name": "eve", "role": "administrator", "password": "a sentence of words" });
    let (status, proposed) = service.post("/v1/users", &root, "u1", &user);
    assert_eq!((status, service.confirm(&shadow, &proposed).1["code"].as_str()), (202, Some("four_eyes")));
    // Rejected, it stays undone, whoever confirms it later.
    let id = proposed["proposal"].as_str().unwrap();
    let reject =
        service.post(&format!("/v1/proposals/{id}/reject"), &officer, "x1", &json!({ "reason": "who is eve?" }));
    assert_eq!(reject.1["state"], "rejected", "{}", reject.1);
    assert_eq!(service.confirm(&officer, &proposed).1["code"], "concluded_already");
    let log_in = json!({ "name": "eve", "password": "a sentence of words" }).to_string();
    assert_eq!(service.send("POST", "/v1/session", &[("Content-Type", "application/json")], &log_in).0, 401);
    // What reads alone needs nobody else.
    assert_eq!(mint("t3", "screen", "viewer").0, 201);
}
