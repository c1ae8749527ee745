//! What a store has, how it is named and how it is shown.

use super::{all_fail, all_give, ask, lake};

#[test]
fn every_column_has_its_value() {
    all_give(&[
        (
            "SELECT eventVersion, eventCategory, eventType, eventID, eventTime, awsRegion, recipientAccountId, addendum
             FROM {A} WHERE eventID = 'a1'",
            &["1.0|ActivityAuditLog|ActivityLog|a1|2026-11-20 12:00:00.000|us-east-1|123456789012|NULL"],
        ),
        (
            "SELECT metadata.ingestionTime, metadata.channelARN, metadata FROM {A} WHERE eventID = 'a1'",
            &[
                "2026-12-02T00:00:00|arn:aws:cloudtrail:us-east-1:123456789012:channel/c1|{ingestiontime=2026-12-02T00:00:00, \
               channelarn=arn:aws:cloudtrail:us-east-1:123456789012:channel/c1}",
            ],
        ),
        (
            "SELECT eventData.version, eventData.userIdentity.type, eventData.userIdentity.principalId,
                 eventData.userIdentity.details, eventData.userAgent, eventData.eventSource, eventData.eventName,
                 eventData.eventTime, eventData.UID, eventData.sourceIPAddress, eventData.recipientAccountId
             FROM {A} WHERE eventID = 'a4'",
            &[
                "1.0|Admin|Bob|{groups=[\"x\",\"y\"], mfa=true}|Mozilla/5.0|app.example.com|Login|2026-11-21T08:15:30Z|\
               u-2026-11-21T08:15:30Z|10.0.0.1|123456789012",
            ],
        ),
        (
            "SELECT eventData.errorCode, eventData.errormssage, eventData.errorMessage FROM {A} WHERE eventID = 'a3'",
            &["AccessDenied|not today|not today"],
        ),
        (
            "SELECT eventData.requestParameters, eventData.responseElements, eventData.additionalEventData
             FROM {A} WHERE eventID IN ('a2', 'a5') ORDER BY eventID",
            &["{visibility=public}|NULL|NULL", "{}|NULL|NULL"],
        ),
        (
            "SELECT eventData.userIdentity FROM {A} WHERE eventID IN ('a1', 'a4') ORDER BY eventID",
            &[
                "{type=User, principalid=alice, details=null}",
                "{type=Admin, principalid=Bob, details={groups=[\"x\",\"y\"], mfa=true}}",
            ],
        ),
    ]);
}

#[test]
fn maps_hold_text() {
    all_give(&[
        (
            "SELECT eventData.requestParameters FROM {A} WHERE eventID = 'a1'",
            &["{count=3, deep={\"b\":[1,2.5],\"a\":null}, none=null, visibility=private}"],
        ),
        (
            "SELECT element_at(eventData.requestParameters, 'visibility'), eventData.requestParameters['count'],
                 element_at(eventData.requestParameters, 'none'), element_at(eventData.requestParameters, 'no')
             FROM {A} WHERE eventID = 'a1'",
            &["private|3|NULL|NULL"],
        ),
        (
            "SELECT eventID FROM {A} WHERE element_at(eventData.requestParameters, 'visibility') = 'public'",
            &["a2"],
        ),
        (
            "SELECT cardinality(eventData.requestParameters), map_keys(eventData.requestParameters),
                 map_values(eventData.requestParameters)
             FROM {A} WHERE eventID IN ('a1', 'a3', 'a5') ORDER BY eventID",
            &[
                "4|[count, deep, none, visibility]|[3, {\"b\":[1,2.5],\"a\":null}, null, private]",
                "NULL|NULL|NULL",
                "0|[]|[]",
            ],
        ),
    ]);
    all_fail(&[(
        "SELECT eventData.requestParameters['no'] FROM {A} WHERE eventID = 'a1'",
        "Key not present in map: no",
    )]);
}

