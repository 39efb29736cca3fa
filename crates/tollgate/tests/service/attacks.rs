//! The attacks of a review, said again: each must hurt nobody now. What the other files of this folder try already is not tried here.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::{SERVE, Service, folder, order, token, token_of, tollgate};

fn reserve(service: &Service, token: &str, id: &str) -> (u16, Value) {
    service.post("/v1/orders", token, id, &json!({ "order": order(id, 10), "reserve": true }))
}

fn connect(service: &Service) -> TcpStream {
    let stream = TcpStream::connect(service.address.strip_prefix("http://").unwrap()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(40))).unwrap();
    stream
}

/// A record was changed in the middle of the file, and a commit fails: whoever reads sees all that was acknowledged, or is told that it cannot be seen.
#[test]
fn half_a_ledger_is_never_shown() {
    let folder = folder("half");
    let officer = token(&folder, "officer");
    let service = Service::start(&folder);
    for number in 0..4 {
        assert_eq!(reserve(&service, &officer, &format!("PO-{number}")).0, 201);
    }
    let file = rusqlite::Connection::open(folder.join("tollgate.sqlite")).unwrap();
    let changed = file.execute(
        "UPDATE record SET body = CAST(replace(CAST(body AS TEXT), 'PO-1', 'PO-X') AS BLOB) WHERE seq = (SELECT min(seq) FROM record WHERE CAST(body AS TEXT) LIKE '%PO-1%')",
        [],
    );
    assert_eq!(changed.unwrap(), 1);
    file.execute_batch("BEGIN IMMEDIATE").unwrap();
    let (status, refused) = reserve(&service, &officer, "PO-9");
    assert_eq!((status, refused["code"].as_str()), (503, Some("unavailable")), "{refused}");
    file.execute_batch("ROLLBACK").unwrap();
    let mut orders = 4;
    for _ in 0..5 {
        let (status, answer) = service.ask("GET", "/v1/allocations?rule=lpp&date=2025-06-30", &officer, None, "");
        let reserved = answer["accounts"][0]["reserved_tpp"].as_str().map(str::to_owned);
        assert!(status == 503 || reserved == Some((orders * 158_240).to_string()), "{status}: {answer}");
        // The last order is behind the record that was changed: it is shown, or nothing is.
        let (status, answer) = service.ask("GET", "/v1/orders/PO-3/lines/1", &officer, None, "");
        assert!(matches!(status, 200 | 503), "{status}: {answer}");
        let (status, _) = reserve(&service, &officer, "PO-9");
        assert!(matches!(status, 200 | 201 | 503), "{status}");
        orders += i32::from(status == 201);
    }
    drop(service);
    let (status, text) = tollgate(&folder, &["audit", "verify"]);
    assert!(status != 0 && text.contains("record"), "{text}");
    let (status, text) = tollgate(&folder, &SERVE);
    assert!(status == 2 && text.contains("mend"), "a service does not start on it: {text}");
}

/// Strangers who hold connections, guess tokens and send their bodies slowly take neither places nor time from others.
#[test]
#[expect(clippy::disallowed_methods, reason = "measures how long a client is held")]
fn strangers_take_neither_places_nor_time_from_others() {
    let folder = folder("strangers");
    let officer = token(&folder, "officer");
    let mut command = Command::new("sh");
    let script = format!("ulimit -n 256; exec {} \"$@\"", env!("CARGO_BIN_EXE_tollgate"));
    command.args(["-c", &script, "sh"]).args(SERVE);
    let service = Service::start_by(command, &folder);
    let idle: Vec<TcpStream> = (0..200).map(|_| connect(&service)).collect();
    let honest = |id: &str| {
        let start = Instant::now();
        let status = reserve(&service, &officer, id).0;
        (status, start.elapsed())
    };
    let (status, took) = honest("PO-1");
    assert!(status == 201 && took < Duration::from_secs(10), "{status} after {took:?}");
    let guesses = |number: usize| {
        let bearer = format!("Bearer tg_{number:064}");
        service.send("GET", "/v1/policy", &[("Authorization", &bearer)], "").0
    };
    let (guessed, took) = std::thread::scope(|scope| {
        let guesses = &guesses;
        let threads: Vec<_> = (0..4)
            .map(|thread| {
                scope.spawn(move || (0..60).map(|number| guesses(thread * 60 + number)).collect::<Vec<u16>>())
            })
            .collect();
        let slowest = (0..5).map(|number| honest(&format!("PO-2{number}"))).map(|(status, took)| {
            assert_eq!(status, 201);
            took
        });
        let slowest = slowest.max().unwrap();
        let guessed: Vec<u16> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
        (guessed, slowest)
    });
    assert!(guessed.iter().all(|status| matches!(status, 401 | 429)), "{guessed:?}");
    assert!(took < Duration::from_secs(10), "{took:?}");
    drop(idle);
    // A body that does not come is not waited for.
    let mut slow = connect(&service);
    let head = "POST /v1/orders HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{";
    slow.write_all(head.as_bytes()).unwrap();
    let start = Instant::now();
    let mut answer = Vec::new();
    let _ended = slow.read_to_end(&mut answer);
    assert!(start.elapsed() < Duration::from_secs(35), "{:?}", start.elapsed());
    assert!(!String::from_utf8_lossy(&answer).starts_with("HTTP/1.1 2"));
}

