//! A question in one line: so many of what, to whom, where, what for.
//!
//! The grammar is `[can I ship] N ITEM {and N ITEM} [from COUNTRY] to BUYER, COUNTRY [for USE]`, over the law's
//! catalog and the names of countries. What does not fit is given back and is never passed over.

use serde::Serialize;
use tollgate_law::catalog::Catalog;
use tollgate_model::{Country, Date};

use crate::ask_goods::{QuestionLine, line, phrases};
use crate::ask_recipient::recipient;
use crate::ask_words::{LANGUAGES, Language, OPENINGS};
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
    let text = text.trim_end_matches(['?', '.', '!']).trim();
    let text = [" today", " now"].into_iter().find_map(|ending| text.strip_suffix(ending)).unwrap_or(text);
    let text = OPENINGS.iter().find_map(|opening| without_prefix(text, opening)).unwrap_or(text);
    let (Language { from, end_use, .. }, (goods, rest)) = divided(text);
    let (goods, origin) = split_at_word(goods, from).unwrap_or((goods, ""));
    if !origin.is_empty() {
        question.origin = country_in_text(origin);
        if question.origin.is_none() {
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
mod tests {
    use std::sync::{Arc, LazyLock};

    use super::*;
    use tollgate_law::Law;

    fn read(text: &str) -> Question {
        static LAW: LazyLock<Arc<Law>> = LazyLock::new(|| Law::embedded().unwrap());
        question(text, &LAW.catalog)
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

    #[test]
    fn words_that_change_a_number_are_asked_about() {
        for text in [
            "a dozen L40S",
            "two dozen L40S",
            "ten thousand L40S",
            "2,5 L40S",
            "4 L40S not",
            "4 L40S per month",
            "no L40S",
            "half an L40S",
            "-5 L40S",
            "1.000 L40S",
            "0 L40S",
            "1e6 L40S",
            "about 4 L40S",
            "4 or 5 L40S",
            "+4 L40S",
            "L40S x0",
            "L40S x 2.5",
            "L40S (about 4)",
            "L40S 4",
            "L40S 4 boxes",
        ] {
            let found = read(&format!("{text} to Example Works, Norway"));
            assert!(found.lines.iter().all(|line| line.open.is_some()), "{text}: {found:?}");
        }
        assert_eq!(read("1,000 L40S to Example Works, Norway").lines[0].quantity, 1_000);
        assert_eq!(read("eight L40S to Example Works, Norway").lines[0].open, None);
    }

    #[test]
    fn a_second_party_or_place_is_never_passed_over() {
        for text in [
            "Example Works, Norway or China",
            "Example Works, Norway, via China",
            "Example Works, China, Norway",
            "Example Works, Norway and Other Works, Sweden",
            "Example Works, Norway, headquartered in Norway or China",
            "Example Works, Norway, headquartered in Atlantis",
            "Example Works, Norway, for rendering on behalf of Other Works",
            "Example Works, Norway, for rendering, paid by Other Works",
            "Example Works not in China, Norway",
            "Example Works, Norway; 3 H20 to Other Works, China",
            "Example Works, Norway?? no, Sweden",
            "Example Works, Norway. Then to China",
            "Example Works, Norway China",
            "Example Works, a Other Works company, Norway",
            "Example Works (Other Works subsidiary), Norway",
            "Example Works subsidiary of Other Works, Norway",
            "Example Works on behalf of Other Works, Norway",
            "Example Works and then Other Works, Norway",
            "Example Works, Norway, owned by Other Works",
            "Embassy of Iran, Norway",
            "Bank of China for trading, Norway",
            "Example Works, San Jose, CA",
            "Example Works, Norway, for rendering, end user Other Works",
        ] {
            assert!(!read(&format!("4 L40S to {text}")).lacking().is_empty(), "{text}");
        }
        for text in [
            "Smith and Sons, Norway",
            "Example Works Norway AS, Norway",
            "Example Works, Norway, for rendering",
            "Example Works, Inc., San Jose, CA, USA",
            "Institute for Examples, Norway",
            "Institute for Examples, Norway, for rendering",
            "Example Works Co., Ltd., Hanoi, Viet Nam",
            "Air China, Norway, headquartered in China",
            "Example (Thailand) Co., Ltd., Thailand",
        ] {
            assert!(read(&format!("4 L40S to {text}")).lacking().is_empty(), "{text}");
        }
    }

    #[test]
    fn words_that_no_name_has_are_asked_about() {
        for text in [
            "4 kg L40S",
            "4 boxes of L40S",
            "4 pallets L40S",
            "4 L40S (to be resold in China)",
            "4 L40S [8 cards each]",
            "4 L40S NVL",
            "4 broken L40S",
            "rent 4 L40S",
            "4 L40S for a friend",
        ] {
            let found = read(&format!("{text} to Example Works, Norway"));
            assert!(
                found.lines.iter().any(|line| line.open.is_some()) || !found.lacking().is_empty(),
                "{text}: {found:?}"
            );
        }
        for text in
            ["4 NVIDIA L40S GPUs", "4 used L40S cards", "4 pcs. L40S", "one HGX A100 8-GPU board", "2 H100 SXM5 80GB"]
        {
            let found = read(&format!("{text} to Example Works, Norway"));
            assert!(found.lines.iter().all(|line| line.open.is_none()), "{text}: {found:?}");
        }
    }

    #[test]
    fn counts_are_read_as_people_write_them() {
        for (text, quantity) in [
            ("8xL40S", 8),
            ("8x L40S", 8),
            ("8 x L40S", 8),
            ("8\u{d7}L40S", 8),
            ("4pcs L40S", 4),
            ("10k L40S", 10_000),
            ("qty 4 L40S", 4),
            ("Qty: 4 L40S", 4),
            ("twenty L40S", 20),
            ("\u{ff14} L40S", 4),
            ("100 RTX 4090s", 100),
            ("L40S x4", 4),
            ("L40S x 4", 4),
            ("L40S (x4)", 4),
            ("L40S (qty 4)", 4),
            ("L40S 4 pcs", 4),
        ] {
            let found = read(&format!("{text} to Example Works, Norway"));
            let [line] = found.lines.as_slice() else { panic!("{text}: {found:?}") };
            assert_eq!((line.quantity, &line.open), (quantity, &None), "{text}");
        }
    }

    #[test]
    fn other_languages_and_arrows_divide_a_question() {
        for text in [
            "4 L40S an Beispiel GmbH, Norwegen, f\u{fc}r Rendering",
            "vier L40S aus Deutschland nach Norwegen",
            "4 L40S \u{e0} Exemple SA, Norv\u{e8}ge, pour le rendu",
            "cuatro L40S desde Alemania a Ejemplo, Noruega, para renderizado",
            "4 L40S -> Example Works, Norway",
        ] {
            let found = read(text);
            assert!(found.lacking().is_empty(), "{text}: {found:?}");
            assert_eq!(found.destination.map(Country::code), Some("NO"), "{text}");
            assert_eq!(
                found.lines.iter().map(|line| (line.quantity, &line.open)).collect::<Vec<_>>(),
                [(4, &None)],
                "{text}"
            );
        }
    }

    #[test]
    fn a_place_behind_the_name_is_the_address_and_is_screened_too() {
        let found = read("4 L40S to Example Works, Sevastopol, Ukraine");
        assert_eq!((found.buyer.as_deref(), found.address.as_str()), (Some("Example Works"), "Sevastopol"));
        let tables = found.tables("2026-11-28".parse().unwrap());
        assert!(tables.parties.lines().nth(1).unwrap().matches("Sevastopol").count() == 2, "{}", tables.parties);
        assert_eq!(read("4 L40S to Example / Other Works, Norway").other_names, ["Example", "Other Works"]);
    }
}
