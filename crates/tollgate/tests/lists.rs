//! Lists fetched from a server that answers well and badly: the last good version stays.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop, helpers included")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

/// What the server does with the next request.
#[derive(Clone)]
enum Answer {
    /// The file with an ETag, or 304 to who has it.
    File(String, &'static str),
    /// A status without a file.
    Status(u16),
    /// Announces all of the file and sends half.
    Truncated(String),
    /// The same in chunks, the last of which never comes.
    Chunked(String),
    /// Takes the request and hangs up.
    Nothing,
}

struct Server {
    address: String,
    answer: Arc<Mutex<Answer>>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start() -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (answer, requests) = (Arc::new(Mutex::new(Answer::Nothing)), Arc::new(Mutex::new(Vec::new())));
        let server = Server { address, answer: Arc::clone(&answer), requests: Arc::clone(&requests) };
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                let request = head(&stream);
                let now = answer.lock().unwrap().clone();
                let _hung_up = reply(stream, &request, &now);
                requests.lock().unwrap().push(request);
            }
        });
        server
    }

    fn set(&self, answer: Answer) {
        *self.answer.lock().unwrap() = answer;
    }
}

fn head(mut stream: &TcpStream) -> String {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
        request.push(byte[0]);
    }
    String::from_utf8(request).unwrap()
}

