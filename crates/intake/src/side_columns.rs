//! Columns that are none of the contract's, and texts beside a table: what of them says nothing of who receives, where, what, how many and what for.
//!
//! Nothing unread passes: a cell is let pass where its header and its text are of a closed list of kinds, or where it says what another column says.
//! Any other leaves its line open, until the column is placed, or named under `ignore` in the mapping.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::header::{target, without_unit};
use crate::text::{plain, words};
use crate::unit_kind::UnitKind;
use crate::values::country::country_in_text;
use crate::values::day::{DayForm, day_form};
use crate::vocabulary::{Profile, headers, word_lists};

/// What stands in a column, by its header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SideKind {
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

/// A column that is none of the contract's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SideColumn {
    /// The column, from 0.
    pub(crate) place: usize,
    /// The header.
    pub(crate) header: String,
    /// What stands in it.
    pub(crate) kind: SideKind,
}

/// The word lists of `data/side_headers.toml`, as [`plain`] makes them.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct SideWords {
    amount: BTreeSet<String>,
    reference: BTreeSet<String>,
    contact: BTreeSet<String>,
    incoterm: BTreeSet<String>,
    status: BTreeSet<String>,
    measure: BTreeSet<String>,
    place: BTreeSet<String>,
    carrying: BTreeSet<String>,
    harmless: BTreeSet<String>,
    states: BTreeSet<String>,
    incoterms: BTreeSet<String>,
    measures: BTreeSet<String>,
    parties: BTreeSet<String>,
    qualifiers: BTreeSet<String>,
    currencies: BTreeSet<String>,
    introductions: BTreeSet<String>,
    directions: BTreeSet<String>,
}

fn side_words() -> &'static SideWords {
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
            *list = list.iter().map(|word| plain(word)).collect();
        }
        lists
    })
}

/// Columns of the contract and of intake of which a second one may be left out.
const FREE_TARGETS: &[&str] = &[
    "order_id",
    "line",
    "date",
    "other_date",
    "year",
    "quarter",
    "unit_price",
    "total_value",
    "currency",
    "hs_code",
    "gross_weight_kg",
    "weight_unit",
    "license_code",
    "license_number",
    "authorization",
    "declared_eccn",
    "sku",
    "ultimate_consignee_email",
    "ultimate_consignee_phone",
    "made_in",
    "net_weight",
    "gpus_on_order",
    "country_only",
    "postal_code",
];
/// So many letters of a cell are kept.
const SHOWN_LETTERS: usize = 200;

/// The words of a header, as the lists have them.
fn header_words(header: &str) -> Vec<String> {
    words(without_unit(header).0).iter().map(|word| plain(word)).collect()
}

/// Whether a header that is not known names one more party by its words.
pub(crate) fn is_party_header(header: &str) -> bool {
    let lists = side_words();
    let all = header_words(header);
    let is_known = |word: &String| lists.parties.contains(word) || lists.qualifiers.contains(word);
    all.iter().any(|word| lists.parties.contains(word)) && all.iter().all(is_known)
}

