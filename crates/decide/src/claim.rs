//! What a shipper claims, as it is written: NLR, a license, an exception, nothing, or what nobody understands.

use tollgate_engine::{Determination, Scratch};
use tollgate_law::facts::CLAIMS;
use tollgate_law::program::Program;
use tollgate_model::{Outcome, Truth, is_in_doubt};

use crate::aes::aes_code;
use crate::spelling::{nearest, plain};

/// What a shipper claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Nothing.
    None,
    /// NLR or an exception: its place among [`CLAIMS`].
    Known(usize),
    /// A license, by its number.
    License(String),
    /// A text that is none of these, with the nearest that would be.
    Unread(Option<&'static str>),
}

impl Claim {
    /// The place among [`CLAIMS`] by which the law counts it; a claim that is not understood claims nothing.
    pub fn place(&self) -> usize {
        match self {
            Claim::None | Claim::Unread(_) => 0,
            Claim::Known(place) => *place,
            Claim::License(_) => 2,
        }
    }

    /// The claim's short name; `None` where nothing, or nothing that is understood, is claimed.
    pub fn name(&self) -> Option<&'static str> {
        CLAIMS.get(self.place()).copied().filter(|name| *name != "none")
    }

    /// What is to be said of it in a sentence; `None` where it is understood.
    pub fn question(&self, text: &str) -> Option<String> {
        let Claim::Unread(near) = self else { return None };
        if let Some(name) =
            NOT_MODELED.iter().find(|name| plain(text).split(' ').any(|word| word.eq_ignore_ascii_case(name)))
        {
            return Some(format!(
                "License Exception {name} is not modeled, so the claim is not tested: read its section in 15 CFR part 740."
            ));
        }
        let near = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        Some(format!(
            "The claimed authorization `{text}` is neither NLR, nor an exception, nor of the form of a license number such as D1234567{near}: it is not tested."
        ))
    }
}

/// Exceptions of part 740 of which the law's files say nothing: computers, agriculture, cybersecurity and medical devices.
const NOT_MODELED: [&str; 4] = ["APP", "AGR", "ACE", "MED"];

/// Texts that claim nothing.
const NOTHING: &[&str] =
    &["none", "n a", "na", "nil", "null", "no", "keine", "aucune", "ninguna", "无", "無", "なし", "нет", "없음"];

/// Names that are written out.
const WRITTEN_OUT: &[(&str, &str)] = &[
    ("no license required", "NLR"),
    ("no licence required", "NLR"),
    ("no license needed", "NLR"),
    ("artificial intelligence authorization", "AIA"),
    ("advanced compute manufacturing", "ACM"),
    ("low processing performance", "LPP"),
    ("notified advanced computing", "NAC"),
    ("advanced computing authorized", "ACA"),
    ("validated end user", "VEU"),
    ("data center validated end user", "VEU"),
    ("universal validated end user", "VEU"),
    ("uveu", "VEU"),
    ("nveu", "VEU"),
    ("temporary imports exports", "TMP"),
    ("servicing and replacement of parts and equipment", "RPL"),
    ("technology and software unrestricted", "TSU"),
    ("high bandwidth memory", "HBM"),
    ("strategic trade authorization", "STA"),
    ("temporary general license", "TGL"),
    ("temporary general licence", "TGL"),
    ("tgl 7", "TGL"),
    ("temporary general license no 7", "TGL"),
];

/// Words before a symbol that say what it is.
const PREFIXES: &[&str] = &[
    "license exception",
    "licence exception",
    "lic exc",
    "lic exception",
    "exception",
    "le",
    "ear99",
    "ear",
    "bis license no",
    "bis license number",
    "bis license",
    "bis",
    "license number",
    "licence number",
    "license no",
    "licence no",
    "license",
    "licence",
    "lic no",
    "lic",
    "no",
    "authorization",
];

/// What a claim says; `None` where the cell is empty.
pub fn claim_of(text: Option<&str>) -> Claim {
    let Some(text) = text else { return Claim::None };
    if let Some(place) = place_of(text).filter(|place| *place != 2) {
        return Claim::Known(place).or_none();
    }
    if is_in_doubt(text) {
        return Claim::Unread(None);
    }
    let words = plain(text);
    // A lone `?` and an error of a spreadsheet do not say that there is nothing.
    let says_nothing = match words.as_str() {
        "" => matches!(text.trim(), "" | "-" | "--" | "–" | "—" | "/" | "."),
        words => NOTHING.contains(&words) && !text.trim_start().starts_with('#'),
    };
    if says_nothing {
        return Claim::None;
    }
    read(&words).unwrap_or_else(|| {
        let known = CLAIMS.iter().chain(WRITTEN_OUT.iter().map(|(name, _)| name)).copied();
        Claim::Unread(nearest(text, known.filter(|name| !matches!(*name, "none" | "license"))))
    })
}

