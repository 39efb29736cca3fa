//! The service on either store: two servers, outages, full disks.

use std::process::Command;

use serde_json::{Value, json};

use crate::cluster::Cluster;
use crate::harness::{SERVE, Service, folder, order, token, tollgate};

/// Two servers on one PostgreSQL, which goes away and comes back: one count, nothing lost, nothing twice.
#[test]
fn two_servers_share_one_count_through_an_outage() {
    let folder = folder("postgresql");
    let cluster = Cluster::start();
    let url = cluster.database("service");
    let (status, text) =
        tollgate(&folder, &["token", "add", "--name", "desk", "--role", "officer", "--database", &url]);
    let token = text.trim();
    assert_eq!(status, 0, "{text}");
    let servers = [0, 1].map(|_| Service::start_with(&folder, &["--database", &url]));
    let asked = |id: &str, quantity| json!({ "order": order(id, quantity), "reserve": true });
    // 1,699 of these fit. Each desk sees what the other one set aside.
    assert_eq!(servers[0].post("/v1/orders", token, "k1", &asked("PO-1", 1_000)).0, 201);
    let (_, second) = servers[1].post("/v1/orders", token, "k2", &asked("PO-2", 1_000));
    assert_eq!(second["decision"]["outcome"], "license_required", "{second}");
    assert_eq!(servers[1].post("/v1/orders", token, "k3", &asked("PO-3", 600)).0, 201);
    assert_eq!(servers[0].lpp(token).1, (1_600 * 15_824).to_string());
    // Both take the last of it at one moment, many times: one of them is told so.
    let ask = |server: &Service, number: usize| {
        let id = format!("R-{}-{number}", server.child.id());
        let (status, answer) = server.post("/v1/orders", token, &id, &asked(&id, 20));
        (status, answer["reservation"].is_object())
    };
    let ask = &ask;
    let statuses: Vec<(u16, bool)> = std::thread::scope(|scope| {
        let each = |server| (0..8).map(move |number| scope.spawn(move || ask(server, number)));
        let desks: Vec<_> = servers.iter().flat_map(each).collect();
        desks.into_iter().map(|desk| desk.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|(_, reserved)| *reserved).count(), 4, "{statuses:?}");
    assert!(statuses.iter().all(|(status, _)| matches!(status, 201 | 409)), "{statuses:?}");
    assert_eq!(servers[0].lpp(token).1, (1_680 * 15_824).to_string());

    cluster.kill();
    let (status, gone) = servers[0].post("/v1/orders", token, "k4", &asked("PO-4", 19));
    assert_eq!((status, gone["code"].as_str()), (503, Some("unavailable")), "{gone}");
    // Nothing is read off a ledger that cannot follow its log: no empty accounts, no order that is unknown, no trial that finds all free.
    for server in &servers {
        let trial = json!({ "order": order("PO-9", 1_600) });
        let (status, answer) = server.post("/v1/orders", token, "trial", &trial);
        assert_eq!((status, answer["decision"].is_null()), (503, true), "{answer}");
        for path in ["/v1/allocations", "/v1/orders/PO-1/lines/1", "/v1/records", "/v1/proposals", "/readyz"] {
            let (status, answer) = server.ask("GET", path, token, None, "");
            assert_eq!((status, answer["code"].as_str()), (503, Some("unavailable")), "{path}: {answer}");
        }
    }
    assert_eq!(servers[1].ask("GET", "/healthz", "", None, "").0, 200);
    cluster.resume();
    for server in &servers {
        let (status, made) = server.post("/v1/orders", token, "k4", &asked("PO-4", 19));
        assert!(matches!(status, 200 | 201) && made["reservation"].is_object(), "{status} {made}");
        assert_eq!(server.lpp(token).1, (1_699 * 15_824).to_string());
    }
    // One request that reaches both servers at once, many times, is one request.
    let again = |number: usize| {
        let server = &servers[number % 2];
        server.post("/v1/orders", token, "same", &json!({ "order": order("PO-8", 5_000), "reserve": true }))
    };
    let again = &again;
    let same: Vec<(u16, Value)> = std::thread::scope(|scope| {
        let asking: Vec<_> = (0..20).map(|number| scope.spawn(move || again(number))).collect();
        asking.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let first = &same.iter().find(|(status, _)| *status == 201).unwrap().1;
    assert!(same.iter().all(|(status, answer)| matches!(status, 200 | 201) && answer == first), "{same:?}");
    // Taken back on one, it is shut on the other.
    assert_eq!(tollgate(&folder, &["token", "revoke", "--name", "desk", "--database", &url]).0, 0);
    assert!(servers.iter().all(|server| server.ask("GET", "/v1/policy", token, None, "").0 == 401));
    let (status, text) = tollgate(&folder, &["audit", "verify", "--database", &url]);
    assert!(status == 0 && text.contains("an unbroken chain"), "{text}");
}

/// A database that stands still, as on a host that hangs: whoever asks is told so in time, and all goes on once it moves again.
#[test]
#[expect(clippy::disallowed_methods, reason = "measures how long a client is held")]
fn a_database_that_hangs_hangs_nobody() {
    let folder = folder("hanging");
    let cluster = Cluster::start();
    let url = cluster.database("hanging");
    let (_, text) = tollgate(&folder, &["token", "add", "--name", "desk", "--role", "officer", "--database", &url]);
    let token = text.trim();
    let service = Service::start_with(&folder, &["--database", &url]);
    let asked = |id: &str| json!({ "order": order(id, 10), "reserve": true });
    assert_eq!(service.post("/v1/orders", token, "k1", &asked("PO-1")).0, 201);
    let frozen = cluster.freeze();
    let start = std::time::Instant::now();
    let statuses = std::thread::scope(|scope| {
        let asking = [
            scope.spawn(|| service.post("/v1/orders", token, "k2", &asked("PO-2")).0),
            scope.spawn(|| service.ask("GET", "/v1/allocations", token, None, "").0),
            scope.spawn(|| service.ask("GET", "/readyz", "", None, "").0),
            scope.spawn(|| service.ask("GET", "/healthz", "", None, "").0),
        ];
        asking.map(|thread| thread.join().unwrap())
    });
    assert_eq!(statuses, [503, 503, 503, 200]);
    assert!(start.elapsed() < std::time::Duration::from_secs(60), "{:?}", start.elapsed());
    drop(frozen);
    let again = || service.post("/v1/orders", token, "k2", &asked("PO-2"));
    let deadline = start + std::time::Duration::from_secs(120);
    let mut answer = again();
    while answer.0 == 503 && std::time::Instant::now() < deadline {
        std::thread::sleep(std::time::Duration::from_millis(200));
        answer = again();
    }
    assert!(matches!(answer.0, 200 | 201), "{answer:?}");
    assert_eq!(service.lpp(token).1, (20 * 15_824).to_string(), "it counts once");
}

/// The database fails over to a copy: one that has all goes on, one that was behind stops the service.
#[test]
fn a_failover_goes_on_with_a_whole_copy_and_stops_at_one_that_was_behind() {
    let folder = folder("failover");
    let cluster = Cluster::start();
    let url = cluster.database("serving");
    let (_, text) = tollgate(&folder, &["token", "add", "--name", "desk", "--role", "officer", "--database", &url]);
    let token = text.trim();
    let mut service = Service::start_with(&folder, &["--database", &url]);
    let ask = |service: &Service, id: &str| {
        service.post("/v1/orders", token, id, &json!({ "order": order(id, 10), "reserve": true }))
    };
    assert_eq!(ask(&service, "PO-1").0, 201);
    // The copy is made whole, and takes the place of the primary under its name.
    let whole = cluster.restored("serving", "whole");
    cluster.rename("serving", "lost");
    cluster.rename("whole", "serving");
    drop(whole);
    let answered = (0..10).map(|_| ask(&service, "PO-2")).find(|(status, _)| *status != 503);
    let (status, answer) = answered.unwrap();
    assert!(matches!(status, 200 | 201), "{answer}");
    assert_eq!(service.lpp(token).1, (20 * 15_824).to_string());
    // The other copy lacks what was acknowledged since.
    let behind = cluster.count("lost");
    cluster.rename("serving", "ahead");
    cluster.rename("lost", "serving");
    let told = (0..20).find_map(|_| {
        let (status, answer) = ask(&service, "PO-3");
        assert_eq!(status, 503, "nothing is written on top of the hole: {answer}");
        answer["detail"].to_string().contains("went back").then_some(answer)
    });
    assert!(told.is_some_and(|answer| answer["mend"].is_string()));
    assert_eq!(service.child.wait().unwrap().code(), Some(2), "it ends, so that whoever watches it knows");
    assert_eq!(cluster.count("serving"), behind, "and nothing was");
}

/// No file may grow beyond a size, as on a full disk: what was answered stays, the rest is refused, and with room again all goes on.
#[test]
fn a_full_disk_loses_nothing_that_was_answered() {
    let folder = folder("full");
    let officer = token(&folder, "officer");
    let mut command = Command::new("sh");
    let script = format!("trap '' XFSZ; ulimit -f 600; exec {} \"$@\"", env!("CARGO_BIN_EXE_tollgate"));
    command.args(["-c", &script, "sh"]).args(SERVE);
    let service = Service::start_by(command, &folder);
    let asked = |number: i64| json!({ "order": order(&format!("PO-{number}"), 1), "reserve": true });
    let mut answered = 0;
    let (status, full) = loop {
        let (status, answer) = service.post("/v1/orders", &officer, &format!("k{answered}"), &asked(answered));
        if status != 201 {
            break (status, answer);
        }
        answered += 1;
        assert!(answered < 1_000, "the disk was not full");
    };
    assert_eq!((status, full["code"].as_str()), (503, Some("unavailable")), "{full}");
    assert!(answered > 10, "{answered}");
    drop(service);
    let service = Service::start(&folder);
    for number in 0..=answered {
        let (status, answer) = service.post("/v1/orders", &officer, &format!("k{number}"), &asked(number));
        let expected: &[u16] = if number < answered { &[200] } else { &[200, 201] };
        assert!(expected.contains(&status), "{number}: {status} {answer}");
    }
    assert_eq!(service.lpp(&officer).1, ((answered + 1) * 15_824).to_string());
    assert_eq!(tollgate(&folder, &["audit", "verify"]).0, 0);
}
