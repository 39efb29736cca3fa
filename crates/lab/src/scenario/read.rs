//! Scenario files, read key by key: all mistakes at once, each with its line and mend.

use std::collections::BTreeMap;

use tollgate_model::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::distribution::Distribution;

/// A mistake in a scenario.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {what}\n  mend: {mend}")]
pub struct ScenarioError {
    /// The file.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
    /// How to mend it.
    pub mend: String,
}

/// A file that is being read.
pub(super) struct Source<'a> {
    pub(super) file: &'a str,
    text: &'a str,
    pub(super) errors: Vec<ScenarioError>,
}

/// A value with its line.
pub(super) type At<'d, 'a> = (&'d DeValue<'a>, usize);

impl<'a> Source<'a> {
    pub(super) fn new(file: &'a str, text: &'a str) -> Source<'a> {
        Source { file, text, errors: Vec::new() }
    }

    pub(super) fn document(&mut self) -> DeTable<'a> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in errors {
            let line = self.line(error.span().map_or(0, |span| span.start));
            self.wrong(line, format!("not TOML: {}", error.message()), "see https://toml.io");
        }
        table.into_inner()
    }

    fn line(&self, offset: usize) -> usize {
        1 + self.text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
    }

    pub(super) fn wrong(&mut self, line: usize, what: impl Into<String>, mend: impl Into<String>) {
        let error = ScenarioError { file: self.file.to_owned(), line, what: what.into(), mend: mend.into() };
        self.errors.push(error);
    }

    pub(super) fn at<'d>(&self, value: &'d Spanned<DeValue<'a>>) -> At<'d, 'a> {
        (value.get_ref(), self.line(value.span().start))
    }

    /// The entries of a table, each with the line of its key; keys that are not known are told.
    pub(super) fn entries<'d>(&mut self, table: &'d DeTable<'a>, known: &[&str]) -> BTreeMap<String, At<'d, 'a>> {
        let mut entries = BTreeMap::new();
        for (key, value) in table {
            let name = key.get_ref().to_string();
            let line = self.line(key.span().start);
            if !known.is_empty() && !known.contains(&name.as_str()) {
                let likeness = |own: &&&str| strsim::jaro_winkler(own, &name);
                let near = known.iter().max_by(|one, other| likeness(one).total_cmp(&likeness(other)));
                let near = near.copied().unwrap_or_default();
                let mend = format!("did you mean `{near}`? The keys here are: {}", known.join(", "));
                self.wrong(line, format!("there is no key `{name}`"), mend);
                continue;
            }
            entries.insert(name, (value.get_ref(), line));
        }
        entries
    }

    pub(super) fn text(&mut self, entry: Option<&At<'_, 'a>>, name: &str) -> Option<String> {
        match entry? {
            (DeValue::String(text), _) => Some(text.to_string()),
            (_, line) => {
                self.wrong(*line, format!("`{name}` is no text"), "write it in quotes");
                None
            }
        }
    }

    pub(super) fn flag(&mut self, entry: Option<&At<'_, 'a>>, name: &str) -> Option<bool> {
        match entry? {
            (DeValue::Boolean(value), _) => Some(*value),
            (_, line) => {
                self.wrong(*line, format!("`{name}` is neither true nor false"), "write true or false, without quotes");
                None
            }
        }
    }

    /// A finite number between two ends.
    pub(super) fn number(&mut self, entry: Option<&At<'_, 'a>>, name: &str, ends: (f64, f64)) -> Option<f64> {
        let (value, line) = entry?;
        let number = plain(value).filter(|number| number.is_finite());
        let Some(number) = number else {
            self.wrong(*line, format!("`{name}` is no number"), "write a number without quotes");
            return None;
        };
        if !(ends.0..=ends.1).contains(&number) {
            let mend = format!("write a number from {} to {}", ends.0, ends.1);
            self.wrong(*line, format!("`{name}` is {number}"), mend);
            return None;
        }
        Some(number)
    }

    pub(super) fn date(&mut self, entry: Option<&At<'_, 'a>>, name: &str) -> Option<Date> {
        let (value, line) = entry?;
        let text = match value {
            DeValue::String(text) => text.to_string(),
            DeValue::Datetime(day) => day.to_string(),
            _ => String::new(),
        };
        let day = text.parse().ok();
        if day.is_none() {
            self.wrong(*line, format!("`{name}` is no day"), "write it as YYYY-MM-DD");
        }
        day
    }

    /// The words of a list.
    pub(super) fn words(&mut self, entry: Option<&At<'_, 'a>>, name: &str) -> Vec<(String, usize)> {
        let Some((value, line)) = entry else { return Vec::new() };
        let DeValue::Array(list) = value else {
            self.wrong(*line, format!("`{name}` is no list"), "write [\"…\", \"…\"]");
            return Vec::new();
        };
        let mut words = Vec::new();
        for item in list {
            match self.at(item) {
                (DeValue::String(text), line) => words.push((text.to_string(), line)),
                (_, line) => self.wrong(line, format!("`{name}` holds what is no text"), "write it in quotes"),
            }
        }
        words
    }

    /// The numbers of a list.
    pub(super) fn numbers(&mut self, entry: Option<&At<'_, 'a>>, name: &str, ends: (f64, f64)) -> Vec<f64> {
        let Some((value, line)) = entry else { return Vec::new() };
        let DeValue::Array(list) = value else {
            self.wrong(*line, format!("`{name}` is no list"), "write [1, 2, 3]");
            return Vec::new();
        };
        let items: Vec<At<'_, 'a>> = list.iter().map(|item| self.at(item)).collect();
        items.iter().filter_map(|item| self.number(Some(item), name, ends)).collect()
    }

    /// `{ lognormal = [1, 2], … }` as a distribution; the other keys are the caller's.
    pub(super) fn distribution(
        &mut self,
        name: &str,
        entries: &BTreeMap<String, At<'_, 'a>>,
        line: usize,
    ) -> Option<Distribution> {
        let forms = ["value", "uniform", "triangular", "normal", "lognormal"];
        let mut given = forms.iter().filter_map(|form| Some((*form, entries.get(*form)?)));
        let (Some((form, entry)), None) = (given.next(), given.next()) else {
            let mend = "give one of value = x, uniform = [a, b], triangular = [a, b, c], normal = [p5, p95], lognormal = [p5, p95]";
            self.wrong(line, format!("`{name}` has not exactly one value or distribution"), mend);
            return None;
        };
        let everything = (f64::MIN, f64::MAX);
        let own = if form == "value" {
            self.number(Some(entry), name, everything).map(Distribution::Value)
        } else {
            match (form, self.numbers(Some(entry), name, everything).as_slice()) {
                ("uniform", [low, high]) => Some(Distribution::Uniform(*low, *high)),
                ("triangular", [low, mode, high]) => Some(Distribution::Triangular(*low, *mode, *high)),
                ("normal", [low, high]) => Some(Distribution::Normal(*low, *high)),
                ("lognormal", [low, high]) => Some(Distribution::Lognormal(*low, *high)),
                _ => {
                    let wanted = if form == "triangular" { "three numbers" } else { "two numbers" };
                    self.wrong(
                        entry.1,
                        format!("`{form}` of `{name}` does not have {wanted}"),
                        format!("write {wanted}"),
                    );
                    None
                }
            }
        };
        let fault = own.as_ref().and_then(Distribution::fault);
        if let Some((what, mend)) = fault.and_then(|fault| fault.split_once("; ").or(Some((fault, "correct it")))) {
            self.wrong(entry.1, format!("`{name}`: {what}"), mend);
            return None;
        }
        own
    }
}

/// A number of either kind; a plain whole one may have `_` in it.
fn plain(value: &DeValue<'_>) -> Option<f64> {
    match value {
        DeValue::Float(number) => number.as_str().parse().ok(),
        DeValue::Integer(number) if number.radix() == 10 => number.as_str().parse().ok(),
        _ => None,
    }
}
