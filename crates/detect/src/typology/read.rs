//! Reads the folder of a typology: `typology.toml`, and `query.sql` with the numbers of the former written into it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use tollgate_model::{Diagnostic, Diagnostics};
use tollgate_strict_toml::{Domain, Placed, Table, TomlFile, mend_of_unknown};

use super::{FAMILIES, Typology, place, statement};
use crate::tables::query_column;

/// Tables that a typology can need, by their names in files.
const TABLES: [&str; 7] = ["orders", "parties", "ownership", "payments", "sites", "serials", "inspections"];

/// What DataFusion and Spark do not share, and how to say it in both.
const OUTSIDE: [(&str, &str); 8] = [
    ("||", "write concat(a, b)"),
    ("INTERVAL ", "count in days, which are whole numbers"),
    ("RECURSIVE", "ask the table stakes_all, or links"),
    ("QUALIFY", "put the window into a subquery and filter outside"),
    ("LATERAL", "join the table"),
    ("CURRENT_DATE", "ask law.last_day"),
    ("NOW(", "ask law.last_day"),
    ("ILIKE", "write lower(a) LIKE"),
];

/// The texts of a typology's two files.
pub(super) struct Texts {
    /// The folder.
    pub(super) folder: PathBuf,
    /// `typology.toml`.
    pub(super) about: String,
    /// `query.sql`.
    pub(super) query: String,
}

/// Opens both files; each that cannot be read is reported.
pub(super) fn read_texts(folder: &Path) -> Result<Texts, Diagnostics> {
    let read = |name: &str| {
        let path = folder.join(name);
        std::fs::read_to_string(&path).map_err(|error| {
            let mend = "a typology is a folder with typology.toml and query.sql";
            Diagnostic::new("unreadable-file", place(&path, 0), format!("cannot be read: {error}"), mend)
        })
    };
    match (read("typology.toml"), read("query.sql")) {
        (Ok(about), Ok(query)) => Ok(Texts { folder: folder.to_owned(), about, query }),
        (about, query) => Err(Diagnostics([about.err(), query.err()].into_iter().flatten().collect())),
    }
}

/// What `[evidence]` says, in nats.
struct EvidenceNumbers {
    /// What the query's numbers start from.
    base: Option<Parameter>,
    cap: f64,
    physical: bool,
}

/// A number that the query reads as `{{name}}`.
struct Parameter {
    name: String,
    /// As it is written into the query.
    text: String,
    /// The line of its key in `typology.toml`.
    line: usize,
}

const CAPS: Domain<f64> = Domain::of_unit(0.0, 1_000.0, "nats");

/// Reads a typology; all mistakes of both files are reported at once.
pub(super) fn read_typology(texts: &Texts) -> Result<Typology, Diagnostics> {
    let Texts { folder, about, query } = texts;
    let toml = TomlFile::parse(folder.join("typology.toml").display().to_string(), about);
    let root = toml.root();
    let evidence = read_evidence(&root);
    let mut parameters = read_parameters(&root);
    parameters.extend(evidence.base);
    let values = |words: Vec<Placed<String>>| words.into_iter().map(|word| word.value).collect();
    let text = |key: &'static str| root.required_text(key, "\"…\"").value.trim().to_owned();
    let file = folder.join("query.sql");
    let mut query_errors = Vec::new();
    report_unread(&toml, query, &parameters);
    let parameters = parameters.into_iter().map(|parameter| (parameter.name, parameter.text)).collect();
    let typology = Typology {
        // A folder that is called `.` or `/` has no other name.
        slug: folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy().into_owned(),
        id: text("id"),
        family: read_family(&root),
        title: text("title"),
        looks_for: text("looks_for"),
        defeated_by: text("defeated_by"),
        false_positives: values(root.required_words("false_positives", "[\"…\"]")),
        sources: values(root.required_words("sources", "[\"15 CFR 740.29(a)\"]")),
        cases: root.word_values("cases"),
        kernel: root.text_value("kernel"),
        needs: read_needs(&root),
        columns: read_columns(&root),
        cap: evidence.cap,
        physical: evidence.physical,
        sql: render(&file, query, &parameters, &mut query_errors),
        parameters,
        file,
    };
    root.finish();
    let Diagnostics(mut found) = toml.into_diagnostics();
    found.append(&mut query_errors);
    if found.is_empty() {
        found = statement::check(&typology.file, &typology.sql);
    }
    if found.is_empty() { Ok(typology) } else { Err(Diagnostics(found)) }
}

fn read_evidence(root: &Table<'_, '_>) -> EvidenceNumbers {
    let Some(table) = root.table_such_as("evidence", "{ base = 1.5, cap = 4.0, physical = false }") else {
        if !root.has("evidence") {
            root.missing("evidence", "{ base = 1.5, cap = 4.0, physical = false }");
        }
        return EvidenceNumbers { base: None, cap: 0.0, physical: false };
    };
    let evidence = EvidenceNumbers {
        base: table.number("base").map(|base| Parameter {
            name: "base".to_owned(),
            text: base.value.to_string(),
            line: base.line,
        }),
        cap: table.required_floating_point("cap", "4.0", &CAPS),
        physical: table.boolean("physical").unwrap_or(false),
    };
    table.finish();
    evidence
}

