//! A name taken apart: its words, and the legal forms among them.

use crate::chinese::heard_as;
use crate::fold::{MOST_WORDS, Reading, words_as};
use crate::kanji::short_vowels;
use crate::similar::{as_scanned, is_devoweled, skeleton};
use crate::word::Word;
use crate::words::{Form, canonical, form_at, is_beside, near_form};

/// A word of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// As written, folded.
    pub written: String,
    /// The spelling that it is read as.
    pub word: String,
    /// What it tells, in hundredths of a bit: the rarer the word, the more.
    pub weight: u32,
    /// Whether it belongs to a legal form or binds other words, and tells nothing itself.
    pub form: bool,
    /// Whether only its consonants are known.
    pub(crate) consonants: bool,
    /// Whether it is written by its sound.
    pub(crate) by_sound: bool,
    /// What else it is called: untranslated, in another translation, or by another reading.
    pub(crate) also: Vec<String>,
    /// Whether it is translated or left as it is, and so also left out.
    pub(crate) translated: bool,
    /// What it is heard as where it may be Chinese.
    pub(crate) chinese: Option<String>,
    /// Whether it belongs to a legal form.
    pub(crate) is_legal: bool,
    /// Whether it is made of the first letters of words before it, as `CASC` is, and tells nothing new.
    pub(crate) abbreviation: bool,
    /// Its consonants, those that sound alike as one.
    pub(crate) skeleton: String,
    /// Whether it is a patronymic, which is often left out.
    pub(crate) patronymic: bool,
    /// Whether it is made of letters that stand by themselves, as in `S P K`.
    pub(crate) is_spelled_out: bool,
    /// Whether it stands in brackets and says where or what a unit is: `(Norge)`.
    pub(crate) is_aside: bool,
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
            word: Some(canonical(&written))
                .filter(|word| *word != written)
                .unwrap_or(canonical(cardinal(&written)))
                .to_owned(),
            scanned: as_scanned(&written),
            patronymic: patronymic(&written),
            skeleton: skeleton(&written),
            consonants: false,
            by_sound: false,
            also: Vec::new(),
            translated: false,
            chinese: if form { None } else { heard_as(&written) },
            is_legal: false,
            is_spelled_out: false,
            is_aside: false,
            abbreviation: false,
            written,
            weight: 0,
            form,
            letters,
            id: None,
        }
    }

    /// Whether it is a small word that counts as a family name.
    pub(crate) fn is_surname(&self) -> bool {
        !self.form && is_surname(&self.written)
    }

    /// Whether a word is among what else it is called, its long vowels written short or not.
    pub(crate) fn is_also(&self, word: &str) -> bool {
        !self.also.is_empty() && {
            let short = short_vowels(word);
            self.also.iter().any(|also| also == word || *also == short)
        }
    }

    /// The number that it is, in digits or, below twenty, in words.
    pub(crate) fn number_value(&self) -> Option<u32> {
        let word = self.written.as_str();
        let unit = UNITS.iter().find(|(cardinal, ordinal, _)| word == *cardinal || word == *ordinal);
        let roman = || ROMAN.iter().find(|(roman, _)| word == *roman).map(|(_, value)| *value);
        unit.map(|(_, _, value)| *value).or_else(roman).or_else(|| cardinal(word).parse().ok())
    }

    pub(crate) fn is_number(&self) -> bool {
        ROMAN.iter().any(|(roman, _)| self.written == *roman) || self.written.bytes().all(|byte| byte.is_ascii_digit())
    }
}

/// A name as it is compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name {
    /// Its words in order; those of legal forms and small words are marked as `form` and count for nothing where they are not met.
    pub tokens: Vec<Token>,
    /// Its legal forms, sorted.
    pub forms: Vec<Form>,
    /// Whether it is made of legal forms and small words alone, of which the first then count as its words.
    pub(crate) is_form_alone: bool,
}

/// `Ivanovich`, `Ivanovna`, in the transliterations of Russian, Ukrainian and Belarusian.
fn patronymic(word: &str) -> bool {
    let endings = [
        "ovich", "evich", "avich", "ovych", "yovych", "iyovych", "ovic", "evic", "ovna", "evna", "ivna", "yivna",
        "auna", "eyna", "ichna",
    ];
    word.len() >= 7 && endings.iter().any(|ending| word.ends_with(ending))
}

/// Forms of address, which are no part of a name.
fn title(word: &str) -> bool {
    matches!(
        word,
        "mr" | "mrs"
            | "ms"
            | "dr"
            | "prof"
            | "professor"
            | "sir"
            | "president"
            | "prasident"
            | "eng"
            | "doctor"
            | "minister"
    )
}

