//! Files that appear whole or not at all, and cells that no spreadsheet runs.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// A cell of CSV that no spreadsheet runs as a formula: an apostrophe stands before `=`, `+`, `-`, `@`, a tab or a return, unless it is a number.
pub fn formula_safe(cell: &str) -> std::borrow::Cow<'_, str> {
    let runs = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    let number = cell.strip_prefix('-').is_some_and(|rest| {
        rest.starts_with(|first: char| first.is_ascii_digit())
            && rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    });
    if runs && !number { format!("'{cell}").into() } else { cell.into() }
}

/// A file that appears whole, or not at all: it is written under another name beside its own, and renamed
/// by [`Output::commit`]. Dropped before that, it leaves nothing behind.
pub struct Output {
    path: PathBuf,
    temporary: PathBuf,
    writer: Option<BufWriter<File>>,
}

impl Output {
    /// Starts a file.
    pub fn create(path: &Path) -> io::Result<Output> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let name = path.file_name().ok_or(io::ErrorKind::IsADirectory)?.to_string_lossy();
        let temporary = folder.join(format!(".{name}.{}.partial", std::process::id()));
        let writer = BufWriter::with_capacity(1 << 18, File::create(&temporary)?);
        Ok(Output { path: path.to_owned(), temporary, writer: Some(writer) })
    }

    /// Puts the file in its place, durably.
    pub fn commit(mut self) -> io::Result<()> {
        if let Some(writer) = self.writer.take() {
            let file = writer.into_inner().map_err(|error| error.into_error())?;
            file.sync_all()?;
            std::fs::rename(&self.temporary, &self.path)?;
        }
        Ok(())
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.writer {
            Some(writer) => writer.write(bytes),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if self.writer.take().is_some() {
            let _gone = std::fs::remove_file(&self.temporary);
        }
    }
}
