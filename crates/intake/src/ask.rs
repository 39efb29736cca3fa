//! A question in one line: so many of what, to whom, where, what for.
//!
//! The grammar is `[can I ship] N ITEM {and N ITEM} [from COUNTRY] to BUYER, COUNTRY [for USE]`, over the law's
//! catalog and the names of countries. What does not fit is given back and is never passed over.

use tollgate_law::catalog::Catalog;
use tollgate_model::{Country, Date};

use crate::csv_text;
use crate::goods::{Goods, GoodsFinder};
use crate::items::{self, Items};
use crate::orders;
use crate::parties::{self, Parties, PartyFacts};
use crate::text::plain;
use crate::values::country::country_in_text;
use crate::vocabulary::word_lists;

/// A line of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuestionLine {
    /// What was written.
    pub text: String,
    /// How many.
    pub quantity: i64,
    /// The item of the catalog, or the name that was written.
    pub item: String,
    /// The accelerator that a unit holds and how many of it, where the item is no single one of the catalog.
    pub holds: Option<(String, i64)>,
    /// What must be said before the line can be decided.
    pub open: Option<String>,
}

/// A question as it was understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// What is to be sent.
    pub lines: Vec<QuestionLine>,
    /// To whom.
    pub buyer: Option<String>,
    /// Where to.
    pub destination: Option<Country>,
    /// Where from, where it is said.
    pub origin: Option<Country>,
    /// Where the buyer is headquartered, where it is said.
    pub hq_country: Option<Country>,
    /// What for.
    pub end_use: Option<String>,
    /// The parts that were not understood.
    pub unread: Vec<String>,
}

/// The tables of a question, as CSV.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuestionTables {
    /// One line for each item.
    pub orders: String,
    /// The buyer.
    pub parties: String,
    /// Items that are no single ones of the catalog.
    pub items: String,
}

const OPENINGS: &[&str] = &[
    "can i ship",
    "can we ship",
    "may i ship",
    "may we ship",
    "can i export",
    "may i export",
    "can i send",
    "can we export",
    "can i sell",
    "ship",
    "export",
    "send",
    "sell",
    "is it allowed to ship",
];
const ADJECTIVES: &[&str] = &[
    "used",
    "new",
    "refurbished",
    "second-hand",
    "secondhand",
    "unused",
    "of",
    "the",
    "units",
    "unit",
    "pieces",
    "pcs",
];
const NUMBERS: &[(&str, i64)] = &[
    ("a", 1),
    ("an", 1),
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("twelve", 12),
    ("sixteen", 16),
];

/// Understands a question. What was not understood stands in `unread` and in the lines' `open`.
pub fn question(text: &str, catalog: &Catalog) -> Question {
    let mut question = Question::default();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = text.trim_end_matches(['?', '.', '!']).trim();
    let text = [" today", " now"].into_iter().find_map(|ending| text.strip_suffix(ending)).unwrap_or(text);
    let text = OPENINGS.iter().find_map(|opening| without_prefix(text, opening)).unwrap_or(text);
    let (goods, rest) = split_at_word(text, "to").unwrap_or((text, ""));
    let (goods, origin) = split_at_word(goods, "from").unwrap_or((goods, ""));
    if !origin.is_empty() {
        question.origin = country_in_text(origin);
        if question.origin.is_none() {
            question.unread.push(format!("from {origin}"));
        }
    }
    let mut finder = GoodsFinder::new(catalog);
    for phrase in phrases(goods) {
        question.lines.push(line(&phrase, &mut finder));
    }
    read_recipient(rest, &mut question);
    question
}

/// The text behind a phrase that it begins with, letter case aside.
fn without_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    (head.eq_ignore_ascii_case(prefix) && rest.starts_with(' ')).then(|| rest.trim_start())
}

/// The texts before and behind the first place of a word.
fn split_at_word<'a>(text: &'a str, word: &str) -> Option<(&'a str, &'a str)> {
    let mut start = 0;
    for part in text.split(' ') {
        let end = start + part.len();
        if part.eq_ignore_ascii_case(word) {
            let before = text.get(..start)?.trim();
            let behind = text.get(end..)?.trim();
            return Some((before, behind));
        }
        start = end + 1;
    }
    None
}

/// The texts before and behind the last place of a word.
fn split_at_last_word<'a>(text: &'a str, word: &str) -> Option<(&'a str, &'a str)> {
    let mut found = None;
    let mut start = 0;
    for part in text.split(' ') {
        let end = start + part.len();
        if part.eq_ignore_ascii_case(word) {
            found = text.get(..start).zip(text.get(end..)).map(|(before, behind)| (before.trim(), behind.trim()));
        }
        start = end + 1;
    }
    found
}