/// What stands in a column, by its header.
fn side_kind(header: &str) -> SideKind {
    let lists = side_words();
    let whole = plain(without_unit(header).0);
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

/// Whether something of a line may stand under a header that the contract does not have.
pub(crate) fn may_say_something(header: &str) -> bool {
    let kinds = [SideKind::Place, SideKind::Quantity, SideKind::Other];
    match target(header, headers("orders"), None).map(|found| found.target) {
        Some(free) if FREE_TARGETS.contains(&free) => false,
        Some(_) => true,
        None => !header.is_empty() && kinds.contains(&side_kind(header)),
    }
}

/// The columns of a table of orders that are none of those that are read, and may hold something all the same.
pub(crate) fn side_columns(header: &[String], read: &BTreeSet<usize>, profile: Option<&Profile>) -> Vec<SideColumn> {
    let mut columns = Vec::new();
    for (place, header) in
        header.iter().enumerate().filter(|(place, header)| !header.is_empty() && !read.contains(place))
    {
        let kind = match target(header, headers("orders"), profile).map(|found| found.target) {
            Some("") => continue,
            Some(free) if FREE_TARGETS.contains(&free) => continue,
            Some("unit") => SideKind::Unit,
            Some("quantity") => SideKind::Quantity,
            _ => side_kind(header),
        };
        columns.push(SideColumn { place, header: header.clone(), kind });
    }
    columns
}

/// Whether a text is a day, also with a time behind it.
fn is_day(text: &str) -> bool {
    let is_one = |text: &str| !matches!(day_form(text, false), DayForm::Unread);
    let first = text.split([' ', 'T']).next().unwrap_or("");
    let is_time = |rest: &str| rest.chars().all(|letter| letter.is_ascii_digit() || " :.+-TZ".contains(letter));
    let is_bare = text.bytes().all(|byte| byte.is_ascii_digit());
    !is_bare && (is_one(text) || (is_one(first) && text.strip_prefix(first).is_some_and(is_time)))
}

/// Whether all words of a text are of a list, and there is one.
fn are_all_of(text: &str, list: &BTreeSet<String>) -> bool {
    let all = words(text);
    !all.is_empty() && all.iter().all(|word| list.contains(&plain(word)))
}

fn is_figure(text: &str, is_beside: impl Fn(&str) -> bool) -> bool {
    let is_sign =
        |letter: char| letter.is_ascii_digit() || letter.is_whitespace() || ".,'’+-%()/*×$€£¥₩₹".contains(letter);
    let mut letters = text.split(is_sign).filter(|word| !word.is_empty());
    text.chars().any(|letter| letter.is_ascii_digit()) && letters.all(is_beside)
}

fn is_currency(word: &str) -> bool {
    matches!(word, "$" | "€" | "£" | "¥") || side_words().currencies.contains(&plain(word))
}

/// Whether a text is one that stands in columns of a kind, and says nothing else.
pub(crate) fn is_of_kind(text: &str, kind: SideKind) -> bool {
    let lists = side_words();
    match kind {
        SideKind::Amount => is_currency(text) || is_figure(text, is_currency),
        SideKind::Measure => is_figure(text, |word| lists.measures.contains(&plain(word))),
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
        SideKind::Unit => UnitKind::read(text) == UnitKind::Pieces || lists.measures.contains(&plain(text)),
        SideKind::Quantity | SideKind::Place | SideKind::Other => false,
    }
}

/// Whether a text says nothing of who receives, where, what, how many and what for, whatever its column.
pub(crate) fn is_harmless(text: &str) -> bool {
    let says_nothing = !text.chars().any(char::is_alphanumeric);
    says_nothing || is_day(text) || are_all_of(text, &side_words().harmless)
}

/// A text, cut where it is long.
pub(crate) fn shown(text: &str) -> String {
    let mut cut: String = text.chars().take(SHOWN_LETTERS).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether the text of a row beside a table may be about its lines: a text above the headers, where most name the paper and its sender, counts only
/// where it says for whom or where to.
pub(crate) fn is_about_lines(cells: &[String], is_above: bool) -> bool {
    let lists = side_words();
    let filled = || cells.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty());
    if is_above {
        let all: Vec<String> = filled().flat_map(words).map(|word| plain(&word)).collect();
        let names_country = filled()
            .flat_map(|cell| cell.split([' ', ',', ':', ';', '(', ')']))
            .any(|word| country_in_text(word).is_some());
        let has = |list: &BTreeSet<String>| all.iter().any(|word| list.contains(word));
        return has(&lists.introductions) || names_country && has(&lists.directions);
    }
    filled().any(|cell| {
        let is_more = |word: &&str| !word_lists().totals.contains(&plain(word));
        let rest = cell.split_whitespace().filter(is_more).collect::<Vec<_>>().join(" ");
        let is_beside = |word: &str| {
            is_currency(word) || UnitKind::read(word) == UnitKind::Pieces || lists.harmless.contains(&plain(word))
        };
        let is_group = rest.len() < cell.len() && (country_in_text(&rest).is_some() || is_currency(&rest));
        let is_sum = word_lists().totals.contains(&plain(cell)) || is_figure(&rest, is_beside);
        !(is_sum || is_group || is_harmless(&rest))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(header: &str, text: &str) -> bool {
        is_harmless(text) || is_of_kind(text, side_kind(header))
    }

    #[test]
    fn what_is_of_no_list_is_not_let_pass() {
        for (header, text) in [
            ("Total tax", "1,200.50 EUR"),
            ("Customs paid on", "2026-11-20 10:11"),
            ("Fax", "+47 22 00 00 00"),
            ("Payment terms", "Net 30 days"),
            ("Incoterm", "DAP"),
            ("Volume (m3)", "1.2"),
            ("Delivery note no", "LN-20045"),
            ("Remarks", "urgent, please call before delivery"),
        ] {
            assert!(passes(header, text), "{header}: {text}");
        }
        for (header, text) in [
            ("Additional units", "400"),
            ("Remarks", "goes on to Nakamura"),
            ("Incoterm", "CIF Shenzhen"),
            ("Fax", "see Orion Chips"),
            ("Delivery note no", "for the Harbin office"),
            ("Total tax", "all for Minsk"),
            ("Status", "with the army"),
            ("Colour", "400"),
            ("Real country", "Iran"),
            ("Zone", "12"),
        ] {
            assert!(!passes(header, text), "{header}: {text}");
        }
    }

    #[test]
    fn headers_that_name_a_party_are_known_by_their_words() {
        for header in ["Beneficial owner", "real end user", "Agent for", "On behalf of", "Beneficiary", "Applicant 2"] {
            assert!(is_party_header(header), "{header}");
        }
        for header in ["Owner since", "Client group", "End use", "For", "Name"] {
            assert!(!is_party_header(header), "{header}");
        }
    }

    #[test]
    fn a_row_beside_a_table_is_about_its_lines_unless_it_is_known_not_to_be() {
        let row = |text: &str| vec![text.to_owned(), String::new()];
        for text in ["Total", "Grand total 1,234.00", "Subtotal Norway", "Summe: 40 pcs", "end of report", "24.11.2026"]
        {
            assert!(!is_about_lines(&row(text), false), "{text}");
        }
        for text in ["all of it goes to Minsk", "Total: forty, thereof 30 for Orion", "thereof 30"] {
            assert!(is_about_lines(&row(text), false), "{text}");
        }
        assert!(is_about_lines(&row("ship everything to Belarus"), true));
        assert!(is_about_lines(&row("for Orion Chips"), true));
        assert!(!is_about_lines(&row("Harbor Boards Inc, order list of November"), true));
    }
}
