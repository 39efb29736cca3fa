//! The report of a study: one file, no network, every picture with its figures below it.

mod axis;
mod bars;
mod density;
mod fan;
mod frame;
mod indices;
mod look;
mod lorenz;
mod marks;
mod table;
#[cfg(test)]
mod tests;
mod tiles;
mod tornado;
mod words;

use std::fmt::Write as _;

use tollgate_lab::{Figure, Study};

use super::svg::escape;
use frame::Frame;

/// Ids that the page itself uses.
const PAGE_IDS: [&str; 4] = ["answers", "judgement", "assumptions", "made"];

/// The page of a study as HTML, with its style in it.
pub fn study_page(study: &Study) -> String {
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
    let mut taken = Vec::from(PAGE_IDS.map(str::to_owned));
    for figure in &study.figures {
        draw(&mut out, figure, &mut taken);
    }
    table::assumptions(&mut out, &study.assumptions);
    out.push_str("<section aria-labelledby=\"made\"><h2 id=\"made\">Made from</h2><ul>");
    for (name, value) in &study.made_from {
        let _ = write!(out, "<li>{} <code>{}</code></li>", escape(name), escape(value));
    }
    out.push_str(
        "</ul><p class=\"note\">Tollgate informs; it is not legal advice.</p></section></main></body></html>\n",
    );
    out
}

/// The figures, and the table of assumptions, as parts of a page that has [`STUDY_CSS`].
pub fn study_part(study: &Study) -> (String, String) {
    let mut out = String::with_capacity(1 << 16);
    let mut taken = Vec::from(PAGE_IDS.map(str::to_owned));
    for figure in &study.figures {
        draw(&mut out, figure, &mut taken);
    }
    let mut assumptions = String::new();
    table::assumptions(&mut assumptions, &study.assumptions);
    (out, assumptions)
}

/// The style of the figures.
pub const STUDY_CSS: &str = include_str!("study.css");

fn draw(out: &mut String, figure: &Figure, taken: &mut Vec<String>) {
    let caption = match figure {
        Figure::Fan(figure) => &figure.caption,
        Figure::Density(figure) => &figure.caption,
        Figure::Tornado(figure) => &figure.caption,
        Figure::Indices(figure) => &figure.caption,
        Figure::Lorenz(figure) => &figure.caption,
        Figure::Tiles(figure) => &figure.caption,
        Figure::Bars(figure) => &figure.caption,
        Figure::Table(figure) => &figure.caption,
    };
    let frame = Frame::new(caption, taken);
    frame.heading(out);
    match figure {
        Figure::Fan(figure) => fan::draw(out, &frame, figure),
        Figure::Density(figure) => density::draw(out, &frame, figure),
        Figure::Tornado(figure) => tornado::draw(out, &frame, figure),
        Figure::Indices(figure) => indices::draw(out, &frame, figure),
        Figure::Lorenz(figure) => lorenz::draw(out, &frame, figure),
        Figure::Tiles(figure) => tiles::draw(out, &frame, figure),
        Figure::Bars(figure) => bars::draw(out, &frame, figure),
        Figure::Table(figure) => table::draw(out, &frame, figure),
    }
    out.push_str("</section>");
}

fn list(out: &mut String, lines: &[String]) {
    if lines.is_empty() {
        out.push_str("<p>Nothing is said.</p>");
        return;
    }
    out.push_str("<ul>");
    for line in lines {
        let _ = write!(out, "<li>{}</li>", escape(line));
    }
    out.push_str("</ul>");
}
