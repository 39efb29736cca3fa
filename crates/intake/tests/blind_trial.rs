//! What a stranger's files had that passed unread: addresses elsewhere, parties within texts, parts of machines, odd ECCNs, places on the way.

#![expect(clippy::unwrap_used, reason = "a test ends where its own files cannot be written")]

use tollgate_intake::{Options, RemarkKind, intake};
use tollgate_law::Law;

/// The cells of the one line that a row comes to, by column; and what is asked.
struct Read {
    cells: Vec<(String, String)>,
    questions: Vec<String>,
}

impl Read {
    fn cell(&self, column: &str) -> &str {
        self.cells.iter().find(|(name, _)| name == column).map_or("", |(_, text)| text.as_str())
    }

    fn is_open(&self, column: &str) -> bool {
        self.cell(column).starts_with('?')
    }
}

const HEADERS: &str = "Order,Ship date,Exporter,Exporter country,Consignee,Consignee address,Consignee country,End user,End user country,End user HQ,Destination country,Via,Item,Description,Quantity,Unit,ECCN";

/// A row with some cells of it replaced.
fn read(changes: &[(&str, &str)]) -> Read {
    let usual = [
        ("Order", "R-1"),
        ("Ship date", "2026-12-10"),
        ("Consignee", "Fjord Rendering AS"),
        ("Consignee address", "1 Havnegata, Oslo"),
        ("Consignee country", "Norway"),
        ("Destination country", "Norway"),
        ("Item", "RTX 4060"),
        ("Quantity", "2"),
    ];
    let cell = |header: &str| {
        let changed = changes.iter().chain(&usual).find(|(name, _)| *name == header);
        format!("\"{}\"", changed.map_or("", |(_, text)| text))
    };
    let row: Vec<String> = HEADERS.split(',').map(cell).collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("orders.csv");
    std::fs::write(&path, format!("{HEADERS}\n{}\n", row.join(","))).unwrap();
    let law = Law::embedded().unwrap();
    let taken = intake(&[path], &Options::default(), &law.catalog).unwrap();
    let mut reader = csv::Reader::from_reader(taken.orders.as_bytes());
    let headers: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let record = reader.records().next().unwrap().unwrap();
    let cells = headers.into_iter().zip(record.iter().map(str::to_owned)).collect();
    let questions = taken.report.remarks_of(RemarkKind::Question).map(|remark| remark.what.clone()).collect();
    Read { cells, questions }
}

#[test]
fn a_usual_row_asks_nothing() {
    let usual = read(&[]);
    assert!(usual.questions.is_empty(), "{:?}", usual.questions);
    assert!(usual.cells.iter().all(|(_, text)| !text.starts_with('?')), "{:?}", usual.cells);
}

#[test]
fn another_party_within_a_name_or_a_text_is_asked_about() {
    for name in ["Fjord Rendering for KVT", "Fjord Rendering on behalf of Kvant Works", "Fjord Rendering c/o Kvant"] {
        assert!(read(&[("Consignee", name)]).is_open("ultimate_consignee"), "{name}");
    }
    for text in ["RTX 4060, end user: Kvant Works", "RTX 4060 on behalf of Kvant", "cards for Kvant Works Ltd"] {
        assert!(read(&[("Description", text)]).is_open("end_user"), "{text}");
    }
    assert!(
        !read(&[("Description", "RTX 4060, end user: Kvant Works"), ("End user", "Kvant Works")]).is_open("end_user")
    );
    assert!(!read(&[("Description", "RTX 4060 for rendering")]).is_open("end_user"));
    assert!(read(&[("Consignee address", "c/o Persia Trading, Oslo")]).is_open("end_user"));
}

