//! Nothing goes unseen: a second party, a formula without a value, what stands above the headers, a column that says otherwise, another row of the same party.

#![expect(clippy::unwrap_used, reason = "a test ends where its own files cannot be written")]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;

use tollgate_intake::{Intake, Options, RemarkKind, intake};
use tollgate_law::Law;

type Lines = Vec<BTreeMap<String, String>>;

fn table(text: &str) -> Lines {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let row = |record: csv::StringRecord| headers.iter().cloned().zip(record.iter().map(str::to_owned)).collect();
    reader.records().map(|record| row(record.unwrap())).collect()
}

fn read_all(files: &[(&str, &[u8])]) -> (Lines, Intake) {
    let folder = tempfile::tempdir().unwrap();
    let mut paths: Vec<PathBuf> = Vec::new();
    for (name, bytes) in files {
        paths.push(folder.path().join(name));
        std::fs::write(paths.last().unwrap(), bytes).unwrap();
    }
    let law = Law::embedded().unwrap();
    let taken = intake(&paths, &Options::default(), &law.catalog).map_err(|error| error.to_string()).unwrap();
    (table(&taken.orders), taken)
}

fn read(name: &str, text: &str) -> (Lines, Intake) {
    read_all(&[(name, text.as_bytes())])
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
fn every_column_of_the_contract_goes_through() {
    let mut header: Vec<&'static str> =
        tollgate_records::Table::Orders.columns().iter().map(|column| column.name).collect();
    header.push("remark");
    let cell = |name: &'static str| match name {
        "line" => "1",
        "date" => "2026-11-20",
        "activity" => "reexport",
        "origin" => "TW",
        "destination" => "Norway",
        "item" => "L4",
        "quantity" => "3",
        "unit_price_usd" => "2500",
        "gross_weight_kg" => "2",
        "packages" => "1",
        "via" => "Port Klang",
        "lpp_operator" => "Fjord Operator",
        name if name.contains("consignee")
            || matches!(name, "exporter" | "purchaser" | "end_user" | "freight_forwarder") =>
        {
            name
        }
        "hs_code" => "847330",
        _ => "NLR",
    };
    let cells: Vec<&str> = header.iter().copied().map(cell).collect();
    let (lines, taken) = read("all.csv", &format!("{}\n{}\n", header.join(";"), cells.join(";")));
    for column in tollgate_records::Table::Orders.columns() {
        assert!(!lines[0][column.name].is_empty(), "{} is lost", column.name);
    }
    assert!(says(&taken, RemarkKind::LeftOut, "remark"));
}

#[test]
fn a_company_beside_a_person_and_an_importer_beside_a_consignee_are_parties() {
    let shop = "\
Name,Paid at,Currency,Lineitem quantity,Lineitem name,Lineitem price,Billing Name,Billing Company,Shipping Name,Shipping Company,Shipping Country
#1,2026-11-20 10:11:12 +0100,USD,2,MSI GeForce RTX 5090 32G,2650.00,Ana Reis,Lagoon Render,Ana Reis,Lagoon Render,PT
#2,2026-11-20 10:11:12 +0100,USD,1,MSI GeForce RTX 5090 32G,2650.00,Bo Li,,Bo Li,,HK
";
    let (lines, taken) = read("shop.csv", shop);
    assert_eq!(column(&lines, "ultimate_consignee"), ["Lagoon Render", "Bo Li"]);
    assert_eq!(party(&taken, "Lagoon Render")["aliases"], "Ana Reis");
    let text = "\
Order,Ship date,Consignee,Importer of record,Notify party,Destination,Item,Qty
A1,2026-11-20,Fjord Render,Tundra Handel OOO,SAME AS CONSIGNEE,Norway,L4,3
A2,2026-11-20,Fjord Render,Fjord Render,Baltic Bank,Norway,L4,3
A3,2026-11-20,Fjord Render,TBD,,Norway,L4,3
";
    let (lines, _) = read("importer.csv", text);
    assert_eq!(column(&lines, "intermediate_consignee"), ["Tundra Handel OOO", "Baltic Bank", "? TBD"]);
    let sap = "\
Doc. Number|Item|Ship-to|Name 1|Dest. Country|Material|Description|Qty|UoM|Planned GI
-----------|----|-------|------|-------------|--------|-----------|---|---|----------
80001|10|0000120|Fjord Render AS|NO|699-2101|NVIDIA H100 PCIe 80GB|4|EA|24.11.2026
80001|20|0000120|Fjord Render AS|NO|KABEL-2|Kabel|5|EA|24.11.2026
*|||||||9|EA|
";
    let (lines, taken) = read("liste.txt", sap);
    assert_eq!(column(&lines, "line"), ["10", "20"]);
    assert_eq!(column(&lines, "item"), ["H100 PCIe 80GB", "KABEL-2"]);
    assert_eq!(party(&taken, "0000120")["name"], "Fjord Render AS");
}

