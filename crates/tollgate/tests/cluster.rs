//! Typologies on a real Spark cluster: a master and two workers, each a process of its own, one of which is killed.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on must stop, helpers included")]
#![expect(
    clippy::disallowed_methods,
    reason = "a test is told by the environment which Python has pyspark, and waits by the clock"
)]

mod worlds;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use worlds::{WORLD, make_world, root};

/// A Python that has pyspark; `cargo xtask test` makes one.
fn python() -> String {
    std::env::var("TOLLGATE_PYTHON")
        .expect("TOLLGATE_PYTHON names no Python with pyspark: run `cargo xtask test`, which makes one")
}

struct Cluster {
    master: Child,
    workers: Vec<Child>,
    folder: PathBuf,
    port: u16,
}

impl Cluster {
    fn start(name: &str) -> Cluster {
        let folder = std::env::temp_dir().join(format!("tollgate-cluster-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let home = Command::new(python())
            .args(["-c", "import pyspark, os; print(os.path.dirname(pyspark.__file__))"])
            .output()
            .unwrap();
        let home = String::from_utf8(home.stdout).unwrap().trim().to_owned();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let class = |class: &str, words: &[&str], log: &str| {
            let log = std::fs::File::create(folder.join(log)).unwrap();
            Command::new(format!("{home}/bin/spark-class"))
                .arg(format!("org.apache.spark.deploy.{class}"))
                .args(words)
                .env("SPARK_HOME", &home)
                .env("PYSPARK_PYTHON", python())
                .env("SPARK_LOCAL_IP", "127.0.0.1")
                .env("SPARK_LOCAL_DIRS", folder.join(format!("local-{class}-{}", words.len())))
                .stdin(Stdio::null())
                .stdout(Stdio::from(log.try_clone().unwrap()))
                .stderr(log)
                .spawn()
                .unwrap()
        };
        let port_word = port.to_string();
        let master =
            class("master.Master", &["--host", "127.0.0.1", "--port", &port_word, "--webui-port", "0"], "master.log");
        wait(|| std::net::TcpStream::connect(("127.0.0.1", port)).is_ok(), "the master listens");
        let url = format!("spark://127.0.0.1:{port}");
        let workers = ["one", "two"].map(|worker| {
            let work = folder.join(worker);
            let words = [
                "--host",
                "127.0.0.1",
                "--cores",
                "1",
                "--memory",
                "2g",
                "--webui-port",
                "0",
                "--work-dir",
                work.to_str().unwrap(),
                &url,
            ];
            class("worker.Worker", &words, &format!("{worker}.log"))
        });
        let cluster = Cluster { master, workers: workers.into(), folder, port };
        wait(|| cluster.registered() == 2, "two workers have registered");
        cluster
    }

    fn registered(&self) -> usize {
        let log = std::fs::read_to_string(self.folder.join("master.log")).unwrap_or_default();
        log.matches("Registering worker").count()
    }

    fn url(&self) -> String {
        format!("spark://127.0.0.1:{}", self.port)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for child in self.workers.iter_mut().chain([&mut self.master]) {
            let _ = child.kill();
            let _ = child.wait();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn wait(done: impl Fn() -> bool, what: &str) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < Duration::from_secs(90), "waited too long until {what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn detect(at: &Path, out: &str, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tollgate"));
    command.arg("detect").args(WORLD).args(["--out", out]).args(more).current_dir(at);
    command
}

#[test]
#[ignore = "needs Apache Spark, which `cargo xtask test` sets up"]
fn a_cluster_finds_what_one_machine_finds_also_when_a_worker_dies() {
    let mut cluster = Cluster::start("both");
    let at = cluster.folder.clone();
    make_world(&at, 1, 800, 3);
    assert!(detect(&at, "local.jsonl", &[]).status().unwrap().success());
    let local = std::fs::read_to_string(at.join("local.jsonl")).unwrap();
    assert!(local.lines().count() > 10);

    let (url, python) = (cluster.url(), python());
    let on = ["--cluster", url.as_str(), "--python", python.as_str(), "--tables", "tables"];
    let done = detect(&at, "cluster.jsonl", &on).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert!(std::fs::read_to_string(at.join("cluster.jsonl")).unwrap() == local, "the same alerts, byte by byte");

    // Once more, and a worker with its executor is killed when shuffle output lies on its disk.
    let mut running = detect(&at, "killed.jsonl", &on).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    wait(|| shuffled(&cluster.folder) || at.join("killed.jsonl").exists(), "shuffle output has been written");
    kill_tree(cluster.workers.remove(0));
    let done = running.wait().unwrap();
    let killed = at.join("killed.jsonl");
    match done.success() {
        true => {
            assert!(std::fs::read_to_string(killed).unwrap() == local, "the same alerts after the loss of a worker")
        }
        false => assert!(!killed.exists(), "a failure leaves no part of an answer"),
    }

    // The same of history under two policies, by the kernels of the wheel.
    let cluster = Cluster::start("replay");
    std::fs::rename(at.join("world"), cluster.folder.join("world")).unwrap();
    replayed_as_here(cluster, &python);
}

fn replay(at: &Path, out: &str, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tollgate"));
    command.arg("replay").args(&WORLD[..6]).args([
        "--policy",
        "diffusion",
        "--against",
        "anthropic-2025",
        "--out",
        out,
    ]);
    command.args(more).current_dir(at);
    command
}

/// What a replay has left, but for its report.
fn left(at: &Path, out: &str) -> [String; 2] {
    ["summary.json", "diff.jsonl"].map(|name| std::fs::read_to_string(at.join(out).join(name)).unwrap())
}

fn replayed_as_here(mut cluster: Cluster, python: &str) {
    let at = cluster.folder.clone();
    assert!(replay(&at, "here", &[]).status().unwrap().success());
    let here = left(&at, "here");
    assert!(here[1].lines().count() > 20, "some lines are decided otherwise");
    let url = cluster.url();
    let on = ["--cluster", url.as_str(), "--python", python];
    let done = replay(&at, "there", &on).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert!(left(&at, "there") == here, "the same differences, byte by byte");

    let mut running = replay(&at, "killed", &on).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let killed = at.join("killed/summary.json");
    wait(|| shuffled(&cluster.folder) || killed.exists(), "shuffle output has been written");
    kill_tree(cluster.workers.remove(0));
    match running.wait().unwrap().success() {
        true => assert!(left(&at, "killed") == here, "the same differences after the loss of a worker"),
        false => {
            assert!(!killed.exists() && !at.join("killed/diff.jsonl").exists(), "a failure leaves no part of an answer")
        }
    }

    // What cannot be replayed there is said, with nothing left behind.
    let mut parts = std::fs::read_dir(at.join("world")).unwrap();
    assert!(parts.any(|part| part.unwrap().file_name() == "truth.jsonl"));
    for (more, said) in
        [(["--truth", "world/truth.jsonl"], "--truth"), (["--orders", "world/parties.csv"], "the cluster failed")]
    {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tollgate"));
        let orders = if more[0] == "--orders" { more[1] } else { WORLD[1] };
        command.args([
            "replay",
            "--orders",
            orders,
            "--policy",
            "diffusion",
            "--against",
            "anthropic-2025",
            "--out",
            "bad",
        ]);
        let truth: &[&str] = if more[0] == "--truth" { &more } else { &[] };
        let done = command.args(truth).args(on).current_dir(&at).output().unwrap();
        let text = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(!done.status.success() && text.contains(said) && text.contains("mend:"), "{text}");
        assert!(!at.join("bad/summary.json").exists());
    }
}

#[test]
#[ignore = "needs Apache Spark, which `cargo xtask test` sets up"]
fn a_cluster_that_is_not_there_is_said_to_be() {
    let folder = std::env::temp_dir().join(format!("tollgate-cluster-{}-none", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (at, python) = (folder.as_path(), python());
    let examples = root().join("examples/orders");
    let none = ["--cluster", "spark://127.0.0.1:1", "--python", python.as_str()];
    let mut command = Command::new(env!("CARGO_BIN_EXE_tollgate"));
    command
        .args(["detect", "--policy", "diffusion", "--out", "none.jsonl", "--orders"])
        .arg(examples.join("orders.csv"));
    let done = command.arg("--items").arg(examples.join("items.csv")).args(none).current_dir(at).output().unwrap();
    assert!(!done.status.success() && !at.join("none.jsonl").exists());
    assert!(String::from_utf8_lossy(&done.stderr).contains("mend:"), "{}", String::from_utf8_lossy(&done.stderr));
    std::fs::remove_dir_all(folder).unwrap();
}

/// Whether any executor has written shuffle output.
fn shuffled(folder: &Path) -> bool {
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with("shuffle_") {
                return true;
            }
            if entry.path().is_dir() {
                folders.push(entry.path());
            }
        }
    }
    false
}

/// A worker and the executors that it has started.
fn kill_tree(mut worker: Child) {
    let children = Command::new("pgrep").args(["-P", &worker.id().to_string()]).output().unwrap();
    let executors: Vec<String> = String::from_utf8(children.stdout).unwrap().lines().map(str::to_owned).collect();
    worker.kill().unwrap();
    worker.wait().unwrap();
    for executor in executors {
        let _ = Command::new("kill").args(["-9", &executor]).status();
    }
}
