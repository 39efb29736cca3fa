//! `tollgate serve`, and the people and tokens of the service.

use std::io::{BufRead as _, Write as _};
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::json;
use tollgate_law::Policy;
use tollgate_ledger::Ledger;
use tollgate_screening::Screener;

use super::decide::load;
use super::progress::Bar;
use super::recorded::{open, open_or_create, open_to_serve, record_note};
use super::{Failure, print};
use crate::commands::inputs::{Basis, Database, day, set_name};
use clap::{Args, Subcommand};
use tollgate_decide::{Run, Tables, run};
use tollgate_ledger::AnyLog;
use tollgate_model::Date;
use tollgate_model::Stop;
use tollgate_server::{
    Access, App, Case, Checkpoints, Listen, Provider, Proxies, Settings, Shown, Snapshots, check_last_seen,
    check_start, new_secret, new_token, password_hash, serve as serve_app, sha256, start_log,
};
use tollgate_server::{Filling, Links, Posting, now};

#[derive(Args)]
#[command(after_help = "Examples:
  tollgate token add --name desk --role officer > desk.token
  tollgate serve --create --policy diffusion --parties parties.csv --lists lists
  tollgate serve --policy diffusion --parties parties.csv --orders orders.csv --alerts alerts.jsonl
  tollgate serve --config tollgate.toml --tls-cert chain.pem --tls-key key.pem --listen 0.0.0.0:443
