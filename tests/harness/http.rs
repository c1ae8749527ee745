//! One request, one connection: HTTP/1.1 by hand, so that no client's habits stand in between.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};

use super::shapes::{channel_input, store_input, text};

/// A refusal: status, code, message.
pub(crate) type Refusal = (u16, String, String);

/// Longer than any reply takes; a test that waits longer is broken.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Response {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, v)| v)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.body))
    }
}

/// Sends a request. No response at all is a connection closed without a byte.
pub(crate) fn send(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Option<Response> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut head = format!(
        "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        head = format!("{head}{name}: {value}\r\n");
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    // The sandbox may hang up on a body that is too long.
    stream.write_all(body).ok();
    let mut bytes = Vec::new();
    let read = stream.read_to_end(&mut bytes);
    if bytes.is_empty() {
        return None;
    }
    read.ok();
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Some(Response {
        status,
        head: head.to_owned(),
        body: body.to_owned(),
    })
}

/// A header in the shape of Signature Version 4.
pub(crate) fn authorization(key: &str, region: &str, service: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential={key}/20261120/{region}/{service}/aws4_request, \
         SignedHeaders=host;x-amz-date, Signature={}",
        "0123456789abcdef".repeat(4)
    )
}

pub(crate) fn percent(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

/// Somebody who calls the API.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(super) address: SocketAddr,
    pub(super) key: String,
    pub(super) region: String,
}

impl Caller {
    pub(crate) fn target(&self, target: &str, body: &str) -> Option<Response> {
        let authorization = authorization(&self.key, &self.region, "cloudtrail");
        let headers = [
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", target),
            ("authorization", authorization.as_str()),
        ];
        send(self.address, "POST", "/", &headers, body.as_bytes())
    }

    /// A call of the control plane.
    pub(crate) fn call(&self, operation: &str, input: Value) -> Result<Value, Refusal> {
        let target = format!("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.{operation}");
        let response = self.target(&target, &input.to_string()).expect("no reply");
        assert_eq!(response.header("content-type"), Some("application/x-amz-json-1.1"));
        let body = response.json();
        if response.status == 200 {
            return Ok(body);
        }
        Err((response.status, text(&body, "__type"), text(&body, "message")))
    }

    /// The code of a call that is refused with 400.
    pub(crate) fn code(&self, operation: &str, input: Value) -> String {
        match self.call(operation, input.clone()) {
            Ok(output) => panic!("{operation} {input} succeeded: {output}"),
            Err((status, code, message)) => {
                assert_eq!(status, 400, "{code}: {message}");
                assert!(message.len() > 10, "{message}");
                code
            }
        }
    }

    pub(crate) fn put_raw(&self, query: &str, body: &[u8]) -> Option<Response> {
        let authorization = authorization(&self.key, &self.region, "cloudtrail-data");
        let headers = [
            ("content-type", "application/json"),
            ("authorization", authorization.as_str()),
        ];
        send(self.address, "POST", &format!("/PutAuditEvents{query}"), &headers, body)
    }

    /// A call of the data plane.
    pub(crate) fn put(&self, channel: &str, external_id: Option<&str>, entries: Value) -> Result<Value, Refusal> {
        let mut query = format!("?channelArn={}", percent(channel));
        if let Some(external_id) = external_id {
            query = format!("{query}&externalId={}", percent(external_id));
        }
        let body = json!({"auditEvents": entries}).to_string();
        let response = self.put_raw(&query, body.as_bytes()).expect("no reply");
        assert_eq!(response.header("content-type"), Some("application/json"));
        let body = response.json();
        if response.status == 200 {
            return Ok(body);
        }
        let code = response
            .header("x-amzn-errortype")
            .expect("x-amzn-ErrorType")
            .to_owned();
        Err((response.status, code, text(&body, "message")))
    }

    /// Makes a store that fits an integration; answers its ARN.
    pub(crate) fn store(&self, name: &str) -> String {
        let output = self.call("CreateEventDataStore", store_input(name)).unwrap();
        text(&output, "EventDataStoreArn")
    }

    /// Makes a channel; answers its ARN.
    pub(crate) fn channel(&self, name: &str, source: &str, stores: &[&str]) -> String {
        let output = self.call("CreateChannel", channel_input(name, source, stores)).unwrap();
        text(&output, "ChannelArn")
    }

    /// A store and the Custom channel that feeds it.
    pub(crate) fn integration(&self) -> (String, String) {
        let store = self.store("my-events");
        let channel = self.channel("my-app", "Custom", &[&store]);
        (store, channel)
    }
}
