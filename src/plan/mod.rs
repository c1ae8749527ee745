//! Pure deciders: what is wanted and what was found go in, a plan or a refusal comes out.
//!
//! A plan is a list of steps, each a value that can be printed and that `apply` can carry out. What
//! `--dry-run` prints is this very list. No `async`, no I/O, no clock.

pub mod disable;
pub mod doctor;
pub mod enable;
pub mod export;
pub mod handoff;
pub mod ingest;
pub mod integration;
pub mod policy;
pub mod query;
pub mod refusal;
pub mod regions;
pub mod resolve;
pub mod tail;
pub mod verify;

pub use handoff::Handoff;
pub use integration::{Integration, StoreView};
pub use refusal::{Reason, Refusal};

use crate::model::policy::Policy;
use crate::model::{ChannelArn, ChannelName, NewStore, Place, StoreArn, StoreChange, StoreName, Tags};
use policy::PolicyDraft;

/// What will be done, in order, and what has to be said before.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Where and as whom.
    pub place: Place,
    /// What has to be said before it is done.
    pub notes: Vec<Note>,
    /// The steps, in the order in which they are done; those that change nothing too.
    pub steps: Vec<Step>,
    /// The integration as it will be, as far as that is known before.
    pub expected: Integration,
}

impl Plan {
    /// Whether anything would be changed.
    pub fn changes(&self) -> bool {
        self.steps.iter().any(|step| step.change.is_some())
    }
}

/// Something to be said with a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// Worth knowing.
    Info(String),
    /// Worth thinking about.
    Warning(String),
}

/// One step of a plan.
#[derive(Debug, Clone)]
pub struct Step {
    /// What it does.
    pub action: Action,
    /// To what kind of resource.
    pub resource: Resource,
    /// The resource's name.
    pub name: String,
    /// The resource's ARN; a resource that is yet to be created has none.
    pub arn: Option<String>,
    /// What exactly, for people. Never holds an external ID.
    pub detail: String,
    /// What to do; `None` where nothing is to be done.
    pub change: Option<Change>,
}

/// A change as `apply` carries it out.
#[derive(Debug, Clone)]
pub enum Change {
    /// Creates a store and waits until it is ready.
    CreateStore(NewStore),
    /// Restores a store that is pending deletion, and protects it.
    RestoreStore(StoreArn),
    /// Changes a store.
    ChangeStore(StoreArn, StoreChange),
    /// Takes the protection away and deletes the store; it is protected again if that fails.
    DeleteStore {
        /// The store.
        arn: StoreArn,
        /// Whether it is protected, so that the protection has to go first.
        protected: bool,
    },
    /// Creates a channel.
    CreateChannel {
        /// Its name.
        name: ChannelName,
        /// The sources to try in turn; only an `InvalidSourceException` leads to the next.
        sources: Vec<String>,
        /// The stores it feeds.
        stores: Vec<StoreRef>,
        /// Its tags.
        tags: Tags,
    },
    /// Gives a channel more stores.
    AddDestinations {
        /// The channel.
        arn: ChannelArn,
        /// What it feeds now; another list means that somebody changed it in between.
        seen: Vec<StoreArn>,
        /// The stores to add.
        add: Vec<StoreRef>,
    },
    /// Deletes a channel.
    DeleteChannel(ChannelArn),
    /// Attaches a policy to the channel of this plan.
    PutPolicy {
        /// The policy, to be completed with the channel's ARN.
        draft: Box<PolicyDraft>,
        /// What is attached now; another document means that somebody changed it in between.
        seen: Option<Policy>,
    },
    /// Takes a channel's policy away, or leaves these statements of it.
    WithdrawPolicy {
        /// The channel.
        arn: ChannelArn,
        /// What is left; `None` takes the whole policy away.
        left: Option<Policy>,
        /// What is attached now.
        seen: Policy,
    },
    /// Adds tags to what exists.
    AddTags(String, Tags),
}

/// A store that exists, or that an earlier step of the same plan creates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreRef {
    /// It exists.
    Known(StoreArn),
    /// It will have this name.
    Planned(StoreName),
}

/// What a step does to its resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Makes it.
    Create,
    /// Changes it.
    Update,
    /// Removes it.
    Delete,
    /// Leaves it as it is.
    Keep,
}

impl Action {
    /// The word in every output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Keep => "keep",
        }
    }

    /// What is being done, for progress.
    pub fn doing(self) -> &'static str {
        match self {
            Self::Create => "creating",
            Self::Update => "updating",
            Self::Delete => "deleting",
            Self::Keep => "keeping",
        }
    }
}

/// The kind of resource that a step is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Resource {
    /// An event data store.
    EventDataStore,
    /// A channel.
    Channel,
    /// A channel's resource policy.
    ResourcePolicy,
    /// The tags of a channel or a store.
    Tags,
}

impl Resource {
    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EventDataStore => "event_data_store",
            Self::Channel => "channel",
            Self::ResourcePolicy => "resource_policy",
            Self::Tags => "tags",
        }
    }

    /// The word for people.
    pub fn noun(self) -> &'static str {
        match self {
            Self::EventDataStore => "event data store",
            Self::Channel => "channel",
            Self::ResourcePolicy => "resource policy",
            Self::Tags => "tags",
        }
    }
}

/// What became of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// It would be done.
    Planned,
    /// It was done, or there was nothing to do.
    Done,
    /// It was tried and failed.
    Failed,
    /// It was not tried.
    Skipped,
}

impl State {
    /// The word in every output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// Whoever wants to know how a plan's walk is going.
pub trait Observer: Send + Sync {
    /// A step begins.
    fn step_started(&mut self, step: &Step);
    /// A step ended.
    fn step_done(&mut self, step: &Step, state: State);
    /// Something is being waited for.
    fn waiting(&mut self, what: &str);
    /// The walk is over.
    fn finished(&mut self);
}
