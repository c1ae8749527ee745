//! What is written, and what is refused.

use crate::model::policy::{MAX_CHARACTERS, MAX_PRINCIPALS, MAX_STATEMENTS, TEMPLATE_SID};
use crate::model::{ChannelArn, Effect, ExternalId, Policy, Principal, Statement, Template};

use super::refusal::PolicyRefusal;
use super::scene::Scene;
use super::{
    AccessWanted, ExternalIdChoice, Own, PolicyDecision, PolicyDraft, distinct, notes, others, own, same, words,
};

/// The longest ARN a channel of today's partitions and Regions has, for the length of a document
/// whose channel does not exist yet.
const LONGEST_ARN: &str =
    "arn:aws-us-gov:cloudtrail:ap-southeast-1:000000000000:channel/00000000-0000-0000-0000-000000000000";

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
        own: channel
            .and_then(|channel| own(&statements, channel))
            .filter(|own| !is_somebody_elses(own, wanted)),
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

/// The document that `enable` would put on a new `channel`, and the sentences of its plan. Somebody has
/// to be let in by it.
pub fn render(channel: &ChannelArn, wanted: &AccessWanted) -> Result<(Policy, Vec<String>), PolicyRefusal> {
    match decide(None, Some(channel), wanted)? {
        PolicyDecision::Write { draft, notes, .. } => Ok((draft.render(channel), notes)),
        PolicyDecision::Keep { .. } => Err(PolicyRefusal::PrincipalRequired),
    }
}

/// Whether a statement that is `ctl`'s by its form alone lets in somebody, but not the partner: an
/// external ID that is given is not put on that one, where it would lock out those who are let in.
fn is_somebody_elses(own: &Own<'_>, wanted: &AccessWanted) -> bool {
    wanted.asks()
        && wanted.given().is_none()
        && !own.named
        && !wanted.catalogue.is_empty()
        && own.view.deleted().next().is_none()
        && !wanted.catalogue.iter().any(|principal| own.view.names(principal))
}

impl Scene<'_> {
    /// `ctl` has no statement yet.
    fn create(&self, wanted: &AccessWanted) -> Result<PolicyDecision, PolicyRefusal> {
        let principals = storable(wanted.given().unwrap_or(&wanted.catalogue));
        let by: Vec<(usize, &Statement)> = if wanted.asks() {
            self.already(&principals, wanted)
        } else {
            self.letting_in(&principals).collect()
        };
        if !by.is_empty() {
            let who = match principals.as_slice() {
                [] => "somebody".to_owned(),
                known => words::all(known),
            };
            let note = format!("Keeps the policy: {who} is let in already by {}.", words::titles(by));
            return Ok(PolicyDecision::Keep { notes: vec![note] });
        }
        if principals.is_empty() {
            let nobody_needed = !wanted.direct && !matches!(wanted.external_id, ExternalIdChoice::Is(_));
            return if nobody_needed {
                let note = "Only the account that owns the channel may send events to it.".to_owned();
                Ok(PolicyDecision::Keep {
                    notes: if self.policy.is_none() { vec![note] } else { Vec::new() },
                })
            } else {
                Err(PolicyRefusal::PrincipalRequired)
            };
        }
        let external_ids = external_ids(&[], wanted, wanted.external_id_required)?;
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
        let external_ids = external_ids(ids, wanted, wanted.external_id_required)?;
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
        if !wanted.replace_access && self.fulfils(own, wanted) {
            return Ok(PolicyDecision::Keep {
                notes: self.notes_on_own(own, wanted),
            });
        }
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
        // One that is asked for in a way that was not understood is not dropped in passing.
        let required = wanted.external_id_required || own.view.asks_external_id();
        let external_ids = external_ids(&own.view.external_ids, wanted, required)?;
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

    /// Whether `ctl`'s statement, although somebody changed it, lets in all who were named and nobody
    /// else, with what was said of the external ID: then nothing that is asked for is missing.
    fn fulfils(&self, own: &Own<'_>, wanted: &AccessWanted) -> bool {
        let here = self.channel.is_some_and(|channel| own.view.concerns(channel));
        let people = |given| same(&distinct(&own.view.principals), &storable(given));
        here && wanted.given().is_none_or(people) && is_with(own.view, &wanted.external_id)
    }

    /// The statements of others by which all of `principals` or, where none is known, anybody at all,
    /// are let in as it was asked for; none where somebody is not. With `--replace-access` only those
    /// in the template's form count.
    fn already<'a>(&'a self, principals: &[Principal], wanted: &AccessWanted) -> Vec<(usize, &'a Statement)> {
        let Some(channel) = self.channel else {
            return Vec::new();
        };
        let fits = |statement: &Statement| {
            let form = !wanted.replace_access || statement.is_template(channel);
            let lets_in = statement.effect == Effect::Allow && statement.concerns(channel);
            form && lets_in && is_with(statement, &wanted.external_id)
        };
        let all = self.statements.iter().enumerate();
        let mut fitting: Vec<(usize, &Statement)> = all.filter(|(_, statement)| fits(statement)).collect();
        let named = |principal| {
            fitting
                .iter()
                .any(|(_, statement)| statement.principals.contains(principal))
        };
        if !principals.iter().all(named) {
            return Vec::new();
        }
        fitting.retain(|(_, statement)| match principals {
            [] => statement.lets_in_others(channel),
            known => known.iter().any(|principal| statement.principals.contains(principal)),
        });
        fitting
    }
}

/// Whether a statement asks for the external ID that was given, or for none as it was said.
fn is_with(statement: &Statement, choice: &ExternalIdChoice) -> bool {
    match choice {
        ExternalIdChoice::Unsaid => true,
        ExternalIdChoice::None => !statement.asks_external_id(),
        ExternalIdChoice::Is(id) => statement.external_ids.contains(id),
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

/// The same for a document that is going to be written: where one is `required`, as a direct partner's
/// is, there has to be one unless it was said that there is none.
fn external_ids(
    current: &[ExternalId],
    wanted: &AccessWanted,
    required: bool,
) -> Result<Vec<ExternalId>, PolicyRefusal> {
    let ids = wanted_ids(current, wanted);
    let unsaid = wanted.external_id == ExternalIdChoice::Unsaid;
    if ids.is_empty() && required && unsaid {
        return Err(PolicyRefusal::ExternalIdRequired);
    }
    Ok(ids)
}

pub(super) fn storable(principals: &[Principal]) -> Vec<Principal> {
    distinct(principals.iter().filter(|principal| principal.is_storable()))
}

fn minus<T: PartialEq + Clone>(from: &[T], take: &[T]) -> Vec<T> {
    from.iter().filter(|item| !take.contains(item)).cloned().collect()
}

#[cfg(test)]
mod tests;
