use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::recorded::Record;
pub(crate) use super::service_arguments::{
    AuditCommand, BackupArguments, RestoreArguments, ServeArguments, TokenCommand, UserCommand,
};
use tollgate_model::{Country, Date};

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
    /// One decision as a readable argument, every step with its citation.
    Explain(ExplainArguments),
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

/// The lists to screen against.
#[derive(Args)]
pub(crate) struct Lists {
    /// Screening lists: Consolidated Screening List (.csv, .json), sdn.csv alt.csv add.csv, dpl.txt, FollowTheMoney .json, or a .csv of your own
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) lists: Vec<PathBuf>,
    /// The score from which a match counts, in basis points
    #[arg(long, value_name = "POINTS", default_value_t = tollgate_screening::THRESHOLD, value_parser = clap::value_parser!(u32).range(0..=10_000))]
    pub(crate) threshold: u32,
    /// What matches turned out to be: party_id, list, entry, by, why, and as you like finding (cleared or confirmed), until and fingerprint
    #[arg(long, value_name = "FILE")]
    pub(crate) clearances: Option<PathBuf>,
}

/// The orders, and what they are decided by.
#[derive(Args)]
pub(crate) struct Inputs {
    /// Orders: .csv, .jsonl (.gz, .zst) or .parquet; like every input here, a folder of Parquet files, or the address of an object: s3://bucket/key, https://host/file
    #[arg(long, value_name = "FILE")]
    pub(crate) orders: PathBuf,
    #[command(flatten)]
    pub(crate) basis: Basis,
}

/// The tables beside the orders, and the policy to decide by.
#[derive(Args)]
pub(crate) struct Basis {
    /// Persons and companies
    #[arg(long, value_name = "FILE")]
    pub(crate) parties: Option<PathBuf>,
    /// Stakes of parties in each other: a table, or BODS 0.4 statements in .json
    #[arg(long, value_name = "FILE")]
    pub(crate) ownership: Option<PathBuf>,
    /// Items that the catalog lacks, or whose facts you override
    #[arg(long, value_name = "FILE")]
    pub(crate) items: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) lists: Lists,
    /// ear, codified, diffusion, anthropic-2025, a file of your own, or any of them with @YYYY-MM-DD behind it
    #[arg(long, value_name = "POLICY", default_value = "ear")]
    pub(crate) policy: String,
}

#[cfg(feature = "object-storage")]
impl Inputs {
    /// Every input that is given.
    fn files(&mut self) -> Vec<&mut PathBuf> {
        std::iter::once(&mut self.orders).chain(self.basis.files()).collect()
    }
}

#[cfg(feature = "object-storage")]
impl Basis {
    fn files(&mut self) -> Vec<&mut PathBuf> {
        let tables = [&mut self.parties, &mut self.ownership, &mut self.items, &mut self.lists.clearances];
        tables.into_iter().flatten().chain(&mut self.lists.lists).collect()
    }
}

#[cfg(feature = "object-storage")]
impl Surroundings {
    fn files(&mut self) -> Vec<&mut PathBuf> {
        let tables = [&mut self.payments, &mut self.sites, &mut self.serials, &mut self.inspections];
        tables.into_iter().flatten().collect()
    }
}

#[cfg(feature = "object-storage")]
impl ReplayArguments {
    fn elsewhere(&self) -> bool {
        #[cfg(feature = "detect")]
        return self.on.cluster.is_some();
        #[cfg(not(feature = "detect"))]
        return false;
    }
}

#[cfg(feature = "object-storage")]
impl Command {
    /// The inputs that are files, or addresses in their place. What a cluster reads, its workers reach themselves.
    pub(crate) fn files(&mut self) -> Vec<&mut PathBuf> {
        match self {
            Command::Check(own) => own.inputs.files().into_iter().chain(own.surroundings.files()).collect(),
            Command::Decide(own) => own.inputs.files(),
            Command::Explain(own) => own.inputs.files(),
            #[cfg(feature = "detect")]
            Command::Detect(own) => own.inputs.files().into_iter().chain(own.surroundings.files()).collect(),
            Command::Replay(own) => match own.elsewhere() {
                true => own.inputs.basis.files(),
                false => own.inputs.files(),
            },
            _ => Vec::new(),
        }
    }
}

