//! Files as people have them, from their bytes to the tables of the contract.

#![expect(clippy::unwrap_used, reason = "a test ends where its own files cannot be written")]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;

use tollgate_intake::{DecimalMark, Intake, Mapping, Options, Rates, RemarkKind, intake};
use tollgate_law::Law;

type Lines = Vec<BTreeMap<String, String>>;

fn table(text: &str) -> Lines {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let row = |record: csv::StringRecord| headers.iter().cloned().zip(record.iter().map(str::to_owned)).collect();
    reader.records().map(|record| row(record.unwrap())).collect()
}

fn attempt(files: &[(&str, &[u8])], options: &Options) -> Result<Intake, String> {
    let folder = tempfile::tempdir().unwrap();
    let mut paths: Vec<PathBuf> = Vec::new();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        paths.push(path);
    }
    let law = Law::embedded().unwrap();
    intake(&paths, options, &law.catalog).map_err(|error| error.to_string())
}

fn read(files: &[(&str, &[u8])], options: &Options) -> (Lines, Intake) {
    let taken = attempt(files, options).unwrap();
    (table(&taken.orders), taken)
}

fn column(lines: &Lines, name: &str) -> Vec<String> {
    lines.iter().map(|line| line[name].clone()).collect()
}

const GERMAN: &str = "\
Auftragsnummer;Pos;Versanddatum;Warenempfänger;Bestimmungsland;Material;Bezeichnung;Menge;ME;Einzelpreis;Währung;Verwendungszweck
A-17;10;24.11.2026;K100;Österreich;X-1;NVIDIA L40S 48GB PCIe;1.000;ST;8.100,50;USD;Rechenzentrum
A-17;20;24.11.2026;K100;Österreich;X-2;Netzwerk QSFP112 DAC 1m;64;ST;88,50;USD;Rechenzentrum
A-18;10;03.12.2026;K200;Norwegen;X-3;Rechnerknoten mit 8x H200 NVL;2;ST;1,00;EUR;Forschung
Summe;;;;;;;1.066;;;;
";

const PARTIES: &str = "\
Kundennummer;Name 1;Strasse;Ort;Land
K100;Donau Rechenhaus GmbH;Ring 1;Linz;Österreich
K200;Fjell Institutt AS;Vei 2;Bergen;NOR
";

#[test]
fn a_german_export_with_its_partners() {
    let (latin, _, _) = encoding_rs::WINDOWS_1252.encode(GERMAN);
    let (lines, taken) = read(&[("auftraege.csv", &latin), ("partner.csv", PARTIES.as_bytes())], &Options::default());
    assert_eq!(column(&lines, "order_id"), ["A-17", "A-17", "A-18"]);
    assert_eq!(column(&lines, "line"), ["10", "20", "10"]);
    assert_eq!(column(&lines, "date"), ["2026-11-24", "2026-11-24", "2026-12-03"]);
    assert_eq!(column(&lines, "destination"), ["AT", "AT", "NO"]);
    assert_eq!(column(&lines, "quantity"), ["1000", "64", "2"]);
    assert_eq!(column(&lines, "unit_price_usd"), ["8100.5", "88.5", ""]);
    assert_eq!(lines[0]["item"], "L40S");
    let items = table(&taken.items);
    assert!(
        items.iter().any(|item| item["accelerator"] == "H200 NVL" && item["accelerators"] == "8"),
        "{}",
        taken.items
    );
    let parties = table(&taken.parties);
    assert_eq!(column(&parties, "party_id"), ["K100", "K200"]);
    assert_eq!(column(&parties, "country"), ["AT", "NO"]);
    assert_eq!(column(&parties, "hq_country"), ["", ""]);
    assert!(taken.report.remarks_of(RemarkKind::LeftOut).any(|remark| remark.what == "a row of sums"));
    // What was written is read back and says the same.
    let again = Options { mapping: Mapping::parse("map.toml", &taken.map).unwrap(), ..Options::default() };
    let (_, second) = read(&[("auftraege.csv", &latin), ("partner.csv", PARTIES.as_bytes())], &again);
    assert_eq!(second.orders, taken.orders);
}

