//! What `sandbox reset` says. A person is told on stderr what was done, so only what a dry run would do
//! is text.

use serde::Serialize;
use serde_json::Value;

use super::{Block, Reader, Report, v1};

/// What became of the state of the embedded CloudTrail Lake.
pub struct Reset {
    /// The file that holds it.
    pub file: String,
    /// Whether it was only to be told what would be done.
    pub dry_run: bool,
    /// Whether there was a state to empty.
    pub changed: bool,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    sandbox: bool,
    dry_run: bool,
    changed: bool,
    state_file: &'a str,
}

impl Report for Reset {
    fn json(&self) -> Value {
        v1::json(&Document {
            schema: "ctl.sandbox-reset/v1",
            sandbox: true,
            dry_run: self.dry_run,
            changed: self.changed,
            state_file: &self.file,
        })
    }

    fn text(&self, _reader: Reader) -> Vec<Block> {
        if !self.dry_run || !self.changed {
            return Vec::new();
        }
        vec![Block::Text(format!(
            "Dry run: nothing was changed. The sandbox state in {} would be emptied.",
            self.file
        ))]
    }
}
