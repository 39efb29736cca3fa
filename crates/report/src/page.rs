//! The page of `report.html` from top to bottom.

use std::fmt::Write as _;

use super::data::ReportData;
use super::svg::{escape, text};
use super::{alerts, charts, tables};
use tollgate_model::group_digits;

/// The whole page.
pub(crate) fn render(data: &ReportData) -> String {
    let mut out = String::with_capacity(1 << 16);
    let _ = write!(
        out,
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>Tollgate report: {}</title><style>{}</style></head><body><main>",
        escape(&data.policy),
        include_str!("report.css"),
    );
    head(&mut out, data);
    tables::listing(&mut out, "may-not-go", "What may not go", "Nothing needs a license.", &data.may_not_go);
    tables::listing(
        &mut out,
        "lacks",
        "What is not settled",
        "No decision lacks a fact or touches what is not modeled.",
        &data.lacks_fact,
    );
    tables::listing(
        &mut out,
        "claims",
        "What a claimed authorization does not cover",
        "Every claimed authorization that can be tested holds.",
        &data.claim_fails,
    );
    if let Some(found) = &data.alerts {
        alerts::section(&mut out, found);
    }
    if data.screened {
        tables::matches(&mut out, &data.matches);
    }
    tables::gauges(&mut out, &data.gauges);
    tables::listing(
        &mut out,
        "readings",
        "What turns on how an ambiguous text is read",
        "No decision does.",
        &data.turns_on_reading,
    );
    tables::tallies(&mut out, &data.tallies);
    charts::months(&mut out, &data.months);
    charts::chips(&mut out, &data.chips, &data.lines_of_control);
    foot(&mut out, data);
    out.push_str("</main></body></html>\n");
    out
}

fn head(out: &mut String, data: &ReportData) {
    let _ = write!(
        out,
        "<header><h1>Export-control report</h1><p class=\"lead\">{} order lines of {} orders, {} to {}, decided under <b>{}</b>: {}.</p><ul class=\"figures\"><li><b>{}</b> may not go without a license</li><li><b>{}</b> not settled</li><li><b>{}</b> claims that do not hold</li></ul><p class=\"note\">Tollgate informs; it is not legal advice.</p></header>",
        group_digits(data.lines),
        group_digits(data.orders),
        escape(&data.first_date),
        escape(&data.last_date),
        text(&data.policy),
        escape(&data.policy_title),
        group_digits(data.may_not_go.total),
        group_digits(data.lacks_fact.total),
        group_digits(data.claim_fails.total),
    );
}

fn foot(out: &mut String, data: &ReportData) {
    out.push_str("<section aria-labelledby=\"flags\"><h2 id=\"flags\">Red flags</h2><p>A red flag never decides; it asks for inquiry.</p>");
    bullets(
        out,
        data.red_flags.iter().map(|(flag, lines, cite)| {
            format!("{} <cite>{}</cite> ({} lines)", escape(flag), escape(cite), group_digits(*lines))
        }),
        "The facts show none.",
    );
    out.push_str("</section><section aria-labelledby=\"unsure\"><h2 id=\"unsure\">What is unsure in the law used</h2>");
    bullets(
        out,
        data.unsure.iter().map(|(cite, note)| format!("{} <cite>{}</cite>", escape(note), escape(cite))),
        "Nothing is marked unsure.",
    );
    out.push_str(
        "</section><section aria-labelledby=\"not-done\"><h2 id=\"not-done\">What this report does not do</h2>",
    );
    bullets(out, data.not_done.iter().map(|line| escape(line)), "Nothing is left out.");
    out.push_str("</section><section aria-labelledby=\"inputs\"><h2 id=\"inputs\">Made from</h2>");
    let files = data.inputs.iter().map(|(file, digest)| format!("{} <code>{}</code>", text(file), escape(digest)));
    let law = format!("law and policy <code>{}</code>", escape(&data.law_digest));
    bullets(out, files.chain([law, escape(&data.program)]), "");
    out.push_str("</section>");
}

fn bullets(out: &mut String, lines: impl Iterator<Item = String>, none: &str) {
    let mut lines = lines.peekable();
    if lines.peek().is_none() {
        let _ = write!(out, "<p>{none}</p>");
        return;
    }
    out.push_str("<ul>");
    for line in lines {
        let _ = write!(out, "<li>{line}</li>");
    }
    out.push_str("</ul>");
}
