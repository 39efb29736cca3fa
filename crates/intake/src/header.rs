//! What a header means: by a profile, by its words, without what only says more, or as one of a group.

use std::collections::BTreeMap;

use crate::text::{plain, words};
use crate::vocabulary::{Headers, Profile, headers};

/// What a header means.
pub(crate) struct Target<'a> {
    pub(crate) target: &'a str,
    /// Less is a better word for it.
    pub(crate) rank: usize,
    /// What stands in brackets behind it, such as `thousands` or `kg`, in plain letters.
    pub(crate) unit: String,
}

/// Between the header of a group of columns and that of one of them.
pub(crate) const GROUPED: &str = " / ";

/// Words that only say more of a column: `Quantity Ordered`, `Part Description`, `Commande n°`.
const MODIFIERS: &[&str] = &[
    "ordered",
    "order",
    "ord",
    "requested",
    "req",
    "shipped",
    "ship",
    "confirmed",
    "scheduled",
    "planned",
    "actual",
    "item",
    "part",
    "goods",
    "material",
    "commodity",
    "cargo",
    "line",
    "no",
    "nr",
    "number",
    "num",
    "n",
    "id",
    "code",
    "full",
    "declared",
    "article",
    "catalog",
    "catalogue",
    "the",
    "of",
];
/// Those of them that leave a day the day of shipment.
const OF_SHIPMENT: &[&str] =
    &["requested", "req", "shipped", "ship", "confirmed", "scheduled", "planned", "actual", "the", "of"];
/// A header that is known without some of its words stands behind one that is known as it is.
const RANK_OF_MODIFIED: usize = 1_000;
/// Headers that say no more than that a day stands there: above a table they are the day of the paper, and beside a header that says which day it is,
/// that one is taken.
pub(crate) const BARE_DAYS: &[&str] =
    &["date", "datum", "fecha", "data", "tarih", "дата", "日期", "日付", "일자", "날짜", "التاريخ", "تاريخ"];
/// They stand behind all others.
const RANK_OF_BARE_DAY: usize = 1_000_000;
/// Columns of orders that name parties.
const ROLES: [&str; 5] = ["exporter", "purchaser", "intermediate_consignee", "ultimate_consignee", "end_user"];

/// What a header means in a section; `None` where it means nothing that is known.
pub(crate) fn target<'a>(header: &str, section: &'a Headers, profile: Option<&'a Profile>) -> Option<Target<'a>> {
    let found = known_target(header, section, profile)?;
    let is_bare_day = found.target == "date" && BARE_DAYS.contains(&plain(header).as_str());
    Some(if is_bare_day { Target { rank: RANK_OF_BARE_DAY, ..found } } else { found })
}

/// As [`target`], however little the header says.
fn known_target<'a>(header: &str, section: &'a Headers, profile: Option<&'a Profile>) -> Option<Target<'a>> {
    let (bare, unit) = without_unit(header);
    let is_price = is_price_of_one(header);
    for (text, unit) in [(plain(header), String::new()), (plain(bare), plain(unit))] {
        if text.is_empty() || is_price {
            continue;
        }
        if let Some(target) = profile.and_then(|profile| profile.columns.get(&text)) {
            return Some(Target { target, rank: 0, unit });
        }
        if let Some((target, place)) = section.get(&text) {
            return Some(Target { target, rank: place + 1, unit });
        }
    }
    if is_price && let Some((target, _)) = section.get("unitprice") {
        return Some(Target { target, rank: RANK_OF_MODIFIED, unit: String::new() });
    }
    of_group(bare, section, profile)
        .or_else(|| modified(bare, section))
        .map(|found| Target { unit: plain(unit), ..found })
}

/// `$/unit`, `€ each`.
fn is_price_of_one(header: &str) -> bool {
    let is_one =
        |text: &str| matches!(text, "unit" | "units" | "each" | "ea" | "pc" | "pcs" | "piece" | "stuck" | "stk" | "u");
    header.contains(['$', '€', '£', '¥']) && is_one(plain(header).trim_start_matches("us").trim_start_matches("per"))
}

/// A header of several words, some of which only say more.
fn modified<'a>(header: &str, section: &'a Headers) -> Option<Target<'a>> {
    let all = words(header);
    let rest: Vec<&str> = all.iter().map(String::as_str).filter(|word| !MODIFIERS.contains(word)).collect();
    if rest.is_empty() || rest.len() == all.len() {
        return None;
    }
    let (target, place) = section.get(&plain(&rest.join(" ")))?;
    let is_of_shipment =
        || all.iter().all(|word| rest.contains(&word.as_str()) || OF_SHIPMENT.contains(&word.as_str()));
    let is_sure = match target.as_str() {
        // The country of an item or a material is where it was made.
        "destination" | "origin" | "ship_to_country" => false,
        "date" => is_of_shipment(),
        _ => true,
    };
    is_sure.then_some(())?;
    Some(Target { target, rank: RANK_OF_MODIFIED + place, unit: String::new() })
}

/// A header below that of a group: `End user / Country` is the end user's country, `Goods / Model` the model.
fn of_group<'a>(header: &str, section: &'a Headers, profile: Option<&'a Profile>) -> Option<Target<'a>> {
    let (group, one) = header.rsplit_once(GROUPED)?;
    let role = target(group, section, profile).map(|found| found.target).filter(|role| ROLES.contains(role));
    let Some(role) = role else { return target(one, section, profile) };
    let part = target(one, headers("parties"), None)?.target;
    let name = match part {
        "name" | "party_id" => role.to_owned(),
        part => format!("{role}_{part}"),
    };
    let (target, _) = section.get(&plain(&name))?;
    Some(Target { target, rank: 1, unit: String::new() })
}

