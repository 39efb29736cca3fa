//! The worked mistakes in screening lists (`examples/mistakes/lists.md`) are told as they are written there.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must stop, helpers included")]

#[path = "../../strict-toml/tests/worked/mod.rs"]
mod worked;

use tollgate_lists::read_list_files;

/// What is said of a list with this text, which begins as its format does.
fn message(text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let name = if text.starts_with('{') { "list.json" } else { "list.csv" };
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    match read_list_files(&[path]) {
        Ok(_) => panic!("nothing is said of\n{text}"),
        Err(found) => found.to_string().replace(&format!("{}/", folder.path().display()), ""),
    }
}

#[test]
fn mistakes_in_a_list_are_told_as_written() {
    worked::run("lists", message);
}
