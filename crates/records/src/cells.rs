//! Typed access to the columns of a batch, collecting mistakes.

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Float64Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef, DictionaryArray, StringArray};
use arrow_cast::{CastOptions, cast_with_options};
use arrow_schema::DataType;
use tollgate_model::{Country, Date, Decimal};

use crate::columns::Table;
use crate::headers::row_at;
use crate::json_cells::is_grouped;
use crate::mistakes::{Cell, Mistakes, Problem};
use crate::source::Batch;
use crate::texts::Texts;

/// What is said of a required cell without anything in it.
pub(crate) const EMPTY_CELL: &str = "the required cell is empty";

const NOT_TEXT: Problem<'_> = Problem { code: "not-a-text", what: "is no text in UTF-8", mend: "write it as text" };
const NOT_DAY: Problem<'_> = Problem { code: "not-a-date", what: "is no day", mend: "write it as YYYY-MM-DD" };
const NOT_WHOLE: Problem<'_> =
    Problem { code: "not-a-whole-number", what: "is no whole number", mend: "write digits only" };
const NOT_AMOUNT: Problem<'_> = Problem {
    code: "not-a-number",
    what: "is no number of zero or more",
    mend: "write digits with a point, such as 5.92",
};
const NOT_COUNTRY: Problem<'_> = Problem {
    code: "unknown-country",
    what: "is no country",
    mend: "write an ISO 3166-1 alpha-2 code in capitals, such as SG, or the name in English",
};
const NOT_TRUTH: Problem<'_> =
    Problem { code: "unknown-word", what: "is neither true nor false", mend: "write true or false" };

/// A column as another type; `None` where no cell of its type can be that. Cells that cannot are null, which the caller must tell from empty ones.
fn cast(array: &ArrayRef, to: &DataType) -> Option<ArrayRef> {
    if array.data_type() == to {
        return Some(array.clone());
    }
    cast_with_options(array, to, &CastOptions { safe: true, ..CastOptions::default() }).ok()
}

/// The rows whose cells were there and are null after a cast.
fn lost(before: &ArrayRef, after: &dyn Array) -> Vec<usize> {
    if before.null_count() == after.null_count() {
        return Vec::new();
    }
    (0..before.len()).filter(|row| before.is_valid(*row) && after.is_null(*row)).collect()
}

impl Batch {
    /// The number of a row in the file, by its place in the batch.
    pub(crate) fn row(&self, index: usize) -> u64 {
        row_at(self.first_row, index)
    }

    /// A column as texts; `None` where the file has none. Lists of Parquet become texts with `;`.
    pub(crate) fn texts(&self, name: &str, mistakes: &mut Mistakes<'_>) -> Option<StringArray> {
        let array = self.columns.get(name)?;
        let texts = match array.data_type() {
            DataType::List(_) => Some(joined(array)),
            DataType::LargeList(of) | DataType::FixedSizeList(of, _) => {
                cast(array, &DataType::List(of.clone())).map(|list| joined(&list))
            }
            kind if kind.is_nested() => None,
            _ => cast(array, &DataType::Utf8).and_then(|texts| texts.as_string_opt::<i32>().cloned()),
        };
        match &texts {
            None => {
                let what = format!("the column has type {}, which is no text", array.data_type());
                mistakes.add("wrong-type", Cell::column(name), what, "write it as text");
            }
            Some(_) if array.data_type().is_nested() => {}
            Some(texts) => self.add_lost(name, &lost(array, texts), NOT_TEXT, mistakes),
        }
        texts
    }

    /// Reports cells that a type of Parquet can hold and the contract cannot.
    fn add_lost(&self, name: &str, rows: &[usize], problem: Problem<'_>, mistakes: &mut Mistakes<'_>) {
        for row in rows {
            mistakes.add_problem(Cell::empty(self.row(*row), name), problem);
        }
    }

    /// A column as texts, which may stand there as numbers of the distinct ones.
    pub(crate) fn coded(&self, name: &str, mistakes: &mut Mistakes<'_>) -> Option<Texts> {
        let array = self.columns.get(name)?;
        match array.as_dictionary_opt::<Int32Type>() {
            Some(coded) if *coded.values().data_type() == DataType::Utf8 => Some(Texts::Coded(coded.clone())),
            _ => self.texts(name, mistakes).map(Texts::Plain),
        }
    }

