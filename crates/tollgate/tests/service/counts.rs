//! What moves a count beside orders: another policy, a license, the base of an operator.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::harness::{SERVE, Service, folder, order, token, tollgate};

/// The rule with a smaller allocation from July on.
const LOWERED: &str = r#"title = "lowered"
base = "diffusion"
[[amend]]
provision = "740/740.29-lpp"
from = 2025-07-01
source = "anthropic.2025-04"
why = "tried"
[amend.parameters.limit]
value = 2_000_000
unit = "TPP"
"#;

fn under(folder: &Path, policy: &str) -> Service {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tollgate"));
    command.args(SERVE.map(|word| if word == "diffusion" { policy } else { word }));
    Service::start_by(command, folder)
}

#[test]
fn another_policy_sets_limits_from_its_day_and_lets_stand_what_went_before() {
    let folder = folder("rebase");
    std::fs::write(folder.join("lowered.toml"), LOWERED).unwrap();
    let officer = token(&folder, "officer");
    let service = Service::start(&folder);
    let asked = json!({ "order": order("PO-1", 200), "reserve": true });
    assert_eq!(service.post("/v1/orders", &officer, "k1", &asked).0, 201);
    let ship = json!({ "date": "2025-06-20", "tpp": 3_000_000 });
    assert_eq!(service.post("/v1/orders/PO-1/lines/1/ship", &officer, "s1", &ship).0, 200);
    let rebase =
        |service: &Service, key: &str, body: Value| service.post("/v1/allocations/rebase", &officer, key, &body);
    assert_eq!(
        rebase(&service, "b0", json!({ "from": "2025-07-01" })),
        (200, json!([])),
        "all stand as the policy has them"
    );
    drop(service);

    let service = under(&folder, "lowered.toml");
    let (status, trial) = rebase(&service, "b1", json!({ "from": "2025-07-01", "trial": true }));
    let limits = |told: &Value| (told[0]["old_limit_tpp"].clone(), told[0]["new_limit_tpp"].clone());
    assert_eq!((status, limits(&trial)), (200, (json!("26900000"), json!("2000000"))), "{trial}");
    assert_eq!(service.lpp(&officer).2, "23735200", "a trial changes nothing");
    let (status, done) = rebase(&service, "b1", json!({ "from": "2025-07-01" }));
    assert_eq!((status, limits(&done)), (200, limits(&trial)), "{done}");
    assert_eq!(done[0]["breach"], Value::Null, "what went before the day was lawful and stays so: {done}");
    let on = |day: &str| {
        let path = format!("/v1/allocations?rule=lpp&date={day}");
        service.ask("GET", &path, &officer, None, "").1["accounts"][0]["limit_tpp"].clone()
    };
    assert_eq!((on("2025-06-30"), on("2025-07-01")), (json!("26900000"), json!("2000000")));
    // Reaching back over what was shipped is told as a breach.
    let text = std::fs::read_to_string(folder.join("lowered.toml")).unwrap().replace("2025-07-01", "2025-06-01");
    drop(service);
    std::fs::write(folder.join("lowered.toml"), text).unwrap();
    let service = under(&folder, "lowered.toml");
    let (status, back) = rebase(&service, "b2", json!({ "from": "2025-06-01" }));
    let breach = &back.as_array().unwrap().last().unwrap()["breach"];
    let told = (&breach["day"], &breach["used_tpp"], &breach["limit_tpp"]);
    assert_eq!((status, told), (200, (&json!("2025-06-20"), &json!("3000000"), &json!("2000000"))), "{back}");
    drop(service);
    let (_, text) = tollgate(&folder, &["audit", "export", "--out", "log.jsonl"]);
    let log = std::fs::read_to_string(folder.join("log.jsonl")).unwrap();
    let of_policies = log.lines().filter(|line| line.contains("\"kind\":\"policy\"")).count();
    assert_eq!(of_policies, 5, "three policies were served, two of them rebased on: {text}{log}");
}

