//! The resource policy of a channel, as text: `model::policy` reads it.

use super::error::{self, CallError};
use super::session::Session;
use crate::model::{ChannelArn, Policy};

impl Session {
    /// The policy attached to a channel; `None` if there is none.
    pub async fn policy(&self, channel: &ChannelArn) -> Result<Option<String>, CallError> {
        let call = self.cloudtrail().get_resource_policy().resource_arn(channel.as_str());
        match self.quotas().call("GetResourcePolicy", Box::pin(call.send())).await {
            Ok(reply) => Ok(reply.resource_policy().map(str::to_owned)),
            Err(error) if error.is("ResourcePolicyNotFoundException") => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Attaches a policy in place of what is there.
    pub async fn put_policy(&self, channel: &ChannelArn, policy: &Policy) -> Result<(), CallError> {
        let call = self
            .cloudtrail()
            .put_resource_policy()
            .resource_arn(channel.as_str())
            .resource_policy(policy.reveal());
        call.send().await.map_err(|error| {
            let statements = policy.statements();
            let secrets = statements.iter().flat_map(|statement| &statement.external_ids);
            error::call("PutResourcePolicy", &error).without(secrets)
        })?;
        Ok(())
    }

    /// Takes the policy away; that there is none is fine.
    pub async fn delete_policy(&self, channel: &ChannelArn) -> Result<(), CallError> {
        let reply = self
            .cloudtrail()
            .delete_resource_policy()
            .resource_arn(channel.as_str())
            .send()
            .await;
        match reply.map_err(|error| error::call("DeleteResourcePolicy", &error)) {
            Ok(_) => Ok(()),
            // The reply to an earlier try may have been lost.
            Err(error) if error.is("ResourcePolicyNotFoundException") => Ok(()),
            Err(error) => Err(error),
        }
    }
}
