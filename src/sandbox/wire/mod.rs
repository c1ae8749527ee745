//! The three wires: awsJson1.1 (`cloudtrail`), restJson1 (`cloudtrail-data`) and the query protocol (`sts`).

pub(crate) mod json11;
pub(crate) mod rest;
pub(crate) mod shapes;
pub(crate) mod store_view;
pub(crate) mod sts;

use std::borrow::Cow;

/// A request refused, as the service says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The error's name.
    pub(crate) code: Cow<'static, str>,
    /// What is wrong, for people.
    pub(crate) message: String,
}

impl Fault {
    /// A modelled error; the reference pages give 400 for every one.
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status: 400,
            code: Cow::Borrowed(code),
            message: message.into(),
        }
    }

    /// Too many requests, as `CloudTrail` says it: HTTP 400, not 429.
    pub(crate) fn throttled() -> Self {
        Self::new("ThrottlingException", "Rate exceeded")
    }

    /// The same with another status.
    pub(crate) fn with_status(self, status: u16) -> Self {
        Self { status, ..self }
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::new("InternalFailure", format!("The sandbox's store failed: {error}.")).with_status(500)
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        Self::new("InternalFailure", format!("The sandbox could not write JSON: {error}.")).with_status(500)
    }
}

/// Which of the wires a request came in on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// `POST /` with `X-Amz-Target`.
    Json11,
    /// `POST /PutAuditEvents`.
    Rest,
    /// `POST /` with a form.
    Query,
}

impl Protocol {
    /// The content type of its replies.
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Json11 => json11::CONTENT_TYPE,
            Self::Rest => rest::CONTENT_TYPE,
            Self::Query => sts::CONTENT_TYPE,
        }
    }

    /// The body of an error.
    pub(crate) fn error_body(self, fault: &Fault, request_id: &str) -> Vec<u8> {
        match self {
            Self::Json11 => json11::error_body(fault),
            Self::Rest => rest::error_body(fault),
            Self::Query => sts::error_body(fault, request_id),
        }
    }
}
