//! Every refusal has the one error body, and every answer an id, the security headers, and, from the API, what is left of the
//! caller's requests.

use std::{
    collections::BTreeSet,
    io::{BufRead as _, BufReader, Read as _},
    process::{Command, Stdio},
};

use igoon_shared::protocol::{
    SUBPROTOCOL, TICKET_PREFIX,
    error::{ErrorBody, ErrorCode},
    http::SocketTicket,
    limits,
};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, header};

use crate::support::{Program, Server};

const ADMIN_TOKEN: &str = "0123456789abcdefghijklmnopqrstuv";

/// The refusal of a request, of which everything is there that belongs to one.
async fn refusal(request: RequestBuilder) -> (StatusCode, ErrorBody) {
    let response = request.send().await.unwrap();
    let (path, status) = (response.url().path().to_owned(), response.status());
    let text =
        |response: &Response, name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    let id = text(&response, "x-request-id");
    assert!(id.is_some() && text(&response, "x-content-type-options").is_some(), "{path}");
    assert_eq!(text(&response, "content-type").as_deref(), Some("application/json"), "{path}");
    for name in ["ratelimit", "ratelimit-policy"] {
        assert_eq!(text(&response, name).is_some(), path.starts_with("/api"), "{path}: {name}");
    }
    assert_eq!(text(&response, "allow").is_some(), status == StatusCode::METHOD_NOT_ALLOWED, "{path}");
    let retry_after = text(&response, "retry-after").map(|seconds| seconds.parse::<u64>().unwrap());
    let body: ErrorBody = response.json().await.unwrap();
    assert_eq!(body.request_id, id, "{path}");
    assert_eq!(body.retry_after_ms.map(|wait| wait.div_ceil(1_000)), retry_after, "{path}");
    assert!(body.message.ends_with('.'), "{path}: {}", body.message);
    (status, body)
}

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

#[actix_web::test]
async fn what_the_framework_refuses_looks_the_same() {
    let server = Server::start_with(tempfile::tempdir().unwrap(), |config| {
        config.admin_token = Some(ADMIN_TOKEN.parse().unwrap());
    })
    .await;
    let owner = server.owner().await;
    let http = Client::new();
    let to = |method: Method, path: &str| http.request(method, format!("{}{path}", server.url));
    let json = |body: &'static str| {
        to(Method::POST, "/api/v1/sign-in").header(header::CONTENT_TYPE, "application/json").body(body)
    };
    let admin = |path: &str| to(Method::GET, path).bearer_auth(ADMIN_TOKEN);
    let signed_in = |method, path: &str| to(method, path).bearer_auth(&owner.token);
    let malformed = (StatusCode::BAD_REQUEST, ErrorCode::Malformed);
    let not_found = (StatusCode::NOT_FOUND, ErrorCode::NotFound);
    let no_method = (StatusCode::METHOD_NOT_ALLOWED, ErrorCode::NotFound);
    let cases = [
        ("another type", to(Method::POST, "/api/v1/sign-in").body("{}"), malformed),
        ("cut off", json("{\"email\":"), malformed),
        ("a number", json("1"), malformed),
        (
            "not UTF-8",
            to(Method::POST, "/api/v1/sign-in").header(header::CONTENT_TYPE, "application/json").body(vec![0xFF]),
            malformed,
        ),
        ("twice the same", json("{\"email\":\"a\",\"email\":\"b\"}"), malformed),
        ("a bad query", admin("/admin/actors?limit=many"), malformed),
        ("an unknown query", admin("/admin/actors?colour=red"), malformed),
        ("no UTF-8 in the path", signed_in(Method::GET, "/api/v1/rooms/%FF/keys"), not_found),
        ("a zero byte in the path", signed_in(Method::DELETE, "/api/v1/me/sessions/%00"), not_found),
        ("no such path", to(Method::GET, "/api/v1/no/such/path"), not_found),
        ("no such path, unversioned", to(Method::POST, "/api/nothing"), not_found),
        ("no such method", to(Method::PATCH, "/api/v1/me"), no_method),
        ("no such method of health", to(Method::POST, "/health/live"), no_method),
        ("no such method of metrics", to(Method::DELETE, "/metrics"), no_method),
        ("no such method of a page", to(Method::PUT, "/room"), no_method),
    ];
    let mut ids = BTreeSet::new();
    for (what, request, expected) in cases {
        let (status, body) = refusal(request).await;
        assert_eq!((status, body.code), expected, "{what}");
        assert!(ids.insert(body.request_id), "an id twice");
    }
    let large = vec![b' '; limits::APPEND_BODY + 1];
    let large = signed_in(Method::POST, "/api/v1/rooms").header(header::CONTENT_TYPE, "application/json").body(large);
    assert_eq!(refusal(large).await.1.code, ErrorCode::TooLarge);
    server.stop().await;
}

#[actix_web::test]
async fn the_wrong_method_names_the_right_ones() {
    let server = Server::start().await;
    for (path, allowed) in [
        ("/api/v1/me", "GET"),
        ("/api/v1/device", "PUT"),
        ("/health/live", "GET"),
        ("/metrics", "GET"),
        ("/", "GET, HEAD"),
    ] {
        let response = Client::new().patch(format!("{}{path}", server.url)).send().await.unwrap();
        assert_eq!(response.headers().get(header::ALLOW).unwrap(), allowed, "{path}");
    }
    server.stop().await;
}

#[actix_web::test]
async fn a_handshake_that_is_none_is_refused_like_anything_else() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let upgrade = [(header::CONNECTION, "upgrade"), (header::UPGRADE, "websocket")];
    let version = [(header::SEC_WEBSOCKET_VERSION, "13")];
    let no_key = [upgrade.as_slice(), &version].concat();
    let old = [upgrade.as_slice(), &[(header::SEC_WEBSOCKET_VERSION, "8")]].concat();
    for (what, headers) in
        [("no upgrade", [].as_slice()), ("no version", &upgrade), ("no key", &no_key), ("an old one", &old)]
    {
        let ticket: SocketTicket = owner.call(Method::POST, "/socket-ticket", Some(&())).await.unwrap();
        let protocols = format!("{SUBPROTOCOL}, {TICKET_PREFIX}{}", ticket.ticket.expose());
        let request = Client::new().get(format!("{}/api/v1/socket", server.url));
        let request = request.header(header::SEC_WEBSOCKET_PROTOCOL, protocols);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(name, *value));
        let (status, body) = refusal(request).await;
        assert_eq!((status, body.code), (StatusCode::BAD_REQUEST, ErrorCode::Malformed), "{what}");
    }
    server.stop().await;
}

#[actix_web::test]
async fn a_request_is_found_in_the_log_by_its_id() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_igoon-server"));
    command.args(["--listen", "127.0.0.1:0", "--data-dir"]).arg(dir.path().join("data"));
    let mut program = Program(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
    let (mut line, mut said) = (String::new(), BufReader::new(program.0.stdout.take().unwrap()));
    said.read_line(&mut line).unwrap();
    let url = line.trim().strip_prefix("listening on ").unwrap();
    let id = refusal(Client::new().get(format!("{url}/api/v1/me"))).await.1.request_id.unwrap();
    assert!(Command::new("kill").arg(program.0.id().to_string()).status().unwrap().success());
    let mut log = String::new();
    program.0.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    let of_it: Vec<_> = log.lines().filter(|line| line.contains(&id)).collect();
    assert!(matches!(of_it.as_slice(), [line] if line.contains("/api/v1/me") && line.contains("401")), "{log}");
}
