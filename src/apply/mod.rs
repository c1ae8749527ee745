//! Carries plans out: walks their steps through `aws`, tells an observer, and answers what became
//! of each step.
//!
//! A call that creates, deletes or restores is never repeated blindly: when its outcome is not known,
//! this room looks. Found as wanted is done; anything else ends the walk with "run it again", and the
//! next run observes afresh.
//!
//! Deliveries are no plan of steps: [`inputs`] finds what is meant, [`intake`] reads events, [`deliver`] sends
//! them, [`journal`] keeps what became of them and [`rejects`] what is left over.

mod channel;
pub mod deliver;
pub mod examine;
pub mod export;
pub mod inputs;
pub mod intake;
pub mod interrupt;
pub mod journal;
pub mod observe;
pub mod origin;
mod policy;
pub mod private;
pub mod query;
pub mod recall;
pub mod rejects;
pub mod spill;
mod store;
pub mod strict;
pub mod tail;
pub mod verify;
mod wire;

use std::collections::BTreeMap;
use std::time::Duration;

pub use interrupt::Interrupt;

use crate::aws::{CallError, Session};
use crate::error::{Error, Kind, Result};
use crate::model::{ChannelArn, StoreArn};
use crate::plan::{Change, Observer, Plan, State, Step, StoreRef};

/// What became of a plan.
#[derive(Debug)]
pub struct Outcome {
    /// What became of each step, in the plan's order.
    pub steps: Vec<Done>,
    /// Why the walk ended early.
    pub error: Option<Error>,
    /// The channel that was created, or that the plan was about.
    pub channel: Option<ChannelArn>,
}

/// What became of one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Its state.
    pub state: State,
    /// The ARN of the resource, where it is known.
    pub arn: Option<String>,
}

impl Outcome {
    /// The outcome of a plan that is only shown.
    pub fn planned(plan: &Plan) -> Self {
        let done = |step: &Step| Done {
            state: State::Planned,
            arn: step.arn.clone(),
        };
        Self {
            steps: plan.steps.iter().map(done).collect(),
            error: None,
            channel: None,
        }
    }

    /// Whether anything was changed.
    pub fn changed(&self, plan: &Plan) -> bool {
        self.steps.iter().zip(&plan.steps).any(|(done, step)| match done.state {
            State::Done => step.change.is_some(),
            // What was created stays, even if it did not become ready in time.
            State::Failed => step.arn.is_none() && done.arn.is_some(),
            State::Planned | State::Skipped => false,
        })
    }
}

/// What a walk needs.
pub struct Walk<'a> {
    /// The clients.
    pub aws: &'a Session,
    /// Whoever wants to know.
    pub observer: &'a mut dyn Observer,
    /// The wish to stop.
    pub interrupt: &'a Interrupt,
    /// How long to wait in all for resources to become ready.
    pub patience: Duration,
}

/// What earlier steps of the same plan made.
#[derive(Debug, Default)]
struct Ledger {
    stores: BTreeMap<String, StoreArn>,
    channel: Option<ChannelArn>,
}

/// Carries a plan out, step by step.
pub async fn walk(plan: &Plan, mut walk: Walk<'_>) -> Outcome {
    walk.interrupt.obey_gracefully();
    let mut ledger = Ledger {
        channel: plan.expected.channel_arn.clone(),
        ..Ledger::default()
    };
    let mut outcome = Outcome {
        steps: Vec::new(),
        error: None,
        channel: None,
    };
    for step in &plan.steps {
        let done = match (&step.change, &outcome.error) {
            (None, None) => Done {
                state: State::Done,
                arn: step.arn.clone(),
            },
            (_, Some(_)) => Done {
                state: State::Skipped,
                arn: step.arn.clone(),
            },
            (Some(_), None) if walk.interrupt.asked() => {
                outcome.error = Some(interrupted());
                Done {
                    state: State::Skipped,
                    arn: step.arn.clone(),
                }
            }
            (Some(change), None) => {
                walk.observer.step_started(step);
                let result = walk.change(change, step, &mut ledger).await;
                let state = if result.is_ok() { State::Done } else { State::Failed };
                walk.observer.step_done(step, state);
                let arn = result.unwrap_or_else(|error| {
                    outcome.error = Some(error);
                    None
                });
                Done {
                    state,
                    arn: arn.or_else(|| step.arn.clone()).or_else(|| ledger.created(change)),
                }
            }
        };
        outcome.steps.push(done);
    }
    walk.observer.finished();
    outcome.channel = ledger.channel;
    outcome
}

fn interrupted() -> Error {
    Error::new(
        Kind::Interrupted,
        "Interrupted; the steps that are left were not begun.",
    )
    .hinted("Run the same command again: it goes on where this run stopped.")
}

