//! An embedded `CloudTrail` Lake: enough of `cloudtrail`, `cloudtrail-data` and `sts` for an integration's whole life,
//! over HTTP on one port, for the AWS CLI, boto3 and every SDK.
//!
//! It is a stranger to the rest of the crate: it shares no code with the client, and its rules, limits and error
//! codes are typed from the AWS documentation. What AWS does not say is decided in `guesses.rs`. It checks no
//! signature, keeps no secret, and answers an operation it does not have with an error.
//!
//! The caller's account is the access key ID when that is twelve digits, else [`Config::account`]; the Region is the
//! one of the credential scope. Control lives under `/_sandbox/`.

mod arn;
mod auth;
mod clock;
mod control;
mod events;
mod faults;
mod guesses;
mod http;
mod ids;
mod lake;
mod limits;
mod line;
mod nulls;
mod ops;
mod outcomes;
mod pace;
mod plant;
mod policy;
mod queries;
mod requests;
mod rules;
mod selectors;
mod share;
mod store;
mod wire;
mod world;

use std::error::Error;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub use self::faults::{Faults, FaultsError, parse_faults};

use self::clock::Clock;
use self::ids::Ids;
use self::line::{Door, Scissors};
use self::pace::Pace;
use self::rules::{Rules, SOURCES, millis};
use self::store::{Db, OpenError};
use self::world::World;

/// How long a stopping sandbox waits for requests in flight.
const FAREWELL: Duration = Duration::from_secs(2);

/// How a sandbox is to be.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where the state is.
    pub state: State,
    /// The account of callers whose access key ID is not an account number: twelve digits.
    pub account: String,
    /// The Region the sandbox says it is; resources live in the Region of the request's credential scope.
    pub region: String,
    /// How long a new event data store stays `CREATED`, on the sandbox's clock.
    pub store_delay: Duration,
    /// How long an accepted event stays invisible to readers, on the sandbox's clock.
    pub ingestion_delay: Duration,
    /// How long a query takes, on the sandbox's clock: a tenth of it `QUEUED`, and then `RUNNING`. After an hour it times
    /// out.
    pub query_delay: Duration,
    /// Refuses `CreateEventDataStore` to accounts that never had one, as AWS does since 31 May 2026.
    pub closed_to_new_customers: bool,
    /// The sources a channel may have; `None` is `Custom` and the partners AWS publishes.
    pub sources: Option<Vec<String>>,
    /// How many `PutAuditEvents` a second an account may make in a Region, on the sandbox's clock; `None` is any number.
    pub max_tps: Option<NonZeroU32>,
    /// The rates that operations are held to; `max_tps` goes before that of `PutAuditEvents`.
    pub quotas: Quotas,
    /// Faults from the start.
    pub faults: Faults,
    /// A fixed time for a fresh state; without it the real clock runs. A state that exists keeps its clock.
    pub clock: Option<Timestamp>,
    /// Makes ids the same on every run.
    pub seed: Option<u64>,
    /// Lets one source have several channels.
    pub allow_second_channel_per_source: bool,
    /// Makes the external ID of a policy binding for the channel's owner too.
    pub owner_needs_external_id: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            state: State::Memory,
            account: "111122223333".to_owned(),
            region: "us-east-1".to_owned(),
            store_delay: Duration::ZERO,
            ingestion_delay: Duration::ZERO,
            query_delay: Duration::ZERO,
            closed_to_new_customers: false,
            sources: None,
            max_tps: None,
            quotas: Quotas::Off,
            faults: Faults::default(),
            clock: None,
            seed: None,
            allow_second_channel_per_source: false,
            owner_needs_external_id: false,
        }
    }
}

/// Whether operations are held to a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quotas {
    /// All pass.
    Off,
    /// Each to the one that AWS documents.
    Documented,
}

