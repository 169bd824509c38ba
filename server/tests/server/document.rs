//! What the server answers is what its document says: every answer that a test's person gets is looked up there.

use std::{collections::BTreeSet, sync::LazyLock};

use igoon_server::http::openapi;
use igoon_shared::protocol::error::ErrorBody;
use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::support::Server;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::from_slice(&openapi::text()).unwrap());

fn paths() -> impl Iterator<Item = (&'static String, &'static Value)> {
    DOCUMENT["paths"].as_object().unwrap().iter()
}

/// All routes, as `GET /api/v1/me`.
pub(crate) fn routes() -> BTreeSet<String> {
    let of = |(path, item): (&String, &Value)| {
        let methods: Vec<_> = item.as_object().unwrap().keys().map(|method| method.to_uppercase()).collect();
        methods.into_iter().map(|method| format!("{method} {path}")).collect::<Vec<_>>()
    };
    paths().flat_map(of).collect()
}

fn matches(template: &str, path: &str) -> bool {
    let path = path.split('?').next().unwrap();
    template.split('/').count() == path.split('/').count()
        && template.split('/').zip(path.split('/')).all(|(known, came)| known == came || known.starts_with('{'))
}

/// Fails unless the document has this answer of this route: the status, and of a refusal the code.
pub(crate) fn expect_documented(method: &Method, path: &str, status: StatusCode, body: &[u8]) {
    let mut routes = paths().filter(|(template, _)| matches(template, path));
    let operation = routes.find_map(|(_, item)| item.get(method.as_str().to_lowercase()));
    let operation = operation.unwrap_or_else(|| panic!("{method} {path} is not in the document"));
    let answer = &operation["responses"][status.as_str()];
    assert!(answer.is_object(), "{method} {path} does not say that it answers {status}");
    if let Ok(refusal) = serde_json::from_slice::<ErrorBody>(body) {
        let codes = &answer["content"]["application/json"]["schema"]["allOf"][1]["properties"]["code"]["enum"];
        let code = serde_json::to_value(refusal.code).unwrap();
        let codes = codes.as_array().unwrap_or_else(|| panic!("{method} {path} {status} is no refusal"));
        assert!(codes.contains(&code), "{method} {path} {status} does not say {code}");
    }
}

#[actix_web::test]
async fn the_server_hands_its_document_out() {
    let server = Server::start().await;
    let response = reqwest::get(format!("{}/api/v1/openapi.json", server.url)).await.unwrap();
    assert_eq!(response.headers().get("content-type").unwrap(), "application/json");
    assert_eq!(response.json::<Value>().await.unwrap(), *DOCUMENT);
    for route in
        ["GET /api/v1/openapi.json", "GET /api/v1/socket", "GET /health/ready", "GET /admin/actors", "GET /metrics"]
    {
        assert!(routes().contains(route), "{route}");
    }
    server.stop().await;
}
