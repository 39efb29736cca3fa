//! What is uploaded: kept whole under its key, or not at all, and no more than there is room for.

use std::collections::BTreeMap;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use axum::http::StatusCode;
use futures_util::StreamExt as _;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tollgate_desk::{person_of, same_person};
use tollgate_ledger::Status;
use tollgate_model::hex;

use super::task::Task;
use crate::orders::{refused, unavailable};
use crate::problem::Problem;

/// Bytes and files that one person's jobs may take, and bytes of all jobs.
const MOST_BYTES: u64 = 4 << 30;
const MOST_JOBS: usize = 200;
const MOST_BYTES_OF_ALL: u64 = 32 << 30;

/// Uploads of one person, and of all, that may be under way at a time: each is held against the room that there was when it began.
const MOST_AT_ONCE: usize = 4;
const MOST_AT_ONCE_OF_ALL: usize = 16;
/// What the folder of an upload that is under way begins with.
const UNDER_WAY: &str = ".upload-";

/// Uploads that are under way, by person.
#[derive(Debug, Default)]
pub(super) struct Receiving(Mutex<BTreeMap<String, usize>>);

/// The place of an upload among those that are under way; given back where it is dropped.
#[derive(Debug)]
pub(super) struct ReceivingPlace<'a> {
    all: &'a Receiving,
    person: String,
}

impl Receiving {
    fn counts(&self) -> MutexGuard<'_, BTreeMap<String, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for an upload of an actor.
    pub(super) fn place(&self, actor: &str) -> Result<ReceivingPlace<'_>, Problem> {
        let person = person_of(actor).to_owned();
        let mut counts = self.counts();
        let (all, of_person) = (counts.values().sum::<usize>(), counts.get(&person).copied().unwrap_or(0));
        if all >= MOST_AT_ONCE_OF_ALL || of_person >= MOST_AT_ONCE {
            return Err(Problem::too_many("too many uploads are under way", 5));
        }
        counts.insert(person.clone(), of_person + 1);
        Ok(ReceivingPlace { all: self, person })
    }
}

impl Drop for ReceivingPlace<'_> {
    fn drop(&mut self) {
        let mut counts = self.all.counts();
        if let Some(count) = counts.get_mut(&self.person) {
            *count = count.saturating_sub(1);
        }
        counts.retain(|_, count| *count > 0);
    }
}

/// Removes what uploads left that a process was ended in.
pub(super) fn remove_left_over(jobs: &Path) {
    for folder in std::fs::read_dir(jobs).into_iter().flatten().flatten() {
        if folder.file_name().to_string_lossy().starts_with(UNDER_WAY) {
            // What cannot be removed takes room, and is counted as such.
            let _stays = std::fs::remove_dir_all(folder.path());
        }
    }
}

fn failed(error: &std::io::Error) -> Problem {
    unavailable(&format!("the upload cannot be kept: {error}"))
}

/// Keeps an upload under an id, and returns its task with the file's digest. Where the id has one already, this one must be the same: one that is another
/// is refused, and of two at once the second finds the first.
pub(super) async fn keep(jobs: &Path, id: &str, task: Task, body: Body) -> Result<Task, Problem> {
    let (folder, person) = (jobs.to_owned(), person_of(&task.actor).to_owned());
    let waiting = aside(move || {
        std::fs::create_dir_all(&folder)?;
        std::fs::set_permissions(&folder, Permissions::from_mode(0o700))?;
        Ok((usage(&folder, &person)?, tempfile::Builder::new().prefix(UNDER_WAY).tempdir_in(&folder)?))
    });
    let (usage, waiting) = waiting.await?;
    let known = known_task(jobs, id)?;
    if known.is_none() {
        usage.check(0)?;
    }
    let (digest, _) = receive(&waiting.path().join(&task.file), body, known.is_none().then_some(usage)).await?;
    let task = Task { sha256: Some(digest), ..task };
    let (jobs, id) = (jobs.to_owned(), id.to_owned());
    aside(move || settle(&jobs, &id, task, waiting)).await?
}

async fn aside<T: Send + 'static>(work: impl FnOnce() -> std::io::Result<T> + Send + 'static) -> Result<T, Problem> {
    let done = tokio::task::spawn_blocking(work).await.map_err(|error| unavailable(&error.to_string()))?;
    done.map_err(|error| failed(&error))
}

/// Writes a body to a file; its SHA-256 and its length.
async fn receive(path: &Path, body: Body, usage: Option<Usage>) -> Result<(String, u64), Problem> {
    let wrong = |error: std::io::Error| failed(&error);
    let mut file = tokio::fs::File::create(path).await.map_err(wrong)?;
    let (mut hash, mut length) = (Sha256::new(), 0_u64);
    let mut parts = body.into_data_stream();
    while let Some(part) = parts.next().await {
        let part = part.map_err(|error| {
            let mend = "send the whole file, without long pauses, in 1 GiB at the most";
            Problem::new(StatusCode::BAD_REQUEST, "bad_request", format!("the upload broke off: {error}"), mend)
        })?;
        length = length.saturating_add(u64::try_from(part.len()).map_err(|error| unavailable(&error.to_string()))?);
        if let Some(usage) = &usage {
            usage.check(length)?;
        }
        hash.update(&part);
        file.write_all(&part).await.map_err(wrong)?;
    }
    file.sync_all().await.map_err(wrong)?;
    Ok((hex(&hash.finalize()), length))
}

