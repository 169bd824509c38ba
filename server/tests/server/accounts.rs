//! Set-up, signing in and out.

use igoon_shared::protocol::{
    error::{ErrorBody, ErrorCode},
    http::{Me, ServerInfo, SessionTransport, SignIn, SignedIn},
};
use reqwest::{Client, Method, StatusCode, header};
use serde_json::json;

use crate::support::{PASSWORD, Server, secret};

async fn needs_setup(server: &Server) -> bool {
    let info: ServerInfo = reqwest::get(format!("{}/api/v1/server", server.url)).await.unwrap().json().await.unwrap();
    info.needs_setup
}

#[actix_web::test]
async fn the_set_up_code_makes_the_first_account_once() {
    let server = Server::start().await;
    assert!(needs_setup(&server).await);
    let body = |code: &str| {
        json!({ "code": code, "account": {
            "handle": "ada", "password": PASSWORD, "installation": "AAAAAAAAAAAAAAAAAAAAAA", "session": "cookie",
        } })
    };
    let post = async |code: &str| {
        Client::new().post(format!("{}/api/v1/setup", server.url)).json(&body(code)).send().await.unwrap()
    };
    let wrong = post("00000-00000-00000-00000").await;
    assert_eq!(wrong.status(), StatusCode::FORBIDDEN);
    assert_eq!(wrong.json::<ErrorBody>().await.unwrap().code, ErrorCode::BadSetupCode);

    let code = server.code.clone().unwrap();
    let (one, other) = tokio::join!(post(code.expose()), post(code.expose()));
    let (made, refused) = if one.status() == StatusCode::OK { (one, other) } else { (other, one) };
    assert_eq!((made.status(), refused.status()), (StatusCode::OK, StatusCode::FORBIDDEN));
    let cookie = made.headers().get(header::SET_COOKIE).unwrap().to_str().unwrap();
    for part in ["__Host-igoon=", "Secure", "HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!needs_setup(&server).await);

    let dir = server.stop().await;
    let again = Server::start_in(dir, Default::default()).await;
    assert!(again.code.is_none());
    again.stop().await;
}

#[actix_web::test]
async fn a_cookie_needs_the_origin_of_its_page_and_ends_with_signing_out() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let body = SignIn {
        handle: "OWNER".to_owned(),
        password: secret(PASSWORD),
        installation: owner.installation,
        session: SessionTransport::Cookie,
    };
    let http = Client::new();
    let url = |path: &str| format!("{}/api/v1{path}", server.url);
    let signed_in = http.post(url("/sign-in")).json(&body).send().await.unwrap();
    let cookie = signed_in.headers().get(header::SET_COOKIE).unwrap().to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    assert_eq!(signed_in.json::<SignedIn>().await.unwrap().token, None);

    let me = async || http.get(url("/me")).header(header::COOKIE, &cookie).send().await.unwrap();
    let me_before: Me = me().await.json().await.unwrap();
    assert_eq!((me_before.account, me_before.server_owner), (owner.account, true));

    let out = async |origin: Option<&str>| {
        let mut request = http.post(url("/sign-out")).header(header::COOKIE, &cookie);
        if let Some(origin) = origin {
            request = request.header(header::ORIGIN, origin);
        }
        request.send().await.unwrap().status()
    };
    assert_eq!(out(None).await, StatusCode::FORBIDDEN);
    assert_eq!(out(Some("http://evil.example")).await, StatusCode::FORBIDDEN);
    assert_eq!(out(Some("null")).await, StatusCode::FORBIDDEN);
    assert_eq!(out(Some(server.origin())).await, StatusCode::NO_CONTENT);
    assert_eq!(me().await.status(), StatusCode::UNAUTHORIZED);
    // The other session of the account is untouched.
    owner.get::<Me>("/me").await.unwrap();
    server.stop().await;
}

#[actix_web::test]
async fn wrong_password_and_unknown_handle_are_refused_alike() {
    let server = Server::start().await;
    let owner = server.owner().await;
    for (handle, password) in
        [("owner", "incorrect horse"), ("nobody", PASSWORD), ("no body", PASSWORD), ("owner", "short")]
    {
        let body = SignIn {
            handle: handle.to_owned(),
            password: secret(password),
            installation: owner.installation,
            session: SessionTransport::Bearer,
        };
        let (status, body) = owner.call::<SignedIn>(Method::POST, "/sign-in", Some(&body)).await.unwrap_err();
        assert_eq!((status, body.code), (StatusCode::UNAUTHORIZED, ErrorCode::BadCredentials), "{handle}");
    }
    server.stop().await;
}

#[actix_web::test]
async fn a_bearer_token_counts_before_a_cookie() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let http = Client::new();
    let request =
        http.get(format!("{}/api/v1/me", server.url)).header(header::COOKIE, format!("__Host-igoon={}", owner.token));
    let wrong = request.try_clone().unwrap().bearer_auth("x").send().await.unwrap();
    assert_eq!(wrong.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(request.send().await.unwrap().status(), StatusCode::OK);
    server.stop().await;
}