/// What happened around the orders, and which typologies look at it.
#[derive(Args)]
pub(crate) struct Surroundings {
    /// Payments for the orders
    #[arg(long, value_name = "FILE")]
    pub(crate) payments: Option<PathBuf>,
    /// Data-center sites
    #[arg(long, value_name = "FILE")]
    pub(crate) sites: Option<PathBuf>,
    /// What was seen of serial numbers
    #[arg(long, value_name = "FILE")]
    pub(crate) serials: Option<PathBuf>,
    /// Visits to sites and parties
    #[arg(long, value_name = "FILE")]
    pub(crate) inspections: Option<PathBuf>,
    /// A typology's folder, or a folder of such, instead of those of the program
    #[arg(long, value_name = "DIR")]
    pub(crate) typologies: Option<PathBuf>,
    /// Only these typologies, by id or folder name: T03,cap-split
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
}

#[derive(Args)]
#[command(after_help = "Example:
  tollgate check --orders examples/orders/orders.csv --parties examples/orders/parties.csv --out out
Writes DIR/decisions.jsonl, alerts.jsonl, allocations.csv, summary.json and report.html, whole or not at all.")]
pub(crate) struct CheckArguments {
    #[command(flatten)]
    pub(crate) inputs: Inputs,
    /// The folder for the results
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) surroundings: Surroundings,
    #[command(flatten)]
    pub(crate) record: Record,
    /// Exit with status 1 if any decision or alert is one of these
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    pub(crate) fail_on: Vec<FailOn>,
    /// How the summary is printed
    #[arg(long, default_value = "text")]
    pub(crate) format: TextFormat,
}

#[cfg(feature = "detect")]
#[derive(Args)]
#[command(after_help = "Example:
  tollgate customs --learn train.csv --on valid.csv --out scores.csv
The columns are Declaration ID, HS6 Code, Country of Departure, Country of Origin, Net Mass, Item Price and, where it is known, Fraud (0 or 1).
A score ranks; it is no calibrated probability. docs/design/misdeclaration.md says how it is made and what its figures mean.")]
pub(crate) struct CustomsArguments {
    /// Declarations of which it is known whether they were false
    #[arg(long, value_name = "FILE")]
    pub(crate) learn: PathBuf,
    /// Declarations to be ranked; where it is known of them too, how well that went is told
    #[arg(long, value_name = "FILE")]
    pub(crate) on: PathBuf,
    /// Let all copies of one declaration count once
    #[arg(long)]
    pub(crate) copies_once: bool,
    /// Where the scores go, as CSV, with what each part adds
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Args)]
#[command(after_help = "Examples:
  tollgate replay --orders orders.parquet --parties parties.csv --policy diffusion --against anthropic-2025 --out out/replay
  tollgate replay … --cluster spark://host:7077 --python venv/bin/python --out out/replay    (files where every worker finds them, and the wheel of python/)
Each policy keeps its own allocations in order of date. Writes DIR/diff.jsonl, summary.json and report.html, whole or not at all.")]
pub(crate) struct ReplayArguments {
    #[command(flatten)]
    pub(crate) inputs: Inputs,
    /// The policy to hold against it
    #[arg(long, value_name = "POLICY")]
    pub(crate) against: String,
    /// Schemes that are known, in the form of a world's truth.jsonl: which would no longer have fitted
    #[arg(long, value_name = "FILE")]
    pub(crate) truth: Option<PathBuf>,
    /// The folder for the results
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// How the summary is printed
    #[arg(long, default_value = "text")]
    pub(crate) format: TextFormat,
    #[cfg(feature = "detect")]
    #[command(flatten)]
    pub(crate) on: OnCluster,
}

#[cfg(feature = "detect")]
#[derive(Args)]
#[command(after_help = "Examples:
  tollgate detect --orders orders.parquet --parties parties.csv --payments payments.parquet --policy diffusion --out alerts.jsonl
  tollgate detect --orders orders/ --parties parties.csv --serials serials.parquet --since found --out alerts.jsonl    (each morning)
A typology that lacks its data is skipped and said to be. A score is the probability that an alert is true, as far as worlds whose truth is known tell.")]
pub(crate) struct DetectArguments {
    #[command(flatten)]
    pub(crate) inputs: Inputs,
    #[command(flatten)]
    pub(crate) surroundings: Surroundings,
    /// Where the alerts go, one JSON object a line
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Also write the tables that queries see, as Parquet files (docs/design/typologies.md); with --cluster, where every worker can read them
    #[arg(long, value_name = "DIR")]
    pub(crate) tables: Option<PathBuf>,
    /// A folder in which an earlier run left what it found: only typologies whose tables changed are asked again, and what is new is said; made where it is not there
    #[arg(long, value_name = "DIR", conflicts_with = "cluster")]
    pub(crate) since: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) on: OnCluster,
}

