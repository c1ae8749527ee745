//! Taking gzip and zstd off an input, told by its first bytes and not by its name.
//!
//! Both are read as a stream: what is held is a window and a buffer, however much comes out of them. One
//! layer is taken off; what is compressed twice comes out compressed, and is refused as such.

use std::io::{BufRead, BufReader, Cursor, ErrorKind, Read};

use flate2::bufread::MultiGzDecoder;

use crate::plan::ingest::Compression;

/// How much compressed data is read at a time.
const BUFFER: usize = 64 * 1024;
/// The largest zstd window that is held, as a power of two: 128 MiB, which is what `zstd -d` takes without
/// being told more. Ordinary levels need 8 MiB at most.
const MAX_WINDOW_LOG: u32 = 27;
/// How many bytes tell what an input is.
const MAGIC: u64 = 4;

/// An input without its compression.
pub struct Plain {
    read: Box<dyn Read + Send>,
    compression: Option<Compression>,
}

impl Plain {
    /// Looks at the beginning of an input, and takes its compression off.
    pub fn open(mut raw: Box<dyn Read + Send>) -> std::io::Result<Self> {
        let mut head = Vec::new();
        raw.by_ref().take(MAGIC).read_to_end(&mut head)?;
        let compression = of(&head);
        let whole = Cursor::new(head).chain(raw);
        let read: Box<dyn Read + Send> = match compression {
            None => Box::new(whole),
            Some(Compression::Gzip) => Box::new(MultiGzDecoder::new(buffered(whole))),
            Some(Compression::Zstd) => {
                let mut decoder = zstd::Decoder::with_buffer(buffered(whole))?;
                decoder.window_log_max(MAX_WINDOW_LOG)?;
                Box::new(decoder)
            }
        };
        Ok(Self { read, compression })
    }

    /// What was taken off.
    pub fn compression(&self) -> Option<Compression> {
        self.compression
    }

    /// Why it could not be read on: a fault of the disk is told as it is, a fault of what was compressed in words.
    pub fn flaw(&self, error: std::io::Error) -> anyhow::Error {
        let Some(compression) = self.compression.filter(|_| error.raw_os_error().is_none()) else {
            return error.into();
        };
        let of = compression.as_str();
        if error.kind() == ErrorKind::UnexpectedEof {
            let or = match compression {
                // A few bytes look like the beginning of another member.
                Compression::Gzip => ", or a few bytes that are no gzip follow it",
                Compression::Zstd => "",
            };
            return anyhow::anyhow!("its {of} data is cut off{or}");
        }
        if compression == Compression::Zstd && error.to_string().contains("too much memory") {
            return anyhow::anyhow!(
                "its zstd window is larger than 128 MiB; decompress it with `zstd -dc --long=31` and pipe it in"
            );
        }
        anyhow::anyhow!("its {of} data is damaged, or something else follows it ({error})")
    }
}

impl Read for Plain {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.read.read(buffer)
    }
}

fn buffered(read: impl Read + Send + 'static) -> impl BufRead + Send {
    BufReader::with_capacity(BUFFER, read)
}

/// The compression that begins like this: RFC 1952 §2.3.1, RFC 8878 §3.1.1 and, for the frames to be
/// skipped that parallel compressors put first, §3.1.2.
fn of(head: &[u8]) -> Option<Compression> {
    match head {
        [0x1F, 0x8B, ..] => Some(Compression::Gzip),
        [0x28, 0xB5, 0x2F, 0xFD] | [0x50..=0x5F, 0x2A, 0x4D, 0x18] => Some(Compression::Zstd),
        _ => None,
    }
}
