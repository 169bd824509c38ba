//! For whoever watches the server: is it alive, can it do its work.

use std::time::Duration;

use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::Service;
use crate::{actors::directory::Census, store::db::models::accounts};

/// How long the database and the actors may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Serialize, ToSchema)]
struct Live {
    status: &'static str,
}

#[derive(Serialize, ToSchema)]
struct Ready {
    status: &'static str,
    shutting_down: bool,
    database: Database,
    actors: Option<Census>,
}

#[derive(Serialize, ToSchema)]
struct Database {
    readable: bool,
    writable: bool,
    queue_depth: usize,
    queue_bound: usize,
    commits: u64,
    failures: u64,
    since_last_commit_ms: Option<u128>,
    last_commit_took_us: u128,
}

/// The process answers.
#[utoipa::path(tag = "Health", security(()), responses((status = OK, body = Live)))]
#[get("/live")]
pub(super) async fn live() -> HttpResponse {
    HttpResponse::Ok().json(Live { status: "ok" })
}

/// Whether it can do its work.
///
/// The database is there in both directions, the actors answer, and it is not shutting down. Else 503.
#[utoipa::path(
    tag = "Health",
    security(()),
    responses((status = OK, body = Ready), (status = SERVICE_UNAVAILABLE, body = Ready))
)]
#[get("/ready")]
pub(super) async fn ready(service: web::Data<Service>) -> HttpResponse {
    let shutting_down = service.is_closing();
    let reading = tokio::time::timeout(PATIENCE, service.store.read(accounts::any_exists));
    let counting = tokio::time::timeout(PATIENCE, service.directory.census());
    let readable = matches!(reading.await, Ok(Ok(_)));
    let actors = counting.await.ok().flatten();
    let store = service.store.health();
    let writable = store.connected && store.queue_depth < store.queue_bound;
    let ready = readable && writable && actors.is_some() && !shutting_down;
    let body = Ready {
        status: if ready { "ok" } else { "unavailable" },
        shutting_down,
        database: Database {
            readable,
            writable,
            queue_depth: store.queue_depth,
            queue_bound: store.queue_bound,
            commits: store.commits,
            failures: store.failures,
            since_last_commit_ms: store.since_last_commit.map(|since| since.as_millis()),
            last_commit_took_us: store.last_commit_took.as_micros(),
        },
        actors,
    };
    if ready { HttpResponse::Ok().json(body) } else { HttpResponse::ServiceUnavailable().json(body) }
}
