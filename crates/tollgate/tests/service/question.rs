//! A question in one line over HTTP and on its page: shown as understood, screened, decided, and never recorded.

use serde_json::{Value, json};

use crate::harness::{Service, folder, token};

const LIST: &str = "id,list,name,country\nE-1,Entity List,Quarry Lantern Systems,MY\n";

fn started(name: &str) -> (std::path::PathBuf, Service, String) {
    let folder = folder(name);
    std::fs::write(
        folder.join("parties.csv"),
        "party_id,name,country,hq_country,city\nus,Example Export Inc.,US,US,\nno-1,Fjordlight Rendering AS,NO,NO,Bergen\ncn-1,Reed River Cloud,CN,CN,\n",
    )
    .unwrap();
    std::fs::write(folder.join("list.csv"), LIST).unwrap();
    let analyst = token(&folder, "analyst");
    let service = Service::start_with(&folder, &["--lists", "list.csv"]);
    (folder, service, analyst)
}

fn ask(service: &Service, token: &str, question: &str) -> Value {
    let body = json!({ "question": question, "date": "2025-06-02" }).to_string();
    let (status, answer) = service.ask("POST", "/v1/ask", token, None, &body);
    assert_eq!(status, 200, "{question}: {answer}");
    answer
}

fn outcomes(answer: &Value) -> Vec<&str> {
    answer["decisions"].as_array().unwrap().iter().map(|decision| decision["outcome"].as_str().unwrap()).collect()
}

#[test]
fn a_question_is_understood_screened_and_decided() {
    let (_folder, service, analyst) = started("question");
    let whole = "3 L40S and two HGX H100 8-GPU from USA to Polder Render BV, Netherlands, headquartered in Netherlands, for rendering";
    let answer = ask(&service, &analyst, whole);
    assert_eq!(answer["not_understood"], json!([]), "{answer}");
    assert_eq!((&answer["understood"]["buyer"], &answer["party"]), (&json!("Polder Render BV"), &Value::Null));
    assert_eq!(outcomes(&answer).len(), 2, "{answer}");
    assert!(!outcomes(&answer).contains(&"needs_information"), "{answer}");
    for decision in answer["decisions"].as_array().unwrap() {
        assert!(decision["summary"].is_string() && decision["next"].is_array(), "{decision}");
    }
    // One who is listed, by a name that the question alone has.
    let listed = ask(&service, &analyst, "1 L40S to Quarry Lantern Systems, Malaysia, for rendering");
    assert_ne!(listed["decisions"][0]["hits"], json!([]), "{listed}");
    assert!(!matches!(outcomes(&listed)[0], "no_license_required" | "license_exception"), "{listed}");
    // The second of two lines is decided on what the first one counts, as in a file.
    let one = ask(
        &service,
        &analyst,
        "1,600 H100 SXM to Lion Works Ltd, Singapore, headquartered in Singapore, for inference",
    );
    let two = ask(
        &service,
        &analyst,
        "1,600 H100 SXM and 200 H100 SXM to Lion Works Ltd, Singapore, headquartered in Singapore, for inference",
    );
    assert_ne!(outcomes(&two)[1], outcomes(&one)[0], "{two}");
}

#[test]
fn a_buyer_of_the_parties_table_is_that_party_and_no_other() {
    let (_folder, service, analyst) = started("question-party");
    for name in ["Fjordlight Rendering AS", "no-1", "FJORDLIGHT RENDERING A.S."] {
        let answer = ask(&service, &analyst, &format!("2 L40S to {name}, Norway, for rendering"));
        assert_eq!(answer["party"], "no-1", "{answer}");
        let parties = &answer["decisions"][0]["parties"];
        assert_eq!(
            (&parties["ultimate_consignee"], &parties["purchaser"]),
            (&json!("no-1"), &json!("no-1")),
            "{answer}"
        );
    }
    assert_eq!(ask(&service, &analyst, "2 L40S to no-1, Bergen, Norway, for rendering")["party"], "no-1");
    // What the table says otherwise, or does not say, is asked and not decided.
    for (question, said) in [
        ("2 L40S to Fjordlight Rendering AS, Norway, headquartered in China, for rendering", "headquarters"),
        ("2 L40S to Fjordlight Rendering AS, Sevastopol, Norway, for rendering", "Sevastopol"),
        ("2 L40S to cn-1, Norway, for rendering", "CN for the country of `cn-1`"),
        ("2 L40S to Reed River Cloud, Norway, for rendering", "CN for the country of `cn-1`"),
        ("2 L40S to Fjordligt Rendering AS, Norway, for rendering", "no-1"),
    ] {
        let answer = ask(&service, &analyst, question);
        assert_eq!(answer["decisions"], json!([]), "{answer}");
        assert!(answer["not_understood"].to_string().contains(said), "{question}: {answer}");
    }
}

