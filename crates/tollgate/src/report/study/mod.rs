//! The report of a study: one file, no network, every picture with its figures beside it.

mod axis;
mod bars;
mod lines;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use tollgate_lab::{Caption, Figure, Study, Table};

use super::svg::escape;
use axis::WIDTH;

/// The page.
pub(crate) fn study_page(study: &Study) -> String {
    let mut out = String::with_capacity(1 << 17);
    let _ = write!(
        out,
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>Tollgate: {0}</title><style>{1}{2}</style></head><body><main><header><h1>{0}</h1><p class=\"lead\">{3}</p></header><section aria-labelledby=\"answers\"><h2 id=\"answers\">What came out</h2>",
        escape(&study.name),
        include_str!("../report.css"),
        include_str!("study.css"),
        escape(&study.question),
    );
    list(&mut out, &study.answers);
    out.push_str("</section><section class=\"judged-box\" aria-labelledby=\"judgement\"><h2 id=\"judgement\">Where this rests on judgement</h2>");
    list(&mut out, &study.caveats);
    out.push_str("</section>");
    for figure in &study.figures {
        draw(&mut out, figure);
    }
    assumptions(&mut out, study);
    out.push_str("<section aria-labelledby=\"made\"><h2 id=\"made\">Made from</h2><ul>");
    for (name, value) in &study.made_from {
        let _ = write!(out, "<li>{} <code>{}</code></li>", escape(name), escape(value));
    }
    out.push_str(
        "</ul><p class=\"note\">Tollgate informs; it is not legal advice.</p></section></main></body></html>\n",
    );
    out
}

fn draw(out: &mut String, figure: &Figure) {
    match figure {
        Figure::Fan(fan) => lines::fan(out, fan),
        Figure::Density(density) => lines::density(out, density),
        Figure::Lorenz(lorenz) => lines::lorenz(out, lorenz),
        Figure::Tornado(tornado) => bars::tornado(out, tornado),
        Figure::Indices(indices) => bars::indices(out, indices),
        Figure::Bars(own) => bars::bars(out, own),
        Figure::Tiles(tiles) => bars::tiles(out, tiles),
        Figure::Table(table) => cells(out, table),
    }
}

fn list(out: &mut String, lines: &[String]) {
    out.push_str("<ul>");
    for line in lines {
        let _ = write!(out, "<li>{}</li>", escape(line));
    }
    out.push_str("</ul>");
}

/// Begins a section with a picture.
fn begin(out: &mut String, caption: &Caption, height: f64) {
    title(out, caption);
    let (id, title) = (escape(&caption.id), escape(&caption.title));
    let _ = write!(
        out,
        "<figure tabindex=\"0\"><svg viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"img\" aria-labelledby=\"{id}-t\"><title id=\"{id}-t\">{title}; the figures stand in the table below</title>"
    );
}

fn title(out: &mut String, caption: &Caption) {
    let (id, title) = (escape(&caption.id), escape(&caption.title));
    let judged = if caption.judgement { " <span class=\"judged-word\">rests on judgement</span>" } else { "" };
    let _ = write!(out, "<section aria-labelledby=\"{id}\"><h2 id=\"{id}\">{title}{judged}</h2>");
    if !caption.note.is_empty() {
        let _ = write!(out, "<p class=\"note\">{}</p>", escape(&caption.note));
    }
}

/// Ends the picture with what its looks mean.
fn legend<'a>(out: &mut String, names: impl Iterator<Item = &'a str>, note: &str) {
    out.push_str("</svg><figcaption>");
    for (place, name) in names.enumerate() {
        let look = place % lines::LOOKS;
        let _ = write!(
            out,
            "<span class=\"key\"><svg class=\"key-mark\" viewBox=\"0 0 26 10\" aria-hidden=\"true\"><rect class=\"bar s{look}\" width=\"26\" height=\"10\" opacity=\".25\"/><path class=\"line s{look}\" d=\"M0 5H26\"/></svg>{}</span>",
            escape(name)
        );
    }
    let _ = write!(out, "{}</figcaption></figure>", escape(note));
}

fn details(out: &mut String, columns: &[&str], rows: impl Iterator<Item = Vec<String>>) {
    out.push_str("<details><summary>The figures</summary>");
    table(out, columns, rows);
    out.push_str("</details>");
}

fn table(out: &mut String, columns: &[&str], rows: impl Iterator<Item = Vec<String>>) {
    out.push_str("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"table\"><table><thead><tr>");
    for column in columns {
        let _ = write!(out, "<th scope=\"col\">{}</th>", escape(column));
    }
    out.push_str("</tr></thead><tbody>");
    for row in rows {
        out.push_str("<tr>");
        for cell in row {
            let _ = write!(out, "<td>{}</td>", escape(&cell));
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table></div>");
}

fn end(out: &mut String) {
    out.push_str("</section>");
}

fn cells(out: &mut String, own: &Table) {
    title(out, &own.caption);
    let columns: Vec<&str> = own.columns.iter().map(String::as_str).collect();
    table(out, &columns, own.rows.iter().cloned());
    end(out);
}

fn assumptions(out: &mut String, study: &Study) {
    out.push_str("<section aria-labelledby=\"assumptions\"><h2 id=\"assumptions\">Assumptions</h2><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"assumptions\"><table><thead><tr><th scope=\"col\">Parameter</th><th scope=\"col\">Value</th><th scope=\"col\">Unit</th><th scope=\"col\">Source</th></tr></thead><tbody>");
    for own in &study.assumptions {
        let judged = if own.source.starts_with("judgement") { " class=\"judged-row\"" } else { "" };
        let _ = write!(
            out,
            "<tr{judged}><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td></tr>",
            escape(&own.name),
            escape(&own.value),
            escape(&own.unit),
            escape(&own.source)
        );
    }
    out.push_str("</tbody></table></div></section>");
}

/// A text of so many letters at the most.
fn cut(text: &str, letters: usize) -> String {
    if text.chars().count() <= letters {
        return text.to_owned();
    }
    text.chars().take(letters.saturating_sub(1)).chain(['…']).collect()
}
