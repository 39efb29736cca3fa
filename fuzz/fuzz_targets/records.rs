//! Any bytes as an orders file, or as stakes in JSON: lines, or mistakes with a mend.
#![no_main]
use libfuzzer_sys::fuzz_target;
use tollgate_records::OrderReader;

fuzz_target!(|bytes: &[u8]| {
    if let Some((2, rest)) = bytes.split_first() {
        let path = std::env::temp_dir().join(format!("tollgate-{}-stakes.json", std::process::id()));
        if std::fs::write(&path, rest).is_ok()
            && let Err(errors) = tollgate_records::read_ownership(&path)
        {
            assert!(!errors.0.is_empty());
        }
        return;
    }
    let (name, bytes) = match bytes.split_first() {
        Some((0, rest)) => ("fuzz.jsonl", rest),
        Some((1, rest)) => ("fuzz.parquet", rest),
        _ => ("fuzz.csv", bytes),
    };
    let path = std::env::temp_dir().join(format!("tollgate-{}-{name}", std::process::id()));
    if std::fs::write(&path, bytes).is_err() {
        return;
    }
    if let Ok(mut reader) = OrderReader::open(&path) {
        while let Some(batch) = reader.next_batch() {
            match batch {
                Ok(batch) => assert!(batch.lines().count() <= batch.len()),
                Err(errors) => {
                    assert!(!errors.0.is_empty());
                    break;
                }
            }
        }
    }
});
