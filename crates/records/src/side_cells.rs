//! Columns of orders that the contract does not have: what of them says nothing of who receives, where, what, how many and what for, and what becomes of the rest.
//!
//! Nothing unread passes: a cell is let pass where its header and its text are of a closed list of kinds. Any other stands in `unread_text`, which leaves its
//! line open.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use arrow_array::{Array as _, ArrayRef, StringArray};
use arrow_schema::DataType;
use serde::Deserialize;

use crate::headers::Headers;
use crate::plain_letters::plain_letters;

/// The column of the contract in which stands what nobody has read.
const UNREAD_TEXT: &str = "unread_text";
/// So many letters of a cell are kept.
const SHOWN_LETTERS: usize = 200;

/// What stands in a column, by its header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SideKind {
    /// Prices, taxes, fees.
    Amount,
    /// Numbers of papers and records.
    Reference,
    /// Telephone numbers and mail addresses.
    Contact,
    /// Terms of delivery.
    Incoterm,
    /// States, kinds, makers.
    State,
    /// Weights and sizes.
    Measure,
    /// Units of measure.
    Unit,
    /// A second count of the units.
    Quantity,
    /// Ports and towns.
    Place,
    /// Anything else.
    Other,
}

/// The word lists of `data/side_headers.toml`, as [`plain_letters`] makes them.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SideWords {
    /// Prices, taxes, fees, in headers.
    pub amount: BTreeSet<String>,
    /// What papers and records are called by, in headers.
    pub reference: BTreeSet<String>,
    /// Telephone and mail, in headers.
    pub contact: BTreeSet<String>,
    /// Terms of delivery, in headers.
    pub incoterm: BTreeSet<String>,
    /// States, kinds, makers, in headers.
    pub status: BTreeSet<String>,
    /// Weights and sizes, in headers.
    pub measure: BTreeSet<String>,
    /// Ports and towns, in headers.
    pub place: BTreeSet<String>,
    /// A header with one of these is of none of those kinds.
    pub carrying: BTreeSet<String>,
    /// Words of texts that say nothing.
    pub harmless: BTreeSet<String>,
    /// Words of states and kinds.
    pub states: BTreeSet<String>,
    /// Terms of delivery.
    pub incoterms: BTreeSet<String>,
    /// Units of weight and size.
    pub measures: BTreeSet<String>,
    /// Words that name a party in a header.
    pub parties: BTreeSet<String>,
    /// What may stand beside these.
    pub qualifiers: BTreeSet<String>,
    /// Codes and names of currencies.
    pub currencies: BTreeSet<String>,
    /// Behind these somebody or somewhere else is meant.
    pub introductions: BTreeSet<String>,
    /// With a country beside them they say where goods go.
    pub directions: BTreeSet<String>,
}

/// The word lists.
pub fn side_words() -> &'static SideWords {
    static TABLE: OnceLock<SideWords> = OnceLock::new();
    TABLE.get_or_init(|| {
        let read = toml::from_str::<SideWords>(include_str!("../data/side_headers.toml")).ok();
        tollgate_model::always!(read.is_some(), "the words of side columns are TOML");
        let Some(mut lists) = read else { return SideWords::default() };
        for list in [
            &mut lists.amount,
            &mut lists.reference,
            &mut lists.contact,
            &mut lists.incoterm,
            &mut lists.status,
            &mut lists.measure,
            &mut lists.place,
            &mut lists.carrying,
            &mut lists.harmless,
            &mut lists.states,
            &mut lists.incoterms,
            &mut lists.measures,
            &mut lists.parties,
            &mut lists.qualifiers,
            &mut lists.currencies,
            &mut lists.introductions,
            &mut lists.directions,
        ] {
            *list = list.iter().map(|word| plain_letters(word)).collect();
        }
        lists
    })
}

impl SideWords {
    /// Whether a word is a sign, code or name of a currency.
    pub fn is_currency(&self, word: &str) -> bool {
        matches!(word, "$" | "€" | "£" | "¥") || self.currencies.contains(&plain_letters(word))
    }
}

