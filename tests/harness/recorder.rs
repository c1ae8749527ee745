//! An endpoint that takes every event and keeps what was sent, byte for byte.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::endpoint::serve;

/// It goes on until the test ends.
pub(crate) struct Recorder {
    address: SocketAddr,
    bodies: Arc<Mutex<Vec<Value>>>,
}

impl Recorder {
    pub(crate) fn new() -> Self {
        let bodies = Arc::<Mutex<Vec<Value>>>::default();
        let kept = Arc::clone(&bodies);
        let address = serve(move |body| {
            let body: Value = serde_json::from_slice(body).unwrap();
            let entries = body["auditEvents"].as_array().unwrap();
            let taken: Vec<Value> = entries
                .iter()
                .map(|entry| json!({"id": entry["id"], "eventID": entry["id"]}))
                .collect();
            kept.lock().unwrap().push(body);
            let reply = json!({"successful": taken, "failed": []});
            ("content-type: application/json\r\n".to_owned(), reply.to_string())
        });
        Self { address, bodies }
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The bodies of all requests.
    pub(crate) fn bodies(&self) -> Vec<Value> {
        self.bodies.lock().unwrap().clone()
    }
}
