//! Statements that are ready to run over the events of integrations.
//!
//! Each reads the store of `$EDS_ID`, and bounds no time: whoever runs it chooses the time.

/// A statement with its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// What it is called on the command line.
    pub name: &'static str,
    /// The question it answers.
    pub about: &'static str,
    /// The statement.
    pub sql: &'static str,
}

/// The samples. The first four are the uses that Nordcloud names for its integration.
pub const SAMPLES: [Sample; 9] = [
    Sample {
        name: "user-activity",
        about: "What did users do on the tenant, and from where?",
        sql: "SELECT eventTime, eventData.userIdentity.principalId AS principal, eventData.eventSource AS source, \
              eventData.eventName AS name, eventData.sourceIPAddress AS address, eventData.errorCode AS error\n\
              FROM $EDS_ID\n\
              ORDER BY eventTime DESC",
    },
    Sample {
        name: "configuration-changes",
        about: "What was created, changed or deleted, and what was asked for?",
        sql: "SELECT eventTime, eventData.userIdentity.principalId AS principal, eventData.eventSource AS source, \
              eventData.eventName AS name, json_format(cast(eventData.requestParameters AS json)) AS request\n\
              FROM $EDS_ID\n\
              WHERE regexp_like(lower(eventData.eventName), \
              '(add|attach|change|configure|create|delete|detach|disable|enable|modify|put|remove|set|update)')\n\
              AND eventData.errorCode IS NULL\n\
              ORDER BY eventTime DESC",
    },
    Sample {
        name: "saas-actions",
        about: "What did the SaaS application itself do in the accounts that it manages?",
        sql: "SELECT eventTime, eventData.userIdentity.type AS type, eventData.userIdentity.principalId AS principal, \
              eventData.eventSource AS source, eventData.eventName AS name, \
              json_format(cast(eventData.requestParameters AS json)) AS request\n\
              FROM $EDS_ID\n\
              WHERE lower(eventData.userIdentity.type) NOT IN ('user', 'customuserid', 'human')\n\
              ORDER BY eventTime DESC",
    },
    Sample {
        name: "compliance",
        about: "Everything that a third party produced in a period, with when and through what it came.",
        sql: "SELECT eventID, eventTime, metadata.ingestionTime AS ingested, metadata.channelARN AS channel, \
              recipientAccountId AS account, eventData.eventSource AS source, eventData.eventName AS name, \
              eventData.UID AS uid, eventData.userIdentity.type AS type, \
              eventData.userIdentity.principalId AS principal, eventData.sourceIPAddress AS address, \
              eventData.userAgent AS agent, eventData.errorCode AS error, \
              json_format(cast(eventData.requestParameters AS json)) AS request, \
              json_format(cast(eventData.responseElements AS json)) AS response\n\
              FROM $EDS_ID\n\
              ORDER BY eventTime, eventID",
    },
    Sample {
        name: "errors",
        about: "Which errors were there, how often, and when last?",
        sql: "SELECT eventData.errorCode AS error, eventData.eventSource AS source, eventData.eventName AS name, \
              count(*) AS events, max(eventTime) AS latest\n\
              FROM $EDS_ID\n\
              WHERE eventData.errorCode IS NOT NULL AND eventData.errorCode <> ''\n\
              GROUP BY eventData.errorCode, eventData.eventSource, eventData.eventName\n\
              ORDER BY events DESC, error, source, name",
    },
    Sample {
        name: "top-actors",
        about: "Who did most?",
        sql: "SELECT eventData.userIdentity.principalId AS principal, count(*) AS events, \
              count(DISTINCT eventData.eventName) AS names, max(eventTime) AS latest\n\
              FROM $EDS_ID\n\
              GROUP BY eventData.userIdentity.principalId\n\
              ORDER BY events DESC, principal\n\
              LIMIT 20",
    },
    Sample {
        name: "event-names",
        about: "What happens at all, and how often?",
        sql: "SELECT eventData.eventSource AS source, eventData.eventName AS name, count(*) AS events, \
              min(eventTime) AS first, max(eventTime) AS latest\n\
              FROM $EDS_ID\n\
              GROUP BY eventData.eventSource, eventData.eventName\n\
              ORDER BY events DESC, source, name",
    },
    Sample {
        name: "arrivals",
        about: "Did my event arrive, and when?",
        sql: "SELECT eventData.UID AS uid, eventID, eventTime, metadata.ingestionTime AS ingested, \
              eventData.eventName AS name\n\
              FROM $EDS_ID\n\
              ORDER BY eventTime DESC, eventID\n\
              LIMIT 50",
    },
    Sample {
        name: "per-day",
        about: "How many events were there on each day?",
        sql: "SELECT date_trunc('day', eventTime) AS day, count(*) AS events, \
              count(DISTINCT eventData.userIdentity.principalId) AS principals\n\
              FROM $EDS_ID\n\
              GROUP BY date_trunc('day', eventTime)\n\
              ORDER BY day",
    },
];

/// The sample of this name.
pub fn find(name: &str) -> Option<&'static Sample> {
    SAMPLES.iter().find(|sample| sample.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::query::bounds::{Window, bound};
    use crate::plan::query::select::columns;
    use crate::plan::query::text::Template;

    #[test]
    fn every_sample_takes_a_bound_and_tells_its_columns() {
        let table = ["6f0c2a1e-1111-4222-8333-444455556666".to_owned()];
        let window = Window {
            from: "2026-11-20T00:00:00Z".parse().unwrap(),
            to: None,
        };
        for sample in SAMPLES {
            let template = Template::read(sample.sql).unwrap();
            assert_eq!(template.holes().count(), 1, "{}", sample.name);
            let sql = template.fill(&table);
            assert_eq!(bound(&sql, &window, false).unwrap().added, 1, "{}", sample.name);
            let named = columns(&sql).unwrap().iter().all(|column| column.name.is_some());
            assert!(named, "{}", sample.name);
            assert_eq!(find(sample.name), Some(&sample));
        }
    }
}