#[test]
fn rates_change_prices() {
    let rates = Rates::parse("rates.csv", "currency,date,usd\nEUR,2026-11-27,1.10\n").unwrap();
    let (lines, _) = read(&[("a.csv", GERMAN.as_bytes())], &Options { rates, ..Options::default() });
    assert_eq!(lines[2]["unit_price_usd"], "1.1");
}

#[test]
fn what_may_mean_two_things_is_asked_and_kept() {
    let text = "Order,Ship Date,Consignee,Destination,Item,Quantity\n1,03/04/2026,Example Works,Korea,L40S,1.000\n";
    let (lines, taken) = read(&[("a.csv", text.as_bytes())], &Options::default());
    assert_eq!(lines[0]["quantity"], "? 1.000");
    assert_eq!(lines[0]["date"], "? 03/04/2026");
    assert_eq!(lines[0]["destination"], "? Korea");
    assert_eq!(taken.report.remarks_of(RemarkKind::Question).count(), 2);
    let options = Options { decimal: Some(DecimalMark::Comma), ..Options::default() };
    let (lines, _) = read(&[("a.csv", text.as_bytes())], &options);
    assert_eq!(lines[0]["quantity"], "1000");
}

#[test]
fn a_quantity_is_never_made_smaller_by_other_cells() {
    let text = "Order,Ship Date,Consignee,Destination,Item,Quantity,Gross Weight\n1,2026-11-02,Example Works,NO,L40S,1.000,2.5\n";
    let (lines, _) = read(&[("a.csv", text.as_bytes())], &Options::default());
    assert_eq!(lines[0]["quantity"], "? 1.000");
    let options = Options { decimal: Some(DecimalMark::Point), ..Options::default() };
    let (lines, _) = read(&[("a.csv", text.as_bytes())], &options);
    assert_eq!(lines[0]["quantity"], "1");
}

#[test]
fn bills_of_lading_count_packages() {
    let text = "Bill of Lading Number,Arrival Date,Consignee,Shipper,Volume (TEU),Quantity,Goods Shipped,Shipment Destination\n\
        B1,2026-05-02,Example Works,Example Sender,1,70,NVIDIA L40S,Singapore\nB2,2026-05-02,Example Works,Example Sender,1,8 PCS,NVIDIA L40S,Singapore\n";
    let (lines, _) = read(&[("bol.csv", text.as_bytes())], &Options::default());
    assert_eq!(column(&lines, "quantity"), ["? 70", "8"]);
}

#[test]
fn names_become_parties_and_unknown_columns_are_named() {
    let text = "Bill of Lading Number|Shipper|Consignee|Notify Party|Date|Destination|Goods Shipped|Quantity|Vessel\n\
        B1|North Star Trading LLC|Blue Lagoon Foods Pte Ltd|SAME AS CONSIGNEE|2026-05-02|Singapore|USED COMPUTER PARTS|70 CTN|M/V Example\n";
    let (lines, taken) = read(&[("bol.txt", text.as_bytes())], &Options::default());
    assert_eq!(lines[0]["ultimate_consignee"], "Blue Lagoon Foods Pte Ltd");
    assert_eq!(lines[0]["intermediate_consignee"], "");
    assert!(lines[0]["quantity"].starts_with('?'));
    assert_eq!(table(&taken.parties).len(), 2);
    assert!(taken.report.remarks_of(RemarkKind::LeftOut).any(|remark| remark.column == "Vessel"));
}

#[test]
fn aggregates_by_country_and_quarter() {
    let text = "Table 3: shipments\n\nCountry,Year,Quarter,Product,Units (thousands)\nMalaysia,2025,Q3,L40S,38.5\nRest of world,2025,Q3,L40S,4\nTotal,2025,Q3,,42.5\n";
    let (lines, _) = read(&[("counts.csv", text.as_bytes())], &Options::default());
    assert_eq!(column(&lines, "quantity"), ["38500", "4000"]);
    assert_eq!(column(&lines, "date"), ["2025-09-30", "2025-09-30"]);
    assert_eq!(column(&lines, "destination"), ["MY", "? Rest of world"]);
}

#[test]
fn a_second_table_on_the_sheet_is_refused() {
    let text = "Order,Destination,Item,Quantity\n1,NO,L40S,2\nOrder,Consignee,Item,Quantity\n1,Example Works,L40S,2\n";
    let error = attempt(&[("a.csv", text.as_bytes())], &Options::default()).unwrap_err();
    assert!(error.contains("another table"), "{error}");
}

