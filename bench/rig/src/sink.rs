//! A `PutAuditEvents` that says yes: reads each body to its end, finds the ids and answers each with an event ID.
//!
//! Queries are answered out of [`lake`](crate::lake); what counts then is pages and their rows.
//!
//! It shares the machine with what is measured, so it does as little as it can: a thread for each connection, one
//! pass over the body. `GET /stats` tells what came, `POST /reset` begins again.

use std::io::{self, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use memchr::memchr;
use memchr::memmem::{self, Finder};

use crate::lake;

/// Longer than any request: the head, and 1 MiB of body.
const BUFFER: usize = 1_200_000;

#[derive(Default)]
struct Stats {
    began: Option<Instant>,
    requests: u64,
    events: u64,
    bytes: u64,
    connections: u64,
    /// Events in each second since the first request.
    seconds: Vec<u64>,
}

impl Stats {
    fn count(&mut self, events: u64, bytes: usize) {
        let began = *self.began.get_or_insert_with(Instant::now);
        let second = usize::try_from(began.elapsed().as_secs()).unwrap_or(usize::MAX);
        if self.seconds.len() <= second {
            self.seconds.resize(second + 1, 0);
        }
        self.seconds[second] += events;
        self.requests += 1;
        self.events += events;
        self.bytes += bytes as u64;
    }

    fn json(&self) -> String {
        let Self {
            requests,
            events,
            bytes,
            connections,
            seconds,
            ..
        } = self;
        format!(
            r#"{{"requests":{requests},"events":{events},"bytes":{bytes},"connections":{connections},"seconds":{seconds:?}}}"#
        )
    }
}

/// Serves until it is ended.
pub fn serve() -> io::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    println!("http://{}", listener.local_addr()?);
    let stats = Arc::new(Mutex::new(Stats::default()));
    for stream in listener.incoming() {
        let (stream, stats) = (stream?, Arc::clone(&stats));
        thread::spawn(move || {
            // A client that hangs up is no news.
            Connection::new(stream, &stats).serve().ok();
        });
    }
    Ok(())
}

struct Connection<'a> {
    stream: TcpStream,
    stats: &'a Mutex<Stats>,
    buffer: Vec<u8>,
    filled: usize,
    body: Vec<u8>,
    reply: Vec<u8>,
    next: u64,
    /// Quotes in `eventData` are escaped, so this is never found in there.
    id: Finder<'static>,
}

impl<'a> Connection<'a> {
    fn new(stream: TcpStream, stats: &'a Mutex<Stats>) -> Self {
        Self {
            stream,
            stats,
            buffer: vec![0; BUFFER],
            filled: 0,
            body: Vec::new(),
            reply: Vec::new(),
            next: 0,
            id: Finder::new(br#""id":"#),
        }
    }

    fn serve(mut self) -> io::Result<()> {
        self.stream.set_nodelay(true)?;
        let mut counted = false;
        loop {
            let head = loop {
                if let Some(end) = memmem::find(&self.buffer[..self.filled], b"\r\n\r\n") {
                    break end + 4;
                }
                self.fill()?;
            };
            let text = String::from_utf8_lossy(&self.buffer[..head]).to_ascii_lowercase();
            let length = match text
                .split("\r\ncontent-length:")
                .nth(1)
                .and_then(|rest| rest.lines().next())
            {
                Some(length) => length.trim().parse().map_err(io::Error::other)?,
                None => 0,
            };
            if head + length > BUFFER {
                return Err(io::Error::other("too long a request"));
            }
            while self.filled < head + length {
                self.fill()?;
            }
            if text.starts_with("post /putauditevents") {
                let events = self.answer(head, length);
                let mut stats = self.stats.lock().unwrap_or_else(PoisonError::into_inner);
                stats.connections += u64::from(!counted);
                counted = true;
                stats.count(events, length);
            } else if text.starts_with("post / ") {
                let body = String::from_utf8_lossy(&self.buffer[head..head + length]);
                let (reply, rows) = lake::answer(&text, &body).ok_or_else(|| io::Error::other("an unknown request"))?;
                self.body.extend_from_slice(reply.as_bytes());
                if rows > 0 {
                    let mut stats = self.stats.lock().unwrap_or_else(PoisonError::into_inner);
                    stats.count(rows, self.body.len());
                }
            } else {
                self.control(&text);
            }
            self.reply.clear();
            write!(
                self.reply,
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                self.body.len()
            )?;
            self.reply.append(&mut self.body);
            self.stream.write_all(&self.reply)?;
            self.buffer.copy_within(head + length..self.filled, 0);
            self.filled -= head + length;
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        match self.stream.read(&mut self.buffer[self.filled..])? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            count => {
                self.filled += count;
                Ok(())
            }
        }
    }

    /// Writes the reply's body; answers how many events there were.
    fn answer(&mut self, head: usize, length: usize) -> u64 {
        let body = &self.buffer[head..head + length];
        self.body.extend_from_slice(br#"{"successful":["#);
        let mut events = 0;
        for at in self.id.find_iter(body) {
            let rest = &body[at + br#""id":"#.len()..];
            let Some(from) = memchr(b'"', rest) else { break };
            let rest = &rest[from + 1..];
            let Some(to) = memchr(b'"', rest) else { break };
            if events > 0 {
                self.body.push(b',');
            }
            events += 1;
            self.next += 1;
            self.body.extend_from_slice(br#"{"id":""#);
            self.body.extend_from_slice(&rest[..to]);
            self.body.extend_from_slice(br#"","eventID":"00000000-0000-4000-8000-"#);
            let mut digits = *b"000000000000";
            let mut left = self.next;
            for digit in digits.iter_mut().rev() {
                *digit = b'0' + (left % 10) as u8;
                left /= 10;
            }
            self.body.extend_from_slice(&digits);
            self.body.extend_from_slice(br#""}"#);
        }
        self.body.extend_from_slice(br#"],"failed":[]}"#);
        events
    }

    fn control(&mut self, head: &str) {
        let mut stats = self.stats.lock().unwrap_or_else(PoisonError::into_inner);
        self.body.extend_from_slice(stats.json().as_bytes());
        if head.starts_with("post /reset") {
            *stats = Stats::default();
        }
    }
}
