//! Nothing unread passes, as a rule: every column of orders, parties, items and stakes is fed what it does not know, and no line becomes milder than with
//! the most cautious thing that the cell may mean; what is not understood is named.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop, helpers included")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tollgate_decide::{Detail, Run, Screening, Silent, Tables, decision_record, each, load_policy, run};
use tollgate_law::Law;
use tollgate_model::{Date, Outcome};
use tollgate_records::{CellKind, Table};
use tollgate_screening::{Screener, THRESHOLD, read_lists};

/// Numbers that are the same at every run (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }
}

/// What no column of other than free text understands.
const STRANGE: &[&str] = &[
    "?",
    "-",
    "–",
    "''",
    "null",
    "undefined",
    "#REF!",
    "#N/A",
    "=1+1",
    "=HYPERLINK(\"x\")",
    "@SUM(A1)",
    "+cmd",
    "\u{0}",
    "a\u{0}b",
    "\u{7}",
    "\u{200b}\u{200b}",
    "\u{feff}?",
    "1;DROP TABLE",
    "<b>x</b>",
    "${x}",
    "%s%n",
    "🚢",
    "مجهول",
    "неизвестно",
    "不明",
    "알 수 없음",
    "inconnu",
    "unbekannt",
    "desconocido",
    "to be advised",
    "TBD",
    "see contract",
    "NaN",
    "inf",
    "Infinity",
    "1,000",
    "1 000",
    "1'000",
    "1.000.000",
    "1,5",
    "0x10",
    "1e400",
    "½",
    "１２",
    "٣",
    "XII",
    "twelve",
    "1-2",
    "~5",
    "5 pcs",
    "-1",
    "--1",
    "02/03/2026",
    "3.2.26",
    "2026-13-01",
    "2026-02-30",
    "20260302",
    "46361",
    "March 2026",
    "令和8年3月2日",
    "2026-W10",
    "2026-11-02T25:61",
    "yesterday",
];

/// A folder that is gone when it is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let folder = std::env::temp_dir().join(format!("tollgate-unread-values-{}-{name}", std::process::id()));
        let _gone = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}

type Row = BTreeMap<&'static str, String>;

