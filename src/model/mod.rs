//! The nouns of CloudTrail Lake integrations, with their invariants.
//!
//! Everything here is a value: no `async`, no I/O, no clock, and nothing of the AWS SDK. A value
//! that exists is valid, so no other room checks a name, an ARN or an account again.

pub mod arn;
pub mod counts;
pub mod event;
pub mod external_id;
pub mod finding;
pub mod integration;
mod json;
pub mod names;
pub mod partner;
pub mod policy;
pub mod principal;
pub mod query;
pub mod selector;
pub mod time;

pub use arn::{ArnError, ChannelArn, StoreArn};
pub use counts::{Counts, CountsLost};
pub use external_id::{ExternalId, ExternalIdError};
pub use finding::{Finding, Severity};
pub use integration::{Billing, Category, Channel, Ingestion, NewStore, Place, Store, StoreChange, StoreStatus, Tags};
pub use names::{AccountId, ChannelName, NameError, StoreName};
pub use partner::{
    Catalogue, CatalogueError, EventSourceMatch, ExternalIdRule, Fact, Handoff, HandoffItem, Issuer, Need, Override,
    Partner, PartnerKind, Service, ServiceMatch, ServiceWarning,
};
pub use policy::{Effect, Policy, PolicyError, Statement, Template};
pub use principal::{IdentityArn, Principal, PrincipalError};
pub use selector::StoreSelector;
