//! Tollgate decides whether a shipment of AI compute may go, under which authorization, by which paragraph.
//!
//! This is the map: which commands there are, and where each begins. A command is a file under `commands`, with its arguments beside it.

mod commands;

use std::io::{self, Write as _};
#[cfg(feature = "object-storage")]
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::{Parser, Subcommand};
use tollgate_model::{BrokenInvariant, Stop, report_broken_invariants};

use commands::ask::AskArguments;
use commands::audit::AuditCommand;
use commands::backup::{BackupArguments, RestoreArguments};
use commands::check::CheckArguments;
use commands::classify::ClassifyArguments;
#[cfg(feature = "detect")]
use commands::customs::CustomsArguments;
use commands::decide::DecideArguments;
#[cfg(feature = "detect")]
use commands::detect::DetectArguments;
use commands::examples::ExamplesCommand;
use commands::explain::ExplainArguments;
use commands::fleet::FleetArguments;
use commands::intake::IntakeArguments;
use commands::lists::ListsCommand;
#[cfg(feature = "mcp")]
use commands::mcp::McpArguments;
use commands::papers::PapersArguments;
use commands::policy::PolicyCommand;
use commands::replay::ReplayArguments;
use commands::screen::ScreenArguments;
use commands::serve::{ServeArguments, TokenCommand, UserCommand};
use commands::simulate::SimulateArguments;
#[cfg(feature = "detect")]
use commands::typology::TypologyCommand;
use commands::{Failure, print};

/// Exit status of work that ran and found something that `--fail-on` names.
const FOUND: u8 = 1;
/// Exit status of unusable arguments or input.
const UNUSABLE: u8 = 2;
/// Exit status after Ctrl-C, as shells count it.
const INTERRUPTED: u8 = 130;

/// Decides whether a shipment of AI compute may go, under which authorization, by which paragraph;
/// keeps count of allocations. It informs; it is not legal advice.
#[derive(Parser)]
#[command(
    name = "tollgate",
    version,
    propagate_version = true,
    after_help = "Examples:
  tollgate check --orders orders.csv --parties parties.csv --policy diffusion --out report
  tollgate classify \"H100 SXM\" L4 \"RTX 4090\"
  tollgate explain --orders orders.csv --parties parties.csv --order PO-17
  tollgate policy diff diffusion anthropic-2025

Exit status: 0 done; 1 --fail-on found something; 2 unusable arguments or input."
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Decides every order, keeps the allocations and writes a report: the main job.
    Check(CheckArguments),
    /// Decides every order: decisions only, as .jsonl, .csv or .parquet.
    Decide(DecideArguments),
    /// Customs declarations: which are likelier to be false, learned from those of which it is known.
    #[cfg(feature = "detect")]
    Customs(CustomsArguments),
    /// Decides history under two policies: what would have been decided otherwise.
    Replay(ReplayArguments),
    /// Looks for evasion across orders, parties and time: alerts, best first.
    #[cfg(feature = "detect")]
    Detect(DetectArguments),
    /// Typologies, by which evasion is looked for: list, show, test.
    #[cfg(feature = "detect")]
    #[command(subcommand)]
    Typology(TypologyCommand),
    /// Answers a question in one line: so many of what, to whom, where, what for.
    Ask(AskArguments),
    /// Reads spreadsheets and exports as they come into the tables that the other commands take.
    Intake(IntakeArguments),
    /// Serves the verbs ask, classify, decide, explain, screen and policy diff as tools for assistants (Model Context Protocol).
    #[cfg(feature = "mcp")]
    Mcp(McpArguments),
    /// One decision as a readable argument, every step with its citation.
    Explain(ExplainArguments),
    /// The installed base of operators, its geographic ratios and LPP, now and after each planned order.
    Fleet(FleetArguments),
    /// The papers that follow from the decision of an order: notices, statements, a questionnaire, records to keep.
    Papers(PapersArguments),
    /// TPP, performance density and ECCN of items, and why.
    Classify(ClassifyArguments),
    /// Holds a name or a table of parties against screening lists; says what each match is worth and why.
    Screen(ScreenArguments),
    /// Screening lists: what a file holds, and what came and went between two of them.
    #[command(subcommand)]
    Lists(ListsCommand),
    /// Studies a policy in worlds that have not happened: distributions, what drives them, and a report.
    Simulate(SimulateArguments),
    /// Serves decisions and allocations over HTTP, on a durable ledger.
    Serve(ServeArguments),
    /// Tokens for the service: give out, take back.
    #[command(subcommand)]
    Token(TokenCommand),
    /// Users who log in to the service: make, take away.
    #[command(subcommand)]
    User(UserCommand),
    /// Prints the description of the service for programs (OpenAPI 3.1).
    Openapi,
    /// The audit log: check its chain, write it out for a regulator.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Copies a SQLite ledger to a file while it is in use, and checks the copy.
    Backup(BackupArguments),
    /// Puts a backup where there is no ledger, after checking it.
    Restore(RestoreArguments),
    /// The policies: list, show, compare, check.
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Worked examples: a paragraph, facts and the expected decision, executed.
    #[command(subcommand)]
    Examples(ExamplesCommand),
}

