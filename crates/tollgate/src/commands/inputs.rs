//! What several commands take: orders and the tables beside them, lists, the policy, the ledger, how an answer is printed.

use clap::{Args, ValueEnum};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use tollgate_law::name_known_on;
use tollgate_model::Country;
use tollgate_model::{Date, Diagnostics};
use tollgate_records::Table;

/// The lists to screen against.
#[derive(Args, Clone)]
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
#[derive(Args, Clone)]
pub(crate) struct Inputs {
    /// Orders: .csv, .jsonl (.gz, .zst) or .parquet; like every input here, a folder of Parquet files, or the address of an object: s3://bucket/key, https://host/file
    #[arg(long, value_name = "FILE")]
    pub(crate) orders: PathBuf,
    #[command(flatten)]
    pub(crate) basis: Basis,
}

/// The tables beside the orders, and the policy to decide by.
#[derive(Args, Clone)]
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
    /// Licenses of BIS, against which claimed license numbers are held
    #[arg(long, value_name = "FILE")]
    pub(crate) licenses: Option<PathBuf>,
    /// What holders have had of accounts before the first line: account, holder, country, year, tpp
    #[arg(long, value_name = "FILE")]
    pub(crate) opening: Option<PathBuf>,
    /// What stands where, against which the ratios of universal validated end-users are held: site_id, owner, country, item, quantity
    #[arg(long, value_name = "FILE")]
    pub(crate) fleet: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) lists: Lists,
    /// ear, codified, diffusion, anthropic-2025, a file of your own, or any of them with @YYYY-MM-DD behind it
    #[arg(long, value_name = "POLICY", default_value = "ear")]
    pub(crate) policy: String,
    /// Take the policy as it could be known on this day, without what was published later; the same as @known:YYYY-MM-DD behind its name
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub(crate) known_on: Option<Date>,
    /// Refuse a file in which a column or an item is not known, instead of leaving its lines unsettled
    #[arg(long)]
    pub(crate) strict: bool,
    /// A column of the orders that is none of Tollgate's and says nothing of them: left out, where what stands in it would leave its lines open
    #[arg(long, value_name = "COLUMN")]
    pub(crate) ignore_column: Vec<String>,
}

/// What settles open lines beside the tables: answers to the questions of `missing.csv`, and an assumption.
#[derive(Args, Default)]
pub(crate) struct AnswerArguments {
    /// A missing.csv of an earlier check with its column `answer` filled in: each answer sets the cell that it names, read as in its table
    #[arg(long, value_name = "FILE")]
    pub(crate) answers: Option<PathBuf>,
    /// Assume that a party whose headquarters nobody stated has them in its country of business; said in every line and at the head of the results
    #[arg(long)]
    pub(crate) assume_headquarters_at_place: bool,
}

impl AnswerArguments {
    /// As [`Inputs::name_unknown_columns`].
    pub(crate) fn name_unknown_columns(&self, strict: bool) -> Result<(), super::Failure> {
        self.answers.as_ref().map_or(Ok(()), |path| name_unknown_columns(path, Table::Answers, strict))
    }

    /// Whether there is anything to settle by.
    pub(crate) fn are_some(&self) -> bool {
        self.answers.is_some() || self.assume_headquarters_at_place
    }
}

impl Inputs {
    /// Names the columns that no table has on standard error; refuses those that are a slip of the pen, or all with `--strict`.
    pub(crate) fn name_unknown_columns(&self) -> Result<(), super::Failure> {
        name_unknown_columns(&self.orders, Table::Orders, self.basis.strict)?;
        self.basis.name_unknown_columns()
    }
}

/// The name of a policy, as it could be known on a day where one is named.
pub(crate) fn policy_name(policy: &str, known_on: Option<Date>) -> Result<String, Diagnostics> {
    known_on.map_or_else(|| Ok(policy.to_owned()), |day| name_known_on(policy, day))
}

impl Basis {
    /// The policy, with the day of knowledge behind its name where one is named.
    pub(crate) fn policy_name(&self) -> Result<String, Diagnostics> {
        policy_name(&self.policy, self.known_on)
    }

    /// As [`Inputs::name_unknown_columns`], without the orders.
    pub(crate) fn name_unknown_columns(&self) -> Result<(), super::Failure> {
        let ownership = self.ownership.as_ref().filter(|path| path.extension().is_none_or(|ending| ending != "json"));
        for (path, table) in [
            (self.parties.as_ref(), Table::Parties),
            (ownership, Table::Ownership),
            (self.items.as_ref(), Table::Items),
            (self.lists.clearances.as_ref(), Table::Clearances),
            (self.opening.as_ref(), Table::Opening),
            (self.fleet.as_ref(), Table::Fleet),
        ] {
            if let Some(path) = path {
                name_unknown_columns(path, table, self.strict)?;
            }
        }
        Ok(())
    }
}

