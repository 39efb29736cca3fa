//! The flags of a party: a closed list, as people write its words.

use tollgate_model::{Country, Date, is_in_doubt};

use crate::spelling::{nearest, plain};

/// Flags that a decision turns on.
const DECIDING: &[&str] = &[
    "government",
    "entity_list",
    "affiliate_50",
    "unverified_list",
    "denied_person",
    "military",
    "military_intelligence",
    "civilian",
    "uveu",
    "secure_facility",
    "supp8_uae",
    "agreement_data_center",
    "foundry",
    "osat",
    "approved_osat",
    "is_informed",
    "authorized_ic_designer",
    "approved_ic_designer",
    "china_volume_exceeded",
    "us_supply_affected",
    "no_kyc",
    "renters_known",
];

/// Flags that only typologies read, whatever stands behind a colon.
const LOOKED_AT: &[&str] = &[
    "sanctioned",
    "denied",
    "sdn",
    "military_end_user",
    "dormant",
    "struck",
    "struck_off",
    "dissolved",
    "liquidated",
    "deregistered",
    "distributor",
    "reseller",
    "forwarder",
    "freight_forwarder",
];

/// A flag of a party whose other flags nobody stated: without lists its listings are unknown.
pub const UNSCREENED: &str = "unscreened";

/// Other words for flags.
const SYNONYMS: &[(&str, &str)] = &[
    ("entity", "entity_list"),
    ("entities list", "entity_list"),
    ("on entity list", "entity_list"),
    ("el", "entity_list"),
    ("bis entity list", "entity_list"),
    ("affiliate", "affiliate_50"),
    ("affiliate 50 percent", "affiliate_50"),
    ("50 percent affiliate", "affiliate_50"),
    ("unverified", "unverified_list"),
    ("uvl", "unverified_list"),
    ("denied", "denied_person"),
    ("denied party", "denied_person"),
    ("denied persons", "denied_person"),
    ("denied persons list", "denied_person"),
    ("dpl", "denied_person"),
    ("military end user", "military"),
    ("meu", "military"),
    ("military end user list", "military"),
    ("meu list", "military"),
    ("military intelligence end user", "military_intelligence"),
    ("mieu", "military_intelligence"),
    ("universal veu", "uveu"),
    ("gov", "government"),
    ("govt", "government"),
    ("state owned", ""),
    ("informed", "is_informed"),
    ("kyc missing", "no_kyc"),
];

/// What the flags of a party say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// The flags that are understood, as the law spells them.
    pub known: Vec<String>,
    /// Those that are not, each with the nearest that would be.
    pub unread: Vec<(String, Option<&'static str>)>,
}

/// Reads the flags of a party; several may stand in one text, with `;`, `,` or `|` between.
pub fn flags_of<'a>(flags: impl Iterator<Item = &'a str>) -> Flags {
    let mut read = Flags::default();
    let all = flags.flat_map(|flag| flag.split([';', ',', '|'])).map(str::trim).filter(|flag| !flag.is_empty());
    for flag in all.filter(|flag| !says_none(flag)) {
        let found = if is_in_doubt(flag) { Vec::new() } else { known(flag) };
        if found.is_empty() {
            read.unread.push((flag.to_owned(), nearest(flag, DECIDING.iter().copied())));
        }
        read.known.extend(found);
    }
    read
}

/// Whether a text says that there is no flag; a lone `?` and an error of a spreadsheet say nothing.
fn says_none(flag: &str) -> bool {
    matches!(flag, "-" | "--" | "–" | "—")
        || !flag.starts_with('#') && matches!(plain(flag).as_str(), "none" | "n a" | "na" | "no")
}

/// The flags that a word means; none where it is not understood.
fn known(flag: &str) -> Vec<String> {
    let (word, behind) = flag.split_once(':').map_or((flag, None), |(word, behind)| (word, Some(behind.trim())));
    let word = plain(word);
    if word == "nveu" {
        let country = behind.and_then(|code| code.to_uppercase().parse::<Country>().ok());
        return country.map(|country| format!("nveu:{country}")).into_iter().collect();
    }
    if word == "sdn" && behind.is_some_and(|program| !program.is_empty() && program.parse::<Date>().is_err()) {
        return behind.map(|program| format!("sdn:{program}")).into_iter().collect();
    }
    if behind.is_none() && matches!(word.as_str(), UNSCREENED | "not screened") {
        return vec![UNSCREENED.to_owned()];
    }
    let same = |known: &&&str| known.replace('_', "") == word.replace(' ', "");
    let deciding = DECIDING.iter().find(same).map(|known| (*known).to_owned());
    let other = SYNONYMS.iter().find(|(name, _)| *name == word).map(|(_, known)| (*known).to_owned());
    // A day behind a colon says since when the flag stands.
    if behind.is_some_and(|day| day.parse::<Date>().is_err()) {
        return Vec::new();
    }
    let looked_at = LOOKED_AT.iter().find(same).map(|known| (*known).to_owned());
    let mut found: Vec<String> =
        deciding.or(other.filter(|known| !known.is_empty())).into_iter().chain(looked_at).collect();
    found.dedup();
    match behind {
        Some(day) => found.into_iter().map(|word| format!("{word}:{day}")).collect(),
        None => found,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_nothing_is_not_none() {
        for text in ["?", "??", "\u{0}", "#N/A", "#REF!", "''", "\u{200b}"] {
            assert_eq!(flags_of([text].into_iter()).unread.len(), 1, "{text}");
        }
        for text in ["-", "–", "none", "N/A", "no", ""] {
            assert_eq!(flags_of([text].into_iter()), Flags::default(), "{text}");
        }
    }

    #[test]
    fn flags_are_understood_as_people_write_them() {
        for text in ["entity_list", "Entity_List", "entity list", "ENTITY-LIST", "EntityList"] {
            assert_eq!(flags_of([text].into_iter()).known, ["entity_list"], "{text}");
        }
        for text in ["nveu:SG", "NVEU:sg", "nveu: sg"] {
            assert_eq!(flags_of([text].into_iter()).known, ["nveu:SG"], "{text}");
        }
        assert_eq!(flags_of(["Entity List: 2023-10-17"].into_iter()).known, ["entity_list:2023-10-17"]);
        assert_eq!(flags_of(["entity_list,government"].into_iter()).known, ["entity_list", "government"]);
        let unread = flags_of(["entitylst", "nveu:XX1", "vip", "none"].into_iter());
        assert!(unread.known.is_empty());
        assert_eq!(
            unread.unread,
            [("entitylst".to_owned(), Some("entity_list")), ("nveu:XX1".to_owned(), None), ("vip".to_owned(), None)]
        );
    }
}
