//! What was declared of a line, held against what its item, its value and its mass imply: findings, which decide nothing.
//!
//! They follow from how the tariff is built (the first two digits of a code are a chapter, the first four a heading, alike in every country) and from
//! value and mass per unit; no word of a description is looked for.

use tollgate_engine::is_listed_eccn;
use tollgate_law::catalog::{Catalog, Resolution};
use tollgate_model::{Date, Decimal, Item, ItemKind, Lookup, OrderLine, Outcome, group_digits};
use tollgate_records::Declared;

use super::aes::{AesCode, aes_code, has_code_form};
use super::claim::Claim;
use super::decider::Decided;
use super::spelling::plain;

/// What was declared otherwise than the goods, their value and their mass imply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredFinding {
    /// The column of the orders table that says it.
    pub column: &'static str,
    /// What does not fit, in a sentence.
    pub sentence: String,
}

/// Chapters of the Harmonized System under which machines and circuits stand; 98 and 99 are the countries' own.
const CHAPTERS_OF_MACHINES: [&str; 4] = ["84", "85", "98", "99"];
/// Headings of computers, their parts, circuits, electric machines of their own functions, and apparatus of networks and recorded media.
const HEADINGS_OF_COMPUTE: [&str; 7] = ["8471", "8473", "8542", "8543", "8517", "8523", "8524"];
/// Up to here are chapters of food, plants, animals and drink.
const LAST_CHAPTER_OF_FOOD: u32 = 24;
/// Chapters of gold and gems, of medicines, of aircraft and spacecraft, of instruments, of watches, of art: a kilogram may be worth anything.
const DEAR_CHAPTERS: [u32; 6] = [30, 71, 88, 90, 91, 97];
/// So many dollars a kilogram no food is worth.
const MOST_FOR_FOOD: i128 = 250;
/// So many dollars a kilogram nothing of the other chapters is worth, but machines and circuits.
const MOST_FOR_GOODS: i128 = 1_000;
/// From here on, in dollars a unit, goods that are said to hold no accelerator, or of which nobody says what they are, are dear,
const DEAR_UNIT: i128 = 5_000;
/// where a kilogram of them is worth so much besides, or is not known.
const DEAR_KILOGRAM: i128 = 500;
/// A price is odd below a part of the listed one, and above so many times it.
const ODD_PRICE: i128 = 8;
/// The least and the most that the packed mass of goods may be for one accelerator of theirs, in grams.
const MASS_OF_ONE: (i128, i128) = (20, 250_000);
/// Up to so many dollars a code of the tariff may go without a filing (15 CFR 30.37(a)).
const MOST_WITHOUT_FILING: i128 = 2_500;

/// Countries to which listed items are filed at every value (15 CFR 758.1(b)(10)).
const FILED_AT_ANY_VALUE: [&str; 3] = ["CN", "RU", "VE"];

/// A line as its findings need it.
struct DeclaredLine<'a> {
    order: &'a OrderLine<'a>,
    declared: Declared<'a>,
    /// Cents of a unit.
    price: Option<i128>,
    /// Grams of the line.
    mass: Option<i128>,
    /// Units, where they are known.
    units: Option<i128>,
    /// The item, unless nothing is known of it.
    item: Option<&'a Item>,
    /// Accelerators of a unit.
    accelerators: Option<i128>,
}

impl DeclaredLine<'_> {
    /// Whether the item holds an accelerator, or is one, or memory for one.
    fn is_compute(&self) -> bool {
        let kind = self.item.map(|item| item.kind);
        kind.is_some_and(|kind| {
            !matches!(kind, Some(ItemKind::Other | ItemKind::ModelWeights | ItemKind::Software | ItemKind::Technology))
        })
    }

    /// Whole dollars a kilogram.
    fn dollars_per_kilogram(&self) -> Option<i128> {
        let (price, mass, units) = (self.price?, self.mass.filter(|mass| *mass > 0)?, self.units?);
        price.checked_mul(units)?.checked_mul(10)?.checked_div(mass)
    }
}

