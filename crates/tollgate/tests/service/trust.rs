//! What an attacker, a fault or a mistake beneath the service does to it: it refuses rather than guesses.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{SERVE, Service, folder, order, token, token_of, tollgate};

const JSON: (&str, &str) = ("Content-Type", "application/json");

fn reserve(service: &Service, token: &str, id: &str) -> (u16, Value) {
    service.post("/v1/orders", token, id, &json!({ "order": order(id, 10), "reserve": true }))
}

#[test]
fn a_ledger_whose_file_is_moved_away_is_told_to_everybody_and_ends_the_service() {
    let folder = folder("moved");
    let officer = token(&folder, "officer");
    let mut service = Service::start(&folder);
    assert_eq!(reserve(&service, &officer, "PO-1").0, 201);
    std::fs::rename(folder.join("tollgate.sqlite"), folder.join("elsewhere.sqlite")).unwrap();
    let trial = json!({ "order": order("PO-2", 10) });
    let answers = [
        reserve(&service, &officer, "PO-2"),
        service.post("/v1/orders", &officer, "k", &trial),
        service.ask("GET", "/v1/allocations", &officer, None, ""),
        service.ask("GET", "/v1/orders/PO-1/lines/1", &officer, None, ""),
        service.ask("GET", "/readyz", "", None, ""),
        service.ask("GET", "/healthz", "", None, ""),
    ];
    for (status, answer) in &answers {
        assert_eq!((*status, answer["code"].as_str()), (503, Some("unavailable")), "{answer}");
        assert!(
            answer["detail"].to_string().contains("moved") && answer["mend"].to_string().contains("put the file back"),
            "{answer}"
        );
    }
    assert_eq!(service.child.wait().unwrap().code(), Some(2), "it ends, so that whoever watches it knows");
    // Put back, all is as it was.
    std::fs::rename(folder.join("elsewhere.sqlite"), folder.join("tollgate.sqlite")).unwrap();
    let service = Service::start(&folder);
    assert_eq!(service.lpp(&officer).1, "158240");
    assert_eq!(reserve(&service, &officer, "PO-2").0, 201);
}

#[test]
fn a_log_that_went_back_between_two_starts_is_found_out_and_a_new_ledger_is_begun_only_where_asked() {
    let folder = folder("went-back");
    let without: Vec<&str> = SERVE.into_iter().filter(|word| *word != "--create").collect();
    let (status, text) = tollgate(&folder, &without);
    assert!(status == 2 && text.contains("--create"), "{text}");
    assert!(!folder.join("tollgate.sqlite").exists());
    let officer = token(&folder, "officer");
    let mut service = Service::start(&folder);
    for number in 0..3 {
        assert_eq!(reserve(&service, &officer, &format!("PO-{number}")).0, 201);
    }
    // Up to where the log was seen is written down every two seconds.
    std::thread::sleep(Duration::from_secs(5));
    service.child.kill().unwrap();
    service.child.wait().unwrap();
    let log = rusqlite::Connection::open(folder.join("tollgate.sqlite")).unwrap();
    log.execute_batch("DELETE FROM record WHERE seq > (SELECT max(seq) - 2 FROM record)").unwrap();
    drop(log);
    assert_eq!(tollgate(&folder, &["audit", "verify"]).0, 0, "the chain alone does not tell");
    let (status, text) = tollgate(&folder, &SERVE);
    assert!(status == 2 && text.contains("went back") && text.contains("mend"), "{text}");
}

#[test]
fn a_password_that_was_put_beside_the_log_opens_nothing() {
    let folder = folder("put-beside");
    let (root, second) = (token(&folder, "administrator"), token_of(&folder, "bob", "officer"));
    let service = Service::start(&folder);
    for (name, key) in [("ana", "u1"), ("eve", "u2")] {
        let user = json!({ "name": name, "role": "administrator", "password": format!("the sentence of {name}") });
        let (_, proposed) = service.post("/v1/users", &root, key, &user);
        assert_eq!(service.confirm(&second, &proposed).0, 200, "{proposed}");
    }
    let log_in = |name: &str, password: &str| {
        let body = json!({ "name": name, "password": password }).to_string();
        service.send("POST", "/v1/session", &[JSON], &body).0
    };
    assert_eq!((log_in("ana", "the sentence of ana"), log_in("eve", "the sentence of eve")), (200, 200));
    // Who can write the file gives ana the hash of eve's password.
    let file = rusqlite::Connection::open(folder.join("tollgate.sqlite")).unwrap();
    let hashes: Vec<(String, String)> = file
        .prepare("SELECT name, value FROM kept WHERE name LIKE 'password:%' ORDER BY rowid")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    file.execute("UPDATE kept SET value = ?1 WHERE name = ?2", [&hashes[1].1, &hashes[0].0]).unwrap();
    assert_eq!((log_in("ana", "the sentence of eve"), log_in("ana", "the sentence of ana")), (401, 401));
    assert_eq!(log_in("eve", "the sentence of eve"), 200);
}

