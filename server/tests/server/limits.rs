//! How many API requests a source may make, and what counts as a source.

use std::time::Duration;

use igoon_server::config::Rates;
use igoon_shared::protocol::error::{ErrorBody, ErrorCode};
use reqwest::{Client, Response, StatusCode, header};

use crate::support::Server;

const BURST: u32 = 3;

/// A server that allows three requests at once and `per_minute` in the long run.
async fn server(per_minute: u32, trusted: &[&str]) -> Server {
    let rates = Rates { requests_per_minute: per_minute, requests_burst: BURST, ..Rates::default() };
    let trusted_proxies = trusted.iter().map(|network| network.parse().unwrap()).collect();
    Server::start_with(tempfile::tempdir().unwrap(), |config| {
        config.rates = rates;
        config.trusted_proxies = trusted_proxies;
    })
    .await
}

/// A request that a proxy may have passed on for somebody.
async fn get(server: &Server, path: &str, forwarded_for: Option<&str>) -> Response {
    let mut request = Client::new().get(format!("{}{path}", server.url));
    if let Some(source) = forwarded_for {
        request = request.header("x-forwarded-for", source);
    }
    request.send().await.unwrap()
}

fn text<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).unwrap().to_str().unwrap()
}

#[actix_web::test]
async fn a_burst_is_cut_off_and_told_when_to_come_back() {
    let server = server(1, &[]).await;
    // A path that does not exist, and one that needs a session, count like any other.
    for (path, left) in [("/api/v1/server", 2), ("/api/v2/nothing", 1), ("/api/v1/me", 0)] {
        let response = get(&server, path, None).await;
        assert_ne!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(text(&response, "ratelimit-policy"), "\"requests\";q=3;w=180");
        let time = if left > 0 { 180 } else { 60 };
        assert_eq!(text(&response, "ratelimit"), format!("\"requests\";r={left};t={time}"), "{path}");
        assert!(!response.headers().contains_key(header::RETRY_AFTER));
    }
    let refused = get(&server, "/api/v1/server", None).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(text(&refused, "ratelimit-policy"), "\"requests\";q=3;w=180");
    let seconds: u64 = text(&refused, "retry-after").parse().unwrap();
    assert_eq!(text(&refused, "ratelimit"), format!("\"requests\";r=0;t={seconds}"));
    assert_eq!(text(&refused, "x-content-type-options"), "nosniff");
    let id = text(&refused, "x-request-id").to_owned();
    let body: ErrorBody = refused.json().await.unwrap();
    assert_eq!((body.code, body.request_id), (ErrorCode::RateLimited, Some(id)));
    let wait = body.retry_after_ms.unwrap();
    assert!((1..=60_000).contains(&wait) && wait.div_ceil(1_000) == seconds, "{wait} {seconds}");

    // Neither the page nor health is limited.
    for path in ["/health/live", "/health/ready", "/"] {
        let response = get(&server, path, None).await;
        assert_ne!(response.status(), StatusCode::TOO_MANY_REQUESTS, "{path}");
        assert!(!response.headers().contains_key("ratelimit"), "{path}");
    }
    server.stop().await;
}

#[actix_web::test]
async fn who_waits_as_told_is_answered() {
    let server = server(60, &[]).await;
    let wait = loop {
        let response = get(&server, "/api/v1/server", None).await;
        if response.status() == StatusCode::TOO_MANY_REQUESTS {
            break response.json::<ErrorBody>().await.unwrap().retry_after_ms.unwrap();
        }
    };
    // Not to synchronise: this is what a client does that believes the answer.
    tokio::time::sleep(Duration::from_millis(wait)).await;
    assert_eq!(get(&server, "/api/v1/server", None).await.status(), StatusCode::OK);
    server.stop().await;
}

#[actix_web::test]
async fn an_encoded_path_counts_too() {
    let server = server(1, &[]).await;
    for _ in 0..BURST {
        assert_eq!(get(&server, "/%61pi/v1/server", None).await.status(), StatusCode::OK);
    }
    assert_eq!(get(&server, "/%61pi/v1/server", None).await.status(), StatusCode::TOO_MANY_REQUESTS);
    server.stop().await;
}

#[actix_web::test]
async fn a_socket_counts_as_one_request() {
    let server = server(1, &[]).await;
    for _ in 0..BURST {
        assert_eq!(get(&server, "/api/v1/socket", None).await.status(), StatusCode::BAD_REQUEST);
    }
    assert_eq!(get(&server, "/api/v1/socket", None).await.status(), StatusCode::TOO_MANY_REQUESTS);
    server.stop().await;
}

/// The statuses of one request more than a source may make, each in another's name.
async fn in_many_names(server: &Server, name: impl Fn(u32) -> String) -> Vec<StatusCode> {
    let mut statuses = Vec::new();
    for one in 0..=BURST {
        statuses.push(get(server, "/api/v1/server", Some(&name(one))).await.status());
    }
    statuses
}

#[actix_web::test]
async fn a_source_cannot_name_another_one_itself() {
    let server = server(1, &["192.0.2.0/24"]).await;
    let statuses = in_many_names(&server, |one| format!("198.51.100.{one}")).await;
    assert_eq!(statuses.last(), Some(&StatusCode::TOO_MANY_REQUESTS));
    server.stop().await;
}

#[actix_web::test]
async fn a_trusted_proxy_names_the_source() {
    let server = server(1, &["127.0.0.0/8"]).await;
    let statuses = in_many_names(&server, |one| format!("198.51.100.{one}")).await;
    assert!(statuses.iter().all(|status| *status == StatusCode::OK), "{statuses:?}");
    // What stands before the last address was written by its owner.
    let statuses = in_many_names(&server, |one| format!("203.0.113.{one}, 198.51.100.99")).await;
    assert_eq!(statuses.last(), Some(&StatusCode::TOO_MANY_REQUESTS));
    // One network of IPv6 is one source.
    let statuses = in_many_names(&server, |one| format!("2001:db8::{one}")).await;
    assert_eq!(statuses.last(), Some(&StatusCode::TOO_MANY_REQUESTS));
    server.stop().await;
}
