//! One binary for every test of the program as a whole.

mod docs;
mod generated;
