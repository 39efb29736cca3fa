//! The scenarios that come with the program.

/// The scenarios that come with the program, by name.
pub const SCENARIOS: [(&str, &str); 7] = [
    ("threshold", include_str!("../../../scenarios/threshold.toml")),
    ("agreements", include_str!("../../../scenarios/agreements.toml")),
    ("enforcement", include_str!("../../../scenarios/enforcement.toml")),
    ("delay", include_str!("../../../scenarios/delay.toml")),
    ("advantage", include_str!("../../../scenarios/advantage.toml")),
    ("tenfold", include_str!("../../../scenarios/tenfold.toml")),
    ("world", include_str!("../../../scenarios/world.toml")),
];
