//! Faults by script: which request is to go wrong, and how.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A script of faults, as `--faults FILE` and `POST /_sandbox/faults` take it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Faults {
    faults: Vec<Rule>,
}

/// A script that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the faults cannot be read: {0}")]
pub struct FaultsError(String);

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    operation: String,
    #[serde(default = "one")]
    call: u64,
    #[serde(default = "one")]
    times: u64,
    fault: Effect,
    /// Matching requests since it was installed.
    #[serde(default, skip_deserializing)]
    seen: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Effect {
    Throttle {},
    Status {
        status: u16,
    },
    Error {
        status: u16,
        code: String,
        message: String,
    },
    Delay {
        ms: u64,
    },
    Cut {},
    LoseReply {},
    FailEntries {
        #[serde(default)]
        ids: Vec<String>,
        #[serde(default)]
        indexes: Vec<usize>,
        #[serde(default = "throttling")]
        code: String,
        #[serde(default = "try_again")]
        message: String,
    },
}

fn one() -> u64 {
    1
}

fn throttling() -> String {
    "Throttling".to_owned()
}

fn try_again() -> String {
    "The event was throttled. Send it again.".to_owned()
}

/// Entries of one `PutAuditEvents` that are to fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spoiled {
    ids: Vec<String>,
    indexes: Vec<usize>,
    /// What the entry's `errorCode` is.
    pub(crate) code: String,
    /// What its `errorMessage` is.
    pub(crate) message: String,
}

impl Spoiled {
    /// Whether the entry is meant.
    pub(crate) fn hits(&self, index: usize, id: &str) -> bool {
        self.indexes.contains(&index) || self.ids.iter().any(|wanted| wanted == id)
    }
}

/// What is to happen to one request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// Its name in the log of requests.
    pub(crate) name: Option<&'static str>,
    /// Wait so long first.
    pub(crate) delay: Duration,
    /// And then.
    pub(crate) action: Action,
}

/// What is to happen instead of, or besides, handling the request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Action {
    /// Nothing.
    #[default]
    Handle,
    /// Reply with this error; the request is not handled.
    Refuse(super::wire::Fault),
    /// Close the connection; the request is not handled.
    Cut,
    /// Handle it, then close the connection.
    LoseReply,
    /// Handle it, but for these entries.
    Spoil(Spoiled),
}

/// Reads a script; unknown members and kinds are errors.
pub fn parse_faults(text: &str) -> Result<Faults, FaultsError> {
    let faults: Faults = serde_json::from_str(text).map_err(|error| FaultsError(error.to_string()))?;
    for (index, rule) in faults.faults.iter().enumerate() {
        rule.check()
            .map_err(|what| FaultsError(format!("fault {index}: {what}")))?;
    }
    Ok(faults)
}

impl Faults {
    /// Adds the rules of `more` after these.
    pub(crate) fn install(&mut self, more: Self) {
        self.faults.extend(more.faults);
    }

    /// Counts the request, and says what is to happen to it.
    ///
    /// Every rule counts for itself; the delays of all that fire add up, and of the others the first counts.
    pub(crate) fn judge(&mut self, operation: &str) -> Verdict {
        let mut verdict = Verdict::default();
        for rule in &mut self.faults {
            if !rule.fires(operation) {
                continue;
            }
            if let Effect::Delay { ms } = rule.fault {
                verdict.delay = verdict.delay.saturating_add(Duration::from_millis(ms));
                verdict.name = verdict.name.or(Some("delay"));
            } else if verdict.action == Action::Handle {
                verdict.action = rule.fault.action();
                verdict.name = Some(rule.fault.name());
            }
        }
        verdict
    }
}

impl Rule {
    fn check(&self) -> Result<(), String> {
        if self.operation.is_empty() {
            return Err("operation is empty; use \"*\" for any".to_owned());
        }
        if self.call == 0 {
            return Err("call counts from 1".to_owned());
        }
        match &self.fault {
            Effect::Status { status } if !matches!(status, 500 | 503) => Err(format!(
                "status {status} is not 500 or 503; use kind \"error\" for others"
            )),
            Effect::Error { status, .. } if !(400..=599).contains(status) => {
                Err(format!("status {status} is not an error's"))
            }
            Effect::Error { code, .. } if !is_header_text(code) => {
                Err("code must be printable ASCII and not empty".to_owned())
            }
            Effect::FailEntries { ids, indexes, .. } if ids.is_empty() && indexes.is_empty() => {
                Err("fail_entries needs ids or indexes".to_owned())
            }
            Effect::FailEntries { .. } if !matches!(self.operation.as_str(), "PutAuditEvents" | "*") => {
                Err("fail_entries is for PutAuditEvents".to_owned())
            }
            _ => Ok(()),
        }
    }

    fn fires(&mut self, operation: &str) -> bool {
        let spoils = matches!(self.fault, Effect::FailEntries { .. });
        if (self.operation != "*" && self.operation != operation) || (spoils && operation != "PutAuditEvents") {
            return false;
        }
        self.seen = self.seen.saturating_add(1);
        self.seen >= self.call && (self.times == 0 || self.seen - self.call < self.times)
    }
}

