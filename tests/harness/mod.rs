//! What every test here stands on: the binary in surroundings of its own, a sandbox in this process,
//! and raw HTTP to look at it with.

mod ctl;
mod dice;
mod endpoint;
mod http;
mod lake;
mod recorder;
mod redact;
mod report;
mod served;
mod shapes;
mod silence;
mod stamped;

pub(crate) use ctl::{Ctl, Output, signal};
pub(crate) use dice::Dice;
pub(crate) use http::{Caller, authorization, percent, send};
pub(crate) use lake::{Lake, Seen, fixed, state_of};
pub(crate) use recorder::Recorder;
pub(crate) use report::{Report, agree, copies, count_of, numbered};
pub(crate) use served::Served;
pub(crate) use shapes::*;
pub(crate) use silence::Silence;
pub(crate) use stamped::Stamped;

/// The account that the sandbox belongs to.
pub(crate) const HOME: &str = "111122223333";
/// Nordcloud's account.
pub(crate) const PARTNER: &str = "855341727128";
/// An account that nobody lets in.
pub(crate) const STRANGER: &str = "999999999999";
/// Noon, 20 November 2026.
pub(crate) const NOON: i64 = 1_795_176_000;
/// The external ID of most tests. No output of `ctl` may ever hold it, which every run of [`Ctl`] checks.
pub(crate) const SECRET: &str = "nc-7Qx2f9-external";
/// The secret access key of every run. No output may hold it either.
pub(crate) const SECRET_KEY: &str = "wJalrXUtnFEMI-K7MDENG";

/// Waits until something holds that another process, or a thread, brings about.
#[track_caller]
pub(crate) fn until(mut holds: impl FnMut() -> bool) {
    let begun = std::time::Instant::now();
    while !holds() {
        let waited = begun.elapsed();
        assert!(waited < std::time::Duration::from_secs(30), "it never came to that");
        // What is waited for needs the processor.
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
}

/// The time, which is what `ctl` goes by.
#[expect(clippy::disallowed_methods, reason = "a test compares with the real clock")]
pub(crate) fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}
