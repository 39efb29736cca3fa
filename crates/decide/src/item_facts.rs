//! What is known of an item.

use std::sync::Arc;

use tollgate_law::facts::Facts;
use tollgate_model::{Item, Ratio, Tpp};

/// What the law asks of an item.
#[derive(Clone, Debug)]
pub struct ItemFacts {
    /// The catalog's or the table's name.
    pub name: String,
    /// Slots of the item, to be copied into an order line's facts.
    pub facts: Facts,
    /// TPP of one unit, all its accelerators together.
    pub unit_tpp: Option<Tpp>,
    /// The same with the other value of a disputed figure.
    pub other: Option<(Facts, Option<Tpp>)>,
    /// The item as given or resolved.
    pub item: Item,
    /// The accelerator whose figures count, where that is another item.
    pub chip: Option<Item>,
    /// The column that would settle an unknown performance density.
    pub density_column: &'static str,
    /// Why nothing is known of it, where no table and no catalog has it.
    pub unknown: Option<UnknownItem>,
    /// Where its name may mean any of several items of the catalog: each of them, the one with the most TPP first.
    pub candidates: Vec<Arc<ItemFacts>>,
    /// The performance densities of the largest and the smallest die area that are reported, where these differ.
    pub density_bounds: Option<(Ratio, Ratio)>,
    /// How many accelerators a unit holds; `None` where that is not known.
    pub accelerators: Option<i64>,
    /// What was found in the item's row, as sentences: they decide nothing.
    pub findings: Vec<String>,
}

/// Why an item is not known: what is wrong and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownItem {
    /// What is wrong.
    pub what: String,
    /// How to mend it.
    pub mend: String,
}
