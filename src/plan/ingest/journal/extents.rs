//! Where in a journal of several inputs the frames of each stand, so that each reads its own only.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Tag;

/// Frames of an input that are no farther apart than this are read in one go.
const NEAR: u64 = 64 * 1024;

/// Where the frames of each input stand.
#[derive(Debug, Default)]
pub struct Extents {
    of: BTreeMap<Tag, Vec<Range<u64>>>,
}

impl Extents {
    /// A frame of an input stands there, after all that were told before.
    pub fn add(&mut self, tag: Tag, range: Range<u64>) {
        let ranges = self.of.entry(tag).or_default();
        match ranges.last_mut() {
            Some(last) if range.start <= last.end.saturating_add(NEAR) => last.end = last.end.max(range.end),
            _ => ranges.push(range),
        }
    }

    /// Where the frames of an input stand, in order.
    pub fn of(&self, tag: Tag) -> &[Range<u64>] {
        self.of.get(&tag).map(Vec::as_slice).unwrap_or_default()
    }
}
