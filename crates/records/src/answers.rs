//! Answers to the questions of `missing.csv`: each sets a cell of a row of orders, parties or items, and is read as that cell would be.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use tollgate_model::{Date, Diagnostic, Diagnostics};

use crate::cells::text;
use crate::columns::Table;
use crate::mistakes::{Cell, Mistakes, UnreadRow};
use crate::output::formula_safe;
use crate::row_answers::{Answer, RowKey, one_row};
use crate::source::Source;

/// The answers of a file.
#[derive(Debug, Default)]
pub struct Answers {
    /// The file.
    pub file: PathBuf,
    /// The answers that are understood, in the order of the file; of several that say the same, the first.
    pub answers: Vec<Answer>,
    /// What is not understood, or said in two ways: nothing comes of it.
    pub mistakes: Vec<Diagnostic>,
}

impl Answers {
    /// That something is wrong with an answer, by its cell in the file.
    pub fn mistake(&self, answer: &Answer, column: &str, problem: [&str; 3], code: &'static str) -> Diagnostic {
        let [value, what, mend] = problem;
        Diagnostic::new(code, Cell { row: answer.row, column, value }.in_file(&self.file), what, mend)
    }
}

/// Reads the filled-in `missing.csv`; rows without an answer are passed over.
///
/// # Errors
/// What is wrong with the file or a whole column.
pub fn read_answers(path: &Path) -> Result<Answers, Diagnostics> {
    let mut source = Source::open(path, Table::Answers)?;
    let mut mistakes = Mistakes::by_row(path);
    let mut answers = Vec::new();
    while let Some(batch) = source.next() {
        let batch = batch?;
        batch.require(Table::Answers, &mut mistakes);
        let columns = ["table", "of", "column", "answer"].map(|name| batch.texts(name, &mut mistakes));
        for index in 0..batch.rows {
            let cells = columns.each_ref().map(|column| text(column, index).map(str::trim));
            let row = batch.row(index);
            if let [table, of, column, Some(answer)] = cells
                && !answer.is_empty()
                && let Some(answer) = read_answer(row, [table, of, column], answer, &mut mistakes)
            {
                answers.push(answer);
            }
        }
    }
    let read = mistakes.split(answers)?;
    let mut mistakes: Vec<Diagnostic> = read.unread.into_iter().map(|UnreadRow { mistake, .. }| mistake).collect();
    let answers = without_contradictions(read.value, path, &mut mistakes);
    Ok(Answers { file: path.to_owned(), answers, mistakes })
}

/// An answer, if the cell that it is for is named, and the text is understood there.
fn read_answer(
    row: u64,
    [table, of, column]: [Option<&str>; 3],
    answer: &str,
    mistakes: &mut Mistakes<'_>,
) -> Option<Answer> {
    let named = [Table::Orders, Table::Parties, Table::Items];
    let known = table.and_then(|name| named.into_iter().find(|table| table.as_str().eq_ignore_ascii_case(name)));
    let Some(table) = known else {
        let cell = Cell { row, column: "table", value: table.unwrap_or("") };
        mistakes.add("unknown-table", cell, "is no table with questions", "write orders, parties or items");
        return None;
    };
    let Some(key) = of.and_then(|of| row_key(table, of)) else {
        let cell = Cell { row, column: "of", value: of.unwrap_or("") };
        let mend = match table {
            Table::Orders => "write the order and its line as missing.csv does: `O-17 line 1`",
            _ => "write the party id or the item's name as missing.csv does",
        };
        mistakes.add("unknown-row", cell, format!("names no row of the table `{}`", table.as_str()), mend);
        return None;
    };
    let known = column.and_then(|name| table.column_of_header(name)).filter(|known| !is_key(table, known.name));
    let Some(known) = known else {
        let value = column.unwrap_or("");
        let mend = table.nearest_column(value).map_or_else(
            || "write a column that missing.csv asks for, or another of docs/tables.md".to_owned(),
            |near| format!("did you mean `{}`?", near.name),
        );
        let what = format!("is no column of the table `{}` that can be answered", table.as_str());
        mistakes.add("unknown-column", Cell { row, column: "column", value }, what, mend);
        return None;
    };
    let found = Answer { row, table, key, column: known.name, text: answer.to_owned() };
    if let Some(mistake) = cell_mistake(&found, mistakes) {
        let what = format!("as `{}` of {}: {}", known.name, of.unwrap_or(""), mistake.what);
        mistakes.add(mistake.code, Cell { row, column: "answer", value: answer }, what, mistake.mend);
        return None;
    }
    Some(found)
}

/// Whether a column names the row itself. An order may be given its id, and `item` of an item is the item that it stands for.
fn is_key(table: Table, column: &str) -> bool {
    table == Table::Parties && column == "party_id"
}

/// The row that a cell of the column `of` names.
fn row_key(table: Table, of: &str) -> Option<RowKey> {
    // `missing.csv` has an apostrophe before what a spreadsheet would run.
    let plain = of.strip_prefix('\'').filter(|rest| formula_safe(rest) == of).unwrap_or(of);
    if table != Table::Orders {
        return (!plain.is_empty()).then(|| RowKey { id: plain.to_owned(), line: 1 });
    }
    let (id, line) = plain.rsplit_once(" line ")?;
    let line = line.trim().parse().ok()?;
    (!id.is_empty()).then(|| RowKey { id: id.to_owned(), line })
}

/// What the reader of the table says of the cell, in a row of which nothing else is wrong.
fn cell_mistake(answer: &Answer, mistakes: &Mistakes<'_>) -> Option<Diagnostic> {
    let day = Date::MAX.to_string();
    let filled: &[(&str, &str)] = match answer.table {
        Table::Orders => &[
            ("order_id", "1"),
            ("date", &day),
            ("ultimate_consignee", "1"),
            ("destination", "SG"),
            ("item", "1"),
            ("quantity", "1"),
        ],
        Table::Parties => &[("party_id", "1")],
        _ => &[("item", "1")],
    };
    let cells = filled.iter().copied().chain([(answer.column, answer.text.as_str())]);
    let batch = one_row(answer.row, cells);
    let mut found = mistakes.unreported();
    match answer.table {
        Table::Orders => drop(crate::orders::read(&batch, &mut found)),
        Table::Parties => crate::parties::add_parties(&batch, &mut BTreeMap::new(), &mut found),
        _ => crate::items::add_items(&batch, &mut BTreeMap::new(), &mut found),
    }
    found.found.into_iter().next()
}

/// The answers without those to a question to which another is given too, which are named.
fn without_contradictions(answers: Vec<Answer>, path: &Path, mistakes: &mut Vec<Diagnostic>) -> Vec<Answer> {
    let mut texts: BTreeMap<(&str, &RowKey, &str), (u64, BTreeSet<&str>)> = BTreeMap::new();
    for answer in &answers {
        let question = (answer.table.as_str(), &answer.key, answer.column);
        texts.entry(question).or_insert((answer.row, BTreeSet::new())).1.insert(&answer.text);
    }
    let mut plain = Vec::new();
    for answer in &answers {
        let Some((first, said)) = texts.get(&(answer.table.as_str(), &answer.key, answer.column)) else { continue };
        if said.len() > 1 {
            let what = format!("the question `{}` of {} has two different answers", answer.column, answer.key.id);
            let place = Cell { row: answer.row, column: "answer", value: &answer.text }.in_file(path);
            mistakes.push(Diagnostic::new(
                "two-answers",
                place,
                what,
                "leave one of them; until then neither is taken",
            ));
        } else if *first == answer.row {
            plain.push(answer.clone());
        }
    }
    plain
}
