//! Where lists are fetched from.

use std::collections::BTreeMap;

use tollgate_model::Diagnostics;
use tollgate_strict_toml::{Entry, Placed, TomlFile};

/// The sources that come with the program.
pub const BUILT_IN: &str = include_str!("sources.toml");

/// The addresses of each set of files that belong together.
#[derive(Debug, PartialEq, Eq)]
pub struct Sources(pub BTreeMap<String, Vec<String>>);

impl Sources {
    /// Reads a table for each set, with its `files`; all mistakes are reported at once. `file` is what they call the file.
    pub fn read(file: &str, text: &str) -> Result<Sources, Diagnostics> {
        let toml = TomlFile::parse(file, text);
        let mut sources = BTreeMap::new();
        for Entry { key: name, value: set, line } in toml.root().table_entries("{ files = [\"https://…/x.csv\"] }") {
            if !is_set_name(&name) {
                let what = format!("`{name}` is no name for a set");
                set.report("bad-name", line, what, "use letters, digits, `-` and `_` only");
            }
            let files = set.required_words("files", "[\"https://…/consolidated.csv\"]");
            for Placed { value: address, line } in &files {
                if !address.starts_with("https://") && !address.starts_with("http://") {
                    let what = format!("`{address}` is no address: it begins neither with https:// nor http://");
                    set.report("not-an-address", *line, what, "write an address such as `https://…/x.csv`");
                }
            }
            set.finish();
            sources.insert(name, files.into_iter().map(|address| address.value).collect());
        }
        if sources.is_empty() {
            let mend = "write a table for each set, such as\n  [csl]\n  files = [\"https://…/consolidated.csv\"]";
            toml.report("missing-key", 0, "names no set of lists", mend);
        }
        let found = toml.into_diagnostics();
        if found.is_empty() { Ok(Sources(sources)) } else { Err(found) }
    }
}

/// Whether a name can be a set's: it is also the name of a folder.
pub fn is_set_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_sources_are_read_and_bad_ones_are_told() {
        let sources = Sources::read("sources.toml", BUILT_IN).unwrap();
        assert_eq!(sources.0.keys().collect::<Vec<_>>(), ["csl", "ofac-sdn"]);
        for (text, what) in [
            ("", "no set"),
            ("[a]", "`files` is missing"),
            ("[a]\nfiles = []", "`files` is empty"),
            ("[a]\nfiles = [\"ftp://x\"]", "is no address"),
            ("[\"../a\"]\nfiles = [\"https://x\"]", "no name for a set"),
            ("[a]\nfiles = [\"https://x\"]\nfile = 1", "did you mean `files`?"),
            ("[a", "not TOML"),
        ] {
            let error = Sources::read("f.toml", text).unwrap_err().to_string();
            assert!(error.contains(what) && error.contains("mend"), "{text}: {error}");
        }
    }
}
