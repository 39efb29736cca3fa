//! Names and lists: no text panics, folding twice is folding once, and a score stays within its bounds whichever name asks.
#![no_main]
use libfuzzer_sys::fuzz_target;
use tollgate_screening::{Name, fold, read_lists, score, split_names};

fuzz_target!(|bytes: &[u8]| {
    let _ = read_lists(&[("fuzzed".to_owned(), bytes.to_vec())]);
    let text = String::from_utf8_lossy(bytes);
    let once = fold(&text).join(" ");
    assert_eq!(fold(&once).join(" "), once);
    let _ = split_names(&text);
    let half = text.chars().count() / 2;
    let (a, b): (String, String) = (text.chars().take(half).collect(), text.chars().skip(half).collect());
    let (a, b) = (Name::parse(&a), Name::parse(&b));
    assert!(score(&a, &b).points <= 10_000 && score(&b, &a).points <= 10_000);
});
