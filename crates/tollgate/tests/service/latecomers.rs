//! What comes late, again, cut off or in a form that no client sends: it does nothing that it should not, and ends nothing.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Service, folder, order, token, token_of, tollgate};

fn connect(service: &Service) -> TcpStream {
    let stream = TcpStream::connect(service.address.strip_prefix("http://").unwrap()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(40))).unwrap();
    stream
}

/// All that a connection is answered until it ends or is silent.
fn answers(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    let _ended = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// What a connection is answered that sends this and no more.
fn raw(service: &Service, text: &str) -> String {
    let mut stream = connect(service);
    stream.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
    // It may be refused before all is sent.
    let _cut_off = stream.write_all(text.as_bytes());
    answers(stream)
}

fn head(path: &str, token: &str, key: &str, length: usize) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: {key}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    )
}

fn records(folder: &std::path::Path) -> i64 {
    let file = rusqlite::Connection::open(folder.join("tollgate.sqlite")).unwrap();
    file.query_row("SELECT count(*) FROM record", [], |row| row.get(0)).unwrap()
}

/// Whoever is taken a right from has it for no request whose body is still to come.
#[test]
fn who_sends_slowly_keeps_no_right_that_was_taken_away() {
    let folder = folder("slowly");
    let (ana, root) = (token_of(&folder, "ana", "officer"), token(&folder, "administrator"));
    let service = Service::start(&folder);
    let begin = |path: &str, token: &str, body: &str| {
        let mut stream = connect(&service);
        let (first, _) = body.split_at(1);
        stream.write_all(head(path, token, "k1", body.len()).as_bytes()).unwrap();
        stream.write_all(first.as_bytes()).unwrap();
        stream
    };
    let end = |mut stream: TcpStream, body: &str| {
        let (_, rest) = body.split_at(1);
        stream.write_all(rest.as_bytes()).unwrap();
        answers(stream)
    };
    let of_officer = json!({ "order": order("PO-1", 10), "reserve": true }).to_string();
    let of_administrator = json!({ "name": "spare", "role": "viewer" }).to_string();
    let begun = (begin("/v1/orders", &ana, &of_officer), begin("/v1/tokens", &root, &of_administrator));
    // Both are being waited for now.
    std::thread::sleep(Duration::from_millis(300));
    for name in ["ana", "administrator"] {
        assert_eq!(tollgate(&folder, &["token", "revoke", "--name", name]).0, 0);
    }
    let before = records(&folder);
    for (stream, body) in [(begun.0, &of_officer), (begun.1, &of_administrator)] {
        let answer = end(stream, body);
        assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    }
    assert_eq!(records(&folder), before);
    // Whose right stands may send as slowly, and one byte more than any body may have is refused as before.
    let bob = token_of(&folder, "bob", "officer");
    let stream = begin("/v1/orders", &bob, &of_officer);
    std::thread::sleep(Duration::from_millis(300));
    assert!(end(stream, &of_officer).starts_with("HTTP/1.1 201"));
    let long = format!("{}{}", of_officer, " ".repeat(256 * 1024));
    let answer = raw(&service, &format!("{}{long}", head("/v1/orders", &bob, "k2", long.len())));
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
}

/// What somebody proposed who may not do it any more takes two others; and a word for taking a right away does not stand for a later time.
#[test]
fn who_is_gone_is_no_first_of_two_and_is_gone_by_each_word_anew() {
    let folder = folder("gone");
    let (ana, bob) = (token_of(&folder, "ana", "officer"), token_of(&folder, "bob", "officer"));
    let root = token(&folder, "administrator");
    let service = Service::start(&folder);
    assert_eq!(service.post("/v1/orders", &ana, "k1", &json!({ "order": order("PO-1", 10), "reserve": true })).0, 201);
    let gone = json!({ "date": "2025-06-20", "tpp": 1_000 });
    assert_eq!(service.post("/v1/orders/PO-1/lines/1/ship", &ana, "s1", &gone).0, 200);
    let back =
        json!({ "rule": "lpp", "holder": "sg", "period": "2025", "tpp": -7, "date": "2025-06-20", "reason": "x" });
    let (status, proposed) = service.post("/v1/allocations/adjustments", &ana, "a1", &back);
    assert_eq!(status, 202, "{proposed}");
    let remove = |key: &str| service.ask("DELETE", "/v1/users/ana", &root, Some(key), "");
    assert_eq!(remove("d1").0, 204);
    let (status, refused) = service.confirm(&bob, &proposed);
    assert_eq!((status, refused["code"].as_str()), (409, Some("proposer_gone")), "{refused}");
    assert!(refused["mend"].to_string().contains("reject"), "{refused}");
    // Let in again, what that person proposed counts again; the old word takes nobody away.
    let again = token_of(&folder, "ana", "officer");
    let (status, refused) = remove("d1");
    assert_eq!((status, refused["code"].as_str()), (409, Some("id_taken")), "{refused}");
    assert_eq!(service.ask("GET", "/v1/policy", &again, None, "").0, 200);
    assert_eq!(service.confirm(&bob, &proposed).0, 200);
    assert_eq!((remove("d2").0, service.ask("GET", "/v1/policy", &again, None, "").0), (204, 401));
}

