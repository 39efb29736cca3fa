//! Countries by ISO 3166-1 code, as one byte.

use std::fmt;
use std::str::FromStr;

use crate::country_names::code_of;

/// A country or territory, by its ISO 3166-1 alpha-2 code (and `XK` for Kosovo, a user-assigned code).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country(u8);

/// A text that is not a code of ISO 3166-1 alpha-2 in capitals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an ISO 3166-1 alpha-2 country code in capitals")]
pub struct UnknownCountry;

const CODES: [&str; 250] = [
    "AD", "AE", "AF", "AG", "AI", "AL", "AM", "AO", "AQ", "AR", "AS", "AT", "AU", "AW", "AX", "AZ", "BA", "BB", "BD",
    "BE", "BF", "BG", "BH", "BI", "BJ", "BL", "BM", "BN", "BO", "BQ", "BR", "BS", "BT", "BV", "BW", "BY", "BZ", "CA",
    "CC", "CD", "CF", "CG", "CH", "CI", "CK", "CL", "CM", "CN", "CO", "CR", "CU", "CV", "CW", "CX", "CY", "CZ", "DE",
    "DJ", "DK", "DM", "DO", "DZ", "EC", "EE", "EG", "EH", "ER", "ES", "ET", "FI", "FJ", "FK", "FM", "FO", "FR", "GA",
    "GB", "GD", "GE", "GF", "GG", "GH", "GI", "GL", "GM", "GN", "GP", "GQ", "GR", "GS", "GT", "GU", "GW", "GY", "HK",
    "HM", "HN", "HR", "HT", "HU", "ID", "IE", "IL", "IM", "IN", "IO", "IQ", "IR", "IS", "IT", "JE", "JM", "JO", "JP",
    "KE", "KG", "KH", "KI", "KM", "KN", "KP", "KR", "KW", "KY", "KZ", "LA", "LB", "LC", "LI", "LK", "LR", "LS", "LT",
    "LU", "LV", "LY", "MA", "MC", "MD", "ME", "MF", "MG", "MH", "MK", "ML", "MM", "MN", "MO", "MP", "MQ", "MR", "MS",
    "MT", "MU", "MV", "MW", "MX", "MY", "MZ", "NA", "NC", "NE", "NF", "NG", "NI", "NL", "NO", "NP", "NR", "NU", "NZ",
    "OM", "PA", "PE", "PF", "PG", "PH", "PK", "PL", "PM", "PN", "PR", "PS", "PT", "PW", "PY", "QA", "RE", "RO", "RS",
    "RU", "RW", "SA", "SB", "SC", "SD", "SE", "SG", "SH", "SI", "SJ", "SK", "SL", "SM", "SN", "SO", "SR", "SS", "ST",
    "SV", "SX", "SY", "SZ", "TC", "TD", "TF", "TG", "TH", "TJ", "TK", "TL", "TM", "TN", "TO", "TR", "TT", "TV", "TW",
    "TZ", "UA", "UG", "UM", "US", "UY", "UZ", "VA", "VC", "VE", "VG", "VI", "VN", "VU", "WF", "WS", "XK", "YE", "YT",
    "ZA", "ZM", "ZW",
];

/// The place of each pair of letters in [`CODES`].
#[expect(clippy::indexing_slicing, reason = "worked out by the compiler, which would refuse to build")]
const PLACES: [Option<u8>; 26 * 26] = {
    let mut places = [None; 26 * 26];
    let mut at = 0;
    while at < CODES.len() {
        let code = CODES[at].as_bytes();
        places[(code[0] - b'A') as usize * 26 + (code[1] - b'A') as usize] = Some(at as u8);
        at += 1;
    }
    places
};

impl Country {
    /// China, as which Hong Kong counts.
    pub const CHINA: Country = Country(47);
    /// Hong Kong.
    pub const HONG_KONG: Country = Country(94);

    /// The United States.
    pub const UNITED_STATES: Country = Country(232);

