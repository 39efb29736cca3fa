//! `tollgate fleet`: ratios and counts now and after each planned order, exact, and unsettled where a fact is missing.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must stop, helpers included"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const PARTIES: &str = "party_id,name,country,hq_country,parent_id,flags
maker,Maker,US,US,,
orchard,Orchard Compute,US,US,,uveu
orchard-de,Orchard Frankfurt,DE,US,orchard,uveu
willow,Willow Hosting,SG,,,uveu
heath,Heath Data,IN,IN,,nveu:IN
";
const SITES: &str = "site_id,owner,country,item,quantity
va-1,orchard,US,H100 SXM5 80GB,1000
fra-1,orchard-de,DE,H100 SXM5 80GB,100
bom-1,orchard,IN,H100 SXM5 80GB,50
mum-1,heath,IN,H100 SXM5 80GB,10
";
const PLAN: &str = "order_id,line,date,activity,exporter,ultimate_consignee,origin,destination,item,quantity,end_use
P-1,1,2025-07-01,export,maker,orchard,US,IN,H100 SXM5 80GB,100,data_center
P-2,1,2025-07-02,export,orchard,orchard-de,US,DE,H100 SXM5 80GB,400,data_center
";

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tollgate")).current_dir(folder).args(arguments).output().unwrap()
}

/// The steps of a fleet of these tables.
fn steps(sites: &str, parties: &str, plan: &str) -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("sites.csv", sites), ("parties.csv", parties), ("plan.csv", plan)] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let arguments = ["fleet", "sites.csv", "--plan", "plan.csv", "--parties", "parties.csv", "--policy", "diffusion"];
    let done = run(folder.path(), &[&arguments[..], &["--date", "2025-06-30", "--format", "json"]].concat());
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let whole: Value = serde_json::from_slice(&done.stdout).unwrap();
    whole["steps"].as_array().unwrap().clone()
}

/// Share and whether it is kept, of each ratio of a holder in a step.
fn ratios(step: &Value, holder: &str) -> Vec<(Option<String>, Option<bool>)> {
    let standings = step["standings"].as_array().unwrap();
    let standing = standings.iter().find(|standing| standing["holder"] == holder).unwrap();
    let rows = standing["ratios"].as_array().unwrap().iter();
    rows.map(|ratio| (ratio["percent"].as_str().map(str::to_owned), ratio["kept"].as_bool())).collect()
}

fn kept(text: &str, is_kept: bool) -> (Option<String>, Option<bool>) {
    (Some(text.to_owned()), Some(is_kept))
}

#[test]
fn ratios_are_those_of_the_group_now_and_after_each_order() {
    let steps = steps(SITES, PARTIES, PLAN);
    assert_eq!(steps.len(), 3);
    // 50 of 1150 outside; 150 of 1150 abroad.
    assert_eq!(ratios(&steps[0], "orchard"), [kept("4.347", true), kept("4.347", true), kept("13.043", true)]);
    // 150 of 1250 outside, all in one country.
    assert_eq!(ratios(&steps[1], "orchard"), [kept("12", true), kept("12", false), kept("20", true)]);
    // 400 move within the group from the United States: 650 of 1250 are abroad.
    assert_eq!(ratios(&steps[2], "orchard"), [kept("12", true), kept("12", false), kept("52", false)]);
    assert!(steps[1]["decision"].as_str().unwrap().contains("VEU"), "{}", steps[1]);
    let heath = steps[0]["standings"].as_array().unwrap().iter().find(|one| one["holder"] == "heath").unwrap();
    assert_eq!(
        (&heath["national"][0]["country"], &heath["national"][0]["kept"]),
        (&Value::from("IN"), &Value::from(true))
    );
    assert_eq!(heath["national"][0]["held_milli_tpp"], "158240000");
}

#[test]
fn a_share_at_the_limit_is_kept_and_one_unit_more_is_not() {
    let site = |abroad: u32| {
        format!(
            "site_id,owner,country,item,quantity\na,orchard,US,H100 SXM5 80GB,93\nb,orchard,IN,H100 SXM5 80GB,{abroad}\n"
        )
    };
    let none = PLAN.lines().next().unwrap();
    assert_eq!(ratios(&steps(&site(7), PARTIES, none)[0], "orchard")[1], kept("7", true));
    assert_eq!(ratios(&steps(&site(8), PARTIES, none)[0], "orchard")[1].1, Some(false));
}

