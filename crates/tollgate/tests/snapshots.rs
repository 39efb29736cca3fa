//! What commands print on the bundled example, as snapshots in `snapshots/`.
//!
//! After a change that is meant: `INSTA_UPDATE=always cargo test -p tollgate --test snapshots`, and look at the difference.
//! Only commands that are the same with and without the default features stand here.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop, helpers included")]

use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Exit status, standard output and standard error of the program, without what differs from machine to machine.
fn printed(arguments: &[&str]) -> String {
    let done = Command::new(env!("CARGO_BIN_EXE_tollgate")).args(arguments).current_dir(root()).output().unwrap();
    let (out, errors) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    let status = done.status.code().unwrap_or(-1);
    let text = format!("$ tollgate {}\n{out}{errors}[exit {status}]\n", arguments.join(" "));
    let text = text.replace(env!("CARGO_PKG_VERSION"), "VERSION");
    let temporary = std::env::temp_dir().to_string_lossy().into_owned();
    hidden_digests(&text.replace(&temporary, "TMP"))
}

/// The text with `DIGEST` in the place of every run of twelve or more hexadecimal digits that is no number.
fn hidden_digests(text: &str) -> String {
    let mut shown = String::new();
    let mut run = String::new();
    for letter in text.chars().chain(['\n']) {
        if letter.is_ascii_hexdigit() {
            run.push(letter);
        } else {
            let is_digest = run.len() >= 12 && run.chars().any(char::is_alphabetic);
            shown.push_str(if is_digest { "DIGEST" } else { &run });
            run.clear();
            shown.push(letter);
        }
    }
    shown
}

fn holds(name: &str, arguments: &[&str]) {
    insta::assert_snapshot!(name, printed(arguments));
}

const FILES: [&str; 10] = [
    "--orders",
    "examples/orders/orders.csv",
    "--parties",
    "examples/orders/parties.csv",
    "--ownership",
    "examples/orders/ownership.csv",
    "--items",
    "examples/orders/items.csv",
    "--lists",
    "examples/orders/list.csv",
];

#[test]
fn items_are_classified() {
    holds("classify", &["classify", "--date", "2026-11-28", "NVIDIA H100 SXM", "L4", "no such chip"]);
}

#[test]
fn a_decision_is_argued() {
    for (policy, order) in [("diffusion", "PO-074"), ("ear", "PO-001"), ("anthropic-2025", "PO-010")] {
        let arguments = [&["explain"], &FILES[..], &["--policy", policy, "--order", order]].concat();
        holds(&format!("explain_{order}"), &arguments);
    }
}

#[test]
fn a_name_is_screened() {
    let lists = ["screen", "--lists", "examples/orders/list.csv"];
    let first = std::fs::read_to_string(root().join("examples/orders/list.csv")).unwrap();
    let header: Vec<&str> = first.lines().next().unwrap().split(',').collect();
    let place = header.iter().position(|column| *column == "name").unwrap();
    let name = first.lines().nth(1).unwrap().split(',').nth(place).unwrap();
    holds("screen", &[&lists[..], &["--name", name]].concat());
    holds("screen_nobody", &[&lists[..], &["--name", "Nobody of This Name at All"]].concat());
}

#[test]
fn policies_are_shown_and_compared() {
    holds("policy_list", &["policy", "list"]);
    holds("policy_show", &["policy", "show", "diffusion", "--date", "2026-11-28"]);
    holds("policy_diff", &["policy", "diff", "diffusion", "anthropic-2025"]);
    holds("policy_unknown", &["policy", "show", "difusion"]);
}

#[test]
fn a_study_says_where_its_numbers_are_from() {
    holds("simulate_explain", &["simulate", "threshold", "--explain"]);
}

#[test]
fn a_missing_ledger_is_said() {
    holds("audit_verify_missing", &["audit", "verify", "--database", "sqlite:no-such-ledger.sqlite"]);
}

#[test]
fn help_is_written_down() {
    for command in ["classify", "screen", "simulate", "openapi", "backup", "restore"] {
        holds(&format!("help_{command}"), &[command, "--help"]);
    }
    for (command, below) in [
        ("policy", &["list", "show", "diff", "check"][..]),
        ("audit", &["verify", "export"]),
        ("lists", &["status", "diff", "update", "import", "sources"]),
        ("token", &["add"]),
        ("user", &["add"]),
        ("examples", &["check"]),
    ] {
        holds(&format!("help_{command}"), &[command, "--help"]);
        for below in below {
            holds(&format!("help_{command}_{below}"), &[command, below, "--help"]);
        }
    }
}
