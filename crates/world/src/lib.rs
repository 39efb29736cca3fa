//! The law as the lab asks it: sample orders are decided as real ones are.

mod law_oracle;
mod scenarios;

pub use law_oracle::LawDesks;
pub use scenarios::SCENARIOS;
