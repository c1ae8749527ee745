//! Looking inputs through before anything of them is sent, for whoever wants all or nothing.

use super::inputs::Input;
use super::intake::{self, Feed, Found, Rules};
use super::recall::Memory;
use crate::error::{Error, Kind, Result};

/// The inputs, which were read once, and whether any event in them would be refused.
pub async fn look_through(inputs: Vec<Input>, rules: &Rules) -> Result<(Vec<Input>, bool)> {
    let inputs = kept(inputs).await?;
    let is_refused = is_any_refused(again(&inputs)?, rules).await;
    Ok((inputs, is_refused))
}

/// The inputs in a form in which they can be read twice.
async fn kept(inputs: Vec<Input>) -> Result<Vec<Input>> {
    let mut kept = Vec::with_capacity(inputs.len());
    for input in inputs {
        kept.push(input.kept().await?);
    }
    Ok(kept)
}

fn again(inputs: &[Input]) -> Result<Vec<Input>> {
    let all: Option<Vec<Input>> = inputs.iter().map(Input::again).collect();
    all.ok_or_else(|| Error::new(Kind::Bug, "An input cannot be read twice."))
}

/// Whether any event would be refused; reading stops at the first.
async fn is_any_refused(inputs: Vec<Input>, rules: &Rules) -> bool {
    let mut feed: Feed = intake::read(inputs, rules.clone(), Memory::None);
    while let Some(batch) = feed.recv().await {
        let wrong = |found: &Found| matches!(found, Found::Refused(_) | Found::Broken(_));
        if batch.iter().any(wrong) {
            return true;
        }
    }
    false
}