    /// The place of a cell that is not understood as a country: in no group, before no law, and never read from a text.
    pub const UNKNOWN: Country = Country(u8::MAX);

    /// How many there are; [`Country::index`] is below it.
    pub const COUNT: usize = CODES.len();

    /// Its place in alphabetical order.
    pub fn index(self) -> u8 {
        self.0
    }

    /// The country at a place in alphabetical order.
    pub fn from_index(index: u8) -> Option<Country> {
        (usize::from(index) < CODES.len()).then_some(Country(index))
    }

    /// Its code.
    pub fn code(self) -> &'static str {
        CODES.get(usize::from(self.0)).copied().unwrap_or("??")
    }

    /// The country that a text names: by its two-letter code in any letter case, its three-letter code, or a name in English. A name that two
    /// countries share names neither.
    pub fn from_text(text: &str) -> Result<Country, UnknownCountry> {
        let text = text.trim();
        if let Ok(country) = text.parse() {
            return Ok(country);
        }
        // Longer texts, and such with digits, are no names of countries.
        if text.len() > 100 || text.chars().any(char::is_numeric) {
            return Err(UnknownCountry);
        }
        let plain = text.chars().filter(|letter| letter.is_alphabetic()).flat_map(char::to_lowercase);
        let letters: String = plain.map(without_accent).collect();
        let code = code_of(&letters);
        match code {
            Some(code) => code.parse(),
            None if text.len() == 2 => text.to_ascii_uppercase().parse(),
            None => Err(UnknownCountry),
        }
    }

    /// Every country, in alphabetical order of code.
    pub fn all() -> impl Iterator<Item = Country> {
        (0..=u8::MAX).map_while(Country::from_index)
    }
}

impl FromStr for Country {
    type Err = UnknownCountry;

    fn from_str(code: &str) -> Result<Country, UnknownCountry> {
        let &[first @ b'A'..=b'Z', second @ b'A'..=b'Z'] = code.as_bytes() else { return Err(UnknownCountry) };
        let place = usize::from(first - b'A') * 26 + usize::from(second - b'A');
        PLACES.get(place).copied().flatten().map(Country).ok_or(UnknownCountry)
    }
}

/// The plain letter of one that names of countries write with an accent.
fn without_accent(letter: char) -> char {
    match letter {
        'à'..='å' => 'a',
        'ç' => 'c',
        'è'..='ë' => 'e',
        'ì'..='ï' => 'i',
        'ñ' => 'n',
        'ò'..='ö' => 'o',
        'ù'..='ü' => 'u',
        letter => letter,
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_are_understood_by_name_and_by_three_letters() {
        for (text, code) in [
            ("MALAYSIA", "MY"),
            ("Viet Nam", "VN"),
            ("vietnam", "VN"),
            ("USA", "US"),
            ("U.S.A.", "US"),
            ("my", "MY"),
            (" UK ", "GB"),
            ("SGP", "SG"),
            ("Korea, Republic of", "KR"),
            ("South Korea", "KR"),
            ("Côte d'Ivoire", "CI"),
            ("Hong Kong", "HK"),
            ("UAE", "AE"),
        ] {
            assert_eq!(Country::from_text(text).map(Country::code), Ok(code), "{text}");
        }
        for text in ["", "Korea", "Congo", "Ruritania", "ZZ", "M", "MY1", "Malaysi"] {
            assert_eq!(Country::from_text(text), Err(UnknownCountry), "{text}");
        }
    }

    #[test]
    fn every_code_reads_back() {
        assert!(CODES.is_sorted());
        for country in Country::all() {
            assert_eq!(country.code().parse(), Ok(country));
        }
        let named = [Country::CHINA, Country::HONG_KONG, Country::UNITED_STATES].map(Country::code);
        assert_eq!(named, ["CN", "HK", "US"]);
        assert_eq!(Country::all().count(), Country::COUNT);
        for text in ["", "us", "USA", "ZZ", "UK", "U S"] {
            assert_eq!(text.parse::<Country>(), Err(UnknownCountry), "{text}");
        }
    }
}
