//! What the `policy` verbs say. `show` and `render` are the only places where a policy document is
//! printed whole, external IDs included.

use serde::Serialize;
use serde_json::Value;

use super::{Block, Reader, Report, finding_line, v1};
use crate::model::{ChannelArn, Finding, Policy};

/// A policy document, as it is attached or as it would be put.
pub struct Document<'a> {
    /// Whether a sandbox answered; offline, whether the run is one on the sandbox.
    pub sandbox: bool,
    /// The channel.
    pub channel: &'a ChannelArn,
    /// The document, if there is one.
    pub policy: Option<Shown<'a>>,
    /// The file that was laid over the catalogue, if one was.
    pub partners_file: Option<&'a str>,
}

/// A document that is shown whole.
pub enum Shown<'a> {
    /// A policy document.
    Policy(&'a Policy),
    /// What is attached and is no JSON object that could be kept as it is.
    Text(&'a str),
}

/// What was found in a document.
pub struct Checked<'a> {
    /// Whether a sandbox answered; offline, whether the run is one on the sandbox.
    pub sandbox: bool,
    /// The file that was read; `-` is standard input.
    pub file: Option<&'a str>,
    /// The channel that the document is attached to, or is meant for.
    pub channel: Option<&'a ChannelArn>,
    /// The partner's key, where one is known.
    pub partner: Option<&'a str>,
    /// Whether there is a document at all; a channel may have none.
    pub attached: bool,
    /// What was found, the worst first.
    pub findings: &'a [Finding],
    /// The file that was laid over the catalogue, if one was.
    pub partners_file: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonDocument<'a> {
    schema: &'static str,
    sandbox: bool,
    channel_arn: &'a str,
    policy: Value,
    partners_file: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonChecked<'a> {
    schema: &'static str,
    sandbox: bool,
    file: Option<&'a str>,
    channel_arn: Option<&'a str>,
    partner: Option<&'a str>,
    attached: bool,
    findings: Vec<v1::JsonFinding<'a>>,
    partners_file: Option<&'a str>,
}

impl Report for Document<'_> {
    fn json(&self) -> Value {
        v1::json(&JsonDocument {
            schema: "ctl.policy/v1",
            sandbox: self.sandbox,
            channel_arn: self.channel.as_str(),
            policy: match &self.policy {
                Some(Shown::Policy(policy)) => policy.reveal_json(),
                Some(Shown::Text(text)) => Value::String((*text).to_owned()),
                None => Value::Null,
            },
            partners_file: self.partners_file,
        })
    }

    fn text(&self, reader: Reader) -> Vec<Block> {
        let block = match &self.policy {
            Some(Shown::Policy(policy)) => Block::Raw(escaped(&policy.reveal_pretty())),
            Some(Shown::Text(text)) if reader.terminal => Block::Text((*text).to_owned()),
            Some(Shown::Text(text)) => Block::Raw((*text).to_owned()),
            None if reader.terminal => Block::Text("No policy: only the owner's account can send.".to_owned()),
            // A program that reads the document finds none.
            None => return Vec::new(),
        };
        vec![block]
    }
}

/// JSON with every control character but the line break as an escape: the same document, which cannot
/// steer a terminal. They occur within strings only.
fn escaped(json: &str) -> String {
    let one = |c: char| {
        if c.is_control() && c != '\n' {
            format!("\\u{:04x}", u32::from(c))
        } else {
            c.to_string()
        }
    };
    json.chars().map(one).collect()
}

