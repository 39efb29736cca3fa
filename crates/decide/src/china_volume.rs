//! What each exporter sent of each item to buyers in the United States, and to China and Macau: the volume condition of the review of January 2026.

use tollgate_law::facts::ear_country;
use tollgate_model::{Country, Lookup, OrderLine, group_digits};

use super::names::{Name, Names};

/// What is known of a line that is counted; what is not may be anybody's, or any item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Sale {
    exporter: Option<Name>,
    item: Option<Name>,
}

/// What went to the United States, and to China and Macau, by exporter and item.
#[derive(Debug, Default)]
pub(crate) struct ChinaVolume {
    sales: Lookup<Sale, SentUnits>,
    exporters: Names,
    items: Names,
}

/// Units of an item that an exporter sent.
#[derive(Clone, Copy, Debug, Default)]
struct SentUnits {
    /// To the United States.
    home: i64,
    /// To China and Macau.
    china: i64,
    /// Lines of which the number of units, or where they went, is not understood.
    unread: u64,
}

/// Whether a country is China, with Hong Kong, or Macau.
fn is_china(country: Country) -> bool {
    let country = ear_country(country);
    country == Country::CHINA || country.code() == "MO"
}

impl ChinaVolume {
    /// Counts a line, if it stays in the United States or goes to China or Macau, or may; `item` is what the catalog calls its item.
    pub(crate) fn count(&mut self, order: &OrderLine<'_>, item: &str) {
        let is_placed = !order.is_unread("destination") && order.destination != Country::UNKNOWN;
        let home = ear_country(order.destination) == Country::UNITED_STATES;
        if is_placed && !home && !is_china(order.destination) {
            return;
        }
        let exporter = order.exporter.filter(|_| !order.is_unread("exporter")).map(|id| self.exporters.place(id));
        let item = (!order.is_unread("item")).then(|| self.items.place(item));
        let sent = self.sales.entry(Sale { exporter, item }).or_default();
        match is_placed && !order.is_unread("quantity") {
            false => sent.unread = sent.unread.saturating_add(1),
            true if home => sent.home = sent.home.saturating_add(order.quantity),
            true => sent.china = sent.china.saturating_add(order.quantity),
        }
    }

    /// What has been counted of an exporter's item, and whether some of what was counted may be more of it.
    fn sent(&self, exporter: &str, item: &str) -> (SentUnits, bool) {
        // Of what has no number nothing was counted.
        let (exporter, item) = (self.exporters.number(exporter), self.items.number(item));
        let counted = |sale: Option<Sale>| {
            sale.and_then(|sale| self.sales.get(&sale)).copied().unwrap_or(SentUnits { home: 0, china: 0, unread: 0 })
        };
        // Sales at home that nobody can place would only make room: they are left out.
        let may_be_its = [
            exporter.map(|exporter| Sale { exporter: Some(exporter), item: None }),
            item.map(|item| Sale { exporter: None, item: Some(item) }),
            Some(Sale { exporter: None, item: None }),
        ];
        let may_be_its = may_be_its.into_iter().map(counted).any(|sent| sent.china > 0 || sent.unread > 0);
        let both = exporter.zip(item).map(|(exporter, item)| Sale { exporter: Some(exporter), item: Some(item) });
        let sent = counted(both);
        (sent, may_be_its || sent.unread > 0)
    }

    /// What has been counted of a line's item and exporter, as a sentence, with what it comes to.
    pub(crate) fn sentence(&self, order: &OrderLine<'_>, item: &str) -> String {
        const CONDITION: &str = "the volume condition of January 2026 (15 CFR 748, supplement no. 2, paragraph (dd))";
        let Some(exporter) = order.exporter else {
            return format!("Who exports is not stated, so that {CONDITION} could not be counted.");
        };
        let (sent, is_unread) = self.sent(exporter, item);
        let shown = |units: i64| u64::try_from(units).map_or_else(|_| units.to_string(), group_digits);
        let verdict = match i128::from(sent.china) * 2 <= i128::from(sent.home) {
            _ if is_unread => "some lines are not understood, or do not say who exports, so that it is not settled",
            _ if sent.home == 0 => "the file has no sale to the United States, so that it is not settled: ask sales",
            true => "within half, if nothing else was sent",
            false => {
                "over half: unless more was shipped for end use in the United States, a presumption of denial applies (flag china_volume_exceeded)"
            }
        };
        format!(
            "By the lines of this file, this one included, `{exporter}` sent {} of `{item}` to China and Macau and {} to the United States; for {CONDITION}: {verdict}.",
            shown(sent.china),
            shown(sent.home)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tollgate_model::{Activity, UnreadCell};

    fn line<'a>(exporter: Option<&'a str>, destination: &str, quantity: i64) -> OrderLine<'a> {
        OrderLine {
            order_id: "A",
            line: 1,
            date: "2026-02-01".parse().unwrap(),
            activity: Activity::Export,
            exporter,
            purchaser: None,
            intermediate_consignee: None,
            ultimate_consignee: "c",
            end_user: None,
            freight_forwarder: None,
            lpp_operator: None,
            origin: None,
            destination: destination.parse().unwrap(),
            via: None,
            item: "H200 SXM",
            quantity,
            end_use: None,
            authorization: None,
            unread: &[],
        }
    }

    #[test]
    fn half_of_what_went_to_the_united_states_is_within_and_one_more_is_over() {
        let mut volume = ChinaVolume::default();
        for (place, units) in [("US", 100), ("HK", 20), ("MO", 5), ("DE", 1000)] {
            volume.count(&line(Some("maker"), place, units), "H200 SXM");
        }
        volume.count(&line(Some("maker"), "CN", 25), "H200 SXM");
        assert!(volume.sentence(&line(Some("maker"), "CN", 25), "H200 SXM").contains("within half"));
        volume.count(&line(Some("maker"), "CN", 1), "H200 SXM");
        assert!(volume.sentence(&line(Some("maker"), "CN", 1), "H200 SXM").contains("over half"));
        assert!(volume.sentence(&line(Some("maker"), "CN", 1), "H100 SXM").contains("not settled"));
        assert!(volume.sentence(&line(None, "CN", 1), "H200 SXM").contains("not stated"));
    }

    #[test]
    fn a_line_that_may_be_more_of_it_leaves_it_open() {
        let sentence = |extra: &OrderLine<'_>| {
            let mut volume = ChinaVolume::default();
            volume.count(&line(Some("maker"), "US", 100), "H200 SXM");
            volume.count(extra, "H200 SXM");
            volume.sentence(&line(Some("maker"), "CN", 1), "H200 SXM")
        };
        let cell = |column: &str| {
            [UnreadCell { column: column.to_owned(), value: "?".to_owned(), what: "is not understood".to_owned() }]
        };
        let (place, units) = (cell("destination"), cell("quantity"));
        let nowhere = OrderLine { destination: Country::UNKNOWN, unread: &place, ..line(Some("maker"), "CN", 1) };
        let uncounted = OrderLine { unread: &units, ..line(Some("maker"), "CN", 0) };
        for open in [line(None, "CN", 1), nowhere, uncounted] {
            assert!(sentence(&open).contains("not settled"), "{open:?}");
        }
        // What another exporter sent is not this one's, and what stays at home cannot be too much.
        for settled in [line(Some("other"), "CN", 1), line(None, "US", 1)] {
            assert!(sentence(&settled).contains("within half"), "{settled:?}");
        }
    }
}