/// No sum of an account overflows, however often the largest amount is added: it is refused with a word, and the service goes on.
#[test]
fn amounts_without_end_are_refused_and_end_nothing() {
    let folder = folder("sums");
    let (ana, bob) = (token(&folder, "officer"), token_of(&folder, "bob", "officer"));
    let service = Service::start(&folder);
    assert_eq!(reserve(&service, &ana, "PO-1").0, 201);
    let add = |token: &str, key: &str, tpp: i64| {
        let body =
            json!({ "rule": "lpp", "holder": "sg", "period": "2025", "tpp": tpp, "date": "2025-06-20", "reason": "x" });
        service.post("/v1/allocations/adjustments", token, key, &body)
    };
    let most = (1_i64 << 50) / 1_000;
    for number in 0..12 {
        let (status, answer) = add(&ana, &format!("a{number}"), most);
        assert!(matches!(status, 204 | 422), "{answer}");
    }
    for tpp in [most + 1, i64::MAX, i64::MIN, i64::MAX / 1_000, 0] {
        let (status, answer) = add(&bob, "b", tpp);
        assert!(matches!(status, 400 | 422), "{tpp}: {status} {answer}");
    }
    let (status, _) = service.ask("GET", "/v1/allocations?rule=lpp&date=2025-06-30", &ana, None, "");
    assert_eq!((status, service.ask("GET", "/healthz", "", None, "").0), (200, 200));
    drop(service);
    assert_eq!(tollgate(&folder, &["audit", "verify"]).0, 0);
    assert_eq!(Service::start(&folder).ask("GET", "/readyz", "", None, "").0, 200);
}

/// One word said for two things is one thing, whatever it is said for; said again for the same it is answered alike.
#[test]
fn a_word_that_is_said_again_for_something_else_does_nothing() {
    let folder = folder("said-again");
    let (ana, bob) = (token(&folder, "officer"), token_of(&folder, "bob", "officer"));
    let root = token(&folder, "administrator");
    let service = Service::start(&folder);
    assert_eq!(reserve(&service, &ana, "PO-1").0, 201);
    let line = "/v1/orders/PO-1/lines/1";
    let adjust = |tpp: i64| json!({ "rule": "lpp", "holder": "sg", "period": "2025", "tpp": tpp, "date": "2025-06-20", "reason": "x" });
    let ship = |tpp: i64| json!({ "date": "2025-06-20", "tpp": tpp });
    let correct = |tpp: i64| json!({ "shipment": "w", "tpp": tpp, "date": "2025-06-20", "reason": "weighed" });
    let group = |into: &str| json!({ "holder": "sg", "into": into, "from": "2025-01-01", "reason": "one house" });
    let user = |role: &str| json!({ "name": "eve", "role": role, "password": "a sentence of words" });
    for (path, token, one, other) in [
        (format!("{line}/ship"), &ana, ship(1_000), ship(1_001)),
        (format!("{line}/correct"), &ana, correct(2_000), correct(2_001)),
        (
            format!("{line}/correct"),
            &bob,
            json!({ "shipment": "w", "by": "officer", "tpp": 10, "date": "2025-06-20", "reason": "a" }),
            json!({ "shipment": "w", "by": "officer", "tpp": 11, "date": "2025-06-20", "reason": "a" }),
        ),
        ("/v1/allocations/adjustments".to_owned(), &ana, adjust(7), adjust(8)),
        ("/v1/allocations/adjustments".to_owned(), &bob, adjust(-7), adjust(-8)),
        ("/v1/allocations/groups".to_owned(), &ana, group("house"), group("other")),
        ("/v1/users".to_owned(), &root, user("officer"), user("viewer")),
    ] {
        let (status, first) = service.post(&path, token, "w", &one);
        assert!(matches!(status, 200..=204), "{path}: {status} {first}");
        let counted = service.lpp(&ana);
        let (status, again) = service.post(&path, token, "w", &one);
        assert!(matches!(status, 200..=204), "{path}: {status} {again}");
        let (status, refused) = service.post(&path, token, "w", &other);
        assert_eq!((status, refused["code"].as_str()), (409, Some("id_taken")), "{path}: {refused}");
        assert!(refused["mend"].to_string().contains("Idempotency-Key"), "{path}: {refused}");
        assert_eq!(service.lpp(&ana), counted, "{path}");
    }
}

