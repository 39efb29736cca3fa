//! A service that ends with the test that started it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};

use crate::{Failed, root, run};

/// Builds what is served, as it stands now; the program.
pub(crate) fn built() -> Result<PathBuf, Failed> {
    run("cargo", &["build", "--workspace", "--bin", "tollgate"])?;
    Ok(root().join("target/debug/tollgate"))
}

pub(crate) struct Served {
    child: Child,
    errors: BufReader<ChildStderr>,
}

impl Served {
    /// The next line that the service prints on its standard error, without its end; an error where it prints none.
    pub(crate) fn line(&mut self) -> Result<String, Failed> {
        let mut line = String::new();
        match self.errors.read_line(&mut line) {
            Ok(0) => Err("the service ended, and printed nothing more".to_owned()),
            Ok(_) => Ok(line.trim_end().to_owned()),
            Err(error) => Err(format!("the service cannot be read: {error}")),
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// Serves on a port that is free, and answers where.
pub(crate) fn serve(tollgate: &Path, folder: &Path, more: &[&str]) -> Result<(Served, String), Failed> {
    let cannot = |what: &dyn std::fmt::Display| format!("the service does not start: {what}");
    let mut child = Command::new(tollgate)
        .args(["serve", "--create", "--listen", "127.0.0.1:0", "--rate", "1000000", "--log", "off"])
        .args(more)
        .current_dir(folder)
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| cannot(&error))?;
    let errors = child.stderr.take().ok_or_else(|| cannot(&"it has no standard error"))?;
    let mut served = Served { child, errors: BufReader::new(errors) };
    let line = served.line()?;
    let address = line.strip_prefix("listening on ").ok_or_else(|| cannot(&line))?;
    Ok((served, address.to_owned()))
}