/// Forms of address that stand in no company's name.
fn address(word: &str) -> bool {
    matches!(word, "mr" | "mrs" | "ms" | "dr" | "prof" | "sir")
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
            | "der"
            | "die"
            | "das"
            | "no"
    )
}

/// Small words that are families in Vietnam, Korea, China and elsewhere.
fn is_surname(word: &str) -> bool {
    matches!(word, "le" | "do" | "no" | "di" | "du" | "la" | "da" | "in" | "on")
}

/// `54` of `54th`.
fn cardinal(word: &str) -> &str {
    let number = ["st", "nd", "rd", "th"].iter().find_map(|ending| word.strip_suffix(ending));
    number.filter(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).unwrap_or(word)
}

/// Tens in words.
const TENS: [(&str, u32); 8] = [
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
];

/// Numbers below twenty in words, with their ordinals.
const UNITS: [(&str, &str, u32); 19] = [
    ("one", "first", 1),
    ("two", "second", 2),
    ("three", "third", 3),
    ("four", "fourth", 4),
    ("five", "fifth", 5),
    ("six", "sixth", 6),
    ("seven", "seventh", 7),
    ("eight", "eighth", 8),
    ("nine", "ninth", 9),
    ("ten", "tenth", 10),
    ("eleven", "eleventh", 11),
    ("twelve", "twelfth", 12),
    ("thirteen", "thirteenth", 13),
    ("fourteen", "fourteenth", 14),
    ("fifteen", "fifteenth", 15),
    ("sixteen", "sixteenth", 16),
    ("seventeen", "seventeenth", 17),
    ("eighteen", "eighteenth", 18),
    ("nineteen", "nineteenth", 19),
];

/// Roman numbers of two letters or more.
const ROMAN: [(&str, u32); 9] =
    [("ii", 2), ("iii", 3), ("iv", 4), ("vi", 6), ("vii", 7), ("viii", 8), ("ix", 9), ("xi", 11), ("xii", 12)];

/// Numbers from eleven on that are written in words, in digits: `forty four`, `fifty-fourth`, `thirteenth`. Smaller ones stay words, which names have too.
fn written_numbers(words: Vec<Word>) -> Vec<Word> {
    // A long one may be misread or lack its vowels: `flfteenth`, `fftnth`.
    let is_meant = |text: &str, number: &str| {
        text == number
            || text.len() >= 5
                && number.len() >= 6
                && text.bytes().next() == number.bytes().next()
                && text.len() <= number.len() + 1
                && (as_scanned(text) == as_scanned(number) || is_devoweled(text, number))
    };
    let is_unit = |text: &str, unit: &(&str, &str, u32)| is_meant(text, unit.0) || is_meant(text, unit.1);
    let unit = |text: &str| UNITS.iter().find(|unit| is_unit(text, unit));
    let ten = |text: &str| {
        let ordinal = text.strip_suffix("ieth").map(|stem| [stem, "y"].concat());
        TENS.iter().find(|(ten, _)| *ten == ordinal.as_deref().unwrap_or(text)).map(|(_, value)| *value)
    };
    let mut out: Vec<Word> = Vec::with_capacity(words.len());
    let mut open: Option<u32> = None;
    for word in words {
        let small = unit(&word.text).map(|(_, _, value)| *value).or_else(|| word.text.parse::<u32>().ok());
        match (open.take(), ten(&word.text), small) {
            (Some(tens), _, Some(unit)) if unit < 10 => {
                out.pop();
                out.push(Word::new((tens + unit).to_string()));
            }
            (_, Some(tens), _) => {
                open = Some(tens);
                out.push(Word::new(tens.to_string()));
            }
            (_, None, Some(number)) if number > 10 && unit(&word.text).is_some() => {
                out.push(Word::new(number.to_string()));
            }
            _ => out.push(word),
        }
    }
    out
}

/// Whether words are legal forms and small words alone: `S.L.`, `Co., Ltd.`
fn are_forms(words: &[String]) -> bool {
    let mut rest = words;
    while let [first, ..] = rest {
        let count = match form_at(rest) {
            Some((_, count)) => count,
            None if small(first) => 1,
            None => return false,
        };
        rest = rest.get(count..).unwrap_or(&[]);
    }
    !words.is_empty()
}

impl Name {
    /// Takes a name apart. A name of legal forms alone keeps them as words.
    pub fn parse(text: &str) -> Name {
        Name::parse_as(text, Reading::Usual)
    }

