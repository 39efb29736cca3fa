//! What lists are for.

/// What a list is for, as far as the EAR or a sanctions program gives it an effect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// The Entity List (15 CFR 744.11 and supplement no. 4 to part 744).
    EntityList,
    /// The Denied Persons List (15 CFR 764.3(a)(2)).
    DeniedPerson,
    /// The Unverified List (15 CFR 744.15).
    UnverifiedList,
    /// The Military End-User List (15 CFR 744.21 and supplement no. 7 to part 744).
    MilitaryEndUser,
    /// The list of Specially Designated Nationals (15 CFR 744.8), whose effect depends on the programs of the entry: see [`crate::SanctionsProgram`].
    SpeciallyDesignated,
    /// Another government's or agency's list: shown, and without effect on a determination under the EAR as modeled.
    Other,
    /// A list of which it is not known what it is for: whether a match binds is unknown.
    #[default]
    Unknown,
}

/// What the names of lists that have an effect hold.
const BINDING: [(&str, Effect); 6] = [
    ("entity list", Effect::EntityList),
    ("denied person", Effect::DeniedPerson),
    ("denied parties list", Effect::DeniedPerson),
    ("unverified list", Effect::UnverifiedList),
    ("military end user", Effect::MilitaryEndUser),
    ("military end users", Effect::MilitaryEndUser),
];

/// Short names of the same.
const SHORT: [(&str, Effect); 8] = [
    ("el", Effect::EntityList),
    ("dpl", Effect::DeniedPerson),
    ("uvl", Effect::UnverifiedList),
    ("meu", Effect::MilitaryEndUser),
    ("bis el", Effect::EntityList),
    ("bis dpl", Effect::DeniedPerson),
    ("bis uvl", Effect::UnverifiedList),
    ("bis meu", Effect::MilitaryEndUser),
];

/// What the names of lists hold, in plain words, that have no effect under the EAR as modeled.
const WITHOUT: [&str; 50] = [
    "specially designated",
    "sdn",
    "ofac",
    "treasury department",
    "state department",
    "sectoral sanctions",
    "foreign sanctions evaders",
    "palestinian legislative",
    "capta",
    "cmic",
    "chinese military industrial complex",
    "menu based sanctions",
    "nonproliferation sanctions",
    "itar debarred",
    "aeca debarred",
    "statutorily debarred",
    "1260h",
    "chinese military compan",
    "consolidated list of persons",
    "consolidated financial sanctions",
    "financial sanctions",
    "security council",
    "united nations",
    "un sc sanctions",
    "european union",
    "eu fsf",
    "eu journal sanctions",
    "eu travel bans",
    "eu sanctions map",
    "uk sanctions",
    "ofsi",
    "hm treasury",
    "gb hmt",
    "gb fcdo",
    "gb coh",
    "end user list japan",
    "foreign end user list",
    "jp meti",
    "jp mof",
    "us ddtc",
    "us state",
    "us dod",
    "us dhs",
    "us fcc",
    "us sam",
    "unreliable entity",
    "ch seco",
    "ca dfatd",
    "au dfat",
    "worldbank debarred",
];

/// A name in lower case, with one space for whatever stands between words.
fn plain(name: &str) -> String {
    let lower = name.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

impl Effect {
    /// What a list's name says that it is for, however it is written.
    pub fn from_list_name(list: &str) -> Effect {
        let plain = plain(list);
        // 15 CFR 744.22 is another list than that of 744.21, and another government's list of unreliable entities is not BIS's.
        if plain.contains("military intelligence") {
            return Effect::Unknown;
        }
        if plain.contains("unreliable entity") {
            return Effect::Other;
        }
        let designated = plain.contains("specially designated") || plain.split(' ').any(|word| word == "sdn");
        if designated && !plain.contains("non sdn") {
            return Effect::SpeciallyDesignated;
        }
        let short = SHORT.iter().find(|(name, _)| *name == plain).map(|(_, effect)| *effect);
        let binding = BINDING.iter().find(|(name, _)| plain.contains(name)).map(|(_, effect)| *effect);
        let without = WITHOUT.iter().any(|name| plain.contains(name)).then_some(Effect::Other);
        short.or(binding).or_else(|| Effect::from_program_key(list)).or(without).unwrap_or(Effect::Unknown)
    }

    /// What a program's key says, as OpenSanctions writes it (`US-BIS-EL`): nothing for a program of another agency than BIS.
    pub fn from_program_key(key: &str) -> Option<Effect> {
        let plain = plain(key);
        let of_bis = plain.strip_prefix("us bis ").or_else(|| (plain == "us bis").then_some(""))?;
        Some(match of_bis {
            "el" | "entity list" | "entitylist" => Effect::EntityList,
            "dpl" | "denied" | "denied persons" => Effect::DeniedPerson,
            "uvl" | "unverified" => Effect::UnverifiedList,
            "meu" | "military end user" => Effect::MilitaryEndUser,
            _ => Effect::Unknown,
        })
    }

    /// The flag of a party that is on such a list.
    pub fn flag(self) -> Option<&'static str> {
        match self {
            Effect::EntityList => Some("entity_list"),
            Effect::DeniedPerson => Some("denied_person"),
            Effect::UnverifiedList => Some("unverified_list"),
            Effect::MilitaryEndUser => Some("military"),
            Effect::SpeciallyDesignated => Some("sdn"),
            Effect::Other | Effect::Unknown => None,
        }
    }

    /// The name under which a list of this effect is shown where the file has only the key of a program.
    pub(super) fn list(self) -> Option<&'static str> {
        match self {
            Effect::EntityList => Some("Entity List (EL) - Bureau of Industry and Security"),
            Effect::DeniedPerson => Some("Denied Persons List (DPL) - Bureau of Industry and Security"),
            Effect::UnverifiedList => Some("Unverified List (UVL) - Bureau of Industry and Security"),
            Effect::MilitaryEndUser => Some("Military End User (MEU) List - Bureau of Industry and Security"),
            Effect::SpeciallyDesignated | Effect::Other | Effect::Unknown => None,
        }
    }
}
