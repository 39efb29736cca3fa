//! Sentences of evidence as people read them: figures with their digits in groups of three.

use tollgate_model::group_digits;

/// What stands behind a figure that is an amount. A number with none of these behind it, and no dollar sign before it, may be a year or an id.
const UNITS: [&str; 7] = [" TPP", " kW", " kg", " controlled chips", " chips", " units", " of them"];

/// A sentence with the digits of its amounts in groups; everything else in it is as it was.
pub(super) fn group_figures(sentence: &str) -> String {
    let mut text = String::with_capacity(sentence.len() + 8);
    let mut before = ' ';
    let mut rest = sentence;
    while let Some(letter) = rest.chars().next() {
        let digits = rest.len() - rest.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
        let (head, tail) = rest.split_at_checked(digits.max(letter.len_utf8())).unwrap_or((rest, ""));
        let is_amount =
            before == '$' || ([' ', '('].contains(&before) && UNITS.iter().any(|unit| tail.starts_with(unit)));
        match head.parse::<u64>() {
            Ok(number) if digits > 0 && is_amount && !head.starts_with('0') => text.push_str(&group_digits(number)),
            _ => text.push_str(head),
        }
        before = head.chars().next_back().unwrap_or(letter);
        rest = tail;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::group_figures;

    #[test]
    fn amounts_are_grouped_and_years_and_ids_are_not() {
        for (sentence, expected) in [
            ("4711 received 18988800 TPP in 2025.", "4711 received 18,988,800 TPP in 2025."),
            (
                "It paid $1250000 for order 20250107; 12000 controlled chips.",
                "It paid $1,250,000 for order 20250107; 12,000 controlled chips.",
            ),
            ("C2839475 took 999 units (1000 TPP claimed).", "C2839475 took 999 units (1,000 TPP claimed)."),
            ("a-10000 TPP, 0012 units, é 5000 kW", "a-10000 TPP, 0012 units, é 5,000 kW"),
            ("99999999999999999999999 TPP", "99999999999999999999999 TPP"),
            ("", ""),
        ] {
            assert_eq!(group_figures(sentence), expected);
        }
    }
}
