//! Starting, stopping, and a state in a file that several sandboxes share.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use ctl::sandbox::{Config, StartError, State, start};
use serde_json::{Value, json};

use crate::harness::*;

#[test]
fn many_sandboxes_live_beside_each_other() {
    for _ in 0..20 {
        let (one, two) = (Lake::new(), Lake::new());
        assert_ne!(one.endpoint(), two.endpoint());
        one.owner().store("my-events");
        assert_eq!(
            two.owner().call("ListEventDataStores", json!({})).unwrap(),
            json!({"EventDataStores": []})
        );
        one.stop();
        two.stop();
    }
}

#[test]
fn what_is_stopped_no_longer_listens() {
    let lake = Lake::new();
    let address = lake.address();
    lake.stop();
    assert!(TcpStream::connect(address).is_err());
    // Dropping the handle is enough, too, while its runtime goes on.
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let handle = runtime.block_on(start(fixed())).unwrap();
    let address = handle.addr();
    drop(handle);
    let deadline = Instant::now() + Duration::from_secs(10);
    while TcpStream::connect(address).is_ok() {
        assert!(Instant::now() < deadline, "a dropped sandbox still listens");
        std::thread::yield_now();
    }
}

#[test]
fn a_state_in_a_file_is_shared_and_lasts() {
    let dir = tempfile::tempdir().unwrap();
    let state = State::File(dir.path().join("state"));
    let config = || Config {
        state: state.clone(),
        ..fixed()
    };
    let (one, two) = (Lake::with(config()), Lake::with(config()));
    let (_, channel) = one.owner().integration();
    two.tell("/clock", json!({"advance_seconds": 60}));
    std::thread::scope(|scope| {
        for n in 0..20 {
            let caller = if n % 2 == 0 { one.owner() } else { two.owner() };
            let channel = &channel;
            scope.spawn(move || caller.put(channel, None, json!([entry(&format!("e{n}"))])).unwrap());
        }
    });
    // Dropped without a farewell, as a killed process would leave it.
    drop((one, two));
    let again = Lake::with(config());
    assert_eq!(again.look("/events")["events"].as_array().unwrap().len(), 20);
    assert_eq!(again.look("/clock")["now"], json!("2026-11-20T12:01:00Z"));
    again.owner().call("GetChannel", json!({"Channel": channel})).unwrap();
}

#[test]
fn a_seed_makes_ids_the_same() {
    let mut seen: Vec<Value> = Vec::new();
    for _ in 0..2 {
        let lake = Lake::with(Config {
            seed: Some(42),
            ..fixed()
        });
        let (_, channel) = lake.owner().integration();
        seen.push(
            lake.owner()
                .put(&channel, None, json!([entry("a"), entry("b")]))
                .unwrap(),
        );
    }
    assert_eq!(seen[0], seen[1]);
    assert_ne!(seen[0]["successful"][0]["eventID"], seen[0]["successful"][1]["eventID"]);
}

#[test]
fn what_cannot_start_says_why() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let refused = |config| runtime.block_on(start(config)).unwrap_err();
    let taken = Lake::new();
    let config = Config {
        listen: taken.address(),
        ..fixed()
    };
    assert!(matches!(refused(config), StartError::Listen { .. }));
    let config = Config {
        state: State::File("/nowhere/at/all".into()),
        ..fixed()
    };
    assert!(matches!(refused(config), StartError::State { .. }));
    let config = Config {
        account: "me".to_owned(),
        ..fixed()
    };
    assert!(matches!(refused(config), StartError::Account(_)));
}
