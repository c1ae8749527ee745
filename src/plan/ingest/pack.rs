//! Packing events into requests.
//!
//! A request takes 100 events and 1 MB (reference §2.5). No page says whether the megabyte counts the
//! body or the `eventData` strings in it; the body is always the longer, so it is the body that is
//! counted, escaped as it goes out, and both readings hold. Equal ids in one request refuse it whole
//! (`DuplicatedAuditEventId`), so a second one waits for the next request.
//!
//! The order of the events is kept and none is lost. What would not fit into a request of its own is
//! handed back, and its neighbours go without it.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};

use crate::model::event::AuditEvent;

/// The most events of a request (`AuditEvents`, reference §1.7).
pub const MAX_EVENTS: usize = 100;

/// The most bytes of a request's body. The API reference says "up to 1 MB", the partner guide "less
/// than"; kB may be of 1000 or of 1024: this is the strictest reading (reference §2.5).
pub const MAX_BYTES: usize = 999_999;

/// What a request's body has around its entries.
const AROUND: usize = r#"{"auditEvents":[]}"#.len();

/// The limits of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many events.
    pub events: usize,
    /// How many bytes of body.
    pub bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            events: MAX_EVENTS,
            bytes: MAX_BYTES,
        }
    }
}

/// Something that is packed: an event, or what stands for one in a test.
pub trait Parcel {
    /// The id that no other entry of its request may have.
    fn id(&self) -> &str;

    /// How many bytes its entry takes in the body, escaped.
    fn encoded_len(&self) -> usize;
}

impl Parcel for AuditEvent {
    fn id(&self) -> &str {
        Self::id(self).as_str()
    }

    fn encoded_len(&self) -> usize {
        self.encoded().len()
    }
}

/// What became of one more event.
#[derive(Debug, PartialEq, Eq)]
pub enum Packed<P> {
    /// It is in the open request.
    Held,
    /// It did not fit into the open request, which is this one, and begins the next.
    Full(Vec<P>),
    /// It fits into no request.
    TooLarge(P),
}

/// The request being filled.
#[derive(Debug)]
pub struct Packer<P> {
    limits: Limits,
    open: Vec<P>,
    bytes: usize,
    hasher: RandomState,
    /// A hash of each id in the open request: an id is looked for only if its hash is here.
    hashes: HashSet<u64>,
}

impl<P: Parcel> Packer<P> {
    /// Nothing packed yet.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            open: Vec::new(),
            bytes: AROUND,
            hasher: RandomState::new(),
            hashes: HashSet::new(),
        }
    }

    /// Packs one more event. A request that is given out is as full as the order allows.
    pub fn push(&mut self, parcel: P) -> Packed<P> {
        let len = parcel.encoded_len();
        if AROUND + len > self.limits.bytes || self.limits.events == 0 {
            return Packed::TooLarge(parcel);
        }
        let comma = usize::from(!self.open.is_empty());
        let hash = self.hasher.hash_one(parcel.id());
        let fits = self.open.len() < self.limits.events
            && self.bytes + comma + len <= self.limits.bytes
            && (self.hashes.insert(hash) || !self.open.iter().any(|other| other.id() == parcel.id()));
        if fits {
            self.bytes += comma + len;
            self.open.push(parcel);
            return Packed::Held;
        }
        self.hashes.clear();
        self.hashes.insert(hash);
        self.bytes = AROUND + len;
        Packed::Full(std::mem::replace(&mut self.open, vec![parcel]))
    }

    /// How many events are in the open request.
    pub fn held(&self) -> usize {
        self.open.len()
    }

    /// Gives out the open request, if there is anything in it.
    pub fn flush(&mut self) -> Option<Vec<P>> {
        self.hashes.clear();
        self.bytes = AROUND;
        let open = std::mem::take(&mut self.open);
        (!open.is_empty()).then_some(open)
    }
}

/// How many bytes of body a request takes.
pub fn body_len<P: Parcel>(request: &[P]) -> usize {
    let entries: usize = request.iter().map(Parcel::encoded_len).sum();
    AROUND + entries + request.len().saturating_sub(1)
}