/// A spreadsheet of one sheet, from its rows of cells in the format's own words.
fn xlsx(rows: &str) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let types = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let parts = [
        (
            "[Content_Types].xml",
            format!(
                r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{types}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{types}.worksheet+xml"/></Types>"#
            ),
        ),
        (
            "_rels/.rels",
            format!(
                r#"<Relationships xmlns="{package}"><Relationship Id="rId1" Type="{relation}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                r#"<workbook xmlns="{main}" xmlns:r="{relation}"><sheets><sheet name="Orders" sheetId="1" r:id="rId1"/></sheets></workbook>"#
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                r#"<Relationships xmlns="{package}"><Relationship Id="rId1" Type="{relation}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!(
                r#"<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{main}"><sheetData>{rows}</sheetData><mergeCells count="1"><mergeCell ref="A3:A4"/></mergeCells></worksheet>"#
            ),
        ),
    ];
    for (name, text) in parts {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A row of a sheet: texts, numbers behind `#`, and stored values of formulas behind `=`.
fn cells(row: usize, values: &[&str]) -> String {
    let mut cells = String::new();
    for (letter, value) in ["A", "B", "C", "D", "E", "F", "G"].iter().zip(values) {
        let cell = match (value.strip_prefix('#'), value.strip_prefix('=')) {
            (Some(number), _) => format!(r#"<c r="{letter}{row}"><v>{number}</v></c>"#),
            (_, Some(number)) => format!(r#"<c r="{letter}{row}"><f>1+1</f><v>{number}</v></c>"#),
            _ if value.is_empty() => String::new(),
            _ => format!(r#"<c r="{letter}{row}" t="inlineStr"><is><t>{value}</t></is></c>"#),
        };
        cells.push_str(&cell);
    }
    format!(r#"<row r="{row}">{cells}</row>"#)
}

#[test]
fn a_spreadsheet_with_formulas_and_merged_cells() {
    let rows = [
        cells(1, &["Open orders, November"]),
        cells(2, &["Order Number", "Ship Date", "Ship To Customer", "Ship To Country", "Item Description", "Qty"]),
        cells(3, &["SO-1", "#46350", "Example Works AS", "Norway", "NVIDIA L40S 48GB", "#16"]),
        cells(4, &["", "#46351", "Example Works AS", "Norway", "GeForce RTX 4090", "=2"]),
    ];
    let bytes = xlsx(&rows.concat());
    let (lines, taken) = read(&[("orders.xlsx", &bytes)], &Options::default());
    assert_eq!(column(&lines, "order_id"), ["SO-1", "SO-1"]);
    assert_eq!(column(&lines, "date"), ["2026-11-24", "2026-11-25"]);
    assert_eq!(column(&lines, "quantity"), ["16", "2"]);
    assert_eq!(column(&lines, "item"), ["L40S", "GeForce RTX 4090"]);
    assert_eq!(table(&taken.parties)[0]["country"], "NO");
    assert!(taken.report.remarks.iter().any(|remark| remark.what.contains("formula")));
}

#[test]
fn what_is_no_table_is_refused() {
    let cases = [
        (b"%PDF-1.7".as_slice(), "PDF"),
        (b"PK\x03\x04 broken".as_slice(), "packed file"),
        (b"hello\nworld\n".as_slice(), "no orders"),
    ];
    for (bytes, word) in cases {
        let error = attempt(&[("a.csv", bytes)], &Options::default()).unwrap_err();
        assert!(error.contains(word), "{error}");
    }
}

#[test]
fn no_row_is_lost_whatever_its_lines_end_with() {
    let lines = [
        "Order,Ship Date,Consignee,Destination,Item,Quantity",
        "1,2026-11-02,Example Works,NO,L40S,3",
        "2,2026-11-03,Example Works,NO,L4,1",
        "",
    ];
    for end in ["\n", "\r\n", "\r"] {
        let (orders, taken) = read(&[("a.csv", lines.join(end).as_bytes())], &Options::default());
        assert_eq!(column(&orders, "order_id"), ["1", "2"], "{end:?}");
        assert_eq!(column(&table(&taken.rows), "row"), ["2", "3"], "{end:?}");
    }
}
