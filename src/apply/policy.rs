//! Resource policies: attach, take away.

use super::{Walk, changed_in_between, settle};
use crate::aws::CallError;
use crate::error::Result;
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
        let Err(error) = self.put_when_ready(channel, policy).await? else {
            return Ok(());
        };
        let attached = async { Ok(self.attached(channel).await?.as_ref() == Some(policy)) };
        settle(error, "attach the resource policy", attached).await
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
            Some(left) => self.put_when_ready(channel, left).await?,
            None => self.aws.delete_policy(channel).await,
        };
        let Err(error) = reply else { return Ok(()) };
        let withdrawn = async { Ok(self.attached(channel).await?.as_ref() == left) };
        settle(error, "take ctl's statement out of the resource policy", withdrawn).await
    }

    async fn attached(&self, channel: &ChannelArn) -> Result<Option<Policy>> {
        super::observe::policy(self.aws, channel).await
    }

    /// Puts a policy; a channel that was just created may not be ready for it.
    async fn put_when_ready(&mut self, channel: &ChannelArn, policy: &Policy) -> Result<Result<(), CallError>> {
        let aws = self.aws;
        self.when_ready("the channel", || aws.put_policy(channel, policy)).await
    }
}