/// A request that two readers could end at two places is one request here, and nothing stands behind it.
#[test]
fn no_request_is_hidden_in_another() {
    let folder = folder("hidden");
    let officer = token(&folder, "officer");
    let service = Service::start(&folder);
    let hidden = format!(
        "POST /v1/orders HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {officer}\r\nIdempotency-Key: h\r\nContent-Type: application/json\r\nContent-Length: {{}}\r\n\r\n"
    );
    let body = json!({ "order": order("PO-1", 1), "reserve": true }).to_string();
    let hidden = format!("{}{body}", hidden.replace("{}", &body.len().to_string()));
    let before = records(&folder);
    let length = hidden.len() + 5;
    for fields in [
        format!("Content-Length: {length}\r\nTransfer-Encoding: chunked"),
        format!("Transfer-Encoding: chunked\r\nContent-Length: {length}"),
        "Transfer-Encoding: chunked\r\nContent-Length: 5".to_owned(),
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity".to_owned(),
        "Transfer-Encoding: identity, chunked".to_owned(),
        "Transfer-Encoding: chunked, identity".to_owned(),
        "Transfer-Encoding: xchunked".to_owned(),
        "Transfer-Encoding:\tchunked".to_owned(),
        "Transfer-Encoding : chunked".to_owned(),
        "Transfer-Encoding\n: chunked".to_owned(),
        "X: y\nTransfer-Encoding: chunked".to_owned(),
        "X: y\r\n Transfer-Encoding: chunked\r\nContent-Length: 5".to_owned(),
        format!("Content-Length: 5\r\nContent-Length: {length}"),
        "Content-Length: 5, 5".to_owned(),
        "Content-Length: +5".to_owned(),
        "Content-Length: 0x5".to_owned(),
        "Content-Length: -1".to_owned(),
        "Content-Length: 18446744073709551616".to_owned(),
    ] {
        let sent = format!("POST /v1/session HTTP/1.1\r\nHost: x\r\n{fields}\r\n\r\n0\r\n\r\n{hidden}");
        let answer = raw(&service, &sent);
        assert!(answer.matches("HTTP/1.1 ").count() <= 1, "{fields}: {answer}");
        assert!(!answer.contains("HTTP/1.1 2"), "{fields}: {answer}");
    }
    assert_eq!(records(&folder), before, "a request that was hidden was answered");
    // Said as it should be, it is taken: what was tried above was hidden well.
    assert!(raw(&service, &hidden).starts_with("HTTP/1.1 201"));
}

