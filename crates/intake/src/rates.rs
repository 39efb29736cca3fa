//! Rates of exchange, each with its day.

use std::collections::BTreeMap;

use tollgate_model::{Date, Decimal, Diagnostic, Diagnostics, Place};

/// US dollars for a unit of each currency, by day.
#[derive(Clone, Debug, Default)]
pub struct Rates(BTreeMap<String, BTreeMap<i32, Decimal>>);

/// A rate that is older than this on the day of an order is not taken.
const MAX_AGE_DAYS: i32 = 366;

impl Rates {
    /// Reads a file with the columns `currency`, `date` and `usd`; all mistakes are reported at once. `file` is what they call the file.
    pub fn parse(file: &str, text: &str) -> Result<Rates, Diagnostics> {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let wrong = |code: &'static str, place: Place, what: String| {
            Diagnostic::new(code, place, what, "write the columns currency,date,usd as in EUR,2026-11-27,1.08")
        };
        let headers =
            reader.headers().map_err(|error| wrong("unreadable-row", Place::file(file), error.to_string()))?.clone();
        let place = |name: &str| {
            let place = headers.iter().position(|header| header.trim() == name);
            place.ok_or_else(|| wrong("missing-column", Place::file(file), format!("there is no column `{name}`")))
        };
        let (currency, date, usd) = (place("currency")?, place("date")?, place("usd")?);
        let (mut rates, mut found) = (Rates::default(), Vec::new());
        for (row, record) in (1..).zip(reader.records()) {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    found.push(wrong("unreadable-row", Place::cell(file, row, "", ""), error.to_string()));
                    continue;
                }
            };
            let cell = |place: usize| record.get(place).unwrap_or("").trim();
            let mut report = |code: &'static str, column: &str, value: &str, what: &str| {
                found.push(wrong(code, Place::cell(file, row, column, value), what.to_owned()));
            };
            let day = cell(date).parse::<Date>().ok();
            if day.is_none() {
                report("not-a-date", "date", cell(date), "is no day");
            }
            let rate = cell(usd).parse::<Decimal>().ok();
            let is_above_zero =
                |rate: &Decimal| !rate.is_negative() && rate.scaled_up(6).is_some_and(|units| units > 0);
            match &rate {
                None => report("not-a-number", "usd", cell(usd), "is no number"),
                Some(rate) if !is_above_zero(rate) => {
                    report("out-of-range", "usd", cell(usd), "the rate is not above zero");
                }
                Some(_) => {}
            }
            if let (Some(day), Some(rate)) = (day, rate) {
                rates.0.entry(cell(currency).to_ascii_uppercase()).or_default().insert(day.epoch_days(), rate);
            }
        }
        if found.is_empty() { Ok(rates) } else { Err(Diagnostics(found)) }
    }

    /// The last rate that is not after a day and not older than a year.
    pub(crate) fn rate(&self, currency: &str, day: Date) -> Option<Decimal> {
        let days = day.epoch_days();
        self.0.get(currency)?.range(days - MAX_AGE_DAYS..=days).next_back().map(|(_, rate)| *rate)
    }
}

/// The code of a currency as people write it; None where it is not known, such as `$`, which many countries have.
pub(crate) fn currency_code(text: &str) -> Option<String> {
    let text = text.trim();
    let code = match text {
        "US$"
        | "US $"
        | "USD$"
        | "U.S. dollars"
        | "US dollars"
        | "U.S. Dollar"
        | "US Dollar"
        | "美元"
        | "美金"
        | "米ドル"
        | "미국달러"
        | "미화"
        | "долл. США"
        | "доллар США"
        | "ABD Doları"
        | "dólar EE.UU." => "USD",
        "€" | "Euro" | "EURO" | "euro" | "欧元" | "евро" | "유로" => "EUR",
        "£" => "GBP",
        "円" => "JPY",
        "元" | "RMB" | "人民币" => "CNY",
        "đ" | "₫" => "VND",
        "₹" | "Rs" | "Rs." => "INR",
        other => other,
    };
    let is_code = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_code.then(|| code.to_ascii_uppercase())
}

/// A number times another, in millionths and rounded down; None where it does not fit.
pub(crate) fn times(value: Decimal, factor: Decimal) -> Option<Decimal> {
    let micro = i128::from(value.scaled_up(6)?) * i128::from(factor.scaled_up(6)?) / 1_000_000;
    i64::try_from(micro).ok().map(Decimal::from_millionths)
}

/// A number divided by a count, in hundredths and rounded down; None where it does not fit.
pub(crate) fn share(value: Decimal, count: i64) -> Option<Decimal> {
    let cents = value.scaled_up(2)?.checked_div(count)?;
    cents.checked_mul(10_000).map(Decimal::from_millionths)
}
