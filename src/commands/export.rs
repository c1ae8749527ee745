//! `ctl export`.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};

use super::stores::several_stores;
use super::target::{self, Among, TargetArgs};
use super::times::{self, duration};
use crate::apply::export::archive::{Archive, Place};
use crate::apply::export::{self, Headway, Job, Witness, verify};
use crate::apply::observe;
use crate::aws::Session;
use crate::context::Context;
use crate::error::{Error, Exit, Kind, Result};
use crate::model::{Category, Store, StoreSelector, StoreStatus};
use crate::plan::export::manifest::{Beginning, StoreName};
use crate::plan::export::{
    CONCURRENCY, Compression, MARGIN, MOST_CONCURRENT, Manifest, Part, Second, Span, WINDOW_EVENTS, oldest, select,
};
use crate::plan::query::record::Spelling;
use crate::plan::query::{Patience, Table};
use crate::plan::resolve::Named;
use crate::report::export::{Added, Exported, Plan, Verified, headway};
use crate::ui::Ui;
use crate::ui::progress::Progress;

/// Take all events out of an event data store, into an archive
///
/// Reads the store in windows of time, as wide as the quotas of the service make sensible, and writes each event
/// as a line of JSON: the record as CloudTrail stores it. An archive is a file, compressed as its name says (.gz,
/// .zst), or a directory of files; beside it stands a manifest with every window, its count and the SHA-256 of
/// every file. Whatever ends a run, the same command goes on where the archive ends; run again later, it adds what
/// is newer.
///
/// Values inside userIdentity.details, requestParameters, responseElements and additionalEventData come back as
/// strings, which is how CloudTrail Lake keeps them. ctl send takes the archive, to move it to another store.
///
/// Example: ctl export nordcloud --into archive/
#[derive(Debug, Args)]
pub struct ExportArgs {
    #[command(flatten)]
    target: TargetArgs,
    /// The store, by name, ARN or ID; that of the integration if left out
    #[arg(long, value_name = "NAME|ARN|ID", conflicts_with = "integration")]
    event_data_store: Option<StoreSelector>,
    /// The file, or the directory (with a slash if it does not exist yet), that becomes the archive
    #[arg(long, value_name = "FILE|DIR", required_unless_present = "verify")]
    into: Option<PathBuf>,
    /// Check an archive, with nothing but its files, and export nothing
    #[arg(long, value_name = "FILE|DIR", conflicts_with_all = ["integration", "event_data_store", "into", "from", "since", "to", "compression", "dry_run"])]
    verify: Option<PathBuf>,
    /// Begin so long ago, for instance 30d; what the store may still hold if left out
    #[arg(long, value_name = "DURATION", value_parser = duration, conflicts_with = "from")]
    since: Option<Duration>,
    /// Begin with events of this time, 2026-11-20 or 2026-11-20T12:00:00Z
    #[arg(long, value_name = "TIME", value_parser = second)]
    from: Option<Second>,
    /// End before events of this time; a quarter of an hour ago if left out, for those still on their way
    #[arg(long, value_name = "TIME", value_parser = second)]
    to: Option<Second>,
    /// How the files of a directory are compressed; zstd if left out
    #[arg(long, value_enum, value_name = "HOW")]
    compression: Option<Compressed>,
    /// Windows that are read at a time, of the 10 queries that the service runs
    #[arg(long, value_name = "N", default_value_t = CONCURRENCY, value_parser = some_windows)]
    concurrency: usize,
    /// About how many events a window is to hold
    #[arg(long, value_name = "N", default_value_t = WINDOW_EVENTS, value_parser = clap::value_parser!(u64).range(1..))]
    window_events: u64,
    /// Show what would be exported, and the first query; query and write nothing
    #[arg(long)]
    dry_run: bool,
}

/// How files are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Compressed {
    /// Not at all
    None,
    /// As gzip
    Gzip,
    /// As zstd
    Zstd,
}

impl From<Compressed> for Compression {
    fn from(compressed: Compressed) -> Self {
        match compressed {
            Compressed::None => Self::None,
            Compressed::Gzip => Self::Gzip,
            Compressed::Zstd => Self::Zstd,
        }
    }
}

/// Reads a time; a part of a second is cut.
fn second(text: &str) -> Result<Second, String> {
    times::time(text).map(Second::of)
}

/// Reads how many windows are to be read at a time.
fn some_windows(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count) if (1..=MOST_CONCURRENT).contains(&count) => Ok(count),
        Ok(_) | Err(_) => Err(format!("1 to {MOST_CONCURRENT} are possible")),
    }
}

