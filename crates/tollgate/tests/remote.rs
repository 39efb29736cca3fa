//! Inputs from a store and from a web server, which a server of our own plays.
#![cfg(feature = "object-storage")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop, helpers included")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const EXAMPLE: [&str; 4] = ["orders.csv", "parties.csv", "ownership.csv", "items.csv"];

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/orders")
}

/// Serves the bundled example under `/bucket/`, lists a folder of it, and breaks off in the middle of what is asked for under `/cut/`.
fn serve() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            std::thread::spawn(move || answer(stream.unwrap()));
        }
    });
    port
}

fn answer(mut stream: TcpStream) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    let Some(Ok(first)) = lines.next() else { return };
    while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
    let path = first.split(' ').nth(1).unwrap().to_owned();
    let listed = "<ListBucketResult><Name>bucket</Name><KeyCount>2</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>
        <Contents><Key>folder/readme.txt</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>\"b\"</ETag><Size>3</Size></Contents>
        <Contents><Key>folder/items.parquet</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>\"a\"</ETag><Size>4</Size></Contents></ListBucketResult>";
    let body = match path.as_str() {
        _ if path.contains("list-type=2") => Some(listed.as_bytes().to_vec()),
        "/bucket/folder/items.parquet" => Some(b"none".to_vec()),
        _ => path.rsplit('/').next().and_then(|name| std::fs::read(examples().join(name)).ok()),
    };
    let head = |status: &str, length: usize| {
        format!(
            "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nLast-Modified: Thu, 01 Jan 2026 00:00:00 GMT\r\nETag: \"a\"\r\nConnection: close\r\n\r\n"
        )
    };
    match body {
        Some(body) => {
            let sent = if path.starts_with("/cut/") { body.len() / 2 } else { body.len() };
            let _ = stream.write_all(head("200 OK", body.len()).as_bytes());
            let _ = stream.write_all(body.get(..sent).unwrap());
        }
        None => {
            let _ = stream.write_all(head("404 Not Found", 0).as_bytes());
        }
    }
}

fn decide(port: u16, at: &Path, inputs: &dyn Fn(&str) -> String) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tollgate"));
    command.arg("decide").current_dir(at).args(["--policy", "diffusion", "--out", "out.jsonl"]);
    for name in EXAMPLE {
        command.args([format!("--{}", name.split('.').next().unwrap()), inputs(name)]);
    }
    let keys = [
        ("AWS_ACCESS_KEY_ID", "id"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_ALLOW_HTTP", "true"),
        ("AWS_REGION", "x"),
    ];
    command.envs(keys).env("AWS_ENDPOINT", format!("http://127.0.0.1:{port}")).output().unwrap()
}

#[test]
fn inputs_from_a_store_and_a_server_are_decided_as_files_are() {
    let port = serve();
    let decided = |inputs: &dyn Fn(&str) -> String| {
        let folder = tempfile::tempdir().unwrap();
        let done = decide(port, folder.path(), inputs);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        std::fs::read_to_string(folder.path().join("out.jsonl")).unwrap()
    };
    let here = decided(&|name| examples().join(name).display().to_string());
    assert!(here.lines().count() > 100);
    assert!(decided(&|name| format!("http://127.0.0.1:{port}/data/{name}")) == here);
    assert!(decided(&|name| format!("s3://bucket/{name}")) == here);
}

#[test]
fn what_does_not_come_whole_is_said_and_nothing_is_written() {
    let port = serve();
    for (address, said) in [
        (format!("http://127.0.0.1:{port}/bucket/none.csv"), "none.csv"),
        (format!("http://127.0.0.1:{port}/cut/orders.csv"), "orders.csv"),
        ("ftp://127.0.0.1/orders.csv".to_owned(), "ftp://127.0.0.1/orders.csv"),
        ("s3://bucket/folder/".to_owned(), "cannot be read as Parquet"),
        ("http://127.0.0.1:1/orders.csv".to_owned(), "http://127.0.0.1:1/orders.csv"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let inputs = |name: &str| match name {
            "orders.csv" => address.clone(),
            other => examples().join(other).display().to_string(),
        };
        let done = decide(port, folder.path(), &inputs);
        let text = String::from_utf8_lossy(&done.stderr).into_owned();
        assert_eq!(done.status.code(), Some(2), "{address}: {text}");
        assert!(text.contains(said) && text.contains("mend:"), "{address}: {text}");
        assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none(), "{address}");
    }
}
