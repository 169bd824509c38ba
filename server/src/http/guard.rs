//! What every request and every answer goes through: an id, the origin (a foreign one: see [`cors`]), errors as JSON (ours, the framework's, and panics),
//! security headers, one line in the log.

use std::{
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::Poll,
};

use actix_web::{
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    error::InternalError,
    http::{
        StatusCode,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
    web,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use igoon_shared::{crypto::system_rng, protocol::error::ErrorCode, time::Timestamp};
use rand_core::Rng as _;
use tracing::Instrument as _;

use super::{Service, cors, limit, openapi};
use crate::{
    clock::Clock,
    error::{self, Error},
};

/// On every answer. What a page of ours may do is said by [`super::assets`]; nothing else that is served is a page.
const HEADERS: [(HeaderName, HeaderValue); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    // Invite links hold their secret in the fragment, which is never sent; their path names the room.
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (
        header::PERMISSIONS_POLICY,
        HeaderValue::from_static("camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
];

const NO_PAGE: HeaderValue =
    HeaderValue::from_static("default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");

/// Whoever was here by HTTPS once comes by HTTPS for a year (RFC 6797). Other names below this one are somebody else's
/// business.
const ONLY_HTTPS: HeaderValue = HeaderValue::from_static("max-age=31536000");

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// See the module.
pub(super) async fn guard(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let id = request_id();
    let app = cors::admit(&mut request);
    let service = request.app_data::<web::Data<Service>>().cloned();
    let method = request.method().clone();
    let clock = service.as_ref().map_or_else(Clock::system, |service| service.clock.clone());
    let begun = clock.steady_ms();
    let span = tracing::info_span!("request", id, %method);
    let answered = if app.is_some() && cors::is_preflight(&request) {
        Ok(request.into_response(cors::permissions()))
    } else if app.is_none() && service.as_ref().is_some_and(|service| is_foreign(&request, service)) {
        Ok(request.into_response(Error::from(ErrorCode::BadOrigin).response(&id, clock.now())))
    } else {
        caught(next.call(request)).instrument(span.clone()).await.map(ServiceResponse::map_into_boxed_body)
    };
    let _span = span.enter();
    let secure = service.as_ref().is_some_and(|service| service.config.tls.is_some());
    let mut response = match answered {
        Ok(response) => with_error_body(response, &id, clock.now()),
        Err(error) => {
            // The request is gone, and with it what it was counted for.
            let mut response = error.response(&id, clock.now());
            protect(response.headers_mut(), &id, secure, app);
            return Err(InternalError::from_response(error, response).into());
        }
    };
    limit::tell(&mut response);
    if service.is_some() {
        let took_ms = clock.steady_ms().saturating_sub(begun);
        let route = response.request().match_pattern().unwrap_or_default();
        let status = response.status().as_u16();
        tracing::info!(route, status, took_ms, "answered");
    }
    protect(response.headers_mut(), &id, secure, app);
    Ok(response)
}

/// Whether a page that is not ours asks for a change.
fn is_foreign(request: &ServiceRequest, service: &Service) -> bool {
    let origin = request.headers().get(header::ORIGIN);
    !request.method().is_safe() && origin.is_some_and(|origin| !service.origins.allow(origin))
}

/// What is answered, or that nothing is: because a handler panicked, or a middleware failed. What panicked is not run again,
/// and what it shares with others (the store, mailboxes) holds no half-done work of its.
async fn caught<T>(answering: impl Future<Output = Result<T, actix_web::Error>>) -> Result<T, Error> {
    let mut answering = pin!(answering);
    poll_fn(|task| match catch_unwind(AssertUnwindSafe(|| answering.as_mut().poll(task))) {
        Ok(polled) => polled.map_err(|error| error::of_framework(&error)),
        Err(_) => Poll::Ready(Err(Error::internal("a handler panicked"))),
    })
    .await
}

/// Errors of ours and of the framework become the one error body.
fn with_error_body(response: ServiceResponse, id: &str, now: Timestamp) -> ServiceResponse {
    let error = match response.response().error() {
        Some(error) => match error.as_error::<Error>() {
            Some(error) => error.response(id, now),
            None => error::of_framework(error).response(id, now),
        },
        // A path that has other methods.
        None if response.status() == StatusCode::METHOD_NOT_ALLOWED => Error::NoSuchMethod.response(id, now),
        None => return response,
    };
    let mut response = response.into_response(error);
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        // What is not in the document is a page (RFC 9110, section 15.5.6).
        let pattern = response.request().match_pattern();
        let allowed = pattern.and_then(|pattern| openapi::allowed(&pattern)).unwrap_or("GET, HEAD");
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allowed));
    }
    response
}

fn protect(headers: &mut HeaderMap, id: &str, secure: bool, app: Option<HeaderValue>) {
    for (name, value) in HEADERS {
        headers.insert(name, value);
    }
    if secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, ONLY_HTTPS);
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, NO_PAGE);
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
    if let Some(app) = app {
        cors::share(headers, app);
    }
}

fn request_id() -> String {
    let mut bytes = [0; 9];
    system_rng().fill_bytes(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use actix_web::{
        App, HttpResponse, middleware,
        test::{TestRequest, call_service, init_service, read_body_json, try_call_service},
    };
    use igoon_shared::protocol::error::ErrorBody;

    use super::*;

    async fn panics() -> HttpResponse {
        panic!("as the test wants it")
    }

    #[actix_web::test]
    async fn a_handler_that_panics_is_answered_like_anything_that_broke() {
        let app = App::new()
            .wrap(middleware::from_fn(guard))
            .route("/panics", web::get().to(panics))
            .route("/works", web::get().to(HttpResponse::Ok));
        let app = init_service(app).await;
        let error = try_call_service(&app, TestRequest::with_uri("/panics").to_request()).await.unwrap_err();
        let response = error.error_response();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        for (name, _) in HEADERS {
            assert!(response.headers().contains_key(&name), "{name}");
        }
        let id = response.headers().get(REQUEST_ID).unwrap().to_str().unwrap().to_owned();
        let body = actix_web::body::to_bytes(response.into_body()).await.unwrap();
        let body: ErrorBody = serde_json::from_slice(&body).unwrap();
        assert_eq!((body.code, body.request_id), (ErrorCode::Internal, Some(id)));
        assert!(!body.message.contains("as the test wants it"));
        // It goes on.
        let works = call_service(&app, TestRequest::with_uri("/works").to_request()).await;
        assert_eq!(works.status(), StatusCode::OK);
    }

    #[actix_web::test]
    async fn a_panic_after_a_pause_is_caught_too() {
        let pausing = async {
            actix_web::rt::task::yield_now().await;
            panic!("as the test wants it")
        };
        assert!(matches!(caught::<()>(pausing).await, Err(Error::Internal(_))));
    }

    #[actix_web::test]
    async fn the_wrong_method_names_the_right_ones() {
        let app = App::new().wrap(middleware::from_fn(guard)).service(web::resource("/page").get(HttpResponse::Ok));
        let app = init_service(app).await;
        let response = call_service(&app, TestRequest::post().uri("/page").to_request()).await;
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(response.headers().get(header::ALLOW).unwrap(), "GET, HEAD");
        let body: ErrorBody = read_body_json(response).await;
        assert_eq!(body.code, ErrorCode::NotFound);
    }
}
