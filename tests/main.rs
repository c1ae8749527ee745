//! One binary for every test of the program as a whole.

#![expect(clippy::needless_pass_by_value, reason = "json!(…) reads best where it is used")]

#[cfg(test)]
mod architecture;
#[cfg(test)]
mod cli;
#[cfg(test)]
mod contract;
#[cfg(test)]
mod docs;
#[cfg(test)]
mod e2e;
#[cfg(test)]
mod generated;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod laws;
