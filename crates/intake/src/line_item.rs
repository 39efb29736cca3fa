//! The item of a line, and its row in the items table.

use tollgate_law::catalog::Resolution;

use crate::goods::Goods;
use crate::items::ItemRead;
use crate::order_column::OrderColumn;
use crate::orders::{IntakeTables, Line};
use crate::report::RemarkKind;
use crate::several::is_of_several;
use crate::text::unread;
use crate::values::eccn::{EccnText, eccn_text};

impl IntakeTables<'_> {
    /// What a line is about: the item as it is written, and the description.
    pub(crate) fn item(&mut self, line: &Line<'_, '_>, price: Option<&str>) -> (String, String) {
        let name = if line.cell(OrderColumn::Item).is_empty() {
            line.cell(OrderColumn::Sku)
        } else {
            line.cell(OrderColumn::Item)
        };
        let description = line.cell(OrderColumn::Description);
        let shown = if name.is_empty() { description } else { name };
        let is_cheap =
            price.and_then(|price| price.split('.').next()?.parse::<i64>().ok()).map(|dollars| dollars < 3_000);
        let is_contradicted = line.is_contradicted(OrderColumn::Item);
        if self.stated.has_item(name) && !is_contradicted {
            return (name.to_owned(), description.to_owned());
        }
        let key = ItemRead::key(name, description, is_cheap, std::mem::take(&mut self.item_key));
        if !is_contradicted && let Some(read) = self.items_read.get(&key) {
            if !read.said.is_empty() {
                self.remarks.add(RemarkKind::Assumed, line.place_of(OrderColumn::Item, shown), &read.said);
            }
            let found = (read.written.clone(), read.description.clone());
            self.item_key = key;
            return found;
        }
        let goods = match self.stated_goods(name).or_else(|| self.stated_goods(description)) {
            Some(goods) => goods,
            None if is_contradicted => Goods::open("two columns name different items".to_owned()),
            None => self.finder.goods(name, description, is_cheap),
        };
        // What is no ECCN is asked about in its column, and is no ECCN of the item.
        let eccn = match eccn_text(line.cell(OrderColumn::DeclaredEccn)) {
            EccnText::One(eccn) => eccn,
            EccnText::Nothing | EccnText::Unread => String::new(),
        };
        let eccn = eccn.as_str();
        let (written, said) = match goods {
            Goods::Item(item) => {
                let said = if item == shown { String::new() } else { format!("it is `{item}` of the catalog") };
                (item, said)
            }
            Goods::Assembly { accelerator, count } => {
                (self.items.assembly(shown, &accelerator, count, eccn), format!("a unit holds {count} `{accelerator}`"))
            }
            Goods::NoCompute(word) => {
                (self.items.no_compute(shown, eccn), format!("no item of compute, by the word `{word}`"))
            }
            Goods::Open { question, candidates } => {
                self.item_key = key;
                let written = match candidates.is_empty() && self.is_of_other_trade(line, price) {
                    true => self.other_goods(line, shown),
                    false => self.open_goods(line, shown, &question),
                };
                let description = if description.is_empty() && written != name { name } else { description };
                return (written, description.to_owned());
            }
        };
        if !said.is_empty() {
            self.remarks.add(RemarkKind::Assumed, line.place_of(OrderColumn::Item, shown), &said);
        }
        let description = if description.is_empty() && written != name { name } else { description };
        let read = ItemRead { written: written.clone(), description: description.to_owned(), said };
        if !is_contradicted {
            self.items_read.put(&key, read);
        }
        self.item_key = key;
        (written, description.to_owned())
    }

    /// What is written of goods of another trade.
    fn other_goods(&mut self, line: &Line<'_, '_>, shown: &str) -> String {
        let what = "no item of compute, by its words, the chapter of its tariff code and its price together";
        self.remarks.add(RemarkKind::Assumed, line.place_of(OrderColumn::Item, shown), what);
        self.items.no_compute(shown, line.cell(OrderColumn::DeclaredEccn))
    }

    /// What is written of goods that are not settled, which is asked about.
    fn open_goods(&mut self, line: &Line<'_, '_>, shown: &str, question: &str) -> String {
        let what = format!("which item is it? {question}");
        self.remarks.add(RemarkKind::Question, line.place_of(OrderColumn::Item, shown), &what);
        // What a reader of orders would find by itself was doubted here, and is not to be found.
        // What another row of the same name came to does not answer for this one.
        let is_found = matches!(self.catalog.resolve(shown), Resolution::Found(_)) || shown.is_empty();
        match is_found || is_of_several(question) || !self.items.keep_open(shown) {
            true => unread(shown),
            false => shown.to_owned(),
        }
    }

    /// Whether goods without any word of compute are declared in a chapter of the tariff before machines and electronics, and cost next to nothing a unit.
    fn is_of_other_trade(&mut self, line: &Line<'_, '_>, price: Option<&str>) -> bool {
        /// US dollars a unit below which nothing is a processor.
        const CHEAP_USD: i64 = 50;
        let digits: String = line.cell(OrderColumn::HsCode).chars().filter(char::is_ascii_digit).collect();
        let chapter: Option<u8> = digits.get(..2).and_then(|chapter| chapter.parse().ok());
        let is_before_machines = digits.len() >= 4 && chapter.is_some_and(|chapter| (1..=83).contains(&chapter));
        let dollars = price.and_then(|price| price.split('.').next()?.parse::<i64>().ok());
        let are_read =
            [OrderColumn::Item, OrderColumn::Description].iter().all(|column| !line.cell(*column).starts_with('?'));
        is_before_machines
            && are_read
            && dollars.is_some_and(|dollars| (0..CHEAP_USD).contains(&dollars))
            && !line.is_contradicted(OrderColumn::Item)
            && !self.mapping.items.contains_key(line.cell(OrderColumn::Item))
            && self.finder.is_without_compute(line.cell(OrderColumn::Item), line.cell(OrderColumn::Description))
    }

    /// What the mapping says of a name: `none`, an item, or `8 x` an item.
    fn stated_goods(&self, name: &str) -> Option<Goods> {
        let stated = self.mapping.items.get(name)?.trim();
        if stated.eq_ignore_ascii_case("none") {
            return Some(Goods::NoCompute("none".to_owned()));
        }
        let (count, item) = match stated.split_once(" x ") {
            Some((count, item)) => (count.trim().parse::<i64>().ok().filter(|count| *count > 0)?, item.trim()),
            None => (0, stated),
        };
        match self.catalog.resolve(item) {
            Resolution::Found(item) if count == 0 => Some(Goods::Item(item.item.clone())),
            Resolution::Found(item) => Some(Goods::Assembly { accelerator: item.item.clone(), count }),
            _ => Some(Goods::open(format!("the mapping says `{stated}`, which is no item of the catalog"))),
        }
    }
}
