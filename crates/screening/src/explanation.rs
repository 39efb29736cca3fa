//! What a match is made of, in sentences.

use crate::links::{Link, Span};
use crate::score::{Forms, Score};
use crate::screener::{BY_ID, Basis, Match};

impl Match {
    /// What the score is made of, in a sentence each.
    pub fn explanation(&self) -> Vec<String> {
        let mut parts = match &self.score {
            Some(score) => self.name_sentences(score),
            None => vec![match self.basis {
                Basis::Address => format!("the street address is the entry's: alike {} of 10000", self.points),
                _ => format!("the register number is the entry's: {BY_ID}, though no name matches"),
            }],
        };
        if self.core {
            parts.push(
                "what tells the listed party apart stands in the name beside common words: it may be a part of it"
                    .to_owned(),
            );
        } else if self.part {
            parts.push("a part of the party's name, which names several: it may be the listed party".to_owned());
        }
        if self.weak {
            parts.push("a weak alias: nine tenths of that".to_owned());
        }
        if self.score.is_some() {
            parts.extend(self.evidence.sentences());
        }
        parts
    }

    /// A sentence for each part of the score of the names.
    fn name_sentences(&self, score: &Score) -> Vec<String> {
        let text = |words: &[String], span: Span| {
            words.iter().skip(span.first).take(span.count).cloned().collect::<Vec<_>>().join(" ")
        };
        let link = |link: &Link| {
            let (query, entry) = (text(&self.words.query, link.query), text(&self.words.entry, link.entry));
            let bits = in_tenths(link.weight);
            format!("`{query}` for `{entry}`: alike {} of 10000, telling {bits} bits", link.similarity)
        };
        let mut parts: Vec<String> = score.links.iter().map(link).collect();
        if score.lost_query > 0 {
            parts.push(format!("words of the party that the entry lacks: {} bits", in_tenths(score.lost_query)));
        }
        if score.lost_entry > 0 {
            let counted = match score.replaced {
                true => "which count in full or more, since other words stand in their place",
                false => "of which a quarter counts",
            };
            parts.push(format!(
                "words of the entry that the party lacks: {} bits, {counted}",
                in_tenths(score.lost_entry)
            ));
        }
        if score.forms == Forms::Different {
            parts.push("their legal forms differ".to_owned());
        }
        parts.push(format!("names: {}", score.points));
        parts
    }
}

/// A number of hundredths with one digit behind the point.
fn in_tenths(hundredths: u32) -> String {
    format!("{}.{}", hundredths / 100, hundredths % 100 / 10)
}