/// Runs the verb.
pub async fn run(args: &ExportArgs, cx: &Context, ui: &mut Ui) -> Result<Exit> {
    let begun = Instant::now();
    if let Some(archive) = &args.verify {
        return check(&Place::of(archive, &cx.cwd), ui);
    }
    let Some(into) = &args.into else {
        return Err(Error::usage(
            "--into is missing: it names the file or the directory of the archive.",
        ));
    };
    let place = Place::of(into, &cx.cwd);
    let (aws, store) = args.store(cx).await?;
    let beginning = args.beginning(&place, &store, &aws, cx)?;
    let wanted = Wanted {
        args,
        place: &place,
        beginning: &beginning,
        now: Second::of(cx.time()),
    };
    if args.dry_run {
        return wanted.show(&aws, &store, begun, ui);
    }
    let mut warnings = Vec::new();
    let mut archive = Archive::open(place.clone(), &beginning, |manifest| {
        warnings = wanted.go_on(manifest)?;
        Ok(())
    })?;
    for warning in &warnings {
        ui.warn(warning);
    }
    let job = Job {
        aws: &aws,
        store: &store.arn,
        patience: Patience::default(),
        interrupt: &cx.interrupt,
        clock: cx.now,
        random: cx.random,
    };
    let mut teller = Teller::new(ui, begun, &archive);
    let exported = export::export(job, &mut archive, &mut teller).await;
    let Teller { ui, progress, .. } = teller;
    progress.clear();
    finish(args, &archive, exported, begun, ui)
}

/// Says what became of it.
fn finish(
    args: &ExportArgs,
    archive: &Archive,
    exported: export::Exported,
    begun: Instant,
    ui: &mut Ui,
) -> Result<Exit> {
    let (manifest, place) = (archive.on_disk(), archive.place());
    let said = ui.say(&Exported {
        sandbox: manifest.sandbox,
        manifest,
        archive: place.name(),
        manifest_file: &place.manifest_shown(),
        added: Added {
            windows: exported.windows,
            events: exported.events,
            queries: exported.queries,
            bytes_scanned: exported.bytes_scanned,
        },
        plan: None,
        took: begun.elapsed(),
    });
    if exported.failure.is_none() && args.to.is_none() {
        let end = manifest.to;
        ui.hint(&format!(
            "Events from {end} on may still be on their way; the same command, later, adds them."
        ));
    }
    ui.told(said, exported.failure.map(sequel))?;
    Ok(Exit::Done)
}

/// A failure with the way on.
fn sequel(error: Error) -> Error {
    error.hinted("What is in the archive is whole: run the same command again, and it goes on from there.")
}

/// Checks an archive.
fn check(place: &Place, ui: &mut Ui) -> Result<Exit> {
    let verified = verify::verify(place)?;
    ui.say(&Verified {
        archive: place.name(),
        manifest: &verified.manifest,
        events: verified.events,
        flaws: &verified.flaws,
    })?;
    if !verified.manifest.complete {
        ui.warn(&format!(
            "The archive is not complete: it is to end at {}.",
            verified.manifest.to
        ));
    }
    Ok(if verified.flaws.is_empty() {
        Exit::Done
    } else {
        Exit::Violations
    })
}

impl ExportArgs {
    /// The store that is meant.
    async fn store(&self, cx: &Context) -> Result<(Session, Store)> {
        let (aws, store) = match &self.event_data_store {
            Some(selector) => {
                let region = match selector {
                    StoreSelector::Arn(arn) => Some(arn.region()),
                    StoreSelector::Name(_) | StoreSelector::Id(_) => None,
                };
                let aws = cx.aws_in(region).await?;
                let (_, found) = observe::stores(&aws, &[], std::slice::from_ref(selector)).await?;
                let absent = || {
                    Error::not_found(format!("There is no event data store {selector} in {}.", aws.region()))
                        .hinted("ctl status shows the stores of each integration.")
                };
                let store = found.into_iter().next().ok_or_else(absent)?;
                (aws, store)
            }
            None => self.store_of_integration(cx).await?,
        };
        let name = &store.name;
        match &store.status {
            StoreStatus::PendingDeletion => Err(Error::state(format!(
                "The event data store {name} is pending deletion, and cannot be queried."
            ))
            .hinted("ctl enable --restore brings it back, within seven days of its deletion.")),
            StoreStatus::Created => Err(Error::state(format!("The event data store {name} is not ready yet."))
                .hinted("Run it again in a minute.")),
            StoreStatus::Enabled | StoreStatus::Other(_) if store.category != Category::ActivityAuditLog => {
                Err(Error::state(format!(
                    "The event data store {name} does not hold events of integrations."
                ))
                .hinted("ctl status shows the stores of each integration."))
            }
            StoreStatus::Enabled | StoreStatus::Other(_) => Ok((aws, store)),
        }
    }

