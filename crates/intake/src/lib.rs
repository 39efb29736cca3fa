//! Files as people have them, read into the tables of the contract.
//!
//! [`intake`] takes spreadsheets and exports, finds out what each column is, and writes orders, parties and items with
//! a mapping file that says how, and a report of what was assumed, not understood and left out. Nothing is guessed:
//! a cell that may mean two things, or nothing that is known, is written with a `?` before it, which every reader of
//! the tables refuses or leaves unsettled.

mod accessory;
mod amounts;
mod asides;
mod ask;
mod ask_goods;
mod ask_languages;
mod ask_recipient;
mod ask_words;
mod columns;
mod contract_tables;
mod counted_cells;
mod decode;
mod draft;
mod faults;
mod goods;
mod header;
mod intangible;
mod items;
mod left_out;
mod line_facts;
mod line_item;
mod mapping;
mod memo;
mod order_column;
mod orders;
mod parties;
mod party_word;
mod quantity;
mod rates;
mod report;
mod rivals;
mod roles;
mod seen_lines;
mod several;
mod sheet;
mod side_columns;
mod spreadsheet;
mod statements;
mod stray_rows;
mod survey;
mod text;
mod transit;
mod unit_kind;
mod unread_text;
mod values;
mod vocabulary;
mod words;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use tollgate_law::catalog::Catalog;
use tollgate_model::{Diagnostic, Diagnostics, Place};
use tollgate_records::Output;

use columns::Plan;
use faults::fault;
use mapping::Forms;
use orders::{IntakeTables, Reading};
use sheet::{Body, Sheet, delimiter_of};
use survey::FormEvidence;

pub use ask::{Question, QuestionTables, Understood, UnderstoodLine, question};
pub use ask_goods::QuestionLine;
pub use ask_languages::question_mend;
pub use draft::draft_mapping;
pub use mapping::Mapping;
pub use rates::Rates;
pub use report::{Remark, RemarkKind, Report, TableReport};
pub use values::day::DayOrder;
pub use values::number::DecimalMark;

/// What a person says beforehand.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The mapping file that was confirmed.
    pub mapping: Mapping,
    /// The decimal mark, where cells may mean two numbers.
    pub decimal: Option<DecimalMark>,
    /// The order of day and month, where cells may mean two days.
    pub dates: Option<DayOrder>,
    /// Rates of exchange.
    pub rates: Rates,
    /// Columns that are left out whatever stands in them, of every table.
    pub ignored: BTreeSet<String>,
}

/// The tables that came of files.
#[derive(Debug)]
pub struct Intake {
    /// The orders table as CSV.
    pub orders: String,
    /// The parties table as CSV.
    pub parties: String,
    /// The items table as CSV.
    pub items: String,
    /// The stakes of parties as CSV, where a file has them in the contract's form.
    pub ownership: Option<String>,
    /// Where each line is from: file, sheet, row, and what it said of its item.
    pub rows: String,
    /// How the files were read: a mapping file.
    pub map: String,
    /// What was assumed, not understood and left out.
    pub report: Report,
}

/// A file may not be larger, in bytes.
const MAX_FILE_BYTES: u64 = 4 << 30;

/// How the numbers and days of a file are written, where that is known.
#[derive(Clone, Copy)]
struct FileForms {
    mark: Option<DecimalMark>,
    order: Option<DayOrder>,
}

/// A table with its plan.
struct PlannedTable {
    sheet: Sheet,
    plan: Plan,
    encoding: Option<String>,
}

