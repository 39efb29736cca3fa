//! Whole files of orders: uploaded, decided line by line, their results read while they come, and gone on with after a crash.

mod counting;
mod line_result;
mod results_file;
mod summary;
mod task;
mod turns;
mod unread;
mod upload;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path as FilePath, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, stream};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::watch;
use tollgate_model::count_of;
use tollgate_records::OrderReader;
use utoipa::{IntoParams, ToSchema};

use super::Shared;
use super::access::{Caller, Right, sha256};
use super::clock::day_of;
use super::orders::{WriteKey, idempotency_key, unavailable};
use super::problem::{Problem, Refusals};
use super::reads::bad_query;
use line_result::{one, trial_counts};
use results_file::{page, results_so_far};
pub(super) use summary::{Summary, Upload, UploadRow};
use task::Task;
use tollgate_desk::{OrderRequest, person_of, same_person};
use turns::Turns;
use unread::{UnknownColumn, remarks, unknown_columns, unread_result};
use upload::Receiving;

/// Tries of a line while the ledger is busy or away, a second apart; the job then waits for the next start or upload.
const TRIES: u32 = 30;

/// Where a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Phase {
    /// Waits its turn, or is worked on.
    Running,
    /// Every line has its result.
    Done,
    /// The file cannot be used: nothing of it was decided.
    Unusable,
    /// The ledger was away too long; upload it again with the same key, or start the service anew, and it goes on.
    Interrupted,
}

/// How far a job is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Progress {
    id: String,
    state: Phase,
    /// Lines of the file; nothing until they are counted.
    lines: Option<u64>,
    /// Lines that have a result.
    done: u64,
    /// What is wrong, where something is.
    detail: Option<String>,
    /// Columns of the file that are not read; absent where all are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unknown_columns: Vec<UnknownColumn>,
}

/// A job as this process knows it.
struct Known {
    task: Task,
    progress: watch::Sender<Progress>,
}

/// All jobs, each in a folder of its own.
pub(super) struct Jobs {
    folder: PathBuf,
    /// Whose job is worked on: the others wait.
    turns: Turns,
    known: Mutex<BTreeMap<String, Known>>,
    /// What pages show of results, by job.
    summaries: Mutex<BTreeMap<String, Arc<Mutex<Summary>>>>,
    receiving: Receiving,
}

impl Jobs {
    pub(super) fn new(folder: PathBuf) -> Jobs {
        let (known, summaries, receiving) = (Mutex::default(), Mutex::default(), Receiving::default());
        Jobs { folder, turns: Turns::default(), known, summaries, receiving }
    }

