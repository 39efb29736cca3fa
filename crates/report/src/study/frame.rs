//! What all figures share: heading, picture, legend, and the same figures as a table.

use std::fmt::Write as _;

use tollgate_lab::Caption;

use super::super::svg::{cut, escape};
use super::look::Key;

pub(crate) const WIDTH: f64 = 860.0;
pub(crate) const LEFT: f64 = 74.0;
pub(crate) const RIGHT: f64 = 16.0;
pub(crate) const TOP: f64 = 26.0;
/// Room for the numbers and the label along the bottom.
pub(crate) const BOTTOM: f64 = 46.0;
/// How high the plane of an ordinary picture is.
pub(crate) const PLANE: f64 = 310.0;

/// A figure's caption, and an id that nothing else on the page has.
pub(crate) struct Frame<'a> {
    id: String,
    caption: &'a Caption,
}

impl<'a> Frame<'a> {
    /// A frame for a caption; its id joins those taken.
    pub(crate) fn new(caption: &'a Caption, taken: &mut Vec<String>) -> Frame<'a> {
        let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        let mut base: String = caption.id.chars().take(60).map(letter).collect();
        if base.is_empty() {
            base.push_str("figure");
        }
        let mut id = base.clone();
        let mut next = 2_usize;
        while taken.contains(&id) {
            id = format!("{base}-{next}");
            next += 1;
        }
        taken.push(id.clone());
        Frame { id, caption }
    }

    /// Begins the section.
    pub(crate) fn heading(&self, out: &mut String) {
        let judgement = match (self.caption.judgement, lang_of(&self.caption.title).is_empty()) {
            (false, _) => "",
            (true, true) => " <span class=\"judged-word\">rests on judgement</span>",
            (true, false) => " <span class=\"judged-word\">判断に基づく</span>",
        };
        let _ = write!(
            out,
            "<section aria-labelledby=\"{id}\"><h2 id=\"{id}\"{}>{}{judgement}</h2>",
            lang_of(&self.caption.title),
            escape(&self.caption.title),
            id = self.id
        );
        if !self.caption.note.is_empty() {
            let note = &self.caption.note;
            let _ = write!(out, "<p class=\"note\"{}>{}</p>", lang_of(note), escape(note));
        }
    }

    /// Begins the picture; `shape` is a class of it, or empty.
    pub(crate) fn begin(&self, out: &mut String, shape: &str, (width, height): (f64, f64)) {
        let title = escape(&self.caption.title);
        let _ = write!(
            out,
            "<figure><div class=\"scroll plot {shape}\" tabindex=\"0\" role=\"region\" aria-label=\"{title}: picture\"><svg viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" aria-labelledby=\"{id}_t\"><title id=\"{id}_t\">{title}; the table below has the figures</title>",
            id = self.id
        );
    }

    /// Ends the picture with its legend and what else must be said to read it.
    pub(crate) fn end(out: &mut String, keys: &[Key], note: &str) {
        out.push_str("</svg></div><figcaption>");
        keys.iter().for_each(|key| out.push_str(&key.html()));
        let _ = write!(out, "{}</figcaption></figure>", escape(note));
    }

    /// Stands in for a picture of which nothing can be drawn.
    pub(crate) fn nothing(out: &mut String) {
        out.push_str("<p>There is nothing to draw.</p>");
    }

    /// The pattern that marks a judgement.
    pub(crate) fn hatch(&self, out: &mut String) {
        let _ = write!(
            out,
            "<defs><pattern id=\"{}_h\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\"><path class=\"hatch\" d=\"M-2 2L2 -2M0 7L7 0M5 9L9 5\"/></pattern></defs>",
            self.id
        );
    }

    /// A rectangle filled with that pattern.
    pub(crate) fn hatched_rect(&self, (x, y): (f64, f64), (width, height): (f64, f64)) -> String {
        format!(
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"url(#{}_h)\"/>",
            self.id
        )
    }

    /// The figures of the picture, with what is marked in it.
    pub(crate) fn details(&self, out: &mut String, columns: &[&str], rows: &[Vec<String>], marked: &[String]) {
        out.push_str("<details><summary>The figures</summary>");
        self.table(out, columns, rows);
        if !marked.is_empty() {
            let _ = write!(out, "<p class=\"note\">Marked: {}.</p>", escape(&marked.join("; ")));
        }
        out.push_str("</details>");
    }

    /// Rows and columns; the first cell of a row is its head.
    pub(crate) fn table(&self, out: &mut String, columns: &[&str], rows: &[Vec<String>]) {
        let _ = write!(
            out,
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}: table\"><table class=\"cells\"><thead><tr>",
            escape(&self.caption.title)
        );
        for column in columns {
            let _ = write!(out, "<th scope=\"col\">{}</th>", escape(column));
        }
        out.push_str("</tr></thead><tbody>");
        for row in rows {
            out.push_str("<tr>");
            for (place, cell) in row.iter().enumerate() {
                let text = escape(cell);
                let _ = if place == 0 {
                    write!(out, "<th scope=\"row\">{text}</th>")
                } else if is_number(cell) {
                    write!(out, "<td class=\"number\">{text}</td>")
                } else {
                    write!(out, "<td>{text}</td>")
                };
            }
            out.push_str("</tr>");
        }
        out.push_str("</tbody></table></div>");
    }
}

/// The attribute that says in which language a caption is: the rest of a study is in English.
fn lang_of(text: &str) -> &'static str {
    // Kana and Chinese characters.
    let is_japanese = |letter: char| matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}');
    if text.chars().any(is_japanese) { " lang=\"ja\"" } else { "" }
}

/// Whether a cell holds a number, or the dash for none.
fn is_number(cell: &str) -> bool {
    cell == "–" || cell.replace([',', '%', ' '], "").parse::<f64>().is_ok_and(f64::is_finite)
}

/// Where a text ends up against its place.
#[derive(Clone, Copy)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// A label of so many letters at the most; one that is cut has the whole as its title.
pub(crate) fn label(out: &mut String, (x, y): (f64, f64), anchor: Anchor, text: &str, letters: usize) {
    let anchor = match anchor {
        Anchor::Start => "start",
        Anchor::Middle => "middle",
        Anchor::End => "end",
    };
    let short = cut(text, letters);
    let title = if short == text { String::new() } else { format!("<title>{}</title>", escape(text)) };
    let _ = write!(
        out,
        "<text class=\"label\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{title}{}</text>",
        escape(&short)
    );
}
