//! `AddTags`: a key that is there gets the new value.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AddTags.html>

use super::tagging;
use crate::sandbox::limits;
use crate::sandbox::store::{Tx, tags};
use crate::sandbox::wire::Fault;
use crate::sandbox::wire::shapes::Empty;

pub(crate) fn run(tx: &Tx<'_>, input: tagging::In) -> Result<Empty, Fault> {
    let (resource, wanted) = input.read(tx)?;
    tags::add(tx.sql, &resource, &wanted)?;
    if tags::of(tx.sql, &resource)?.len() > limits::TAGS {
        return Err(tagging::too_many());
    }
    Ok(Empty {})
}
