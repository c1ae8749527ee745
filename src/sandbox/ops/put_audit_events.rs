//! `PutAuditEvents`, the data plane.
//!
//! <https://docs.aws.amazon.com/awscloudtraildata/latest/APIReference/API_PutAuditEvents.html>

use std::collections::HashSet;

use crate::sandbox::arn::{self, Kind};
use crate::sandbox::events::{self, Arrival, Passed};
use crate::sandbox::guesses;
use crate::sandbox::limits;
use crate::sandbox::policy::{self, Call};
use crate::sandbox::store::channels::{self, Channel, EVENT_DATA_STORE, Ingestion};
use crate::sandbox::store::event_data_stores::{self, ENABLED};
use crate::sandbox::store::{Tx, events as rows, policies};
use crate::sandbox::wire::Fault;
use crate::sandbox::wire::rest::{self, Entry, Failed, Output, Query, Successful};

/// An entry whose shape is right.
struct Sent {
    id: String,
    event_data: String,
    checksum: Option<String>,
}

/// Where a channel leads just now.
struct Reach {
    stores: Vec<String>,
    some_inactive: bool,
}

pub(crate) fn run(tx: &Tx<'_>, query: &Query, body: &[u8]) -> Result<Output, Fault> {
    let channel = find(tx, query.channel_arn.as_deref().unwrap_or_default())?;
    must_be_let_in(tx, &channel, query.external_id.as_deref())?;
    if let Some(external_id) = &query.external_id {
        check_external_id(external_id)?;
    }
    let sent = read(body)?;
    let reach = reach(tx, &channel)?;
    let mut ingestion = channel.ingestion.clone();
    let mut output = Output::default();
    for (index, entry) in sent.into_iter().enumerate() {
        let event_id = tx.new_id();
        match take(tx, &channel, &reach, index, &entry, &event_id)? {
            Ok(()) => {
                ingestion.success_time = Some(tx.now_ms);
                ingestion.success_event_id = Some(event_id.clone());
                if reach.some_inactive {
                    ingestion.error_code = Some(guesses::NO_DESTINATION.to_owned());
                }
                output.successful.push(Successful {
                    id: entry.id,
                    event_id: event_id.clone(),
                });
            }
            Err((error_code, error_message)) => {
                ingestion.error_code = Some(error_code.clone());
                output.failed.push(Failed {
                    id: entry.id,
                    error_code,
                    error_message,
                });
            }
        }
        ingestion = Ingestion {
            attempt_time: Some(tx.now_ms),
            attempt_event_id: Some(event_id),
            ..ingestion
        };
    }
    channels::set_ingestion(tx.sql, channel.seq, &ingestion)?;
    Ok(output)
}

/// The channel of the ARN. The message is the one observed (reference 1.2).
fn find(tx: &Tx<'_>, channel_arn: &str) -> Result<Channel, Fault> {
    let arn = arn::parse(channel_arn)
        .filter(|arn| arn.kind == Kind::Channel)
        .ok_or_else(|| {
            Fault::new(
                "InvalidChannelARN",
                format!("The channel ARN {channel_arn:?} is not valid."),
            )
        })?;
    let found = if arn.region == tx.caller.region {
        channels::by_arn(tx.sql, channel_arn)?
    } else {
        None
    };
    found.ok_or_else(|| {
        Fault::new(
            "ChannelNotFound",
            format!("The channel {channel_arn} could not be found."),
        )
    })
}

fn must_be_let_in(tx: &Tx<'_>, channel: &Channel, external_id: Option<&str>) -> Result<(), Fault> {
    let document = policies::get(tx.sql, &channel.arn)?;
    let call = Call {
        account: &tx.caller.account,
        owner: &channel.account,
        external_id,
        owner_needs_external_id: tx.rules.owner_needs_external_id,
    };
    if channel.service.is_none() && policy::lets_in(document.as_deref(), call) {
        return Ok(());
    }
    Err(Fault::new(
        "ChannelInsufficientPermission",
        format!(
            "The account {} is not allowed to put events to the channel {}.",
            tx.caller.account, channel.arn
        ),
    ))
}

fn check_external_id(external_id: &str) -> Result<(), Fault> {
    let legal = limits::EXTERNAL_ID.contains(&external_id.chars().count())
        && external_id
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_+=,.@:/-".contains(c));
    if legal {
        return Ok(());
    }
    Err(broken(
        "externalId must have 2 to 1224 letters, digits and _+=,.@:/- characters.",
    ))
}

