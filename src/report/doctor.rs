//! What `doctor` says.

use serde::Serialize;
use serde_json::Value;

use super::{Block, Reader, Report, v1};
use crate::model::AccountId;
use crate::plan::doctor::{Check, Verdict};

/// All checks of a run.
pub struct Diagnosis<'a> {
    /// Whether a sandbox answered.
    pub sandbox: bool,
    /// The Region that was looked at.
    pub region: &'a str,
    /// Account and ARN of the caller, as far as known.
    pub caller: Option<&'a (AccountId, String)>,
    /// The checks, in their order.
    pub checks: &'a [Check],
    /// The IAM policy to compare with.
    pub iam_policy: Value,
}

/// The IAM policy that the verbs need.
pub struct IamPolicy {
    /// Whether the run is one on the sandbox.
    pub sandbox: bool,
    /// The policy document.
    pub document: Value,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    sandbox: bool,
    region: &'a str,
    account: Option<&'a str>,
    caller: Option<&'a str>,
    checks: Vec<JsonCheck<'a>>,
    summary: Summary,
    iam_policy: &'a Value,
}

#[derive(Serialize)]
struct JsonCheck<'a> {
    id: &'static str,
    title: &'static str,
    status: &'static str,
    integration: Option<&'a str>,
    evidence: &'a str,
    next: &'a [String],
}

#[derive(Serialize)]
struct Line<'a> {
    schema: &'static str,
    sandbox: bool,
    check: JsonCheck<'a>,
}

#[derive(Serialize)]
struct Summary {
    pass: usize,
    warn: usize,
    fail: usize,
    skipped: usize,
}

#[derive(Serialize)]
struct IamDocument<'a> {
    schema: &'static str,
    sandbox: bool,
    policy: &'a Value,
}

impl<'a> From<&'a Check> for JsonCheck<'a> {
    fn from(check: &'a Check) -> Self {
        Self {
            id: check.id,
            title: check.title,
            status: check.verdict.as_str(),
            integration: check.integration.as_deref(),
            evidence: &check.evidence,
            next: &check.next,
        }
    }
}

impl Diagnosis<'_> {
    fn summary(&self) -> Summary {
        let of = |verdict| self.checks.iter().filter(|check| check.verdict == verdict).count();
        Summary {
            pass: of(Verdict::Pass),
            warn: of(Verdict::Warn),
            fail: of(Verdict::Fail),
            skipped: of(Verdict::Skipped),
        }
    }

    /// The checks of the surroundings, then those of each integration under its name. An ARN stays in one piece.
    fn lists(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let widest = self.checks.iter().map(|check| check.title.len()).max().unwrap_or(0);
        for some in self.checks.chunk_by(|a, b| a.integration == b.integration) {
            if let Some(name) = some.first().and_then(|check| check.integration.as_deref()) {
                blocks.push(Block::Gap);
                blocks.push(Block::Text(name.to_owned()));
            }
            let row = |check: &Check| {
                let (status, title) = (check.verdict.as_str(), check.title);
                (format!("{status:7}  {title:widest$}"), check.evidence.clone())
            };
            blocks.push(Block::Fields(some.iter().map(row).collect()));
        }
        blocks
    }

    /// What to do about what is not as it should be.
    fn next(&self) -> Vec<Block> {
        let troubled = self.checks.iter().filter(|check| check.verdict >= Verdict::Warn);
        let mut blocks = Vec::new();
        for check in troubled.filter(|check| !check.next.is_empty()) {
            let whose = check.integration.as_deref().map(|name| format!(" of {name}"));
            blocks.push(Block::Gap);
            blocks.push(Block::Text(format!("{}{}:", check.title, whose.unwrap_or_default())));
            blocks.extend(check.next.iter().map(|step| Block::Text(format!("    {step}"))));
        }
        blocks
    }
}

impl Report for Diagnosis<'_> {
    fn json(&self) -> Value {
        v1::json(&Document {
            schema: "ctl.doctor/v1",
            sandbox: self.sandbox,
            region: self.region,
            account: self.caller.map(|(account, _)| account.as_str()),
            caller: self.caller.map(|(_, arn)| arn.as_str()),
            checks: self.checks.iter().map(JsonCheck::from).collect(),
            summary: self.summary(),
            iam_policy: &self.iam_policy,
        })
    }

    fn ndjson(&self) -> Vec<Value> {
        let line = |check| {
            v1::json(&Line {
                schema: "ctl.doctor/v1",
                sandbox: self.sandbox,
                check: JsonCheck::from(check),
            })
        };
        self.checks.iter().map(line).collect()
    }

    fn text(&self, reader: Reader) -> Vec<Block> {
        if !reader.terminal {
            let row = |check: &Check| {
                vec![
                    check.verdict.as_str().to_owned(),
                    check.id.to_owned(),
                    check.integration.clone().unwrap_or_default(),
                    check.evidence.clone(),
                    check.next.join(" | "),
                ]
            };
            return vec![Block::Table {
                headings: vec!["status", "id", "integration", "evidence", "next"],
                rows: self.checks.iter().map(row).collect(),
            }];
        }
        let mut blocks = self.lists();
        blocks.extend(self.next());
        let Summary {
            pass,
            warn,
            fail,
            skipped,
        } = self.summary();
        blocks.push(Block::Gap);
        blocks.push(Block::Text(format!(
            "{pass} passed, {warn} to be looked at, {fail} failed, {skipped} skipped."
        )));
        blocks
    }
}

impl Report for IamPolicy {
    fn json(&self) -> Value {
        v1::json(&IamDocument {
            schema: "ctl.iam-policy/v1",
            sandbox: self.sandbox,
            policy: &self.document,
        })
    }

    fn text(&self, _: Reader) -> Vec<Block> {
        vec![Block::Raw(format!("{:#}", self.document))]
    }
}