A flag goes before an environment variable, that before the file of --config, and that before the default. The file has the flags' names as keys:
  policy = \"diffusion\"
  lists = [\"lists\"]
docs/service.md has the requests.")]
pub(crate) struct ServeArguments {
    /// Settings as TOML, for what neither a flag nor a variable says
    #[arg(long, env = "TOLLGATE_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Where to listen; other machines reach it only if you say so
    #[arg(long, env = "TOLLGATE_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:7117")]
    pub(crate) listen: String,
    /// The certificate chain (PEM): the service then speaks HTTPS
    #[arg(long, env = "TOLLGATE_TLS_CERT", value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// The certificate's key (PEM)
    #[arg(long, env = "TOLLGATE_TLS_KEY", value_name = "FILE", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Requests a second that one caller may send, on average
    #[arg(long, env = "TOLLGATE_RATE", value_name = "NUMBER", default_value = "500")]
    pub(crate) rate: std::num::NonZeroU32,
    /// The folder of uploaded files and their results
    #[arg(long, env = "TOLLGATE_JOBS", value_name = "DIR", default_value = "tollgate-jobs")]
    pub(crate) jobs: PathBuf,
    /// Orders that the web pages show: a file as for `tollgate decide`, decided at the start and not counted
    #[arg(long, env = "TOLLGATE_ORDERS", value_name = "FILE")]
    pub(crate) orders: Option<PathBuf>,
    /// Cases that the web pages show: a file that `tollgate detect` wrote
    #[arg(long, env = "TOLLGATE_ALERTS", value_name = "FILE")]
    pub(crate) alerts: Option<PathBuf>,
    /// The OpenID provider at which people may log in, as its own documents name it
    #[arg(long, env = "TOLLGATE_OIDC_ISSUER", value_name = "URL", requires_all = ["oidc_client", "public_url"])]
    pub(crate) oidc_issuer: Option<String>,
    /// What the provider calls this service
    #[arg(long, env = "TOLLGATE_OIDC_CLIENT", value_name = "ID")]
    pub(crate) oidc_client: Option<String>,
    /// The file of the secret that the provider gave this service, where it gave one
    #[arg(long, env = "TOLLGATE_OIDC_SECRET_FILE", value_name = "FILE")]
    pub(crate) oidc_secret_file: Option<PathBuf>,
    /// The address under which people reach this service; the provider sends them back to /login/oidc/callback there
    #[arg(long, env = "TOLLGATE_PUBLIC_URL", value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// Proxies, or their networks, that are believed when they say from where a request comes (X-Forwarded-For)
    #[arg(long, env = "TOLLGATE_TRUSTED_PROXY", value_name = "ADDRESS", value_delimiter = ',')]
    pub(crate) trusted_proxy: Vec<String>,
    /// The folder of signed checkpoints of the ledger; best one where nobody who may write the ledger's database may
    #[arg(long, env = "TOLLGATE_CHECKPOINTS", value_name = "DIR", requires = "checkpoint_key")]
    pub(crate) checkpoints: Option<PathBuf>,
    /// The secret key by which checkpoints are signed, as `tollgate audit key` makes it
    #[arg(long, env = "TOLLGATE_CHECKPOINT_KEY", value_name = "FILE", requires = "checkpoints")]
    pub(crate) checkpoint_key: Option<PathBuf>,
    /// So often a checkpoint is signed where something was recorded, in seconds
    #[arg(long, env = "TOLLGATE_CHECKPOINT_PERIOD", value_name = "SECONDS", default_value = "300")]
    pub(crate) checkpoint_period: std::num::NonZeroU32,
    /// Begin a new ledger where there is none
    #[arg(long)]
    pub(crate) create: bool,
    /// The clock is right although it stands far from the last record; that is put on record
    #[arg(long)]
    pub(crate) accept_clock: bool,
    /// How requests are logged to standard error
    #[arg(long, env = "TOLLGATE_LOG", default_value = "text")]
    pub(crate) log: tollgate_server::Logging,
    #[command(flatten)]
    pub(crate) database: Database,
    #[command(flatten)]
    pub(crate) basis: Basis,
}

#[derive(Subcommand)]
#[command(after_help = "Example:
  tollgate user add --name ana --role officer < password.txt
The password is read from standard input, and kept by its argon2id hash; what was done stands in the audit log, the hash does not.")]
pub(crate) enum UserCommand {
    /// Makes a user, or gives one another role and password, which is read as a line from standard input.
    Add {
        #[command(flatten)]
        database: Database,
        /// Who; the name stands in the log with all that is done
        #[arg(long, value_name = "NAME", value_parser = set_name)]
        name: String,
        /// What the user may do
        #[arg(long)]
        role: tollgate_server::Role,
        /// For a user who logs in at the OpenID provider: the e-mail address that it vouches for, or else its own id of the person
        #[arg(long, value_name = "TEXT")]
        subject: Option<String>,
    },
    /// Takes the right to log in, and all tokens of the name, away.
    Remove {
        #[command(flatten)]
        database: Database,
        /// Whose
        #[arg(long, value_name = "NAME", value_parser = set_name)]
        name: String,
    },
}

#[derive(Subcommand)]
#[command(after_help = "Examples:
  tollgate token add --name desk --role officer --until 2027-06-30
  tollgate token revoke --name desk
A token is printed once and kept by its hash; giving one out and taking it back are records of the audit log.")]
pub(crate) enum TokenCommand {
    /// Makes a token and prints it.
    Add {
        #[command(flatten)]
        database: Database,
        /// What it is called; stands in the log with all that is done with it
        #[arg(long, value_name = "NAME", value_parser = set_name)]
        name: String,
        /// The person whose it is: all that is done with it is done by PERSON/NAME; where absent, the name is that of a person of its own
        #[arg(long, value_name = "NAME", value_parser = set_name)]
        person: Option<String>,
        /// What its holder may do
        #[arg(long)]
        role: tollgate_server::Role,
        /// The last day on which it is good
        #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
        until: Option<Date>,
        /// The rights of the role that it is good for; all of them where absent
        #[arg(long, value_name = "RIGHT", value_delimiter = ',')]
        scopes: Option<Vec<tollgate_server::Right>>,
    },
    /// Takes all tokens of a name back.
    Revoke {
        #[command(flatten)]
        database: Database,
        /// Whose
        #[arg(long, value_name = "NAME", value_parser = set_name)]
        name: String,
    },
}

pub(crate) fn serve(arguments: &ServeArguments, stop: &Stop) -> Result<(), Failure> {
    start_log(arguments.log);
    if arguments.basis.opening.is_some() {
        let what = "the service keeps its counts in the ledger, and takes no --opening";
        return Err(Failure::Unusable(format!(
            "{what}\n  mend: leave it out, and post an adjustment for each balance"
        )));
    }
    if arguments.basis.fleet.is_some() {
        let what = "the service does not hold lines against a fleet, and takes no --fleet";
        return Err(Failure::Unusable(format!("{what}\n  mend: leave it out, and use `tollgate check --fleet`")));
    }
    let (policy, tables, screener) = load(&arguments.basis, stop)?;
    let address = &arguments.database.database;
    let mut ledger = open_to_serve(address, arguments.create, &Snapshots::folder(&arguments.jobs))?;
    believe_clock(&mut ledger, arguments.accept_clock)?;
    check_last_seen(&arguments.jobs, &mut ledger).map_err(Failure::Unusable)?;
    let checkpoints = checkpoints(arguments)?;
    let versions = screener.versions.iter().map(|version| json!({ "file": version.file, "sha256": version.digest }));
    let origin = json!({
        "program": env!("CARGO_PKG_VERSION"), "law": policy.law.digest, "policy": policy.name, "lists": versions.collect::<Vec<_>>(),
    });
    record_basis(&mut ledger, &policy, &screener)?;
    record_note(&mut ledger, "origin", &format!("origin:{}:{}", now(), std::process::id()), &origin)?;
    let setup_secret = first_administrator_secret(&mut ledger)?;
    let listen =
        Listen { address: arguments.listen.clone(), tls: arguments.tls_cert.clone().zip(arguments.tls_key.clone()) };
    let settings = Settings {
        threshold: arguments.basis.lists.threshold,
        rate: arguments.rate,
        jobs: arguments.jobs.clone(),
        secure: listen.tls.is_some() || arguments.public_url.as_deref().is_some_and(|url| url.starts_with("https://")),
        proxies: Proxies::parse(&arguments.trusted_proxy).map_err(Failure::Unusable)?,
        provider: provider(arguments)?,
        snapshots: Snapshots::new(&arguments.jobs, address),
        checkpoints,
    };
    let is_local = |address: std::net::SocketAddr| address.ip().is_loopback();
    let open_in_clear = !settings.secure && listen.address.parse().is_ok_and(|address| !is_local(address));
    let pages = tollgate_report::pages::Pages::new().map_err(|error| Failure::Unusable(error.to_string()))?;
    let page_data = page_data(arguments, &policy, &tables, stop)?;
    let app = App::new((policy, tables), screener, ledger, settings, (pages, page_data));
    let announce = |address: &str| {
        let mut errors = std::io::stderr().lock();
        let _unheard = writeln!(errors, "listening on {address}");
        if open_in_clear {
            let what =
                "other machines reach this address without TLS: passwords and tokens go over the network in clear text";
            let mend = "give --tls-cert and --tls-key, or put a proxy with TLS before it and say so with --public-url https://…";
            let _unheard = writeln!(errors, "warning: {what}\n  mend: {mend}");
        }
        if let Some(secret) = setup_secret {
            let _unheard =
                writeln!(errors, "first start: make the administrator at {address}/setup#{secret} (works once)");
        }
    };
    serve_app(app, &listen, announce).map_err(Failure::Unusable)
}

/// Who signs checkpoints, where that is asked for; the log must hold what was signed before.
fn checkpoints(arguments: &ServeArguments) -> Result<Option<Checkpoints>, Failure> {
    let Some((folder, key)) = arguments.checkpoints.as_deref().zip(arguments.checkpoint_key.as_deref()) else {
        return Ok(None);
    };
    let period = std::time::Duration::from_secs(arguments.checkpoint_period.get().into());
    Checkpoints::start(folder, key, &arguments.database.database, period).map(Some).map_err(Failure::Unusable)
}

/// Whether the clock may be believed after the last record; where it is accepted all the same, that is put on record and time goes on from now.
fn believe_clock(ledger: &mut Ledger<AnyLog>, accept: bool) -> Result<(), Failure> {
    let head = ledger.head();
    let (time, last) = (now(), (head.seq > 0).then_some(head.at_ms));
    match check_start(time, last) {
        Ok(()) => Ok(()),
        Err(_) if accept => {
            record_note(ledger, "clock", &format!("clock:{time}"), &json!({ "before": last, "after": time }))
        }
        Err(what) => Err(Failure::Unusable(what)),
    }
}

/// Reads and decides what the pages show.
fn page_data(
    arguments: &ServeArguments,
    policy: &Arc<Policy>,
    tables: &Arc<Tables>,
    stop: &Stop,
) -> Result<Shown, Failure> {
    let filling = Filling::new(&arguments.jobs)?;
    let board = match &arguments.orders {
        None => filling.finish(None)?,
        Some(orders) => {
            let job = Run { orders, tables: Arc::clone(tables), policy: Arc::clone(policy) };
            let mut posting = Posting(filling);
            let decider = run(&job, stop, &mut Bar::new(), &mut posting)?;
            posting.0.finish(Some((decider, Arc::clone(tables))))?
        }
    };
    let cases = match &arguments.alerts {
        Some(path) => Case::read(path).map_err(Failure::Unusable)?,
        None => Vec::new(),
    };
    Ok(Shown { board: Some(board), cases, links: Links::of(&tables.parties) })
}

fn provider(arguments: &ServeArguments) -> Result<Option<Provider>, Failure> {
    let whole =
        arguments.oidc_issuer.as_deref().zip(arguments.oidc_client.as_deref()).zip(arguments.public_url.as_deref());
    let Some(((issuer, client), public)) = whole else { return Ok(None) };
    let read = |path: &PathBuf| {
        std::fs::read_to_string(path).map(|text| text.trim().to_owned()).map_err(|error| {
            Failure::Unusable(format!(
                "{}: cannot be read: {error}\n  mend: check the path and that you may read it",
                path.display()
            ))
        })
    };
    let secret = arguments.oidc_secret_file.as_ref().map(read).transpose()?;
    Provider::new(issuer, client, secret, public).map(Some).map_err(Failure::Unusable)
}

/// Sees that the policy and the lists that this service goes by are on record, each once.
fn record_basis(ledger: &mut Ledger<AnyLog>, policy: &Policy, screener: &Screener) -> Result<(), Failure> {
    let chosen =
        json!({ "name": policy.name, "title": policy.title, "sha256": policy.digest, "law": policy.law.digest });
    let mut notes = vec![("policy", format!("policy:{}", policy.digest), chosen)];
    for version in &screener.versions {
        let date = version.date.map(|date| date.to_string());
        let list = json!({ "file": version.file, "sha256": version.digest, "written_on": date });
        notes.push(("list", format!("list:{}", version.digest), list));
    }
    for (kind, id, data) in notes {
        if !ledger.has_note(&id) {
            record_note(ledger, kind, &id, &data)?;
        }
    }
    Ok(())
}

/// Where nobody may do anything yet, the secret of a link by which the first administrator is made.
fn first_administrator_secret(ledger: &mut Ledger<AnyLog>) -> Result<Option<String>, Failure> {
    let is_unclaimed =
        ledger.access().iter().all(|text| matches!(serde_json::from_str(text), Ok(Access::Setup { .. })));
    if !is_unclaimed {
        return Ok(None);
    }
    let secret = new_secret().map_err(Failure::Unusable)?;
    let digest = sha256(&secret);
    record_note(ledger, "access", &format!("setup:{digest}"), &json!(Access::Setup { sha256: digest.clone() }))?;
    Ok(Some(secret))
}

pub(crate) fn user(command: &UserCommand) -> Result<(), Failure> {
    match command {
        UserCommand::Add { database, name, role, subject: Some(subject) } => {
            let mut ledger = open_or_create(&database.database)?;
            let access = Access::Federated { name: name.clone(), role: *role, subject: subject.clone() };
            record_note(&mut ledger, "access", &format!("user:{name}:{}", now()), &json!(access))?;
            print(&format!("{name} can log in at the OpenID provider\n"))
        }
        UserCommand::Add { database, name, role, subject: None } => {
            let mut password = String::new();
            std::io::stdin().lock().read_line(&mut password)?;
            let hash = password_hash(password.trim_end_matches(['\r', '\n'])).map_err(|what| {
                Failure::Unusable(format!("{what}\n  mend: give a sentence as one line on standard input"))
            })?;
            let mut ledger = open_or_create(&database.database)?;
            let password = sha256(&hash);
            let stored = ledger.store_value(&format!("password:{password}"), &hash);
            stored.map_err(|error| Failure::Unusable(error.to_string()))?;
            let access = Access::User { name: name.clone(), role: *role, password };
            record_note(&mut ledger, "access", &format!("user:{name}:{}", now()), &json!(access))?;
            print(&format!("{name} can log in\n"))
        }
        UserCommand::Remove { database, name } => {
            let mut ledger = open(&database.database, false)?;
            let (revoked, removed) =
                (Access::Revoked { name: name.clone() }, Access::UserRemoved { name: name.clone() });
            record_note(&mut ledger, "access", &format!("revoked:{name}:{}", now()), &json!(revoked))?;
            record_note(&mut ledger, "access", &format!("removed:{name}:{}", now()), &json!(removed))?;
            print(&format!("{name} may do nothing any more\n"))
        }
    }
}

pub(crate) fn token(command: &TokenCommand) -> Result<(), Failure> {
    match command {
        TokenCommand::Add { database, name, person, role, until, scopes } => {
            let mut ledger = open_or_create(&database.database)?;
            let token = new_token().map_err(Failure::Unusable)?;
            let until = until.map(|until| until.to_string());
            let digest = sha256(&token);
            let id = format!("token:{digest}");
            let access = Access::Token {
                sha256: digest,
                name: name.clone(),
                person: person.clone(),
                role: *role,
                until,
                scopes: scopes.clone(),
            };
            record_note(&mut ledger, "access", &id, &json!(access))?;
            print(&format!("{token}\n"))
        }
        TokenCommand::Revoke { database, name } => {
            let mut ledger = open(&database.database, false)?;
            let access = Access::Revoked { name: name.clone() };
            record_note(&mut ledger, "access", &format!("revoked:{name}:{}", now()), &json!(access))?;
            print(&format!("all tokens of {name} are taken back\n"))
        }
    }
}
