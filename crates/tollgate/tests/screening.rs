//! Screening as its user runs it: what a list, an owner or a clearance does to a decision.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop, helpers included")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const LIST: &str = "name,id,list,aliases,country\n\
    Tianlong Precision Computing Co. Ltd.,17,Entity List (own),Tianlong Jingmi,CN\n\
    Borealis Relay Trading LLC,18,Unverified List (own),,AE\n\
    Harbor Light Mission,19,EU sanctions map (own),,\n";
const PARTIES: &str = "party_id,name,country,hq_country\n\
    us,Oakfield Components Inc.,US,US\n\
    exact,Tianlong Precision Computing Co. Ltd.,DE,DE\n\
    near,Tianlong Precison Computing,,DE\n\
    same,TIANLONG PRECISION COMPUTING CO LTD,CN,DE\n\
    kept,Muenchner Rechenhaus GmbH,DE,DE\n\
    child,Rheintal Datenhallen GmbH,DE,DE\n\
    other,Harbor Light Mission,DE,DE\n";

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("tollgate-screening-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("list.csv"), LIST).unwrap();
    std::fs::write(folder.join("parties.csv"), PARTIES).unwrap();
    let orders = ["exact", "near", "same", "kept", "child", "other"]
        .map(|party| format!("o-{party},2025-10-15,us,{party},US,DE,L4,4,data_center\n"))
        .concat();
    let header = "order_id,date,exporter,ultimate_consignee,origin,destination,item,quantity,end_use\n";
    std::fs::write(folder.join("orders.csv"), format!("{header}{orders}")).unwrap();
    folder
}

fn tollgate(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tollgate")).args(arguments).current_dir(folder).output().unwrap()
}

