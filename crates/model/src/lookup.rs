//! A hash map that cannot be iterated, so that no output depends on the order of hashes.
#![expect(clippy::disallowed_types, reason = "the one place where a hash map may stand: it is never iterated")]

use std::borrow::Borrow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::hash::Hash;

/// Values found by key, as fast as by any hash map. It can be asked and changed, not iterated.
pub struct Lookup<K, V>(HashMap<K, V, ahash::RandomState>);

impl<K, V> Lookup<K, V> {
    /// An empty one.
    pub fn new() -> Lookup<K, V> {
        Lookup(HashMap::default())
    }

    /// An empty one with room for a number of values.
    pub fn with_capacity(values: usize) -> Lookup<K, V> {
        Lookup(HashMap::with_capacity_and_hasher(values, ahash::RandomState::default()))
    }

    /// How many values it has.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes all values out and keeps the memory.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

impl<K: Eq + Hash, V> Lookup<K, V> {
    /// The value of a key.
    pub fn get<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.0.get(key)
    }

    /// The value of a key, to be changed.
    pub fn get_mut<Q: Eq + Hash + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        self.0.get_mut(key)
    }

    /// Whether a key has a value.
    pub fn contains_key<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.0.contains_key(key)
    }

    /// Sets the value of a key, and gives the one that it had.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        self.0.insert(key, value)
    }

    /// Takes the value of a key out.
    pub fn remove<Q: Eq + Hash + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.0.remove(key)
    }

    /// The place of a key's value, filled or not.
    pub fn entry(&mut self, key: K) -> Entry<'_, K, V> {
        self.0.entry(key)
    }
}

impl<K, V> Default for Lookup<K, V> {
    fn default() -> Lookup<K, V> {
        Lookup::new()
    }
}

impl<K: Clone, V: Clone> Clone for Lookup<K, V> {
    fn clone(&self) -> Lookup<K, V> {
        Lookup(self.0.clone())
    }
}

impl<K: Eq + Hash, V: PartialEq> PartialEq for Lookup<K, V> {
    fn eq(&self, other: &Lookup<K, V>) -> bool {
        self.0 == other.0
    }
}

impl<K: Eq + Hash, V: Eq> Eq for Lookup<K, V> {}

impl<K, V> fmt::Debug for Lookup<K, V> {
    /// How many values it has; the values themselves would come in no order.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lookup({} values)", self.len())
    }
}

impl<K: Eq + Hash, V> FromIterator<(K, V)> for Lookup<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Lookup<K, V> {
        Lookup(pairs.into_iter().collect())
    }
}

impl<K: Eq + Hash, V> Extend<(K, V)> for Lookup<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, pairs: I) {
        self.0.extend(pairs);
    }
}

#[cfg(test)]
mod tests {
    use super::Lookup;

    #[test]
    fn values_are_found_by_key() {
        let mut counts: Lookup<String, u32> = [("a".to_owned(), 1)].into_iter().collect();
        *counts.entry("a".to_owned()).or_insert(0) += 1;
        assert_eq!(counts.insert("b".to_owned(), 5), None);
        assert_eq!((counts.get("a"), counts.get("c"), counts.len()), (Some(&2), None, 2));
        assert_eq!(counts.remove("a"), Some(2));
        assert_eq!(format!("{counts:?}"), "Lookup(1 values)");
    }
}