#[test]
fn what_goes_under_a_license_is_held_and_counted_by_its_number() {
    let folder = folder("license");
    let ana = token(&folder, "officer");
    let (_, bob) = tollgate(&folder, &["token", "add", "--name", "bob", "--role", "officer"]);
    let service = Service::start(&folder);
    let mut licensed = order("PO-1", 2_000);
    let (status, refused) = service.post("/v1/orders", &ana, "k0", &json!({ "order": licensed, "reserve": false }));
    assert_eq!((status, refused["decision"]["outcome"].as_str()), (200, Some("license_required")));
    licensed["authorization"] = json!("D1234567");
    let (status, made) = service.post("/v1/orders", &ana, "k1", &json!({ "order": licensed, "reserve": true }));
    assert_eq!((status, made["reservation"]["tpp"].as_str()), (201, Some("31648000")), "{made}");
    assert!(made["held"].to_string().contains("license D1234567"), "{made}");
    let ship = || service.post("/v1/orders/PO-1/lines/1/ship", &ana, "s1", &json!({ "date": "2025-06-20" }));
    assert_eq!(ship().1["code"], "held");
    let release = json!({ "reason": "the license covers it" });
    assert_eq!(service.post("/v1/orders/PO-1/lines/1/release", bob.trim(), "r1", &release).0, 200);
    assert_eq!(ship().0, 200);
    let posted = |rule: &str| {
        let (_, read) = service.ask("GET", &format!("/v1/allocations?rule={rule}&date=2025-06-30"), &ana, None, "");
        (read["accounts"][0]["account"]["holder"].clone(), read["accounts"][0]["posted_tpp"].clone())
    };
    assert_eq!(posted("license"), (json!("D1234567"), json!("31648000")));
    assert_eq!(posted("country"), (json!("SG"), json!("31648000")), "a license draws on the country's allocation");
}

#[test]
fn the_base_of_a_universal_end_user_is_counted_by_country_against_its_ratios() {
    let folder = folder("uveu");
    let rows =
        "party_id,name,country,hq_country,flags\nus,Example Export Inc.,US,US,\ncloud,Example Cloud Inc.,US,US,uveu\n";
    std::fs::write(folder.join("parties.csv"), rows).unwrap();
    let officer = token(&folder, "officer");
    let service = Service::start(&folder);
    let mut sent = order("PO-1", 1_000);
    sent["ultimate_consignee"] = json!("cloud");
    let (status, made) = service.post("/v1/orders", &officer, "k1", &json!({ "order": sent, "reserve": true }));
    assert_eq!((status, made["decision"]["authorization"].as_str()), (201, Some("VEU")), "{made}");
    assert_eq!(service.post("/v1/orders/PO-1/lines/1/ship", &officer, "s1", &json!({ "date": "2025-06-20" })).0, 200);
    let has_in = |country: &str, key: &str, tpp: i64| {
        let body = json!({
            "rule": "uveu", "holder": "cloud", "country": country, "period": "all", "tpp": tpp, "date": "2025-05-15", "reason": "its own report",
        });
        assert_eq!(service.post("/v1/allocations/adjustments", &officer, key, &body).0, 204);
    };
    let ratios = || {
        let (_, read) = service.ask("GET", "/v1/operators/cloud?date=2025-06-30", &officer, None, "");
        let all = read["universal"]["ratios"].as_array().unwrap().clone();
        let of =
            |ratio: &Value| (ratio["most_percent"].clone(), ratio["percent"].clone(), ratio["kept"].as_bool().unwrap());
        all.iter().map(of).collect::<Vec<_>>()
    };
    let told = |most: &str, is: &str, kept: bool| (json!(most), json!(is), kept);
    assert_eq!(ratios(), [told("25", "100", false), told("7", "100", false), told("50", "100", false)]);
    // 15,824,000 abroad of 226,057,143 is just under 7 percent, of 226,057,142 just over.
    has_in("US", "d1", 226_057_142 - 15_824_000);
    assert_eq!(ratios()[1], told("7", "7", false), "over by less than can be shown is over");
    has_in("US", "d2", 1);
    assert_eq!(ratios(), [told("25", "6.999", true), told("7", "6.999", true), told("50", "6.999", true)]);
    // Germany stands in supplement no. 5(a): abroad, but not outside.
    has_in("DE", "d3", 300_000_000);
    assert_eq!(ratios(), [told("25", "3.008", true), told("7", "3.008", true), told("50", "60.036", false)]);
}
