//! Trees, notes and proofs against the vectors of others, and every small tree against the definition.

use std::path::Path;

use crate::ledger::{Entry, Ledger};
use crate::log::MemoryLog;
use crate::record::{Hash, Record};
use serde_json::value::RawValue;
use tollgate_model::hex;

use super::*;

/// The leaves of the reference tree of Certificate Transparency, and its roots from one leaf on (google/certificate-transparency, merkle_tree_test).
const LEAVES: [&[u8]; 8] = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    b"\x50\x51\x52\x53\x54\x55\x56\x57",
    b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
];
const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

/// The root by the definition of RFC 6962, section 2.1.
fn root_by_definition(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Frontier::default().root(),
        [one] => *one,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            node_hash(&root_by_definition(left), &root_by_definition(right))
        }
    }
}

fn tree(leaves: &[Hash]) -> Frontier {
    let mut tree = Frontier::default();
    assert!(leaves.iter().all(|leaf| tree.push(*leaf)));
    tree
}

fn hashes(ranges: Vec<std::ops::Range<u64>>, leaves: &[Hash]) -> Vec<Hash> {
    let mut found = RangeHashes::new(ranges);
    leaves.iter().for_each(|leaf| found.push(*leaf));
    found.finish().unwrap()
}

#[test]
fn trees_have_the_roots_of_the_reference() {
    let leaves: Vec<Hash> = LEAVES.iter().map(|leaf| leaf_hash(leaf)).collect();
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(hex(&Frontier::default().root()), empty);
    for (size, root) in (1..).zip(ROOTS) {
        assert_eq!(hex(&tree(leaves.get(..size).unwrap()).root()), root, "{size}");
    }
}

#[test]
fn every_proof_of_every_small_tree_holds_and_no_other_does() {
    let entries: Vec<[u8; 1]> = (0..40).map(|entry: u8| [entry]).collect();
    let leaves: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry)).collect();
    for size in 1..=40_u64 {
        let part = leaves.get(..usize::try_from(size).unwrap()).unwrap();
        let root = root_by_definition(part);
        assert_eq!(tree(part).root(), root);
        for index in 0..size {
            let proof = InclusionProof { index, size, hashes: hashes(inclusion_ranges(index, size).unwrap(), part) };
            let entry = entries.get(usize::try_from(index).unwrap()).unwrap();
            assert_eq!(proof.root(entry), Some(root), "{index} of {size}");
            assert_ne!(proof.root(b"another"), Some(root), "{index} of {size}");
            let elsewhere = InclusionProof { index: (index + 1) % size, ..proof.clone() };
            assert!(size == 1 || elsewhere.root(entry) != Some(root), "{index} of {size}");
            let longer = InclusionProof { hashes: [proof.hashes.as_slice(), &[root]].concat(), ..proof };
            assert_eq!(longer.root(entry), None, "{index} of {size}");
        }
        for old_size in 0..=size {
            let old_root = root_by_definition(leaves.get(..usize::try_from(old_size).unwrap()).unwrap());
            let ranges = consistency_ranges(old_size, size).unwrap();
            let proof = ConsistencyProof { old_size, new_size: size, hashes: hashes(ranges, part) };
            assert!(proof.holds(&old_root, &root), "{old_size} of {size}");
            assert!(!proof.holds(&leaf_hash(b"another"), &root), "{old_size} of {size}");
            let is_same = old_size == 0;
            assert!(is_same || !proof.holds(&old_root, &leaf_hash(b"another")), "{old_size} of {size}");
            let longer = ConsistencyProof { hashes: [proof.hashes.as_slice(), &[root]].concat(), ..proof };
            assert!(!longer.holds(&old_root, &root), "{old_size} of {size}");
        }
        assert_eq!(consistency_ranges(size + 1, size), None);
        assert_eq!(inclusion_ranges(size, size), None);
    }
}

/// The key and the note of Go's `sumdb/note`, which the form comes from.
const SECRET_KEY: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const PUBLIC_KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const SIGNED: &str = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n\
     \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

