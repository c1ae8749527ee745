//! `PutAuditEvents`: one request, and its outcome as a value.
//!
//! The SDK repeats nothing here. Left alone it sends a request again whose reply was lost, and the events
//! in it may then be stored twice without anybody knowing; so `apply` owns the repetition and counts it.

use std::time::Duration;

use aws_sdk_cloudtraildata::Client;
use aws_sdk_cloudtraildata::config;
use aws_sdk_cloudtraildata::operation::put_audit_events::PutAuditEventsOutput;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::RetryConfig;
use bytes::Bytes;

use super::error::{self, CallError, Failure, Reach};
use super::log::CallLog;
use super::session::Session;
use crate::error::Error;
use crate::model::event::{AuditEvent, Failed, Reply, Stored};
use crate::model::{ChannelArn, ExternalId};

const OPERATION: &str = "PutAuditEvents";

/// A channel that events are sent to.
#[derive(Debug, Clone)]
pub struct AuditChannel {
    client: Client,
    arn: ChannelArn,
    external_id: Option<ExternalId>,
}

/// What became of a request.
#[derive(Debug)]
pub enum Answer {
    /// The service answered for each event; a status of 200 alone says nothing.
    Entries(Reply),
    /// The service refused it for the moment: nothing was taken.
    Busy(CallError),
    /// No connection could be made: nothing was sent.
    Unreached(CallError),
    /// Whether it was taken is not known.
    Unknown(CallError),
    /// The service refused it for something in it: nothing was taken.
    Flawed(CallError),
    /// It was refused as every other would be: nothing was taken.
    Closed(CallError),
}

impl Session {
    /// A channel to send to, in the Region of its ARN. The external ID goes along only if it is given.
    pub fn audit_channel(&self, arn: &ChannelArn, external_id: Option<ExternalId>) -> AuditChannel {
        let session = self.in_region(arn.region());
        let config = config::Builder::from(session.config())
            .retry_config(RetryConfig::disabled())
            .interceptor(CallLog)
            .build();
        AuditChannel {
            client: Client::from_conf(config),
            arn: arn.clone(),
            external_id,
        }
    }
}

impl AuditChannel {
    /// The channel's ARN.
    pub fn arn(&self) -> &ChannelArn {
        &self.arn
    }

    /// Sends one request, once, and waits no longer than `patience` for the answer, if that is given.
    pub async fn put(&self, events: impl ExactSizeIterator<Item = &AuditEvent>, patience: Option<Duration>) -> Answer {
        let count = events.len();
        let body = Bytes::from(body(events));
        // The events are encoded already, and the body is signed as it is put in here.
        let call = self
            .client
            .put_audit_events()
            .channel_arn(self.arn.as_str())
            .set_external_id(self.external_id.as_ref().map(|id| id.reveal().to_owned()))
            .set_audit_events(Some(Vec::new()))
            .customize()
            .mutate_request(move |request| {
                *request.body_mut() = SdkBody::from(body.clone());
                request.headers_mut().insert("content-length", body.len().to_string());
            });
        let answered = match patience {
            Some(patience) => match tokio::time::timeout(patience, call.send()).await {
                Ok(answered) => answered,
                Err(_) => return Answer::Unknown(failed(Failure::TimedOut)),
            },
            None => call.send().await,
        };
        match answered {
            Ok(output) => {
                let reply = reply(output, self.external_id.as_ref());
                tracing::debug!(
                    operation = OPERATION,
                    events = count,
                    successful = reply.successful.len(),
                    failed = reply.failed.len(),
                    "answered"
                );
                Answer::Entries(reply)
            }
            Err(error) => {
                let status = error.raw_response().map(|reply| reply.status().as_u16());
                classify(error::call(OPERATION, &error).without(self.external_id.iter()), status)
            }
        }
    }

    /// The failure of a delivery, as the user is told of it.
    pub fn explain(&self, error: CallError) -> Error {
        error.into_delivery_error(&self.arn, self.external_id.is_some())
    }
}

/// The body of a request, as the SDK would write it.
fn body<'a>(events: impl Iterator<Item = &'a AuditEvent>) -> Vec<u8> {
    const AROUND: [&[u8]; 2] = [b"{\"auditEvents\":[", b"]}"];
    let entries: Vec<&[u8]> = events.map(AuditEvent::encoded).collect();
    let len: usize = entries.iter().map(|entry| entry.len() + 1).sum();
    let mut body = Vec::with_capacity(len + 32);
    let [before, after] = AROUND;
    body.extend_from_slice(before);
    for (at, entry) in entries.into_iter().enumerate() {
        if at > 0 {
            body.push(b',');
        }
        body.extend_from_slice(entry);
    }
    body.extend_from_slice(after);
    body
}

