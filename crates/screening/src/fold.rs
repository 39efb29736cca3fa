//! Text to words of plain letters and digits: the same for what is searched and for what is searched in.

use unicode_normalization::UnicodeNormalization;

use crate::arabic::{self, is_arabic};
use crate::encoding::lost_letter;
use crate::han::{self, Sound, is_han};
use crate::japanese::{self, is_japanese, is_kana};
use crate::korean::{self, is_hangul};
use crate::letters::{self, is_devanagari, is_greek, is_hebrew, is_mark, is_thai};
use crate::references::{resolve, without_references};
use crate::word::Word;

/// Characters of a name that are read; what is longer is cut there.
const LONGEST: usize = 512;

/// Words of lowercase ASCII letters and digits. Look-alike and invisible characters are resolved first, then every script is
/// written in Latin letters; single letters that stand together become one word, as in `P. G. R.`.
pub fn fold(text: &str) -> Vec<String> {
    words(text).into_iter().map(|word| word.text).collect()
}

/// How a name is read whose script says several things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// Chinese, unless the name shows that it is Japanese; Korean as the South spells it.
    Usual,
    /// Chinese characters as in Hong Kong.
    Cantonese,
    /// Chinese characters as in Taiwan.
    Taiwan,
    /// Chinese characters as Japanese.
    Japanese,
    /// The same with the second reading of names that have one.
    OtherJapanese,
    /// Korean as the North and older transliterations spell it.
    North,
    /// Korean words by their sound alone.
    Joined,
}

/// The ways in which a name may be read, the usual one first.
pub(crate) fn readings(text: &str) -> &'static [Reading] {
    let text = &*resolve(text);
    // Most names are written in one way only.
    if text.is_ascii() {
        return &[Reading::Usual];
    }
    match (korean::is_korean(text), text.chars().any(is_han), japanese::is_plain(text)) {
        (true, _, _) => &[Reading::Usual, Reading::North, Reading::Joined],
        (false, true, true) => &[Reading::Usual, Reading::OtherJapanese],
        (false, true, false) => {
            &[Reading::Usual, Reading::Cantonese, Reading::Taiwan, Reading::Japanese, Reading::OtherJapanese]
        }
        _ => &[Reading::Usual],
    }
}

/// Why a name is not, or not wholly, held against a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It has neither a letter nor a digit.
    Empty,
    /// It has letters of a script that is not read, such as this one.
    Script(char),
    /// It is longer than names that are read to the end.
    Long,
    /// It has a mark such as this one in the place of a letter, as where it was read in another encoding than it was written in.
    Garbled(char),
    /// It has a word in letters of two scripts, such as this one, that look like others: what it is read as is a guess.
    Mixed(char),
}

impl std::fmt::Display for Unread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Unread::Empty => write!(f, "has neither a letter nor a digit"),
            Unread::Script(c) => write!(f, "has letters of a script that is not read, such as `{c}`"),
            Unread::Garbled(c) => {
                write!(
                    f,
                    "has `{c}` where its letters were read in another encoding than they were written in, so that its reading is a guess"
                )
            }
            Unread::Mixed(c) => {
                write!(f, "has a word in letters of two scripts, such as `{c}`, whose reading is a guess")
            }
            Unread::Long => {
                write!(f, "is longer than {LONGEST} characters or {MOST_WORDS} words and is not read to its end")
            }
        }
    }
}

/// Words of a name that are compared; what is longer is cut there, so that no name can make the work grow.
pub(crate) const MOST_WORDS: usize = 24;

/// What of a name is not read, where something is not.
pub fn unread(text: &str) -> Option<Unread> {
    if let Some(c) = lost_letter(&without_references(text)) {
        return Some(Unread::Garbled(c));
    }
    let text = &*resolve(text);
    let plain = || text.nfkc().filter(|c| !invisible(*c));
    if let Some(c) = plain().take(LONGEST).find(|c| !letters::is_read(*c)) {
        return Some(Unread::Script(c));
    }
    if let Some(c) = mixed(text) {
        return Some(Unread::Mixed(c));
    }
    let words = words(text);
    match words.is_empty() {
        true => Some(Unread::Empty),
        false => (words.len() > MOST_WORDS || plain().nth(LONGEST).is_some()).then_some(Unread::Long),
    }
}

