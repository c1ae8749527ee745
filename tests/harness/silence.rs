//! An endpoint that takes every request and never answers.

use std::io::Read as _;
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// It goes on until the test ends.
pub(crate) struct Silence {
    address: SocketAddr,
    calls: Receiver<()>,
}

impl Silence {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, calls) = channel();
        std::thread::spawn(move || {
            let mut held = Vec::new();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut begin = [0; 1024];
                if stream.read(&mut begin).is_ok_and(|read| read > 0) && tell.send(()).is_err() {
                    return;
                }
                held.push(stream);
            }
        });
        Self { address, calls }
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Waits until a request has come.
    pub(crate) fn await_call(&self) {
        self.calls.recv_timeout(Duration::from_secs(20)).expect("a request");
    }

    /// How many requests came that nobody waited for.
    pub(crate) fn calls(&self) -> usize {
        self.calls.try_iter().count()
    }
}