fn failed(failure: Failure) -> CallError {
    CallError {
        operation: OPERATION,
        failure,
        request_id: None,
    }
}

fn reply(output: PutAuditEventsOutput, secret: Option<&ExternalId>) -> Reply {
    let successful = output.successful.into_iter().map(|entry| Stored {
        id: entry.id,
        event_id: entry.event_id,
    });
    let failed = output.failed.into_iter().map(|entry| Failed {
        id: entry.id,
        code: entry.error_code,
        message: match secret {
            Some(secret) => error::scrub(&entry.error_message, secret),
            None => entry.error_message,
        },
    });
    Reply {
        successful: successful.collect(),
        failed: failed.collect(),
    }
}

fn classify(error: CallError, status: Option<u16>) -> Answer {
    // A throttle is a refusal whatever its status and code are.
    if status == Some(429) || error.code().is_some_and(error::is_throttle) {
        return Answer::Busy(error);
    }
    match &error.failure {
        Failure::Refused { code, .. } => match error::reach(code) {
            Reach::Moment => Answer::Busy(error),
            Reach::Request => Answer::Flawed(error),
            Reach::Channel => Answer::Closed(error),
        },
        Failure::Fault { .. }
        | Failure::TimedOut
        | Failure::Lost
        | Failure::NotTheService { .. }
        | Failure::Incomplete(_) => Answer::Unknown(error),
        Failure::Unreachable => Answer::Unreached(error),
        Failure::NoCredentials | Failure::NotBuilt => Answer::Closed(error),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudtraildata::operation::put_audit_events::PutAuditEventsError;
    use aws_sdk_cloudtraildata::types;
    use aws_sdk_cloudtraildata::types::error::ChannelNotFound;
    use aws_smithy_http_client::test_util::capture_request;
    use aws_smithy_mocks::{RuleMode, mock, mock_client};
    use aws_smithy_runtime_api::client::http::HttpClient;

    use super::*;
    use crate::error::Kind;
    use crate::model::event::{Entry, Gaps, Occurrences, Place, Terms, prepare};

    const ARN: &str = "arn:aws:cloudtrail:eu-west-1:123456789012:channel/11111111-2222-4333-8444-555555555555";

    fn channel(client: Client, external_id: Option<&str>) -> AuditChannel {
        AuditChannel {
            client,
            arn: ARN.parse().unwrap(),
            external_id: external_id.map(|id| id.parse().unwrap()),
        }
    }

    fn event() -> AuditEvent {
        let text = r#"{"version":"1","userIdentity":{"type":"a","principalId":"b"},"eventSource":"s","eventName":"n","eventTime":"2026-11-20T12:00:00Z","UID":"u-1","recipientAccountId":"123456789012"}"#;
        let place = Place {
            file: "in".into(),
            line: 1,
            index: 1,
            offset: 0,
        };
        let entry = Entry {
            place,
            bytes: text.as_bytes(),
            broken: None,
        };
        let terms = Terms {
            owner: None,
            gaps: Gaps::Fill,
        };
        prepare(&entry, &terms, &mut Occurrences::default()).unwrap()
    }

    fn config(http: impl HttpClient + 'static) -> config::Builder {
        config::Builder::new()
            .behavior_version(config::BehaviorVersion::latest())
            .region(config::Region::new("eu-west-1"))
            .credentials_provider(config::Credentials::new("AKID", "secret", None, None, "test"))
            .http_client(http)
    }

    #[tokio::test]
    async fn the_request_is_byte_for_byte_the_one_that_the_sdk_writes() {
        let event = event();
        let text = serde_json::from_slice::<serde_json::Value>(event.encoded()).unwrap();
        let text = |name| text[name].as_str().unwrap().to_owned();
        let entry = types::AuditEvent::builder()
            .id("u-1")
            .event_data(text("eventData"))
            .event_data_checksum(text("eventDataChecksum"))
            .build()
            .unwrap();
        let (http, theirs) = capture_request(None);
        let call = Client::from_conf(config(http).build()).put_audit_events();
        let call = call.channel_arn(ARN).external_id("ex-1");
        drop(call.audit_events(entry.clone()).audit_events(entry).send().await);
        let (http, ours) = capture_request(None);
        let channel = channel(Client::from_conf(config(http).build()), Some("ex-1"));
        drop(channel.put([&event, &event].into_iter(), None).await);
        let (theirs, ours) = (theirs.expect_request(), ours.expect_request());
        assert_eq!(ours.body().bytes(), theirs.body().bytes());
        assert_eq!(ours.uri(), theirs.uri());
        for header in ["content-length", "content-type"] {
            assert_eq!(ours.headers().get(header), theirs.headers().get(header), "{header}");
        }
    }

    #[tokio::test]
    async fn the_reply_is_read_by_entry() {
        let rule = mock!(Client::put_audit_events).then_output(|| {
            let failed = types::ResultErrorEntry::builder()
                .id("u-1")
                .error_code("Throttling")
                .error_message("later");
            PutAuditEventsOutput::builder()
                .set_successful(Some(Vec::new()))
                .failed(failed.build().unwrap())
                .build()
                .unwrap()
        });
        let client = mock_client!(aws_sdk_cloudtraildata, RuleMode::MatchAny, [&rule]);
        let answer = channel(client, None).put([&event()].into_iter(), None).await;
        let Answer::Entries(reply) = answer else {
            panic!("{answer:?}");
        };
        assert_eq!(reply.failed[0].code, "Throttling");
        assert_eq!(rule.num_calls(), 1);
    }

    #[tokio::test]
    async fn a_channel_that_is_not_there_is_told_with_its_region() {
        use aws_smithy_types::error::ErrorMetadata;
        let meta = ErrorMetadata::builder().code("ChannelNotFound").message("not here");
        let error = ChannelNotFound::builder()
            .message("not here")
            .meta(meta.build())
            .build();
        let rule =
            mock!(Client::put_audit_events).then_error(move || PutAuditEventsError::ChannelNotFound(error.clone()));
        let client = mock_client!(aws_sdk_cloudtraildata, RuleMode::MatchAny, [&rule]);
        let channel = channel(client, None);
        let Answer::Closed(error) = channel.put([&event()].into_iter(), None).await else {
            panic!("every request would be refused so");
        };
        let error = channel.explain(error);
        assert_eq!(error.kind, Kind::NotFound);
        assert!(error.message.contains("in eu-west-1."), "{}", error.message);
    }

    fn refused(code: &str, message: &str) -> CallError {
        CallError {
            operation: OPERATION,
            failure: Failure::Refused {
                code: code.to_owned(),
                message: message.to_owned(),
            },
            request_id: None,
        }
    }

    #[test]
    fn a_refusal_reaches_as_far_as_its_code_says() {
        for (code, status, wanted) in [
            ("ThrottlingException", 400, "busy"),
            ("Whatever", 429, "busy"),
            ("RequestTimeoutException", 400, "busy"),
            ("DuplicatedAuditEventId", 400, "flawed"),
            ("ValidationError", 400, "flawed"),
            ("RequestEntityTooLargeException", 413, "flawed"),
            ("ChannelNotFound", 400, "closed"),
            ("ChannelInsufficientPermission", 400, "closed"),
            ("InvalidChannelARN", 400, "closed"),
            ("AccessDeniedException", 403, "closed"),
            ("ExpiredTokenException", 403, "closed"),
            ("SomethingNew", 400, "closed"),
        ] {
            let word = match classify(refused(code, ""), Some(status)) {
                Answer::Busy(_) => "busy",
                Answer::Flawed(_) => "flawed",
                Answer::Closed(_) => "closed",
                other => panic!("{other:?}"),
            };
            assert_eq!(word, wanted, "{code}");
        }
    }

    #[test]
    fn an_external_id_and_an_account_are_told_apart_as_far_as_the_reply_allows() {
        let arn: ChannelArn = ARN.parse().unwrap();
        for (words, sent, wanted) in [
            (
                "The external ID is missing.",
                false,
                "asks for an external ID, and none was sent",
            ),
            (
                "External id mismatch",
                true,
                "not the one that the channel's policy asks for",
            ),
            ("Account 1 is not allowed.", false, "no external ID was sent"),
            ("Account 1 is not allowed.", true, "with this external ID"),
        ] {
            let error = refused("ChannelInsufficientPermission", words).into_delivery_error(&arn, sent);
            assert_eq!(error.kind, Kind::Access);
            assert!(error.message.contains(wanted), "{words}: {}", error.message);
            assert!(!error.hints.is_empty());
        }
    }
}
