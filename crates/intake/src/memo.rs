//! What texts were understood as, so that one that comes again is not read again.

use tollgate_model::Lookup;

/// So many texts are remembered; all are forgotten once there are more.
const MOST_TEXTS: usize = 1 << 17;
/// A longer text, in bytes, is read again each time.
const LONGEST: usize = 512;

/// What texts were understood as. It never holds more than 64 MB of texts, whatever a file has.
#[derive(Debug)]
pub(crate) struct Memo<V>(Lookup<String, V>);

impl<V> Memo<V> {
    /// Nothing yet.
    pub(crate) fn new() -> Memo<V> {
        Memo(Lookup::new())
    }

    /// What a text was understood as; `None` where it is not remembered.
    pub(crate) fn get(&self, text: &str) -> Option<&V> {
        self.0.get(text)
    }

    /// What a text was understood as; read by `read` and remembered where it is not.
    pub(crate) fn of(&mut self, text: &str, read: impl FnOnce(&str) -> V) -> V
    where
        V: Clone,
    {
        if let Some(known) = self.0.get(text) {
            return known.clone();
        }
        let value = read(text);
        self.put(text, value.clone());
        value
    }

    /// As [`Memo::get`], to be changed.
    pub(crate) fn get_mut(&mut self, text: &str) -> Option<&mut V> {
        self.0.get_mut(text)
    }

    /// Remembers what a text was understood as.
    pub(crate) fn put(&mut self, text: &str, value: V) {
        if text.len() > LONGEST {
            return;
        }
        if self.0.len() >= MOST_TEXTS {
            self.0.clear();
        }
        self.0.insert(text.to_owned(), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_bounded() {
        let mut memo = Memo::new();
        memo.put(&"x".repeat(LONGEST + 1), 0);
        assert!(memo.get(&"x".repeat(LONGEST + 1)).is_none());
        for number in 0..=MOST_TEXTS {
            memo.put(&number.to_string(), number);
        }
        assert!(memo.0.len() <= MOST_TEXTS);
        assert_eq!(memo.get(&MOST_TEXTS.to_string()), Some(&MOST_TEXTS));
        assert_eq!(memo.get("0"), None);
    }
}
