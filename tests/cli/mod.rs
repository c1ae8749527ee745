//! The verbs from the outside, without a sandbox: help, usage errors, and what needs no network.

mod partners;
mod policy;
