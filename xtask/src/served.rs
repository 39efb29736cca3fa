//! A service that ends with the test that started it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::{Failed, root, run};

/// Builds what is served, as it stands now; the program.
pub(crate) fn built() -> Result<PathBuf, Failed> {
    run("cargo", &["build", "--workspace", "--bin", "tollgate"])?;
    Ok(root().join("target/debug/tollgate"))
}

pub(crate) struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _ended = self.0.wait();
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
    let served = Served(child);
    let mut line = String::new();
    BufReader::new(errors).read_line(&mut line).map_err(|error| cannot(&error))?;
    let address = line.trim().strip_prefix("listening on ").ok_or_else(|| cannot(&line))?;
    Ok((served, address.to_owned()))
}
