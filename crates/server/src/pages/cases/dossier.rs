//! What a printed dossier has beside the case: who made it and when, from which program, law and lists, the parties, and each line with its decision.

use serde_json::{Value, json};
use tollgate_decide::Tables;
use tollgate_model::hex;

use super::super::super::access::Caller;
use super::super::super::problem::Problem;
use super::super::line::line_for_print;
use super::super::parties::{facts, owners};
use super::super::{View, moment};
use super::Case;
use crate::{BoardRow, now};

/// Lines of a case that are printed with their argument, at the most.
const LINES: usize = 40;

/// A picture without the links that lead nowhere outside the service.
pub(super) fn without_links(picture: &str) -> String {
    let mut out = String::with_capacity(picture.len());
    let mut pieces = picture.split("<a ");
    out.push_str(pieces.next().unwrap_or(""));
    for piece in pieces {
        out.push_str(piece.split_once('>').map_or("", |(_, rest)| rest));
    }
    out.replace("</a>", "")
}

/// The members of the context that a dossier adds to those of the case's page.
pub(super) async fn dossier_members(
    view: &View,
    caller: &Caller,
    case: &Case,
    tables: &Tables,
    rows: &[BoardRow],
    network: &str,
) -> Result<Value, Problem> {
    let mut lines = Vec::new();
    for row in rows.iter().take(LINES) {
        if let Some(line) = line_for_print(view, &row.order_id, row.line).await? {
            lines.push(line);
        }
    }
    let head = view.app().with_ledger(|ledger| ledger.head()).await?;
    let css = tollgate_report::pages::STATIC.iter().find(|(name, ..)| *name == "app.css").map(|(_, _, text)| *text);
    let policy = &view.app().desk.policy;
    let parties: Vec<Value> = case.subjects.iter().map(|id| facts(id, tables.parties.get(id))).collect();
    let owners: Vec<Value> = case.subjects.iter().flat_map(|id| owners(tables, id)).collect();
    let lists = view.app().screener.versions.iter().map(|list| {
        json!({ "file": list.file, "date": list.date.map(|date| date.to_string()), "entries": list.entries, "sha256": list.digest })
    });
    Ok(json!({
        "network": without_links(network), "css": css, "outside": true, "exported": { "at": moment(now()), "by": caller.name }, "program": env!("CARGO_PKG_VERSION"),
        "policy": policy.name, "policy_title": policy.title, "policy_digest": policy.digest, "lists": lists.collect::<Vec<_>>(),
        "last": { "seq": head.seq, "hash": hex(&head.hash) }, "parties": parties, "owners": owners, "lines": lines,
        "left_out": rows.len().saturating_sub(LINES),
    }))
}

#[cfg(test)]
mod tests {
    use super::without_links;

    #[test]
    fn a_picture_keeps_all_but_its_links() {
        assert_eq!(
            without_links("<svg><a href=\"/x\"><rect/></a><text>b</text></svg>"),
            "<svg><rect/><text>b</text></svg>"
        );
    }
}
