//! Columns of texts, which may stand as numbers of the distinct ones, and numbers for texts from batch to batch.

use arrow_array::cast::AsArray as _;
use arrow_array::types::Int32Type;
use arrow_array::{Array, ArrayRef, DictionaryArray, StringArray};
use tollgate_model::never;

/// A column of texts, as they stand or as numbers of the distinct ones.
#[derive(Clone, Debug)]
pub enum Texts {
    /// A text a row.
    Plain(StringArray),
    /// A number a row, of a text among the distinct ones.
    Coded(DictionaryArray<Int32Type>),
}

impl Texts {
    /// The text of a row; none where the cell is empty.
    pub fn get(&self, row: usize) -> Option<&str> {
        match self {
            Texts::Plain(texts) => (row < texts.len() && texts.is_valid(row)).then(|| texts.value(row)),
            Texts::Coded(texts) => {
                let place = usize::try_from(*texts.keys().values().get(row).filter(|_| texts.is_valid(row))?).ok()?;
                let values = texts.values().as_string_opt::<i32>()?;
                (place < values.len() && values.is_valid(place)).then(|| values.value(place))
            }
        }
        .filter(|text| !text.is_empty())
    }

    /// How many rows it has.
    pub fn len(&self) -> usize {
        match self {
            Texts::Plain(texts) => texts.len(),
            Texts::Coded(texts) => texts.len(),
        }
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes that its texts take, each of the distinct ones once where they are numbered.
    pub(crate) fn bytes(&self) -> usize {
        let values = match self {
            Texts::Plain(texts) => Some(texts),
            Texts::Coded(texts) => texts.values().as_string_opt::<i32>(),
        };
        let bytes = |texts: &StringArray| texts.offsets().last()?.checked_sub(*texts.offsets().first()?);
        values.and_then(bytes).and_then(|bytes| usize::try_from(bytes).ok()).unwrap_or(0)
    }

    /// The rows at some places, in the order given; places past its end are left out.
    pub(crate) fn select(&self, places: &[usize]) -> Texts {
        let inside = places.iter().filter(|place| **place < self.len());
        Texts::Plain(inside.map(|place| self.get(*place)).collect())
    }
}

/// Numbers for the texts of a column, batch after batch: the same text has the same number whichever batch it stands in.
///
/// Batches that share their distinct texts, as those of one row group of Parquet do, look each text up once.
#[derive(Debug, Default)]
pub struct Numbering {
    /// The distinct texts of the last batch, and the number of each that was met.
    values: Option<ArrayRef>,
    known: Vec<u32>,
}

/// What an empty cell is numbered.
pub const NONE: u32 = u32::MAX;
/// A distinct text that was not met yet.
const UNMET: u32 = u32::MAX - 1;

impl Numbering {
    /// The number of each row's text, [`NONE`] where the cell is empty; `number` is asked for texts that this column has not met.
    pub fn number(&mut self, texts: &Texts, numbers: &mut Vec<u32>, mut number: impl FnMut(&str) -> u32) {
        numbers.clear();
        match texts {
            Texts::Plain(_) => numbers.extend((0..texts.len()).map(|row| texts.get(row).map_or(NONE, &mut number))),
            Texts::Coded(coded) => {
                self.take(coded.values());
                let values = coded.values().as_string_opt::<i32>();
                let text = |place: usize| {
                    values
                        .filter(|values| place < values.len() && values.is_valid(place))
                        .map(|values| values.value(place))
                };
                let mut number_of = |key: i32| {
                    let place = usize::try_from(key).ok();
                    let Some((place, known)) = place.and_then(|place| Some((place, self.known.get_mut(place)?))) else {
                        never!("a text has the number {key} among {} distinct ones", coded.values().len());
                        return NONE;
                    };
                    if *known == UNMET {
                        *known = text(place).filter(|text| !text.is_empty()).map_or(NONE, &mut number);
                    }
                    *known
                };
                let keys = coded.keys();
                match keys.nulls() {
                    None => numbers.extend(keys.values().iter().map(|key| number_of(*key))),
                    Some(_) => numbers.extend(keys.iter().map(|key| key.map_or(NONE, &mut number_of))),
                }
            }
        }
    }

    /// Forgets what it knew, unless the distinct texts are those of the last batch.
    fn take(&mut self, values: &ArrayRef) {
        let same = self.values.as_ref().is_some_and(|known| known.to_data().ptr_eq(&values.to_data()));
        if !same {
            self.known.clear();
            self.known.resize(values.len(), UNMET);
            self.values = Some(ArrayRef::clone(values));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_text_has_the_same_number_in_any_batch_and_form() {
        let cells = [Some("b"), None, Some("a"), Some("b"), Some("")];
        let plain = Texts::Plain(cells.into_iter().collect());
        let coded = Texts::Coded(cells.into_iter().collect());
        let other = Texts::Coded([Some("a"), Some("c")].into_iter().collect());
        let mut known: Vec<String> = Vec::new();
        let mut number = |text: &str| {
            let place = known.iter().position(|known| known == text).unwrap_or_else(|| {
                known.push(text.to_owned());
                known.len() - 1
            });
            u32::try_from(place).unwrap()
        };
        let (mut numbering, mut numbers) = (Numbering::default(), Vec::new());
        for (texts, expected) in
            [(&plain, [0, NONE, 1, 0, NONE].as_slice()), (&coded, &[0, NONE, 1, 0, NONE]), (&other, &[1, 2])]
        {
            numbering.number(texts, &mut numbers, &mut number);
            assert_eq!(numbers, expected);
        }
        assert_eq!((coded.get(0), coded.get(1), coded.get(4), coded.get(9)), (Some("b"), None, None, None));
        assert_eq!(coded.select(&[2, 9, 1]).len(), 2);
        assert_eq!(coded.select(&[2, 9, 1]).get(0), Some("a"));
    }
}
