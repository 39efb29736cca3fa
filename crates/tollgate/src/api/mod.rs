//! The service: HTTP and JSON in front of the same deciding and counting as the commands.

mod access;
mod orders;
mod problem;
mod reads;
mod request;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Router, serve as serve_http};
use tollgate_law::Policy;
use tollgate_ledger::{Applied, Command, Entry, Ledger, LedgerError, Status, Writer};
use tollgate_screening::Screener;

pub(crate) use access::{Access, Role, new_token, token_hash};
use access::{Right, admit};
use problem::Problem;

use crate::service::{AnyLog, Decider, Tables, now, today};

/// Requests that may wait for the ledger before others are asked to come back later.
const WAITING: usize = 4_096;
/// The largest body of a request, in bytes.
const LARGEST: usize = 256 * 1024;

type Shared = Arc<App>;

/// What the service is made of.
pub(crate) struct App {
    pub(crate) policy: Arc<Policy>,
    pub(crate) tables: Arc<Tables>,
    pub(crate) screener: Screener,
    /// Basis points.
    pub(crate) threshold: u32,
    decider: Mutex<Decider>,
    writer: Writer<AnyLog>,
    counts: Counts,
}

#[derive(Debug, Default)]
struct Counts {
    requests: AtomicU64,
    refusals: AtomicU64,
}

impl App {
    pub(crate) fn new(
        (policy, tables): (Arc<Policy>, Arc<Tables>),
        (screener, threshold): (Screener, u32),
        ledger: Ledger<AnyLog>,
    ) -> App {
        let decider = Mutex::new(Decider::new(Arc::clone(&policy), Arc::clone(&tables)));
        let writer = Writer::start(ledger, WAITING, now);
        App { policy, tables, screener, threshold, decider, writer, counts: Counts::default() }
    }

    fn decider(&self) -> MutexGuard<'_, Decider> {
        self.decider.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the ledger between two commits.
    async fn with_ledger<T: Send + 'static>(
        &self,
        look: impl FnOnce(&mut Ledger<AnyLog>) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let (give, take) = tokio::sync::oneshot::channel();
        // Who asked may have gone away meanwhile.
        self.writer.look(move |ledger| drop(give.send(look(ledger)))).map_err(|_| Problem::busy())?;
        take.await.map_err(|_| orders::unavailable("the ledger stopped"))
    }

    async fn admit(&self, headers: &HeaderMap, right: Right) -> Result<String, Problem> {
        let access = self.with_ledger(|ledger| ledger.access().to_vec()).await?;
        admit(headers, &access, today(), right)
    }

    /// Records entries for good.
    async fn record(&self, entries: Vec<Entry>) -> Result<Vec<Applied>, Problem> {
        let (give, take) = tokio::sync::oneshot::channel::<Result<Vec<Applied>, LedgerError>>();
        self.writer.record(entries, move |result| drop(give.send(result))).map_err(|_| Problem::busy())?;
        let result = take.await.map_err(|_| orders::unavailable("the ledger stopped"))?;
        result.map_err(|error| orders::unavailable(&error.to_string()))
    }

    async fn command(&self, actor: &str, command: Command) -> Result<(), Problem> {
        let applied = self.record(vec![Entry::Command { actor: actor.to_owned(), command }]).await?;
        match applied.first().map(|applied| applied.status) {
            Some(Status::Done) => Ok(()),
            Some(status) => Err(orders::refused(status)),
            None => Err(orders::unavailable("the ledger gave no answer")),
        }
    }

    /// What is left of a reservation, and whether it is open.
    async fn left(&self, reservation: &str) -> Result<(i64, bool), Problem> {
        let id = reservation.to_owned();
        let left = self.with_ledger(move |ledger| ledger.state().reservation(&id)).await?;
        left.ok_or_else(|| orders::refused(Status::UnknownReservation))
    }
}

fn router(app: Shared) -> Router {
    Router::new()
        .route("/v1/orders", post(orders::decide))
        .route("/v1/orders/{order}/lines/{line}", get(orders::read))
        .route("/v1/orders/{order}/lines/{line}/ship", post(orders::ship))
        .route("/v1/orders/{order}/lines/{line}/cancel", post(orders::cancel))
        .route("/v1/allocations", get(reads::allocations))
        .route("/v1/screen", post(reads::screen))
        .route("/v1/policy", get(reads::policies))
        .route("/v1/records", get(reads::records))
        .route("/metrics", get(reads::metrics))
        .route("/healthz", get(reads::health))
        .route("/readyz", get(reads::ready))
        .fallback(nothing_here)
        .method_not_allowed_fallback(not_so)
        .layer(DefaultBodyLimit::max(LARGEST))
        .layer(from_fn_with_state(Arc::clone(&app), counted))
        .with_state(app)
}

async fn nothing_here() -> Problem {
    let mend = "see docs/service.md for what there is";
    Problem::new(StatusCode::NOT_FOUND, "not_found", "there is nothing at this address", mend)
}

async fn not_so() -> Problem {
    let mend = "see docs/service.md for the method";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "this address takes another method", mend)
}

async fn counted(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    app.counts.requests.fetch_add(1, Ordering::Relaxed);
    if response.status().is_client_error() || response.status().is_server_error() {
        app.counts.refusals.fetch_add(1, Ordering::Relaxed);
    }
    response
}

/// Serves until the process is asked to stop; what was begun is ended first.
pub(crate) fn serve(app: App, address: &str, listening: impl FnOnce(std::net::SocketAddr)) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("cannot start threads: {error}"))?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(address).await.map_err(|error| {
            format!("{address}: cannot listen: {error}\n  mend: give --listen an address of this machine and a port that is free")
        })?;
        let local = listener.local_addr().map_err(|error| error.to_string())?;
        listening(local);
        let app = Arc::new(app);
        serve_http(listener, router(app)).with_graceful_shutdown(asked_to_stop()).await.map_err(|error| error.to_string())
    })
}

async fn asked_to_stop() {
    // Where no signal can be awaited, the process ends by it.
    let ended = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = ended => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
