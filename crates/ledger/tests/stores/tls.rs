//! TLS to PostgreSQL: asked for, it is had, and from nobody but the server.

use tollgate_ledger::{Entry, Ledger, LogError, PostgresLog};

use crate::cluster::Cluster;

fn error(address: &str) -> String {
    match PostgresLog::open(address) {
        Ok(_) => panic!("connected to {address}"),
        Err(LogError::Unavailable(what) | LogError::Busy(what) | LogError::Unusable(what)) => what,
    }
}

#[test]
fn a_ledger_goes_over_the_network_by_tls_to_its_server_alone() {
    let (cluster, tls) = Cluster::start_with_tls();
    let local = cluster.local_url("postgres", tls.port);
    let mut client = postgres::Client::connect(&local, postgres::NoTls).unwrap();
    client.batch_execute("CREATE DATABASE over_tls").unwrap();
    let port = tls.port;
    let address = |host: &str, more: &str| format!("postgres://tollgate@{host}:{port}/over_tls?{more}");

    for mode in ["verify-full", "require"] {
        let url = address("localhost", &format!("sslmode={mode}&sslrootcert={}", tls.authority));
        let mut ledger = Ledger::open(PostgresLog::open(&url).unwrap()).unwrap();
        let data = serde_json::value::RawValue::from_string("{}".to_owned()).unwrap();
        let note = Entry::Note { kind: "run".into(), actor: "tester".into(), id: mode.into(), data };
        ledger.record(1, &[note]).unwrap();
        let text = "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'tollgate'";
        assert!(client.query_one(text, &[]).unwrap().get::<_, bool>(0), "{mode}");
    }
    // Another authority, another name, and no TLS at all.
    let roots = |file: &str| format!("sslmode=verify-full&sslrootcert={file}");
    let said = error(&address("localhost", &roots(&tls.stranger)));
    assert!(said.contains("certificate"), "{said}");
    let said = error(&address("127.0.0.1", &roots(&tls.authority)));
    assert!(said.contains("certificate") || said.contains("name"), "{said}");
    let said = error(&address("localhost", "sslmode=disable"));
    assert!(said.contains("28000"), "{said}");
    let said = error(&address("localhost", "sslmode=prefer"));
    assert!(said.contains("sslmode=verify-full"), "{said}");
}
