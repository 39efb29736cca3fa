//! Software and technology: what the ECCN that a row states says of them, which no figure of a chip shows.

use tollgate_law::facts::{self, Facts, TECHNOLOGIES};
use tollgate_model::{Item, ItemKind};

/// An ECCN of group D or E, or of model parameters, as a row states it.
pub(crate) struct StatedEntry {
    /// What such an entry holds.
    pub(crate) kind: ItemKind,
    /// The word of `item.technology` that it comes to.
    word: &'static str,
}

/// The entries that 742.6(a)(6)(iii) names beside the commodities.
const ASSOCIATED: [&str; 5] = ["3D001", "4D001", "4D090", "4E001", "5E002"];

/// What an ECCN says; `None` where it is one of commodities, or none at all. What stands before and behind it is passed over.
pub(crate) fn entry_of(eccn: &str) -> Option<StatedEntry> {
    let upper = eccn.to_ascii_uppercase();
    let word =
        upper.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '.')).find(|word| is_entry(word))?;
    let (entry, paragraph) = word.split_at_checked(5)?;
    if entry == "4E091" {
        return Some(StatedEntry { kind: ItemKind::ModelWeights, word: "none" });
    }
    let kind = match entry.as_bytes().get(1) {
        Some(b'D') => ItemKind::Software,
        Some(b'E') => ItemKind::Technology,
        _ => return None,
    };
    Some(StatedEntry { kind, word: word_of(entry, paragraph) })
}

/// Whether a word begins as an entry of the Commerce Control List does: a category, a group and three digits.
fn is_entry(word: &str) -> bool {
    match word.as_bytes() {
        [category, group, rest @ ..] => {
            let digits = rest.iter().take_while(|letter| letter.is_ascii_digit()).count();
            category.is_ascii_digit()
                && (b'A'..=b'E').contains(group)
                && digits == 3
                && rest.get(digits).is_none_or(|next| *next == b'.')
        }
        _ => false,
    }
}

fn word_of(entry: &str, paragraph: &str) -> &'static str {
    let is_z = paragraph.starts_with(".Z");
    match (entry, paragraph) {
        ("4D090", ".A") => "associated_a",
        ("4D090", ".B") => "associated_b",
        ("3E001", _) => "chip_technology",
        ("5D992", ".Z.1") => "encryption_a",
        ("5D992", ".Z.2") => "encryption_b",
        ("5D002", _) if is_z && paragraph.ends_with(".A") => "encryption_a",
        ("5D002", _) if is_z && paragraph.ends_with(".B") => "encryption_b",
        ("5D002" | "5D992", _) if is_z => "encryption",
        // Technology for mass-market items: of the `.z` paragraphs or of the others.
        ("5E992", _) => "associated",
        _ if ASSOCIATED.contains(&entry) => "associated",
        // 742.6(a)(6)(i)(A) and the entries beside it: equipment, software and technology for making semiconductors.
        ("3D992" | "3E992" | "3D993" | "3E993" | "3D994" | "3E994", _) => "other",
        // Entries whose last three digits begin with 99 are controlled for anti-terrorism reasons only.
        _ if entry.get(2..4) == Some("99") => "at_only",
        _ => "other",
    }
}

/// The kind of an item by its row's `kind` and ECCN; the outer `None` where the two contradict each other.
pub(crate) fn kind_of(item: &Item, where_absent: ItemKind) -> Option<ItemKind> {
    let entry = item.eccn.as_deref().and_then(entry_of);
    match (item.kind, entry) {
        (Some(ItemKind::Other), None) if item.eccn.as_deref().is_some_and(states_computing) => None,
        (kind, None) => Some(kind.unwrap_or(where_absent)),
        (None | Some(ItemKind::Other | ItemKind::Software | ItemKind::Technology), Some(entry)) => Some(entry.kind),
        (Some(kind), Some(entry)) => (kind == entry.kind).then_some(kind),
    }
}

/// Whether an ECCN of hardware says that the item reaches the figures of advanced computing: 3A090, 4A090 and the `.z` paragraphs beside them.
fn states_computing(eccn: &str) -> bool {
    let eccn = eccn.to_ascii_uppercase().replace(char::is_whitespace, "");
    ["3A090", "4A090"].iter().any(|entry| eccn.contains(entry)) || eccn.contains(".Z")
}

/// Whether an item is software or technology.
pub(crate) fn is_intangible(kind: Option<ItemKind>) -> bool {
    matches!(kind, Some(ItemKind::Software | ItemKind::Technology))
}

/// Sets what the ECCN of software or technology says. `figures` are of what it is for; where there are none, an entry that they would settle is unknown.
pub(crate) fn set_technology(facts: &mut Facts, item: &Item, kind: Option<ItemKind>, is_figured: bool) {
    let stated = item.eccn.as_deref().map(str::trim).filter(|stated| !stated.is_empty());
    let word = match (kind, stated) {
        (Some(kind), _) if !is_intangible(Some(kind)) => Some("none"),
        (Some(_), Some(stated)) if stated.eq_ignore_ascii_case("EAR99") => Some("at_only"),
        (Some(_), Some(stated)) => entry_of(stated).map(|entry| entry.word),
        _ => None,
    };
    let word = word.filter(|word| is_figured || !matches!(*word, "associated" | "chip_technology" | "encryption"));
    let place = word.and_then(|word| TECHNOLOGIES.iter().position(|known| *known == word));
    facts.set_if(facts::ITEM_TECHNOLOGY, place.and_then(|place| i64::try_from(place).ok()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_to_be_no_accelerator_is_none_of_the_entries_of_accelerators() {
        let kind = |eccn: &str| {
            let item = Item { kind: Some(ItemKind::Other), eccn: Some(eccn.to_owned()), ..Item::default() };
            kind_of(&item, ItemKind::IntegratedCircuit)
        };
        for eccn in ["4A090.a", "3a090", "5A992.z", "ECCN 4A003.z.1"] {
            assert_eq!(kind(eccn), None, "{eccn}");
        }
        for eccn in ["5A992.c", "EAR99", "", "4A994.l"] {
            assert_eq!(kind(eccn), Some(ItemKind::Other), "{eccn}");
        }
    }

    #[test]
    fn entries_of_software_and_technology_are_understood_as_people_write_them() {
        for (text, kind, word) in [
            ("3E001", ItemKind::Technology, "chip_technology"),
            ("3e001.a", ItemKind::Technology, "chip_technology"),
            ("ECCN 3D001 (for 3A090)", ItemKind::Software, "associated"),
            ("4D090.a", ItemKind::Software, "associated_a"),
            ("4D090.b", ItemKind::Software, "associated_b"),
            ("5D002.z.3.b", ItemKind::Software, "encryption_b"),
            ("5D992.z.1", ItemKind::Software, "encryption_a"),
            ("5D992.z", ItemKind::Software, "encryption"),
            ("5D992.c", ItemKind::Software, "at_only"),
            ("3E991", ItemKind::Technology, "at_only"),
            ("3E992", ItemKind::Technology, "other"),
            ("5D002", ItemKind::Software, "other"),
            ("9E003", ItemKind::Technology, "other"),
            ("4E091", ItemKind::ModelWeights, "none"),
        ] {
            let entry = entry_of(text).unwrap();
            assert_eq!((entry.kind, entry.word), (kind, word), "{text}");
        }
        for text in ["3A090.a", "5A992.z", "EAR99", "", "E3001", "3E0011", "8 x 3E"] {
            assert!(entry_of(text).is_none(), "{text}");
        }
    }
}
