//! `tollgate backup` and `tollgate restore`: a checked copy of a ledger, and back.

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tollgate_ledger::SqliteLog;
use tollgate_model::hex;

use super::audit::follow;
use super::{Failure, print};
use crate::commands::inputs::Database;
use clap::Args;
use tollgate_decide::RunError;
use tollgate_model::Stop;

#[derive(Args)]
#[command(after_help = "Example:
  tollgate backup --database sqlite:tollgate.sqlite --out tollgate-2026-11-25.sqlite
The ledger may be in use meanwhile; what is added during the copy is in it or not, but its chain is whole. For PostgreSQL use pg_dump.")]
pub(crate) struct BackupArguments {
    #[command(flatten)]
    pub(crate) database: Database,
    /// The copy; it appears whole and verified, or not at all
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Args)]
#[command(after_help = "Example:
  tollgate restore --from tollgate-2026-11-25.sqlite --database sqlite:tollgate.sqlite
The backup's chain is verified first. A ledger that is there already is never written over: move it away, and keep it.")]
pub(crate) struct RestoreArguments {
    /// A backup
    #[arg(long, value_name = "FILE")]
    pub(crate) from: PathBuf,
    #[command(flatten)]
    pub(crate) database: Database,
}

fn unusable(text: String) -> Failure {
    Failure::Unusable(text)
}

/// The file of a SQLite address.
fn file_of(address: &str) -> Result<&Path, Failure> {
    let path = address.strip_prefix("sqlite:").map(|path| path.strip_prefix("//").unwrap_or(path));
    path.map(Path::new).ok_or_else(|| {
        unusable("only SQLite is copied by Tollgate\n  mend: use pg_dump and pg_restore for PostgreSQL".to_owned())
    })
}

fn must_be_there(path: &Path, mend: &str) -> Result<(), Failure> {
    if path.exists() {
        return Ok(());
    }
    Err(unusable(format!("{}: there is no such file\n  mend: {mend}", path.display())))
}

fn must_be_free(path: &Path, mend: &str) -> Result<(), Failure> {
    // The log that SQLite writes ahead belongs to the file: alone it would be played into a restored one.
    let beside = ["", "-wal", "-shm"].map(|ending| PathBuf::from(format!("{}{ending}", path.display())));
    match beside.iter().find(|path| path.exists()) {
        None => Ok(()),
        Some(there) => Err(unusable(format!("{}: is there already\n  mend: {mend}", there.display()))),
    }
}

/// Copies a ledger and checks the copy; it appears whole under its name, or not at all.
fn copy(from: &Path, to: &Path, stop: &Stop) -> Result<(), Failure> {
    let failed = |error| Failure::from(RunError::Output(to.to_owned(), error));
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let partial: TempDir = tempfile::Builder::new().prefix(".partial-").tempdir_in(folder).map_err(failed)?;
    let file = partial.path().join("copy.sqlite");
    let log = SqliteLog::open(from).map_err(|error| unusable(error.to_string()))?;
    log.back_up(&file).map_err(|error| unusable(error.to_string()))?;
    let verified = follow(&format!("sqlite:{}", file.display()), stop, &mut |_| Ok(()))?.verified();
    std::fs::File::open(&file).and_then(|file| file.sync_all()).map_err(failed)?;
    // Whoever made the name meanwhile keeps it.
    std::fs::hard_link(&file, to).map_err(failed)?;
    std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
    print(&format!("{} records, verified; last hash {}\n", verified.records, hex(&verified.head)))
}

pub(crate) fn back_up(arguments: &BackupArguments, stop: &Stop) -> Result<(), Failure> {
    let from = file_of(&arguments.database.database)?;
    must_be_there(from, "check the path of --database")?;
    must_be_free(&arguments.out, "name a new file")?;
    copy(from, &arguments.out, stop)
}

pub(crate) fn restore(arguments: &RestoreArguments, stop: &Stop) -> Result<(), Failure> {
    let to = file_of(&arguments.database.database)?;
    must_be_there(&arguments.from, "check the path of --from")?;
    must_be_free(to, "move it away, and keep it; then restore")?;
    copy(&arguments.from, to, stop)
}
