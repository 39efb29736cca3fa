//! How constants are declared and read: numbers that no study varies, each with its source in `scenarios/base.toml`, which a scenario may set otherwise.

use std::collections::BTreeMap;

use tollgate_model::never;

use super::ParameterEntry;
use crate::distribution::Distribution;
use crate::random_draw::Stream;

/// Whole numbers from one on, of which each comes alike: a day, a count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WholeRange {
    /// The least of them.
    pub least: i32,
    /// How many there are.
    pub count: i32,
}

impl WholeRange {
    /// One of them.
    pub fn draw(self, stream: &mut Stream) -> i32 {
        self.least.saturating_add(stream.whole_below(self.count))
    }
}

/// The key of a constant and what its numbers may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Its key in `[parameters]`.
    pub(crate) key: &'static str,
    least: f64,
    greatest: f64,
    form: Form,
}

/// How a constant is written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    /// `value = x`.
    Number,
    /// `value = x` without a fraction.
    Whole,
    /// `uniform = [least, end]`, both without a fraction, the end excluded.
    Range,
}

impl Limits {
    /// Limits of a constant of a form.
    pub(super) const fn new(key: &'static str, ends: [f64; 2], form: Form) -> Limits {
        let [least, greatest] = ends;
        Limits { key, least, greatest, form }
    }

    /// Why a distribution is not such a constant, and how to mend it.
    pub(crate) fn fault(&self, distribution: &Distribution) -> Option<(String, String)> {
        let (key, least, greatest) = (self.key, self.least, self.greatest);
        let (numbers, wanted) = match (self.form, distribution) {
            (Form::Number, Distribution::Value(value)) => (vec![*value], ""),
            (Form::Whole, Distribution::Value(value)) => (vec![*value], "whole "),
            (Form::Range, Distribution::Uniform(least, end)) => (vec![*least, *end], "whole "),
            (Form::Range, _) => {
                return Some((format!("`{key}` is not a range"), "write `uniform = [least, end]`".to_owned()));
            }
            _ => return Some((format!("`{key}` is a constant, and does not vary"), "write `value = x`".to_owned())),
        };
        let fits = |number: &f64| {
            (least..=greatest).contains(number) && (matches!(self.form, Form::Number) || number.fract() == 0.0)
        };
        let bad = numbers.iter().find(|number| !fits(number))?;
        let what = format!("`{key}` is {bad}, not a {wanted}number from {least} to {greatest}");
        Some((what, format!("write a {wanted}number from {least} to {greatest}")))
    }
}

/// What a constant can be.
pub(super) trait Constant: Sized {
    /// How it is written.
    const FORM: Form;
    /// The constant of a distribution that has no [`Limits::fault`]; none of any other.
    fn from_distribution(distribution: &Distribution) -> Option<Self>;
}

/// A number without a fraction within limits that an `i32` holds.
#[expect(clippy::cast_possible_truncation, reason = "its limits were checked as it was read")]
fn whole(number: f64) -> i32 {
    number as i32
}

impl Constant for f64 {
    const FORM: Form = Form::Number;

    fn from_distribution(distribution: &Distribution) -> Option<f64> {
        if let Distribution::Value(value) = distribution { Some(*value) } else { None }
    }
}

impl Constant for i32 {
    const FORM: Form = Form::Whole;

    fn from_distribution(distribution: &Distribution) -> Option<i32> {
        if let Distribution::Value(value) = distribution { Some(whole(*value)) } else { None }
    }
}

impl Constant for WholeRange {
    const FORM: Form = Form::Range;

    fn from_distribution(distribution: &Distribution) -> Option<WholeRange> {
        let Distribution::Uniform(least, end) = distribution else { return None };
        Some(WholeRange { least: whole(*least), count: whole(*end - *least) })
    }
}

/// The constant of a key among what was read; its default, which no scenario is read with, where it is missing.
pub(super) fn constant<T: Constant + Default>(named: &BTreeMap<&'static str, ParameterEntry>, key: &str) -> T {
    let read = named.get(key).and_then(|entry| T::from_distribution(&entry.distribution));
    read.unwrap_or_else(|| {
        never!("scenarios/base.toml has every constant, and it was checked as it was read: {key}");
        T::default()
    })
}

/// Declares a struct of constants: each field with its type, its key in `[parameters]` and the limits of its numbers.
macro_rules! constants {
    ($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $field:ident: $kind:ty = $key:literal, $least:literal to $greatest:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name { $($(#[$about])* pub $field: $kind,)* }

        impl $name {
            /// The key of each, and what its numbers may be.
            pub(crate) const LIMITS: &'static [super::constants::Limits] = &[$(super::constants::Limits::new(
                $key,
                [$least, $greatest],
                <$kind as super::constants::Constant>::FORM,
            )),*];

            /// The constants as they were read, by key.
            pub(super) fn of(
                named: &std::collections::BTreeMap<&'static str, super::ParameterEntry>,
            ) -> $name {
                $name { $($field: super::constants::constant(named, $key),)* }
            }
        }
    };
}

pub(super) use constants;
