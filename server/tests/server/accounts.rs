//! Set-up, codes by e-mail, signing in and out, what an account changes about itself.

use igoon_shared::{
    ids::InstallationId,
    protocol::{
        error::{ErrorBody, ErrorCode},
        http::{
            ChangeEmail, ChangeHandle, ChangePassword, CodeSent, ConfirmEmail, ConfirmReset, ConfirmSignIn,
            ConfirmSignUp, MailedCode, Me, ResendCode, ResetPassword, SecretText, ServerInfo, SessionTransport,
            Sessions, SetUp, SignIn, SignInAnswer, SignedIn,
        },
    },
};
use reqwest::{Client, Method, StatusCode, header};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::support::{PASSWORD, Person, Server, email, secret};

const ELSEWHERE: InstallationId = InstallationId::from_bytes([9; 16]);

async fn info(server: &Server) -> ServerInfo {
    reqwest::get(format!("{}/api/v1/server", server.url)).await.unwrap().json().await.unwrap()
}

async fn needs_setup(server: &Server) -> bool {
    let info = info(server).await;
    assert!(info.mail_to_folder);
    info.needs_setup
}

fn sign_in(person: &Person, password: &str, installation: InstallationId, trust: Option<&SecretText>) -> SignIn {
    SignIn {
        email: email(&person.handle).to_uppercase(),
        password: secret(password),
        installation,
        session: SessionTransport::Bearer,
        trust: trust.cloned(),
    }
}

/// Signs in from an installation that is not trusted, up to the code.
async fn ask_code(person: &Person) -> CodeSent {
    let answer: SignInAnswer = person.post("/sign-in", &sign_in(person, PASSWORD, ELSEWHERE, None)).await.unwrap();
    match answer {
        SignInAnswer::CodeSent(sent) => sent,
        SignInAnswer::SignedIn(_) => panic!("no code was asked for"),
    }
}

async fn enter(person: &Person, sent: &CodeSent, digits: SecretText) -> Result<SignedIn, (StatusCode, ErrorBody)> {
    let code = MailedCode { challenge: sent.challenge, installation: ELSEWHERE, digits };
    person.post("/sign-in/confirm", &ConfirmSignIn { code, session: SessionTransport::Bearer }).await
}

/// A code that is not this one.
fn another(code: &SecretText) -> SecretText {
    secret(if code.expose() == "00000000" { "00000001" } else { "00000000" })
}

#[actix_web::test]
async fn anybody_is_told_whom_to_ask_and_how_long_sessions_last() {
    let server = Server::start_with(tempfile::tempdir().unwrap(), |config| {
        config.session_days = 7;
        config.contact = Some("ask@example.org".parse().unwrap());
    })
    .await;
    let told = info(&server).await;
    assert_eq!((told.session_days, told.contact.as_deref()), (7, Some("ask@example.org")));
    server.stop().await;
    let silent = Server::start().await;
    assert_eq!(info(&silent).await.contact, None);
    silent.stop().await;
}

