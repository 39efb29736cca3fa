//! The columns of the tables around orders and decisions: payments, sites, serials, inspections, answers, opening balances, fleets.

use crate::column::CellKind::{Country, Day, Number, Text, Whole};
use crate::column::{Column, column, required};

/// The columns of `payments`.
pub(crate) const PAYMENTS: &[Column] = &[
    column("payment_id", Text, "", "The payment."),
    column("order_id", Text, "", "The transaction that it is for."),
    column("payer", Text, "", "Who pays: a party id."),
    column("payee", Text, "", "Who is paid: a party id."),
    column("payer_country", Country, "", "The country of the payer's bank."),
    column(
        "amount_usd",
        Number,
        "US dollars",
        "The amount; below zero where it was paid back, which is read as a payment the other way.",
    ),
    column("date", Day, "", "The day of the payment."),
    column("terms", Text, "", "The terms of payment."),
];
/// The columns of `sites`.
pub(crate) const SITES: &[Column] = &[
    required("site_id", Text, "", "The site."),
    column("owner", Text, "", "Who owns the site: a party id."),
    column("operator", Text, "", "Who runs it: a party id."),
    column("country", Country, "", "Where it is."),
    column("address", Text, "", "The street address."),
    column("mw", Number, "MW", "Its power."),
    column("commissioned_on", Day, "", "The day on which it began to work."),
    column("tenant_hq", Country, "", "Where its tenant is headquartered."),
];
/// The columns of `serials`.
pub(crate) const SERIALS: &[Column] = &[
    required("serial", Text, "", "The serial number."),
    column("item", Text, "", "The item."),
    required("event", Text, "", "What was seen."),
    column("party", Text, "", "With whom: a party id."),
    column("site_id", Text, "", "At which site."),
    column("country", Country, "", "In which country."),
    column("date", Day, "", "The day."),
];
/// The columns of `inspections`.
pub(crate) const INSPECTIONS: &[Column] = &[
    column("site_id", Text, "", "The site."),
    column("party", Text, "", "Whose site: a party id."),
    column("date", Day, "", "The day of the visit."),
    column("notice_days", Whole, "days", "How long before it was announced."),
    column("units_seen", Whole, "units", "How many units were seen."),
    column("result", Text, "", "What came of it."),
];
/// The columns of `answers`.
pub(crate) const ANSWERS: &[Column] = &[
    required("table", Text, "", "The table of the cell that is asked for: orders, parties or items."),
    required("of", Text, "", "The row: a party id, an item, or an order and its line as `O-17 line 1`."),
    required("column", Text, "", "The column."),
    column("question", Text, "", "The column as a question; not read."),
    column("whom", Text, "", "Whom to ask; not read."),
    required("answer", Text, "", "What the cell holds, read as in its table; a row without it says nothing."),
    column("lines_that_wait", Text, "", "How many lines wait for it; not read."),
    column("tpp_at_stake", Text, "", "Their TPP; not read."),
    column("h100_equivalents", Text, "", "The same in H100-equivalents; not read."),
];

/// The columns of `opening`.
pub(crate) const OPENING: &[Column] = &[
    required("account", Text, "", "The account, as the law's files call it: lpp, lpp_all, country, nveu, aia."),
    required(
        "holder",
        Text,
        "",
        "Whose it is: a party id, which stands for its ultimate parent where the account is one, or a country.",
    ),
    column("country", Country, "", "The country, of an account of a party in a country."),
    column("year", Whole, "", "The calendar year, of an account that counts years."),
    required("tpp", Number, "TPP", "What has gone."),
];
/// The columns of `fleet`.
pub(crate) const FLEET: &[Column] = &[
    required("site_id", Text, "", "The site."),
    column("owner", Text, "", "Who owns the items: a party id."),
    column("country", Country, "", "Where they stand."),
    column("item", Text, "", "An item of the catalog or of the items table."),
    column("quantity", Whole, "units", "From 0 to 1,000,000,000."),
];
