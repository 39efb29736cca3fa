//! Territories, possessions, dependencies and departments, which count as the country that they belong to.

/// Which country a destination counts as that has no row of its own in the Commerce Country Chart (15 CFR 738.3(b); Liechtenstein is one
/// territory with Switzerland), and the territories of the United States (part 772). Codes of ISO 3166-1.
const TERRITORIES: [(&str, &[&str]); 10] = [
    ("AU", &["CC", "CX", "HM", "NF"]),
    ("CH", &["LI"]),
    ("DK", &["FO", "GL"]),
    ("FI", &["AX"]),
    ("FR", &["BL", "GF", "GP", "MF", "MQ", "NC", "PF", "PM", "RE", "TF", "WF", "YT"]),
    ("GB", &["AI", "BM", "FK", "GG", "GI", "GS", "IM", "IO", "JE", "KY", "MS", "PN", "SH", "TC", "VG"]),
    ("NL", &["BQ"]),
    ("NO", &["BV", "SJ"]),
    ("NZ", &["TK"]),
    ("US", &["AS", "GU", "MP", "PR", "UM", "VI"]),
];

/// The code of the country that a territory counts as; `None` for what is no territory, or has a row of its own (Aruba, Curaçao).
pub(crate) fn sovereign(code: &str) -> Option<&'static str> {
    TERRITORIES.iter().find(|(_, territories)| territories.contains(&code)).map(|(country, _)| *country)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tollgate_model::Country;

    #[test]
    fn every_code_is_a_country_and_none_stands_twice() {
        let mut seen = std::collections::BTreeSet::new();
        for (country, territories) in TERRITORIES {
            for code in territories.iter().chain([&country]) {
                assert!(code.parse::<Country>().is_ok(), "{code}");
                assert!(seen.insert(*code), "{code}");
            }
        }
        assert_eq!(sovereign("KY"), Some("GB"));
        assert_eq!(sovereign("LI"), Some("CH"));
        assert_eq!(["AW", "CW", "SX", "MO", "TW", "XK", "GB"].map(sovereign), [None; 7]);
    }
}
