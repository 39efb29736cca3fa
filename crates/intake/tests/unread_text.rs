//! Nothing unread passes: columns that are not known, comments, stray rows, two quantities, and what the mapping may leave out.

#![expect(clippy::unwrap_used, reason = "a test ends where its own files cannot be written")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use tollgate_intake::{Intake, Mapping, Options, RemarkKind, draft_mapping, intake};
use tollgate_law::Law;

const HEADER: &str = "order_id,date,item,quantity,ultimate_consignee,consignee country,destination";
const ROW: &str = "A-1,2026-11-24,L40S,4,Fjord Studio AS,Norway,Norway";

fn table(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let row = |record: csv::StringRecord| headers.iter().cloned().zip(record.iter().map(str::to_owned)).collect();
    reader.records().map(|record| row(record.unwrap())).collect()
}

fn read_with(text: &str, mapping: Mapping) -> (Vec<BTreeMap<String, String>>, Intake) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    std::fs::write(&path, text).unwrap();
    let law = Law::embedded().unwrap();
    let options = Options { mapping, ..Options::default() };
    let taken = intake(&[path], &options, &law.catalog).map_err(|error| error.to_string()).unwrap();
    (table(&taken.orders), taken)
}

fn read(text: &str) -> (Vec<BTreeMap<String, String>>, Intake) {
    read_with(text, Mapping::default())
}

fn one_more(header: &str, cell: &str) -> BTreeMap<String, String> {
    read(&format!("{HEADER},{header}\n{ROW},{cell}\n")).0.remove(0)
}

#[test]
fn a_column_that_nobody_has_placed_leaves_its_lines_open() {
    for (header, cell) in [
        ("Additional units", "400"),
        ("Remarks", "all of it goes on to Orion Chips in Minsk"),
        ("notes", "in truth 400 H100"),
        ("Port of Discharge", "Shenzhen"),
        ("Zone", "PLA 7"),
        ("Incoterm", "CIF Shenzhen"),
        ("Route to", "Bandar Abbas"),
    ] {
        let line = one_more(header, cell);
        assert!(line["unread_text"].contains(cell), "{header}: {line:?}");
        assert!(line["unread_text"].contains(header), "{header}: {line:?}");
    }
}

#[test]
fn a_column_of_a_kind_that_says_nothing_is_let_pass() {
    for (header, cell) in [
        ("Sales tax", "1200.50"),
        ("Delivery note no", "LN-2044"),
        ("Incoterms", "DAP"),
        ("Payment terms", "Net 30 days"),
        ("Printed at", "2026-11-20 08:10:00"),
        ("Remarks", "please handle with care"),
        ("Port of discharge", "NOOSL"),
        ("Sold in", "Norway"),
        ("Zone", ""),
    ] {
        let line = one_more(header, cell);
        assert_eq!(line["unread_text"], "", "{header}");
    }
}

#[test]
fn a_header_that_names_a_party_gives_the_line_one_more() {
    for header in
        ["Beneficial owner", "Agent for", "On behalf of", "Real end user", "Beneficiary", "实际用户", "Bénéficiaire"]
    {
        let line = one_more(header, "Orion Chips Ltd");
        assert_eq!(line["intermediate_consignee"], "Orion Chips Ltd", "{header}: {line:?}");
    }
    let line = one_more("Real destination", "Iran");
    assert!(line["destination"].starts_with('?'), "{line:?}");
    let line = one_more("City", "Bergen");
    assert_eq!(line["unread_text"], "");
}

#[test]
fn what_a_person_leaves_out_by_name_is_left_out() {
    let text = format!("{HEADER},Zone\n{ROW},7 West\n");
    let (lines, taken) = read(&text);
    assert_eq!(lines[0]["unread_text"], "Zone: 7 West");
    assert!(taken.report.remarks_of(RemarkKind::Question).any(|remark| remark.column == "Zone"));
    // What was written is no confirmation.
    let again = Mapping::parse("map.toml", &taken.map).unwrap();
    assert_eq!(read_with(&text, again).0[0]["unread_text"], "Zone: 7 West");
    let confirmed = taken.map.replace("# ignore = [\"Remarks\"]", "ignore = [\"Zone\"]");
    let confirmed = Mapping::parse("map.toml", &confirmed).unwrap();
    let (lines, taken) = read_with(&text, confirmed);
    assert_eq!(lines[0]["unread_text"], "");
    assert!(taken.map.contains("ignore = [\"Zone\"]"));
}

#[test]
fn a_row_beside_the_table_that_may_be_about_its_lines_leaves_them_open() {
    for row in ["send all of it to Iran,,,,,,", "\"Total: forty, thereof 30 for Orion\",,,,,,"] {
        let (lines, _) = read(&format!("{HEADER}\n{ROW}\n{}\n{row}\n", ROW.replace("A-1", "A-2")));
        assert_eq!(lines.len(), 2, "{row}");
        assert!(lines.iter().all(|line| line["unread_text"].starts_with("stray rows: ")), "{lines:?}");
    }
    for row in ["Total,,,4,,,", "Grand total 4,,,,,,", "end of report,,,,,,"] {
        let (lines, _) = read(&format!("{HEADER}\n{ROW}\n{row}\n"));
        assert_eq!(lines.len(), 1, "{row}");
        assert_eq!(lines[0]["unread_text"], "", "{row}");
    }
}

