//! The policy as a decision finds it.

use super::Own;
use crate::model::{ChannelArn, Policy, Principal, Statement};

/// The policy as it was found.
pub(super) struct Scene<'a> {
    pub(super) policy: Option<&'a Policy>,
    pub(super) statements: &'a [Statement],
    pub(super) own: Option<Own<'a>>,
    pub(super) channel: Option<&'a ChannelArn>,
}

impl Scene<'_> {
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

    /// The members in which `ctl`'s statement is not as `ctl` writes it.
    pub(super) fn differences(&self, own: &Own<'_>) -> Vec<String> {
        self.channel
            .map(|channel| own.view.differences(channel))
            .unwrap_or_default()
    }
}
