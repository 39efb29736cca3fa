//! Quantities, prices and weights of a line.

use tollgate_model::{Date, Decimal, ItemKind};

use crate::orders::{IntakeTables, Line};
use crate::parties::is_blank;
use crate::rates::{currency_code, share, times};
use crate::report::{RemarkKind, RemarkPlace};
use crate::sheet::CellForm;
use crate::text::plain;
use crate::values::number::{DecimalMark, Figure, MarkEvidence, mark_evidence, number};
use crate::vocabulary::word_lists;

/// The most units that a line may have.
const MAX_QUANTITY: i64 = 1_000_000_000;

impl IntakeTables<'_> {
    /// The number of a cell; None where it is empty or not understood, which is said.
    fn figure(&mut self, line: &Line<'_, '_>, target: &str) -> Option<Figure> {
        let text = line.cell(target);
        if is_blank(text) {
            return None;
        }
        let mark = if line.form(target) == CellForm::Number { Some(DecimalMark::Point) } else { line.reading.mark };
        let found = number(text, mark);
        if found.is_none() {
            let is_open = mark.is_none() && mark_evidence(text) == MarkEvidence::Either;
            let (kind, what) = match is_open {
                true => (RemarkKind::Question, "a thousand or a fraction? Say --decimal point or --decimal comma"),
                false => (RemarkKind::Unread, "no number of zero or more that is understood"),
            };
            self.remarks.add(kind, line.place_of(target, text), what);
        }
        found
    }

    /// The units of a line; the error is the text that was not understood.
    pub(crate) fn quantity(&mut self, line: &Line<'_, '_>) -> Result<i64, String> {
        let text = line.cell("quantity").to_owned();
        if is_blank(&text) {
            self.remarks.add(RemarkKind::Unread, line.place_of("quantity", ""), "no quantity");
            return Err(text);
        }
        if self.may_be_a_thousand(line, &text) {
            let what = "a thousand or a fraction? Say --decimal point or --decimal comma";
            self.remarks.add(RemarkKind::Question, line.place_of("quantity", &text), what);
            return Err(text);
        }
        let Some(figure) = self.figure(line, "quantity") else { return Err(text) };
        let stated = plain(line.cell("unit"));
        let beside = plain(&figure.beside);
        if line.reading.plan.counts_packages && stated.is_empty() && beside.is_empty() {
            let what = "files of this kind count packages here: how many units are there?";
            self.remarks.add(RemarkKind::Question, line.place_of("quantity", &text), what);
            return Err(text);
        }
        for unit in [&stated, &beside].into_iter().filter(|unit| !unit.is_empty()) {
            if !word_lists().pieces.contains(unit.as_str())
                && !is_numbered_piece(unit)
                && !word_lists().assemblies.contains(unit.as_str())
            {
                let what = format!("its unit `{unit}` is not pieces: how many units are there?");
                self.remarks.add(RemarkKind::Question, line.place_of("quantity", &text), &what);
                return Err([text.as_str(), line.cell("unit")].join(" ").trim().to_owned());
            }
        }
        let unit = line.source("quantity").map_or("", |source| source.unit.as_str());
        let places = match unit {
            "thousands" | "thousand" | "000" | "000s" | "k" | "tausend" | "milliers" | "千" | "千台"
            | "inthousands" => 3,
            "millions" | "million" | "mn" | "m" => 6,
            _ => 0,
        };
        let whole = figure.value.scaled_exact(places).filter(|whole| (1..=MAX_QUANTITY).contains(whole));
        if whole.is_none() {
            self.remarks.add(RemarkKind::Unread, line.place_of("quantity", &text), "no whole number from 1 on");
        } else if places > 0 {
            self.remarks.add(
                RemarkKind::Assumed,
                RemarkPlace { row: 0, ..line.place_of("quantity", "") },
                &format!("quantities are in {unit}"),
            );
        }
        whole.ok_or(text)
    }

    /// The units of a line whose unit is a server, a node or a rack: so many, where its item is one; else a question, since one may hold several.
    ///
    /// # Errors
    /// The text of a quantity that counts something else than the item.
    pub(crate) fn units_of(&mut self, line: &Line<'_, '_>, item: &str, units: i64) -> Result<i64, String> {
        let text = line.cell("quantity").to_owned();
        let beside = number(&text, line.reading.mark).map_or_else(String::new, |figure| plain(&figure.beside));
        let stated = plain(line.cell("unit"));
        let assemblies = &word_lists().assemblies;
        let Some(unit) = [stated, beside].into_iter().find(|unit| assemblies.contains(unit.as_str())) else {
            return Ok(units);
        };
        let known = self.catalog.item(item);
        let kind = known.and_then(|known| known.kind);
        let held = known.and_then(|known| known.accelerators).or_else(|| self.items.accelerators(item));
        let is_rack = matches!(unit.as_str(), "rack" | "racks" | "cabinet" | "pod" | "superpod" | "cluster");
        let is_counted = match (kind, held) {
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
        self.remarks.add(RemarkKind::Question, line.place_of("quantity", &text), &what);
        Err([text.as_str(), line.cell("unit")].join(" ").trim().to_owned())
    }

    /// Whether a quantity such as `1.000` is one only by what other cells show: a thousandth of what it may be.
    fn may_be_a_thousand(&self, line: &Line<'_, '_>, text: &str) -> bool {
        let is_stated = line.reading.is_mark_stated || line.form("quantity") == CellForm::Number;
        let decimals = match line.reading.mark {
            Some(DecimalMark::Point) => text.contains('.'),
            Some(DecimalMark::Comma) => text.contains(','),
            None => false,
        };
        !is_stated && decimals && mark_evidence(text) == MarkEvidence::Either
    }

    /// US dollars a unit, as text; None where it is not known.
    pub(crate) fn unit_price(
        &mut self,
        line: &Line<'_, '_>,
        date: Option<Date>,
        quantity: Option<i64>,
    ) -> Option<String> {
        let (target, count) = match is_blank(line.cell("unit_price")) {
            false => ("unit_price", 1),
            true => ("total_value", quantity?),
        };
        let figure = self.figure(line, target)?;
        let currency = self.currency(line, target, &figure)?;
        let value = if target == "total_value" { share(figure.value, count)? } else { figure.value };
        if currency == "USD" {
            return Some(value.to_string());
        }
        let rate = date.and_then(|date| self.rates.rate(&currency, date));
        let Some(rate) = rate else {
            let what = format!("no rate for {currency} on the day: the price stays unknown; give a file with --rates");
            self.remarks.add(RemarkKind::Question, line.place_of(target, line.cell(target)), &what);
            return None;
        };
        let what = format!("{currency} is changed at the rate of the day");
        self.remarks.add(RemarkKind::Assumed, RemarkPlace { row: 0, ..line.place_of(target, "") }, &what);
        times(value, rate).map(|price| price.to_string())
    }

    fn currency(&mut self, line: &Line<'_, '_>, target: &str, figure: &Figure) -> Option<String> {
        let unit = line.source(target).map_or("", |source| source.unit.as_str());
        let header = plain(line.header(target));
        let stated = [line.cell("currency"), &figure.beside].into_iter().find(|text| !text.is_empty());
        if let Some(stated) = stated {
            let code = currency_code(stated);
            if code.is_none() {
                let what = format!("`{stated}` is no currency by itself: the price stays unknown");
                self.remarks.add(RemarkKind::Question, line.place_of(target, line.cell(target)), &what);
            }
            return code;
        }
        if unit == "usd" || header.ends_with("usd") || header.ends_with("usdollars") {
            return Some("USD".to_owned());
        }
        if unit.len() == 3 {
            return currency_code(unit);
        }
        if line.reading.plan.profile.as_deref() == Some("ACE/AES") {
            self.remarks.add(
                RemarkKind::Assumed,
                RemarkPlace { row: 0, ..line.place_of(target, "") },
                "values in AES are US dollars",
            );
            return Some("USD".to_owned());
        }
        self.remarks.add(
            RemarkKind::Question,
            RemarkPlace { row: 0, ..line.place_of(target, "") },
            "in which currency? Prices stay unknown",
        );
        None
    }

    /// Kilograms of the line, as text; empty where it is not known.
    pub(crate) fn weight(&mut self, line: &Line<'_, '_>) -> String {
        let Some(figure) = self.figure(line, "gross_weight_kg") else { return String::new() };
        let header = plain(line.header("gross_weight_kg"));
        let column = plain(line.cell("weight_unit"));
        let beside = plain(&figure.beside);
        let of_header = ["kg", "kgs", "lb", "lbs", "mt"].into_iter().find(|unit| header.ends_with(unit)).unwrap_or("");
        let unit =
            [column.as_str(), beside.as_str(), of_header].into_iter().find(|unit| !unit.is_empty()).unwrap_or("");
        let factor = match unit {
            "kg" | "kgs" | "kgm" | "kilogram" | "kilograms" | "k" => "1",
            "lb" | "lbs" | "lbr" | "pounds" | "pound" => "0.453593",
            "t" | "mt" | "to" | "ton" | "tons" | "tne" | "tonne" | "tonnes" => "1000",
            "g" | "gr" | "grm" | "grams" => "0.001",
            "" => {
                self.remarks.add(
                    RemarkKind::Assumed,
                    RemarkPlace { row: 0, ..line.place_of("gross_weight_kg", "") },
                    "weights are in kilograms",
                );
                "1"
            }
            other => {
                let what = format!("`{other}` is no unit of weight that is known: the weight stays unknown");
                self.remarks.add(
                    RemarkKind::Unread,
                    line.place_of("gross_weight_kg", line.cell("gross_weight_kg")),
                    &what,
                );
                return String::new();
            }
        };
        let kilograms = factor.parse::<Decimal>().ok().and_then(|factor| times(figure.value, factor));
        kilograms.map_or_else(String::new, |kilograms| kilograms.to_string())
    }

    /// The packages, as text; empty where they are not known.
    pub(crate) fn packages(&mut self, line: &Line<'_, '_>) -> String {
        let Some(figure) = self.figure(line, "packages") else { return String::new() };
        figure.value.scaled_exact(0).map_or_else(String::new, |count| count.to_string())
    }
}

/// `unit1`, `pcs2`: a unit with the number of its column.
fn is_numbered_piece(unit: &str) -> bool {
    let bare = unit.trim_end_matches(|letter: char| letter.is_ascii_digit());
    !bare.is_empty() && word_lists().pieces.contains(bare)
}
