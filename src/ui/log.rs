//! Logs for maintainers: off unless `-v` or `CTL_LOG` asks, on stderr, and only `ctl`'s own.
//!
//! The targets of the AWS SDK and of hyper are never let through: their lines carry bodies, URLs
//! with external IDs and headers.

use tracing::Level;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt};

use crate::error::{Error, Result};

/// Starts logging. A second call in one process changes nothing.
pub fn start(verbose: u8, wanted: Option<&str>) -> Result<()> {
    let Some(level) = level(verbose, wanted)? else {
        return Ok(());
    };
    let ours = filter_fn(move |about| about.target().starts_with("ctl") && *about.level() <= level);
    #[expect(
        clippy::disallowed_methods,
        reason = "the subscriber outlives the run and needs a stream of its own"
    )]
    let layer = fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .without_time()
        .with_filter(ours);
    // Only the first start in a process counts; tests start several runs in one.
    drop(tracing_subscriber::registry().with(layer).try_init());
    Ok(())
}

/// Tells of a bug in `ctl` as one, instead of in the words of the compiler's runtime.
pub fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        // What a panic says may hold what the program worked on, so only the place is told.
        let text = format!("Error: ctl has a bug, at {place}. Please report it with the command that you ran.\n");
        #[expect(clippy::disallowed_methods, reason = "the user interface may be what panicked")]
        let mut stderr = std::io::stderr();
        // Nobody is left to be told when stderr itself is gone.
        drop(std::io::Write::write_all(&mut stderr, text.as_bytes()));
    }));
}

fn level(verbose: u8, wanted: Option<&str>) -> Result<Option<Level>> {
    match (verbose, wanted) {
        (0, None | Some("off")) => Ok(None),
        (0, Some(word)) => word.parse().map(Some).map_err(|_| {
            Error::usage(format!(
                "CTL_LOG is \"{word}\", and error, warn, info, debug or trace was expected."
            ))
        }),
        (1, _) => Ok(Some(Level::INFO)),
        (2, _) => Ok(Some(Level::DEBUG)),
        (3.., _) => Ok(Some(Level::TRACE)),
    }
}
