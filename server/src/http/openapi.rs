//! The document that describes the API (OpenAPI 3.1), made of the handlers themselves.
//!
//! `http::routes` registers by utoipa's `service`, which takes described handlers alone: a route without a description does
//! not compile. What a handler needs for that:
//!
//! ```ignore
//! /// What it does: one sentence.
//! ///
//! /// Whatever else a caller has to know.
//! #[utoipa::path(
//!     tag = "Rooms",
//!     security(("cookie" = []), ("bearer" = [])),
//!     params(("room" = RoomId, Path, description = "The room.")),
//!     responses((status = OK, body = RoomKeys)),
//!     extensions(("x-refuses" = json!([ErrorCode::Forbidden, ErrorCode::NotFound])))
//! )]
//! #[get("/rooms/{room}/keys")]
//! ```
//!
//! `security(())` is for anybody. A JSON body and a query are seen in the handler's arguments. Bodies and answers derive
//! `utoipa::ToSchema`, in `shared` behind the feature `openapi`. Refusals that follow from what a route is like (a body that
//! cannot be read, nobody signed in, too many requests) are added here; `x-refuses` names the others. The status of each is
//! [`error::status`]'s. The tests compare every answer with the document, and have a table with a row for each route.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::LazyLock,
};

use actix_web::{
    App, HttpResponse, get,
    http::{Method, StatusCode, header},
};
use bytes::Bytes;
use igoon_shared::protocol::{
    error::{ErrorBody, ErrorCode},
    http::API,
};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        self, Content, Header, Object, Ref, RefOr, Response, ResponseBuilder, Schema, Type,
        path::{Operation, PathItem},
        schema::{AllOfBuilder, ObjectBuilder},
        security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
    },
};
use utoipa_actix_web::AppExt as _;

use super::caller;
use crate::error;

/// Under this name a handler says which refusals it gives beyond those that any route like it can give.
const REFUSES: &str = "x-refuses";

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Igoon",
        description = "What an Igoon server answers. A refusal is an `ErrorBody`, whatever went wrong. Every answer has \
                       `X-Request-Id`, which is in the server's log, and every answer under `/api` `RateLimit-Policy` and \
                       `RateLimit` (draft-ietf-httpapi-ratelimit-headers). What the bytes mean that rooms are made of, and \
                       what goes over the WebSocket, is in docs/PROTOCOL.md."
    ),
    components(schemas(ErrorBody)),
    modifiers(&Security)
)]
struct Base;

struct Security;

impl Modify for Security {
    fn modify(&self, api: &mut openapi::OpenApi) {
        let bearer = |text: &str| {
            SecurityScheme::Http(Http::builder().scheme(HttpAuthScheme::Bearer).description(Some(text)).build())
        };
        let cookie = ApiKeyValue::with_description(
            caller::COOKIE,
            "A session, from a page of the server's: what changes something has to come with its `Origin`.",
        );
        let ticket = ApiKeyValue::with_description(
            header::SEC_WEBSOCKET_PROTOCOL.as_str(),
            "`igoon.v1, igoon.ticket.{ticket}` with the answer of `POST /api/v1/socket-ticket`.",
        );
        let components = api.components.get_or_insert_default();
        for (name, scheme) in [
            ("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie))),
            ("bearer", bearer("A session's token.")),
            ("admin", bearer("The setting `admin_token`.")),
            ("ticket", SecurityScheme::ApiKey(ApiKey::Header(ticket))),
        ] {
            components.add_security_scheme(name, scheme);
        }
    }
}

/// The document as it is sent, and what the server itself looks up in it.
struct Document {
    text: Bytes,
    /// The methods that each path takes, as the header `Allow` has them.
    allowed: BTreeMap<String, String>,
}

/// It depends on the build alone.
static DOCUMENT: LazyLock<Document> = LazyLock::new(|| {
    let mut api = App::new().into_utoipa_app().openapi(Base::openapi()).configure(super::routes).split_for_parts().1;
    let mut allowed = BTreeMap::new();
    for (path, item) in &mut api.paths.paths {
        let mut methods = Vec::new();
        for (method, operation) in operations(item) {
            complete(path, &method, operation);
            methods.push(method.to_string());
        }
        allowed.insert(path.clone(), methods.join(", "));
    }
    // Texts and numbers: writing them does not fail. Links between Rust's own documents lead nowhere here.
    let text = api.to_json().unwrap_or_default().replace("[`", "`").replace("`]", "`");
    Document { text: text.into(), allowed }
});

/// The document, as JSON.
#[must_use]
pub fn text() -> Bytes {
    DOCUMENT.text.clone()
}

/// The methods of a path that a route has, as the header `Allow` has them.
pub(super) fn allowed(pattern: &str) -> Option<&'static str> {
    DOCUMENT.allowed.get(pattern).map(String::as_str)
}

