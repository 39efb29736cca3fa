use std::collections::BTreeMap;

use serde::Deserialize;

/// The sources that come with the program.
pub const BUILT_IN: &str = include_str!("sources.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Set {
    files: Vec<String>,
}

/// The addresses of each set of files that belong together.
#[derive(Debug, PartialEq, Eq)]
pub struct Sources(pub BTreeMap<String, Vec<String>>);

impl Sources {
    /// Reads a table for each set, with its `files`. The error says what is wrong and how to mend it.
    pub fn read(file: &str, text: &str) -> Result<Sources, String> {
        let mend = "write a table for each set, such as\n  [csl]\n  files = [\"https://…/consolidated.csv\"]";
        let wrong = |what: &str| format!("{file}: {what}\n  mend: {mend}");
        let sets: BTreeMap<String, Set> = toml::from_str(text).map_err(|error| wrong(error.to_string().trim()))?;
        let mut sources = BTreeMap::new();
        for (name, Set { files }) in sets {
            if !is_set_name(&name) {
                return Err(wrong(&format!("`{name}` is no name for a set: letters, digits, `-` and `_` only")));
            }
            if files.is_empty() {
                return Err(wrong(&format!("the set `{name}` has no addresses")));
            }
            if let Some(other) = files.iter().find(|file| !file.starts_with("https://") && !file.starts_with("http://"))
            {
                return Err(wrong(&format!("`{other}` is no address: it begins neither with https:// nor http://")));
            }
            sources.insert(name, files);
        }
        match sources.is_empty() {
            true => Err(wrong("names no set of lists")),
            false => Ok(Sources(sources)),
        }
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
            ("[a]", "missing field `files`"),
            ("[a]\nfiles = []", "has no addresses"),
            ("[a]\nfiles = [\"ftp://x\"]", "is no address"),
            ("[\"../a\"]\nfiles = [\"https://x\"]", "no name for a set"),
            ("[a", "mend"),
        ] {
            let error = Sources::read("f.toml", text).unwrap_err();
            assert!(error.contains(what) && error.contains("mend"), "{text}: {error}");
        }
    }
}
