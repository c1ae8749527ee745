//! `RemoveTags`: by key.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_RemoveTags.html>

use super::tagging;
use crate::sandbox::store::{Tx, tags};
use crate::sandbox::wire::Fault;
use crate::sandbox::wire::shapes::Empty;

pub(crate) fn run(tx: &Tx<'_>, input: tagging::In) -> Result<Empty, Fault> {
    let (resource, unwanted) = input.read(tx)?;
    tags::remove(tx.sql, &resource, &unwanted)?;
    Ok(Empty {})
}
