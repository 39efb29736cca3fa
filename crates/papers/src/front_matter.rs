//! The head of a template: what the paper is called, what it cites, when it is needed.

use std::collections::BTreeMap;

use serde::Deserialize;
use tollgate_model::{Date, Diagnostic, Place};

/// The line that begins and ends a head.
const FENCE: &str = "+++";

/// The head of a template.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FrontMatter {
    /// The paper's title.
    pub(crate) title: String,
    /// The paragraphs that ask for it.
    pub(crate) cites: Vec<String>,
    /// The day of the text that it follows, as YYYY-MM-DD.
    pub(crate) dated: String,
    /// Where that text was read.
    pub(crate) source: String,
    /// When the paper is needed, as an expression.
    pub(crate) when: String,
    /// Why it is made, as a template.
    pub(crate) why: String,
    /// What must not ship before, as a template.
    pub(crate) hold: Option<String>,
    /// Of what it is made once each.
    pub(crate) each: Option<Each>,
    /// Whether it is made only where the decision lets the order go.
    #[serde(default)]
    pub(crate) release: bool,
    /// Its place among the papers.
    #[serde(default = "middle")]
    pub(crate) place: u32,
    /// Tables that its text looks things up in, as `values`.
    #[serde(default)]
    pub(crate) values: BTreeMap<String, toml::Value>,
}

/// Of what a paper is made once each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Each {
    /// Of each line, as `line`.
    Line,
    /// Of each party, as `party`.
    Party,
}

/// The place of a paper that states none.
fn middle() -> u32 {
    50
}

/// Head and text of a template. The text begins with as many empty lines as stand before it in the file, so that mistakes in it have the file's lines.
pub(crate) fn split_head(name: &str, source: &str) -> Result<(FrontMatter, String), Diagnostic> {
    let wrong = |line, what: String, mend: &str| Diagnostic::new("bad-template", Place::line(name, line), what, mend);
    let shape = "begin with a line `+++`, then title, cites, dated, source, when and why, then a line `+++`; see docs/papers.md";
    let mut lines = source.lines();
    if lines.next().map(str::trim_end) != Some(FENCE) {
        return Err(wrong(1, "the template has no head".to_owned(), shape));
    }
    let head: Vec<&str> = lines.by_ref().take_while(|line| line.trim_end() != FENCE).collect();
    let body_line = head.len() + 3;
    if source.lines().nth(body_line - 2).map(str::trim_end) != Some(FENCE) {
        return Err(wrong(1, "the template's head has no end".to_owned(), shape));
    }
    let head = head.join("\n");
    let front: FrontMatter = toml::from_str(&head).map_err(|error| {
        let before = error.span().and_then(|span| head.get(..span.start));
        let line = before.map_or(1, |before| before.matches('\n').count() + 2);
        wrong(line, format!("the template's head is not understood: {}", error.message()), shape)
    })?;
    if front.dated.parse::<Date>().is_err() {
        let line = head.lines().position(|line| line.starts_with("dated")).map_or(1, |place| place + 2);
        return Err(wrong(line, format!("`dated` says `{}`", front.dated), "write the day of the text as YYYY-MM-DD"));
    }
    let body: Vec<&str> = lines.collect();
    Ok((front, format!("{}{}\n", "\n".repeat(body_line - 1), body.join("\n"))))
}
