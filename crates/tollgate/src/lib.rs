//! Tollgate decides whether a shipment of AI compute may go, under which authorization, by which paragraph.
//!
//! This is the program; what other programs may call is in [`kernels`].

mod api;
mod cli;
pub mod kernels;
mod report;
mod service;

/// Runs the command line.
pub fn main() -> std::process::ExitCode {
    cli::main()
}
