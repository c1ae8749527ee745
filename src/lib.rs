//! `ctl`, the operator's command line for AWS CloudTrail Lake integrations.

pub mod model;
pub mod plan;
