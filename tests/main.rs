//! One binary for every test of the program as a whole.

#[cfg(test)]
mod docs;
#[cfg(test)]
mod generated;