/// Items by the descriptions that are their names, kept from line to line: descriptions come again and again.
#[derive(Default)]
pub struct DescribedItems {
    known: Lookup<String, Option<String>>,
}

impl DescribedItems {
    /// How many descriptions are kept.
    const MOST: usize = 10_000;

    /// The item of which a description is the name; `None` where it is of none, or of several.
    fn item_of<'c>(&mut self, text: &str, catalog: &'c Catalog) -> Option<&'c Item> {
        if let Some(known) = self.known.get(text) {
            return known.as_deref().and_then(|name| catalog.item(name));
        }
        let found = match catalog.resolve(text) {
            Resolution::Found(item) => Some(item),
            _ => None,
        };
        if self.known.len() >= Self::MOST {
            self.known.clear();
        }
        self.known.insert(text.to_owned(), found.map(|item| item.item.clone()));
        found
    }
}

/// The findings on a line. `catalog` knows items by the names that a description may be; `described` keeps what was found so.
pub fn declared_findings(
    order: &OrderLine<'_>,
    declared: Declared<'_>,
    decided: &Decided<'_>,
    catalog: &Catalog,
    described: &mut DescribedItems,
) -> Vec<DeclaredFinding> {
    let scaled =
        |number: Option<Decimal>, places: u8| number.and_then(|number| number.scaled_up(places)).map(i128::from);
    let known = &decided.line.item;
    let line = DeclaredLine {
        order,
        declared,
        price: scaled(declared.unit_price_usd, 2),
        mass: scaled(declared.gross_weight_kg, 3),
        units: (!order.is_unread("quantity")).then_some(i128::from(order.quantity)),
        item: known.unknown.is_none().then_some(&known.item),
        accelerators: known.accelerators.map(i128::from),
    };
    let found = [
        eccn_finding(&line, decided),
        tariff_finding(&line),
        description_finding(&line, decided, catalog, described),
        worth_finding(&line),
        price_finding(&line),
        mass_finding(&line),
        code_finding(&line, decided),
        filing_finding(&line, decided),
    ];
    found.into_iter().flatten().collect()
}

/// A number of zero or more with its digits in groups.
fn shown(number: i128) -> String {
    u64::try_from(number).map_or_else(|_| number.to_string(), group_digits)
}

fn finding(column: &'static str, sentence: String) -> Option<DeclaredFinding> {
    Some(DeclaredFinding { column, sentence })
}

fn eccn_finding(line: &DeclaredLine<'_>, decided: &Decided<'_>) -> Option<DeclaredFinding> {
    let declared = line.declared.declared_eccn?;
    let figured = decided.eccn()?;
    if is_listed_eccn(declared) == is_listed_eccn(&figured) {
        return None;
    }
    finding("declared_eccn", format!("`{declared}` is declared; by its figures the item is {figured}."))
}

/// The digits of a code of the tariff; `None` where it is none: such codes have six to twelve, in pairs.
fn digits_of(code: &str) -> Option<String> {
    let is_mark = |letter: char| matches!(letter, '.' | ' ' | '-');
    let digits: String = code.chars().filter(|letter| !is_mark(*letter)).collect();
    let is_code = digits.bytes().all(|byte| byte.is_ascii_digit()) && matches!(digits.len(), 4 | 6 | 8 | 10 | 12);
    let chapter: u32 = digits.get(..2)?.parse().ok()?;
    (is_code && chapter > 0 && chapter != 77).then_some(digits)
}

fn tariff_finding(line: &DeclaredLine<'_>) -> Option<DeclaredFinding> {
    let code = line.declared.hs_code?;
    let Some(digits) = digits_of(code) else {
        let what = "is no code of the tariff: such codes have 6, 8 or 10 digits, and chapters 01 to 99 but for 77";
        return finding("hs_code", format!("`{code}` {what}."));
    };
    let item = line.item.filter(|_| line.is_compute())?;
    let chapter = digits.get(..2)?;
    if !CHAPTERS_OF_MACHINES.contains(&chapter) {
        let what = format!("`{code}` is of chapter {chapter}, under which neither machines nor circuits stand");
        return finding("hs_code", format!("{what}: `{}` is one.", item.item));
    }
    let heading = digits.get(..4)?;
    if matches!(chapter, "98" | "99") || HEADINGS_OF_COMPUTE.contains(&heading) {
        return None;
    }
    finding(
        "hs_code",
        format!("`{code}` is of heading {heading}, under which neither computers, their parts nor circuits stand."),
    )
}