    /// A column as days.
    pub(crate) fn dates(&self, name: &str, mistakes: &mut Mistakes<'_>) -> Vec<Option<Date>> {
        let Some(array) = self.columns.get(name) else { return vec![None; self.rows] };
        // Of a timestamp the day counts. Texts, and numbers, of which nobody can say what they count, are read as texts, so that each is reported.
        let has_days =
            matches!(array.data_type(), DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) | DataType::Null);
        if has_days
            && let Some(days) = cast(array, &DataType::Date32)
            && let Some(days) = days.as_primitive_opt::<Date32Type>()
        {
            let dates: Vec<Option<Date>> = days.iter().map(|day| day.and_then(Date::from_epoch_days)).collect();
            let unread: Vec<usize> = (0..array.len())
                .filter(|row| array.is_valid(*row) && dates.get(*row).is_none_or(Option::is_none))
                .collect();
            self.add_lost(name, &unread, NOT_DAY, mistakes);
            return dates;
        }
        self.parsed(name, mistakes, |text| text.parse().ok(), NOT_DAY)
    }

    /// A column as days of founding: firms are older than the calendar of [`Date`], and one founded before its first day is read as founded on that day.
    pub(crate) fn founding_dates(&self, name: &str, mistakes: &mut Mistakes<'_>) -> Vec<Option<Date>> {
        let Some(array) = self.columns.get(name) else { return vec![None; self.rows] };
        if matches!(array.data_type(), DataType::Date32 | DataType::Date64 | DataType::Timestamp(..))
            && let Some(days) = cast(array, &DataType::Date32)
            && let Some(days) = days.as_primitive_opt::<Date32Type>()
            && days.iter().flatten().any(|day| day < Date::MIN.epoch_days())
        {
            let date = |day: i32| Date::from_epoch_days(day.max(Date::MIN.epoch_days()));
            return days.iter().map(|day| day.and_then(date)).collect();
        }
        if array.data_type().is_temporal() {
            return self.dates(name, mistakes);
        }
        let read = |text: &str| text.parse().ok().or_else(|| is_before_the_calendar(text).then_some(Date::MIN));
        self.parsed(name, mistakes, read, NOT_DAY)
    }

    /// A column as whole numbers.
    pub(crate) fn integers(&self, name: &str, mistakes: &mut Mistakes<'_>) -> Vec<Option<i64>> {
        let Some(array) = self.columns.get(name) else { return vec![None; self.rows] };
        if array.data_type().is_integer()
            && let Some(numbers) = cast(array, &DataType::Int64)
            && let Some(numbers) = numbers.as_primitive_opt::<Int64Type>()
        {
            self.add_lost(name, &lost(array, numbers), NOT_WHOLE, mistakes);
            return numbers.iter().collect();
        }
        self.refuse_grouped(name, mistakes);
        let whole = |text: &str| text.parse::<Decimal>().ok().and_then(|number| number.scaled_exact(0));
        self.parsed(name, mistakes, whole, NOT_WHOLE)
    }

    /// A column as whole numbers of zero or more; one below zero is reported, and unknown.
    pub(crate) fn counts(&self, name: &str, mistakes: &mut Mistakes<'_>) -> Vec<Option<i64>> {
        let mut numbers = self.integers(name, mistakes);
        for (index, number) in
            numbers.iter_mut().enumerate().filter(|(_, number)| number.is_some_and(|count| count < 0))
        {
            let mend = "write a whole number of zero or more";
            mistakes.add("out-of-range", Cell::empty(self.row(index), name), "is below zero", mend);
            *number = None;
        }
        numbers
    }

    /// A column as numbers of zero or more.
    pub(crate) fn decimals(&self, name: &str, mistakes: &mut Mistakes<'_>) -> Vec<Option<Decimal>> {
        let read = |text: &str| text.parse::<Decimal>().ok().filter(|number| !number.is_negative());
        if let Some(whole) = self.columns.get(name).and_then(plain_floats) {
            return whole;
        }
        if GROUPED.contains(&name) {
            self.refuse_grouped(name, mistakes);
        }
        self.parsed(name, mistakes, read, NOT_AMOUNT)
    }

    /// Reports numbers such as `1.000`, which may be one or a thousand.
    fn refuse_grouped(&self, name: &str, mistakes: &mut Mistakes<'_>) {
        let Some(array) = self.columns.get(name).filter(|array| !array.data_type().is_numeric()) else { return };
        let Some(texts) = self.coded(name, &mut mistakes.unreported()) else { return };
        for row in 0..array.len() {
            if let Some(text) = texts.get(row).filter(|text| is_grouped(text)) {
                let what = "may be read in two ways: with a decimal point, or with a point between thousands";
                let mend = "write it without a point, or with one more digit behind it: 1.500 is 1500 or 1.5000";
                let problem = Problem { code: "not-a-clear-number", what, mend };
                mistakes.add_problem(Cell { row: self.row(row), column: name, value: text }, problem);
            }
        }
    }

    /// A column as countries.
    pub(crate) fn countries(&self, name: &str, mistakes: &mut Mistakes<'_>) -> Vec<Option<Country>> {
        self.parsed(name, mistakes, |text| Country::from_text(text).ok(), NOT_COUNTRY)
    }

    /// A column as truth values.
    pub(crate) fn booleans(&self, name: &str, mistakes: &mut Mistakes<'_>) -> Vec<Option<bool>> {
        let read = |text: &str| match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "y" => Some(true),
            "false" | "0" | "no" | "n" => Some(false),
            _ => None,
        };
        self.parsed(name, mistakes, read, NOT_TRUTH)
    }

    /// A column as what `read` makes of its texts, a value a row; an empty cell has none, and one that `read` makes nothing of has the problem.
    pub(crate) fn parsed<T: Clone>(
        &self,
        name: &str,
        mistakes: &mut Mistakes<'_>,
        read: impl Fn(&str) -> Option<T>,
        problem: Problem<'_>,
    ) -> Vec<Option<T>> {
        let Some(texts) = self.coded(name, mistakes) else { return vec![None; self.rows] };
        if let Texts::Coded(texts) = &texts {
            return self.parsed_once(name, texts, mistakes, read, problem);
        }
        let mut values = Vec::with_capacity(self.rows);
        for index in 0..texts.len() {
            let text = texts.get(index);
            let value = text.and_then(&read);
            if let (Some(text), None) = (text, &value) {
                mistakes.add_problem(Cell { row: self.row(index), column: name, value: text }, problem);
            }
            values.push(value);
        }
        values
    }

    /// As [`Batch::parsed`], reading each distinct text once.
    fn parsed_once<T: Clone>(
        &self,
        name: &str,
        texts: &DictionaryArray<Int32Type>,
        mistakes: &mut Mistakes<'_>,
        read: impl Fn(&str) -> Option<T>,
        problem: Problem<'_>,
    ) -> Vec<Option<T>> {
        let distinct = texts.values().as_string::<i32>();
        let known: Vec<Option<T>> = distinct.iter().map(|text| text.and_then(&read)).collect();
        let value = |(index, key): (usize, Option<i32>)| {
            let place = usize::try_from(key?).ok()?;
            let value = known.get(place)?;
            let text = (distinct.is_valid(place)).then(|| distinct.value(place)).filter(|text| !text.is_empty());
            if let (Some(text), None) = (text, value) {
                mistakes.add_problem(Cell { row: self.row(index), column: name, value: text }, problem);
            }
            text.and(value.clone())
        };
        texts.keys().iter().enumerate().map(value).collect()
    }

    /// Reports the required columns that the file lacks.
    pub(crate) fn require(&self, table: Table, mistakes: &mut Mistakes<'_>) {
        for name in table.required().into_iter().filter(|name| !self.columns.contains_key(*name)) {
            let found: Vec<&str> = self.columns.keys().map(String::as_str).collect();
            let mend = format!("add it; the file has: {}", found.join(", "));
            mistakes.add("missing-column", Cell::column(name), "the required column is missing", mend);
        }
    }

    /// Reports the empty cells of a required column, where the file has it: those that are null and those that hold an empty text.
    pub(crate) fn require_cells(&self, name: &str, mistakes: &mut Mistakes<'_>) {
        let Some(array) = self.columns.get(name) else { return };
        let texts = match array.data_type() {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Dictionary(..) => {
                self.coded(name, &mut mistakes.unreported())
            }
            _ => None,
        };
        let filled =
            |texts: &StringArray| texts.null_count() == 0 && texts.offsets().lengths().all(|length| length > 0);
        let all_filled = match &texts {
            None => true,
            Some(Texts::Plain(texts)) => filled(texts),
            Some(Texts::Coded(texts)) => texts.values().as_string_opt::<i32>().is_some_and(filled),
        };
        if all_filled && array.null_count() == 0 {
            return;
        }
        let empty = |row: &usize| array.is_null(*row) || texts.as_ref().is_some_and(|texts| texts.get(*row).is_none());
        for row in (0..array.len()).filter(empty) {
            mistakes.add("empty-cell", Cell::empty(self.row(row), name), EMPTY_CELL, "fill it in");
        }
    }
}

