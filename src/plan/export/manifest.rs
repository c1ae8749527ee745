//! What an archive says of itself: `ctl.export-manifest/v1`, one JSON file beside the data.
//!
//! Within the version members are only added, so those that are not known are passed over.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::layout::{Layout, Outcome, Span};
use super::second::Second;

/// The schema of the manifest.
pub const SCHEMA: &str = "ctl.export-manifest/v1";

/// What a reader of the archive has to know, in every manifest.
const NOTES: [&str; 3] = [
    "Each line of a data file is one stored record, ordered by eventTime and eventID.",
    "Values inside userIdentity.details, requestParameters, responseElements and additionalEventData are strings: \
     the service keeps numbers, booleans, objects and arrays there as text.",
    "A member that the service holds nothing for is absent.",
];

/// How data files are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Compression {
    /// Not at all.
    None,
    /// As gzip (RFC 1952), a member for each window.
    Gzip,
    /// As zstd (RFC 8878), a frame for each window.
    Zstd,
}

impl Compression {
    /// What the name of a file asks for.
    pub fn of_name(name: &str) -> Self {
        let suffix = name.rsplit_once('.').map(|(_, suffix)| suffix.to_ascii_lowercase());
        match suffix.as_deref() {
            Some("gz") => Self::Gzip,
            Some("zst") => Self::Zstd,
            Some(_) | None => Self::None,
        }
    }

    /// What such a file's name ends in, after `.ndjson`.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Gzip => ".gz",
            Self::Zstd => ".zst",
        }
    }
}

/// What is in an archive, and how it came there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`SCHEMA`].
    pub schema: String,
    /// Whether a sandbox answered.
    pub sandbox: bool,
    /// The store that is exported.
    pub event_data_store: StoreName,
    /// The first second that is exported.
    pub from: Second,
    /// The first second after those that are.
    pub to: Second,
    /// Whether everything between the two is in the archive.
    pub complete: bool,
    /// How many events are in it.
    pub events: u64,
    /// What its queries scanned, as far as the service said, in bytes.
    pub bytes_scanned: u64,
    /// How data files are compressed.
    pub compression: Compression,
    /// How many events a window is to hold about.
    pub window_events: u64,
    /// How many queries are under way at a time.
    pub concurrency: usize,
    /// What the store calls `eventData.errorMessage`: AWS's table of columns has it misspelt (reference §5.2).
    pub error_message_column: String,
    /// What a reader has to know.
    pub notes: Vec<String>,
    /// The data files, in their order.
    pub files: Vec<DataFile>,
    /// The windows, in their order.
    pub windows: Vec<Window>,
}

/// The store of an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreName {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// How long it keeps events, in days, when it was last looked at.
    pub retention_days: u32,
}

/// A file of events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataFile {
    /// Its name, beside the manifest.
    pub name: String,
    /// How many events are in it.
    pub events: u64,
    /// Its length in bytes.
    pub bytes: u64,
    /// The SHA-256 of these bytes, in hexadecimal.
    pub sha256: String,
}

/// A window that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Its first second.
    pub from: Second,
    /// The first second after it.
    pub to: Second,
    /// How many events are in it.
    pub events: u64,
    /// The data file they are in; none if there are none.
    pub file: Option<String>,
    /// When it was read, by the clock of this machine.
    pub read_at: Second,
    /// The queries that read it, in the order of their events.
    pub queries: Vec<Query>,
}

/// A query that read a window, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Query {
    /// Its ID.
    pub id: String,
    /// How many rows were read.
    pub events: u64,
    /// How many the service said there were; the two are equal, or the window would not be here.
    pub total_results_count: Option<u64>,
    /// What it scanned, in bytes.
    pub bytes_scanned: Option<u64>,
}

/// What an export begins with.
#[derive(Debug, Clone)]
pub struct Beginning {
    /// Whether a sandbox answers.
    pub sandbox: bool,
    /// The store.
    pub store: StoreName,
    /// What is exported.
    pub span: Span,
    /// How data files are compressed.
    pub compression: Compression,
    /// How many events a window is to hold about.
    pub window_events: u64,
    /// How many queries are under way at a time.
    pub concurrency: usize,
}

/// Something that is wrong with an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// A code that does not change.
    pub code: &'static str,
    /// The data file, where it is about one.
    pub file: Option<String>,
    /// What is wrong, as a sentence.
    pub message: String,
}

