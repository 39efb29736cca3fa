//! Any bytes as a list in each form that is read: entries, or a refusal with its mend, and no entry without a name.
#![no_main]
use libfuzzer_sys::fuzz_target;
use tollgate_screening::read_lists;

const NAMES: [&str; 9] =
    ["list.csv", "list.tsv", "list.txt", "list.json", "list.jsonl", "list.ftm.json", "sdn.xml", "sdn.csv", "dpl.txt"];

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    let Some(name) = NAMES.get(usize::from(*kind) % NAMES.len()) else { return };
    if let Ok(lists) = read_lists(&[((*name).to_owned(), bytes.to_vec())]) {
        let _ = tollgate_screening::Screener::new(lists);
    }
});
