//! Tollgate decides whether a shipment of AI compute may go, under which authorization, by which paragraph.

mod api;
mod cli;
mod report;
mod service;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