#[test]
fn of_two_quantities_the_quantity_is_what_is_open() {
    let line = one_more("quantity", "4000");
    assert_eq!(line["quantity"], "? 4 / 4000");
    assert_eq!((line["item"].as_str(), line["date"].as_str()), ("L40S", "2026-11-24"));
}

#[test]
fn numerals_and_counters_of_east_asia_are_read() {
    for (cell, units) in [
        ("4张", "4"),
        ("二台", "2"),
        ("二十", "20"),
        ("1万", "10000"),
        ("2万张", "20000"),
        ("4장", "4"),
        ("3개", "3"),
        ("5块", "5"),
    ] {
        let text = format!("订单号,日期,品名,数量,收货人,目的国\nC-1,2026-11-24,L40S,{cell},Fjord Studio AS,Norway\n");
        assert_eq!(read(&text).0[0]["quantity"], units, "{cell}");
    }
    let text = "注文番号,出荷日,品名,数量,荷受人,仕向国\nJ-1,令和八年十一月二十四日,L40S,2台,Fjord Studio AS,Norway\n";
    assert_eq!(read(text).0[0]["date"], "2026-11-24");
}

#[test]
fn a_file_without_orders_names_its_headers_and_has_a_draft() {
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("b.csv");
    std::fs::write(&path, "Vorgang;Gerät;Anzal;Ziel\n7;L40S;4;Norwegen\n").unwrap();
    let law = Law::embedded().unwrap();
    let refused = intake(std::slice::from_ref(&path), &Options::default(), &law.catalog).unwrap_err().to_string();
    assert!(refused.contains("`Gerät`") && refused.contains("`Anzal`"), "{refused}");
    let draft = draft_mapping(std::slice::from_ref(&path), &Options::default());
    assert!(draft.contains("\"Gerät\" = \"\""), "{draft}");
    let filled = draft
        .replace("\"Gerät\" = \"\"", "\"Gerät\" = \"item\"")
        .replace("\"Ziel\" = \"\"", "\"Ziel\" = \"destination\"");
    assert!(Mapping::parse("map.toml", &filled).is_ok(), "{filled}");
    let sap = "Verkaufsbeleg;Versanddatum;Materialbezeichnung;Menge;ME;Warenempfänger;Empfangsland\n1;24.11.2026;L40S;4;ST;Fjord Studio AS;Norwegen\n";
    let line = read(sap).0.remove(0);
    assert_eq!((line["item"].as_str(), line["quantity"].as_str(), line["destination"].as_str()), ("L40S", "4", "NO"));
}

#[test]
fn columns_that_the_caller_leaves_out_are_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    std::fs::write(&path, format!("{HEADER},Dock zone\n{ROW},7 West\n")).unwrap();
    let law = Law::embedded().unwrap();
    let ignored = std::collections::BTreeSet::from(["dock_zone".to_owned()]);
    let options = Options { ignored, ..Options::default() };
    let taken = intake(&[path], &options, &law.catalog).map_err(|error| error.to_string()).unwrap();
    assert_eq!(table(&taken.orders)[0]["unread_text"], "");
}

#[test]
fn sums_of_studies_are_said_to_be_no_orders() {
    let (lines, taken) = read("Country,Quarter,Accelerator,H100e,Units\nNorway,2026Q1,L40S,1200,\n");
    assert!(lines[0]["unread_text"].contains("H100e: 1200"), "{lines:?}");
    let said = |remark: &tollgate_intake::Remark| remark.what.contains("no order");
    assert!(taken.report.remarks_of(RemarkKind::Question).any(said));
}

#[test]
fn a_name_with_a_space_too_many_is_no_other_item() {
    let text = format!("{HEADER}\n{}\n", ROW.replace("L40S", "L4 0S"));
    let (lines, taken) = read(&text);
    assert!(lines[0]["item"].contains("L4 0S"), "{lines:?}");
    let said = |remark: &tollgate_intake::Remark| remark.what.contains("a space too many");
    assert!(taken.report.remarks_of(RemarkKind::Question).any(said));
}

#[test]
fn goods_that_count_without_a_quantity_are_asked_about_as_such() {
    let text = format!("{HEADER}\n{}\n", ROW.replace("L40S,4", "16 x L40S,"));
    let (lines, taken) = read(&text);
    assert_eq!(lines[0]["quantity"], "?");
    let said = |remark: &tollgate_intake::Remark| remark.what.contains("the goods say 16");
    assert!(taken.report.remarks_of(RemarkKind::Question).any(said));
}
