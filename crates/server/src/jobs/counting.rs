//! What the lines of an upload count among themselves, in order of date, as `tollgate check` counts a file.

use std::path::Path;

use tollgate_decide::{Decider, FileCounts, is_decided_by};
use tollgate_model::{Date, OrderLine};
use tollgate_records::{OrderBatch, OrderReader};

/// Lines of a file of which the counts are held in memory, at the most.
pub(super) const MOST: u64 = 1_000_000;

/// Bytes of texts of a file of which the counts are held in memory, at the most.
const MOST_TEXT_BYTES: usize = 1 << 30;

/// A line's place: its day, then the place in the file.
type FilePlace = (Date, usize, usize);

fn is_read(line: &OrderLine<'_>) -> bool {
    !line.unread.iter().any(|cell| is_decided_by(&cell.column))
}

/// What each line of a file is decided on, in the order of the file: what the lines before it by date had counted. Lines that cannot be decided count
/// nothing. An error says what is wrong with the file.
pub(super) fn counts_within(orders: &Path, mut decider: Decider) -> Result<Vec<FileCounts>, String> {
    let mut reader = OrderReader::open_by_line(orders).map_err(|errors| errors.to_string())?;
    let mut batches: Vec<OrderBatch> = Vec::new();
    let mut text_bytes = 0_usize;
    while let Some(batch) = reader.next_batch() {
        let batch = batch.map_err(|errors| errors.to_string())?;
        text_bytes = text_bytes.saturating_add(batch.text_bytes());
        if text_bytes > MOST_TEXT_BYTES {
            return Err(format!(
                "the file has more than {MOST_TEXT_BYTES} bytes of texts, more than can be counted at a time\n  mend: split it by years, or use `tollgate decide`"
            ));
        }
        batches.push(batch);
    }
    let mut places: Vec<(FilePlace, usize)> = Vec::new();
    for (at, batch) in batches.iter().enumerate() {
        for (index, line) in batch.lines().enumerate() {
            places.push(((line.date, at, index), places.len()));
        }
    }
    let line = |(_, batch, index): &FilePlace| batches.get(*batch).and_then(|batch| batch.line(*index));
    let read = || places.iter().filter_map(|(place, _)| line(place)).filter(is_read);
    if read().any(|line| line.line > 1) {
        // An item that is not known costs its line, which is said where the line is decided.
        read().for_each(|line| drop(decider.add_to_shipment(&line)));
    }
    let mut counts = vec![FileCounts::default(); places.len()];
    places.sort_unstable();
    for (place, row) in &places {
        let Some(line) = line(place).filter(is_read) else { continue };
        if decider.check_item(line.item).is_err() {
            continue;
        }
        if let (Ok(decided), Some(counts)) = (decider.decide(&line), counts.get_mut(*row)) {
            *counts = decided.file_counts();
        }
    }
    Ok(counts)
}
