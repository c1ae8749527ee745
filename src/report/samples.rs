//! `query --sample`: the statements there are, and one of them.

use serde_json::{Value, json};

use super::{Block, Reader, Report};
use crate::plan::query::sample::{SAMPLES, Sample};

/// The list of samples.
#[derive(Debug)]
pub struct SampleList {
    /// Whether the sandbox was asked for.
    pub sandbox: bool,
}

impl Report for SampleList {
    fn json(&self) -> Value {
        let one = |sample: &Sample| json!({"name": sample.name, "about": sample.about, "statement": sample.sql});
        let samples: Vec<Value> = SAMPLES.iter().map(one).collect();
        json!({"schema": super::query::QUERY, "sandbox": self.sandbox, "samples": samples})
    }

    fn text(&self, _: Reader) -> Vec<Block> {
        let row = |sample: &Sample| vec![sample.name.to_owned(), sample.about.to_owned()];
        vec![Block::Table {
            headings: vec!["name", "question"],
            rows: SAMPLES.iter().map(row).collect(),
        }]
    }
}

/// One sample, to be read or put into a file.
#[derive(Debug)]
pub struct OneSample {
    /// Whether the sandbox was asked for.
    pub sandbox: bool,
    /// The sample.
    pub sample: &'static Sample,
}

impl Report for OneSample {
    fn json(&self) -> Value {
        let Sample { name, about, sql } = self.sample;
        let sample = json!({"name": name, "about": about, "statement": sql});
        json!({"schema": super::query::QUERY, "sandbox": self.sandbox, "samples": [sample]})
    }

    fn text(&self, _: Reader) -> Vec<Block> {
        vec![Block::Raw(self.sample.sql.to_owned())]
    }
}
