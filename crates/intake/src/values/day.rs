//! Days in every usual form.

use crate::values::han_number::day_in_western_digits;
use tollgate_model::Date;

use super::month::{is_filler, month_of};
use crate::text::plain;
use crate::vocabulary::word_lists;

/// The order of day and month where a date has slashes, hyphens or two digits first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DayOrder {
    /// 24/11/2026.
    DayMonth,
    /// 11/24/2026.
    MonthDay,
}

impl DayOrder {
    /// The word for it: `dmy` or `mdy`.
    pub fn as_str(self) -> &'static str {
        match self {
            DayOrder::DayMonth => "dmy",
            DayOrder::MonthDay => "mdy",
        }
    }

    /// The order of a word; `None` where it is another.
    pub fn from_word(word: &str) -> Option<DayOrder> {
        [DayOrder::DayMonth, DayOrder::MonthDay].into_iter().find(|order| order.as_str() == word)
    }
}

/// What a cell may mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DayForm {
    /// One day, in a form that says so; the word is for the report.
    Day { day: Date, form: &'static str },
    /// One day by one order, none by the other.
    Shows { day: Date, order: DayOrder },
    /// Two days, by the order.
    Either { day_month: Date, month_day: Date },
    /// No day that is understood, or none that a table can name.
    Unread,
}

/// The days that a cell may mean. `is_serial` is whether a bare number may be a spreadsheet's count of days.
pub(crate) fn day_form(text: &str, is_serial: bool) -> DayForm {
    if let Ok(day) = text.parse::<Date>() {
        return DayForm::Day { day, form: "YYYY-MM-DD" };
    }
    let narrow =
        if text.is_ascii() { text.trim().to_owned() } else { day_in_western_digits(&crate::text::narrow(text)) };
    let is_digits = !narrow.is_empty() && narrow.bytes().all(|byte| byte.is_ascii_digit());
    if is_digits {
        return bare_number(&narrow, is_serial);
    }
    if let Some(found) = era_day(&narrow) {
        return found;
    }
    if let Some(serial) = whole_of_serial(&narrow).filter(|_| is_serial) {
        return bare_number(serial, true);
    }
    let (mut parts, is_dotted) = parts_of(&narrow);
    if is_in_doubt(&narrow, &parts) {
        return DayForm::Unread;
    }
    if parts.len() > 3 {
        parts.retain(|part| !is_filler(part));
        parts.truncate(3);
    }
    let parts: Vec<&str> = parts.into_iter().map(without_ordinal).collect();
    let [first, second, third] = parts.as_slice() else { return quarter(&narrow) };
    let day = |year: &str, month: u32, day: &str| {
        let day = Date::from_ymd(year_of(year)?, month, day.parse().ok()?)?;
        Some(day)
    };
    let or_unread = |day: Option<Date>, form| day.map_or(DayForm::Unread, |day| DayForm::Day { day, form });
    if let Some(month) = month_of(second) {
        // 24 Nov 2026, 2026-Nov-24.
        return if first.len() == 4 {
            or_unread(day(first, month, third), "month by name")
        } else {
            or_unread(day(third, month, first), "month by name")
        };
    }
    if let Some(month) = month_of(first) {
        return or_unread(day(third, month, second), "month by name");
    }
    let number = |text: &str| text.parse::<u32>().ok();
    if first.len() == 4 {
        return or_unread(number(second).and_then(|month| day(first, month, third)), "YYYY/MM/DD");
    }
    if is_dotted {
        return or_unread(number(second).and_then(|month| day(third, month, first)), "DD.MM.YYYY");
    }
    let day_month = number(second).and_then(|month| day(third, month, first));
    let month_day = number(first).and_then(|month| day(third, month, second));
    match (day_month, month_day) {
        (Some(day), Some(other)) if day == other => DayForm::Day { day, form: "day and month alike" },
        (Some(day_month), Some(month_day)) => DayForm::Either { day_month, month_day },
        (Some(day), None) => DayForm::Shows { day, order: DayOrder::DayMonth },
        (None, Some(day)) => DayForm::Shows { day, order: DayOrder::MonthDay },
        (None, None) => DayForm::Unread,
    }
}

