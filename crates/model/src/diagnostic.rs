//! What is wrong, where, and how to mend it: one form for every mistake that a person can make.
//!
//! A machine gets every mistake alone. A person reads those that are alike as one, with their rows.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use serde::Serialize;

/// How many characters of a value are shown.
const SHOWN: usize = 60;
/// How many rows of a group are named.
const ROWS: usize = 5;

/// A mistake as data; people read it by [`Display`](fmt::Display), machines as JSON.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Diagnostic {
    /// A short stable name of the kind, in kebab case: `unknown-key`, `not-a-date`. One that begins with `not-a-` is about
    /// how a value is written, so that values of one form are one mistake to a reader; any other is about the value itself.
    pub code: &'static str,
    /// Where it is.
    pub place: Place,
    /// What is wrong, without a full stop.
    pub what: String,
    /// How to mend it.
    pub mend: String,
}

/// Where a mistake is. Every part may be absent: an argument has no file, a file that cannot be opened no line.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The file, an address, an argument such as `--policy`, or empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub file: String,
    /// The line of a text file, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The row of a table: from 1, not counting the header, or as a spreadsheet numbers it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
    /// The column of a table, or the key or field of a document.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub column: String,
    /// What stands there.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub value: String,
}

impl Place {
    /// A whole file, an address or an argument.
    pub fn file(file: impl Into<String>) -> Place {
        Place { file: file.into(), ..Place::default() }
    }

    /// A whole file, a folder, by its path.
    pub fn path(path: &Path) -> Place {
        Place::file(path.display().to_string())
    }

    /// A line of a text file, from 1; 0 means the whole file.
    pub fn line(file: impl Into<String>, line: usize) -> Place {
        let line = u64::try_from(line).ok().filter(|line| *line > 0);
        Place { file: file.into(), line, ..Place::default() }
    }

    /// A cell of a table. Row 0 means the whole column, an empty column the whole row.
    pub fn cell(file: impl Into<String>, row: u64, column: impl Into<String>, value: impl Into<String>) -> Place {
        let row = (row > 0).then_some(row);
        Place { file: file.into(), line: None, row, column: column.into(), value: value.into() }
    }
}

impl Diagnostic {
    /// A mistake of some kind at a place.
    pub fn new(code: &'static str, place: Place, what: impl Into<String>, mend: impl Into<String>) -> Diagnostic {
        Diagnostic { code, place, what: what.into(), mend: mend.into() }
    }

    /// The same mistake in a file: for what was found where nobody knew what the file is called.
    pub fn in_file(mut self, file: impl Into<String>) -> Diagnostic {
        self.place.file = file.into();
        self
    }

    /// That a reader gave up after so many mistakes: the last of its diagnostics.
    fn reading_stopped(count: usize) -> Diagnostic {
        let what = format!("reading stopped at {count} mistakes; there may be more");
        Diagnostic::new("reading-stopped", Place::default(), what, "correct those above, and read it again")
    }
}

fn cut(value: &str) -> String {
    let shown: String = value.chars().take(SHOWN).collect();
    let rest = if value.chars().nth(SHOWN).is_some() { "…" } else { "" };
    format!("{shown:?}{rest}")
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        let mut before = if self.file.is_empty() { "" } else { ", " };
        if let Some(row) = self.row {
            write!(f, "{before}row {row}")?;
            before = ", ";
        }
        if !self.column.is_empty() {
            write!(f, "{before}column `{}`", self.column)?;
            before = ", ";
        }
        if !self.value.is_empty() {
            write!(f, "{before}value {}", cut(&self.value))?;
        }
        Ok(())
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place != Place::default() {
            write!(f, "{}: ", self.place)?;
        }
        write!(f, "{}\n  mend: {}", self.what, self.mend)
    }
}

impl std::error::Error for Diagnostic {}

/// Everything that was found wrong, in the order in which it was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Diagnostics(pub Vec<Diagnostic>);

/// Mistakes that a person reads as one: the same in the same column, with values that are the same or of one form.
struct Group<'a> {
    first: &'a Diagnostic,
    rows: Vec<u64>,
    values: BTreeSet<&'a str>,
}

/// The form of a value: a run of letters as `a`, a run of digits as `9`, all else as it is. A value without digits is
/// a word, which has no form but itself.
fn form(value: &str) -> String {
    if !value.chars().any(char::is_numeric) {
        return value.to_owned();
    }
    let mut form = String::new();
    for letter in value.chars() {
        let kind = match letter {
            letter if letter.is_numeric() => '9',
            letter if letter.is_alphabetic() => 'a',
            other => other,
        };
        if !(matches!(kind, 'a' | '9') && form.ends_with(kind)) {
            form.push(kind);
        }
    }
    form
}

