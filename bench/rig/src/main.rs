//! What `bench/run` measures with: a sink, events to send to it, the least a sender can do, and a stopwatch.
//!
//!     rig sink                        serves PutAuditEvents, and queries over a store, on loopback; prints the
//!                                     endpoint first
//!     rig events COUNT DATE           writes so many events, one a line
//!     rig floor FILE ENDPOINT         sends a file of events, and does nothing that need not be done
//!     rig run OUTPUT COMMAND…         runs a command, and prints what it took as JSON

mod events;
mod floor;
mod lake;
mod run;
mod sink;

use std::env;
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        ["sink"] => sink::serve()?,
        ["events", count, date] => events::write(count.parse()?, date)?,
        ["floor", file, endpoint] => floor::send(file, endpoint)?,
        ["run", output, program, ref rest @ ..] => run::run(output, program, rest)?,
        _ => return Err("rig sink | events COUNT DATE | floor FILE ENDPOINT | run OUTPUT COMMAND…".into()),
    }
    Ok(())
}
