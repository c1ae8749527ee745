//! Ids, ports, times and temporary paths differ from run to run; snapshots hold names for them.

/// The text with what differs from run to run replaced.
pub(super) fn redact(text: &str, home: &str) -> String {
    let mut out = String::new();
    let text = text.replace(home, "[home]");
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let found = [
            (uuid(rest), "[id]"),
            (time(rest), "[time]"),
            (port(rest), "127.0.0.1:[port]"),
        ];
        if let Some((length, name)) = found.into_iter().find_map(|(length, name)| Some((length?, name))) {
            out.push_str(name);
            rest = rest.get(length..).unwrap_or_default();
        } else {
            let mut letters = rest.chars();
            out.extend(letters.next());
            rest = letters.as_str();
        }
    }
    out
}

/// The length of what matches at the beginning: `x` a hexadecimal digit, `9` a digit, others themselves.
fn matches(text: &str, pattern: &str) -> Option<usize> {
    let mut letters = text.bytes();
    let fits = pattern.bytes().all(|wanted| {
        letters.next().is_some_and(|found| match wanted {
            b'x' => found.is_ascii_hexdigit(),
            b'9' => found.is_ascii_digit(),
            other => found == other,
        })
    });
    fits.then_some(pattern.len())
}

fn uuid(text: &str) -> Option<usize> {
    matches(text, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx")
}

fn time(text: &str) -> Option<usize> {
    matches(text, "9999-99-99T99:99:99Z")
}

fn port(text: &str) -> Option<usize> {
    let address = matches(text, "127.0.0.1:9")?;
    let more = text.bytes().skip(address).take_while(u8::is_ascii_digit).count();
    Some(address + more)
}

#[test]
fn what_differs_from_run_to_run_gets_a_name() {
    let text = "a 0d8b1a6e-6f51-4a0e-9a6e-7a5b0d8b1a6e at 2026-11-20T12:00:00Z on 127.0.0.1:4599 in /tmp/x/y ü";
    assert_eq!(
        redact(text, "/tmp/x"),
        "a [id] at [time] on 127.0.0.1:[port] in [home]/y ü"
    );
}
