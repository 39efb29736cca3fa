//! Decides by a compiled policy: pure, synchronous, without an error path.
//!
//! [`determine()`] takes a [`Program`](tollgate_law::program::Program) and the [`Facts`](tollgate_law::facts::Facts) of one
//! order line and says what may be done with it. Unknown facts are carried as unknown; where Kleene's
//! logic leaves the answer open, their completions are searched, so that an answer is given when it
//! is the same whatever the unknown facts turn out to be, and otherwise exactly the facts that it turns on are named.
//! [`symbolic`] runs the same program over all facts at once, and [`naive`] is a second, slow evaluator of the
//! provisions as written, against which the others are tested.
#![deny(clippy::float_arithmetic)]

mod alike;
mod complete;
mod determine;
mod memo;
pub mod naive;
mod recheck;
mod scalar;
pub mod symbolic;
mod trace;

pub use alike::are_alike;
pub use complete::representatives;
pub use determine::{Determination, ReadingEffect, determine, verdict, with_readings};
pub use memo::{Judged, Memo};
pub use recheck::{BadCertificate, Certificate, RecheckError, Rederived, RederivedStep, Rederiver, check_law};
pub use scalar::{AtomMask, Scratch, Verdict, reads};
pub use trace::{
    BELOW, BELOW_NAMES, TraceStep, eccn, eccn_pattern, fact_text, fact_word, is_listed_eccn, trace, with_host,
};
