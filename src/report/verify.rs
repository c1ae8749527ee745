//! What `verify` says.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::amount::{counted_as, milliseconds, size};
use super::{Block, Reader, Report, rfc3339, v1};
use crate::model::Channel;
use crate::plan::verify::{Canary, State, Step};

/// A proof, as far as it went.
pub struct Verified<'a> {
    /// Whether a sandbox answered.
    pub sandbox: bool,
    /// The channel.
    pub channel: &'a Channel,
    /// The partner's key; `None` for a custom integration or an unknown source.
    pub partner: Option<&'a str>,
    /// The canary, if one was sent.
    pub canary: Option<Sent<'a>>,
    /// The steps, in their order.
    pub steps: &'a [Step],
    /// How many queries were started.
    pub queries: u32,
    /// Bytes that they scanned, which is what is billed; `None` where the service did not say.
    pub bytes_scanned: Option<u64>,
    /// How long it took.
    pub took: Duration,
}

/// A canary that was sent.
pub struct Sent<'a> {
    /// What was sent.
    pub canary: &'a Canary,
    /// The ID that CloudTrail gave it, if it took it.
    pub event_id: Option<&'a str>,
    /// Whether it may be stored twice.
    pub possibly_double: bool,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    sandbox: bool,
    verified: bool,
    integration: Integration<'a>,
    canary: Option<JsonCanary<'a>>,
    steps: Vec<JsonStep<'a>>,
    queries: u32,
    bytes_scanned: Option<u64>,
    duration_ms: u64,
}

#[derive(Serialize)]
struct Integration<'a> {
    name: &'a str,
    partner: Option<&'a str>,
    source: &'a str,
    region: &'a str,
    account: &'a str,
    channel_arn: &'a str,
}

#[derive(Serialize)]
struct JsonCanary<'a> {
    uid: &'a str,
    event_id: Option<&'a str>,
    event_time: String,
    possibly_double: bool,
}

#[derive(Serialize)]
struct JsonStep<'a> {
    step: &'static str,
    state: &'static str,
    latency_ms: Option<u64>,
    detail: &'a str,
    next: &'a [String],
}

impl<'a> From<&'a Step> for JsonStep<'a> {
    fn from(step: &'a Step) -> Self {
        Self {
            step: step.what.as_str(),
            state: step.state.as_str(),
            latency_ms: step.latency.map(milliseconds),
            detail: &step.detail,
            next: &step.next,
        }
    }
}

impl Verified<'_> {
    /// Whether it is a proof: something was proved, and nothing is left open or proved wrong.
    fn is_proof(&self) -> bool {
        let open = |step: &Step| matches!(step.state, State::Failed | State::Pending);
        self.steps.iter().any(|step| step.state == State::Done) && !self.steps.iter().any(open)
    }

    fn verdict(&self) -> String {
        let name = &self.channel.name;
        if !self.is_proof() {
            return format!("{name} is not proved to work.");
        }
        match &self.canary {
            Some(_) => format!("{name} works: the canary went through."),
            None => format!("{name} is set up as it has to be, and takes events."),
        }
    }
}

/// A latency for a person.
fn latency(time: Duration) -> String {
    match time.as_secs() {
        0 => format!("{} ms", time.as_millis()),
        seconds @ 1..120 => format!("{seconds} s"),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

impl Report for Verified<'_> {
    fn json(&self) -> Value {
        let arn = &self.channel.arn;
        v1::json(&Document {
            schema: "ctl.verify/v1",
            sandbox: self.sandbox,
            verified: self.is_proof(),
            integration: Integration {
                name: &self.channel.name,
                partner: self.partner,
                source: &self.channel.source,
                region: arn.region(),
                account: arn.account().as_str(),
                channel_arn: arn.as_str(),
            },
            canary: self.canary.as_ref().map(|sent| JsonCanary {
                uid: &sent.canary.uid,
                event_id: sent.event_id,
                event_time: rfc3339(sent.canary.time),
                possibly_double: sent.possibly_double,
            }),
            steps: self.steps.iter().map(JsonStep::from).collect(),
            queries: self.queries,
            bytes_scanned: self.bytes_scanned,
            duration_ms: milliseconds(self.took),
        })
    }

    fn text(&self, reader: Reader) -> Vec<Block> {
        let after = |step: &Step| step.latency.map(latency).unwrap_or_default();
        if !reader.terminal {
            let row = |step: &Step| {
                vec![
                    step.state.as_str().to_owned(),
                    step.what.as_str().to_owned(),
                    step.latency
                        .map(|time| milliseconds(time).to_string())
                        .unwrap_or_default(),
                    step.detail.clone(),
                ]
            };
            return vec![Block::Table {
                headings: vec!["state", "step", "latency ms", "detail"],
                rows: self.steps.iter().map(row).collect(),
            }];
        }
        let field = |step: &Step| {
            let after = match after(step) {
                none if none.is_empty() => String::new(),
                after => format!(" After {after}."),
            };
            (
                format!("{:7}  {:11}", step.state.as_str(), step.what.as_str()),
                format!("{}{after}", step.detail),
            )
        };
        let mut blocks = vec![Block::Fields(self.steps.iter().map(field).collect()), Block::Gap];
        if self.queries > 0 {
            let scanned = match self.bytes_scanned {
                Some(bytes) => format!("{} scanned", size(bytes)),
                None => "how much they scanned is not known".to_owned(),
            };
            let queries = counted_as(self.queries.into(), "query", "queries");
            blocks.push(Block::Text(format!("{queries}, {scanned}.")));
        }
        blocks.push(Block::Text(self.verdict()));
        blocks
    }
}