/// Reads files into the tables of the contract. The error names what is wrong with which file, and how to mend it.
pub fn intake(files: &[PathBuf], options: &Options, catalog: &Catalog) -> Result<Intake, Diagnostics> {
    let mut found = Vec::new();
    let mut tables = Vec::new();
    let mut gathered = IntakeTables::new(catalog, &options.mapping, &options.rates);
    let files = contract_tables::files_of(files);
    for path in &files {
        match read_file(path, options) {
            Ok(sheets) => {
                sheets.into_iter().for_each(|sheet| match take_contract_table(&sheet, options, &mut gathered) {
                    Ok(true) => {}
                    Err(error) => found.push(error.in_file(sheet.title())),
                    Ok(false) => match plan_sheet(&sheet, options) {
                        Ok(Some((plan, encoding))) => tables.push(PlannedTable { sheet, plan, encoding }),
                        Ok(None) => say_no_headers(&sheet, &mut gathered),
                        Err(error) => found.push(error.in_file(sheet.title())),
                    },
                })
            }
            Err(error) => found.push(error.in_file(path.display().to_string())),
        }
    }
    if found.is_empty() && !tables.iter().any(|table| table.plan.kind == "orders") {
        let what = format!(
            "there are no orders: no table has columns for goods and for their quantity, consignee or destination{}",
            draft::headers_seen(&files, options)
        );
        let mend = "name the columns in a mapping file and give it with --map; see docs/intake.md";
        let file = files.first().map_or_else(String::new, |file| file.display().to_string());
        found.push(Diagnostic::new("no-orders", Place::file(file), what, mend));
    }
    if !found.is_empty() {
        return Err(Diagnostics(found));
    }
    gather(&tables, options, gathered)
}

fn gather(tables: &[PlannedTable], options: &Options, mut gathered: IntakeTables<'_>) -> Result<Intake, Diagnostics> {
    let mut report = Report::default();
    let mut mapping = Mapping { tables: Vec::new(), ..options.mapping.clone() };
    let failed = |table: &PlannedTable, error: Diagnostic| Diagnostics::from(error.in_file(table.sheet.title()));
    let stated = FileForms {
        mark: options.decimal.or(options.mapping.decimal()),
        order: options.dates.or(options.mapping.dates()),
    };
    mapping.forms = Forms {
        decimal: stated.mark.map(|mark| mark.as_str().to_owned()),
        dates: stated.order.map(|order| order.as_str().to_owned()),
    };
    let mut forms = Vec::new();
    for table in tables {
        let mut evidence = FormEvidence::default();
        let of_file = |other: &&PlannedTable| other.sheet.file == table.sheet.file && other.plan.kind != "left_out";
        for other in tables.iter().filter(of_file) {
            evidence.look(&other.sheet, &other.plan).map_err(|error| failed(other, error))?;
        }
        say_forms(table, &evidence, stated, &mut gathered);
        forms.push(FileForms { mark: stated.mark.or(evidence.mark()), order: stated.order.or(evidence.order()) });
    }
    // Parties first, so that orders find them by id and by name.
    let mut order: Vec<(&PlannedTable, FileForms)> = tables.iter().zip(forms).collect();
    order.sort_by_key(|(table, _)| table.plan.kind != "parties");
    let origins = ["order_id", "line", "file", "sheet", "row", "declared_eccn", "item", "description"];
    let header =
        gathered.orders.write_record(orders::COLUMNS).and_then(|()| gathered.origins.write_record(origins)).is_ok();
    tollgate_model::always!(header, "memory can be written");
    for (table, FileForms { mark, order: days }) in order {
        let plan = &table.plan;
        let title = table.sheet.title();
        let rows = match plan.kind.as_str() {
            "parties" => gathered.parties.read(&table.sheet, plan, days, &mut gathered.remarks),
            "orders" => {
                let reading = Reading::new(&table.sheet, plan, mark, days);
                gathered.read_orders(&Reading { is_mark_stated: stated.mark.is_some(), ..reading })
            }
            _ => Ok(0),
        };
        let rows = rows.map_err(|error| failed(table, error))?;
        let table_mapping = plan.to_mapping(&table.sheet, table.encoding.clone());
        report.tables.push(TableReport {
            table: title,
            kind: plan.kind.clone(),
            form: table.sheet.form.clone(),
            profile: plan.profile.clone(),
            header_row: plan.header_row,
            rows,
            columns: table_mapping.columns.clone(),
        });
        mapping.tables.push(table_mapping);
    }
    gathered.parties.settle_parents();
    report.lines = gathered.lines;
    report.parties = gathered.parties.len();
    let parties = csv_text(parties::COLUMNS, gathered.parties.rows());
    let items = gathered.stated.items_csv(gathered.items.rows());
    let ownership = gathered.stated.stakes_csv();
    report.remarks = gathered.remarks.into_vec();
    let [orders, rows] = [gathered.orders, gathered.origins].map(text_of);
    let orders = gathered.stray.written_into(&orders);
    Ok(Intake { orders, parties, items, ownership, rows, map: mapping.to_toml(), report })
}

