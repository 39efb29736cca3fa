//! `tollgate papers`: the papers that follow from the decision of an order.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use tollgate_decide::{Decided, Lines, Run, RunError, Silent, run};
use tollgate_model::{OrderLine, Stop};
use tollgate_papers::{Gatherer, InputDigest, Package, Templates, WriteError, make_papers, write_package};
use tollgate_records::Declared;

use super::decide::load;
use super::intake::read_raw_orders;
use super::recorded::digest;
use super::{Failure, print};
use crate::commands::inputs::Inputs;

#[derive(Args)]
#[command(after_help = "Examples:
  tollgate papers --orders orders.csv --parties parties.csv --lists csl.csv --order PO-17 --out papers-PO-17
  tollgate papers --orders orders.csv --parties parties.csv --order PO-17 --templates our-templates --out papers-PO-17
Writes DIR/index.txt first of all: which papers were made, why, and what must not ship before; each paper as .txt and as .html to print;
decisions.json and manifest.csv with the SHA-256 digests. The folder appears whole or not at all; one that holds anything else is refused.
A blank (________) is for whoever signs. Exit status 0 says that the papers are written, not that the order may go.")]
pub(crate) struct PapersArguments {
    #[command(flatten)]
    pub(crate) inputs: Inputs,
    /// The order
    #[arg(long, value_name = "ID")]
    pub(crate) order: String,
    /// The folder for the papers
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Templates of your own: files named as those of the program replace them, others are added (docs/papers.md)
    #[arg(long, value_name = "DIR")]
    pub(crate) templates: Option<PathBuf>,
}

pub(crate) fn papers(mut arguments: PapersArguments, stop: &Stop) -> Result<(), Failure> {
    let templates = match &arguments.templates {
        Some(folder) => Templates::with_folder(folder)?,
        None => Templates::embedded()?,
    };
    let sources = input_digests(&arguments)?;
    let read = tempfile::tempdir()?;
    read_raw_orders(&mut arguments.inputs, read.path())?;
    arguments.inputs.name_unknown_columns()?;
    let (policy, tables, _) = load(&arguments.inputs.basis, stop)?;
    let job = Run { orders: &arguments.inputs.orders, tables: Arc::clone(&tables), policy: Arc::clone(&policy) };
    let threshold = arguments.inputs.basis.lists.threshold;
    let mut lines =
        OneOrder { order: &arguments.order, gatherer: Gatherer::new(&arguments.order, &policy, &tables, threshold) };
    run(&job, stop, &mut Silent, &mut lines)?;
    let Some((case, records)) = lines.gatherer.finish() else {
        let what = format!("{} has no order `{}`", arguments.inputs.orders.display(), arguments.order);
        return Err(Failure::Unusable(format!("{what}\n  mend: check the id")));
    };
    let package = make_papers(&templates, case, &records)?;
    let manifest = write_package(&package, &sources, &arguments.out, stop).map_err(|error| match error {
        WriteError::Occupied(text) => Failure::Unusable(text),
        WriteError::Stopped => Failure::Stopped,
        WriteError::Io(error) => {
            let what = format!("{}: cannot be written: {error}", arguments.out.display());
            Failure::Unusable(format!("{what}\n  mend: check the path and the disk"))
        }
    })?;
    print(&said(&package, &arguments.out, &manifest))
}

/// What is printed: the index, where it is, and the digest of the manifest.
fn said(package: &Package, folder: &Path, manifest: &str) -> String {
    let mut text = package.index.clone();
    let _ = writeln!(text, "\nwritten: {}: {} papers", folder.display(), package.papers.len());
    let _ = writeln!(text, "sha256 of manifest.csv: {manifest}");
    text
}

/// The digests of the inputs as they were named, taken before they are read.
fn input_digests(arguments: &PapersArguments) -> Result<Vec<InputDigest>, Failure> {
    let basis = &arguments.inputs.basis;
    let mut paths = arguments.inputs.input_files();
    paths.extend([&basis.licenses, &basis.lists.clearances].into_iter().flatten().map(PathBuf::as_path));
    let files = paths.into_iter().filter(|path| !path.is_dir());
    files.map(|path| Ok(InputDigest { path: path.display().to_string(), sha256: digest(path)? })).collect()
}

/// The lines of one order.
struct OneOrder<'a> {
    order: &'a str,
    gatherer: Gatherer<'a>,
}

impl Lines for OneOrder<'_> {
    fn decided(
        &mut self,
        order: &OrderLine<'_>,
        decided: &Decided<'_>,
        declared: Declared<'_>,
    ) -> Result<(), RunError> {
        if order.order_id == self.order {
            self.gatherer.add(order, decided, declared);
        }
        Ok(())
    }
}