#[test]
fn what_is_not_understood_is_said_and_costs_its_line_or_all() {
    let (_folder, service, analyst) = started("question-unread");
    let line =
        ask(&service, &analyst, "2 L40S and 4 flux capacitors to Fjordlight Rendering AS, Norway, for rendering");
    assert_eq!(outcomes(&line).len(), 1, "{line}");
    assert!(line["not_understood"].to_string().contains("flux"), "{line}");
    for question in [
        "hello",
        "2 L40S",
        "2 L40S to Fjordlight Rendering AS, Norway or China",
        "4 L40S to Fjordlight Rendering AS, Norway, via China",
        "a dozen L40S to Fjordlight Rendering AS, Norway",
        "2 L40S to Fjordlight Rendering AS, Norway, for rendering on behalf of Other Works",
        "?",
    ] {
        let answer = ask(&service, &analyst, question);
        assert_eq!(answer["decisions"], json!([]), "{question}: {answer}");
        assert_ne!(answer["not_understood"], json!([]), "{question}: {answer}");
    }
    let refused = |body: &Value| service.ask("POST", "/v1/ask", &analyst, None, &body.to_string()).0;
    assert_eq!(refused(&json!({ "question": "2 L40S to A, Norway", "date": "2.11.2026" })), 422);
    assert_eq!(refused(&json!({ "question": "2 L40S to A, Norway", "reserve": true })), 422);
    assert_eq!(refused(&json!({ "question": "x".repeat(2_001) })), 422);
}

#[test]
fn the_page_of_a_question_asks_for_its_session_and_records_nothing() {
    let folder = folder("question-page");
    let mut service = Service::start(&folder);
    let secret = service.setup_secret();
    let json = ("Content-Type", "application/json");
    let password = "a sentence of words";
    let body = json!({ "secret": secret, "name": "root", "password": password }).to_string();
    assert_eq!(service.send("POST", "/v1/setup", &[json], &body).0, 201);
    let (analyst, auditor) = (token(&folder, "analyst"), token(&folder, "auditor"));
    let (_, administrator, _) =
        service.send("POST", "/v1/session", &[json], &json!({ "name": "root", "password": password }).to_string());
    assert_eq!(administrator["role"], "administrator");
    let made = std::process::Command::new(env!("CARGO_BIN_EXE_tollgate"))
        .args(["user", "add", "--name", "mika", "--role", "analyst"])
        .current_dir(&folder)
        .stdin(std::process::Stdio::piped())
        .spawn()
        .and_then(|mut child| {
            std::io::Write::write_all(child.stdin.as_mut().unwrap(), format!("{password}\n").as_bytes())?;
            drop(child.stdin.take());
            child.wait()
        });
    assert!(made.unwrap().success());
    let (status, me, cookie) =
        service.send("POST", "/v1/session", &[json], &json!({ "name": "mika", "password": password }).to_string());
    assert_eq!(status, 200, "{me}");
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let page = |csrf: &str, language: &str| {
        let headers = [form, ("Cookie", cookie.as_str()), ("Accept-Language", language)];
        let text = "question=2+L40S+and+4+flux+capacitors+to+Straits+Compute+Pte+Ltd%2C+Singapore&date=2025-06-02";
        let address = format!("{}/decide/ask", service.address);
        let config = ureq::Agent::config_builder().http_status_as_error(false).build();
        let agent: ureq::Agent = config.into();
        let mut request = ureq::http::Request::builder().method("POST").uri(address);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let mut response = agent.run(request.body(format!("csrf={csrf}&{text}")).unwrap()).unwrap();
        (response.status().as_u16(), response.body_mut().read_to_string().unwrap())
    };
    assert_eq!(page("guessed", "en").0, 403);
    let (status, html) = page(me["csrf"].as_str().unwrap(), "en");
    assert_eq!(status, 200, "{html}");
    for shown in [
        "As it was understood",
        "flux capacitors",
        "Not understood",
        "Go on with this line in the form",
        "ultimate_consignee=sg",
    ] {
        assert!(html.contains(shown), "the page lacks {shown}: {html}");
    }
    assert!(page(me["csrf"].as_str().unwrap(), "ja").1.contains("読み取れなかった部分"));
    let log = service.ask("GET", "/v1/records", &auditor, None, "").1.to_string();
    assert!(
        log.contains("mika") && !log.contains("flux") && !log.contains("L40S"),
        "a question is never recorded: {log}"
    );
    assert_eq!(service.ask("GET", "/v1/orders/question/lines/1", &analyst, None, "").0, 404);
}
