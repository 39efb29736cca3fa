//! Stakes from JSON as their publishers write them.

use std::path::Path;

use serde_json::Value;
use tollgate_model::Stake;

use crate::error::{InputError, InputErrors};
use crate::{bods, gleif};

/// Reads an array of GLEIF relationship records or of Open Ownership statements; the first element says which.
pub(crate) fn read_json(path: &Path) -> Result<Vec<Stake>, InputErrors> {
    let wrong = |what: String| InputErrors(vec![InputError::file(path, what, bods::MEND)]);
    let text = std::fs::read_to_string(path).map_err(|error| wrong(format!("cannot be read: {error}")))?;
    let value: Value = serde_json::from_str(&text).map_err(|error| wrong(format!("is no JSON: {error}")))?;
    let Some(records) = value.as_array() else { return Err(wrong("is no array of statements".to_owned())) };
    match records.first().is_some_and(|first| first.get("Relationship").is_some()) {
        true => gleif::stakes(records, path),
        false => bods::stakes(records, path),
    }
}
