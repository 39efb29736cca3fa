//! Signed checkpoints of the log on a schedule, into a folder (docs/audit-log.md).

use std::path::Path;
use std::sync::PoisonError;
use std::time::Duration;

use tollgate_ledger::{AnchorError, AnyLog, Publication, Publisher, SecretKey, open_log_to_read};

use super::Shared;

/// Who signs checkpoints of the log, where they go, and how often.
pub struct Checkpoints {
    publisher: Publisher,
    /// A connection of its own: what is recorded does not wait for it.
    log: AnyLog,
    period: Duration,
    /// Whether the tiles that were there at the start are those of what was signed.
    checked: bool,
}

impl Checkpoints {
    /// Goes on from the checkpoints of a folder: an error where the log does not hold what was signed last. `key` is the file of the secret key,
    /// `address` that of the ledger's database.
    pub fn start(folder: &Path, key: &Path, address: &str, period: Duration) -> Result<Checkpoints, String> {
        let signer = SecretKey::read(key).map_err(|error| error.to_string())?;
        let publisher = Publisher::open(folder, Box::new(signer)).map_err(|error| error.to_string())?;
        let mut checkpoints = Checkpoints { publisher, log: open_log_to_read(address)?, period, checked: false };
        // A log of which nothing was signed yet may be long: its first checkpoint does not hold up the start.
        if checkpoints.publisher.size() > 0 {
            checkpoints.publish().map_err(|error| error.to_string())?;
        }
        Ok(checkpoints)
    }

    fn publish(&mut self) -> Result<Publication, AnchorError> {
        self.publisher.publish(&mut self.log)
    }

    /// Signs what was recorded since; the first time all tiles are held against what was signed before, which a start does not wait for.
    fn publish_checked(&mut self) -> Result<Publication, AnchorError> {
        if !self.checked {
            self.publisher.check_tiles()?;
            self.checked = true;
        }
        self.publish()
    }
}

/// Signs what was recorded since the last time, time after time. Where the log is not the one that was signed, the service is to end.
pub(super) async fn publish_on_schedule(app: Shared) {
    let taken = app.checkpoints.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some(mut checkpoints) = taken else { return };
    loop {
        let period = checkpoints.period;
        // Reading and signing block.
        let work = tokio::task::spawn_blocking(move || {
            let published = checkpoints.publish_checked();
            (checkpoints, published)
        });
        let Ok((back, published)) = work.await else {
            tracing::error!("signing checkpoints ended by a fault of the program: start Tollgate anew");
            return;
        };
        checkpoints = back;
        match published {
            Ok(Publication { size, .. }) => app.telemetry.set_signed(size),
            Err(error @ AnchorError::Inconsistent(_)) => {
                let text = error.to_string();
                app.fatal.send_if_modified(|known| known.is_none() && known.insert(text.clone()) == &text);
                return;
            }
            Err(error) => tracing::error!("no checkpoint was signed: {error}"),
        }
        tokio::time::sleep(period).await;
    }
}
