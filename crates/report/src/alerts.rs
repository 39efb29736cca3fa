//! The section of alerts and their cases.

use std::fmt::Write as _;

use super::data::Alerts;
use tollgate_model::count_of;

use super::svg::{escape, short, text};
use tollgate_model::group_digits;

/// What the typologies found, case by case.
pub(crate) fn section(out: &mut String, alerts: &Alerts) {
    let _ = write!(
        out,
        "<section aria-labelledby=\"alerts\"><h2 id=\"alerts\">What looks like evasion <span class=\"count\">{}</span></h2>",
        group_digits(alerts.cases)
    );
    if alerts.rows.is_empty() {
        let _ = write!(out, "<p>{} typologies were run; none found anything.</p></section>", alerts.run);
        return;
    }
    let _ = write!(
        out,
        "<p>{} alerts in {} cases, by {} typologies. Each case stands here once, by the compute that an officer's hour saves on average; a probability is what such evidence came to in simulated worlds whose truth is known. An alert asks for inquiry and decides nothing.</p>",
        group_digits(alerts.total),
        group_digits(alerts.cases),
        alerts.run
    );
    out.push_str("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"alerts\"><table class=\"lines\"><thead><tr>");
    for head in ["Probability", "What", "Parties", "Compute", "When", "Because"] {
        let _ = write!(out, "<th scope=\"col\">{head}</th>");
    }
    out.push_str("</tr></thead><tbody>");
    for row in &alerts.rows {
        let more = if row.more_parties > 0 { format!(" and {} more", row.more_parties) } else { String::new() };
        let with =
            if row.with.is_empty() { String::new() } else { format!(" <cite>with {}</cite>", escape(&row.with)) };
        let _ = write!(
            out,
            "<tr><th scope=\"row\" class=\"number\">{} %</th><td>{} <cite>{}</cite></td><td>{}{more}</td><td class=\"number\">{} TPP</td><td class=\"date\">{} to {}</td><td class=\"why\">{}{with}</td></tr>",
            row.percent,
            escape(&row.family.replace('_', " ")),
            escape(&row.pattern),
            text(&row.parties),
            short(row.tpp),
            escape(&row.first),
            escape(&row.last),
            text(&row.why),
        );
    }
    out.push_str("</tbody></table></div>");
    let shown = count_of(alerts.rows.len());
    if alerts.cases > shown {
        let _ = write!(out, "<p>{} more cases are in alerts.jsonl.</p>", group_digits(alerts.cases - shown));
    }
    out.push_str("</section>");
}
