//! Small helpers for drawing and for text in HTML.

use tollgate_model::count_of;

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

/// A whole number as a quantity to draw.
#[expect(clippy::cast_precision_loss, reason = "only for drawing")]
pub(crate) const fn real(number: u64) -> f64 {
    number as f64
}

/// A ratio as a quantity to draw.
#[expect(clippy::cast_precision_loss, reason = "only for drawing")]
pub(crate) fn real_ratio(num: i64, den: i64) -> f64 {
    num as f64 / den as f64
}

/// A length or a place in a list as a quantity to draw.
pub(crate) const fn real_count(count: usize) -> f64 {
    real(count_of(count))
}

/// At most so many letters of a text; where it is longer, the last of them is an ellipsis.
pub(crate) fn cut(text: &str, letters: usize) -> String {
    match text.char_indices().nth(letters) {
        None => text.to_owned(),
        Some(_) => text.chars().take(letters.saturating_sub(1)).chain(['…']).collect(),
    }
}

/// Compute in short: 26.9 M TPP.
pub(crate) fn short(tpp: u64) -> String {
    let value = real(tpp);
    match tpp {
        0..1_000 => format!("{tpp}"),
        1_000..1_000_000 => format!("{:.1} k", value / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} M", value / 1e6),
        _ => format!("{:.2} G", value / 1e9),
    }
}