/// A description that is by itself the name of an item with another accelerator.
fn description_finding(
    line: &DeclaredLine<'_>,
    decided: &Decided<'_>,
    catalog: &Catalog,
    described: &mut DescribedItems,
) -> Option<DeclaredFinding> {
    let text = line.declared.description?;
    // Memory of any kind is memory: a word of trade does not say which.
    let item = line.item.filter(|item| item.kind != Some(ItemKind::Memory))?;
    let other = described.item_of(text, catalog)?;
    let chip_of = |item: &Item| item.accelerator.clone().unwrap_or_else(|| item.item.clone());
    let held = decided.line.item.chip.as_ref().map_or_else(|| chip_of(item), |chip| chip.item.clone());
    let named = chip_of(other);
    if named == held || item.item == other.item {
        return None;
    }
    finding("description", format!("`{text}` is {}, and the item is `{}`.", other.item, item.item))
}

/// Goods that are worth more than what they are declared to be can be.
fn worth_finding(line: &DeclaredLine<'_>) -> Option<DeclaredFinding> {
    let per_kilogram = line.dollars_per_kilogram();
    let chapter = line.declared.hs_code.and_then(digits_of).and_then(|digits| digits.get(..2)?.parse::<u32>().ok());
    let most = match chapter {
        Some(chapter) if chapter <= LAST_CHAPTER_OF_FOOD => Some(MOST_FOR_FOOD),
        Some(84 | 85 | 98 | 99) | None => None,
        Some(chapter) if DEAR_CHAPTERS.contains(&chapter) => None,
        Some(_) => Some(MOST_FOR_GOODS),
    };
    if let (Some(most), Some(worth), Some(chapter)) = (most, per_kilogram, chapter)
        && worth > most
    {
        let what = format!("A kilogram is worth {} dollars, more than goods of chapter {chapter:02} are", shown(worth));
        return finding("hs_code", format!("{what} ({}).", shown(most)));
    }
    let dollars = line.price? / 100;
    if line.is_compute() || dollars < DEAR_UNIT || per_kilogram.is_some_and(|worth| worth < DEAR_KILOGRAM) {
        return None;
    }
    let kilogram = per_kilogram.map_or_else(String::new, |worth| format!(", and a kilogram {}", shown(worth)));
    let what = "what they are is not known, or they are said to hold no accelerator: ask what they do";
    finding("unit_price_usd", format!("A unit costs {} dollars{kilogram}; {what}.", shown(dollars)))
}

fn price_finding(line: &DeclaredLine<'_>) -> Option<DeclaredFinding> {
    let listed = line.item?.price_usd?.scaled_up(2).map(i128::from).filter(|listed| *listed > 0)?;
    let price = line.price?;
    let is_odd = price.checked_mul(ODD_PRICE)? < listed || price > listed.checked_mul(ODD_PRICE)?;
    is_odd.then_some(())?;
    finding(
        "unit_price_usd",
        format!("A unit costs {} dollars, and {} as listed.", shown(price / 100), shown(listed / 100)),
    )
}

fn mass_finding(line: &DeclaredLine<'_>) -> Option<DeclaredFinding> {
    let kind = line.item?.kind?;
    let accelerators = line.accelerators.filter(|count| *count > 0)?;
    let (units, mass) = (line.units.filter(|units| *units > 0)?, line.mass?);
    let counted = units.checked_mul(accelerators)?;
    let of_one = mass / counted;
    let least = if matches!(kind, ItemKind::Board | ItemKind::Server | ItemKind::Rack) { MASS_OF_ONE.0 } else { 0 };
    if (least..=MASS_OF_ONE.1).contains(&of_one) {
        return None;
    }
    let what = format!("{mass} g in all are {of_one} g for each of {counted} accelerators");
    finding("gross_weight_kg", format!("{what}: so much one does not weigh, packed."))
}

