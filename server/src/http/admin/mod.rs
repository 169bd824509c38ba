//! For whoever runs the server: its actors one by one, all at a glance, and the same for Prometheus. Nothing here is about
//! people or what they write; rooms and devices go by their public ids.

mod admins;
mod overview;
mod prometheus;

use actix_web::{HttpResponse, get, http::header, web};
use igoon_shared::protocol::error::ErrorCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use self::{admins::Admin, overview::Overview};
use super::Service;
use crate::actors::health::{Kind, Look};

/// How many actors are listed where the caller does not say it.
const LIMIT: usize = 1_000;

/// Which actors are asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    /// Of this kind alone.
    kind: Option<Kind>,
    /// So many at most; 1,000 if nothing is said.
    limit: Option<usize>,
    /// After so many that are left out; 0 if nothing is said.
    offset: Option<usize>,
}

/// The answer of `/admin/actors`.
#[derive(Serialize, ToSchema)]
struct Actors {
    /// How many there are of what was asked for.
    total: usize,
    /// Those of them that were asked for: by kind, then in the order in which they were started.
    actors: Vec<Look>,
}

/// The actors that live, one by one.
///
/// For the owner of the server and whoever has the admin token; so are the others here.
#[utoipa::path(
    tag = "Admin",
    security(("admin" = []), ("cookie" = []), ("bearer" = [])),
    params(Filter),
    responses((status = OK, body = Actors)),
    extensions(("x-refuses" = json!([ErrorCode::Forbidden])))
)]
#[get("/admin/actors")]
pub(super) async fn actors(service: web::Data<Service>, _: Admin, filter: web::Query<Filter>) -> HttpResponse {
    let mut actors = service.registry.look();
    actors.push(overview::store(&service.store.health()));
    actors.retain(|actor| filter.kind.is_none_or(|kind| actor.kind == kind));
    actors.sort_by_key(|actor| actor.kind);
    let total = actors.len();
    let (offset, limit) = (filter.offset.unwrap_or_default(), filter.limit.unwrap_or(LIMIT));
    let actors = actors.into_iter().skip(offset).take(limit).collect();
    HttpResponse::Ok().json(Actors { total, actors })
}

/// All at a glance: actors by kind, connections, the store.
#[utoipa::path(
    operation_id = "overview",
    tag = "Admin",
    security(("admin" = []), ("cookie" = []), ("bearer" = [])),
    responses((status = OK, body = Overview)),
    extensions(("x-refuses" = json!([ErrorCode::Forbidden])))
)]
#[get("/admin/overview")]
pub(super) async fn at_a_glance(service: web::Data<Service>, _: Admin) -> HttpResponse {
    HttpResponse::Ok().json(Overview::of(&service))
}

/// The overview in Prometheus' text format 0.0.4.
#[utoipa::path(
    tag = "Admin",
    security(("admin" = []), ("cookie" = []), ("bearer" = [])),
    responses((status = OK, body = String, content_type = "text/plain")),
    extensions(("x-refuses" = json!([ErrorCode::Forbidden])))
)]
#[get("/metrics")]
pub(super) async fn metrics(service: web::Data<Service>, _: Admin) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, prometheus::CONTENT_TYPE))
        .body(prometheus::text(&Overview::of(&service)))
}