fn reply(mut stream: TcpStream, request: &str, answer: &Answer) -> std::io::Result<()> {
    match answer {
        Answer::File(text, etag) if request.contains(&format!("if-none-match: {etag}\r\n")) => {
            let _ = text;
            write!(stream, "HTTP/1.1 304 Not Modified\r\nETag: {etag}\r\nConnection: close\r\n\r\n")
        }
        Answer::File(text, etag) => {
            let length = text.len();
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nETag: {etag}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{text}"
            )
        }
        Answer::Status(status) => {
            write!(stream, "HTTP/1.1 {status} So\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        }
        Answer::Truncated(text) => {
            let half = text.as_bytes().get(..text.len() / 2).unwrap();
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", text.len())?;
            stream.write_all(half)
        }
        Answer::Chunked(text) => {
            write!(stream, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{text}\r\n", text.len())
        }
        Answer::Nothing => Ok(()),
    }
}

fn list(entries: usize) -> String {
    let rows = (1..=entries).map(|id| format!("Tianlong Computing Works {id},{id},Entity List (own),CN\n"));
    format!("name,id,list,country\n{}", rows.collect::<String>())
}

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("tollgate-lists-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Runs the program: exit status, what it printed, what it complained of.
fn tollgate(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_tollgate")).args(arguments).current_dir(folder).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (done.status.code().unwrap(), text(&done.stdout), text(&done.stderr))
}

fn update(folder: &Path) -> (i32, String, String) {
    tollgate(folder, &["lists", "update", "--config", "sources.toml", "--into", "lists"])
}

/// How many of ten entries can be found with the lists that are in use.
fn found(folder: &Path) -> String {
    let arguments = ["screen", "--lists", "lists", "--name", "Tianlong Computing Works 7", "--limit", "1"];
    let (status, out, error) = tollgate(folder, &arguments);
    assert_eq!(status, 0, "{error}");
    assert!(out.contains("Tianlong Computing Works 7 [Entity List (own), entry 7]"), "{out}");
    out.lines().find(|line| line.starts_with("list: ")).unwrap().to_owned()
}

#[test]
fn a_bad_answer_leaves_the_last_good_list_in_use() {
    let folder = folder("update");
    let server = Server::start();
    std::fs::write(folder.join("sources.toml"), format!("[own]\nfiles = [\"{}/own.csv?v=1\"]\n", server.address))
        .unwrap();

    server.set(Answer::Status(500));
    let (status, _, error) = update(&folder);
    assert!(status == 2 && error.contains("status 500") && error.contains("mend"), "{error}");
    assert_eq!(server.requests.lock().unwrap().len(), 3, "a server error is tried again");

    server.set(Answer::File(list(100), "\"one\""));
    let (status, out, error) = update(&folder);
    assert!(status == 0 && out.starts_with("own: 100 entries, version "), "{out}{error}");
    let good = found(&folder);
    assert!(good.contains("100 entries"), "{good}");

    let (status, out, _) = update(&folder);
    assert_eq!((status, out.as_str()), (0, "own: unchanged\n"));
    assert!(server.requests.lock().unwrap().last().unwrap().contains("if-none-match: \"one\""));

    let damaged = format!("{}{}", list(100), "x\n".repeat(10));
    let gone = list(100).replace("Entity List (own)", "Another list");
    let page = "<!DOCTYPE html><html><body>Down for maintenance</body></html>".to_owned();
    for (answer, what) in [
        (Answer::Truncated(list(200)), "mend"),
        (Answer::Chunked(list(200)), "mend"),
        (Answer::Nothing, "mend"),
        (Answer::File(String::new(), "\"two\""), "not in the form of a screening list"),
        (Answer::File("name,id,list,country\n".to_owned(), "\"two\""), "no entry that can be read"),
        (Answer::File(page, "\"two\""), "not in the form of a screening list"),
        (Answer::File(list(50), "\"two\""), "has 50 entries where the last version had 100"),
        (Answer::File(damaged, "\"two\""), "has 10 rows of 110 that cannot be read"),
        (Answer::File(gone, "\"two\""), "the list `Entity List (own)` of the last version is gone"),
        (Answer::Status(404), "status 404"),
        (Answer::Status(304), ""),
    ] {
        server.set(answer);
        let (status, _, error) = update(&folder);
        assert!(what.is_empty() == (status == 0) && error.contains(what), "{what}: {status} {error}");
        assert!(what.is_empty() || error.contains("the last good version stays in use"), "{error}");
        assert_eq!(found(&folder), good, "{what}");
    }

    server.set(Answer::File(list(101), "\"two\""));
    let (status, out, _) = update(&folder);
    assert!(status == 0 && out.starts_with("own: 101 entries (before: 100)"), "{out}");
    assert!(found(&folder).contains("101 entries"));
    server.set(Answer::File(list(50), "\"three\""));
    let shrunk = ["lists", "update", "--config", "sources.toml", "--into", "lists", "--accept-shrunk"];
    assert_eq!(tollgate(&folder, &shrunk).0, 0);
    assert!(found(&folder).contains("50 entries"));
    // Every version that was in use is still there, for `lists diff`.
    assert_eq!(std::fs::read_dir(folder.join("lists/own")).unwrap().count(), 3);
}

#[test]
fn files_from_a_disk_go_through_the_same_checks() {
    let folder = folder("import");
    let import = |file: &str| tollgate(&folder, &["lists", "import", "--into", "lists", "--name", "own", file]);
    std::fs::write(folder.join("own.csv"), list(10)).unwrap();
    std::fs::write(folder.join("half.csv"), list(5)).unwrap();
    assert_eq!(import("own.csv").0, 0);
    assert_eq!(import("own.csv").1, "own: unchanged\n");
    let (status, _, error) = import("half.csv");
    assert!(status == 2 && error.contains("has 5 entries where"), "{error}");
    assert!(found(&folder).contains("10 entries"));
    let (status, _, error) = tollgate(&folder, &["lists", "import", "--into", "lists", "--name", "../up", "own.csv"]);
    assert!(status == 2 && error.contains("letters, digits"), "{error}");
    std::fs::create_dir(folder.join("empty")).unwrap();
    let (status, _, error) = tollgate(&folder, &["screen", "--lists", "empty", "--name", "x"]);
    assert!(status == 2 && error.contains("lists update --into"), "{error}");
    std::fs::write(folder.join("lists/lists.json"), "{").unwrap();
    let (status, _, error) = import("own.csv");
    assert!(status == 2 && error.contains("is not the table of a list store"), "{error}");
}
