//! Rows and columns, and the list of assumptions.

use std::fmt::Write as _;

use tollgate_lab::{Assumption, Table};

use super::super::svg::escape;
use super::frame::Frame;

pub(crate) fn draw(out: &mut String, frame: &Frame<'_>, table: &Table) {
    if table.rows.is_empty() {
        out.push_str("<p>It has no rows.</p>");
        return;
    }
    let columns: Vec<&str> = table.columns.iter().map(String::as_str).collect();
    frame.table(out, &columns, &table.rows);
}

/// Every parameter; those that are judgements are marked.
pub(crate) fn assumptions(out: &mut String, assumptions: &[Assumption]) {
    let is_judgement = |assumption: &&Assumption| assumption.source.starts_with("judgement");
    let _ = write!(
        out,
        "<section aria-labelledby=\"assumptions\"><h2 id=\"assumptions\">Assumptions <span class=\"count\">{}</span></h2><p>Marked as judgements: {}.</p><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Assumptions: table\"><table class=\"cells\"><thead><tr>",
        assumptions.len(),
        assumptions.iter().filter(is_judgement).count()
    );
    for head in ["Parameter", "Value", "Unit", "Source"] {
        let _ = write!(out, "<th scope=\"col\">{head}</th>");
    }
    out.push_str("</tr></thead><tbody>");
    for assumption in assumptions {
        let (class, word) = if is_judgement(&assumption) {
            (" class=\"judged-row\"", " <span class=\"judged-word\">judgement</span>")
        } else {
            ("", "")
        };
        let _ = write!(
            out,
            "<tr{class}><th scope=\"row\">{}{word}</th><td>{}</td><td>{}</td><td>{}</td></tr>",
            escape(&assumption.name),
            escape(&assumption.value),
            escape(&assumption.unit),
            escape(&assumption.source)
        );
    }
    out.push_str("</tbody></table></div></section>");
}
