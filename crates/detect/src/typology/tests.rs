//! Typologies of the program and of a user: what is read, and what is refused.

use std::sync::Arc;

use tollgate_records::Surrounding;

use super::*;
use crate::engine::{LocalEngine, LocalOptions};
use crate::tables::DerivedTable;

fn options() -> LocalOptions {
    LocalOptions { threads: 1, memory: 1 << 28, time: std::time::Duration::from_secs(600), stop: Arc::default() }
}

#[test]
fn every_query_reads_columns_that_there_are() {
    let mut engine = LocalEngine::new(&options()).unwrap();
    for table in DerivedTable::ALL {
        engine.add(table.as_str(), table.schema(), Vec::new()).unwrap();
    }
    for table in Surrounding::ALL {
        engine.add(table.as_str(), table.schema(), Vec::new()).unwrap();
    }
    for typology in Typology::embedded().unwrap() {
        let columns = engine.columns_read(&typology).unwrap_or_else(|error| panic!("{error}"));
        assert!(!columns.is_empty(), "{} reads nothing", typology.slug);
    }
}

#[test]
fn the_program_carries_what_the_folder_holds() {
    let all = Typology::embedded().unwrap();
    assert!(all.len() > 40);
    assert!(all.windows(2).all(|pair| pair[0].id < pair[1].id));
    assert!(all.iter().all(|typology| !typology.sql.contains("{{") && typology.cap > 0.0));
}

#[test]
fn the_cases_that_a_typology_names_are_published() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/cases");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let names: Vec<String> = entries.collect();
    for typology in Typology::embedded().unwrap() {
        for case in &typology.cases {
            let is_published = names.iter().any(|name| name.split_once('-').is_some_and(|(short, _)| short == case));
            assert!(is_published, "{} names the case `{case}`, which is not in examples/cases", typology.slug);
        }
    }
}

#[test]
fn mistakes_are_told_all_at_once_with_file_line_and_mend() {
    let folder = tempfile::tempdir().unwrap();
    let about = "id = \"X1\"\nfamily = \"magic\"\ntitle = \"t\"\nlooks_for = \"l\"\ndefeated_by = \"d\"\nneeds = [\"orders\", \"moon\"]\ncasses = []\nsources = [\"s\"]\nfalse_positives = [\"f\"]\n[parameters]\nlimit = \"1; DROP TABLE lines\"\nbase = 1\n[evidence]\ncap = 2\n";
    std::fs::write(folder.path().join("typology.toml"), about).unwrap();
    std::fs::write(folder.path().join("query.sql"), "SELECT 1\nFROM lines WHERE a || b = {{limit}}\n").unwrap();
    let errors = Typology::read(folder.path()).unwrap_err();
    let all = errors.to_string();
    for part in [
        "typology.toml:2: there is no family `magic`",
        "typology.toml:6: there is no table `moon`",
        "typology.toml:7: unknown key `casses`\n  mend: did you mean `cases`?",
        "typology.toml:11: `limit` is not a whole number or a decimal",
        "typology.toml:12: `base` is a key of [evidence], not of [parameters]",
    ] {
        assert!(all.contains(part), "{part} is not in\n{all}");
    }
    assert!(all.contains("query.sql:2: there is no parameter `limit`") && all.contains("write concat(a, b)"), "{all}");
}

#[path = "../../../strict-toml/tests/worked/mod.rs"]
mod worked;

#[test]
fn mistakes_in_a_typology_are_told_as_written() {
    worked::run("typologies", |about| {
        let (about, query) = (about.to_owned(), "SELECT {{limit}}, {{base}}\n".to_owned());
        let texts = read::Texts { folder: "own".into(), about, query };
        read::read_typology(&texts).unwrap_err().to_string()
    });
}
