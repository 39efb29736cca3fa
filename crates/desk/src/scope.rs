//! By what a write is known: who asks, what for, and the word that goes with it. Two callers may use the same word, and so may one caller for two kinds
//! of writes; none of them is taken for another's.

use serde_json::json;
use tollgate_ledger::{Ledger, Log};

use super::decision::sha256;

/// The id in the log of a caller's write of a kind: `parts` are what it is about and the caller's word for it.
pub fn scoped_id(kind: &str, actor: &str, parts: &[&str]) -> String {
    // JSON keeps apart what one text after another would not.
    format!("{kind}:{}", sha256(&json!([actor, parts]).to_string()))
}

/// The same, unless the ledger knows what `earlier` names: the id that such a write had before ids were of one caller each.
pub fn scoped_or_earlier_id<L: Log>(ledger: &Ledger<L>, earlier: String, scoped: String) -> String {
    if ledger.state().knows(&earlier) { earlier } else { scoped }
}

/// The person behind an actor of the log: a token acts as `PERSON/TOKEN`, and a person as such.
pub fn person_of(actor: &str) -> &str {
    actor.split('/').next().unwrap_or(actor)
}

/// Whether the same person is behind two actors of the log.
pub fn same_person(one: &str, other: &str) -> bool {
    person_of(one) == person_of(other)
}

/// What the ids of records begin with that are not those of lines: an order whose id begins so could stand in their place.
const RESERVED: [&str; 29] = [
    "access",
    "adjust",
    "cancel",
    "case",
    "clock",
    "concluded",
    "correct",
    "decision",
    "expire",
    "finding",
    "genesis",
    "group",
    "limit",
    "list",
    "machine",
    "origin",
    "password",
    "policy",
    "proposal",
    "rebase",
    "release",
    "run",
    "setup",
    "setup-used",
    "ship",
    "snapshot",
    "token",
    "user",
    "void",
];

/// The word before the first colon of an order's id, where no order may have it.
pub(crate) fn reserved_word(order_id: &str) -> Option<&'static str> {
    let (word, _) = order_id.split_once(':')?;
    RESERVED.into_iter().find(|reserved| *reserved == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_of_one_caller_one_kind_and_one_word() {
        let all = [
            scoped_id("ship", "ana", &["PO-1:1", "1"]),
            scoped_id("ship", "bob", &["PO-1:1", "1"]),
            scoped_id("ship", "ana", &["PO-1:1", "11"]),
            scoped_id("ship", "ana", &["PO-1:11", ""]),
            scoped_id("ship", "ana", &["PO-1", "1:1"]),
            scoped_id("cancel", "ana", &["PO-1:1", "1"]),
        ];
        let distinct: std::collections::BTreeSet<&String> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
        assert!(all.iter().all(|id| id.len() <= 80), "as long as a name may be, an id fits");
        assert!(same_person("ana/desk", "ana") && same_person("ana/a", "ana/b") && !same_person("ana", "anna"));
        assert_eq!(reserved_word("release:PO-1"), Some("release"));
        assert_eq!((reserved_word("SAP:1"), reserved_word("release")), (None, None));
    }
}
