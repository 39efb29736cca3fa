//! What the service says of itself: a line for each request, and counters.

use std::sync::Mutex;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use tollgate_model::{count_of, never};
use tracing::Instrument as _;
use tracing::field::Empty;

use super::Shared;
use super::problem::in_one_form;

/// How the service logs to standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Logging {
    /// Nothing.
    Off,
    /// Lines for people.
    Text,
    /// A JSON object a line.
    Json,
}

/// Starts writing the log to standard error.
pub fn start_log(logging: Logging) {
    let base = tracing_subscriber::fmt().with_writer(std::io::stderr).with_target(false).with_ansi(false);
    // A second start in one process is a test's: the first one's log goes on.
    let _already_started = match logging {
        Logging::Off => Ok(()),
        Logging::Text => base.try_init(),
        Logging::Json => base.json().flatten_event(true).try_init(),
    };
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: &'static str,
    path: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Place {
    path: String,
}

/// All counters.
pub(super) struct Telemetry {
    registry: Mutex<Registry>,
    requests: Family<RequestLabels, Counter>,
    seconds: Family<Place, Histogram>,
    records: Gauge,
    accounts: Gauge,
    signed: Gauge,
}

/// From half a millisecond to eight seconds.
fn buckets() -> Histogram {
    Histogram::new((0..15).map(|power| 0.0005 * f64::from(1 << power)))
}

impl Default for Telemetry {
    fn default() -> Telemetry {
        let mut registry = Registry::with_prefix("tollgate");
        let requests = Family::<RequestLabels, Counter>::default();
        let seconds = Family::<Place, Histogram>::new_with_constructor(buckets);
        let (records, accounts, signed) = (Gauge::default(), Gauge::default(), Gauge::default());
        registry.register("requests", "Requests that were answered", requests.clone());
        registry.register("request_seconds", "Time to answer", seconds.clone());
        registry.register("log_records", "Records of the audit log", records.clone());
        registry.register("accounts", "Allocation accounts", accounts.clone());
        registry.register("signed_records", "Records that the latest signed checkpoint covers", signed.clone());
        Telemetry { registry: Mutex::new(registry), requests, seconds, records, accounts, signed }
    }
}

/// Shows a count; one that no gauge can show stays as it was, which is loud where we test.
fn show(gauge: &Gauge, count: u64) {
    match i64::try_from(count) {
        Ok(count) => {
            let _count_before = gauge.set(count);
        }
        Err(_) => never!("{count} cannot be shown"),
    }
}

impl Telemetry {
    /// Shows how many records and accounts the ledger has.
    pub(super) fn set_ledger(&self, records: u64, accounts: usize) {
        show(&self.records, records);
        show(&self.accounts, count_of(accounts));
    }

    /// Shows how many records the latest signed checkpoint covers.
    pub(super) fn set_signed(&self, records: u64) {
        show(&self.signed, records);
    }

    /// In Prometheus' text form.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        let registry = self.registry.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let _into_memory = prometheus_client::encoding::text::encode(&mut text, &registry);
        text
    }
}

/// A method by its name; all that this service takes none of are `other`: a client could make up any number of them.
fn method_label(method: &Method) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    KNOWN.into_iter().find(|known| *known == method.as_str()).unwrap_or("other")
}

/// Counts a request and logs it. Nothing that a client sends stands in the log but the method and the name that its token has.
#[expect(clippy::disallowed_methods, reason = "measures how long an answer takes")]
pub(super) async fn counted(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let start = Instant::now();
    let path = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let method = method_label(request.method());
    let span = tracing::info_span!("request", method, path, caller = Empty);
    let response = in_one_form(next.run(request).instrument(span.clone()).await).await;
    let (status, seconds) = (response.status().as_u16(), start.elapsed().as_secs_f64());
    span.in_scope(|| tracing::info!(status, ms = seconds * 1e3, "answered"));
    app.telemetry.seconds.get_or_create(&Place { path: path.clone() }).observe(seconds);
    app.telemetry.requests.get_or_create(&RequestLabels { method, path, status }).inc();
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_that_a_client_made_up_is_no_label_of_its_own() {
        let long = "X".repeat(100_000);
        let method = |name: &str| Method::from_bytes(name.as_bytes()).unwrap();
        assert_eq!(
            ["GET", "DELETE", "BREW", &long].map(|name| method_label(&method(name))),
            ["GET", "DELETE", "other", "other"]
        );
    }
}
