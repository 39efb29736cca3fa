//! What is done with the goods.

use crate::text::{plain, unread};

/// What is done, as orders of the contract say it; what is not understood is marked so.
pub(crate) fn activity(text: &str) -> String {
    match plain(text).as_str() {
        "" if text.is_empty() => String::new(),
        "export" | "exports" | "permanentexport" | "sale" => "export".to_owned(),
        "reexport" | "reexports" => "reexport".to_owned(),
        "transfer" | "incountrytransfer" | "transferincountry" => "transfer".to_owned(),
        _ => unread(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_is_understood_or_marked() {
        for (text, known) in [
            ("", ""),
            ("Export", "export"),
            ("Re-export", "reexport"),
            ("In-country transfer", "transfer"),
            ("Loan", "? Loan"),
            ("?", "?"),
            ("#N/A", "? #N/A"),
        ] {
            assert_eq!(activity(text), known);
        }
    }
}
