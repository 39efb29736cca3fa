//! What a study found, in rounded words: the sentences of its headline, and titles that state what a figure shows.

use tollgate_lab::{Band, Fan, Figure, OutcomeRow, Study};

use super::pages::{Language, grouped, phrase, text};

/// The year whose outcomes the headline says.
const YEAR: i32 = 2027;
/// What the headline says of each policy, in this order.
const SAID: [&str; 4] = ["leaked", "served", "licenses", "waiting_cost"];
/// Places along that are years.
const YEARS: std::ops::RangeInclusive<f64> = 2_000.0..=2_100.0;
/// From here on a ratio is said without decimals.
const TEN: f64 = 10.0;

/// A number with two digits that count, in words: `510,000`, `1.9 million`; in Japanese `51万`, `1.9億`.
pub fn rounded(language: Language, value: f64) -> String {
    let value = value.abs();
    if !value.is_finite() {
        return "?".to_owned();
    }
    if value < TEN {
        return format!("{value:.1}").trim_end_matches(".0").to_owned();
    }
    let scale = 10f64.powf(value.log10().floor() - 1.0);
    let value = (value / scale).round() * scale;
    let units: &[(f64, &str)] = match language {
        Language::English => &[(1e12, " trillion"), (1e9, " billion"), (1e6, " million")],
        Language::Japanese => &[(1e12, "兆"), (1e8, "億"), (1e4, "万")],
    };
    match units.iter().find(|(unit, _)| value >= *unit) {
        Some((unit, word)) => {
            let scaled = value / unit;
            let digits = if scaled < TEN { format!("{scaled:.1}") } else { whole(scaled) };
            format!("{}{word}", digits.trim_end_matches(".0"))
        }
        None => whole(value),
    }
}

/// A number without decimals, its digits in groups.
fn whole(value: f64) -> String {
    let plain = format!("{value:.0}");
    plain.parse().map_or(plain, grouped)
}

/// A string of the pages with its parts; its key where there is none.
fn say(language: Language, key: &str, parts: &[(&str, &str)]) -> String {
    let mut out = text(language, key).unwrap_or(key).to_owned();
    for (name, value) in parts {
        out = out.replace(&format!("{{{name}}}"), value);
    }
    out
}

/// One outcome against the first policy: more, fewer, or either, where the range reaches over none.
fn sentence(language: Language, row: &OutcomeRow, first: &str) -> String {
    let [low, median, high] = row.difference;
    let way = match (low, high) {
        (low, high) if low >= 0.0 && high <= 0.0 => "same",
        (low, _) if low > 0.0 => "more",
        (_, high) if high < 0.0 => "fewer",
        _ if median < 0.0 => "fewer_open",
        _ => "more_open",
    };
    let (low, high) = if way == "fewer" { (high, low) } else { (low, high) };
    let [low, median, high] = [low, median, high].map(|value| rounded(language, value));
    let year = YEAR.to_string();
    let parts = [
        ("amount", median.as_str()),
        ("low", low.as_str()),
        ("high", high.as_str()),
        ("year", year.as_str()),
        ("first", first),
    ];
    say(language, &format!("lab.say.{}.{way}", row.output), &parts)
}

/// What a study found of a policy.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Finding {
    /// The policy.
    pub policy: String,
    /// A sentence for each outcome, the most important first.
    pub sentences: Vec<String>,
}

/// The headline of a study that compares policies with its first one; empty for others.
pub fn headline(language: Language, study: &Study) -> Vec<Finding> {
    let rows = &study.open.outcomes;
    let Some(first) = rows.first().map(|row| row.arm.as_str()) else { return Vec::new() };
    let mut arms: Vec<&str> = Vec::new();
    for row in rows.iter().filter(|row| row.arm != first) {
        if !arms.contains(&row.arm.as_str()) {
            arms.push(&row.arm);
        }
    }
    let finding = |arm: &str| {
        let of = |output: &str| rows.iter().find(|row| row.arm == arm && row.year == YEAR && row.output == output);
        let sentences = SAID.iter().filter_map(|output| of(output)).map(|row| sentence(language, row, first));
        Finding { policy: arm.to_owned(), sentences: sentences.collect() }
    };
    arms.into_iter().map(finding).filter(|finding| !finding.sentences.is_empty()).collect()
}

/// A value of a band at a place.
fn at(band: &Band, place: usize) -> Option<f64> {
    band.p50.get(place).copied()
}

