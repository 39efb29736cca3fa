//! Columns that are none of the contract's, and texts beside a table: what of them says nothing of who receives, where, what, how many and what for.
//!
//! Nothing unread passes: a cell is let pass where its header and its text are of a closed list of kinds, or where it says what another column says.
//! Any other leaves its line open, until the column is placed, or named under `ignore` in the mapping.

use std::collections::BTreeSet;

pub(crate) use tollgate_records::{SideKind, shown_text as shown};
use tollgate_records::{header_words, is_figure, is_text_of_kind, says_nothing, side_kind, side_words};

use crate::header::target;
use crate::text::{plain, words};
use crate::unit_kind::UnitKind;
use crate::values::country::country_in_text;
use crate::values::day::{DayForm, day_form};
use crate::vocabulary::{Profile, headers, word_lists};

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
/// Whether a header that is not known names one more party by its words.
pub(crate) fn is_party_header(header: &str) -> bool {
    let lists = side_words();
    let all = header_words(header);
    let is_known = |word: &String| lists.parties.contains(word) || lists.qualifiers.contains(word);
    all.iter().any(|word| lists.parties.contains(word)) && all.iter().all(is_known)
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

/// Whether a text is one that stands in columns of a kind, and says nothing else.
pub(crate) fn is_of_kind(text: &str, kind: SideKind) -> bool {
    kind == SideKind::Unit && UnitKind::read(text) == UnitKind::Pieces || is_text_of_kind(text, kind)
}

/// Whether a text says nothing of who receives, where, what, how many and what for, whatever its column.
pub(crate) fn is_harmless(text: &str) -> bool {
    is_day(text) || says_nothing(text)
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
            side_words().is_currency(word)
                || UnitKind::read(word) == UnitKind::Pieces
                || lists.harmless.contains(&plain(word))
        };
        let is_group = rest.len() < cell.len() && (country_in_text(&rest).is_some() || lists.is_currency(&rest));
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
