//! The facts of a line as one number.

use tollgate_law::facts::{Facts, SLOTS};

/// XXH3 of the facts, known or not: the same facts give the same number on every machine.
pub(crate) fn facts_digest(facts: &Facts) -> u64 {
    let mut bytes = [0; 16 + 8 * SLOTS];
    let words = bytes.chunks_exact_mut(8);
    let [low, high] = [facts.known as u64, (facts.known >> 64) as u64].map(u64::to_le_bytes);
    let values = facts.values.iter().map(|value| value.to_le_bytes());
    for (word, value) in words.zip([low, high].into_iter().chain(values)) {
        word.copy_from_slice(&value);
    }
    xxhash_rust::xxh3::xxh3_64(&bytes)
}
