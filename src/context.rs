//! What a verb may ask for, built when it is asked: the catalogue, the AWS session, the sandbox.

use std::io::Read;
#[cfg(feature = "sandbox")]
use std::path::Path;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock};

use jiff::Timestamp;
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::apply::Interrupt;
use crate::apply::inputs::{self, StandardInput};
#[cfg(feature = "sandbox")]
use crate::apply::private;
use crate::aws::Session;
use crate::aws::session::{SandboxAccess, SessionSettings, check_endpoint};
use crate::error::{Error, Result};
use crate::model::partner::Catalogue;
use crate::process::{Env, Terminal};
use crate::settings::{Settings, env};

/// What of the process is left when the writers have gone to the user interface.
pub struct Surroundings {
    /// The environment.
    pub env: Env,
    /// The working directory.
    pub cwd: PathBuf,
    /// Which streams are terminals.
    pub terminal: Terminal,
    /// Standard input.
    pub stdin: Box<dyn Read + Send>,
    /// The clock.
    pub now: fn() -> Timestamp,
    /// A random number in 0..1.
    pub random: fn() -> f64,
    /// A new UUID.
    pub uuid: fn() -> Uuid,
    /// The wish to stop.
    pub interrupt: Interrupt,
}

/// The capabilities of a run.
pub struct Context {
    /// The settings.
    pub settings: Settings,
    /// The environment.
    pub env: Env,
    /// The working directory.
    pub cwd: PathBuf,
    /// Which streams are terminals.
    pub terminal: Terminal,
    /// The clock.
    pub now: fn() -> Timestamp,
    /// A random number in 0..1.
    pub random: fn() -> f64,
    /// A new UUID.
    pub uuid: fn() -> Uuid,
    /// The wish to stop.
    pub interrupt: Interrupt,
    stdin: Mutex<Option<Box<dyn Read + Send>>>,
    catalogue: OnceLock<(Catalogue, Option<String>)>,
    session: OnceCell<Session>,
    #[cfg(feature = "sandbox")]
    played: Option<SandboxAccess>,
    #[cfg(feature = "sandbox")]
    sandbox: OnceCell<crate::sandbox::Handle>,
}

impl Context {
    /// The capabilities of a run with these settings.
    pub fn new(settings: Settings, surroundings: Surroundings) -> Self {
        let Surroundings {
            env,
            cwd,
            terminal,
            stdin,
            now,
            random,
            uuid,
            interrupt,
        } = surroundings;
        Self {
            settings,
            env,
            cwd,
            terminal,
            now,
            random,
            uuid,
            interrupt,
            stdin: Mutex::new(Some(stdin)),
            catalogue: OnceLock::new(),
            session: OnceCell::new(),
            #[cfg(feature = "sandbox")]
            played: None,
            #[cfg(feature = "sandbox")]
            sandbox: OnceCell::new(),
        }
    }

    /// The capabilities of a run against a sandbox that is there already.
    #[cfg(feature = "sandbox")]
    pub fn with_sandbox(settings: Settings, surroundings: Surroundings, access: SandboxAccess) -> Self {
        Self {
            played: Some(access),
            ..Self::new(settings, surroundings)
        }
    }

    /// Standard input, for the first who asks; it can be read once.
    pub fn take_stdin(&self) -> Option<Box<dyn Read + Send>> {
        self.stdin.lock().ok().and_then(|mut stdin| stdin.take())
    }

    /// The inputs that are meant by words of the command line; without a word, standard input.
    pub fn inputs(&self, words: &[PathBuf]) -> Result<inputs::Meant> {
        let stdin = StandardInput {
            is_terminal: self.terminal.stdin,
            take: &|| self.take_stdin(),
        };
        inputs::find(words, &self.cwd, &stdin)
    }

    /// The time.
    pub fn time(&self) -> Timestamp {
        (self.now)()
    }