/// Scripts whose letters look like those of others of them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Alphabet {
    Latin,
    Cyrillic,
    Greek,
    Armenian,
}

impl Alphabet {
    fn of(c: char) -> Option<Alphabet> {
        match c {
            _ if c.is_ascii_alphabetic() || is_latin(c) => Some(Alphabet::Latin),
            '\u{400}'..='\u{52f}' => Some(Alphabet::Cyrillic),
            '\u{531}'..='\u{587}' => Some(Alphabet::Armenian),
            _ if is_greek(c) => Some(Alphabet::Greek),
            _ => None,
        }
    }
}

/// A letter of a word that has letters of another such script before it; none where every word is of one.
fn mixed(text: &str) -> Option<char> {
    if text.is_ascii() {
        return None;
    }
    let mut script = None;
    for c in text.nfkc().filter(|c| !invisible(*c)).take(LONGEST) {
        if !(c.is_alphanumeric() || combining(c) || apostrophe(c)) {
            script = None;
        }
        let Some(alphabet) = Alphabet::of(c).filter(|_| c.is_alphabetic()) else { continue };
        if *script.get_or_insert(alphabet) != alphabet {
            return Some(c);
        }
    }
    None
}

/// The words of [`fold()`], with what is known of each.
pub(crate) fn words(text: &str) -> Vec<Word> {
    words_as(text, Reading::Usual)
}

/// The words of a name, read in one way.
pub(crate) fn words_as(text: &str, reading: Reading) -> Vec<Word> {
    let text = resolve(text);
    let plain: Vec<char> = text.nfkc().filter(|c| !invisible(*c)).take(LONGEST).collect();
    let plain = japanese::without_dots(without_gershayim(plain));
    // Letters that only another script has show that the name is written in it, and not disguised.
    let plainly_other = |c: &char| c.is_alphabetic() && !c.is_ascii() && look_alike(*c).is_none() && !is_latin(*c);
    let japanese = match reading {
        Reading::Usual => !text.is_ascii() && japanese::is_plain(&plain.iter().collect::<String>()),
        Reading::Japanese | Reading::OtherJapanese => true,
        Reading::North | Reading::Joined | Reading::Cantonese | Reading::Taiwan => false,
    };
    let writer = Writer {
        reading,
        latin_somewhere: plain.iter().any(char::is_ascii_alphabetic) && !plain.iter().any(plainly_other),
        japanese,
        alone: plain.iter().all(|c| is_hangul(*c)) || plain.iter().all(|c| is_han(*c)),
        foreign: plain.contains(&'\u{b7}') || plain.contains(&'\u{2022}') || plain.contains(&'\u{30fb}'),
    };
    let mut words = Vec::new();
    let mut word = Vec::new();
    let mut is_bracketed = false;
    for c in plain.into_iter().chain([' ']) {
        if c.is_alphanumeric() || combining(c) || is_mark(c) || (japanese && is_japanese(c)) {
            word.push(c);
        } else if !apostrophe(c) {
            let before = words.len();
            writer.write(&word, &mut words);
            words.iter_mut().skip(before).for_each(|word| word.bracketed = is_bracketed);
            word.clear();
            is_bracketed = matches!(c, '(' | '[') || is_bracketed && !matches!(c, ')' | ']');
            // `3%ers`.
            word.extend("percent".chars().filter(|_| c == '%'));
        }
    }
    join_single_letters(words)
}

