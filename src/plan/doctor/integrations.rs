//! The checks of one integration: its channel, stores, policy and deliveries.
//!
//! What is wrong is what [`integration::view`] finds, each finding under the check it belongs to; this file only
//! sorts them and says what was seen where nothing is wrong.

use super::{Check, Look, Seen, SeenIntegration, Verdict, Wrong, skipped};
use crate::model::integration::CUSTOM_SOURCE;
use crate::model::time::rfc3339;
use crate::model::{Channel, Finding, Policy, Severity, Store, StoreStatus};
use crate::plan::Integration;
use crate::plan::integration::{self, Silence};

/// Id and title of a check.
type Name = (&'static str, &'static str);

const CHANNEL: Name = ("channel", "Channel");
const DESTINATIONS: Name = ("destinations", "Destinations");
const STORE_STATE: Name = ("store_state", "Store state");
const STORE_CATEGORY: Name = ("store_category", "Store category");
const STORE_PROTECTION: Name = ("store_protection", "Store protection");
const STORE_RETENTION: Name = ("store_retention", "Store retention");
const POLICY: Name = ("policy", "Policy");
const PRINCIPAL: Name = ("principal", "Principal");
const EXTERNAL_ID: Name = ("external_id", "External ID");
const DELIVERIES: Name = ("deliveries", "Deliveries");

/// The checks that rest on the channel, in their order.
const OF_CHANNEL: [Name; 9] = [
    DESTINATIONS,
    STORE_STATE,
    STORE_CATEGORY,
    STORE_PROTECTION,
    STORE_RETENTION,
    POLICY,
    PRINCIPAL,
    EXTERNAL_ID,
    DELIVERIES,
];

/// The check that a finding of `status` belongs to.
fn check_of(code: &str) -> Name {
    match code {
        "store_missing" => DESTINATIONS,
        "store_pending_deletion" => STORE_STATE,
        "store_wrong_category" => STORE_CATEGORY,
        "store_unprotected" => STORE_PROTECTION,
        "principal_not_partner" | "principal_deleted" | "wildcard_principal" => PRINCIPAL,
        "external_id_missing" => EXTERNAL_ID,
        "last_error" | "silent" => DELIVERIES,
        _ => POLICY,
    }
}

/// Whether there is what was asked for, where there is nothing to check.
pub(super) fn presence(seen: &Seen) -> Option<Check> {
    let (id, title) = CHANNEL;
    if let Some(absent) = &seen.absent {
        return Some(Check::new(id, title, Verdict::Fail, absent.message.clone()).steps(&absent.hints));
    }
    if !seen.integrations.is_empty() {
        return None;
    }
    if let Err(why) = seen.channels.or_why() {
        return Some(skipped(id, title, &why));
    }
    let evidence = format!("There is no integration in {}.", seen.region);
    let check = Check::new(id, title, Verdict::Warn, evidence);
    Some(
        check
            .next(format!("ctl enable --region {} --partner KEY", seen.region))
            .next("ctl partners list"),
    )
}

/// The checks of one integration, in their order.
pub(super) fn checks(seen: &SeenIntegration, silence: Option<Silence>) -> Vec<Check> {
    let mut checks = match seen.channel.or_why() {
        Err(why) => without_channel(skipped(CHANNEL.0, CHANNEL.1, &why), &why),
        Ok(None) => {
            let evidence = format!("The channel {} does not exist.", seen.arn);
            let gone = Check::new(CHANNEL.0, CHANNEL.1, Verdict::Fail, evidence);
            let gone = gone.next(format!("ctl status --region {}", seen.arn.region()));
            without_channel(gone, "there is no channel")
        }
        Ok(Some(channel)) => of_channel(seen, channel, silence),
    };
    for check in &mut checks {
        check.integration = Some(seen.name.clone());
    }
    checks
}

fn without_channel(first: Check, why: &str) -> Vec<Check> {
    let others = OF_CHANNEL.into_iter().map(|(id, title)| skipped(id, title, why));
    std::iter::once(first).chain(others).collect()
}