#[test]
fn who_is_not_named_is_asked() {
    let text = "\
Order,Ship date,Consignee,End user,Destination,Item,Qty,End use
A1,2026-11-20,Fjord Render,#N/A,Norway,L4,3,rendering
A2,2026-11-20,Fjord Render,see attached,Norway,L4,3,#N/A
A3,2026-11-20,To Order,,Norway,L4,3,rendering
A4,2026-11-20,Fjord Render,same as consignee,Norway,L4,3,rendering
A5,2026-11-20,Fjord Render,N/A,Norway,L4,3,N/A
";
    let (lines, _) = read("nobody.csv", text);
    assert_eq!(column(&lines, "end_user"), ["? #N/A", "? see attached", "", "Fjord Render", ""]);
    assert_eq!(lines[2]["ultimate_consignee"], "? To Order");
    assert_eq!(lines[1]["end_use"], "#N/A");
}

#[test]
fn what_stands_above_the_headers_is_taken_or_named() {
    let text = "\
Halden phase 2,,,,
Prepared by:,Infrastructure,,,
Ship to:,Halden Compute AS,,,
Country:,Norway,,,
Delivery date:,2026-12-01,,,
Date:,2026-10-01,,,
,,,,
Level,Part Number,Description,Qty,UoM
1,NODE-1,GPU node HGX B200 8-GPU,16,EA
2,980-9I,Twinax cable,256,EA
";
    let (lines, taken) = read("bom.csv", text);
    assert_eq!(column(&lines, "ultimate_consignee"), ["Halden Compute AS"; 2]);
    assert_eq!(
        (column(&lines, "destination"), column(&lines, "date")),
        (vec!["NO".to_owned(); 2], vec!["2026-12-01".to_owned(); 2])
    );
    assert!(says(&taken, RemarkKind::Assumed, "Ship to"));
    let left: Vec<_> =
        taken.report.remarks_of(RemarkKind::LeftOut).filter(|remark| remark.what.contains("above")).collect();
    assert!(left.iter().any(|remark| remark.rows == [1, 2, 6]), "{left:?}");
}

#[test]
fn two_columns_that_say_different_things_leave_the_line_open() {
    let text = "\
Order,Ship date,Consignee,Destination,Item,Quantity,Quantity
A1,2026-11-20,Fjord Render,Norway,L4,3,300
A2,2026-11-20,Fjord Render,Norway,L4,3,3
A3,2026-11-20,Fjord Render,Norway,L4,,3
";
    let (lines, taken) = read("twice.csv", text);
    assert_eq!(lines[0]["quantity"], "? 3 / 300", "{:?}", lines[0]);
    assert_eq!((lines[1]["item"].as_str(), lines[2]["quantity"].as_str()), ("L4", "3"));
    assert!(says(&taken, RemarkKind::Unread, "Quantity"));
}

#[test]
fn quantities_are_pieces_or_asked() {
    let text = "\
Order,Ship date,Consignee,Destination,Item,Qty
A1,2026-11-20,Fjord Render,Norway,H200 NVL,2 pallets x 8
A2,2026-11-20,Fjord Render,Norway,H200 NVL,~20
A3,2026-11-20,Fjord Render,Norway,H200 NVL,20+
A4,2026-11-20,Fjord Render,Norway,H200 NVL,10²
A5,2026-11-20,Fjord Render,Norway,H200 NVL,4 cards
";
    let (lines, _) = read("units.csv", text);
    assert!(lines[..4].iter().all(|line| line["quantity"].starts_with('?')), "{:?}", column(&lines, "quantity"));
    assert_eq!(lines[4]["quantity"], "4");
    for (header, quantity) in [("Quantity (dozens)", "? 2 dozens"), ("Qty (pcs)", "2"), ("Units (thousands)", "2000")] {
        let text = format!("Order,Ship date,Consignee,Destination,Item,{header}\nA1,2026-11-20,Fjord,Norway,L4,2\n");
        assert_eq!(read("header.csv", &text).0[0]["quantity"], quantity, "{header}");
    }
    let manifest = "\
HAWB No,Flight date,Shipper,Consignee,Consignee Country,Nature of Goods,Pcs,Gross Wt (kg)
HX-1,27 Nov 2026,Prairie Boards,Merlion Cloud,SINGAPORE,NVIDIA RTX 4090 24 PCS,2,48.0
HX-2,27 Nov 2026,Prairie Boards,Merlion Cloud,SINGAPORE,NVIDIA L40S,3,9.1
";
    let (lines, _) = read("manifest.csv", manifest);
    assert_eq!(column(&lines, "packages"), ["2", "3"]);
    assert_eq!(lines[0]["quantity"], "24");
    assert!(lines[1]["quantity"].starts_with('?'), "{}", lines[1]["quantity"]);
    let counted =
        "Order,Ship date,Consignee,Destination,Description,Qty\nA1,2026-11-20,Fjord,Norway,24 PCS NVIDIA L40S,2\n";
    assert!(read("counted.csv", counted).0[0]["quantity"].starts_with('?'));
}

