//! The command line: what is asked, and how the answer is printed.

mod arguments;
mod audit;
#[cfg(feature = "detect")]
mod backtest;
mod backup;
mod check;
mod classify;
#[cfg(feature = "detect")]
mod customs;
mod decide;
#[cfg(feature = "detect")]
mod detect;
mod examples;
mod explain;
mod list_store;
mod lists;
mod looking;
#[cfg(feature = "detect")]
mod measure;
mod policy;
mod progress;
mod recorded;
#[cfg(feature = "object-storage")]
mod remote;
mod replay;
#[cfg(feature = "detect")]
mod run_cases;
mod screen;
mod serve;
mod service_arguments;
mod settings;
mod simulate;
#[cfg(feature = "detect")]
mod since;
mod summary;
#[cfg(feature = "detect")]
mod typology;
mod world;

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub(crate) use explain::{object as decision_json, owned_by_listed};
pub(crate) use simulate::SCENARIOS;
pub(crate) use summary::control_lines;

use crate::service::{RunError, Stop};
use arguments::Command;

/// Exit status of work that ran and found something that `--fail-on` names.
const FOUND: u8 = 1;
/// Exit status of unusable arguments or input.
const UNUSABLE: u8 = 2;
/// Exit status after Ctrl-C, as shells count it.
const INTERRUPTED: u8 = 130;

/// What a command ends with.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The input, the law or an argument cannot be used; the text says what, where and how to mend it.
    Unusable(String),
    /// The work ran and found what `--fail-on` names.
    Found,
    /// Ctrl-C.
    Stopped,
    /// The reader of standard output went away, which is no failure.
    NoReader,
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Failure {
        match error {
            RunError::Stopped => Failure::Stopped,
            other => Failure::Unusable(other.to_string()),
        }
    }
}

impl From<tollgate_records::InputErrors> for Failure {
    fn from(errors: tollgate_records::InputErrors) -> Failure {
        Failure::Unusable(errors.to_string())
    }
}

impl From<tollgate_law::LawErrors> for Failure {
    fn from(errors: tollgate_law::LawErrors) -> Failure {
        Failure::Unusable(errors.to_string())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::NoReader,
            _ => Failure::Unusable(format!("cannot write: {error}")),
        }
    }
}

pub(crate) fn main() -> ExitCode {
    #[cfg_attr(not(feature = "object-storage"), expect(unused_mut, reason = "inputs are only looked at"))]
    let mut arguments = match settings::parse() {
        Ok(arguments) => arguments,
        Err(text) => {
            let _said = writeln!(io::stderr().lock(), "error: {text}");
            return ExitCode::from(UNUSABLE);
        }
    };
    let stop: Stop = Arc::new(AtomicBool::new(false));
    let raised = Arc::clone(&stop);
    // Work that can stop in order does so at the first Ctrl-C; outputs appear whole or not at all, so the second may end it at once.
    let _handler = ctrlc::set_handler(move || {
        if raised.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(INTERRUPTED));
        }
    });
    #[cfg(feature = "object-storage")]
    let brought = remote::bring(arguments.command.files(), &stop);
    #[cfg(feature = "object-storage")]
    let result = brought.and_then(|_until_the_end| run(arguments.command, &stop));
    #[cfg(not(feature = "object-storage"))]
    let result = run(arguments.command, &stop);
    let mut errors = io::stderr().lock();
    match result {
        Ok(()) | Err(Failure::NoReader) => ExitCode::SUCCESS,
        Err(Failure::Found) => ExitCode::from(FOUND),
        Err(Failure::Stopped) => {
            let _said = writeln!(errors, "stopped: nothing was written");
            ExitCode::from(INTERRUPTED)
        }
        Err(Failure::Unusable(text)) => {
            let _said = writeln!(errors, "error: {text}");
            ExitCode::from(UNUSABLE)
        }
    }
}

fn run(command: Command, stop: &Stop) -> Result<(), Failure> {
    match command {
        Command::Check(arguments) => check::check(&arguments, stop),
        #[cfg(feature = "detect")]
        Command::Detect(arguments) => detect::detect(&arguments, stop),
        #[cfg(feature = "detect")]
        Command::Typology(command) => typology::typology(&command, stop),
        #[cfg(feature = "detect")]
        Command::Customs(arguments) => customs::customs(&arguments),
        Command::Replay(arguments) => replay::replay(&arguments, stop),
        Command::Decide(arguments) => decide::decide(&arguments, stop),
        Command::Explain(arguments) => explain::explain(&arguments, stop),
        Command::Classify(arguments) => classify::classify(&arguments, stop),
        Command::Screen(arguments) => screen::screen(&arguments, stop),
        Command::Simulate(arguments) => simulate::simulate(&arguments, stop),
        Command::Lists(command) => lists::lists(&command, stop),
        Command::Serve(arguments) => serve::serve(&arguments, stop),
        Command::Token(command) => serve::token(&command),
        Command::User(command) => serve::user(&command),
        Command::Openapi => print(&crate::api::description()),
        Command::Backup(arguments) => backup::back_up(&arguments, stop),
        Command::Restore(arguments) => backup::restore(&arguments, stop),
        Command::Audit(command) => audit::audit(&command, stop),
        Command::Policy(command) => policy::policy(&command, stop),
        Command::Examples(command) => examples::examples(&command),
    }
}

/// Rows as the text of a CSV file.
pub(crate) fn csv_text(rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    rows.for_each(|row| drop(writer.write_record(row)));
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

/// Prints to standard output.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}
