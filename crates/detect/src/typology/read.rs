use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::{FAMILIES, Typology};

/// What is wrong with a typology, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{}: {what}\n  mend: {mend}", file.display(), if *line == 0 { String::new() } else { format!(":{line}") })]
pub struct TypologyError {
    /// The file.
    pub file: PathBuf,
    /// Its line, from 1; 0 where no line can be named.
    pub line: usize,
    /// What is wrong.
    pub what: String,
    /// How to mend it.
    pub mend: String,
}

impl TypologyError {
    pub(crate) fn of(file: &Path, line: usize, what: String, mend: &str) -> TypologyError {
        TypologyError { file: file.to_owned(), line, what, mend: mend.to_owned() }
    }
}

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

pub(super) fn folder(folder: &Path) -> Result<(PathBuf, String, String), Vec<TypologyError>> {
    let read = |name: &str| {
        let path = folder.join(name);
        std::fs::read_to_string(&path).map_err(|error| {
            let mend = "a typology is a folder with typology.toml and query.sql";
            TypologyError::of(&path, 0, format!("cannot be read: {error}"), mend)
        })
    };
    match (read("typology.toml"), read("query.sql")) {
        (Ok(about), Ok(query)) => Ok((folder.to_owned(), about, query)),
        (one, other) => Err([one.err(), other.err()].into_iter().flatten().collect()),
    }
}

pub(super) fn typology(folder: &Path, about: &str, query: &str) -> Result<Typology, Vec<TypologyError>> {
    let file = folder.join("typology.toml");
    let table: Table = about.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(0, |span| about.get(..span.start).map_or(0, |head| head.lines().count().max(1)));
        vec![TypologyError::of(&file, line, error.message().to_owned(), "write it as TOML")]
    })?;
    let mut reading = Reading { file: &file, about, errors: Vec::new() };
    let evidence = table.get("evidence").and_then(Value::as_table).cloned().unwrap_or_default();
    let parameters = reading.parameters(table.get("parameters"));
    let sql_file = folder.join("query.sql");
    let sql = render(&sql_file, query, &parameters, &mut reading.errors);
    let own = Typology {
        slug: folder.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        id: reading.text(&table, "id"),
        family: reading.text(&table, "family"),
        title: reading.text(&table, "title"),
        looks_for: reading.text(&table, "looks_for"),
        defeated_by: reading.text(&table, "defeated_by"),
        false_positives: reading.list(&table, "false_positives", true),
        sources: reading.list(&table, "sources", true),
        needs: reading.list(&table, "needs", true),
        columns: reading.list(&table, "columns", false),
        cap: reading.number(&evidence, "cap"),
        physical: evidence.get("physical").and_then(Value::as_bool).unwrap_or(false),
        parameters,
        file: sql_file,
        sql,
    };
    reading.check(&own);
    if reading.errors.is_empty() { Ok(own) } else { Err(reading.errors) }
}

struct Reading<'a> {
    file: &'a Path,
    about: &'a str,
    errors: Vec<TypologyError>,
}

impl Reading<'_> {
    fn line(&self, key: &str) -> usize {
        let starts =
            |line: &str| line.trim_start().strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='));
        self.about.lines().position(starts).map_or(1, |line| line + 1)
    }

    fn wrong(&mut self, key: &str, what: String, mend: &str) {
        let line = self.line(key);
        self.errors.push(TypologyError::of(self.file, line, what, mend));
    }

    fn text(&mut self, table: &Table, key: &str) -> String {
        let text = table.get(key).and_then(Value::as_str).unwrap_or_default().trim().to_owned();
        if text.is_empty() {
            self.wrong(key, format!("`{key}` is missing"), "add it as a text");
        }
        text
    }

    fn list(&mut self, table: &Table, key: &str, required: bool) -> Vec<String> {
        let list = table.get(key).and_then(Value::as_array);
        let words: Vec<String> =
            list.into_iter().flatten().filter_map(|word| word.as_str().map(str::to_owned)).collect();
        if required && words.is_empty() {
            self.wrong(key, format!("`{key}` is missing"), "add it as a list of texts");
        }
        words
    }

    fn number(&mut self, table: &Table, key: &str) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        let number = table.get(key).and_then(|value| value.as_float().or(value.as_integer().map(|whole| whole as f64)));
        number.filter(|number| number.is_finite()).unwrap_or_else(|| {
            self.wrong(key, format!("[evidence] `{key}` is missing"), "add it as a number");
            0.0
        })
    }

    /// Numbers only, so that nothing but numbers gets into a query.
    fn parameters(&mut self, value: Option<&Value>) -> BTreeMap<String, String> {
        let mut parameters = BTreeMap::new();
        for (name, value) in value.and_then(Value::as_table).into_iter().flatten() {
            match value {
                Value::Integer(whole) => parameters.insert(name.clone(), whole.to_string()),
                Value::Float(real) if real.is_finite() => parameters.insert(name.clone(), format!("{real:?}")),
                _ => {
                    self.wrong(name, format!("parameter `{name}` is no number"), "write a whole number or a decimal");
                    None
                }
            };
        }
        parameters
    }

    fn check(&mut self, own: &Typology) {
        if !own.family.is_empty() && !FAMILIES.contains(&own.family.as_str()) {
            let mend = format!("write one of {}", FAMILIES.join(", "));
            self.wrong("family", format!("there is no family `{}`", own.family), &mend);
        }
        for table in own.needs.iter().filter(|table| !TABLES.contains(&table.as_str())) {
            let mend = format!("write some of {}", TABLES.join(", "));
            self.wrong("needs", format!("there is no table `{table}`"), &mend);
        }
    }
}

/// The query with its numbers written in, held to the subset that both engines run.
fn render(file: &Path, query: &str, parameters: &BTreeMap<String, String>, errors: &mut Vec<TypologyError>) -> String {
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
                    errors.push(TypologyError::of(
                        file,
                        number + 1,
                        what,
                        "add it under [parameters] of typology.toml",
                    ));
                }
            }
            rest = after;
        }
        sql.push_str(rest);
        sql.push('\n');
        let upper = line.to_uppercase();
        for (word, mend) in OUTSIDE.iter().filter(|(word, _)| upper.contains(word)) {
            let what = format!("`{}` is outside of what every engine runs", word.trim());
            errors.push(TypologyError::of(file, number + 1, what, mend));
        }
    }
    sql
}
