//! The file of a job's results: a line for each line of the upload, in its order.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::Path as FilePath;

use serde_json::Value;
use tollgate_model::count_of;

/// Bytes of results in one answer, about.
const PAGE: u64 = 1 << 20;

/// The file of results without a line that was cut off, and how many it has.
pub(super) fn results_so_far(path: &FilePath) -> std::io::Result<(File, u64)> {
    let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
    let (mut whole, mut had) = (0, 0);
    let mut reader = BufReader::new(&file);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 && line.ends_with(b"\n") {
        whole += count_of(line.len());
        had += 1;
        line.clear();
    }
    file.set_len(whole)?;
    file.seek(SeekFrom::End(0))?;
    Ok((file, had))
}

/// Results from a place on, and where each of them ends.
pub(super) fn page(path: &FilePath, cursor: u64) -> (Vec<Value>, Vec<u64>) {
    let (mut results, mut ends) = (Vec::new(), Vec::new());
    let mut next = cursor;
    let Ok(mut file) = File::open(path) else { return (results, ends) };
    if file.seek(SeekFrom::Start(cursor)).is_err() {
        return (results, ends);
    }
    let mut reader = BufReader::new(file.take(PAGE.saturating_mul(2)));
    let mut line = Vec::new();
    while next - cursor < PAGE && reader.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        // A line that is being written, or a cursor that points into one.
        let Some(Ok(result)) = line.strip_suffix(b"\n").map(serde_json::from_slice) else { break };
        next += count_of(line.len());
        results.push(result);
        ends.push(next);
        line.clear();
    }
    (results, ends)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use serde_json::json;

    use super::*;

    #[test]
    fn a_result_that_was_cut_off_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("results.jsonl");
        std::fs::write(&path, "{\"row\":1}\n{\"row\":2}\n{\"ro").unwrap();
        let (mut file, had) = results_so_far(&path).unwrap();
        assert_eq!(had, 2);
        writeln!(file, "{{\"row\":3}}").unwrap();
        let (results, ends) = page(&path, 10);
        assert_eq!((results, ends), (vec![json!({ "row": 2 }), json!({ "row": 3 })], vec![20, 30]));
        assert_eq!(page(&path, 30), (Vec::new(), Vec::new()));
        assert_eq!(page(&path, 7).0, Vec::<Value>::new());
    }
}
