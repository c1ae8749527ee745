//! What the service says about the events of one request.

/// An event that the service took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The id it was sent with.
    pub id: String,
    /// The id CloudTrail gave it.
    pub event_id: String,
}

/// An event that the service did not take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// The id it was sent with.
    pub id: String,
    /// One of the codes of reference §2.6.
    pub code: String,
    /// The service's words.
    pub message: String,
}

/// The body of a reply with status 200.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reply {
    /// What was taken.
    pub successful: Vec<Stored>,
    /// What was not.
    pub failed: Vec<Failed>,
}
