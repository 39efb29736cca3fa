//! The facts of a line as one number.

use tollgate_law::facts::Facts;

/// XXH3 of the facts, known or not: the same facts give the same number on every machine.
pub(crate) fn facts_digest(facts: &Facts) -> u64 {
    let mut hash = xxhash_rust::xxh3::Xxh3Default::new();
    hash.update(&facts.known.to_le_bytes());
    for value in &facts.values {
        hash.update(&value.to_le_bytes());
    }
    hash.digest()
}
