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
    assert!(lines.iter().all(|line| line["item"].starts_with("? L4")));
}

#[test]
fn groups_of_headers_name_no_party_for_every_line() {
    let text = "\
,,,,Consignee,,End user,
Order,Description,Qty,Ship date,Name,Country,Name,Country
1,L4,2,2026-12-01,Fjord Data,Norway,Holt Render,China
";
    let (lines, taken) = read(text);
    assert_eq!(column(&lines, "ultimate_consignee"), ["Fjord Data"]);
    assert_eq!(column(&lines, "end_user"), ["Holt Render"]);
    assert_eq!(party(&taken, "Holt Render")["country"], "CN");
    let text = "\
Consignee,End user,,,
,,,,
Order,Description,Qty,Ship date,Ship to country
1,L4,2,2026-12-01,Norway
";
    let (lines, _) = read(text);
    assert_eq!(column(&lines, "ultimate_consignee"), ["?"]);
}

#[test]
fn seats_parents_and_further_parties_of_orders_are_known() {
    let text = "\
Order,Ship date,Consignee,Consignee country,HQ Country,Parent Company,Ship to country,Item,Qty,Consignee 2,End User 2
1,2026-12-01,Fjord Data,Norway,China,Wan Holding,Norway,L4,2,Holt Render,Lund Trade
2,2026-12-01,Berg Data,Norway,Nowhere,,Norway,L4,2,,
3,2026-12-01,Vik Data,Norway,Sweden,,Norway,L4,2,,
4,2026-12-01,Vik Data,Norway,Japan,,Norway,L4,2,,
";
    let (lines, taken) = read(text);
    let fjord = party(&taken, "Fjord Data");
    assert_eq!((fjord["hq_country"].as_str(), fjord["parent_id"].as_str()), ("CN", "Wan Holding"));
    assert_eq!(party(&taken, "Berg Data")["hq_country"], "? Nowhere");
    assert_eq!(party(&taken, "Vik Data")["hq_country"], "? SE / JP");
    let first: Vec<&str> = lines[0].values().map(String::as_str).collect();
    assert!(first.contains(&"Holt Render") && first.contains(&"Lund Trade"), "{}", taken.orders);
    for header in ["Consignee HQ Country", "Headquarters", "Ultimate Parent"] {
        let (_, taken) = read(&format!(
            "Order,Ship date,Consignee,{header},Ship to country,Item,Qty\n1,2026-12-01,Fjord Data,China,Norway,L4,2\n"
        ));
        let fjord = party(&taken, "Fjord Data");
        assert!(!fjord["hq_country"].is_empty() || !fjord["parent_id"].is_empty(), "{header}");
    }
}

#[test]
fn several_columns_for_one_place_must_say_the_same() {
    let text = "\
Order,Ship date,Consignee,Destination Country,Ship To Country,Final Destination,Country of Final Use,Item,Qty
1,2026-12-01,Vik Data,Norway,Norway,NO,,L4,2
2,2026-12-01,Vik Data,Norway,Sweden,,,L4,2
3,2026-12-01,Vik Data,Norway,Norway,Iran,,L4,2
4,2026-12-01,Vik Data,Norway,,,Crimea,L4,2
5,2026-12-01,Vik Data,,,Iran,,L4,2
";
    let (lines, taken) = read(text);
    let found = column(&lines, "destination");
    assert_eq!(found, ["NO", "? Norway / Sweden", "? Norway / Iran", "? Norway / Crimea", "? Iran"]);
    let again = tollgate_intake::Mapping::parse("map.toml", &taken.map).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lines.csv");
    std::fs::write(&path, text).unwrap();
    let law = Law::embedded().unwrap();
    let options = Options { mapping: again, ..Options::default() };
    let second = intake(&[path], &options, &law.catalog).map_err(|error| error.to_string()).unwrap();
    assert!(column(&table(&second.orders), "destination").iter().skip(1).all(|place| place.starts_with('?')));
}