/// This document: OpenAPI 3.1 of all that the server answers.
#[utoipa::path(operation_id = "openapi", tag = "Server", security(()), responses((status = OK, body = Object)))]
#[get("/openapi.json")]
pub(super) async fn document() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(text())
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (Method, &mut Operation)> {
    let all = [
        (Method::GET, &mut item.get),
        (Method::POST, &mut item.post),
        (Method::PUT, &mut item.put),
        (Method::PATCH, &mut item.patch),
        (Method::DELETE, &mut item.delete),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// Adds the refusals, by status.
fn complete(path: &str, method: &Method, operation: &mut Operation) {
    let own = operation.extensions.as_mut().and_then(|extensions| extensions.remove(REFUSES));
    let own: Vec<ErrorCode> = own.and_then(|own| serde_json::from_value(own).ok()).unwrap_or_default();
    let mut by_status: BTreeMap<u16, Vec<ErrorCode>> = BTreeMap::new();
    for code in implied(path, method, operation).into_iter().chain(own) {
        let codes = by_status.entry(error::status(code).as_u16()).or_default();
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    let responses = &mut operation.responses.responses;
    for (status, response) in &mut *responses {
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            reason(status).clone_into(&mut response.description);
        }
    }
    for (status, codes) in by_status {
        // Readiness has an answer of its own at a status that is a refusal elsewhere.
        if let Entry::Vacant(place) = responses.entry(status.to_string()) {
            let refusal = refusal(place.key(), &codes);
            place.insert(refusal.into());
        }
    }
}

/// The refusals of any route like this.
fn implied(path: &str, method: &Method, operation: &Operation) -> Vec<ErrorCode> {
    let mut codes = vec![ErrorCode::Internal, ErrorCode::RetryLater];
    if path.starts_with(API) {
        codes.push(ErrorCode::RateLimited);
    }
    if !method.is_safe() {
        codes.push(ErrorCode::BadOrigin);
    }
    let is_query = |parameter: &openapi::path::Parameter| parameter.parameter_in == openapi::path::ParameterIn::Query;
    if operation.request_body.is_some() {
        codes.extend([ErrorCode::Malformed, ErrorCode::TooLarge]);
    } else if operation.parameters.iter().flatten().any(is_query) {
        codes.push(ErrorCode::Malformed);
    }
    if operation.security.iter().flatten().any(|requirement| *requirement != Default::default()) {
        codes.push(ErrorCode::NotSignedIn);
    }
    codes
}

fn refusal(status: &str, codes: &[ErrorCode]) -> Response {
    let names: Vec<_> = codes.iter().filter_map(|code| serde_json::to_value(code).ok()).collect();
    let said: Vec<_> = names.iter().filter_map(|name| name.as_str()).map(|name| format!("`{name}`")).collect();
    let code = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names));
    let one_of_them = ObjectBuilder::new().schema_type(Type::Object).property("code", code);
    let schema = AllOfBuilder::new().item(Ref::from_schema_name("ErrorBody")).item(one_of_them);
    let mut response = ResponseBuilder::new()
        .description(format!("{}: {}", reason(status), said.join(", ")))
        .content("application/json", Content::new(Some(Schema::AllOf(schema.build()))));
    if codes.iter().any(|code| matches!(code, ErrorCode::RateLimited | ErrorCode::RetryLater)) {
        let mut header = Header::new(Object::with_type(Type::Integer));
        header.description = Some("Seconds to wait; `retry_after_ms`, rounded up.".to_owned());
        response = response.header("Retry-After", header);
    }
    response.build()
}

fn reason(status: &str) -> &'static str {
    status.parse::<StatusCode>().ok().and_then(|status| status.canonical_reason()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    fn document() -> Value {
        serde_json::from_slice(&DOCUMENT.text).unwrap()
    }

    fn all() -> Vec<(String, String, Value)> {
        let document = document();
        let paths = document["paths"].as_object().unwrap();
        let operations = |(path, item): (&String, &Value)| {
            let item = item.as_object().unwrap().clone();
            item.into_iter().map(|(method, operation)| (path.clone(), method, operation)).collect::<Vec<_>>()
        };
        paths.iter().flat_map(operations).collect()
    }

    #[test]
    fn every_route_says_what_it_does_for_whom_and_what_it_answers() {
        let (routes, mut names) = (all(), BTreeSet::new());
        assert!(routes.len() > 20);
        for (path, method, operation) in routes {
            let text = |name: &str| operation[name].as_str().unwrap_or_default().to_owned();
            assert!(text("summary").ends_with('.'), "{method} {path} has no summary");
            assert!(names.insert(text("operationId")), "{method} {path}: {}", text("operationId"));
            assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{method} {path}");
            assert!(!operation["security"].as_array().unwrap().is_empty(), "{method} {path}");
            let answers = operation["responses"].as_object().unwrap();
            assert!(answers.keys().any(|status| status.starts_with(['1', '2'])), "{method} {path} has no success");
            for (status, answer) in answers {
                assert_ne!(answer["description"].as_str(), Some(""), "{method} {path} {status}");
            }
            assert_eq!(operation.get(REFUSES), None);
            let named = path.matches('{').count();
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            assert_eq!(parameters.iter().filter(|one| one["in"] == "path").count(), named, "{method} {path}");
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
            match value {
                Value::Object(fields) => {
                    found.extend(fields.get("$ref").and_then(Value::as_str));
                    fields.values().for_each(|value| references(value, found));
                }
                Value::Array(values) => values.iter().for_each(|value| references(value, found)),
                _ => {}
            }
        }
        let document = document();
        assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));
        let mut found = BTreeSet::new();
        references(&document, &mut found);
        assert!(found.contains("#/components/schemas/ErrorBody"));
        for reference in found {
            assert!(document.pointer(reference.strip_prefix('#').unwrap()).is_some(), "{reference}");
        }
        for (path, method, operation) in all() {
            let schemes = operation["security"].as_array().unwrap();
            for scheme in schemes.iter().flat_map(|scheme| scheme.as_object().unwrap().keys()) {
                assert!(document["components"]["securitySchemes"].get(scheme).is_some(), "{method} {path}: {scheme}");
            }
        }
    }

    #[test]
    fn a_path_knows_its_methods() {
        assert_eq!(allowed("/api/v1/me"), Some("GET"));
        assert_eq!(allowed("/api/v1/nothing"), None);
    }
}