/// A license code that could not be reported on the day, or is not the one of what the line goes under.
fn code_finding(line: &DeclaredLine<'_>, decided: &Decided<'_>) -> Option<DeclaredFinding> {
    let text = line.order.authorization?;
    let words = plain(text);
    let word = words.split(' ').next().filter(|word| has_code_form(word))?;
    let shown = word.to_uppercase();
    let why = match aes_code(word) {
        None => "is no license code that is known here: see AESTIR, appendix F".to_owned(),
        Some(code) => code_fault(code, line.order, decided)?,
    };
    finding("authorization", format!("`{shown}` {why}."))
}

/// Why a code is not the one to report; `None` where it may be.
fn code_fault(code: &AesCode, order: &OrderLine<'_>, decided: &Decided<'_>) -> Option<String> {
    let date = (!order.is_unread("date")).then_some(order.date);
    let is_before = |from: &Date| date.is_some_and(|date| date < *from);
    let is_after = |until: &Date| date.is_some_and(|date| date > *until);
    if let Some(from) = code.from.filter(is_before) {
        return Some(format!("is a license code since {from}, and the line goes on {}", order.date));
    }
    if let Some(until) = code.until.filter(is_after) {
        return Some(format!("was a license code until {until}, and the line goes on {}", order.date));
    }
    let outcome = decided.determination().label.outcome;
    let claim = &decided.line.claim;
    if matches!(claim, Claim::Unread(_)) {
        return Some(match code.claim {
            "license" => "is for licenses, and no number of one stands beside it".to_owned(),
            claim => format!("is the code of {claim}, and something else stands beside it"),
        });
    }
    match code.claim {
        "license" if outcome == Outcome::NoLicenseRequired => {
            Some("is for licenses, and the line needs none".to_owned())
        }
        "NLR" if outcome == Outcome::LicenseRequired => {
            Some("is for what needs no license, and the line needs one".to_owned())
        }
        claim if decided.claimed_ok == Some(false) => {
            Some(format!("is the code of {claim}, which does not hold for the line"))
        }
        _ => None,
    }
}

/// An exemption from filing that does not hold.
fn filing_finding(line: &DeclaredLine<'_>, decided: &Decided<'_>) -> Option<DeclaredFinding> {
    let claim = line.order.authorization?;
    let is_named = |cite: &str| claim.contains(cite);
    let of_canada = is_named("30.36");
    let of_value = is_named("30.37(a)") || is_named("30.37a") || is_named("30.37 a");
    if !of_canada && !of_value {
        return None;
    }
    let required = decided.determination().label.outcome == Outcome::LicenseRequired;
    let value = line.price.zip(line.units).and_then(|(price, units)| price.checked_mul(units)).map(|cents| cents / 100);
    let why = if required {
        "a license is required, with which every value is filed (15 CFR 758.1(b))"
    } else if of_canada && line.order.destination.code() != "CA" {
        "it is for goods that stay in Canada (15 CFR 30.36)"
    } else if of_value && value.is_some_and(|value| value > MOST_WITHOUT_FILING) {
        "the line is worth more than 2,500 dollars (15 CFR 30.37(a))"
    } else if of_value
        && FILED_AT_ANY_VALUE.contains(&line.order.destination.code())
        && decided.eccn().is_some_and(|eccn| is_listed_eccn(&eccn))
    {
        "listed items to this country are filed at every value (15 CFR 758.1(b)(10), from memory)"
    } else {
        return None;
    };
    finding("authorization", format!("The exemption from filing `{claim}` does not hold: {why}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_the_tariff_have_pairs_of_digits() {
        for code in ["8471.50", "8473301180", "0306.32", "847150 0150", "9801.00.10.12"] {
            assert!(digits_of(code).is_some(), "{code}");
        }
        for code in ["", "84", "84715", "8471.5X", "7701.10", "0001.10", "12345678901234"] {
            assert!(digits_of(code).is_none(), "{code}");
        }
    }
}