#[test]
fn notes_are_those_of_others() {
    let (secret, public) = (SecretKey::parse(SECRET_KEY).unwrap(), PublicKey::parse(PUBLIC_KEY).unwrap());
    assert_eq!((secret.public_key(), public.to_string().as_str()), (&public, PUBLIC_KEY));
    let note = Note::parse(SIGNED).unwrap();
    assert_eq!(note.verify(&public), Ok(None));
    assert_eq!(note.to_string(), SIGNED);
    assert_eq!(Note::sign(note.text, &secret).unwrap().to_string(), SIGNED);

    let changed = SIGNED.replace("your problem is", "our problem is");
    assert!(matches!(Note::parse(&changed).unwrap().verify(&public), Err(AnchorError::Signature(_))));
    let other = SecretKey::make("PeterNeumann", KeyKind::Log).unwrap();
    assert!(matches!(Note::parse(SIGNED).unwrap().verify(other.public_key()), Err(AnchorError::Signature(_))));
    for broken in [
        "",
        "a\n",
        "a\n\n",
        "a\n\nb\n",
        &SIGNED.replace('\u{2014}', "-"),
        &SIGNED.replace("your", "\t"),
        SIGNED.trim_end(),
    ] {
        assert!(matches!(Note::parse(broken), Err(AnchorError::Form { .. })), "{broken}");
    }
    for broken in
        ["", "a+b", "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", &format!("x{PUBLIC_KEY}")]
    {
        assert!(matches!(PublicKey::parse(broken), Err(AnchorError::Form { .. })), "{broken}");
    }
}

#[test]
fn a_key_that_others_may_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.key");
    let key = SecretKey::make("example.com/ledger", KeyKind::Log).unwrap();
    key.write(&path).unwrap();
    assert_eq!(SecretKey::read(&path).unwrap().public_key(), key.public_key());
    assert!(key.write(&path).is_err(), "a key was written over");
    assert!(PublicKey::read(path.to_str().unwrap()).unwrap_err().to_string().contains("secret half"));
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    assert!(SecretKey::read(&path).unwrap_err().to_string().contains("chmod 600"));
    assert!(SecretKey::make("with a space", KeyKind::Log).is_err());
}

/// Adds so many records, which say `what`.
fn add(log: &MemoryLog, count: u64, what: &str) {
    let mut ledger = Ledger::open(log.clone()).unwrap();
    for _ in 0..count {
        let data = RawValue::from_string(format!("{{\"what\":\"{what}\"}}")).unwrap();
        let id = format!("n{}", ledger.head().seq);
        ledger.record(1, &[Entry::Note { kind: "run".into(), actor: "tester".into(), id, data }]).unwrap();
    }
}

fn log_of(count: u64, what: &str) -> MemoryLog {
    let log = MemoryLog::default();
    add(&log, count, what);
    log
}

fn key(name: &str, kind: KeyKind) -> SecretKey {
    SecretKey::make(name, kind).unwrap()
}

fn copy(key: &SecretKey, folder: &Path) -> SecretKey {
    let path = folder.join(format!("{}.key", hex(&key.public_key().id())));
    if !path.exists() {
        key.write(&path).unwrap();
    }
    SecretKey::read(&path).unwrap()
}

fn compare(log: &MemoryLog, path: &Path, key: &PublicKey) -> Result<Agreement, String> {
    let mut comparison = Comparison::read(path, key).unwrap();
    log.records().iter().for_each(|record| comparison.push(record));
    comparison.finish().map_err(|error| error.to_string())
}

