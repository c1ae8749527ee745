//! The sentences of a plan about the policy. None of them holds an external ID.

use crate::model::{Effect, ExternalId, Principal, Statement, Template};

use super::scene::Scene;
use super::{AccessWanted, ExternalIdChoice, Own, others, same, words};

impl Scene<'_> {
    /// What a plan says about a statement that it keeps.
    pub(super) fn notes_on_own(&self, own: &Own<'_>, wanted: &AccessWanted) -> Vec<String> {
        let mut notes = Vec::new();
        let title = words::sentence(&own.view.title(own.at));
        if !own.template {
            let differences = self.differences(own).join(", ");
            notes.push(format!("{title} was changed by somebody ({differences}) and is kept."));
        }
        let wanted_by_catalogue = |principal: &&Principal| !own.view.names(principal);
        let missing: Vec<&Principal> = wanted.catalogue.iter().filter(wanted_by_catalogue).collect();
        if wanted.given().is_none() && !missing.is_empty() && self.letting_in(&wanted.catalogue).next().is_none() {
            let missing = words::all(missing);
            notes.push(format!("{title} does not let in {missing}, which the catalogue names."));
        }
        if wanted.external_id_required && !own.view.asks_external_id() {
            notes.push(format!("{title} asks for no external ID."));
        }
        if let ExternalIdChoice::Is(_) = wanted.external_id
            && own.view.external_ids.len() > 1
        {
            notes.push(format!(
                "{title} takes other external IDs besides; --replace-access drops them."
            ));
        }
        notes
    }

    pub(super) fn notes_on_write(
        &self,
        own: Option<&Own<'_>>,
        statement: &Template,
        wanted: &AccessWanted,
        more: Vec<String>,
    ) -> Vec<String> {
        let with = match statement.external_ids.len() {
            0 => "without an external ID",
            1 => "with the external ID",
            _ => "with any of several external IDs",
        };
        let mut notes = vec![format!("Lets in {}, {with}.", words::all(&statement.principals))];
        if wanted.given().is_some() && !wanted.catalogue.is_empty() && !same(&wanted.catalogue, &statement.principals) {
            notes.push(format!(
                "--principal takes the place of {}, which the catalogue names.",
                words::all(&wanted.catalogue)
            ));
        }
        notes.extend(more);
        let rest: Vec<(usize, &Statement)> = others(self.statements, own).collect();
        if !rest.is_empty() {
            notes.push(format!("Keeps {} unchanged.", words::titles(rest.iter().copied())));
        }
        let too = rest.into_iter().filter(|(_, other)| {
            other.effect == Effect::Allow && statement.principals.iter().any(|principal| other.names(principal))
        });
        let too: Vec<(usize, &Statement)> = too.collect();
        if !too.is_empty() {
            notes.push(format!("The same are let in by {} too.", words::titles(too)));
        }
        notes
    }
}

/// What becomes of the external ID.
pub(super) fn external_id_note(before: &[ExternalId], after: &[ExternalId]) -> Option<String> {
    let note = match (before, after) {
        _ if same(before, after) => return None,
        ([], _) => "Asks for an external ID from now on; calls without it are refused.",
        (_, []) => "Asks for no external ID any more.",
        _ => "Replaces the external ID.",
    };
    Some(note.to_owned())
}
