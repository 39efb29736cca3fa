//! The items that Tollgate knows by name, and how a name is resolved.
//!
//! A name is cut into words of letters and digits, lower-cased; the maker's name and words that say
//! nothing (`gpu`, `tensor`, `core`, `accelerator`, …) are dropped, and a number before `gb` is joined to it.
//! It resolves to the item one of whose names has the same words in any order, or the same letters in the
//! same order (`RTX4090`); failing that, to the only item all of whose words include these. Where several
//! items answer, none is taken and the candidates are named.

use std::collections::{BTreeMap, BTreeSet};

use tollgate_model::{Country, Decimal, Diagnostic, Item, ItemKind, Place};

/// What a name resolves to.
#[derive(Clone, Debug, PartialEq)]
pub enum Resolution<'a> {
    /// One item.
    Found(&'a Item),
    /// Several; their names.
    Ambiguous(Vec<&'a str>),
    /// None; names that share a word.
    Unknown(Vec<&'a str>),
}

/// Items by name and alias.
#[derive(Debug, Default)]
pub struct Catalog {
    items: Vec<Item>,
    keys: BTreeMap<String, BTreeSet<usize>>,
    words: Vec<(BTreeSet<String>, usize)>,
    lines: Vec<(String, usize)>,
}

const EMPTY_WORDS: &[&str] = &[
    "nvidia",
    "amd",
    "intel",
    "google",
    "aws",
    "amazon",
    "microsoft",
    "meta",
    "huawei",
    "cambricon",
    "gpu",
    "gpus",
    "tensor",
    "core",
    "accelerator",
    "card",
    "module",
    "the",
    "of",
    "graphics",
    "tesla",
    "geforce",
];

fn words(name: &str) -> Vec<String> {
    let lower = name.to_lowercase();
    let mut words: Vec<String> = Vec::new();
    for word in lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        match words.last_mut() {
            Some(last) if word == "gb" && last.bytes().all(|byte| byte.is_ascii_digit()) => last.push_str(word),
            _ => words.push(word.to_owned()),
        }
    }
    if words.iter().any(|word| !EMPTY_WORDS.contains(&word.as_str())) {
        words.retain(|word| !EMPTY_WORDS.contains(&word.as_str()));
    }
    words
}

impl Catalog {
    /// Every item, in the order of the catalog.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The item of exactly this name.
    pub fn item(&self, name: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.item == name)
    }

    /// What a name as people write it stands for.
    pub fn resolve(&self, name: &str) -> Resolution<'_> {
        if let Some(item) = self.item(name) {
            return Resolution::Found(item);
        }
        let words = words(name);
        let sorted: BTreeSet<String> = words.iter().cloned().collect();
        let by_key = |key: &str| self.keys.get(key).cloned().unwrap_or_default();
        let mut found = by_key(&set_key(&sorted));
        if found.is_empty() {
            found = by_key(&words.concat());
        }
        if found.is_empty() && !sorted.is_empty() {
            found = self.words.iter().filter(|(own, _)| sorted.is_subset(own)).map(|(_, index)| *index).collect();
        }
        let named = |indices: &BTreeSet<usize>| {
            indices.iter().filter_map(|index| self.items.get(*index)).map(|item| item.item.as_str()).take(8).collect()
        };
        match found.first().and_then(|index| self.items.get(*index)) {
            Some(item) if found.len() == 1 => Resolution::Found(item),
            Some(_) => Resolution::Ambiguous(named(&found)),
            None => {
                let sharing = self.words.iter().filter(|(own, _)| !own.is_disjoint(&sorted));
                Resolution::Unknown(named(&sharing.map(|(_, index)| *index).collect()))
            }
        }
    }

    pub(crate) fn read(&mut self, file: &str, text: &str, errors: &mut Vec<Diagnostic>) {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let headers = reader.headers().cloned().unwrap_or_default();
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
            let item = read_item(&cells, &mut wrong);
            let index = self.items.len();
            let aliases = cells.get("aliases").copied().unwrap_or_default().split(';').map(str::trim);
            for name in aliases.filter(|alias| !alias.is_empty()).chain([item.item.as_str()]) {
                let words = words(name);
                let set: BTreeSet<String> = words.iter().cloned().collect();
                self.keys.entry(set_key(&set)).or_default().insert(index);
                self.keys.entry(words.concat()).or_default().insert(index);
                self.words.push((set, index));
            }
            self.items.push(item);
            self.lines.push((file.to_owned(), line));
        }
    }

    /// Checks names and references once both files are read.
    pub(crate) fn finish(&self, errors: &mut Vec<Diagnostic>) {
        let mut seen = BTreeSet::new();
        for (item, (file, line)) in self.items.iter().zip(&self.lines) {
            let mut wrong = |what: String, mend: &str| {
                errors.push(Diagnostic::new("bad-catalog-row", Place::line(file.as_str(), *line), what, mend));
            };
            if !seen.insert(item.item.as_str()) {
                wrong(format!("`{}` stands twice", item.item), "take one of them out");
            }
            if let Some(name) = &item.accelerator
                && self.item(name).is_none()
            {
                wrong(format!("`{name}` is no item of law/catalog/chips.csv"), "name the accelerator exactly as there");
            }
            if item.source.is_none() {
                wrong(format!("`{}` has no source", item.item), "say where its figures are from");
            }
        }
    }
}

fn set_key(words: &BTreeSet<String>) -> String {
    words.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
}

fn read_item(cells: &BTreeMap<&str, &str>, wrong: &mut dyn FnMut(String, &str)) -> Item {
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
        memory_bandwidth_gb_s: number("memory_bandwidth_gb_s"),
        interconnect_gb_s: number("interconnect_gb_s"),
        tdp_w: number("tdp_w"),
        price_usd: number("price_usd"),
        accelerators,
        item: text("item").unwrap_or_default(),
        vendor: text("vendor"),
        host_eccn: text("host_eccn"),
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
            wrong(format!("`{cell}` is no kind"), "write ic, board, server, rack, model_weights or hbm");
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
