//! Small helpers for drawing and for text in HTML.

/// A text as HTML, set apart so that its direction cannot reach its surroundings.
pub(crate) fn text(text: &str) -> String {
    format!("<bdi>{}</bdi>", escape(text))
}

/// A text with the characters that HTML gives a meaning replaced.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() && c != '\n' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// A number as a quantity to draw.
#[expect(clippy::cast_precision_loss, reason = "only for drawing")]
pub(crate) fn drawn(number: u64) -> f64 {
    number as f64
}

/// Compute in short: 26.9 M TPP.
pub(crate) fn short(tpp: u64) -> String {
    let value = drawn(tpp);
    match tpp {
        0..1_000 => format!("{tpp}"),
        1_000..1_000_000 => format!("{:.1} k", value / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} M", value / 1e6),
        _ => format!("{:.2} G", value / 1e9),
    }
}