#[test]
fn many_guesses_at_once_are_as_few_as_one_after_another() {
    let folder = folder("guesses");
    let root = token(&folder, "administrator");
    let service = Service::start(&folder);
    let user = json!({ "name": "ana", "role": "viewer", "password": "a sentence of words" });
    assert_eq!(service.post("/v1/users", &root, "u1", &user).0, 201);
    let guess = |password: &str, browser: &str| {
        let body = json!({ "name": "ana", "password": password }).to_string();
        service.send("POST", "/v1/session", &[JSON, ("Cookie", browser)], &body)
    };
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let guess = &guess;
        let threads: Vec<_> =
            (0..60).map(|number| scope.spawn(move || guess(&format!("wrong guess {number:04}"), "").0)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut looked_at = statuses.iter().filter(|status| **status != 429).count();
    while guess("wrong again, and again", "").0 != 429 {
        looked_at += 1;
    }
    assert_eq!(looked_at, 5, "{statuses:?}");
    assert_eq!(guess("a sentence of words", "").0, 429);
    // A name that none can be is not remembered, however long.
    let long = json!({ "name": "x".repeat(100_000), "password": "wrong" }).to_string();
    assert_eq!(service.send("POST", "/v1/session", &[JSON], &long).0, 401);
}

#[test]
fn a_job_key_said_again_with_another_content_is_refused_and_jobs_are_their_persons() {
    let folder = folder("job-keys");
    let (ana, bob) = (token(&folder, "officer"), token_of(&folder, "bob", "officer"));
    let service = Service::start(&folder);
    let file = |id: &str| format!("{}\n", order(id, 1));
    let upload = |token: &str, query: &str, body: &str| {
        let bearer = format!("Bearer {token}");
        let headers =
            [("Authorization", bearer.as_str()), ("Idempotency-Key", "k1"), ("Content-Type", "application/jsonl")];
        let (status, answer, _) = service.send("POST", &format!("/v1/jobs{query}"), &headers, body);
        (status, answer)
    };
    let (status, taken) = upload(&ana, "", &file("J-1"));
    let id = taken["id"].as_str().unwrap().to_owned();
    assert_eq!((status, upload(&ana, "", &file("J-1")).1["id"].as_str()), (202, Some(id.as_str())));
    for (query, body) in [("", file("J-2")), ("?reserve=true", file("J-1"))] {
        let (status, refused) = upload(&ana, query, &body);
        assert_eq!((status, refused["code"].as_str()), (409, Some("id_taken")), "{refused}");
        assert!(refused["detail"].to_string().contains("Idempotency-Key"), "{refused}");
    }
    let (status, other) = upload(&bob, "", &file("J-2"));
    assert!(status == 202 && other["id"] != id.as_str(), "{other}");
    let path = format!("/v1/jobs/{id}");
    assert_eq!(service.ask("GET", &path, &bob, None, "").0, 404, "a trial is seen by who made it");
    assert_eq!(service.ask("DELETE", &path, &bob, None, "").0, 404);
    while service.ask("GET", &path, &ana, None, "").1["state"] == "running" {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(service.ask("DELETE", &path, &ana, None, "").0, 204);
    assert_eq!(service.ask("GET", &path, &ana, None, "").0, 404);
}

#[test]
fn a_job_ends_with_the_right_of_who_uploaded_it() {
    let folder = folder("revoked-job");
    let (ana, bob) = (token(&folder, "officer"), token_of(&folder, "bob", "officer"));
    let service = Service::start(&folder);
    let lines: String = (0..3_000).map(|number| format!("{}\n", order(&format!("J-{number}"), 1))).collect();
    let bearer = format!("Bearer {ana}");
    let headers =
        [("Authorization", bearer.as_str()), ("Idempotency-Key", "k1"), ("Content-Type", "application/jsonl")];
    let (_, taken, _) = service.send("POST", "/v1/jobs?reserve=true", &headers, &lines);
    let path = format!("/v1/jobs/{}", taken["id"].as_str().unwrap());
    let progress = || service.ask("GET", &path, &bob, None, "").1;
    while progress()["done"].as_u64().unwrap() < 5 {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(tollgate(&folder, &["token", "revoke", "--name", "officer"]).0, 0);
    let ended = loop {
        let now = progress();
        if now["state"] != "running" {
            break now;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(ended["state"], "interrupted", "{ended}");
    assert!(ended["done"].as_u64().unwrap() < 3_000 && ended["detail"].to_string().contains("taken away"), "{ended}");
    drop(service);
    let service = Service::start(&folder);
    std::thread::sleep(Duration::from_millis(500));
    let after = service.ask("GET", &path, &bob, None, "").1;
    assert_eq!(
        (&after["state"], &after["done"]),
        (&json!("interrupted"), &ended["done"]),
        "nor after a restart: {after}"
    );
}

/// What a raw connection is answered.
fn raw(service: &Service, text: &[u8]) -> String {
    let mut stream = TcpStream::connect(service.address.strip_prefix("http://").unwrap()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(text).unwrap();
    let mut answer = Vec::new();
    let _ended = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn the_edges_are_bounded() {
    let folder = folder("edges");
    let viewer = token(&folder, "viewer");
    let service = Service::start(&folder);
    // HTTP/2 in clear text is not spoken: its preface is a bad request.
    let answer = raw(&service, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0");
    assert!(!answer.starts_with('\0') && (answer.is_empty() || answer.starts_with("HTTP/1.1 4")), "{answer:?}");
    // Methods that a client makes up are counted together.
    for number in 0..20 {
        let request =
            format!("BREW{number}{} /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "X".repeat(500));
        assert!(raw(&service, request.as_bytes()).starts_with("HTTP/1.1 405"));
    }
    let (_, metrics) = service.ask("GET", "/metrics", &viewer, None, "");
    let metrics = metrics.as_str().unwrap();
    assert!(metrics.contains(r#"method="other""#) && !metrics.contains("BREW"), "{metrics}");
    // Nobody is led elsewhere.
    let config = ureq::Agent::config_builder().max_redirects(0).build();
    let agent: ureq::Agent = config.into();
    for back in ["/%09/evil.example", "//evil.example", "/%5Cevil.example", "/%0A/evil.example"] {
        let sent = agent.get(format!("{}/language?to=en&back={back}", service.address)).call().unwrap();
        assert_eq!(sent.headers().get("location").unwrap(), "/", "{back}");
    }
    drop(service);
    // Behind a proxy with TLS, cookies are for TLS alone, and nothing comes another way.
    let root = token(&folder, "administrator");
    let service =
        Service::start_with(&folder, &["--public-url", "https://tollgate.example", "--trusted-proxy", "127.0.0.0/8"]);
    let user = json!({ "name": "ana", "role": "viewer", "password": "a sentence of words" });
    assert_eq!(service.post("/v1/users", &root, "u1", &user).0, 201);
    let log_in = json!({ "name": "ana", "password": "a sentence of words" }).to_string();
    let (status, me, cookie) = service.send("POST", "/v1/session", &[JSON], &log_in);
    assert!(
        status == 200 && cookie.starts_with("__Host-tollgate_session=") && cookie.ends_with("; Secure"),
        "{cookie}"
    );
    let session = cookie.split(';').next().unwrap();
    let plain = session.trim_start_matches("__Host-");
    assert_eq!(service.send("GET", "/v1/session", &[("Cookie", session)], "").1["name"], me["name"]);
    assert_eq!(service.send("GET", "/v1/session", &[("Cookie", plain)], "").0, 401);
    let head = raw(&service, b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert!(head.to_lowercase().contains("strict-transport-security: max-age=31536000"), "{head}");
}