    async fn store_of_integration(&self, cx: &Context) -> Result<(Session, Store)> {
        let named: Named = self.target.named()?;
        let aws = cx.aws_in(target::region(&named)).await?;
        let found = target::look_up(&aws, &named, Among::Needed, cx).await?;
        let Some(channel) = found.channel else {
            return Err(self
                .target
                .absent(&found.place)
                .hinted("A store whose channel is gone is named with --event-data-store NAME."));
        };
        let (_, mut stores) = observe::stores(&aws, &channel.destinations, &[]).await?;
        match (stores.pop(), stores.is_empty()) {
            (Some(store), true) => Ok((aws, store)),
            (Some(other), false) => {
                stores.push(other);
                let list: Vec<&str> = stores.iter().map(|store| store.name.as_str()).collect();
                Err(several_stores(&channel, &list).hinted("Name one with --event-data-store instead."))
            }
            (None, _) => Err(Error::state(format!(
                "The integration {} has no event data store that exists.",
                channel.name
            ))),
        }
    }

    /// What a new archive begins with.
    fn beginning(&self, place: &Place, store: &Store, aws: &Session, cx: &Context) -> Result<Beginning> {
        let now = Second::of(cx.time());
        if self.compression.is_some() && !place.is_directory() {
            return Err(
                Error::usage("--compression is for a directory: a file is compressed as its name says.")
                    .hinted("End the name in .ndjson, .ndjson.gz or .ndjson.zst."),
            );
        }
        if self.to.is_some_and(|to| to > now) {
            return Err(Error::usage(
                "--to lies in the future: what will come cannot be exported yet.",
            ));
        }
        let since = self
            .since
            .map(|since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX));
        let from = self.from.or(since.map(|since| now.plus(since.saturating_neg())));
        let from = from.unwrap_or_else(|| oldest(now, store.retention_days));
        let to = self.to.unwrap_or_else(|| now.plus(-MARGIN));
        let span = Span::new(from, to).ok_or_else(|| {
            Error::usage(format!(
                "From {from} to {to} there is no time in which events could be."
            ))
        })?;
        Ok(Beginning {
            sandbox: aws.is_sandbox(),
            store: StoreName {
                arn: store.arn.to_string(),
                name: store.name.clone(),
                retention_days: store.retention_days,
            },
            span,
            compression: place
                .compression()
                .unwrap_or_else(|| self.compression.map_or(Compression::Zstd, Compression::from)),
            window_events: self.window_events,
            concurrency: self.concurrency,
        })
    }
}

/// What is wanted, to be held against an archive that is there.
struct Wanted<'a> {
    args: &'a ExportArgs,
    place: &'a Place,
    beginning: &'a Beginning,
    now: Second,
}