/// A header without what stands in brackets at its end.
pub(crate) fn without_unit(header: &str) -> (&str, &str) {
    let header = header.trim();
    let Some(open) = header.rfind(['(', '[', '（']) else { return (header, "") };
    let (bare, unit) = header.split_at_checked(open).unwrap_or((header, ""));
    if header.ends_with([')', ']', '）']) && !bare.trim().is_empty() { (bare, unit) } else { (header, "") }
}

/// The headers of two rows as one, where the upper one names groups of the columns that the lower one names; `None` where they are not such a pair.
pub(crate) fn joined(upper: &[String], lower: &[String]) -> Option<Vec<String>> {
    let is_word = |cell: &str| {
        let first = cell.chars().next();
        first.is_none_or(|letter| !letter.is_ascii_digit())
            && ["orders", "parties"].iter().any(|section| target(cell, headers(section), None).is_some())
    };
    let filled = |row: &[String]| row.iter().filter(|cell| !cell.is_empty()).count();
    if filled(lower) < 2 || lower.iter().any(|cell| !cell.is_empty() && !is_word(cell)) {
        return None;
    }
    let mut groups: BTreeMap<&str, usize> = BTreeMap::new();
    let empty = String::new();
    let width = upper.len().max(lower.len());
    let cell = |row: &'_ [String], place: usize| row.get(place).unwrap_or(&empty).trim().to_owned();
    let mut names = Vec::with_capacity(width);
    let mut group = String::new();
    // A row with a title above the headers has no header of its own.
    let mut is_alone = false;
    for place in 0..width {
        let (above, below) = (cell(upper, place), cell(lower, place));
        if !above.is_empty() {
            group.clone_from(&above);
        }
        let is_last = below.is_empty();
        is_alone |= !above.is_empty() && (below.is_empty() || below == above);
        names.push(match (above.is_empty(), below.is_empty()) {
            (_, true) => above,
            (false, false) if above == below => above,
            // A group stands above its first column, or, as merged cells, above each.
            _ if group.is_empty() => below,
            _ => format!("{group}{GROUPED}{below}"),
        });
        if is_last {
            group.clear();
        }
    }
    for name in &names {
        if let Some((group, _)) = name.rsplit_once(GROUPED) {
            *groups.entry(group).or_default() += 1;
        }
    }
    // `Consignee` above `Name` and `Country`.
    let of_party = |name: &String| {
        let (group, one) = name.rsplit_once(GROUPED)?;
        let role = target(group, headers("orders"), None).filter(|found| ROLES.contains(&found.target))?;
        target(one, headers("parties"), None).map(|_| role.target)
    };
    let are_parties = names.iter().filter_map(of_party).count() >= 2;
    ((is_alone || are_parties) && groups.values().any(|columns| *columns >= 2)).then_some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn orders(header: &str) -> Option<&'static str> {
        target(header, headers("orders"), None).map(|found| found.target)
    }

    #[test]
    fn headers_that_say_more_are_known() {
        for (header, known) in [
            ("Quantity Ordered", "quantity"),
            ("Part Description", "description"),
            ("Unit Price (AED)", "unit_price"),
            ("Consignee Code", "ultimate_consignee"),
            ("$/unit", "unit_price"),
            ("Order #", "order_id"),
            ("Грузополучатель", "ultimate_consignee"),
            ("País de destino", "destination"),
            ("Varış Ülkesi", "destination"),
            ("목적국", "destination"),
            ("بلد المقصد", "destination"),
            ("Użytkownik końcowy", "end_user"),
        ] {
            assert_eq!(orders(header), Some(known), "{header}");
        }
        for header in ["Requester", "Colour", "No", "Order"] {
            assert!(orders(header).is_none_or(|known| known == "order_id"), "{header}");
        }
    }

    #[test]
    fn a_group_of_columns_gives_its_name_to_each() {
        let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        let upper = row(&["Order", "End user", "", "Goods", "", "Qty"]);
        let lower = row(&["", "Name", "Country", "Model", "Description", ""]);
        let names = joined(&upper, &lower).unwrap();
        assert_eq!(
            names,
            ["Order", "End user / Name", "End user / Country", "Goods / Model", "Goods / Description", "Qty"]
        );
        let known: Vec<_> = names.iter().map(|name| orders(name).unwrap()).collect();
        assert_eq!(known, ["order_id", "end_user", "end_user_country", "item", "description", "quantity"]);
        assert_eq!(joined(&upper, &row(&["A-1", "Fjord", "Norway", "L4", "", "3"])), None);
        let upper = row(&["", "", "Consignee", "", "End user", ""]);
        let lower = row(&["Order", "Qty", "Name", "Country", "Name", "Country"]);
        let known: Vec<_> = joined(&upper, &lower).unwrap().iter().map(|name| orders(name).unwrap()).collect();
        assert_eq!(
            known,
            [
                "order_id",
                "quantity",
                "ultimate_consignee",
                "ultimate_consignee_country",
                "end_user",
                "end_user_country"
            ]
        );
        assert_eq!(joined(&row(&["Orders of November"]), &row(&["Order", "Qty", "Model"])), None);
    }
}
