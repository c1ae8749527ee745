//! A control plane with nothing in it, whose replies bear any date.

use std::net::SocketAddr;

use super::endpoint::serve;

/// It goes on until the test ends.
pub(crate) struct Stamped {
    address: SocketAddr,
}

impl Stamped {
    /// Its clock is this many seconds ahead of the real one.
    pub(crate) fn ahead(seconds: i64) -> Self {
        let address = serve(move |_| {
            let at = super::now() + jiff::SignedDuration::from_secs(seconds);
            let date = at.strftime("%a, %d %b %Y %H:%M:%S GMT");
            let head = format!("date: {date}\r\ncontent-type: application/x-amz-json-1.1\r\n");
            (head, r#"{"EventDataStores":[],"Channels":[]}"#.to_owned())
        });
        Self { address }
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }
}
