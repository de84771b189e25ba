//! Start, exit code, nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    deskbell::cli::main()
}
