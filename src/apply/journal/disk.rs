//! What a journal's file can do, so that a disk that is full can be played.

use std::fs::File;
use std::io::{Result, Write as _};

/// A file that is written at its end.
pub(super) trait Disk: Send {
    /// Writes at the end.
    fn append(&mut self, bytes: &[u8]) -> Result<()>;
    /// Returns once what was written is on disk.
    fn sync(&mut self) -> Result<()>;
    /// Takes away what is beyond so many bytes.
    fn cut(&mut self, length: u64) -> Result<()>;
}

/// Makes a disk of a file.
pub(super) type MakeDisk = fn(File) -> Box<dyn Disk>;

impl Disk for File {
    fn append(&mut self, bytes: &[u8]) -> Result<()> {
        self.write_all(bytes)
    }

    fn sync(&mut self) -> Result<()> {
        self.sync_data()
    }

    fn cut(&mut self, length: u64) -> Result<()> {
        self.set_len(length)
    }
}