/// Takes a table of items or stakes that is in the contract's form; the answer is whether it is one.
fn take_contract_table(sheet: &Sheet, options: &Options, gathered: &mut IntakeTables<'_>) -> Result<bool, Diagnostic> {
    let is_mapped = options.mapping.table(&sheet.file, sheet.name.as_deref()).is_some();
    let Some(table) = contract_tables::table_of(sheet).filter(|_| !is_mapped) else { return Ok(false) };
    let rows = gathered.stated.read(sheet, table)?;
    let title = sheet.title();
    let at = report::RemarkPlace { table: &title, row: 0, column: "", value: "" };
    let what = format!("a table of {} in Tollgate's form: its {rows} rows are taken as they are", table.as_str());
    gathered.remarks.add(RemarkKind::Assumed, at, &what);
    Ok(true)
}

fn say_no_headers(sheet: &Sheet, gathered: &mut IntakeTables<'_>) {
    let title = sheet.title();
    let at = report::RemarkPlace { table: &title, row: 0, column: "", value: "" };
    gathered.remarks.add(RemarkKind::LeftOut, at, "no row looks like headers: name its columns in a mapping file");
}

fn say_forms(table: &PlannedTable, evidence: &FormEvidence, stated: FileForms, gathered: &mut IntakeTables<'_>) {
    let title = table.sheet.title();
    let at = report::RemarkPlace { table: &title, row: 0, column: "", value: "" };
    let mut say = |kind, what: &str| gathered.remarks.add(kind, at, what);
    table.sheet.notes.iter().for_each(|note| say(RemarkKind::Assumed, note));
    if table.plan.kind == "left_out" {
        say(RemarkKind::LeftOut, "the table has neither goods nor parties");
        return;
    }
    if let (None, Some(mark)) = (stated.mark, evidence.mark())
        && evidence.open_numbers > 0
    {
        say(RemarkKind::Assumed, &format!("numbers have a decimal {}, as other cells of the file show", mark.as_str()));
    }
    if let (None, Some(order)) = (stated.order, evidence.order())
        && evidence.open_days > 0
    {
        say(RemarkKind::Assumed, &format!("days are written {}, as other cells of the file show", order.as_str()));
    }
    for (header, why) in &table.plan.unread {
        let at = report::RemarkPlace { table: &title, row: 0, column: header, value: "" };
        gathered.remarks.add(RemarkKind::LeftOut, at, why);
    }
}

fn plan_sheet(sheet: &Sheet, options: &Options) -> Result<Option<(Plan, Option<String>)>, Diagnostic> {
    let mapping = options.mapping.table(&sheet.file, sheet.name.as_deref());
    let encoding = mapping.and_then(|mapping| mapping.encoding.clone());
    let Some(mut plan) = columns::plan(sheet, mapping)? else { return Ok(None) };
    let is_ignored = |header: &str| options.ignored.iter().any(|ignored| text::plain(ignored) == text::plain(header));
    let ignored = plan.side_columns.iter().map(|column| column.header.clone()).filter(|header| is_ignored(header));
    let ignored: Vec<String> = ignored.chain(options.ignored.iter().cloned()).collect();
    plan.ignored.extend(ignored);
    Ok(Some((plan, encoding)))
}

