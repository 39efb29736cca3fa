//! Days as lists write them.

use tollgate_model::Date;

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// A whole day: `2015-10-16` (with or without a time behind it), `10/16/2015` (the month first, as American lists write it), `16 Oct 2015`. Nothing for
/// what names no single day.
pub(super) fn day(text: &str) -> Option<Date> {
    let text = text.trim();
    if let Some(iso) = text.get(..10).and_then(|text| text.parse().ok()) {
        return Some(iso);
    }
    let parts: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    let [a, b, year, ..] = parts.as_slice() else { return None };
    let number = |part: &str| part.parse::<u32>().ok();
    let month = |part: &str| {
        let start = part.get(..3)?.to_ascii_lowercase();
        (1..).zip(MONTHS).find(|(_, month)| *month == start).map(|(number, _)| number)
    };
    let year = year.parse::<i32>().ok().filter(|year| *year > 1000)?;
    match (month(a), month(b)) {
        (Some(month), _) => Date::from_ymd(year, month, number(b)?),
        (None, Some(month)) => Date::from_ymd(year, month, number(a)?),
        (None, None) if text.contains('/') => Date::from_ymd(year, number(a)?, number(b)?),
        (None, None) => None,
    }
}

/// The same, where the day stands before the month, as European lists write it.
pub(super) fn european_day(text: &str) -> Option<Date> {
    let parts: Vec<&str> = text.trim().split('/').collect();
    match parts.as_slice() {
        [day, month, year] => Date::from_ymd(year.get(..4)?.parse().ok()?, month.parse().ok()?, day.parse().ok()?),
        _ => day(text),
    }
}
