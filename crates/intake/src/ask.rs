//! A question in one line: so many of what, to whom, where, what for.
//!
//! The grammar is `[can I ship] N ITEM {and N ITEM} [from COUNTRY] to BUYER, COUNTRY [for USE]`, over the law's
//! catalog and the names of countries. What does not fit is given back and is never passed over.

use serde::Serialize;
use tollgate_law::catalog::Catalog;
use tollgate_model::{Country, Date};

use crate::ask_goods::{QuestionLine, line, phrases};
use crate::ask_languages::from_japanese;
use crate::ask_recipient::recipient;
use crate::ask_words::{GERMAN_ENDINGS, GREETINGS, LANGUAGES, Language, OPENINGS, QUESTION_OPENINGS, is_doubt};
use crate::csv_text;
use crate::goods::GoodsFinder;
use crate::items::{self, Items};
use crate::orders;
use crate::parties::{self, Parties, PartyFacts};
use crate::text::narrow;
use crate::values::country::country_in_text;

/// A question as it was understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// What is to be sent.
    pub lines: Vec<QuestionLine>,
    /// To whom.
    pub buyer: Option<String>,
    /// Parts of what was written of the buyer that may be names too, and are screened as such.
    pub other_names: Vec<String>,
    /// The buyer's address or city, as far as it was written; empty where it was not.
    pub address: String,
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

/// What was understood of a question, for programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Understood {
    /// What is to be sent.
    pub lines: Vec<UnderstoodLine>,
    /// To whom.
    pub buyer: Option<String>,
    /// The buyer's address or city; empty where none was written.
    pub address: String,
    /// What else the buyer may be called; screened too.
    pub other_names: Vec<String>,
    /// Where to.
    pub destination: Option<&'static str>,
    /// Where from, where it is said.
    pub origin: Option<&'static str>,
    /// Where the buyer is headquartered, where it is said.
    pub hq_country: Option<&'static str>,
    /// What for.
    pub end_use: Option<String>,
    /// The day of shipment.
    pub date: String,
}

/// A line of what was understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnderstoodLine {
    /// What was written.
    pub text: String,
    /// How many.
    pub quantity: i64,
    /// The item of the catalog, or the name that was written.
    pub item: String,
    /// The accelerator that a unit holds, where the item is no single one of the catalog.
    pub accelerator: Option<String>,
    /// How many of it a unit holds.
    pub accelerators: Option<i64>,
    /// What must be said before the line can be decided.
    pub question: Option<String>,
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

/// Understands a question. What was not understood stands in `unread` and in the lines' `open`.
pub fn question(text: &str, catalog: &Catalog) -> Question {
    let mut question = Question::default();
    let text = narrow(text).split_whitespace().collect::<Vec<_>>().join(" ");
    let (text, marks) = without_marks(&text);
    let text = GREETINGS.iter().find_map(|greeting| without_prefix(text, greeting)).unwrap_or(text);
    let text = GREETINGS.iter().find_map(|greeting| without_prefix(text, greeting)).unwrap_or(text);
    let japanese = from_japanese(text);
    let text = japanese.as_deref().unwrap_or(text);
    let is_question =
        japanese.is_some() || QUESTION_OPENINGS.iter().any(|opening| without_prefix(text, opening).is_some());
    if marks.chars().filter(|mark| is_doubt(*mark)).count() > usize::from(is_question) {
        question.unread.push(format!("{}{marks}", text.rsplit(' ').next().unwrap_or("")));
    }
    let text = [" today", " now"].into_iter().find_map(|ending| text.strip_suffix(ending)).unwrap_or(text);
    let text = OPENINGS.iter().find_map(|opening| without_prefix(text, opening)).unwrap_or(text);
    let text = GERMAN_ENDINGS.iter().find_map(|ending| text.strip_suffix(ending)?.strip_suffix(' ')).unwrap_or(text);
    let (Language { from, end_use, .. }, (goods, rest)) = divided(text);
    let (goods, origin) = split_at_word(goods, from).unwrap_or((goods, ""));
    if !origin.is_empty() {
        question.origin = country_in_text(origin);
        if question.origin.is_none() || origin.contains(is_doubt) {
            question.unread.push(format!("from {origin}"));
        }
    }
    let mut finder = GoodsFinder::new(catalog);
    question.lines = phrases(goods).iter().map(|phrase| line(phrase, &mut finder)).collect();
    let found = recipient(rest, end_use);
    question.unread.extend(found.unread);
    Question {
        buyer: found.name,
        other_names: found.other_names,
        address: found.address,
        destination: found.country,
        hq_country: found.hq_country,
        end_use: found.end_use,
        ..question
    }
}

/// A text without the marks that end it, and these.
fn without_marks(text: &str) -> (&str, &str) {
    let is_mark = |mark: char| matches!(mark, '.' | '!' | ' ') || is_doubt(mark);
    let bare = text.trim_end_matches(is_mark);
    (bare, text.get(bare.len()..).unwrap_or(""))
}

/// The language of a question, and the texts before and behind its word for `to`; English and no recipient where none is found.
fn divided(text: &str) -> (&'static Language, (&str, &str)) {
    static ENGLISH: Language = Language { to: &[], from: &["from"], end_use: &["for"] };
    let found = LANGUAGES.iter().find_map(|language| Some((language, split_at_word(text, language.to)?)));
    found.unwrap_or((&ENGLISH, (text, "")))
}

/// The text behind a phrase that it begins with, letter case aside.
fn without_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    (head.eq_ignore_ascii_case(prefix) && rest.starts_with(' ')).then(|| rest.trim_start())
}

/// The texts before and behind the first place of one of some words.
fn split_at_word<'a>(text: &'a str, words: &[&str]) -> Option<(&'a str, &'a str)> {
    let mut start = 0;
    for part in text.split(' ') {
        let end = start + part.len();
        if words.contains(&part.to_lowercase().as_str()) {
            let before = text.get(..start)?.trim();
            let behind = text.get(end..)?.trim();
            return Some((before, behind));
        }
        start = end + 1;
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
        if self.buyer.is_none() {
            lacking.push("who buys? Write the buyer's name: `to BUYER, COUNTRY`".to_owned());
        }
        lacking
    }

    /// What was understood, for shipment on a day.
    pub fn understood(&self, date: Date) -> Understood {
        let line = |line: &QuestionLine| {
            let (accelerator, accelerators) = line.holds.clone().unzip();
            UnderstoodLine {
                text: line.text.clone(),
                quantity: line.quantity,
                item: line.item.clone(),
                accelerator,
                accelerators,
                question: line.open.clone(),
            }
        };
        let [destination, origin, hq_country] =
            [self.destination, self.origin, self.hq_country].map(|country| country.map(Country::code));
        Understood {
            lines: self.lines.iter().map(line).collect(),
            buyer: self.buyer.clone(),
            address: self.address.clone(),
            other_names: self.other_names.clone(),
            destination,
            origin,
            hq_country,
            end_use: self.end_use.clone(),
            date: date.to_string(),
        }
    }

    /// The tables of the lines that are understood, shipped on a day.
    pub fn tables(&self, date: Date) -> QuestionTables {
        let mut parties = Parties::default();
        let mut items = Items::default();
        let facts = PartyFacts { country: self.destination, address: &self.address, ..PartyFacts::default() };
        let buyer = parties.id_by_name(self.buyer.as_deref().unwrap_or("The buyer"), &facts);
        parties.set_aliases(&buyer, &self.other_names);
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
mod tests;
