//! Every refusal has the one error body, and every answer the security headers.

use igoon_shared::protocol::{
    error::{ErrorBody, ErrorCode},
    limits,
};
use reqwest::{Client, Method, StatusCode, header};

use crate::support::Server;

#[actix_web::test]
async fn bad_requests_are_refused_in_one_form() {
    let server = Server::start().await;
    let http = Client::new();
    let big = format!("{{\"handle\":\"{}\"}}", "x".repeat(limits::JSON_BODY));
    let cases = [
        (Method::POST, "/api/v1/sign-in", "{", StatusCode::BAD_REQUEST, ErrorCode::Malformed),
        (Method::POST, "/api/v1/sign-in", "{\"unknown\":1}", StatusCode::BAD_REQUEST, ErrorCode::Malformed),
        (Method::POST, "/api/v1/sign-in", &big, StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::TooLarge),
        (Method::GET, "/api/v1/nothing", "", StatusCode::NOT_FOUND, ErrorCode::NotFound),
        (Method::GET, "/api/v2/server", "", StatusCode::NOT_FOUND, ErrorCode::NotFound),
        (Method::GET, "/health/nothing", "", StatusCode::NOT_FOUND, ErrorCode::NotFound),
        (Method::DELETE, "/api/v1/server", "", StatusCode::METHOD_NOT_ALLOWED, ErrorCode::NotFound),
        (Method::POST, "/", "", StatusCode::METHOD_NOT_ALLOWED, ErrorCode::NotFound),
        (Method::GET, "/api/v1/me", "", StatusCode::UNAUTHORIZED, ErrorCode::NotSignedIn),
        (Method::GET, "/api/v1/rooms/x/keys", "", StatusCode::UNAUTHORIZED, ErrorCode::NotSignedIn),
        (Method::GET, "/missing.js", "", StatusCode::NOT_FOUND, ErrorCode::NotFound),
    ];
    for (method, path, body, status, code) in cases {
        let request = http.request(method, format!("{}{path}", server.url));
        let request = request.header(header::CONTENT_TYPE, "application/json").body(body.to_owned());
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), status, "{path}");
        let id = response.headers().get("x-request-id").unwrap().to_str().unwrap().to_owned();
        for name in
            ["content-security-policy", "x-content-type-options", "referrer-policy", "cross-origin-opener-policy"]
        {
            assert!(response.headers().contains_key(name), "{path}: {name}");
        }
        let error: ErrorBody = response.json().await.unwrap();
        assert_eq!((error.code, error.request_id), (code, Some(id)), "{path}");
    }
    server.stop().await;
}

#[actix_web::test]
async fn a_foreign_page_changes_nothing() {
    let server = Server::start().await;
    let request =
        Client::new().post(format!("{}/api/v1/sign-in", server.url)).header(header::ORIGIN, "http://evil.example");
    let response = request.json(&()).send().await.unwrap();
    assert_eq!(response.json::<ErrorBody>().await.unwrap().code, ErrorCode::BadOrigin);
    server.stop().await;
}

#[actix_web::test]
async fn health_says_that_it_can_work() {
    let server = Server::start().await;
    for path in ["live", "ready"] {
        let response = reqwest::get(format!("{}/health/{path}", server.url)).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.json::<serde_json::Value>().await.unwrap()["status"], "ok");
    }
    server.stop().await;
}