impl Effect {
    fn name(&self) -> &'static str {
        match self {
            Self::Throttle {} => "throttle",
            Self::Status { .. } => "status",
            Self::Error { .. } => "error",
            Self::Delay { .. } => "delay",
            Self::Cut {} => "cut",
            Self::LoseReply {} => "lose_reply",
            Self::FailEntries { .. } => "fail_entries",
        }
    }

    fn action(&self) -> Action {
        use super::wire::Fault;
        match self {
            Self::Throttle {} => Action::Refuse(Fault::new("ThrottlingException", "Rate exceeded")),
            Self::Status { status: 503 } => Action::Refuse(
                Fault::new(
                    "ServiceUnavailable",
                    "The request has failed due to a temporary failure of the server.",
                )
                .with_status(503),
            ),
            Self::Status { status } => Action::Refuse(
                Fault::new(
                    "InternalFailure",
                    "The request processing has failed because of an unknown error, exception or failure.",
                )
                .with_status(*status),
            ),
            Self::Error { status, code, message } => Action::Refuse(Fault {
                status: *status,
                code: code.clone().into(),
                message: message.clone(),
            }),
            Self::Delay { .. } => Action::Handle,
            Self::Cut {} => Action::Cut,
            Self::LoseReply {} => Action::LoseReply,
            Self::FailEntries {
                ids,
                indexes,
                code,
                message,
            } => Action::Spoil(Spoiled {
                ids: ids.clone(),
                indexes: indexes.clone(),
                code: code.clone(),
                message: message.clone(),
            }),
        }
    }
}

fn is_header_text(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(script: &str, operations: &[&str]) -> Vec<Option<&'static str>> {
        let mut faults = parse_faults(script).unwrap();
        operations
            .iter()
            .map(|operation| faults.judge(operation).name)
            .collect()
    }

    #[test]
    fn call_and_times_choose_the_requests() {
        let script = r#"{"faults":[{"operation":"GetChannel","call":2,"times":2,"fault":{"kind":"throttle"}}]}"#;
        let calls = ["GetChannel", "ListTags", "GetChannel", "GetChannel", "GetChannel"];
        assert_eq!(
            names(script, &calls),
            [None, None, Some("throttle"), Some("throttle"), None]
        );
        let script = r#"{"faults":[{"operation":"*","call":2,"times":0,"fault":{"kind":"cut"}}]}"#;
        assert_eq!(
            names(script, &calls),
            [None, Some("cut"), Some("cut"), Some("cut"), Some("cut")]
        );
        let script = r#"{"faults":[{"operation":"GetChannel","fault":{"kind":"status","status":503}}]}"#;
        assert_eq!(names(script, &calls), [Some("status"), None, None, None, None]);
    }

    #[test]
    fn delays_add_up_and_the_first_other_fault_counts() {
        let mut faults = parse_faults(
            r#"{"faults":[{"operation":"*","fault":{"kind":"delay","ms":5}},
                {"operation":"*","fault":{"kind":"lose_reply"}},
                {"operation":"*","fault":{"kind":"delay","ms":6}},
                {"operation":"*","call":2,"fault":{"kind":"cut"}}]}"#,
        )
        .unwrap();
        let first = faults.judge("GetChannel");
        assert_eq!(
            (first.delay, first.action),
            (Duration::from_millis(11), Action::LoseReply)
        );
        assert_eq!(faults.judge("GetChannel").action, Action::Cut);
        assert_eq!(faults.judge("GetChannel"), Verdict::default());
    }

    #[test]
    fn entries_are_chosen_by_id_or_index() {
        let mut faults = parse_faults(
            r#"{"faults":[{"operation":"PutAuditEvents","fault":{"kind":"fail_entries","ids":["b"],"indexes":[2]}}]}"#,
        )
        .unwrap();
        let Action::Spoil(spoiled) = faults.judge("PutAuditEvents").action else {
            panic!("no entries chosen")
        };
        assert_eq!(
            [spoiled.hits(0, "a"), spoiled.hits(1, "b"), spoiled.hits(2, "c")],
            [false, true, true]
        );
        assert_eq!(spoiled.code, "Throttling");
    }

    #[test]
    fn mistakes_are_named() {
        for (script, word) in [
            ("{", "EOF"),
            (
                r#"{"faults":[{"operation":"X","fault":{"kind":"explode"}}]}"#,
                "explode",
            ),
            (r#"{"faults":[{"operation":"X","fault":{"kind":"cut","ms":1}}]}"#, "ms"),
            (
                r#"{"faults":[{"operation":"X","when":1,"fault":{"kind":"cut"}}]}"#,
                "when",
            ),
            (r#"{"fault":[]}"#, "fault"),
            (r#"{"faults":[{"fault":{"kind":"cut"}}]}"#, "operation"),
            (
                r#"{"faults":[{"operation":"X","call":0,"fault":{"kind":"cut"}}]}"#,
                "counts from 1",
            ),
            (
                r#"{"faults":[{"operation":"X","fault":{"kind":"status","status":418}}]}"#,
                "418",
            ),
            (
                r#"{"faults":[{"operation":"X","fault":{"kind":"fail_entries","ids":["a"]}}]}"#,
                "PutAuditEvents",
            ),
            (
                r#"{"faults":[{"operation":"PutAuditEvents","fault":{"kind":"fail_entries"}}]}"#,
                "ids or indexes",
            ),
        ] {
            let message = parse_faults(script).unwrap_err().to_string();
            assert!(message.contains(word), "{script}: {message}");
        }
    }
}
