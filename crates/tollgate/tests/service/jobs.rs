//! Files of orders, uploaded and decided by the service.

use serde_json::{Value, json};

use crate::harness::{Service, folder, order, token, token_of};

const HEAD: &str = "order_id,line,date,exporter,ultimate_consignee,origin,destination,item,quantity,end_use\n";

fn lines(count: usize) -> String {
    let line = |number| format!("J-{number},1,2025-06-02,us,sg,US,SG,NVIDIA H100 SXM,10,data_center\n");
    HEAD.to_owned() + &(0..count).map(line).collect::<String>()
}

fn upload(service: &Service, token: &str, (key, query): (&str, &str), kind: &str, body: &str) -> (u16, Value) {
    let bearer = format!("Bearer {token}");
    let headers = [("Authorization", bearer.as_str()), ("Idempotency-Key", key), ("Content-Type", kind)];
    let (status, answer, _) = service.send("POST", &format!("/v1/jobs{query}"), &headers, body);
    (status, answer)
}

/// The last event that a job sends: it comes when the job has ended.
fn ended(service: &Service, token: &str, id: &str) -> Value {
    let (status, events) = service.ask("GET", &format!("/v1/jobs/{id}/events"), token, None, "");
    assert_eq!(status, 200, "{events}");
    let events = events.as_str().unwrap();
    let last = events.lines().filter_map(|line| line.strip_prefix("data:")).next_back().unwrap();
    serde_json::from_str(last).unwrap()
}

fn results(service: &Service, token: &str, id: &str) -> Vec<Value> {
    let (mut all, mut cursor) = (Vec::new(), 0);
    loop {
        let path = format!("/v1/jobs/{id}/results?cursor={cursor}");
        let (status, page) = service.ask("GET", &path, token, None, "");
        assert_eq!(status, 200, "{page}");
        let next = page["next"].as_u64().unwrap();
        all.extend(page["results"].as_array().unwrap().iter().cloned());
        if next == cursor {
            return all;
        }
        cursor = next;
    }
}

