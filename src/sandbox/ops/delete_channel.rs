//! `DeleteChannel`: at once, with policy and tags, for good.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DeleteChannel.html>

use super::get_channel::In;
use crate::sandbox::store::{Tx, channels};
use crate::sandbox::wire::Fault;
use crate::sandbox::wire::shapes::Empty;

pub(crate) fn run(tx: &Tx<'_>, input: In) -> Result<Empty, Fault> {
    let channel = input.find(tx)?;
    channel.must_be_ours()?;
    channels::delete(tx.sql, &channel)?;
    Ok(Empty {})
}
