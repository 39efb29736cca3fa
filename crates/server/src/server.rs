//! What listens, and which request goes where.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum_server::Handle;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use futures_util::{Stream, StreamExt as _};
use hyper_util::rt::TokioTimer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::access::{Badge, identify};
use super::connections::Limited;
use super::problem::Problem;
use super::{
    App, Shared, checkpoints, counts, findings, jobs, last_seen, logins, oidc, operators, orders, pages, papers,
    proposals, question, reads, rebase, snapshots, telemetry, users,
};

/// The largest head of a request, in bytes.
const LARGEST_HEAD: usize = 64 * 1024;
/// The largest body of a request, in bytes; of an upload.
const LARGEST: usize = 256 * 1024;
const LARGEST_UPLOAD: usize = 1 << 30;
/// A client that sends nothing for so long is let go: in the head of a request, and between two parts of its body.
const SILENCE: Duration = Duration::from_secs(10);
/// A body that is no upload must be there so soon.
const WHOLE: Duration = Duration::from_secs(30);
/// So often it is looked whether the ledger's thread goes on.
const WATCHED: Duration = Duration::from_millis(200);
/// So often callers and addresses that have gone are forgotten.
const FORGETTING: Duration = Duration::from_secs(10);
/// Requests that are being answered when the service is to end have so long.
const GRACE: Duration = Duration::from_secs(10);

/// Where and how to listen.
pub struct Listen {
    /// Host and port.
    pub address: String,
    /// Files of the certificate chain and its key, both PEM.
    pub tls: Option<(PathBuf, PathBuf)>,
}

/// All requests under `/v1`, with their description.
pub(super) fn described() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(orders::decide))
        .routes(routes!(orders::read))
        .routes(routes!(orders::amend))
        .routes(routes!(orders::release))
        .routes(routes!(orders::ship))
        .routes(routes!(orders::cancel))
        .routes(routes!(orders::correct))
        .routes(routes!(papers::papers))
        .routes(routes!(question::ask))
        .routes(routes!(reads::allocations))
        .routes(routes!(counts::adjust))
        .routes(routes!(counts::group))
        .routes(routes!(rebase::rebase))
        .routes(routes!(operators::operator))
        .routes(routes!(findings::matches))
        .routes(routes!(findings::find_out))
        .routes(routes!(reads::screen))
        .routes(routes!(reads::policies))
        .routes(routes!(reads::records))
        .routes(routes!(jobs::read, jobs::delete))
        .routes(routes!(jobs::results))
        .routes(routes!(jobs::events))
        .routes(routes!(logins::log_in, logins::who_am_i, logins::log_out))
        .routes(routes!(logins::change_password))
        .routes(routes!(logins::set_up))
        .routes(routes!(users::users, users::add_user))
        .routes(routes!(users::remove_user))
        .routes(routes!(users::add_token))
        .routes(routes!(proposals::list))
        .routes(routes!(proposals::confirm))
        .routes(routes!(proposals::reject))
        .layer(DefaultBodyLimit::max(LARGEST))
        .layer(axum::middleware::from_fn(in_time))
        .merge(OpenApiRouter::new().routes(routes!(jobs::upload)).layer(DefaultBodyLimit::max(LARGEST_UPLOAD)))
}

fn router(app: Shared) -> Router {
    let (described, _) = described().split_for_parts();
    let fixed = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    described
        .merge(
            pages::router()
                .layer(DefaultBodyLimit::max(LARGEST))
                .layer(axum::middleware::from_fn(in_time))
                .layer(from_fn_with_state(Arc::clone(&app), pages::tell_refusals)),
        )
        .route("/setup.js", get(setup_script))
        .route("/login/oidc", get(oidc::begin))
        .route("/login/oidc/callback", get(oidc::callback))
        .route("/openapi.json", get(|| async { ([(header::CONTENT_TYPE, "application/json")], super::description()) }))
        .route("/metrics", get(reads::metrics))
        .route("/healthz", get(reads::health))
        .route("/readyz", get(reads::ready))
        .fallback(nothing_here)
        .method_not_allowed_fallback(not_so)
        .layer(RequestBodyTimeoutLayer::new(SILENCE))
        .layer(from_fn_with_state(Arc::clone(&app), telemetry::counted))
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(header::CACHE_CONTROL, "no-store"))
        .layer(fixed(
            header::CONTENT_SECURITY_POLICY,
            "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
        ))
        .layer(fixed(header::REFERRER_POLICY, "no-referrer"))
        .layer(from_fn_with_state(Arc::clone(&app), at_the_edge))
        .with_state(app)
}

