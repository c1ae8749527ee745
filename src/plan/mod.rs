//! Pure deciders: what is wanted and what was found go in, a plan or a refusal comes out.

pub mod policy;
