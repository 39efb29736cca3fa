//! What is odd in an item's row: a TPP that is a whole board's or rack's, an ECCN that its figures contradict.

use tollgate_engine::is_listed_eccn;
use tollgate_law::catalog::Catalog;
use tollgate_model::{Decimal, Item, ItemKind};

use crate::item_facts::ItemFacts;
use crate::technology::{entry_of, is_intangible, kind_of};

/// Whether the TPP of a row with several accelerators is the total of them: a known accelerator's times their number,
/// to a thousandth, or more than any known accelerator has, and no known accelerator's by itself.
pub(crate) fn looks_like_total(item: &Item, catalog: &Catalog) -> bool {
    let thousandths = |tpp: Option<Decimal>| tpp.and_then(|tpp| tpp.scaled_exact(3)).map(i128::from);
    let (Some(tpp), Some(count)) = (thousandths(item.tpp), item.accelerators.map(i128::from)) else { return false };
    if count < 2 {
        return false;
    }
    let known =
        || catalog.items().iter().flat_map(|known| [thousandths(known.tpp), thousandths(known.tpp_other)]).flatten();
    let near = |total: i128| total > 0 && (tpp - total).abs().saturating_mul(1_000) <= tpp;
    let largest = known().max();
    !known().any(near) && (known().any(|one| near(one.saturating_mul(count))) || largest.is_some_and(|most| tpp > most))
}

/// Sentences about a row; `is_total` says that its TPP looks like a total.
pub(crate) fn find_in(facts: &ItemFacts, is_total: bool) -> Vec<String> {
    let item = &facts.item;
    let mut found = Vec::new();
    if is_total {
        found.push(format!(
            "`tpp` of `{}` looks like the total of its {} accelerators; it is multiplied by their number, so it is taken for unknown: write the TPP of one.",
            item.item,
            item.accelerators.map_or_else(|| "several".to_owned(), |count| count.to_string())
        ));
    }
    if let Some(chip) = &facts.chip
        && let (Some(stated), Some(known)) = (item.tpp, chip.tpp)
        && stated != known
    {
        found.push(format!("`tpp` of `{}` is passed over: its accelerator {} has {known}.", item.item, chip.item));
    }
    if kind_of(item, ItemKind::IntegratedCircuit).is_none() {
        found.push(format!(
            "`kind` of `{}` is {}, and its ECCN {} is of something else: what it is is taken for unknown. Mend the one or the other.",
            item.item,
            item.kind.map_or("", ItemKind::as_str),
            item.eccn.as_deref().unwrap_or("")
        ));
    }
    let holds_several =
        matches!(item.kind, Some(ItemKind::Board | ItemKind::Server | ItemKind::Rack)) || item.accelerator.is_some();
    if holds_several && facts.accelerators.is_none() {
        found.push(format!("How many accelerators a unit of `{}` holds is not stated (`accelerators`).", item.item));
    }
    found.extend(item.eccn.as_deref().and_then(|stated| other_controls(&item.item, stated)));
    found
}

/// A sentence where the ECCN that a row states has reasons for control that are not modeled; `None` for EAR99, for entries that are controlled for
/// anti-terrorism only (their number begins with 9), for those of advanced computing, for software and technology, and for what is no ECCN.
fn other_controls(name: &str, stated: &str) -> Option<String> {
    let entry = stated.trim().to_ascii_uppercase();
    let entry = entry.split('.').next().unwrap_or("");
    let [category, group, number @ ..] = entry.as_bytes() else { return None };
    let is_eccn = category.is_ascii_digit()
        && (b'A'..=b'C').contains(group)
        && number.len() == 3
        && number.iter().all(u8::is_ascii_digit);
    let is_modeled = is_listed_eccn(stated) || number.first() == Some(&b'9');
    (is_eccn && !is_modeled).then(|| {
        format!(
            "The items table states {stated} for `{name}`: that entry has reasons for control (national security, encryption or others) which were \
             not checked. Look up the Country Chart (supplement no. 1 to 15 CFR part 738) for it and the destination before anything leaves."
        )
    })
}

/// A sentence where only one of two ECCNs is listed by the modeled law ([`is_listed_eccn`]): the one that a row states and the one that its figures
/// come to. `None` where both are or neither is, and where the figures settle none.
pub fn compare_eccn(stated: &str, figured: Option<&str>) -> Option<String> {
    let figured = figured?;
    // No figure shows what software or technology is.
    if entry_of(stated).is_some_and(|entry| is_intangible(Some(entry.kind))) {
        return None;
    }
    (is_listed_eccn(stated) != is_listed_eccn(figured)).then(|| {
        format!("The items table states {stated}; by its figures the item is {figured}, for the advanced-computing controls only.")
    })
}

#[cfg(test)]
mod tests {
    use super::other_controls;

    #[test]
    fn an_entry_with_other_reasons_for_control_is_said() {
        for stated in ["5A002", "5a002.a", "3A001.a.7", "6A003"] {
            assert!(other_controls("Firewall", stated).is_some(), "{stated}");
        }
        for stated in ["EAR99", "5A992.c", "3A991.p", "4A994.l", "4A090.a", "3A090", "5A002.z", "", "n/a", "8471.50"] {
            assert!(other_controls("Firewall", stated).is_none(), "{stated}");
        }
    }
}
