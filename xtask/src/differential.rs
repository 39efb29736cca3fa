//! Tollgate against the reference in Python, over random orders, policies and dates.

use crate::{Failed, root, say};

const POLICIES: [&str; 7] =
    ["ear", "codified", "diffusion", "anthropic-2025", "codified@2026-08-01", "diffusion@2025-06-01", "ear@2025-06-01"];

pub(crate) fn run(long: bool) -> Result<(), Failed> {
    let (seeds, orders) = if long { (9, "20000") } else { (2, "8000") };
    let folder = root().join("target/differential");
    let file = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let tollgate = root().join("target/release/tollgate").to_string_lossy().into_owned();
    crate::run("cargo", &["build", "--release", "--package", "tollgate", "--no-default-features"])?;
    for seed in 1..=seeds {
        let (seed, holes) = (seed.to_string(), if seed % 3 == 0 { "0" } else { "0.06" });
        let out = folder.to_string_lossy().into_owned();
        crate::run(
            "python3",
            &["tests/reference/generate.py", "--seed", &seed, "--orders", orders, "--holes", holes, "--out", &out],
        )?;
        let (orders_file, parties, items) = (file("orders.csv"), file("parties.csv"), file("items.csv"));
        let (expected, actual) = (file("expected.csv"), file("actual.csv"));
        for policy in POLICIES {
            let inputs = ["--orders", &orders_file, "--parties", &parties, "--items", &items, "--policy", policy];
            let reference = [&["tests/reference/reference.py"], &inputs[..], &["--out", &expected]].concat();
            crate::run("python3", &reference)?;
            crate::run(&tollgate, &[&["decide"], &inputs[..], &["--out", &actual]].concat())?;
            crate::run("python3", &["tests/reference/compare.py", &expected, &actual])?;
        }
    }
    say("the reference and Tollgate agree");
    Ok(())
}