impl Walk<'_> {
    /// Carries one change out; answers the ARN of what it created.
    async fn change(&mut self, change: &Change, step: &Step, ledger: &mut Ledger) -> Result<Option<String>> {
        match change {
            Change::CreateStore(store) => {
                let arn = self.create_store(store).await?;
                ledger.stores.insert(store.name.to_string(), arn.clone());
                self.wait_until_enabled(&arn, store.name.as_str()).await?;
                return Ok(Some(arn.to_string()));
            }
            Change::RestoreStore(arn) => self.restore_store(arn, &step.name).await?,
            Change::ChangeStore(arn, change) => {
                let reply = self.aws.change_store(arn, change).await;
                reply.map_err(|error| unsettled(error, &format!("change the event data store {}", step.name)))?;
            }
            Change::DeleteStore { arn, protected } => self.delete_store(arn, &step.name, *protected).await?,
            Change::CreateChannel {
                name,
                sources,
                stores,
                tags,
            } => {
                let stores = ledger.resolve(stores)?;
                let arn = self.create_channel(name, sources, &stores, tags).await?;
                ledger.channel = Some(arn.clone());
                return Ok(Some(arn.to_string()));
            }
            Change::AddDestinations { arn, seen, add } => {
                let add = ledger.resolve(add)?;
                self.add_destinations(arn, &step.name, seen, &add).await?;
            }
            Change::DeleteChannel(arn) => {
                self.delete_channel(arn, &step.name).await?;
                ledger.channel = None;
            }
            Change::PutPolicy { draft, seen } => {
                let channel = ledger
                    .channel
                    .clone()
                    .ok_or_else(|| Error::new(Kind::Bug, "The channel is not known."))?;
                // A channel that this walk created has no policy that anybody could have changed.
                let existed = step.arn.is_some();
                self.put_policy(&channel, &draft.render(&channel), seen.as_ref(), existed)
                    .await?;
                return Ok(Some(channel.to_string()));
            }
            Change::WithdrawPolicy { arn, left, seen } => self.withdraw_policy(arn, left.as_ref(), seen).await?,
            Change::AddTags(arn, tags) => {
                let reply = self.aws.add_tags(arn, tags).await;
                reply.map_err(|error| unsettled(error, &format!("add tags to {}", step.name)))?;
            }
        }
        Ok(None)
    }
}

impl Walk<'_> {
    /// Calls again while the service says that what the call needs is not ready yet. An answer other
    /// than that, or that when patience has run out, is handed on.
    async fn when_ready<T, F>(&mut self, what: &str, call: impl Fn() -> F) -> Result<Result<T, CallError>>
    where
        F: Future<Output = Result<T, CallError>>,
    {
        let mut pauses = Pauses::new(self.patience);
        loop {
            match call().await {
                Err(error) if error.is("ConflictException") => {
                    self.observer.waiting(&format!("{what} to be loaded"));
                    if !pauses.sleep(self.interrupt).await {
                        return if self.interrupt.asked() {
                            Err(interrupted())
                        } else {
                            Ok(Err(error))
                        };
                    }
                }
                other => return Ok(other),
            }
        }
    }
}

impl Ledger {
    /// The ARN of what a change created, although it may have failed afterwards.
    fn created(&self, change: &Change) -> Option<String> {
        match change {
            Change::CreateStore(store) => self.stores.get(store.name.as_str()).map(ToString::to_string),
            _ => None,
        }
    }

    fn resolve(&self, stores: &[StoreRef]) -> Result<Vec<StoreArn>> {
        let one = |store: &StoreRef| match store {
            StoreRef::Known(arn) => Ok(arn.clone()),
            StoreRef::Planned(name) => {
                let made = self.stores.get(name.as_str()).cloned();
                made.ok_or_else(|| Error::new(Kind::Bug, format!("The event data store {name} was not created.")))
            }
        };
        stores.iter().map(one).collect()
    }
}

/// The failure of a write. Where its outcome is not known, that is exit 6: another run finds out.
fn unsettled(error: CallError, what: &str) -> Error {
    let unknown = error.is_unknown();
    let mut error = error.into_error(format!("Could not {what}"));
    if unknown {
        error.kind = Kind::GaveUp;
        error.message = format!("It is not known whether the attempt to {what} succeeded.");
        error.hints = vec!["Run the same command again: it looks first and never does a thing twice.".to_owned()];
    }
    error
}

/// The failure of a write that is not there although its outcome was unknown a moment ago.
fn not_there(error: CallError, what: &str) -> Error {
    let unknown = error.is_unknown();
    let mut error = unsettled(error, what);
    if unknown {
        error.message = format!("The reply to the attempt to {what} was lost, and nothing of it is to be seen yet.");
    }
    error
}

/// The failure of a write whose outcome is not known still, because the look at it failed too.
fn unseen(error: CallError, look: Error, what: &str) -> Error {
    let mut error = unsettled(error, what);
    error
        .hints
        .insert(0, format!("Looking whether it did failed too: {look}"));
    error.hints.extend(look.hints);
    error
}

/// What became of a write that failed. Where its outcome is not known, a look finds out whether it was
/// `done` after all.
async fn settle(error: CallError, what: &str, done: impl Future<Output = Result<bool>>) -> Result<()> {
    if !error.is_unknown() {
        return Err(unsettled(error, what));
    }
    match done.await {
        Ok(true) => Ok(()),
        Ok(false) => Err(not_there(error, what)),
        Err(look) => Err(unseen(error, look, what)),
    }
}

/// What somebody else changed after this run looked.
fn changed_in_between(what: &str) -> Error {
    Error::state(format!(
        "{what} was changed by somebody else after this run looked; nothing more was changed."
    ))
    .hinted("Run the same command again: it plans from what is there now.")
}

/// The times between two looks at something that is not ready: short at first, then steady.
struct Pauses {
    left: Duration,
    next: Duration,
}

impl Pauses {
    const FIRST: Duration = Duration::from_millis(500);
    const LONGEST: Duration = Duration::from_secs(5);

    fn new(patience: Duration) -> Self {
        Self {
            left: patience,
            next: Self::FIRST,
        }
    }

    /// Sleeps; `false` when patience has run out or the user wants to stop.
    async fn sleep(&mut self, interrupt: &Interrupt) -> bool {
        if self.left.is_zero() || interrupt.asked() {
            return false;
        }
        let pause = self.next.min(self.left);
        self.left -= pause;
        self.next = (self.next * 2).min(Self::LONGEST);
        tokio::select! {
            () = tokio::time::sleep(pause) => true,
            () = interrupt.wait() => false,
        }
    }
}
