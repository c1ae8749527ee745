//! A sandbox in this process, on a runtime of its own.

use std::net::SocketAddr;

use ctl::sandbox::{Config, Handle, start};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::http::{Caller, Response, send};
use super::shapes::text;
use super::{Ctl, HOME, SECRET_KEY};

/// A running sandbox.
pub(crate) struct Lake {
    runtime: Runtime,
    handle: Handle,
}

/// A request that the sandbox saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) operation: String,
    pub(crate) fault: Option<String>,
    /// What it was answered with, if it was.
    pub(crate) status: Option<u64>,
    /// When it came, in milliseconds.
    pub(crate) at: i64,
}

impl Seen {
    /// Whether it is a request that changes something.
    pub(crate) fn writes(&self) -> bool {
        // `GET /` is what a knock looks like.
        !["Get", "List", "Describe", "GET"]
            .iter()
            .any(|verb| self.operation.starts_with(verb))
    }
}

/// A sandbox whose clock stands still.
pub(crate) fn fixed() -> Config {
    Config {
        clock: Some("2026-11-20T12:00:00Z".parse().unwrap()),
        ..Config::default()
    }
}

impl Lake {
    /// A sandbox whose clock stands still.
    pub(crate) fn new() -> Self {
        Self::with(fixed())
    }

    pub(crate) fn with(config: Config) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let handle = runtime.block_on(start(config)).unwrap();
        Self { runtime, handle }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.handle.addr()
    }

    pub(crate) fn endpoint(&self) -> String {
        self.handle.endpoint()
    }

    /// Stops it in good order.
    pub(crate) fn stop(self) {
        self.runtime.block_on(self.handle.stop());
    }

    /// `ctl` as the owner's account would run it.
    pub(crate) fn ctl(&self) -> Ctl {
        Ctl::new()
            .region("us-east-1")
            .env("AWS_ENDPOINT_URL", &self.endpoint())
            .env("AWS_ACCESS_KEY_ID", HOME)
            .env("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    }

    pub(crate) fn caller(&self, key: &str, region: &str) -> Caller {
        Caller {
            address: self.address(),
            key: key.to_owned(),
            region: region.to_owned(),
        }
    }

    pub(crate) fn owner(&self) -> Caller {
        self.caller(HOME, "us-east-1")
    }

    pub(crate) fn control(&self, method: &str, path: &str, body: &Value) -> Response {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let path = format!("/_sandbox{path}");
        send(self.address(), method, &path, &[], body.as_bytes()).unwrap()
    }

    pub(crate) fn look(&self, path: &str) -> Value {
        let response = self.control("GET", path, &Value::Null);
        assert_eq!(response.status, 200, "{}", response.body);
        response.json()
    }

    pub(crate) fn tell(&self, path: &str, body: Value) -> Value {
        let response = self.control("POST", path, &body);
        assert_eq!(response.status, 200, "{}", response.body);
        response.json()
    }

    /// Makes a state that the API cannot make.
    pub(crate) fn plant(&self, what: &str, value: Value) -> Value {
        self.tell("/plant", json!({ what: value }))
    }

    /// Makes the `call`-th request of an operation, counted from now, go wrong, and `times` in all.
    pub(crate) fn fault(&self, operation: &str, call: usize, times: usize, fault: Value) {
        let rule = json!({"operation": operation, "call": call, "times": times, "fault": fault});
        self.tell("/faults", json!({"faults": [rule]}));
    }

    /// Ends all faults.
    pub(crate) fn heal(&self) {
        assert_eq!(self.control("DELETE", "/faults", &Value::Null).status, 200);
    }

    /// The requests since [`Self::forget`], oldest first.
    pub(crate) fn requests(&self) -> Vec<Seen> {
        let list = self.look("/requests");
        let seen = |request: &Value| Seen {
            operation: text(request, "operation"),
            fault: request["fault"].as_str().map(str::to_owned),
            status: request["status"].as_u64(),
            at: text(request, "at").parse::<jiff::Timestamp>().unwrap().as_millisecond(),
        };
        list["requests"].as_array().unwrap().iter().map(seen).collect()
    }

    /// The operations of those requests that change something.
    pub(crate) fn writes(&self) -> Vec<String> {
        let requests = self.requests();
        let writes = requests.iter().filter(|seen| seen.writes());
        writes.map(|seen| seen.operation.clone()).collect()
    }

    /// Forgets the requests up to now.
    pub(crate) fn forget(&self) {
        assert_eq!(self.control("DELETE", "/requests", &Value::Null).status, 200);
    }

    /// Everything that the owner has in the Region, deliveries left out: what a run may not change in passing.
    pub(crate) fn state(&self) -> Value {
        state_of(&self.owner())
    }

    /// The ARN of the only channel.
    pub(crate) fn only_channel(&self) -> String {
        let state = self.state();
        let channels = state["channels"].as_array().unwrap();
        assert_eq!(channels.len(), 1, "{state}");
        text(&channels[0], "ChannelArn")
    }

    /// The ARN of the only store.
    pub(crate) fn only_store(&self) -> String {
        let state = self.state();
        let stores = state["stores"].as_array().unwrap();
        assert_eq!(stores.len(), 1, "{state}");
        text(&stores[0], "EventDataStoreArn")
    }
}

/// Everything that a caller has in its Region.
pub(crate) fn state_of(caller: &Caller) -> Value {
    let get = |operation: &str, input: Value| caller.call(operation, input).unwrap();
    let all = |operation: &str, list: &str, arn: &str| -> Vec<String> {
        let page = get(operation, json!({}));
        assert!(page["NextToken"].is_null(), "more than one page: {page}");
        let entries = page[list].as_array().unwrap();
        entries.iter().map(|entry| text(entry, arn)).collect()
    };
    let stores = all("ListEventDataStores", "EventDataStores", "EventDataStoreArn").into_iter();
    let stores: Vec<Value> = stores
        .map(|arn| {
            let mut store = get("GetEventDataStore", json!({"EventDataStore": arn}));
            store["Tags"] = tags(caller, &arn);
            store
        })
        .collect();
    let channels = all("ListChannels", "Channels", "ChannelArn").into_iter();
    let channels: Vec<Value> = channels
        .map(|arn| {
            let mut channel = get("GetChannel", json!({"Channel": arn}));
            channel["IngestionStatus"] = Value::Null;
            channel["Tags"] = tags(caller, &arn);
            let policy = caller.call("GetResourcePolicy", json!({"ResourceArn": arn}));
            channel["Policy"] = policy.map_or(Value::Null, |policy| {
                serde_json::from_str(&text(&policy, "ResourcePolicy")).unwrap()
            });
            channel
        })
        .collect();
    json!({"stores": stores, "channels": channels})
}

/// The tags of one resource; of one that refuses to tell, why.
fn tags(caller: &Caller, arn: &str) -> Value {
    match caller.call("ListTags", json!({"ResourceIdList": [arn]})) {
        Ok(found) => found["ResourceTagList"][0]["TagsList"].clone(),
        Err((_, code, _)) => Value::String(code),
    }
}