/// Goods are divided by commas, `and`, `+`, `&` and `;`.
fn phrases(goods: &str) -> Vec<String> {
    let mut phrases = vec![String::new()];
    for word in goods.split(' ') {
        let bare = word.trim_end_matches([',', ';']);
        let is_divider = matches!(bare.to_ascii_lowercase().as_str(), "and" | "+" | "&" | "plus");
        if let Some(last) = phrases.last_mut().filter(|_| !is_divider) {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(bare);
        }
        if is_divider || bare.len() < word.len() {
            phrases.push(String::new());
        }
    }
    phrases.retain(|phrase| !phrase.trim().is_empty());
    phrases
}

fn line(phrase: &str, finder: &mut GoodsFinder<'_>) -> QuestionLine {
    let mut words: Vec<&str> = phrase.split(' ').filter(|word| !word.is_empty()).collect();
    let quantity = words.first().and_then(|word| count(word));
    if quantity.is_some() {
        words.remove(0);
        if words.first().is_some_and(|word| matches!(*word, "x" | "×" | "X")) {
            words.remove(0);
        }
    }
    while words.first().is_some_and(|word| ADJECTIVES.contains(&word.to_ascii_lowercase().as_str())) {
        words.remove(0);
    }
    let name = words.join(" ");
    let mut line = QuestionLine {
        text: phrase.to_owned(),
        quantity: quantity.unwrap_or(1),
        item: name.clone(),
        holds: None,
        open: None,
    };
    match finder.goods(&name, "", None) {
        Goods::Item(item) => line.item = item,
        Goods::Assembly { accelerator, count } => line.holds = Some((accelerator, count)),
        Goods::NoCompute(word) => {
            line.open = Some(format!("`{word}` is no item of compute, of which alone this can be asked"))
        }
        // The decision says whether it matters which of them it is.
        Goods::Open { .. } if finder.is_one_of_several(&name) => {}
        Goods::Open { question, .. } => line.open = Some(question),
    }
    if quantity.is_none() {
        line.open.get_or_insert_with(|| "how many?".to_owned());
    }
    line
}

/// A number in digits or as a word; `4x` is four.
fn count(word: &str) -> Option<i64> {
    let lower = word.to_lowercase();
    let digits = lower.trim_end_matches(['x', '×']);
    let by_word = NUMBERS.iter().find(|(name, _)| *name == lower).map(|(_, value)| *value);
    let plain = digits.replace(',', "");
    by_word.or_else(|| plain.parse().ok()).filter(|count| (1..=1_000_000_000).contains(count))
}

/// `BUYER, COUNTRY [headquartered in COUNTRY] [for USE]`.
fn read_recipient(text: &str, question: &mut Question) {
    if text.is_empty() {
        return;
    }
    let (who, end_use) = split_at_last_word(text, "for").unwrap_or((text, ""));
    if !end_use.is_empty() {
        question.end_use = Some(end_use.trim_matches(',').trim().to_owned());
    }
    let mut parts: Vec<&str> = who.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    parts.retain(|part| {
        let lower = part.to_lowercase();
        let seat = ["headquartered in ", "with headquarters in ", "hq in ", "hq "]
            .into_iter()
            .find_map(|phrase| lower.strip_prefix(phrase).map(|_| phrase.len()));
        let Some(seat) = seat.and_then(|length| part.get(length..)).and_then(country_in_text) else { return true };
        question.hq_country = Some(seat);
        false
    });
    let Some(last) = parts.pop() else { return };
    let mut buyer: Vec<&str> = parts;
    match country_in_text(last) {
        Some(country) => question.destination = Some(country),
        None => match ending_country(last) {
            Some((before, country)) => {
                question.destination = Some(country);
                buyer.extend(Some(before).filter(|before| !before.is_empty()));
            }
            None => {
                buyer.push(last);
            }
        },
    }
    let name = buyer.join(", ");
    if !name.is_empty() && !word_lists().nobody.contains(&plain(&name)) {
        question.buyer = Some(name);
    }
}

/// A country that a text ends with, and what stands before it without `in`.
fn ending_country(text: &str) -> Option<(&str, Country)> {
    let spaces: Vec<usize> = text.match_indices(' ').map(|(at, _)| at).collect();
    for at in spaces {
        let (before, behind) = text.split_at_checked(at)?;
        if let Some(country) = country_in_text(behind) {
            let before = before.trim();
            let bare = before.strip_suffix(" in").unwrap_or(before);
            return Some((if bare == "in" { "" } else { bare.trim() }, country));
        }
    }
    None
}

