use std::io::Write as _;

use serde_json::json;
use serde_json::value::RawValue;
use tollgate_ledger::{Entry, Ledger, Status};

use super::arguments::{ServeArguments, TokenCommand};
use super::decide::load;
use super::{Failure, print};
use crate::api::{Access, App, new_token, serve as serve_app, token_hash};
use crate::service::{AnyLog, Stop, now, open_log};

fn open(address: &str, make: bool) -> Result<Ledger<AnyLog>, Failure> {
    let log = open_log(address, make).map_err(Failure::Unusable)?;
    Ledger::open(log).map_err(|error| Failure::Unusable(error.to_string()))
}

pub(crate) fn serve(arguments: &ServeArguments, stop: &Stop) -> Result<(), Failure> {
    let (policy, tables, screener) = load(&arguments.basis, stop)?;
    let mut ledger = open(&arguments.database.database, true)?;
    if ledger.access().is_empty() {
        let text = "no token was given out yet, and nothing is open without one";
        let mend = "make one: tollgate token add --name NAME --role officer";
        return Err(Failure::Unusable(format!("{text}\n  mend: {mend} --database {}", arguments.database.database)));
    }
    let versions = screener.versions.iter().map(|version| json!({ "file": version.file, "sha256": version.digest }));
    let origin = json!({
        "program": env!("CARGO_PKG_VERSION"), "law": policy.law.digest, "policy": policy.name, "lists": versions.collect::<Vec<_>>(),
    });
    note(&mut ledger, "origin", &format!("origin:{}:{}", now(), std::process::id()), &origin)?;
    let app = App::new((policy, tables), (screener, arguments.basis.lists.threshold), ledger);
    let told = |address| {
        let mut errors = std::io::stderr().lock();
        let _told = writeln!(errors, "listening on http://{address}");
    };
    serve_app(app, &arguments.listen, told).map_err(Failure::Unusable)
}

fn note(ledger: &mut Ledger<AnyLog>, kind: &str, id: &str, data: &serde_json::Value) -> Result<(), Failure> {
    let data = RawValue::from_string(data.to_string()).map_err(|error| Failure::Unusable(error.to_string()))?;
    let note = Entry::Note { kind: kind.to_owned(), actor: "shell".to_owned(), id: id.to_owned(), data };
    let applied = ledger.record(now(), &[note]).map_err(|error| Failure::Unusable(error.to_string()))?;
    match applied.first().map(|applied| applied.status) {
        Some(Status::Done) => Ok(()),
        _ => Err(Failure::Unusable(format!("{id} stands in the log already\n  mend: try again"))),
    }
}

pub(crate) fn token(command: &TokenCommand) -> Result<(), Failure> {
    match command {
        TokenCommand::Add { database, name, role, until } => {
            let mut ledger = open(&database.database, true)?;
            let token = new_token().map_err(Failure::Unusable)?;
            let until = until.map(|until| until.to_string());
            let sha256 = token_hash(&token);
            let id = format!("token:{sha256}");
            let access = Access::Token { sha256, name: name.clone(), role: *role, until };
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
