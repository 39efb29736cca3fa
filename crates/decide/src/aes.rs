//! License codes of the Automated Export System (AESTIR, appendix F): what each claims, and when it could be reported.
//!
//! None was found for AIA, ACM, LPP and HBM.

use std::sync::LazyLock;

use tollgate_model::Date;

/// A license code.
pub(crate) struct AesCode {
    /// The code in lower case.
    pub(crate) code: &'static str,
    /// What it claims, as the law names claims.
    pub(crate) claim: &'static str,
    /// The first day on which it could be reported; `None` where that is before all that is decided.
    pub(crate) from: Option<Date>,
    /// The last day; `None` where it is still reported.
    pub(crate) until: Option<Date>,
}

static CODES: LazyLock<Vec<AesCode>> = LazyLock::new(|| {
    let rows = include_str!("aes_codes.csv").lines().skip(1);
    rows.filter_map(|row| {
        let mut cells = row.splitn(5, ',');
        let (code, claim) = (cells.next()?, cells.next()?);
        let (from, until) = (cells.next()?, cells.next()?);
        Some(AesCode { code, claim, from: from.parse().ok(), until: until.parse().ok() })
    })
    .collect()
});

/// The code that a word in lower case is.
pub(crate) fn aes_code(word: &str) -> Option<&'static AesCode> {
    CODES.iter().find(|known| known.code == word)
}

/// Whether a word in lower case has the form of a code of the Department of Commerce: C and two digits.
pub(crate) fn has_code_form(word: &str) -> bool {
    let digits = word.strip_prefix('c');
    digits.is_some_and(|digits| digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tollgate_law::facts::CLAIMS;

    #[test]
    fn every_row_is_a_code_with_its_days_and_source() {
        let rows: Vec<&str> = include_str!("aes_codes.csv").lines().skip(1).collect();
        assert_eq!(rows.len(), CODES.len());
        for row in rows {
            let cells: Vec<&str> = row.splitn(5, ',').collect();
            let known = aes_code(cells[0]).unwrap();
            assert!(has_code_form(known.code) && CLAIMS.contains(&known.claim), "{row}");
            assert_eq!(
                (known.from.is_some(), known.until.is_some()),
                (!cells[2].is_empty(), !cells[3].is_empty()),
                "{row}"
            );
            assert!(!cells[4].is_empty(), "{row}");
        }
    }
}
