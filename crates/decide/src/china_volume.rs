//! What each exporter sent of each item to buyers in the United States, and to China and Macau: the volume condition of the review of January 2026.

use std::collections::BTreeMap;

use tollgate_law::facts::ear_country;
use tollgate_model::{Country, OrderLine, group_digits};

/// Units by item, by exporter.
#[derive(Debug, Default)]
pub(crate) struct ChinaVolume(BTreeMap<String, BTreeMap<String, SentUnits>>);

/// Units of an item that an exporter sent.
#[derive(Clone, Copy, Debug, Default)]
struct SentUnits {
    /// To the United States.
    home: i64,
    /// To China and Macau.
    china: i64,
    /// Lines of which the number of units is not understood.
    unread: i64,
}

/// Whether a country is China, with Hong Kong, or Macau.
fn is_china(country: Country) -> bool {
    let country = ear_country(country);
    country == Country::CHINA || country.code() == "MO"
}

impl ChinaVolume {
    /// Counts a line, if it stays in the United States or goes to China or Macau; `item` is what the catalog calls its item.
    pub(crate) fn count(&mut self, order: &OrderLine<'_>, item: &str) {
        let (home, china) = (ear_country(order.destination) == Country::UNITED_STATES, is_china(order.destination));
        let Some(exporter) = order.exporter.filter(|_| home || china) else { return };
        let is_read =
            !["quantity", "item", "destination", "exporter"].into_iter().any(|column| order.is_unread(column));
        if !self.0.contains_key(exporter) {
            self.0.insert(exporter.to_owned(), BTreeMap::new());
        }
        let Some(items) = self.0.get_mut(exporter) else { return };
        if !items.contains_key(item) {
            items.insert(item.to_owned(), SentUnits::default());
        }
        let Some(sent) = items.get_mut(item) else { return };
        match is_read {
            false => sent.unread = sent.unread.saturating_add(1),
            true if home => sent.home = sent.home.saturating_add(order.quantity),
            true => sent.china = sent.china.saturating_add(order.quantity),
        }
    }

    /// What has been counted of a line's item and exporter, as a sentence, with what it comes to.
    pub(crate) fn sentence(&self, order: &OrderLine<'_>, item: &str) -> String {
        const CONDITION: &str = "the volume condition of January 2026 (15 CFR 748, supplement no. 2, paragraph (dd))";
        let Some(exporter) = order.exporter else {
            return format!("Who exports is not stated, so that {CONDITION} could not be counted.");
        };
        let counted = self.0.get(exporter).and_then(|items| items.get(item));
        let sent = counted.map_or(SentUnits { home: 0, china: 0, unread: 0 }, |sent| *sent);
        let shown = |units: i64| u64::try_from(units).map_or_else(|_| units.to_string(), group_digits);
        let verdict = match i128::from(sent.china) * 2 <= i128::from(sent.home) {
            _ if sent.unread > 0 => "some lines are not understood, so that it is not settled",
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
    use tollgate_model::Activity;

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
}
