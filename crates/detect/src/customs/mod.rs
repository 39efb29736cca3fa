//! Customs declarations: how much likelier each is to be false than others, part by part (`docs/design/misdeclaration.md`).
//!
//! The score adds up what ten parts of a declaration say beyond their parents, in nats of log-odds; the parts are the explanation. Values that few
//! earlier declarations had are drawn to their parent's, and a declaration is never learned from its own copies.

mod fit;
mod read;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use read::read;

/// A declaration of one item.
#[derive(Clone, Debug, PartialEq)]
pub struct Declaration {
    /// Its number.
    pub id: u64,
    /// Six digits of the harmonized system.
    pub hs6: String,
    /// Shipped from.
    pub departure: String,
    /// Made in.
    pub origin: String,
    /// Net kilograms.
    pub mass: f64,
    /// Price of the item, in the currency of the table.
    pub price: f64,
    /// The same as written: with the code it tells copies of one declaration.
    pub price_text: String,
    /// Whether it was found false, where that is known.
    pub fraud: Option<bool>,
}

impl Declaration {
    /// Code and price: declarations that have both in common are copies of one for what is learned.
    fn block(&self) -> String {
        format!("{}|{}", self.hs6, self.price_text)
    }
}

/// What a part of a declaration says.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Its name.
    pub name: &'static str,
    /// Its value.
    pub key: String,
    /// What it adds, in nats of log-odds.
    pub adds: f64,
    /// Earlier declarations of this value.
    pub earlier: Tally,
}

/// How many declarations there were, and how many of them were false; weights, so not always whole.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    /// All of them.
    pub all: f64,
    /// Those that were found false.
    pub false_ones: f64,
}

impl Tally {
    /// Of a value that no earlier declaration had.
    pub const NONE: Tally = Tally { all: 0.0, false_ones: 0.0 };
}

/// A score with its parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// Log-odds that the declaration is false, as far as the parts tell; no calibrated probability.
    pub total: f64,
    /// The parts, in their order.
    pub parts: Vec<Part>,
}

impl Score {
    /// The number by which declarations are ranked: millionths, so that rounding does not order what is alike.
    #[expect(clippy::cast_possible_truncation, reason = "log-odds of some nats")]
    pub fn rank(&self) -> i64 {
        (self.total * 1e6 + 0.5).floor() as i64
    }
}

/// A part: its name, the place of its parent, and how many earlier declarations count as much as the parent.
const PARTS: [(&str, Option<usize>, f64); 10] = [
    ("chapter", None, 10.0),
    ("heading", Some(0), 10.0),
    ("product_from", Some(1), 10.0),
    ("route", None, 10.0),
    ("departure", Some(3), 10.0),
    ("origin", Some(4), 10.0),
    ("mass", None, 100.0),
    ("price", None, 100.0),
    ("price_per_kg", None, 100.0),
    ("mass_in_heading", Some(6), 10.0),
];

/// What was learned.
#[derive(Clone, Debug)]
pub struct Scorer {
    edges: [Vec<f64>; 3],
    base: f64,
    tables: Vec<BTreeMap<String, Tally>>,
    intercept: f64,
    weights: Vec<f64>,
    blocks: std::collections::BTreeSet<String>,
}

fn logit(share: f64) -> f64 {
    libm::log(share / (1.0 - share))
}

/// How many edges are at or below a value.
fn bin(edges: &[f64], value: f64) -> usize {
    edges.partition_point(|edge| *edge <= value)
}

/// What a kilogram is worth, in the currency of the table.
fn value_per_kg(declaration: &Declaration) -> f64 {
    (declaration.price + 1.0) / (declaration.mass + 0.01)
}

/// The values of the ten parts.
fn keys(edges: &[Vec<f64>; 3], declaration: &Declaration) -> Vec<String> {
    let head = |letters: usize| declaration.hs6.chars().take(letters).collect::<String>();
    let route = if declaration.departure == declaration.origin { "same" } else { "differs" };
    let [masses, prices, values] = edges;
    let mass = bin(masses, declaration.mass).to_string();
    vec![
        head(2),
        head(4),
        format!("{}|{}", declaration.hs6, declaration.departure),
        route.to_owned(),
        format!("{route}|{}", declaration.departure),
        format!("{}|{}", declaration.departure, declaration.origin),
        mass.clone(),
        bin(prices, declaration.price).to_string(),
        bin(values, value_per_kg(declaration)).to_string(),
        format!("{}|{mass}", head(4)),
    ]
}

/// What each part says beyond its parent, in nats, given the declarations that had its value.
fn increments(base: f64, tallies: &[Tally]) -> Vec<f64> {
    let mut shares: Vec<f64> = Vec::with_capacity(PARTS.len());
    let mut increments = Vec::with_capacity(PARTS.len());
    for ((_, parent, hold), Tally { all, false_ones }) in PARTS.iter().zip(tallies) {
        let above = parent.and_then(|place| shares.get(place)).copied().unwrap_or(base);
        let share = (false_ones + hold * above) / (all + hold);
        increments.push(logit(share) - logit(above));
        shares.push(share);
    }
    increments
}

impl Scorer {
    /// Scores a declaration.
    pub fn score(&self, declaration: &Declaration) -> Score {
        let keys = keys(&self.edges, declaration);
        let earlier = self.tables.iter().zip(&keys).map(|(table, key)| table.get(key).copied().unwrap_or(Tally::NONE));
        let tallies: Vec<Tally> = earlier.collect();
        let adds = increments(self.base, &tallies);
        let mut total = self.intercept;
        let mut parts = Vec::with_capacity(PARTS.len());
        for (((name, ..), key), ((add, weight), earlier)) in
            PARTS.iter().zip(keys).zip(adds.into_iter().zip(&self.weights).zip(tallies))
        {
            let adds = weight * add;
            total += adds;
            parts.push(Part { name, key, adds, earlier });
        }
        Score { total, parts }
    }

    /// Whether declarations of the same code and price were learned from.
    pub fn knows_copy(&self, declaration: &Declaration) -> bool {
        self.blocks.contains(&declaration.block())
    }
}

/// How many declarations the first `percent` by score are, rounded up, and how many of these are false.
pub fn precision_at(scorer: &Scorer, declarations: &[&Declaration], percent: usize) -> (usize, usize) {
    let mut ranked: Vec<(i64, u64, bool)> = declarations
        .iter()
        .map(|declaration| (scorer.score(declaration).rank(), declaration.id, declaration.fraud == Some(true)))
        .collect();
    ranked.sort_by_key(|(rank, id, _)| (std::cmp::Reverse(*rank), *id));
    let first = (ranked.len() * percent).div_ceil(100);
    (first, ranked.iter().take(first).filter(|(.., fraud)| *fraud).count())
}