/// Where work runs that is too much for one machine.
#[cfg(feature = "detect")]
#[derive(Args)]
pub(crate) struct OnCluster {
    /// Run on Apache Spark: spark://host:port
    #[arg(long, value_name = "URL")]
    pub(crate) cluster: Option<String>,
    /// A Python that has pyspark
    #[arg(long, value_name = "FILE", env = "TOLLGATE_PYTHON", default_value = "python3")]
    pub(crate) python: PathBuf,
    /// Parts into which the cluster divides what it shuffles
    #[arg(long, value_name = "N", default_value_t = 8)]
    pub(crate) partitions: usize,
}

#[cfg(feature = "detect")]
#[derive(Subcommand)]
pub(crate) enum TypologyCommand {
    /// The typologies of the program, or of a folder.
    List(TypologyListArguments),
    /// What a typology looks for, how it is defeated, what it takes wrongly, and its sources.
    Show(TypologyShowArguments),
    /// Runs a typology on the facts that must raise it and on those that must not.
    Test(TypologyTestArguments),
    /// Measures the alerts on worlds whose truth is known: recall, precision, how well probabilities fit.
    Measure(TypologyMeasureArguments),
    /// Fits what evidence counts to worlds whose truth is known.
    Fit(TypologyFitArguments),
    /// Runs a draft over history as it was known from time to time: what it adds to the live version and drops.
    Backtest(Box<TypologyBacktestArguments>),
    /// Runs published cases: which are flagged, by what, and when, against when they were really caught.
    Reenact(TypologyReenactArguments),
}

#[cfg(feature = "detect")]
#[derive(Args)]
pub(crate) struct TypologyListArguments {
    /// A folder of typologies
    #[arg(long, value_name = "DIR")]
    pub(crate) typologies: Option<PathBuf>,
}

#[cfg(feature = "detect")]
#[derive(Args)]
pub(crate) struct TypologyShowArguments {
    /// Its id, or its folder's name
    pub(crate) id: String,
}

#[cfg(feature = "detect")]
#[derive(Args)]
#[command(after_help = "Example:
  tollgate simulate world --seed 11 --out out/w11
  tollgate typology measure out/w11
A folder holds the tables of the contract and truth.jsonl: one object for each scheme with `typology`, `parties` and `orders`.
A scheme is found when an alert within the budget is about it: one of its parties is a subject, and at least half of what the alert names, parties or
orders, is the scheme's. Precision counts alerts within the budget that are about some scheme.")]
pub(crate) struct TypologyMeasureArguments {
    /// Folders of worlds
    #[arg(required = true)]
    pub(crate) worlds: Vec<PathBuf>,
    /// Alerts that are looked at, for each scheme
    #[arg(long, default_value_t = 1.5)]
    pub(crate) budget: f64,
    /// A calibration other than the program's
    #[arg(long, value_name = "FILE")]
    pub(crate) calibration: Option<PathBuf>,
    /// The policy by which orders are decided
    #[arg(long, value_name = "POLICY", default_value = "diffusion")]
    pub(crate) policy: String,
    /// How it is printed
    #[arg(long, default_value = "text")]
    pub(crate) format: TextFormat,
}

#[cfg(feature = "detect")]
#[derive(Args)]
#[command(after_help = "Example:
  tollgate typology fit out/w1 out/w2 out/w3 --out typologies/calibration.toml
Report on other worlds than those that it was fitted to: `tollgate typology measure`.")]
pub(crate) struct TypologyFitArguments {
    /// Folders of worlds
    #[arg(required = true)]
    pub(crate) worlds: Vec<PathBuf>,
    /// Where the calibration goes
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// The policy by which orders are decided
    #[arg(long, value_name = "POLICY", default_value = "diffusion")]
    pub(crate) policy: String,
}

#[cfg(feature = "detect")]
#[derive(Args)]
#[command(after_help = "Example:
  tollgate typology backtest drafts/cap-split --against typologies/cap-split --orders orders.csv --parties parties.csv --from 2024-01-01 --to 2026-12-31
