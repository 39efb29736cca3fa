//! Who may do what, and how people log in.

use serde_json::{Value, json};

use crate::harness::{Service, folder, order, token, token_of, tollgate};

#[test]
fn every_role_may_do_what_the_table_says() {
    let folder = folder("roles");
    let roles = ["viewer", "analyst", "officer", "administrator", "auditor"];
    let tokens = roles.map(|role| token(&folder, role));
    let service = Service::start(&folder);
    let trial = json!({ "order": order("PO-9", 1) }).to_string();
    let real = json!({ "order": order("PO-9", 1), "reserve": true }).to_string();
    let amended = json!({ "order": order("PO-9", 2), "hold": true }).to_string();
    let (ship, name) = (json!({ "date": "2025-06-20" }).to_string(), json!({ "name": "Huawei" }).to_string());
    let question = r#"{"question":"4 L40S to Example Works, Norway"}"#;
    let why = r#"{"reason":"x"}"#;
    let right = r#"{"shipment":"s","tpp":1,"date":"2025-06-20","reason":"x"}"#;
    let adjust = r#"{"rule":"lpp","holder":"sg","period":"2025","tpp":1,"date":"2025-06-20","reason":"x"}"#;
    let group = r#"{"holder":"a","into":"b","from":"2025-06-20","reason":"x"}"#;
    let found = r#"{"list":"l","entry":"e","finding":"cleared","reason":"x"}"#;
    let rebase = r#"{"from":"2025-07-01"}"#;
    let user = r#"{"name":"eve","role":"viewer","password":"a sentence of words"}"#;
    let one = r#"{"name":"eve","role":"viewer"}"#;
    // Viewer, analyst, officer, administrator, auditor; without a token all but the health check is shut.
    let table: [(&str, &str, &str, [u16; 5]); 36] = [
        ("GET", "/v1/allocations", "", [200, 200, 200, 200, 200]),
        ("GET", "/v1/policy", "", [200, 200, 200, 200, 200]),
        ("GET", "/v1/session", "", [200, 200, 200, 200, 200]),
        ("GET", "/metrics", "", [200, 200, 200, 200, 200]),
        ("GET", "/v1/orders/PO-0/lines/1", "", [404, 404, 404, 404, 404]),
        ("GET", "/v1/orders/PO-0/papers", "", [404, 404, 404, 404, 404]),
        ("GET", "/v1/jobs/none", "", [404, 404, 404, 404, 404]),
        ("GET", "/v1/jobs/none/results", "", [404, 404, 404, 404, 404]),
        ("GET", "/v1/jobs/none/events", "", [404, 404, 404, 404, 404]),
        ("GET", "/v1/records", "", [403, 403, 403, 403, 200]),
        ("GET", "/v1/operators/sg", "", [200, 200, 200, 200, 200]),
        ("GET", "/v1/parties/sg/matches", "", [200, 200, 200, 200, 200]),
        ("POST", "/v1/parties/sg/findings", found, [403, 403, 404, 403, 403]),
        ("POST", "/v1/allocations/rebase", rebase, [403, 403, 200, 403, 403]),
        ("GET", "/v1/users", "", [403, 403, 403, 200, 200]),
        ("POST", "/v1/screen", &name, [403, 200, 200, 403, 403]),
        ("POST", "/v1/ask", question, [403, 200, 200, 403, 403]),
        ("POST", "/v1/orders", &trial, [403, 200, 200, 403, 403]),
        ("POST", "/v1/orders", &real, [403, 403, 201, 403, 403]),
        ("POST", "/v1/orders/PO-9/lines/1/amend", &amended, [403, 403, 201, 403, 403]),
        ("POST", "/v1/orders/PO-9/lines/1/release", why, [403, 403, 403, 403, 403]),
        ("POST", "/v1/orders/PO-9/lines/1/ship", &ship, [403, 403, 409, 403, 403]),
        ("POST", "/v1/orders/PO-9/lines/1/correct", right, [403, 403, 404, 403, 403]),
        ("POST", "/v1/orders/PO-9/lines/1/cancel", why, [403, 403, 200, 403, 403]),
        ("POST", "/v1/allocations/adjustments", adjust, [403, 403, 204, 403, 403]),
        ("POST", "/v1/allocations/groups", group, [403, 403, 202, 403, 403]),
        ("GET", "/v1/proposals", "", [200, 200, 200, 200, 200]),
        ("POST", "/v1/proposals/none/confirm", why, [403, 403, 404, 404, 403]),
        ("POST", "/v1/proposals/none/reject", why, [403, 403, 404, 404, 403]),
        ("DELETE", "/v1/jobs/none", "", [403, 404, 404, 403, 403]),
        ("POST", "/v1/jobs", "{}", [403, 415, 415, 403, 403]),
        ("POST", "/v1/jobs?reserve=true", "{}", [403, 403, 415, 403, 403]),
        ("POST", "/v1/users", user, [403, 403, 403, 201, 403]),
        ("POST", "/v1/tokens", one, [403, 403, 403, 201, 403]),
        ("DELETE", "/v1/users/eve", "", [403, 403, 403, 204, 403]),
        ("GET", "/v1/nothing", "", [404, 404, 404, 404, 404]),
    ];
    for (method, path, body, expected) in table {
        for ((role, token), expected) in roles.iter().zip(&tokens).zip(expected) {
            let (status, answer) = service.ask(method, path, token, Some("k"), body);
            assert_eq!(status, expected, "{method} {path} as {role}: {answer}");
        }
        let without = service.ask(method, path, "tg_0000", Some("k"), body).0;
        assert!(without == 401 || path == "/v1/nothing", "{method} {path} without a token: {without}");
    }
    // No request that the description has is missing from the table, but for those that say who one is.
    let (status, text) = tollgate(&folder, &["openapi"]);
    assert_eq!(status, 0);
    let described: Value = serde_json::from_str(&text).unwrap();
    for (path, methods) in described["paths"].as_object().unwrap() {
        let as_asked = path.replace("{order}", "PO-9").replace("{line}", "1").replace("{id}", "none");
        let as_asked = as_asked.replace("{name}", "eve").replace("{party}", "sg").replace("{proposal}", "none");
        for method in methods.as_object().unwrap().keys() {
            let has = |row: &(&str, &str, &str, [u16; 5])| {
                let own = row.1.split('?').next().unwrap().replace("PO-0", "PO-9");
                row.0.eq_ignore_ascii_case(method) && own == as_asked
            };
            let of_oneself = path.starts_with("/v1/session") || path == "/v1/setup";
            assert!(of_oneself || table.iter().any(has), "{method} {path} has no row");
        }
    }
    assert_eq!(service.ask("GET", "/healthz", "", None, "").0, 200);
    assert_eq!(service.ask("DELETE", "/v1/orders", &tokens[2], None, "").0, 405);
    // Taken back, from the shell, while the service runs.
    assert_eq!(tollgate(&folder, &["token", "revoke", "--name", "officer"]).0, 0);
    assert_eq!(service.ask("GET", "/v1/policy", &tokens[2], None, "").0, 401);
}

