//! `PutResourcePolicy`: replaces the whole document.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutResourcePolicy.html>

use serde::Deserialize;

use super::get_resource_policy::{self, Out};
use crate::sandbox::policy;
use crate::sandbox::store::{Tx, policies};
use crate::sandbox::wire::Fault;
use crate::sandbox::wire::shapes;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct In {
    resource_arn: Option<String>,
    resource_policy: Option<String>,
}

pub(crate) fn run(tx: &Tx<'_>, input: In) -> Result<Out, Fault> {
    let resource_arn = shapes::required("ResourceArn", input.resource_arn)?;
    let resource_policy = shapes::required("ResourcePolicy", input.resource_policy)?;
    let (resource_arn, target) = get_resource_policy::find(tx, resource_arn)?;
    policy::check(&resource_policy, &resource_arn, target)?;
    policies::put(tx.sql, &resource_arn, &resource_policy)?;
    Ok(Out {
        resource_arn,
        resource_policy,
    })
}