/// Whether a text says more than one day and its time: `2026-12-01?`, `2026-12-01 or later`, `2026-12-01 - 2027-02-01`.
fn is_in_doubt(text: &str, parts: &[&str]) -> bool {
    /// Behind a day these belong to its time.
    const OF_TIME: &[&str] = &[
        "am", "pm", "a", "p", "t", "z", "h", "hrs", "hr", "uhr", "utc", "gmt", "est", "edt", "cst", "cdt", "mst",
        "mdt", "pst", "pdt", "cet", "cest", "bst", "jst", "kst", "hkt", "sgt", "ist", "local", "time", "at", "um",
    ];
    if text.contains(['?', '\u{ff1f}', '~', '<', '>'])
        || word_lists().day_doubt_parts.iter().any(|part| text.contains(part.as_str()))
    {
        return true;
    }
    let bare: Vec<&str> = parts.iter().copied().filter(|part| !is_filler(part)).collect();
    let is_word = |part: &str| {
        let bare = part.to_lowercase();
        bare.bytes().all(|byte| byte.is_ascii_alphabetic()) && !OF_TIME.contains(&bare.as_str()) && !is_filler(&bare)
    };
    let behind_time = text.split_once(':').map_or("", |(_, behind)| behind);
    // A second day behind a time: `10:00 - 2026-12-05 12:00`.
    let is_date = |word: &str| word.matches(['-', '/', '.']).count() == 2 && word.len() >= 6 && !word.contains(':');
    if behind_time.split_whitespace().any(is_date) || text.matches(':').count() > 3 {
        return true;
    }
    if crate::text::words(text).iter().any(|word| word_lists().day_doubts.contains(&plain(word))) {
        return true;
    }
    if crate::text::words(behind_time).iter().any(|word| is_word(word)) {
        return true;
    }
    let Some(behind) = bare.get(3..) else { return false };
    let is_year = |part: &str| part.len() == 4 && (part.starts_with("19") || part.starts_with("20"));
    let is_range = [" - ", "\u{2013}", "\u{2014}"].iter().any(|mark| text.contains(mark));
    is_range || behind.iter().any(|part| is_word(part) || is_year(part))
}

/// The days of `46350.5`, a spreadsheet's day with its time.
fn whole_of_serial(text: &str) -> Option<&str> {
    let (days, time) = text.split_once(['.', ','])?;
    let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (days.len() == 5 && are_digits(days) && are_digits(time)).then_some(days)
}

/// The day of `20th`, `1er`.
fn without_ordinal(part: &str) -> &str {
    let digits = part.bytes().take_while(u8::is_ascii_digit).count();
    match part.split_at_checked(digits) {
        Some((day, "st" | "nd" | "rd" | "th" | "er" | "º" | "ª" | "o" | "го")) if (1..=2).contains(&digits) => day,
        _ => part,
    }
}

/// The day of a text such as `26.11.23` or `26/11/23` where the year stands first, as people write it in Korea, Japan and China.
pub(crate) fn year_first_day(text: &str) -> Option<Date> {
    let narrow = crate::text::narrow(text);
    let parts: Vec<&str> = narrow.trim_end_matches('.').split(['.', '/', '-']).map(str::trim).collect();
    let [year, month, day] = parts.as_slice() else { return None };
    let is_short = year.len() == 2 && [month, day].iter().all(|part| (1..=2).contains(&part.len()));
    let year: i32 = year.parse().ok().filter(|_| is_short)?;
    Date::from_ymd(2000 + year, month.parse().ok()?, day.parse().ok()?)
}