/// Packs all of these: the requests in order, and what fits into none.
pub fn pack<P: Parcel>(parcels: impl IntoIterator<Item = P>, limits: Limits) -> (Vec<Vec<P>>, Vec<P>) {
    let mut packer = Packer::new(limits);
    let (mut requests, mut too_large) = (Vec::new(), Vec::new());
    for parcel in parcels {
        match packer.push(parcel) {
            Packed::Held => {}
            Packed::Full(request) => requests.push(request),
            Packed::TooLarge(parcel) => too_large.push(parcel),
        }
    }
    requests.extend(packer.flush());
    (requests, too_large)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Clone, PartialEq, Eq)]
    struct Box_ {
        seq: usize,
        id: String,
        len: usize,
    }

    impl Parcel for Box_ {
        fn id(&self) -> &str {
            &self.id
        }

        fn encoded_len(&self) -> usize {
            self.len
        }
    }

    fn boxes(shape: &[(u8, usize)]) -> Vec<Box_> {
        let one = |(seq, (id, len)): (usize, &(u8, usize))| Box_ {
            seq,
            id: id.to_string(),
            len: *len,
        };
        shape.iter().enumerate().map(one).collect()
    }

    fn sizes(requests: &[Vec<Box_>]) -> Vec<usize> {
        requests.iter().map(Vec::len).collect()
    }

    fn body(request: &[Box_]) -> usize {
        18 + request.iter().map(|parcel| parcel.len).sum::<usize>() + request.len() - 1
    }

    #[test]
    fn a_request_has_at_most_100_events() {
        let many: Vec<_> = (0..250)
            .map(|seq| Box_ {
                seq,
                id: seq.to_string(),
                len: 600,
            })
            .collect();
        let (requests, too_large) = pack(many, Limits::default());
        assert_eq!(sizes(&requests), [100, 100, 50]);
        assert!(too_large.is_empty());
    }

    #[test]
    fn a_request_has_less_than_a_megabyte_of_body() {
        // Two entries and what is around them: 18 + 499 990 + 1 + 499 990 = 999 999.
        let (requests, _) = pack(boxes(&[(1, 499_990), (2, 499_990)]), Limits::default());
        assert_eq!(sizes(&requests), [2]);
        let (requests, _) = pack(boxes(&[(1, 499_990), (2, 499_991)]), Limits::default());
        assert_eq!(sizes(&requests), [1, 1]);
    }

    #[test]
    fn what_fits_into_no_request_goes_alone() {
        let shape = boxes(&[(1, 10), (2, 1_000_000), (3, 10)]);
        let (requests, too_large) = pack(shape, Limits::default());
        assert_eq!(sizes(&requests), [2]);
        assert_eq!(too_large.iter().map(|parcel| parcel.seq).collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn equal_ids_never_meet() {
        let (requests, _) = pack(boxes(&[(1, 9), (2, 9), (1, 9), (2, 9), (2, 9)]), Limits::default());
        assert_eq!(sizes(&requests), [2, 2, 1]);
    }

    proptest! {
        #[test]
        fn order_limits_and_everything_kept(
            shape in proptest::collection::vec((any::<u8>(), 0_usize..400), 0..300),
            events in 1_usize..20,
            bytes in 100_usize..1000,
        ) {
            let limits = Limits { events, bytes };
            let all = boxes(&shape);
            let (requests, too_large) = pack(all.clone(), limits);
            for request in &requests {
                prop_assert!(!request.is_empty() && request.len() <= events);
                prop_assert!(body(request) <= bytes);
                let ids: HashSet<_> = request.iter().map(Parcel::id).collect();
                prop_assert_eq!(ids.len(), request.len());
            }
            // A request was not ended early: what begins the next would not have fitted.
            for pair in requests.windows(2) {
                let next = &pair[1][0];
                let full = pair[0].len() == events
                    || body(&pair[0]) + 1 + next.len > bytes
                    || pair[0].iter().any(|parcel| parcel.id == next.id);
                prop_assert!(full);
            }
            prop_assert!(too_large.iter().all(|parcel| 18 + parcel.len > bytes));
            let kept: Vec<_> = requests.into_iter().flatten().collect();
            let wanted: Vec<_> = all.into_iter().filter(|parcel| 18 + parcel.len <= bytes).collect();
            prop_assert_eq!(kept.len() + too_large.len(), shape.len());
            prop_assert_eq!(kept, wanted);
        }
    }
}
