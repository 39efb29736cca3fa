//! The items that Tollgate knows by name, and how a name is resolved.
//!
//! `chips.csv` has accelerators, `systems.csv` what holds a known number of one of them, `chassis.csv` servers of
//! which that is not known, `other.csv` goods that are no accelerators, and `words.csv` the words of names.

mod resolve;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use tollgate_model::{Country, Decimal, Diagnostic, Item, ItemKind, Place};

use resolve::Index;
use words::Words;

/// TPP of one NVIDIA H100 SXM, the unit in which public debate counts compute: the 26,900,000 TPP of 15 CFR 740.29 are about 1,700 of them.
pub const H100_TPP: std::num::NonZeroI64 = std::num::NonZeroI64::new(15_824).unwrap();

/// What a name resolves to.
#[derive(Clone, Debug, PartialEq)]
pub enum Resolution<'a> {
    /// One item.
    Found(&'a Item),
    /// Several, of which a person must choose: their names. For a chassis, the accelerators that it may hold.
    Ambiguous(Vec<&'a str>),
    /// None; the names of items that may be meant, if any.
    Unknown(Vec<&'a str>),
}

/// A server or rack whose name does not say which accelerators it holds, or how many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chassis {
    /// Its name.
    pub name: String,
    /// `server` or `rack`.
    pub kind: ItemKind,
    /// How many accelerators it holds, as `8` or `0-4`; empty where that is not known.
    pub accelerators: String,
    /// The accelerators that it is sold with: items of the catalog.
    pub candidates: Vec<String>,
    /// Where this is from.
    pub source: String,
}

/// How an item is made up, as far as names and entries of the control list turn on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Package,
    Card,
    Module,
    Other,
}

/// What names lead to: an item, or a chassis.
#[derive(Debug)]
struct Entry {
    name: String,
    aliases: Vec<String>,
    vendor: String,
    form: Form,
    is_chip: bool,
    item: Option<usize>,
    chassis: Option<usize>,
}

/// Items by name and alias.
#[derive(Debug, Default)]
pub struct Catalog {
    items: Vec<Item>,
    chassis: Vec<Chassis>,
    entries: Vec<Entry>,
    words: Words,
    by_name: BTreeMap<String, usize>,
    lines: Vec<(String, usize)>,
    index: OnceLock<Index>,
}

impl Catalog {
    /// Every item, in the order of the catalog.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The item of exactly this name.
    pub fn item(&self, name: &str) -> Option<&Item> {
        self.by_name.get(name).and_then(|at| self.items.get(*at))
    }

    /// The chassis that a name stands for.
    pub fn chassis(&self, name: &str) -> Option<&Chassis> {
        self.chassis_at(name).and_then(|at| self.chassis.get(at))
    }

    fn chassis_names(&self, entry: &Entry) -> Vec<&str> {
        let chassis = entry.chassis.and_then(|at| self.chassis.get(at));
        chassis.into_iter().flat_map(|chassis| &chassis.candidates).map(String::as_str).collect()
    }

    pub(crate) fn read_words(&mut self, file: &str, text: &str, errors: &mut Vec<Diagnostic>) {
        self.words.read(file, text, errors);
    }

    pub(crate) fn read(&mut self, file: &str, text: &str, errors: &mut Vec<Diagnostic>) {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let headers = match reader.headers() {
            Ok(headers) => headers.clone(),
            Err(error) => {
                let what = format!("not CSV: {error}");
                return errors.push(Diagnostic::new("bad-catalog-row", Place::line(file, 1), what, "write it as CSV"));
            }
        };
        for (row, record) in reader.records().enumerate() {
            let line = row + 2;
            let mut wrong = |what: String, mend: &str| {
                errors.push(Diagnostic::new("bad-catalog-row", Place::line(file, line), what, mend));
            };
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    wrong(format!("not CSV: {error}"), "give every row as many cells as the header");
                    continue;
                }
            };
            let cells: BTreeMap<&str, &str> =
                headers.iter().zip(&record).filter(|(_, cell)| !cell.is_empty()).collect();
            let Some(name) = cells.get("item").map(|name| (*name).to_owned()) else {
                wrong("a row has no `item`".to_owned(), "name what the row is about");
                continue;
            };
            let aliases = cells.get("aliases").into_iter().flat_map(|aliases| aliases.split(';')).map(str::trim);
            let aliases: Vec<String> = aliases.filter(|alias| !alias.is_empty()).map(str::to_owned).collect();
            let mut entry = Entry {
                name,
                aliases,
                vendor: cells.get("vendor").map_or_else(String::new, |vendor| (*vendor).to_owned()),
                form: form_of(&cells, &mut wrong),
                is_chip: file.ends_with("chips.csv"),
                item: None,
                chassis: None,
            };
            if file.ends_with("chassis.csv") {
                entry.chassis = Some(self.chassis.len());
                self.chassis.push(read_chassis(&entry.name, &cells, &mut wrong));
            } else {
                entry.item = Some(self.items.len());
                self.by_name.insert(entry.name.clone(), self.items.len());
                self.items.push(read_item(&entry.name, &cells, &mut wrong));
                self.lines.push((file.to_owned(), line));
            }
            self.entries.push(entry);
        }
    }

    /// Checks names and references once both files are read.
    pub(crate) fn finish(&self, errors: &mut Vec<Diagnostic>) {
        let mut seen = BTreeSet::new();
        for (item, (file, line)) in self.items.iter().zip(&self.lines) {
            let mut wrong = |what: String, mend: &str| {
                errors.push(Diagnostic::new("bad-catalog-row", Place::line(file.as_str(), *line), what, mend));
            };
            if !seen.insert(item.item.to_lowercase()) {
                wrong(format!("`{}` stands twice", item.item), "take one of them out");
            }
            if let Some(name) = &item.accelerator
                && self.item(name).is_none()
            {
                wrong(format!("`{name}` is no item of law/catalog/chips.csv"), "name the accelerator exactly as there");
            }
            let area = [item.die_area_min_mm2, item.die_area_max_mm2];
            if area.iter().any(Option::is_some) && (item.die_area_mm2.is_some() || area.iter().any(Option::is_none)) {
                wrong(
                    format!("the die area of `{}` is neither one nor an interval", item.item),
                    "fill in one figure, or both bounds",
                );
            }
            if item.source.is_none() {
                wrong(format!("`{}` has no source", item.item), "say where its figures are from");
            }
        }
    }
}

