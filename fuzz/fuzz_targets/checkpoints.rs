//! Any text as a signed note, a checkpoint, a key or a proof: none is taken that was not signed.
#![no_main]
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

use tollgate_ledger::{
    Checkpoint, ConsistencyProof, Frontier, KeyKind, Note, NoteSigner as _, PublicKey, RecordProof, SecretKey,
};

static KEY: LazyLock<SecretKey> =
    LazyLock::new(|| SecretKey::make("example.com/fuzz", KeyKind::Log).expect("a key can be made"));
static SIGNED: LazyLock<String> = LazyLock::new(|| {
    Checkpoint::sign(&Frontier::default(), &*KEY).expect("a checkpoint can be signed").note.to_string()
});

fuzz_target!(|text: &str| {
    let key = KEY.public_key();
    if let Ok(note) = Note::parse(text) {
        let _ = note.verify(&key);
    }
    let _ = PublicKey::parse(text);
    let _ = SecretKey::parse(text);
    for text in [text.to_owned(), SIGNED.replacen('\n', &format!("{text}\n"), 1)] {
        let is_signed = text == *SIGNED;
        assert!(is_signed || Checkpoint::open(&text, &key).is_err(), "taken without a signature: {text}");
        assert!(RecordProof::open(&text, &key).is_err());
        assert!(ConsistencyProof::open(&text, &key).is_err());
    }
});