/// A quotation mark between Hebrew letters marks an abbreviation and divides no words.
fn without_gershayim(plain: Vec<char>) -> Vec<char> {
    if !plain.iter().any(|c| is_hebrew(*c)) {
        return plain;
    }
    let around = |at: usize| [at.checked_sub(1), Some(at + 1)].map(|at| at.and_then(|at| plain.get(at)));
    let within = |at: usize| around(at).into_iter().all(|c| c.is_some_and(|c| is_hebrew(*c)));
    let divides = |(at, c): &(usize, &char)| !(matches!(**c, '"' | '\u{5f4}' | '\u{201d}') && within(*at));
    plain.iter().enumerate().filter(divides).map(|(_, c)| *c).collect()
}

/// How the words of one name are written.
#[derive(Clone, Copy)]
struct Writer {
    reading: Reading,
    /// Whether letters that look like Latin ones are taken for them.
    latin_somewhere: bool,
    /// Whether Chinese characters are read as Japanese.
    japanese: bool,
    /// Whether the name is one run of Korean syllables or of Chinese characters, which may be a person's.
    alone: bool,
    /// Whether dots stand in it, as between the parts of a foreign name that is written in Chinese by its sound.
    foreign: bool,
}

/// Zero-width, directional, variation and other characters that show nothing.
fn invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{e0000}'..='\u{e0fff}')
}

fn combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{65f}' | '\u{670}')
}

fn apostrophe(c: char) -> bool {
    matches!(c, '\'' | '`' | '\u{b4}' | '\u{2b9}'..='\u{2c8}' | '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{55a}' | '\u{5f3}' | '\u{640}')
}

/// Letters of the Latin script beyond ASCII.
fn is_latin(c: char) -> bool {
    matches!(c, '\u{aa}' | '\u{ba}' | '\u{c0}'..='\u{24f}' | '\u{250}'..='\u{2af}' | '\u{1d00}'..='\u{1d7f}' | '\u{1e00}'..='\u{1eff}')
}

/// A Latin letter that a Cyrillic, Greek or other letter cannot be told from.
fn look_alike(c: char) -> Option<char> {
    let from = "аАВсСԁеЕһНіІјЈкКӏМпоОрРԛѕЅтТցԝхХуУүѵԜαΑΒϲεΕΗιΙκΚΜνΝοΟρΡτΤυΥΧχΖωօհցոսӀЅ";
    let to = "aabccdeehhiijjkklmnooppqssttgwxxyyyvwaabceehiikkmvnoopptyyyxxzwohgnsls";
    let at = from.chars().position(|letter| letter == c)?;
    to.chars().nth(at)
}

impl Writer {
    fn write(self, word: &[char], words: &mut Vec<Word>) {
        if word.is_empty() {
            return;
        }
        if word.iter().all(char::is_ascii) {
            return push_split(&mut word.iter().collect(), words);
        }
        if word.iter().any(|c| is_arabic(*c)) {
            let letters: String = word.iter().filter(|c| !combining(**c)).collect();
            let written = arabic::write(&letters).into_iter();
            return words.extend(written);
        }
        if let Some(known) = letters::known(word) {
            return words.extend(known);
        }
        let alike = |c: &char| c.is_ascii_alphanumeric() || look_alike(*c).is_some();
        let disguised = self.latin_somewhere && word.iter().all(alike);
        let is_capital = !word.iter().any(|c| c.is_lowercase());
        let mut written = String::new();
        let mut rest = word;
        while let [c, after @ ..] = rest {
            let script = Run::of(*c).filter(|_| !disguised);
            let length = script.map_or(0, |script| rest.iter().take_while(|c| script.holds(**c)).count());
            if let (Some(script), Some((run, left))) = (script, rest.split_at_checked(length)) {
                push_split(&mut written, words);
                words.extend(self.write_run(script, run));
                rest = left;
                continue;
            }
            match if disguised { look_alike(*c) } else { None } {
                Some(plain) => written.push(plain),
                None if combining(*c) || is_mark(*c) => {}
                // In a word in capitals a letter that is written with several (Щ) begins no new word.
                None if is_capital => written.push_str(&any_ascii::any_ascii_char(*c).to_ascii_uppercase()),
                None => written.push_str(any_ascii::any_ascii_char(*c)),
            }
            rest = after;
        }
        push_split(&mut written, words);
    }

