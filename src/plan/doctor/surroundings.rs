//! The checks that need no integration: credentials, Region, endpoints, clock, quotas, permissions.

use super::{Check, Look, Seen, Trouble, Verdict, Wrong, count, skipped};
use crate::model::time::rfc3339;
use crate::plan::enable::{MAX_CHANNELS, MAX_STORES};
use crate::plan::regions;

/// A clock that is off by more is worth a look, in seconds.
const SKEW_WARNED: i64 = 60;
/// A clock that is off by more has its requests refused, in seconds: a signature is good for five minutes
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html>).
const SKEW_REFUSED: i64 = 5 * 60;

/// These checks, in their order.
pub(super) fn checks(seen: &Seen) -> Vec<Check> {
    vec![
        credentials(seen),
        caller(seen),
        account(seen),
        region(seen),
        control_endpoint(seen),
        ingestion_endpoint(seen),
        ingestion_region(seen),
        clock(seen),
        store_quota(seen),
        channel_quota(seen),
        customer(seen),
        reads(seen),
        writes(),
    ]
}

/// Every call of the control plane that went wrong.
fn troubles(seen: &Seen) -> Vec<&Trouble> {
    let lists = [seen.stores.trouble(), seen.channels.trouble()].into_iter().flatten();
    let each = seen.integrations.iter().flat_map(|one| {
        let stores = one.stores.iter().filter_map(|(_, store)| store.trouble());
        let others = [one.channel.trouble(), one.policy.trouble(), one.tags.trouble()];
        others.into_iter().flatten().chain(stores)
    });
    lists.chain(each).collect()
}

