//! The command line.

fn main() -> std::process::ExitCode {
    tollgate::main()
}
