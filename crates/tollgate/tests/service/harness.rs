//! The service, started from the shell as its user starts it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};

use serde_json::{Value, json};

const PARTIES: &str =
    "party_id,name,country,hq_country\nus,Example Export Inc.,US,US\nsg,Straits Compute Pte Ltd,SG,SG\n";

pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("tollgate-service-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("parties.csv"), PARTIES).unwrap();
    folder
}

pub(crate) fn tollgate(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_tollgate")).args(arguments).current_dir(folder).output().unwrap();
    (done.status.code().unwrap(), String::from_utf8([done.stdout, done.stderr].concat()).unwrap())
}

pub(crate) fn token(folder: &Path, role: &str) -> String {
    token_of(folder, role, role)
}

/// A token of a person of a name.
pub(crate) fn token_of(folder: &Path, name: &str, role: &str) -> String {
    let (status, text) = tollgate(folder, &["token", "add", "--name", name, "--role", role]);
    assert_eq!(status, 0, "{text}");
    text.trim().to_owned()
}

/// Serves on a port that is free.
pub(crate) const SERVE: [&str; 8] =
    ["serve", "--create", "--listen", "127.0.0.1:0", "--policy", "diffusion", "--parties", "parties.csv"];

pub(crate) struct Service {
    pub(crate) child: Child,
    pub(crate) address: String,
    /// What it said after where it listens.
    pub(crate) said: BufReader<ChildStderr>,
}

impl Service {
    pub(crate) fn start(folder: &Path) -> Service {
        Service::start_with(folder, &[])
    }

    pub(crate) fn start_with(folder: &Path, more: &[&str]) -> Service {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tollgate"));
        command.args(SERVE).args(more);
        Service::start_by(command, folder)
    }

    /// `command` must end in what [`SERVE`] says.
    pub(crate) fn start_by(mut command: Command, folder: &Path) -> Service {
        let command = command.env("TOLLGATE_LOG", "off").current_dir(folder).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on ").unwrap_or_else(|| panic_with(&line)).to_owned();
        Service { child, address, said }
    }

    /// The link of a first start.
    pub(crate) fn setup_secret(&mut self) -> String {
        let mut line = String::new();
        self.said.read_line(&mut line).unwrap();
        line.split(['#', ' ']).find(|word| word.len() == 64).unwrap().to_owned()
    }

    /// A request as it is, with headers of its own.
    pub(crate) fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, Value, String) {
        let config = ureq::Agent::config_builder().http_status_as_error(false).build();
        let agent: ureq::Agent = config.into();
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = agent.run(request.body(body.to_owned()).unwrap()).unwrap();
        let status = response.status().as_u16();
        let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let (kind, cookie) = (header("content-type"), header("set-cookie"));
        let text = response.body_mut().read_to_string().unwrap();
        assert!(status < 400 || kind.as_deref() == Some("application/problem+json"), "{method} {path}: {text}");
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)), cookie.unwrap_or_default())
    }

    pub(crate) fn ask(&self, method: &str, path: &str, token: &str, key: Option<&str>, body: &str) -> (u16, Value) {
        let bearer = format!("Bearer {token}");
        let mut headers = vec![("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
        headers.extend(key.map(|key| ("Idempotency-Key", key)));
        let (status, answer, _) = self.send(method, path, &headers, body);
        (status, answer)
    }

    pub(crate) fn post(&self, path: &str, token: &str, key: &str, body: &Value) -> (u16, Value) {
        self.ask("POST", path, token, Some(key), &body.to_string())
    }

    /// What waits for a second person is confirmed by the one of a token.
    pub(crate) fn confirm(&self, token: &str, proposed: &Value) -> (u16, Value) {
        let id = proposed["proposal"].as_str().unwrap_or("nothing-was-proposed");
        self.post(&format!("/v1/proposals/{id}/confirm"), token, "confirm", &json!({ "reason": "looked at" }))
    }

    pub(crate) fn lpp(&self, token: &str) -> (String, String, String) {
        let (status, answer) = self.ask("GET", "/v1/allocations?rule=lpp&date=2025-06-30", token, None, "");
        assert_eq!(status, 200, "{answer}");
        let account = &answer["accounts"][0];
        let text = |member: &str| account[member].as_str().unwrap_or_default().to_owned();
        (text("posted_tpp"), text("reserved_tpp"), text("available_tpp"))
    }
}

fn panic_with(line: &str) -> &str {
    assert_eq!(line, "listening on", "the service did not start, or nothing was proposed");
    ""
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}

pub(crate) fn order(id: &str, quantity: i64) -> Value {
    json!({
        "order_id": id, "date": "2025-06-02", "exporter": "us", "ultimate_consignee": "sg", "origin": "US", "destination": "SG",
        "item": "NVIDIA H100 SXM", "quantity": quantity, "end_use": "data_center",
    })
}
