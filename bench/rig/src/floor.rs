//! The least that a sender with checksums has to do, on one thread: read, two SHA-256 passes (each event's, and the
//! body's for the signature), one escape, one copy to the socket. It neither parses nor judges nor remembers.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use memchr::memmem;
use sha2::{Digest as _, Sha256};

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BATCH: usize = 100;

/// Sends a file of events, one a line.
pub fn send(file: &str, endpoint: &str) -> io::Result<()> {
    let address = endpoint.strip_prefix("http://").unwrap_or(endpoint);
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let mut lines = BufReader::with_capacity(1 << 18, File::open(file)?);
    let (mut line, mut body, mut reply) = (Vec::new(), Vec::new(), vec![0; 1 << 16]);
    let mut more = true;
    while more {
        body.clear();
        body.extend_from_slice(br#"{"auditEvents":["#);
        let mut count = 0;
        while count < BATCH {
            line.clear();
            if lines.read_until(b'\n', &mut line)? == 0 {
                more = false;
                break;
            }
            entry(&mut body, line.trim_ascii_end(), count > 0);
            count += 1;
        }
        body.extend_from_slice(b"]}");
        if count > 0 {
            let signed = Sha256::digest(&body);
            let head = format!(
                "POST /PutAuditEvents HTTP/1.1\r\nHost: {address}\r\nX-Signed: {:02x}\r\nContent-Length: {}\r\n\r\n",
                signed[0],
                body.len()
            );
            stream.write_all(head.as_bytes())?;
            stream.write_all(&body)?;
            answered(&mut stream, &mut reply)?;
        }
    }
    Ok(())
}

fn entry(body: &mut Vec<u8>, event: &[u8], comma: bool) {
    if comma {
        body.push(b',');
    }
    let uid = memmem::find(event, br#""UID":""#).map_or(0, |at| at + 7);
    body.extend_from_slice(br#"{"id":""#);
    body.extend_from_slice(&event[uid..uid + 36]);
    body.extend_from_slice(br#"","eventDataChecksum":""#);
    base64(body, &Sha256::digest(event));
    body.extend_from_slice(br#"","eventData":""#);
    let mut rest = event;
    while let Some(at) = memchr::memchr2(b'"', b'\\', rest) {
        body.extend_from_slice(&rest[..at]);
        body.extend_from_slice(&[b'\\', rest[at]]);
        rest = &rest[at + 1..];
    }
    body.extend_from_slice(rest);
    body.extend_from_slice(br#""}"#);
}

fn base64(body: &mut Vec<u8>, bytes: &[u8]) {
    for group in bytes.chunks(3) {
        let bits = group
            .iter()
            .enumerate()
            .fold(0_u32, |bits, (n, byte)| bits | u32::from(*byte) << (16 - 8 * n));
        for n in 0..4 {
            let digit = BASE64[(bits >> (18 - 6 * n) & 63) as usize];
            body.push(if n <= group.len() { digit } else { b'=' });
        }
    }
}

/// Reads a reply to its end.
fn answered(stream: &mut TcpStream, reply: &mut Vec<u8>) -> io::Result<()> {
    let mut filled = 0;
    loop {
        if filled == reply.len() {
            reply.resize(2 * filled, 0);
        }
        let count = stream.read(&mut reply[filled..])?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        filled += count;
        if reply[..filled].ends_with(br#""failed":[]}"#) {
            return Ok(());
        }
    }
}
