//! Nothing unread passes, as a rule: every column of orders, parties, items and stakes is fed what it does not know, and no line becomes milder than with
//! the most cautious thing that the cell may mean; what is not understood is named.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must stop, helpers included"
)]

mod unread;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tollgate_decide::{Detail, Run, Screening, Silent, Tables, decision_record, each, load_policy, run};
use tollgate_law::Law;
use tollgate_model::Outcome;
use tollgate_records::{CellKind, Column, Table};
use tollgate_screening::{Screener, THRESHOLD, read_lists};

use unread::{Entry, Folder, Numbers, Row, meanings, row, texts_for, write_table};

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

fn decide(name: &str, policy: &str, files: &Files, entry: Entry) -> Said {
    let folder = Folder::new(&format!("{name}-{entry:?}"));
    let write = |table: Table, rows: &[Row]| write_table(&folder, table, rows, entry);
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

/// The columns that name parties: a text that is no id is a name there, and is screened by it.
const ROLES: &[&str] = &[
    "exporter",
    "purchaser",
    "intermediate_consignee",
    "ultimate_consignee",
    "end_user",
    "freight_forwarder",
    "lpp_operator",
];

/// Columns of orders of which nothing follows, so that any text is understood.
const FREE: &[&str] = &["via", "hs_code", "description", "declared_eccn"];

#[test]
fn no_strange_cell_of_an_order_lets_its_line_go_and_each_is_named() {
    for entry in [Entry::Csv, Entry::JsonLines, Entry::Parquet] {
        strange_orders(entry);
    }
}

fn strange_orders(entry: Entry) {
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
            "unread_text" => &["none"],
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
    let said = decide("orders", "ear", &files, entry);
    assert!(said.goes("plain"), "the line that is understood goes");
    for (id, column, text) in &fed {
        let shown: String = text.chars().take(60).collect();
        let remarks = &said.remarks[id];
        let decides_nothing = FREE.contains(column)
            || matches!(*column, "unit_price_usd" | "gross_weight_kg" | "packages" | "lpp_operator");
        let is_claim = *column == "authorization";
        // What is a number or a day in some notation that is understood changes nothing here; all else is open.
        let is_plain = match Table::Orders.column(column).unwrap().kind {
            CellKind::Whole | CellKind::Number => !remarks.contains(&format!("`{column}`")),
            _ => false,
        };
        if is_plain {
            assert!(
                text.trim().bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'),
                "{entry:?} {column} {shown:?} is taken"
            );
            continue;
        }
        if FREE.contains(column) || is_understood(column, text, remarks) {
            continue;
        }
        // Who is not known by an id is a name, which is screened; whose place matters is open then.
        let is_screened = ROLES.contains(column) && remarks.contains("was screened by that name");
        if !decides_nothing && !is_claim && !is_screened {
            assert!(!said.goes(id), "{entry:?} {column} {shown:?} goes: {remarks}");
        }
        let named = remarks.contains(column) || remarks.contains(text.as_str()) || is_screened;
        assert!(named || is_none(text), "{entry:?} {column} {shown:?} is not named: {remarks}");
    }
}

/// What looks strange and is understood: a number of the form of a license's, a text that speaks of a military or supercomputer use, a slip of the pen in
/// an item's name that leaves the candidates, which are named.
fn is_understood(column: &str, text: &str, remarks: &str) -> bool {
    match column {
        "authorization" => {
            text.len() > 5 && text.starts_with('D') && text.bytes().skip(1).all(|byte| byte.is_ascii_digit())
        }
        "end_use" => text.to_lowercase().contains("militar") || text.to_lowercase().contains("supercomputer"),
        "item" => remarks.contains(text) && remarks.contains("may be"),
        _ => false,
    }
}

/// What means that there is nothing, where a claim may stand.
fn is_none(text: &str) -> bool {
    matches!(text, "-" | "–" | "null")
}

/// A text that was fed to a column of a row, and what became of it.
struct Fed {
    id: String,
    column: &'static Column,
    text: String,
    is_known: bool,
}

/// Feeds every column of a table but those that name its rows: of each column what it may mean, and what it does not know; a row and a line for each.
fn feed(table: Table, keys: &[&str], entry: Entry, make: impl Fn(&str, &'static str, &str) -> Files) {
    let mut numbers = Numbers(23);
    let mut files = Files { parties: parties(), ..Files::default() };
    let mut fed: Vec<Fed> = Vec::new();
    let columns = || table.columns().iter().filter(|column| !keys.contains(&column.name));
    for column in columns() {
        let meanings = meanings(table, column);
        let strange = texts_for(&meanings, &mut numbers);
        let known = meanings.iter().map(|text| ((*text).to_owned(), true));
        for (text, is_known) in known.chain(strange.into_iter().map(|text| (text, false))) {
            let id = format!("{}-{}", column.name, fed.len());
            let made = make(&id, column.name, &text);
            files.orders.extend(made.orders);
            files.parties.extend(made.parties);
            files.items.extend(made.items);
            files.stakes.extend(made.stakes);
            fed.push(Fed { id, column, text, is_known });
        }
    }
    let said = decide(table.as_str(), "ear", &files, entry);
    for column in columns() {
        let of = || fed.iter().filter(|fed| fed.column == column);
        let all_go = of().filter(|fed| fed.is_known).all(|fed| said.goes(&fed.id));
        of().filter(|fed| !fed.is_known).for_each(|fed| is_no_milder(fed, all_go, &said));
    }
}

fn is_no_milder(fed: &Fed, all_go: bool, said: &Said) {
    let (column, remarks) = (fed.column.name, &said.remarks[&fed.id]);
    if column == "flags" && matches!(fed.text.as_str(), "-" | "–") {
        // There is none.
        return;
    }
    let shown: String = fed.text.chars().take(60).collect();
    let start: String = fed.text.chars().take(4).collect();
    let in_table = |mistake: &String| mistake.contains(column) && mistake.contains(&start);
    let named = remarks.contains(column) || said.mistakes.iter().any(in_table);
    let is_digits = fed.text.trim().bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let is_number = matches!(fed.column.kind, CellKind::Number | CellKind::Whole) && is_digits;
    if !all_go && !is_number {
        assert!(!said.goes(&fed.id), "{column} {shown:?} goes: {remarks}");
    }
    let is_text = matches!(fed.column.kind, CellKind::Text | CellKind::Words);
    assert!(is_text || is_number || named || !said.goes(&fed.id), "{column} {shown:?} is not named: {remarks}");
}

#[test]
fn no_strange_cell_of_a_party_makes_its_line_milder() {
    for entry in [Entry::Csv, Entry::JsonLines, Entry::Parquet] {
        feed(Table::Parties, &["party_id"], entry, |id, column, text| {
            let mut party = row(&[("party_id", id), ("name", "Lagoon"), ("country", "NO"), ("hq_country", "NO")]);
            party.insert(column, text.to_owned());
            let mut order = line(id);
            order.insert("ultimate_consignee", id.to_owned());
            order.insert("item", "A800".to_owned());
            Files { orders: vec![order], parties: vec![party], ..Files::default() }
        });
    }
}

#[test]
fn no_strange_cell_of_an_item_makes_its_line_milder() {
    for entry in [Entry::Csv, Entry::JsonLines, Entry::Parquet] {
        feed(Table::Items, &["item"], entry, |id, column, text| {
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
}

#[test]
fn no_strange_cell_of_a_stake_makes_its_line_milder() {
    for entry in [Entry::Csv, Entry::JsonLines, Entry::Parquet] {
        feed(Table::Ownership, &["owned_id"], entry, |id, column, text| {
            let party = row(&[("party_id", id), ("name", "Lagoon"), ("country", "NO"), ("hq_country", "NO")]);
            let mut stake = row(&[("owner_id", "delta"), ("owned_id", id), ("percent", "60")]);
            stake.insert(column, text.to_owned());
            let mut order = line(id);
            order.insert("ultimate_consignee", id.to_owned());
            order.insert("item", "A800".to_owned());
            Files { orders: vec![order], parties: vec![party], stakes: vec![stake], ..Files::default() }
        });
    }
}