impl Flaw {
    /// A flaw of the whole.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            file: None,
            message: message.into(),
        }
    }

    /// A flaw of a file.
    pub fn of(file: &str, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            file: Some(file.to_owned()),
            ..Self::new(code, message)
        }
    }
}

impl Manifest {
    /// The manifest of an archive in which nothing is yet.
    pub fn begin(beginning: &Beginning) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            sandbox: beginning.sandbox,
            event_data_store: beginning.store.clone(),
            from: beginning.span.from,
            to: beginning.span.to,
            complete: false,
            events: 0,
            bytes_scanned: 0,
            compression: beginning.compression,
            window_events: beginning.window_events,
            concurrency: beginning.concurrency,
            error_message_column: "errorMessage".to_owned(),
            notes: NOTES.map(str::to_owned).to_vec(),
            files: Vec::new(),
            windows: Vec::new(),
        }
    }

    /// The windows, to go on with them; `None` if the manifest's times make no span.
    pub fn layout(&self) -> Option<Layout> {
        let outcome = |window: &Window| {
            Some(Outcome {
                span: Span::new(window.from, window.to)?,
                events: window.events,
                parts: u64::try_from(window.queries.len()).unwrap_or(u64::MAX),
            })
        };
        let done = self.windows.iter().map(outcome).collect::<Option<_>>()?;
        Some(Layout::new(
            Span::new(self.from, self.to)?,
            self.window_events,
            self.concurrency,
            done,
        ))
    }

    /// Adds a window that was read, and the file that its events are in as it is now.
    pub fn add(&mut self, window: Window, file: Option<DataFile>) {
        self.events = self.events.saturating_add(window.events);
        let scanned = window.queries.iter().filter_map(|query| query.bytes_scanned);
        self.bytes_scanned = scanned.fold(self.bytes_scanned, u64::saturating_add);
        self.complete = window.to >= self.to;
        self.windows.push(window);
        if let Some(file) = file {
            match self.files.last_mut() {
                Some(last) if last.name == file.name => *last = file,
                _ => self.files.push(file),
            }
        }
    }

    /// Up to when the archive is whole: the first second that no window has read.
    pub fn whole_to(&self) -> Second {
        self.windows.last().map_or(self.from, |window| window.to)
    }

    /// How many bytes the data files have in all.
    pub fn bytes(&self) -> u64 {
        self.files.iter().fold(0, |sum, file| sum.saturating_add(file.bytes))
    }

    /// What contradicts itself in the manifest: gaps between windows, and sums that do not agree.
    pub fn flaws(&self) -> Vec<Flaw> {
        let mut flaws = self.gaps();
        let sum = |counts: &mut dyn Iterator<Item = u64>| counts.fold(0_u64, u64::saturating_add);
        let in_windows = sum(&mut self.windows.iter().map(|window| window.events));
        if in_windows != self.events {
            let message = format!(
                "The windows hold {in_windows} events, and the manifest says {}.",
                self.events
            );
            flaws.push(Flaw::new("count", message));
        }
        for window in &self.windows {
            let read = sum(&mut window.queries.iter().map(|query| query.events));
            let miscounted = |query: &Query| query.total_results_count.is_some_and(|total| total != query.events);
            if read != window.events || window.queries.iter().any(miscounted) {
                let message = format!(
                    "The window {} to {} does not hold what its queries counted.",
                    window.from, window.to
                );
                flaws.push(Flaw::new("count", message));
            }
            if window.events > 0 && !self.files.iter().any(|file| Some(&file.name) == window.file.as_ref()) {
                let message = format!(
                    "The file of the window {} to {} is not in the manifest.",
                    window.from, window.to
                );
                flaws.push(Flaw::new("manifest", message));
            }
        }
        let mut by_file: BTreeMap<&str, u64> = BTreeMap::new();
        for window in &self.windows {
            if let Some(file) = &window.file {
                *by_file.entry(file).or_default() += window.events;
            }
        }
        for file in &self.files {
            let wanted = by_file.get(file.name.as_str()).copied().unwrap_or_default();
            if wanted != file.events {
                let message = format!(
                    "Its windows hold {wanted} events, and the manifest says {}.",
                    file.events
                );
                flaws.push(Flaw::of(&file.name, "count", message));
            }
        }
        flaws
    }

    fn gaps(&self) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        let mut at = self.from;
        for window in &self.windows {
            if window.from > at {
                flaws.push(Flaw::new(
                    "gap",
                    format!("Nothing was read from {at} to {}.", window.from),
                ));
            }
            if window.from < at || window.to <= window.from {
                let message = format!("The window {} to {} overlaps another.", window.from, window.to);
                flaws.push(Flaw::new("overlap", message));
            }
            at = window.to;
        }
        if self.complete != (at >= self.to) || at > self.to {
            let message = format!(
                "It says that it is whole up to {}, and its windows end at {at}.",
                self.to
            );
            flaws.push(Flaw::new("gap", message));
        }
        flaws
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn manifest(from: i64, lengths: &[(i64, u64)], rest: i64) -> Manifest {
        let total: i64 = lengths.iter().map(|(length, _)| length).sum();
        let mut manifest = Manifest::begin(&Beginning {
            sandbox: true,
            store: StoreName {
                arn: "arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/x".to_owned(),
                name: "x".to_owned(),
                retention_days: 366,
            },
            span: Span::new(Second(from), Second(from + total + rest)).unwrap(),
            compression: Compression::Zstd,
            window_events: 100,
            concurrency: 2,
        });
        let mut at = from;
        let mut in_file = 0;
        for (length, events) in lengths {
            in_file += events;
            let window = Window {
                from: Second(at),
                to: Second(at + length),
                events: *events,
                file: (*events > 0).then(|| "one".to_owned()),
                read_at: Second(0),
                queries: vec![Query {
                    id: "q".to_owned(),
                    events: *events,
                    total_results_count: Some(*events),
                    bytes_scanned: Some(10),
                }],
            };
            let file = (*events > 0).then(|| DataFile {
                name: "one".to_owned(),
                events: in_file,
                bytes: in_file * 7,
                sha256: String::new(),
            });
            manifest.add(window, file);
            at += length;
        }
        manifest
    }

    proptest! {
        #[test]
        fn a_manifest_is_read_as_it_was_written_and_agrees_with_itself(
            from in 0_i64..2_000_000_000,
            lengths in prop::collection::vec((1_i64..100_000, 0_u64..100), 1..20),
            rest in 0_i64..100,
        ) {
            let manifest = manifest(from, &lengths, rest);
            let text = serde_json::to_string(&manifest).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Manifest>(&text).unwrap(), &manifest);
            prop_assert_eq!(manifest.flaws(), []);
            prop_assert_eq!(manifest.complete, rest == 0);
            prop_assert_eq!(manifest.events, lengths.iter().map(|(_, events)| events).sum::<u64>());
            prop_assert_eq!(manifest.bytes_scanned, 10 * u64::try_from(lengths.len()).unwrap());
            prop_assert_eq!(manifest.layout().unwrap().read_to(), manifest.windows.last().unwrap().to);
        }

        #[test]
        fn a_window_that_is_missing_or_changed_is_found(
            lengths in prop::collection::vec((1_i64..100_000, 1_u64..100), 2..20),
            which: prop::sample::Index,
            how in 0..4,
        ) {
            let mut manifest = manifest(1000, &lengths, 0);
            let at = which.index(lengths.len());
            match how {
                0 => drop(manifest.windows.remove(at)),
                1 => manifest.windows[at].to = manifest.windows[at].to.plus(1),
                2 => manifest.windows[at].events += 1,
                _ => manifest.windows[at].from = manifest.windows[at].from.plus(-1),
            }
            prop_assert_ne!(manifest.flaws(), []);
        }
    }

    #[test]
    fn a_count_that_the_service_contradicts_is_a_flaw() {
        let mut manifest = manifest(0, &[(10, 5)], 0);
        manifest.windows[0].queries[0].total_results_count = Some(6);
        let codes: Vec<_> = manifest.flaws().iter().map(|flaw| flaw.code).collect();
        assert_eq!(codes, ["count"]);
    }

    #[test]
    fn the_compression_is_in_the_name() {
        for (name, compression) in [
            ("a.ndjson", Compression::None),
            ("a.ndjson.gz", Compression::Gzip),
            ("a.NDJSON.ZST", Compression::Zstd),
            ("gz", Compression::None),
        ] {
            assert_eq!(Compression::of_name(name), compression, "{name}");
        }
    }
}
