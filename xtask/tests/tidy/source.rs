//! Rust files as text: with and without comments, strings and tests.

use std::path::{Path, PathBuf};

/// The folder of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every file below `folder` whose name ends so, in order; build folders and hidden ones left out.
pub(crate) fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && name != "target" && name != "node_modules" && !name.starts_with('.') {
                folders.push(path);
            } else if path.is_file() && name.ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// A path from the folder of the workspace on.
pub(crate) fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).to_string_lossy().into_owned()
}

/// The names of the folders in `crates/`, in order.
pub(crate) fn crates() -> Vec<String> {
    let entries = std::fs::read_dir(root().join("crates")).unwrap().map(|entry| entry.unwrap().path());
    let folders = entries.filter(|path| path.join("Cargo.toml").is_file());
    let mut names: Vec<String> = folders.map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// A file of `crates/*/src` that is no test.
pub(crate) struct Source {
    /// From the folder of the workspace on.
    pub path: String,
    /// The folder of its crate.
    pub package: String,
    /// As it stands.
    pub text: String,
    /// Without comments and `#[cfg(test)]` modules; as many lines as `text`.
    pub code: String,
    /// As `code`, and with nothing in its strings.
    pub bare: String,
}

impl Source {
    fn read(path: &Path, package: &str) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        let (code, bare) = strip(&text);
        let keep = outside_tests(&bare);
        let blank = |text: &str| -> String {
            let lines = text.split('\n').zip(&keep).map(|(line, keep)| if *keep { line } else { "" });
            lines.collect::<Vec<_>>().join("\n")
        };
        Self { path: shown(path), package: package.to_owned(), code: blank(&code), bare: blank(&bare), text }
    }
}

/// Every file of `crates/*/src` that is no test, in order.
pub(crate) fn sources() -> Vec<Source> {
    let mut all = Vec::new();
    for package in crates() {
        for path in files(&root().join("crates").join(&package).join("src"), ".rs") {
            let name = shown(&path);
            if !name.contains("/tests/") && !name.ends_with("/tests.rs") && !name.ends_with("_tests.rs") {
                all.push(Source::read(&path, &package));
            }
        }
    }
    all
}

/// Which lines are outside of modules under `#[cfg(test)]`.
fn outside_tests(bare: &str) -> Vec<bool> {
    let mut depth = 0_usize;
    let mut waiting = false;
    let mut keep = Vec::new();
    for line in bare.split('\n') {
        let word = line.trim();
        waiting |= word.starts_with("#[cfg(test)]");
        let inside = waiting || depth > 0;
        keep.push(!inside);
        if inside {
            let opened = line.matches('{').count();
            depth = (depth + opened).saturating_sub(line.matches('}').count());
            if opened > 0 || word.ends_with(';') {
                waiting = false;
            }
        }
    }
    keep
}

/// The text without comments, and also without what stands in strings; line breaks stay.
pub(crate) fn strip(text: &str) -> (String, String) {
    let mut code = String::new();
    let mut bare = String::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let (length, is_comment, is_text) = token(rest, code.chars().next_back());
        let length = length.max(next.len_utf8()).min(rest.len());
        let (part, after) = rest.split_at(length);
        let blank: String = part.chars().map(|letter| if letter == '\n' { '\n' } else { ' ' }).collect();
        code.push_str(if is_comment { &blank } else { part });
        bare.push_str(if is_comment || is_text { &blank } else { part });
        rest = after;
    }
    (code, bare)
}

/// How many bytes the first piece of the text has, whether it is a comment, and whether it is a string or a letter.
fn token(rest: &str, before: Option<char>) -> (usize, bool, bool) {
    if rest.starts_with("//") {
        return (rest.find('\n').unwrap_or(rest.len()), true, false);
    }
    if rest.starts_with("/*") {
        return (rest.find("*/").map_or(rest.len(), |end| end + 2), true, false);
    }
    let in_word = before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
    let raw = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r')).filter(|_| !in_word);
    if let Some(raw) = raw {
        let marks = raw.len() - raw.trim_start_matches('#').len();
        if raw.trim_start_matches('#').starts_with('"') {
            let head = rest.len() - raw.len() + marks + 1;
            let close = format!("\"{}", "#".repeat(marks));
            let end = rest.split_at(head).1.find(&close);
            return (end.map_or(rest.len(), |end| head + end + close.len()), false, true);
        }
    }
    if rest.starts_with('"') {
        let mut escaped = false;
        for (place, letter) in rest.char_indices().skip(1) {
            match letter {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => return (place + 1, false, true),
                _ => {}
            }
        }
        return (rest.len(), false, true);
    }
    if let Some(letter) = rest.strip_prefix('\'') {
        let mut letters = letter.char_indices();
        let (_, first) = letters.next().unwrap_or((0, ' '));
        if first == '\\' {
            let end = letter.char_indices().skip(2).find(|(_, letter)| *letter == '\'');
            return (end.map_or(1, |(place, _)| place + 2), false, true);
        }
        if let Some((place, '\'')) = letters.next() {
            return (place + 2, false, true);
        }
    }
    // A run of plain letters, in one step.
    let plain = rest.find(|letter: char| !(letter.is_ascii_lowercase() && letter != 'r' && letter != 'b'));
    (plain.unwrap_or(rest.len()), false, false)
}

/// The words of a text that could be names in Rust.
pub(crate) fn identifiers(bare: &str) -> impl Iterator<Item = &str> {
    bare.split(|letter: char| !letter.is_alphanumeric() && letter != '_').filter(|word| !word.is_empty())
}

#[test]
fn comments_strings_and_tests_are_told_apart() {
    let text = "let a = \"// no\"; // own\nlet b = 'x'; let c: &'a str = r#\"\"own\"\"#;\n#[cfg(test)]\nmod tests {\n  fn x() {}\n}\nfn y() {}\n";
    let (code, bare) = strip(text);
    assert!(code.contains("// no") && !code.contains("// own"));
    assert!(!bare.contains("own") && bare.contains("&'a str"));
    let keep = outside_tests(&bare);
    assert_eq!(keep, [true, true, false, false, false, false, true, true]);
}