#[test]
fn what_is_not_known_leaves_the_ratios_unsettled_and_is_named() {
    let none = PLAN.lines().next().unwrap();
    let said = |row: &str, holder: &str| {
        let found = steps(&format!("{SITES}{row}\n"), PARTIES, none);
        let standings = found[0]["standings"].as_array().unwrap().clone();
        let standing = standings.into_iter().find(|standing| standing["holder"] == holder).unwrap();
        assert!(standing["ratios"][0]["kept"].is_null() && standing["ratios"][0]["percent"].is_null(), "{row}");
        standing["ratios"][0]["unsettled"][0].as_str().unwrap().to_owned()
    };
    for (row, what) in [
        ("x,orchard,,H100 SXM5 80GB,5", "in which country"),
        ("x,orchard,IN,H100 SXM5 80GB,", "how many"),
        ("x,orchard,IN,,5", "whether ``"),
        ("x,orchard,IN,Nameless accelerator,5", "Nameless accelerator"),
        ("x,,IN,H100 SXM5 80GB,5", "who owns"),
    ] {
        let reason = said(row, "orchard");
        assert!(reason.contains("Row 5 of sites.csv (site x)") && reason.contains(what), "{row}: {reason}");
    }
    assert!(said("x,unheard-of,IN,H100 SXM5 80GB,5", "unheard-of").contains("ultimate parent of `unheard-of`"));
    // A parent without headquarters: only the ratio of Americans is open.
    let found = steps(&format!("{SITES}x,willow,SG,H100 SXM5 80GB,5\n"), PARTIES, none);
    let willow = ratios(&found[0], "willow");
    assert_eq!((willow[0].1, willow[2].1), (Some(false), None));
}

#[test]
fn other_goods_weigh_nothing_and_another_policy_has_no_ratio() {
    let none = PLAN.lines().next().unwrap();
    let found = steps(&format!("{SITES}x,orchard,IN,GeForce RTX 3090,500\n"), PARTIES, none);
    assert_eq!(ratios(&found[0], "orchard")[0], kept("4.347", true));
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("sites.csv"), SITES).unwrap();
    let done = run(folder.path(), &["fleet", "sites.csv", "--policy", "ear", "--date", "2025-06-30"]);
    let text = String::from_utf8(done.stdout).unwrap();
    assert!(done.status.success() && text.contains("no geographic ratio is in force"), "{text}");
}

#[test]
fn the_lines_of_a_file_are_held_against_the_fleet() {
    let folder = tempfile::tempdir().unwrap();
    let parties = "party_id,name,country,hq_country,parent_id,flags
orchard,Orchard Compute,IN,US,,uveu
orchard-jp,Orchard Tokyo,JP,US,orchard,uveu
";
    let sites = "site_id,owner,country,item,quantity\nva-1,orchard,US,H100 SXM5 80GB,93000\n";
    let orders = "order_id,line,date,activity,ultimate_consignee,origin,destination,item,quantity,end_use,authorization
P-1,1,2025-07-01,export,orchard,US,IN,H100 SXM5 80GB,7000,data_center,VEU
P-2,1,2025-07-02,export,orchard,US,IN,H100 SXM5 80GB,2000,data_center,VEU
P-3,1,2025-07-03,export,orchard-jp,US,JP,H100 SXM5 80GB,100000,data_center,
P-4,1,2025-07-04,export,orchard,US,IN,H100 SXM5 80GB,2000,data_center,VEU
";
    for (name, text) in [("sites.csv", sites), ("parties.csv", parties), ("orders.csv", orders)] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let arguments = ["decide", "--orders", "orders.csv", "--parties", "parties.csv", "--policy", "diffusion"];
    let decided = |more: &[&str]| {
        let done = run(folder.path(), &[&arguments[..], more, &["--out", "out.jsonl"]].concat());
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let text = fs::read_to_string(folder.path().join("out.jsonl")).unwrap();
        let rows = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        rows.map(|row| row["authorization"].as_str().unwrap_or("").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(decided(&[]), ["VEU", "VEU", "AIA", "VEU"]);
    assert_eq!(decided(&["--fleet", "sites.csv"]), ["VEU", "", "AIA", "VEU"]);
}
