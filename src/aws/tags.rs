//! Tags of channels and stores.

use std::collections::BTreeMap;

use aws_sdk_cloudtrail::types::Tag;
use aws_smithy_types::error::operation::BuildError;

use super::error::{self, CallError};
use super::session::Session;
use crate::model::Tags;

/// How many resources one `ListTags` may name (reference §1.7).
const PER_CALL: usize = 20;

impl Session {
    /// The tags of several resources, by ARN.
    pub async fn tags(&self, arns: &[String]) -> Result<BTreeMap<String, Tags>, CallError> {
        let mut found = BTreeMap::new();
        for some in arns.chunks(PER_CALL) {
            let call = self.cloudtrail().list_tags().set_resource_id_list(Some(some.to_vec()));
            let reply = self.quotas().call("ListTags", Box::pin(call.send())).await?;
            for resource in reply.resource_tag_list() {
                let tags = resource
                    .tags_list()
                    .iter()
                    .map(|tag| (tag.key().to_owned(), tag.value().map(str::to_owned)));
                found.insert(
                    resource.resource_id().unwrap_or_default().to_owned(),
                    Tags(tags.collect()),
                );
            }
        }
        Ok(found)
    }

    /// Adds tags; a tag that is there gets the new value.
    pub async fn add_tags(&self, arn: &str, tags: &Tags) -> Result<(), CallError> {
        const OPERATION: &str = "AddTags";
        let list = sdk_tags(tags).map_err(|_| error::not_built(OPERATION))?;
        let call = self.cloudtrail().add_tags().resource_id(arn).set_tags_list(Some(list));
        call.send().await.map_err(|error| error::call(OPERATION, &error))?;
        Ok(())
    }
}

/// Tags as a creation wants them; none at all where there are none.
pub(super) fn tag_list(tags: &Tags, operation: &'static str) -> Result<Option<Vec<Tag>>, CallError> {
    if tags.is_empty() {
        return Ok(None);
    }
    sdk_tags(tags).map(Some).map_err(|_| error::not_built(operation))
}

fn sdk_tags(tags: &Tags) -> Result<Vec<Tag>, BuildError> {
    tags.0
        .iter()
        .map(|(key, value)| Tag::builder().key(key).set_value(value.clone()).build())
        .collect()
}