impl Claim {
    fn or_none(self) -> Claim {
        if self == Claim::Known(0) { Claim::None } else { self }
    }
}

fn place_of(name: &str) -> Option<usize> {
    CLAIMS.iter().position(|known| *known == name)
}

fn read(words: &str) -> Option<Claim> {
    if let Some(claim) = symbol(words) {
        return Some(claim);
    }
    // A code and what belongs to it, as in `C33 NLR` or `C30 D1234567`: both must say the same.
    if let Some((code, rest)) = words.split_once(' ')
        && let Some(code_place) = aes_code(code).and_then(|known| place_of(known.claim))
    {
        return match read(rest)? {
            Claim::License(number) if code_place == 2 => Some(Claim::License(number)),
            Claim::Known(place) if code_place == place => Some(Claim::Known(place)),
            _ => None,
        };
    }
    let rest = PREFIXES.iter().find_map(|prefix| words.strip_prefix(prefix)?.strip_prefix(' '))?;
    read(rest)
}

/// A symbol, a code, a name in full or a license number, alone.
fn symbol(words: &str) -> Option<Claim> {
    let known = CLAIMS.iter().skip(1).find(|known| known.to_lowercase() == words).filter(|known| **known != "license");
    let code = || aes_code(words).map(|known| &known.claim).filter(|name| **name != "license");
    let written = || WRITTEN_OUT.iter().find(|(name, _)| *name == words).map(|(_, name)| name);
    if let Some(name) = known.or_else(code).or_else(written) {
        return place_of(name).map(Claim::Known);
    }
    let number = words.replace(' ', "");
    is_license_number(&number).then(|| Claim::License(number.to_uppercase()))
}

/// Whether a text in lower case has the form of a number of BIS: D and six or seven digits.
fn is_license_number(text: &str) -> bool {
    let digits = text.strip_prefix('d');
    digits.is_some_and(|digits| matches!(digits.len(), 6 | 7) && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether a claim covers a line; `None` where none is claimed by name, or where that is open.
pub(crate) fn claim_holds(
    claim: &Claim,
    program: &Program,
    determination: &Determination,
    scratch: &Scratch,
) -> Option<bool> {
    let Claim::Known(_) = claim else { return None };
    let claim = claim.name()?;
    let outcome = determination.label.outcome;
    if claim == "NLR" {
        return (outcome != Outcome::NeedsInformation).then_some(outcome == Outcome::NoLicenseRequired);
    }
    let named = program.exceptions.iter().filter(|exception| exception.name == claim);
    match named.map(|exception| scratch.truth(exception.available)).max() {
        Some(Truth::True) => Some(true),
        Some(Truth::Unknown) => None,
        Some(Truth::False) => Some(false),
        None => (outcome != Outcome::NeedsInformation).then_some(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_understood_as_people_write_them() {
        for (text, expected) in [
            ("NLR", "NLR"),
            ("nlr", "NLR"),
            ("N.L.R.", ""),
            ("C33", "NLR"),
            ("c33", "NLR"),
            ("C33 NLR", "NLR"),
            ("No License Required", "NLR"),
            ("License Exception LPP", "LPP"),
            ("lpp", "LPP"),
            ("EAR LPP", "LPP"),
            ("C67", "NAC"),
            ("veu", "VEU"),
            ("C40 TMP", "TMP"),
            ("C40 RPL", ""),
            ("none", ""),
            ("N/A", ""),
            ("foo", ""),
            ("C30", ""),
            ("license", ""),
        ] {
            assert_eq!(claim_of(Some(text)).name().unwrap_or(""), expected, "{text}");
        }
        for text in ["none", "N/A", "n/a", "-", "NA", "keine"] {
            assert_eq!(claim_of(Some(text)), Claim::None, "{text}");
        }
        for text in ["D1234567", "d1234567", "D 123 4567", "BIS License No. D1234567", "C30 D1234567", "D123456"] {
            assert!(matches!(claim_of(Some(text)), Claim::License(number) if number.starts_with('D')), "{text}");
        }
        for text in ["foo", "C33X", "C99", "D12", "12345", "PO-12345678", "C30", "license", "C40 RPL", "LPPP"] {
            assert!(matches!(claim_of(Some(text)), Claim::Unread(_)), "{text}");
        }
        assert_eq!(claim_of(Some("LPPP")), Claim::Unread(Some("LPP")));
    }
}
