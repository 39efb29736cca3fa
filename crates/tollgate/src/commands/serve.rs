use std::io::{BufRead as _, Write as _};
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::json;
use tollgate_law::Policy;
use tollgate_ledger::Ledger;
use tollgate_model::OrderLine;
use tollgate_screening::Screener;

use super::arguments::{ServeArguments, TokenCommand, UserCommand};
use super::decide::load;
use super::progress::Bar;
use super::recorded::{note, open};
use super::{Failure, print};
use tollgate_decide::{Run, Tables, run};
use tollgate_desk::OrderRequest;
use tollgate_ledger::AnyLog;
use tollgate_model::Stop;
use tollgate_server::{
    Access, App, Case, Listen, Provider, Settings, Shown, new_secret, new_token, password_hash, serve as serve_app,
    sha256, start_log,
};
use tollgate_server::{Filling, Links, Posting, now};

pub(crate) fn serve(arguments: &ServeArguments, stop: &Stop) -> Result<(), Failure> {
    start_log(arguments.log);
    let (policy, tables, screener) = load(&arguments.basis, stop)?;
    let mut ledger = open(&arguments.database.database, true)?;
    let versions = screener.versions.iter().map(|version| json!({ "file": version.file, "sha256": version.digest }));
    let origin = json!({
        "program": env!("CARGO_PKG_VERSION"), "law": policy.law.digest, "policy": policy.name, "lists": versions.collect::<Vec<_>>(),
    });
    on_record(&mut ledger, &policy, &screener)?;
    note(&mut ledger, "origin", &format!("origin:{}:{}", now(), std::process::id()), &origin)?;
    let setup = set_up(&mut ledger)?;
    let listen =
        Listen { address: arguments.listen.clone(), tls: arguments.tls_cert.clone().zip(arguments.tls_key.clone()) };
    let settings = Settings {
        threshold: arguments.basis.lists.threshold,
        rate: arguments.rate,
        jobs: arguments.jobs.clone(),
        tls: listen.tls.is_some(),
        provider: provider(arguments)?,
    };
    let pages = tollgate_report::pages::Pages::new().map_err(|error| Failure::Unusable(error.to_string()))?;
    let shown = shown(arguments, &policy, &tables, stop)?;
    let app = App::new((policy, tables), screener, ledger, settings, (pages, shown));
    let told = |address: &str| {
        let mut errors = std::io::stderr().lock();
        let _told = writeln!(errors, "listening on {address}");
        if let Some(secret) = setup {
            let _told =
                writeln!(errors, "first start: make the administrator at {address}/setup#{secret} (works once)");
        }
    };
    serve_app(app, &listen, told).map_err(Failure::Unusable)
}

/// Reads and decides what the pages show.
fn shown(
    arguments: &ServeArguments,
    policy: &Arc<Policy>,
    tables: &Arc<Tables>,
    stop: &Stop,
) -> Result<Shown, Failure> {
    let board = match &arguments.orders {
        None => None,
        Some(orders) => {
            let job = Run { orders, tables: Arc::clone(tables), policy: Arc::clone(policy) };
            let request = |order: &OrderLine<'_>| serde_json::to_string(&OrderRequest::of(order)).unwrap_or_default();
            let mut posting = Posting(Filling::new(&arguments.jobs)?, request);
            run(&job, stop, &mut Bar::new(), &mut posting)?;
            Some(posting.0.finish()?)
        }
    };
    let cases = arguments.alerts.as_deref().map(Case::read).transpose().map_err(Failure::Unusable)?;
    Ok(Shown { board, cases: cases.unwrap_or_default(), links: Links::of(&tables.parties) })
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
fn on_record(ledger: &mut Ledger<AnyLog>, policy: &Policy, screener: &Screener) -> Result<(), Failure> {
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
            note(ledger, kind, &id, &data)?;
        }
    }
    Ok(())
}

/// Where nobody may do anything yet, the secret of a link by which the first administrator is made.
fn set_up(ledger: &mut Ledger<AnyLog>) -> Result<Option<String>, Failure> {
    let nobody = ledger.access().iter().all(|text| matches!(serde_json::from_str(text), Ok(Access::Setup { .. })));
    if !nobody {
        return Ok(None);
    }
    let secret = new_secret().map_err(Failure::Unusable)?;
    let digest = sha256(&secret);
    note(ledger, "access", &format!("setup:{digest}"), &json!(Access::Setup { sha256: digest.clone() }))?;
    Ok(Some(secret))
}

pub(crate) fn user(command: &UserCommand) -> Result<(), Failure> {
    match command {
        UserCommand::Add { database, name, role, subject: Some(subject) } => {
            let mut ledger = open(&database.database, true)?;
            let access = Access::Federated { name: name.clone(), role: *role, subject: subject.clone() };
            note(&mut ledger, "access", &format!("user:{name}:{}", now()), &json!(access))?;
            print(&format!("{name} can log in at the OpenID provider\n"))
        }
        UserCommand::Add { database, name, role, subject: None } => {
            let mut password = String::new();
            std::io::stdin().lock().read_line(&mut password)?;
            let hash = password_hash(password.trim_end_matches(['\r', '\n'])).map_err(|what| {
                Failure::Unusable(format!("{what}\n  mend: give a sentence as one line on standard input"))
            })?;
            let mut ledger = open(&database.database, true)?;
            let password = sha256(&hash);
            let kept = ledger.keep(&format!("password:{password}"), &hash);
            kept.map_err(|error| Failure::Unusable(error.to_string()))?;
            let access = Access::User { name: name.clone(), role: *role, password };
            note(&mut ledger, "access", &format!("user:{name}:{}", now()), &json!(access))?;
            print(&format!("{name} can log in\n"))
        }
        UserCommand::Remove { database, name } => {
            let mut ledger = open(&database.database, false)?;
            let (revoked, removed) =
                (Access::Revoked { name: name.clone() }, Access::UserRemoved { name: name.clone() });
            note(&mut ledger, "access", &format!("revoked:{name}:{}", now()), &json!(revoked))?;
            note(&mut ledger, "access", &format!("removed:{name}:{}", now()), &json!(removed))?;
            print(&format!("{name} may do nothing any more\n"))
        }
    }
}

pub(crate) fn token(command: &TokenCommand) -> Result<(), Failure> {
    match command {
        TokenCommand::Add { database, name, role, until, scopes } => {
            let mut ledger = open(&database.database, true)?;
            let token = new_token().map_err(Failure::Unusable)?;
            let until = until.map(|until| until.to_string());
            let digest = sha256(&token);
            let id = format!("token:{digest}");
            let access =
                Access::Token { sha256: digest, name: name.clone(), role: *role, until, scopes: scopes.clone() };
            note(&mut ledger, "access", &id, &json!(access))?;
            print(&format!("{token}\n"))
        }
        TokenCommand::Revoke { database, name } => {
            let mut ledger = open(&database.database, false)?;
            let access = Access::Revoked { name: name.clone() };
            note(&mut ledger, "access", &format!("revoked:{name}:{}", now()), &json!(access))?;
            print(&format!("all tokens of {name} are taken back\n"))
        }
    }
}