/// A day in an era of Japan, such as `令和8年11月24日` or `R8.11.24`. A year of one or two digits before 年 is of an era, or of a century, that nobody named.
/// `None` where the text is of another form.
fn era_day(text: &str) -> Option<DayForm> {
    const ERAS: [(&str, i32); 6] =
        [("令和", 2018), ("平成", 1988), ("昭和", 1925), ("R", 2018), ("H", 1988), ("S", 1925)];
    let era = ERAS.iter().find_map(|(name, before)| Some((text.strip_prefix(name)?.trim_start(), *before)));
    let (rest, before) = match era {
        Some((rest, before)) if rest.starts_with(|first: char| first.is_ascii_digit() || first == '元') => {
            (rest, before)
        }
        _ => {
            let digits = text.bytes().take_while(u8::is_ascii_digit).count();
            let is_short_year = (1..=2).contains(&digits) && text.get(digits..)?.trim_start().starts_with('年');
            return is_short_year.then_some(DayForm::Unread);
        }
    };
    let rest = rest.replacen('元', "1", 1);
    let (parts, _) = parts_of(&rest);
    let [year, month, day] = parts.as_slice() else { return Some(DayForm::Unread) };
    let number = |text: &str| text.parse::<u32>().ok();
    let year = number(year).filter(|year| (1..=99).contains(year)).and_then(|year| i32::try_from(year).ok());
    let day = year.zip(number(month)).zip(number(day));
    let day = day.and_then(|((year, month), day)| Date::from_ymd(before + year, month, day));
    Some(day.map_or(DayForm::Unread, |day| DayForm::Day { day, form: "an era of Japan" }))
}

/// The parts of a date before its time, and whether points stand between.
fn parts_of(text: &str) -> (Vec<&str>, bool) {
    let end = text.find(':').map_or(text.len(), |colon| {
        let hour = text.get(..colon).unwrap_or("").trim_end_matches(|letter: char| letter.is_ascii_digit());
        hour.len()
    });
    let head = text.get(..end).unwrap_or(text).trim_end_matches([' ', 'T', 't', ',']);
    let is_dotted = head.matches('.').count() == 2 && !head.contains(['/', '-']);
    let parts = head
        .split(|letter: char| !letter.is_alphanumeric() || matches!(letter, '年' | '月' | '日' | '년' | '월' | '일'));
    (parts.filter(|part| !part.is_empty()).collect(), is_dotted)
}

fn year_of(text: &str) -> Option<i32> {
    let year: i32 = text.parse().ok()?;
    match text.len() {
        4 => Some(year),
        2 => Some(2000 + year),
        _ => None,
    }
}

fn bare_number(text: &str, is_serial: bool) -> DayForm {
    let value: i32 = match text.parse() {
        Ok(value) => value,
        Err(_) => return DayForm::Unread,
    };
    if text.len() == 8 {
        let month = u32::try_from(value / 100 % 100).ok();
        let day = u32::try_from(value % 100).ok();
        let found = month.zip(day).and_then(|(month, day)| Date::from_ymd(value / 10_000, month, day));
        return found.map_or(DayForm::Unread, |day| DayForm::Day { day, form: "YYYYMMDD" });
    }
    // From 1982 to 2119: other numbers are no day that an order has.
    if is_serial && (30_000..80_000).contains(&value) {
        let found = Date::from_epoch_days(value - 25_569);
        return found.map_or(DayForm::Unread, |day| DayForm::Day { day, form: "a spreadsheet's count of days" });
    }
    DayForm::Unread
}

/// The last day of a quarter such as `2025 Q3` or `Q3/2025`.
fn quarter(text: &str) -> DayForm {
    let words = crate::text::words(text);
    let [first, second] = words.as_slice() else { return DayForm::Unread };
    let (year, part) = if first.len() == 4 { (first, second) } else { (second, first) };
    // `03/26` is a month.
    if !part.chars().any(char::is_alphabetic) {
        return DayForm::Unread;
    }
    quarter_end(year, part).map_or(DayForm::Unread, |day| DayForm::Day { day, form: "the last day of the quarter" })
}

