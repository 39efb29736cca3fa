//! Names of countries in English and the three-letter codes of ISO 3166-1, as letters only, each with its two-letter code.
//!
//! From the Debian project's iso-codes (ISO 3166-1), with names that are in common use. Names that two countries share stand for neither.

use std::sync::LazyLock;

use crate::Lookup;

static CODES: LazyLock<Lookup<&'static str, &'static str>> = LazyLock::new(|| {
    let rows = include_str!("country_names.csv").lines().skip(1);
    rows.filter_map(|row| row.split_once(',')).collect()
});

/// The two-letter code of a name or three-letter code that is written as lower-case letters only; `None` where no country, or more than one, has it.
pub(crate) fn code_of(letters: &str) -> Option<&'static str> {
    CODES.get(letters).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Country;

    #[test]
    fn every_name_stands_once_and_for_a_country() {
        let rows: Vec<&str> = include_str!("country_names.csv").lines().skip(1).collect();
        assert!(rows.is_sorted() && CODES.len() == rows.len());
        let codes = rows.iter().filter_map(|row| row.split_once(','));
        assert!(codes.map(|(_, code)| code).all(|code| code.parse::<Country>().is_ok()));
    }
}