#[test]
fn a_part_of_a_machine_is_not_the_machine() {
    for text in
        ["heatsink for H100 PCIe", "NVLink bridge for A100", "RTX 5090 backplate", "power cable for H200 server"]
    {
        let line = read(&[("Item", text)]);
        assert!(line.cell("item") == text || line.is_open("item"), "{text}: {}", line.cell("item"));
        assert!(!line.questions.is_empty(), "{text}");
    }
    assert!(!read(&[("Item", "H100 PCIe"), ("Description", "heatsink for H100 PCIe")]).questions.is_empty());
    assert_eq!(read(&[("Item", "RTX 5090 with backplate")]).cell("item"), "GeForce RTX 5090");
    assert_eq!(read(&[("Item", "HGX H200 8-GPU incl rail kit")]).cell("item"), "HGX H200 8-GPU");
}

#[test]
fn an_eccn_is_understood_or_asked_about() {
    for text in ["EAR99/4A994", "3A090.a or 4A090", "NLR", "see invoice"] {
        assert!(read(&[("ECCN", text)]).is_open("declared_eccn"), "{text}");
    }
    assert_eq!(read(&[("ECCN", "N/A")]).cell("declared_eccn"), "");
    assert_eq!(read(&[("ECCN", "ear 99")]).cell("declared_eccn"), "EAR99");
}

#[test]
fn a_place_on_the_way_counts() {
    assert!(read(&[("Destination country", "Norway via Iran")]).is_open("destination"));
    assert_eq!(read(&[("Description", "RTX 4060 transit Dubai")]).cell("intermediate_consignee"), "Transit through AE");
    assert_eq!(read(&[("Via", "Bandar Abbas")]).cell("intermediate_consignee"), "Transit through IR");
    assert!(read(&[("Via", "Qwxyz Terminal")]).is_open("intermediate_consignee"));
    assert_eq!(read(&[("Via", "DHL")]).cell("intermediate_consignee"), "");
}

#[test]
fn units_are_asked_for_only_where_they_matter() {
    for unit in ["GPU", "GPUs", "EA - each", "PCS (pieces)"] {
        assert_eq!(read(&[("Unit", unit)]).cell("quantity"), "2", "{unit}");
    }
    assert_eq!(read(&[("Item", "DAC cable"), ("Unit", "BOX")]).cell("quantity"), "2");
    assert!(read(&[("Unit", "BOX")]).is_open("quantity"));
    assert!(read(&[("Item", "HGX H200 8-GPU"), ("Unit", "GPU")]).is_open("quantity"));
}

#[test]
fn tables_in_the_contracts_form_are_taken_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("parties.csv", "party_id,name,country,flags\nP1,Fjord Rendering AS,NO,\nP2,Fjord Holding AS,NO,government\n");
    write(
        "items.csv",
        "item,kind,accelerator,accelerators,tpp,eccn,tdp_w\nBox 8,server,H100 SXM5 80GB,8,,4A090.a,700\n",
    );
    write("stakes.csv", "owner_id,owned_id,percent\nP2,P1,60\n");
    write(
        "orders.csv",
        "order_id,line,date,ultimate_consignee,destination,item,quantity\nR1,1,2026-12-10,P1,NO,Box 8,2\n",
    );
    let law = Law::embedded().unwrap();
    let taken = intake(&[folder.path().to_owned()], &Options::default(), &law.catalog).unwrap();
    assert!(taken.orders.contains("Box 8,2"), "{}", taken.orders);
    assert!(taken.items.contains("Box 8,server,H100 SXM5 80GB,8,,4A090.a,700"), "{}", taken.items);
    assert!(taken.ownership.unwrap().contains("P2,P1,60"));
    assert!(taken.parties.contains("government"));
    assert_eq!(taken.report.remarks_of(RemarkKind::LeftOut).count(), 0);
}

#[test]
fn a_country_without_a_name_is_asked_about() {
    assert!(read(&[("Exporter country", "Japan")]).is_open("exporter"));
    assert!(!read(&[("Exporter country", "Japan"), ("Exporter", "Quay Boards KK")]).is_open("exporter"));
    assert!(read(&[("End user country", "Norway"), ("End user HQ", "China")]).is_open("end_user"));
    assert_eq!(read(&[("End user country", "Norway")]).cell("end_user"), "");
}
