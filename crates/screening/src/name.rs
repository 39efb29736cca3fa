//! A name taken apart: its words, and the legal forms among them.

use crate::fold::fold;
use crate::similar::as_scanned;
use crate::words::{Form, canonical, form_at};

/// A word of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// As written, folded.
    pub written: String,
    /// The spelling that it is read as.
    pub word: String,
    /// What it tells, in hundredths of a bit: the rarer the word, the more.
    pub weight: u32,
    /// Whether it belongs to a legal form.
    pub form: bool,
    /// Which letters occur in it, a bit each.
    pub(crate) letters: u32,
    /// As a scanner may read it.
    pub(crate) scanned: String,
    /// Its number among the words of an index.
    pub(crate) id: Option<u32>,
}

impl Token {
    fn new(written: String, form: bool) -> Token {
        let letters = written.bytes().fold(0, |letters, byte| match byte {
            b'a'..=b'z' => letters | 1 << (byte - b'a'),
            _ => letters | 1 << 26,
        });
        Token {
            word: canonical(&written).to_owned(),
            scanned: as_scanned(&written),
            written,
            weight: 0,
            form,
            letters,
            id: None,
        }
    }

    pub(crate) fn is_number(&self) -> bool {
        self.written.bytes().all(|byte| byte.is_ascii_digit())
    }
}

/// A name as it is compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name {
    /// Its words in order, small words left out where others remain.
    pub tokens: Vec<Token>,
    /// Its legal forms, sorted.
    pub forms: Vec<Form>,
}

/// Words that bind others and tell nothing.
fn small(word: &str) -> bool {
    matches!(
        word,
        "of" | "the"
            | "for"
            | "de"
            | "du"
            | "des"
            | "del"
            | "la"
            | "le"
            | "les"
            | "da"
            | "do"
            | "dos"
            | "di"
            | "in"
            | "on"
            | "at"
            | "by"
            | "and"
            | "i"
            | "der"
            | "die"
            | "das"
            | "no"
    )
}

/// Words compared; of a longer name the rest is left out, so that no name can make the work grow.
const MOST_WORDS: usize = 24;

impl Name {
    /// Takes a name apart. A name of legal forms alone keeps them as words.
    pub fn parse(text: &str) -> Name {
        let words = fold(text);
        let mut name = Name::default();
        let mut at = 0;
        while let Some(rest) = words.get(at..).filter(|rest| !rest.is_empty()) {
            // At its start a name may say `National` or `Trust`, but a form there is spelled with two letters or more.
            let form = form_at(rest).filter(|(form, count)| at > 0 || words.len() > *count && leading(*form, rest));
            if let Some((form, count)) = form {
                name.forms.push(form);
                name.tokens.extend(rest.iter().take(count).map(|word| Token::new(word.clone(), true)));
                at += count;
            } else {
                if let Some(word) = rest.first().filter(|word| !small(word)) {
                    name.tokens.push(Token::new(word.clone(), false));
                }
                at += 1;
            }
        }
        if name.tokens.iter().all(|token| token.form) {
            name = Name { tokens: words.into_iter().map(|word| Token::new(word, false)).collect(), ..Name::default() };
        }
        name.tokens.truncate(MOST_WORDS);
        name.forms.sort();
        name.forms.dedup();
        name
    }

    /// The words without what stands between them.
    pub(crate) fn joined(&self) -> String {
        self.tokens.iter().filter(|token| !token.form).map(|token| token.word.as_str()).collect()
    }

    /// Whether two names have the same words in the same order, and the same forms.
    pub(crate) fn same_as(&self, other: &Name) -> bool {
        self.forms == other.forms
            && self.tokens.len() == other.tokens.len()
            && self.tokens.iter().zip(&other.tokens).all(|(a, b)| a.written == b.written)
    }
}

/// Whether a form at the start of a name is one, as `OOO` and `PT` are, rather than a word of it.
fn leading(form: Form, words: &[String]) -> bool {
    !matches!(form, Form::Group | Form::Foundation | Form::Generic | Form::Partnership)
        && words.first().is_some_and(|word| word.len() >= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_set_apart() {
        let parts = |text: &str| {
            let name = Name::parse(text);
            (
                name.tokens
                    .iter()
                    .filter(|token| !token.form)
                    .map(|token| token.word.clone())
                    .collect::<Vec<_>>()
                    .join(" "),
                name.forms,
            )
        };
        assert_eq!(parts("Huawei Technologies Co., Ltd."), ("huawei technology".into(), vec![Form::Limited]));
        assert_eq!(parts("OOO Vektor"), ("vektor".into(), vec![Form::Limited]));
        assert_eq!(parts("Bank of China Limited"), ("bank china".into(), vec![Form::Limited]));
        assert_eq!(parts("Co. Ltd."), ("co".into(), vec![Form::Limited]));
        assert_eq!(parts("OOO"), ("ooo".into(), vec![]));
        assert_eq!(parts("!!!"), (String::new(), vec![]));
    }
}
