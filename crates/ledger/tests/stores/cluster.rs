//! A PostgreSQL of the test's own: started from the system's binaries, stopped with the test.
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// A private cluster in a folder of its own, reached by a socket in it.
pub(crate) struct Cluster {
    folder: tempfile::TempDir,
    binaries: PathBuf,
}

/// The folder of PostgreSQL's binaries.
fn binaries() -> PathBuf {
    let listed = |folder: &str| std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let versions = listed("/usr/lib/postgresql").map(|version| version.join("bin"));
    let mut found: Vec<PathBuf> =
        versions.chain(listed("/opt/homebrew/opt").map(|formula| formula.join("bin"))).collect();
    found.extend(["/usr/local/bin", "/usr/bin"].map(PathBuf::from));
    found.retain(|folder| folder.join("initdb").exists() && folder.join("postgres").exists());
    found.sort();
    let none = "no PostgreSQL is installed\n  mend: apt-get install postgresql (cargo xtask test does it where it may)";
    let found = found.into_iter().next_back().unwrap_or_else(|| panic!("{none}"));
    // Where they are links, the programs that copy a database stand beside what they lead to.
    let linked = found.join("initdb").canonicalize().ok().and_then(|path| path.parent().map(Path::to_owned));
    linked.filter(|folder| folder.join("pg_dump").exists()).unwrap_or(found)
}

impl Cluster {
    /// Makes and starts one.
    pub(crate) fn start() -> Cluster {
        let cluster = Cluster { folder: tempfile::tempdir().unwrap(), binaries: binaries() };
        if is_root() {
            run(Command::new("chown").arg("nobody").arg(cluster.folder.path()));
        }
        let data = cluster.data();
        let options = ["--auth=trust", "--username=tollgate", "--encoding=UTF8", "--no-sync", "--pgdata"];
        run(cluster.program("initdb").args(options).arg(&data));
        cluster.resume();
        cluster
    }

    /// Makes and starts one that takes TLS alone over the network, with a certificate for `localhost` by an authority of the test's own.
    pub(crate) fn start_with_tls() -> (Cluster, TlsPort) {
        let cluster = Cluster::start();
        cluster.kill();
        let folder = cluster.folder.path();
        std::fs::write(folder.join("for-localhost"), "subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n")
            .unwrap();
        std::fs::write(cluster.data().join("pg_hba.conf"), "local all all trust\nhostssl all all all trust\n").unwrap();
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
        for (name, request) in
            [("authority", "-x509 -days 2 -out"), ("stranger", "-x509 -days 2 -out"), ("server", "-out")]
        {
            cluster.openssl(&format!("req {key} -subj /CN={name} -keyout {name}.key {request} {name}.pem"));
        }
        let signed = "x509 -req -in server.pem -CA authority.pem -CAkey authority.key -CAcreateserial -days 2";
        cluster.openssl(&format!("{signed} -extfile for-localhost -out signed.pem"));
        let port = std::net::TcpListener::bind("localhost:0").unwrap().local_addr().unwrap().port();
        let file = |name: &str| folder.join(name).display().to_string();
        let tls = format!("-c ssl=on -c ssl_cert_file={} -c ssl_key_file={}", file("signed.pem"), file("server.key"));
        cluster.begin(&format!("-c listen_addresses=localhost -c port={port} {tls}"));
        let tls = TlsPort { port, authority: file("authority.pem"), stranger: file("stranger.pem") };
        (cluster, tls)
    }

    fn openssl(&self, words: &str) {
        let mut command = self.as_server(Path::new("openssl"));
        run(command.args(words.split(' ')).stderr(Stdio::null()));
    }

    /// Starts it again after [`Cluster::kill`].
    pub(crate) fn resume(&self) {
        self.begin("-c listen_addresses=''");
    }

    fn begin(&self, settings: &str) {
        let socket = format!("{settings} -c unix_socket_directories='{}'", self.folder.path().display());
        let log = self.folder.path().join("log");
        run(self.program("pg_ctl").arg("-D").arg(self.data()).arg("-l").arg(log).args(["-w", "-o", &socket, "start"]));
    }

    /// Stops it as a power cut would, without a checkpoint.
    pub(crate) fn kill(&self) {
        run(self.program("pg_ctl").arg("-D").arg(self.data()).args(["-w", "-m", "immediate", "stop"]));
    }

    /// Makes a database, and tells how to reach it.
    pub(crate) fn database(&self, name: &str) -> String {
        let mut client = postgres::Client::connect(&self.url("postgres"), postgres::NoTls).unwrap();
        client.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
        self.url(name)
    }