/// Numbers only, so that nothing but numbers gets into a query.
fn read_parameters(root: &Table<'_, '_>) -> Vec<Parameter> {
    let Some(table) = root.table_such_as("parameters", "{ window_days = 90 }") else { return Vec::new() };
    let mut parameters = Vec::new();
    for entry in table.number_entries() {
        if entry.key == "base" {
            let mend = "move it there: the query reads it as {{base}} all the same";
            table.report("unknown-key", entry.line, "`base` is a key of [evidence], not of [parameters]", mend);
        } else {
            parameters.push(Parameter { name: entry.key, text: entry.value.to_string(), line: entry.line });
        }
    }
    parameters
}

/// The names between `{{` and `}}` in a line of a query, in order.
fn placeholders(line: &str) -> impl Iterator<Item = &str> {
    line.split("{{").skip(1).map(|rest| rest.split_once("}}").map_or(rest, |(name, _)| name).trim())
}

/// Reports each number that the query does not read: whoever sets it believes that it counts.
fn report_unread(toml: &TomlFile<'_>, query: &str, parameters: &[Parameter]) {
    let names: BTreeSet<&str> = query.lines().flat_map(placeholders).collect();
    let without_value: Vec<&str> =
        names.iter().copied().filter(|name| !parameters.iter().any(|parameter| parameter.name == *name)).collect();
    for Parameter { name, line, .. } in parameters.iter().filter(|parameter| !names.contains(parameter.name.as_str())) {
        let mend = match without_value.as_slice() {
            [] => format!("take it out, or write {{{{{name}}}}} into query.sql where it counts"),
            _ => mend_of_unknown(name, &without_value),
        };
        toml.report("unknown-key", *line, format!("`{name}` is read nowhere: query.sql has no {{{{{name}}}}}"), mend);
    }
}

/// Columns as `table.column`, by the names of files; each must be one that queries see.
fn read_columns(root: &Table<'_, '_>) -> Vec<String> {
    let columns = root.words("columns");
    for Placed { value: name, line } in &columns {
        if name.split_once('.').and_then(|(table, column)| query_column(table, column)).is_none() {
            let mend = "write a table of `needs`, a point and a column of docs/design/typologies.md, such as \"orders.quantity\"";
            root.report("unknown-word", *line, format!("there is no column `{name}`"), mend);
        }
    }
    columns.into_iter().map(|column| column.value).collect()
}

fn read_family(root: &Table<'_, '_>) -> String {
    let Placed { value: family, line } = root.required_text("family", "\"structuring\"");
    if !family.is_empty() && !FAMILIES.contains(&family.as_str()) {
        let mend = format!("write one of {}", FAMILIES.join(", "));
        root.report("unknown-word", line, format!("there is no family `{family}`"), mend);
    }
    family
}

fn read_needs(root: &Table<'_, '_>) -> Vec<String> {
    let needs = root.required_words("needs", "[\"orders\"]");
    for Placed { value: table, line } in needs.iter().filter(|table| !TABLES.contains(&table.value.as_str())) {
        let mend = format!("write some of {}", TABLES.join(", "));
        root.report("unknown-word", *line, format!("there is no table `{table}`"), mend);
    }
    needs.into_iter().map(|table| table.value).collect()
}

/// The query with its numbers written in, held to the subset that both engines run.
fn render(file: &Path, query: &str, parameters: &BTreeMap<String, String>, errors: &mut Vec<Diagnostic>) -> String {
    let mut sql = String::with_capacity(query.len());
    for (number, line) in query.lines().enumerate() {
        let mut rest = line;
        while let Some((before, after)) = rest.split_once("{{") {
            sql.push_str(before);
            let (name, after) = after.split_once("}}").unwrap_or((after, ""));
            match parameters.get(name.trim()) {
                Some(value) => sql.push_str(value),
                None => {
                    let what = format!("there is no parameter `{}`", name.trim());
                    let table = if name.trim() == "base" { "evidence" } else { "parameters" };
                    let mend = format!("add it under [{table}] of typology.toml");
                    errors.push(Diagnostic::new("unknown-parameter", place(file, number + 1), what, mend));
                }
            }
            rest = after;
        }
        sql.push_str(rest);
        sql.push('\n');
        let upper = line.to_uppercase();
        for (word, mend) in OUTSIDE.iter().filter(|(word, _)| upper.contains(word)) {
            let what = format!("`{}` is outside of what every engine runs", word.trim());
            errors.push(Diagnostic::new("outside-subset", place(file, number + 1), what, *mend));
        }
    }
    sql
}
