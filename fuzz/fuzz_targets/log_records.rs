//! Any bytes as the records of a log, a line each, well chained: a ledger that comes to what they say, the same each time, or a refusal that names the record.
#![no_main]
use libfuzzer_sys::fuzz_target;
use sha2::{Digest as _, Sha256};
use tollgate_ledger::{Ledger, LedgerError, MemoryLog, Record, SnapshotFolder, Verifier};

fuzz_target!(|bytes: &[u8]| {
    let log = MemoryLog::default();
    let mut hash = [0; 32];
    for (seq, body) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
        hash = Sha256::new().chain_update(hash).chain_update(body).finalize().into();
        log.records().push(Record { seq, hash, body: body.to_vec() });
    }
    let mut verifier = Verifier::default();
    let is_chained = log.records().iter().all(|record| verifier.next(record).is_ok());
    match Ledger::open(log.clone()) {
        Ok(ledger) => {
            assert!(is_chained, "a ledger stands on what does not verify");
            // What follows from the records is the same from a snapshot.
            let folder = tempfile::tempdir().expect("a folder can be made");
            let snapshots = SnapshotFolder::new(folder.path());
            let mark = ledger.write_snapshot(&snapshots).expect("a snapshot can be written");
            let again = Ledger::open(log).expect("the same records are taken again");
            assert_eq!(again.write_snapshot(&snapshots).expect("a snapshot can be written"), mark);
        }
        Err(LedgerError::Corrupt { seq, .. } | LedgerError::Newer { seq, .. }) => assert!(seq > 0),
        Err(error) => panic!("{error}"),
    }
});
