//! The parties to an order line by role.

use tollgate_model::OrderLine;

/// The parties to an order line, each with its role as the column is called.
pub fn roles<'a>(order: &OrderLine<'a>) -> impl Iterator<Item = (&'static str, &'a str)> {
    let all = [
        ("exporter", order.exporter),
        ("purchaser", order.purchaser),
        ("intermediate_consignee", order.intermediate_consignee),
        ("ultimate_consignee", Some(order.ultimate_consignee)),
        ("end_user", order.end_user),
        ("freight_forwarder", order.freight_forwarder),
    ];
    all.into_iter().filter_map(|(role, party)| Some((role, party?)))
}
