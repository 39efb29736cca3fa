//! Texts that name a party beside the one that they are to name: `Fjord Data on behalf of SMIC`, `RTX 4060, end user: SMIC`.

use crate::plain_letters::plain_letters;

/// Behind these a party is named wherever they stand, in the languages of traders; with spaces, so that they are whole words.
const BEFORE_A_PARTY: &[&str] = &[
    " on behalf of ",
    " o/b/o ",
    " obo ",
    " in the name of ",
    " by order of ",
    " for the account of ",
    " for account of ",
    " a/c of ",
    " for and on behalf of ",
    " in trust for ",
    " as agent for ",
    " as agents for ",
    " acting for ",
    " as nominee for ",
    " c/o ",
    " care of ",
    " in care of ",
    " im auftrag von ",
    " im auftrag der ",
    " im auftrag des ",
    " im namen von ",
    " im namen der ",
    " f\u{fc}r rechnung von ",
    " z. hd. von ",
    " pour le compte de ",
    " au nom de ",
    " por cuenta de ",
    " en nombre de ",
    " a nombre de ",
    " por conta de ",
    " em nome de ",
    " per conto di ",
    " a nome di ",
    " namens ",
    " w imieniu ",
    " w imieniu firmy ",
    " ad\u{131}na ",
    " \u{43e}\u{442} \u{438}\u{43c}\u{435}\u{43d}\u{438} ",
    " \u{43f}\u{43e} \u{43f}\u{43e}\u{440}\u{443}\u{447}\u{435}\u{43d}\u{438}\u{44e} ",
    " \u{43f}\u{43e} \u{43f}\u{43e}\u{440}\u{443}\u{447}\u{435}\u{43d}\u{43d}\u{44e} ",
    " \u{646}\u{64a}\u{627}\u{628}\u{629} \u{639}\u{646} ",
];
/// The same in scripts that write words without spaces.
const PARTS_BEFORE_A_PARTY: &[&str] = &[
    "\u{4ee3}\u{8868}",
    "\u{53d7}\u{59d4}\u{6258}",
    "\u{59d4}\u{6258}\u{65b9}",
    "\u{6700}\u{7ec8}\u{7528}\u{6237}\u{ff1a}",
    "\u{6700}\u{7ec8}\u{7528}\u{6237}:",
    "\u{6700}\u{7d42}\u{7528}\u{6236}\u{ff1a}",
    "\u{4ee3}\u{7406}\u{4eba}\u{ff1a}",
    "\u{306e}\u{4ee3}\u{7406}",
    "\u{6700}\u{7d42}\u{9700}\u{8981}\u{8005}\u{ff1a}",
    "\u{3092}\u{4ee3}\u{8868}\u{3057}",
    "\u{b97c} \u{b300}\u{c2e0}\u{d558}\u{c5ec}",
    "\u{c744} \u{b300}\u{c2e0}\u{d558}\u{c5ec}",
    "\u{cd5c}\u{c885}\u{c0ac}\u{c6a9}\u{c790}:",
];
/// Parts in a trade, behind which a party is named where a colon, a dash or `is` follows.
const ROLES: &[&str] = &[
    "enduser",
    "endusers",
    "ultimateuser",
    "finaluser",
    "endcustomer",
    "finalcustomer",
    "endclient",
    "ultimateconsignee",
    "finalconsignee",
    "consignee",
    "intermediateconsignee",
    "shipto",
    "deliverto",
    "soldto",
    "billto",
    "notifyparty",
    "purchaser",
    "buyer",
    "beneficiary",
    "enduserofgoods",
    "endverwender",
    "endkunde",
    "endnutzer",
    "empf\u{e4}nger",
    "utilisateurfinal",
    "clientfinal",
    "destinataire",
    "usuariofinal",
    "clientefinal",
    "destinatario",
    "utilizadorfinal",
    "utentefinale",
    "eindgebruiker",
    "eindklant",
    "uzytkownikkoncowy",
    "nihaikullanici",
    "sonkullanici",
    "\u{43a}\u{43e}\u{43d}\u{435}\u{447}\u{43d}\u{44b}\u{438}\u{43f}\u{43e}\u{43b}\u{44c}\u{437}\u{43e}\u{432}\u{430}\u{442}\u{435}\u{43b}\u{44c}",
    "\u{433}\u{440}\u{443}\u{437}\u{43e}\u{43f}\u{43e}\u{43b}\u{443}\u{447}\u{430}\u{442}\u{435}\u{43b}\u{44c}",
];
/// Before `for` these make what stands behind it a part of the name: `Institute for Energy`.
const INSTITUTIONS: &[&str] = &[
    "institute",
    "institution",
    "center",
    "centre",
    "society",
    "foundation",
    "agency",
    "ministry",
    "bureau",
    "committee",
    "commission",
    "association",
    "school",
    "fund",
    "university",
    "department",
    "office",
    "council",
    "laboratory",
    "laboratories",
    "lab",
    "authority",
    "organization",
    "organisation",
    "academy",
    "alliance",
    "union",
    "college",
    "hub",
    "network",
    "consortium",
    "company",
    "corporation",
    "establishment",
    "group",
    "est",
    "bank",
    "partnership",
    "initiative",
    "coalition",
    "directorate",
    "administration",
    "service",
    "services",
    "campaign",
    "trust",
    "hospital",
    "museum",
    "federation",
    "facility",
    "complex",
    "base",
    "enterprise",
    "unit",
    "secretariat",
    "board",
    "programme",
    "program",
    "co",
    "corp",
    "factory",
];
/// Ends of the names of companies.
const FORMS: &[&str] = &[
    "inc",
    "ltd",
    "limited",
    "llc",
    "llp",
    "plc",
    "corp",
    "corporation",
    "gmbh",
    "ag",
    "sa",
    "sas",
    "sarl",
    "srl",
    "bv",
    "nv",
    "ab",
    "as",
    "oy",
    "kk",
    "pty",
    "pte",
    "bhd",
    "jsc",
    "pjsc",
    "ooo",
    "llp",
    "fze",
    "fzco",
    "fzc",
    "spa",
    "kg",
    "aps",
    "company",
];

