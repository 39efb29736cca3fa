//! What texts are that stand where a party is named: names, or words that name nobody.

use tollgate_model::is_in_doubt;
use tollgate_records::{NamingText, further_party};

use crate::memo::Memo;
use crate::order_column::OrderColumn;
use crate::text::{plain, words};
use crate::vocabulary::word_lists;

/// What a text in the place of a party is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PartyWord {
    /// A name or an id.
    Party,
    /// `TBD`, `to order`, an error of a spreadsheet: somebody, and nobody says who.
    Nobody,
    /// `same as consignee`.
    Consignee,
    /// `Fjord Data on behalf of Kvant`: more than one party, of which only one could be screened.
    Several,
}

impl PartyWord {
    /// What a text is, by its words alone.
    pub(crate) fn read(text: &str) -> PartyWord {
        let bare = plain(text);
        let is_error = text.starts_with('#') && text.ends_with(['!', '?', 'A']);
        let is_same = bare.strip_prefix("sameas").is_some_and(|rest| rest.contains("cons") || rest.contains("cnee"));
        if is_same || word_lists().same_as_consignee.contains(&bare) {
            PartyWord::Consignee
        } else if is_error
            || bare.starts_with("sameas")
            || is_in_doubt(text)
            || bare.is_empty()
            || names_nobody(&bare)
            || is_role_alone(text)
        {
            PartyWord::Nobody
        } else if further_party(text, NamingText::Name).is_some() {
            PartyWord::Several
        } else {
            PartyWord::Party
        }
    }

    /// As [`PartyWord::read`], remembered in `known`.
    pub(crate) fn of(text: &str, known: &mut Memo<PartyWord>) -> PartyWord {
        known.of(text, PartyWord::read)
    }
}

/// Whether a text, as [`plain`] makes it, stands for a party and names none.
fn names_nobody(bare: &str) -> bool {
    word_lists().placeholders.contains(bare) || word_lists().nobody.contains(bare)
}

/// Whether a word is a party's part in a trade or a kind of party.
pub(crate) fn is_role(word: &str) -> bool {
    word_lists().roles.contains(&plain(word))
}

/// Whether a text has no more than a party's part in a trade: `a new client`, `end user unknown`.
fn is_role_alone(text: &str) -> bool {
    let lists = word_lists();
    let words: Vec<String> = words(text).iter().map(|word| plain(word)).collect();
    let is_small = |word: &str| lists.roles.contains(word) || lists.determiners.contains(word);
    let rest: String = words.iter().filter(|word| !is_small(word)).map(String::as_str).collect();
    words.iter().any(|word| lists.roles.contains(word)) && (rest.is_empty() || names_nobody(&rest))
}

/// A party in a role, as it was read.
#[derive(Debug)]
pub(crate) struct KnownRole {
    pub(crate) role: OrderColumn,
    /// The texts beside it, of which something follows for the party.
    pub(crate) beside: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_from_what_stands_for_none() {
        for text in [
            "TBD",
            "To Order",
            "see attached",
            "#N/A",
            "#REF!",
            "#NAME?",
            "unbekannt",
            "미정",
            "?",
            "? x",
            "---",
            "same as shipper",
            "a client",
            "Our new client",
            "whoever",
            "stock",
            "self",
            "n/a",
            "end user unknown",
            "Buyer TBD",
            "ein Kunde",
        ] {
            assert_eq!(PartyWord::read(text), PartyWord::Nobody, "{text}");
        }
        for text in ["Fjord Data for Kvant", "Lim Trading c/o Kvant Works", "Lim Trading, end user: Kvant"] {
            assert_eq!(PartyWord::read(text), PartyWord::Several, "{text}");
        }
        for text in ["Same as Consignee", "SAME AS CNEE.", "same as above consignee", "idem"] {
            assert_eq!(PartyWord::read(text), PartyWord::Consignee, "{text}");
        }
        for text in [
            "Order Logistics BV",
            "C100",
            "#12",
            "Unknown Worlds Entertainment",
            "서버텍",
            "A&O",
            "Client Server Systems",
            "Buyer 7",
            "Self Storage",
        ] {
            assert_eq!(PartyWord::read(text), PartyWord::Party, "{text}");
        }
    }
}
