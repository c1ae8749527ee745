//! Faults by script: which request is to go wrong, and how.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::share::Share;

const IDLE_SEED: &str = "seed is of no use without a share";

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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    times: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    share: Option<Share>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    fault: Effect,
    /// Matching requests since it was installed.
    #[serde(default, skip_deserializing)]
    seen: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
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
        #[serde(default, skip_serializing_if = "Option::is_none")]
        share: Option<Share>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seed: Option<u64>,
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
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Spoiled {
    ids: Vec<String>,
    indexes: Vec<usize>,
    share: Option<Share>,
    seed: u64,
    turn: Turn,
    /// What the entry's `errorCode` is.
    pub(crate) code: String,
    /// What its `errorMessage` is.
    pub(crate) message: String,
}

impl Spoiled {
    /// Whether the entry is meant.
    pub(crate) fn hits(&self, index: usize, id: &str) -> bool {
        self.indexes.contains(&index)
            || self.ids.iter().any(|wanted| wanted == id)
            || self
                .share
                .is_some_and(|share| share.draws(self.seed, self.turn.entry(index)))
    }
}

/// Which fault of the script, and which of the requests that it counts: what is drawn by, so that two faults with one
/// seed do not hit the same requests, nor the second sending of an event what the first hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Turn {
    fault: u64,
    request: u64,
}

impl Turn {
    fn whole(self) -> [u64; 3] {
        [self.fault, self.request, 0]
    }

    fn entry(self, index: usize) -> [u64; 3] {
        let number = u64::try_from(index).unwrap_or(u64::MAX).saturating_add(1);
        [self.fault, self.request, number]
    }
}

/// What is to happen to one request.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Verdict {
    /// Its name in the log of requests.
    pub(crate) name: Option<&'static str>,
    /// Wait so long first.
    pub(crate) delay: Duration,
    /// And then.
    pub(crate) action: Action,
}

/// What is to happen instead of, or besides, handling the request.
#[derive(Clone, Debug, Default, PartialEq)]
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
        for (fault, rule) in (0..).zip(&mut self.faults) {
            let Some(turn) = rule.turn(fault, operation) else {
                continue;
            };
            if let Effect::Delay { ms } = rule.fault {
                verdict.delay = verdict.delay.saturating_add(Duration::from_millis(ms));
                verdict.name = verdict.name.or(Some("delay"));
            } else if verdict.action == Action::Handle {
                verdict.action = rule.fault.action(turn);
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
        if is_idle(self.share, self.seed) {
            return Err(IDLE_SEED.to_owned());
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
            Effect::FailEntries { .. } if !matches!(self.operation.as_str(), "PutAuditEvents" | "*") => {
                Err("fail_entries is for PutAuditEvents".to_owned())
            }
            Effect::FailEntries {
                ids, indexes, share, ..
            } if share.is_none() && ids.is_empty() && indexes.is_empty() => {
                Err("fail_entries needs ids, indexes or a share".to_owned())
            }
            Effect::FailEntries { share, seed, .. } if is_idle(*share, *seed) => Err(IDLE_SEED.to_owned()),
            _ => Ok(()),
        }
    }

    /// Counts the request if it matches, and says whether it is one that is to go wrong.
    fn turn(&mut self, fault: u64, operation: &str) -> Option<Turn> {
        let spoils = matches!(self.fault, Effect::FailEntries { .. });
        if (self.operation != "*" && self.operation != operation) || (spoils && operation != "PutAuditEvents") {
            return None;
        }
        self.seen = self.seen.saturating_add(1);
        let turn = Turn {
            fault,
            request: self.seen,
        };
        // Of one request a share is rarely any.
        let times = self.times.unwrap_or(u64::from(self.share.is_none()));
        let due = self.seen >= self.call && (times == 0 || self.seen - self.call < times);
        let seed = self.seed.unwrap_or_default();
        let drawn = self.share.is_none_or(|share| share.draws(seed, turn.whole()));
        (due && drawn).then_some(turn)
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

    fn action(&self, turn: Turn) -> Action {
        use super::wire::Fault;
        match self {
            Self::Throttle {} => Action::Refuse(Fault::throttled()),
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
                share,
                seed,
                code,
                message,
            } => Action::Spoil(Spoiled {
                ids: ids.clone(),
                indexes: indexes.clone(),
                share: *share,
                seed: seed.unwrap_or_default(),
                turn,
                code: code.clone(),
                message: message.clone(),
            }),
        }
    }
}

