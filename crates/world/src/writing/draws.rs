//! The first draws of a study, one by one, as Parquet: for notebooks.

use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, Int32Array, Int64Array, StringArray};
use tollgate_decide::RunError;
use tollgate_lab::KeptDraws;

use super::parquet_file::ParquetFile;

/// `draws.parquet` (draw, arm, year, place, output, unit, value) and `parameters.parquet` (draw, name, unit, value), which appear when they are committed.
pub struct DrawFiles {
    draws: ParquetFile,
    parameters: ParquetFile,
}

/// Rows of one table, column by column.
#[derive(Default)]
struct DrawRows<'a> {
    draw: Vec<i64>,
    arm: Vec<&'a str>,
    year: Vec<i32>,
    place: Vec<&'a str>,
    output: Vec<&'a str>,
    unit: Vec<&'a str>,
    value: Vec<f64>,
}

/// Rows that are encoded together, at the least.
const ROWS: usize = 262_144;

impl DrawFiles {
    /// Writes draws to a folder. Fails where a file cannot be written.
    pub fn write(draws: &KeptDraws, folder: &Path) -> Result<DrawFiles, RunError> {
        let mut files = DrawFiles {
            draws: ParquetFile::create(&folder.join("draws.parquet"))?,
            parameters: ParquetFile::create(&folder.join("parameters.parquet"))?,
        };
        files.write_parameters(draws)?;
        let mut rows = DrawRows::default();
        let mut values = draws.values.iter();
        for (draw, _) in (0_i64..).zip(&draws.points) {
            for arm in &draws.arms {
                for output in &draws.outputs {
                    for (year, value) in draws.years.iter().zip(&mut values) {
                        rows.draw.push(draw);
                        rows.arm.push(arm);
                        rows.year.push(*year);
                        rows.place.push(output.place);
                        rows.output.push(output.name);
                        rows.unit.push(output.unit);
                        rows.value.push(*value);
                    }
                }
            }
            if rows.value.len() >= ROWS {
                files.write_rows(std::mem::take(&mut rows))?;
            }
        }
        files.write_rows(rows)?;
        Ok(files)
    }

    fn write_rows(&mut self, rows: DrawRows<'_>) -> Result<(), RunError> {
        let texts = |texts: Vec<&str>| Arc::new(StringArray::from(texts)) as ArrayRef;
        self.draws.write(vec![
            ("draw", Arc::new(Int64Array::from(rows.draw)) as ArrayRef),
            ("arm", texts(rows.arm)),
            ("year", Arc::new(Int32Array::from(rows.year)) as ArrayRef),
            ("place", texts(rows.place)),
            ("output", texts(rows.output)),
            ("unit", texts(rows.unit)),
            ("value", Arc::new(Float64Array::from(rows.value)) as ArrayRef),
        ])
    }

    fn write_parameters(&mut self, draws: &KeptDraws) -> Result<(), RunError> {
        let (mut draw, mut name, mut unit, mut value) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (number, point) in (0_i64..).zip(&draws.points) {
            for ((of, in_unit), number_there) in draws.parameters.iter().zip(point) {
                draw.push(number);
                name.push(of.as_str());
                unit.push(in_unit.as_str());
                value.push(*number_there);
            }
        }
        self.parameters.write(vec![
            ("draw", Arc::new(Int64Array::from(draw)) as ArrayRef),
            ("name", Arc::new(StringArray::from(name)) as ArrayRef),
            ("unit", Arc::new(StringArray::from(unit)) as ArrayRef),
            ("value", Arc::new(Float64Array::from(value)) as ArrayRef),
        ])
    }

    /// Puts both files in their places.
    pub fn commit(self) -> Result<(), RunError> {
        self.draws.commit()?;
        self.parameters.commit()
    }
}
