//! The desktop app's page comes from elsewhere: what it may read, by what it shows who it is, and that no other page gains by
//! it.

use igoon_shared::protocol::{
    SUBPROTOCOL, TICKET_PREFIX,
    error::{ErrorBody, ErrorCode},
    http::{Me, SessionTransport, SignIn, SignInAnswer, SocketTicket},
};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, header};

use crate::support::{PASSWORD, Person, Server, Socket, email, secret};

const APPS: [&str; 2] = ["tauri://localhost", "http://tauri.localhost"];
/// Like the app's to whoever looks hastily; and what pages without an address of their own have.
const FOREIGN: [&str; 6] = [
    "http://evil.example",
    "null",
    "https://tauri.localhost",
    "tauri://localhost.evil.example",
    "http://tauri.localhost:8080",
    "TAURI://LOCALHOST",
];

fn text(response: &Response, name: header::HeaderName) -> Option<&str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

fn preflight(server: &Server, path: &str, origin: &str) -> RequestBuilder {
    Client::new()
        .request(Method::OPTIONS, format!("{}{path}", server.url))
        .header(header::ORIGIN, origin)
        .header(header::ACCESS_CONTROL_REQUEST_METHOD, "PUT")
        .header(header::ACCESS_CONTROL_REQUEST_HEADERS, "authorization,content-type")
}

fn by_cookie(server: &Server, person: &Person, method: Method, path: &str) -> RequestBuilder {
    let cookie = format!("__Host-igoon={}", person.token);
    Client::new().request(method, format!("{}/api/v1{path}", server.url)).header(header::COOKIE, cookie)
}

#[actix_web::test]
async fn the_app_is_told_what_it_may_do_and_others_are_not() {
    let server = Server::start().await;
    for (path, app) in [("/api/v1/device", APPS[0]), ("/admin/overview", APPS[1])] {
        let answer = preflight(&server, path, app).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NO_CONTENT);
        assert_eq!(text(&answer, header::ACCESS_CONTROL_ALLOW_ORIGIN), Some(app));
        assert_eq!(text(&answer, header::ACCESS_CONTROL_ALLOW_METHODS), Some("DELETE, GET, PATCH, POST, PUT"));
        assert_eq!(text(&answer, header::ACCESS_CONTROL_ALLOW_HEADERS), Some("authorization, content-type"));
        assert_eq!(text(&answer, header::ACCESS_CONTROL_ALLOW_CREDENTIALS), None);
        assert_eq!(text(&answer, header::VARY), Some("Origin"));
    }
    for foreign in FOREIGN.into_iter().chain([server.origin()]) {
        let answer = preflight(&server, "/api/v1/device", foreign).send().await.unwrap();
        assert_ne!(answer.status(), StatusCode::NO_CONTENT, "{foreign}");
        let told = answer.headers().keys().filter(|name| name.as_str().starts_with("access-control-"));
        assert_eq!(told.count(), 0, "{foreign}");
    }
    server.stop().await;
}

#[actix_web::test]
async fn the_app_reads_answers_and_refusals_and_others_do_not() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let get = |path: &str, origin: &str| {
        let request = Client::new().get(format!("{}{path}", server.url)).bearer_auth(&owner.token);
        request.header(header::ORIGIN, origin).send()
    };
    for (path, status) in [("/api/v1/me", StatusCode::OK), ("/api/v1/nothing", StatusCode::NOT_FOUND)] {
        for app in APPS {
            let answer = get(path, app).await.unwrap();
            assert_eq!(answer.status(), status);
            assert_eq!(text(&answer, header::ACCESS_CONTROL_ALLOW_ORIGIN), Some(app));
            assert_eq!(text(&answer, header::ACCESS_CONTROL_ALLOW_CREDENTIALS), None);
        }
        for foreign in FOREIGN {
            let answer = get(path, foreign).await.unwrap();
            assert_eq!(text(&answer, header::ACCESS_CONTROL_ALLOW_ORIGIN), None, "{foreign}");
        }
    }
    server.stop().await;
}

#[actix_web::test]
async fn the_app_signs_in_and_changes_something_by_a_token_and_others_do_not() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let body = SignIn {
        email: email("owner"),
        password: secret(PASSWORD),
        installation: owner.installation,
        session: SessionTransport::Bearer,
        trust: owner.trust.clone(),
    };
    let http = Client::new();
    let sign_in = |origin: &str| {
        http.post(format!("{}/api/v1/sign-in", server.url)).header(header::ORIGIN, origin).json(&body).send()
    };
    let answer = sign_in(APPS[0]).await.unwrap();
    assert_eq!(text(&answer, header::SET_COOKIE), None);
    let SignInAnswer::SignedIn(signed_in) = answer.json().await.unwrap() else { panic!("a code was asked for") };
    let token = signed_in.token.unwrap();
    let out = |origin: &str| {
        let request = http.post(format!("{}/api/v1/sign-out", server.url)).bearer_auth(token.expose());
        request.header(header::ORIGIN, origin).send()
    };
    for foreign in FOREIGN {
        let refused: ErrorBody = sign_in(foreign).await.unwrap().json().await.unwrap();
        assert_eq!(refused.code, ErrorCode::BadOrigin, "{foreign}");
        assert_eq!(out(foreign).await.unwrap().status(), StatusCode::FORBIDDEN, "{foreign}");
    }
    let done = out(APPS[0]).await.unwrap();
    assert_eq!((done.status(), text(&done, header::SET_COOKIE)), (StatusCode::NO_CONTENT, None));
    server.stop().await;
}

#[actix_web::test]
async fn a_cookie_lets_no_page_of_the_app_in() {
    let server = Server::start().await;
    let owner = server.owner().await;
    for app in APPS {
        for (method, path) in [(Method::GET, "/me"), (Method::POST, "/sign-out"), (Method::POST, "/socket-ticket")] {
            let request = by_cookie(&server, &owner, method, path).header(header::ORIGIN, app);
            assert_eq!(request.send().await.unwrap().status(), StatusCode::UNAUTHORIZED, "{app} {path}");
        }
        // Nor does one come out of it.
        let body = SignIn {
            email: email("owner"),
            password: secret(PASSWORD),
            installation: owner.installation,
            session: SessionTransport::Cookie,
            trust: owner.trust.clone(),
        };
        let request = Client::new().post(format!("{}/api/v1/sign-in", server.url)).header(header::ORIGIN, app);
        let answer = request.json(&body).send().await.unwrap();
        assert_eq!((answer.status(), text(&answer, header::SET_COOKIE)), (StatusCode::OK, None));
    }
    // The session is untouched by all of it.
    owner.get::<Me>("/me").await.unwrap();
    server.stop().await;
}

#[actix_web::test]
async fn the_app_opens_a_socket_by_ticket_alone() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let cookie = format!("__Host-igoon={}", owner.token);
    let ours = ("sec-websocket-protocol", SUBPROTOCOL);
    let open = async |headers: &[(&'static str, &str)]| Socket::open(&server.url, headers).await.err();
    for app in APPS {
        let origin = ("origin", app);
        assert_eq!(open(&[ours, origin, ("cookie", &cookie)]).await, Some(StatusCode::FORBIDDEN), "{app}");
        let ticket: SocketTicket = owner.call(Method::POST, "/socket-ticket", Some(&())).await.unwrap();
        let protocols = format!("{SUBPROTOCOL}, {TICKET_PREFIX}{}", ticket.ticket.expose());
        assert_eq!(open(&[("sec-websocket-protocol", protocols.as_str()), origin]).await, None, "{app}");
    }
    server.stop().await;
}
