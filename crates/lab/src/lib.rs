//! Worlds that have not happened: demand, smugglers who adapt, an agency with few officers, and what a policy changes.

mod distribution;
mod draw;
mod game;
mod sensitivity;

pub use draw::Stream;