    /// Where they are.
    pub(super) fn folder(&self) -> &FilePath {
        &self.folder
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<String, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The progress of a job that a caller may see.
    fn find(&self, id: &str, caller: &Caller) -> Result<watch::Receiver<Progress>, Problem> {
        let known = self.known();
        let job = known.get(id).filter(|job| job.task.is_seen_by(caller));
        job.map(|job| job.progress.subscribe()).ok_or_else(unknown_job)
    }

    /// Lets all who wait for news look once more.
    pub(super) fn wake(&self) {
        self.known().values().for_each(|job| job.progress.send_modify(|_| {}));
    }
}

fn unknown_job() -> Problem {
    let mend = "check the id that the upload gave; what somebody else tried is not shown";
    Problem::new(StatusCode::NOT_FOUND, "unknown_job", "there is no such job", mend)
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct UploadQuery {
    /// Whether the lines are recorded and set aside; else they are tried, each on what the lines before it by date had counted.
    #[serde(default)]
    reserve: bool,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ResultsQuery {
    /// What an earlier answer gave as `next`.
    #[serde(default)]
    #[param(minimum = 0)]
    cursor: i64,
}

/// Results of a job's lines, in the order of the file.
#[derive(Serialize, ToSchema)]
pub(super) struct Results {
    /// Each with `row`, `order_id`, `line`, `status`, and `answer` or `problem`. Cells that are not understood are named in `missing` of the `problem`.
    #[schema(value_type = Vec<Object>)]
    results: Vec<Value>,
    /// Where to go on; the same as the cursor where nothing new has come.
    next: u64,
    progress: Progress,
}

/// Takes a file of orders and decides every line of it. Sent again with the same key and content, it is the same job; another content under the same key is
/// refused.
#[utoipa::path(
    post, path = "/v1/jobs", tag = "jobs", params(UploadQuery, WriteKey),
    request_body(
        content((String = "text/csv"), (String = "application/jsonl"), (String = "application/vnd.apache.parquet")),
        description = "the orders table",
    ),
    responses((status = 202, description = "taken", body = Progress), Refusals),
)]
pub(super) async fn upload(
    State(app): State<Shared>,
    caller: Caller,
    query: Result<Query<UploadQuery>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<Progress>), Problem> {
    let Query(UploadQuery { reserve }) = query.map_err(|error| bad_query(error.body_text()))?;
    caller.may(if reserve { Right::Record } else { Right::Try })?;
    let key = idempotency_key(&headers)?;
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let ending = match kind.and_then(|kind| kind.split(';').next()).map(str::trim) {
        Some("text/csv") => "csv",
        Some("application/jsonl" | "application/x-ndjson") => "jsonl",
        Some("application/vnd.apache.parquet") => "parquet",
        _ => {
            let mend = "send Content-Type: text/csv, application/jsonl or application/vnd.apache.parquet";
            let what = "the body is of no kind that is read";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "bad_request", what, mend));
        }
    };
    let id: String = sha256(&format!("{}|{key}", caller.name)).chars().take(24).collect();
    let file = format!("orders.{ending}");
    let credential = Some(caller.credential.clone());
    let task = Task { actor: caller.name, file, reserve, sha256: None, credential };
    let task = {
        let _place = app.jobs.receiving.place(&task.actor)?;
        upload::keep(&app.jobs.folder, &id, task, body).await?
    };
    let running = app.jobs.known().get(&id).map(|job| job.progress.borrow().clone());
    let progress = match running.filter(|progress| progress.state != Phase::Interrupted) {
        Some(progress) => progress,
        None => {
            let orders = app.jobs.folder.join(&id).join(&task.file);
            // A file that cannot be used ends the job, which says why.
            let columns = match tokio::task::spawn_blocking(move || unknown_columns(&orders)).await {
                Ok(Ok(columns)) => columns,
                Ok(Err(_)) | Err(_) => Vec::new(),
            };
            begin(&app, &id, task, columns)
        }
    };
    Ok((StatusCode::ACCEPTED, Json(progress)))
}

fn begin(app: &Shared, id: &str, task: Task, unknown_columns: Vec<UnknownColumn>) -> Progress {
    let first =
        Progress { id: id.to_owned(), state: Phase::Running, lines: None, done: 0, detail: None, unknown_columns };
    let (sender, _) = watch::channel(first.clone());
    let job = Known { task: task.clone(), progress: sender.clone() };
    if let Some(earlier) = app.jobs.known().insert(id.to_owned(), job) {
        earlier.progress.send_modify(|_| {});
    }
    let turn = app.jobs.turns.wait(person_of(&task.actor));
    let (app, id) = (Arc::clone(app), id.to_owned());
    tokio::spawn(async move {
        // Of one person one at a time: of the same upload sent twice at once, the second finds what the first did.
        let Some(_turn) = turn.await else { return };
        let reports = sender.clone();
        let runtime = tokio::runtime::Handle::current();
        let folder = app.jobs.folder.join(&id);
        // What is wrong with a file is said of it, not of where the server keeps it.
        let place = format!("{}{}", folder.display(), std::path::MAIN_SEPARATOR);
        let work = move || work(&app, &folder, &id, &task, &reports, &runtime);
        let ended = tokio::task::spawn_blocking(work).await;
        let (state, detail) = ended.unwrap_or_else(|error| (Phase::Interrupted, Some(error.to_string())));
        let detail = detail.map(|detail| detail.replace(&place, ""));
        sender.send_modify(|progress| (progress.state, progress.detail) = (state, detail));
    });
    first
}

/// Takes up the jobs that an earlier process left.
pub(super) fn go_on(app: &Shared) {
    upload::remove_left_over(&app.jobs.folder);
    let Ok(folders) = std::fs::read_dir(&app.jobs.folder) else { return };
    let mut ids: Vec<String> = folders.flatten().filter_map(|folder| folder.file_name().into_string().ok()).collect();
    // What begins with a point is being uploaded.
    ids.retain(|id| !id.starts_with('.'));
    ids.sort();
    for id in ids {
        let text = std::fs::read(app.jobs.folder.join(&id).join("task.json"));
        if let Some(task) = text.ok().and_then(|text| serde_json::from_slice(&text).ok()) {
            begin(app, &id, task, Vec::new());
        }
    }
}

