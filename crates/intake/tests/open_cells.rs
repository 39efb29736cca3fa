//! What a cell says and is not understood leaves its mark in the tables: countries, unnamed parties, part numbers, several goods, units and doubts.

#![expect(clippy::unwrap_used, reason = "a test ends where its own files cannot be written")]

use std::collections::BTreeMap;

use tollgate_intake::{Intake, Options, RemarkKind, intake};
use tollgate_law::Law;

type Lines = Vec<BTreeMap<String, String>>;

fn table(text: &str) -> Lines {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let row = |record: csv::StringRecord| headers.iter().cloned().zip(record.iter().map(str::to_owned)).collect();
    reader.records().map(|record| row(record.unwrap())).collect()
}

fn read(text: &str) -> (Lines, Intake) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lines.csv");
    std::fs::write(&path, text).unwrap();
    let law = Law::embedded().unwrap();
    let taken = intake(&[path], &Options::default(), &law.catalog).map_err(|error| error.to_string()).unwrap();
    (table(&taken.orders), taken)
}

fn column(lines: &Lines, name: &str) -> Vec<String> {
    lines.iter().map(|line| line[name].clone()).collect()
}

fn party(taken: &Intake, id: &str) -> BTreeMap<String, String> {
    table(&taken.parties).into_iter().find(|row| row["party_id"] == id).unwrap()
}

fn says(taken: &Intake, kind: RemarkKind, column: &str) -> bool {
    taken.report.remarks_of(kind).any(|remark| remark.column == column)
}

#[test]
fn a_country_of_a_party_that_is_not_understood_is_written_as_it_stands() {
    let text = "\
Order,Ship date,Consignee,Consignee country,End user,End user country,Purchaser,Purchaser country,Ship to country,Item,Qty
1,2026-12-01,Vik Data,Norway,Holt Render,Crimea,Lund Trade,Rusia Fed,Norway,L4,2
2,2026-12-01,Berg Data,Norway/Russia,,,,,Norway,L4,2
3,2026-12-01,Dal Data,?,,,,,Norway,L4,2
4,2026-12-01,Vik Data,Sweden,,,,,Norway,L4,2
5,2026-12-01,Vik Data,Norway,,,,,Norway,L4,2
";
    let (_, taken) = read(text);
    let country = |id: &str| party(&taken, id)["country"].clone();
    assert_eq!(country("Holt Render"), "? Crimea");
    assert_eq!(country("Lund Trade"), "? Rusia Fed");
    assert_eq!(country("Berg Data"), "? Norway/Russia");
    assert_eq!(country("Dal Data"), "?");
    assert_eq!(country("Vik Data"), "? NO / SE");
    assert!(says(&taken, RemarkKind::Unread, "End user"));
    assert!(says(&taken, RemarkKind::Question, "Consignee"));
}

#[test]
fn a_country_without_a_name_is_a_party_that_nobody_named() {
    let text = "\
Order,Ship date,Consignee,Consignee country,End user,End user country,Intermediate consignee country,Purchaser country,Ship to country,Item,Qty
1,2026-12-01,Vik Data,Norway,,China,,,Norway,L4,2
2,2026-12-01,Vik Data,Norway,,,Iran,,Norway,L4,2
3,2026-12-01,Vik Data,Norway,,,,Syriah,Norway,L4,2
4,2026-12-01,Vik Data,Norway,,NO,Norway,Sweden,Sweden,L4,2
";
    let (lines, taken) = read(text);
    assert_eq!(column(&lines, "end_user"), ["? unnamed in China", "", "", ""]);
    assert_eq!(column(&lines, "intermediate_consignee"), ["", "? unnamed in Iran", "", ""]);
    assert_eq!(column(&lines, "purchaser"), ["", "", "? unnamed in Syriah", ""]);
    assert!(says(&taken, RemarkKind::Question, "End user country"));
}

