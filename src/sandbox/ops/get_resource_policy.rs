//! `GetResourcePolicy`
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetResourcePolicy.html>

use serde::{Deserialize, Serialize};

use crate::sandbox::arn::{self, Kind};
use crate::sandbox::policy::Target;
use crate::sandbox::store::{Tx, channels, event_data_stores, policies};
use crate::sandbox::wire::Fault;
use crate::sandbox::wire::shapes;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct In {
    resource_arn: Option<String>,
}

/// A policy and what it is attached to.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Out {
    /// The resource.
    pub(crate) resource_arn: String,
    /// The document.
    pub(crate) resource_policy: String,
}

impl In {
    /// The resource meant.
    pub(crate) fn find(self, tx: &Tx<'_>) -> Result<(String, Target), Fault> {
        find(tx, shapes::required("ResourceArn", self.resource_arn)?)
    }
}

/// The channel or store of an ARN.
pub(crate) fn find(tx: &Tx<'_>, resource_arn: String) -> Result<(String, Target), Fault> {
    let kind = arn::parse(&resource_arn)
        .filter(|_| shapes::is_arn_like(&resource_arn))
        .map(|arn| arn.kind);
    let (there, target) = match kind {
        None => {
            return Err(Fault::new(
                "ResourceARNNotValidException",
                format!("The resource ARN {resource_arn} is not valid."),
            ));
        }
        Some(Kind::Channel) => (channels::by(tx, "arn", &resource_arn)?.is_some(), Target::Channel),
        Some(Kind::EventDataStore) => (
            event_data_stores::by(tx, "arn", &resource_arn)?.is_some(),
            Target::EventDataStore,
        ),
        Some(Kind::Dashboard | Kind::Trail) => {
            return Err(Fault::new(
                "ResourceTypeNotSupportedException",
                format!("The sandbox has resource policies of channels and event data stores, not of {resource_arn}."),
            ));
        }
    };
    if there {
        return Ok((resource_arn, target));
    }
    Err(Fault::new(
        "ResourceNotFoundException",
        format!("The resource {resource_arn} was not found."),
    ))
}

/// No policy is attached.
pub(crate) fn not_found(resource_arn: &str) -> Fault {
    Fault::new(
        "ResourcePolicyNotFoundException",
        format!("No resource policy is attached to {resource_arn}."),
    )
}

pub(crate) fn run(tx: &Tx<'_>, input: In) -> Result<Out, Fault> {
    let (resource_arn, _) = input.find(tx)?;
    match policies::get(tx.sql, &resource_arn)? {
        Some(resource_policy) => Ok(Out {
            resource_arn,
            resource_policy,
        }),
        None => Err(not_found(&resource_arn)),
    }
}