#[test]
fn another_row_of_the_same_party_takes_nothing_back() {
    let orders = "Order,Ship date,Ship-to,Destination,Item,Qty\nA1,2026-11-20,C1,Norway,L4,3\n";
    let parties = "\
Customer no;Name;Country;HQ country;Flags
C1;Fjord Render;NO;NO;
C1;Fjord Rendering AS;NO;CN;entity_list
C2;Lagoon;PT;Atlantis;
";
    let (_, taken) = read_all(&[("orders.csv", orders.as_bytes()), ("parties.csv", parties.as_bytes())]);
    let first = party(&taken, "C1");
    assert_eq!((first["hq_country"].as_str(), first["flags"].as_str()), ("? NO / CN", "entity_list"));
    assert_eq!(first["aliases"], "Fjord Rendering AS");
    assert_eq!(party(&taken, "C2")["hq_country"], "? Atlantis");
}

/// An `.xlsx` file with one sheet of the given rows, as XML.
fn workbook(rows: &str) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut archive = zip::ZipWriter::new(&mut bytes);
    let namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    for (name, text) in [
        (
            "[Content_Types].xml",
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>".to_owned(),
        ),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{package}\"><Relationship Id=\"r\" Type=\"{relations}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{package}\"><Relationship Id=\"s\" Type=\"{relations}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{namespace}\" xmlns:r=\"{relations}\"><sheets><sheet name=\"O\" sheetId=\"1\" r:id=\"s\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!("<worksheet xmlns=\"{namespace}\"><sheetData>{rows}</sheetData></worksheet>"),
        ),
    ] {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap();
    bytes.into_inner()
}

#[test]
fn a_formula_without_a_value_is_not_nothing() {
    let cell = |place: &str, text: &str| format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let headers = ["Order", "Ship date", "Consignee", "End user", "Destination", "Item", "Qty"];
    let letters = ["A", "B", "C", "D", "E", "F", "G"];
    let first: String = letters.iter().zip(headers).map(|(letter, text)| cell(&format!("{letter}1"), text)).collect();
    let second = [
        cell("A2", "W-1"),
        cell("B2", "2026-11-20"),
        cell("C2", "Fjord Render"),
        "<c r=\"D2\"><f>VLOOKUP(A2,X!A:B,2)</f></c>".to_owned(),
        cell("E2", "Norway"),
        cell("F2", "L4"),
        "<c r=\"G2\"><f>3+4</f><v>7</v></c>".to_owned(),
    ];
    let rows = format!("<row r=\"1\">{first}</row><row r=\"2\">{}</row>", second.concat());
    let (lines, taken) = read_all(&[("orders.xlsx", &workbook(&rows))]);
    assert_eq!(lines[0]["quantity"], "7");
    assert!(lines[0]["end_user"].starts_with("? ="), "{}", lines[0]["end_user"]);
    assert!(taken.report.remarks.iter().any(|remark| remark.what.contains("no stored value")));
}

#[test]
fn no_strange_cell_of_any_column_is_lost_or_understood() {
    const STRANGE: &[&str] = &[
        "?",
        "#REF!",
        "#N/A",
        "=1+1",
        "unbekannt",
        "不明",
        "TBD",
        "½",
        "~5",
        "5 boxes",
        "2026-02-30",
        "yesterday",
        "1-2",
        "Narnia",
        "see contract",
    ];
    // What is asked or marked where it is not understood; of the others every text is one, and goes on as it is.
    const CLOSED: &[&str] = &["date", "activity", "origin", "destination", "quantity"];
    const NUMBERED: &[&str] = &["order_id", "line", "unit_price_usd", "gross_weight_kg", "packages"];
    let columns = tollgate_records::Table::Orders.columns();
    let fed: Vec<&'static str> =
        columns.iter().map(|column| column.name).filter(|name| !NUMBERED.contains(name)).collect();
    let header: Vec<&str> = columns.iter().map(|column| column.name).collect();
    let mut text = header.join(";") + "\n";
    for (place, name) in fed.iter().enumerate() {
        for strange in STRANGE {
            let cell = |column: &&str| match *column {
                column if column == *name => (*strange).to_owned(),
                "order_id" => format!("A{place}"),
                "date" => "2026-11-20".to_owned(),
                "ultimate_consignee" => "Fjord Render".to_owned(),
                "destination" => "NO".to_owned(),
                "item" => "L4".to_owned(),
                "quantity" => "3".to_owned(),
                _ => String::new(),
            };
            text += &(header.iter().map(cell).collect::<Vec<_>>().join(";") + "\n");
        }
    }
    let (lines, _) = read("strange.csv", &text);
    assert_eq!(lines.len(), fed.len() * STRANGE.len());
    for (line, (name, strange)) in
        lines.iter().zip(fed.iter().flat_map(|name| STRANGE.iter().map(move |text| (name, text))))
    {
        let written = &line[*name];
        let is_marked = written.starts_with('?');
        let goes_on = !CLOSED.contains(name) && written == strange;
        assert!(is_marked || goes_on, "{name} {strange:?} is written as {written:?}");
    }
}
