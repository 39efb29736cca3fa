//! Numbers as they are read.

use minijinja::Value;

/// A whole number in groups of three.
pub fn grouped(number: i64) -> String {
    let sign = if number < 0 { "−" } else { "" };
    format!("{sign}{}", tollgate_model::group_digits(number.unsigned_abs()))
}

/// A quantity in short: 26.9 M, 1.2 bn.
pub fn short(value: f64) -> String {
    let size = value.abs();
    let (scaled, unit) = match size {
        size if size >= 1e9 => (value / 1e9, " bn"),
        size if size >= 1e6 => (value / 1e6, " M"),
        size if size >= 1e3 => (value / 1e3, " k"),
        _ => (value, ""),
    };
    if unit.is_empty() && scaled.fract() == 0.0 {
        return format!("{scaled:.0}");
    }
    format!("{scaled:.1}{unit}")
}

fn real(value: &Value) -> Option<f64> {
    let text = value.to_string();
    text.parse().ok().filter(|real: &f64| real.is_finite())
}

pub(crate) fn grouped_value(value: &Value) -> String {
    let text = value.to_string();
    let (whole, rest) = text.split_once('.').map_or((text.as_str(), ""), |(whole, rest)| (whole, rest));
    match whole.parse() {
        Ok(number) if rest.is_empty() => grouped(number),
        Ok(number) => format!("{}.{rest}", grouped(number)),
        Err(_) => text,
    }
}

pub(crate) fn short_value(value: &Value) -> String {
    real(value).map_or_else(|| value.to_string(), short)
}