    /// The partners: the built-in catalogue, and over it `--partners FILE` or else a file in the
    /// user's own configuration directory. A file of the working directory is never taken.
    pub fn catalogue(&self) -> Result<&Catalogue> {
        Ok(&self.partners()?.0)
    }

    /// The file that was laid over the built-in catalogue, if one was.
    pub fn partners_file(&self) -> Result<Option<&str>> {
        Ok(self.partners()?.1.as_deref())
    }

    fn partners(&self) -> Result<&(Catalogue, Option<String>)> {
        if let Some(partners) = self.catalogue.get() {
            return Ok(partners);
        }
        let loaded = self.load_partners()?;
        Ok(self.catalogue.get_or_init(|| loaded))
    }

    fn load_partners(&self) -> Result<(Catalogue, Option<String>)> {
        let own = self
            .config_dir()
            .map(|dir| dir.join("partners.json"))
            .filter(|file| file.is_file());
        let Some(file) = self.settings.partners.clone().map(|file| self.cwd.join(file)).or(own) else {
            return Ok((Catalogue::builtin(), None));
        };
        let name = file.display().to_string();
        let text = std::fs::read_to_string(&file)
            .map_err(|error| Error::usage(format!("Could not read the partners file {name}.")).because(error))?;
        let catalogue = Catalogue::builtin()
            .with_file(&text, &name)
            .map_err(|error| Error::usage(format!("The partners file {name} is not valid.")).because(error))?;
        Ok((catalogue, Some(name)))
    }

    /// The session of this run's Region. `--expect-account` is checked before anything else is done.
    pub async fn aws(&self) -> Result<&Session> {
        self.session
            .get_or_try_init(|| async {
                let session = Session::open(&self.session_settings().await?).await?;
                if let Some(expected) = &self.settings.expect_account {
                    session.expect_account(expected).await?;
                }
                Ok(session)
            })
            .await
    }

    /// The session of the Region that an ARN names; this run's own where none does. An ARN makes a
    /// Region setting unnecessary.
    pub async fn aws_in(&self, region: Option<&str>) -> Result<Session> {
        match region {
            None => Ok(self.aws().await?.clone()),
            Some(region) if self.session.initialized() => Ok(self.aws().await?.in_region(region)),
            Some(region) => {
                let session = self.unchecked(Some(region)).await?;
                if let Some(expected) = &self.settings.expect_account {
                    session.expect_account(expected).await?;
                }
                Ok(session)
            }
        }
    }

    /// The session of a Region, for a verb that looks at `--expect-account` itself.
    pub async fn unchecked(&self, region: Option<&str>) -> Result<Session> {
        let mut settings = self.session_settings().await?;
        settings.region = region.map(str::to_owned).or(settings.region);
        Session::open(&settings).await
    }

    async fn session_settings(&self) -> Result<SessionSettings> {
        let settings = &self.settings;
        let ignored = self
            .env
            .get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
            .is_some_and(|v| v.eq_ignore_ascii_case("true"));
        let variables = env::ENDPOINTS
            .iter()
            .filter_map(|name| self.env.get(name))
            .filter(|_| !ignored);
        if let Some(url) = &settings.endpoint_url {
            check_endpoint(url, settings.allow_http)?;
        } else if !settings.sandbox {
            variables
                .into_iter()
                .try_for_each(|url| check_endpoint(url, settings.allow_http))?;
        }
        if settings.sandbox && settings.endpoint_url.is_some() {
            return Err(Error::usage("--sandbox and --endpoint-url exclude each other."));
        }
        Ok(SessionSettings {
            region: settings.region.clone(),
            profile: settings.profile.clone(),
            profile_chosen: settings.profile_chosen,
            endpoint_url: settings.endpoint_url.clone(),
            sandbox: if settings.sandbox {
                Some(self.sandbox_access().await?)
            } else {
                None
            },
            sandbox_endpoint: self.env.get(env::CTL_SANDBOX_ENDPOINT).map(str::to_owned),
            allow_http: settings.allow_http,
            adaptive: settings.retry.adaptive,
            attempts: settings.retry.attempts,
            quotas_everywhere: settings.quotas_everywhere,
        })
    }