fn read(body: &[u8]) -> Result<Vec<Sent>, Fault> {
    if body.len() > guesses::REQUEST_BYTES {
        return Err(too_large(body.len()));
    }
    let entries = rest::body(body)?
        .audit_events
        .ok_or_else(|| broken("The member auditEvents is required."))?;
    if !limits::AUDIT_EVENTS.contains(&entries.len()) {
        return Err(broken(format!(
            "auditEvents must have 1 to 100 members, not {}.",
            entries.len()
        )));
    }
    let sent = entries.into_iter().map(shaped).collect::<Result<Vec<_>, _>>()?;
    let mut seen = HashSet::new();
    match sent.iter().find(|entry| !seen.insert(entry.id.as_str())) {
        None => Ok(sent),
        Some(twice) => Err(Fault::new(
            "DuplicatedAuditEventId",
            format!(
                "Two or more entries in the request have the same event ID, {}.",
                twice.id
            ),
        )),
    }
}

fn shaped(entry: Entry) -> Result<Sent, Fault> {
    let id = entry
        .id
        .ok_or_else(|| broken("The member id of an audit event is required."))?;
    let legal = limits::AUDIT_EVENT_ID.contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if !legal {
        return Err(broken(
            "The id of an audit event must have 1 to 128 letters, digits, - and _.",
        ));
    }
    let event_data = entry
        .event_data
        .ok_or_else(|| broken("The member eventData of an audit event is required."))?;
    Ok(Sent {
        id,
        event_data,
        checksum: entry.event_data_checksum,
    })
}

/// The refusal of a body over the limit.
pub(crate) fn too_large(bytes: usize) -> Fault {
    Fault::new(
        guesses::TOO_LARGE,
        format!("The request body has {bytes} bytes; 1 MB is allowed."),
    )
    .with_status(413)
}

fn broken(message: impl Into<String>) -> Fault {
    Fault::new(guesses::SHAPE_DATA, message)
}

fn reach(tx: &Tx<'_>, channel: &Channel) -> Result<Reach, Fault> {
    let mut reach = Reach {
        stores: Vec::new(),
        some_inactive: false,
    };
    for destination in channels::destinations(tx.sql, channel.seq)? {
        let (Some(kind), Some(location)) = (destination.kind, destination.location) else {
            continue;
        };
        match event_data_stores::by_arn(tx.sql, &location)? {
            Some(store) if kind == EVENT_DATA_STORE && store.status == ENABLED => reach.stores.push(store.id),
            _ => reach.some_inactive = true,
        }
    }
    Ok(reach)
}

type Outcome = Result<(), (String, String)>;

fn take(
    tx: &Tx<'_>,
    channel: &Channel,
    reach: &Reach,
    index: usize,
    entry: &Sent,
    event_id: &str,
) -> Result<Outcome, Fault> {
    if let Some(spoiled) = tx.spoiled.filter(|spoiled| spoiled.hits(index, &entry.id)) {
        return Ok(Err((spoiled.code.clone(), spoiled.message.clone())));
    }
    let passed = match events::check(&entry.event_data, entry.checksum.as_deref(), &channel.account) {
        Ok(passed) => passed,
        Err(refusal) => return Ok(Err((refusal.code.to_owned(), refusal.message))),
    };
    if reach.stores.is_empty() {
        let message = "No event data store of the channel can take events.".to_owned();
        return Ok(Err((guesses::NO_DESTINATION.to_owned(), message)));
    }
    deliver(tx, channel, reach, entry, &passed, event_id)?;
    Ok(Ok(()))
}

fn deliver(
    tx: &Tx<'_>,
    channel: &Channel,
    reach: &Reach,
    entry: &Sent,
    passed: &Passed,
    event_id: &str,
) -> Result<(), Fault> {
    let arrival = Arrival {
        region: &tx.caller.region,
        account: &channel.account,
        channel_arn: &channel.arn,
        now_ms: tx.now_ms,
    };
    let event = rows::Event {
        id: event_id.to_owned(),
        entry_id: entry.id.clone(),
        uid: passed.uid.clone(),
        time: passed.time,
        visible_at: tx.now_ms.saturating_add(tx.rules.ingestion_delay_ms),
        channel_arn: channel.arn.clone(),
        record: events::record(&entry.event_data, passed, event_id, arrival)?,
        data: entry.event_data.clone(),
    };
    for store in &reach.stores {
        rows::insert(tx.sql, store, &event)?;
    }
    Ok(())
}
