//! Many inputs.

use super::*;

#[cfg(unix)]
#[test]
fn two_thousand_files_are_delivered_and_gone_on_with_under_few_descriptors() {
    const FILES: usize = 2000;
    let (lake, ctl, channel) = custom();
    for n in 0..FILES {
        ctl.file(&format!("dir/{n:04}.json"), numbered(n..n + 1, FILES + 10));
    }
    let args = format!("send dir --channel {channel} --rate 0");
    // Killed on the way.
    slow(&lake, 50);
    let mut run = ctl.start(&format!("{args} -o json"));
    until(|| puts(&lake) > 5);
    run.kill().unwrap();
    run.wait().unwrap();
    lake.heal();
    for n in FILES..FILES + 10 {
        ctl.file(&format!("dir/{n:04}.json"), numbered(n..n + 1, FILES + 10));
    }
    let few = "ulimit -n 256";
    let rest = Report::of(&ctl, ctl.run_after(few, &format!("{args} -o ndjson")).exits(0));
    assert_eq!(rest.number("read"), FILES + 10);
    assert!(rest.number("skipped") >= 100, "{:?}", rest.sums());
    let copies = copies(&lake, FILES + 10);
    let extra: usize = copies.iter().map(|copies| copies - 1).sum();
    assert!(extra <= rest.number("possibly_double"), "{extra} {:?}", rest.sums());
    let again = Report::of(&ctl, ctl.run_after(few, &format!("{args} -o ndjson")).exits(0));
    assert_eq!((again.number("skipped"), again.number("requests")), (FILES + 10, 0));
}
