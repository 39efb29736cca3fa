//! Upright lines at values, each with a word that covers no other.

use std::fmt::Write as _;

use super::super::svg::{cut, escape, real_count};
use super::axis::Scale;
use super::words::text_width;

const ROW: f64 = 16.0;
const LETTERS: usize = 40;

struct Mark<'a> {
    x: f64,
    row: usize,
    leftward: bool,
    word: &'a str,
}

/// Marks laid out in rows above a plane.
pub(crate) struct Marks<'a> {
    marks: Vec<Mark<'a>>,
    rows: usize,
}

impl<'a> Marks<'a> {
    /// Those that lie on the scale, each word in the first row where it is free.
    pub(crate) fn lay(scale: &Scale, marks: &'a [(f64, String)]) -> Marks<'a> {
        let within = marks.iter().filter(|(value, _)| scale.contains(*value));
        let mut within: Vec<(f64, &str)> =
            within.filter_map(|(value, word)| Some((scale.place(*value)?, word.as_str()))).collect();
        within.sort_by(|one, other| one.0.total_cmp(&other.0));
        let mut taken: Vec<(usize, f64, f64)> = Vec::new();
        let mut laid = Vec::new();
        for (x, word) in within {
            let width = text_width(&cut(word, LETTERS)) + 12.0;
            let leftward = x + width > scale.end();
            let (left, right) = if leftward { (x - width, x) } else { (x, x + width) };
            let free =
                |row: &usize| taken.iter().all(|(other, from, to)| other != row || right <= *from || left >= *to);
            let row = (0..=taken.len()).find(free).unwrap_or(0);
            taken.push((row, left, right));
            laid.push(Mark { x, row, leftward, word });
        }
        let rows = laid.iter().map(|mark| mark.row + 1).max().unwrap_or(0);
        Marks { marks: laid, rows }
    }

    /// The room that the words take above the plane.
    pub(crate) fn height(&self) -> f64 {
        ROW * real_count(self.rows)
    }

    /// Draws them; the words stand right above the plane.
    pub(crate) fn draw(&self, out: &mut String, (top, bottom): (f64, f64)) {
        let above = |mark: &Mark<'_>| top - self.height() + ROW * real_count(mark.row);
        for mark in &self.marks {
            let _ = write!(
                out,
                "<line class=\"mark\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{:.1}\" y2=\"{bottom:.1}\"/>",
                above(mark),
                x = mark.x
            );
        }
        // After all lines, so that their outline keeps the words free of them.
        for mark in &self.marks {
            let (anchor, x) = if mark.leftward { ("end", mark.x - 5.0) } else { ("start", mark.x + 5.0) };
            let _ = write!(
                out,
                "<text class=\"label halo\" x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\"><title>{}</title>{}</text>",
                above(mark) + 11.0,
                escape(mark.word),
                escape(&cut(mark.word, LETTERS))
            );
        }
    }
}

/// Marks in words, also those beyond the axis.
pub(crate) fn mark_words(marks: &[(f64, String)], number: &dyn Fn(f64) -> String) -> Vec<String> {
    marks.iter().map(|(value, word)| format!("{word} at {}", number(*value))).collect()
}