fn of_channel(seen: &SeenIntegration, channel: &Channel, silence: Option<Silence>) -> Vec<Check> {
    let readable = Channel {
        // A store that could not be read is not one that is missing.
        destinations: seen
            .stores
            .iter()
            .filter(|(_, store)| store.seen().is_some())
            .map(|(arn, _)| arn.clone())
            .collect(),
        ..channel.clone()
    };
    let stores: Vec<Store> = seen
        .stores
        .iter()
        .filter_map(|(_, store)| store.seen().cloned().flatten())
        .collect();
    let policy = seen.policy.seen().and_then(Option::as_ref);
    let view = integration::view(
        &integration::Seen {
            channel: if readable.destinations.is_empty() {
                channel
            } else {
                &readable
            },
            stores: &stores,
            policy,
            partner: seen.partner.as_ref(),
        },
        silence,
    );
    let judge = Judge {
        seen,
        channel,
        stores: &stores,
        view: &view,
    };
    let mut checks = vec![judge.channel()];
    checks.push(judge.destinations());
    checks.push(judge.of_stores(STORE_STATE, state));
    checks.push(judge.of_stores(STORE_CATEGORY, |_| {
        (Verdict::Pass, "collects ActivityAuditLog".to_owned())
    }));
    checks.push(judge.of_stores(STORE_PROTECTION, |_| (Verdict::Pass, "is protected".to_owned())));
    checks.push(judge.of_stores(STORE_RETENTION, retention));
    checks.extend([
        judge.policy(),
        judge.principal(),
        judge.external_id(),
        judge.deliveries(),
    ]);
    checks
}

fn state(store: &Store) -> (Verdict, String) {
    let verdict = match store.status {
        StoreStatus::Enabled => Verdict::Pass,
        StoreStatus::Created => Verdict::Warn,
        StoreStatus::PendingDeletion | StoreStatus::Other(_) => Verdict::Fail,
    };
    let more = match store.status {
        StoreStatus::Created => ", which means: not ready yet",
        _ => "",
    };
    (verdict, format!("is {}{more}", store.status.as_str()))
}

fn retention(store: &Store) -> (Verdict, String) {
    let what = format!(
        "keeps events for {} days ({} at most)",
        store.retention_days,
        store.billing.max_retention()
    );
    (Verdict::Pass, what)
}

/// An integration whose channel was read, with all that was found of it.
struct Judge<'a> {
    seen: &'a SeenIntegration,
    channel: &'a Channel,
    /// The stores that exist and could be read.
    stores: &'a [Store],
    view: &'a Integration,
}

