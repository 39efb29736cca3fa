//! Nothing unread passes, and nothing unread ends a file: a cell that is not understood costs its line, its party or its item.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop, helpers included")]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const HEADER: [&str; 18] = [
    "order_id",
    "line",
    "date",
    "activity",
    "exporter",
    "purchaser",
    "intermediate_consignee",
    "ultimate_consignee",
    "end_user",
    "freight_forwarder",
    "origin",
    "destination",
    "item",
    "quantity",
    "end_use",
    "authorization",
    "unit_price_usd",
    "packages",
];
/// A line that goes without a license.
const GOOD: [&str; 18] = [
    "harbor-1",
    "1",
    "2026-11-02",
    "export",
    "seller",
    "",
    "",
    "lagoon",
    "",
    "",
    "US",
    "NO",
    "L4",
    "3",
    "inference",
    "NLR",
    "2500",
    "1",
];
const PARTIES: &str = "party_id,name,country,hq_country,parent_id,flags,incorporated_on,data_center_mw\n\
    seller,Quayside Boards,US,US,,,,\n\
    lagoon,Lagoon Rendering,NO,NO,,,2011-05-04,2\n";
const ITEMS: &str = "item,kind,tpp,performance_density,data_center,eccn\nReef card,ic,300,0.8,false,\n";

fn folder(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join("tollgate-unread").join(name);
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

/// Decides a table of orders; the records, and what was said on standard error.
fn decide(name: &str, orders: &str, parties: &str, items: &str, more: &[(&str, &str)]) -> (Vec<Value>, String) {
    let folder = folder(name);
    let write = |file: &str, text: &str| {
        std::fs::write(folder.join(file), text).unwrap();
        folder.join(file)
    };
    let (orders, parties, items) =
        (write("orders.csv", orders), write("parties.csv", parties), write("items.csv", items));
    let out = folder.join("decisions.jsonl");
    let mut command = Command::new(env!("CARGO_BIN_EXE_tollgate"));
    let path = |path: &Path| path.to_str().unwrap().to_owned();
    command.args(["decide", "--orders", &path(&orders), "--parties", &path(&parties), "--items", &path(&items)]);
    command.args(["--policy", "ear", "--out", &path(&out)]);
    for (flag, text) in more {
        let file = write(&format!("{}.csv", flag.trim_start_matches('-')), text);
        command.args([*flag, &path(&file)]);
    }
    let done = command.output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "{name}: {said}");
    let text = std::fs::read_to_string(&out).unwrap();
    (text.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), said)
}

fn line_with(column: &str, value: &str) -> String {
    let cells = HEADER.iter().zip(GOOD).map(|(name, cell)| if *name == column { value } else { cell });
    cells.collect::<Vec<_>>().join(",")
}

fn table_of(lines: &[String]) -> String {
    format!("{}\n{}\n", HEADER.join(","), lines.join("\n"))
}

#[test]
fn a_line_that_is_understood_goes() {
    let (records, said) = decide("good", &table_of(&[GOOD.join(",")]), PARTIES, ITEMS, &[]);
    assert_eq!(records[0]["outcome"], "no_license_required", "{}", records[0]);
    assert!(!said.contains("not understood"), "{said}");
}

#[test]
fn no_cell_that_is_not_understood_lets_its_line_go_or_takes_another_with_it() {
    let cases = [
        ("date", "30.02.2026"),
        ("date", "spring"),
        ("date", ""),
        ("activity", "barter"),
        ("origin", "Lemuria"),
        ("destination", "Avalon"),
        ("destination", ""),
        ("quantity", "three crates"),
        ("quantity", "1.000"),
        ("quantity", "0"),
        ("quantity", "-4"),
        ("quantity", ""),
        ("item", ""),
        ("ultimate_consignee", ""),
        ("order_id", ""),
    ];
    let mut lines: Vec<String> = cases.iter().map(|(column, value)| line_with(column, value)).collect();
    let named = |(at, line): (usize, &String)| line.replace("harbor-1,", &format!("harbor-{},", at + 2));
    lines = lines.iter().enumerate().map(named).collect();
    lines.push(GOOD.join(","));
    let (records, said) = decide("orders", &table_of(&lines), PARTIES, ITEMS, &[]);
    assert_eq!(records.len(), lines.len());
    let of = |id: &str| records.iter().find(|record| record["order_id"] == id).unwrap();
    for (at, (column, value)) in cases.iter().enumerate() {
        let id = if *column == "order_id" { format!("row {}", at + 1) } else { format!("harbor-{}", at + 2) };
        let record = of(&id);
        assert_eq!(record["outcome"], "needs_information", "{column} {value:?}: {record}");
        let missing = record["missing"].as_array().unwrap();
        assert!(missing.iter().any(|name| name == column), "{column} {value:?}: {missing:?}");
        let remarks = record["remarks"].to_string();
        assert!(remarks.contains(&format!("`{column}`")), "{column} {value:?}: {remarks}");
    }
    assert_eq!(of("harbor-1")["outcome"], "no_license_required");
    assert!(said.contains("15 lines"), "{said}");
}

