//! What was read as what, what was assumed, what could not be read and what was left out.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;
use tollgate_model::Lookup;

/// What sort of remark it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RemarkKind {
    /// A person must say it: the lines stay unsettled until then.
    Question,
    /// A cell that was not understood: its line stays unsettled.
    Unread,
    /// Something that the file does not say was taken to be so.
    Assumed,
    /// Rows and columns that are no part of the tables.
    LeftOut,
}

impl RemarkKind {
    fn title(self) -> &'static str {
        match self {
            RemarkKind::Question => "To be answered",
            RemarkKind::Unread => "Not understood; these lines stay unsettled",
            RemarkKind::Assumed => "Assumed",
            RemarkKind::LeftOut => "Left out",
        }
    }
}

/// One remark and the rows that it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Remark {
    /// What sort of remark it is.
    pub kind: RemarkKind,
    /// The file and sheet.
    pub table: String,
    /// The header of the column; empty for whole rows.
    pub column: String,
    /// What is to be said.
    pub what: String,
    /// How many rows it is about; 0 where it is about the table.
    pub count: usize,
    /// The first of the rows.
    pub rows: Vec<u64>,
    /// Some of the values.
    pub examples: Vec<String>,
}

/// A table as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TableReport {
    /// The file and sheet.
    pub table: String,
    /// `orders`, `parties` or `left_out`.
    pub kind: String,
    /// Encoding and delimiter.
    pub form: String,
    /// The profile that fits, if any.
    pub profile: Option<String>,
    /// The row that has the headers.
    pub header_row: u64,
    /// How many rows became lines or parties.
    pub rows: usize,
    /// Each header with the column that it was read as; empty where it was not read.
    pub columns: BTreeMap<String, String>,
}

/// The report of an intake.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The tables that were read.
    pub tables: Vec<TableReport>,
    /// How many order lines there are.
    pub lines: usize,
    /// How many parties have a row.
    pub parties: usize,
    /// Remarks, the most urgent first.
    pub remarks: Vec<Remark>,
}

/// Gathers remarks: the same one of many rows stands once.
#[derive(Debug, Default)]
pub(crate) struct Remarks {
    remarks: Vec<Remark>,
    /// The places among them of all that say the same.
    places: Lookup<String, Vec<usize>>,
    /// What is being said, where it is put together of parts; kept so that none is made anew for each row.
    said: String,
}

const ROWS_SHOWN: usize = 20;
const EXAMPLES_SHOWN: usize = 5;

impl Remarks {
    /// Adds a remark on a cell of a row; row 0 is the table.
    pub(crate) fn add(&mut self, kind: RemarkKind, place: RemarkPlace<'_>, what: &str) {
        let is_same =
            |remark: &Remark| remark.kind == kind && remark.column == place.column && remark.table == place.table;
        let mut known = self.places.get(what).into_iter().flatten().copied();
        let known = known.find(|at| self.remarks.get(*at).is_some_and(is_same));
        let at = known.unwrap_or_else(|| {
            self.places.entry(what.to_owned()).or_default().push(self.remarks.len());
            self.remarks.push(Remark {
                kind,
                table: place.table.to_owned(),
                column: place.column.to_owned(),
                what: what.to_owned(),
                count: 0,
                rows: Vec::new(),
                examples: Vec::new(),
            });
            self.remarks.len() - 1
        });
        let Some(remark) = self.remarks.get_mut(at) else {
            tollgate_model::never!("a remark that was added is not there");
            return;
        };
        if place.row > 0 {
            remark.count += 1;
            if remark.rows.len() < ROWS_SHOWN {
                remark.rows.push(place.row);
            }
        }
        if remark.examples.len() < EXAMPLES_SHOWN
            && !place.value.is_empty()
            && !remark.examples.iter().any(|other| other == place.value)
        {
            remark.examples.push(place.value.chars().take(80).collect());
        }
    }

    /// As [`Remarks::add`], of what is said in several parts.
    pub(crate) fn add_of_parts(&mut self, kind: RemarkKind, place: RemarkPlace<'_>, parts: &[&str]) {
        let mut what = std::mem::take(&mut self.said);
        what.clear();
        parts.iter().for_each(|part| what.push_str(part));
        self.add(kind, place, &what);
        self.said = what;
    }

    /// All of them, the most urgent first, and then by table, column and text.
    pub(crate) fn into_vec(self) -> Vec<Remark> {
        let mut remarks = self.remarks;
        remarks.sort_by(|a, b| (a.kind, &a.table, &a.column, &a.what).cmp(&(b.kind, &b.table, &b.column, &b.what)));
        remarks
    }
}

/// Where a remark belongs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RemarkPlace<'a> {
    /// The file and sheet.
    pub(crate) table: &'a str,
    /// The number of the row in the file or sheet; 0 is the whole table.
    pub(crate) row: u64,
    /// The header of the column; empty for whole rows.
    pub(crate) column: &'a str,
    /// What stands there; empty where that is not to be shown.
    pub(crate) value: &'a str,
}

impl Report {
    /// The remarks of a kind.
    pub fn remarks_of(&self, kind: RemarkKind) -> impl Iterator<Item = &Remark> {
        self.remarks.iter().filter(move |remark| remark.kind == kind)
    }

    /// The report in Markdown.
    pub fn markdown(&self) -> String {
        let mut text = "# What was read\n\n".to_owned();
        let _ = writeln!(
            text,
            "{} order lines and {} parties from {} tables.\n",
            self.lines,
            self.parties,
            self.tables.len()
        );
        for kind in [RemarkKind::Question, RemarkKind::Unread, RemarkKind::Assumed, RemarkKind::LeftOut] {
            let mut remarks = self.remarks_of(kind).peekable();
            if remarks.peek().is_none() {
                continue;
            }
            let _ = writeln!(text, "## {}\n", kind.title());
            remarks.for_each(|remark| remark.push(&mut text));
            text.push('\n');
        }
        for table in &self.tables {
            let _ = writeln!(
                text,
                "## {}\n\nRead as {}: {} rows below row {}; {}.",
                table.table, table.kind, table.rows, table.header_row, table.form
            );
            if let Some(profile) = &table.profile {
                let _ = writeln!(text, "It looks like an export of {profile}.");
            }
            text.push_str("\n| header | read as |\n|---|---|\n");
            for (header, target) in &table.columns {
                let target = if target.is_empty() { "not read" } else { target };
                let _ = writeln!(text, "| {} | {target} |", header.replace('|', "\\|"));
            }
            text.push('\n');
        }
        text
    }
}

impl Remark {
    fn push(&self, text: &mut String) {
        let column = if self.column.is_empty() { String::new() } else { format!(", `{}`", self.column) };
        let _ = write!(text, "- {}{column}: {}", self.table, self.what);
        if !self.examples.is_empty() {
            let _ = write!(text, " (`{}`)", self.examples.join("`, `"));
        }
        if self.count > 0 {
            let rows: Vec<String> = self.rows.iter().map(u64::to_string).collect();
            let more = if self.count > self.rows.len() { ", …" } else { "" };
            let _ = write!(text, ": {} rows: {}{more}", self.count, rows.join(", "));
        }
        text.push('\n');
    }
}
