//! Words that must fit into a picture.

use super::super::svg::cut;

/// A text in at most `most` lines of at most `letters` letters; an ellipsis stands for what does not fit.
pub(crate) fn wrap(text: &str, letters: usize, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let word = cut(word, letters);
        let fits = lines.last().is_some_and(|line| line.chars().count() + 1 + word.chars().count() <= letters);
        if fits && let Some(line) = lines.last_mut() {
            line.push(' ');
            line.push_str(&word);
        } else {
            lines.push(word);
        }
    }
    if lines.len() > most {
        lines.truncate(most);
        if let Some(line) = lines.last_mut() {
            *line = cut(&format!("{line} …"), letters);
        }
    }
    lines
}

/// How wide a text is drawn, in the units of the picture: a guess that errs on the wide side.
pub(crate) fn text_width(text: &str) -> f64 {
    text.chars().map(|c| if c.is_ascii() { 6.8_f64 } else { 12.0 }).sum()
}