#[actix_web::test]
async fn the_set_up_code_makes_the_first_account_once() {
    let server = Server::start().await;
    assert!(needs_setup(&server).await);
    let http = Client::new();
    let url = |path: &str| format!("{}/api/v1{path}", server.url);
    let set_up = async |code: SecretText, name: &str, n: u8| {
        let body = SetUp { code, email: email(name), installation: InstallationId::from_bytes([n; 16]) };
        http.post(url("/setup")).json(&body).send().await.unwrap()
    };
    let wrong = set_up(secret("00000-00000-00000-00000"), "ada", 1).await;
    assert_eq!(wrong.status(), StatusCode::FORBIDDEN);
    assert_eq!(wrong.json::<ErrorBody>().await.unwrap().code, ErrorCode::BadSetupCode);

    // Two begin, one becomes the owner.
    let code = server.code.clone().unwrap();
    let mut bodies = Vec::new();
    for (n, name) in [(1, "ada"), (2, "eve")] {
        let sent: CodeSent = set_up(code.clone(), name, n).await.json().await.unwrap();
        let digits = server.mailed_code(&email(name)).await;
        let installation = InstallationId::from_bytes([n; 16]);
        bodies.push(ConfirmSignUp {
            code: MailedCode { challenge: sent.challenge, installation, digits },
            handle: name.to_owned(),
            password: secret(PASSWORD),
            session: SessionTransport::Cookie,
        });
    }
    let confirm = async |body| http.post(url("/sign-up/confirm")).json(body).send().await.unwrap();
    let (one, other) = tokio::join!(confirm(&bodies[0]), confirm(&bodies[1]));
    let (made, refused) = if one.status() == StatusCode::OK { (one, other) } else { (other, one) };
    assert_eq!((made.status(), refused.status()), (StatusCode::OK, StatusCode::FORBIDDEN));
    let cookies: Vec<_> =
        made.headers().get_all(header::SET_COOKIE).iter().map(|cookie| cookie.to_str().unwrap().to_owned()).collect();
    assert_eq!(cookies.len(), 2, "the session's and the installation's");
    for cookie in cookies {
        for part in ["__Host-igoon", "Secure", "HttpOnly", "SameSite=Strict", "Path=/"] {
            assert!(cookie.contains(part), "{cookie}");
        }
    }
    assert!(!needs_setup(&server).await);

    let dir = server.stop().await;
    let again = Server::start_in(dir, Default::default()).await;
    assert!(again.code.is_none());
    again.stop().await;
}

#[actix_web::test]
async fn a_new_installation_enters_a_code_and_is_trusted_from_then_on() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let sent = ask_code(&owner).await;
    let digits = server.mailed_code(&email("owner")).await;
    let signed_in = enter(&owner, &sent, digits.clone()).await.unwrap();
    assert_eq!(signed_in.account, owner.account);
    let (status, again) = enter(&owner, &sent, digits).await.unwrap_err();
    assert_eq!((status, again.code), (StatusCode::GONE, ErrorCode::CodeExpired), "used");

    let trust = signed_in.trust.unwrap();
    let by_password: SignInAnswer =
        owner.post("/sign-in", &sign_in(&owner, PASSWORD, ELSEWHERE, Some(&trust))).await.unwrap();
    assert!(matches!(by_password, SignInAnswer::SignedIn(_)));
    // The proof counts on its own installation alone: what others see of an installation is no proof.
    let elsewhere = sign_in(&owner, PASSWORD, InstallationId::from_bytes([8; 16]), Some(&trust));
    let asked: SignInAnswer = owner.post("/sign-in", &elsewhere).await.unwrap();
    assert!(matches!(asked, SignInAnswer::CodeSent(_)));
    server.stop().await;
}

#[actix_web::test]
async fn wrong_codes_are_counted_and_the_sixth_try_is_refused() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let sent = ask_code(&owner).await;
    let right = server.mailed_code(&email("owner")).await;
    for left in (0..5).rev() {
        let (status, body) = enter(&owner, &sent, another(&right)).await.unwrap_err();
        assert_eq!((status, body.code), (StatusCode::FORBIDDEN, ErrorCode::BadCode));
        let said = match left {
            0 => "last try".to_owned(),
            1 => "one try is left".to_owned(),
            _ => format!("{left} tries are left"),
        };
        assert!(body.message.contains(&said), "{}", body.message);
        assert_eq!(body.tries_left, Some(left));
    }
    let (_, body) = enter(&owner, &sent, right).await.unwrap_err();
    assert_eq!((body.code, body.tries_left), (ErrorCode::TooManyTries, Some(0)), "the right one, too");
    server.stop().await;
}