/// What jobs take: those of one person, and all.
#[derive(Clone, Copy, Debug, Default)]
struct Usage {
    jobs: usize,
    bytes: u64,
    bytes_of_all: u64,
}

impl Usage {
    /// An error where so many bytes more have no room.
    fn check(&self, more: u64) -> Result<(), Problem> {
        let full = |what: &str| {
            let mend = "delete jobs that have ended: DELETE /v1/jobs/{id}";
            Err(Problem::new(StatusCode::INSUFFICIENT_STORAGE, "no_room", what, mend))
        };
        match self {
            Usage { jobs, .. } if *jobs >= MOST_JOBS => full("you have as many jobs as one person may have"),
            Usage { bytes, .. } if bytes.saturating_add(more) > MOST_BYTES => {
                full("your jobs take as much room as those of one person may")
            }
            Usage { bytes_of_all, .. } if bytes_of_all.saturating_add(more) > MOST_BYTES_OF_ALL => {
                full("all jobs together take as much room as they may")
            }
            _ => Ok(()),
        }
    }
}

fn usage(jobs: &Path, person: &str) -> std::io::Result<Usage> {
    let mut usage = Usage::default();
    for folder in std::fs::read_dir(jobs)? {
        let folder = folder?.path();
        if !folder.is_dir() {
            continue;
        }
        let mut bytes = 0_u64;
        for file in std::fs::read_dir(&folder)? {
            // One that is being deleted takes no room.
            bytes = bytes.saturating_add(file?.metadata().map_or(0, |known| known.len()));
        }
        usage.bytes_of_all = usage.bytes_of_all.saturating_add(bytes);
        if read_task(&folder).is_ok_and(|task| same_person(&task.actor, person)) {
            usage.jobs += 1;
            usage.bytes = usage.bytes.saturating_add(bytes);
        }
    }
    Ok(usage)
}

fn read_task(folder: &Path) -> std::io::Result<Task> {
    Ok(serde_json::from_slice(&std::fs::read(folder.join("task.json"))?)?)
}

fn known_task(jobs: &Path, id: &str) -> Result<Option<Task>, Problem> {
    match read_task(&jobs.join(id)) {
        Ok(task) => Ok(Some(task)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(&error)),
    }
}

/// Puts what was received in its place, all at once; where something is there already it must be the same.
fn settle(jobs: &Path, id: &str, task: Task, waiting: TempDir) -> std::io::Result<Result<Task, Problem>> {
    let place: PathBuf = jobs.join(id);
    if !place.join("task.json").exists() && place.exists() {
        // An upload of an earlier version that broke off: nothing of it was begun.
        std::fs::remove_dir_all(&place)?;
    }
    std::fs::write(waiting.path().join("task.json"), serde_json::to_vec(&task)?)?;
    std::fs::File::open(waiting.path().join("task.json"))?.sync_all()?;
    if let Err(error) = std::fs::rename(waiting.path(), &place) {
        let Ok(mut known) = read_task(&place) else { return Err(error) };
        if known.sha256.is_none() {
            known.sha256 = Some(digest(&place.join(&known.file))?);
        }
        return Ok(if known.is_same(&task) { Ok(known) } else { Err(refused(Status::IdTaken)) });
    }
    // It is not there any more under the name by which it would be removed.
    let _moved = waiting.keep();
    std::fs::File::open(jobs)?.sync_all()?;
    Ok(Ok(task))
}

fn digest(file: &Path) -> std::io::Result<String> {
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 1 << 16]);
    let mut file = std::fs::File::open(file)?;
    loop {
        match std::io::Read::read(&mut file, &mut buffer)? {
            0 => return Ok(hex(&hash.finalize())),
            count => hash.update(
                buffer.get(..count).ok_or_else(|| std::io::Error::other("more was read than there is room for"))?,
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_uploads_few_files_at_a_time_and_leaves_none_behind() {
        let receiving = Receiving::default();
        let of_ana: Vec<_> = ["ana", "ana/desk", "ana/x", "ana"].map(|actor| receiving.place(actor).unwrap()).into();
        assert!(receiving.place("ana/y").is_err() && receiving.place("bob").is_ok());
        let others: Vec<_> = (0..20).filter_map(|number| receiving.place(&format!("p{number}")).ok()).collect();
        assert_eq!(others.len(), MOST_AT_ONCE_OF_ALL - MOST_AT_ONCE);
        drop((of_ana, others));
        assert!(receiving.counts().is_empty());

        let jobs = tempfile::tempdir().unwrap();
        for name in [".upload-AbC", "0123"] {
            std::fs::create_dir(jobs.path().join(name)).unwrap();
            std::fs::write(jobs.path().join(name).join("orders.csv"), "x").unwrap();
        }
        remove_left_over(jobs.path());
        assert!(!jobs.path().join(".upload-AbC").exists() && jobs.path().join("0123/orders.csv").exists());
    }
}
