//! A control plane with nothing in it, whose replies bear any date.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};

/// It goes on until the test ends.
pub(crate) struct Stamped {
    address: SocketAddr,
}

impl Stamped {
    /// Its clock is this many seconds ahead of the real one.
    pub(crate) fn ahead(seconds: i64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                std::thread::spawn(move || while answer(&stream, seconds).is_some() {});
            }
        });
        Self { address }
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }
}

/// Takes a request and answers it; `None` when no more come.
fn answer(mut stream: &TcpStream, ahead: i64) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line == "\r\n" {
            break;
        }
    }
    reader.read_exact(&mut vec![0; length]).ok()?;
    let at = super::now() + jiff::SignedDuration::from_secs(ahead);
    let date = at.strftime("%a, %d %b %Y %H:%M:%S GMT");
    let reply = r#"{"EventDataStores":[],"Channels":[]}"#;
    let head = format!(
        "HTTP/1.1 200 OK\r\ndate: {date}\r\ncontent-type: application/x-amz-json-1.1\r\ncontent-length: {}\r\n\r\n",
        reply.len()
    );
    stream.write_all((head + reply).as_bytes()).ok()
}
