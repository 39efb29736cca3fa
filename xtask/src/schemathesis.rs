//! The service is asked what its description allows and what it does not, by schemathesis.

use std::process::Command;

use crate::served::{built, serve};
use crate::{Failed, root, run, say};

const VERSION: &str = "schemathesis==4.32.5";
/// Not asked: that all input of the right form is taken (an item may be unknown), and the upload, whose body is any bytes at all.
const OPTIONS: [&str; 15] = [
    "--checks=all",
    "--exclude-checks=positive_data_acceptance",
    "--exclude-operation-id=upload",
    "--max-examples=20",
    "--phases=examples,coverage,fuzzing",
    "--suppress-health-check=all",
    "--generation-deterministic",
    "--workers=1",
    "--no-color",
    "--report=ndjson",
    "--report-dir=report",
    "--output-truncate=true",
    "--output-sanitize=true",
    "--request-timeout=10",
    "--warnings=off",
];

/// The program, installed into `target/tools` where it is not there yet.
fn installed() -> Result<String, Failed> {
    let folder = root().join("target/tools/schemathesis");
    let program = folder.join("bin/schemathesis");
    if !program.exists() {
        let folder = folder.to_string_lossy();
        run("python3", &["-m", "venv", &folder])
            .map_err(|_| "python3 makes no virtual environment\n  mend: apt-get install python3-venv".to_owned())?;
        run(&format!("{folder}/bin/pip"), &["install", "--quiet", VERSION])
            .map_err(|_| format!("{VERSION} could not be installed from PyPI\n  mend: check the network"))?;
    }
    Ok(program.to_string_lossy().into_owned())
}

/// Runs it for every role that can do something that others cannot.
pub(crate) fn schemathesis() -> Result<(), Failed> {
    let program = installed()?;
    let folder = root().join("target/schemathesis");
    let _of_an_earlier_run = std::fs::remove_dir_all(&folder);
    let told = |error: std::io::Error| format!("target/schemathesis: {error}");
    std::fs::create_dir_all(&folder).map_err(told)?;
    let tollgate = built()?;
    let ask = |arguments: &[&str]| {
        let done = Command::new(&tollgate).args(arguments).current_dir(&folder).output().map_err(told)?;
        Ok::<String, Failed>(String::from_utf8_lossy(&done.stdout).trim().to_owned())
    };
    let roles = ["officer", "administrator", "auditor"];
    let mut tokens = Vec::new();
    for role in roles {
        tokens.push(ask(&["token", "add", "--name", role, "--role", role])?);
    }
    std::fs::write(folder.join("openapi.json"), ask(&["openapi"])?).map_err(told)?;
    let (_served, address) = serve(&tollgate, &folder, &["--policy", "diffusion"])?;
    for (role, token) in roles.iter().zip(&tokens) {
        say(&format!("\n> schemathesis as {role}"));
        let done = Command::new(&program)
            .args(["run", "openapi.json", "--url", &address, "--header", &format!("Authorization: Bearer {token}")])
            .args(OPTIONS)
            .current_dir(&folder)
            .status()
            .map_err(told)?;
        if !done.success() {
            return Err(format!("failed: schemathesis as {role}"));
        }
    }
    Ok(())
}