#[test]
fn all_columns_come_in_the_order_of_the_schema() {
    let db = lake();
    let answer = ask(&db, "SELECT * FROM {A} WHERE eventID = 'a3'").unwrap();
    assert_eq!(
        answer.columns,
        [
            "eventversion",
            "eventcategory",
            "eventtype",
            "eventid",
            "eventtime",
            "awsregion",
            "recipientaccountid",
            "addendum",
            "metadata",
            "eventdata"
        ]
    );
    assert_eq!(
        answer.rows[0][9].as_deref().unwrap(),
        "{version=1.0, useridentity={type=User, principalid=bob, details=null}, useragent=null, \
         eventsource=github.audit.streaming, eventname=git.clone, eventtime=2026-11-21T00:00:00Z, \
         uid=u-2026-11-21T00:00:00Z, requestparameters=null, responseelements=null, errorcode=AccessDenied, \
         errormssage=not today, sourceipaddress=null, recipientaccountid=123456789012, additionaleventdata=null}"
    );
    let empty = ask(&db, "SELECT * FROM {C}").unwrap();
    assert_eq!(empty.rows.len(), 0);
    assert_eq!(&empty.columns[..3], ["eventversion", "useridentity", "eventtime"]);
}

#[test]
fn keys_are_spelled_as_they_are_written() {
    let db = lake();
    for (statement, wanted) in [
        (
            "SELECT eventID, eventData.userIdentity.principalid, EVENTDATA.EventName FROM {A}",
            vec!["eventID", "principalid", "EventName"],
        ),
        (
            "SELECT eventID AS Id, count(*) OVERALL, max(eventTime), (eventID) FROM {A} GROUP BY eventID",
            vec!["Id", "OVERALL", "_col2", "eventID"],
        ),
        (
            "SELECT lower(eventID), 1, eventData.requestParameters['x'] FROM {A} WHERE 1 = 0",
            vec!["_col0", "_col1", "_col2"],
        ),
        (
            "SELECT x.eventID, x.* FROM (SELECT eventID AS Q, eventID FROM {A}) AS x LIMIT 1",
            vec!["eventID", "Q", "eventID"],
        ),
        (
            "SELECT eventID AS l FROM {A} UNION SELECT eventID AS r FROM {B}",
            vec!["l"],
        ),
        ("SELECT a FROM (SELECT eventID FROM {A}) AS t (a)", vec!["a"]),
        ("SELECT eventID AS \"Event ID\" FROM {A}", vec!["Event ID"]),
    ] {
        assert_eq!(ask(&db, statement).unwrap().columns, wanted, "{statement}");
    }
}

#[test]
fn names_mean_what_stands_nearest() {
    all_give(&[
        (
            "SELECT e.eventID FROM {A} AS e WHERE e.eventData.eventName = 'Login'",
            &["a4"],
        ),
        (
            "SELECT {A}.eventID FROM {A} WHERE {A}.eventData.userIdentity.principalId = 'carol'",
            &["a5"],
        ),
        (
            "SELECT eventID FROM \"{A}\" WHERE eventdata.EVENTNAME = 'Login';",
            &["a4"],
        ),
        ("select EventId from {A} e where E.EVENTID = 'a2'", &["a2"]),
        (
            "SELECT d.userIdentity.principalId FROM (SELECT eventData AS d, eventID FROM {A}) WHERE eventID = 'a2'",
            &["alice"],
        ),
    ]);
    all_fail(&[
        ("SELECT eventID FROM {A} JOIN {B} ON true", "'eventid' is ambiguous"),
        ("SELECT nothing FROM {A}", "'nothing' cannot be resolved"),
        ("SELECT eventData.nothing FROM {A}", "'nothing' cannot be resolved"),
        ("SELECT eventID.x FROM {A}", "'.x' needs a row"),
        ("SELECT eventSource FROM {A}", "'eventsource' cannot be resolved"),
        (
            "SELECT 1 FROM 00000000-0000-4000-8000-000000000000",
            "no store 00000000-0000-4000-8000-000000000000",
        ),
        ("SELECT 1 FROM cloudtrail_logs", "no store cloudtrail_logs"),
    ]);
}
