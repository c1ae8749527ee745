//! The columns of a store, and where each value is kept.

use super::Schema;
use super::types::Type;

const VARCHAR: Type = Type::Varchar;

/// A column of a store and the `SQLite` expressions of its values, over `events AS e`.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    /// In lower case, as the schema has it.
    pub(super) name: &'static str,
    /// Its type.
    pub(super) ty: Type,
    /// As many as the type is wide.
    pub(super) values: Vec<&'static str>,
}

/// The columns of a schema.
pub(super) fn columns(schema: Schema) -> Vec<Stored> {
    match schema {
        Schema::ActivityAuditLog => activity(),
        Schema::Management => management(),
    }
}

/// Spelled as AWS prints it; `errormessage` is understood too.
pub(super) const ERROR_MESSAGE: &str = "errormssage";

/// Reference 5.2.
fn activity() -> Vec<Stored> {
    vec![
        text("eventversion", "e.record ->> '$.eventVersion'"),
        text("eventcategory", "e.record ->> '$.eventCategory'"),
        text("eventtype", "e.record ->> '$.eventType'"),
        text("eventid", "e.event_id"),
        Stored {
            name: "eventtime",
            ty: Type::Timestamp,
            values: vec!["e.event_time * 1000"],
        },
        text("awsregion", "e.record ->> '$.awsRegion'"),
        text("recipientaccountid", "e.record ->> '$.recipientAccountId'"),
        row(
            "addendum",
            &[
                ("reason", VARCHAR, "e.record ->> '$.addendum.reason'"),
                ("updatedfields", VARCHAR, "e.record ->> '$.addendum.updatedFields'"),
                ("originaluid", VARCHAR, "e.record ->> '$.addendum.originalUID'"),
                ("originaleventid", VARCHAR, "e.record ->> '$.addendum.originalEventID'"),
            ],
        ),
        row(
            "metadata",
            &[
                ("ingestiontime", VARCHAR, "e.record ->> '$.metadata.ingestionTime'"),
                ("channelarn", VARCHAR, "e.channel_arn"),
            ],
        ),
        event_data(),
    ]
}

fn event_data() -> Stored {
    let identity = row(
        "useridentity",
        &[
            ("type", VARCHAR, "e.event_data ->> '$.userIdentity.type'"),
            ("principalid", VARCHAR, "e.principal_id"),
            (
                "details",
                Type::Map,
                "lake_map(e.event_data -> '$.userIdentity.details')",
            ),
        ],
    );
    let before = [("version", VARCHAR, "e.event_data ->> '$.version'")];
    let after = [
        ("useragent", VARCHAR, "e.event_data ->> '$.userAgent'"),
        ("eventsource", VARCHAR, "e.event_source"),
        ("eventname", VARCHAR, "e.event_name"),
        ("eventtime", VARCHAR, "e.event_data ->> '$.eventTime'"),
        ("uid", VARCHAR, "e.uid"),
        (
            "requestparameters",
            Type::Map,
            "lake_map(e.event_data -> '$.requestParameters')",
        ),
        (
            "responseelements",
            Type::Map,
            "lake_map(e.event_data -> '$.responseElements')",
        ),
        ("errorcode", VARCHAR, "e.error_code"),
        (ERROR_MESSAGE, VARCHAR, "e.event_data ->> '$.errorMessage'"),
        ("sourceipaddress", VARCHAR, "e.source_ip_address"),
        ("recipientaccountid", VARCHAR, "e.event_data ->> '$.recipientAccountId'"),
        (
            "additionaleventdata",
            Type::Map,
            "lake_map(e.event_data -> '$.additionalEventData')",
        ),
    ];
    let mut fields = Vec::new();
    let mut values = Vec::new();
    for (name, ty, value) in before {
        fields.push((name.to_owned(), ty));
        values.push(value);
    }
    fields.push((identity.name.to_owned(), identity.ty));
    values.extend(identity.values);
    for (name, ty, value) in after {
        fields.push((name.to_owned(), ty));
        values.push(value);
    }
    Stored {
        name: "eventdata",
        ty: Type::Row(fields),
        values,
    }
}

/// The usual columns of CloudTrail events
/// (<https://docs.aws.amazon.com/awscloudtrail/latest/userguide/query-supported-event-schemas.html>).
fn management() -> Vec<Stored> {
    let identity = [
        "type",
        "principalid",
        "arn",
        "accountid",
        "accesskeyid",
        "username",
        "invokedby",
        "identityprovider",
    ];
    let identity: Vec<_> = identity.into_iter().map(|name| (name, VARCHAR, "NULL")).collect();
    let varchar = |name| text(name, "NULL");
    let typed = |name, ty| Stored {
        name,
        ty,
        values: vec!["NULL"],
    };
    vec![
        varchar("eventversion"),
        row("useridentity", &identity),
        typed("eventtime", Type::Timestamp),
        varchar("eventsource"),
        varchar("eventname"),
        varchar("awsregion"),
        varchar("sourceipaddress"),
        varchar("useragent"),
        varchar("errorcode"),
        varchar("errormessage"),
        typed("requestparameters", Type::Map),
        typed("responseelements", Type::Map),
        typed("additionaleventdata", Type::Map),
        varchar("requestid"),
        varchar("eventid"),
        typed("readonly", Type::Boolean),
        varchar("eventtype"),
        varchar("apiversion"),
        typed("managementevent", Type::Boolean),
        varchar("recipientaccountid"),
        varchar("sharedeventid"),
        varchar("vpcendpointid"),
        varchar("eventcategory"),
        typed("serviceeventdetails", Type::Map),
    ]
}

fn text(name: &'static str, value: &'static str) -> Stored {
    Stored {
        name,
        ty: VARCHAR,
        values: vec![value],
    }
}

fn row(name: &'static str, fields: &[(&str, Type, &'static str)]) -> Stored {
    let named = fields
        .iter()
        .map(|(name, ty, _)| ((*name).to_owned(), ty.clone()))
        .collect();
    Stored {
        name,
        ty: Type::Row(named),
        values: fields.iter().map(|(_, _, value)| *value).collect(),
    }
}
