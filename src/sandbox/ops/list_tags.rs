//! `ListTags`: of up to twenty resources at once.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_ListTags.html>

use serde::{Deserialize, Serialize};

use super::tagging;
use crate::sandbox::guesses;
use crate::sandbox::limits;
use crate::sandbox::store::{Tx, tags};
use crate::sandbox::wire::Fault;
use crate::sandbox::wire::shapes::Tag;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct In {
    resource_id_list: Option<Vec<String>>,
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Out {
    resource_tag_list: Vec<ResourceTag>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ResourceTag {
    resource_id: String,
    tags_list: Vec<Tag>,
}

pub(crate) fn run(tx: &Tx<'_>, input: In) -> Result<Out, Fault> {
    let resources = input.resource_id_list.unwrap_or_default();
    if input.next_token.is_some_and(|token| !token.is_empty()) {
        return Err(Fault::new(
            guesses::LIST_TAGS_TOKEN,
            "NextToken of ListTags is reserved.",
        ));
    }
    if !limits::TAGGED_RESOURCES.contains(&resources.len()) {
        return Err(Fault::new(
            guesses::SHAPE_UNMODELLED,
            format!("ResourceIdList must have 1 to 20 ARNs, not {}.", resources.len()),
        ));
    }
    let mut resource_tag_list = Vec::new();
    for resource_id in resources {
        // ChannelNotFoundException is not among the errors of this operation.
        tagging::must_exist(tx, &resource_id, "ResourceNotFoundException")?;
        let tags_list = tags::of(tx.sql, &resource_id)?;
        resource_tag_list.push(ResourceTag { resource_id, tags_list });
    }
    Ok(Out { resource_tag_list })
}