#[test]
fn what_was_declared_of_the_goods_is_said_and_decides_nothing() {
    let (records, _) = decide("declared", &table_of(&[line_with("unit_price_usd", "a lot")]), PARTIES, ITEMS, &[]);
    assert_eq!(records[0]["outcome"], "no_license_required");
    assert!(records[0]["remarks"].to_string().contains("a lot"));
}

#[test]
fn an_unread_quantity_does_not_make_a_refusal_milder() {
    let line = line_with("quantity", "many").replace(",NO,L4,", ",IR,A800,");
    let (records, _) = decide("iran", &table_of(&[line]), PARTIES, ITEMS, &[]);
    assert_eq!(records[0]["outcome"], "license_required", "{}", records[0]);
}

#[test]
fn a_party_whose_row_is_not_understood_is_not_known() {
    for (name, row, goes) in [
        // It may be an embargoed place, whatever the destination is said to be.
        ("country", "lagoon,Lagoon Rendering,Avalon,NO,,,,", false),
        ("founding", "lagoon,Lagoon Rendering,NO,NO,,,31.31.2011,", true),
        ("headquarters", "lagoon,Lagoon Rendering,NO,Avalon,,,,", true),
        ("twice", "lagoon,Lagoon Rendering,NO,NO,,,,\nlagoon,Lagoon Rendering,CN,CN,,,,", false),
    ] {
        let parties = format!("{}\n{row}\n", PARTIES.lines().take(2).collect::<Vec<_>>().join("\n"));
        // A card for which headquarters decide, and one for which nothing does.
        let lines = [line_with("item", "Reef card"), line_with("item", "A800").replace("harbor-1", "harbor-2")];
        let (records, said) = decide(&format!("party-{name}"), &table_of(&lines), &parties, ITEMS, &[]);
        assert!(said.contains("parties.csv, row"), "{name}: {said}");
        assert_eq!(records[0]["outcome"] == "no_license_required", goes, "{name}: {}", records[0]);
        if matches!(name, "headquarters" | "twice") {
            assert_eq!(records[1]["outcome"], "needs_information", "{name}: {}", records[1]);
        }
    }
}

#[test]
fn a_party_that_stands_twice_permits_nothing_and_gives_its_children_no_headquarters() {
    let parties = "party_id,name,country,hq_country,parent_id,flags\nseller,Quayside Boards,US,US,,\n\
        keel,Keel Holding,CN,CN,,\nkeel,Keel Holding,NO,NO,,uveu\nlagoon,Lagoon Rendering,NO,NO,keel,\n";
    let lines = [line_with("item", "A800"), line_with("ultimate_consignee", "keel").replace("harbor-1", "harbor-2")];
    let (records, _) = decide("twice", &table_of(&lines), parties, ITEMS, &[]);
    for record in &records {
        assert_eq!(record["outcome"], "needs_information", "{record}");
    }
}

#[test]
fn an_item_whose_row_is_not_understood_is_not_known_nor_what_holds_it() {
    let items = "item,kind,tpp,performance_density,data_center,accelerator,accelerators\n\
        Reef card,ic,plenty,0.8,false,,\nReef server,server,,,,Reef card,8\nCoral card,ic,300,0.8,perhaps,,\n";
    let lines = ["Reef card", "Reef server", "Coral card", "L4"].iter().enumerate();
    let lines = lines.map(|(at, item)| line_with("item", item).replace("harbor-1", &format!("harbor-{at}")));
    let (records, said) = decide("items", &table_of(&lines.collect::<Vec<_>>()), PARTIES, items, &[]);
    for record in &records[..3] {
        assert_eq!(record["outcome"], "needs_information", "{record}");
        assert!(record["missing"].to_string().contains("item"), "{record}");
    }
    assert_eq!(records[3]["outcome"], "no_license_required");
    assert!(said.contains("items.csv, row 1"), "{said}");
}

#[test]
fn a_stake_that_is_not_understood_leaves_the_parent_open() {
    let lines = [line_with("item", "A800"), GOOD.join(",").replace("harbor-1", "harbor-2")];
    let ownerless = "owner_id,owned_id,percent\n,lagoon,60\n";
    let (records, _) = decide("ownerless", &table_of(&lines), PARTIES, ITEMS, &[("--ownership", ownerless)]);
    assert_eq!(records[0]["outcome"], "needs_information", "{}", records[0]);
    let stakes = "owner_id,owned_id,percent\nseller,seller,30\nsomebody,lagoon,most\n";
    let (records, said) = decide("stakes", &table_of(&lines), PARTIES, ITEMS, &[("--ownership", stakes)]);
    assert_eq!(records[0]["outcome"], "needs_information", "{}", records[0]);
    assert!(said.contains("ownership.csv, row 1") && said.contains("ownership.csv, row 2"), "{said}");
}

