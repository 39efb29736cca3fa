//! What `tollgate simulate` runs: a scenario's text, from a file, from the program or from the results of an earlier run, with what `--set` changes in it.

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tollgate_lab::Scenario;
use toml::{Table, Value as TomlValue};

use super::Failure;

/// A scenario to be run: its name, its text, and the draws and seed of an earlier run where it is from one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct StudySource {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) draws: Option<u64>,
    pub(super) seed: Option<u64>,
}

fn unusable(what: String, mend: &str) -> Failure {
    Failure::Unusable(format!("{what}\n  mend: {mend}"))
}

/// The scenario in the `results.json` of an earlier run.
pub(super) fn from_results(path: &str, text: &str) -> Result<StudySource, Failure> {
    let other_file = "name the results.json that `tollgate simulate` wrote";
    let results: Value =
        serde_json::from_str(text).map_err(|error| unusable(format!("{path}: is not JSON: {error}"), other_file))?;
    let Some(scenario) = results.get("scenario").filter(|scenario| scenario.is_object()) else {
        return Err(unusable(format!("{path}: has no `scenario`"), other_file));
    };
    let (word, number) = (|key: &str| scenario.get(key)?.as_str(), |key: &str| scenario.get(key)?.as_u64());
    let (Some(name), Some(text), Some(sha256)) = (word("name"), word("text"), word("sha256")) else {
        return Err(unusable(format!("{path}: its `scenario` lacks `name`, `text` or `sha256`"), other_file));
    };
    if hex(text) != sha256 {
        let mend = "take the file as it was written; what is to be changed, change with --set";
        return Err(unusable(format!("{path}: the text of its scenario is not the one that was run (SHA-256)"), mend));
    }
    if word("base_sha256").is_some_and(|base| base != hex(Scenario::base_text())) {
        let mend = "run it with the program that wrote it, or run the scenario's file anew";
        return Err(unusable(format!("{path}: stands on another scenarios/base.toml than this program has"), mend));
    }
    Ok(StudySource { name: name.to_owned(), text: text.to_owned(), draws: number("draws"), seed: number("seed") })
}

fn hex(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A scenario's text with what `--set PATH=VALUE` changes; `scenario` is what the text says without. A parameter is named as in `[parameters]` and takes a
/// number or a table; an arm by `arm.NUMBER.KEY`, from 1.
pub(super) fn with_changes(text: &str, scenario: &Scenario, changes: &[String]) -> Result<String, Failure> {
    if changes.is_empty() {
        return Ok(text.to_owned());
    }
    let mut table: Table = toml::from_str(text).map_err(|error| Failure::Unusable(error.to_string()))?;
    for change in changes {
        let mend = "write PATH=VALUE, such as smuggle.premium=1.5 or arm.2.budget=3";
        let (path, value) =
            change.split_once('=').ok_or_else(|| unusable(format!("--set {change}: has no `=`"), mend))?;
        let (path, value) = (path.trim(), parsed(value.trim()));
        let put = match scenario.unit(path) {
            Some(unit) => put_parameter(&mut table, path, value, unit),
            None => put_at(&mut table, &path.split('.').collect::<Vec<_>>(), value),
        };
        put.ok_or_else(|| unusable(format!("--set {change}: there is no place for it"), mend))?;
    }
    toml::to_string(&table).map_err(|error| Failure::Unusable(error.to_string()))
}

/// A value as TOML has it; a text where it is none.
fn parsed(value: &str) -> TomlValue {
    let read = toml::from_str::<Table>(&format!("value = {value}")).ok();
    read.and_then(|mut table| table.remove("value")).unwrap_or_else(|| TomlValue::String(value.to_owned()))
}

fn put_parameter(table: &mut Table, name: &str, value: TomlValue, unit: &str) -> Option<()> {
    let mut entry = match value {
        TomlValue::Table(entry) => entry,
        number => Table::from_iter([("value".to_owned(), number)]),
    };
    for (key, word) in [("unit", unit), ("source", "judgement; set on the command line")] {
        entry.entry(key).or_insert_with(|| TomlValue::String(word.to_owned()));
    }
    let parameters = table.entry("parameters").or_insert_with(|| TomlValue::Table(Table::new()));
    parameters.as_table_mut()?.insert(name.to_owned(), TomlValue::Table(entry));
    Some(())
}

/// Puts a value under a path of keys, and of numbers from 1 where there is a list.
fn put_at(table: &mut Table, path: &[&str], value: TomlValue) -> Option<()> {
    let (first, rest) = path.split_first()?;
    if rest.is_empty() {
        table.insert((*first).to_owned(), value);
        return Some(());
    }
    let next = table.entry(*first).or_insert_with(|| TomlValue::Table(Table::new()));
    match next {
        TomlValue::Table(next) => put_at(next, rest, value),
        TomlValue::Array(list) => {
            let (number, rest) = rest.split_first()?;
            let place = number.parse::<usize>().ok()?.checked_sub(1)?;
            put_at(list.get_mut(place)?.as_table_mut()?, rest, value)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "study = \"compare\"\ndraws = 10\n[[arm]]\nname = \"a\"\n[[arm]]\nname = \"b\"\n";

    #[test]
    fn parameters_and_arms_are_set_by_path() {
        let scenario = Scenario::read("s.toml", TEXT).map_err(|errors| errors.to_string());
        let Ok(scenario) = scenario else { panic!("{scenario:?}") };
        let set = |changes: &[&str]| {
            let changes: Vec<String> = changes.iter().map(|change| (*change).to_owned()).collect();
            with_changes(TEXT, &scenario, &changes)
        };
        let Ok(text) = set(&["life.years=6", "arm.2.budget=3", "draws=20"]) else { panic!("cannot be set") };
        let Ok(again) = Scenario::read("s.toml", &text) else { panic!("cannot be read: {text}") };
        assert_eq!((again.median("life.years"), again.draws), (Some(6.0), 20));
        assert_eq!(
            (again.arms.first().map(|arm| arm.budget), again.arms.get(1).map(|arm| arm.budget)),
            (Some(1.0), Some(3.0))
        );
        assert_eq!(again.unit("life.years"), Some("years"));
        for bad in ["life.years", "arm.3.budget=2", "arm.0.budget=2", "draws.x=1"] {
            assert!(set(&[bad]).is_err(), "{bad}");
        }
        assert!(set(&[]).is_ok_and(|text| text == TEXT));
    }

    #[test]
    fn results_that_were_changed_are_refused() {
        let results = |text: &str, sha256: &str| {
            serde_json::json!({ "scenario": { "name": "n", "text": text, "sha256": sha256, "draws": 7, "seed": 3 } })
                .to_string()
        };
        let whole = from_results("r.json", &results(TEXT, &hex(TEXT)));
        assert!(whole.is_ok_and(|source| source.text == TEXT && source.draws == Some(7) && source.seed == Some(3)));
        for bad in [results("other", &hex(TEXT)), "{}".to_owned(), "not JSON".to_owned()] {
            assert!(from_results("r.json", &bad).is_err(), "{bad}");
        }
    }
}
