//! The recipient of a question in one line: who, where, headquartered where, what for. What may name a further party or place is given back.

use tollgate_model::Country;

use crate::ask_words::{
    BESIDE, DESCRIPTIONS, FOR_OTHERS, FURTHER, HOMONYMS, LEGAL_FORMS, QUALIFIERS, RELATIONS, SEATS, STATES, WORD_CODES,
    is_doubt,
};
use crate::party_word::{PartyWord, is_role};
use crate::text::plain;
use crate::values::country::country_in_text;

/// Who receives the goods.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Recipient {
    /// The name.
    pub(crate) name: Option<String>,
    /// What else may be a name in it: parts that stand behind commas, in parentheses or beside `and`.
    pub(crate) other_names: Vec<String>,
    /// The address or city, as far as it is written.
    pub(crate) address: String,
    /// Where to.
    pub(crate) country: Option<Country>,
    /// Where the headquarters are, where it is said.
    pub(crate) hq_country: Option<Country>,
    /// What for.
    pub(crate) end_use: Option<String>,
    /// The parts that were not understood.
    pub(crate) unread: Vec<String>,
}

/// Understands `BUYER [, ADDRESS], COUNTRY [, headquartered in COUNTRY] [for USE]`.
pub(crate) fn recipient(text: &str, words_for_use: &[&str]) -> Recipient {
    let mut found = Recipient::default();
    if text.is_empty() {
        return found;
    }
    let (who, end_use) = split_end_use(text, words_for_use);
    if !end_use.is_empty() {
        found.end_use = Some(end_use.trim_matches(',').trim().to_owned());
    }
    note_marks(who, &mut found);
    let mut parts: Vec<&str> = who.split(',').map(clean).filter(|part| !part.is_empty()).collect();
    parts.retain(|part| {
        let Some(seat) = seat_of(part) else { return true };
        match country_in_text(seat) {
            Some(country) if found.hq_country.is_none_or(|known| known == country) => found.hq_country = Some(country),
            _ => found.unread.push((*part).to_owned()),
        }
        false
    });
    read_place(parts, &mut found);
    note_further(&mut found);
    found
}

/// A part without the marks at its ends that say nothing.
fn clean(part: &str) -> &str {
    part.trim().trim_end_matches([';', ':', '-']).trim()
}

/// What stands behind words such as `headquartered in`.
fn seat_of(part: &str) -> Option<&str> {
    let lower = part.to_lowercase();
    let phrase = SEATS.iter().find(|phrase| lower.starts_with(**phrase))?;
    part.get(phrase.len()..).map(str::trim)
}

/// Notes marks between sentences, behind which another thing is said.
fn note_marks(who: &str, found: &mut Recipient) {
    let inner = clean(who);
    let is_between = |mark: char| is_doubt(mark) || matches!(mark, ';' | '!' | '|' | '\u{2192}' | '>' | '"');
    if let Some(mark) = inner.chars().find(|mark| is_between(*mark)) {
        found.unread.push(format!("{mark} and what stands behind it"));
    }
}

fn is_legal_form(word: &str) -> bool {
    LEGAL_FORMS.contains(&plain(word).as_str())
}

/// Takes the parts apart into country, name and address.
fn read_place(mut parts: Vec<&str>, found: &mut Recipient) {
    let Some(last) = parts.pop() else { return };
    match country_in_text(last) {
        Some(country) => {
            found.country = Some(country);
            if let Some(meaning) = other_meaning(last, !parts.is_empty(), parts.len() > 1) {
                found.unread.push(format!("{last}, which is {meaning} too: write the country by its name"));
            }
        }
        None => match ending_country(last) {
            Some((before, country)) => {
                found.country = Some(country);
                parts.extend(Some(before).filter(|before| !before.is_empty()));
            }
            None => parts.push(last),
        },
    }
    let forms = parts.iter().skip(1).take_while(|part| is_legal_form(part)).count();
    let (name, address) = parts.split_at_checked((forms + 1).min(parts.len())).unwrap_or((&parts, &[]));
    let name = name.join(", ");
    found.address = address.join(", ");
    if name.is_empty() {
        return;
    }
    let is_party = PartyWord::read(&name) == PartyWord::Party && !is_description(&name);
    if is_party && !is_country(&name) {
        found.other_names = other_names(&name, address);
        found.name = Some(name);
    } else {
        found.unread.push(format!("{name}, which names nobody"));
    }
}

