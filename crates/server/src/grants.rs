//! What is put on record of who may do what.

use tollgate_ledger::Status;
use tollgate_lists::is_set_name;

use super::access::Access;
use super::orders::{unavailable, unusable};
use super::problem::Problem;
use super::{Shared, note};

/// Whether a name is one that a user or a token may have.
pub(super) fn named(name: &str) -> Result<(), Problem> {
    if is_set_name(name) && name.len() <= 64 {
        return Ok(());
    }
    Err(unusable("`name` is not usable", "use 1 to 64 letters, digits, `-` and `_`"))
}

/// Puts on record who may do what.
pub(super) async fn record(app: &Shared, actor: &str, id: &str, access: &Access) -> Result<Status, Problem> {
    let applied = app.record(vec![note("access", actor, id, access)?]).await?;
    app.refresh_directory().await?;
    applied.first().map(|applied| applied.status).ok_or_else(|| unavailable("the ledger gave no answer"))
}
