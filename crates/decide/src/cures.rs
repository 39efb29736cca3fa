//! What would cure a condition that fails, and what a missing column is in plain words.

use tollgate_law::facts::{self, FactId};

/// What a consignee is by its flags.
const STATUSES: [FactId; 6] = [
    facts::CONSIGNEE_GOVERNMENT,
    facts::CONSIGNEE_UVEU,
    facts::CONSIGNEE_NVEU,
    facts::CONSIGNEE_SECURE,
    facts::CONSIGNEE_SUPP8,
    facts::CONSIGNEE_AGREEMENT,
];

/// What would make a condition hold that reads these facts, as a clause after "To cure it,".
pub(crate) fn cure(facts: &[FactId]) -> &'static str {
    let starts = |start: &str| facts.iter().any(|fact| fact.def().name.starts_with(start));
    let ends = |end: &str| facts.iter().any(|fact| fact.def().name.ends_with(end));
    if starts("parties.") {
        "show that the match is another person (clear it), or take the listed party out of the transaction"
    } else if !facts.is_empty() && facts.iter().all(|fact| fact.def().name.starts_with("reading.")) {
        "nothing in the order helps: it turns on how the text is read (see the readings)"
    } else if starts("account.") {
        "ship no more than what is left of the allocation"
    } else if facts.contains(&facts::END_USER_UNNAMED) && facts.len() == 1 {
        "name the end user, where it is headquartered and who its ultimate parent is"
    } else if facts.iter().any(|fact| STATUSES.contains(fact)) {
        "show the status that the condition asks of the consignee, and put the flag into its row of parties"
    } else if ends(".hq") || ends(".parent_hq") {
        "show that the headquarters of the parties and of their ultimate parents are where the condition asks; another party makes another transaction"
    } else if facts.contains(&facts::END_USE) || facts.contains(&facts::SUPERCOMPUTER) {
        "ask for what the items are used, and state it in `end_use` if it is one of these"
    } else if facts.contains(&facts::ACTIVITY) && facts.len() == 1 {
        "it must be another activity than this order's"
    } else if starts("ic.") || starts("item.") || starts("hbm.") || starts("model.") {
        "only an item of other figures helps; check this one's with its maker"
    } else if facts.contains(&facts::DESTINATION) || ends(".country") {
        "only another destination helps, if the items truly end there"
    } else {
        "that must be otherwise"
    }
}

/// A column that is missing, in words that a clerk understands, with its name.
pub(crate) fn column_in_words(column: &str) -> String {
    let words = match column {
        "hq_country" => "where a party is headquartered",
        "country" => "where a party is located",
        "end_user" => "who the end user is",
        "end_use" => "what the items will be used for",
        "flags" => "whether a party is on a list, or has a status",
        "item" => "which item it is",
        "kind" => "what kind of item it is",
        "data_center" => "whether the item is designed or marketed for data centers",
        "tpp" => "the processing performance of the item",
        "die_area_mm2" | "performance_density" => "the performance density of the item",
        "memory_bandwidth_gb_s" => "the memory bandwidth of the item",
        "interconnect_gb_s" => "the interconnect bandwidth of the item",
        "accelerators" => "how many accelerators it holds",
        "authorization" => "what the claimed authorization rests on",
        "destination" => "where the items end",
        "origin" => "where the items leave from",
        "activity" => "whether it is an export, a reexport or a transfer",
        "address" => "the address of a party",
        "date" => "the day of the order",
        _ => return format!("`{column}`"),
    };
    format!("{words} (`{column}`)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_condition_has_a_cure_of_its_own() {
        for (facts, start) in [
            (vec![facts::ENTITY_LIST], "show that the match"),
            (vec![facts::R_UNENFORCED], "nothing in the order helps"),
            (vec![facts::LPP_AFTER], "ship no more"),
            (vec![facts::DESTINATION, facts::CONSIGNEE_HQ], "show that the headquarters"),
            (vec![facts::CONSIGNEE_UVEU], "show the status"),
            (vec![facts::END_USE], "ask for what"),
            (vec![facts::ACTIVITY], "it must be another activity"),
            (vec![facts::IC_DATA_CENTER], "only an item"),
            (vec![facts::DESTINATION, facts::CONSIGNEE_COUNTRY], "only another destination"),
            (vec![facts::DESTINATION, facts::OCCUPIED_REGION], "only another destination"),
            (vec![facts::CONSIGNEE_GOVERNMENT, facts::CONSIGNEE_HQ], "show the status"),
        ] {
            assert!(cure(&facts).starts_with(start), "{facts:?}: {}", cure(&facts));
        }
        assert_eq!(column_in_words("hq_country"), "where a party is headquartered (`hq_country`)");
        assert_eq!(column_in_words("transistors_bn"), "`transistors_bn`");
    }
}
