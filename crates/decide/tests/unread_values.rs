//! Nothing unread passes, as a rule: every column of orders, parties, items and stakes is fed what it does not know, and no line becomes milder than with
//! the most cautious thing that the cell may mean; what is not understood is named.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop, helpers included")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use tollgate_decide::{Detail, Run, Screening, Silent, Tables, decision_record, each, load_policy, run};
use tollgate_law::Law;
use tollgate_model::{Country, Date, Outcome};
use tollgate_records::{
    CellKind, Column, Surrounding, SurroundingReader, Table, read_answers, read_clearances_by_row, read_fleet,
    read_licenses, read_opening,
};
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

/// The forms in which tables come; each has a reader of its own.
#[derive(Clone, Copy, Debug)]
enum Entry {
    Csv,
    JsonLines,
    Parquet,
}

fn write_table(folder: &Folder, table: Table, rows: &[Row], entry: Entry) -> PathBuf {
    let path = |ending: &str| folder.0.join(format!("{}.{ending}", table.as_str()));
    // Stakes in JSON are statements of registers.
    let is_published = matches!(entry, Entry::JsonLines) && table == Table::Ownership;
    match if rows.is_empty() || is_published { Entry::Csv } else { entry } {
        Entry::Csv => {
            std::fs::write(path("csv"), csv(table, rows)).unwrap();
            path("csv")
        }
        Entry::JsonLines => {
            let lines: Vec<String> = rows.iter().map(|row| serde_json::to_string(row).unwrap()).collect();
            std::fs::write(path("jsonl"), lines.join("\n")).unwrap();
            path("jsonl")
        }
        Entry::Parquet => {
            let column = |column: &Column| {
                let cells = rows.iter().map(|row| row.get(column.name).map(String::as_str));
                (column.name, Arc::new(cells.collect::<StringArray>()) as ArrayRef, true)
            };
            let batch = RecordBatch::try_from_iter_with_nullable(table.columns().iter().map(column)).unwrap();
            let file = std::fs::File::create(path("parquet")).unwrap();
            let mut writer = parquet::arrow::ArrowWriter::try_new(file, batch.schema(), None).unwrap();
            writer.write(&batch).unwrap();
            writer.close().unwrap();
            path("parquet")
        }
    }
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
    let is_below_zero =
        |text: &str| text.trim_start().starts_with('-') && text.bytes().any(|byte| byte.is_ascii_digit());
    let is_spelling = |text: &str| !is_below_zero(text) && understood.iter().any(|word| letters(word) == letters(text));
    let is_other = |text: &str| text.parse::<Date>().is_ok() || Country::from_text(text).is_ok();
    texts.retain(|text| !is_spelling(text) && !text.trim().is_empty() && !is_other(text));
    texts
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

/// What the cells of a column may mean, the most cautious thing among it; none of free text.
fn meanings(table: Table, column: &Column) -> Vec<&'static str> {
    let by_name: &[&'static str] = match (table, column.name) {
        (Table::Parties, "country") => &["NO", "CN", "Iran"],
        (Table::Parties, "parent_id") | (Table::Ownership, "owner_id") => &["delta", "seller"],
        (Table::Parties, "flags") => &["none", "entity_list", "military", "denied_person"],
        (Table::Items, "tpp") => &["300", "16000"],
        (Table::Items, "die_area_mm2") => &["600", "814"],
        (Table::Items, "performance_density") => &["2", "19"],
        (Table::Items, "accelerator") => &["H100 SXM5 80GB", "L4"],
        (Table::Ownership, "percent") => &["60", "10"],
        (Table::Ownership, "from" | "until") => &["2020-01-01", "2031-01-01"],
        _ => &[],
    };
    if !by_name.is_empty() {
        return by_name.to_vec();
    }
    match column.kind {
        CellKind::Country => vec!["NO", "CN"],
        CellKind::Day => vec!["2011-05-04"],
        CellKind::Whole => vec!["1", "8"],
        CellKind::Number => vec!["2", "300"],
        CellKind::Truth => vec!["true", "false"],
        CellKind::Word(words) => words.split(", ").collect(),
        CellKind::Text | CellKind::Words => Vec::new(),
    }
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

/// What a reader says against a table of one row; empty where it is content.
fn said_against(table: Table, path: &std::path::Path) -> String {
    let text = |error: tollgate_model::Diagnostics| error.to_string();
    let surrounding = Surrounding::ALL.into_iter().find(|surrounding| surrounding.table() == table);
    if let Some(surrounding) = surrounding {
        let read = SurroundingReader::open(path, surrounding).and_then(SurroundingReader::read_all);
        return read.err().map_or_else(String::new, text);
    }
    match table {
        Table::Licenses => read_licenses(path).err().map_or_else(String::new, text),
        Table::Opening => read_opening(path).err().map_or_else(String::new, text),
        Table::Fleet => read_fleet(path).err().map_or_else(String::new, text),
        Table::Clearances => match read_clearances_by_row(path) {
            Ok(read) if read.value.is_empty() => read.unread.iter().map(|row| row.mistake.to_string()).collect(),
            // A clearance that stands.
            Ok(_) => String::new(),
            Err(error) => text(error),
        },
        Table::Answers => match read_answers(path) {
            Ok(read) if read.answers.is_empty() => read.mistakes.iter().map(ToString::to_string).collect(),
            Ok(_) => String::new(),
            Err(error) => text(error),
        },
        _ => "has a test of its own".to_owned(),
    }
}

/// A row of a table that is understood.
fn plain_row(table: Table) -> Row {
    if table == Table::Answers {
        return row(&[("table", "parties"), ("of", "delta"), ("column", "hq_country"), ("answer", "NO")]);
    }
    let cell = |column: &'static Column| {
        let text = match column.kind {
            CellKind::Text | CellKind::Words if column.name == "destinations" => "NO",
            CellKind::Text | CellKind::Words => "K",
            CellKind::Word(words) => words.split(", ").next().unwrap(),
            _ => meanings(table, column).first().copied().unwrap(),
        };
        (column.name, text.to_owned())
    };
    table.columns().iter().map(cell).collect()
}