    fn url(&self, name: &str) -> String {
        format!("postgresql:///{name}?host={}&user=tollgate", self.folder.path().display())
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Dumps a database and restores it under another name; tells how to reach that.
    pub(crate) fn restored(&self, from: &str, to: &str) -> String {
        let (dump, url) = (self.folder.path().join("dump").display().to_string(), self.database(to));
        let file = format!("--file={dump}");
        run(self.program("pg_dump").args(["--format=custom", &file, "--dbname", &self.url(from)]));
        run(self.program("pg_restore").args(["--exit-on-error", "--dbname", &url, &dump]));
        url
    }

    /// Gives a database another name; whoever is connected to it is cut off.
    pub(crate) fn rename(&self, from: &str, to: &str) {
        let mut client = postgres::Client::connect(&self.url("postgres"), postgres::NoTls).unwrap();
        let end = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{from}'");
        client.batch_execute(&end).unwrap();
        let renamed = (0..50).any(|_| {
            let done = client.batch_execute(&format!("ALTER DATABASE {from} RENAME TO {to}")).is_ok();
            if !done {
                client.batch_execute(&end).unwrap();
                rest(50);
            }
            done
        });
        assert!(renamed, "{from} could not be renamed");
    }

    /// How many records a ledger's database has.
    pub(crate) fn count(&self, name: &str) -> i64 {
        let mut client = postgres::Client::connect(&self.url(name), postgres::NoTls).unwrap();
        client.query_one("SELECT count(*) FROM tollgate_record", &[]).unwrap().get(0)
    }

    /// Stops all its processes where they are, until what this gives is dropped.
    pub(crate) fn freeze(&self) -> Frozen {
        let text = std::fs::read_to_string(self.data().join("postmaster.pid")).unwrap();
        let first = text.lines().next().unwrap().trim().to_owned();
        let children = std::fs::read_to_string(format!("/proc/{first}/task/{first}/children")).unwrap();
        let mut processes = vec![first];
        processes.extend(children.split_whitespace().map(str::to_owned));
        let frozen = Frozen { processes };
        frozen.signal("-STOP");
        frozen
    }

    /// A database over the socket of its own, whose name has the port in it.
    pub(crate) fn local_url(&self, name: &str, port: u16) -> String {
        format!("{}&port={port}", self.url(name))
    }

    fn program(&self, name: &str) -> Command {
        self.as_server(&self.binaries.join(name))
    }

    /// PostgreSQL refuses to run as root.
    fn as_server(&self, path: &Path) -> Command {
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=nobody", "--clear-groups"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        command.current_dir(self.folder.path()).stdin(Stdio::null()).stdout(Stdio::null());
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut stop = self.program("pg_ctl");
        let _stopped = stop.arg("-D").arg(self.data()).args(["-m", "immediate", "stop"]).stderr(Stdio::null()).status();
    }
}

/// Processes that stand still.
pub(crate) struct Frozen {
    processes: Vec<String>,
}

impl Frozen {
    fn signal(&self, signal: &str) {
        // One that has ended meanwhile needs no signal.
        let _ended = Command::new("kill").arg(signal).args(&self.processes).stderr(Stdio::null()).status();
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        self.signal("-CONT");
    }
}

/// Where a cluster with TLS is reached.
pub(crate) struct TlsPort {
    pub(crate) port: u16,
    /// The file of the certificate of the authority that signed the cluster's.
    pub(crate) authority: String,
    /// The file of a certificate that signed nothing.
    pub(crate) stranger: String,
}

fn is_root() -> bool {
    let owner = Command::new("id").arg("-u").output().unwrap();
    owner.stdout.starts_with(b"0\n")
}

fn run(command: &mut Command) {
    let done = command.stderr(Stdio::inherit()).status().unwrap();
    assert!(done.success(), "{command:?}: {done}");
}

/// The program of `examples/` that belongs to this build.
pub(crate) fn example(name: &str) -> PathBuf {
    let executable = std::env::current_exe().unwrap();
    let build = executable.parent().and_then(Path::parent).unwrap();
    let program = build.join("examples").join(name);
    assert!(program.exists(), "{} is not built: run the tests with `cargo test`", program.display());
    program
}

/// Waits a little: between tries, not for a result.
pub(crate) fn rest(milliseconds: u64) {
    std::thread::sleep(Duration::from_millis(milliseconds));
}
