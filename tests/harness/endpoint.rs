//! An endpoint that speaks as much HTTP as a client needs, and answers what a test makes up.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

/// Serves until the test ends: of each request's body, `answer` makes further lines of the head, and the body of
/// the reply.
pub(super) fn serve(answer: impl Fn(&[u8]) -> (String, String) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let answer = Arc::new(answer);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, answer) = (stream.unwrap(), Arc::clone(&answer));
            std::thread::spawn(move || while one(&stream, &*answer).is_some() {});
        }
    });
    address
}

/// Takes a request and answers it; `None` when no more come.
fn one(mut stream: &TcpStream, answer: &dyn Fn(&[u8]) -> (String, String)) -> Option<()> {
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
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let (head, reply) = answer(&body);
    let head = format!("HTTP/1.1 200 OK\r\n{head}content-length: {}\r\n\r\n", reply.len());
    stream.write_all((head + &reply).as_bytes()).ok()
}
