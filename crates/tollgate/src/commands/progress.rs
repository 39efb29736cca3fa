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
pub(crate) struct DrawBar(ProgressBar);

impl DrawBar {
    pub(crate) fn new() -> DrawBar {
        let bar = Bar::new().bar.clone();
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {human_pos}/{human_len} draws  {per_sec}  {eta} left")
        {
            bar.set_style(style);
        }
        DrawBar(bar)
    }

    pub(crate) fn set(&self, done: u64, total: u64) {
        self.0.set_length(total);
        self.0.set_position(done);
    }

    pub(crate) fn end(&self) {
        self.0.finish_and_clear();
    }
}

/// A bar for a file that is copied from a store.
#[cfg(feature = "object-storage")]
pub(crate) struct ByteBar(ProgressBar);

#[cfg(feature = "object-storage")]
impl ByteBar {
    pub(crate) fn new(name: &str, bytes: u64) -> ByteBar {
        let bar = Bar::new().bar.clone();
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes}  {eta} left  {msg}") {
            bar.set_style(style);
        }
        bar.set_length(bytes);
        bar.set_message(name.to_owned());
        ByteBar(bar)
    }

    pub(crate) fn set(&mut self, bytes: u64) {
        self.0.set_position(bytes);
    }
}

#[cfg(feature = "object-storage")]
impl Drop for ByteBar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// A bar for steps that have names.
#[cfg(feature = "detect")]
pub(crate) struct StepBar(ProgressBar);

#[cfg(feature = "detect")]
impl StepBar {
    pub(crate) fn new(steps: usize) -> StepBar {
        let bar = Bar::new().bar.clone();
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} typologies  {msg}") {
            bar.set_style(style);
        }
        bar.set_length(tollgate_model::count_of(steps));
        StepBar(bar)
    }

    pub(crate) fn step(&mut self, name: &str) {
        self.0.set_message(name.to_owned());
        self.0.inc(1);
    }
}

#[cfg(feature = "detect")]
impl Drop for StepBar {
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