    #[cfg(feature = "sandbox")]
    async fn sandbox_access(&self) -> Result<SandboxAccess> {
        use crate::sandbox::{Config, State, start};

        if let Some(access) = &self.played {
            return Ok(access.clone());
        }

        let config = Config::default();
        let account = config.account.clone();
        let state = self.sandbox_state()?;
        let handle = self
            .sandbox
            .get_or_try_init(|| async {
                prepare_state(&state)?;
                start(Config {
                    state: State::File(state.clone()),
                    ..config
                })
                .await
                .map_err(sandbox_failed)
            })
            .await?;
        // The caller's account is the access key ID, when that is twelve digits: a partner can be played.
        let played = self
            .env
            .get("AWS_ACCESS_KEY_ID")
            .filter(|id| id.len() == 12 && id.bytes().all(|b| b.is_ascii_digit()));
        Ok(SandboxAccess {
            endpoint: handle.endpoint(),
            account: played.map_or(account, str::to_owned),
            state: std::fs::canonicalize(&state).unwrap_or(state).display().to_string(),
        })
    }

    #[cfg(not(feature = "sandbox"))]
    #[expect(clippy::unused_async, reason = "the signature is that of the build with a sandbox")]
    async fn sandbox_access(&self) -> Result<SandboxAccess> {
        Err(Error::usage("This ctl was built without the sandbox."))
    }

    /// The file in which the sandbox keeps its state.
    pub fn sandbox_state(&self) -> Result<PathBuf> {
        match &self.settings.sandbox_state {
            Some(file) => Ok(self.cwd.join(file)),
            None => Ok(self.state_dir()?.join("sandbox.sqlite")),
        }
    }

    /// Where `ctl` keeps what it must remember.
    pub fn state_dir(&self) -> Result<PathBuf> {
        let xdg = self
            .env
            .get(env::XDG_STATE_HOME)
            .map(PathBuf::from)
            .filter(|dir| dir.is_absolute());
        let dir = xdg.or_else(|| self.home().map(|home| home.join(".local/state")));
        dir.map(|dir| dir.join("ctl"))
            .ok_or_else(|| Error::usage("Neither XDG_STATE_HOME nor HOME is set, so there is no place to keep state."))
    }

    fn config_dir(&self) -> Option<PathBuf> {
        let xdg = self
            .env
            .get("XDG_CONFIG_HOME")
            .map(PathBuf::from)
            .filter(|dir| dir.is_absolute());
        xdg.or_else(|| self.home().map(|home| home.join(".config")))
            .map(|dir| dir.join("ctl"))
    }

    fn home(&self) -> Option<PathBuf> {
        self.env
            .get("HOME")
            .or_else(|| self.env.get("USERPROFILE"))
            .map(PathBuf::from)
    }
}

/// A sandbox that did not start.
#[cfg(feature = "sandbox")]
pub fn sandbox_failed(error: crate::sandbox::StartError) -> Error {
    Error::failed("Could not start the sandbox.").because(error)
}

/// Makes the file of a state, and its directory, for its owner alone: policies in it hold external IDs.
#[cfg(feature = "sandbox")]
pub fn prepare_state(file: &Path) -> Result<()> {
    let failed = |what: &Path| {
        let message = format!("Could not make {}.", what.display());
        move |error: std::io::Error| Error::failed(message).because(error)
    };
    if let Some(parent) = file.parent().filter(|dir| !dir.as_os_str().is_empty() && !dir.exists()) {
        private::make_directory(parent).map_err(failed(parent))?;
    }
    match private::options().write(true).create_new(true).open(file) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(failed(file)(error)),
        Ok(_) | Err(_) => Ok(()),
    }
}
