//! The sign by which long work is told to end.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Raised by Ctrl-C: long work looks at it and ends in order.
pub type Stop = Arc<AtomicBool>;