    /// The same, read in one of several ways.
    pub(crate) fn parse_as(text: &str, reading: Reading) -> Name {
        let folded = words_as(text, reading);
        let folded = written_numbers(folded);
        let words: Vec<String> = folded.iter().map(|word| word.text.clone()).collect();
        let is_all_forms = are_forms(&words);
        let mut name = Name::default();
        let mut at = 0;
        while let Some(rest) = words.get(at..).filter(|rest| !rest.is_empty()) {
            // At its start a name may say `National` or `Trust`, but a form there is spelled with two letters or more.
            let form = form_at(rest)
                .or_else(|| near_form(rest))
                .filter(|(form, count)| at > 0 || words.len() > *count && leading(*form, rest));
            if let Some((form, count)) = form {
                name.forms.push(form);
                let legal = |word: &String| Token { is_legal: true, ..Token::new(word.clone(), true) };
                name.tokens.extend(rest.iter().take(count).map(legal));
                at += count;
            } else {
                if let Some(word) = folded.get(at) {
                    let Word { text, consonants, by_sound, also, translated, initials, bracketed } = word.clone();
                    let form = small(&text) && !initials;
                    let token = Token::new(text, form);
                    let is_aside = bracketed && is_beside(&token.word);
                    let is_spelled_out = initials;
                    name.tokens.push(Token {
                        consonants,
                        by_sound,
                        also,
                        translated,
                        is_spelled_out,
                        is_aside,
                        ..token
                    });
                }
                at += 1;
            }
        }
        if name.tokens.iter().all(|token| token.form) {
            let tokens = words.into_iter().map(|word| Token::new(word, false)).collect();
            name = Name { tokens, is_form_alone: true, ..Name::default() };
        }
        let words = name.tokens.iter().filter(|token| !token.form && !title(&token.written)).count();
        name.tokens.retain(|token| {
            // `President Hotel` is one, and `Mr Hotel` is a person.
            let is_left_out = words >= 2 || words == 1 && address(&token.written);
            token.form || !(title(&token.written) && is_left_out)
        });
        name.is_form_alone |= is_all_forms;
        name.count_surnames();
        name.mark_abbreviations();
        let mut seen = std::collections::BTreeSet::new();
        name.tokens.retain(|token| token.form || seen.insert(token.written.clone()));
        name.tokens.truncate(MOST_WORDS);
        name.forms.sort();
        name.forms.dedup();
        name
    }

    /// Where a name looks like a person's, a small word at its start or end is the family and counts as a word.
    fn count_surnames(&mut self) {
        let count = self.tokens.len();
        if !self.forms.is_empty() || !(2..=4).contains(&count) || self.tokens.iter().any(Token::is_number) {
            return;
        }
        for place in [0, count - 1] {
            if let Some(token) = self.tokens.get_mut(place).filter(|token| is_surname(&token.written)) {
                token.form = false;
            }
        }
    }

    /// Marks the words of three to six letters that are the first letters of words before them, some left out: `China Aerospace Science and Technology
    /// Corporation (CASC)`.
    fn mark_abbreviations(&mut self) {
        let first = |token: &Token| token.written.bytes().next();
        let initials: Vec<Option<u8>> = self.tokens.iter().map(first).collect();
        for (place, token) in self.tokens.iter_mut().enumerate().filter(|(_, token)| !token.form) {
            let letters = token.written.as_bytes();
            if !(3..=6).contains(&letters.len()) || place < letters.len() {
                continue;
            }
            let mut before = initials.iter().take(place).flatten();
            let begins = letters.first().is_some_and(|letter| initials.first() == Some(&Some(*letter)));
            token.abbreviation = begins && letters.iter().all(|letter| before.any(|initial| initial == letter));
        }
    }

    /// The words without what stands between them.
    pub(crate) fn joined(&self) -> String {
        self.tokens.iter().filter(|token| !token.form).map(|token| token.word.as_str()).collect()
    }

    /// The words and legal forms, each in order of the alphabet: the same for names that differ in order and in small words only.
    pub(crate) fn key(&self) -> String {
        let mut words: Vec<&str> =
            self.tokens.iter().filter(|token| !token.form).map(|token| token.word.as_str()).collect();
        words.sort_unstable();
        format!("{} {:?}", words.join(" "), self.forms)
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
        assert_eq!(parts("FlFTEENTH OCEAN GMBH"), parts("FIFTEENTH OCEAN GMBH"));
        assert_eq!(parts("FFTNTH OCEAN GMBH"), parts("FIFTEENTH OCEAN GMBH"));
    }

    #[test]
    fn first_letters_of_a_name_tell_nothing_new() {
        let marked = |text: &str| {
            let name = Name::parse(text);
            name.tokens.into_iter().filter(|token| token.abbreviation).map(|token| token.written).collect::<Vec<_>>()
        };
        assert_eq!(marked("China Aerospace Science and Technology Corporation (CASC)"), ["casc"]);
        assert_eq!(marked("China State Shipbuilding Corporation, Limited (CSSC) 7th Research Academy"), ["cssc"]);
        assert!(marked("CASC Trading").is_empty() && marked("Blue Heron Works Bay").is_empty());
    }
}
