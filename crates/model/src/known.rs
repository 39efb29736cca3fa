//! What is known of a fact that a party or an item may lack.

/// A fact that may be unknown, known to be absent, or known.
///
/// The order is that of the variants, so that facts can be keys of ordered maps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Known<T> {
    /// Nobody has said: what turns on it cannot be decided.
    #[default]
    Unknown,
    /// There is none, such as the headquarters of a parent of a party without a parent.
    Absent,
    /// There is one.
    Value(T),
}

impl<T> Known<T> {
    /// The value where there is one, else unknown: for a cell that is left empty because nobody knows.
    pub fn or_unknown(value: Option<T>) -> Known<T> {
        value.map_or(Known::Unknown, Known::Value)
    }

    /// The value where there is one, else absent: for a cell that is left empty because there is none.
    pub fn or_absent(value: Option<T>) -> Known<T> {
        value.map_or(Known::Absent, Known::Value)
    }

    /// The value; `None` both where it is unknown and where it is absent.
    pub fn value(self) -> Option<T> {
        match self {
            Known::Value(value) => Some(value),
            Known::Unknown | Known::Absent => None,
        }
    }

    /// What is known: `None` where nothing is, `Some(None)` where it is known that there is none.
    pub fn known(self) -> Option<Option<T>> {
        match self {
            Known::Unknown => None,
            Known::Absent => Some(None),
            Known::Value(value) => Some(Some(value)),
        }
    }

    /// Whether nobody has said.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Known::Unknown)
    }

    /// Whether there is a value.
    pub fn is_value(&self) -> bool {
        matches!(self, Known::Value(_))
    }

    /// The same with the value changed by a function.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Known<U> {
        match self {
            Known::Unknown => Known::Unknown,
            Known::Absent => Known::Absent,
            Known::Value(value) => Known::Value(change(value)),
        }
    }

    /// A reference to the value.
    pub fn as_ref(&self) -> Known<&T> {
        match self {
            Known::Unknown => Known::Unknown,
            Known::Absent => Known::Absent,
            Known::Value(value) => Known::Value(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Known;

    #[test]
    fn an_empty_cell_is_unknown_or_absent() {
        assert_eq!(Known::or_unknown(None::<u8>), Known::Unknown);
        assert_eq!(Known::or_absent(None::<u8>), Known::Absent);
        assert_eq!(
            [Known::Unknown, Known::Absent, Known::Value(1)].map(Known::known),
            [None, Some(None), Some(Some(1))]
        );
        assert_eq!([Known::Unknown, Known::Absent, Known::Value(1)].map(Known::value), [None, None, Some(1)]);
        assert_eq!(Known::Value(1).map(|value| value + 1), Known::Value(2));
        assert!(
            Known::<u8>::default().is_unknown()
                && Known::<u8>::Unknown < Known::Absent
                && Known::Absent < Known::Value(0)
        );
        assert!(Known::Value("x".to_owned()).as_ref().is_value());
    }
}