/// Columns of numbers in which a point may stand between thousands.
const GROUPED: &[&str] = &[
    "unit_price_usd",
    "gross_weight_kg",
    "amount_usd",
    "price_usd",
    "value_usd",
    "tpp",
    "die_area_mm2",
    "memory_bandwidth_gb_s",
    "interconnect_gb_s",
    "transistors_bn",
];

/// A column of floating-point numbers that all are millionths in few digits: the same decimals as their shortest texts, sooner.
fn plain_floats(array: &ArrayRef) -> Option<Vec<Option<Decimal>>> {
    let floats = array.as_primitive_opt::<Float64Type>()?;
    floats.iter().map(|cell| cell.map_or(Some(None), |cell| plain_float(cell).map(Some))).collect()
}

/// A number of fifteen digits at the most: no other decimal of as few is read as the same number.
#[expect(clippy::float_arithmetic, reason = "exact: what does not come back to the same bits is refused")]
fn plain_float(number: f64) -> Option<Decimal> {
    let millionths = (number * 1e6).round();
    let plain = (0.0..1e15).contains(&millionths) && number.is_sign_positive() && millionths / 1e6 == number;
    #[expect(clippy::cast_possible_truncation, reason = "whole, and below ten to the fifteenth")]
    plain.then(|| Decimal::from_millionths(millionths as i64))
}