fn files_below(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

/// Changes a byte of a file, from the end on.
fn change(file: &Path, from_the_end: usize) {
    let mut bytes = std::fs::read(file).unwrap();
    let place = bytes.len() - from_the_end;
    *bytes.get_mut(place).unwrap() ^= 1;
    std::fs::write(file, bytes).unwrap();
}

/// A start reads the last tile and no other, however long the log is, and goes on to the same tree; where what it starts from was changed it reads all
/// tiles, and where those were changed as well it does not start.
#[test]
fn a_publisher_goes_on_from_its_last_tile() {
    let signer = key("example.com/ledger", KeyKind::Log);
    for size in [1, 255, 256, 257, 511, 512, 513, 1_900] {
        let folder = tempfile::tempdir().unwrap();
        let (out, aside) = (folder.path().join("out"), folder.path().join("aside"));
        let open = || Publisher::open(&out, Box::new(copy(&signer, folder.path())));
        let mut log = log_of(size, "as it was");
        open().unwrap().publish(&mut log).unwrap();
        let mut tiles = files_below(&out.join("tile"));
        tiles.sort();
        assert_eq!(u64::try_from(tiles.len()).unwrap(), size.div_ceil(256));
        let (last, earlier) = tiles.split_last().unwrap();
        // Tiles that are full stand in order before the one that is not.
        std::fs::create_dir(&aside).unwrap();
        let away = |tile: &std::path::PathBuf| aside.join(tile.file_name().unwrap());
        earlier.iter().for_each(|tile| std::fs::rename(tile, away(tile)).unwrap());
        let mut publisher = open().unwrap();
        assert_eq!(publisher.publish(&mut log).unwrap(), Publication { size, is_new: false });
        assert_eq!(publisher.check_tiles().is_ok(), earlier.is_empty(), "they are missed later: {size}");
        // The last leaf is held against what was signed, and with it the record that must still be there.
        let bytes = std::fs::read(last).unwrap();
        change(last, 1);
        assert!(open().is_err(), "{size}");
        std::fs::write(last, bytes).unwrap();

        let frontier = out.join("frontier");
        let bytes = std::fs::read(&frontier).unwrap();
        let broken: [&[u8]; 3] = [&[], &[7; 32], &[7; 33]];
        for broken in broken {
            std::fs::write(&frontier, broken).unwrap();
            assert!(size <= 256 && broken.is_empty() || open().is_err() || earlier.is_empty(), "{size}");
        }
        earlier.iter().for_each(|tile| std::fs::rename(away(tile), tile).unwrap());
        assert!(open().is_ok(), "all tiles stand in for the frontier: {size}");
        if let Some(tile) = earlier.first() {
            change(tile, 32);
            assert!(open().unwrap_err().to_string().contains("were changed"), "{size}");
            change(tile, 32);
        }
        std::fs::write(&frontier, bytes).unwrap();
        add(&log, 300, "later");
        let mut publisher = open().unwrap();
        assert_eq!(publisher.publish(&mut log).unwrap(), Publication { size: size + 300, is_new: true });
        let agreed = compare(&log, &out, signer.public_key()).unwrap();
        assert_eq!((agreed.checkpoints, agreed.size), (2, size + 300));
        let publisher = open().unwrap();
        assert_eq!((publisher.size(), publisher.check_tiles()), (size + 300, Ok(())));
    }
}

#[test]
fn a_rewritten_log_is_told_from_the_one_that_was_signed() {
    let folder = tempfile::tempdir().unwrap();
    let (keys, out) = (folder.path().join("keys"), folder.path().join("out"));
    std::fs::create_dir(&keys).unwrap();
    let signer = key("example.com/ledger", KeyKind::Log);
    let public = signer.public_key().clone();
    let mut log = log_of(300, "as it was");
    let mut publisher = Publisher::open(&out, Box::new(copy(&signer, &keys))).unwrap();
    assert_eq!(publisher.publish(&mut log).unwrap(), Publication { size: 300, is_new: true });
    assert_eq!(publisher.publish(&mut log).unwrap(), Publication { size: 300, is_new: false });
    add(&log, 400, "as it was");
    // It goes on from what is in the folder.
    let mut publisher = Publisher::open(&out, Box::new(copy(&signer, &keys))).unwrap();
    assert_eq!(publisher.publish(&mut log).unwrap(), Publication { size: 700, is_new: true });
    add(&log, 5, "later");
    let agreed = compare(&log, &out, &public).unwrap();
    assert_eq!((agreed.checkpoints, agreed.size), (2, 700));

    // An insider writes all from record 413 on anew, chain and all.
    let rewritten = MemoryLog::default();
    rewritten.records().extend(log.records().iter().take(412).cloned());
    add(&rewritten, 300, "as somebody wants it");
    let said = compare(&rewritten, &out, &public).unwrap_err();
    assert!(said.contains("rewritten from record 413 on"), "{said}");
    let file = out.join("checkpoint");
    assert!(compare(&rewritten, &file, &public).unwrap_err().contains("rewritten from record 413 on"));
    let alone = folder.path().join("alone");
    std::fs::copy(&file, &alone).unwrap();
    assert!(compare(&rewritten, &alone, &public).unwrap_err().contains("was rewritten"));
    assert!(publisher.publish(&mut rewritten.clone()).unwrap_err().to_string().contains("rewritten"));

    // Without the tiles, the checkpoints say between which of them it parts.
    std::fs::rename(out.join("tile"), folder.path().join("tile")).unwrap();
    let said = compare(&rewritten, &out, &public).unwrap_err();
    assert!(said.contains("up to record 300") && said.contains("between 301 and 700"), "{said}");
    assert!(Publisher::open(&out, Box::new(copy(&signer, &keys))).is_err());
    std::fs::rename(folder.path().join("tile"), out.join("tile")).unwrap();

    // One that went back, and one that went back and on again.
    let shorter = MemoryLog::default();
    shorter.records().extend(log.records().iter().take(650).cloned());
    let said = compare(&shorter, &out, &public).unwrap_err();
    assert!(said.contains("went back") && said.contains("from 651 on are gone"), "{said}");
    assert!(publisher.publish(&mut shorter.clone()).unwrap_err().to_string().contains("is gone"));
    add(&shorter, 3, "in its place");
    assert!(compare(&shorter, &out, &public).unwrap_err().contains("from record 651 on"));

    // A tile that was changed is no witness against the log.
    let tile = out.join("tile/0/001");
    let mut bytes = std::fs::read(&tile).unwrap();
    *bytes.first_mut().unwrap() ^= 1;
    std::fs::write(&tile, bytes).unwrap();
    assert!(compare(&log, &out, &public).is_ok());
    let publisher = Publisher::open(&out, Box::new(copy(&signer, &keys)));
    assert!(publisher.and_then(|publisher| publisher.check_tiles()).unwrap_err().to_string().contains("tiles"));
    // A checkpoint of another key is none.
    let stranger = key("example.com/ledger", KeyKind::Log);
    assert!(matches!(Comparison::read(&alone, stranger.public_key()), Err(AnchorError::Signature(_))));
}

#[test]
fn a_witness_signs_what_goes_on_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let signer = key("example.com/ledger", KeyKind::Log);
    let log_key = signer.public_key().clone();
    let witness_key = key("example.org/witness", KeyKind::Witness);
    let witness_public = witness_key.public_key().clone();
    let witness = Witness::new(&folder.path().join("state"), Box::new(witness_key)).unwrap();
    assert!(Witness::new(folder.path(), Box::new(key("a", KeyKind::Log))).is_err());

    let log = log_of(9, "as it was");
    let leaves: Vec<Hash> = log.records().iter().map(|record| leaf_hash(&record.hash)).collect();
    let signed = |size: usize| Checkpoint::sign(&tree(leaves.get(..size).unwrap()), &signer).unwrap();
    let proof = |old: u64| {
        Evidence::Proof(ConsistencyProof {
            old_size: old,
            new_size: 9,
            hashes: hashes(consistency_ranges(old, 9).unwrap(), &leaves),
        })
    };
    let first = witness.countersign(&log_key, signed(5), Evidence::Nothing, 1_700_000_000).unwrap();
    let read = Checkpoint::open(&first.note.to_string(), &log_key).unwrap();
    assert_eq!(read.note.verify(&witness_public), Ok(Some(1_700_000_000)));
    assert!(matches!(witness.countersign(&log_key, signed(9), Evidence::Nothing, 2), Err(AnchorError::Form { .. })));
    for wrong in [proof(4), Evidence::Proof(ConsistencyProof { old_size: 5, new_size: 9, hashes: Vec::new() })] {
        assert!(matches!(witness.countersign(&log_key, signed(9), wrong, 2), Err(AnchorError::Inconsistent(_))));
    }
    witness.countersign(&log_key, signed(9), proof(5), 1_700_000_060).unwrap();
    witness.countersign(&log_key, signed(9), Evidence::Nothing, 1_700_000_120).unwrap();
    let back = witness.countersign(&log_key, signed(5), Evidence::Nothing, 3).unwrap_err().to_string();
    assert!(back.contains("went back"), "{back}");
    let other: Vec<Hash> = (0..9_u8).map(|entry| leaf_hash(&[entry])).collect();
    let forked = Checkpoint::sign(&tree(&other), &signer).unwrap();
    let said = witness.countersign(&log_key, forked, Evidence::Nothing, 3).unwrap_err().to_string();
    assert!(said.contains("rewritten"), "{said}");
    assert_eq!(witness.last(&log_key).unwrap().unwrap().size, 9);
}

