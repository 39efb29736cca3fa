//! `tollgate intake`: files as people have them, into the tables that the other commands take.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use tollgate_intake::{DayOrder, DecimalMark, Intake, Mapping, Options, Rates, RemarkKind};
use tollgate_law::Law;
use tollgate_model::Diagnostics;

use super::{Failure, print};
use crate::commands::inputs::{Inputs, TextFormat};

#[derive(Args)]
#[command(after_help = "Example:
  tollgate intake sap_export.csv partners.xlsx --out tables
  tollgate check --orders tables/orders.csv --parties tables/parties.csv --items tables/items.csv --out report
Reads .xlsx, .xls, .ods and text with any delimiter and encoding. A folder stands for the files in it; tables in Tollgate's form are taken as they are. Writes DIR/orders.csv, parties.csv, items.csv, ownership.csv where there are stakes, rows.csv, map.toml, read.json and report.md, whole or not at all.
Change map.toml where it is wrong and give it back with --map.")]
pub(crate) struct IntakeArguments {
    /// Spreadsheets and exports as they come: orders, and tables of parties beside them
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// The folder for the tables
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) reading: ReadingArguments,
    /// How the summary is printed
    #[arg(long, default_value = "text")]
    pub(crate) format: TextFormat,
}

/// How files are read that do not say it themselves.
#[derive(Args)]
pub(crate) struct ReadingArguments {
    /// The mapping file that an earlier run wrote
    #[arg(long, value_name = "FILE")]
    pub(crate) map: Option<PathBuf>,
    /// What stands before the decimals: point or comma
    #[arg(long, value_name = "MARK", value_parser = decimal)]
    pub(crate) decimal: Option<DecimalMark>,
    /// Whether the day or the month is first: dmy or mdy
    #[arg(long, value_name = "ORDER", value_parser = dates)]
    pub(crate) dates: Option<DayOrder>,
    /// Rates of exchange, with the columns currency, date and usd
    #[arg(long, value_name = "FILE")]
    pub(crate) rates: Option<PathBuf>,
}

fn decimal(text: &str) -> Result<DecimalMark, String> {
    DecimalMark::from_word(text).ok_or_else(|| "write point or comma".to_owned())
}

fn dates(text: &str) -> Result<DayOrder, String> {
    DayOrder::from_word(text).ok_or_else(|| "write dmy or mdy".to_owned())
}

pub(crate) fn intake(arguments: &IntakeArguments) -> Result<(), Failure> {
    let law = Law::embedded()?;
    let options = arguments.reading.options()?;
    let taken = tollgate_intake::intake(&arguments.files, &options, &law.catalog);
    let taken = taken.map_err(|found| refused(found, arguments, &options))?;
    taken.write(&arguments.out).map_err(|error| {
        Failure::Unusable(format!("{}: {error}\n  mend: check the folder", arguments.out.display()))
    })?;
    match arguments.format {
        TextFormat::Json => print(&taken.report_json()),
        TextFormat::Text => print(&summary(&taken, &arguments.out.display().to_string())),
    }
}

/// Files that are refused because no table of orders is found in them get a mapping file to be filled in.
fn refused(found: Diagnostics, arguments: &IntakeArguments, options: &Options) -> Failure {
    if !found.0.iter().any(|one| one.code == "no-orders") {
        return found.into();
    }
    let path = arguments.out.join("map.toml");
    // A mapping file that a person has given is not written over.
    if path.exists() {
        return found.into();
    }
    let draft = tollgate_intake::draft_mapping(&arguments.files, options);
    match std::fs::create_dir_all(&arguments.out).and_then(|()| std::fs::write(&path, draft)) {
        Ok(()) => Failure::Unusable(format!(
            "{found}\n  {} has the headers: write what each is, and give it back with --map",
            path.display()
        )),
        Err(_) => found.into(),
    }
}

impl ReadingArguments {
    /// How files are read, with the files that the arguments name.
    fn options(&self) -> Result<Options, Failure> {
        let mapping = match &self.map {
            Some(path) => Mapping::parse(&path.display().to_string(), &text_of(path)?)?,
            None => Mapping::default(),
        };
        let rates = match &self.rates {
            Some(path) => Rates::parse(&path.display().to_string(), &text_of(path)?)?,
            None => Rates::default(),
        };
        Ok(Options { mapping, decimal: self.decimal, dates: self.dates, rates, ..Options::default() })
    }
}

/// Reads orders that are not in the contract's form into tables, and puts these in their place; says so on standard error.
pub(crate) fn read_raw_orders(inputs: &mut Inputs, folder: &Path) -> Result<(), Failure> {
    let is_raw = tollgate_intake::is_raw_orders(&inputs.orders).unwrap_or(false);
    let has_more = || !inputs.basis.strict && tollgate_intake::has_side_columns(&inputs.orders).unwrap_or(false);
    if !is_raw && !has_more() {
        return Ok(());
    }
    let ignored = inputs.basis.ignore_column.iter().cloned().collect();
    let options = Options { ignored, ..Options::default() };
    let taken = tollgate_intake::intake(std::slice::from_ref(&inputs.orders), &options, &Law::embedded()?.catalog)?;
    taken.write(folder)?;
    let _said = writeln!(
        std::io::stderr().lock(),
        "{} is not in the form of the orders table: read as `tollgate intake` does, see {}",
        inputs.orders.display(),
        folder.join("report.md").display()
    );
    inputs.orders = folder.join("orders.csv");
    inputs.basis.parties.get_or_insert_with(|| folder.join("parties.csv"));
    if taken.ownership.is_some() {
        inputs.basis.ownership.get_or_insert_with(|| folder.join("ownership.csv"));
    }
    inputs.basis.items.get_or_insert_with(|| folder.join("items.csv"));
    Ok(())
}

fn text_of(path: &PathBuf) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| {
        Failure::Unusable(format!("{}: cannot be read: {error}\n  mend: check the path", path.display()))
    })
}

fn summary(taken: &Intake, folder: &str) -> String {
    let report = &taken.report;
    let mut text = format!(
        "{} order lines and {} parties from {} tables, in {folder}\n",
        report.lines,
        report.parties,
        report.tables.len()
    );
    let kinds = [
        (RemarkKind::Question, "to be answered; these lines stay unsettled"),
        (RemarkKind::Unread, "not understood; these lines stay unsettled"),
        (RemarkKind::Assumed, "assumed"),
        (RemarkKind::LeftOut, "left out"),
    ];
    for (kind, title) in kinds {
        let remarks: Vec<_> = report.remarks_of(kind).collect();
        if remarks.is_empty() {
            continue;
        }
        let _ = writeln!(text, "\n{} {title}:", remarks.len());
        for remark in remarks.iter().take(12) {
            let column = if remark.column.is_empty() { String::new() } else { format!(", `{}`", remark.column) };
            let rows = if remark.count > 0 { format!(" ({} rows)", remark.count) } else { String::new() };
            let example = remark.examples.first().map_or_else(String::new, |example| format!(": `{example}`"));
            let _ = writeln!(text, "  {}{column}{example}{rows}: {}", remark.table, remark.what);
        }
        if remarks.len() > 12 {
            let _ = writeln!(text, "  … and {} more in report.md", remarks.len() - 12);
        }
    }
    let stakes = if taken.ownership.is_some() { format!(" --ownership {folder}/ownership.csv") } else { String::new() };
    let _ = writeln!(
        text,
        "\nnext: tollgate check --orders {folder}/orders.csv --parties {folder}/parties.csv --items {folder}/items.csv{stakes} --out report"
    );
    text
}