#[test]
fn strict_refuses_what_is_not_understood() {
    let folder = folder("strict");
    let orders = folder.join("orders.csv");
    std::fs::write(&orders, table_of(&[line_with("quantity", "three crates")])).unwrap();
    let out = folder.join("out.jsonl");
    let done = Command::new(env!("CARGO_BIN_EXE_tollgate"))
        .args(["decide", "--strict", "--orders", orders.to_str().unwrap(), "--out", out.to_str().unwrap()])
        .output()
        .unwrap();
    assert_eq!(done.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&done.stderr).contains("three crates"));
    assert!(!out.exists());
}

#[test]
fn what_is_not_understood_is_derived_again_as_it_stands() {
    let lines: Vec<String> = [("date", "soon"), ("quantity", "few"), ("destination", "Avalon"), ("activity", "barter")]
        .iter()
        .enumerate()
        .map(|(at, (column, value))| line_with(column, value).replace("harbor-1", &format!("harbor-{at}")))
        .collect();
    decide("recheck", &table_of(&lines), PARTIES, ITEMS, &[]);
    let decisions = std::env::temp_dir().join("tollgate-unread/recheck/decisions.jsonl");
    let recheck = |file: &Path| {
        Command::new(env!("CARGO_BIN_EXE_tollgate")).args(["audit", "recheck", "--file"]).arg(file).output().unwrap()
    };
    let done = recheck(&decisions);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
    // A line that is open for its day may not be made one that goes.
    let text = std::fs::read_to_string(&decisions).unwrap();
    let changed = text.replace("\"needs_information\"", "\"no_license_required\"");
    let forged = decisions.with_file_name("forged.jsonl");
    std::fs::write(&forged, changed).unwrap();
    assert!(!recheck(&forged).status.success());
}

#[test]
fn what_is_marked_with_a_question_mark_is_no_value() {
    let marked = [
        ("item", "? Reef card"),
        ("item", "?"),
        ("ultimate_consignee", "? Foo Bar Ltd"),
        ("end_user", "？ somebody"),
        ("purchaser", "?"),
        ("end_use", "? gaming"),
    ];
    for (column, value) in marked {
        let (records, _) = decide("marked", &table_of(&[line_with(column, value)]), PARTIES, ITEMS, &[]);
        assert_eq!(records[0]["outcome"], "needs_information", "{column} {value}: {}", records[0]);
        let missing = records[0]["missing"].as_array().unwrap();
        assert!(missing.iter().any(|name| name == column), "{column} {value}: {missing:?}");
    }
}

/// Runs `decide` on the files of an earlier run with further arguments; the records, and what was said on standard error.
fn decide_again(name: &str, arguments: &[&str]) -> (Vec<Value>, String) {
    let folder = std::env::temp_dir().join("tollgate-unread").join(name);
    let path = |file: &str| folder.join(file).to_str().unwrap().to_owned();
    let mut command = Command::new(env!("CARGO_BIN_EXE_tollgate"));
    command.args(["decide", "--orders", &path("orders.csv"), "--parties", &path("parties.csv")]);
    let done = command.args(["--out", &path("again.jsonl")]).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "{name}: {said}");
    let text = std::fs::read_to_string(folder.join("again.jsonl")).unwrap();
    (text.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), said)
}

fn has_missing(record: &Value, column: &str) -> bool {
    record["missing"].as_array().unwrap().iter().any(|name| name == column)
}

#[test]
fn a_column_that_nobody_has_placed_holds_its_lines_until_somebody_says_ignore() {
    let second = GOOD.join(",").replace("harbor-1", "harbor-2");
    let text = format!("{},Real destination\n{},Iran\n{second},\n", HEADER.join(","), GOOD.join(","));
    let (records, said) = decide("side", &text, PARTIES, ITEMS, &[]);
    assert!(said.contains("Real destination") && said.contains("leaves its line open"), "{said}");
    assert_eq!(records[0]["outcome"], "needs_information", "{}", records[0]);
    assert!(has_missing(&records[0], "unread_text"), "{}", records[0]);
    assert!(records[0]["remarks"].to_string().contains("Real destination: Iran"), "{}", records[0]);
    assert_eq!(records[1]["outcome"], "no_license_required", "{}", records[1]);
    let (records, said) = decide_again("side", &["--ignore-column", "real_destination"]);
    assert_eq!(records[0]["outcome"], "no_license_required", "{}", records[0]);
    assert!(said.contains("--ignore-column"), "{said}");
}

