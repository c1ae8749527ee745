//! What the operating system gives us, captured once.
//!
//! Nothing else reads the environment, the arguments, the clock or a stream: so a verb can be run
//! inside a test with a `Process` made by hand, and purity is a lint (see `clippy.toml`).

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{IsTerminal as _, Read, Write};
use std::path::PathBuf;

use jiff::Timestamp;
use uuid::Uuid;

/// The surroundings of one run of `ctl`.
pub struct Process {
    /// The arguments, the program's own name first.
    pub args: Vec<OsString>,
    /// The environment; variables that are not Unicode are left out.
    pub env: Env,
    /// The working directory.
    pub cwd: PathBuf,
    /// Which streams are terminals, and how wide.
    pub terminal: Terminal,
    /// Standard input.
    pub stdin: Box<dyn Read + Send>,
    /// Standard output: the answer.
    pub stdout: Box<dyn Write + Send>,
    /// Standard error: everything else.
    pub stderr: Box<dyn Write + Send>,
    /// The clock.
    pub now: fn() -> Timestamp,
    /// Whether the end of the terminal is a wish to stop: not under `nohup`, and not where that cannot be told.
    pub heeds_hangup: bool,
    /// A random number in 0..1, for the jitter of retries.
    pub random: fn() -> f64,
    /// A new UUID, for an event that needs one.
    pub uuid: fn() -> Uuid,
}

/// The environment variables of a run.
#[derive(Debug, Clone, Default)]
pub struct Env(BTreeMap<String, String>);

/// Which streams are terminals.
#[derive(Debug, Clone, Copy, Default)]
pub struct Terminal {
    /// Whether standard input is one.
    pub stdin: bool,
    /// Whether standard output is one.
    pub stdout: bool,
    /// Whether standard error is one.
    pub stderr: bool,
    /// Its width in columns, where known.
    pub width: Option<u16>,
}

impl Process {
    /// The process as the operating system started it.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that captures the process"
    )]
    pub fn from_os() -> Self {
        let (stdin, stdout, stderr) = (std::io::stdin(), std::io::stdout(), std::io::stderr());
        let env: Env = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let width = env.get("COLUMNS").and_then(|columns| columns.parse().ok());
        Self {
            args: std::env::args_os().collect(),
            cwd: std::env::current_dir().unwrap_or_default(),
            terminal: Terminal {
                stdin: stdin.is_terminal(),
                stdout: stdout.is_terminal(),
                stderr: stderr.is_terminal(),
                width: width.or_else(|| terminal_size::terminal_size().map(|(width, _)| width.0)),
            },
            env,
            stdin: Box::new(stdin),
            stdout: Box::new(stdout),
            stderr: Box::new(stderr),
            heeds_hangup: std::fs::read_to_string("/proc/self/status").is_ok_and(|status| !ignores_hangup(&status)),
            now: Timestamp::now,
            random: || {
                let (high, _) = Uuid::new_v4().as_u64_pair();
                f64::from(u32::try_from(high >> 32).unwrap_or(0)) / (f64::from(u32::MAX) + 1.0)
            },
            uuid: Uuid::new_v4,
        }
    }
}

/// Whether a process ignores SIGHUP, by its status as Linux tells it (`man 5 proc_pid_status`): the lowest bit of
/// `SigIgn`, as SIGHUP is the first signal. What does not say so may.
fn ignores_hangup(status: &str) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_none_or(|mask| mask & 1 == 1)
}

impl Env {
    /// A variable's value; an empty one counts as not set.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.raw(name).filter(|value| !value.is_empty())
    }

    /// A variable's value as it stands, an empty one included.
    pub fn raw(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The same with one variable set otherwise.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut variables = self.0.clone();
        variables.insert(name.to_owned(), value.to_owned());
        Self(variables)
    }
}

impl FromIterator<(String, String)> for Env {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::ignores_hangup;

    #[test]
    fn nohup_is_seen_in_the_status() {
        for (status, wanted) in [
            (
                "Name:\tctl\nSigBlk:\t0000000000000001\nSigIgn:\t0000000000001000\n",
                false,
            ),
            ("SigIgn:\t0000000000001001\nSigCgt:\t0000000000000000\n", true),
            ("SigIgn:\tnothing\n", true),
            ("", true),
        ] {
            assert_eq!(ignores_hangup(status), wanted, "{status:?}");
        }
    }
}