impl ContextArguments {
    /// As [`Inputs::name_unknown_columns`].
    pub(crate) fn name_unknown_columns(&self, strict: bool) -> Result<(), super::Failure> {
        for (path, table) in [
            (&self.payments, Table::Payments),
            (&self.sites, Table::Sites),
            (&self.serials, Table::Serials),
            (&self.inspections, Table::Inspections),
        ] {
            if let Some(path) = path {
                name_unknown_columns(path, table, strict)?;
            }
        }
        Ok(())
    }
}

pub(crate) fn name_unknown_columns(path: &Path, table: Table, strict: bool) -> Result<(), super::Failure> {
    for unknown in tollgate_records::unknown_columns(path, table, strict)? {
        // Where standard error cannot be written, nobody reads it.
        let _ = writeln!(std::io::stderr(), "warning: {unknown}");
    }
    Ok(())
}

#[cfg(feature = "object-storage")]
impl Inputs {
    /// The path of every input file, so that an address can be replaced by the file that it was copied to.
    pub(crate) fn files(&mut self) -> Vec<&mut PathBuf> {
        std::iter::once(&mut self.orders).chain(self.basis.files()).collect()
    }
}

#[cfg(feature = "object-storage")]
impl Basis {
    /// As [`Inputs::files`], without the orders.
    pub(crate) fn files(&mut self) -> Vec<&mut PathBuf> {
        let licenses = &mut self.licenses;
        let opening = &mut self.opening;
        let clearances = &mut self.lists.clearances;
        let fleet = &mut self.fleet;
        let tables = [&mut self.parties, &mut self.ownership, &mut self.items, licenses, opening, fleet, clearances];
        tables.into_iter().flatten().chain(&mut self.lists.lists).collect()
    }
}

#[cfg(feature = "object-storage")]
impl ContextArguments {
    /// As [`Inputs::files`].
    pub(crate) fn files(&mut self) -> Vec<&mut PathBuf> {
        let tables = [&mut self.payments, &mut self.sites, &mut self.serials, &mut self.inspections];
        tables.into_iter().flatten().collect()
    }
}

/// Tables of what happened beside the orders (payments, sites, serial numbers, visits), and which typologies look at them.
#[derive(Args)]
pub(crate) struct ContextArguments {
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

impl Inputs {
    /// The files that decisions are made from: orders, parties, stakes, items and lists, as far as they are named. A run on record has their digests.
    pub(crate) fn input_files(&self) -> Vec<&Path> {
        let basis = &self.basis;
        let tables = [&basis.parties, &basis.ownership, &basis.items, &basis.opening, &basis.fleet];
        let optional = tables.into_iter().flatten();
        let files = std::iter::once(&self.orders).chain(optional).chain(&basis.lists.lists);
        files.map(PathBuf::as_path).collect()
    }
}

impl ContextArguments {
    /// The tables that are named.
    pub(crate) fn input_files(&self) -> impl Iterator<Item = &Path> {
        [&self.payments, &self.sites, &self.serials, &self.inspections].into_iter().flatten().map(PathBuf::as_path)
    }

    /// The tables as queries read them, all that is known up to today.
    #[cfg(feature = "detect")]
    pub(crate) fn context_tables(&self) -> tollgate_detect::ContextTables {
        tollgate_detect::ContextTables {
            payments: self.payments.clone(),
            sites: self.sites.clone(),
            serials: self.serials.clone(),
            inspections: self.inspections.clone(),
            as_of: None,
        }
    }
}

/// Where work runs that is too much for one machine.
#[cfg(feature = "detect")]
#[derive(Args)]
pub(crate) struct ClusterArguments {
    /// Run on Apache Spark: spark://host:port
    #[arg(long, value_name = "URL")]
    pub(crate) cluster: Option<String>,
    /// A Python that has pyspark, or duckdb for --engine duckdb
    #[arg(long, value_name = "FILE", env = "TOLLGATE_PYTHON", default_value = "python3")]
    pub(crate) python: PathBuf,
    /// Parts into which the cluster divides what it shuffles
    #[arg(long, value_name = "N", default_value_t = 8)]
    pub(crate) partitions: usize,
}

/// How an answer is printed.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TextFormat {
    /// For a person.
    Text,
    /// For a machine: the same facts.
    Json,
}

pub(crate) fn set_name(text: &str) -> Result<String, String> {
    match tollgate_lists::is_set_name(text) {
        true => Ok(text.to_owned()),
        false => Err("use letters, digits, `-` and `_` only".to_owned()),
    }
}

pub(crate) fn country(text: &str) -> Result<Country, String> {
    text.parse().map_err(|_| "write a country as two capitals (ISO 3166-1 alpha-2), such as CN".to_owned())
}

pub(crate) fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| "write it as YYYY-MM-DD".to_owned())
}

/// Where the ledger is.
#[derive(Args)]
pub(crate) struct Database {
    /// sqlite:FILE, or postgres://user@host/database
    #[arg(
        long,
        env = "TOLLGATE_DATABASE",
        hide_env_values = true,
        value_name = "URL",
        default_value = "sqlite:tollgate.sqlite"
    )]
    pub(crate) database: String,
}