#[test]
fn a_table_around_the_orders_is_understood_or_refused_by_name() {
    let ruled_by_line = [Table::Orders, Table::Parties, Table::Items, Table::Ownership];
    let folder = Folder::new("around");
    let mut numbers = Numbers(29);
    for table in Table::ALL.into_iter().filter(|table| !ruled_by_line.contains(table)) {
        for entry in [Entry::Csv, Entry::JsonLines, Entry::Parquet] {
            let plain = plain_row(table);
            let said = said_against(table, &write_table(&folder, table, std::slice::from_ref(&plain), entry));
            assert_eq!(said, "", "{table:?} {entry:?}: a row that is understood");
            for column in table.columns() {
                let is_closed = match column.kind {
                    CellKind::Text | CellKind::Words => {
                        column.name == "destinations"
                            || table == Table::Answers && matches!(column.name, "table" | "column" | "answer")
                    }
                    _ => true,
                };
                if !is_closed {
                    continue;
                }
                for text in texts_for(&meanings(table, column), &mut numbers) {
                    let is_digits = text.trim().bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
                    let is_number = matches!(column.kind, CellKind::Number | CellKind::Whole) && is_digits;
                    // Money goes back too.
                    let is_signed = column.name == "amount_usd" && text.parse::<f64>().is_ok_and(f64::is_finite);
                    if is_number || is_signed || text.len() > 60_000 {
                        continue;
                    }
                    let mut strange = plain.clone();
                    strange.insert(column.name, text.clone());
                    let said = said_against(table, &write_table(&folder, table, &[strange], entry));
                    assert!(said.contains(column.name), "{table:?} {entry:?} {} {text:?}: {said:?}", column.name);
                }
            }
        }
    }
}
