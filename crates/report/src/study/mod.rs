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

use std::fmt::Write as _;

use tollgate_lab::{Figure, Study};

use super::svg::escape;
use frame::Frame;

/// Ids that the page itself uses.
const OWN: [&str; 4] = ["answers", "judgement", "assumptions", "made"];

/// The page.
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
    let mut taken = Vec::from(OWN.map(str::to_owned));
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

/// The figures, and what they rest on, as parts of a page that has [`STUDY_CSS`].
pub fn study_part(study: &Study) -> (String, String) {
    let mut out = String::with_capacity(1 << 16);
    let mut taken = Vec::from(OWN.map(str::to_owned));
    for figure in &study.figures {
        draw(&mut out, figure, &mut taken);
    }
    let mut assumptions = String::new();
    table::assumptions(&mut assumptions, &study.assumptions);
    (out, assumptions)
}

/// What the figures look like.
pub const STUDY_CSS: &str = include_str!("study.css");

fn draw(out: &mut String, figure: &Figure, taken: &mut Vec<String>) {
    let caption = match figure {
        Figure::Fan(own) => &own.caption,
        Figure::Density(own) => &own.caption,
        Figure::Tornado(own) => &own.caption,
        Figure::Indices(own) => &own.caption,
        Figure::Lorenz(own) => &own.caption,
        Figure::Tiles(own) => &own.caption,
        Figure::Bars(own) => &own.caption,
        Figure::Table(own) => &own.caption,
    };
    let frame = Frame::new(caption, taken);
    frame.heading(out);
    match figure {
        Figure::Fan(own) => fan::draw(out, &frame, own),
        Figure::Density(own) => density::draw(out, &frame, own),
        Figure::Tornado(own) => tornado::draw(out, &frame, own),
        Figure::Indices(own) => indices::draw(out, &frame, own),
        Figure::Lorenz(own) => lorenz::draw(out, &frame, own),
        Figure::Tiles(own) => tiles::draw(out, &frame, own),
        Figure::Bars(own) => bars::draw(out, &frame, own),
        Figure::Table(own) => table::draw(out, &frame, own),
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
