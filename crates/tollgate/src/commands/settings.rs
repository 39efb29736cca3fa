//! The arguments, filled up from the file of `--config`: a flag goes before a variable, that before the file, and that before the default.

use std::ffi::OsString;
use std::path::Path;

use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _};
use tollgate_model::{Diagnostic, Diagnostics, Place};
use tollgate_strict_toml::{Entry, TomlFile};

use crate::Arguments;

/// Reads the command line; what is wrong with it ends the process, what is wrong with the file is returned.
pub(crate) fn parse() -> Result<Arguments, String> {
    let mut words: Vec<OsString> = std::env::args_os().collect();
    let matches = Arguments::command().get_matches_from(&words);
    if let Some(("serve", serve_matches)) = matches.subcommand()
        && let Some(path) = serve_matches.get_one::<std::path::PathBuf>("config")
    {
        words.extend(flags_from_file(path, serve_matches).map_err(|errors| errors.to_string())?);
    }
    let matches = Arguments::command().get_matches_from(&words);
    Arguments::from_arg_matches(&matches).map_err(|error| error.to_string())
}

/// The settings of a file that neither a flag nor a variable sets, as flags with their values.
fn flags_from_file(path: &Path, matches: &ArgMatches) -> Result<Vec<OsString>, Diagnostics> {
    let file = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| {
        let what = format!("cannot be read: {error}");
        Diagnostic::new("unreadable-file", Place::file(file.as_str()), what, "check the path of --config")
    })?;
    let flags = serve_flags();
    let names: Vec<&str> = flags.iter().map(String::as_str).collect();
    let toml = TomlFile::parse(file, &text);
    let settings = toml.root().setting_entries(&names);
    let errors = toml.into_diagnostics();
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut arguments = Vec::new();
    for Entry { key, value, .. } in settings {
        let flag = key.replace('_', "-");
        let source = matches.value_source(&flag.replace('-', "_"));
        if !matches!(source, Some(ValueSource::CommandLine | ValueSource::EnvVariable)) && !value.is_empty() {
            arguments.push(OsString::from(format!("--{flag}")));
            arguments.extend(value.into_iter().map(OsString::from));
        }
    }
    Ok(arguments)
}

/// The names of the flags of `serve` that a file may set, without `--`, in alphabetical order.
fn serve_flags() -> Vec<String> {
    let command = Arguments::command();
    let serve = command.find_subcommand("serve");
    let ids = serve.into_iter().flat_map(|serve| serve.get_arguments()).map(|argument| argument.get_id().as_str());
    let mut names: Vec<String> = ids
        .filter(|id| !matches!(*id, "config" | "create" | "accept_clock" | "help" | "version"))
        .map(|id| id.replace('_', "-"))
        .collect();
    names.sort();
    names
}