/// Works a job off; what it ends with.
fn work(
    app: &Shared,
    folder: &FilePath,
    id: &str,
    task: &Task,
    reports: &watch::Sender<Progress>,
    runtime: &tokio::runtime::Handle,
) -> (Phase, Option<String>) {
    let orders = folder.join(&task.file);
    let (columns, lines) = match unknown_columns(&orders).and_then(|columns| Ok((columns, count(&orders)?))) {
        Ok(found) => found,
        Err(what) => return (Phase::Unusable, Some(what)),
    };
    let (mut results, had) = match results_so_far(&folder.join("results.jsonl")) {
        Ok(opened) => opened,
        Err(error) => return (Phase::Interrupted, Some(error.to_string())),
    };
    reports.send_modify(|progress| {
        (progress.lines, progress.done, progress.unknown_columns) = (Some(lines), had, columns);
    });
    let counts = match trial_counts(app, task, &orders, lines) {
        Ok(counts) => counts,
        Err(what) => return (Phase::Unusable, Some(what)),
    };
    let mut row = 0;
    let mut reader = match OrderReader::open_by_line(&orders) {
        Ok(reader) => reader,
        Err(errors) => return (Phase::Unusable, Some(errors.to_string())),
    };
    while let Some(batch) = reader.next_batch() {
        let batch = match batch {
            Ok(batch) => batch,
            // It could be read whole before: nothing of the file is passed over.
            Err(errors) => return (Phase::Interrupted, Some(errors.to_string())),
        };
        for line in batch.lines() {
            row += 1;
            if row <= had {
                continue;
            }
            if app.ending.load(Ordering::Relaxed) {
                return (Phase::Interrupted, Some("the service ends".to_owned()));
            }
            if let Err(what) = runtime.block_on(still_may(app, task)) {
                return (Phase::Interrupted, Some(what));
            }
            let before = usize::try_from(row - 1).ok().and_then(|row| counts.get(row));
            let decided =
                || runtime.block_on(one(app, (id, task, row), OrderRequest::of(&line), before, remarks(&line)));
            let Some(result) = unread_result(row, &line).or_else(decided) else {
                return (Phase::Interrupted, Some("the ledger was busy or away too long".to_owned()));
            };
            if let Err(error) = writeln!(results, "{result}") {
                return (Phase::Interrupted, Some(error.to_string()));
            }
            reports.send_modify(|progress| progress.done = row);
        }
    }
    match row == lines {
        true => (Phase::Done, None),
        false => (Phase::Interrupted, Some(format!("the file had {lines} lines, and has {row} now"))),
    }
}

/// Whether whoever uploaded a file may still do what the job does; `Err` says why not.
async fn still_may(app: &Shared, task: &Task) -> Result<(), String> {
    let in_words = |problem: Problem| format!("{}\n  mend: {}", problem.detail, problem.mend);
    for _ in 0..TRIES {
        match app.refresh_directory().await {
            Ok(()) => break,
            Err(_) if !app.ending.load(Ordering::Relaxed) => tokio::time::sleep(Duration::from_secs(1)).await,
            Err(problem) => return Err(in_words(problem)),
        }
    }
    let day = day_of(app.time().map_err(in_words)?);
    let directory = app.gate.directory();
    directory.check()?;
    let may = match &task.credential {
        Some(credential) => directory.still_has(credential, task.right(), day),
        None => directory.has_actor(&task.actor, task.right(), day),
    };
    if may {
        return Ok(());
    }
    let mend = "whoever may do it can upload the rest; what was decided until now stands";
    Err(format!("{} may not do that any more: the right was taken away\n  mend: {mend}", task.actor))
}

/// The lines of a file, those with cells that are not understood among them, or what is wrong with it as a whole: the whole file is read before anything
/// of it is decided.
fn count(orders: &FilePath) -> Result<u64, String> {
    let mut lines = 0;
    let mut reader = OrderReader::open_by_line(orders).map_err(|errors| errors.to_string())?;
    while let Some(batch) = reader.next_batch() {
        lines += count_of(batch.map_err(|errors| errors.to_string())?.len());
    }
    Ok(lines)
}

