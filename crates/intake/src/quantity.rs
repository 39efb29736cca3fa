//! The units of a line: pieces, and what else a quantity may count.

use tollgate_model::ItemKind;

use crate::goods::Goods;
use crate::order_column::OrderColumn;
use crate::orders::{IntakeTables, Line};
use crate::parties::is_blank;
use crate::report::{RemarkKind, RemarkPlace};
use crate::several::packed;
use crate::sheet::CellForm;
use crate::text::plain;
use crate::unit_kind::UnitKind;
use crate::values::number::{DecimalMark, MarkEvidence, mark_evidence, number};
use crate::words::{counted_pieces, times, tokens};

/// Behind a header of a quantity these name no unit.
const NO_UNITS: &[&str] =
    &["total", "ordered", "shipped", "qty", "no", "number", "1", "units", "in units", "inunits", "count", "net"];
/// The most units that a line may have.
const MAX_QUANTITY: i64 = 1_000_000_000;

impl IntakeTables<'_> {
    /// The units of a line; the error is the text that was not understood.
    pub(crate) fn quantity(&mut self, line: &Line<'_, '_>) -> Result<i64, String> {
        let text = line.cell(OrderColumn::Quantity).to_owned();
        if let Some(pieces) = self.pieces_of_text(line, &text) {
            return Ok(pieces);
        }
        if is_blank(&text) {
            self.say_blank(line);
            return Err(text);
        }
        if self.may_be_a_thousand(line, &text) {
            let what = "a thousand or a fraction? Say --decimal point or --decimal comma";
            self.remarks.add(RemarkKind::Question, line.place_of(OrderColumn::Quantity, &text), what);
            return Err(text);
        }
        let pack = line.cell(OrderColumn::PackSize);
        if !is_blank(pack) && pack != "1" {
            let what = "so many pieces are in a pack: does the quantity count packs or pieces?";
            self.remarks.add(RemarkKind::Question, line.place_of(OrderColumn::PackSize, pack), what);
            return Err(text);
        }
        let Some(figure) = self.figure(line, OrderColumn::Quantity) else { return Err(text) };
        let units = [line.cell(OrderColumn::Unit), figure.beside.as_str()];
        if line.reading.plan.counts_packages && units == ["", ""] {
            let what = "files of this kind count packages here: how many units are there?";
            self.remarks.add(RemarkKind::Question, line.place_of(OrderColumn::Quantity, &text), what);
            return Err(text);
        }
        for unit in units {
            if matches!(self.unit_kind(unit), UnitKind::Package | UnitKind::Other) {
                if self.is_without_accelerator(line) {
                    let what = "goods without an accelerator: so many of their unit";
                    self.remarks.add(RemarkKind::Assumed, line.place_of(OrderColumn::Quantity, &text), what);
                    continue;
                }
                let what = format!("its unit `{}` is not pieces: how many units are there?", plain(unit));
                self.remarks.add(RemarkKind::Question, line.place_of(OrderColumn::Quantity, &text), &what);
                return Err([text.as_str(), line.cell(OrderColumn::Unit)].join(" ").trim().to_owned());
            }
        }
        let unit = line.source(OrderColumn::Quantity).map_or("", |source| source.unit.as_str());
        let Some(places) = self.places_of_header(unit) else {
            let what = format!("the header's unit `{unit}` is not pieces: how many units are there?");
            self.remarks.add(RemarkKind::Question, line.place_of(OrderColumn::Quantity, &text), &what);
            return Err([text.as_str(), unit].join(" "));
        };
        let whole = figure.value.scaled_exact(places).filter(|whole| (1..=MAX_QUANTITY).contains(whole));
        if whole.is_none() {
            self.remarks.add(
                RemarkKind::Unread,
                line.place_of(OrderColumn::Quantity, &text),
                "no whole number from 1 on",
            );
        } else if places > 0 {
            self.remarks.add(
                RemarkKind::Assumed,
                RemarkPlace { row: 0, ..line.place_of(OrderColumn::Quantity, "") },
                &format!("quantities are in {unit}"),
            );
        }
        whole.ok_or(text)
    }

    /// Says of a row without a quantity that it has none, or asks what a count in its goods is of.
    fn say_blank(&mut self, line: &Line<'_, '_>) {
        let counted = [OrderColumn::Item, OrderColumn::Description].into_iter().find_map(|column| {
            let goods = line.cell(column);
            tokens(goods).iter().find_map(|word| times(word)).map(|count| (column, goods.to_owned(), count))
        });
        match counted {
            Some((column, goods, count)) => {
                let what = format!(
                    "no quantity stands in the row, and the goods say {count}: is that how many units there are, or how many one unit holds? Write the quantity"
                );
                self.remarks.add(RemarkKind::Question, line.place_of(column, &goods), &what);
            }
            None => self.remarks.add(RemarkKind::Unread, line.place_of(OrderColumn::Quantity, ""), "no quantity"),
        }
    }

    /// The pieces that the description counts, where no column does, or where the column counts packages.
    fn pieces_of_text(&mut self, line: &Line<'_, '_>, quantity: &str) -> Option<i64> {
        if !is_blank(quantity) {
            let unit = line.cell(OrderColumn::Unit);
            let is_bare = quantity.bytes().all(|byte| byte.is_ascii_digit());
            let beside = match is_bare {
                true => String::new(),
                false => number(quantity, line.reading.mark).map_or_else(String::new, |figure| figure.beside),
            };
            let kind = self.unit_kind(if beside.is_empty() { unit } else { &beside });
            if !(kind == UnitKind::Package || kind == UnitKind::Missing && line.reading.plan.counts_packages) {
                return None;
            }
        }
        let pieces = counted_pieces(line.cell(OrderColumn::Description))
            .or_else(|| counted_pieces(line.cell(OrderColumn::Item)))?;
        let what = "the units are those that the description counts";
        self.remarks.add(
            RemarkKind::Assumed,
            line.place_of(OrderColumn::Description, line.cell(OrderColumn::Description)),
            what,
        );
        Some(pieces)
    }

    /// The units of a line of compute, unless its description counts other pieces; the error is then the quantity's text.
    pub(crate) fn held_against_text(&mut self, line: &Line<'_, '_>, item: &str, units: i64) -> Result<i64, String> {
        let description = line.cell(OrderColumn::Description);
        let held = self.stated.accelerators(item).or_else(|| self.items.accelerators(item));
        let is_compute = held != Some(0);
        let texts = [OrderColumn::Item, OrderColumn::Description];
        if let Some((column, word)) =
            texts.iter().filter(|_| is_compute).find_map(|at| Some((*at, self.packed.of(line.cell(*at), packed)?)))
        {
            let what = format!("`{word}`: how many pieces are there?");
            self.remarks.add(RemarkKind::Question, line.place_of(column, line.cell(column)), &what);
            return Err(line.cell(OrderColumn::Quantity).to_owned());
        }
        // Most descriptions count nothing.
        if !description.bytes().any(|byte| byte.is_ascii_digit()) || !is_compute {
            return Ok(units);
        }
        match self.counted.of(description, counted_pieces) {
            Some(pieces) if pieces != units => {
                let what =
                    format!("the description counts {pieces} pieces, the quantity is another: how many are there?");
                self.remarks.add(
                    RemarkKind::Question,
                    line.place_of(OrderColumn::Quantity, line.cell(OrderColumn::Quantity)),
                    &what,
                );
                Err(line.cell(OrderColumn::Quantity).to_owned())
            }
            _ => Ok(units),
        }
    }

    /// The units of a line whose unit is a server, a node or a rack: so many, where its item is one; else a question, since one may hold several.
    ///
    /// # Errors
    /// The text of a quantity that counts something else than the item.
    pub(crate) fn units_of(&mut self, line: &Line<'_, '_>, item: &str, units: i64) -> Result<i64, String> {
        let (text, stated) = (line.cell(OrderColumn::Quantity), line.cell(OrderColumn::Unit));
        let is_bare = text.bytes().all(|byte| byte.is_ascii_digit());
        let counts_others = |kind: UnitKind| matches!(kind, UnitKind::Assembly | UnitKind::Accelerator);
        if is_bare && !counts_others(self.unit_kind(stated)) {
            return Ok(units);
        }
        let beside = number(text, line.reading.mark).map_or_else(String::new, |figure| figure.beside);
        let Some(unit) = [stated, &beside].into_iter().find(|unit| counts_others(self.unit_kind(unit))) else {
            return Ok(units);
        };
        let are_accelerators = self.unit_kind(unit) == UnitKind::Accelerator;
        let unit = plain(unit);
        let known = self.catalog.item(item);
        let kind = known.and_then(|known| known.kind);
        let held = known
            .and_then(|known| known.accelerators)
            .or_else(|| self.stated.accelerators(item))
            .or_else(|| self.items.accelerators(item));
        let is_rack = matches!(unit.as_str(), "rack" | "racks" | "cabinet" | "pod" | "superpod" | "cluster");
        let is_counted = match (kind, held) {
            (Some(ItemKind::IntegratedCircuit | ItemKind::Board), None | Some(1)) if are_accelerators => true,
            (Some(ItemKind::Other), _) | (None, Some(0 | 1)) if are_accelerators => true,
            _ if are_accelerators => false,
            (Some(ItemKind::Rack), _) => is_rack,
            (Some(ItemKind::Other), _) | (None, Some(0)) => true,
            (Some(ItemKind::Server), _) => !is_rack,
            // A board of four or more fills a server; an assembly of the items table is what the text says that a unit is.
            (Some(_), Some(held)) => !is_rack && held >= 4,
            (None, Some(held)) => !is_rack && held > 1,
            (_, None) => false,
        };
        if is_counted {
            return Ok(units);
        }
        let what = format!("its unit `{unit}` may hold several: how many units are there?");
        self.remarks.add(RemarkKind::Question, line.place_of(OrderColumn::Quantity, text), &what);
        Err([text, stated].join(" ").trim().to_owned())
    }

    /// Whether the texts of a line say that its goods hold no accelerator, so that nothing turns on how many pieces its unit holds.
    fn is_without_accelerator(&mut self, line: &Line<'_, '_>) -> bool {
        let [name, description] = [OrderColumn::Item, OrderColumn::Description].map(|column| line.cell(column));
        !line.is_contradicted(OrderColumn::Item)
            && !self.mapping.items.contains_key(name)
            && matches!(self.finder.goods(name, description, None), Goods::NoCompute(_))
    }

    /// What a unit counts, remembered by its text.
    fn unit_kind(&mut self, unit: &str) -> UnitKind {
        if unit.is_empty() {
            return UnitKind::Missing;
        }
        self.units.of(unit, UnitKind::read)
    }

    /// How many places the unit of a quantity's header moves the point; `None` where it is no number of pieces.
    fn places_of_header(&mut self, unit: &str) -> Option<u8> {
        match unit {
            "" => Some(0),
            "thousands" | "thousand" | "000" | "000s" | "k" | "tausend" | "milliers" | "千" | "千台"
            | "inthousands" => Some(3),
            "millions" | "million" | "mn" | "m" => Some(6),
            unit if NO_UNITS.contains(&unit) => Some(0),
            unit => matches!(self.unit_kind(unit), UnitKind::Pieces | UnitKind::Assembly | UnitKind::Accelerator)
                .then_some(0),
        }
    }

    /// Whether a quantity such as `1.000` is one only by what other cells show: a thousandth of what it may be.
    fn may_be_a_thousand(&self, line: &Line<'_, '_>, text: &str) -> bool {
        let is_stated = line.reading.is_mark_stated || line.form(OrderColumn::Quantity) == CellForm::Number;
        let decimals = match line.reading.mark {
            Some(DecimalMark::Point) => text.contains('.'),
            Some(DecimalMark::Comma) => text.contains(','),
            None => false,
        };
        !is_stated && decimals && mark_evidence(text) == MarkEvidence::Either
    }
}
