//! The thread that writes journals. What waits is written together, and each file is synced once: many
//! requests share a sync, which takes much longer than all the rest.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::disk::Disk;
use crate::error::Error;

/// A file of the writer's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct FileNumber(pub(super) u32);

/// A journal that is written by the thread.
pub(super) struct Written {
    /// The file.
    pub(super) disk: Box<dyn Disk>,
    /// How much of it is good.
    pub(super) length: u64,
    /// Its path.
    pub(super) path: PathBuf,
    /// Why nothing is written to it any more.
    pub(super) failed: Option<Failure>,
}

/// What is done once something is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// It is made sure that it is on disk: somebody relies on it.
    Sync,
    /// The same, but nobody's way is barred until then: it may wait a little for others.
    SyncSoon,
    /// Nothing: it is no harm if it is lost.
    Nothing,
    /// The file is closed.
    Close(FileNumber),
}

/// Something to be written.
pub(super) struct Append {
    /// Frames, and the file that they go to.
    pub(super) parts: Vec<(FileNumber, Vec<u8>)>,
    /// What is done then.
    pub(super) after: After,
    /// Told once all that is done.
    pub(super) done: oneshot::Sender<Result<(), Failure>>,
}

/// What the thread is asked.
pub(super) enum Job {
    /// To take a file over.
    Open(FileNumber, Written),
    /// To write.
    Append(Append),
}

impl Job {
    fn is_after(&self, after: After) -> bool {
        matches!(self, Self::Append(append) if append.after == after)
    }
}

/// A journal could not be written.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    path: Arc<str>,
    reason: Arc<str>,
}

impl Failure {
    pub(super) fn new(path: &Path, reason: &dyn std::error::Error) -> Self {
        Self {
            path: path.to_string_lossy().into(),
            reason: reason.to_string().into(),
        }
    }

    /// That of a file that is not open any more.
    pub(super) fn closed() -> Self {
        Self {
            path: "of an input".into(),
            reason: "it is closed".into(),
        }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self::failed(format!("Could not write the journal {}.", failure.path))
            .because(anyhow::Error::msg(failure.reason.to_string()))
            .hinted("Nothing more was sent. Run it again once that is put right: what was accepted is not sent again.")
    }
}

/// The first failure, for whoever wants to write next.
pub(super) type FirstFailure = Arc<OnceLock<Failure>>;

/// Starts the thread; it ends when the sender is dropped.
pub(super) fn start(first: FirstFailure) -> std::io::Result<(Sender<Job>, std::thread::JoinHandle<()>)> {
    let (sender, jobs) = channel();
    let mut writer = Writer {
        files: BTreeMap::new(),
        first,
    };
    let thread = std::thread::Builder::new()
        .name("journal".to_owned())
        .spawn(move || writer.work(&jobs))?;
    Ok((sender, thread))
}

/// How long that waits which may wait.
const SOON: Duration = Duration::from_millis(10);
/// Syncing costs as much for many frames as for one, so under load frames gather for so long…
const GATHER: Duration = Duration::from_millis(2);
/// …load being that the last sync is no longer ago than this.
const BUSY: Duration = Duration::from_millis(10);

struct Writer {
    files: BTreeMap<FileNumber, Written>,
    first: FirstFailure,
}

impl Writer {
    fn work(&mut self, jobs: &Receiver<Job>) {
        let mut synced = None;
        while let Ok(mut last) = jobs.recv() {
            let mut all = Vec::new();
            let until = Instant::now() + SOON;
            while last.is_after(After::SyncSoon) {
                let Ok(next) = jobs.recv_timeout(until.saturating_duration_since(Instant::now())) else {
                    break;
                };
                all.push(std::mem::replace(&mut last, next));
            }
            if last.is_after(After::Sync) && synced.is_some_and(|at: Instant| at.elapsed() < BUSY) {
                std::thread::sleep(GATHER);
            }
            all.push(last);
            let mut group = Vec::new();
            for job in all.into_iter().chain(jobs.try_iter()) {
                match job {
                    Job::Open(number, file) => {
                        self.files.insert(number, file);
                    }
                    Job::Append(append) => group.push(append),
                }
            }
            self.commit(group);
            synced = Some(Instant::now());
        }
    }

    fn commit(&mut self, group: Vec<Append>) {
        let mut pending: BTreeMap<FileNumber, (Vec<u8>, bool)> = BTreeMap::new();
        for append in &group {
            for (number, part) in &append.parts {
                let (bytes, sync) = pending.entry(*number).or_default();
                bytes.extend_from_slice(part);
                *sync |= matches!(append.after, After::Sync | After::SyncSoon);
            }
        }
        let mut failed = BTreeMap::new();
        for (number, (bytes, sync)) in pending {
            if let Err(failure) = self.write(number, &bytes, sync) {
                failed.insert(number, failure);
            }
        }
        for append in group {
            if let After::Close(number) = append.after {
                self.files.remove(&number);
            }
            let failure = append.parts.iter().find_map(|(number, _)| failed.get(number));
            // Whoever does not wait any more need not be told.
            drop(append.done.send(failure.cloned().map_or(Ok(()), Err)));
        }
    }

    /// Writes to a file, and syncs it if asked to. After a failure nothing is ever written to it again: what is half
    /// written does no harm as long as nothing follows it.
    fn write(&mut self, number: FileNumber, bytes: &[u8], sync: bool) -> Result<(), Failure> {
        let file = self.files.get_mut(&number).ok_or_else(Failure::closed)?;
        if let Some(failure) = &file.failed {
            return Err(failure.clone());
        }
        let written = file.disk.append(bytes);
        match written.and_then(|()| if sync { file.disk.sync() } else { Ok(()) }) {
            Ok(()) => {
                file.length = file
                    .length
                    .saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
                Ok(())
            }
            Err(error) => {
                let failure = Failure::new(&file.path, &error);
                self.first.get_or_init(|| failure.clone());
                file.failed = Some(failure.clone());
                drop(file.disk.cut(file.length));
                Err(failure)
            }
        }
    }
}
