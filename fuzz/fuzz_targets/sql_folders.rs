//! Any text as the query of a typology: one SELECT over the tables that there are, or a refusal with its mend.
#![no_main]
use libfuzzer_sys::fuzz_target;
use tollgate_detect::typology::Typology;

const ABOUT: &str = include_str!("../../typologies/foreign-payer/typology.toml");

fuzz_target!(|text: &str| {
    let folder = std::env::temp_dir().join(format!("tollgate-{}-typology", std::process::id()));
    let written = std::fs::create_dir_all(&folder)
        .and_then(|()| std::fs::write(folder.join("typology.toml"), ABOUT))
        .and_then(|()| std::fs::write(folder.join("query.sql"), text));
    if written.is_err() {
        return;
    }
    match Typology::read(&folder) {
        Ok(typology) => {
            let word = typology.sql.trim_start().split(|letter: char| !letter.is_alphanumeric()).next();
            let word = word.unwrap_or("").to_lowercase();
            assert!(
                !["create", "copy", "insert", "drop", "set", "delete", "update", "explain"].contains(&word.as_str())
            );
        }
        Err(errors) => assert!(errors.0.iter().all(|error| !error.mend.is_empty())),
    }
});