/// Whether a text describes somebody and names none: `a client in Bergen`.
fn is_description(text: &str) -> bool {
    let words: Vec<String> = words_of(text).collect();
    words.first().is_some_and(|word| DESCRIPTIONS.contains(&word.as_str())) && words.iter().any(|word| is_role(word))
}

/// Whether a text is the name of a country and nothing more.
fn is_country(text: &str) -> bool {
    country_in_text(text).or_else(|| country_in_text(without_article(text))).is_some()
}

/// A text without `the` before it.
fn without_article(text: &str) -> &str {
    let (first, rest) = text.split_once(' ').unwrap_or(("", text));
    if first.eq_ignore_ascii_case("the") { rest.trim() } else { text }
}

/// What the last part of a recipient may be beside a country, where it is a code of one.
fn other_meaning(code: &str, is_behind_name: bool, is_behind_address: bool) -> Option<&'static str> {
    let is_code = code.is_ascii() && plain(code).len() == 2;
    if is_behind_address && STATES.contains(&code) {
        Some("a state of the United States")
    } else if is_behind_name && is_code && is_legal_form(code) {
        Some("a legal form")
    } else {
        None
    }
}

/// Parts of a name and of an address that may be names by themselves, so that each is screened.
fn other_names(name: &str, address: &[&str]) -> Vec<String> {
    let spaced = name.replace(['(', ')', '/', '+', '&'], " & ");
    let mut pieces = vec![String::new()];
    for word in spaced.split_whitespace() {
        match pieces.last_mut() {
            Some(last) if !BESIDE.contains(&word.to_lowercase().as_str()) => {
                last.extend((!last.is_empty()).then_some(' '));
                last.push_str(word);
            }
            _ => pieces.push(String::new()),
        }
    }
    let pieces = pieces.iter().map(|piece| piece.trim_matches([' ', ',']));
    let mut names: Vec<String> = Vec::new();
    for piece in pieces.chain(address.iter().copied()) {
        let says_more = plain(piece).chars().count() >= 3 && !is_legal_form(piece) && country_in_text(piece).is_none();
        if says_more && piece != name && !names.iter().any(|name| name == piece) {
            names.push(piece.to_owned());
        }
    }
    names
}

/// A country that a text ends with, and what stands before it without `in`. A code counts behind `in` and `at` and in brackets alone: the last word of a
/// name may be such a code too (`Example Works AG`).
fn ending_country(text: &str) -> Option<(&str, Country)> {
    let bracket = ['(', ')', '[', ']'];
    let country_behind = |at: usize| {
        let (before, behind) = text.split_at_checked(at)?;
        let country = country_in_text(behind.trim().trim_matches(bracket))?;
        let before = clean(before);
        let before = without_last(before, &["the"]).unwrap_or(before);
        let is_word = is_word_code(behind.trim().trim_matches(bracket));
        if let Some(bare) = without_last(before, &["in", "at"]).filter(|_| !is_word) {
            return Some((bare, country));
        }
        let is_bracketed = behind.trim().starts_with(bracket) && !is_word;
        (is_bracketed || is_name_by_itself(before, behind)).then_some((before, country))
    };
    text.match_indices(' ').find_map(|(at, _)| country_behind(at))
}

/// Whether a code of a country is a legal form or another word too.
fn is_word_code(text: &str) -> bool {
    is_legal_form(text) || WORD_CODES.contains(&text)
}

/// The text before its last word, where that is one of some words.
fn without_last<'a>(text: &'a str, words: &[&str]) -> Option<&'a str> {
    let (before, last) = text.rsplit_once(' ').unwrap_or(("", text));
    words.iter().any(|word| last.eq_ignore_ascii_case(word)).then(|| before.trim())
}

/// Whether a country at the end of a text, without a mark before it, is named in full and is not part of another name.
fn is_name_by_itself(before: &str, behind: &str) -> bool {
    let name = plain(behind);
    let is_code = name.is_ascii() && name.len() < 4;
    !is_code && !HOMONYMS.contains(&name.as_str()) && without_last(before, QUALIFIERS).is_none()
}

