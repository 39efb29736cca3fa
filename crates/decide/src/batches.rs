//! The batches of an orders table, read on a thread of their own.

use std::sync::atomic::Ordering;
use std::sync::mpsc::sync_channel;

use tollgate_model::Stop;
use tollgate_records::{OrderBatch, OrderReader};

use super::error::RunError;

/// Does something with each batch of an open orders table, which is read on a thread of its own.
///
/// # Errors
/// What is wrong with the table, what `each` says, and the end that was asked for.
pub fn for_each_batch_of(
    mut reader: OrderReader,
    stop: &Stop,
    each: &mut dyn FnMut(OrderBatch) -> Result<(), RunError>,
) -> Result<(), RunError> {
    std::thread::scope(|scope| {
        let (sender, receiver) = sync_channel(4);
        scope.spawn(move || {
            while let Some(batch) = reader.next_batch() {
                if sender.send(batch).is_err() {
                    return;
                }
            }
        });
        for batch in receiver {
            if stop.load(Ordering::Relaxed) {
                return Err(RunError::Stopped);
            }
            each(batch?)?;
        }
        Ok(())
    })
}