/// Requests of no form that a client sends are refused one by one; lengths that are not true record nothing.
#[test]
fn what_no_client_sends_is_refused_and_ends_nothing() {
    let folder = folder("odd-forms");
    let (officer, viewer) = (token(&folder, "officer"), token(&folder, "viewer"));
    let service = Service::start(&folder);
    let before = records(&folder);
    let nested = |open: &str, close: &str| format!("{}1{}", open.repeat(10_000), close.repeat(10_000));
    for body in [
        nested("[", "]"),
        nested("{\"a\":", "}"),
        format!("{{\"order\":{}}}", nested("[", "]")),
        format!("{{\"order\":{{\"order_id\":{}}}}}", nested("{\"a\":", "}")),
        format!("{{\"{}\":1}}", "a".repeat(200_000)),
        "\u{0}".to_owned(),
        "{\"order\":1e999}".to_owned(),
        "{\"order\":{\"order_id\":\"\\ud800\"}}".to_owned(),
        "[".repeat(200_000),
    ] {
        let (status, refused) = service.ask("POST", "/v1/orders", &officer, Some("k"), &body);
        assert!(matches!(status, 400 | 413 | 422), "{status} {refused}");
    }
    let bearer = format!("Authorization: Bearer {officer}\r\n");
    let many: String = (0..10_000).map(|number| format!("X-{number}: y\r\n")).collect();
    let cookies: String = (0..90).map(|number| format!("Cookie: a{number}={}\r\n", "b".repeat(2_000))).collect();
    for fields in [&many, &cookies, &format!("X: {}\r\n", "y".repeat(1_000_000)), &"X: y\r\n".repeat(10_000)] {
        let answer =
            raw(&service, &format!("GET /v1/policy HTTP/1.1\r\nHost: x\r\n{fields}{bearer}Connection: close\r\n\r\n"));
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{}", answer.get(..200).unwrap_or(&answer));
    }
    // A length that is too long is waited for in vain, one that is too short cuts the body off.
    let body = json!({ "order": order("PO-1", 1), "reserve": true }).to_string();
    for length in [body.len() - 1, body.len() - 40, body.len() + 1] {
        let mut stream = connect(&service);
        stream.write_all(format!("{}{body}", head("/v1/orders", &officer, "k", length)).as_bytes()).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let answer = answers(stream);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{length}: {answer}");
    }
    // An upload that is cut off is no job, and leaves no file.
    let mut stream = connect(&service);
    let lines = format!("{}\n", order("J-1", 1)).repeat(50);
    let cut =
        head("/v1/jobs?reserve=true", &officer, "j", lines.len() + 10).replace("application/json", "application/jsonl");
    stream.write_all(format!("{cut}{lines}").as_bytes()).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let answer = answers(stream);
    assert!(!answer.starts_with("HTTP/1.1 2"), "{answer}");
    std::thread::sleep(Duration::from_millis(300));
    let left = std::fs::read_dir(folder.join("tollgate-jobs")).unwrap().flatten();
    let left: Vec<_> =
        left.map(|file| file.file_name().into_string().unwrap()).filter(|name| name.starts_with('.')).collect();
    assert!(left.is_empty(), "{left:?}");
    // What a client names is no label of a counter.
    for path in
        ["/v1/orders/%0Aevil%22%7D%201%0A/lines/1", "/%00%1B%5B31m", "/v1/jobs/..%2F..%2Fetc", "/v1/orders/%FF/lines/1"]
    {
        let (status, _) = service.ask("GET", path, &officer, None, "");
        assert!((400..500).contains(&status), "{path}: {status}");
    }
    for line in [
        "OPTIONS *",
        "CONNECT evil.example:443",
        "GET http://evil.example/",
        "TRACE /",
        "GET //evil.example/..",
        "GET /\u{7f}",
    ] {
        let answer = raw(&service, &format!("{line} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"));
        let led = answer.lines().find_map(|field| field.strip_prefix("location: "));
        assert!(led.is_none_or(|to| to.starts_with("/login")), "{line}: {answer}");
    }
    let (_, metrics) = service.ask("GET", "/metrics", &viewer, None, "");
    let metrics = metrics.as_str().unwrap();
    assert!(!metrics.contains("evil") && !metrics.contains('\u{1b}') && !metrics.contains("etc"), "{metrics}");
    assert_eq!(records(&folder), before);
    assert_eq!(service.ask("GET", "/healthz", "", None, "").0, 200);
}

/// The file is put back to an older state under the running service, as a restore in place does it: nothing is read off it and nothing written on top.
#[test]
fn a_file_that_is_put_back_under_the_service_stops_it() {
    let folder = folder("put-back");
    let officer = token(&folder, "officer");
    let mut service = Service::start(&folder);
    let reserve = |service: &Service, id: &str| {
        service.post("/v1/orders", &officer, id, &json!({ "order": order(id, 10), "reserve": true }))
    };
    assert_eq!(reserve(&service, "PO-1").0, 201);
    let file = rusqlite::Connection::open(folder.join("tollgate.sqlite")).unwrap();
    file.busy_timeout(Duration::from_secs(10)).unwrap();
    let older = folder.join("older.sqlite");
    file.execute("VACUUM INTO ?1", [older.to_str().unwrap()]).unwrap();
    assert_eq!(reserve(&service, "PO-2").0, 201);
    file.execute("ATTACH ?1 AS older", [older.to_str().unwrap()]).unwrap();
    file.execute_batch("BEGIN IMMEDIATE; DELETE FROM record; INSERT INTO record SELECT * FROM older.record; COMMIT")
        .unwrap();
    let left = records(&folder);
    let seen: [(u16, Value); 4] = [
        service.ask("GET", "/v1/allocations", &officer, None, ""),
        service.ask("GET", "/v1/orders/PO-1/lines/1", &officer, None, ""),
        reserve(&service, "PO-3"),
        reserve(&service, "PO-1"),
    ];
    for (status, answer) in seen {
        assert_eq!((status, answer["code"].as_str()), (503, Some("unavailable")), "{answer}");
        assert!(answer["detail"].to_string().contains("went back"), "{answer}");
    }
    assert_eq!((service.child.wait().unwrap().code(), records(&folder)), (Some(2), left));
}
