//! What is written, and what is refused.

use crate::model::policy::{MAX_CHARACTERS, MAX_PRINCIPALS, MAX_STATEMENTS, TEMPLATE_SID};
use crate::model::{ChannelArn, ExternalId, Policy, Principal, Statement, Template};

use super::refusal::PolicyRefusal;
use super::{AccessWanted, ExternalIdChoice, Own, PolicyDecision, PolicyDraft, distinct, notes, others, own, words};

/// The longest ARN a channel of today's partitions and Regions has, for the length of a document
/// whose channel does not exist yet.
const LONGEST_ARN: &str =
    "arn:aws-us-gov:cloudtrail:ap-southeast-1:000000000000:channel/00000000-0000-0000-0000-000000000000";

/// The policy as it was found.
pub(super) struct Scene<'a> {
    pub(super) policy: Option<&'a Policy>,
    pub(super) statements: &'a [Statement],
    pub(super) own: Option<Own<'a>>,
    pub(super) channel: Option<&'a ChannelArn>,
}

/// What is to be done so that the policy is as wanted.
///
/// `channel` is none when it does not exist yet, and then there is no policy either. Deciding again
/// about what was decided is always [`PolicyDecision::Keep`].
pub fn decide(
    found: Option<&Policy>,
    channel: Option<&ChannelArn>,
    wanted: &AccessWanted,
) -> Result<PolicyDecision, PolicyRefusal> {
    let policy = channel.and(found);
    let statements = policy.map(Policy::statements).unwrap_or_default();
    let scene = Scene {
        policy,
        statements: &statements,
        own: channel.and_then(|channel| own(&statements, channel)),
        channel,
    };
    match &scene.own {
        Some(own) if !wanted.asks() => Ok(PolicyDecision::Keep {
            notes: scene.notes_on_own(own, wanted),
        }),
        Some(own) if own.template => scene.change(own, wanted),
        Some(own) => scene.replace(own, wanted),
        None => scene.create(wanted),
    }
}

