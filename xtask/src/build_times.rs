//! What a small change costs until the program can be run again.

use crate::steps::Steps;
use crate::{Failed, root, run};

/// What is changed, and the file that stands for it.
const CHANGES: [(&str, &str); 5] = [
    ("a page", "crates/server/src/pages/today.rs"),
    ("what pages look like", "crates/report/src/lib.rs"),
    ("a command", "crates/tollgate/src/main.rs"),
    ("how a line is decided", "crates/decide/src/lib.rs"),
    ("the engine", "crates/engine/src/lib.rs"),
];

/// Builds the program once, then touches a file of each kind and builds again; prints the seconds of each build.
pub(crate) fn measure() -> Result<(), Failed> {
    let mut steps = Steps::new("seconds of `cargo build --package tollgate` after a change of");
    run("cargo", &["build", "--package", "tollgate"])?;
    steps.step("nothing", || run("cargo", &["build", "--package", "tollgate"]))?;
    for (what, file) in CHANGES {
        let path = root().join(file);
        if path.is_file() {
            run("touch", &[file])?;
            steps.step(&format!("{what} ({file})"), || run("cargo", &["build", "--package", "tollgate"]))?;
        }
    }
    steps.print();
    Ok(())
}