#[actix_web::test]
async fn a_code_is_bound_to_its_purpose_and_its_installation() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let sent = ask_code(&owner).await;
    let digits = server.mailed_code(&email("owner")).await;
    let code = |installation| MailedCode { challenge: sent.challenge, installation, digits: digits.clone() };
    let session = SessionTransport::Bearer;
    let elsewhere = ConfirmSignIn { code: code(InstallationId::from_bytes([8; 16])), session };
    let reset = ConfirmReset { code: code(ELSEWHERE), password: secret("another horse battery"), session };
    let refused = [
        owner.post::<SignedIn>("/sign-in/confirm", &elsewhere).await.unwrap_err(),
        owner.post::<SignedIn>("/password-reset/confirm", &reset).await.unwrap_err(),
    ];
    for (status, body) in refused {
        assert_eq!((status, body.code), (StatusCode::GONE, ErrorCode::CodeExpired));
    }
    // Neither cost a try, nor the code.
    enter(&owner, &sent, digits).await.unwrap();
    let waited = ResendCode { challenge: sent.challenge, installation: ELSEWHERE };
    let (_, body) = owner.post::<CodeSent>("/codes/resend", &waited).await.unwrap_err();
    assert_eq!(body.code, ErrorCode::CodeExpired, "it is used");
    server.stop().await;
}

#[actix_web::test]
async fn another_code_is_sent_after_a_minute_at_the_soonest() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let sent = ask_code(&owner).await;
    let body = ResendCode { challenge: sent.challenge, installation: ELSEWHERE };
    let (status, body) = owner.post::<CodeSent>("/codes/resend", &body).await.unwrap_err();
    assert_eq!((status, body.code), (StatusCode::TOO_MANY_REQUESTS, ErrorCode::RateLimited));
    assert!((50_000..=60_000).contains(&body.retry_after_ms.unwrap()));
    server.stop().await;
}

#[actix_web::test]
async fn a_reset_sets_the_password_and_signs_out_everywhere() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let (mut socket, _) = owner.connect().await;
    let ask = |name: &str| ResetPassword { email: email(name), installation: ELSEWHERE };
    let sent: CodeSent = owner.post("/password-reset", &ask("owner")).await.unwrap();
    let nobodys: CodeSent = owner.post("/password-reset", &ask("nobody")).await.unwrap();
    let digits = server.mailed_code(&email("owner")).await;
    let confirm = |sent: &CodeSent, digits: &SecretText, password: &str| ConfirmReset {
        code: MailedCode { challenge: sent.challenge, installation: ELSEWHERE, digits: digits.clone() },
        password: secret(password),
        session: SessionTransport::Bearer,
    };
    let reset = async |sent, password| -> Result<SignedIn, _> {
        owner.post("/password-reset/confirm", &confirm(sent, &digits, password)).await
    };
    // Only who has the code hears what is wrong with the password.
    let wrong = confirm(&sent, &another(&digits), "password12");
    assert_eq!(owner.post::<SignedIn>("/password-reset/confirm", &wrong).await.unwrap_err().1.code, ErrorCode::BadCode);
    let (_, body) = reset(&sent, "password12").await.unwrap_err();
    assert_eq!((body.code, body.field.as_deref()), (ErrorCode::Invalid, Some("password")));
    // The code of an address without an account is known to nobody; and is answered like any wrong one.
    let new = "another horse battery";
    assert_eq!(reset(&nobodys, new).await.unwrap_err().1.code, ErrorCode::BadCode);

    let signed_in = reset(&sent, new).await.unwrap();
    assert_eq!(signed_in.account, owner.account);
    assert_eq!(socket.closed().await, CloseCode::from(4401));
    assert_eq!(owner.get::<Me>("/me").await.unwrap_err().0, StatusCode::UNAUTHORIZED);
    let (status, _) =
        owner.post::<SignInAnswer>("/sign-in", &sign_in(&owner, PASSWORD, ELSEWHERE, None)).await.unwrap_err();
    assert_eq!(status, StatusCode::UNAUTHORIZED, "the old password");
    // Trust from before is gone, even with the new password.
    let trusted = sign_in(&owner, new, owner.installation, owner.trust.as_ref());
    let answer: SignInAnswer = owner.post("/sign-in", &trusted).await.unwrap();
    assert!(matches!(answer, SignInAnswer::CodeSent(_)));
    assert!(server.no_mail_to(&email("nobody")));
    server.stop().await;
}