/// The read actions that succeeded.
fn allowed(seen: &Seen) -> Vec<&'static str> {
    let any = |found: bool, action: &'static str| found.then_some(action);
    let each = &seen.integrations;
    [
        any(seen.stores.seen().is_some(), "ListEventDataStores"),
        any(seen.channels.seen().is_some(), "ListChannels"),
        any(each.iter().any(|one| one.channel.seen().is_some()), "GetChannel"),
        any(
            each.iter()
                .any(|one| one.stores.iter().any(|(_, store)| store.seen().is_some())),
            "GetEventDataStore",
        ),
        any(each.iter().any(|one| one.policy.seen().is_some()), "GetResourcePolicy"),
        any(each.iter().any(|one| one.tags.seen().is_some()), "ListTags"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn credentials(seen: &Seen) -> Check {
    const CHECK: (&str, &str) = ("credentials", "Credentials");
    let check = |verdict, evidence: String| Check::new(CHECK.0, CHECK.1, verdict, evidence);
    let expiry = match &seen.credentials {
        Look::Seen(expiry) => *expiry,
        Look::Failed(trouble) => {
            return check(Verdict::Fail, "No usable AWS credentials were found.".to_owned()).steps(&trouble.remedies);
        }
        Look::Omitted(reason) => return skipped(CHECK.0, CHECK.1, reason),
    };
    let refused = seen.caller.trouble().into_iter().chain(troubles(seen));
    if let Some(trouble) = refused.into_iter().find(|trouble| trouble.wrong == Wrong::Credentials) {
        return check(
            Verdict::Fail,
            format!("The credentials are not accepted: {}", trouble.words),
        )
        .steps(&trouble.remedies);
    }
    let lasting = match expiry {
        Some(at) if at <= seen.now => {
            return check(Verdict::Fail, format!("The credentials ran out at {}.", rfc3339(at)))
                .next("Sign in again, for instance with: aws sso login");
        }
        Some(at) => format!(", and good until {}", rfc3339(at)),
        None => String::new(),
    };
    let accepted = seen.caller.seen().is_some() || !allowed(seen).is_empty();
    let accepted = if accepted { " and accepted" } else { "" };
    check(Verdict::Pass, format!("They were found{accepted}{lasting}."))
}

fn caller(seen: &Seen) -> Check {
    const CHECK: (&str, &str) = ("caller", "Caller");
    match &seen.caller {
        Look::Seen((account, arn)) => Check::new(CHECK.0, CHECK.1, Verdict::Pass, format!("{arn}, account {account}.")),
        Look::Failed(trouble) if trouble.wrong == Wrong::Credentials => {
            skipped(CHECK.0, CHECK.1, "the credentials are not accepted")
        }
        Look::Failed(trouble) => Check::new(
            CHECK.0,
            CHECK.1,
            Verdict::Warn,
            format!("STS does not say who calls: {}", trouble.words),
        )
        .next(
            "Nothing but --expect-account needs it; to reach it, allow sts:GetCallerIdentity and its endpoint, or set \
             AWS_ENDPOINT_URL_STS.",
        ),
        Look::Omitted(reason) => skipped(CHECK.0, CHECK.1, reason),
    }
}

fn account(seen: &Seen) -> Check {
    const CHECK: (&str, &str) = ("account", "Account");
    let check = |verdict, evidence: String| Check::new(CHECK.0, CHECK.1, verdict, evidence);
    let owner = seen.named.as_ref().map(|arn| (arn.account(), "the channel's ARN"));
    let wanted = seen.expected.as_ref().map(|account| (account, "--expect-account"));
    let wanted: Vec<_> = wanted.into_iter().chain(owner).collect();
    if wanted.is_empty() {
        return skipped(
            CHECK.0,
            CHECK.1,
            "neither --expect-account nor a channel's ARN says which account it should be",
        );
    }
    let account = match seen.caller.or_why() {
        Ok((account, _)) => account,
        Err(why) if seen.expected.is_some() => {
            return check(
                Verdict::Fail,
                format!("--expect-account cannot be checked: {why}. Nothing was looked at in the service."),
            )
            .next("Leave --expect-account out if STS is out of reach: ctl doctor");
        }
        Err(why) => return skipped(CHECK.0, CHECK.1, &why),
    };
    if let Some((wanted, whence)) = wanted.iter().find(|(wanted, _)| *wanted != account) {
        let evidence = format!(
            "The credentials belong to account {account}, and {whence} says {wanted}. Nothing was looked at in the service."
        );
        return check(Verdict::Fail, evidence).next(format!(
            "Use the credentials of account {wanted}: ctl doctor --profile PROFILE"
        ));
    }
    let whence: Vec<&str> = wanted.iter().map(|(_, whence)| *whence).collect();
    check(
        Verdict::Pass,
        format!("{account}, as {} says.", whence.join(" and as ")),
    )
}

fn region(seen: &Seen) -> Check {
    const CHECK: (&str, &str) = ("region", "Region");
    let region = &seen.region;
    match (&seen.named, &seen.region_set) {
        (Some(_), Some(set)) if set != region => Check::new(
            CHECK.0,
            CHECK.1,
            Verdict::Warn,
            format!(
                "The channel is in {region}, as its ARN says, and the settings say {set}. ctl goes by the ARN; other \
                 tools would look in {set} and find nothing."
            ),
        )
        .next(format!("export AWS_REGION={region}")),
        (Some(_), _) => Check::new(
            CHECK.0,
            CHECK.1,
            Verdict::Pass,
            format!("{region}, as the channel's ARN says."),
        ),
        (None, Some(_)) => Check::new(CHECK.0, CHECK.1, Verdict::Pass, format!("{region}, from the settings.")),
        (None, None) => Check::new(
            CHECK.0,
            CHECK.1,
            Verdict::Pass,
            format!("{region}; no option and no variable sets it."),
        ),
    }
}

fn control_endpoint(seen: &Seen) -> Check {
    const CHECK: (&str, &str) = ("control_endpoint", "CloudTrail endpoint");
    let answered = [
        seen.stores.seen().map(|_| "ListEventDataStores"),
        seen.channels.seen().map(|_| "ListChannels"),
    ];
    let answered: Vec<&str> = answered.into_iter().flatten().collect();
    let failing = |trouble: &&Trouble| matches!(trouble.wrong, Wrong::Unreached | Wrong::Fault);
    if let Some(trouble) = troubles(seen).into_iter().find(failing) {
        let words = format!("{} ({})", trouble.words, seen.endpoint);
        return Check::new(CHECK.0, CHECK.1, Verdict::Fail, words).steps(&trouble.remedies);
    }
    if !answered.is_empty() {
        let evidence = format!("{} answered ({}).", answered.join(" and "), seen.endpoint);
        return Check::new(CHECK.0, CHECK.1, Verdict::Pass, evidence);
    }
    match (&seen.stores, troubles(seen).first()) {
        (_, Some(trouble)) => Check::new(
            CHECK.0,
            CHECK.1,
            Verdict::Pass,
            format!("It answered, and said no: {} ({})", trouble.words, seen.endpoint),
        ),
        (Look::Omitted(reason), None) => skipped(CHECK.0, CHECK.1, reason),
        (_, None) => skipped(CHECK.0, CHECK.1, "nothing was asked"),
    }
}

fn ingestion_endpoint(seen: &Seen) -> Check {
    const CHECK: (&str, &str) = ("ingestion_endpoint", "Ingestion endpoint");
    match &seen.ingestion {
        Look::Seen(status) => Check::new(
            CHECK.0,
            CHECK.1,
            Verdict::Pass,
            format!("It answered (HTTP {status}) to a request that carries nothing."),
        ),
        Look::Failed(trouble) => {
            let what = format!(
                "The endpoint that takes events cannot be used from here: {}",
                trouble.words
            );
            Check::new(CHECK.0, CHECK.1, Verdict::Fail, what)
                .steps(&trouble.remedies)
                .next(format!(
                    "Let cloudtrail-data.{}.amazonaws.com through, or set AWS_ENDPOINT_URL_CLOUDTRAIL_DATA.",
                    seen.region
                ))
        }
        Look::Omitted(reason) => skipped(CHECK.0, CHECK.1, reason),
    }
}

fn ingestion_region(seen: &Seen) -> Check {
    const CHECK: (&str, &str) = ("ingestion_region", "Ingestion in the Region");
    let region = &seen.region;
    if regions::takes_events(region) {
        let evidence = format!("AWS lists an endpoint that takes events in {region}.");
        return Check::new(CHECK.0, CHECK.1, Verdict::Pass, evidence);
    }
    let evidence = format!(
        "AWS lists no endpoint that takes events in {region}: a store and a channel can be made there, and it is not \
         known whether an event can be delivered."
    );
    Check::new(CHECK.0, CHECK.1, Verdict::Warn, evidence).next("ctl enable --region us-east-1 --partner KEY")
}

fn clock(seen: &Seen) -> Check {
    const CHECK: (&str, &str) = ("clock", "Clock");
    let clock = match seen.clock.or_why() {
        Ok(clock) => clock,
        Err(why) => return skipped(CHECK.0, CHECK.1, &why),
    };
    // The service's stamp has whole seconds.
    let off = clock.ours.as_second() - clock.service.as_second();
    let seconds = count(usize::try_from(off.unsigned_abs()).unwrap_or(usize::MAX), "second");
    let evidence = match off {
        0 => "This machine's clock shows what the service's does.".to_owned(),
        ..0 => format!("This machine's clock is {seconds} behind the service's."),
        _ => format!("This machine's clock is {seconds} ahead of the service's."),
    };
    let set = "timedatectl set-ntp true";
    match off.abs() {
        off if off > SKEW_REFUSED => Check::new(
            CHECK.0,
            CHECK.1,
            Verdict::Fail,
            format!("{evidence} AWS refuses requests that are off by more than 5 minutes."),
        )
        .next(set),
        off if off > SKEW_WARNED => Check::new(
            CHECK.0,
            CHECK.1,
            Verdict::Warn,
            format!("{evidence} AWS refuses requests from 5 minutes on."),
        )
        .next(set),
        _ => Check::new(CHECK.0, CHECK.1, Verdict::Pass, evidence),
    }
}

fn store_quota(seen: &Seen) -> Check {
    const CHECK: (&str, &str) = ("store_quota", "Store quota");
    let stores = match seen.stores.or_why() {
        Ok(stores) => stores.len(),
        Err(why) => return skipped(CHECK.0, CHECK.1, &why),
    };
    let evidence = format!("{stores} of {MAX_STORES} event data stores are in use, those pending deletion counted.");
    if stores < MAX_STORES {
        return Check::new(CHECK.0, CHECK.1, Verdict::Pass, evidence);
    }
    Check::new(
        CHECK.0,
        CHECK.1,
        Verdict::Warn,
        format!("{evidence} No other can be made or restored, and the limit cannot be raised."),
    )
    .next(format!(
        "Use a store that is there: ctl enable --region {} --partner KEY --event-data-store NAME",
        seen.region
    ))
    .next(format!(
        "aws cloudtrail list-event-data-stores --region {}",
        seen.region
    ))
}

fn channel_quota(seen: &Seen) -> Check {
    const CHECK: (&str, &str) = ("channel_quota", "Channel quota");
    let channels = match seen.channels.or_why() {
        Ok(channels) => channels.iter().filter(|(arn, _)| !arn.is_service_linked()).count(),
        Err(why) => return skipped(CHECK.0, CHECK.1, &why),
    };
    let evidence = format!("{channels} of {MAX_CHANNELS} integration channels are in use.");
    if channels < MAX_CHANNELS {
        return Check::new(CHECK.0, CHECK.1, Verdict::Pass, evidence);
    }
    Check::new(
        CHECK.0,
        CHECK.1,
        Verdict::Warn,
        format!("{evidence} No other can be made, and the limit cannot be raised."),
    )
    .next(format!("ctl status --region {}", seen.region))
}

/// Lake takes no new customers since 31 May 2026; who counts as one is not published (reference §7.2).
fn customer(seen: &Seen) -> Check {
    const CHECK: (&str, &str) = ("customer", "Customer of Lake");
    let stores = match seen.stores.or_why() {
        Ok(stores) => stores.len(),
        Err(why) => return skipped(CHECK.0, CHECK.1, &why),
    };
    if stores > 0 {
        let evidence = format!(
            "The account has {} here, so it is a customer.",
            count(stores, "event data store")
        );
        return Check::new(CHECK.0, CHECK.1, Verdict::Pass, evidence);
    }
    let evidence = format!(
        "The account has no event data store in {}. CloudTrail Lake has been closed to new customers since 31 May 2026, \
         so making one may be refused; only trying tells. An account that had one, here or in another Region, is \
         expected to go on.",
        seen.region
    );
    Check::new(CHECK.0, CHECK.1, Verdict::Warn, evidence).next(
        "If it is refused, nothing on your side helps: AWS names CloudWatch as the way \
         (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-lake-service-availability-change.html).",
    )
}

fn reads(seen: &Seen) -> Check {
    const CHECK: (&str, &str) = ("read_permissions", "Permissions to read");
    let troubles = troubles(seen);
    let mut denied: Vec<&str> = troubles
        .iter()
        .filter(|trouble| trouble.wrong == Wrong::Denied)
        .map(|trouble| trouble.action.as_str())
        .collect();
    denied.sort_unstable();
    denied.dedup();
    let allowed = allowed(seen);
    if !denied.is_empty() {
        return Check::new(
            CHECK.0,
            CHECK.1,
            Verdict::Fail,
            format!("The caller may not {}.", denied.join(", ")),
        )
        .next("ctl doctor --iam-policy prints the statements that the caller's IAM policy needs.");
    }
    if let Some(trouble) = troubles.iter().find(|trouble| trouble.wrong == Wrong::Other) {
        let evidence = format!("A read did not succeed: {}", trouble.words);
        return Check::new(CHECK.0, CHECK.1, Verdict::Fail, evidence).steps(&trouble.remedies);
    }
    if allowed.is_empty() {
        let why = seen.stores.or_why().err();
        return skipped(CHECK.0, CHECK.1, &why.unwrap_or_else(|| "nothing was asked".to_owned()));
    }
    Check::new(
        CHECK.0,
        CHECK.1,
        Verdict::Pass,
        format!("Tried and allowed: {}.", allowed.join(", ")),
    )
}

fn writes() -> Check {
    Check::new(
        "write_permissions",
        "Permissions to write",
        Verdict::Skipped,
        "Not checked: trying one would change something, or be billed as queries are. The caller's IAM policy can be \
         compared with what each verb needs.",
    )
    .next("ctl doctor --iam-policy")
}