fn joined(array: &ArrayRef) -> StringArray {
    let lists = array.as_list::<i32>();
    let texts = lists.iter().map(|list| {
        let list = cast(&list?, &DataType::Utf8)?;
        let parts: Vec<&str> = list.as_string::<i32>().iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(";"))
    });
    texts.collect()
}

/// A text cell where there is one.
pub(crate) fn text(column: &Option<StringArray>, index: usize) -> Option<&str> {
    let column = column.as_ref()?;
    if column.is_null(index) {
        return None;
    }
    Some(column.value(index)).filter(|text| !text.is_empty())
}

/// The parts of a list cell, which has `;` between them; none of an empty one.
pub(crate) fn words(cell: Option<&str>) -> Vec<String> {
    let parts = cell.into_iter().flat_map(|cell| cell.split(';'));
    parts.map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether a text is a day of the years 1000 to 1899: such a day has the form of one of the next century but for a leap day at its end.
fn is_before_the_calendar(text: &str) -> bool {
    let Some((year, rest)) = text.split_once('-') else { return false };
    let is_year = year.len() == 4 && year.parse::<u16>().is_ok_and(|year| (1_000..1_900).contains(&year));
    // 2000 is a leap year, so that no leap day of an early year is refused.
    is_year && format!("2000-{rest}").parse::<Date>().is_ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_plain_float_is_its_shortest_text(millionths in 0_i64..1_000_000_000_000_000, any in prop::num::f64::ANY) {
            #[expect(clippy::cast_precision_loss, clippy::float_arithmetic, reason = "below ten to the fifteenth")]
            let written = millionths as f64 / 1e6;
            prop_assert_eq!(plain_float(written), format!("{written}").parse().ok());
            if let Some(number) = plain_float(any) {
                prop_assert_eq!(Ok(number), format!("{any}").parse());
            }
        }
    }

    #[test]
    fn what_is_not_plain_is_left_to_its_text() {
        for number in [f64::NAN, f64::INFINITY, -1.0, -0.0, 1.0 / 3.0, 1e15, 1e-7] {
            assert_eq!(plain_float(number), None, "{number}");
        }
        assert_eq!(plain_float(5.92), "5.92".parse().ok());
    }
}