impl Question {
    /// What must be said before anything can be decided; empty where the question is whole.
    pub fn lacking(&self) -> Vec<String> {
        let mut lacking: Vec<String> = self.unread.iter().map(|part| format!("`{part}` was not understood")).collect();
        if self.lines.is_empty() {
            lacking.push("what is to be sent?".to_owned());
        }
        if self.destination.is_none() {
            lacking.push("to which country? End with `to BUYER, COUNTRY`".to_owned());
        }
        lacking
    }

    /// The tables of the lines that are understood, shipped on a day.
    pub fn tables(&self, date: Date) -> QuestionTables {
        let mut parties = Parties::default();
        let mut items = Items::default();
        let buyer = match &self.buyer {
            Some(name) => parties.id_by_name(name, &PartyFacts { country: self.destination, ..PartyFacts::default() }),
            None => parties.id_by_name("The buyer", &PartyFacts { country: self.destination, ..PartyFacts::default() }),
        };
        if let Some(seat) = self.hq_country {
            parties.set_seat(&buyer, seat);
        }
        let day = date.to_string();
        let code = |country: Option<Country>| country.map_or("", Country::code);
        let rows = self.lines.iter().enumerate().filter(|(_, line)| line.open.is_none()).map(|(place, line)| {
            let item = match &line.holds {
                Some((accelerator, count)) => items.assembly(&line.item, accelerator, *count, ""),
                None => line.item.clone(),
            };
            let mut row = vec![String::new(); orders::COLUMNS.len()];
            let number = (place + 1).to_string();
            let quantity = line.quantity.to_string();
            let end_use = self.end_use.as_deref().unwrap_or("").to_owned();
            let cells = [
                ("order_id", "question"),
                ("line", number.as_str()),
                ("date", day.as_str()),
                ("purchaser", buyer.as_str()),
                ("ultimate_consignee", buyer.as_str()),
                ("origin", code(self.origin)),
                ("destination", code(self.destination)),
                ("item", item.as_str()),
                ("quantity", quantity.as_str()),
                ("description", line.text.as_str()),
                ("end_use", end_use.as_str()),
            ];
            for (column, cell) in cells {
                let place = orders::COLUMNS.iter().position(|name| *name == column);
                if let Some(place) = place.and_then(|place| row.get_mut(place)) {
                    *place = cell.to_owned();
                }
            }
            row
        });
        let rows: Vec<Vec<String>> = rows.collect();
        QuestionTables {
            orders: csv_text(orders::COLUMNS, rows.into_iter()),
            parties: csv_text(parties::COLUMNS, parties.rows()),
            items: csv_text(items::COLUMNS, items.rows()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tollgate_law::Law;

    fn read(text: &str) -> Question {
        question(text, &Law::embedded().unwrap().catalog)
    }

    #[test]
    fn a_whole_question_is_understood() {
        let found = read(
            "Can I ship 3 L40S and two RTX 4090 from Germany to Example Render Studio Ltd., Viet Nam, for rendering?",
        );
        assert_eq!(
            found.lines.iter().map(|line| (line.quantity, line.item.as_str())).collect::<Vec<_>>(),
            [(3, "L40S"), (2, "GeForce RTX 4090")]
        );
        assert_eq!(found.buyer.as_deref(), Some("Example Render Studio Ltd."));
        assert_eq!(found.destination.map(Country::code), Some("VN"));
        assert_eq!(found.origin.map(Country::code), Some("DE"));
        assert_eq!(found.end_use.as_deref(), Some("rendering"));
        assert!(found.lacking().is_empty());
        let tables = found.tables("2026-11-28".parse().unwrap());
        assert_eq!(tables.orders.lines().count(), 3);
        assert!(tables.parties.contains("Example Render Studio Ltd."));
    }

    #[test]
    fn forms_of_recipients() {
        let found = read("4x L40S to a buyer in Vietnam");
        assert_eq!((found.buyer, found.destination.map(Country::code)), (None, Some("VN")));
        let found = read("1 L40S to Example Works Malaysia");
        assert_eq!((found.buyer.as_deref(), found.destination.map(Country::code)), (Some("Example Works"), Some("MY")));
        let found = read("1 L40S to Example Works, Malaysia, headquartered in China, for inference");
        assert_eq!(found.hq_country.map(Country::code), Some("CN"));
    }

    #[test]
    fn what_is_not_understood_is_told() {
        let found = read("4 flux capacitors to Example Works, Norway");
        assert!(found.lines[0].open.is_some());
        assert!(!read("4 L40S to Example Works").lacking().is_empty());
        assert!(!read("4 L40S from Atlantis to Example Works, Norway").lacking().is_empty());
        assert!(!read("hello").lacking().is_empty());
        assert!(read("L40S to Example Works, Norway").lines[0].open.is_some());
    }
}
