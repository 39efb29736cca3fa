//! What somebody typed into a form, kept where the session ended before the form was sent: it goes along in the address to which one comes back.

use axum::body::{Body, Bytes};
use axum::extract::{Form, FromRequest, Request};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::View;

/// Fields that are not what somebody typed: secrets, and what a page makes anew.
const NOT_KEPT: [&str; 6] = ["csrf", "key", "next", "password", "old", "new"];
/// Fields by which a form is told from others on its page; they are not shown.
const TELLING: [&str; 9] = ["act", "order", "line", "proposal", "list", "entry", "finding", "shipment", "last"];
/// The longest text that is kept, in bytes of the address: a head of a request holds no more.
const LONGEST: usize = 40_000;
/// The name in the address.
const PARAMETER: &str = "kept";
/// In the place of a text that is too long.
const LOST: &str = "lost";

/// A form that was sent, with its fields as they were typed.
pub(super) struct SentForm<T> {
    form: T,
    fields: Vec<(String, String)>,
}

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequest<S> for SentForm<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<SentForm<T>, Response> {
        let (parts, body) = request.into_parts();
        let whole = Bytes::from_request(Request::from_parts(parts.clone(), body), state).await;
        let whole = whole.map_err(IntoResponse::into_response)?;
        let again = || Request::from_parts(parts.clone(), Body::from(whole.clone()));
        let read = Form::from_request(again(), state).await.map_err(IntoResponse::into_response)?;
        let fields = Form::from_request(again(), state).await.map_err(IntoResponse::into_response)?;
        Ok(SentForm { form: read.0, fields: fields.0 })
    }
}

/// The address of a page with what was typed there.
fn address(page: &str, fields: &[(String, String)]) -> String {
    let typed: Vec<_> =
        fields.iter().filter(|(name, text)| !NOT_KEPT.contains(&name.as_str()) && !text.is_empty()).collect();
    if typed.iter().all(|(name, _)| TELLING.contains(&name.as_str())) {
        return page.to_owned();
    }
    let kept = URL_SAFE_NO_PAD.encode(json!(typed).to_string());
    let kept = if kept.len() > LONGEST { LOST } else { &kept };
    let mark = if page.contains('?') { '&' } else { '?' };
    format!("{page}{mark}{PARAMETER}={kept}")
}

impl View {
    /// The form, and the view of somebody who comes back to a page with what was typed there: after logging in, where the session ended, or by a
    /// link, where the form is of another session.
    pub(super) fn keeping<T>(mut self, sent: SentForm<T>, page: impl FnOnce(&T) -> String) -> (View, T) {
        let back = address(&page(&sent.form), &sent.fields);
        if self.caller.is_none() {
            self.here.clone_from(&back);
        }
        self.again = Some(back);
        (self, sent.form)
    }

    /// What was typed before the session ended, as every page shows it: all fields, and those that people read. Null where there is nothing.
    pub(super) fn kept(&self) -> Value {
        let query = self.here.split_once('?').map_or("", |(_, query)| query);
        let kept = query.split('&').find_map(|pair| pair.strip_prefix(PARAMETER)?.strip_prefix('='));
        let Some(kept) = kept else { return Value::Null };
        if kept == LOST {
            return json!({ "fields": [], "shown": [], "is_lost": true });
        }
        let read = URL_SAFE_NO_PAD.decode(kept).ok();
        let read = read.and_then(|bytes| serde_json::from_slice::<Vec<(String, String)>>(&bytes).ok());
        let Some(mut fields) = read else { return Value::Null };
        fields.retain(|(name, _)| !NOT_KEPT.contains(&name.as_str()));
        let shown: Vec<_> = fields.iter().filter(|(name, _)| !TELLING.contains(&name.as_str())).collect();
        json!({ "fields": json!(fields).to_string(), "shown": shown, "is_lost": false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_goes_along_and_secrets_do_not() {
        let field = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        let fields =
            [field("csrf", "s"), field("act", "comment"), field("text", "電話した & <b>"), field("password", "p")];
        let back = address("/cases/C1", &fields);
        let kept = back.strip_prefix("/cases/C1?kept=").unwrap();
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(kept).unwrap()).unwrap();
        assert_eq!(text, r#"[["act","comment"],["text","電話した & <b>"]]"#);
        assert_eq!(address("/x", &fields[..2]), "/x");
        assert_eq!(address("/x?a=1", &[field("names", &"n".repeat(40_000))]), "/x?a=1&kept=lost");
    }
}