/// Whether a file is one that [`intake`] reads and the reader of the contract's tables does not: a spreadsheet, or text
/// with headers that are known but are not the contract's.
pub fn is_raw_orders(path: &Path) -> std::io::Result<bool> {
    use std::io::Read as _;
    if !path.is_file() {
        return Ok(false);
    }
    let mut head = Vec::new();
    std::fs::File::open(path)?.take(1 << 16).read_to_end(&mut head)?;
    let ending = path.extension().map_or_else(String::new, |ending| ending.to_string_lossy().to_lowercase());
    match ending.as_str() {
        "xlsx" | "xlsm" | "xlsb" | "xls" | "ods" => return Ok(true),
        "csv" | "tsv" | "tab" | "txt" | "psv" => {}
        _ => return Ok(false),
    }
    if spreadsheet::is_spreadsheet(&head) {
        return Ok(true);
    }
    let Ok(decoded) = decode::decode(head, None) else { return Ok(false) };
    if is_of_contract(decoded.text.lines().next().unwrap_or("")) {
        return Ok(false);
    }
    let delimiter = char::from(delimiter_of(&decoded.text).byte);
    let is_header = |line: &str| {
        let cells: Vec<String> = line.split(delimiter).map(|cell| cell.trim().trim_matches('"').to_owned()).collect();
        columns::words_of_header(&cells) >= 3
    };
    Ok(decoded.text.lines().take(80).any(is_header))
}

/// Whether a CSV file has the contract's orders, and columns beside them in which something of the lines may stand: of these the reader of the contract's
/// tables knows nothing, and [`intake`] leaves their lines open. Not so where a header is a slip of the pen, which that reader refuses.
pub fn has_side_columns(path: &Path) -> std::io::Result<bool> {
    use std::io::Read as _;
    if !path.is_file() || path.extension().is_none_or(|ending| !ending.eq_ignore_ascii_case("csv")) {
        return Ok(false);
    }
    let mut head = Vec::new();
    std::fs::File::open(path)?.take(1 << 16).read_to_end(&mut head)?;
    let Ok(decoded) = decode::decode(head, None) else { return Ok(false) };
    let line = decoded.text.lines().next().unwrap_or("");
    let table = tollgate_records::Table::Orders;
    let headers = line.split(',').map(|header| header.trim().trim_matches('"'));
    let unknown: Vec<&str> = headers.filter(|header| table.column_of_header(header).is_none()).collect();
    let is_refused = unknown.iter().any(|header| table.misspelt_column(header).is_some());
    Ok(is_of_contract(line) && !is_refused && unknown.iter().any(|header| side_columns::may_say_something(header)))
}

/// Whether a line has the headers of the contract's orders: most of those that must be there, and no more of them under other names.
fn is_of_contract(line: &str) -> bool {
    let table = tollgate_records::Table::Orders;
    let headers: Vec<String> = line.split(',').map(|header| header.trim().trim_matches('"').to_owned()).collect();
    let of_contract: BTreeSet<&str> = headers
        .iter()
        .filter_map(|header| table.column_of_header(header))
        .filter(|column| column.required)
        .map(|column| column.name)
        .collect();
    let by_other_names = columns::targets_of(&headers);
    let required = table.columns().iter().filter(|column| column.required);
    let more = required.filter(|column| by_other_names.contains(column.name)).count();
    of_contract.len() >= 4 && of_contract.len() >= more
}

