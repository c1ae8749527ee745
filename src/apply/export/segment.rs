//! What a window is written into before it becomes part of the archive.

use std::fs::File;
use std::io::{BufWriter, Result as IoResult, Seek as _, SeekFrom, Write as _};

use flate2::write::GzEncoder;

use super::archive::{PIECE, Place, unwritten};
use crate::error::Result;
use crate::plan::export::Compression;

/// Makes segments.
#[derive(Debug, Clone)]
pub struct Segments {
    place: Place,
    compression: Compression,
}

/// The events of one window, in a file that has no name: whatever ends the run, nothing of it is left.
pub struct Segment {
    place: Place,
    compression: Compression,
    /// There is one from the first event on: a window without any leaves no trace in the data.
    encoder: Option<Encoder>,
    events: u64,
}

impl Segments {
    /// What makes the segments of an archive.
    pub(super) fn new(place: Place, compression: Compression) -> Self {
        Self { place, compression }
    }

    /// A segment in which nothing is.
    pub fn begin(&self) -> Segment {
        Segment {
            place: self.place.clone(),
            compression: self.compression,
            encoder: None,
            events: 0,
        }
    }
}

impl Segment {
    /// How many events were written.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// Adds lines, each an event.
    pub fn add(&mut self, lines: &str, events: u64) -> Result<()> {
        let written = self.write(lines.as_bytes());
        written.map_err(|error| unwritten(&self.place, error))?;
        self.events = self.events.saturating_add(events);
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> IoResult<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        let encoder = match self.encoder.take() {
            Some(encoder) => encoder,
            None => Encoder::new(self.compression, tempfile::tempfile_in(&self.place.directory)?)?,
        };
        self.encoder.insert(encoder).write_all(bytes)
    }

    /// The file, at its beginning; none if there are no events.
    pub(super) fn finish(self) -> IoResult<Option<File>> {
        let Some(encoder) = self.encoder else {
            return Ok(None);
        };
        let mut file = encoder.finish()?;
        file.seek(SeekFrom::Start(0))?;
        Ok(Some(file))
    }
}

enum Encoder {
    Plain(BufWriter<File>),
    Gzip(GzEncoder<BufWriter<File>>),
    Zstd(zstd::Encoder<'static, BufWriter<File>>),
}

impl Encoder {
    fn new(compression: Compression, file: File) -> IoResult<Self> {
        let buffered = BufWriter::with_capacity(PIECE, file);
        Ok(match compression {
            Compression::None => Self::Plain(buffered),
            Compression::Gzip => Self::Gzip(GzEncoder::new(buffered, flate2::Compression::default())),
            Compression::Zstd => {
                let mut encoder = zstd::Encoder::new(buffered, zstd::DEFAULT_COMPRESSION_LEVEL)?;
                encoder.include_checksum(true)?;
                Self::Zstd(encoder)
            }
        })
    }

    fn write_all(&mut self, bytes: &[u8]) -> IoResult<()> {
        match self {
            Self::Plain(encoder) => encoder.write_all(bytes),
            Self::Gzip(encoder) => encoder.write_all(bytes),
            Self::Zstd(encoder) => encoder.write_all(bytes),
        }
    }

    fn finish(self) -> IoResult<File> {
        let buffered = match self {
            Self::Plain(encoder) => encoder,
            Self::Gzip(encoder) => encoder.finish()?,
            Self::Zstd(encoder) => encoder.finish()?,
        };
        buffered.into_inner().map_err(std::io::IntoInnerError::into_error)
    }
}
