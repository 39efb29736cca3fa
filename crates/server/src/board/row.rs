//! A line as the pages show it, and as it is decided again.

use serde::{Deserialize, Serialize};
use tollgate_decide::{FileCounts, is_decided_by};
use tollgate_model::{Activity, Country, Date, OrderLine, UnreadCell};

/// From where a line is known.
pub(crate) const FILE: &str = "file";
/// See [`FILE`].
pub(crate) const LEDGER: &str = "ledger";

/// A decided line as a table shows it.
#[derive(Clone, Debug, Serialize)]
pub struct BoardRow {
    /// The order's id.
    pub order_id: String,
    /// The item line.
    pub line: i64,
    /// The order's day; the text as it was written where it is not understood.
    pub date: String,
    /// Who sends.
    pub exporter: Option<String>,
    /// The ultimate consignee.
    pub consignee: String,
    /// The country of destination.
    pub destination: String,
    /// The item as the order names it.
    pub item: String,
    /// Units; 0 where they are not understood.
    pub quantity: i64,
    /// TPP of the line, rounded up; `None` where unknown.
    pub tpp: Option<i64>,
    /// The outcome.
    pub outcome: String,
    /// The exception's short name.
    pub authorization: Option<String>,
    /// The authorization that the shipper claims.
    pub claimed: Option<String>,
    /// How an application for a license is reviewed.
    pub review: Option<String>,
    /// `ledger` or `file`.
    pub source: String,
    /// The columns whose cells are not understood, with commas.
    pub not_understood: String,
}

impl BoardRow {
    /// The same with an apostrophe before each text that a spreadsheet would take for a formula.
    pub(crate) fn without_formulas(&self) -> BoardRow {
        let safe = |text: &Option<String>| text.as_deref().map(without_formula);
        BoardRow {
            order_id: without_formula(&self.order_id),
            date: without_formula(&self.date),
            exporter: safe(&self.exporter),
            consignee: without_formula(&self.consignee),
            destination: without_formula(&self.destination),
            item: without_formula(&self.item),
            outcome: without_formula(&self.outcome),
            authorization: safe(&self.authorization),
            claimed: safe(&self.claimed),
            review: safe(&self.review),
            not_understood: without_formula(&self.not_understood),
            ..self.clone()
        }
    }

    /// The line's id in the ledger.
    pub(crate) fn line_id(&self) -> String {
        tollgate_desk::line_id(&self.order_id, self.line)
    }
}

/// A text that a spreadsheet takes for a text.
pub(crate) fn without_formula(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { format!("'{text}") } else { text.to_owned() }
}

/// A line of a file with all that it is decided by, the cells that are not understood among it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredLine {
    /// The transaction.
    pub(crate) order_id: String,
    /// The number of the line.
    pub(crate) line: i64,
    date: String,
    activity: String,
    exporter: Option<String>,
    purchaser: Option<String>,
    intermediate_consignee: Option<String>,
    ultimate_consignee: String,
    end_user: Option<String>,
    freight_forwarder: Option<String>,
    lpp_operator: Option<String>,
    origin: Option<String>,
    destination: String,
    #[serde(default)]
    via: Option<String>,
    item: String,
    quantity: i64,
    end_use: Option<String>,
    authorization: Option<String>,
    #[serde(default)]
    pub(crate) unread: Vec<UnreadCell>,
}

impl StoredLine {
    /// A line to be kept.
    pub(crate) fn of(line: &OrderLine<'_>) -> StoredLine {
        let text = |text: Option<&str>| text.map(str::to_owned);
        StoredLine {
            order_id: line.order_id.to_owned(),
            line: line.line,
            date: line.date.to_string(),
            activity: line.activity.as_str().to_owned(),
            exporter: text(line.exporter),
            purchaser: text(line.purchaser),
            intermediate_consignee: text(line.intermediate_consignee),
            ultimate_consignee: line.ultimate_consignee.to_owned(),
            end_user: text(line.end_user),
            freight_forwarder: text(line.freight_forwarder),
            lpp_operator: text(line.lpp_operator),
            origin: line.origin.map(|country| country.to_string()),
            destination: line.destination.to_string(),
            via: text(line.via),
            item: line.item.to_owned(),
            quantity: line.quantity,
            end_use: text(line.end_use),
            authorization: text(line.authorization),
            unread: line.unread.to_vec(),
        }
    }

    /// The line as it was read; `None` where what was kept cannot be read back.
    pub(crate) fn line(&self) -> Option<OrderLine<'_>> {
        let is_unread = |column: &str| self.unread.iter().any(|cell| cell.column == column);
        let day: Option<Date> = self.date.parse().ok();
        let destination: Option<Country> = self.destination.parse().ok();
        Some(OrderLine {
            unread: &self.unread,
            order_id: &self.order_id,
            line: self.line,
            date: day.or_else(|| is_unread("date").then_some(Date::MAX))?,
            activity: Activity::from_word(&self.activity).ok()?,
            exporter: self.exporter.as_deref(),
            purchaser: self.purchaser.as_deref(),
            intermediate_consignee: self.intermediate_consignee.as_deref(),
            ultimate_consignee: &self.ultimate_consignee,
            end_user: self.end_user.as_deref(),
            freight_forwarder: self.freight_forwarder.as_deref(),
            lpp_operator: self.lpp_operator.as_deref(),
            origin: self.origin.as_deref().map(str::parse).transpose().ok()?,
            destination: destination.or_else(|| is_unread("destination").then_some(Country::UNKNOWN))?,
            via: self.via.as_deref(),
            item: &self.item,
            quantity: self.quantity,
            end_use: self.end_use.as_deref(),
            authorization: self.authorization.as_deref(),
        })
    }

    /// Whether all of it is understood by which it is decided.
    pub(crate) fn is_read(&self) -> bool {
        !self.unread.iter().any(|cell| is_decided_by(&cell.column))
    }

    /// The day as it is shown: as it was written where it is not understood.
    pub(crate) fn day_as_written(line: &OrderLine<'_>) -> String {
        let cell = line.unread.iter().find(|cell| cell.column == "date");
        cell.map_or_else(|| line.date.to_string(), |cell| cell.value.clone())
    }
}

/// What a line's file had counted before it, as it is kept.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct StoredCounts {
    used: Vec<i64>,
    shipment: Option<i64>,
    license: i64,
}

impl StoredCounts {
    pub(crate) fn of(counts: FileCounts) -> StoredCounts {
        StoredCounts { used: counts.used_milli_tpp, shipment: counts.shipment_milli_tpp, license: counts.license_units }
    }

    pub(crate) fn counts(self) -> FileCounts {
        FileCounts { used_milli_tpp: self.used, shipment_milli_tpp: self.shipment, license_units: self.license }
    }
}