/// Where all goes over TLS, a browser is told to come no other way. After a body in chunks the connection ends: a proxy that reads the request's end
/// elsewhere, by a length that it says as well, cannot be made to pass on what stands behind it as somebody's request.
async fn at_the_edge(State(app): State<Shared>, mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(Arc::clone(&app));
    let is_in_chunks = request.headers().contains_key(header::TRANSFER_ENCODING);
    let mut response = next.run(request).await;
    if is_in_chunks {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    if app.secure {
        let year = HeaderValue::from_static("max-age=31536000");
        response.headers_mut().entry(header::STRICT_TRANSPORT_SECURITY).or_insert(year);
    }
    response
}

async fn setup_script() -> ([(HeaderName, &'static str); 1], &'static str) {
    ([(header::CONTENT_TYPE, "text/javascript")], include_str!("setup.js"))
}

/// A body that is no upload must come whole within a time, however its parts come. Of somebody who is known it comes before anything else is done: what the
/// caller may do is asked when all is there, so that nobody keeps a right by sending slowly.
async fn in_time(request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let app = parts.extensions.get::<Shared>().cloned();
    let known = app.is_some_and(|app| is_known(&app, &mut parts));
    let deadline = tokio::time::Instant::now() + WHOLE;
    let timed = futures_util::stream::unfold(Some(body.into_data_stream()), move |body| async move {
        let mut body = body?;
        match tokio::time::timeout_at(deadline, body.next()).await {
            Ok(part) => part.map(|part| (part, Some(body))),
            Err(_) => Some((Err(axum::Error::new("the body took too long")), None)),
        }
    });
    let body = if known { gathered(timed).await } else { Body::from_stream(timed) };
    next.run(Request::from_parts(parts, body)).await
}

/// Whether a request carries what somebody who is known has, whatever that person may do.
fn is_known(app: &App, parts: &mut Parts) -> bool {
    let badge = Badge::of_request(app, parts);
    identify(app, &badge, &Method::GET).is_ok()
}

/// A body that came whole, or as far as it came, or as far as any may be longer than the largest.
async fn gathered(body: impl Stream<Item = Result<Bytes, axum::Error>>) -> Body {
    let mut body = std::pin::pin!(body);
    let (mut parts, mut length) = (Vec::new(), 0_usize);
    while let Some(part) = body.next().await {
        length = length.saturating_add(part.as_ref().map_or(0, Bytes::len));
        let is_over = part.is_err() || length > LARGEST;
        parts.push(part);
        if is_over {
            break;
        }
    }
    Body::from_stream(futures_util::stream::iter(parts))
}

/// Whoever reads pages is told in a page.
async fn nothing_here(view: Result<pages::View, Problem>, headers: HeaderMap) -> Response {
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    if let (Ok(view), true) = (view, accepted.is_some_and(|kinds| kinds.contains("text/html"))) {
        return view.nothing().into_response();
    }
    let mend = "see docs/openapi.json for what there is";
    Problem::new(StatusCode::NOT_FOUND, "not_found", "there is nothing at this address", mend).into_response()
}

async fn not_so() -> Problem {
    let mend = "see docs/openapi.json for the method";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "this address takes another method", mend)
}

/// Serves until the process is asked to stop; what was begun is ended first.
pub fn serve(app: App, listen: &Listen, listening: impl FnOnce(&str) + Send) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("cannot start threads: {error}"))?;
    let result = runtime.block_on(listen_and_answer(Arc::new(app), listen, listening));
    // What hangs in a thread of its own does not keep the process.
    runtime.shutdown_timeout(GRACE);
    result
}