#[actix_web::test]
async fn a_code_that_went_to_an_earlier_address_lets_nobody_in() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let ask = ResetPassword { email: email("owner"), installation: ELSEWHERE };
    let reset: CodeSent = owner.post("/password-reset", &ask).await.unwrap();
    let for_reset = server.mailed_code(&email("owner")).await;
    let sign_in = ask_code(&owner).await;
    let for_sign_in = server.mailed_code(&email("owner")).await;

    let body = ChangeEmail { email: email("countess"), current: secret(PASSWORD) };
    let change: CodeSent = owner.call(Method::PUT, "/me/email", Some(&body)).await.unwrap();
    let digits = server.mailed_code(&email("countess")).await;
    let () = owner.post("/me/email/confirm", &ConfirmEmail { code: owner.mailed(&change, digits) }).await.unwrap();

    let code = MailedCode { challenge: reset.challenge, installation: ELSEWHERE, digits: for_reset };
    let body = ConfirmReset { code, password: secret("another horse battery"), session: SessionTransport::Bearer };
    let (_, refused) = owner.post::<SignedIn>("/password-reset/confirm", &body).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::CodeExpired);
    let (_, refused) = enter(&owner, &sign_in, for_sign_in).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::CodeExpired);
    server.stop().await;
}

#[actix_web::test]
async fn a_computer_that_was_signed_out_from_elsewhere_enters_a_code_again() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let sent = ask_code(&owner).await;
    let digits = server.mailed_code(&email("owner")).await;
    let elsewhere = enter(&owner, &sent, digits).await.unwrap();
    let other = owner.get::<Sessions>("/me/sessions").await.unwrap().sessions.into_iter().find(|one| !one.current);
    let path = format!("/me/sessions/{}", other.unwrap().session);
    owner.call::<()>(Method::DELETE, &path, None::<&()>).await.unwrap();
    let again = sign_in(&owner, PASSWORD, ELSEWHERE, elsewhere.trust.as_ref());
    let answer: SignInAnswer = owner.post("/sign-in", &again).await.unwrap();
    assert!(matches!(answer, SignInAnswer::CodeSent(_)));
    // And so does every computer, after signing out everywhere.
    let own = sign_in(&owner, PASSWORD, owner.installation, owner.trust.as_ref());
    let answer: SignInAnswer = owner.post("/sign-in", &own).await.unwrap();
    assert!(matches!(answer, SignInAnswer::SignedIn(_)));
    owner.post::<()>("/sign-out-everywhere", &()).await.unwrap();
    let answer: SignInAnswer = owner.post("/sign-in", &own).await.unwrap();
    assert!(matches!(answer, SignInAnswer::CodeSent(_)));
    server.stop().await;
}

#[actix_web::test]
async fn an_account_changes_its_handle_password_and_address() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let put = async |path: &str, body: serde_json::Value| owner.call::<()>(Method::PUT, path, Some(&body)).await;
    let json = |value| serde_json::to_value(value).unwrap();

    put("/me/handle", json(ChangeHandle { handle: "countess".to_owned() })).await.unwrap();
    let (_, body) = put("/me/handle", json(ChangeHandle { handle: "coun tess".to_owned() })).await.unwrap_err();
    assert_eq!((body.code, body.field.as_deref()), (ErrorCode::Invalid, Some("handle")));

    let change = |current: &str, new: &str| {
        serde_json::to_value(ChangePassword { current: secret(current), password: secret(new) }).unwrap()
    };
    let (_, body) = put("/me/password", change("incorrect horse", "another horse battery")).await.unwrap_err();
    assert_eq!((body.code, body.field.as_deref()), (ErrorCode::BadCredentials, Some("current")));
    let sent = ask_code(&owner).await;
    let digits = server.mailed_code(&email("owner")).await;
    enter(&owner, &sent, digits).await.unwrap();
    assert_eq!(owner.get::<Sessions>("/me/sessions").await.unwrap().sessions.len(), 2);
    put("/me/password", change(PASSWORD, "another horse battery")).await.unwrap();
    let sessions = owner.get::<Sessions>("/me/sessions").await.unwrap().sessions;
    assert!(matches!(sessions.as_slice(), [only] if only.current && only.device == Some(owner.device())));

    let body = ChangeEmail { email: email("countess"), current: secret("another horse battery") };
    let sent: CodeSent = owner.call(Method::PUT, "/me/email", Some(&body)).await.unwrap();
    let digits = server.mailed_code(&email("countess")).await;
    assert_eq!(owner.get::<Me>("/me").await.unwrap().email, email("owner"), "until the code is entered");
    let () = owner.post("/me/email/confirm", &ConfirmEmail { code: owner.mailed(&sent, digits) }).await.unwrap();
    let me = owner.get::<Me>("/me").await.unwrap();
    assert_eq!((me.email, me.handle), (email("countess"), "countess".to_owned()));
    server.stop().await;
}

