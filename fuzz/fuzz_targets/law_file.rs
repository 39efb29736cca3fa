//! Any text as a provision beside the groups: taken, or refused with reasons.
#![no_main]
use libfuzzer_sys::fuzz_target;
use tollgate_law::{Law, embedded};

fuzz_target!(|text: &str| {
    let kept = |path: &str| ["sources.toml", "readings.toml", "ear/derived-groups.toml", "ear/country-groups.toml"].contains(&path);
    let files = embedded().iter().copied().filter(|(path, _)| kept(path)).chain([("ear/999/999.toml", text), ("policies/p.toml", "title = \"p\"")]);
    match Law::read(files) {
        Ok(law) => assert!(law.policy("p").is_ok()),
        Err(errors) => assert!(!errors.0.is_empty()),
    }
});
