//! What to do about an event that the service refused.

/// The way out for one of the codes of reference §2.6. The service's own words are seldom enough: what
/// triggers a code is documented for two of them only.
pub fn remedy(code: &str) -> Option<&'static str> {
    Some(match code {
        "FieldTooLong" => "A member is longer than the schema allows: shorten it at its source.",
        "FieldNotFound" => "A member that the schema requires is missing: add it at its source.",
        "InvalidChecksum" => {
            "The event was changed on its way: send it again, and look for a proxy that rewrites bodies."
        }
        "InvalidData" => "The service reads the schema more strictly than ctl here: compare the event with the schema.",
        "InvalidRecipient" => {
            "recipientAccountId must be the account that owns the channel; leave it out, and ctl fills it in."
        }
        "InvalidEventSource" => {
            "The channel's source does not accept this eventSource: use the partner's own, or a custom channel."
        }
        "AccountNotSubscribed" => {
            "The channel's account is not set up for CloudTrail Lake: its owner must see to that."
        }
        "Throttling" | "InternalFailure" => "The service could not take it just now: send it again later.",
        "DuplicatedAuditEventId" => "Two events of one request had this id: give each its own.",
        "RequestEntityTooLargeException" => "The event alone is too large for a request: shorten it at its source.",
        "ValidationError" | "ValidationException" | "SerializationException" | "MalformedHttpRequestException" => {
            "The service cannot read the event as ctl sends it; it went alone, so it is this one."
        }
        _ => return None,
    })
}
