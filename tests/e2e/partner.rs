//! Who can send through a channel: the partner with its external ID, the owner, and nobody else.

use serde_json::json;

use super::{NORDCLOUD, enabled, nordcloud};
use crate::harness::{Lake, PARTNER, SECRET, STRANGER, entry};

/// Sends one event; answers the code of a refusal.
fn send(lake: &Lake, account: &str, external_id: Option<&str>) -> Result<(), String> {
    let channel = lake.only_channel();
    let sent = lake
        .caller(account, "us-east-1")
        .put(&channel, external_id, json!([entry("e1")]));
    match sent {
        Ok(reply) => {
            assert_eq!(reply["successful"].as_array().unwrap().len(), 1, "{reply}");
            Ok(())
        }
        Err((_, code, _)) => Err(code),
    }
}

const REFUSED: &str = "ChannelInsufficientPermission";

fn refused() -> Result<(), String> {
    Err(REFUSED.to_owned())
}

#[test]
fn the_partner_sends_with_its_external_id_and_not_without() {
    let (lake, _) = enabled();
    assert_eq!(send(&lake, PARTNER, Some(SECRET)), Ok(()));
    assert_eq!(send(&lake, PARTNER, None), refused());
    assert_eq!(send(&lake, PARTNER, Some("a-wrong-one")), refused());
    assert_eq!(send(&lake, STRANGER, Some(SECRET)), refused());
    assert_eq!(send(&lake, STRANGER, None), refused());
    assert_eq!(send(&lake, "111122223333", None), Ok(()));
    let events = lake.look("/events");
    assert_eq!(events["events"].as_array().unwrap().len(), 2, "{events}");
}

#[test]
fn keeping_the_channel_locks_the_partner_out_until_it_is_let_in_again() {
    let (lake, ctl) = enabled();
    let channel = lake.only_channel();
    let output = ctl.run("disable nordcloud --keep-channel --yes -o json").exits(0);
    assert_eq!(lake.writes(), ["DeleteResourcePolicy"]);
    assert_eq!(output.json()["changed"], true);
    assert_eq!(send(&lake, PARTNER, Some(SECRET)), refused());
    assert_eq!(send(&lake, "111122223333", None), Ok(()));
    assert_eq!(lake.only_channel(), channel);

    drop(ctl.run(NORDCLOUD).exits(2).says(&["external ID"]));
    let document = ctl.run(&nordcloud()).exits(0).json();
    assert_eq!(document["integration"]["channel_arn"], json!(channel));
    assert_eq!(document["handoff"]["channel_arn"], json!(channel));
    assert_eq!(send(&lake, PARTNER, Some(SECRET)), Ok(()));
    assert_eq!(send(&lake, PARTNER, None), refused());
}

#[test]
fn a_replaced_external_id_is_the_only_one_that_opens() {
    let (lake, ctl) = enabled();
    let run = format!("{NORDCLOUD} --external-id another-one --replace-access");
    drop(ctl.run(&run).exits(0));
    assert_eq!(send(&lake, PARTNER, Some(SECRET)), refused());
    assert_eq!(send(&lake, PARTNER, Some("another-one")), Ok(()));
}

#[test]
fn a_deleted_channel_takes_nothing_any_more() {
    let (lake, ctl) = enabled();
    let channel = lake.only_channel();
    drop(ctl.run("disable nordcloud --yes -o json").exits(0));
    for account in [PARTNER, "111122223333"] {
        let sent = lake
            .caller(account, "us-east-1")
            .put(&channel, Some(SECRET), json!([entry("e1")]));
        assert_eq!(sent.unwrap_err().1, "ChannelNotFound");
    }
    // A new one has another ARN.
    drop(ctl.run(&nordcloud()).exits(0));
    assert_ne!(lake.only_channel(), channel);
}
