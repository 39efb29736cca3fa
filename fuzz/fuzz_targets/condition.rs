//! Any text is a condition or a refusal with a place inside it.
#![no_main]
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(error) = tollgate_law::expr::parse(text) {
        assert!(error.at <= text.len());
    }
});