#[test]
fn a_file_is_decided_line_by_line_and_gone_on_with_after_a_kill() {
    let folder = folder("jobs");
    let officer = token(&folder, "officer");
    let mut service = Service::start(&folder);
    let file = lines(400);
    let (status, taken) = upload(&service, &officer, ("j1", "?reserve=true"), "text/csv", &file);
    let id = taken["id"].as_str().unwrap().to_owned();
    assert_eq!(status, 202, "{taken}");
    // Killed as soon as some lines are done, and again.
    for part in [1, 150] {
        while service.ask("GET", &format!("/v1/jobs/{id}"), &officer, None, "").1["done"].as_u64().unwrap() < part {
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        drop(service);
        service = Service::start(&folder);
    }
    let last = ended(&service, &officer, &id);
    assert_eq!((last["state"].as_str(), last["done"].as_u64()), (Some("done"), Some(400)), "{last}");
    let all = results(&service, &officer, &id);
    let rows: Vec<u64> = all.iter().map(|result| result["row"].as_u64().unwrap()).collect();
    assert_eq!(rows, (1..=400).collect::<Vec<_>>());
    // 169 lines of 10 fill the allocation of 26,900,000 TPP; the others need a license. Nothing is counted twice.
    let went = all.iter().filter(|result| !result["answer"]["reservation"].is_null()).count();
    assert_eq!((went, service.lpp(&officer).1), (169, (169 * 158_240).to_string()));
    // Sent again it is the same job; what it decided is on record like any other order.
    let again = upload(&service, &officer, ("j1", "?reserve=true"), "text/csv", &file);
    assert_eq!((again.0, again.1["state"].as_str()), (202, Some("done")));
    assert_eq!(service.ask("GET", "/v1/orders/J-7/lines/1", &officer, None, "").0, 200);
}

#[test]
fn a_long_file_of_one_person_keeps_nobody_else_waiting() {
    let folder = folder("fair-jobs");
    let (ana, bob) = (token_of(&folder, "ana", "officer"), token_of(&folder, "bob", "officer"));
    let service = Service::start(&folder);
    let (_, long) = upload(&service, &ana, ("j1", "?reserve=true"), "text/csv", &lines(4_000));
    let (_, short) = upload(&service, &bob, ("j1", ""), "text/csv", &lines(2));
    assert_eq!(ended(&service, &bob, short["id"].as_str().unwrap())["state"], "done");
    let id = long["id"].as_str().unwrap();
    let (_, progress) = service.ask("GET", &format!("/v1/jobs/{id}"), &ana, None, "");
    assert_eq!(progress["state"], "running", "{progress}");
}

#[test]
fn a_trial_counts_nothing_and_what_is_wrong_with_a_file_is_told() {
    let folder = folder("trial-jobs");
    let officer = token(&folder, "officer");
    let service = Service::start(&folder);
    let rows = format!("{}\n{}\n", order("T-1", 1), order("T-2", 5_000));
    let (_, taken) = upload(&service, &officer, ("j1", ""), "application/jsonl", &rows);
    let id = taken["id"].as_str().unwrap();
    assert_eq!(ended(&service, &officer, id)["state"], "done");
    let outcomes: Vec<Value> =
        results(&service, &officer, id).iter().map(|result| result["answer"]["decision"]["outcome"].clone()).collect();
    assert_eq!(outcomes, [json!("license_exception"), json!("license_required")]);
    assert_eq!(service.ask("GET", "/v1/allocations", &officer, None, "").1["accounts"], json!([]));
    assert_eq!(service.ask("GET", &format!("/v1/jobs/{id}/results?cursor=-1"), &officer, None, "").0, 400);

    let misspelt = lines(2).replace("destination", "destinaton");
    for (key, body) in [("j2", misspelt.as_str()), ("j3", ""), ("j4", "\u{0}\u{1}")] {
        let (_, taken) = upload(&service, &officer, (key, "?reserve=true"), "text/csv", body);
        let last = ended(&service, &officer, taken["id"].as_str().unwrap());
        assert_eq!(last["state"], "unusable", "{key}: {last}");
        assert!(last["detail"].as_str().unwrap().contains("mend"), "{last}");
    }
    assert_eq!(service.ask("GET", "/v1/allocations", &officer, None, "").1["accounts"], json!([]), "nothing of them");
    assert_eq!(upload(&service, &officer, ("j5", ""), "image/png", "x").0, 415);
}

#[test]
fn the_lines_of_a_trial_count_among_themselves_and_not_in_the_ledger() {
    let folder = folder("counted-jobs");
    let officer = token(&folder, "officer");
    let service = Service::start(&folder);
    // Each alone is within what a consignee may have in a year; together they are not.
    let rows = format!("{}\n{}\n", order("C-1", 1_600), order("C-2", 1_600));
    for key in ["j1", "j2"] {
        let (_, taken) = upload(&service, &officer, (key, ""), "application/jsonl", &rows);
        let id = taken["id"].as_str().unwrap();
        assert_eq!(ended(&service, &officer, id)["state"], "done");
        let all = results(&service, &officer, id);
        let outcomes: Vec<&Value> = all.iter().map(|result| &result["answer"]["decision"]["outcome"]).collect();
        assert_eq!(outcomes, [&json!("license_exception"), &json!("license_required")], "{key}");
    }
    assert_eq!(service.ask("GET", "/v1/allocations", &officer, None, "").1["accounts"], json!([]));
}

#[test]
fn a_cell_that_is_not_understood_costs_its_line_and_unknown_columns_are_named() {
    let folder = folder("unread-jobs");
    let officer = token(&folder, "officer");
    let service = Service::start(&folder);
    let file = lines(2) + "J-9,1,2025-02-30,us,sg,US,SG,NVIDIA H100 SXM,10,data_center\n";
    let file = file.replace(",end_use\n", ",end_use,warehouse_bay\n").replace("data_center\n", "data_center,7\n");
    let (_, taken) = upload(&service, &officer, ("j1", "?reserve=true"), "text/csv", &file);
    assert_eq!(taken["unknown_columns"][0]["column"], "warehouse_bay", "{taken}");
    let id = taken["id"].as_str().unwrap();
    let last = ended(&service, &officer, id);
    assert_eq!((last["state"].as_str(), last["done"].as_u64()), (Some("done"), Some(3)), "{last}");
    let all = results(&service, &officer, id);
    let statuses: Vec<Option<u64>> = all.iter().map(|result| result["status"].as_u64()).collect();
    assert_eq!(statuses, [Some(201), Some(201), Some(422)], "{all:?}");
    assert_eq!(all[2]["problem"]["missing"], json!(["date"]));
    assert_eq!(service.ask("GET", "/v1/orders/J-9/lines/1", &officer, None, "").0, 404, "nothing of it is recorded");
}