/// A header without the unit that stands in brackets behind it.
fn without_unit(header: &str) -> &str {
    let header = header.trim();
    let bare = header.rfind(['(', '[', '（']).and_then(|open| header.get(..open)).map(str::trim);
    bare.filter(|bare| !bare.is_empty() && header.ends_with([')', ']', '）'])).unwrap_or(header)
}

/// The words of a text: runs of letters and digits, in plain letters.
fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).map(plain_letters).collect()
}

/// The words of a header, as the lists have them.
pub fn header_words(header: &str) -> Vec<String> {
    words(without_unit(header))
}

/// What stands in a column, by its header.
pub fn side_kind(header: &str) -> SideKind {
    let lists = side_words();
    let whole = plain_letters(without_unit(header));
    let all = header_words(header);
    if lists.place.contains(&whole) {
        return SideKind::Place;
    }
    let kinds = [
        (&lists.incoterm, SideKind::Incoterm),
        (&lists.status, SideKind::State),
        (&lists.contact, SideKind::Contact),
        (&lists.measure, SideKind::Measure),
        (&lists.amount, SideKind::Amount),
        (&lists.reference, SideKind::Reference),
    ];
    if let Some((_, kind)) = kinds.iter().find(|(list, _)| list.contains(&whole)) {
        return *kind;
    }
    if all.iter().any(|word| lists.carrying.contains(word)) {
        return SideKind::Other;
    }
    let by_word = kinds.iter().find(|(list, _)| all.iter().any(|word| list.contains(word)));
    by_word.map_or(SideKind::Other, |(_, kind)| *kind)
}

/// Whether all words of a text are of a list, and there is one.
fn are_all_of(text: &str, list: &BTreeSet<String>) -> bool {
    let all = words(text);
    !all.is_empty() && all.iter().all(|word| list.contains(word))
}

/// Whether a text is a figure, with marks and words for which `is_beside` holds beside it.
pub fn is_figure(text: &str, is_beside: impl Fn(&str) -> bool) -> bool {
    let is_sign =
        |letter: char| letter.is_ascii_digit() || letter.is_whitespace() || ".,'’+-%()/*×$€£¥₩₹".contains(letter);
    let mut letters = text.split(is_sign).filter(|word| !word.is_empty());
    text.chars().any(|letter| letter.is_ascii_digit()) && letters.all(is_beside)
}

/// Whether a text is one that stands in columns of a kind, and says nothing else.
pub fn is_text_of_kind(text: &str, kind: SideKind) -> bool {
    let lists = side_words();
    match kind {
        SideKind::Amount => lists.is_currency(text) || is_figure(text, |word| lists.is_currency(word)),
        SideKind::Measure => is_figure(text, |word| lists.measures.contains(&plain_letters(word))),
        SideKind::Reference => {
            let is_part = |letter: char| letter.is_ascii_alphanumeric() || "-_/.#:".contains(letter);
            let longest = text.split(|letter: char| !letter.is_ascii_alphabetic()).map(str::len).max().unwrap_or(0);
            text.len() <= 40
                && longest <= 6
                && text.chars().all(is_part)
                && text.bytes().any(|byte| byte.is_ascii_digit())
        }
        SideKind::Contact => {
            let is_phone = text.chars().all(|letter| letter.is_ascii_digit() || "+-()/. ".contains(letter));
            is_phone || text.contains('@') && !text.contains(char::is_whitespace)
        }
        SideKind::Incoterm => are_all_of(text, &lists.incoterms),
        SideKind::State => are_all_of(text, &lists.states),
        SideKind::Unit => lists.measures.contains(&plain_letters(text)),
        SideKind::Quantity | SideKind::Place | SideKind::Other => false,
    }
}

/// Whether a text says nothing of who receives, where, what, how many and what for, whatever its column: it is empty, a day, or of words that say nothing.
pub fn says_nothing(text: &str) -> bool {
    let bare = text.trim();
    let is_empty = ["", "n/a", "null", "none", "nil", "k.a."].iter().any(|word| bare.eq_ignore_ascii_case(word));
    is_empty || !bare.chars().any(char::is_alphanumeric) || is_iso_day(bare) || are_all_of(bare, &side_words().harmless)
}

