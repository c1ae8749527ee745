//! Times as every output and every event of `ctl`'s own has them.

use jiff::Timestamp;

/// A time in RFC 3339, UTC, in whole seconds; a part of one is cut.
pub fn rfc3339(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