/// What mistakes of rows must have in common to be read as one.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct GroupKey<'a> {
    code: &'a str,
    file: &'a str,
    column: &'a str,
    what: &'a str,
    mend: &'a str,
    /// Of a mistake in how values are written their form, of any other the value.
    value: String,
}

impl<'a> GroupKey<'a> {
    fn of(diagnostic: &'a Diagnostic) -> GroupKey<'a> {
        let Diagnostic { code, place, what, mend } = diagnostic;
        let value = if code.starts_with("not-a-") { form(&place.value) } else { place.value.clone() };
        GroupKey { code, file: &place.file, column: &place.column, what, mend, value }
    }
}

impl Diagnostics {
    /// In order of file, line, row and column; what was found twice stands once.
    pub fn in_order_of_place(mut found: Vec<Diagnostic>) -> Diagnostics {
        found.sort_by(|one, other| {
            (&one.place, &one.what, &one.mend, one.code).cmp(&(&other.place, &other.what, &other.mend, other.code))
        });
        found.dedup();
        Diagnostics(found)
    }

    /// What was found by a reader that gives up at `most` mistakes; that it gave up is the last.
    pub fn up_to(most: usize, mut found: Vec<Diagnostic>) -> Diagnostics {
        if found.len() >= most {
            found.push(Diagnostic::reading_stopped(most));
        }
        Diagnostics(found)
    }

    /// Whether nothing was found wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many mistakes there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The mistakes of rows that are alike but for the row, together; all others alone; in order of the first of each.
    fn groups(&self) -> Vec<Group<'_>> {
        let mut groups: Vec<Group<'_>> = Vec::new();
        let mut known: BTreeMap<GroupKey<'_>, usize> = BTreeMap::new();
        for diagnostic in &self.0 {
            let values = BTreeSet::from([diagnostic.place.value.as_str()]);
            let Some(row) = diagnostic.place.row else {
                groups.push(Group { first: diagnostic, rows: Vec::new(), values });
                continue;
            };
            let at = *known.entry(GroupKey::of(diagnostic)).or_insert(groups.len());
            match groups.get_mut(at) {
                Some(group) => {
                    group.rows.push(row);
                    group.values.extend(values);
                }
                None => groups.push(Group { first: diagnostic, rows: vec![row], values }),
            }
        }
        groups
    }
}