fn row(cells: &[(&'static str, &str)]) -> Row {
    cells.iter().map(|(name, cell)| (*name, (*cell).to_owned())).collect()
}

fn csv(table: Table, rows: &[Row]) -> String {
    let quoted = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
    let header: Vec<&str> = table.columns().iter().map(|column| column.name).collect();
    let line = |row: &Row| {
        let cells = header.iter().map(|name| row.get(name).map_or_else(String::new, |cell| quoted(cell)));
        cells.collect::<Vec<_>>().join(",")
    };
    let lines: Vec<String> = rows.iter().map(line).collect();
    format!("{}\n{}\n", header.join(","), lines.join("\n"))
}

/// The tables of a run.
#[derive(Default)]
struct Files {
    orders: Vec<Row>,
    parties: Vec<Row>,
    items: Vec<Row>,
    stakes: Vec<Row>,
}

/// What a run says of a line, and of the tables.
struct Said {
    outcomes: BTreeMap<String, Outcome>,
    remarks: BTreeMap<String, String>,
    /// Every mistake of the tables beside the orders, as it is printed.
    mistakes: Vec<String>,
}

impl Said {
    fn goes(&self, id: &str) -> bool {
        matches!(self.outcomes.get(id).unwrap(), Outcome::NoLicenseRequired | Outcome::LicenseException)
    }
}

fn decide(name: &str, policy: &str, files: &Files) -> Said {
    let folder = Folder::new(name);
    let write = |table: Table, rows: &[Row]| {
        let path = folder.0.join(format!("{}.csv", table.as_str()));
        std::fs::write(&path, csv(table, rows)).unwrap();
        path
    };
    let orders = write(Table::Orders, &files.orders);
    let parties = write(Table::Parties, &files.parties);
    let items = write(Table::Items, &files.items);
    let stakes = write(Table::Ownership, &files.stakes);
    let list = b"list,id,name,country\nEntity List (EL) - Bureau of Industry and Security,E-1,Zzyzx Quarrying,CN\n";
    let screener = Arc::new(Screener::new(read_lists(&[("list.csv".to_owned(), list.to_vec())]).unwrap()));
    let screening = Screening { screener: &screener, threshold: THRESHOLD, clearances: None };
    let stop = Arc::new(AtomicBool::new(false));
    let tables = Tables::read(Some(&parties), Some(&stakes), Some(&items), screening, &stop).unwrap();
    let mistakes = tables.unread.mistakes.0.iter().map(ToString::to_string).collect();
    let law = Arc::new(Law::embedded().unwrap());
    let policy = Arc::new(load_policy(&law, policy).unwrap());
    let tables = Arc::new(tables);
    let job = Run { orders: &orders, tables: Arc::clone(&tables), policy: Arc::clone(&policy) };
    let mut said = Said { outcomes: BTreeMap::new(), remarks: BTreeMap::new(), mistakes };
    run(
        &job,
        &stop,
        &mut Silent,
        &mut each(|order, decided| {
            let record = decision_record(order, decided, &policy, &tables, Detail::Whole);
            said.outcomes.insert(record.order_id.clone(), record.outcome);
            let remarks: Vec<String> = record.remarks.iter().map(ToString::to_string).collect();
            said.remarks.insert(record.order_id, remarks.join("\n"));
            Ok(())
        }),
    )
    .unwrap();
    said
}

fn line(id: &str) -> Row {
    row(&[
        ("order_id", id),
        ("line", "1"),
        ("date", "2026-11-02"),
        ("activity", "export"),
        ("exporter", "seller"),
        ("ultimate_consignee", "fjord"),
        ("origin", "US"),
        ("destination", "NO"),
        ("item", "L4"),
        ("quantity", "3"),
        ("unit_price_usd", "2500"),
        ("end_use", "inference"),
        ("authorization", "NLR"),
    ])
}

fn parties() -> Vec<Row> {
    vec![
        row(&[("party_id", "seller"), ("name", "Quayside Boards"), ("country", "US"), ("hq_country", "US")]),
        row(&[("party_id", "fjord"), ("name", "Fjord Rendering"), ("country", "NO"), ("hq_country", "NO")]),
        row(&[("party_id", "delta"), ("name", "Delta Holding"), ("country", "CN"), ("hq_country", "CN")]),
    ]
}

/// Texts that a column may be fed: the strange ones, and slips of the pen of what it understands.
fn texts_for(understood: &[&str], numbers: &mut Numbers) -> BTreeSet<String> {
    let mut texts: BTreeSet<String> = STRANGE.iter().map(|text| (*text).to_owned()).collect();
    texts.insert("x".repeat(70_000));
    for word in understood {
        for _ in 0..4 {
            let mut letters: Vec<char> = word.chars().collect();
            let place = numbers.below(letters.len());
            match numbers.below(4) {
                0 => letters.insert(place, 'q'),
                1 => drop(letters.remove(place)),
                2 => letters.swap(place, (place + 1) % word.chars().count()),
                _ => *letters.get_mut(place).unwrap() = 'ж',
            }
            texts.insert(letters.into_iter().collect());
        }
        texts.extend([format!("={word}"), format!("{word}\u{0}"), format!("{word} or so"), format!("not {word}")]);
    }
    // What differs by signs alone is another spelling of the same, and a slip of the pen may be another day of the calendar.
    let letters =
        |text: &str| text.chars().filter(|letter| letter.is_alphanumeric()).collect::<String>().to_lowercase();
    let is_spelling = |text: &str| understood.iter().any(|word| letters(word) == letters(text));
    texts.retain(|text| !is_spelling(text) && !text.trim().is_empty() && text.parse::<Date>().is_err());
    texts
}

#[test]
fn no_strange_cell_of_an_order_lets_its_line_go_and_each_is_named() {
    let mut numbers = Numbers(19);
    let mut files = Files { parties: parties(), ..Files::default() };
    let mut fed: Vec<(String, &'static str, String)> = Vec::new();
    files.orders.push(line("plain"));
    for column in Table::Orders.columns() {
        let understood: &[&str] = match column.name {
            // Whatever stands there is the order's name.
            "order_id" => continue,
            "activity" => &["reexport", "transfer"],
            "destination" | "origin" => &["China", "Iran", "CHN"],
            "end_use" => &["military", "supercomputer", "training"],
            "authorization" => &["NLR", "LPP", "D1234567"],
            "date" => &["2026-11-02"],
            "line" | "quantity" | "packages" | "unit_price_usd" | "gross_weight_kg" => &["17", "250"],
            "item" => &["H100 SXM5 80GB", "A800"],
            _ => &["delta", "Delta Holding"],
        };
        for text in texts_for(understood, &mut numbers) {
            let id = format!("{}-{}", column.name, fed.len());
            let mut row = line(&id);
            row.insert(column.name, text.clone());
            files.orders.push(row);
            fed.push((id, column.name, text));
        }
    }
    let said = decide("orders", "ear", &files);
    assert!(said.goes("plain"), "the line that is understood goes");
    for (id, column, text) in &fed {
        let shown: String = text.chars().take(60).collect();
        let remarks = &said.remarks[id];
        let decides_nothing = matches!(
            *column,
            "via" | "hs_code" | "description" | "declared_eccn" | "unit_price_usd" | "gross_weight_kg" | "packages"
        );
        let is_claim = *column == "authorization";
        // What is a number or a day in some notation that is understood changes nothing here; all else is open.
        let is_plain = match Table::Orders.column(column).unwrap().kind {
            CellKind::Whole | CellKind::Number => !remarks.contains(&format!("`{column}`")),
            _ => false,
        };
        if is_plain {
            assert!(
                text.trim().bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'),
                "{column} {shown:?} is taken"
            );
            continue;
        }
        if decides_nothing && matches!(*column, "via" | "hs_code" | "description" | "declared_eccn") {
            continue;
        }
        if !decides_nothing && !is_claim {
            assert!(!said.goes(id), "{column} {shown:?} goes: {remarks}");
        }
        let named = remarks.contains(column) || remarks.contains(text.as_str());
        assert!(named || is_none(text), "{column} {shown:?} is not named: {remarks}");
    }
}

/// What means that there is nothing, where a claim may stand.
fn is_none(text: &str) -> bool {
    matches!(text, "-" | "–" | "null" | "#N/A" | "''")
}

/// Feeds the columns of a table: of each column what it may mean, and what it does not know; a row and a line for each.
fn feed(
    name: &str,
    policy: &str,
    table: Table,
    columns: &[(&'static str, &[&str])],
    make: impl Fn(&str, &'static str, &str) -> Files,
) {
    let mut numbers = Numbers(23);
    let mut files = Files { parties: parties(), ..Files::default() };
    let mut fed: Vec<(String, &'static str, String, bool)> = Vec::new();
    for &(column, meanings) in columns {
        let strange = texts_for(meanings, &mut numbers);
        let known = meanings.iter().map(|text| ((*text).to_owned(), true));
        for (text, is_known) in known.chain(strange.into_iter().map(|text| (text, false))) {
            let id = format!("{column}-{}", fed.len());
            let made = make(&id, column, &text);
            files.orders.extend(made.orders);
            files.parties.extend(made.parties);
            files.items.extend(made.items);
            files.stakes.extend(made.stakes);
            fed.push((id, column, text, is_known));
        }
    }
    let said = decide(name, policy, &files);
    for &(column, _) in columns {
        let of = || fed.iter().filter(|(_, fed, ..)| *fed == column);
        let all_go = of().filter(|(.., is_known)| *is_known).all(|(id, ..)| said.goes(id));
        let kind = table.column(column).unwrap().kind;
        for (id, _, text, _) in of().filter(|(.., is_known)| !*is_known) {
            let shown: String = text.chars().take(60).collect();
            let start: String = text.chars().take(4).collect();
            let in_table = |mistake: &String| mistake.contains(column) && mistake.contains(&start);
            let named = said.remarks[id].contains(column) || said.mistakes.iter().any(in_table);
            let is_digits = text.trim().bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
            let is_number = matches!(kind, CellKind::Number | CellKind::Whole) && is_digits;
            if !all_go && !is_number {
                assert!(!said.goes(id), "{column} {shown:?} goes: {}", said.remarks[id]);
            }
            let is_text = matches!(kind, CellKind::Text | CellKind::Words);
            assert!(
                is_text || is_number || named || !said.goes(id),
                "{column} {shown:?} is not named: {}",
                said.remarks[id]
            );
        }
    }
}

#[test]
fn no_strange_cell_of_a_party_makes_its_line_milder() {
    let columns: &[(&'static str, &[&str])] = &[
        ("country", &["NO", "CN", "Iran"]),
        ("hq_country", &["NO", "CN"]),
        ("parent_id", &["delta", "seller"]),
        ("flags", &["none", "entity_list", "military", "denied_person"]),
        ("incorporated_on", &["2011-05-04"]),
        ("data_center_mw", &["2"]),
    ];
    feed("parties", "ear", Table::Parties, columns, |id, column, text| {
        let mut party = row(&[("party_id", id), ("name", "Lagoon"), ("country", "NO"), ("hq_country", "NO")]);
        party.insert(column, text.to_owned());
        let mut order = line(id);
        order.insert("ultimate_consignee", id.to_owned());
        order.insert("item", "A800".to_owned());
        Files { orders: vec![order], parties: vec![party], ..Files::default() }
    });
}

#[test]
fn no_strange_cell_of_an_item_makes_its_line_milder() {
    let columns: &[(&'static str, &[&str])] = &[
        ("kind", &["ic", "board", "server", "rack", "model_weights", "hbm"]),
        ("tpp", &["300", "16000"]),
        ("die_area_mm2", &["600", "814"]),
        ("performance_density", &["2", "19"]),
        ("data_center", &["true", "false"]),
        ("accelerators", &["1", "8"]),
        ("accelerator", &["H100 SXM5 80GB", "L4"]),
        ("designer_hq", &["US", "CN"]),
        ("host_eccn", &["4A003", "5A992"]),
    ];
    feed("items", "ear", Table::Items, columns, |id, column, text| {
        let mut item = row(&[
            ("item", id),
            ("kind", "ic"),
            ("tpp", "4500"),
            ("performance_density", "6"),
            ("data_center", "true"),
        ]);
        if column == "accelerators" {
            item.insert("kind", "server".to_owned());
        }
        if column == "accelerator" {
            item = row(&[("item", id), ("kind", "server"), ("accelerators", "8")]);
        }
        item.insert(column, text.to_owned());
        let mut order = line(id);
        order.insert("item", id.to_owned());
        order.insert("ultimate_consignee", "delta".to_owned());
        order.insert("destination", "CN".to_owned());
        Files { orders: vec![order], items: vec![item], ..Files::default() }
    });
}

#[test]
fn no_strange_cell_of_a_stake_makes_its_line_milder() {
    let columns: &[(&'static str, &[&str])] = &[
        ("owner_id", &["delta", "seller"]),
        ("percent", &["60", "10"]),
        ("from", &["2020-01-01", "2031-01-01"]),
        ("until", &["2031-01-01", "2020-01-01"]),
    ];
    feed("stakes", "ear", Table::Ownership, columns, |id, column, text| {
        let party = row(&[("party_id", id), ("name", "Lagoon"), ("country", "NO"), ("hq_country", "NO")]);
        let mut stake = row(&[("owner_id", "delta"), ("owned_id", id), ("percent", "60")]);
        stake.insert(column, text.to_owned());
        let mut order = line(id);
        order.insert("ultimate_consignee", id.to_owned());
        order.insert("item", "A800".to_owned());
        Files { orders: vec![order], parties: vec![party], stakes: vec![stake], ..Files::default() }
    });
}