/// What a fan shows at its last place: of one series how it went from the first, of several how they differ.
fn fan_finding(language: Language, fan: &Fan) -> Option<String> {
    let last = fan.x.len().checked_sub(1)?;
    let place = |x: f64| format!("{x:.0}");
    let (from, to) = (place(*fan.x.first()?), place(*fan.x.get(last)?));
    let first = fan.series.first()?;
    let said = |value: f64| rounded(language, value);
    let name = |english: &str| phrase(language, english).unwrap_or_else(|| english.to_owned());
    let is_of_years = fan.x.last().is_some_and(|x| YEARS.contains(x));
    match fan.series.get(1) {
        Some(_) if !is_of_years => None,
        Some(second) => {
            let (one, other) = (said(at(first, last)?), said(at(second, last)?));
            let (first, second) = (name(&first.name), name(&second.name));
            let parts = [
                ("a", one.as_str()),
                ("b", other.as_str()),
                ("first", first.as_str()),
                ("second", second.as_str()),
                ("at", to.as_str()),
            ];
            Some(say(language, "lab.finding.two", &parts))
        }
        None => {
            let (one, other) = (said(at(first, 0)?), said(at(first, last)?));
            Some(say(
                language,
                "lab.finding.one",
                &[("a", one.as_str()), ("b", other.as_str()), ("from", from.as_str()), ("to", to.as_str())],
            ))
        }
    }
}

/// Puts what each figure found into its title, and the titles and notes into the language as far as there are words for them.
pub fn with_findings(language: Language, study: &mut Study) {
    for figure in &mut study.figures {
        let found = match figure {
            Figure::Fan(fan) => fan_finding(language, fan),
            Figure::Tornado(tornado) => {
                tornado.rows.first().map(|row| say(language, "lab.finding.driver", &[("name", &row.name)]))
            }
            Figure::Density(_)
            | Figure::Indices(_)
            | Figure::Lorenz(_)
            | Figure::Tiles(_)
            | Figure::Bars(_)
            | Figure::Table(_) => None,
        };
        let caption = match figure {
            Figure::Fan(figure) => &mut figure.caption,
            Figure::Density(figure) => &mut figure.caption,
            Figure::Tornado(figure) => &mut figure.caption,
            Figure::Indices(figure) => &mut figure.caption,
            Figure::Lorenz(figure) => &mut figure.caption,
            Figure::Tiles(figure) => &mut figure.caption,
            Figure::Bars(figure) => &mut figure.caption,
            Figure::Table(figure) => &mut figure.caption,
        };
        for text in [&mut caption.title, &mut caption.note] {
            if let Some(other) = phrase(language, text) {
                *text = other;
            }
        }
        if let Some(found) = found {
            caption.title = format!("{}: {found}", caption.title);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_said_with_two_digits() {
        let cases = [
            (0.0, "0", "0"),
            (8.35, "8.3", "8.3"),
            (109.5, "110", "110"),
            (508_649.0, "510,000", "51万"),
            (-1_940_211.0, "1.9 million", "190万"),
            (83_490.0, "83,000", "8.3万"),
            (2_277_376_000.0, "2.3 billion", "23億"),
            (1_000_000.0, "1 million", "100万"),
        ];
        for (value, english, japanese) in cases {
            assert_eq!(rounded(Language::English, value), english);
            assert_eq!(rounded(Language::Japanese, value), japanese);
        }
    }

    fn row(output: &'static str, difference: [f64; 3]) -> OutcomeRow {
        OutcomeRow { arm: "b".to_owned(), output, unit: "H100e", year: YEAR, quantiles: [0.0; 3], difference }
    }

    #[test]
    fn a_headline_says_fewer_more_or_that_it_is_not_told_apart() {
        let english = |row: &OutcomeRow| sentence(Language::English, row, "a");
        let fewer = english(&row("leaked", [-1_940_211.0, -508_649.0, -83_490.0]));
        assert!(
            fewer.contains("About 510,000 ") && fewer.contains("fewer") && fewer.contains("(83,000 to 1.9 million)"),
            "{fewer}"
        );
        assert!(english(&row("licenses", [24.0, 109.5, 444.0])).contains("110"));
        let open = english(&row("leaked", [-5_000.0, 100.0, 7_000.0]));
        assert!(open.contains("100 ") && open.contains("5,000") && open.contains("7,000"), "{open}");
        for way in ["more", "fewer", "more_open", "fewer_open", "same"] {
            for output in SAID {
                for language in Language::ALL {
                    assert!(text(language, &format!("lab.say.{output}.{way}")).is_some(), "{output} {way}");
                }
            }
        }
    }
}
