//! The service as its operator meets it: stop, settings, slow clients.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::harness::{Service, folder, token, tollgate};

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

#[test]
fn a_flag_goes_before_a_variable_that_before_the_file() {
    let folder = folder("settings");
    token(&folder, "viewer");
    std::fs::write(folder.join("t.toml"), "policy = \"ear\"\nrate = 7\njobs = \"from-file\"\nlists = []\n").unwrap();
    let run = |flags: &[&str], rate: Option<&str>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tollgate"));
        command.args(["serve", "--listen", "300.0.0.1:1"]).args(flags).current_dir(&folder);
        command.env_remove("TOLLGATE_RATE");
        rate.map(|rate| command.env("TOLLGATE_RATE", rate));
        String::from_utf8(command.output().unwrap().stderr).unwrap()
    };
    // A value that cannot be used tells which of them counts.
    std::fs::write(folder.join("bad.toml"), "rate = 0\n").unwrap();
    assert!(run(&["--config", "t.toml"], None).contains("cannot listen"), "{}", run(&["--config", "t.toml"], None));
    assert!(run(&["--config", "bad.toml"], None).contains("invalid value '0' for '--rate"));
    assert!(run(&["--config", "bad.toml"], Some("5")).contains("cannot listen"), "the variable goes before the file");
    assert!(run(&["--config", "t.toml"], Some("none")).contains("invalid value 'none'"));
    assert!(
        run(&["--config", "t.toml", "--rate", "5"], Some("none")).contains("cannot listen"),
        "the flag before both"
    );
    for (text, told) in [
        ("colour = 1", "bad.toml:1: unknown key `colour`"),
        ("rate = [[1]]", "not a quoted text"),
        ("rate", "not TOML"),
    ] {
        std::fs::write(folder.join("bad.toml"), text).unwrap();
        let said = run(&["--config", "bad.toml"], None);
        assert!(said.contains(told) && said.contains("mend"), "{text}: {said}");
    }
    assert!(run(&["--config", "none.toml"], None).contains("cannot be read"));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "measures how long a client is held")]
fn a_client_that_sends_slowly_is_let_go_and_others_are_served() {
    let folder = folder("slow");
    let viewer = token(&folder, "viewer");
    let service = Service::start(&folder);
    let address = service.address.strip_prefix("http://").unwrap();
    let mut slow: Vec<TcpStream> = (0..50).map(|_| TcpStream::connect(address).unwrap()).collect();
    for (number, stream) in slow.iter_mut().enumerate() {
        // Half of them stop in the head, half in the body.
        let body = "POST /v1/screen HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\nContent-Type: application/json\r\nAuthorization: Bearer ";
        let text = if number % 2 == 0 { "GET /healthz HT".to_owned() } else { format!("{body}{viewer}\r\n\r\n{{") };
        stream.write_all(text.as_bytes()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    }
    assert_eq!(service.ask("GET", "/v1/policy", &viewer, None, "").0, 200);
    let start = Instant::now();
    for stream in &mut slow {
        // The end of the stream, with or without a refusal before it.
        let _refusal = stream.read_to_end(&mut Vec::new());
    }
    assert!(start.elapsed() < Duration::from_secs(25), "they were held for {:?}", start.elapsed());
}

#[test]
fn it_speaks_https_where_it_has_a_certificate() {
    let folder = folder("tls");
    let viewer = token(&folder, "viewer");
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
        .args([
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=IP:127.0.0.1",
            "-addext",
            "basicConstraints=critical,CA:FALSE",
        ])
        .args(["-keyout", "key.pem", "-out", "chain.pem"])
        .current_dir(&folder)
        .output();
    assert!(made.unwrap().status.success(), "openssl makes no certificate");
    let service = Service::start_with(&folder, &["--tls-cert", "chain.pem", "--tls-key", "key.pem"]);
    assert!(service.address.starts_with("https://"), "{}", service.address);
    let chain = std::fs::read(folder.join("chain.pem")).unwrap();
    let trusted = ureq::tls::RootCerts::new_with_certs(&[ureq::tls::Certificate::from_pem(&chain).unwrap()]);
    let tls = ureq::tls::TlsConfig::builder().root_certs(trusted).build();
    let agent: ureq::Agent = ureq::Agent::config_builder().tls_config(tls).build().into();
    let answer =
        agent.get(format!("{}/v1/policy", service.address)).header("Authorization", format!("Bearer {viewer}"));
    assert_eq!(answer.call().unwrap().status(), 200);
    assert!(ureq::get(format!("{}/healthz", service.address)).call().is_err(), "an unknown certificate is not trusted");
    let (status, text) =
        tollgate(&folder, &["serve", "--listen", "127.0.0.1:0", "--tls-cert", "key.pem", "--tls-key", "chain.pem"]);
    assert!(status == 2 && text.contains("no certificate can be read"), "{text}");
}

/// The description is committed, so that a change of it is seen.
#[test]
fn the_description_is_the_one_that_is_committed() {
    let (_, now) = tollgate(&std::env::temp_dir(), &["openapi"]);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(now == committed, "docs/openapi.json is not what the code says: tollgate openapi > docs/openapi.json");
}

#[test]
fn metrics_and_the_log_tell_what_was_answered() {
    let folder = folder("telemetry");
    let viewer = token(&folder, "viewer");
    let mut service = Service::start_with(&folder, &["--log", "json"]);
    assert_eq!(service.ask("GET", "/v1/policy?token=secret", &viewer, None, "").0, 400);
    let (_, metrics) = service.ask("GET", "/metrics", &viewer, None, "");
    let metrics = metrics.as_str().unwrap();
    assert!(metrics.contains(r#"tollgate_requests_total{method="GET",path="/v1/policy",status="400"} 1"#), "{metrics}");
    assert!(metrics.contains(r#"tollgate_request_seconds_count{path="/v1/policy"} 1"#), "{metrics}");
    let mut line = String::new();
    std::io::BufRead::read_line(&mut service.said, &mut line).unwrap();
    let said: serde_json::Value = serde_json::from_str(&line).unwrap();
    let span = &said["span"];
    assert_eq!(
        (said["status"].as_u64(), span["path"].as_str(), span["caller"].as_str()),
        (Some(400), Some("/v1/policy"), Some("viewer")),
        "{line}"
    );
    assert!(!line.contains("secret"));
}