fn decisions(folder: &Path, more: &[&str]) -> Vec<serde_json::Value> {
    let fixed = ["decide", "--orders", "orders.csv", "--parties", "parties.csv", "--out", "decisions.jsonl"];
    let done = tollgate(folder, &[&fixed[..], more].concat());
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let text = std::fs::read_to_string(folder.join("decisions.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn of<'a>(decisions: &'a [serde_json::Value], party: &str) -> &'a serde_json::Value {
    decisions.iter().find(|decision| decision["order_id"] == format!("o-{party}")).unwrap()
}

#[test]
fn a_listed_party_changes_the_outcome_and_a_likely_one_leaves_it_open() {
    let folder = folder("lists");
    let without = decisions(&folder, &[]);
    for party in ["near", "same", "kept"] {
        assert_eq!(of(&without, party)["outcome"], "no_license_required", "{party}");
    }
    let with = decisions(&folder, &["--lists", "list.csv"]);
    assert_eq!(of(&with, "same")["outcome"], "license_required");
    assert!(of(&with, "same")["trace"].to_string().contains("744.11"));
    let hit = &of(&with, "same")["hits"][0];
    assert_eq!((hit["entry"].as_str(), hit["role"].as_str()), (Some("17"), Some("ultimate_consignee")));
    assert_eq!((hit["score"].as_u64(), hit["taken_for_listed"].as_bool()), (Some(10_000), Some(true)));
    // The same words in another country, and nearly the same words, may be the listed party: nobody has said.
    for party in ["near", "exact"] {
        assert_eq!(of(&with, party)["outcome"], "needs_information", "{party}");
        assert_eq!(of(&with, party)["missing"][0], "flags", "{party}");
    }
    assert_eq!(of(&with, "kept")["outcome"], "no_license_required");
    // A list without effect under the EAR is shown and decides nothing.
    assert_eq!(of(&with, "other")["outcome"], "no_license_required");
    assert_eq!(of(&with, "other")["hits"][0]["entry"], "19");
    // Of a list whose name says nothing it is not known whether it binds.
    std::fs::write(folder.join("list.csv"), LIST.replace("EU sanctions map (own)", "House list")).unwrap();
    let with = decisions(&folder, &["--lists", "list.csv"]);
    assert_eq!(of(&with, "other")["outcome"], "needs_information");
    assert_eq!(of(&with, "other")["missing"][0], "flags");
    assert_eq!(of(&with, "kept")["outcome"], "no_license_required");
}

#[test]
fn an_exporter_that_could_not_be_screened_leaves_it_open() {
    let folder = folder("exporter");
    let without_row = PARTIES.replace("us,Oakfield Components Inc.,US,US\n", "");
    std::fs::write(folder.join("parties.csv"), without_row).unwrap();
    for lists in [&[][..], &["--lists", "list.csv"]] {
        let with = decisions(&folder, lists);
        assert_eq!(of(&with, "kept")["outcome"], "needs_information");
        assert_eq!(of(&with, "kept")["missing"][0], "flags");
    }
}

#[test]
fn matches_without_effect_do_not_hide_one_that_has_one() {
    let folder = folder("hidden");
    let sanctions =
        (1..=7).map(|id| format!("Tianlong Precision Computing Co. Ltd.,{id},EU sanctions map (own),,CN\n"));
    let list = LIST.replacen('\n', &format!("\n{}", sanctions.collect::<String>()), 1);
    std::fs::write(folder.join("list.csv"), list).unwrap();
    let with = decisions(&folder, &["--lists", "list.csv"]);
    assert_eq!(of(&with, "same")["outcome"], "license_required");
    let hits = of(&with, "same")["hits"].as_array().unwrap();
    assert_eq!((hits.len(), hits[5]["entry"].as_str()), (6, Some("17")), "five shown, and the one that counts");
    let shown = ["screen", "--lists", "list.csv", "--limit", "2", "--name", "Tianlong Precision Computing"];
    let shown = String::from_utf8_lossy(&tollgate(&folder, &shown).stdout).into_owned();
    assert!(shown.contains("Entity List (own), entry 17") && !shown.contains("entry 3]"), "{shown}");
}

#[test]
fn addresses_and_register_numbers_find_parties_under_other_names() {
    let folder = folder("evidence");
    let list = "name,id,list,country,address,registry_id\n\
        Tianlong Precision Computing Co. Ltd.,17,Entity List (own),CN,\"5 Xueyuan Road, Haidian District, Beijing\",91110108MA01\n\
        ,20,Entity List (own),HK,\"Room 1905, Nam Wo Hong Building, 148 Wing Lok Street, Sheung Wan\",\n";
    std::fs::write(folder.join("list.csv"), list).unwrap();
    let parties = "party_id,name,country,hq_country,address,city,registry_id\n\
        us,Oakfield Components Inc.,US,US,,,\n\
        exact,Sunny Bakery Ltd,HK,DE,\"Rm 1905 Nam Wo Hong Bldg, 148 Wing Lok St.\",Hong Kong,\n\
        near,Green Fields Farming,CN,DE,,,9111-0108-MA01\n\
        same,Blue Lake Hotel,CN,DE,\"No. 5 Xueyuan Lu, Haidian Qu, Beijing\",Beijing,\n\
        kept,Tianlong Precison Computng,,DE,,,\n\
        child,Tianlong Precison Computng,,DE,\"5 Xueyuan Road, Haidian, Beijing\",Beijing,\n\
        other,Tianlong Bakery,FR,DE,\"17 Wing Lok Street, Hong Kong\",Paris,123\n";
    std::fs::write(folder.join("parties.csv"), parties).unwrap();
    let with = decisions(&folder, &["--lists", "list.csv"]);
    let hit = |party: &str| of(&with, party)["hits"][0].clone();
    // An address that is itself listed: its user may be caught.
    assert_eq!(of(&with, "exact")["outcome"], "needs_information");
    assert_eq!((hit("exact")["entry"].as_str(), hit("exact")["basis"].as_str()), (Some("20"), Some("address")));
    // A register number is the party, whatever it calls itself.
    assert_eq!(of(&with, "near")["outcome"], "license_required");
    assert_eq!((hit("near")["basis"].as_str(), hit("near")["taken_for_listed"].as_bool()), (Some("id"), Some(true)));
    // Who shares a listed party's address is shown and not taken for it.
    assert_eq!(of(&with, "same")["outcome"], "no_license_required");
    assert_eq!((hit("same")["entry"].as_str(), hit("same")["basis"].as_str()), (Some("17"), Some("address")));
    // An address that agrees raises the score of a name.
    assert!(hit("child")["score"].as_u64() > hit("kept")["score"].as_u64(), "{} {}", hit("child"), hit("kept"));
    assert!(of(&with, "other")["hits"].as_array().unwrap().is_empty());
    let shown = tollgate(&folder, &["screen", "--lists", "list.csv", "--parties", "parties.csv"]);
    let text = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(text.contains("the street address is the entry's") && text.contains("the address agrees"), "{text}");
}

#[test]
fn signs_of_a_shell_stand_with_the_party() {
    let folder = folder("shell");
    let parties = "party_id,name,country,address,phone,incorporated_on,business\n\
        same,Blue Lake Hotel,HK,\"148 Wing Lok Street, Hong Kong\",+852 2345 6789,2025-10-01,hotel\n\
        kept,Green Fields,HK,\"148 WING LOK ST, HONG KONG\",23456,2001-10-01,cloud hosting\n";
    std::fs::write(folder.join("parties.csv"), parties).unwrap();
    let fixed = ["screen", "--lists", "list.csv", "--parties", "parties.csv", "--orders", "orders.csv"];
    let shown = tollgate(&folder, &[&fixed[..], &["--format", "json"]].concat());
    let text = String::from_utf8_lossy(&shown.stdout).into_owned();
    let signs: Vec<Vec<String>> = text
        .lines()
        .map(|line| {
            let result: serde_json::Value = serde_json::from_str(line).unwrap();
            let signs = result["shell_indicators"].as_array().unwrap().iter();
            signs.map(|sign| sign["indicator"].as_str().unwrap().to_owned()).collect()
        })
        .collect();
    assert_eq!(signs, [vec!["shared_address"], vec!["shared_address", "young", "other_business"]]);
    let text = String::from_utf8_lossy(&tollgate(&folder, &fixed).stdout).into_owned();
    assert!(text.contains("first order 2025-10-15: 14 days") && text.contains("(with kept)"), "{text}");
}

#[test]
fn doubt_about_an_owner_is_doubt_about_what_it_owns() {
    let folder = folder("doubt");
    let outcome = |stakes: &str, party: &str, more: &[&str]| {
        std::fs::write(folder.join("stakes.csv"), format!("owner_id,owned_id,percent\n{stakes}")).unwrap();
        let fixed = ["--lists", "list.csv", "--ownership", "stakes.csv"];
        let with = decisions(&folder, &[&fixed[..], more].concat());
        of(&with, party)["outcome"].as_str().unwrap().to_owned()
    };
    assert_eq!(outcome("same,kept,\n", "kept", &[]), "needs_information", "a listed owner's part is not told");
    assert_eq!(outcome("near,kept,60\n", "kept", &[]), "needs_information", "the owner may be listed");
    assert_eq!(outcome("other,kept,60\n", "kept", &[]), "no_license_required");
    // A clearance that has ended clears nothing any more.
    let header = "party_id,list,entry,by,why,until\n";
    std::fs::write(folder.join("cleared.csv"), format!("{header}near,Entity List (own),17,J. Doe,x,2025-10-14\n"))
        .unwrap();
    assert_eq!(outcome("near,kept,60\n", "kept", &["--clearances", "cleared.csv"]), "needs_information");
    std::fs::write(folder.join("cleared.csv"), format!("{header}near,Entity List (own),17,J. Doe,x,2025-10-15\n"))
        .unwrap();
    assert_eq!(outcome("near,kept,60\n", "kept", &["--clearances", "cleared.csv"]), "no_license_required");
}

#[test]
fn owners_pass_on_what_they_are() {
    let folder = folder("owners");
    std::fs::write(folder.join("half.csv"), "owner_id,owned_id,percent\nsame,kept,50\nkept,child,50\n").unwrap();
    let with = decisions(&folder, &["--lists", "list.csv", "--ownership", "half.csv", "--policy", "ear"]);
    for party in ["kept", "child"] {
        assert_eq!(of(&with, party)["outcome"], "license_required", "{party}");
        assert_eq!(of(&with, party)["ownership"][0]["standing"], "owned", "{party}");
    }
    assert_eq!(
        of(&with, "child")["ownership"][0]["proof"].to_string(),
        r#"[["kept","child","50"],["same","kept","50"]]"#
    );
    std::fs::write(folder.join("part.csv"), "owner_id,owned_id,percent\nsame,kept,30\n").unwrap();
    let with = decisions(&folder, &["--lists", "list.csv", "--ownership", "part.csv"]);
    assert_eq!(of(&with, "kept")["outcome"], "needs_information", "70 percent are unaccounted for");
    std::fs::write(folder.join("over.csv"), "owner_id,owned_id,percent\nsame,kept,60\nchild,kept,41\n").unwrap();
    // Registers round, and owners who hold together are each said to hold the whole: only that company is in doubt.
    let with = decisions(&folder, &["--lists", "list.csv", "--ownership", "over.csv"]);
    assert_eq!(of(&with, "kept")["outcome"], "license_required", "60 percent are a listed party's");
    assert_eq!(of(&with, "child")["outcome"], "no_license_required");
    std::fs::write(folder.join("over.csv"), "owner_id,owned_id,percent\nsame,kept,40\nchild,kept,61.5\n").unwrap();
    let with = decisions(&folder, &["--lists", "list.csv", "--ownership", "over.csv"]);
    let kept = of(&with, "kept");
    assert_eq!(kept["outcome"], "needs_information", "nobody knows how much of it is whose");
    assert_eq!(kept["ownership"][0]["standing"], "unknown");
    assert!(kept["screening"].to_string().contains("come to 101.5 percent"), "{}", kept["screening"]);
}

#[test]
fn a_clearance_holds_until_its_day_and_while_nothing_changes() {
    let folder = folder("clearances");
    let cleared = |row: &str| {
        let header = "party_id,list,entry,by,why,until,fingerprint\n";
        std::fs::write(folder.join("cleared.csv"), format!("{header}{row}\n")).unwrap();
        let with = decisions(&folder, &["--lists", "list.csv", "--clearances", "cleared.csv"]);
        of(&with, "near")["outcome"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        cleared("near,Entity List (own),17,J. Doe,another address and register number,,"),
        "no_license_required"
    );
    assert_eq!(cleared("near,Entity List (own),17,J. Doe,x,2025-10-15,"), "no_license_required");
    assert_eq!(cleared("near,Entity List (own),17,J. Doe,x,2025-10-14,"), "needs_information");
    assert_eq!(cleared("near,Entity List (own),17,J. Doe,x,,0123456789abcdef"), "needs_information");
    let shown = tollgate(&folder, &["screen", "--lists", "list.csv", "--parties", "parties.csv", "--format", "json"]);
    let lines = String::from_utf8_lossy(&shown.stdout).into_owned();
    let near: serde_json::Value =
        serde_json::from_str(lines.lines().find(|line| line.contains("\"party\":\"near\"")).unwrap()).unwrap();
    let print = near["matches"][0]["fingerprint"].as_str().unwrap();
    assert_eq!(cleared(&format!("near,Entity List (own),17,J. Doe,x,,{print}")), "no_license_required");
    // What is said last counts, and a match may turn out to be the listed party.
    let header = "party_id,list,entry,by,why,finding\n";
    let found = |findings: [&str; 2]| {
        let rows = findings.map(|finding| format!("near,Entity List (own),17,J. Doe,x,{finding}\n"));
        std::fs::write(folder.join("cleared.csv"), format!("{header}{}{}", rows[0], rows[1])).unwrap();
        let with = decisions(&folder, &["--lists", "list.csv", "--clearances", "cleared.csv"]);
        of(&with, "near")["outcome"].as_str().unwrap().to_owned()
    };
    assert_eq!(found(["cleared", "confirmed"]), "license_required");
    assert_eq!(found(["confirmed", ""]), "no_license_required");
}

#[test]
fn a_name_is_screened_with_its_explanation() {
    let folder = folder("name");
    let done = tollgate(
        &folder,
        &["screen", "--lists", "list.csv", "--name", "TianlongPrecison Computing", "--country", "CN"],
    );
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(text.contains("entry 17") && text.contains("`precison` for `precision`"), "{text}");
    let none = tollgate(&folder, &["screen", "--lists", "list.csv", "--name", "Quiet Orchard", "--fail-on", "match"]);
    assert!(none.status.success());
    let found =
        tollgate(&folder, &["screen", "--lists", "list.csv", "--name", "Harbor Light Mission", "--fail-on", "match"]);
    assert_eq!(found.status.code(), Some(1));
    let diff = tollgate(&folder, &["lists", "status", "list.csv"]);
    assert!(String::from_utf8_lossy(&diff.stdout).contains("1 entries       3 names  Entity List (own)"));
    std::fs::write(folder.join("later.csv"), LIST.replace("Borealis Relay", "Boreal Relay").replace("19,", "20,"))
        .unwrap();
    let diff = tollgate(&folder, &["lists", "diff", "list.csv", "later.csv"]);
    let text = String::from_utf8_lossy(&diff.stdout).into_owned();
    assert!(text.contains("1 came") && text.contains("1 went") && text.contains("1 changed names"), "{text}");
    let touched = ["lists", "diff", "list.csv", "later.csv", "--parties", "parties.csv", "--orders", "orders.csv"];
    let text = String::from_utf8_lossy(&tollgate(&folder, &touched).stdout).into_owned();
    assert!(text.contains("1 party matching") && text.contains("orders o-other"), "{text}");
}

#[test]
fn a_file_that_is_no_list_is_refused_and_nothing_is_written() {
    let folder = folder("bad");
    std::fs::write(folder.join("page.csv"), "<!DOCTYPE html><html><body>502</body></html>").unwrap();
    std::fs::write(folder.join("empty.csv"), "name,id,list\n").unwrap();
    for list in ["page.csv", "empty.csv", "absent.csv"] {
        let fixed = ["decide", "--orders", "orders.csv", "--parties", "parties.csv", "--out", "d.jsonl", "--lists"];
        let done = tollgate(&folder, &[&fixed[..], &[list]].concat());
        let error = String::from_utf8_lossy(&done.stderr).into_owned();
        assert_eq!(done.status.code(), Some(2), "{list}");
        assert!(error.contains(list) && error.contains("mend:"), "{error}");
        assert!(!folder.join("d.jsonl").exists());
    }
}

#[test]
fn a_question_behind_a_list_is_no_list() {
    let folder = folder("ask");
    std::fs::copy(folder.join("list.csv"), folder.join("more.csv")).unwrap();
    let question = "2 L4 to Rheintal Datenhallen GmbH, Germany, for rendering";
    let screened = tollgate(&folder, &["ask", "--lists", "list.csv", "--lists", "more.csv", question]);
    let text = String::from_utf8_lossy(&screened.stdout).into_owned();
    assert!(text.contains("screened against 2 list files"), "{text}{}", String::from_utf8_lossy(&screened.stderr));
    // A list without `--lists` before it would be a part of the end use, and nobody would be held against it.
    let stray = tollgate(&folder, &["ask", question, "--lists", "list.csv", "more.csv"]);
    assert_eq!(stray.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&stray.stderr).contains("more.csv"));
}