On each day only what had happened by then is known: orders, payments, sightings and visits up to it, companies founded by it, listings by it. Addresses
and directors are as the tables have them today. With --dispositions what was found of alerts (key, finding: true or false) is told beside them.")]
pub(crate) struct TypologyBacktestArguments {
    /// The draft's folder
    pub(crate) draft: PathBuf,
    /// The live version: a folder, or an id or name of the program's own
    #[arg(long, value_name = "DIR|ID")]
    pub(crate) against: String,
    #[command(flatten)]
    pub(crate) inputs: Inputs,
    /// Payments for the orders
    #[arg(long, value_name = "FILE")]
    pub(crate) payments: Option<PathBuf>,
    /// Data-center sites
    #[arg(long, value_name = "FILE")]
    pub(crate) sites: Option<PathBuf>,
    /// What was seen of serial numbers
    #[arg(long, value_name = "FILE")]
    pub(crate) serials: Option<PathBuf>,
    /// Visits to sites and parties
    #[arg(long, value_name = "FILE")]
    pub(crate) inspections: Option<PathBuf>,
    /// The first day
    #[arg(long, value_name = "DATE")]
    pub(crate) from: Date,
    /// The last day
    #[arg(long, value_name = "DATE")]
    pub(crate) to: Date,
    /// Days from one look to the next
    #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3660))]
    pub(crate) every: u32,
    /// What was found of earlier alerts: a CSV file with the columns key and finding
    #[arg(long, value_name = "FILE")]
    pub(crate) dispositions: Option<PathBuf>,
    /// How it is printed
    #[arg(long, default_value = "text")]
    pub(crate) format: TextFormat,
}

#[cfg(feature = "detect")]
#[derive(Args)]
#[command(after_help = "Example:
  tollgate typology reenact examples/cases examples/cases/twins")]
pub(crate) struct TypologyReenactArguments {
    /// Folders of cases, each a folder with case.toml and the tables of the contract
    #[arg(required = true)]
    pub(crate) folders: Vec<PathBuf>,
    /// How it is printed
    #[arg(long, default_value = "text")]
    pub(crate) format: TextFormat,
}

#[cfg(feature = "detect")]
#[derive(Args)]
#[command(after_help = "Example:
  tollgate typology test typologies/cap-split
The folder holds typology.toml, query.sql, and the tables of the contract in fires/ and quiet/ (docs/design/typologies.md).")]
pub(crate) struct TypologyTestArguments {
    /// The typology's folder, or a folder of such
    pub(crate) folder: PathBuf,
    /// The policy by which its orders are decided
    #[arg(long, value_name = "POLICY", default_value = "diffusion")]
    pub(crate) policy: String,
}

#[derive(Args)]
#[command(after_help = "Examples:
  tollgate simulate threshold --out out/threshold
  tollgate simulate scenarios/delay.toml --runs 1000000 --seed 7 --out out/delay
  tollgate simulate enforcement --explain
  tollgate simulate world --out out/world
Writes DIR/results.json, report.html and a .csv for each figure, whole or not at all. The results depend on the scenario, the seed and the law alone,
not on the number of threads.")]
pub(crate) struct SimulateArguments {
    /// A scenario file, or one that comes with the program: threshold, agreements, enforcement, delay, advantage, tenfold, world
    #[arg(value_name = "SCENARIO")]
    pub(crate) scenario: String,
    /// Random draws, in place of the scenario's
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000_000_000))]
    pub(crate) runs: Option<u64>,
    /// The seed, in place of the scenario's
    #[arg(long, value_name = "S")]
    pub(crate) seed: Option<u64>,
    /// Threads; as many as there are cores where absent
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<usize>,
    /// The folder for the results
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Prints every parameter with its distribution, unit and source, and does no more
    #[arg(long)]
    pub(crate) explain: bool,
    /// How answers are printed
    #[arg(long, default_value = "text")]
    pub(crate) format: TextFormat,
}

/// What makes a run end with status 1.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum FailOn {
    /// A license is required.
    LicenseRequired,
    /// A fact is lacking.
    NeedsInformation,
    /// A claimed authorization does not hold.
    ClaimFailed,
}

/// How an answer is printed.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TextFormat {
    /// For a person.
    Text,
    /// For a machine: the same facts.
    Json,
}

