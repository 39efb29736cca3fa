//! Scores as OFAC's own search gives them, for comparison: Jaro-Winkler over the whole names without their spaces where they begin with the same letter,
//! and word by word (<https://ofac.treasury.gov/faqs/249>; details fitted to scores seen on the site). It says little about companies: see
//! `docs/screening.md`.

use crate::sizes::{count_of, narrow};

/// A whole, in millionths.
const ONE: u64 = 1_000_000;

/// A word that is less alike than half meets none.
const FLOOR: u64 = ONE / 2;

/// The least score that the site shows.
const SHOWN_FROM: u64 = 50;

/// How alike OFAC's search would call two names, 0 to 100.
pub fn ofac_score(query: &str, entry: &str) -> u32 {
    let (query, entry) = (plain_words(query), plain_words(entry));
    let whole = match (query.first(), entry.first()) {
        (Some(a), Some(b)) if a.bytes().next() == b.bytes().next() => jaro_winkler(&query.concat(), &entry.concat()),
        (Some(_), Some(_)) => 0,
        _ => return 0,
    };
    let best = |word: &String| {
        let alike = entry.iter().map(|other| jaro_winkler(word, other)).max().unwrap_or(0);
        if alike < FLOOR { 0 } else { alike }
    };
    let long = query.iter().any(|word| word.len() > 2);
    let words: Vec<u64> = query.iter().filter(|word| !long || word.len() > 2).map(best).collect();
    let by_word = words.iter().sum::<u64>() / count_of(words.len()).max(1);
    let score = (whole.max(by_word) * 100 + ONE / 2) / ONE;
    if score >= SHOWN_FROM { narrow(score) } else { 0 }
}

/// Words of ASCII letters and digits: the site reads no other script.
fn plain_words(text: &str) -> Vec<String> {
    let kept: String = text.chars().filter(|c| !matches!(c, '\'' | '\u{2018}' | '\u{2019}')).collect();
    let words = kept.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect()
}

/// Letters that both begin with and count for Winkler's addition: the site's scores show five, where Winkler has four.
const SAME_START: usize = 5;

/// Jaro's likeness with Winkler's addition for letters that both begin with, however alike the rest is; in millionths.
fn jaro_winkler(a: &str, b: &str) -> u64 {
    let jaro = jaro(a.as_bytes(), b.as_bytes());
    let start = a.bytes().zip(b.bytes()).take(SAME_START).take_while(|(a, b)| a == b).count();
    jaro + (ONE - jaro) * count_of(start) / 10
}

fn jaro(a: &[u8], b: &[u8]) -> u64 {
    if a.is_empty() || b.is_empty() {
        return 0;
    }
    let window = (a.len().max(b.len()) / 2).saturating_sub(1);
    let mut taken = vec![false; b.len()];
    let mut from_a = Vec::with_capacity(a.len());
    for (at, letter) in a.iter().enumerate() {
        let near = b
            .iter()
            .zip(&mut taken)
            .enumerate()
            .skip(at.saturating_sub(window))
            .take_while(|(other, _)| *other <= at + window);
        for (_, (other, taken)) in near {
            if other == letter && !*taken {
                *taken = true;
                from_a.push(*letter);
                break;
            }
        }
    }
    let from_b = b.iter().zip(&taken).filter(|(_, taken)| **taken).map(|(letter, _)| letter);
    // Two letters in each other's places are one change: an odd one is half of one.
    let moved = count_of(from_a.iter().zip(from_b).filter(|(a, b)| a != b).count());
    let met = count_of(from_a.len());
    if met == 0 {
        return 0;
    }
    (met * ONE / count_of(a.len()) + met * ONE / count_of(b.len()) + (2 * met - moved) * ONE / (2 * met)) / 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_values_of_jaro_winkler() {
        // Winkler (1990), table of examples.
        for (a, b, thousandths) in [("martha", "marhta", 961), ("dixon", "dicksonx", 813), ("dwayne", "duane", 840)] {
            assert_eq!((jaro_winkler(a, b) + 500) / 1_000, thousandths, "{a} {b}");
            assert_eq!(jaro_winkler(a, b), jaro_winkler(b, a));
        }
        assert_eq!((jaro_winkler("a", ""), jaro_winkler("abc", "xyz")), (0, 0));
    }

    #[test]
    fn names_score_as_on_the_site() {
        assert_eq!(ofac_score("VLADIMIR PUTIN", "PUTIN, Vladimir"), 100);
        assert_eq!(ofac_score("VLADIMIR PUTIN", "PUTIN, Vladimir Vladimirovich"), 100);
        assert_eq!(ofac_score("GEORGE BUSH", "HASWANI, George"), 50);
        assert_eq!(
            (ofac_score("Владимир Путин", "PUTIN, Vladimir"), ofac_score("GEORGE BUSH", "PUTIN, Vladimir")),
            (0, 0)
        );
    }
}