fn is_idle(share: Option<Share>, seed: Option<u64>) -> bool {
    share.is_none() && seed.is_some()
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

    fn spoilt(faults: &mut Faults, entries: usize) -> Vec<usize> {
        let Action::Spoil(spoiled) = faults.judge("PutAuditEvents").action else {
            panic!("no entries chosen")
        };
        (0..entries).filter(|index| spoiled.hits(*index, "x")).collect()
    }

    #[test]
    fn a_share_of_the_requests_is_drawn_by_the_seed() {
        let script = r#"{"faults":[{"operation":"PutAuditEvents","share":0.1,"seed":1,"fault":{"kind":"lose_reply"}},
            {"operation":"PutAuditEvents","share":0.2,"seed":1,"fault":{"kind":"status","status":500}}]}"#;
        let calls = vec!["PutAuditEvents"; 2000];
        let picture = names(script, &calls);
        let count = |name| picture.iter().filter(|seen| **seen == Some(name)).count();
        let lost = count("lose_reply");
        assert!((150..250).contains(&lost), "{lost}");
        // A tenth of the second rule's fall to the first.
        let failed = count("status");
        assert!((300..420).contains(&failed), "{failed}");
        assert_eq!(picture, names(script, &calls));
        assert_ne!(picture, names(&script.replace("\"seed\":1", "\"seed\":2"), &calls));
    }

    #[test]
    fn a_share_and_a_window_go_together() {
        let script = r#"{"faults":[{"operation":"*","call":11,"times":20,"share":0.5,"fault":{"kind":"cut"}}]}"#;
        let picture = names(script, &["GetChannel"; 100]);
        let hit: Vec<usize> = (0..100).filter(|call| picture[*call].is_some()).collect();
        assert!((4..=16).contains(&hit.len()), "{hit:?}");
        assert!(hit.iter().all(|call| (10..30).contains(call)), "{hit:?}");
    }

    #[test]
    fn entries_of_a_share_are_drawn_anew_in_every_request() {
        let script = r#"{"faults":[{"operation":"PutAuditEvents","times":0,
            "fault":{"kind":"fail_entries","share":0.05,"seed":7,"code":"InternalFailure"}}]}"#;
        let mut faults = parse_faults(script).unwrap();
        let pictures: Vec<Vec<usize>> = (0..100).map(|_| spoilt(&mut faults, 100)).collect();
        let all = pictures.iter().map(Vec::len).sum::<usize>();
        assert!((400..600).contains(&all), "{all} of 10000");
        for index in 0..100 {
            let failed = pictures.iter().filter(|picture| picture.contains(&index)).count();
            assert!(failed < 20, "entry {index} failed {failed} times of 100");
        }
        let mut again = parse_faults(script).unwrap();
        assert!(pictures.iter().all(|picture| *picture == spoilt(&mut again, 100)));
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
                "indexes or a share",
            ),
            (
                r#"{"faults":[{"operation":"*","share":1.5,"fault":{"kind":"cut"}}]}"#,
                "at most 1",
            ),
            (
                r#"{"faults":[{"operation":"*","fault":{"kind":"fail_entries","share":0}}]}"#,
                "more than 0",
            ),
            (
                r#"{"faults":[{"operation":"*","seed":1,"fault":{"kind":"cut"}}]}"#,
                "share",
            ),
            (
                r#"{"faults":[{"operation":"*","fault":{"kind":"fail_entries","ids":["a"],"seed":1}}]}"#,
                "share",
            ),
        ] {
            let message = parse_faults(script).unwrap_err().to_string();
            assert!(message.contains(word), "{script}: {message}");
        }
    }
}
