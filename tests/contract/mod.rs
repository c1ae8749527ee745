//! The sandbox over raw HTTP: what the reference says, replayed byte by byte, without any AWS client.

mod channels;
mod control;
mod event_data_stores;
mod ingest;
mod policies;
mod queries;
mod state;
mod tags;
mod wire;
