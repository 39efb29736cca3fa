use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// A refusal as RFC 9457 has it, with a code that stays the same and the mend.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    /// A word for programs.
    pub(crate) code: &'static str,
    pub(crate) detail: String,
    pub(crate) mend: String,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>, mend: &str) -> Problem {
        Problem { status, code, detail: detail.into(), mend: mend.to_owned() }
    }

    /// Too much is waiting.
    pub(crate) fn busy() -> Problem {
        let mend = "ask again after the seconds that Retry-After names";
        Problem::new(StatusCode::TOO_MANY_REQUESTS, "busy", "too much is waiting to be recorded", mend)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let title = self.status.canonical_reason().unwrap_or("Refused");
        let body = json!({
            "type": format!("urn:tollgate:{}", self.code), "title": title, "status": self.status.as_u16(), "code": self.code,
            "detail": self.detail, "mend": self.mend,
        });
        let mut response = (self.status, Json(body)).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