impl Scene<'_> {
    /// `ctl` has no statement yet.
    fn create(&self, wanted: &AccessWanted) -> Result<PolicyDecision, PolicyRefusal> {
        let principals = storable(wanted.given().unwrap_or(&wanted.catalogue));
        let by: Vec<(usize, &Statement)> = self.letting_in(&principals).collect();
        if !wanted.asks() && !by.is_empty() {
            let who = match principals.as_slice() {
                [] => "somebody".to_owned(),
                known => words::all(known),
            };
            let note = format!("Keeps the policy: {who} is let in already by {}.", words::titles(by));
            return Ok(PolicyDecision::Keep { notes: vec![note] });
        }
        if principals.is_empty() {
            let nobody_needed = !wanted.external_id_required && !matches!(wanted.external_id, ExternalIdChoice::Is(_));
            return if nobody_needed {
                let note = "Only the account that owns the channel may send events to it.".to_owned();
                Ok(PolicyDecision::Keep {
                    notes: if self.policy.is_none() { vec![note] } else { Vec::new() },
                })
            } else {
                Err(PolicyRefusal::PrincipalRequired)
            };
        }
        if wanted.asks() && self.already(&principals, wanted) {
            let note = format!("{} is let in already.", words::sentence(&words::all(&principals)));
            return Ok(PolicyDecision::Keep { notes: vec![note] });
        }
        let external_ids = external_ids(&[], wanted)?;
        let statement = Template {
            sid: Some(TEMPLATE_SID.to_owned()),
            principals,
            external_ids,
        };
        self.write(None, statement, wanted, Vec::new(), false)
    }

    /// `ctl`'s statement has the template's form.
    fn change(&self, own: &Own<'_>, wanted: &AccessWanted) -> Result<PolicyDecision, PolicyRefusal> {
        let current = distinct(&own.view.principals);
        let principals = wanted.given().map_or_else(|| current.clone(), storable);
        let ids = &own.view.external_ids;
        let same_people = same(&current, &principals);
        if same_people && same(ids, &wanted_ids(ids, wanted)) {
            return Ok(PolicyDecision::Keep {
                notes: self.notes_on_own(own, wanted),
            });
        }
        let external_ids = external_ids(ids, wanted)?;
        let gone: Vec<Principal> = minus(&current, &principals);
        let (deleted, removed): (Vec<Principal>, Vec<Principal>) = gone
            .into_iter()
            .partition(|principal| matches!(principal, Principal::UniqueId(_)));
        if !removed.is_empty() && !wanted.replace_access {
            return Err(PolicyRefusal::WouldRemovePrincipals { removed });
        }
        let ids_gone = !minus(ids, &external_ids).is_empty();
        if ids_gone && !wanted.replace_access {
            return Err(PolicyRefusal::WouldReplaceExternalId);
        }
        let mut notes = Vec::new();
        if !deleted.is_empty() {
            notes.push(format!("Drops {}, deleted in IAM.", words::all(&deleted)));
        }
        if !removed.is_empty() {
            notes.push(format!("Locks out {}.", words::all(&removed)));
        }
        notes.extend(notes::external_id_note(ids, &external_ids));
        let replaces = !removed.is_empty() || ids_gone;
        let statement = Template {
            sid: own.view.sid.clone(),
            principals,
            external_ids,
        };
        self.write(Some(own), statement, wanted, notes, replaces)
    }

    /// `ctl`'s statement was changed by somebody.
    fn replace(&self, own: &Own<'_>, wanted: &AccessWanted) -> Result<PolicyDecision, PolicyRefusal> {
        let sid = own.view.sid.clone().unwrap_or_default();
        let differences = self.differences(own);
        if !wanted.replace_access {
            return Err(PolicyRefusal::WouldReplaceStatement { sid, differences });
        }
        let kept = storable(&own.view.principals);
        let principals = match wanted.given() {
            Some(given) => storable(given),
            None if kept.is_empty() => storable(&wanted.catalogue),
            None => kept,
        };
        if principals.is_empty() {
            return Err(PolicyRefusal::PrincipalRequired);
        }
        let external_ids = external_ids(&own.view.external_ids, wanted)?;
        let mut notes = vec![format!(
            "Replaces the statement \"{sid}\", which was changed by somebody ({}).",
            differences.join(", ")
        )];
        let removed = minus(&distinct(&own.view.principals), &principals);
        if !removed.is_empty() {
            notes.push(format!("Locks out {}.", words::all(&removed)));
        }
        notes.extend(notes::external_id_note(&own.view.external_ids, &external_ids));
        let statement = Template {
            sid: own.view.sid.clone(),
            principals,
            external_ids,
        };
        self.write(Some(own), statement, wanted, notes, true)
    }

    fn write(
        &self,
        own: Option<&Own<'_>>,
        statement: Template,
        wanted: &AccessWanted,
        more: Vec<String>,
        replaces: bool,
    ) -> Result<PolicyDecision, PolicyRefusal> {
        let notes = self.notes_on_write(own, &statement, wanted, more);
        let draft = PolicyDraft {
            base: self.policy.cloned().unwrap_or_else(Policy::empty),
            at: own.map(|own| own.at),
            statement,
        };
        self.check(own, &draft)?;
        Ok(PolicyDecision::Write { draft, notes, replaces })
    }

    /// What the service would refuse is refused before anything is written.
    fn check(&self, own: Option<&Own<'_>>, draft: &PolicyDraft) -> Result<(), PolicyRefusal> {
        if !draft.base.is_editable() {
            return Err(PolicyRefusal::Unreadable);
        }
        let deleted: Vec<Principal> = draft
            .statement
            .principals
            .iter()
            .filter(|principal| !principal.is_storable())
            .cloned()
            .collect();
        if !deleted.is_empty() {
            return Err(PolicyRefusal::DeletedPrincipalNeedsPrincipal { deleted });
        }
        refuse_deleted(others(self.statements, own))?;
        let sid = draft.statement.sid.as_ref();
        let mut rest = others(self.statements, own);
        if let Some(sid) = sid.filter(|sid| rest.any(|(_, other)| other.sid.as_ref() == Some(*sid))) {
            return Err(PolicyRefusal::SidTaken { sid: sid.clone() });
        }
        let principals = draft.statement.principals.len();
        if principals > MAX_PRINCIPALS {
            return Err(PolicyRefusal::TooManyPrincipals { principals });
        }
        let shared = others(self.statements, own).next().is_some();
        let statements = others(self.statements, own).count().saturating_add(1);
        if statements > MAX_STATEMENTS {
            return Err(PolicyRefusal::TooManyStatements { statements });
        }
        let longest = || LONGEST_ARN.parse::<ChannelArn>().ok();
        let characters = self
            .channel
            .cloned()
            .or_else(longest)
            .map_or(0, |channel| draft.render(&channel).characters());
        if characters > MAX_CHARACTERS {
            return Err(PolicyRefusal::TooLarge { characters, shared });
        }
        Ok(())
    }

    /// The statements that let in one of `principals` or, where none is known, anybody at all.
    pub(super) fn letting_in<'a>(
        &'a self,
        principals: &'a [Principal],
    ) -> impl Iterator<Item = (usize, &'a Statement)> {
        let all = self.statements.iter().enumerate();
        all.filter(move |(_, statement)| match (self.channel, principals) {
            (None, _) => false,
            (Some(channel), []) => statement.lets_in_others(channel),
            (Some(channel), known) => known.iter().any(|one| statement.lets_in(one, channel)),
        })
    }

    /// Whether all of `principals` are let in as it was asked for.
    fn already(&self, principals: &[Principal], wanted: &AccessWanted) -> bool {
        let with_id = |statement: &Statement| match &wanted.external_id {
            ExternalIdChoice::Unsaid => true,
            ExternalIdChoice::None => !statement.asks_external_id(),
            ExternalIdChoice::Is(id) => statement.external_ids.contains(id),
        };
        principals.iter().all(|principal| {
            self.statements.iter().any(|statement| {
                let plain = self.channel.is_some_and(|channel| statement.is_template(channel));
                plain && statement.principals.contains(principal) && with_id(statement)
            })
        })
    }

    pub(super) fn differences(&self, own: &Own<'_>) -> Vec<String> {
        self.channel
            .map(|channel| own.view.differences(channel))
            .unwrap_or_default()
    }
}

