//! Whose the last event is that a partner's channel took: a canary of `ctl`'s own proves nothing of the partner.

use super::{State, Step, What, canary};
use crate::model::ChannelArn;

/// What is known of the origin of the last event that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A query finds it: it is a canary of `ctl`'s.
    Canary,
    /// A query finds it: it is something else.
    Other,
    /// It is not known, for this reason: a sentence.
    Unknown(String),
}

impl Origin {
    /// What the event source of the event, as it is stored, tells.
    pub fn of(event_source: Option<&str>) -> Self {
        match event_source {
            Some(canary::SOURCE) => Self::Canary,
            _ => Self::Other,
        }
    }
}

/// Whether events were delivered, as the checks have it: what there may be to look up.
pub fn is_delivered(steps: &[Step]) -> bool {
    let done = |step: &Step| step.what == What::Deliveries && step.state == State::Done;
    steps.iter().any(done)
}

/// Takes into account whose the last event is.
pub fn attribute(steps: &mut [Step], origin: &Origin, channel: &ChannelArn) {
    let deliveries = |step: &&mut Step| step.what == What::Deliveries && step.state == State::Done;
    let Some(step) = steps.iter_mut().find(deliveries) else {
        return;
    };
    match origin {
        Origin::Canary => {
            step.state = State::Failed;
            let detail = "The last event that was taken is a canary of ctl's own: it proves nothing of the partner's \
                          deliveries.";
            detail.clone_into(&mut step.detail);
            step.next = vec![
                "Ask the partner whether it delivers to this channel's ARN.".to_owned(),
                format!("What to hand over to it, once more: ctl status {channel}"),
            ];
        }
        Origin::Other => step.detail = format!("{} A query finds it: it is no canary of ctl's.", step.detail),
        Origin::Unknown(why) => {
            step.detail = format!(
                "{} It may be a canary of ctl's, or another event of the owner's own. {why}",
                step.detail
            );
        }
    }
}

/// Offers a canary where nothing was ever taken and none was sent: whether the channel takes anything.
pub fn offer_canary(steps: &mut [Step], channel: &ChannelArn) {
    let failed = |step: &&mut Step| step.what == What::Deliveries && step.state == State::Failed;
    if let Some(step) = steps.iter_mut().find(failed) {
        step.next.push(format!(
            "Whether the channel takes events at all: ctl verify {channel} --canary sends one of ctl's own, which \
             cannot be removed and is no proof of the partner's deliveries."
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_partner_may_have_sent_counts() {
        let arn = "arn:aws:cloudtrail:us-east-1:111122223333:channel/6f0c2a1e-1111-4222-8333-444455556666";
        let arn: ChannelArn = arn.parse().unwrap();
        for (origin, expected, word) in [
            (Origin::of(Some("ctl.canary")), State::Failed, "a canary of ctl's own"),
            (Origin::of(Some("nordcloud.com")), State::Done, "it is no canary"),
            (Origin::of(None), State::Done, "it is no canary"),
            (
                Origin::Unknown("No query.".to_owned()),
                State::Done,
                "may be a canary of ctl's",
            ),
        ] {
            let mut steps = [
                Step::new(What::Policy, State::Done, "Good."),
                Step::new(What::Deliveries, State::Done, "Taken."),
            ];
            assert!(is_delivered(&steps));
            attribute(&mut steps, &origin, &arn);
            assert_eq!(steps[1].state, expected, "{origin:?}");
            assert!(steps[1].detail.contains(word), "{:?}", steps[1]);
            assert_eq!(steps[0].detail, "Good.");
        }
    }
}
