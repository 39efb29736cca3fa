//! Worked mistakes: Markdown in `examples/mistakes/`, in which each `##` section holds a file in a fence (`toml`, `csv`,
//! `json`) and, in a fence `text`, what is said of it. Tests of other crates take this module by its path.

use std::path::{Path, PathBuf};

/// A section of a file of examples.
struct Example {
    /// The section's heading.
    title: String,
    /// The mistaken file.
    input: String,
    /// What is said of it.
    expected: String,
}

/// The folder of examples, seen from the crate that is tested.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/mistakes")
}

fn examples(markdown: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut fence: Option<&str> = None;
    for line in markdown.lines() {
        if fence.is_none()
            && let Some(title) = line.strip_prefix("## ")
        {
            examples.push(Example { title: title.to_owned(), input: String::new(), expected: String::new() });
        } else if let Some(kind) = line.strip_prefix("```") {
            fence = if fence.is_some() { None } else { Some(kind) };
        } else if let (Some(kind), Some(example)) = (fence, examples.last_mut()) {
            let text = if kind == "text" { &mut example.expected } else { &mut example.input };
            text.push_str(line);
            text.push('\n');
        }
    }
    examples
}

/// Runs every example of `examples/mistakes/<name>.md`: `message` says what is wrong with a file's text.
/// All differences are shown at once.
pub(crate) fn run(name: &str, message: impl Fn(&str) -> String) {
    let markdown = std::fs::read_to_string(folder().join(format!("{name}.md"))).unwrap();
    let examples = examples(&markdown);
    assert!(examples.len() > 2, "{name}.md holds {} examples", examples.len());
    let mut differences = String::new();
    for Example { title, input, expected } in &examples {
        assert!(!input.is_empty() && !expected.is_empty(), "{name}.md, `{title}`: a fence is missing");
        let found = message(input);
        if found.trim_end() != expected.trim_end() {
            differences.push_str(&format!("{name}.md, `{title}`\n-- is\n{found}\n-- should be\n{expected}\n"));
        }
    }
    assert!(differences.is_empty(), "{differences}");
}
