//! Tollgate decides whether a shipment of AI compute may go, under which authorization, by which paragraph.
//!
//! This is the program: one command a file under `commands`, and nothing that another program could want to call.

mod commands;

fn main() -> std::process::ExitCode {
    commands::main()
}
