//! Orders: decided, reserved, held and released, amended, shipped, canceled.

mod amend;
mod decide;
mod moves;

use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use tollgate_desk::DeskError;
use tollgate_ledger::Status;
use tollgate_model::Date;
use utoipa::IntoParams;

pub(super) use amend::{__path_amend, amend, amend_order};
pub(super) use decide::{__path_decide, decide, record_order, try_order};
pub(super) use moves::{
    __path_cancel, __path_correct, __path_read, __path_release, __path_ship, Corrected, cancel, cancel_line, correct,
    correct_shipment, held, read, release, release_line, ship, ship_line,
};

use super::problem::Problem;

/// Which line of which order.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct LineAddress {
    /// The order's id.
    order: String,
    /// The line's number.
    line: i64,
}

/// What a write is known by.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes a header that is read by hand")]
pub(super) struct WriteKey {
    /// A word for this write, new for each and the same when it is repeated.
    #[param(rename = "Idempotency-Key", pattern = "^[!-~]{1,64}$")]
    idempotency_key: String,
}

pub(super) fn day(member: &str, text: &str) -> Result<Date, Problem> {
    text.parse().map_err(|_| unusable(&format!("`{member}` is no day"), "write it as YYYY-MM-DD"))
}

pub(super) fn idempotency_key(headers: &HeaderMap) -> Result<String, Problem> {
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).map(str::trim);
    let fits = |key: &&str| (1..=64).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    key.filter(fits).map(str::to_owned).ok_or_else(|| {
        let mend = "send `Idempotency-Key` with a new word for each write (1 to 64 printable characters), and the same one when you repeat it";
        Problem::new(StatusCode::BAD_REQUEST, "no_idempotency_key", "the request has no usable Idempotency-Key", mend)
    })
}

pub(super) fn bad_json(error: &JsonRejection) -> Problem {
    let mend = "send JSON of the form that docs/openapi.json describes, with Content-Type: application/json";
    Problem::new(error.status(), "bad_request", error.body_text(), mend)
}

pub(super) fn unusable(what: &str, mend: &str) -> Problem {
    DeskError::unusable(what, mend).into()
}

/// The ledger cannot be used now, and why; a mend that the reason has itself is given in the place of the usual one.
pub(super) fn unavailable(what: &str) -> Problem {
    let problem = |what: &str| Problem::from(DeskError::Unavailable(what.to_owned()));
    match what.split_once("\n  mend: ") {
        Some((what, mend)) => Problem { mend: mend.to_owned(), ..problem(what) },
        None => problem(what),
    }
}

/// A status of the ledger as an answer.
pub(super) fn refused(status: Status) -> Problem {
    DeskError::Refused(status).into()
}
