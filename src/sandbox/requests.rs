//! The log of requests, in memory and bounded, for tests to look at.

use std::collections::VecDeque;

use serde::Serialize;

use super::clock::{real_ms, rfc3339};

/// How many are kept.
const KEPT: usize = 10_000;

/// One request.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Seen {
    seq: u64,
    /// When it came, by the real clock: the sandbox's own may stand still.
    at: String,
    operation: String,
    account: Option<String>,
    status: Option<u16>,
    code: Option<String>,
    fault: Option<&'static str>,
}

/// All that were seen lately.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    next: u64,
    seen: VecDeque<Seen>,
}

impl Requests {
    /// Writes down a request as it comes in, and says how to find it again.
    pub(crate) fn arrive(&mut self, operation: &str, account: Option<&str>, fault: Option<&'static str>) -> u64 {
        self.next += 1;
        if self.seen.len() == KEPT {
            self.seen.pop_front();
        }
        self.seen.push_back(Seen {
            seq: self.next,
            at: rfc3339(real_ms()),
            operation: operation.to_owned(),
            account: account.map(ToOwned::to_owned),
            status: None,
            code: None,
            fault,
        });
        self.next
    }

    /// Writes down the reply to a request.
    pub(crate) fn answer(&mut self, seq: u64, status: u16, code: Option<&str>) {
        if let Some(seen) = self.seen.iter_mut().rev().find(|seen| seen.seq == seq) {
            seen.status = Some(status);
            seen.code = code.map(ToOwned::to_owned);
        }
    }

    /// All of them, oldest first.
    pub(crate) fn list(&self) -> Vec<Seen> {
        self.seen.iter().cloned().collect()
    }

    /// Forgets them, and counts from one again.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_bounded_and_in_order() {
        let mut requests = Requests::default();
        for _ in 0..=KEPT {
            requests.arrive("GetChannel", None, None);
        }
        requests.answer(5, 200, None);
        let list = requests.list();
        assert_eq!((list.len(), list[0].seq, list[3].status), (KEPT, 2, Some(200)));
        requests.clear();
        assert_eq!(requests.arrive("ListTags", Some("1"), Some("cut")), 1);
    }
}