#[derive(Args)]
#[command(after_help = "Example:
  tollgate decide --orders orders.parquet --parties parties.csv --policy diffusion --out decisions.parquet
JSON Lines hold the whole argument; CSV and Parquet the outcome and a certificate from which it can be derived again.")]
pub(crate) struct DecideArguments {
    #[command(flatten)]
    pub(crate) inputs: Inputs,
    /// The decisions: .jsonl, .csv or .parquet
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) record: Record,
}

#[derive(Args)]
#[command(after_help = "Example:
  tollgate explain --orders orders.csv --parties parties.csv --order PO-17 --line 2 --policy diffusion")]
pub(crate) struct ExplainArguments {
    #[command(flatten)]
    pub(crate) inputs: Inputs,
    /// The order
    #[arg(long, value_name = "ID")]
    pub(crate) order: String,
    /// The item line; all lines of the order where absent
    #[arg(long, value_name = "N")]
    pub(crate) line: Option<i64>,
    /// How it is printed
    #[arg(long, default_value = "text")]
    pub(crate) format: TextFormat,
}

#[derive(Args)]
#[command(after_help = "Examples:
  tollgate classify \"NVIDIA H100 SXM\" L4
  tollgate classify --items my-items.csv
  tollgate classify A800 --date 2023-11-16")]
pub(crate) struct ClassifyArguments {
    /// Items by name; with neither names nor --items, the whole catalog
    #[arg(value_name = "ITEM")]
    pub(crate) names: Vec<String>,
    /// Items of your own
    #[arg(long, value_name = "FILE")]
    pub(crate) items: Option<PathBuf>,
    /// The policy
    #[arg(long, value_name = "POLICY", default_value = "ear")]
    pub(crate) policy: String,
    /// The day; today where absent
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub(crate) date: Option<Date>,
    /// How it is printed
    #[arg(long, default_value = "text")]
    pub(crate) format: TextFormat,
}

#[derive(Subcommand)]
#[command(after_help = "Examples:
  tollgate policy show diffusion@2025-06-01
  tollgate policy diff diffusion anthropic-2025
  tollgate policy check my-policy.toml")]
pub(crate) enum PolicyCommand {
    /// The policies that come with the program.
    List,
    /// A policy: its provisions in force on a day, its readings, what is modeled and what is not.
    Show {
        /// The policy
        policy: String,
        /// The day; today where absent
        #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
        date: Option<Date>,
        /// How it is printed
        #[arg(long, default_value = "text")]
        format: TextFormat,
    },
    /// Every region of facts on which two policies differ, with the clause and a smallest order.
    Diff {
        /// The first policy
        first: String,
        /// The second
        second: String,
        /// Only on this day
        #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
        date: Option<Date>,
        /// Print every region, not only their number and the smallest of each kind
        #[arg(long)]
        all: bool,
        /// How it is printed
        #[arg(long, default_value = "text")]
        format: TextFormat,
    },
    /// Loads a policy and proves that each pattern of facts has exactly one outcome on every day.
    Check {
        /// A policy or a file of your own
        path: String,
    },
}

#[derive(Args)]
#[command(after_help = "Examples:
  tollgate screen --lists csl.csv --name \"Huawei Tecnologies\" --country CN
  tollgate screen --lists csl.csv dpl.txt --parties parties.csv --ownership ownership.csv --out matches.jsonl
Exit status 0 whether or not there is a match; --fail-on match gives 1 where there is one.")]
pub(crate) struct ScreenArguments {
    #[command(flatten)]
    pub(crate) lists: Lists,
    /// A name to screen
    #[arg(long, value_name = "TEXT", required_unless_present = "parties", conflicts_with = "parties")]
    pub(crate) name: Option<String>,
    /// Where the named party is
    #[arg(long, value_name = "XX", requires = "name", value_parser = country)]
    pub(crate) country: Option<Country>,
    /// Parties to screen
    #[arg(long, value_name = "FILE")]
    pub(crate) parties: Option<PathBuf>,
    /// Stakes of parties in each other
    #[arg(long, value_name = "FILE", requires = "parties")]
    pub(crate) ownership: Option<PathBuf>,
    /// Orders of these parties: their first days count among the signs of a shell company
    #[arg(long, value_name = "FILE", requires = "parties")]
    pub(crate) orders: Option<PathBuf>,
    /// How names are scored
    #[arg(long, default_value = "tollgate")]
    pub(crate) mode: ScreenMode,
    /// The day on which stakes count; today where absent
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub(crate) date: Option<Date>,
    /// The most matches shown for a party
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) limit: usize,
    /// One JSON object a line; to the terminal where absent
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Exit with status 1 if there is a match
    #[arg(long, value_name = "WHAT")]
    pub(crate) fail_on: Option<FailOnMatch>,
    /// How it is printed
    #[arg(long, default_value = "text")]
    pub(crate) format: TextFormat,
}

