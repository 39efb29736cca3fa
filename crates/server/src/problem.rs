//! Refusals as RFC 9457 has them.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tollgate_desk::DeskError;
use tollgate_ledger::Status;
use tollgate_model::Diagnostic;
use utoipa::{IntoResponses, ToSchema};

const PROBLEM: &str = "application/problem+json";

/// A refusal as RFC 9457 has it, with a code that stays the same and the mend.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    /// A word for programs.
    pub(crate) code: &'static str,
    pub(crate) detail: String,
    pub(crate) mend: String,
    /// Seconds after which to ask again.
    pub(crate) retry: u64,
}

/// A refusal (RFC 9457).
#[derive(Serialize, ToSchema)]
pub(super) struct ProblemDetails {
    /// `urn:tollgate:` and the code.
    r#type: String,
    title: String,
    status: u16,
    /// A word for programs; it stays the same.
    code: String,
    /// What is wrong.
    detail: String,
    /// What to do about it.
    mend: String,
}

/// Gives a refusal that a library made the form of all others.
pub(super) async fn in_one_form(response: Response) -> Response {
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE);
    let page = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if !(status.is_client_error() || status.is_server_error()) || page || kind.is_some_and(|kind| kind == PROBLEM) {
        return response;
    }
    let text = match axum::body::to_bytes(response.into_body(), 4_096).await {
        Ok(body) => String::from_utf8_lossy(&body).into_owned(),
        // Longer than a sentence, or cut off: the status says enough.
        Err(_) => String::new(),
    };
    let detail = if text.is_empty() { status.canonical_reason().unwrap_or("refused").to_owned() } else { text };
    Problem::new(status, "bad_request", detail, "see docs/openapi.json for what this request takes").into_response()
}

/// How every request can be refused.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes what Problem becomes")]
pub(super) enum Refusals {
    /// Refused: nothing was done.
    #[response(status = "4XX", content_type = "application/problem+json")]
    Refused(ProblemDetails),
    /// It cannot be done now.
    #[response(status = "5XX", content_type = "application/problem+json")]
    Unavailable(ProblemDetails),
}

impl Problem {
    pub(crate) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>, mend: &str) -> Problem {
        Problem { status, code, detail: detail.into(), mend: mend.to_owned(), retry: 1 }
    }

    /// Too much is waiting.
    pub(crate) fn busy() -> Problem {
        let mend = "ask again after the seconds that Retry-After names";
        Problem::new(StatusCode::TOO_MANY_REQUESTS, "busy", "too much is waiting to be recorded", mend)
    }

    /// Somebody asks too often.
    pub(crate) fn too_many(what: &str, seconds: u64) -> Problem {
        let mend = "ask again after the seconds that Retry-After names";
        Problem { retry: seconds, ..Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", what, mend) }
    }
}

impl From<DeskError> for Problem {
    fn from(error: DeskError) -> Problem {
        let status = match &error {
            DeskError::Unusable { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            DeskError::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            DeskError::Refused(status) => match status {
                Status::OverLimit | Status::ReservationClosed | Status::IdTaken => StatusCode::CONFLICT,
                Status::UnknownReservation | Status::UnknownPosting => StatusCode::NOT_FOUND,
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            },
            DeskError::UnknownOrder | DeskError::UnknownProposal => StatusCode::NOT_FOUND,
            DeskError::FourEyes => StatusCode::FORBIDDEN,
            DeskError::AlreadyDecided(_)
            | DeskError::Held(_)
            | DeskError::NotHeld
            | DeskError::ReleasedAlready
            | DeskError::ShippedInPart
            | DeskError::ConcludedAlready => StatusCode::CONFLICT,
        };
        let Diagnostic { code, what, mend, .. } = error.diagnostic();
        Problem::new(status, code, what, &mend)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = ProblemDetails {
            r#type: format!("urn:tollgate:{}", self.code),
            title: self.status.canonical_reason().unwrap_or("Refused").to_owned(),
            status: self.status.as_u16(),
            code: self.code.to_owned(),
            detail: self.detail,
            mend: self.mend,
        };
        let mut response = (self.status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM));
        if matches!(self.status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(self.retry));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
