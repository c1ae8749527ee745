//! Files and directories that are their owner's alone: events and external IDs are in them.

use std::fs::{DirBuilder, OpenOptions};
use std::io::Result;
use std::path::Path;

/// Makes a directory of mode 0700, and those above it that are missing; one that is there stays as it is.
pub fn make_directory(path: &Path) -> Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Options of a file that is its owner's, is made where it is missing, and only grows.
pub fn growing() -> OpenOptions {
    let mut options = options();
    options.read(true).append(true).create(true);
    options
}

/// Options that give a file mode 0600 where they create one; the rest is for the caller to say.
pub fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