impl fmt::Display for Group<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [_, _, ..] = self.rows.as_slice() else { return write!(f, "{}", self.first) };
        let Diagnostic { place, what, mend, .. } = self.first;
        let whole = Place { row: None, value: String::new(), ..place.clone() };
        let rows: Vec<String> = self.rows.iter().take(ROWS).map(u64::to_string).collect();
        let more = if self.rows.len() > ROWS { ", …" } else { "" };
        let (count, rows) = (self.rows.len(), rows.join(", "));
        let things = if place.column.is_empty() { "rows" } else { "cells" };
        let such = match (place.value.is_empty(), self.values.len()) {
            (true, _) => String::new(),
            (false, 1) => format!(" with {}", cut(&place.value)),
            (false, _) => format!(" of the form {}", cut(&place.value)),
        };
        let rows = if place.column.is_empty() { format!(" ({rows}{more})") } else { format!(", rows {rows}{more}") };
        write!(f, "{whole}: {count} {things}{such}{rows}: {what}\n  mend: {mend}")
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, group) in self.groups().iter().enumerate() {
            if place > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{group}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Diagnostics {
        Diagnostics(vec![diagnostic])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(row: u64, value: &str) -> Diagnostic {
        let place = Place::cell("orders.csv", row, "date", value);
        Diagnostic::new("not-a-date", place, "is not a date", "write YYYY-MM-DD")
    }

    #[test]
    fn a_mistake_says_where_what_and_how_to_mend_it() {
        assert_eq!(
            date(3, "soon").to_string(),
            "orders.csv, row 3, column `date`, value \"soon\": is not a date\n  mend: write YYYY-MM-DD"
        );
        let line =
            Diagnostic::new("unknown-key", Place::line("a.toml", 4), "unknown key `limt`", "did you mean `limit`?");
        assert_eq!(line.to_string(), "a.toml:4: unknown key `limt`\n  mend: did you mean `limit`?");
        let nowhere = Diagnostic::new("x", Place::default(), "no clock", "set one");
        assert_eq!(nowhere.to_string(), "no clock\n  mend: set one");
    }

    #[test]
    fn values_are_of_one_form_only_where_their_writing_is_the_mistake() {
        let written = |code: &'static str, values: &[&str]| {
            let place = |(row, value): (u64, &&str)| Place::cell("orders.csv", row, "x", *value);
            let all = (1..).zip(values).map(|cell| Diagnostic::new(code, place(cell), "is wrong", "mend it"));
            let text = Diagnostics(all.collect()).to_string();
            text.lines().filter(|line| !line.starts_with("  mend")).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(
            written("not-a-date", &["1.2.2025", "13.10.2025"]),
            ["orders.csv, column `x`: 2 cells of the form \"1.2.2025\", rows 1, 2: is wrong"]
        );
        assert_eq!(written("not-a-date", &["soon", "late", "soon"]).len(), 2);
        assert_eq!(written("unknown-item", &["H101", "H102"]).len(), 2);
        assert_eq!(
            written("unknown-item", &["H101", "X", "H101"]),
            [
                "orders.csv, column `x`: 2 cells with \"H101\", rows 1, 3: is wrong",
                "orders.csv, row 2, column `x`, value \"X\": is wrong"
            ]
        );
        assert_eq!(written("empty-cell", &["", ""]), ["orders.csv, column `x`: 2 cells, rows 1, 2: is wrong"]);
    }

    #[test]
    fn whole_rows_that_are_alike_are_told_together_and_others_are_not() {
        let row = |row: u64, what: &str| {
            Diagnostic::new("incomplete-row", Place::cell("stakes.csv", row, "", ""), what, "fill it in")
        };
        let all = Diagnostics(vec![row(2, "lacks an owner"), row(5, "lacks an owner"), row(3, "lacks a part")]);
        assert_eq!(
            all.to_string(),
            "stakes.csv: 2 rows (2, 5): lacks an owner\n  mend: fill it in\n\
             stakes.csv, row 3: lacks a part\n  mend: fill it in"
        );
    }

    #[test]
    fn mistakes_that_are_alike_are_told_together() {
        let all = Diagnostics(
            (1..=7).map(|row| date(row, &format!("{}.12.2025", 10 + row))).chain([date(9, "soon")]).collect(),
        );
        assert_eq!(
            all.to_string(),
            "orders.csv, column `date`: 7 cells of the form \"11.12.2025\", rows 1, 2, 3, 4, 5, …: is not a date\n  mend: write YYYY-MM-DD\n\
             orders.csv, row 9, column `date`, value \"soon\": is not a date\n  mend: write YYYY-MM-DD"
        );
    }

    #[test]
    fn mistakes_are_put_in_order_of_place_and_told_once() {
        let at = |file: &str, line: usize, code: &'static str| Diagnostic::new(code, Place::line(file, line), "x", "y");
        let found = vec![at("b", 1, "a"), at("a", 10, "a"), at("a", 9, "z"), at("a", 0, "k"), at("a", 10, "a")];
        let Diagnostics(sorted) = Diagnostics::in_order_of_place(found);
        assert_eq!(sorted, [at("a", 0, "k"), at("a", 9, "z"), at("a", 10, "a"), at("b", 1, "a")]);
    }

    #[test]
    fn who_gives_up_says_so_last() {
        let found = |count: u64| (1..=count).map(|row| date(row, "soon")).collect::<Vec<_>>();
        assert_eq!(Diagnostics::up_to(3, found(2)).len(), 2);
        let Diagnostics(all) = Diagnostics::up_to(3, found(3));
        assert_eq!(all.len(), 4);
        assert_eq!(
            all.last().unwrap().to_string(),
            "reading stopped at 3 mistakes; there may be more\n  mend: correct those above, and read it again"
        );
    }

    #[test]
    fn a_mistake_is_named_after_its_file_once_that_is_known() {
        let nameless = Diagnostic::new("two-tables", Place::cell("", 7, "", ""), "has two tables", "divide it");
        assert_eq!(nameless.in_file("a.csv").to_string(), "a.csv, row 7: has two tables\n  mend: divide it");
    }

    #[test]
    fn long_values_are_cut() {
        assert!(date(1, &"x".repeat(80)).to_string().contains(&format!("{:?}…", "x".repeat(60))));
    }
}