/// How far a job is.
#[utoipa::path(
    get, path = "/v1/jobs/{id}", tag = "jobs", params(("id" = String, Path, description = "as the upload gave it")),
    responses((status = 200, description = "how far it is", body = Progress), Refusals),
)]
pub(super) async fn read(
    State(app): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Progress>, Problem> {
    caller.may(Right::Read)?;
    let progress = app.jobs.find(&id, &caller)?.borrow().clone();
    Ok(Json(progress))
}

/// Deletes a job that has ended: its file and its results. What was recorded stays on record.
#[utoipa::path(
    delete, path = "/v1/jobs/{id}", tag = "jobs", params(("id" = String, Path, description = "as the upload gave it")),
    responses((status = 204, description = "deleted"), Refusals),
)]
pub(super) async fn delete(
    State(app): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.may(Right::Try)?;
    {
        let mut known = app.jobs.known();
        let job = known.get(&id).filter(|job| same_person(&job.task.actor, &caller.name)).ok_or_else(unknown_job)?;
        if job.progress.borrow().state == Phase::Running {
            let mend = "wait until it has ended";
            return Err(Problem::new(StatusCode::CONFLICT, "still_running", "the job is not done yet", mend));
        }
        known.remove(&id);
    }
    let folder = app.jobs.folder.join(&id);
    let removed = tokio::fs::remove_dir_all(folder).await;
    removed.map_err(|error| unavailable(&format!("the job cannot be deleted: {error}")))?;
    Ok(StatusCode::NO_CONTENT)
}

/// The progress of a job as it goes on: server-sent events, the last of them when it ends.
#[utoipa::path(
    get, path = "/v1/jobs/{id}/events", tag = "jobs", params(("id" = String, Path, description = "as the upload gave it")),
    responses((status = 200, description = "events named `progress`", content_type = "text/event-stream"), Refusals),
)]
pub(super) async fn events(
    State(app): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Sse<impl Stream<Item = Result<Event, axum::Error>>>, Problem> {
    caller.may(Right::Read)?;
    let watching = app.jobs.find(&id, &caller)?;
    let next = |(mut watching, app, caller, reported): (watch::Receiver<Progress>, Shared, Caller, Option<Phase>)| async move {
        let ends = app.ending.load(Ordering::Relaxed) || app.still_may(&caller, Right::Read).is_err();
        let over = ends || reported.is_some_and(|reported| reported != Phase::Running);
        if over || (reported.is_some() && watching.changed().await.is_err()) {
            return None;
        }
        if reported.is_some() {
            // Ten a second are enough for anybody who watches.
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let progress = watching.borrow_and_update().clone();
        let reported = Some(progress.state);
        Some((Event::default().event("progress").json_data(progress), (watching, app, caller, reported)))
    };
    Ok(Sse::new(stream::unfold((watching, app, caller, None), next)).keep_alive(KeepAlive::default()))
}

/// The results that have come so far, from a place on.
#[utoipa::path(
    get, path = "/v1/jobs/{id}/results", tag = "jobs",
    params(("id" = String, Path, description = "as the upload gave it"), ResultsQuery),
    responses((status = 200, description = "results", body = Results), Refusals),
)]
pub(super) async fn results(
    State(app): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    query: Result<Query<ResultsQuery>, QueryRejection>,
) -> Result<Json<Results>, Problem> {
    caller.may(Right::Read)?;
    let Query(ResultsQuery { cursor }) = query.map_err(|error| bad_query(error.body_text()))?;
    let cursor = u64::try_from(cursor).map_err(|_| bad_query("`cursor` is less than 0"))?;
    let progress = app.jobs.find(&id, &caller)?.borrow().clone();
    // The id is one of ours by now, not a path.
    let path = app.jobs.folder.join(&id).join("results.jsonl");
    let read = tokio::task::spawn_blocking(move || page(&path, cursor)).await;
    let (results, ends) = read.map_err(|error| unavailable(&error.to_string()))?;
    let next = ends.last().copied().unwrap_or(cursor);
    Ok(Json(Results { results, next, progress }))
}