    /// The words of a run of characters that are written otherwise than letter by letter.
    fn write_run(self, script: Run, run: &[char]) -> Vec<Word> {
        match script {
            Run::East if self.japanese => japanese::write(run, self.reading == Reading::OtherJapanese),
            Run::East if self.reading == Reading::Cantonese => han::write(run, Sound::Cantonese, self.alone),
            Run::East if self.reading == Reading::Taiwan => han::write(run, Sound::Taiwan, self.alone),
            Run::East if self.foreign => han::write(run, Sound::Foreign, false),
            Run::East => han::write(run, Sound::Mandarin, self.alone),
            Run::Hangul if self.reading == Reading::Joined => korean::write_joined(run),
            Run::Hangul => korean::write(run, self.reading == Reading::North, self.alone),
            Run::Greek => letters::greek(run),
            Run::Hebrew => letters::hebrew(run),
            Run::Thai => letters::thai(run),
            Run::Devanagari => {
                let letters = run.iter().enumerate().filter(|(_, c)| !is_mark(**c));
                let text: String = letters.map(|(at, c)| devanagari(*c, run.get(at + 1).copied())).collect();
                let plain = text.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
                vec![Word { consonants: true, ..Word::new(plain.to_ascii_lowercase()) }]
            }
        }
    }
}

/// A letter of Devanagari. The dot that stands for a nasal is spoken as the next consonant asks.
fn devanagari(c: char, next: Option<char>) -> &'static str {
    match (c, next) {
        ('\u{902}', Some('प'..='म')) => "m",
        ('\u{902}', _) => "n",
        _ => any_ascii::any_ascii_char(c),
    }
}

/// Scripts that are not written letter by letter.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Run {
    East,
    Hangul,
    Greek,
    Hebrew,
    Thai,
    Devanagari,
}

impl Run {
    fn of(c: char) -> Option<Run> {
        let runs = [Run::East, Run::Hangul, Run::Greek, Run::Hebrew, Run::Thai, Run::Devanagari];
        runs.into_iter().find(|run| run.holds(c))
    }

    fn holds(self, c: char) -> bool {
        match self {
            Run::East => is_japanese(c) || is_kana(c),
            Run::Hangul => is_hangul(c),
            Run::Greek => is_greek(c),
            Run::Hebrew => is_hebrew(c),
            Run::Thai => is_thai(c),
            Run::Devanagari => is_devanagari(c),
        }
    }
}

/// A name and the legal form that is written without a space behind it: `OSCARTECInc`, `HERONCORPORATION`.
fn before_form(text: &str) -> Option<(&str, &str)> {
    const FORMS: [&str; 8] = ["Corporation", "Company", "Limited", "Corp", "Inc", "Ltd", "Co", "LLC"];
    const LONG: [&str; 3] = ["corporation", "incorporated", "limited"];
    let in_capitals = |name: &&str| name.len() >= 4 && name.bytes().all(|byte| byte.is_ascii_uppercase());
    let mixed = FORMS.iter().find_map(|form| text.strip_suffix(form).filter(in_capitals));
    let plain = || {
        let start = |form: &&str| text.len().checked_sub(form.len()).filter(|start| *start >= 4);
        let ends = |form: &&&str| {
            start(form).is_some_and(|start| text.get(start..).is_some_and(|end| end.eq_ignore_ascii_case(form)))
        };
        LONG.iter().find(ends).and_then(|form| text.get(..start(form)?))
    };
    let letters = text.bytes().all(|byte| byte.is_ascii_alphabetic());
    let name = mixed.or_else(plain).filter(|_| letters)?;
    Some((name, text.get(name.len()..)?))
}

