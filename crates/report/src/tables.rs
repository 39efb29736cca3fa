//! Sections that are tables: lists of order lines, matches, allocations, tallies.

use std::fmt::Write as _;

use super::data::{Gauge, Listing, Tally};
use tollgate_model::count_of;

use super::svg::{escape, real, short, text};
use tollgate_model::group_digits;

/// A list of order lines, or the sentence that says that there is none.
pub(crate) fn listing(out: &mut String, id: &str, title: &str, none: &str, list: &Listing) {
    let _ = write!(
        out,
        "<section aria-labelledby=\"{id}\"><h2 id=\"{id}\">{} <span class=\"count\">{}</span></h2>",
        escape(title),
        group_digits(list.total)
    );
    if list.rows.is_empty() {
        let _ = write!(out, "<p>{}</p></section>", escape(none));
        return;
    }
    let open = if list.rows.len() <= 60 { " open" } else { "" };
    let _ = write!(
        out,
        "<details{open}><summary>{} of {} lines</summary><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"{id}\"><table class=\"lines\"><thead><tr>",
        list.rows.len(),
        group_digits(list.total)
    );
    for head in ["Order", "Date", "Item", "Units", "Ultimate consignee", "To", "ECCN", "Decision", "Because"] {
        let _ = write!(out, "<th scope=\"col\">{head}</th>");
    }
    out.push_str("</tr></thead><tbody>");
    for row in &list.rows {
        let line = if row.line > 1 { format!("/{}", row.line) } else { String::new() };
        let _ = write!(
            out,
            "<tr><th scope=\"row\">{}{line}</th><td class=\"date\">{}</td><td>{}</td><td class=\"number\">{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td class=\"why\">{} <cite>{}</cite></td></tr>",
            text(&row.order),
            escape(&row.date),
            text(&row.item),
            group_digits(row.quantity),
            text(&row.consignee),
            escape(&row.destination),
            escape(&row.eccn),
            escape(&row.outcome.replace('_', " ")),
            escape(&row.why),
            escape(&row.cite),
        );
    }
    out.push_str("</tbody></table></div></details>");
    let shown = count_of(list.rows.len());
    if list.total > shown {
        let _ = write!(out, "<p>{} more are in decisions.jsonl.</p>", group_digits(list.total - shown));
    }
    out.push_str("</section>");
}

/// Parties that match a list entry.
pub(crate) fn matches(out: &mut String, matches: &[[String; 5]]) {
    let _ = write!(
        out,
        "<section aria-labelledby=\"matches\"><h2 id=\"matches\">Parties that match a list <span class=\"count\">{}</span></h2>",
        matches.len()
    );
    if matches.is_empty() {
        out.push_str("<p>No party matches an entry at the threshold.</p></section>");
        return;
    }
    out.push_str("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"matches\"><table class=\"lines\"><thead><tr>");
    for head in ["Party", "Entry", "List", "Score", "Taken for"] {
        let _ = write!(out, "<th scope=\"col\">{head}</th>");
    }
    out.push_str("</tr></thead><tbody>");
    for [party, entry, list, score, finding] in matches {
        let _ = write!(
            out,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td class=\"number\">{}</td><td>{}</td></tr>",
            text(party),
            text(entry),
            text(list),
            escape(score),
            escape(finding)
        );
    }
    out.push_str("</tbody></table></div></section>");
}

/// Allocations as bars: used, and refused beyond the limit.
pub(crate) fn gauges(out: &mut String, gauges: &[Gauge]) {
    out.push_str("<section aria-labelledby=\"allocations\"><h2 id=\"allocations\">Allocations</h2>");
    if gauges.is_empty() {
        out.push_str("<p>No allocation is counted under this policy for these orders.</p></section>");
        return;
    }
    for gauge in gauges.iter().take(60) {
        let limit = real(gauge.limit_tpp.max(1));
        let used = (real(gauge.used_tpp) / limit * 100.0).min(100.0);
        let refused = (real(gauge.refused_tpp) / limit * 100.0).min(100.0 - used);
        let more = if gauge.refused_tpp > 0 {
            format!("; {} TPP refused beyond it", short(gauge.refused_tpp))
        } else {
            String::new()
        };
        let words = format!("{} of {} TPP used ({used:.1} %){more}", short(gauge.used_tpp), short(gauge.limit_tpp));
        let _ = write!(
            out,
            "<div class=\"gauge\"><p><b>{}</b> {} <span class=\"period\">{}</span><br>{}</p><svg viewBox=\"0 0 100 6\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{}\"><rect class=\"track\" width=\"100\" height=\"6\"/><rect class=\"used\" width=\"{used:.2}\" height=\"6\"/><rect class=\"refused\" x=\"{used:.2}\" width=\"{refused:.2}\" height=\"6\"/></svg></div>",
            escape(&gauge.account),
            text(&gauge.holder),
            escape(&gauge.period),
            escape(&words),
            escape(&words),
        );
    }
    if gauges.len() > 60 {
        let _ = write!(out, "<p>{} more are in allocations.csv.</p>", gauges.len() - 60);
    }
    out.push_str("</section>");
}

/// Decisions by kind.
pub(crate) fn tallies(out: &mut String, tallies: &[Tally]) {
    out.push_str("<section aria-labelledby=\"tallies\"><h2 id=\"tallies\">All decisions</h2><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"tallies\"><table><thead><tr><th scope=\"col\">Decision</th><th scope=\"col\">Lines</th><th scope=\"col\">TPP</th></tr></thead><tbody>");
    for tally in tallies {
        let _ = write!(
            out,
            "<tr><th scope=\"row\">{}</th><td class=\"number\">{}</td><td class=\"number\">{}</td></tr>",
            escape(&tally.label.replace('_', " ")),
            group_digits(tally.lines),
            group_digits(tally.tpp),
        );
    }
    out.push_str("</tbody></table></div></section>");
}
