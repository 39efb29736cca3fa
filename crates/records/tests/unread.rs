//! Nothing unread passes: headers, cells and members that are not understood are taken, named or refused.

#![allow(clippy::unwrap_used, reason = "a test ends where its own files cannot be written")]

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, LargeStringArray, RecordBatch, StringArray, StringViewArray};
use parquet::arrow::ArrowWriter;
use tollgate_records::{OrderReader, read_clearances};

fn lines(path: &Path) -> Result<Vec<(String, Option<String>)>, String> {
    let mut reader = OrderReader::open(path).map_err(|errors| errors.to_string())?;
    let mut lines = Vec::new();
    while let Some(batch) = reader.next_batch() {
        let batch = batch.map_err(|errors| errors.to_string())?;
        lines.extend(batch.lines().map(|line| (line.date.to_string(), line.end_user.map(str::to_owned))));
    }
    Ok(lines)
}

fn text_file(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn parquet(folder: &Path, name: &str, dates: ArrayRef, consignees: [&str; 2]) -> PathBuf {
    let texts = |cells: [&str; 2]| Arc::new(StringArray::from(cells.to_vec())) as ArrayRef;
    let columns = [
        ("order_id", texts(["o1", "o2"])),
        ("date", dates),
        ("Ultimate Consignee", texts(consignees)),
        ("destination", texts(["SG", "SG"])),
        ("item", texts(["H100", "H100"])),
        ("quantity", Arc::new(Int64Array::from(vec![1, 2])) as ArrayRef),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let path = folder.join(name);
    let mut writer = ArrowWriter::try_new(File::create(&path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    path
}

#[test]
fn days_that_are_texts_are_read_in_every_form_of_parquet() {
    let folder = tempfile::tempdir().unwrap();
    let days = ["2025-06-01", "2025-06-02"];
    let forms: [ArrayRef; 3] = [
        Arc::new(StringArray::from(days.to_vec())),
        Arc::new(LargeStringArray::from(days.to_vec())),
        Arc::new(StringViewArray::from(days.to_vec())),
    ];
    for dates in forms {
        let read = lines(&parquet(folder.path(), "days.parquet", dates, ["a", "b"])).unwrap();
        assert_eq!(read.iter().map(|(day, _)| day.as_str()).collect::<Vec<_>>(), days);
    }
}

#[test]
fn cells_of_parquet_that_are_not_understood_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let wrong: [(ArrayRef, [&str; 2], &str); 3] = [
        (Arc::new(LargeStringArray::from(vec!["2025-06-01", "02.06.2025"])), ["a", "b"], "02.06.2025"),
        (Arc::new(Int64Array::from(vec![20_250_601, 20_250_602])), ["a", "b"], "20250601"),
        (Arc::new(StringArray::from(vec!["2025-06-01", "2025-06-02"])), ["a", ""], "ultimate_consignee"),
    ];
    for (dates, consignees, named) in wrong {
        let error = lines(&parquet(folder.path(), "wrong.parquet", dates, consignees)).unwrap_err();
        assert!(error.contains(named), "{named}: {error}");
    }
}

#[test]
fn headers_in_other_letters_are_taken_and_unknown_ones_named() {
    let folder = tempfile::tempdir().unwrap();
    let csv =
        "Order_ID,DATE,ultimate consignee,destination,item,quantity,End-User,end_usr\no1,2025-06-01,a,SG,H100,1,x,y\n";
    let json = r#"{"Order_ID":"o1","DATE":"2025-06-01","ultimateConsignee":"a","destination":"SG","item":"H100","quantity":1,"End-User":"x","end_usr":"y"}"#;
    for (name, text) in [("o.csv", csv), ("o.jsonl", json)] {
        let path = text_file(folder.path(), name, text);
        assert_eq!(lines(&path).unwrap(), [("2025-06-01".to_owned(), Some("x".to_owned()))], "{name}");
        let mut reader = OrderReader::open(&path).unwrap();
        while reader.next_batch().is_some() {}
        let unknown = reader.unknown_columns();
        assert_eq!(unknown.len(), 1, "{name}");
        assert!(unknown[0].to_string().contains("did you mean `end_user`?"), "{}", unknown[0]);
    }
}

#[test]
fn what_stands_twice_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let order =
        r#""order_id":"o1","date":"2025-06-01","ultimate_consignee":"a","destination":"SG","item":"H100","quantity":1"#;
    let cases = [
        ("t.csv", "order_id,End_User,enduser\n".to_owned()),
        ("t.jsonl", format!(r#"{{{order},"destination":"CN"}}"#)),
        ("u.jsonl", format!(r#"{{{order},"end_user":"a","End_User":"b"}}"#)),
        ("v.jsonl", format!(r#"{{{order},"end_user":{{"id":"a"}}}}"#)),
    ];
    for (name, text) in cases {
        assert!(lines(&text_file(folder.path(), name, &text)).is_err(), "{name}");
    }
    let deep = format!(r#"{{{order},"seen":{{"by":"a"}}}}"#);
    assert_eq!(lines(&text_file(folder.path(), "w.jsonl", &deep)).unwrap().len(), 1);
}

#[test]
fn a_confirmed_match_is_one_in_json_lines_too() {
    let folder = tempfile::tempdir().unwrap();
    let row = r#"{"party_id":"p","list":"l","entry":"1","finding":"confirmed","by":"b","why":"w"}"#;
    let read = read_clearances(&text_file(folder.path(), "c.jsonl", row)).unwrap();
    assert!(read[0].confirmed);
}

/// What is not read of each line, by column and text.
fn unread_of(reader: OrderReader) -> Vec<Vec<(String, String)>> {
    let mut reader = reader;
    let mut lines = Vec::new();
    while let Some(batch) = reader.next_batch() {
        let batch = batch.map_err(|errors| errors.to_string()).unwrap();
        let cells = |line: tollgate_model::OrderLine<'_>| {
            line.unread.iter().map(|cell| (cell.column.clone(), cell.value.clone())).collect()
        };
        lines.extend(batch.lines().map(cells));
    }
    lines
}

/// A file of two lines with one more column, in each format.
fn with_column(folder: &Path, header: &str, cells: [&str; 2]) -> [PathBuf; 3] {
    let row = |id: &str, cell: &str| format!("{id},2025-06-01,a,SG,H100,1,{cell}\n");
    let csv = format!(
        "order_id,date,ultimate_consignee,destination,item,quantity,{header}\n{}{}",
        row("o1", cells[0]),
        row("o2", cells[1])
    );
    let object = |id: &str, cell: &str| {
        format!(
            r#"{{"order_id":"{id}","date":"2025-06-01","ultimate_consignee":"a","destination":"SG","item":"H100","quantity":1,"{header}":"{cell}"}}"#
        ) + "\n"
    };
    let json = object("o1", cells[0]) + &object("o2", cells[1]);
    let texts = |cells: [&str; 2]| Arc::new(StringArray::from(cells.to_vec())) as ArrayRef;
    let columns = [
        ("order_id", texts(["o1", "o2"])),
        ("date", texts(["2025-06-01", "2025-06-01"])),
        ("ultimate_consignee", texts(["a", "a"])),
        ("destination", texts(["SG", "SG"])),
        ("item", texts(["H100", "H100"])),
        ("quantity", Arc::new(Int64Array::from(vec![1, 1])) as ArrayRef),
        (header, texts(cells)),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let path = folder.join("side.parquet");
    let mut writer = ArrowWriter::try_new(File::create(&path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    [text_file(folder, "side.csv", &csv), text_file(folder, "side.jsonl", &json), path]
}

#[test]
fn what_stands_in_a_column_that_nobody_has_placed_holds_its_line_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    for (header, cell) in
        [("Real destination", "Iran"), ("remarks", "goes on to Orion Chips in Minsk"), ("Extra units", "400")]
    {
        for path in with_column(folder.path(), header, [cell, ""]) {
            let held = vec![("unread_text".to_owned(), format!("{header}: {cell}"))];
            let read = unread_of(OrderReader::open_by_line(&path).unwrap());
            assert_eq!(read, [held, vec![]], "{}", path.display());
            let ignored = Arc::new(std::collections::BTreeSet::from([header.to_uppercase()]));
            let read = unread_of(OrderReader::open_by_line(&path).unwrap().ignoring(&ignored));
            assert_eq!(read, [vec![], vec![]], "{}", path.display());
            let mut whole = OrderReader::open_deciding(&path).unwrap();
            let refused = whole.next_batch().map(|batch| batch.map(|_| ()));
            assert!(matches!(&refused, Some(Err(errors)) if errors.to_string().contains(header)), "{refused:?}");
        }
    }
    for (header, cell) in [("Sales tax", "120.50"), ("invoice no", "A-2044"), ("created", "2025-05-30 10:00:00")] {
        for path in with_column(folder.path(), header, [cell, "n/a"]) {
            assert_eq!(unread_of(OrderReader::open_by_line(&path).unwrap()), [vec![], vec![]], "{}", path.display());
        }
    }
}

#[test]
fn whoever_has_looked_says_none_and_what_is_no_text_is_held() {
    let folder = tempfile::tempdir().unwrap();
    let csv = "order_id,date,ultimate_consignee,destination,item,quantity,Zone,unread_text\n\
               o1,2025-06-01,a,SG,H100,1,PLA 7,none\no2,2025-06-01,a,SG,H100,1,PLA 7,see letter\n";
    let read = unread_of(OrderReader::open_by_line(&text_file(folder.path(), "n.csv", csv)).unwrap());
    assert_eq!(read, [vec![], vec![("unread_text".to_owned(), "see letter; Zone: PLA 7".to_owned())]]);
    let json = r#"{"order_id":"o1","date":"2025-06-01","ultimate_consignee":"a","destination":"SG","item":"H100","quantity":1,"seen":{"by":"Orion"}}"#;
    let read = unread_of(OrderReader::open_by_line(&text_file(folder.path(), "n.jsonl", json)).unwrap());
    assert!(read[0][0].1.contains("Orion"), "{read:?}");
}
