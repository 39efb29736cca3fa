//! Rates of exchange, each with its day.

use std::collections::BTreeMap;

use tollgate_model::{Date, Decimal};

/// US dollars for a unit of each currency, by day.
#[derive(Clone, Debug, Default)]
pub struct Rates(BTreeMap<String, BTreeMap<i32, Decimal>>);

/// A rate that is older than this on the day of an order is not taken.
const MAX_AGE_DAYS: i32 = 366;

impl Rates {
    /// Reads a file with the columns `currency`, `date` and `usd`. The error says what is wrong, where, and how to mend it.
    pub fn parse(file: &str, text: &str) -> Result<Rates, String> {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let wrong = |row: usize, what: &str| {
            format!("{file}, row {row}: {what}\n  mend: write the columns currency,date,usd as in EUR,2026-11-27,1.08")
        };
        let headers = reader.headers().map_err(|error| wrong(0, &error.to_string()))?.clone();
        let place = |name: &str| {
            headers
                .iter()
                .position(|header| header.trim() == name)
                .ok_or_else(|| wrong(0, &format!("there is no column `{name}`")))
        };
        let (currency, date, usd) = (place("currency")?, place("date")?, place("usd")?);
        let mut rates = Rates::default();
        for (row, record) in reader.records().enumerate() {
            let record = record.map_err(|error| wrong(row + 1, &error.to_string()))?;
            let cell = |place: usize| record.get(place).unwrap_or("").trim();
            let day: Date = cell(date).parse().map_err(|_| wrong(row + 1, &format!("`{}` is no day", cell(date))))?;
            let rate: Decimal =
                cell(usd).parse().map_err(|_| wrong(row + 1, &format!("`{}` is no number", cell(usd))))?;
            if rate.is_negative() || rate.scaled_up(6).is_none_or(|units| units == 0) {
                return Err(wrong(row + 1, "the rate is not above zero"));
            }
            rates.0.entry(cell(currency).to_ascii_uppercase()).or_default().insert(day.epoch_days(), rate);
        }
        Ok(rates)
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
        "US$" | "US $" | "USD$" | "U.S. dollars" | "US dollars" => "USD",
        "€" | "Euro" | "EURO" => "EUR",
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