/// A document that names a deleted user or role cannot be put back.
pub(super) fn refuse_deleted<'a>(
    statements: impl Iterator<Item = (usize, &'a Statement)>,
) -> Result<(), PolicyRefusal> {
    for (at, statement) in statements {
        let deleted = distinct(statement.deleted());
        if !deleted.is_empty() {
            let statement = words::sentence(&statement.title(at));
            return Err(PolicyRefusal::DeletedPrincipalElsewhere { statement, deleted });
        }
    }
    Ok(())
}

/// The external IDs that are to hold, given those that do. One of several that hold already is no
/// reason to drop the others: that is an overlap, made on purpose.
fn wanted_ids(current: &[ExternalId], wanted: &AccessWanted) -> Vec<ExternalId> {
    match &wanted.external_id {
        ExternalIdChoice::Unsaid => current.to_vec(),
        ExternalIdChoice::None => Vec::new(),
        ExternalIdChoice::Is(id) if current.contains(id) && !wanted.replace_access => current.to_vec(),
        ExternalIdChoice::Is(id) => vec![id.clone()],
    }
}

/// The same for a document that is going to be written: a direct partner's has one, unless it was
/// said that it has none.
fn external_ids(current: &[ExternalId], wanted: &AccessWanted) -> Result<Vec<ExternalId>, PolicyRefusal> {
    let ids = wanted_ids(current, wanted);
    let unsaid = wanted.external_id == ExternalIdChoice::Unsaid;
    if ids.is_empty() && wanted.external_id_required && unsaid {
        return Err(PolicyRefusal::ExternalIdRequired);
    }
    Ok(ids)
}

pub(super) fn storable(principals: &[Principal]) -> Vec<Principal> {
    distinct(principals.iter().filter(|principal| principal.is_storable()))
}

pub(super) fn same<T: PartialEq>(a: &[T], b: &[T]) -> bool {
    a.iter().all(|item| b.contains(item)) && b.iter().all(|item| a.contains(item))
}

