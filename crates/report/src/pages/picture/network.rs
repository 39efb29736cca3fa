//! Parties as nodes and what ties them as lines.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Screen, begin_as, escape};
use crate::svg::{cut, real_count};

/// What ties two parties.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tie {
    /// The first ships to the second.
    Ships,
    /// They share an identifier.
    Shares,
    /// The first owns of the second.
    Owns,
}

/// A party in a picture.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its id.
    pub id: String,
    /// Its name as it is shown.
    pub name: String,
    /// Whether the case is about it.
    pub subject: bool,
}

/// A line between two parties, by their places in the list of nodes.
#[derive(Clone, Debug)]
pub struct Edge {
    /// The place of the first party.
    pub from: usize,
    /// The place of the second party.
    pub to: usize,
    /// What ties them.
    pub tie: Tie,
    /// The words that the line shows when it is pointed at.
    pub label: String,
}

const WIDE: f64 = 190.0;
const HIGH: f64 = 34.0;
const GAP: (f64, f64) = (70.0, 18.0);
/// Layers at the most; a chain of goods is seldom longer.
const LAYERS: usize = 6;

/// A picture as SVG: parties in layers, those that ship before those that receive: from left to right, on a phone from top to bottom. An edge to a
/// place without a node is left out.
pub fn network(label: &str, nodes: &[Node], edges: &[Edge]) -> String {
    let layers = layers(nodes.len(), edges);
    let mut columns: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (node, layer) in layers.into_iter().enumerate() {
        columns.entry(layer).or_default().push(node);
    }
    Screen::ALL.map(|screen| drawn(screen, label, nodes, edges, &columns)).concat()
}

/// Where nodes stand, and how large the picture of them is.
struct Layout {
    places: Vec<(f64, f64)>,
    size: (f64, f64),
}

/// A layer beside the other.
fn beside(count: usize, layers: &BTreeMap<usize, Vec<usize>>) -> Layout {
    let tallest = layers.values().map(Vec::len).max().unwrap_or(0);
    let (width, height) = (real_count(layers.len()) * (WIDE + GAP.0), real_count(tallest) * (HIGH + GAP.1) + GAP.1);
    let mut places = vec![(0.0, 0.0); count];
    for (column, members) in layers.values().enumerate() {
        let top = (height - real_count(members.len()) * (HIGH + GAP.1)) / 2.0;
        for (row, node) in members.iter().enumerate() {
            if let Some(place) = places.get_mut(*node) {
                *place = (
                    GAP.0 / 2.0 + real_count(column) * (WIDE + GAP.0),
                    top + GAP.1 / 2.0 + real_count(row) * (HIGH + GAP.1),
                );
            }
        }
    }
    Layout { places, size: (width.max(300.0), height.max(80.0)) }
}

/// A layer below the other, a party below the other in it; layers stand in from the left by turns, so that lines between them are seen.
fn below(count: usize, layers: &BTreeMap<usize, Vec<usize>>) -> Layout {
    let width = Screen::Phone.width(0.0);
    let mut places = vec![(0.0, 0.0); count];
    let mut y = GAP.1;
    for (turn, members) in layers.values().enumerate() {
        let x = if turn % 2 == 0 { 30.0 } else { width - WIDE - 30.0 };
        for node in members {
            if let Some(place) = places.get_mut(*node) {
                *place = (x, y);
            }
            y += HIGH + GAP.1;
        }
        y += GAP.1;
    }
    Layout { places, size: (width, y.max(80.0)) }
}

fn drawn(screen: Screen, label: &str, nodes: &[Node], edges: &[Edge], columns: &BTreeMap<usize, Vec<usize>>) -> String {
    let Layout { places, size } = match screen {
        Screen::Wide => beside(nodes.len(), columns),
        Screen::Phone => below(nodes.len(), columns),
    };
    let mut out = begin_as(screen, "group", size, label);
    let tip = screen.class();
    let _ = write!(
        out,
        "<defs><marker id=\"tip-{tip}\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path class=\"soft\" d=\"M0 0l8 4-8 4z\"/></marker></defs>"
    );
    for edge in edges {
        if let (Some(from), Some(to)) = (places.get(edge.from), places.get(edge.to)) {
            line(&mut out, screen, (*from, *to), edge);
        }
    }
    for (node, (x, y)) in nodes.iter().zip(&places) {
        let guilty = if node.subject { " guilty" } else { "" };
        let _ = write!(
            out,
            "<a href=\"/parties/{}\"><rect class=\"node{guilty}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{WIDE}\" height=\"{HIGH}\" rx=\"6\"/><text x=\"{:.1}\" y=\"{:.1}\" font-size=\"12\" text-anchor=\"middle\">{}</text><title>{}</title></a>",
            percent_encode(&node.id),
            x + WIDE / 2.0,
            y + HIGH / 2.0 + 4.0,
            escape(&cut(&node.name, 27)),
            escape(&cut(&node.name, 200))
        );
    }
    out.push_str("</svg>");
    out
}

/// The layer of each node: one more than the farthest that ships to it. Circles end at the last layer.
fn layers(count: usize, edges: &[Edge]) -> Vec<usize> {
    let mut layers = vec![0; count];
    for _ in 0..LAYERS {
        for edge in edges.iter().filter(|edge| edge.tie != Tie::Shares && edge.from != edge.to) {
            let after = layers.get(edge.from).map_or(0, |layer| layer + 1).min(LAYERS);
            if let Some(layer) = layers.get_mut(edge.to) {
                *layer = (*layer).max(after);
            }
        }
    }
    layers
}

/// A curve from one point to another that leaves and comes in along the line of the layers.
fn curve(from: (f64, f64), first: (f64, f64), second: (f64, f64), to: (f64, f64)) -> String {
    format!(
        "M{:.1} {:.1}C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}",
        from.0, from.1, first.0, first.1, second.0, second.1, to.0, to.1
    )
}

fn line(out: &mut String, screen: Screen, ((x, y), (to_x, to_y)): ((f64, f64), (f64, f64)), edge: &Edge) {
    let tip = screen.class();
    let class = match edge.tie {
        Tie::Ships => format!("edge\" marker-end=\"url(#tip-{tip})"),
        Tie::Shares => "tie".to_owned(),
        Tie::Owns => "own".to_owned(),
    };
    let (from, to) = ((x + WIDE, y + HIGH / 2.0), (to_x, to_y + HIGH / 2.0));
    let is_on = match screen {
        Screen::Wide => to_x > x,
        Screen::Phone => to_x != x && to_y > y,
    };
    let path = if is_on && screen == Screen::Wide {
        let bend = (to.0 - from.0) / 2.0;
        curve(from, (from.0 + bend, from.1), (to.0 - bend, to.1), to)
    } else if is_on {
        let (from, to) = ((x + WIDE / 2.0, y + HIGH), (to_x + WIDE / 2.0, to_y));
        let bend = (to.1 - from.1) / 2.0;
        curve(from, (from.0, from.1 + bend), (to.0, to.1 - bend), to)
    } else {
        // Within a layer, or back: around the left side.
        curve((x, from.1), (x - 28.0, from.1), (to.0 - 28.0, to.1), to)
    };
    let _ =
        write!(out, "<path class=\"{class}\" d=\"{path}\"><title>{}</title></path>", escape(&cut(&edge.label, 200)));
}

/// A text as a part of a path in an address.
fn percent_encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            other => {
                let _ = write!(out, "%{other:02X}");
            }
        }
    }
    out
}
