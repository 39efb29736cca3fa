//! Files of more kinds of users, as they come: a trading house in Japan, a distributor at the Gulf, a university, bills of lading, a German list of blocked
//! documents, a report of AES, French and Chinese exports. What can rightly be read is read; what may mean two things stays open; nothing is made smaller.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends where its own files cannot be written")]

use std::collections::BTreeMap;

use tollgate_intake::{Intake, Mapping, Options, RemarkKind, intake};
use tollgate_law::Law;

type Lines = Vec<BTreeMap<String, String>>;

fn table(text: &str) -> Lines {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let row = |record: csv::StringRecord| headers.iter().cloned().zip(record.iter().map(str::to_owned)).collect();
    reader.records().map(|record| row(record.unwrap())).collect()
}

fn read_with(name: &str, bytes: &[u8], options: &Options) -> (Lines, Intake) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let law = Law::embedded().unwrap();
    let taken = intake(&[path], options, &law.catalog).map_err(|error| error.to_string()).unwrap();
    (table(&taken.orders), taken)
}

fn read(name: &str, text: &str) -> (Lines, Intake) {
    read_with(name, text.as_bytes(), &Options::default())
}

fn column(lines: &Lines, name: &str) -> Vec<String> {
    lines.iter().map(|line| line[name].clone()).collect()
}

/// How many accelerators a unit of an item holds, and which, by the items table.
fn held(taken: &Intake, item: &str) -> (String, String) {
    let row = table(&taken.items).into_iter().find(|row| row["item"] == item).unwrap();
    (row["accelerator"].clone(), row["accelerators"].clone())
}

#[test]
fn a_trading_house_in_japan_has_headers_in_two_rows_and_days_of_an_era() {
    let text = "\
輸出案件一覧,,,,,,,,,,
受注番号,出荷予定日,需要者,,荷受人,,貨物,,数量,最終用途,ECCN
,,名称,国,名称,国,型番,品名,,,
K-9,令和8年11月20日,みなと計算所,日本,港湾倉庫,シンガポール,L40S,画像処理カード,6,研究開発,3A090.a
K-10,R8.11.21,みなと計算所,日本,港湾倉庫,シンガポール,X-77,H100 SXM5 80GB ×8 搭載サーバー,2,クラウド,4A090.a
K-11,8年11月22日,みなと計算所,日本,港湾倉庫,シンガポール,L4,推論カード,1,研究開発,
合計,,,,,,,,9,,
";
    let (lines, taken) = read("案件.csv", text);
    assert_eq!(column(&lines, "order_id"), ["K-9", "K-10", "K-11"]);
    assert_eq!(column(&lines, "date")[..2], ["2026-11-20", "2026-11-21"]);
    assert!(lines[2]["date"].starts_with('?'), "a year of an era that nobody named: {}", lines[2]["date"]);
    assert_eq!(column(&lines, "end_user"), ["みなと計算所"; 3]);
    assert_eq!(column(&lines, "destination"), ["SG"; 3]);
    assert_eq!(column(&lines, "item")[0], "L40S");
    assert_eq!(held(&taken, &lines[1]["item"]), ("H100 SXM5 80GB".to_owned(), "8".to_owned()));
    assert_eq!(column(&lines, "declared_eccn")[0], "3A090.a");
    let parties = table(&taken.parties);
    let country = |name: &str| parties.iter().find(|party| party["name"] == name).unwrap()["country"].clone();
    assert_eq!((country("みなと計算所"), country("港湾倉庫")), ("JP".to_owned(), "SG".to_owned()));
    // The mapping file that was written reads the file alike.
    let again = Options { mapping: Mapping::parse("map.toml", &taken.map).unwrap(), ..Options::default() };
    let (_, second) = read_with("案件.csv", text.as_bytes(), &again);
    assert_eq!(second.orders, taken.orders);
}