/// Notes what names a further party or place: the grammar takes one of each, and the others would be passed over.
fn note_further(found: &mut Recipient) {
    let name = found.name.as_deref().unwrap_or("").to_owned();
    let inside = name.split_once('(').map_or("", |(_, inside)| inside).to_owned();
    for part in name.split(',').chain(found.address.clone().split(',')).map(str::trim) {
        if words_of(part).any(|word| FURTHER.contains(&word.as_str()) || word == "to") || names_another(part) {
            found.unread.push(part.to_owned());
        }
    }
    for part in found.address.clone().split(',').map(str::trim).chain([inside.as_str()]) {
        let is_said = part.to_lowercase().starts_with("a ") || part.to_lowercase().starts_with("an ");
        if is_said || words_of(part).any(|word| RELATIONS.contains(&word.as_str())) {
            found.unread.push(part.to_owned());
        }
    }
    let is_open = |part: &&str| !part.is_empty() && PartyWord::read(part) != PartyWord::Party;
    let open: Vec<String> = found.address.split(',').map(str::trim).filter(is_open).map(str::to_owned).collect();
    found.unread.extend(open);
    note_countries(&name, found);
    let is_place = |part: &str| country_in_text(part.trim()).is_some();
    if let Some(end_use) = found.end_use.clone()
        && (names_another(&end_use) || end_use.contains(is_doubt) || end_use.split(',').any(is_place))
    {
        found.unread.push(format!("for {end_use}"));
    }
    found.unread.dedup();
}

fn words_of(part: &str) -> impl Iterator<Item = String> {
    let lower = part.to_lowercase();
    let bare = |word: &str| word.trim_matches(|mark: char| !mark.is_alphanumeric() && mark != '/').to_owned();
    lower.split(' ').map(bare).collect::<Vec<_>>().into_iter()
}

fn names_another(text: &str) -> bool {
    let lower = format!("{} ", text.to_lowercase());
    FOR_OTHERS.iter().any(|phrase| lower.contains(phrase))
}

/// Notes another country in the name, unless the seat is said, or in the address: it may be where the party, or the goods, belong.
fn note_countries(name: &str, found: &mut Recipient) {
    let named = if found.hq_country.is_some() { None } else { other_country(name, found.country) };
    if let Some(other) = named {
        found.unread.push(format!("{other} in the buyer's name: add `headquartered in COUNTRY`"));
    }
    let of_address = found.address.split(',').map(str::trim).find_map(|part| other_country(part, found.country));
    if let Some(other) = of_address {
        found.unread.push(format!("{other}, beside another country"));
    }
}

/// A country within a text that is another than the one that is meant; codes of two or three letters are none there.
fn other_country(text: &str, meant: Option<Country>) -> Option<String> {
    let words: Vec<&str> = text.split([' ', ',', '(', ')', '/', '-']).filter(|word| !word.is_empty()).collect();
    let spans =
        (0..words.len()).flat_map(|first| (first + 1..=(first + 3).min(words.len())).map(move |end| first..end));
    spans.filter_map(|span| Some(words.get(span)?.join(" "))).find(|phrase| {
        let country = country_in_text(phrase).filter(|_| plain(phrase).chars().count() > 3);
        country.is_some() && country != meant
    })
}

/// The texts before and behind the word for the end use: the last one before which a country is named, for names have such words too
/// (`Institute for Energy, Norway`).
fn split_end_use<'a>(text: &'a str, words: &[&str]) -> (&'a str, &'a str) {
    let splits = splits_at_words(text, words);
    let names_country = |who: &str| {
        let mut parts = who.split(',').map(clean);
        parts.any(|part| country_in_text(part).is_some() || ending_country(part).is_some())
    };
    let found = splits.iter().rev().find(|(who, _)| names_country(who));
    let is_whole = found.is_none() && names_country(text);
    found.or(splits.last()).filter(|_| !is_whole).copied().unwrap_or((text, ""))
}

/// The texts before and behind each place of one of some words, in order.
fn splits_at_words<'a>(text: &'a str, words: &[&str]) -> Vec<(&'a str, &'a str)> {
    let mut found = Vec::new();
    let mut start = 0;
    for part in text.split(' ') {
        let end = start + part.len();
        if words.contains(&part.to_lowercase().as_str()) {
            let split = text.get(..start).zip(text.get(end..));
            found.extend(split.map(|(before, behind)| (before.trim(), behind.trim())));
        }
        start = end + 1;
    }
    found
}
