//! Snapshots: what follows from a log up to a record, in a file, so that a start need not read the whole log.
//!
//! A snapshot is believed where its file has the digest that a record of the log says, and the log has the record up to which it goes, with its hash,
//! and the same first record. Whoever changes a snapshot would have to change the log, which the chain and its checkpoints find out.
//!
//! A file has pages of tables; then what is few, with the digest of every page; then the digest of that, which is the snapshot's, and its length. So a
//! start reads what is few, and a page is read, and held against its digest, when something in it is needed: neither takes more where the log is longer.

use std::fs::File;
use std::io::{Error, Read as _, Result, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use tollgate_model::hex;

use crate::base::Tables;
use crate::bytes::{In, Out, malformed};
use crate::known::Known;
use crate::notes::SNAPSHOT;
use crate::pages::PageWriter;

/// So many of the latest are kept: the one before stands in where the last cannot be used.
const MOST: usize = 2;
/// What the name of a file begins with.
const NAME: &str = "snapshot-";
/// What stands at the end of a file: the digest and the length of what stands before it, behind the pages.
const TAIL_BYTES: u64 = 40;

/// The folder of a ledger's snapshots. They hold what nobody but their owner may read.
#[derive(Clone, Debug)]
pub struct SnapshotFolder {
    path: PathBuf,
}

/// A snapshot that was written: a record with its id and kind makes it good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotMark {
    /// The number of the record up to which it goes.
    pub seq: u64,
    /// Its digest, in hexadecimal digits.
    pub sha256: String,
}

impl SnapshotMark {
    /// The kind of the record.
    pub const KIND: &'static str = SNAPSHOT;

    /// The id of the record.
    pub fn id(&self) -> String {
        format!("{SNAPSHOT}:{}:{}", self.seq, self.sha256)
    }
}

impl SnapshotFolder {
    /// The folder of a path; nothing is made yet.
    pub fn new(path: &Path) -> SnapshotFolder {
        SnapshotFolder { path: path.to_owned() }
    }

    /// The files that are there, the latest first; none where there is no such folder.
    pub(crate) fn files(&self) -> Result<Vec<PathBuf>> {
        let entries = match std::fs::read_dir(&self.path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other?,
        };
        let mut files = Vec::new();
        for entry in entries {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(NAME) {
                files.push(entry.path());
            }
        }
        files.sort_unstable();
        files.reverse();
        Ok(files)
    }

    /// The number of the record up to which the last one goes; 0 where there is none.
    pub fn last(&self) -> Result<u64> {
        let files = self.files()?;
        let name = files.first().and_then(|file| file.file_name()).map(|name| name.to_string_lossy().into_owned());
        let Some(name) = name else { return Ok(0) };
        let seq = name.strip_prefix(NAME).and_then(|seq| seq.parse().ok());
        seq.ok_or_else(|| malformed("a file among the snapshots has no number: move it away"))
    }

    /// Writes one, which appears whole, and removes those that are older than the one before it.
    pub(crate) fn write(&self, known: &Known) -> Result<SnapshotMark> {
        std::fs::create_dir_all(&self.path)?;
        let file = tempfile::Builder::new().prefix(".partial-").tempfile_in(&self.path)?;
        let mut pages = PageWriter::new(file);
        let tables = Tables::write(&mut pages, known)?;
        let (mut file, hashes) = pages.finish()?;
        let before = file.as_file_mut().stream_position()?;
        let mut out = Out::new(file);
        known.write(&tables, &hashes, &mut out)?;
        let (mut file, digest) = out.finish()?;
        let length = file.as_file_mut().stream_position()?.saturating_sub(before);
        file.write_all(&digest)?;
        file.write_all(&length.to_le_bytes())?;
        if let Some(fault) = known.fault() {
            return Err(Error::other(fault.to_owned()));
        }
        file.as_file().sync_all()?;
        let seq = known.head.seq;
        file.persist(self.path.join(format!("{NAME}{seq:020}"))).map_err(|error| error.error)?;
        File::open(&self.path)?.sync_all()?;
        for old in self.files()?.iter().skip(MOST) {
            std::fs::remove_file(old)?;
        }
        Ok(SnapshotMark { seq, sha256: hex(&digest) })
    }
}

/// Reads a snapshot, whose digest must be the one that stands at its end.
pub(crate) fn read(path: &Path) -> Result<(Known, SnapshotMark)> {
    let mut file = File::open(path)?;
    let end = file.metadata()?.len().checked_sub(TAIL_BYTES).ok_or_else(|| malformed("is cut off"))?;
    file.seek(SeekFrom::Start(end))?;
    let (mut said, mut length) = ([0; 32], [0; 8]);
    file.read_exact(&mut said)?;
    file.read_exact(&mut length)?;
    let length = u64::from_le_bytes(length);
    let start = end.checked_sub(length).ok_or_else(|| malformed("is cut off"))?;
    file.seek(SeekFrom::Start(start))?;
    let mut source = In::new(file.try_clone()?, length);
    let known = Known::read(&mut source, file)?;
    let (_, digest) = source.finish()?;
    if said != digest {
        return Err(Error::other("its bytes are not those that were written"));
    }
    let mark = SnapshotMark { seq: known.head.seq, sha256: hex(&digest) };
    Ok((known, mark))
}
