//! Steps one after another, each with the seconds that it took.

use std::time::{Duration, Instant};

use crate::{Failed, say};

/// What was done, and how long each step took.
pub(crate) struct Steps {
    title: &'static str,
    done: Vec<(String, Duration)>,
}

impl Steps {
    pub(crate) const fn new(title: &'static str) -> Self {
        Self { title, done: Vec::new() }
    }

    /// Does a step and notes its time, also where it fails.
    #[expect(clippy::disallowed_methods, reason = "seconds of steps are shown and decide nothing")]
    pub(crate) fn step<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T, Failed>) -> Result<T, Failed> {
        let start = Instant::now();
        let result = work();
        self.done.push((name.to_owned(), start.elapsed()));
        result
    }

    /// Prints a line for each step and their sum.
    pub(crate) fn print(&self) {
        say(&format!("\n{}", self.title));
        for (name, time) in &self.done {
            say(&format!("{:>8.1}  {name}", time.as_secs_f64()));
        }
        let all: Duration = self.done.iter().map(|(_, time)| *time).sum();
        say(&format!("{:>8.1}  all", all.as_secs_f64()));
    }
}