impl Wanted<'_> {
    /// Decides whether to go on with an archive that is there, and from where to where; answers warnings.
    fn go_on(&self, manifest: &mut Manifest) -> Result<Vec<String>> {
        let Self {
            args,
            beginning,
            place,
            now,
        } = self;
        let elsewhere = "Export into another place, or leave the option out.";
        let store = &beginning.store;
        if manifest.event_data_store.arn != store.arn {
            return Err(Error::state(format!(
                "The archive {} holds the events of {}, not of {}.",
                place.name(),
                manifest.event_data_store.arn,
                store.arn
            ))
            .hinted("Export into another place: an archive holds one store."));
        }
        is_trusted(manifest, place, *now)?;
        if let Some(from) = args.from.filter(|from| *from != manifest.from) {
            let message = format!(
                "The archive {} begins at {}, not at {from}.",
                place.name(),
                manifest.from
            );
            return Err(Error::usage(message).hinted(elsewhere));
        }
        if let Some(how) = args
            .compression
            .filter(|how| Compression::from(*how) != manifest.compression)
        {
            let how = how.to_possible_value().map(|value| value.get_name().to_owned());
            let message = format!(
                "The files of the archive {} are not compressed with {}.",
                place.name(),
                how.unwrap_or_default()
            );
            return Err(Error::usage(message).hinted(elsewhere));
        }
        if manifest.complete {
            if beginning.span.to > manifest.to {
                manifest.to = beginning.span.to;
                manifest.complete = false;
            }
        } else if let Some(to) = args.to.filter(|to| *to != manifest.to) {
            let message = format!(
                "The archive {} is not complete, and is to end at {}, not at {to}.",
                place.name(),
                manifest.to
            );
            return Err(Error::usage(message).hinted("Leave --to out to go on with it; then give it another end."));
        }
        Ok(shortened(manifest, store, *now).into_iter().collect())
    }

    /// Shows what would be done.
    fn show(&self, aws: &Session, store: &Store, begun: Instant, ui: &mut Ui) -> Result<Exit> {
        let manifest = match self.place.read_manifest()? {
            Some(mut manifest) => {
                let warnings = self.go_on(&mut manifest)?;
                for warning in &warnings {
                    ui.warn(warning);
                }
                manifest
            }
            None => Manifest::begin(self.beginning),
        };
        let unsound = || {
            Error::new(
                Kind::Violations,
                "The times in the manifest of the archive make no span.",
            )
        };
        let window = manifest.layout().ok_or_else(unsound)?.cut();
        let table = Table::of(&store.arn)
            .map_err(|error| Error::state("The event data store cannot be queried.").because(error))?;
        let spelling = Spelling::of_column(&manifest.error_message_column);
        let statement = window.map(|window| select(&table, &Part::whole(window), spelling).statement());
        let statement = statement
            .transpose()
            .map_err(|error| Error::new(Kind::Bug, "The statement of an export is none.").because(error))?;
        ui.say(&Exported {
            sandbox: aws.is_sandbox(),
            manifest: &manifest,
            archive: self.place.name(),
            manifest_file: &self.place.manifest_shown(),
            added: Added::default(),
            plan: Some(Plan {
                window,
                statement: statement.as_ref().map_or("", |statement| statement.as_str()),
            }),
            took: begun.elapsed(),
        })?;
        Ok(Exit::Done)
    }
}

/// Refuses a manifest that contradicts itself, or that spans what has not happened yet.
fn is_trusted(manifest: &Manifest, place: &Place, now: Second) -> Result<()> {
    if let Some(flaw) = manifest.flaws().first() {
        let message = format!("The manifest of {} contradicts itself. {}", place.name(), flaw.message);
        return Err(Error::new(Kind::Violations, message).hinted(format!(
            "ctl export --verify {} says what is wrong; export into another place.",
            place.name()
        )));
    }
    if manifest.to > now {
        let message = format!(
            "The end of the archive {}, {}, lies in the future: what will come cannot be exported yet.",
            place.name(),
            manifest.to
        );
        return Err(Error::usage(message).hinted("Check the clock of this machine, or export into another place."));
    }
    Ok(())
}

/// Notes the store's retention, and warns where a shorter one took away what was not exported yet.
fn shortened(manifest: &mut Manifest, store: &StoreName, now: Second) -> Option<String> {
    let before = manifest.event_data_store.retention_days;
    manifest.event_data_store.clone_from(store);
    let next = manifest.whole_to();
    let kept_from = now.plus(-i64::from(store.retention_days) * 86_400);
    (store.retention_days < before && next < kept_from && next < manifest.to).then(|| {
        format!(
            "The retention of {} was shortened from {before} to {} days since the export began: events from {next} to \
             {kept_from}, which were not exported yet, are gone.",
            store.name, store.retention_days
        )
    })
}

/// How often it is said how far the export is.
const DRAWN: Duration = Duration::from_millis(200);

/// Tells how far the export is.
struct Teller<'a> {
    ui: &'a mut Ui,
    progress: Progress,
    begun: Instant,
    drawn: Instant,
    whole_to: Second,
}

impl<'a> Teller<'a> {
    fn new(ui: &'a mut Ui, begun: Instant, archive: &Archive) -> Self {
        let manifest = archive.manifest();
        Self {
            progress: ui.progress(),
            ui,
            begun,
            drawn: begun,
            whole_to: manifest.whole_to(),
        }
    }
}

impl Witness for Teller<'_> {
    fn headway(&mut self, at: &Headway) {
        if self.drawn.elapsed() < DRAWN {
            return;
        }
        self.drawn = Instant::now();
        let range = (self.whole_to, at.span.to);
        self.progress
            .draw(headway(at.events, at.whole_to, range, self.begun.elapsed()));
    }

    fn notice(&mut self, sentence: &str) {
        let Self { ui, progress, .. } = self;
        progress.aside(|| ui.status(sentence));
    }
}
