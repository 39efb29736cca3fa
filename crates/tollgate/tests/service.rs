//! The service as its user meets it: started from the shell, asked over HTTP, killed, and started again.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must stop, helpers included"
)]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

const PARTIES: &str =
    "party_id,name,country,hq_country\nus,Example Export Inc.,US,US\nsg,Straits Compute Pte Ltd,SG,SG\n";

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("tollgate-service-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("parties.csv"), PARTIES).unwrap();
    folder
}

fn tollgate(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_tollgate")).args(arguments).current_dir(folder).output().unwrap();
    (done.status.code().unwrap(), String::from_utf8([done.stdout, done.stderr].concat()).unwrap())
}

fn token(folder: &Path, role: &str) -> String {
    let (status, text) = tollgate(folder, &["token", "add", "--name", role, "--role", role]);
    assert_eq!(status, 0, "{text}");
    text.trim().to_owned()
}

struct Service {
    child: Child,
    address: String,
}

impl Service {
    fn start(folder: &Path) -> Service {
        let arguments = ["serve", "--listen", "127.0.0.1:0", "--policy", "diffusion", "--parties", "parties.csv"];
        let mut child = Command::new(env!("CARGO_BIN_EXE_tollgate"))
            .args(arguments)
            .current_dir(folder)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stderr.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on ").unwrap_or_else(|| panic_with(&line)).to_owned();
        Service { child, address }
    }

    fn ask(&self, method: &str, path: &str, token: &str, key: Option<&str>, body: &str) -> (u16, Value) {
        let config = ureq::Agent::config_builder().http_status_as_error(false).build();
        let agent: ureq::Agent = config.into();
        let uri = format!("{}{path}", self.address);
        let mut request = ureq::http::Request::builder().method(method).uri(uri);
        request = request.header("Authorization", format!("Bearer {token}")).header("Content-Type", "application/json");
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        let mut response = agent.run(request.body(body.to_owned()).unwrap()).unwrap();
        let status = response.status().as_u16();
        let text = response.body_mut().read_to_string().unwrap();
        if status >= 400 {
            let kind = response.headers().get("content-type").unwrap().to_str().unwrap();
            assert_eq!(kind, "application/problem+json", "{method} {path}: {text}");
        }
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    fn post(&self, path: &str, token: &str, key: &str, body: &Value) -> (u16, Value) {
        self.ask("POST", path, token, Some(key), &body.to_string())
    }

    fn lpp(&self, token: &str) -> (String, String, String) {
        let (status, answer) = self.ask("GET", "/v1/allocations?rule=lpp&date=2025-06-30", token, None, "");
        assert_eq!(status, 200, "{answer}");
        let account = &answer["accounts"][0];
        let text = |member: &str| account[member].as_str().unwrap_or_default().to_owned();
        (text("posted_tpp"), text("reserved_tpp"), text("available_tpp"))
    }
}

fn panic_with(line: &str) -> &str {
    assert_eq!(line, "listening on", "the service did not start");
    ""
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}

fn order(id: &str, quantity: i64) -> Value {
    json!({
        "order_id": id, "date": "2025-06-02", "exporter": "us", "ultimate_consignee": "sg", "origin": "US", "destination": "SG",
        "item": "NVIDIA H100 SXM", "quantity": quantity, "end_use": "data_center",
    })
}

#[test]
fn an_order_is_decided_reserved_shipped_and_still_counted_after_a_crash() {
    let folder = folder("orders");
    let (status, text) = tollgate(&folder, &["serve"]);
    assert!(status == 2 && text.contains("token add"), "nothing is open by default: {text}");
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
fn every_role_may_do_what_the_table_says() {
    let folder = folder("roles");
    let roles = ["viewer", "analyst", "officer", "auditor"];
    let tokens = roles.map(|role| token(&folder, role));
    let service = Service::start(&folder);
    let trial = json!({ "order": order("PO-9", 1) }).to_string();
    let real = json!({ "order": order("PO-9", 1), "reserve": true }).to_string();
    let (ship, name) = (json!({ "date": "2025-06-20" }).to_string(), json!({ "name": "Huawei" }).to_string());
    // Viewer, analyst, officer, auditor; without a token all but the health check is shut.
    let table: [(&str, &str, &str, [u16; 4]); 11] = [
        ("GET", "/v1/allocations", "", [200, 200, 200, 200]),
        ("GET", "/v1/policy", "", [200, 200, 200, 200]),
        ("GET", "/metrics", "", [200, 200, 200, 200]),
        ("GET", "/v1/orders/PO-0/lines/1", "", [404, 404, 404, 404]),
        ("GET", "/v1/records", "", [403, 403, 403, 200]),
        ("POST", "/v1/screen", &name, [403, 200, 200, 403]),
        ("POST", "/v1/orders", &trial, [403, 200, 200, 403]),
        ("POST", "/v1/orders", &real, [403, 403, 201, 403]),
        ("POST", "/v1/orders/PO-9/lines/1/ship", &ship, [403, 403, 200, 403]),
        ("POST", "/v1/orders/PO-9/lines/1/cancel", r#"{"reason":"x"}"#, [403, 403, 409, 403]),
        ("GET", "/v1/nothing", "", [404, 404, 404, 404]),
    ];
    for (method, path, body, expected) in table {
        for ((role, token), expected) in roles.iter().zip(&tokens).zip(expected) {
            let (status, answer) = service.ask(method, path, token, Some("k"), body);
            assert_eq!(status, expected, "{method} {path} as {role}: {answer}");
        }
        let without = service.ask(method, path, "tg_0000", Some("k"), body).0;
        assert!(without == 401 || path == "/v1/nothing", "{method} {path} without a token: {without}");
    }
    assert_eq!(service.ask("GET", "/healthz", "", None, "").0, 200);
    assert_eq!(service.ask("DELETE", "/v1/orders", &tokens[2], None, "").0, 405);
    // Taken back, from the shell, while the service runs.
    assert_eq!(tollgate(&folder, &["token", "revoke", "--name", "officer"]).0, 0);
    assert_eq!(service.ask("GET", "/v1/policy", &tokens[2], None, "").0, 401);
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
fn a_request_to_stop_ends_what_was_begun() {
    let folder = folder("stop");
    token(&folder, "viewer");
    for signal in ["-TERM", "-INT"] {
        let mut service = Service::start(&folder);
        assert_eq!(service.ask("GET", "/readyz", "", None, "").0, 200);
        let id = service.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
        assert_eq!(service.child.wait().unwrap().code(), Some(0), "{signal}");
    }
}
