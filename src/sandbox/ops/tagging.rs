//! What the three tag operations, and creation with tags, have in common.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Tag.html>

use std::collections::HashSet;

use serde::Deserialize;

use crate::sandbox::arn::{self, Kind};
use crate::sandbox::limits;
use crate::sandbox::store::{Tx, channels, event_data_stores};
use crate::sandbox::wire::Fault;
use crate::sandbox::wire::shapes::{self, Tag};

/// The input of `AddTags` and `RemoveTags`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct In {
    resource_id: Option<String>,
    tags_list: Option<Vec<Tag>>,
}

impl In {
    /// The resource, and the tags, both checked.
    pub(crate) fn read(self, tx: &Tx<'_>) -> Result<(String, Vec<Tag>), Fault> {
        let resource_id = shapes::required("ResourceId", self.resource_id)?;
        let tags = shapes::required("TagsList", self.tags_list)?;
        must_exist(tx, &resource_id, "ChannelNotFoundException")?;
        check(&tags)?;
        Ok((resource_id, tags))
    }
}

/// Checks keys and values; how many a resource has is another matter.
pub(crate) fn check(tags: &[Tag]) -> Result<(), Fault> {
    let bad = |what: String| Err(Fault::new("InvalidTagParameterException", what));
    if tags.len() > limits::TAGS_LIST {
        return bad(format!(
            "A request can have {} tags, not {}.",
            limits::TAGS_LIST,
            tags.len()
        ));
    }
    let mut seen = HashSet::new();
    for tag in tags {
        let Some(key) = tag.key.as_deref() else {
            return bad("A tag has no key.".to_owned());
        };
        if !limits::TAG_KEY.contains(&key.chars().count()) {
            return bad(format!(
                "A tag's key must have 1 to {} characters.",
                limits::TAG_KEY.end()
            ));
        }
        if tag
            .value
            .as_ref()
            .is_some_and(|value| !limits::TAG_VALUE.contains(&value.chars().count()))
        {
            return bad(format!(
                "The value of the tag {key} must have 1 to {} characters.",
                limits::TAG_VALUE.end()
            ));
        }
        if key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:")) {
            return bad(format!("The tag key {key} begins with aws:, which is reserved."));
        }
        if !seen.insert(key) {
            return bad(format!("The tag key {key} is given twice."));
        }
    }
    Ok(())
}

/// Over fifty tags.
pub(crate) fn too_many() -> Fault {
    Fault::new(
        "TagsLimitExceededException",
        format!("A resource can have {} tags.", limits::TAGS),
    )
}

/// Refuses an ARN that names nothing that can have tags here; `no_channel` is the code for an absent channel.
pub(crate) fn must_exist(tx: &Tx<'_>, resource_id: &str, no_channel: &'static str) -> Result<(), Fault> {
    let Some(arn) = arn::parse(resource_id) else {
        let code = if resource_id.contains(":eventdatastore/") {
            "EventDataStoreARNInvalidException"
        } else if resource_id.contains(":channel/") {
            "ChannelARNInvalidException"
        } else {
            "CloudTrailARNInvalidException"
        };
        return Err(Fault::new(code, format!("The ARN {resource_id} is not valid.")));
    };
    match arn.kind {
        Kind::EventDataStore => event_data_stores::find(tx, resource_id)?.must_be_active(),
        Kind::Channel => match channels::by(tx, "arn", resource_id)? {
            Some(_) => Ok(()),
            None => Err(Fault::new(
                no_channel,
                format!("The channel {resource_id} was not found."),
            )),
        },
        Kind::Trail => Err(Fault::new(
            "ResourceNotFoundException",
            format!("The trail {resource_id} was not found."),
        )),
        Kind::Dashboard => Err(Fault::new(
            "ResourceTypeNotSupportedException",
            format!("The sandbox has tags on channels and event data stores, not on {resource_id}."),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(key: &str, value: Option<&str>) -> Tag {
        Tag {
            key: Some(key.to_owned()),
            value: value.map(ToOwned::to_owned),
        }
    }

    #[test]
    fn keys_and_values_have_limits() {
        assert_eq!(check(&[tag("a", None), tag("b", Some("x"))]), Ok(()));
        assert_eq!(check(&[tag(&"k".repeat(128), Some(&"v".repeat(256)))]), Ok(()));
        let many: Vec<Tag> = (0..201).map(|n| tag(&n.to_string(), None)).collect();
        for tags in [
            vec![tag("a", None), tag("a", Some("x"))],
            vec![tag("", None)],
            vec![tag(&"k".repeat(129), None)],
            vec![tag("a", Some(""))],
            vec![tag("a", Some(&"v".repeat(257)))],
            vec![tag("aws:cloudformation:stack-id", Some("x"))],
            vec![Tag { key: None, value: None }],
            many,
        ] {
            assert_eq!(check(&tags).unwrap_err().code, "InvalidTagParameterException");
        }
    }
}