#[test]
fn a_distributor_at_the_gulf_counts_servers_racks_and_trays() {
    let text = "\u{feff}Dune Compute Trading FZE;;;;;;;;;
Open orders;;;;;;;;;

PO No;PO Date;ETD;Bill To;Ship To;Country of Destination;Part Description;Qty;UOM;Unit Price (AED)
D-1;01-Nov-2026;22-Nov-2026;Dune;Oasis Media;UAE;NVIDIA L4 24GB;12;pcs;7.350,00
D-2;02-Nov-2026;25-Nov-2026;Dune;Nile Render;Egypt;Server 8x H100 SXM5;3;server;1.150.000,00
D-3;02-Nov-2026;25-Nov-2026;Dune;Najd Works;KSA;L40S 48GB;3;tray;29.000,00
D-4;03-Nov-2026;26-Nov-2026;Dune;Bosporus Bilgi;Türkiye;GB200 NVL72;1;rack;11.500.000,00
D-5;03-Nov-2026;26-Nov-2026;Dune;Bosporus Bilgi;Türkiye;HGX H200 8-GPU;2;rack;11.500.000,00
TOTAL;;;;;;;21;;
";
    let (lines, taken) = read("open.csv", text);
    assert_eq!(column(&lines, "order_id"), ["D-1", "D-2", "D-3", "D-4", "D-5"]);
    assert_eq!(column(&lines, "date")[0], "2026-11-22");
    assert_eq!(column(&lines, "destination"), ["AE", "EG", "SA", "TR", "TR"]);
    let quantities = column(&lines, "quantity");
    assert_eq!((&*quantities[0], &*quantities[1], &*quantities[3]), ("12", "3", "1"));
    for open in [&quantities[2], &quantities[4]] {
        assert!(open.starts_with('?'), "how many of it a tray or a rack holds is not known: {open}");
    }
    assert_eq!(held(&taken, &lines[1]["item"]), ("H100 SXM5 80GB".to_owned(), "8".to_owned()));
    assert_eq!(column(&lines, "unit_price_usd"), [""; 5], "dirhams are no dollars");
}

#[test]
fn a_university_says_more_in_its_headers() {
    let text = "Purchase Order,Line,Supplier,Deliver To,Delivery Country,Item Description,Catalog #,Quantity Ordered,Unit of Measure,Unit Price,Currency,Need By Date,Purpose
P-88,1,Bench Systems,Université de Fribourg,Suisse,\"node, 4 x A100 PCIe 80GB\",T-114,2,EA,\"61,200.00\",USD,11/28/2026,academic research
P-88,2,Bench Systems,Université de Fribourg,Suisse,Rail kit,R-4,2,EA,120.00,USD,11/28/2026,academic research
";
    let (lines, taken) = read("purchases.csv", text);
    assert_eq!(column(&lines, "quantity"), ["2", "2"]);
    assert_eq!(column(&lines, "date"), ["2026-11-28", "2026-11-28"]);
    assert_eq!(column(&lines, "destination"), ["CH", "CH"]);
    assert_eq!(held(&taken, &lines[0]["item"]), ("A100 PCIe 80GB".to_owned(), "4".to_owned()));
}

#[test]
fn bills_of_lading_go_to_where_the_consignee_is() {
    let text = "Bill of Lading Number,Shipment Date,Shipper,Shipper Country,Consignee,Consignee Country,Goods Shipped,Quantity,Quantity Unit,Weight (kg)
B-1,2026-11-03,Keel Assembly,Taiwan,Straits Servers,Malaysia,70 CTNS SERVER SYSTEM WITH 8 X H100 SXM5 80GB,70,CTN,4300
B-2,2026-11-14,Straits Servers,Malaysia,Harbor Tech,Hong Kong,USED COMPUTER PARTS,70,CTN,4310
";
    let (lines, taken) = read("bills.csv", text);
    assert_eq!(column(&lines, "destination"), ["MY", "HK"]);
    assert!(column(&lines, "quantity").iter().all(|cell| cell.starts_with('?')), "boxes are no units");
    assert!(taken.report.remarks_of(RemarkKind::Assumed).any(|remark| remark.what.contains("consignee's is taken")));
}