#[test]
fn proofs_are_files_that_stand_alone() {
    let signer = key("example.com/ledger", KeyKind::Log);
    let public = signer.public_key().clone();
    let log = log_of(11, "as it was");
    let records: Vec<Record> = log.records().clone();
    let leaves: Vec<Hash> = records.iter().map(|record| leaf_hash(&record.hash)).collect();
    let checkpoint = Checkpoint::sign(&tree(&leaves), &signer).unwrap();
    let inclusion = InclusionProof { index: 6, size: 11, hashes: hashes(inclusion_ranges(6, 11).unwrap(), &leaves) };
    let [before, record] = [5, 6].map(|place: usize| records.get(place).unwrap().clone());
    let proof =
        RecordProof { before: before.hash, body: record.body.clone(), inclusion, checkpoint: checkpoint.clone() };
    let text = proof.text();
    assert_eq!(RecordProof::open(&text, &public), Ok(proof.clone()));
    let elsewhere = text.replace("index 6", "index 7");
    assert!(matches!(RecordProof::open(&elsewhere, &public), Err(AnchorError::Inconsistent(_))));
    let changed = RecordProof { body: b"{}".to_vec(), ..proof };
    assert!(matches!(RecordProof::open(&changed.text(), &public), Err(AnchorError::Inconsistent(_))));

    let since =
        ConsistencyProof { old_size: 4, new_size: 11, hashes: hashes(consistency_ranges(4, 11).unwrap(), &leaves) };
    assert_eq!(ConsistencyProof::open(&since.text(&checkpoint), &public), Ok((since, checkpoint)));
}

