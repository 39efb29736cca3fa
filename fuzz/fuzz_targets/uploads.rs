//! Any bytes as an uploaded file of orders, whose lines stand for themselves: none is lost, and no file takes more memory than there is for one.
#![no_main]
use libfuzzer_sys::fuzz_target;
use tollgate_records::OrderReader;

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    let ending = match kind % 3 {
        0 => "csv",
        1 => "jsonl",
        _ => "parquet",
    };
    let path = std::env::temp_dir().join(format!("tollgate-{}-upload.{ending}", std::process::id()));
    if std::fs::write(&path, bytes).is_err() {
        return;
    }
    let Ok(mut reader) = OrderReader::open_by_line(&path) else { return };
    while let Some(batch) = reader.next_batch() {
        match batch {
            Ok(batch) => assert_eq!(batch.lines().count(), batch.len(), "a line was lost"),
            Err(errors) => {
                assert!(errors.0.iter().all(|error| !error.mend.is_empty()));
                break;
            }
        }
    }
});