const SENTENCE: &str = "a sentence of words";
const JSON: (&str, &str) = ("Content-Type", "application/json");

fn log_in(service: &Service, name: &str, password: &str) -> (u16, Value, String) {
    let body = json!({ "name": name, "password": password }).to_string();
    let (status, answer, cookie) = service.send("POST", "/v1/session", &[JSON], &body);
    (status, answer, cookie.split(';').next().unwrap().to_owned())
}

#[test]
fn the_first_start_gives_a_link_that_works_once() {
    let folder = folder("setup");
    let mut service = Service::start(&folder);
    assert_eq!(service.ask("GET", "/v1/policy", "", None, "").0, 401, "nothing is open by default");
    let secret = service.setup_secret();
    let asked = |secret: &str, name: &str| {
        let body = json!({ "secret": secret, "name": name, "password": SENTENCE }).to_string();
        service.send("POST", "/v1/setup", &[JSON], &body).0
    };
    assert_eq!((asked("guessed", "root"), asked(&secret, "../root"), asked(&secret, "root")), (401, 422, 201));
    assert_eq!(asked(&secret, "second"), 401, "it was used");
    let (status, me, cookie) = log_in(&service, "root", SENTENCE);
    assert_eq!((status, me["role"].as_str()), (200, Some("administrator")));
    // The administrator makes an officer; what the password is, no record tells.
    let csrf = me["csrf"].as_str().unwrap();
    let user = json!({ "name": "ana", "role": "officer", "password": "another sentence" }).to_string();
    let headers = [JSON, ("Cookie", cookie.as_str()), ("X-CSRF-Token", csrf), ("Idempotency-Key", "u1")];
    let proposed = service.send("POST", "/v1/users", &headers, &user);
    assert_eq!((proposed.0, log_in(&service, "ana", "another sentence").0), (202, 401), "{}", proposed.1);
    assert_eq!(service.send("POST", "/v1/users", &headers, &user).1, proposed.1, "said again");
    // A second person, whom who has the ledger's file made.
    let second = token_of(&folder, "bob", "administrator");
    assert_eq!(service.confirm(&second, &proposed.1).0, 200);
    assert_eq!(service.send("POST", "/v1/users", &headers, &user).1["state"], "confirmed");
    let other = user.replace("officer", "viewer");
    assert_eq!(service.send("POST", "/v1/users", &headers, &other).1["code"], "id_taken");
    assert_eq!(log_in(&service, "ana", "another sentence").1["role"], "officer");
    let (_, exported) = tollgate(&folder, &["audit", "export", "--out", "log.jsonl"]);
    let log = std::fs::read_to_string(folder.join("log.jsonl")).unwrap();
    assert!(log.contains("\"ana\"") && !log.contains("argon2id") && !log.contains("sentence"), "{exported}");
    drop(service);
    // A later start gives no link.
    let service = Service::start(&folder);
    assert_eq!(log_in(&service, "ana", "another sentence").0, 200);
}