#[cfg(feature = "object-storage")]
impl Command {
    /// The inputs that are files, or addresses in their place. What a cluster reads, its workers reach themselves.
    pub(crate) fn files(&mut self) -> Vec<&mut PathBuf> {
        match self {
            Command::Check(arguments) => {
                let answers = &mut arguments.answers.answers;
                arguments.inputs.files().into_iter().chain(arguments.context.files()).chain(answers).collect()
            }
            Command::Decide(arguments) => {
                let answers = &mut arguments.answers.answers;
                arguments.orders.iter_mut().chain(arguments.basis.files()).chain(answers).collect()
            }
            Command::Explain(arguments) => arguments.inputs.files(),
            Command::Papers(arguments) => arguments.inputs.files(),
            #[cfg(feature = "mcp")]
            Command::Mcp(arguments) => arguments.orders.iter_mut().chain(arguments.basis.files()).collect(),
            Command::Fleet(arguments) => {
                let files = std::iter::once(&mut arguments.sites).chain(&mut arguments.plan);
                files.chain(arguments.basis.files()).collect()
            }
            #[cfg(feature = "detect")]
            Command::Detect(arguments) => {
                arguments.inputs.files().into_iter().chain(arguments.context.files()).collect()
            }
            Command::Replay(arguments) => match arguments.runs_on_cluster() {
                true => arguments.inputs.basis.files(),
                false => arguments.inputs.files(),
            },
            _ => Vec::new(),
        }
    }
}

/// Writes to standard error that something happened that should have been impossible; the code after it refuses.
fn write_broken_invariant(broken: &BrokenInvariant) {
    let BrokenInvariant { file, line, what } = broken;
    let _unheard = writeln!(
        io::stderr().lock(),
        "internal error at {file}:{line}: {what}\n  mend: this is a mistake in Tollgate, and what turned on it was refused; please report it"
    );
}

fn main() -> ExitCode {
    report_broken_invariants(write_broken_invariant);
    #[cfg_attr(not(feature = "object-storage"), expect(unused_mut, reason = "inputs are only looked at"))]
    let mut arguments = match commands::settings::parse() {
        Ok(arguments) => arguments,
        Err(text) => {
            let _unheard = writeln!(io::stderr().lock(), "error: {text}");
            return ExitCode::from(UNUSABLE);
        }
    };
    let stop: Stop = Arc::new(AtomicBool::new(false));
    let stop_flag = Arc::clone(&stop);
    // Work that can stop in order does so at the first Ctrl-C; outputs appear whole or not at all, so the second may end it at once.
    let _handler = ctrlc::set_handler(move || {
        if stop_flag.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(INTERRUPTED));
        }
    });
    #[cfg(feature = "object-storage")]
    let fetched = commands::remote::fetch_inputs(arguments.command.files(), &stop);
    #[cfg(feature = "object-storage")]
    let result = fetched.and_then(|_folder| run(arguments.command, &stop));
    #[cfg(not(feature = "object-storage"))]
    let result = run(arguments.command, &stop);
    let mut errors = io::stderr().lock();
    match result {
        Ok(()) | Err(Failure::NoReader) => ExitCode::SUCCESS,
        Err(Failure::Found) => ExitCode::from(FOUND),
        Err(Failure::Incomplete(text)) => {
            let _unheard = writeln!(errors, "error: {text}");
            ExitCode::from(FOUND)
        }
        Err(Failure::Stopped) => {
            let _unheard = writeln!(errors, "stopped: nothing was written");
            ExitCode::from(INTERRUPTED)
        }
        Err(Failure::Unusable(text)) => {
            let _unheard = writeln!(errors, "error: {text}");
            ExitCode::from(UNUSABLE)
        }
    }
}

fn run(command: Command, stop: &Stop) -> Result<(), Failure> {
    match command {
        Command::Check(mut arguments) => {
            commands::intake::read_raw_orders(&mut arguments.inputs, &arguments.out.join("read"))?;
            commands::check::check(&arguments, stop)
        }
        #[cfg(feature = "detect")]
        Command::Detect(arguments) => commands::detect::detect(&arguments, stop),
        #[cfg(feature = "detect")]
        Command::Typology(command) => commands::typology::typology(&command, stop),
        #[cfg(feature = "detect")]
        Command::Customs(arguments) => commands::customs::customs(&arguments),
        Command::Replay(arguments) => commands::replay::replay(&arguments, stop),
        Command::Decide(arguments) => commands::decide::decide(arguments, stop),
        Command::Ask(arguments) => commands::ask::ask(&arguments, stop),
        Command::Intake(arguments) => commands::intake::intake(&arguments),
        #[cfg(feature = "mcp")]
        Command::Mcp(arguments) => commands::mcp::mcp(arguments, stop),
        Command::Explain(arguments) => commands::explain::explain(&arguments, stop),
        Command::Fleet(arguments) => commands::fleet::fleet(&arguments, stop),
        Command::Papers(arguments) => commands::papers::papers(arguments, stop),
        Command::Classify(arguments) => commands::classify::classify(&arguments, stop),
        Command::Screen(arguments) => commands::screen::screen(&arguments, stop),
        Command::Simulate(arguments) => commands::simulate::simulate(&arguments, stop),
        Command::Lists(command) => commands::lists::lists(&command, stop),
        Command::Serve(arguments) => commands::serve::serve(&arguments, stop),
        Command::Token(command) => commands::serve::token(&command),
        Command::User(command) => commands::serve::user(&command),
        Command::Openapi => print(&tollgate_server::description()),
        Command::Backup(arguments) => commands::backup::back_up(&arguments, stop),
        Command::Restore(arguments) => commands::backup::restore(&arguments, stop),
        Command::Audit(command) => commands::audit::audit(&command, stop),
        Command::Policy(command) => commands::policy::policy(&command, stop),
        Command::Examples(command) => commands::examples::examples(&command),
    }
}