/// How names are scored.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ScreenMode {
    /// By what the words tell (docs/screening.md).
    Tollgate,
    /// As OFAC's own search does, for comparison.
    Ofac,
}

/// What makes screening end with status 1.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOnMatch {
    /// A party matches an entry.
    Match,
}

#[derive(Subcommand)]
#[command(after_help = "Examples:
  tollgate lists status csl.csv dpl.txt
  tollgate lists diff csl-2025.csv csl-2026.csv
  tollgate lists diff old.csv new.csv --parties parties.csv --orders orders.csv
  tollgate lists update --into lists && tollgate screen --lists lists --name \"Huawei Tecnologies\"
  tollgate lists import --into lists --name own our-own-list.csv")]
pub(crate) enum ListsCommand {
    /// Fetches lists into a folder; a version that is damaged, empty, no list or much smaller than the last is refused, and the last good one stays.
    Update(UpdateArguments),
    /// Takes list files from a disk into such a folder, by the same checks.
    Import(ImportArguments),
    /// The addresses that `update` fetches from where no --config is given, in the form of one.
    Sources,
    /// What files hold: lists, entries, names, rows that cannot be read, and the digest that is their version.
    Status {
        /// The files
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// How it is printed
        #[arg(long, default_value = "text")]
        format: TextFormat,
    },
    /// Which entries came, went or changed their names between two versions of a list.
    Diff {
        /// The earlier version
        earlier: PathBuf,
        /// The later version
        later: PathBuf,
        /// Parties to hold against what came or changed
        #[arg(long, value_name = "FILE")]
        parties: Option<PathBuf>,
        /// Past orders of these parties, to name those that the change touches
        #[arg(long, value_name = "FILE", requires = "parties")]
        orders: Option<PathBuf>,
        /// The score from which a match counts, in basis points
        #[arg(long, value_name = "POINTS", default_value_t = tollgate_screening::THRESHOLD)]
        threshold: u32,
        /// How it is printed
        #[arg(long, default_value = "text")]
        format: TextFormat,
    },
}

#[derive(Args)]
pub(crate) struct UpdateArguments {
    /// The folder of lists; --lists takes it as it is
    #[arg(long, value_name = "DIR")]
    pub(crate) into: PathBuf,
    /// Addresses of your own (see `tollgate lists sources`)
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Only these sets
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// Take a version that lacks lists or has less than four fifths of the last one's entries
    #[arg(long)]
    pub(crate) accept_shrunk: bool,
    #[command(flatten)]
    pub(crate) record: Record,
}

#[derive(Args)]
pub(crate) struct ImportArguments {
    /// The folder of lists; --lists takes it as it is
    #[arg(long, value_name = "DIR")]
    pub(crate) into: PathBuf,
    /// What the set is called
    #[arg(long, value_name = "NAME", value_parser = set_name)]
    pub(crate) name: String,
    /// Its files; those of OFAC together
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Take a version that lacks lists or has less than four fifths of the last one's entries
    #[arg(long)]
    pub(crate) accept_shrunk: bool,
    #[command(flatten)]
    pub(crate) record: Record,
}

#[derive(Subcommand)]
pub(crate) enum ExamplesCommand {
    /// Executes every worked example under a folder.
    Check {
        /// A folder of Markdown files, or one file
        path: PathBuf,
    },
}

pub(super) fn set_name(text: &str) -> Result<String, String> {
    match tollgate_lists::is_set_name(text) {
        true => Ok(text.to_owned()),
        false => Err("use letters, digits, `-` and `_` only".to_owned()),
    }
}

fn country(text: &str) -> Result<Country, String> {
    text.parse().map_err(|_| "write a country as two capitals (ISO 3166-1 alpha-2), such as CN".to_owned())
}

pub(super) fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| "write it as YYYY-MM-DD".to_owned())
}
