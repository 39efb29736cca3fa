//! What SQL engines are slow at, over arrays: pure functions, and their places in the engine.

mod rolling;
mod window;

pub(crate) use window::UseRolling;
