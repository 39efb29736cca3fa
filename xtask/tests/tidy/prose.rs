//! Markdown: one title a page, one sentence a line.

use std::path::PathBuf;

use crate::known::{Counts, hold};
use crate::source::{files, root, shown};

const LONGEST_LINE: usize = 400;

fn pages() -> Vec<PathBuf> {
    let mut pages = files(&root(), ".md");
    pages.retain(|path| !shown(path).starts_with("out/"));
    pages
}

#[test]
fn every_page_has_one_title() {
    for page in pages() {
        let text = std::fs::read_to_string(&page).unwrap();
        let mut fenced = false;
        let titles = text.lines().filter(|line| {
            fenced ^= line.starts_with("```");
            !fenced && line.starts_with("# ")
        });
        assert_eq!(titles.count(), 1, "{}", page.display());
    }
}

/// Whether a second sentence begins in the line. Doubtful ends (abbreviations, initials, numbers) are not taken for ends.
fn has_two_sentences(line: &str) -> bool {
    const SHORT: &[&str] = &[
        "e.g", "i.e", "no", "nos", "vs", "cf", "etc", "supp", "sec", "par", "inc", "ltd", "co", "corp", "st", "fed",
        "reg",
    ];
    let mut rest = line;
    while let Some((before, after)) = rest.split_once(". ") {
        let word = before.rsplit([' ', '(', '"']).next().unwrap_or(before);
        let lower = word.to_lowercase();
        let is_word = word.chars().filter(|letter| letter.is_lowercase()).count() > 2;
        if is_word && !SHORT.contains(&lower.as_str()) && after.chars().next().is_some_and(char::is_uppercase) {
            return true;
        }
        rest = after;
    }
    false
}

#[test]
fn one_sentence_a_line() {
    let mut counts = Counts::new();
    for page in pages() {
        let text = std::fs::read_to_string(&page).unwrap();
        let mut fenced = false;
        for (number, line) in text.lines().enumerate() {
            fenced ^= line.trim_start().starts_with("```");
            if fenced || line.starts_with(['|', '#', '>']) || line.starts_with("    ") {
                continue;
            }
            if line.chars().count() > LONGEST_LINE || has_two_sentences(line) {
                println!("{}:{}: {line}", shown(&page), number + 1);
                *counts.entry(shown(&page)).or_insert(0) += 1;
            }
        }
    }
    hold("prose line", "two sentences in a line, or more than 400 letters", &counts);
}

#[test]
fn sentences_are_told_apart() {
    assert!(has_two_sentences("One stands here. Another follows."));
    assert!(!has_two_sentences("See supplement no. 5 to part 740, e.g. Japan, and 740.2(b). "));
    assert!(!has_two_sentences("Goods of Acme Ltd. Taiwan are meant by A. Smith"));
}
