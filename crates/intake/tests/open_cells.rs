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