#[test]
fn a_listed_name_in_what_nobody_has_read_is_shown() {
    let text = format!("{},remarks\n{},all of it goes on to Orion Chips in Minsk\n", HEADER.join(","), GOOD.join(","));
    let list = "list,id,name,aliases,country\nEntity List (extract),e-1,Orion Chips Co Ltd,,BY\n";
    let (records, _) = decide("side-names", &text, PARTIES, ITEMS, &[("--lists", list)]);
    let remarks = records[0]["remarks"].to_string();
    assert!(remarks.contains("may be Orion Chips Co Ltd"), "{remarks}");
}

#[test]
fn what_comes_from_an_embargoed_place_is_not_settled() {
    let (records, _) = decide("origin", &table_of(&[line_with("origin", "IR")]), PARTIES, ITEMS, &[]);
    assert_eq!(records[0]["outcome"], "needs_information", "{}", records[0]);
    assert!(has_missing(&records[0], "origin"), "{}", records[0]);
    assert!(records[0]["next"].to_string().contains("736.2(b)(10)"), "{}", records[0]);
}

#[test]
fn a_party_whose_name_names_another_country_has_its_headquarters_open() {
    for name in ["Embassy of Iran", "Consulate of the P.R.C.", "PLA Unit 61398"] {
        let parties = PARTIES.replace("Lagoon Rendering", name);
        let (records, _) = decide("named-country", &table_of(&[GOOD.join(",")]), &parties, ITEMS, &[]);
        assert_eq!(records[0]["outcome"], "needs_information", "{name}: {}", records[0]);
        assert!(has_missing(&records[0], "hq_country"), "{name}: {}", records[0]);
    }
    // Who has asked where the headquarters are says so by an answer.
    let answers = "question,table,of,column,answer\n,parties,lagoon,hq_country,NO\n";
    std::fs::write(std::env::temp_dir().join("tollgate-unread/named-country/answers.csv"), answers).unwrap();
    let path = std::env::temp_dir().join("tollgate-unread/named-country/answers.csv");
    let (records, said) = decide_again("named-country", &["--answers", path.to_str().unwrap()]);
    assert_eq!(records[0]["outcome"], "no_license_required", "{said} {}", records[0]);
}

#[test]
fn a_name_of_armed_forces_is_asked_about_where_a_paragraph_asks() {
    let outcome = |name: &str, flags: &str| {
        let party = format!("lagoon,{name},KH,KH,,{flags},2011-05-04,2");
        let parties = PARTIES.replace("lagoon,Lagoon Rendering,NO,NO,,,2011-05-04,2", &party);
        let line = line_with("destination", "KH").replace(",L4,", ",Reef card,");
        let (records, _) = decide("forces", &table_of(&[line]), &parties, ITEMS, &[]);
        (records[0]["outcome"].as_str().unwrap().to_owned(), has_missing(&records[0], "flags"))
    };
    for name in ["Royal Navy Workshop of Cambodia", "Directorate of Military Intelligence", "Unit 70001"] {
        assert_eq!(outcome(name, ""), ("needs_information".to_owned(), true), "{name}");
        assert_eq!(outcome(name, "civilian").0, "no_license_required", "{name}");
        assert_eq!(outcome(name, "military").0, "license_required", "{name}");
    }
    assert_eq!(outcome("Lagoon Rendering", "").0, "no_license_required");
}

#[test]
fn every_word_of_an_end_use_is_understood_or_its_line_stays_open() {
    for end_use in ["gaming (the real user is the PLA)", "rendering in a military simulator", "school and the navy"] {
        let (records, _) = decide("uses", &table_of(&[line_with("end_use", end_use)]), PARTIES, ITEMS, &[]);
        assert_eq!(records[0]["outcome"], "needs_information", "{end_use}: {}", records[0]);
        assert!(has_missing(&records[0], "end_use"), "{end_use}: {}", records[0]);
    }
}

#[test]
fn a_question_mark_behind_a_value_is_a_doubt_about_it() {
    for (column, value) in [
        ("item", "L4?"),
        ("end_use", "inference (?)"),
        ("activity", "export?"),
        ("ultimate_consignee", "lagoon？"),
        ("destination", "NO?"),
        ("quantity", "3?"),
    ] {
        let (records, _) = decide("doubt", &table_of(&[line_with(column, value)]), PARTIES, ITEMS, &[]);
        assert_eq!(records[0]["outcome"], "needs_information", "{column} {value}: {}", records[0]);
    }
    let (records, _) = decide("doubt", &table_of(&[line_with("authorization", "NLR?")]), PARTIES, ITEMS, &[]);
    assert_eq!(records[0]["claimed_ok"], Value::Null, "{}", records[0]);
}
