//! How fast it goes, and for how long.

use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use super::*;
use crate::harness::signal;

/// A sandbox whose clock runs.
fn running(max_tps: Option<u32>) -> (Lake, Ctl, String) {
    let lake = Lake::with(ctl::sandbox::Config {
        max_tps: max_tps.and_then(NonZeroU32::new),
        ..ctl::sandbox::Config::default()
    });
    let ctl = lake.ctl();
    let (_, channel) = lake.owner().integration();
    lake.forget();
    (lake, ctl, channel)
}

#[test]
fn no_second_has_more_requests_than_asked_for() {
    let (lake, ctl, channel) = running(None);
    // Equal ids: a request for each.
    ctl.file("in", numbered(0..150, 1));
    let report = ctl.send(&format!("in --channel {channel} --rate 50"), 0);
    assert_eq!((report.number("accepted"), report.number("requests")), (150, 150));
    let times: Vec<i64> = lake.requests().iter().map(|seen| seen.at).collect();
    let within = |n: usize| times[n..].iter().take_while(|at| **at < times[n] + 1000).count();
    let busiest = (0..times.len()).map(within).max().unwrap();
    let over = (0..times.len()).filter(|n| within(*n) > 51).count();
    // When a busy machine is late with one, the next seems early.
    assert!(
        busiest <= 60 && over <= 15,
        "{busiest} in a second; more than 51 in {over}"
    );
    // Nor does it dawdle.
    let took = times.last().unwrap() - times[0];
    assert!((2900..6000).contains(&took), "{took} ms");
}

#[test]
fn it_slows_down_to_what_the_service_takes() {
    let (lake, ctl, channel) = running(Some(20));
    ctl.file("in", numbered(0..6000, 50));
    let report = ctl.send(&format!("in --channel {channel}"), 0);
    assert_eq!(report.sums(), [6000, 6000, 0, 0, 0]);
    assert_eq!(report.number("possibly_double"), 0);
    assert_eq!(copies(&lake, 6000), vec![1; 6000]);
    let (all, retries) = (report.number("requests"), report.number("retries"));
    assert_eq!(puts(&lake), all);
    assert!(retries > 0 && retries * 5 < all, "{retries} of {all} were throttled");
}

#[test]
fn the_timeout_bounds_a_look_up_that_hangs() {
    let (lake, ctl, _) = running(None);
    lake.fault("ListChannels", 1, 0, json!({"kind": "delay", "ms": 60_000}));
    ctl.file("in", numbered(0..3, 3));
    let begun = Instant::now();
    let output = ctl.run("send in --timeout 1s -o json").exits(6).says(&["--timeout"]);
    assert!(begun.elapsed() < Duration::from_secs(10), "{output}");
    assert_eq!(output.error()["kind"], "gave_up");
    assert_eq!(puts(&lake), 0);
}

#[test]
fn when_the_time_is_over_all_that_is_left_is_counted() {
    let (lake, ctl, channel) = running(None);
    ctl.file("in", numbered(0..20_000, 20_000));
    slow(&lake, 400);
    let report = ctl.send(&format!("in --channel {channel} --timeout 2s --concurrency 4"), 6);
    let [read, accepted, refused, skipped, pending] = report.sums();
    assert_eq!((read, refused, skipped), (20_000, 0, 0));
    assert!(accepted >= 100 && pending > 10_000, "{accepted}");
    lake.heal();
    agree(&report, &copies(&lake, 20_000));
}

#[cfg(unix)]
#[test]
fn what_is_not_under_way_when_the_end_comes_stays_where_it_is() {
    // Whether the end is a signal or the time that is over.
    for (more, code, in_doubt) in [("", 130, 0), (" --timeout 2s", 6, 100)] {
        let (lake, ctl, channel) = running(None);
        ctl.file("in", numbered(0..3000, 3000));
        slow(&lake, 700);
        let args = format!("send in --channel {channel} --concurrency 1{more} -o ndjson");
        let run = ctl.start(&args);
        until(|| puts(&lake) > 1);
        if more.is_empty() {
            signal(&run, "INT");
        }
        let report = Report::of(&ctl, ctl.output(&[], &run.wait_with_output().unwrap()).exits(code));
        // One was under way, and no more went out.
        assert!(puts(&lake) <= 3, "{}", puts(&lake));
        assert_eq!(report.number("requests"), puts(&lake));
        let doubts = report.lines.iter().filter(|line| line.doubted).count();
        assert!(doubts <= in_doubt, "{doubts} {code}");
        lake.heal();
        // Nor does the journal think so.
        let rest = Report::of(
            &ctl,
            ctl.run(&format!("send in --channel {channel} --rate 0 -o ndjson"))
                .exits(0),
        );
        assert_eq!(rest.number("possibly_double"), doubts);
        assert_eq!(rest.number("skipped"), report.number("accepted"));
    }
}
