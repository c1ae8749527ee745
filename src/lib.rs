//! `ctl`, the operator's command line for AWS CloudTrail Lake integrations.
//!
//! It runs the whole life of an integration: create it, send events, watch it, take it down. The
//! rooms, and who may import whom, are described in docs/design/001-rooms.md and held by a test:
//!
//! * [`process`] captures what the operating system gives, once;
//! * [`commands`] has a file per verb, [`context`] what a verb may ask for, [`settings`] how it is to behave;
//! * [`model`] and [`plan`] are pure: nouns, and the decisions over them;
//! * [`aws`] and [`apply`] have the effects;
//! * [`report`] knows what is said, [`ui`] where;
//! * `sandbox` is an embedded CloudTrail Lake, a stranger to all of these.

pub mod apply;
pub mod aws;
pub mod commands;
pub mod context;
pub mod error;
pub mod model;
pub mod plan;
pub mod process;
pub mod report;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod settings;
pub mod ui;

use std::process::ExitCode;
use std::time::Duration;

use crate::apply::Interrupt;
use crate::error::{Error, Kind};
use crate::process::Process;

/// How long a run that was interrupted has for telling so itself: it knows more.
const LAST_WORDS: Duration = Duration::from_millis(100);

/// Runs `ctl` in a process, on a runtime of its own.
pub fn start(process: Process) -> ExitCode {
    ui::log::report_panics();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let Ok(runtime) = runtime else {
        return ExitCode::from(Kind::Failed.exit_code());
    };
    let code = runtime.block_on(async {
        let interrupt = Interrupt::default();
        watch_signals(interrupt.clone(), process.heeds_hangup);
        let mut alarm = ui::Ui::of_last_resort(process.terminal, process.now, commands::first_manner(&process));
        let mut run = tokio::spawn(commands::run(process, interrupt.clone()));
        tokio::select! {
            ended = &mut run => return ended.unwrap_or(Kind::Bug.exit_code()),
            () = interrupt.end() => {}
        }
        if let Ok(ended) = tokio::time::timeout(LAST_WORDS, run).await {
            return ended.unwrap_or(Kind::Bug.exit_code());
        }
        ui::prompt::abandon();
        alarm.error(&Error::new(Kind::Interrupted, "Interrupted."));
        Kind::Interrupted.exit_code()
    });
    // A read from the terminal may be under way and cannot be ended.
    runtime.shutdown_background();
    ExitCode::from(code)
}

/// Takes Ctrl-C, SIGTERM and, if it is heeded, SIGHUP as wishes to stop.
#[cfg_attr(not(unix), expect(unused_variables, reason = "only Unix has that signal"))]
fn watch_signals(interrupt: Interrupt, heeds_hangup: bool) {
    tokio::spawn(async move {
        #[cfg(unix)]
        let (mut terminated, mut hung_up) = {
            use tokio::signal::unix::{SignalKind, signal};
            let hangup = || signal(SignalKind::hangup()).ok();
            (
                signal(SignalKind::terminate()).ok(),
                heeds_hangup.then(hangup).flatten(),
            )
        };
        loop {
            #[cfg(unix)]
            let asked = {
                tokio::select! {
                    asked = tokio::signal::ctrl_c() => asked.is_ok(),
                    asked = arrived(&mut terminated) => asked,
                    asked = arrived(&mut hung_up) => asked,
                }
            };
            #[cfg(not(unix))]
            let asked = tokio::signal::ctrl_c().await.is_ok();
            if !asked {
                return;
            }
            interrupt.ask();
        }
    });
}

/// Waits for a signal; for ever if it is not listened to. `false` if no more of it can come.
#[cfg(unix)]
async fn arrived(signal: &mut Option<tokio::signal::unix::Signal>) -> bool {
    match signal {
        Some(signal) => signal.recv().await.is_some(),
        None => std::future::pending().await,
    }
}
