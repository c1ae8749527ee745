//! A sandbox in a process of its own.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Stdio};

use serde_json::Value;

use super::Ctl;

/// It goes on until it is killed or dropped.
pub(crate) struct Served {
    child: Child,
    /// The first line that it printed.
    pub(crate) line: Value,
}

impl Served {
    /// Starts it on a port that is free.
    pub(crate) fn start(ctl: &Ctl, args: &str) -> Self {
        Self::start_on(ctl, SocketAddr::from(([127, 0, 0, 1], 0)), args)
    }

    /// Starts it and reads its first line.
    pub(crate) fn start_on(ctl: &Ctl, address: SocketAddr, args: &str) -> Self {
        let args = format!("sandbox serve --listen {address} {args}");
        let args: Vec<&str> = args.split_whitespace().collect();
        let mut child = ctl.command(&args).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        Self {
            child,
            line: serde_json::from_str(&line).unwrap(),
        }
    }

    pub(crate) fn endpoint(&self) -> String {
        self.line["endpoint"].as_str().unwrap().to_owned()
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.endpoint().strip_prefix("http://").unwrap().parse().unwrap()
    }

    /// Ends it as `kill -9` does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