/// How a text is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamingText {
    /// It is to be one party's name.
    Name,
    /// It says something of goods or of their use, where `for` is before a use as often as before a party.
    Statement,
}

/// What a text names as another party; `None` where it names none. Of a statement, what stands behind `for` counts only with a company's form at its end.
pub fn further_party(text: &str, kind: NamingText) -> Option<String> {
    // Most texts are short names of plain words.
    if text.len() < 5 || text.len() > 4_000 {
        return None;
    }
    let spaced = text.to_lowercase().replace(['(', ')', ',', ';', '[', ']', '"'], " ");
    let lower = format!(" {} ", spaced.split_whitespace().collect::<Vec<_>>().join(" "));
    let behind = |phrase: &&&str| lower.split_once(**phrase).map(|(_, behind)| behind.trim().to_owned());
    let phrases = BEFORE_A_PARTY.iter().chain(PARTS_BEFORE_A_PARTY);
    if let Some(found) = phrases.filter(|phrase| lower.contains(**phrase)).find_map(|phrase| behind(&phrase)) {
        return Some(found).filter(|found| !found.is_empty() || kind == NamingText::Statement);
    }
    behind_role(text).or_else(|| behind_for(text, kind))
}

/// What stands behind a part in a trade and a colon: `end user: SMIC`, `End-user - SMIC`.
fn behind_role(text: &str) -> Option<String> {
    for (at, mark) in text.match_indices([':', '=', '-', '\u{ff1a}', '\u{2013}']) {
        let (before, behind) = (text.get(..at)?, text.get(at + mark.len()..)?);
        let is_dash = matches!(mark, "-" | "\u{2013}");
        if is_dash && !behind.starts_with(' ') || behind.trim().is_empty() {
            continue;
        }
        let words: Vec<&str> =
            before.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let is_role = (1..=words.len().min(3)).filter_map(|count| words.get(words.len() - count..)).any(|words| {
            let letters = plain_letters(&words.join(""));
            ROLES.iter().any(|role| *role == letters)
        });
        if is_role {
            return Some(behind.trim().to_owned());
        }
    }
    None
}

/// What stands behind `for`, where that is a party: in a name whatever is no purpose of an institution, in a statement a company with its form.
fn behind_for(text: &str, kind: NamingText) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let at = words.iter().position(|word| {
        ["for", "f\u{fc}r", "pour", "para", "\u{434}\u{43b}\u{44f}"].contains(&word.to_lowercase().as_str())
    })?;
    let (before, behind) = (words.get(..at)?, words.get(at + 1..)?);
    let letters = |word: &&str| plain_letters(word);
    if behind.is_empty() {
        return None;
    }
    let is_company = || {
        // Short forms are words too: `as`, `sa`.
        let is_form = |(at, word): (usize, String)| {
            at > 0 && FORMS.contains(&word.as_str()) && (word.len() >= 3 || at + 1 == behind.len())
        };
        behind.iter().map(letters).enumerate().take(6).any(is_form)
    };
    let is_party = match kind {
        NamingText::Statement => is_company(),
        NamingText::Name => {
            !before.is_empty() && !before.iter().map(letters).any(|word| INSTITUTIONS.contains(&word.as_str()))
        }
    };
    is_party.then(|| behind.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_party_in_a_name_is_seen() {
        for text in [
            "Fjord Data for SMIC",
            "Fjord Data on behalf of SMIC",
            "Fjord Data (o/b/o Kvant AS)",
            "Lim Trading c/o Persia Trading",
            "Lim Trading, end user: Kvant",
            "Lim Trading / End-user - Kvant AS",
            "Handelshaus im Auftrag von Kvant",
            "N\u{e9}goce pour le compte de Kvant",
            "某贸易公司代表中芯",
        ] {
            assert!(further_party(text, NamingText::Name).is_some(), "{text}");
        }
        for text in [
            "Institute for Energy Technology",
            "Norwegian Centre for Climate Services",
            "Company for Cooperative Insurance",
            "Fjord Data AS",
            "Behalf Of Nature Ltd",
            "Co-op Trading",
            "Ford Motor",
        ] {
            assert_eq!(further_party(text, NamingText::Name), None, "{text}");
        }
    }

    #[test]
    fn another_party_in_a_statement_is_seen() {
        for text in [
            "RTX 4060, end user: SMIC",
            "cards for Kvant Systems Ltd",
            "shipped on behalf of Kvant",
            "Ultimate consignee: Kvant",
        ] {
            assert!(further_party(text, NamingText::Statement).is_some(), "{text}");
        }
        for text in [
            "heatsink for H100",
            "RTX 4060 for rendering",
            "cards for AI training as a service",
            "end user",
            "rack: 8 units",
        ] {
            assert_eq!(further_party(text, NamingText::Statement), None, "{text}");
        }
    }
}
