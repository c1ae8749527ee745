//! Resource policies: attach, take away.

use super::{Pauses, Walk, changed_in_between, interrupted, not_there};
use crate::aws::CallError;
use crate::error::{Error, Result};
use crate::model::ChannelArn;
use crate::model::policy::Policy;

impl Walk<'_> {
    /// Attaches a policy, if what is attached is still what was seen.
    pub(super) async fn put_policy(
        &mut self,
        channel: &ChannelArn,
        policy: &Policy,
        seen: Option<&Policy>,
        existed: bool,
    ) -> Result<()> {
        if existed && self.attached(channel).await?.as_ref() != seen {
            return Err(changed_in_between("The resource policy"));
        }
        let Err(error) = self.put_when_ready(channel, &policy.reveal()).await? else {
            return Ok(());
        };
        if error.is_unknown() && self.attached(channel).await?.as_ref() == Some(policy) {
            return Ok(());
        }
        Err(not_there(error, "attach the resource policy"))
    }

    /// Takes a policy away, or leaves these statements, if it is still what was seen.
    pub(super) async fn withdraw_policy(
        &mut self,
        channel: &ChannelArn,
        left: Option<&Policy>,
        seen: &Policy,
    ) -> Result<()> {
        if self.attached(channel).await?.as_ref() != Some(seen) {
            return Err(changed_in_between("The resource policy"));
        }
        let reply = match left {
            Some(left) => self.put_when_ready(channel, &left.reveal()).await?,
            None => self.aws.delete_policy(channel).await,
        };
        let Err(error) = reply else { return Ok(()) };
        if error.is_unknown() && self.attached(channel).await?.as_ref() == left {
            return Ok(());
        }
        Err(not_there(error, "take ctl's statement out of the resource policy"))
    }

    async fn attached(&self, channel: &ChannelArn) -> Result<Option<Policy>> {
        super::observe::policy(self.aws, channel).await
    }

    /// Puts a policy, again while the service says that the channel is not ready.
    async fn put_when_ready(&mut self, channel: &ChannelArn, document: &str) -> Result<Result<(), CallError>, Error> {
        let mut pauses = Pauses::new(self.patience);
        loop {
            match self.aws.put_policy(channel, document).await {
                Err(error) if error.is("ConflictException") => {
                    self.observer.waiting("the channel to be loaded");
                    if !pauses.sleep(self.interrupt).await {
                        return if self.interrupt.asked() {
                            Err(interrupted())
                        } else {
                            Ok(Err(error))
                        };
                    }
                }
                other => return Ok(other),
            }
        }
    }
}