async fn listen_and_answer(app: Shared, listen: &Listen, listening: impl FnOnce(&str)) -> Result<(), String> {
    let cannot = |error: &dyn std::fmt::Display| {
        let address = &listen.address;
        format!(
            "{address}: cannot listen: {error}\n  mend: give --listen an address of this machine and a port that is free"
        )
    };
    let listener = tokio::net::TcpListener::bind(&listen.address).await.map_err(|error| cannot(&error))?;
    let local = listener.local_addr().map_err(|error| cannot(&error))?;
    let listener = listener.into_std().map_err(|error| cannot(&error))?;
    let handle = Handle::new();
    let service = router(Arc::clone(&app)).into_make_service_with_connect_info::<SocketAddr>();
    // Who is known already is told apart from strangers from the first request on; where that cannot be read now, it is read with it.
    let _read_later = app.refresh_directory().await;
    jobs::go_on(&app);
    tokio::spawn(end(Arc::clone(&app), handle.clone()));
    tokio::spawn(last_seen::write_down(Arc::clone(&app)));
    tokio::spawn(checkpoints::publish_on_schedule(Arc::clone(&app)));
    tokio::spawn(snapshots::write_on_schedule(Arc::clone(&app)));
    tokio::spawn(forget_the_quiet(Arc::clone(&app)));
    tokio::spawn(end_without_ledger(Arc::clone(&app), handle.clone()));
    let result = match &listen.tls {
        None => {
            listening(&format!("http://{local}"));
            let server = axum_server::from_tcp(listener).map_err(|error| cannot(&error))?;
            let mut server = server.acceptor(Limited::new()).http1_only().handle(handle);
            let http = server.http_builder();
            http.http1().timer(TokioTimer::new()).header_read_timeout(SILENCE).max_buf_size(LARGEST_HEAD);
            server.serve(service).await
        }
        Some((chain, key)) => {
            let config = RustlsConfig::from_pem_file(chain, key).await.map_err(|error| {
                let files = format!("{} and {}", chain.display(), key.display());
                format!("{files}: no certificate can be read: {error}\n  mend: give --tls-cert a chain and --tls-key its key, both PEM")
            })?;
            listening(&format!("https://{local}"));
            let server = axum_server::from_tcp(listener).map_err(|error| cannot(&error))?;
            let acceptor = RustlsAcceptor::new(http1_alone(&config)).acceptor(Limited::new());
            let mut server = server.acceptor(acceptor).http1_only().handle(handle);
            let http = server.http_builder();
            http.http1().timer(TokioTimer::new()).header_read_timeout(SILENCE).max_buf_size(LARGEST_HEAD);
            server.serve(service).await
        }
    };
    match app.fatal() {
        Some(what) => Err(what),
        None => result.map_err(|error| error.to_string()),
    }
}

/// Forgets callers and addresses that came and did not come again.
async fn forget_the_quiet(app: Shared) {
    loop {
        tokio::time::sleep(FORGETTING).await;
        app.gate.forget_the_quiet();
    }
}

/// Ends the service where its ledger cannot be gone on with, so that whoever watches the process knows: at once where its thread ended, and after a
/// while in which everybody is told why where its log is not what it was.
async fn end_without_ledger(app: Shared, handle: Handle<SocketAddr>) {
    while app.fatal().is_none() {
        tokio::time::sleep(WATCHED).await;
        // The clock is looked at all the time, so that a jump is seen as one. What is not believed now is told to whoever asks.
        let _told_then = app.clock.now();
    }
    if let Some(what) = app.fatal() {
        tracing::error!("{what}");
    }
    app.ending.store(true, Ordering::Relaxed);
    app.jobs.wake();
    if app.writer.is_alive() {
        tokio::time::sleep(GRACE).await;
    }
    handle.shutdown();
}

/// The same certificate for HTTP/1 alone, which is all that is spoken here.
fn http1_alone(config: &RustlsConfig) -> RustlsConfig {
    let mut changed = (*config.get_inner()).clone();
    changed.alpn_protocols = vec![b"http/1.1".to_vec()];
    RustlsConfig::from_config(Arc::new(changed))
}

/// Waits until the process is asked to stop, and tells all who must know.
async fn end(app: Shared, handle: Handle<SocketAddr>) {
    stop_signal().await;
    app.ending.store(true, Ordering::Relaxed);
    app.jobs.wake();
    handle.graceful_shutdown(Some(GRACE));
}

async fn stop_signal() {
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