#[actix_web::test]
async fn a_session_is_ended_from_another_one() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let (mut socket, _) = owner.connect().await;
    let sent = ask_code(&owner).await;
    let digits = server.mailed_code(&email("owner")).await;
    let token = enter(&owner, &sent, digits).await.unwrap().token.unwrap();
    let http = Client::new();
    let other = |method, path: String| {
        http.request(method, format!("{}/api/v1{path}", server.url)).bearer_auth(token.expose()).send()
    };
    let listed: Sessions = other(Method::GET, "/me/sessions".to_owned()).await.unwrap().json().await.unwrap();
    let first = listed.sessions.iter().find(|one| !one.current).unwrap();
    assert_eq!(first.device_name.as_deref(), Some("laptop"));
    let path = format!("/me/sessions/{}", first.session);
    assert_eq!(other(Method::DELETE, path.clone()).await.unwrap().status(), StatusCode::NO_CONTENT);
    assert_eq!(other(Method::DELETE, path).await.unwrap().status(), StatusCode::NOT_FOUND);
    assert_eq!(socket.closed().await, CloseCode::from(4401));
    assert_eq!(owner.get::<Me>("/me").await.unwrap_err().0, StatusCode::UNAUTHORIZED);

    let everywhere = other(Method::POST, "/sign-out-everywhere".to_owned()).await.unwrap();
    assert_eq!(everywhere.status(), StatusCode::NO_CONTENT);
    assert_eq!(other(Method::GET, "/me".to_owned()).await.unwrap().status(), StatusCode::UNAUTHORIZED);
    server.stop().await;
}

#[actix_web::test]
async fn a_cookie_needs_the_origin_of_its_page_and_ends_with_signing_out() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let trusted = sign_in(&owner, PASSWORD, owner.installation, owner.trust.as_ref());
    let body = SignIn { session: SessionTransport::Cookie, ..trusted };
    let http = Client::new();
    let url = |path: &str| format!("{}/api/v1{path}", server.url);
    let signed_in = http.post(url("/sign-in")).json(&body).send().await.unwrap();
    let cookie = signed_in.headers().get(header::SET_COOKIE).unwrap().to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let SignInAnswer::SignedIn(answer) = signed_in.json().await.unwrap() else { panic!("a code was asked for") };
    assert_eq!((answer.token, answer.trust), (None, None));

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
async fn a_wrong_password_and_an_unknown_address_are_refused_alike() {
    let server = Server::start().await;
    let owner = server.owner().await;
    let mut bodies = Vec::new();
    for (address, password) in [("owner", "incorrect horse"), ("nobody", PASSWORD), ("owner", "short")] {
        let body = SignIn { email: email(address), ..sign_in(&owner, password, ELSEWHERE, None) };
        let (status, mut body) = owner.post::<SignInAnswer>("/sign-in", &body).await.unwrap_err();
        assert_eq!((status, body.code), (StatusCode::UNAUTHORIZED, ErrorCode::BadCredentials), "{address}");
        body.request_id = None;
        bodies.push(body);
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]));
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
