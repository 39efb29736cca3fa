//! What somebody found about a list match: recorded, in force at once, on every server, and after a restart.

use serde_json::{Value, json};

use crate::harness::{Service, folder, order, token, token_of};

#[test]
fn a_finding_moves_decisions_here_and_on_another_server() {
    let folder = folder("findings");
    let list = "_id,source,entity_number,type,programs,name,title,addresses,federal_register_notice,start_date,end_date,standard_order,license_requirement,license_policy,call_sign,vessel_type,gross_tonnage,gross_registered_tonnage,vessel_flag,vessel_owner,remarks,source_list_url,alt_names,citizenships,dates_of_birth,nationalities,places_of_birth,source_information_url,ids\n1,Entity List (EL) - Bureau of Industry and Security,77,,,Straits Computer Private Limited,,SG,,,,,,,,,,,,,,,,,,,,,\n";
    std::fs::write(folder.join("list.csv"), list).unwrap();
    let officer = token(&folder, "officer");
    let second = token_of(&folder, "bob", "officer");
    let with_list = ["--lists", "list.csv"];
    let (one, two) = (Service::start_with(&folder, &with_list), Service::start_with(&folder, &with_list));
    let outcome = |service: &Service| {
        let (status, answer) = service.post("/v1/orders", &officer, "k", &json!({ "order": order("PO-1", 10) }));
        assert_eq!(status, 200, "{answer}");
        answer["decision"]["outcome"].as_str().unwrap().to_owned()
    };
    let (_, read) = one.ask("GET", "/v1/parties/sg/matches", &officer, None, "");
    let found = read["matches"][0].clone();
    assert_eq!(found["entry"], "77", "{read}");
    assert_eq!(outcome(&one), "needs_information");
    let say = |key: &str, finding: &str, entry: &Value| {
        let body =
            json!({ "list": found["list"], "entry": entry, "finding": finding, "reason": "register numbers differ" });
        one.post("/v1/parties/sg/findings", &officer, key, &body)
    };
    assert_eq!(say("f0", "cleared", &json!("78")).1["code"], "unknown_match");
    assert_eq!(say("f0", "forgotten", &found["entry"]).0, 422);
    // One person alone clears nothing, however often it is said; another one confirms it, there or here.
    let (status, proposed) = say("f1", "cleared", &found["entry"]);
    assert_eq!((status, say("f1", "cleared", &found["entry"])), (202, (202, proposed.clone())), "{proposed}");
    assert_eq!(outcome(&one), "needs_information");
    assert_eq!(one.confirm(&officer, &proposed).1["code"], "four_eyes");
    assert_eq!(outcome(&two), "needs_information");
    assert_eq!(two.confirm(&second, &proposed).0, 200);
    assert_eq!((outcome(&one), outcome(&two)), ("license_exception".into(), "license_exception".into()));
    // What was said last counts; said again with the same key it is not said last.
    assert_eq!(say("f2", "confirmed", &found["entry"]).0, 204);
    assert_eq!(say("f1", "cleared", &found["entry"]).1["state"], "confirmed");
    assert_eq!((outcome(&one), outcome(&two)), ("license_required".into(), "license_required".into()));
    drop((one, two));
    assert_eq!(outcome(&Service::start_with(&folder, &with_list)), "license_required");
}
