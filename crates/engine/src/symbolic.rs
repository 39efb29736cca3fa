//! All facts at once: the space of facts falls into finitely many cells, since conditions only compare
//! facts with constants and sets. Policies are compared, and checked, over all of them exactly.

mod check;
mod diagram;
mod diff;
mod space;

pub use check::{Defect, check, facts_where};
pub use diff::{Answer, Difference, Region, Regions, differences};
pub use space::Space;