/// Whether a text is a day as the contract has it, also with a time behind it.
fn is_iso_day(text: &str) -> bool {
    let is_time = |rest: &str| rest.chars().all(|letter| letter.is_ascii_digit() || " :.+-TZ".contains(letter));
    text.get(..10).is_some_and(|day| day.parse::<tollgate_model::Date>().is_ok()) && text.get(10..).is_some_and(is_time)
}

/// A text, cut where it is long.
pub fn shown_text(text: &str) -> String {
    let mut cut: String = text.chars().take(SHOWN_LETTERS).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a row says in cells of columns that the contract does not have, less what says nothing.
#[derive(Debug, Default)]
pub(crate) struct SideTexts {
    kinds: BTreeMap<String, SideKind>,
}

impl SideTexts {
    /// Adds a cell to what the row says, unless it says nothing.
    pub(crate) fn add(&mut self, said: &mut String, header: &str, text: &str) {
        let kind = match self.kinds.get(header) {
            Some(kind) => *kind,
            None => *self.kinds.entry(header.to_owned()).or_insert_with(|| side_kind(header)),
        };
        if says_nothing(text) || is_text_of_kind(text, kind) {
            return;
        }
        if !said.is_empty() {
            said.push_str("; ");
        }
        let header = if header.is_empty() { "a column without a header" } else { header };
        said.push_str(&format!("{header}: {}", shown_text(text)));
    }
}

/// The texts of any array; what has no text is said to be there.
fn texts_of(array: &ArrayRef) -> StringArray {
    let cast = arrow_cast::cast(array, &DataType::Utf8).ok();
    let texts = cast.as_ref().and_then(|array| array.as_any().downcast_ref::<StringArray>());
    texts.cloned().unwrap_or_else(|| {
        let what = |row: usize| (!array.is_null(row)).then(|| format!("a value of the type {}", array.data_type()));
        (0..array.len()).map(what).collect()
    })
}

/// Puts what rows say in columns that the contract does not have into their `unread_text`, unless somebody has looked at it there.
pub(crate) fn gather_side_cells(columns: &mut BTreeMap<String, ArrayRef>, rows: usize, headers: &Headers) {
    let is_side = |name: &&String| headers.is_held(name);
    let sides: Vec<(String, StringArray)> =
        columns.iter().filter(|(name, _)| is_side(name)).map(|(name, array)| (name.clone(), texts_of(array))).collect();
    if sides.is_empty() {
        return;
    }
    let mut texts = SideTexts::default();
    let said: Vec<String> = (0..rows)
        .map(|row| {
            let mut said = String::new();
            for (header, cells) in sides.iter().filter(|(_, cells)| row < cells.len() && cells.is_valid(row)) {
                texts.add(&mut said, header, cells.value(row));
            }
            said
        })
        .collect();
    add_unread_texts(columns, &said);
}

/// Adds to the column `unread_text` what else each row says.
pub(crate) fn add_unread_texts(columns: &mut BTreeMap<String, ArrayRef>, said: &[String]) {
    if said.iter().all(String::is_empty) {
        return;
    }
    let stated = columns.get(UNREAD_TEXT).map(texts_of);
    let texts: StringArray = said
        .iter()
        .enumerate()
        .map(|(row, said)| {
            let stated = stated.as_ref().filter(|stated| row < stated.len() && stated.is_valid(row));
            match stated.map_or("", |stated| stated.value(row).trim()) {
                "" => Some(said.clone()).filter(|said| !said.is_empty()),
                seen if said.is_empty() || seen.eq_ignore_ascii_case("none") => Some(seen.to_owned()),
                stated => Some(format!("{stated}; {said}")),
            }
        })
        .collect();
    columns.insert(UNREAD_TEXT.to_owned(), Arc::new(texts));
}