/// Where a sandbox keeps its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// In memory, gone when it stops.
    Memory,
    /// In a file that other sandboxes may use at the same time; made if it does not exist.
    File(PathBuf),
}

/// Why a sandbox did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("the sandbox cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why not.
        source: io::Error,
    },
    /// The state cannot be used.
    #[error("the sandbox cannot use its state {state}")]
    State {
        /// The file, or `:memory:`.
        state: String,
        /// Why not.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A later release wrote the state.
    #[error("the state {state} was written by a later release (version {version})")]
    Newer {
        /// The file.
        state: String,
        /// Its version.
        version: i64,
    },
    /// The account is not one.
    #[error("the sandbox's account must be twelve digits, not {0:?}")]
    Account(String),
}

/// A running sandbox. Dropping it stops it too, without waiting.
#[derive(Debug)]
pub struct Handle {
    address: SocketAddr,
    quit: oneshot::Sender<()>,
    server: JoinHandle<io::Result<()>>,
    world: Arc<World>,
}

impl Handle {
    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// The URL for `--endpoint-url`, without a slash at the end.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Empties its state: every store, channel and event of every account is gone.
    pub async fn reset(&self) -> Result<(), StartError> {
        self.world.reset().await.map_err(|fault| StartError::State {
            state: self.address.to_string(),
            source: fault.message.into(),
        })
    }

    /// Stops it. Requests in flight are answered first, within reason.
    pub async fn stop(self) {
        self.quit.send(()).ok();
        tokio::time::timeout(FAREWELL, self.server).await.ok();
    }
}

/// Starts a sandbox on the current tokio runtime.
pub async fn start(config: Config) -> Result<Handle, StartError> {
    if !arn::is_account(&config.account) {
        return Err(StartError::Account(config.account));
    }
    let failed = |source| StartError::Listen {
        address: config.listen,
        source,
    };
    let listener = TcpListener::bind(config.listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let start = Clock::starting_at(config.clock);
    let db = open(config.state, start).await?;
    let rules = Rules {
        store_delay_ms: millis(config.store_delay),
        ingestion_delay_ms: millis(config.ingestion_delay),
        query_delay_ms: millis(config.query_delay),
        closed_to_new_customers: config.closed_to_new_customers,
        sources: config
            .sources
            .unwrap_or_else(|| SOURCES.map(ToOwned::to_owned).to_vec()),
        allow_second_channel_per_source: config.allow_second_channel_per_source,
        owner_needs_external_id: config.owner_needs_external_id,
    };
    let world = Arc::new(World {
        db,
        rules,
        ids: Ids::new(config.seed),
        pace: Pace::new(config.max_tps, config.quotas == Quotas::Documented),
        account: config.account,
        region: config.region,
        start,
        faults: Mutex::new(config.faults),
        requests: Mutex::default(),
    });
    let service = http::router(Arc::clone(&world)).into_make_service_with_connect_info::<Scissors>();
    let (quit, stop) = oneshot::channel::<()>();
    let server = axum::serve(Door(listener), service).with_graceful_shutdown(async move {
        stop.await.ok();
    });
    let server = tokio::spawn(async move { server.await });
    Ok(Handle {
        address,
        quit,
        server,
        world,
    })
}

async fn open(state: State, start: Clock) -> Result<Db, StartError> {
    let path = match state {
        State::Memory => None,
        State::File(path) => Some(path),
    };
    let state = path
        .as_ref()
        .map_or_else(|| ":memory:".to_owned(), |path| path.display().to_string());
    match tokio::task::spawn_blocking(move || Db::open(path.as_deref(), start)).await {
        Ok(Ok(db)) => Ok(db),
        Ok(Err(OpenError::Newer(version))) => Err(StartError::Newer { state, version }),
        Ok(Err(OpenError::Sqlite(error))) => Err(StartError::State {
            state,
            source: Box::new(error),
        }),
        Err(error) => Err(StartError::State {
            state,
            source: Box::new(error),
        }),
    }
}
