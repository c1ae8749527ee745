//! Who can send through a channel: the partner with its external ID, the owner, and nobody else.

use serde_json::json;

use super::{NORDCLOUD, enabled, nordcloud};
use crate::harness::{HOME, Lake, PARTNER, SECRET, STRANGER, entry, event};

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
    assert_eq!(send(&lake, HOME, None), Ok(()));
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
    assert_eq!(send(&lake, HOME, None), Ok(()));
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
    for account in [PARTNER, HOME] {
        let sent = lake
            .caller(account, "us-east-1")
            .put(&channel, Some(SECRET), json!([entry("e1")]));
        assert_eq!(sent.unwrap_err().1, "ChannelNotFound");
    }
    // A new one has another ARN.
    drop(ctl.run(&nordcloud()).exits(0));
    assert_ne!(lake.only_channel(), channel);
}

/// Sends one event with `ctl send`; answers its exit code.
fn ctl_send(lake: &Lake, account: &str, more: &str) -> i32 {
    let ctl = lake.ctl().env("AWS_ACCESS_KEY_ID", account);
    let channel = lake.only_channel();
    ctl.file("event.json", event("by-ctl").to_string());
    ctl.run(&format!("send event.json --channel {channel} {more}")).code
}

#[test]
fn ctl_itself_is_let_in_and_out_the_same_way() {
    let (lake, ctl) = enabled();
    let with_id = format!("--external-id {SECRET}");
    let all = |lake: &Lake| {
        [
            ctl_send(lake, PARTNER, &with_id),
            ctl_send(lake, PARTNER, ""),
            ctl_send(lake, PARTNER, "--external-id a-wrong-one"),
            ctl_send(lake, STRANGER, &with_id),
            ctl_send(lake, HOME, ""),
        ]
    };
    assert_eq!(all(&lake), [0, 4, 4, 4, 0]);
    drop(ctl.run("disable nordcloud --keep-channel --yes").exits(0));
    assert_eq!(all(&lake), [4, 4, 4, 4, 0]);
    drop(ctl.run(&nordcloud()).exits(0));
    assert_eq!(all(&lake), [0, 4, 4, 4, 0]);
}
