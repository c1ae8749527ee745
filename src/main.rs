//! The binary: the operating system's process in, an exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    ctl::start(ctl::process::Process::from_os())
}