#[test]
fn no_row_answers_for_goods_of_the_same_number_that_are_asked_about() {
    for text in [
        "\
Order,Ship date,Consignee,Ship to country,Item,Description,Qty
1,2026-12-01,Vik Data,Norway,ZZ-1,consulting,1
2,2026-12-01,Vik Data,Norway,ZZ-1,as agreed,2
3,2026-12-01,Vik Data,Norway,zz 1,as agreed,2
",
        "\
Order,Ship date,Consignee,Ship to country,Item,Description,Qty
2,2026-12-01,Vik Data,Norway,ZZ-1,as agreed,2
3,2026-12-01,Vik Data,Norway,zz 1,as agreed,2
1,2026-12-01,Vik Data,Norway,ZZ-1,8x L40S server,1
",
    ] {
        let (lines, taken) = read(text);
        let items = table(&taken.items);
        assert_eq!(items.len(), 1);
        for line in lines.iter().filter(|line| line["order_id"] != "1") {
            assert_ne!(line["item"], items[0]["item"], "{}", taken.orders);
            assert!(line["item"].starts_with('?') || items[0]["item"].len() > "ZZ-1".len());
        }
        assert!(lines.iter().any(|line| line["item"] == items[0]["item"]));
    }
}

#[test]
fn a_place_beside_a_country_is_not_lost() {
    let text = "\
Order,Ship date,Consignee,Consignee country,Ship to country,Item,Qty
1,2026-12-01,Reka,Ukraine,\"Yalta, Ukraine\",L4,2
2,2026-12-01,Dnipro Data,\"Sevastopol, Ukraine\",Ukraine,L4,2
3,2026-12-01,Fjord Data,\"Bergen, Norway\",Norway,L4,2
4,2026-12-01,Dal Data,Norway,\"Molde, Norway\",L4,2
";
    let (lines, taken) = read(text);
    assert_eq!(column(&lines, "destination"), ["? Yalta, Ukraine", "UA", "NO", "NO"]);
    assert_eq!(party(&taken, "Dnipro Data")["country"], "? Sevastopol, Ukraine");
    assert_eq!(party(&taken, "Fjord Data")["city"], "Bergen");
    assert_eq!(party(&taken, "Dal Data")["city"], "Molde");
}

#[test]
fn what_may_count_packs_is_no_number_of_pieces() {
    let text = "\
Order,Ship date,Consignee,Ship to country,Item,Description,Qty,Unit,Pack size
1,2026-12-01,Vik Data,Norway,L4,,4,PC10,
2,2026-12-01,Vik Data,Norway,L4,,4,EA4,
3,2026-12-01,Vik Data,Norway,L4,,4,?,
4,2026-12-01,Vik Data,Norway,L4,,4,SET,
5,2026-12-01,Vik Data,Norway,L4,,8 sets,,
6,2026-12-01,Vik Data,Norway,L4,carton of 10,4,pcs,
7,2026-12-01,Vik Data,Norway,L4,2 per box,4,,
8,2026-12-01,Vik Data,Norway,L4,contains 4 cards each,4,,
9,2026-12-01,Vik Data,Norway,crate of L4,,4,,
10,2026-12-01,Vik Data,Norway,L4,,4,,10
11,2026-12-01,Vik Data,Norway,bundle L4,,4,,
";
    let (lines, taken) = read(text);
    for line in &lines {
        let is_open = line["quantity"].starts_with('?') || line["item"].starts_with('?');
        assert!(is_open, "{}", taken.orders);
    }
    assert!(says(&taken, RemarkKind::Question, "Pack size"));
    let (lines, _) = read(
        "Order,Ship date,Consignee,Ship to country,Item,Qty,Unit,Pack size\n1,2026-12-01,Vik Data,Norway,L4,4,PCS,1\n",
    );
    assert_eq!(column(&lines, "quantity"), ["4"]);
}

#[test]
fn a_mark_of_doubt_is_not_read_over() {
    let text = "\
Order,Ship date,Consignee,Ship to country,Item,Qty
1,2026-12-01?,Vik Data,Norway?,L4?,2
2,2026-12-01 or later,Vik Data,Norway,L4 or L40S,2
3,2026-12-01 - 2027-02-01,Vik Data,Norway,L4 and others,4?
";
    let (lines, _) = read(text);
    assert!(lines.iter().all(|line| line["date"].starts_with("? 2026-12-01")));
    assert_eq!(lines[0]["destination"], "? Norway?");
    assert_eq!(lines[2]["quantity"], "? 4?");
    assert!(lines.iter().all(|line| line["item"].starts_with('?') || line["item"] != "L4"));
}
