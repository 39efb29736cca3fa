//! Days as lists write them.

use tollgate_model::Date;

use super::{BadRow, List};

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

/// The first and the last day of a listing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Days {
    pub(super) from: Option<Date>,
    pub(super) until: Option<Date>,
}

impl Days {
    /// The days that a row states. One that cannot be read is told and taken for none: the entry binds all the longer.
    pub(super) fn of_row(from: &str, until: &str, line: u64, list: &mut List) -> Days {
        Days { from: or_note(from, day(from), line, list), until: or_note(until, day(until), line, list) }
    }

    /// The same of a table that may write the day before the month or behind it: from the earlier of the days that each may be, until the later.
    pub(super) fn widest(from: &str, until: &str, line: u64, list: &mut List) -> Days {
        let both = |text: &str| [day(text), european_day(text)].into_iter().flatten().collect::<Vec<Date>>();
        let (first, last) = (both(from).into_iter().min(), both(until).into_iter().max());
        Days { from: or_note(from, first, line, list), until: or_note(until, last, line, list) }
    }
}

fn or_note(text: &str, day: Option<Date>, line: u64, list: &mut List) -> Option<Date> {
    if day.is_none() && text.chars().any(char::is_alphanumeric) {
        let what = format!("has a day that cannot be read, {text:?}: it is taken for none");
        list.guessed.push(BadRow { line, what });
    }
    day
}
