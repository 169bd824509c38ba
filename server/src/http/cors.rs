//! The desktop app's page. It is none of the server's, so a browser engine lets it read answers only where the server says so
//! (CORS, <https://fetch.spec.whatwg.org/#http-cors-protocol>). Its origin is the same in every app made with Tauri, so it
//! says nothing about who calls: such a request has what it shows by itself, a token or a ticket, and never a cookie.

use actix_web::{
    HttpResponse,
    dev::ServiceRequest,
    http::{
        Method,
        header::{self, HeaderMap, HeaderValue},
    },
};

/// The origins of Tauri's pages: on Linux and macOS, on Windows.
const ORIGINS: [&str; 2] = ["tauri://localhost", "http://tauri.localhost"];

/// What such a page may do besides what every page may.
const METHODS: HeaderValue = HeaderValue::from_static("DELETE, GET, PATCH, POST, PUT");
const HEADERS: HeaderValue = HeaderValue::from_static("authorization, content-type");
/// How long an engine may remember it: two hours, the most that any of them does.
const MAX_AGE: HeaderValue = HeaderValue::from_static("7200");

/// Whether an `Origin` is that of the desktop app's page.
pub(super) fn is_app(origin: &HeaderValue) -> bool {
    ORIGINS.iter().any(|app| app.as_bytes() == origin.as_bytes())
}

/// The origin of a request, if the desktop app's page makes it. Cookies that come along are taken out of it.
pub(super) fn admit(request: &mut ServiceRequest) -> Option<HeaderValue> {
    let origin = request.headers().get(header::ORIGIN).filter(|origin| is_app(origin)).cloned()?;
    request.headers_mut().remove(header::COOKIE);
    Some(origin)
}

/// Whether a request only asks what a page may do.
pub(super) fn is_preflight(request: &ServiceRequest) -> bool {
    request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// What the app's page may do.
pub(super) fn permissions() -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, METHODS))
        .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS))
        .insert_header((header::ACCESS_CONTROL_MAX_AGE, MAX_AGE))
        .finish()
}

/// Lets the app's page read an answer; no cookie goes with it.
pub(super) fn share(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    headers.remove(header::SET_COOKIE);
}
