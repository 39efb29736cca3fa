//! The text of a paper as blocks, and blocks as plain text.
//!
//! A line that begins with `## ` is a heading, with `- ` an item of a list, with `> ` a text that the regulation prescribes, with `| ` a row of a table
//! with `|` between its cells; `Label :: value` is a field. Other lines are paragraphs, with an empty line between.

use std::fmt::Write as _;

use serde::Serialize;

use crate::values::unguarded;

/// Letters of a line of plain text.
const WIDTH: usize = 100;

/// A part of a paper.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Block {
    /// A heading.
    Heading { text: String },
    /// A paragraph.
    Paragraph { text: String },
    /// A text as the regulation prescribes it.
    Prescribed { text: String },
    /// A list.
    List { items: Vec<String> },
    /// Labels with values.
    Fields { rows: Vec<[String; 2]> },
    /// A table; the first row is its head.
    Table { rows: Vec<Vec<String>> },
}

/// The blocks of a template's output.
pub(crate) fn blocks_of(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut is_after_space = true;
    for line in text.lines() {
        let line = line.trim();
        if line.is_empty() {
            is_after_space = true;
            continue;
        }
        add_line(&mut blocks, line, is_after_space);
        is_after_space = false;
    }
    blocks
}

/// Adds a line to the last block where it goes on with it, else as a block of its own.
fn add_line(blocks: &mut Vec<Block>, line: &str, is_after_space: bool) {
    let clean = |text: &str| unguarded(text).trim().to_owned();
    let last = blocks.last_mut();
    if let Some(heading) = line.strip_prefix("## ") {
        blocks.push(Block::Heading { text: clean(heading) });
    } else if let Some(item) = line.strip_prefix("- ") {
        match last {
            Some(Block::List { items }) => items.push(clean(item)),
            _ => blocks.push(Block::List { items: vec![clean(item)] }),
        }
    } else if let Some(text) = line.strip_prefix("> ") {
        match last {
            Some(Block::Prescribed { text: before }) if !is_after_space => join(before, &clean(text)),
            _ => blocks.push(Block::Prescribed { text: clean(text) }),
        }
    } else if let Some(cells) = line.strip_prefix('|') {
        let row: Vec<String> = cells.trim_end_matches('|').split('|').map(clean).collect();
        match last {
            Some(Block::Table { rows }) => rows.push(row),
            _ => blocks.push(Block::Table { rows: vec![row] }),
        }
    } else if let Some((label, value)) = line.split_once(" ::") {
        let row = [clean(label), clean(value)];
        match last {
            Some(Block::Fields { rows }) => rows.push(row),
            _ => blocks.push(Block::Fields { rows: vec![row] }),
        }
    } else {
        match last {
            Some(Block::Paragraph { text }) if !is_after_space => join(text, &clean(line)),
            _ => blocks.push(Block::Paragraph { text: clean(line) }),
        }
    }
}

fn join(text: &mut String, more: &str) {
    text.push(' ');
    text.push_str(more);
}

/// Blocks as plain text, with an empty line between them.
pub(crate) fn plain_text(blocks: &[Block]) -> String {
    let mut out = String::new();
    for block in blocks {
        if !out.is_empty() {
            out.push('\n');
        }
        match block {
            Block::Heading { text } => {
                let _ = writeln!(out, "{text}\n{}", "-".repeat(text.chars().count().min(WIDTH)));
            }
            Block::Paragraph { text } => wrap(&mut out, text, "", ""),
            Block::Prescribed { text } => wrap(&mut out, text, "    ", "    "),
            Block::List { items } => items.iter().for_each(|item| wrap(&mut out, item, "  - ", "    ")),
            Block::Fields { rows } => {
                rows.iter().for_each(|[label, value]| wrap(&mut out, &format!("{label}: {value}"), "  ", "      "));
            }
            Block::Table { rows } => write_table(&mut out, rows),
        }
    }
    out
}

/// A table: each row under the head's labels, since cells of a contract do not fit side by side.
fn write_table(out: &mut String, rows: &[Vec<String>]) {
    let Some((head, body)) = rows.split_first() else { return };
    for (place, row) in body.iter().enumerate() {
        if place > 0 {
            out.push('\n');
        }
        for (column, cell) in row.iter().enumerate() {
            let label = head.get(column).map_or("", String::as_str);
            let first = if column == 0 { "  * " } else { "    " };
            wrap(out, &format!("{label}: {cell}"), first, "        ");
        }
    }
    if body.is_empty() {
        out.push_str("  (none)\n");
    }
}

/// Words in lines of at most [`WIDTH`] letters, longer words whole.
fn wrap(out: &mut String, text: &str, first: &str, rest: &str) {
    let mut line = first.to_owned();
    let mut is_empty = true;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            let _ = writeln!(out, "{}", line.trim_end());
            line = rest.to_owned();
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    let _ = writeln!(out, "{}", line.trim_end());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::guarded;

    #[test]
    fn lines_are_blocks_and_values_are_not() {
        let name = guarded("- | a :: b");
        let text = format!(
            "\n## Who\nName :: {name}\n\nPlace :: X\n{name}\nand more\n\n| A | B |\n| {name} | 2 |\n> as\n> prescribed"
        );
        let blocks = blocks_of(&text);
        let value = "- | a :: b".to_owned();
        assert_eq!(
            blocks,
            [
                Block::Heading { text: "Who".to_owned() },
                Block::Fields { rows: vec![["Name".to_owned(), value.clone()], ["Place".to_owned(), "X".to_owned()]] },
                Block::Paragraph { text: format!("{value} and more") },
                Block::Table { rows: vec![vec!["A".to_owned(), "B".to_owned()], vec![value, "2".to_owned()]] },
                Block::Prescribed { text: "as prescribed".to_owned() },
            ]
        );
        assert!(plain_text(&blocks).starts_with("Who\n---\n\n  Name: - | a :: b\n"));
    }

    #[test]
    fn long_lines_are_wrapped_and_long_words_stay_whole() {
        let word = "x".repeat(120);
        let text = plain_text(&[Block::Paragraph { text: format!("{} {word}", "word ".repeat(30)) }]);
        assert!(text.contains(&word));
        assert!(text.lines().filter(|line| !line.contains(&word)).all(|line| line.chars().count() <= WIDTH));
    }
}
