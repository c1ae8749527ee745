//! The command line: what is wrong is told clearly, with the right exit code, before anything is done.

mod event;
mod help;
mod input;
mod interrupt;
mod partners;
mod pipes;
mod plans;
mod policy;
mod query;
mod sandbox;
mod secrets;
mod surroundings;

use crate::harness::{Ctl, Lake, Output};

/// Runs what must be refused with this code and these words, in both formats, with nothing changed.
#[track_caller]
fn refused(lake: &Lake, ctl: &Ctl, args: &[&str], code: i32, words: &[&str]) -> Output {
    let before = lake.state();
    lake.forget();
    let human = ctl.run_args(args).exits(code).says(words);
    assert!(human.stderr.starts_with("Error: "), "{human}");
    assert!(!human.stderr.contains("ctl.error/v1"), "{human}");
    let json = ctl.run_args(&[args, &["-o", "json"]].concat()).exits(code).says(words);
    let error = json.error();
    assert!(!error["message"].as_str().unwrap().is_empty(), "{json}");
    let kinds: &[&str] = match code {
        1 => &["failed", "declined"],
        2 => &["usage"],
        4 => &["access"],
        5 => &["not_found", "state"],
        6 => &["gave_up"],
        other => panic!("{other} is no code of a refusal"),
    };
    assert!(kinds.contains(&error["kind"].as_str().unwrap()), "{json}");
    assert_eq!(lake.writes(), [""; 0], "{json}");
    assert_eq!(lake.state(), before, "{json}");
    json
}
