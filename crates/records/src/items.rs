//! The items table.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use arrow_array::StringArray;
use tollgate_model::{Country, Decimal, Diagnostics, Item, ItemKind, Tpp};

use crate::cells::{EMPTY_CELL, text};
use crate::columns::Table;
use crate::mistakes::{ByRow, Cell, Mistakes, Problem};
use crate::row_answers::{AnsweredRow, RowAnswers};
use crate::source::{Batch, Source};

/// The host ECCNs of `.z` items.
const HOSTS: [&str; 7] = ["3A001", "4A003", "4A004", "4A005", "5A002", "5A004", "5A992"];

/// Reads an items table; rows are unique by `item`, in its order.
///
/// # Errors
/// All that is not understood.
pub fn read_items(path: &Path) -> Result<BTreeMap<String, Item>, Diagnostics> {
    read_items_by_row(path)?.whole()
}

/// As [`read_items`], with what is not understood beside what is: each by the item's name.
///
/// # Errors
/// What is wrong with the file or a whole column.
pub fn read_items_by_row(path: &Path) -> Result<ByRow<BTreeMap<String, Item>>, Diagnostics> {
    read_items_with(path, &Arc::default())
}

/// As [`read_items_by_row`], with cells that answers set.
///
/// # Errors
/// What is wrong with the file or a whole column.
pub fn read_items_with(path: &Path, answers: &Arc<RowAnswers>) -> Result<ByRow<BTreeMap<String, Item>>, Diagnostics> {
    let mut source = answers.within(Source::open(path, Table::Items)?, Table::Items);
    let mut mistakes = Mistakes::by_row(path);
    let mut items = BTreeMap::new();
    while let Some(batch) = source.next() {
        add_items(&batch?, &mut items, &mut mistakes);
    }
    mistakes.split(items)
}

/// Items that only answers make; `file` is that of the answers.
///
/// # Errors
/// What is wrong with a whole column.
pub fn answered_items(file: &Path, rows: &[AnsweredRow<'_>]) -> Result<ByRow<BTreeMap<String, Item>>, Diagnostics> {
    let mut mistakes = Mistakes::by_row(file);
    let mut items = BTreeMap::new();
    rows.iter().for_each(|row| add_items(&row.batch("item"), &mut items, &mut mistakes));
    mistakes.split(items)
}

/// Adds the items of a batch.
pub(crate) fn add_items(batch: &Batch, items: &mut BTreeMap<String, Item>, mistakes: &mut Mistakes<'_>) {
    batch.require(Table::Items, mistakes);
    let columns = Columns::read(batch, mistakes);
    for index in 0..batch.rows {
        let row = batch.row(index);
        let Some(item) = columns.item(index) else {
            if columns.item.is_some() {
                mistakes.add("empty-cell", Cell::empty(row, "item"), EMPTY_CELL, "give the item its name");
            }
            continue;
        };
        check(&item, row, mistakes);
        let name = item.item.clone();
        if items.insert(name.clone(), item).is_some() {
            let cell = Cell { row, column: "item", value: &name };
            mistakes.add("repeated-row", cell, "the item stands twice", "leave one row for each item");
        }
        mistakes.name_row(row, &name);
    }
}

fn check(item: &Item, row: u64, mistakes: &mut Mistakes<'_>) {
    if let Some(tpp) = item.tpp
        && let Err(error) = Tpp::try_from(tpp)
    {
        let mend = "write the TPP of one accelerator, to three decimal places at most";
        mistakes.add("out-of-range", Cell::empty(row, "tpp"), error.to_string(), mend);
    }
    if let Some(host) = &item.host_eccn
        && !HOSTS.contains(&host.as_str())
    {
        let mend = format!("write one of {}, or leave it empty", HOSTS.join(", "));
        let cell = Cell { row, column: "host_eccn", value: host };
        mistakes.add("unknown-word", cell, "is no host ECCN of a .z paragraph", mend);
    }
    if item.accelerators.is_some_and(|count| !(1..=1_000_000).contains(&count)) {
        let mend = "write how many accelerators it holds, from 1 to 1000000";
        mistakes.add("out-of-range", Cell::empty(row, "accelerators"), "is out of range", mend);
    }
}

struct Columns {
    item: Option<StringArray>,
    texts: [Option<StringArray>; 4],
    kind: Vec<Option<ItemKind>>,
    designer_hq: Vec<Option<Country>>,
    decimals: [Vec<Option<Decimal>>; 13],
    booleans: [Vec<Option<bool>>; 5],
    accelerators: Vec<Option<i64>>,
}

impl Columns {
    fn read(batch: &Batch, mistakes: &mut Mistakes<'_>) -> Columns {
        let no_kind = Problem {
            code: "unknown-word",
            what: "is no kind of item",
            mend: "write ic, board, server, rack, model_weights, hbm, software, technology or other, or leave it empty for ic",
        };
        let _ = batch.dates("launched_on", mistakes);
        Columns {
            item: batch.texts("item", mistakes),
            texts: ["vendor", "host_eccn", "accelerator", "eccn"].map(|name| batch.texts(name, mistakes)),
            kind: batch.parsed("kind", mistakes, |text| ItemKind::from_word(text).ok(), no_kind),
            designer_hq: batch.countries("designer_hq", mistakes),
            decimals: [
                "tpp",
                "die_area_mm2",
                "performance_density",
                "memory_bandwidth_gb_s",
                "interconnect_gb_s",
                "training_operations",
                "base_operations",
                "additional_operations",
                "synthetic_percent",
                "synthetic_operations",
                "transistors_bn",
                "tdp_w",
                "price_usd",
            ]
            .map(|name| batch.decimals(name, mistakes)),
            booleans: [
                "data_center",
                "open_weights",
                "derived_from_published",
                "below_published_frontier",
                "advanced_node",
            ]
            .map(|name| batch.booleans(name, mistakes)),
            accelerators: batch.integers("accelerators", mistakes),
        }
    }

    fn item(&self, index: usize) -> Option<Item> {
        let name = text(&self.item, index)?;
        let at = |column: &[Option<Decimal>]| column.get(index).copied().flatten();
        let [figures @ .., tdp, price] = &self.decimals;
        let [tpp, die, density, memory, io, training, base, additional, share, synthetic, transistors] = figures;
        let truth = |column: &[Option<bool>]| column.get(index).copied().flatten();
        let [data_center, open, derived, below, advanced] = &self.booleans;
        let [vendor, host, accelerator, eccn] = &self.texts;
        let owned = |column: &Option<StringArray>| text(column, index).map(str::to_owned);
        Some(Item {
            item: name.to_owned(),
            vendor: owned(vendor),
            designer_hq: self.designer_hq.get(index).copied().flatten(),
            kind: self.kind.get(index).copied().flatten(),
            host_eccn: owned(host),
            eccn: owned(eccn),
            tpp: at(tpp),
            die_area_mm2: at(die),
            performance_density: at(density),
            data_center: truth(data_center),
            memory_bandwidth_gb_s: at(memory),
            interconnect_gb_s: at(io),
            accelerators: self.accelerators.get(index).copied().flatten(),
            accelerator: owned(accelerator),
            training_operations: at(training),
            open_weights: truth(open),
            derived_from_published: truth(derived),
            base_operations: at(base),
            additional_operations: at(additional),
            synthetic_percent: at(share),
            synthetic_operations: at(synthetic),
            below_published_frontier: truth(below),
            advanced_node: truth(advanced),
            transistors_bn: at(transistors),
            tdp_w: at(tdp),
            price_usd: at(price),
            ..Item::default()
        })
    }
}