impl Judge<'_> {
    /// A check that findings may belong to: those, or else what is said where there are none.
    fn found(&self, name: Name, otherwise: impl FnOnce() -> (Verdict, String)) -> Check {
        let (id, title) = name;
        let findings: Vec<&Finding> = self
            .view
            .findings
            .iter()
            .filter(|finding| check_of(finding.code) == name)
            .collect();
        let verdict = findings.iter().map(|finding| match finding.severity {
            Severity::Info => Verdict::Pass,
            Severity::Warning => Verdict::Warn,
            Severity::Error => Verdict::Fail,
        });
        let Some(verdict) = verdict.max() else {
            let (verdict, evidence) = otherwise();
            return Check::new(id, title, verdict, evidence);
        };
        let evidence: Vec<&str> = findings.iter().map(|finding| finding.message.as_str()).collect();
        let hints: Vec<String> = findings.iter().filter_map(|finding| finding.hint.clone()).collect();
        let mut check = Check::new(id, title, verdict, evidence.join(" "));
        for hint in hints {
            if !check.next.contains(&hint) {
                check.next.push(hint);
            }
        }
        check
    }

    fn channel(&self) -> Check {
        let whose = match &self.seen.partner {
            Some(partner) if !partner.is_custom() => format!(" ({})", partner.name),
            _ => String::new(),
        };
        let evidence = format!("{}, source {}{whose}.", self.channel.arn, self.channel.source);
        Check::new(CHANNEL.0, CHANNEL.1, Verdict::Pass, evidence)
    }

    /// Why a store could not be read, if one could not.
    fn unread(&self) -> Option<String> {
        let mut looks = self.seen.stores.iter().map(|(arn, store)| (arn, store.or_why()));
        looks.find_map(|(arn, look)| Some(format!("{} for {}", look.err()?, arn.id())))
    }

    fn destinations(&self) -> Check {
        if self.stores.is_empty()
            && let Some(why) = self.unread()
        {
            return skipped(DESTINATIONS.0, DESTINATIONS.1, &why);
        }
        self.found(DESTINATIONS, || {
            let names: Vec<&str> = self.stores.iter().map(|store| store.name.as_str()).collect();
            (Verdict::Pass, format!("It feeds {}.", names.join(", ")))
        })
    }

    /// A check of every store: what was found, or else what each is like.
    fn of_stores(&self, name: Name, like: impl Fn(&Store) -> (Verdict, String)) -> Check {
        if self.stores.is_empty() {
            let why = self
                .unread()
                .unwrap_or_else(|| "there is no store to look at".to_owned());
            return skipped(name.0, name.1, &why);
        }
        let check = self.found(name, || {
            let each: Vec<(Verdict, String)> = self
                .stores
                .iter()
                .map(|store| {
                    let (verdict, what) = like(store);
                    (verdict, format!("{} {what}.", store.name))
                })
                .collect();
            let verdict = each
                .iter()
                .map(|(verdict, _)| *verdict)
                .max()
                .unwrap_or(Verdict::Skipped);
            let each: Vec<String> = each.into_iter().map(|(_, what)| what).collect();
            (verdict, each.join(" "))
        });
        let check = if check.verdict >= Verdict::Warn && check.next.is_empty() {
            check.next(format!("Look again in a few minutes: ctl doctor {}", self.channel.arn))
        } else {
            check
        };
        match self.unread() {
            Some(why) => Check {
                evidence: format!("{} Others were not checked: {why}.", check.evidence),
                ..check
            },
            None => check,
        }
    }

    /// The policy, if it was read.
    fn read_policy(&self) -> Result<Option<&Policy>, String> {
        self.seen.policy.or_why().map(Option::as_ref)
    }

    fn policy(&self) -> Check {
        match self.read_policy() {
            Err(why) => match &self.seen.policy {
                // What is attached and cannot be read is wrong in itself.
                Look::Failed(trouble) if trouble.wrong == Wrong::Unreadable => {
                    Check::new(POLICY.0, POLICY.1, Verdict::Fail, trouble.words.clone()).steps(&trouble.remedies)
                }
                _ => skipped(POLICY.0, POLICY.1, &why),
            },
            Ok(_) => self.found(POLICY, || {
                let evidence = match self.view.policy.statements {
                    0 => "There is none, and none is needed.".to_owned(),
                    1 => "It has 1 statement, as ctl writes it.".to_owned(),
                    several => format!("It has {several} statements; ctl's is as ctl writes it."),
                };
                (Verdict::Pass, evidence)
            }),
        }
    }

    /// What is found where a partner's channel lets nobody in but the owner.
    fn locked_out(&self) -> Option<&Finding> {
        let mut findings = self.view.findings.iter();
        findings.find(|finding| finding.code == "policy_missing")
    }

    fn principal(&self) -> Check {
        if let Err(why) = self.read_policy() {
            return skipped(PRINCIPAL.0, PRINCIPAL.1, &self.policy_why(&why));
        }
        let locked_out = self.locked_out();
        let check = self.found(PRINCIPAL, || {
            if let Some(missing) = locked_out {
                return (Verdict::Fail, missing.message.clone());
            }
            let principals = &self.view.policy.principals;
            let evidence = if principals.is_empty() {
                format!("Only the owner, account {}, may send.", self.channel.arn.account())
            } else {
                format!("May send, besides the owner: {}.", principals.join(", "))
            };
            (Verdict::Pass, evidence)
        });
        match locked_out {
            Some(missing) if check.next.is_empty() => check.steps(missing.hint.as_slice()),
            _ => check,
        }
    }

    fn external_id(&self) -> Check {
        match self.read_policy() {
            Err(why) => skipped(EXTERNAL_ID.0, EXTERNAL_ID.1, &self.policy_why(&why)),
            Ok(None) => skipped(EXTERNAL_ID.0, EXTERNAL_ID.1, "there is no policy"),
            Ok(Some(_)) => self.found(EXTERNAL_ID, || {
                let evidence = if self.view.policy.external_id {
                    "The policy asks for one. Whether the sender has the same is not known here."
                } else {
                    "The policy asks for none."
                };
                (Verdict::Pass, evidence.to_owned())
            }),
        }
    }

    fn policy_why(&self, why: &str) -> String {
        match &self.seen.policy {
            Look::Failed(trouble) if trouble.wrong == Wrong::Unreadable => "the policy cannot be read".to_owned(),
            _ => why.to_owned(),
        }
    }

    fn deliveries(&self) -> Check {
        let ingestion = &self.view.ingestion;
        let last = ingestion.last_success.map(rfc3339);
        let mut check = self.found(DELIVERIES, || match &last {
            Some(at) => {
                let id = ingestion.last_success_event_id.as_deref();
                let id = id.map(|id| format!(" (event {id})")).unwrap_or_default();
                let sender = if self.channel.source == CUSTOM_SOURCE {
                    ""
                } else {
                    " The status does not tell whether the partner sent it, or the owner's own account."
                };
                (Verdict::Pass, format!("The last event was taken at {at}{id}.{sender}"))
            }
            None => (Verdict::Warn, "No event has ever been taken.".to_owned()),
        });
        if check.verdict == Verdict::Warn && check.next.is_empty() {
            let arn = &self.channel.arn;
            check = if self.channel.source == CUSTOM_SOURCE {
                check.next(format!("ctl verify {arn}"))
            } else {
                check
                    .next("Ask the partner whether it delivers to this channel's ARN.")
                    .next(format!("What to hand over to it, once more: ctl status {arn}"))
            };
        }
        check
    }
}