#[test]
fn sessions_carry_their_token_end_and_are_not_forged() {
    let folder = folder("sessions");
    let administrator = token(&folder, "administrator");
    let service = Service::start(&folder);
    let user = json!({ "name": "ana", "role": "officer", "password": SENTENCE }).to_string();
    let (status, proposed) = service.ask("POST", "/v1/users", &administrator, Some("u1"), &user);
    let second = token_of(&folder, "bob", "officer");
    assert_eq!((status, service.confirm(&second, &proposed).0), (202, 200), "{proposed}");
    let (_, me, cookie) = log_in(&service, "ana", SENTENCE);
    let csrf = me["csrf"].as_str().unwrap();
    let cancel = |headers: &[(&str, &str)]| {
        let all = [&[JSON, ("Idempotency-Key", "c1")], headers].concat();
        let (status, answer, _) = service.send("POST", "/v1/orders/PO-1/lines/1/cancel", &all, r#"{"reason":"x"}"#);
        (status, answer["code"].as_str().unwrap().to_owned())
    };
    let own = ("Cookie", cookie.as_str());
    assert_eq!(cancel(&[own]), (403, "no_csrf_token".into()));
    assert_eq!(cancel(&[own, ("X-CSRF-Token", "guessed")]), (403, "no_csrf_token".into()));
    assert_eq!(cancel(&[own, ("X-CSRF-Token", csrf)]), (404, "unknown_order".into()));
    for forged in ["tollgate_session=", "tollgate_session=0000", "tollgate_session=../../etc/passwd", "other=x"] {
        assert_eq!(cancel(&[("Cookie", forged), ("X-CSRF-Token", csrf)]).0, 401, "{forged}");
    }
    // Another password ends the session, and so does logging out.
    let change = |old: &str, key: &str| {
        let body = json!({ "old": old, "new": "quite another sentence" }).to_string();
        let headers = [JSON, own, ("X-CSRF-Token", csrf), ("Idempotency-Key", key)];
        service.send("POST", "/v1/session/password", &headers, &body).0
    };
    assert_eq!((change("not this one at all", "p1"), change(SENTENCE, "p2")), (401, 204));
    assert_eq!(service.send("GET", "/v1/session", &[own], "").0, 401);
    assert_eq!(log_in(&service, "ana", SENTENCE).0, 401);
    let (_, me, cookie) = log_in(&service, "ana", "quite another sentence");
    let own = [("Cookie", cookie.as_str()), ("X-CSRF-Token", me["csrf"].as_str().unwrap())];
    assert_eq!(service.send("GET", "/v1/session", &own, "").1["name"], "ana");
    assert_eq!(service.send("DELETE", "/v1/session", &own, "").0, 204);
    assert_eq!(service.send("GET", "/v1/session", &own, "").0, 401, "replayed after logging out");
    // Who is removed is out at once.
    let (_, _, cookie) = log_in(&service, "ana", "quite another sentence");
    assert_eq!(service.ask("DELETE", "/v1/users/ana", &administrator, Some("d1"), "").0, 204);
    assert_eq!(service.send("GET", "/v1/session", &[("Cookie", cookie.as_str())], "").0, 401);
}

#[test]
fn guessing_locks_a_name_and_nobody_else() {
    let folder = folder("lockout");
    let administrator = token(&folder, "administrator");
    let service = Service::start(&folder);
    for name in ["ana", "bob"] {
        let user = json!({ "name": name, "role": "viewer", "password": SENTENCE }).to_string();
        assert_eq!(service.ask("POST", "/v1/users", &administrator, Some("u1"), &user).0, 201);
    }
    let codes: Vec<u16> = (0..6).map(|_| log_in(&service, "ana", "wrong, and wrong again").0).collect();
    assert_eq!(codes, [401, 401, 401, 401, 401, 429]);
    assert_eq!(log_in(&service, "ana", SENTENCE).0, 429, "the right one too, for a minute");
    assert_eq!(log_in(&service, "bob", SENTENCE).0, 200);
    assert_eq!(log_in(&service, "nobody", SENTENCE).0, 401);
}

#[test]
fn a_token_is_good_for_its_scopes_until_its_day_and_at_its_rate() {
    let folder = folder("scopes");
    let administrator = token(&folder, "administrator");
    let service = Service::start_with(&folder, &["--rate", "20"]);
    let make = |key: &str, body: Value| service.ask("POST", "/v1/tokens", &administrator, Some(key), &body.to_string());
    let (status, made) = make("t1", json!({ "name": "reader", "role": "officer", "scopes": ["read"] }));
    let reader = made["token"].as_str().unwrap().to_owned();
    assert_eq!(status, 201);
    assert_eq!(service.ask("GET", "/v1/policy", &reader, None, "").0, 200);
    let trial = json!({ "order": order("PO-1", 1) });
    assert_eq!(service.post("/v1/orders", &reader, "k", &trial).0, 403, "the role may, the token may not");
    let again = make("t1", json!({ "name": "reader", "role": "officer", "scopes": ["read"] }));
    assert_eq!((again.0, again.1["code"].as_str()), (409, Some("already_made")));
    assert_eq!(make("t2", json!({ "name": "x", "role": "viewer", "until": "2020-01-01" })).0, 422);
    assert_eq!(make("t3", json!({ "name": "x", "role": "king" })).0, 422);
    let statuses: Vec<u16> = (0..80).map(|_| service.ask("GET", "/v1/policy", &reader, None, "").0).collect();
    assert!(statuses.contains(&429) && statuses.contains(&200), "{statuses:?}");
    assert_eq!(service.ask("GET", "/v1/policy", &administrator, None, "").0, 200, "others are not slowed");
}
