//! The picture of a case: its entities and what ties them.

use std::collections::{BTreeMap, BTreeSet};

use tollgate_report::pages::picture::{Edge, Node, Tie, network};

use super::Case;
use crate::{BoardRow, identifiers};
use tollgate_decide::Tables;

/// Parties in a picture, at the most: more cannot be read.
const MOST: usize = 30;

/// Parties and what ties them, being gathered.
#[derive(Default)]
struct Gathered {
    nodes: Vec<Node>,
    places: BTreeMap<String, usize>,
    edges: BTreeMap<(usize, usize, Tie), Vec<String>>,
}

impl Gathered {
    fn node(&mut self, id: &str, tables: &Tables, subject: bool) -> Option<usize> {
        if let Some(place) = self.places.get(id) {
            return Some(*place);
        }
        if self.nodes.len() >= MOST {
            return None;
        }
        let name = tables.parties.get(id).and_then(|party| party.name.clone());
        self.nodes.push(Node { id: id.to_owned(), name: name.unwrap_or_else(|| id.to_owned()), subject });
        self.places.insert(id.to_owned(), self.nodes.len() - 1);
        Some(self.nodes.len() - 1)
    }

    fn tie(&mut self, from: Option<usize>, to: Option<usize>, tie: Tie, said: String) {
        if let (Some(from), Some(to)) = (from, to)
            && from != to
        {
            self.edges.entry((from, to, tie)).or_default().push(said);
        }
    }
}

/// The parties of a case, what went between them, who owns whom, and what they share.
pub(super) fn picture(label: &str, case: &Case, rows: &[BoardRow], tables: &Tables) -> String {
    let mut all = Gathered::default();
    for id in &case.subjects {
        all.node(id, tables, true);
    }
    for row in rows {
        let from = row.exporter.as_deref().and_then(|id| all.node(id, tables, false));
        let to = all.node(&row.consignee, tables, false);
        all.tie(from, to, Tie::Ships, row.order_id.clone());
    }
    for stake in tables.stakes.iter().filter(|stake| case.subjects.contains(&stake.owned_id)) {
        let from = all.node(&stake.owner_id, tables, false);
        let to = all.node(&stake.owned_id, tables, false);
        let percent = stake.percent.map_or("a part".to_owned(), |percent| format!("{percent} percent"));
        all.tie(from, to, Tie::Owns, format!("{} owns {percent} of {}", stake.owner_id, stake.owned_id));
    }
    let mut shared: BTreeMap<(&str, String), BTreeSet<usize>> = BTreeMap::new();
    for (id, place) in &all.places {
        for identifier in tables.parties.get(id).into_iter().flat_map(identifiers) {
            shared.entry(identifier).or_default().insert(*place);
        }
    }
    for ((kind, value), places) in shared {
        let mut places = places.into_iter();
        let first = places.next();
        for other in places {
            all.tie(first, Some(other), Tie::Shares, format!("share the {kind} {value}"));
        }
    }
    let edges: Vec<Edge> = all
        .edges
        .into_iter()
        .map(|((from, to, tie), said)| {
            let label = if said.len() > 4 { format!("{} orders", said.len()) } else { said.join("; ") };
            Edge { from, to, tie, label }
        })
        .collect();
    network(label, &all.nodes, &edges)
}
