//! Every file of worked mistakes is run by the test of some crate; those of the reader itself are run here.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop, helpers included")]

mod worked;

use tollgate_strict_toml::{Domain, TomlFile};

/// The files of worked mistakes, each with the test that runs it.
const RUN_BY: [(&str, &str); 18] = [
    ("README", ""),
    ("reader", "crates/strict-toml/tests/mistakes.rs"),
    ("law", "crates/law/tests/mistakes.rs"),
    ("policies", "crates/law/tests/mistakes.rs"),
    ("scenarios", "crates/lab/tests/mistakes.rs"),
    ("typologies", "crates/detect/src/typology/tests.rs"),
    ("map", "crates/intake/tests/mistakes.rs"),
    ("rates", "crates/intake/tests/mistakes.rs"),
    ("lists", "crates/lists/tests/mistakes.rs"),
    ("clearances", "crates/records/tests/mistakes.rs"),
    ("items", "crates/records/tests/mistakes.rs"),
    ("licenses", "crates/records/tests/mistakes.rs"),
    ("orders", "crates/records/tests/mistakes.rs"),
    ("parties", "crates/records/tests/mistakes.rs"),
    ("payments", "crates/records/tests/mistakes.rs"),
    ("opening", "crates/records/tests/mistakes.rs"),
    ("fleet", "crates/records/tests/mistakes.rs"),
    ("stakes", "crates/records/tests/mistakes.rs"),
];

#[test]
fn every_file_of_mistakes_is_run_by_a_test() {
    let files = std::fs::read_dir(worked::folder()).unwrap().map(|entry| entry.unwrap().path());
    let mut names: Vec<String> = files.map(|file| file.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    names.sort();
    let mut known: Vec<&str> = RUN_BY.iter().map(|(name, _)| *name).collect();
    known.sort_unstable();
    assert_eq!(names, known);
    let root = worked::folder().join("../..");
    for (name, test) in RUN_BY.iter().filter(|(_, test)| !test.is_empty()) {
        let text = std::fs::read_to_string(root.join(test)).unwrap();
        assert!(text.contains(&format!("worked::run(\"{name}\"")), "{test} does not run {name}.md");
    }
}

#[test]
fn mistakes_in_any_file_are_told_as_written() {
    worked::run("reader", |text| {
        let file = TomlFile::parse("shop.toml", text);
        let root = file.root();
        let _ = (root.required_text("name", "\"Corner shop\""), root.required_date("opened"));
        let _ = (root.boolean("open"), root.words("goods"), root.floating_point("share", &Domain::new(0.0, 1.0)));
        let _ = root.whole("shelves", &Domain::of_unit(1, 500, "shelves"));
        if let Some(address) = root.table("address") {
            let _ = address.required_text("street", "\"Main Street 1\"");
            address.finish();
        }
        root.finish();
        file.into_diagnostics().to_string()
    });
}