/// What is left of a line that has shipped in part can be shipped, given up or corrected, and every answer says the same of it.
#[test]
fn a_line_that_shipped_in_part_says_what_can_be_done_with_the_rest() {
    let folder = folder("in-part");
    let (ana, bob) = (token(&folder, "officer"), token_of(&folder, "bob", "officer"));
    let service = Service::start(&folder);
    let line = "/v1/orders/PO-1/lines/1";
    assert_eq!(reserve(&service, &ana, "PO-1").0, 201);
    let ship = |key: &str, tpp: i64| {
        service.post(&format!("{line}/ship"), &ana, key, &json!({ "date": "2025-06-20", "tpp": tpp }))
    };
    assert_eq!(ship("s1", 100_000).0, 200);
    let stands = || service.ask("GET", line, &ana, None, "").1["reservation"].clone();
    assert_eq!((stands()["open"].as_bool(), stands()["left_tpp"].as_str()), (Some(true), Some("58240")));
    let amend = json!({ "order": order("PO-1", 20) });
    let (status, refused) = service.post(&format!("{line}/amend"), &ana, "a1", &amend);
    assert_eq!((status, refused["code"].as_str()), (409, Some("reservation_closed")), "{refused}");
    assert!(refused["detail"].to_string().contains("a part") && !refused["detail"].to_string().contains("lapsed"));
    // More than is left does not go; nothing changes by asking.
    let (status, refused) = ship("s2", 58_241);
    assert!(status == 422 && refused["code"] == "more_than_reserved", "{refused}");
    assert_eq!(ship("s3", 0).0, 422);
    assert_eq!(ship("s4", -1).0, 422);
    // A part comes back: what is taken off waits for another person, who is not the one who asks.
    let back = json!({ "shipment": "s1", "tpp": 90_000, "date": "2025-06-20", "reason": "a tray came back" });
    let (status, proposed) = service.post(&format!("{line}/correct"), &ana, "c1", &back);
    assert_eq!((status, service.lpp(&ana).0.as_str()), (202, "100000"), "{proposed}");
    assert_eq!(service.confirm(&ana, &proposed).1["code"], "four_eyes");
    assert_eq!((service.confirm(&bob, &proposed).0, service.lpp(&ana).0.as_str()), (200, "90000"));
    // The rest is given up, and then nothing more goes.
    let (status, given_up) = service.post(&format!("{line}/cancel"), &ana, "x1", &json!({ "reason": "not needed" }));
    assert_eq!((status, given_up["open"].as_bool()), (200, Some(false)), "{given_up}");
    assert_eq!(stands()["open"], false);
    assert_eq!(ship("s5", 1).1["code"], "reservation_closed");
    let (posted, reserved, _) = service.lpp(&ana);
    assert_eq!((posted.as_str(), reserved.as_str()), ("90000", "0"));
}
