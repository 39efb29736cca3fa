//! The service: HTTP and JSON in front of the same deciding and counting as the commands.

mod access;
mod clock;
mod counts;
mod findings;
mod jobs;
mod links;
mod oidc;
mod openapi;
mod operators;
mod order_index;
mod orders;
mod pages;
mod problem;
mod reads;
mod rebase;
mod server;
mod telemetry;
mod users;

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use serde::Serialize;
use tokio::sync::Semaphore;
use tollgate_desk::{Desk, HeldQueue};
use tollgate_law::Policy;
use tollgate_ledger::{Applied, Busy, Command, Entry, Ledger, LedgerError, Status, Writer};
use tollgate_screening::Screener;

use access::Gate;
pub use access::{Access, Right, Role, new_secret, new_token, password_hash, sha256};
use jobs::Jobs;
pub use oidc::Provider;
pub use openapi::description;
pub use pages::Case;
use problem::Problem;
pub use server::{Listen, serve};
use telemetry::Telemetry;
pub use telemetry::{Logging, start_log};

pub use clock::{now, today};
pub use links::{Links, identifiers};
pub use order_index::{Board, BoardRow, Filling, Posting, SORTS, Sums, Wanted};
use tollgate_decide::Tables;
use tollgate_ledger::AnyLog;
use tollgate_world::LawDesks;

/// Requests that may wait for the ledger before others are asked to come back later.
const WAITING: usize = 4_096;

type Shared = Arc<App>;

/// What the service is made of.
pub struct App {
    desk: Arc<Desk>,
    screener: Arc<Screener>,
    /// Basis points.
    threshold: u32,
    /// Whether the service has certificates.
    tls: bool,
    writer: Writer<AnyLog>,
    telemetry: Telemetry,
    gate: Arc<Gate>,
    provider: Option<Provider>,
    /// Who may hash a password now.
    hashing: Semaphore,
    jobs: Jobs,
    /// Lines that a second person has to release.
    held: Mutex<HeldQueue>,
    pages: tollgate_report::pages::Pages,
    /// What the pages show beside the ledger.
    shown: Shown,
    /// Policies of the lab, and how many studies run at a time.
    desks: Arc<LawDesks>,
    studying: Semaphore,
    /// The last study that each person asked for; raised, it ends.
    last_studies: Mutex<BTreeMap<String, Arc<AtomicBool>>>,
    /// Policies that a page asked for beside the service's own, by name.
    policies: Mutex<BTreeMap<String, Arc<Policy>>>,
    /// Raised when the service is to end.
    ending: AtomicBool,
}

/// What a service is set to.
pub struct Settings {
    /// Basis points from which a match of names counts.
    pub threshold: u32,
    /// Requests a second from one caller.
    pub rate: NonZeroU32,
    /// Where uploaded files and their results are kept.
    pub jobs: PathBuf,
    /// Whether the service has certificates.
    pub tls: bool,
    /// Where people may log in instead of here.
    pub provider: Option<Provider>,
}

/// What the pages show beside the ledger.
#[derive(Default)]
pub struct Shown {
    /// The lines of an orders file.
    pub board: Option<Board>,
    /// The cases of an alerts file, the first in line first.
    pub cases: Vec<Case>,
    /// What parties share.
    pub links: Links,
}

impl App {
    /// Puts the service together and starts the thread that writes the ledger.
    pub fn new(
        (policy, tables): (Arc<Policy>, Arc<Tables>),
        screener: Arc<Screener>,
        ledger: Ledger<AnyLog>,
        settings: Settings,
        (pages, shown): (tollgate_report::pages::Pages, Shown),
    ) -> App {
        App {
            desks: Arc::new(LawDesks::new(Arc::clone(&policy.law))),
            desk: Arc::new(Desk::new(policy, tables)),
            screener,
            threshold: settings.threshold,
            tls: settings.tls,
            writer: Writer::start(ledger, WAITING, now),
            telemetry: Telemetry::default(),
            gate: Arc::new(Gate::new(settings.rate)),
            provider: settings.provider,
            hashing: Semaphore::new(2),
            jobs: Jobs::new(settings.jobs),
            held: Mutex::default(),
            pages,
            shown,
            studying: Semaphore::new(1),
            last_studies: Mutex::default(),
            policies: Mutex::default(),
            ending: AtomicBool::new(false),
        }
    }

    /// Looks at the ledger between two commits.
    async fn with_ledger<T: Send + 'static>(
        &self,
        look: impl FnOnce(&mut Ledger<AnyLog>) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let (give, take) = tokio::sync::oneshot::channel();
        // Who asked may have gone away meanwhile.
        self.writer.look(move |ledger| drop(give.send(look(ledger)))).map_err(refused_by_writer)?;
        take.await.map_err(|_| orders::unavailable("the ledger stopped"))
    }

    /// Takes up what any server recorded of who may do what.
    async fn refresh_directory(&self) -> Result<(), Problem> {
        let gate = Arc::clone(&self.gate);
        self.with_ledger(move |ledger| gate.directory().take(ledger.access())).await
    }

    /// Records entries for good.
    async fn record(&self, entries: Vec<Entry>) -> Result<Vec<Applied>, Problem> {
        let (give, take) = tokio::sync::oneshot::channel::<Result<Vec<Applied>, LedgerError>>();
        self.writer.record(entries, move |result| drop(give.send(result))).map_err(refused_by_writer)?;
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
}

/// A record beside the ledger's commands.
fn note(kind: &str, actor: &str, id: &str, data: &impl Serialize) -> Result<Entry, Problem> {
    Ok(tollgate_desk::note(kind, actor, id, data)?)
}

/// Why the writer takes nothing, as an answer.
fn refused_by_writer(reason: Busy) -> Problem {
    match reason {
        Busy::Full => Problem::busy(),
        Busy::Stopped => orders::unavailable("the ledger stopped"),
    }
}
