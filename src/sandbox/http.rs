//! From an HTTP request to an operation and back: which wire, who calls, which fault, and the request id.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;

use super::auth;
use super::control;
use super::faults::{Action, Spoiled};
use super::line::Scissors;
use super::ops::{self, put_audit_events};
use super::rules::Caller;
use super::wire::{Fault, Protocol, json11, rest, sts};
use super::world::World;

/// Bodies over this are cut off hard; `PutAuditEvents` has its own, smaller limit.
const BODY_BYTES: usize = 6 * 1024 * 1024;

/// All routes.
pub(crate) fn router(world: Arc<World>) -> Router {
    Router::new()
        .nest("/_sandbox", control::router())
        .fallback(serve)
        .with_state(world)
}

/// What a request wants.
#[derive(Debug)]
struct Wish {
    protocol: Protocol,
    operation: String,
    refused: Option<Fault>,
}

/// What goes back.
type Reply = Result<Vec<u8>, Fault>;

async fn serve(
    State(world): State<Arc<World>>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let request_id = world.ids.request();
    let Ok(body) = to_bytes(body, BODY_BYTES).await else {
        let fault = put_audit_events::too_large(BODY_BYTES + 1);
        return respond(wish(&parts, &[]).protocol, &request_id, Err(fault));
    };
    let wish = wish(&parts, &body);
    let caller = auth::caller(text(&parts, &header::AUTHORIZATION), &world.account);
    let verdict = world.faults().judge(&wish.operation);
    let account = caller.as_ref().ok().map(|caller| caller.account.as_str());
    let seq = world.requests().arrive(&wish.operation, account, verdict.name);
    if !verdict.delay.is_zero() {
        tokio::time::sleep(verdict.delay).await;
    }
    let protocol = wish.protocol;
    let reply = match verdict.action {
        Action::Refuse(fault) => Err(fault),
        Action::Cut => {
            scissors.cut();
            return Response::default();
        }
        Action::LoseReply => {
            handle(&world, wish, caller, &parts, body, None, &request_id).await.ok();
            scissors.cut();
            return Response::default();
        }
        Action::Handle => handle(&world, wish, caller, &parts, body, None, &request_id).await,
        Action::Spoil(spoiled) => handle(&world, wish, caller, &parts, body, Some(spoiled), &request_id).await,
    };
    let (status, code) = match &reply {
        Ok(_) => (200, None),
        Err(fault) => (fault.status, Some(fault.code.as_ref())),
    };
    world.requests().answer(seq, status, code);
    respond(protocol, &request_id, reply)
}

fn wish(parts: &Parts, body: &[u8]) -> Wish {
    let path = parts.uri.path();
    let target = text(parts, &HeaderName::from_static("x-amz-target"));
    let is_form = text(parts, &header::CONTENT_TYPE)
        .is_some_and(|content_type| content_type.starts_with("application/x-www-form-urlencoded"));
    let unknown = |what: String| Some(Fault::new("UnknownOperationException", what).with_status(404));
    let (protocol, operation, refused) = match (parts.method == Method::POST, path, target) {
        (true, "/PutAuditEvents", _) => (Protocol::Rest, "PutAuditEvents".to_owned(), None),
        (true, "/", Some(target)) => match json11::operation(target) {
            Some(operation) => (Protocol::Json11, operation.to_owned(), None),
            None => (
                Protocol::Json11,
                target.to_owned(),
                unknown(format!("{target:?} is no target of CloudTrail.")),
            ),
        },
        (true, "/", None) if is_form => (
            Protocol::Query,
            sts::action(body).unwrap_or_else(|| "unknown".to_owned()),
            None,
        ),
        _ => {
            let what = format!("{} {path}", parts.method);
            (
                Protocol::Json11,
                what.clone(),
                unknown(format!("There is nothing at {what}.")),
            )
        }
    };
    Wish {
        protocol,
        operation,
        refused,
    }
}

async fn handle(
    world: &Arc<World>,
    wish: Wish,
    caller: Result<Caller, Fault>,
    parts: &Parts,
    body: Bytes,
    spoiled: Option<Spoiled>,
    request_id: &str,
) -> Reply {
    if let Some(fault) = wish.refused {
        return Err(fault);
    }
    let caller = caller?;
    match wish.protocol {
        Protocol::Query if wish.operation == "GetCallerIdentity" => Ok(sts::caller_identity(&caller, request_id)),
        Protocol::Query => Err(Fault::new(
            "InvalidAction",
            format!("The sandbox's STS has GetCallerIdentity, not {}.", wish.operation),
        )),
        Protocol::Json11 => {
            let operation = ops::control(&wish.operation)?;
            let shared = Arc::clone(world);
            world
                .transact(caller, None, move |tx| {
                    shared.pace.admit(&wish.operation, tx.caller, tx.now_ms)?;
                    operation(tx, &body)
                })
                .await
        }
        Protocol::Rest => {
            let query = rest::query(parts.uri.query().unwrap_or_default());
            let shared = Arc::clone(world);
            world
                .transact(caller, spoiled, move |tx| {
                    shared.pace.admit(&wish.operation, tx.caller, tx.now_ms)?;
                    Ok(serde_json::to_vec(&put_audit_events::run(tx, &query, &body)?)?)
                })
                .await
        }
    }
}

fn respond(protocol: Protocol, request_id: &str, reply: Reply) -> Response {
    let (status, code, body) = match reply {
        Ok(body) => (StatusCode::OK, None, body),
        Err(fault) => {
            let status = StatusCode::from_u16(fault.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let body = protocol.error_body(&fault, request_id);
            (status, HeaderValue::from_str(&fault.code).ok(), body)
        }
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(protocol.content_type()));
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert(HeaderName::from_static("x-amzn-requestid"), id.clone());
        headers.insert(HeaderName::from_static("x-amz-request-id"), id);
    }
    if let (Some(code), Protocol::Rest) = (code, protocol) {
        headers.insert(HeaderName::from_static("x-amzn-errortype"), code);
    }
    response
}

fn text<'a>(parts: &'a Parts, name: &HeaderName) -> Option<&'a str> {
    parts.headers.get(name).and_then(|value| value.to_str().ok())
}
