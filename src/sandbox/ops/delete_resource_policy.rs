//! `DeleteResourcePolicy`
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DeleteResourcePolicy.html>

use super::get_resource_policy::{In, not_found};
use crate::sandbox::store::{Tx, policies};
use crate::sandbox::wire::Fault;
use crate::sandbox::wire::shapes::Empty;

pub(crate) fn run(tx: &Tx<'_>, input: In) -> Result<Empty, Fault> {
    let (resource_arn, _) = input.find(tx)?;
    if policies::delete(tx.sql, &resource_arn)? {
        Ok(Empty {})
    } else {
        Err(not_found(&resource_arn))
    }
}
