//! A store of events that nobody sent: queries over it are answered at once, with as many rows as a second has
//! times the seconds of the window that the statement asks for.
//!
//! The ID of a query is the window, so nothing has to be remembered.

use std::fmt::Write as _;

/// Events in each second.
const RATE: u64 = 10;
/// Rows of a page.
const PAGE: u64 = 1000;

/// Answers a request of the control plane; `head` is in lower case. What is not known is answered with `None`.
pub fn answer(head: &str, body: &str) -> Option<(String, u64)> {
    let target = head.split("\r\nx-amz-target:").nth(1)?.lines().next()?;
    let operation = target.rsplit('.').next()?.trim();
    match operation {
        "geteventdatastore" => Some((store(member(body, "EventDataStore")?), 0)),
        "startquery" => {
            let mut times = body
                .split("timestamp '")
                .skip(1)
                .filter_map(|rest| seconds(rest.get(..19)?));
            let (from, to) = (times.next()?, times.next()?);
            Some((format!(r#"{{"QueryId":"{from:08x}-0000-4000-8000-{to:012x}"}}"#), 0))
        }
        "describequery" => {
            let (from, to) = window(member(body, "QueryId")?)?;
            let rows = (to - from) * RATE;
            let statistics = format!(
                r#"{{"EventsMatched":{rows},"EventsScanned":{rows},"BytesScanned":{}}}"#,
                rows * 640
            );
            Some((
                format!(r#"{{"QueryStatus":"FINISHED","QueryStatistics":{statistics}}}"#),
                0,
            ))
        }
        "getqueryresults" => {
            let (from, to) = window(member(body, "QueryId")?)?;
            let begin = member(body, "NextToken").map_or(Some(0), |token| token.parse().ok())?;
            Some(page(from, (to - from) * RATE, begin))
        }
        "cancelquery" => {
            let id = member(body, "QueryId")?;
            Some((format!(r#"{{"QueryId":"{id}","QueryStatus":"CANCELLED"}}"#), 0))
        }
        _ => None,
    }
}

fn store(arn: &str) -> String {
    format!(
        r#"{{"EventDataStoreArn":"{arn}","Name":"bench","Status":"ENABLED","AdvancedEventSelectors":[{{"FieldSelectors":[{{"Field":"eventCategory","Equals":["ActivityAuditLog"]}}]}}],"MultiRegionEnabled":false,"OrganizationEnabled":false,"RetentionPeriod":366,"TerminationProtectionEnabled":true,"BillingMode":"EXTENDABLE_RETENTION_PRICING"}}"#
    )
}

/// A page of rows, each one column with the text of an array, as `ctl export` asks for it; and how many they are.
fn page(from: u64, total: u64, begin: u64) -> (String, u64) {
    let end = total.min(begin + PAGE);
    let mut reply = String::with_capacity(1_400_000);
    let next = if end < total {
        format!(r#""NextToken":"{end}","#)
    } else {
        String::new()
    };
    let _ = write!(
        reply,
        r#"{{{next}"QueryStatus":"FINISHED","QueryStatistics":{{"ResultsCount":{},"TotalResultsCount":{total},"BytesScanned":{}}},"QueryResultRows":["#,
        end - begin,
        total * 640
    );
    for row in begin..end {
        let time = text(from + row / RATE);
        let id = format!("{:08x}-0000-4000-8000-{row:012x}", from + row / RATE);
        let comma = if row > begin { "," } else { "" };
        let _ = write!(
            reply,
            r#"{comma}[{{"record":"[\"1.0\",\"ActivityAuditLog\",\"ActivityLog\",\"{id}\",\"{time}\",\"us-east-1\",\"111122223333\",null,null,null,null,\"{time}\",\"arn:aws:cloudtrail:us-east-1:111122223333:channel/00000000-0000-4000-8000-000000000001\",\"1.0\",\"CustomUserIdentity\",\"user-{row}@example.com\",\"{{\\\"department\\\":\\\"platform engineering\\\",\\\"session\\\":\\\"{row}\\\"}}\",\"Mozilla/5.0 (X11; Linux x86_64) console/4.2\",\"app.example.com\",\"UpdateProject\",\"{time}\",\"evt-{row}\",\"{{\\\"project\\\":\\\"p-{row}\\\",\\\"labels\\\":\\\"[\\\\\\\"production\\\\\\\",\\\\\\\"eu\\\\\\\"]\\\",\\\"dryRun\\\":\\\"false\\\"}}\",\"{{\\\"status\\\":\\\"ok\\\"}}\",null,null,\"192.0.2.17\",\"111122223333\",\"{{\\\"note\\\":\\\"what has no place elsewhere\\\"}}\"]"}}]"#
        );
    }
    reply.push_str("]}");
    (reply, end - begin)
}

/// The text of a member whose value is a string without escapes.
fn member<'b>(body: &'b str, name: &str) -> Option<&'b str> {
    let (_, rest) = body.split_once(&format!("\"{name}\":\""))?;
    rest.split('"').next()
}

fn window(id: &str) -> Option<(u64, u64)> {
    let mut parts = id.split('-');
    let from = u64::from_str_radix(parts.next()?, 16).ok()?;
    let to = u64::from_str_radix(parts.next_back()?, 16).ok()?;
    (from <= to).then_some((from, to))
}

/// Seconds since 1970 of `2026-11-20 12:00:00`.
fn seconds(text: &str) -> Option<u64> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<u64>().ok();
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let time = number(11, 13)? * 3600 + number(14, 16)? * 60 + number(17, 19)?;
    // Years begin in March, so that the day that comes and goes is the last one.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    Some((days - 719_468) * 86_400 + time)
}

/// The same back, as `2026-11-20T12:00:00Z`.
fn text(seconds: u64) -> String {
    let (days, time) = (seconds / 86_400 + 719_468, seconds % 86_400);
    let (era, of_era) = (days / 146_097, days % 146_097);
    let of_years = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * of_years + of_years / 4 - of_years / 100);
    let march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march + 2) / 5 + 1;
    let (month, carry) = if march < 10 { (march + 3, 0) } else { (march - 9, 1) };
    let year = era * 400 + of_years + carry;
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z",
        time / 3600,
        time / 60 % 60,
        time % 60
    )
}