fn read_file(path: &Path, options: &Options) -> Result<Vec<Sheet>, Diagnostic> {
    let unreadable =
        |error: std::io::Error| fault("unreadable-file", format!("cannot be read: {error}"), "check the path");
    let size = std::fs::metadata(path).map_err(unreadable)?.len();
    if size > MAX_FILE_BYTES {
        return Err(fault("oversized-file", "is larger than 4 GB", "divide it"));
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    sheets_of(&name, bytes, &options.mapping)
}

/// The tables of a file, by what it is and not by its name's ending.
fn sheets_of(name: &str, bytes: Vec<u8>, mapping: &Mapping) -> Result<Vec<Sheet>, Diagnostic> {
    if spreadsheet::is_spreadsheet(&bytes) {
        return spreadsheet::read_spreadsheet(name, bytes);
    }
    let kinds = [
        (b"%PDF".as_slice(), "a PDF"),
        (b"PAR1".as_slice(), "Parquet, which check takes as it is"),
        (b"\x1f\x8b".as_slice(), "packed with gzip"),
        (b"{".as_slice(), "JSON"),
        (b"<".as_slice(), "HTML or XML"),
    ];
    for (magic, what) in kinds {
        if bytes.starts_with(magic) {
            return Err(fault("unknown-format", format!("is {what}"), "save it as .xlsx or CSV"));
        }
    }
    let label = mapping.table(name, None).and_then(|table| table.encoding.as_deref());
    let decoded = decode::decode(bytes, label)?;
    if decoded.text.contains('\0') {
        return Err(fault("unknown-format", "is no text", "save it as .xlsx or CSV"));
    }
    let delimiter = delimiter_of(&decoded.text);
    let mut notes: Vec<String> = decoded.note.into_iter().collect();
    let shown = if delimiter.byte == b'\t' { "tab".to_owned() } else { format!("`{}`", char::from(delimiter.byte)) };
    if delimiter.declared {
        notes.push("the first line names the delimiter".to_owned());
    }
    let form = format!("text in {} with {shown} between cells", decoded.encoding);
    let mut text = decoded.text;
    text.drain(..delimiter.skipped_bytes.min(text.len()));
    let body = Body::Delimited { text, delimiter: delimiter.byte, skipped_lines: delimiter.skipped_lines };
    Ok(vec![Sheet { file: name.to_owned(), name: None, form, notes, asides: Vec::new(), body }])
}

fn text_of(writer: csv::Writer<Vec<u8>>) -> String {
    match writer.into_inner().map(String::from_utf8) {
        Ok(Ok(text)) => text,
        _ => {
            tollgate_model::never!("texts do not make a text");
            String::new()
        }
    }
}

fn csv_text(columns: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut is_written = writer.write_record(columns).is_ok();
    rows.for_each(|row| is_written &= writer.write_record(row).is_ok());
    tollgate_model::always!(is_written, "memory can be written");
    text_of(writer)
}

impl Intake {
    /// The report as JSON.
    pub fn report_json(&self) -> String {
        let text = serde_json::to_string_pretty(&self.report);
        tollgate_model::always!(text.is_ok(), "a report is JSON");
        text.map_or_else(|_| String::new(), |text| text + "\n")
    }

    /// The files that are written: names and texts.
    pub fn files(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        let stakes = self.ownership.iter().map(|text| ("ownership.csv", Cow::Borrowed(text.as_str())));
        let files = vec![
            ("orders.csv", Cow::Borrowed(self.orders.as_str())),
            ("parties.csv", Cow::Borrowed(self.parties.as_str())),
            ("items.csv", Cow::Borrowed(self.items.as_str())),
            ("rows.csv", Cow::Borrowed(self.rows.as_str())),
            ("map.toml", Cow::Borrowed(self.map.as_str())),
            ("read.json", Cow::Owned(self.report_json())),
            ("report.md", Cow::Owned(self.report.markdown())),
        ];
        files.into_iter().chain(stakes).collect()
    }

    /// Writes the files into a folder, all of them or none.
    pub fn write(&self, folder: &Path) -> std::io::Result<()> {
        let mut outputs = Vec::new();
        for (name, text) in self.files() {
            let mut output = Output::create(&folder.join(name))?;
            output.write_all(text.as_bytes())?;
            outputs.push(output);
        }
        outputs.into_iter().try_for_each(Output::commit)
    }
}
