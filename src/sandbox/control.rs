//! Control of the sandbox under `/_sandbox/`: faults, the log of requests, events, queries, clock, reset and planting.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;

use super::clock::{Clock, Given, rfc3339};
use super::faults::{Faults, parse_faults};
use super::outcomes::{self, Outcome};
use super::plant;
use super::rules::Caller;
use super::store::{self, events, queries};
use super::wire::Fault;
use super::world::World;

type Reply = Result<Json, Fault>;

struct Json(Vec<u8>);

impl Json {
    fn of(value: &impl Serialize) -> Reply {
        Ok(Self(serde_json::to_vec(value)?))
    }
}

impl IntoResponse for Json {
    fn into_response(self) -> Response {
        (
            [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))],
            self.0,
        )
            .into_response()
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, Json(json!({"error": self.message}).to_string().into_bytes())).into_response()
    }
}

/// The routes, without their prefix.
pub(crate) fn router() -> Router<Arc<World>> {
    Router::new()
        .route("/faults", get(list_faults).post(install_faults).delete(clear_faults))
        .route("/requests", get(list_requests).delete(clear_requests))
        .route("/events", get(list_events))
        .route("/queries", get(list_queries).post(post_outcome).delete(clear_outcomes))
        .route("/clock", get(read_clock).post(move_clock))
        .route("/reset", post(reset))
        .route("/plant", post(plant_state))
        .fallback(async || Fault::new("", "There is no such control of the sandbox.").with_status(404))
}

fn bad(message: impl Into<String>) -> Fault {
    Fault::new("", message)
}

async fn list_faults(State(world): State<Arc<World>>) -> Reply {
    Json::of(&*world.faults())
}

async fn install_faults(State(world): State<Arc<World>>, body: String) -> Reply {
    let more = parse_faults(&body).map_err(|error| bad(error.to_string()))?;
    let mut faults = world.faults();
    faults.install(more);
    Json::of(&*faults)
}

async fn clear_faults(State(world): State<Arc<World>>) -> Reply {
    *world.faults() = Faults::default();
    Json::of(&json!({}))
}

async fn list_requests(State(world): State<Arc<World>>) -> Reply {
    Json::of(&json!({"requests": world.requests().list()}))
}

async fn clear_requests(State(world): State<Arc<World>>) -> Reply {
    world.requests().clear();
    Json::of(&json!({}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    event_data_store: Option<String>,
}

#[derive(Serialize)]
struct Shown {
    event_data_store: String,
    event_id: String,
    id: String,
    uid: String,
    channel: String,
    event_time: String,
    visible_at: String,
    record: Box<RawValue>,
    event_data: String,
}

#[derive(Serialize)]
struct All {
    events: Vec<Shown>,
}

async fn list_events(State(world): State<Arc<World>>, Query(which): Query<Which>) -> Reply {
    let rows = world
        .blocking(move |world| {
            world.db.raw(|sql| {
                store::settle(sql, store::clock(sql)?.now_ms())?;
                events::all(sql, which.event_data_store.as_deref())
            })
        })
        .await?;
    let mut shown = Vec::with_capacity(rows.len());
    for (event_data_store, event) in rows {
        shown.push(Shown {
            event_data_store,
            event_id: event.id,
            id: event.entry_id,
            uid: event.uid,
            channel: event.channel_arn,
            event_time: rfc3339(event.time.saturating_mul(1000)),
            visible_at: rfc3339(event.visible_at),
            record: RawValue::from_string(event.record)?,
            event_data: event.data,
        });
    }
    Json::of(&All { events: shown })
}

#[derive(Serialize)]
struct Ran {
    id: String,
    account: String,
    region: String,
    statement: String,
    status: String,
    created_at: String,
}

#[derive(Serialize)]
struct Queries {
    outcomes: Vec<outcomes::Posted>,
    queries: Vec<Ran>,
}

async fn list_queries(State(world): State<Arc<World>>) -> Reply {
    let (outcomes, rows) = world
        .blocking(|world| {
            world.db.raw(|sql| {
                store::settle(sql, store::clock(sql)?.now_ms())?;
                Ok((outcomes::all(sql)?, queries::all(sql)?))
            })
        })
        .await?;
    let queries = rows.into_iter().map(|query| Ran {
        id: query.id,
        account: query.account,
        region: query.region,
        statement: query.statement,
        status: query.status,
        created_at: rfc3339(query.created_at),
    });
    Json::of(&Queries {
        outcomes,
        queries: queries.collect(),
    })
}

async fn post_outcome(State(world): State<Arc<World>>, body: String) -> Reply {
    let wanted: Outcome = read(&body)?;
    let all = world
        .blocking(move |world| {
            world.db.raw(|sql| {
                outcomes::post(sql, &wanted)?;
                outcomes::all(sql)
            })
        })
        .await?;
    Json::of(&json!({"outcomes": all}))
}

async fn clear_outcomes(State(world): State<Arc<World>>) -> Reply {
    world.blocking(|world| world.db.raw(outcomes::clear)).await?;
    Json::of(&json!({}))
}

fn show_clock(clock: Clock) -> Reply {
    Json::of(&json!({"now": rfc3339(clock.now_ms()), "fixed": clock.is_fixed()}))
}

async fn read_clock(State(world): State<Arc<World>>) -> Reply {
    show_clock(world.blocking(|world| world.db.raw(store::clock)).await?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Move {
    now: Option<Given>,
    advance_seconds: Option<i64>,
}

async fn move_clock(State(world): State<Arc<World>>, body: String) -> Reply {
    let wanted: Move = read(&body)?;
    let clock = world
        .blocking(move |world| {
            world.db.raw(|sql| {
                let clock = store::clock(sql)?;
                let clock = match (wanted.now, wanted.advance_seconds) {
                    (Some(now), None) => clock.set(now.0),
                    (None, Some(seconds)) => clock.advance(seconds.saturating_mul(1000)),
                    _ => return Err(bad("Give either now or advance_seconds.")),
                };
                store::set_clock(sql, clock)?;
                store::settle(sql, clock.now_ms())?;
                events::expire(sql, clock.now_ms())?;
                Ok(clock)
            })
        })
        .await?;
    show_clock(clock)
}

async fn reset(State(world): State<Arc<World>>) -> Reply {
    world.reset().await?;
    Json::of(&json!({}))
}

async fn plant_state(State(world): State<Arc<World>>, body: String) -> Reply {
    let wanted: plant::Plant = read(&body)?;
    let home = Caller {
        account: world.account.clone(),
        region: world.region.clone(),
    };
    let planted = world.transact(home, None, move |tx| plant::plant(tx, wanted)).await?;
    Json::of(&planted)
}

fn read<T: serde::de::DeserializeOwned>(body: &str) -> Result<T, Fault> {
    serde_json::from_str(body).map_err(|error| bad(format!("The body cannot be read: {error}.")))
}
