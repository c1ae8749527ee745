//! What `event schema` says.

use serde::Serialize;
use serde_json::Value;

use crate::report::{Block, Reader, Report, v1};

/// The schema of events. But for `-o json`, the document alone.
pub struct Schema {
    /// Whether the run is one on the sandbox; the schema is the same.
    pub sandbox: bool,
    /// Whether it is that of a stored record.
    pub stored: bool,
    /// The JSON Schema.
    pub document: Value,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    sandbox: bool,
    stored: bool,
    json_schema: &'a Value,
}

impl Schema {
    /// The document as it stands in a file.
    pub fn file(document: &Value) -> String {
        format!("{document:#}\n")
    }
}

impl Report for Schema {
    fn json(&self) -> Value {
        v1::json(&Document {
            schema: "ctl.event-schema/v1",
            sandbox: self.sandbox,
            stored: self.stored,
            json_schema: &self.document,
        })
    }

    fn text(&self, _reader: Reader) -> Vec<Block> {
        vec![Block::Raw(Self::file(&self.document))]
    }
}