impl Report for Checked<'_> {
    fn json(&self) -> Value {
        v1::json(&JsonChecked {
            schema: "ctl.policy-check/v1",
            sandbox: self.sandbox,
            file: self.file,
            channel_arn: self.channel.map(ChannelArn::as_str),
            partner: self.partner,
            attached: self.attached,
            findings: self.findings.iter().map(v1::JsonFinding::from).collect(),
            partners_file: self.partners_file,
        })
    }

    fn text(&self, reader: Reader) -> Vec<Block> {
        if self.findings.is_empty() {
            let none = match self.channel {
                Some(channel) if !self.attached && self.file.is_none() => {
                    format!("No findings: {channel} has no policy, so only the owner's account can send.")
                }
                _ => "No findings.".to_owned(),
            };
            return vec![Block::Text(none)];
        }
        if reader.terminal {
            return self.findings.iter().map(finding_line).collect();
        }
        let row = |finding: &Finding| {
            let hint = finding.hint.clone().unwrap_or_default();
            let severity = finding.severity.as_str().to_owned();
            vec![severity, finding.code.to_owned(), finding.message.clone(), hint]
        };
        vec![Block::Table {
            headings: vec!["severity", "code", "message", "hint"],
            rows: self.findings.iter().map(row).collect(),
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Severity;

    const CHANNEL: &str = "arn:aws:cloudtrail:us-east-1:111122223333:channel/6f0c2a1e-1111-4222-8333-444455556666";

    fn channel() -> ChannelArn {
        CHANNEL.parse().unwrap()
    }

    fn reader(terminal: bool) -> Reader {
        Reader {
            terminal,
            now: "2026-11-20T12:00:00Z".parse().unwrap(),
        }
    }

    fn document<'a>(channel: &'a ChannelArn, policy: Option<Shown<'a>>) -> Document<'a> {
        Document {
            sandbox: false,
            channel,
            policy,
            partners_file: None,
        }
    }

    #[test]
    fn a_document_is_printed_whole_and_nothing_else() {
        let text = r#"{"Version":"2012-10-17","Id":"a  b","Statement":[]}"#;
        let policy: Policy = text.parse().unwrap();
        let channel = channel();
        let report = document(&channel, Some(Shown::Policy(&policy)));
        assert_eq!(
            report.json().to_string(),
            format!(
                r#"{{"schema":"ctl.policy/v1","sandbox":false,"channel_arn":"{CHANNEL}","policy":{text},"partners_file":null}}"#
            )
        );
        for terminal in [true, false] {
            let [Block::Raw(told)] = &report.text(reader(terminal))[..] else {
                panic!("the document");
            };
            assert_eq!(&told.parse::<Policy>().unwrap().reveal(), text);
            assert!(told.starts_with("{\n  \"Version\""));
        }
    }

    #[test]
    fn a_document_cannot_steer_a_terminal() {
        let text = "{\"Id\":\"a\u{7f}\u{9b}31m\\u001b\"}";
        let policy: Policy = text.parse().unwrap();
        let channel = channel();
        let report = document(&channel, Some(Shown::Policy(&policy)));
        let [Block::Raw(told)] = &report.text(reader(true))[..] else {
            panic!("the document");
        };
        assert!(told.chars().all(|c| !c.is_control() || c == '\n'), "{told:?}");
        assert_eq!(told.parse::<Policy>().unwrap(), policy);
    }

    #[test]
    fn no_policy_is_an_answer() {
        let channel = channel();
        let report = document(&channel, None);
        assert!(report.json()["policy"].is_null());
        assert_eq!(
            report.text(reader(true)),
            [Block::Text("No policy: only the owner's account can send.".to_owned())]
        );
        assert_eq!(report.text(reader(false)), []);
    }

    #[test]
    fn findings_are_blocks_for_a_person_and_rows_for_a_program() {
        let found = [Finding::new(Severity::Error, "policy_syntax", "It is broken.").hinted("mend it")];
        let checked = |findings: &'static [Finding]| Checked {
            sandbox: true,
            file: Some("p.json"),
            channel: None,
            partner: Some("nordcloud"),
            attached: false,
            findings,
            partners_file: None,
        };
        let none = checked(&[]);
        assert_eq!(
            none.json().to_string(),
            r#"{"schema":"ctl.policy-check/v1","sandbox":true,"file":"p.json","channel_arn":null,"partner":"nordcloud","attached":false,"findings":[],"partners_file":null}"#
        );
        assert_eq!(none.text(reader(true)), [Block::Text("No findings.".to_owned())]);
        let one = Checked {
            findings: &found,
            ..checked(&[])
        };
        assert_eq!(
            one.text(reader(true)),
            [Block::Text(
                "error [policy_syntax] It is broken.\n    mend it".to_owned()
            )]
        );
        let [Block::Table { rows, .. }] = &one.text(reader(false))[..] else {
            panic!("rows");
        };
        assert_eq!(rows[0], ["error", "policy_syntax", "It is broken.", "mend it"]);
        assert_eq!(one.json()["findings"][0]["code"], "policy_syntax");
    }
}
