//! The line numbers that each order has so far.

use std::collections::BTreeSet;

use tollgate_model::Lookup;

/// The line numbers of all orders. Most lines of an order stand beside each other, so the last order is at hand.
#[derive(Debug, Default)]
pub(crate) struct SeenLines {
    order: String,
    lines: BTreeSet<i64>,
    others: Lookup<String, BTreeSet<i64>>,
}

impl SeenLines {
    /// The line numbers of an order, to which another is added.
    pub(crate) fn lines_of(&mut self, order: &str) -> &mut BTreeSet<i64> {
        if self.order != order {
            let lines = std::mem::take(self.others.entry(order.to_owned()).or_default());
            let before = std::mem::replace(&mut self.lines, lines);
            let name = std::mem::replace(&mut self.order, order.to_owned());
            self.others.insert(name, before);
        }
        &mut self.lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_found_again_in_any_sequence() {
        let mut seen = SeenLines::default();
        for (order, line) in [("", 1), ("a", 1), ("b", 1), ("a", 2), ("", 2), ("b", 7)] {
            seen.lines_of(order).insert(line);
        }
        for (order, lines) in [("a", [1, 2]), ("", [1, 2]), ("b", [1, 7])] {
            assert_eq!(seen.lines_of(order).iter().copied().collect::<Vec<_>>(), lines, "{order}");
        }
    }
}
