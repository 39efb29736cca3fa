//! The service: HTTP and JSON in front of the same deciding and counting as the commands.

mod access;
mod board;
mod checkpoints;
mod clock;
mod connections;
mod counts;
mod findings;
mod grants;
mod hashing;
mod jobs;
mod last_seen;
mod ledger_lines;
mod links;
mod logins;
mod oidc;
mod openapi;
mod operators;
mod orders;
mod pages;
mod papers;
mod problem;
mod proposals;
mod question;
mod reads;
mod rebase;
mod server;
mod snapshots;
mod telemetry;
mod users;

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::Serialize;
use tokio::sync::{Semaphore, oneshot, watch};
use tollgate_desk::{Desk, HeldQueue};
use tollgate_law::Policy;
use tollgate_ledger::{Applied, Busy, Command, Entry, Ledger, LedgerError, LogError, Status, Writer};
use tollgate_screening::Screener;

use access::Gate;
use hashing::Hashing;

pub use access::{Access, Proxies, Right, Role, new_secret, new_token, password_hash, sha256};
use jobs::Jobs;
pub use oidc::Provider;
pub use openapi::description;
pub use pages::Case;
use problem::Problem;
pub use server::{Listen, serve};
use telemetry::Telemetry;
pub use telemetry::{Logging, start_log};

pub use board::{Board, BoardRow, Filling, Posting, SORTS, Sums, Wanted};
pub use checkpoints::Checkpoints;
use clock::Clock;
pub use clock::{check_start, now, today};
pub use last_seen::check_last_seen;
pub use links::{Links, identifiers};
pub use snapshots::Snapshots;
use tollgate_decide::Tables;
use tollgate_ledger::AnyLog;
use tollgate_world::LawDesks;

/// A request is told that the ledger does not answer after so long.
const PATIENCE: Duration = Duration::from_secs(20);
/// Requests that may wait for the ledger before others are asked to come back later.
const WAITING: usize = 4_096;

type Shared = Arc<App>;

/// What the service is made of.
pub struct App {
    desk: Arc<Desk>,
    screener: Arc<Screener>,
    /// Basis points.
    threshold: u32,
    /// Whether all comes over TLS: here, or at a proxy before.
    secure: bool,
    /// Proxies that are believed when they say from where a request comes.
    proxies: Proxies,
    writer: Writer<AnyLog>,
    telemetry: Telemetry,
    gate: Arc<Gate>,
    provider: Option<Provider>,
    /// Who may hash a password now.
    hashing: Hashing,
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
    /// The time that is recorded, where it is believed.
    clock: Arc<Clock>,
    /// Who signs checkpoints, until that is begun.
    checkpoints: Mutex<Option<Checkpoints>>,
    /// Where snapshots of the ledger are kept.
    snapshots: Snapshots,
    /// Why the service cannot go on, where it cannot.
    fatal: watch::Sender<Option<String>>,
}

/// What a service is set to.
pub struct Settings {
    /// Basis points from which a match of names counts.
    pub threshold: u32,
    /// Requests a second from one caller.
    pub rate: NonZeroU32,
    /// Where uploaded files and their results are kept.
    pub jobs: PathBuf,
    /// Whether all comes over TLS: here, or at a proxy before.
    pub secure: bool,
    /// Proxies that are believed when they say from where a request comes.
    pub proxies: Proxies,
    /// Where people may log in instead of here.
    pub provider: Option<Provider>,
    /// Where snapshots of the ledger are kept.
    pub snapshots: Snapshots,
    /// Who signs checkpoints of the log, where somebody does.
    pub checkpoints: Option<Checkpoints>,
}

/// What the pages show beside the ledger.
#[derive(Default)]
pub struct Shown {
    /// The lines of an orders file, where there is one, and of the ledger.
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
        let clock = Arc::new(Clock::start());
        let recorded = Arc::clone(&clock);
        App {
            desks: Arc::new(LawDesks::new(Arc::clone(&policy.law))),
            desk: Arc::new(Desk::new(policy, tables)),
            screener,
            threshold: settings.threshold,
            secure: settings.secure,
            proxies: settings.proxies,
            writer: Writer::start(ledger, WAITING, move || recorded.now()),
            telemetry: Telemetry::default(),
            gate: Arc::new(Gate::new(settings.rate)),
            provider: settings.provider,
            hashing: Hashing::new(),
            jobs: Jobs::new(settings.jobs),
            held: Mutex::default(),
            pages,
            shown,
            studying: Semaphore::new(1),
            last_studies: Mutex::default(),
            policies: Mutex::default(),
            ending: AtomicBool::new(false),
            clock,
            checkpoints: Mutex::new(settings.checkpoints),
            snapshots: settings.snapshots,
            fatal: watch::Sender::new(None),
        }
    }

    /// The time, in milliseconds since 1970-01-01 UTC, where the clock is believed.
    fn time(&self) -> Result<i64, Problem> {
        self.clock.now().map_err(|what| orders::unavailable(&what))
    }

    /// Why the service cannot go on: its ledger's thread ended, or its log is not the one that it followed.
    fn fatal(&self) -> Option<String> {
        let ended = "the ledger's thread ended by a fault of the program\n  mend: start Tollgate anew; what was done is not done twice";
        self.fatal.borrow().clone().or_else(|| (!self.writer.is_alive()).then(|| ended.to_owned()))
    }

    /// What the ledger cannot do, as an answer. Where its log is not what it was, the service is about to end.
    fn refused_by_ledger(&self, error: &LedgerError) -> Problem {
        let text = error.to_string();
        if matches!(error, LedgerError::Diverged(_) | LedgerError::Log(LogError::Unusable(_))) {
            self.fatal.send_if_modified(|known| known.is_none() && known.insert(text.clone()) == &text);
        }
        orders::unavailable(&text)
    }

    /// What the ledger's thread answers, unless it takes too long.
    async fn answered<T>(&self, answer: oneshot::Receiver<Result<T, LedgerError>>) -> Result<T, Problem> {
        let late = |_| orders::unavailable("the ledger does not answer in time");
        let answer = tokio::time::timeout(PATIENCE, answer).await.map_err(late)?;
        let answer = answer.map_err(|_| orders::unavailable("the ledger stopped"))?;
        answer.map_err(|error| self.refused_by_ledger(&error))
    }

    /// Looks at the ledger between two commits. An error where what it shows may not be what its log holds.
    async fn with_ledger<T: Send + 'static>(
        &self,
        look: impl FnOnce(&mut Ledger<AnyLog>) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let (give, take) = oneshot::channel();
        // What could not be read of the ledger is found out by then, and nothing that was seen counts. Who asked may have gone away meanwhile.
        let look = |ledger: &mut Ledger<AnyLog>| {
            let seen = look(ledger);
            ledger.check().map(|()| seen)
        };
        self.writer.look(move |ledger| drop(give.send(ledger.and_then(look)))).map_err(refused_by_writer)?;
        self.answered(take).await
    }

    /// Takes up what any server recorded of who may do what.
    async fn refresh_directory(&self) -> Result<(), Problem> {
        let gate = Arc::clone(&self.gate);
        self.with_ledger(move |ledger| gate.directory().take(ledger.access())).await
    }

    /// Records entries for good.
    async fn record(&self, entries: Vec<Entry>) -> Result<Vec<Applied>, Problem> {
        let (give, take) = oneshot::channel::<Result<Vec<Applied>, LedgerError>>();
        self.writer.record(entries, move |result| drop(give.send(result))).map_err(refused_by_writer)?;
        self.answered(take).await
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
