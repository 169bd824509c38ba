//! For whoever runs the server: its actors one by one, all at a glance, and the same for Prometheus. Nothing here is about
//! people or what they write; rooms and devices go by their public ids.

mod admins;
mod overview;
mod prometheus;

use actix_web::{HttpResponse, get, http::header, web};
use serde::{Deserialize, Serialize};

use self::{admins::Admin, overview::Overview};
use super::Service;
use crate::actors::health::{Kind, Look};

/// How many actors are listed where the caller does not say it.
const LIMIT: usize = 1_000;

/// Which actors are asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    kind: Option<Kind>,
    limit: Option<usize>,
}

/// The answer of `/admin/actors`.
#[derive(Serialize)]
struct Actors {
    /// How many there are of what was asked for.
    total: usize,
    /// The first of them: by kind, then in the order in which they were started.
    actors: Vec<Look>,
}

#[get("/admin/actors")]
pub(super) async fn actors(service: web::Data<Service>, _: Admin, filter: web::Query<Filter>) -> HttpResponse {
    let mut actors = service.registry.look();
    actors.push(overview::store(&service.store.health()));
    actors.retain(|actor| filter.kind.is_none_or(|kind| actor.kind == kind));
    actors.sort_by_key(|actor| actor.kind);
    let total = actors.len();
    actors.truncate(filter.limit.unwrap_or(LIMIT));
    HttpResponse::Ok().json(Actors { total, actors })
}

#[get("/admin/overview")]
pub(super) async fn at_a_glance(service: web::Data<Service>, _: Admin) -> HttpResponse {
    HttpResponse::Ok().json(Overview::of(&service))
}

#[get("/metrics")]
pub(super) async fn metrics(service: web::Data<Service>, _: Admin) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, prometheus::CONTENT_TYPE))
        .body(prometheus::text(&Overview::of(&service)))
}