#[test]
fn a_german_list_of_blocked_documents_has_sums_within() {
    let text = "\
SAP GTS - Liste gesperrter Belege;;;;;;;;;;

Belegnummer;Position;Warenausgangsdatum;Warenempfänger;Empfangsland;Materialnummer;Materialkurztext;Menge;Mengeneinheit;Ausfuhrlistennummer;Endverwendung
71;10;23.11.2026;Aare Rechenzentrum;Schweiz;N-1;H200 NVL 141GB PCIe;1.000;ST;4A090a;Forschung
71;20;23.11.2026;Aare Rechenzentrum;Schweiz;K-1;Stromkabel C19 2m;40;ST;;Forschung
Zwischensumme;;;;;;;1.040;;;
72;10;30.11.2026;Seerechner AG;Schweiz;N-2;NVIDIA L4 24GB;25,00;ST;;Videoanalyse
Gesamtsumme;;;;;;;1.065;;;
";
    let (latin, _, _) = encoding_rs::WINDOWS_1252.encode(text);
    let (lines, taken) = read_with("belege.csv", &latin, &Options::default());
    assert_eq!(column(&lines, "order_id"), ["71", "71", "72"]);
    assert!(matches!(&*lines[0]["quantity"], "1000" | "? 1.000"), "a thousand is never one: {}", lines[0]["quantity"]);
    assert_eq!(lines[2]["quantity"], "25");
    let cable = table(&taken.items).into_iter().find(|row| row["item"] == "K-1").unwrap();
    assert_eq!(cable["kind"], "other");
}

#[test]
fn a_chinese_export_names_the_goods_twice() {
    let text = "\
订单号,发货日期,收货人,目的国,品名,规格型号,数量,最终用途
Z-1,2026年11月20日,星云计算私人有限公司,新加坡,显卡,RTX 4090,10,游戏
Z-2,2026-11-21,珠江智算有限公司,中国香港,加速卡,H20,2,数据中心
Z-3,2026-11-22,星云计算私人有限公司,新加坡,L4,H200 NVL,2,数据中心
合计,,,,,,14,
";
    let (gbk, _, _) = encoding_rs::GB18030.encode(text);
    let (lines, _) = read_with("订单.csv", &gbk, &Options::default());
    assert_eq!(column(&lines, "destination"), ["SG", "HK", "SG"]);
    assert_eq!(lines[0]["item"], "GeForce RTX 4090");
    assert!(lines[1]["item"].starts_with("H20"), "{}", lines[1]["item"]);
    assert!(lines[2]["item"].starts_with('?'), "two names for one line: {}", lines[2]["item"]);
}

#[test]
fn names_in_orders_say_that_nobody_screened_them_and_ids_in_other_letters_are_the_same() {
    let orders = "Order No,Ship Date,Ship To,Destination,Item,Qty\nO-1,2026-11-20,LAGOON,Norway,L4,1\nO-2,2026-11-20,Reef Trading Ltd,Norway,L4,1\n";
    let parties = "Customer ID,Name 1,Country\nlagoon,Lagoon Rendering,Norway\n";
    let folder = tempfile::tempdir().unwrap();
    let paths = [("orders.csv", orders), ("parties.csv", parties)].map(|(name, text)| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    });
    let law = Law::embedded().unwrap();
    let taken = intake(&paths, &Options::default(), &law.catalog).map_err(|error| error.to_string()).unwrap();
    assert_eq!(column(&table(&taken.orders), "ultimate_consignee"), ["lagoon", "Reef Trading Ltd"]);
    let parties = table(&taken.parties);
    let flags: Vec<(&str, &str)> = parties.iter().map(|party| (&*party["party_id"], &*party["flags"])).collect();
    assert_eq!(flags, [("Reef Trading Ltd", "unscreened"), ("lagoon", "")]);
}

#[test]
fn a_day_that_says_of_what_it_is_goes_before_one_that_does_not() {
    for header in ["Date;Date d'expédition", "Date d'expédition;Date", "Datum;Versanddatum"] {
        let is_swapped = header.ends_with(";Date");
        let days = if is_swapped { "20/11/2026;13/11/2026" } else { "13/11/2026;20/11/2026" };
        let text = format!(
            "N° de document;{header};Client;Pays de livraison;Article;Quantité\nBC-7;{days};Atelier Vague SARL;Maroc;L40S;3\n"
        );
        let (lines, taken) = read("commandes.csv", &text);
        assert_eq!(
            (column(&lines, "order_id"), column(&lines, "date")),
            (vec!["BC-7".to_owned()], vec!["2026-11-20".to_owned()]),
            "{header}"
        );
        assert!(
            taken.report.remarks_of(RemarkKind::LeftOut).any(|remark| remark.column.starts_with("Dat")),
            "{header}"
        );
    }
    // Alone it is the day.
    let (lines, _) =
        read("orders.csv", "Order,Date,Consignee,Destination,Item,Quantity\n1,2026-11-20,Example Works,NO,L40S,3\n");
    assert_eq!(column(&lines, "date"), ["2026-11-20"]);
}

