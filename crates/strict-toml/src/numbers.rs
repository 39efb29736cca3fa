//! Numbers: whole and decimal ones exactly, floating-point ones by name, each held to a domain where there is one.

use std::fmt::Display;

use tollgate_model::Decimal;
use toml::Spanned;
use toml::de::DeValue;

use crate::{Entry, Placed, Table};

/// The numbers that a key takes, both ends included, and their unit for messages.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Domain<T> {
    /// The least.
    pub least: T,
    /// The greatest.
    pub greatest: T,
    /// The unit, such as `H100`; empty where there is none.
    pub unit: &'static str,
}

impl<T> Domain<T> {
    /// Numbers without a unit.
    pub const fn new(least: T, greatest: T) -> Domain<T> {
        Domain { least, greatest, unit: "" }
    }

    /// Numbers of a unit.
    pub const fn of_unit(least: T, greatest: T, unit: &'static str) -> Domain<T> {
        Domain { least, greatest, unit }
    }
}

/// A number as it is written, for texts into which it is copied.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// Digits only.
    Whole(i64),
    /// With a point or an exponent; finite.
    FloatingPoint(f64),
}

impl Display for Number {
    /// Digits that read back as the same number; a floating-point one always has a point or an exponent.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Number::Whole(whole) => write!(f, "{whole}"),
            Number::FloatingPoint(number) => write!(f, "{number:?}"),
        }
    }
}

/// The digits of a decimal number, from which the parser has taken every `_`.
fn digits<'v>(value: &'v DeValue<'_>) -> Option<&'v str> {
    match value {
        DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str()),
        DeValue::Float(number) => Some(number.as_str()),
        _ => None,
    }
}

fn finite(value: &DeValue<'_>) -> Option<f64> {
    digits(value)?.parse().ok().filter(|number: &f64| number.is_finite())
}

fn whole(value: &DeValue<'_>) -> Option<i64> {
    matches!(value, DeValue::Integer(_)).then(|| digits(value)?.parse().ok()).flatten()
}

impl<'f, 'a> Table<'f, 'a> {
    /// The number if it is in the domain; else it is reported.
    fn within<T: PartialOrd + Display>(&self, key: &str, number: Placed<T>, domain: &Domain<T>) -> Option<Placed<T>> {
        if number.value >= domain.least && number.value <= domain.greatest {
            return Some(number);
        }
        let space = if domain.unit.is_empty() { "" } else { " " };
        let (least, greatest, unit) = (&domain.least, &domain.greatest, domain.unit);
        let what = format!("`{key}` is {}, not from {least} to {greatest}{space}{unit}", number.value);
        let mend = format!("write a number from {least} to {greatest}{space}{unit}");
        self.report("out-of-domain", number.line, what, mend);
        None
    }

    /// An exact decimal number.
    pub fn decimal(&self, key: &'static str) -> Option<Placed<Decimal>> {
        let (value, line) = self.value(key)?;
        let number = digits(value).and_then(|digits| digits.parse().ok());
        if number.is_none() {
            self.wrong_number(line, key, "a decimal number");
        }
        number.map(|value| Placed { value, line })
    }

    /// A whole number of a domain.
    pub fn whole(&self, key: &'static str, domain: &Domain<i64>) -> Option<Placed<i64>> {
        let (value, line) = self.value(key)?;
        let Some(value) = whole(value) else {
            self.wrong_number(line, key, "a whole number");
            return None;
        };
        self.within(key, Placed { value, line }, domain)
    }

    /// Every entry of a table with free keys as a whole number of a domain, in order of key.
    pub fn whole_entries(&self, domain: &Domain<i64>) -> Vec<Entry<i64>> {
        self.entries_by(|key, value, line| {
            let Some(value) = whole(value) else {
                self.wrong_number(line, key, "a whole number");
                return None;
            };
            self.within(key, Placed { value, line }, domain).map(|number| number.value)
        })
    }

    fn floating_point_of(&self, key: &str, value: &DeValue<'_>, line: usize, domain: &Domain<f64>) -> Option<f64> {
        let Some(value) = finite(value) else {
            self.wrong_number(line, key, "a number");
            return None;
        };
        self.within(key, Placed { value, line }, domain).map(|number| number.value)
    }

    fn floating_points_of(&self, key: &str, items: &[Spanned<DeValue<'a>>], domain: &Domain<f64>) -> Vec<f64> {
        let read =
            |item: &Spanned<DeValue<'a>>| self.floating_point_of(key, item.get_ref(), self.line_of(item), domain);
        items.iter().filter_map(read).collect()
    }

    /// A finite floating-point number of a domain. For statistics only: what the law decides by is read with [`Table::decimal`].
    pub fn floating_point(&self, key: &'static str, domain: &Domain<f64>) -> Option<Placed<f64>> {
        let (value, line) = self.value(key)?;
        let value = self.floating_point_of(key, value, line, domain)?;
        Some(Placed { value, line })
    }

    /// A floating-point number that must be there; 0 where it is not.
    pub fn required_floating_point(&self, key: &'static str, example: &str, domain: &Domain<f64>) -> f64 {
        if !self.has(key) {
            self.missing(key, example);
        }
        self.floating_point(key, domain).map_or(0.0, |number| number.value)
    }

    /// A list of floating-point numbers of a domain; empty where the key is absent.
    pub fn floating_points(&self, key: &'static str, domain: &Domain<f64>) -> Vec<f64> {
        let Some((value, line)) = self.value(key) else { return Vec::new() };
        let Some(items) = value.as_array() else {
            self.wrong_type(line, key, "a list of numbers such as `[1, 2, 3]`");
            return Vec::new();
        };
        self.floating_points_of(key, items, domain)
    }

    /// Every entry of a table with free keys as a floating-point number of a domain, in order of key.
    pub fn floating_point_entries(&self, domain: &Domain<f64>) -> Vec<Entry<f64>> {
        let read = |key: &str, value: &DeValue<'a>, line: usize| self.floating_point_of(key, value, line, domain);
        self.entries_by(read)
    }

    /// Every entry of a table with free keys as floating-point numbers of a domain, one or a list, in order of key.
    pub fn floating_points_entries(&self, domain: &Domain<f64>) -> Vec<Entry<Vec<f64>>> {
        let read = |key: &str, value: &DeValue<'a>, line: usize| match value.as_array() {
            Some(items) => Some(self.floating_points_of(key, items, domain)),
            None => self.floating_point_of(key, value, line, domain).map(|number| vec![number]),
        };
        self.entries_by(read)
    }

    fn number_of(&self, key: &str, value: &DeValue<'_>, line: usize) -> Option<Number> {
        let number = match value {
            DeValue::Integer(_) => whole(value).map(Number::Whole),
            other => finite(other).map(Number::FloatingPoint),
        };
        if number.is_none() {
            self.wrong_number(line, key, "a whole number or a decimal");
        }
        number
    }

    /// A number as it is written.
    pub fn number(&self, key: &'static str) -> Option<Placed<Number>> {
        let (value, line) = self.value(key)?;
        let value = self.number_of(key, value, line)?;
        Some(Placed { value, line })
    }

    /// Every entry of a table with free keys as a number as it is written, in order of key.
    pub fn number_entries(&self) -> Vec<Entry<Number>> {
        self.entries_by(|key, value, line| self.number_of(key, value, line))
    }
}