/// Takes a word written in ASCII apart where a capital begins a second word in it (`JasonShine`), and adds it in lower case.
fn push_split(written: &mut String, words: &mut Vec<Word>) {
    let text = std::mem::take(written);
    if let Some((name, form)) = before_form(&text) {
        words.extend([name, form].map(|word| Word::new(word.to_ascii_lowercase())));
        return;
    }
    let mut parts: Vec<String> = vec![String::new()];
    let mut lower_before = 0;
    for c in text.chars().filter(char::is_ascii_alphanumeric) {
        if c.is_ascii_uppercase() && lower_before >= 2 {
            parts.push(String::new());
        }
        lower_before = if c.is_ascii_lowercase() { lower_before + 1 } else { 0 };
        if let Some(part) = parts.last_mut() {
            part.push(c.to_ascii_lowercase());
        }
    }
    if parts.iter().skip(1).all(|part| part.len() >= 3 || part == "co") {
        words.extend(parts.into_iter().filter(|part| !part.is_empty()).map(Word::new));
    } else {
        words.push(Word::new(parts.concat()));
    }
}

fn join_single_letters(words: Vec<Word>) -> Vec<Word> {
    let single = |word: &str| word.len() == 1 && word.bytes().all(|byte| byte.is_ascii_alphabetic());
    let mut joined: Vec<Word> = Vec::with_capacity(words.len());
    let mut open = false;
    let words: Vec<Word> = words.into_iter().filter(|word| !word.text.is_empty()).collect();
    let before_single: Vec<bool> = words.iter().skip(1).map(|word| single(&word.text)).chain([false]).collect();
    for (word, is_before) in words.into_iter().zip(before_single) {
        // A scanner reads `S.A.` as `5.A.`
        // `H and M` is `H&M`.
        if open && is_before && word.text == "and" {
            continue;
        }
        let is_single = single(&word.text) || is_before && matches!(word.text.as_str(), "0" | "1" | "5" | "8");
        match joined.last_mut() {
            Some(last) if open && is_single => {
                last.text.push_str(&word.text);
                last.initials = true;
            }
            _ => joined.push(word),
        }
        open = is_single;
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn disguises_and_scripts_come_out_alike() {
        for (text, expected) in [
            ("J\u{430}\u{455}\u{43e}n Sh\u{456}n\u{435}", "jason shine"),
            ("W\u{2060}arren Sum\u{200b}aylo", "warren sumaylo"),
            ("P. G. R. GOLD", "pgr gold"),
            ("Power 5.A.L", "power 5al"),
            ("Plant 5 and 5 B 6", "plant 5 and 5b 6"),
            ("JasonShine", "jason shine"),
            ("OSCARTECInc.", "oscartec inc"),
            ("BlueHeronCo.,Ltd", "blue heron co ltd"),
            ("HERONWORKSCORPORATION", "heronworks corporation"),
            ("Unlimited Incorporation", "unlimited incorporation"),
            ("Co.,Ltd.", "co ltd"),
            ("Société Générale", "societe generale"),
            ("Kyo'ng-t'aek", "kyong taek"),
            ("ГАЗПРОМ", "gazprom"),
            ("ОБЩЕСТВО ЩУКИН", "obshchestvo shchukin"),
            ("Анатоль Аляксандравiч СIВАК", "anatol alyaksandravich sivak"),
            ("Ｈｕａｗｅｉ", "huawei"),
            ("GmbH", "gmbh"),
            // A letter that has no Latin one.
            ("ॽ Amber", "amber"),
        ] {
            assert_eq!(fold(text).join(" "), expected, "{text}");
        }
    }

    #[test]
    fn a_word_of_two_scripts_is_a_doubt() {
        for text in ["\u{41d}\u{438}\u{430}wei", "Hu\u{430}wei Norge", "Acm\u{3b5}", "\u{421}I\u{412}\u{410}\u{41a}"] {
            assert!(matches!(unread(text), Some(Unread::Mixed(_))), "{text}: {:?}", unread(text));
        }
        for text in ["ООО Vektor", "IT-компания", "华为Norge", "Société X5", "Ελλάς AE", "NTTデータ"]
        {
            assert_eq!(unread(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn folding_never_fails_and_twice_is_once(text in "\\PC{0,80}") {
            let once = fold(&text).join(" ");
            prop_assert!(once.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b' '));
            prop_assert_eq!(fold(&once).join(" "), once);
        }
    }
}
