//! What is done with the goods.

use tollgate_model::{Activity, is_in_doubt};

use crate::text::{plain, unread};

/// What is done, as orders of the contract say it: by the words of the contract, or by others that exports of files have. What is not understood is
/// marked so.
pub(crate) fn activity(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    if is_in_doubt(text) {
        return unread(text);
    }
    let bare = plain(text);
    let by_another_word = || match bare.as_str() {
        "exports" | "permanentexport" | "sale" => Some(Activity::Export),
        "reexports" => Some(Activity::Reexport),
        _ => None,
    };
    let known = Activity::from_word(&bare).ok().or_else(by_another_word);
    known.map_or_else(|| unread(text), |activity| activity.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_is_understood_or_marked() {
        for (text, known) in [
            ("", ""),
            ("Export", "export"),
            ("Sale", "export"),
            ("Re-export", "reexport"),
            ("In-country transfer", "transfer"),
            ("Transfer (in-country)", "transfer"),
            ("Deemed export", "deemed_export"),
            ("deemed re-export", "deemed_reexport"),
            ("Loan", "? Loan"),
            ("?", "?"),
            ("#N/A", "? #N/A"),
        ] {
            assert_eq!(activity(text), known);
        }
    }

    #[test]
    fn every_word_of_the_contract_is_understood() {
        for activity_kind in Activity::ALL {
            assert_eq!(activity(activity_kind.as_str()), activity_kind.as_str());
        }
    }
}