#[test]
fn pieces_that_a_description_counts_are_held_against_the_quantity() {
    let text = "SB No,SB Date,Consignee Name,Country of Destination,RITC Code,Item Description,Quantity,UQC\n\
        71,12-NOV-26,Palk Strait Imaging,SRI LANKA,84718000,GRAPHIC CARD NVIDIA L40S 48GB (6 NOS),6,NOS\n\
        72,12-NOV-26,Palk Strait Imaging,SRI LANKA,84718000,GRAPHIC CARD NVIDIA L40S 48GB (6 NOS),2,NOS\n";
    let (lines, _) = read("bills.csv", text);
    assert_eq!(column(&lines, "item"), ["L40S", "L40S"]);
    assert_eq!(column(&lines, "quantity"), ["6", "? 2"]);
}

#[test]
fn full_width_digits_are_digits_everywhere() {
    let text = "订单号,行号,发货日期,收货人,目的国,型号,数量,单价,币种\n\
        甲七,１０,2026年11月23日,南洋算力有限公司,新加坡,L40S,１２,\"７，２５０．５０\",USD\n";
    let (lines, _) = read("订单.csv", text);
    assert_eq!(column(&lines, "line"), ["10"]);
    assert_eq!(
        (column(&lines, "quantity"), column(&lines, "unit_price_usd")),
        (vec!["12".to_owned()], vec!["7250.5".to_owned()])
    );
}

#[test]
fn a_list_that_counts_in_its_cells_of_goods() {
    let text = "Quote,Needed by,Who,Where,What they want,Price,What for\n\
        A,2026-12-02,Delta Render,Viet Nam,3 x RTX 4090,\"$4,800\",rendering\n\
        B,2026-12-03,Studio Kvarner,Croatia,2x L40S + one HGX A100 8-GPU,\"$91,000\",rendering\n\
        C,2026-12-04,Nile Vision,Egypt,one used L40S,\"$4,500\",research\n\
        D,2026-12-05,Pacha Datos,Peru,RTX 4090 (qty 6),,video\n\
        E,2026-12-06,Sampo Games,Estonia,some cards,,gaming\n\
        F,2026-12-07,Sampo Games,Estonia,2 boxes of L40S,,gaming\n";
    let (lines, taken) = read("quotes.csv", text);
    assert_eq!(column(&lines, "order_id"), ["A", "B", "B", "C", "D", "E", "F"]);
    assert_eq!(column(&lines, "quantity")[..5], ["3", "2", "1", "1", "6"]);
    assert!(column(&lines, "quantity")[5..].iter().all(|quantity| quantity.starts_with('?')), "{lines:?}");
    assert_eq!(column(&lines, "item")[..5], ["GeForce RTX 4090", "L40S", "HGX A100 8-GPU", "L40S", "GeForce RTX 4090"]);
    // A price beside several may be that of all.
    assert_eq!(column(&lines, "unit_price_usd")[..3], ["", "", ""]);
    assert!(taken.report.remarks_of(RemarkKind::Question).any(|remark| remark.what.contains("of all")));
    assert_eq!(column(&lines, "destination")[..3], ["VN", "HR", "HR"]);
}

#[test]
fn a_number_under_an_unknown_header_may_count_what_a_cell_describes() {
    let text = "Ref,Ship Date,Consignee,Destination,Item,Anzal\n1,2026-11-20,Example Works AS,Norway,2x L40S,10\n";
    let (lines, taken) = read("orders.csv", text);
    assert_eq!(column(&lines, "quantity"), ["?"]);
    assert!(taken.report.remarks_of(RemarkKind::LeftOut).any(|remark| remark.column == "Anzal"));
}

#[test]
fn a_further_party_that_is_no_name_leaves_a_remark() {
    let text = "Order,Ship Date,Consignee,Importer,Destination,Item,Quantity\n\
        1,2026-11-20,Example Works AS,77120,Norway,L40S,3\n\
        2,2026-11-20,Example Works AS,same as consignee,Norway,L40S,3\n";
    let (lines, taken) = read("orders.csv", text);
    assert_eq!(column(&lines, "intermediate_consignee"), ["", ""]);
    let of_importer = |kind| taken.report.remarks_of(kind).any(|remark| remark.column == "Importer");
    assert!(of_importer(RemarkKind::LeftOut) && of_importer(RemarkKind::Assumed), "{:?}", taken.report.remarks);
}
