//! The process in which DuckDB runs: its start, questions and answers as lines of JSON, and its end.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;

use serde_json::Value;

use crate::engine::EngineError;

/// The driver, as a file that Python runs.
const DRIVER: &str = include_str!("driver.py");
/// How long a driver has for an answer beyond the time of its query, and for a start or a count.
pub(super) const GRACE: Duration = Duration::from_secs(60);
/// How often the user's stop is looked at.
const LOOK: Duration = Duration::from_millis(50);
/// Lines of an answer that wait for whoever reads them.
const WAITING_LINES: usize = 1_024;
/// Variables of the surroundings that the process sees: where programs and their libraries are. Keys and names of other services are not among them.
const VARIABLES: [&str; 4] = ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LANG"];

/// Why there is no answer.
pub(super) enum NoAnswer {
    Stopped,
    Late,
    /// The process has ended, with what it said last.
    Gone(String),
    /// What it wrote cannot be understood.
    Unreadable(String),
}

/// A driver that runs; dropped, it is ended.
pub(super) struct DriverProcess {
    child: Child,
    questions: ChildStdin,
    lines: Receiver<String>,
    log: PathBuf,
}

fn engine(what: String) -> EngineError {
    EngineError::Engine(what)
}

fn cannot_run(python: &Path, error: &dyn std::fmt::Display) -> EngineError {
    let mend = "name a Python that has duckdb with --python, or install it: pip install duckdb";
    engine(format!("{}: {error}\n  mend: {mend}", python.display()))
}

/// A Python by itself: without the user's settings, folders and variables.
fn python_alone(python: &Path) -> Command {
    let mut command = Command::new(python);
    command.arg("-I").env_clear();
    let seen = std::env::vars_os().filter(|(name, _)| VARIABLES.iter().any(|variable| name == variable));
    command.envs(seen).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Fails where a Python cannot be run or has no `duckdb`, so that nobody waits for what cannot be asked.
pub fn check_duckdb(python: &Path) -> Result<(), EngineError> {
    let status = python_alone(python).args(["-c", "import duckdb"]).status();
    match status.map_err(|error| cannot_run(python, &format!("cannot be run: {error}")))?.success() {
        true => Ok(()),
        false => Err(cannot_run(python, &"has no duckdb")),
    }
}

impl DriverProcess {
    /// Starts a driver in a folder and waits until it has its tables.
    pub(super) fn start(
        python: &Path,
        folder: &Path,
        job: &Value,
        stop: &AtomicBool,
    ) -> Result<DriverProcess, EngineError> {
        for (name, text) in [("job.json", job.to_string()), ("driver.py", DRIVER.to_owned())] {
            let path = folder.join(name);
            std::fs::write(&path, text).map_err(|error| engine(format!("{}: {error}", path.display())))?;
        }
        let log = folder.join("driver.log");
        let errors = std::fs::File::create(&log).map_err(|error| engine(format!("{}: {error}", log.display())))?;
        let mut command = python_alone(python);
        command.arg(folder.join("driver.py")).arg(folder.join("job.json")).current_dir(folder);
        command.env("HOME", folder).env("TMPDIR", folder).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(errors);
        let mut child = command.spawn().map_err(|error| cannot_run(python, &format!("cannot be run: {error}")))?;
        let (Some(questions), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            let _ = child.kill();
            return Err(engine("the process of DuckDB has no standard input and output".to_owned()));
        };
        let (sender, lines) = sync_channel(WAITING_LINES);
        std::thread::spawn(move || {
            // A line that cannot be read, and nobody who reads, are both the end: the process is then asked nothing more.
            for line in BufReader::new(answers).lines() {
                let Ok(line) = line else { break };
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let mut process = DriverProcess { child, questions, lines, log };
        let mut unusable = None;
        let started = process.read(GRACE, stop, &mut |line| {
            unusable = line.get("unusable").and_then(Value::as_str).map(str::to_owned);
            Ok(true)
        });
        match (started, unusable) {
            (Ok(()), None) => Ok(process),
            (Ok(()), Some(what)) => Err(cannot_run(python, &what)),
            (Err(NoAnswer::Stopped), _) => Err(EngineError::Stopped),
            (Err(NoAnswer::Late), _) => Err(cannot_run(python, &"does not start")),
            (Err(NoAnswer::Gone(what) | NoAnswer::Unreadable(what)), _) => Err(cannot_run(python, &what)),
        }
    }

    /// Asks a question and hands each line of the answer to `take`, which says whether it was the last.
    pub(super) fn ask(
        &mut self,
        question: &Value,
        time: Duration,
        stop: &AtomicBool,
        take: &mut dyn FnMut(Value) -> Result<bool, String>,
    ) -> Result<(), NoAnswer> {
        let written =
            self.questions.write_all(format!("{question}\n").as_bytes()).and_then(|()| self.questions.flush());
        if written.is_err() {
            return Err(self.gone());
        }
        self.read(time, stop, take)
    }

    /// Ends the process, as the system does where memory is over.
    #[cfg(test)]
    pub(super) fn end(&mut self) {
        self.child.kill().unwrap();
    }

    fn read(
        &mut self,
        time: Duration,
        stop: &AtomicBool,
        take: &mut dyn FnMut(Value) -> Result<bool, String>,
    ) -> Result<(), NoAnswer> {
        #[expect(clippy::disallowed_methods, reason = "how long a query takes decides nothing but whether it is ended")]
        let start = std::time::Instant::now();
        loop {
            if stop.load(Ordering::Relaxed) {
                return Err(NoAnswer::Stopped);
            }
            let line = match self.lines.recv_timeout(LOOK) {
                Ok(line) => line,
                Err(RecvTimeoutError::Timeout) if start.elapsed() < time => continue,
                Err(RecvTimeoutError::Timeout) => return Err(NoAnswer::Late),
                Err(RecvTimeoutError::Disconnected) => return Err(self.gone()),
            };
            let unreadable = |what: String| NoAnswer::Unreadable(format!("the process of DuckDB: {what}"));
            let value: Value = serde_json::from_str(&line).map_err(|error| unreadable(error.to_string()))?;
            if take(value).map_err(unreadable)? {
                return Ok(());
            }
        }
    }

    /// What is said of a process that has ended.
    fn gone(&mut self) -> NoAnswer {
        let _ = self.child.kill();
        let end = self.child.wait().map_or_else(|error| error.to_string(), |status| status.to_string());
        let log = std::fs::read_to_string(&self.log).unwrap_or_else(|error| format!("its log cannot be read: {error}"));
        let last = log.lines().rev().find(|line| !line.trim().is_empty());
        let said = last.map_or(String::new(), |last| format!(": {last}"));
        NoAnswer::Gone(format!("took down the process of DuckDB ({end}){said}"))
    }
}

impl Drop for DriverProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