fn form_of(cells: &BTreeMap<&str, &str>, wrong: &mut dyn FnMut(String, &str)) -> Form {
    match cells.get("form").copied() {
        Some("package") => Form::Package,
        Some("card" | "notebook") => Form::Card,
        Some("module") => Form::Module,
        Some("stack") | None => Form::Other,
        Some(form) => {
            wrong(format!("`{form}` is no form"), "write package, card, notebook, module or stack");
            Form::Other
        }
    }
}

fn read_chassis(name: &str, cells: &BTreeMap<&str, &str>, wrong: &mut dyn FnMut(String, &str)) -> Chassis {
    let text = |key: &str| cells.get(key).map_or_else(String::new, |cell| (*cell).to_owned());
    let candidates: Vec<String> = text("candidates").split(';').map(str::to_owned).collect();
    if text("source").is_empty() || candidates.iter().all(String::is_empty) {
        wrong("a chassis needs candidates and a source".to_owned(), "say what it is sold with, and where that is from");
    }
    let kind = cells.get("kind").map_or(Ok(ItemKind::Server), |kind| ItemKind::from_word(kind));
    if kind.is_err() {
        wrong("the kind of a chassis is no kind".to_owned(), "write board, server, rack or nothing");
    }
    Chassis {
        name: name.to_owned(),
        kind: kind.unwrap_or(ItemKind::Server),
        accelerators: text("accelerators"),
        candidates,
        source: text("source"),
    }
}

fn read_item(name: &str, cells: &BTreeMap<&str, &str>, wrong: &mut dyn FnMut(String, &str)) -> Item {
    let text = |key: &str| cells.get(key).map(|cell| (*cell).to_owned());
    let mut number = |key: &str| -> Option<Decimal> {
        let cell = cells.get(key)?;
        let number = cell.parse().ok();
        if number.is_none() {
            wrong(format!("`{key}` is not a number: `{cell}`"), "write a plain decimal number");
        }
        number
    };
    let accelerators = number("accelerators").and_then(|count| count.scaled_exact(0));
    let mut item = Item {
        tpp: number("tpp"),
        tpp_other: number("tpp_other"),
        die_area_mm2: number("die_area_mm2"),
        die_area_min_mm2: number("die_area_min_mm2"),
        die_area_max_mm2: number("die_area_max_mm2"),
        performance_density: number("performance_density"),
        memory_bandwidth_gb_s: number("memory_bandwidth_gb_s"),
        interconnect_gb_s: number("interconnect_gb_s"),
        tdp_w: number("tdp_w"),
        price_usd: number("price_usd"),
        accelerators,
        item: name.to_owned(),
        vendor: text("vendor"),
        host_eccn: text("host_eccn"),
        eccn: text("eccn"),
        dispute: text("dispute"),
        accelerator: text("accelerator"),
        source: text("source"),
        certainty: text("certainty"),
        note: text("note"),
        ..Item::default()
    };
    if let Some(cell) = cells.get("kind") {
        item.kind = ItemKind::from_word(cell).ok();
        if item.kind.is_none() {
            wrong(format!("`{cell}` is no kind"), "write ic, board, server, rack, model_weights, hbm or other");
        }
    }
    if let Some(cell) = cells.get("data_center") {
        item.data_center = cell.parse().ok();
        if item.data_center.is_none() {
            wrong(format!("`data_center` is `{cell}`"), "write true, false or nothing");
        }
    }
    if let Some(cell) = cells.get("designer_hq") {
        item.designer_hq = cell.parse::<Country>().ok();
        if item.designer_hq.is_none() {
            wrong(format!("`{cell}` is no country"), "write an ISO 3166-1 alpha-2 code in capitals");
        }
    }
    if item.item.is_empty() {
        wrong("the row has no item".to_owned(), "give the item its name");
    }
    item
}
