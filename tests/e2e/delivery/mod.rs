//! Delivery that loses nothing: what must hold whatever goes wrong, each with two witnesses, what the run
//! told and what the store has.

mod journal;
mod kill;
mod many;
mod pace;
mod packing;
mod rejects;
mod storm;

use std::path::PathBuf;

use serde_json::{Value, json};

use super::send::{custom, puts, stored};
use crate::harness::{Ctl, Lake, Report, agree, copies, count_of, numbered, text, until};

/// Lets requests that deliver go wrong: from which one on, by which share, and how.
fn storm(lake: &Lake, faults: &[(usize, f64, Value)]) {
    let rule = |(call, share, fault): &(usize, f64, Value)| json!({"operation": "PutAuditEvents", "call": call, "share": share, "seed": 7, "fault": fault});
    let rules: Vec<Value> = faults.iter().map(rule).collect();
    lake.tell("/faults", json!({"faults": rules}));
}

/// Makes every delivering request take so long.
fn slow(lake: &Lake, ms: u64) {
    lake.fault("PutAuditEvents", 1, 0, json!({"kind": "delay", "ms": ms}));
}

/// The only journal in the state directory.
fn the_journal(ctl: &Ctl) -> PathBuf {
    let journals = std::fs::read_dir(ctl.home().join("state/ctl/journals")).unwrap();
    let mut journals: Vec<PathBuf> = journals.map(|entry| entry.unwrap().path()).collect();
    assert_eq!(journals.len(), 1, "{journals:?}");
    journals.remove(0)
}
