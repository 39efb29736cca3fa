//! Typology folders are whole, and their queries stay in what DataFusion and Spark both run (docs/design/typologies.md). What they find is tested in `detect.rs`.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop, helpers included")]

use std::path::{Path, PathBuf};

const FAMILIES: [&str; 11] = [
    "structuring",
    "linked_consignees",
    "shell_company",
    "transshipment",
    "stockpiling",
    "capacity_mismatch",
    "staged_site",
    "misdeclaration",
    "payment",
    "ownership_evasion",
    "exception_abuse",
];

/// What the two engines do not share.
const OUTSIDE: [&str; 7] = ["||", "INTERVAL", "RECURSIVE", "QUALIFY", "LATERAL", "CURRENT_DATE", "NOW("];

/// Columns that every query returns.
const COLUMNS: [&str; 9] = ["pattern", "key", "subjects", "orders", "tpp", "first_day", "last_day", "llr", "why"];

fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../typologies");
    let entries = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

#[test]
fn every_folder_has_what_a_typology_needs() {
    let mut ids = std::collections::BTreeSet::new();
    for folder in folders() {
        let read = |name: &str| {
            std::fs::read_to_string(folder.join(name)).unwrap_or_else(|error| format!("{}: {error}", folder.display()))
        };
        let about: toml::Table = read("typology.toml").parse().unwrap();
        let text = |key: &str| about.get(key).and_then(toml::Value::as_str).unwrap_or_default().to_owned();
        for key in ["id", "title", "looks_for", "defeated_by"] {
            assert!(!text(key).is_empty(), "{}: `{key}` is missing", folder.display());
        }
        assert!(FAMILIES.contains(&text("family").as_str()), "{}: {}", folder.display(), text("family"));
        assert!(ids.insert(text("id")), "{}: {} is there twice", folder.display(), text("id"));
        for key in ["needs", "sources", "false_positives"] {
            let list = about.get(key).and_then(toml::Value::as_array);
            assert!(list.is_some_and(|list| !list.is_empty()), "{}: `{key}` is missing", folder.display());
        }
        let evidence = about.get("evidence").and_then(toml::Value::as_table).unwrap();
        assert!(evidence.contains_key("cap"), "{}", folder.display());
        for world in ["fires", "quiet"] {
            for table in about["needs"].as_array().unwrap() {
                let file = folder.join(world).join(format!("{}.csv", table.as_str().unwrap()));
                assert!(file.is_file(), "{}: it is needed and not there", file.display());
            }
        }
    }
    assert!(ids.len() > 20, "{ids:?}");
}

#[test]
fn queries_stay_in_the_shared_subset() {
    for folder in folders() {
        let query = std::fs::read_to_string(folder.join("query.sql")).unwrap();
        let loud = query.to_uppercase();
        for word in OUTSIDE {
            assert!(!loud.contains(word), "{}: {word}", folder.display());
        }
        let last = query.rsplit("\nSELECT").next().unwrap();
        for column in COLUMNS {
            assert!(last.contains(column), "{}: `{column}` is not returned", folder.display());
        }
        let about: toml::Table = std::fs::read_to_string(folder.join("typology.toml")).unwrap().parse().unwrap();
        let parameters = about.get("parameters").and_then(toml::Value::as_table);
        let base = about["evidence"].get("base").map(|_| "base");
        for name in parameters.into_iter().flatten().map(|(name, _)| name.as_str()).chain(base) {
            assert!(
                query.contains(&format!("{{{{{name}}}}}")),
                "{}: the query does not read `{name}`",
                folder.display()
            );
        }
        for part in query.split("{{").skip(1) {
            let name = part.split("}}").next().unwrap();
            assert!(
                base == Some(name) || parameters.is_some_and(|all| all.contains_key(name)),
                "{}: {{{{{name}}}}} has no value",
                folder.display()
            );
        }
    }
}
