//! A stopwatch: what a command takes of time, processor and memory.
//!
//! Python's own `wait4` will not do: a process that begins in a large one is charged with that one's memory.

use std::fs::File;
use std::io;
use std::mem::MaybeUninit;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Runs a command with its standard output in a file, and prints what it took.
pub fn run(output: &str, program: &str, args: &[&str]) -> io::Result<()> {
    let began = Instant::now();
    let child = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .stdout(File::create(output)?)
        .spawn()?;
    let pid = libc::pid_t::try_from(child.id()).map_err(io::Error::other)?;
    let mut status = 0;
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: both point to memory of the right type, and the child is not waited for elsewhere.
    let waited = unsafe { libc::wait4(pid, &raw mut status, 0, usage.as_mut_ptr()) };
    let seconds = began.elapsed().as_secs_f64();
    if waited != pid {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: zeroed, and then filled by the kernel.
    let usage = unsafe { usage.assume_init() };
    let code = if libc::WIFEXITED(status) {
        libc::WEXITSTATUS(status)
    } else {
        128 + libc::WTERMSIG(status)
    };
    let time = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    println!(
        r#"{{"code":{code},"seconds":{seconds},"user":{},"system":{},"peak_mib":{}}}"#,
        time(usage.ru_utime),
        time(usage.ru_stime),
        usage.ru_maxrss as f64 / 1024.0
    );
    Ok(())
}
