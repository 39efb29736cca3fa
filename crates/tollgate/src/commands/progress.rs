//! Progress on standard error.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};

use tollgate_decide::Progress;

/// A bar on standard error, where that is a terminal.
pub(crate) struct Bar {
    bar: ProgressBar,
}

impl Bar {
    pub(crate) fn new() -> Bar {
        let bar = if std::io::stderr().is_terminal() { ProgressBar::new(0) } else { ProgressBar::hidden() };
        let template = "{bar:40} {human_pos}/{human_len} lines  {per_sec}  {eta} left";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Bar { bar }
    }
}

/// A bar for random draws, which several threads move.
pub(crate) struct Draws(ProgressBar);

impl Draws {
    pub(crate) fn new() -> Draws {
        let bar = Bar::new().bar.clone();
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {human_pos}/{human_len} draws  {per_sec}  {eta} left")
        {
            bar.set_style(style);
        }
        Draws(bar)
    }

    pub(crate) fn done(&self, done: u64, of: u64) {
        self.0.set_length(of);
        self.0.set_position(done);
    }

    pub(crate) fn end(&self) {
        self.0.finish_and_clear();
    }
}

/// A bar for what is brought from elsewhere.
#[cfg(feature = "object-storage")]
pub(crate) struct Bytes(ProgressBar);

#[cfg(feature = "object-storage")]
impl Bytes {
    pub(crate) fn new(name: &str, bytes: u64) -> Bytes {
        let bar = Bar::new().bar.clone();
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes}  {eta} left  {msg}") {
            bar.set_style(style);
        }
        bar.set_length(bytes);
        bar.set_message(name.to_owned());
        Bytes(bar)
    }

    pub(crate) fn done(&mut self, bytes: u64) {
        self.0.set_position(bytes);
    }
}

#[cfg(feature = "object-storage")]
impl Drop for Bytes {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// A bar for steps that have names.
#[cfg(feature = "detect")]
pub(crate) struct Steps(ProgressBar);

#[cfg(feature = "detect")]
impl Steps {
    pub(crate) fn new(steps: usize) -> Steps {
        let bar = Bar::new().bar.clone();
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} typologies  {msg}") {
            bar.set_style(style);
        }
        bar.set_length(u64::try_from(steps).unwrap_or(0));
        Steps(bar)
    }

    pub(crate) fn step(&mut self, name: &str) {
        self.0.set_message(name.to_owned());
        self.0.inc(1);
    }
}

#[cfg(feature = "detect")]
impl Drop for Steps {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

impl Progress for Bar {
    fn start(&mut self, lines: u64) {
        self.bar.set_length(lines);
    }

    fn done(&mut self, lines: u64) {
        self.bar.inc(lines);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
