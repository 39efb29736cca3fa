//! The arguments, filled up from the file of `--config`: a flag goes before a variable, that before the file, and that before the default.

use std::ffi::OsString;
use std::path::Path;

use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _};

use super::arguments::Arguments;

/// Reads the command line; what is wrong with it ends the process, what is wrong with the file is returned.
pub(super) fn parse() -> Result<Arguments, String> {
    let mut given: Vec<OsString> = std::env::args_os().collect();
    let matches = Arguments::command().get_matches_from(&given);
    if let Some(("serve", own)) = matches.subcommand()
        && let Some(path) = own.get_one::<std::path::PathBuf>("config")
    {
        given.extend(from_file(path, own)?);
    }
    let matches = Arguments::command().get_matches_from(&given);
    Arguments::from_arg_matches(&matches).map_err(|error| error.to_string())
}

/// What a file sets that neither a flag nor a variable does, as flags.
fn from_file(path: &Path, given: &ArgMatches) -> Result<Vec<OsString>, String> {
    let wrong = |what: &str, mend: &str| format!("{}: {what}\n  mend: {mend}", path.display());
    let text = std::fs::read_to_string(path)
        .map_err(|error| wrong(&format!("cannot be read: {error}"), "check the path of --config"))?;
    let table: toml::Table =
        text.parse().map_err(|error| wrong(&format!("is no TOML: {error}"), "write lines of the form KEY = VALUE"))?;
    let mut flags = Vec::new();
    for (key, value) in &table {
        let id = key.replace('-', "_");
        if !known_to_serve(&id) || matches!(id.as_str(), "config" | "help" | "version") {
            return Err(wrong(&format!("`{key}` is no setting"), "see tollgate serve --help for those there are"));
        }
        if matches!(given.value_source(&id), Some(ValueSource::CommandLine | ValueSource::EnvVariable)) {
            continue;
        }
        let flag = OsString::from(format!("--{}", id.replace('_', "-")));
        let one = |value: &toml::Value| match value {
            toml::Value::String(text) => Ok(OsString::from(text)),
            toml::Value::Integer(number) => Ok(OsString::from(number.to_string())),
            _ => Err(wrong(&format!("`{key}` is neither text nor a whole number"), "put text in quotes")),
        };
        match value {
            toml::Value::Array(values) if values.is_empty() => {}
            toml::Value::Array(values) => {
                flags.push(flag);
                flags.extend(values.iter().map(one).collect::<Result<Vec<_>, _>>()?);
            }
            value => flags.extend([flag, one(value)?]),
        }
    }
    Ok(flags)
}

fn known_to_serve(id: &str) -> bool {
    let command = Arguments::command();
    let serve = command.find_subcommand("serve");
    serve.is_some_and(|serve| serve.get_arguments().any(|argument| argument.get_id() == id))
}