/// The last day of a quarter of a year; `part` is such as `Q3` or `3`.
pub(crate) fn quarter_end(year: &str, part: &str) -> Option<Date> {
    let year = year_of(year)?;
    let part = crate::text::plain(part);
    let digits: String = part.chars().filter(char::is_ascii_digit).collect();
    let letters: String = part.chars().filter(|letter| !letter.is_ascii_digit()).collect();
    if !matches!(letters.as_str(), "" | "q" | "t" | "quarter" | "季度" | "第季度" | "第四半期") {
        return None;
    }
    let quarter: u32 = digits.parse().ok().filter(|quarter| (1..=4).contains(quarter))?;
    let last = if quarter == 4 { Date::from_ymd(year + 1, 1, 1) } else { Date::from_ymd(year, quarter * 3 + 1, 1) };
    last.map(Date::before)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        match day_form(text, true) {
            DayForm::Day { day, .. } | DayForm::Shows { day, .. } => Some(day.to_string()),
            DayForm::Either { .. } | DayForm::Unread => None,
        }
    }

    #[test]
    fn a_day_in_doubt_is_none() {
        for text in [
            "2026-12-01?",
            "2026-12-01 or later",
            "2026-12-01 or 2027-01-05",
            "2026-12-01 - 2027-02-01",
            "2026-12-01 10:00 or later",
            "not before 2026-12-01",
            "1 Dec 2026 - 5 Dec 2026",
            "2026-12-01 10:00 - 2026-12-05 12:00",
            "ca. 01.12.2026",
            "voraussichtlich 1. Dezember 2026",
            "environ 1 d\u{e9}cembre 2026",
            "hacia el 1 de diciembre de 2026",
            "2026\u{5e74}12\u{6708}1\u{65e5}\u{9884}\u{8ba1}",
            "2026\u{5e74}12\u{6708}1\u{65e5}\u{4e88}\u{5b9a}",
            "2026\u{b144} 12\u{c6d4} 1\u{c77c} \u{c608}\u{c815}",
            "1 Dec 2026 approx",
            "expected 2026-12-01",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn usual_forms_are_read() {
        for text in [
            "2026-11-24",
            "24.11.2026",
            "2026/11/24",
            "20261124",
            "2026年11月24日",
            "24-Nov-2026",
            "24 NOV 26",
            "Nov 24, 2026",
            "24. Nov. 2026",
            "2026-11-24 09:14:02 -0500",
            "2026-11-24T09:14:02Z",
            "24/11/2026",
            "11/24/2026",
            "46350",
            "24/11/26",
            "24 novembre 2026",
            "24 November 2026",
            "24.11.2026 14:00",
            "令和8年11月24日",
            "令和８年１１月２４日",
            "R8.11.24",
            "R08/11/24",
            "24 listopada 2026",
            "24 de noviembre de 2026",
            "24 de novembro de 2026",
            "24 Kas 2026",
            "24 Kasım 2026",
            "24 ноября 2026 г.",
            "24 листопада 2026",
            "Tue 24 Nov 2026",
            "Dienstag, 24. November 2026",
            "November 24th, 2026",
            "Tuesday, November 24, 2026",
            "46350.5",
            "46350,75",
            "2026년 11월 24일",
            "2026. 11. 24.",
        ] {
            assert_eq!(read(text).as_deref(), Some("2026-11-24"), "{text}");
        }
        assert_eq!(read("Q3 2025").as_deref(), Some("2025-09-30"));
        assert_eq!(read("2025 Q4").as_deref(), Some("2025-12-31"));
    }

    #[test]
    fn what_may_be_two_days_is_asked() {
        assert!(matches!(day_form("03/04/2026", true), DayForm::Either { .. }));
        assert!(matches!(day_form("05-06-26", true), DayForm::Either { .. }));
        assert_eq!(read("平成元年2月3日").as_deref(), Some("1989-02-03"));
        for text in ["8年11月24日", "26年11月24日", "令和8年13月1日", "R8.11", "S-1"] {
            assert_eq!(read(text), None, "{text}");
        }
        for text in [
            "",
            "soon",
            "31.02.2026",
            "2026",
            "1895",
            "99/99/2026",
            "12",
            "2026-13-01",
            "24/11",
            "KW 47 2026",
            "48 Foo 2026",
            "de de de",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(day_form("46350", false), DayForm::Unread);
        assert_eq!(day_form("46350.5", false), DayForm::Unread);
    }

    #[test]
    fn where_the_year_stands_first_it_is_read_so() {
        for text in ["26.11.24", "26/11/24", "26-11-24", "26. 11. 24."] {
            assert_eq!(year_first_day(text).map(|day| day.to_string()).as_deref(), Some("2026-11-24"), "{text}");
        }
        for text in ["2026.11.24", "26.13.24", "26.11", "24.11.2026", ""] {
            assert_eq!(year_first_day(text), None, "{text}");
        }
    }
}