fn minus<T: PartialEq + Clone>(from: &[T], take: &[T]) -> Vec<T> {
    from.iter().filter(|item| !take.contains(item)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::plan::policy::fixtures::*;

    const SID: &str = TEMPLATE_SID;

    fn run(found: &[Value], wanted: &AccessWanted) -> Result<PolicyDecision, PolicyRefusal> {
        let found = policy(found);
        decide(Some(&found), Some(&channel()), wanted)
    }

    fn written(found: &[Value], wanted: &AccessWanted) -> Policy {
        match run(found, wanted) {
            Ok(PolicyDecision::Write { draft, .. }) => draft.render(&channel()),
            other => panic!("{other:?}"),
        }
    }

    fn writes(found: &[Value], wanted: &AccessWanted, expected: &[Value]) {
        let written = written(found, wanted);
        let expected = policy(expected);
        assert!(written == expected, "{}\n{}", written.reveal(), expected.reveal());
    }

    fn keeps(found: &[Value], wanted: &AccessWanted) -> bool {
        matches!(run(found, wanted), Ok(PolicyDecision::Keep { .. }))
    }

    fn refused(found: &[Value], wanted: &AccessWanted) -> PolicyRefusal {
        run(found, wanted).unwrap_err()
    }

    /// What is wanted with `--principal`.
    fn named(who: &[&str], external_id: ExternalIdChoice) -> AccessWanted {
        AccessWanted {
            principals: Some(people(who)),
            external_id,
            ..direct()
        }
    }

    fn replacing(wanted: AccessWanted) -> AccessWanted {
        AccessWanted {
            replace_access: true,
            ..wanted
        }
    }

    fn with_id(wanted: AccessWanted, text: &str) -> AccessWanted {
        AccessWanted {
            external_id: id(text),
            ..wanted
        }
    }

    #[test]
    fn without_a_policy_the_partner_is_let_in_with_its_external_id() {
        let decision = decide(None, None, &with_id(direct(), "s3cret")).unwrap();
        let PolicyDecision::Write { draft, notes, replaces } = decision else {
            panic!("a write");
        };
        assert_eq!(
            draft.render(&channel()),
            policy(&[statement(SID, &[NORDCLOUD], "s3cret")])
        );
        assert!(!replaces);
        assert_eq!(notes, ["Lets in account 855341727128, with the external ID."]);
        let summary = draft.summary(None, "aws");
        assert_eq!(summary, draft.summary(Some(&channel()), "aws"));
        assert_eq!(summary.principals, ["arn:aws:iam::855341727128:root"]);
    }

    #[test]
    fn what_is_missing_is_asked_for() {
        let nobody = AccessWanted {
            catalogue: Vec::new(),
            ..direct()
        };
        for (wanted, expected) in [
            (direct(), PolicyRefusal::ExternalIdRequired),
            (nobody.clone(), PolicyRefusal::PrincipalRequired),
            (with_id(nobody, "s3cret"), PolicyRefusal::PrincipalRequired),
            (with_id(custom(), "s3cret"), PolicyRefusal::PrincipalRequired),
            (
                named(&[OTHER], ExternalIdChoice::Unsaid),
                PolicyRefusal::ExternalIdRequired,
            ),
        ] {
            assert_eq!(decide(None, None, &wanted), Err(expected.clone()), "{wanted:?}");
            assert_eq!(expected.kind(), super::super::RefusalKind::Usage);
            // The same where only a Deny is there.
            let deny = with(statement("Out", &[OTHER], ""), "Effect", json!("Deny"));
            assert_eq!(refused(&[deny], &wanted), expected, "{wanted:?}");
        }
    }

    #[test]
    fn where_only_the_owner_sends_there_is_no_policy() {
        let said_none = AccessWanted {
            external_id: ExternalIdChoice::None,
            ..custom()
        };
        for wanted in [custom(), said_none] {
            let decision = decide(None, Some(&channel()), &wanted).unwrap();
            assert!(matches!(decision, PolicyDecision::Keep { notes } if notes.len() == 1));
        }
    }

    #[test]
    fn no_external_id_can_be_said_on_purpose() {
        let wanted = AccessWanted {
            external_id: ExternalIdChoice::None,
            ..direct()
        };
        writes(&[], &wanted, &[statement(SID, &[NORDCLOUD], "")]);
        let application = AccessWanted {
            principals: Some(people(&[OTHER])),
            ..custom()
        };
        writes(&[], &application, &[statement(SID, &[OTHER], "")]);
    }

    #[test]
    fn a_bare_run_changes_nothing_that_stands() {
        let template = statement(SID, &[NORDCLOUD], "s3cret");
        let limited = json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}});
        let foreign = with(statement("Mine", &[NORDCLOUD], ""), "Condition", limited.clone());
        for found in [
            vec![template.clone()],
            vec![statement("Console", &[NORDCLOUD], "")],
            vec![statement(SID, &[OTHER], "s3cret")],
            vec![statement(SID, &[GONE], "s3cret")],
            vec![with(template.clone(), "Condition", limited)],
            vec![with(template.clone(), "Principal", json!("*"))],
            vec![with(
                template,
                "Resource",
                json!("arn:aws:cloudtrail:x:1:channel/other"),
            )],
            vec![foreign],
            vec![with(statement("Mine", &[], ""), "Principal", json!("*"))],
            vec![
                statement("One", &[NORDCLOUD], "s3cret"),
                statement("Two", &[NORDCLOUD], "other"),
            ],
        ] {
            assert!(keeps(&found, &direct()), "{found:?}");
            assert!(keeps(&found, &replacing(direct())), "{found:?}");
            assert!(keeps(&found, &custom()), "{found:?}");
        }
        let unknown = AccessWanted {
            catalogue: Vec::new(),
            ..direct()
        };
        assert!(keeps(
            &[with(
                statement("Mine", &[OTHER], ""),
                "Action",
                json!("cloudtrail-data:*")
            )],
            &unknown
        ));
    }

    #[test]
    fn a_bare_run_adds_the_partner_beside_others_who_are_let_in() {
        let foreign = [
            with(statement("A", &[OTHER], ""), "Note", json!("mine")),
            with(statement("B", &["111122223333"], "x-y"), "Effect", json!("Deny")),
        ];
        let mut expected = foreign.to_vec();
        expected.push(statement(SID, &[NORDCLOUD], "s3cret"));
        writes(&foreign, &with_id(direct(), "s3cret"), &expected);
        assert_eq!(refused(&foreign, &direct()), PolicyRefusal::ExternalIdRequired);
    }

    #[test]
    fn what_is_as_wanted_is_kept() {
        for (found, wanted) in [
            (statement(SID, &[NORDCLOUD], "s3cret"), with_id(direct(), "s3cret")),
            (
                with(statement(SID, &[], "s3cret"), "Principal", json!({"AWS": NORDCLOUD})),
                named(&["arn:aws:iam::855341727128:root"], id("s3cret")),
            ),
            (
                statement("Console", &[OTHER, NORDCLOUD], ""),
                named(&[NORDCLOUD, OTHER], ExternalIdChoice::None),
            ),
            (
                statement(SID, &[NORDCLOUD], ""),
                named(&[NORDCLOUD], ExternalIdChoice::Unsaid),
            ),
        ] {
            assert!(keeps(std::slice::from_ref(&found), &wanted), "{found}");
            assert!(keeps(std::slice::from_ref(&found), &replacing(wanted)), "{found}");
        }
    }

    #[test]
    fn people_and_an_external_id_are_added_freely() {
        for (found, wanted, expected) in [
            (
                statement(SID, &[NORDCLOUD], "s3cret"),
                named(&[NORDCLOUD, OTHER], ExternalIdChoice::Unsaid),
                statement(SID, &[NORDCLOUD, OTHER], "s3cret"),
            ),
            (
                statement("Console", &[NORDCLOUD], ""),
                with_id(direct(), "s3cret"),
                statement("Console", &[NORDCLOUD], "s3cret"),
            ),
            (
                statement(SID, &[GONE], "s3cret"),
                named(&["arn:aws:iam::444455556666:role/x"], ExternalIdChoice::Unsaid),
                statement(SID, &["arn:aws:iam::444455556666:role/x"], "s3cret"),
            ),
        ] {
            writes(&[found], &wanted, &[expected]);
        }
        let mut unnamed = statement("", &[NORDCLOUD], "");
        unnamed.as_object_mut().unwrap().shift_remove("Sid");
        let now = written(&[unnamed], &with_id(direct(), "s3cret"));
        assert!(now.raw_statements()[0].get("Sid").is_none());
    }

    #[test]
    fn whoever_is_let_in_is_locked_out_only_when_it_was_said() {
        let removed = |who: &[&str]| PolicyRefusal::WouldRemovePrincipals { removed: people(who) };
        let none = AccessWanted {
            external_id: ExternalIdChoice::None,
            ..direct()
        };
        for (wanted, refusal, expected) in [
            (
                named(&[OTHER], ExternalIdChoice::Unsaid),
                removed(&[NORDCLOUD]),
                statement(SID, &[OTHER], "s3cret"),
            ),
            (
                named(&["arn:aws:iam::855341727128:role/x"], ExternalIdChoice::Unsaid),
                removed(&[NORDCLOUD]),
                statement(SID, &["arn:aws:iam::855341727128:role/x"], "s3cret"),
            ),
            (
                with_id(direct(), "new-id"),
                PolicyRefusal::WouldReplaceExternalId,
                statement(SID, &[NORDCLOUD], "new-id"),
            ),
            (
                none,
                PolicyRefusal::WouldReplaceExternalId,
                statement(SID, &[NORDCLOUD], ""),
            ),
        ] {
            let found = [statement(SID, &[NORDCLOUD], "s3cret")];
            assert_eq!(refused(&found, &wanted), refusal);
            assert_eq!(refusal.kind(), super::super::RefusalKind::State);
            writes(&found, &replacing(wanted.clone()), &[expected]);
            let decision = run(&found, &replacing(wanted)).unwrap();
            assert!(matches!(decision, PolicyDecision::Write { replaces: true, .. }));
        }
    }

    #[test]
    fn one_of_two_external_ids_is_no_reason_to_drop_the_other() {
        let both = json!({"StringEquals": {"cloudtrail:ExternalId": ["old-id", "new-id"]}});
        let found = with(statement(SID, &[NORDCLOUD], ""), "Condition", both.clone());
        assert!(keeps(std::slice::from_ref(&found), &with_id(direct(), "new-id")));
        writes(
            std::slice::from_ref(&found),
            &named(&[NORDCLOUD, OTHER], id("new-id")),
            &[with(statement(SID, &[NORDCLOUD, OTHER], ""), "Condition", both)],
        );
        writes(
            std::slice::from_ref(&found),
            &replacing(with_id(direct(), "new-id")),
            &[statement(SID, &[NORDCLOUD], "new-id")],
        );
        assert_eq!(
            refused(&[found], &with_id(direct(), "third-id")),
            PolicyRefusal::WouldReplaceExternalId
        );
    }

    #[test]
    fn a_changed_statement_of_ctls_is_written_anew_only_when_it_was_said() {
        let limit = json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}});
        let changed = with(statement(SID, &[NORDCLOUD], ""), "Condition", limit);
        let wanted = with_id(direct(), "s3cret");
        assert_eq!(
            refused(std::slice::from_ref(&changed), &wanted),
            PolicyRefusal::WouldReplaceStatement {
                sid: SID.to_owned(),
                differences: vec!["Condition/IpAddress/aws:SourceIp".to_owned()],
            }
        );
        writes(
            &[changed],
            &replacing(wanted.clone()),
            &[statement(SID, &[NORDCLOUD], "s3cret")],
        );
        // Everybody is never written again.
        let open = with(statement(SID, &[], ""), "Principal", json!({"AWS": ["*", OTHER]}));
        writes(
            &[open],
            &replacing(wanted.clone()),
            &[statement(SID, &[OTHER], "s3cret")],
        );
        let all = with(statement(SID, &[], "s3cret"), "Principal", json!("*"));
        let none_known = AccessWanted {
            catalogue: Vec::new(),
            ..replacing(wanted)
        };
        assert_eq!(refused(&[all], &none_known), PolicyRefusal::PrincipalRequired);
    }

    #[test]
    fn a_deleted_principal_stops_every_write() {
        let foreign = with(statement("Mine", &[OTHER, GONE], ""), "Note", json!(1));
        let deleted = vec![Principal::read(GONE)];
        assert_eq!(
            refused(std::slice::from_ref(&foreign), &with_id(direct(), "s3cret")),
            PolicyRefusal::DeletedPrincipalElsewhere {
                statement: "The statement \"Mine\"".to_owned(),
                deleted: deleted.clone(),
            }
        );
        assert!(keeps(
            &[foreign, statement(SID, &[NORDCLOUD], "s3cret")],
            &with_id(direct(), "s3cret")
        ));
        assert_eq!(
            refused(&[statement(SID, &[NORDCLOUD, GONE], "")], &with_id(direct(), "s3cret")),
            PolicyRefusal::DeletedPrincipalNeedsPrincipal { deleted }
        );
    }

    #[test]
    fn a_sid_that_is_taken_is_not_taken_again() {
        let deny = with(statement(SID, &[OTHER], ""), "Effect", json!("Deny"));
        let taken = PolicyRefusal::SidTaken { sid: SID.to_owned() };
        assert_eq!(
            refused(std::slice::from_ref(&deny), &with_id(direct(), "s3cret")),
            taken
        );
        // The template under another Sid keeps that one.
        let console = statement("Console", &[NORDCLOUD], "");
        writes(
            &[deny.clone(), console],
            &with_id(direct(), "s3cret"),
            &[deny, statement("Console", &[NORDCLOUD], "s3cret")],
        );
    }

    #[test]
    fn two_that_look_like_ctls_are_both_left_alone() {
        let both = [statement("One", &[NORDCLOUD], "s3cret"), statement("Two", &[OTHER], "")];
        assert!(keeps(&both, &with_id(direct(), "s3cret")));
        let mut expected = both.to_vec();
        expected.push(statement(SID, &[NORDCLOUD], "new-id"));
        writes(&both, &with_id(direct(), "new-id"), &expected);
    }

    #[test]
    fn the_limits_of_the_service_are_kept() {
        let numbered = |n: usize| format!("{n:012}");
        let accounts: Vec<String> = (0..51).map(numbered).collect();
        let names: Vec<&str> = accounts.iter().map(String::as_str).collect();
        let none = ExternalIdChoice::None;
        written(&[], &named(&names[..50], none.clone()));
        assert_eq!(
            refused(&[], &named(&names, none.clone())),
            PolicyRefusal::TooManyPrincipals { principals: 51 }
        );
        let foreign: Vec<Value> = (0..20)
            .map(|n| json!({"Sid": format!("S{n}"), "Effect": "Deny"}))
            .collect();
        written(&foreign[..19], &named(&[OTHER], none.clone()));
        assert_eq!(
            refused(&foreign, &named(&[OTHER], none.clone())),
            PolicyRefusal::TooManyStatements { statements: 21 }
        );
        let long = |n: usize| format!("arn:aws:iam::{n:012}:role/{}", "x".repeat(200));
        let roles: Vec<String> = (0..40).map(long).collect();
        let roles: Vec<&str> = roles.iter().map(String::as_str).collect();
        for found in [None, Some(channel())] {
            let refusal = decide(None, found.as_ref(), &named(&roles, none.clone())).unwrap_err();
            assert!(matches!(refusal, PolicyRefusal::TooLarge { shared: false, .. }));
        }
        let big = json!({"Sid": "Big", "Effect": "Deny", "Note": "x".repeat(8000)});
        assert!(matches!(
            refused(&[big], &named(&[OTHER], none)),
            PolicyRefusal::TooLarge { shared: true, .. }
        ));
    }

    #[test]
    fn what_cannot_be_edited_is_left_alone() {
        let strange: Policy = r#"{"Statement":["x"]}"#.parse().unwrap();
        assert_eq!(
            decide(Some(&strange), Some(&channel()), &with_id(direct(), "s3cret")),
            Err(PolicyRefusal::Unreadable)
        );
        assert!(matches!(
            decide(Some(&strange), Some(&channel()), &custom()),
            Ok(PolicyDecision::Keep { .. })
        ));
    }

    #[test]
    fn the_plan_says_what_happens_and_no_external_id() {
        let found = [
            statement(SID, &[NORDCLOUD], "old-s3cret"),
            statement("Mine", &[OTHER], "my-s3cret"),
        ];
        let wanted = replacing(named(&[OTHER], id("new-s3cret")));
        let Ok(PolicyDecision::Write { notes, draft, .. }) = run(&found, &wanted) else {
            panic!("a write");
        };
        assert_eq!(
            notes,
            [
                "Lets in account 444455556666, with the external ID.",
                "--principal takes the place of account 855341727128, which the catalogue names.",
                "Locks out account 855341727128.",
                "Replaces the external ID.",
                "Keeps the statement \"Mine\" unchanged.",
                "The same are let in by the statement \"Mine\" too.",
            ]
        );
        assert!(!format!("{draft:?}{wanted:?}").contains("s3cret"));
    }
}
