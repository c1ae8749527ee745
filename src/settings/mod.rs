//! Settings: what was typed and what the environment says, folded into one value.
//!
//! flags > `CTL_*` and `AWS_*` variables > defaults. Credentials, profiles and the rest of the AWS
//! configuration stay the SDK's business; here stands only what `ctl` must know before its first call.

pub mod env;
pub mod layers;
pub mod resolve;

pub use layers::{ColorChoice, Format, Layer};
pub use resolve::{Retry, Settings, resolve};