#[test]
fn what_an_export_leaves_out_is_filled_by_subtrees() {
    let log = log_of(45, "as it was");
    for exported in [0..0, 0..45, 7..8, 5..30, 44..45, 0..1] {
        let mut prover = GapProver::new(41);
        log.records().iter().zip(0..).for_each(|(record, place)| prover.push(record, exported.contains(&place)));
        let proof = prover.finish(String::new());
        let mut all = Frontier::default();
        let mut gaps = proof.gaps.iter().peekable();
        while all.size() < 41 {
            let next = all.size() + 1;
            if let Some(gap) = gaps.next_if(|gap| gap.from == next) {
                for root in &gap.subtrees {
                    let bytes: Vec<u8> = (0..32)
                        .map(|byte| u8::from_str_radix(root.get(byte * 2..byte * 2 + 2).unwrap(), 16).unwrap())
                        .collect();
                    let room = gap.to - all.size();
                    let height = all.size().trailing_zeros().min(room.ilog2());
                    assert!(all.push_subtree(height, bytes.try_into().unwrap()));
                }
                assert_eq!(all.size(), gap.to);
            } else {
                assert!(all.push(leaf_hash(&log.records().get(usize::try_from(all.size()).unwrap()).unwrap().hash)));
            }
        }
        let leaves: Vec<Hash> = log.records().iter().take(41).map(|record| leaf_hash(&record.hash)).collect();
        assert_eq!(all.root(), root_by_definition(&leaves), "{exported:?}");
    }
}
