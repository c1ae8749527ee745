//! Events to send: about 650 bytes each, the same for the same count and date, none like another.

use std::io::{self, BufWriter, Write as _};

const NAMES: [&str; 6] = [
    "order.placed",
    "order.cancelled",
    "user.signed-in",
    "user.role-granted",
    "report.exported",
    "key.rotated",
];
const PEOPLE: [&str; 4] = ["amélie.dupont", "j.o'neill", "w.müller", "s.tanaka"];
const AGENTS: [&str; 2] = [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)",
    "acme-console/4.12.1 (batch)",
];

/// SplitMix64's last step: numbers that look random.
fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn pick<T: Copy>(from: &[T], by: u64) -> T {
    from[(by % from.len() as u64) as usize]
}

/// Writes them to standard output, one a line; `date` is the day of all of them.
pub fn write(count: u64, date: &str) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, io::stdout().lock());
    for number in 0..count {
        let (a, b) = (mix(number), mix(number ^ u64::MAX));
        let (name, person, agent) = (pick(&NAMES, a), pick(&PEOPLE, a >> 8), pick(&AGENTS, a >> 16));
        let second = number % 86_400;
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        writeln!(
            out,
            concat!(
                r#"{{"version":"1.4.0","UID":"{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}","#,
                r#""userIdentity":{{"type":"SignedInUser","principalId":"{}@example.com","details":{{"team":"payments","session":"{:016x}"}}}},"#,
                r#""userAgent":"{}","eventSource":"orders.example.com","eventName":"{}","eventTime":"{}T{:02}:{:02}:{:02}Z","#,
                r#""requestParameters":{{"orderId":"A-{:010}","lines":[{{"sku":"{:06x}","count":{},"price":"{}.{:02} €"}}],"note":"said \"as soon as possible\"\nand left"}},"#,
                r#""responseElements":{{"state":"accepted","revision":{}}},"sourceIPAddress":"198.51.100.{}","recipientAccountId":"111122223333"}}"#
            ),
            a >> 32,
            a >> 16 & 0xffff,
            a & 0xfff,
            b >> 52,
            number,
            person,
            b,
            agent,
            name,
            date,
            hour,
            minute,
            second,
            number,
            b & 0xff_ffff,
            b % 9 + 1,
            b % 900,
            b % 100,
            b % 7,
            a % 254 + 1,
        )?;
    }
    out.flush()
}
