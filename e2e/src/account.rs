//! Accounts and sessions of native clients, through the public API.

use std::sync::OnceLock;

use igoon_shared::{
    client::Identity,
    crypto::{device::DeviceKeys, invite::InviteSecret, system_rng},
    ids::{AccountId, InstallationId, RoomId},
    protocol::{
        bytes::Blob,
        error::{ErrorBody, ErrorCode},
        http::{
            API, CodeSent, ConfirmSignIn, ConfirmSignUp, DeviceRegistered, InviteProof, MailedCode, RegisterDevice,
            SecretText, SessionTransport, SetUp, SignIn, SignInAnswer, SignUp, SignedIn, SocketTicket,
        },
    },
};
use reqwest::Method;
use serde::{Serialize, de::DeserializeOwned};

use crate::{sent::Sent, server::TestServer, sweep::Heard};

/// A password that the rules allow.
pub const PASSWORD: &str = "correct horse battery";

/// A signed-in session of one installation.
#[derive(Clone, Debug)]
pub struct Session {
    /// The server.
    pub url: String,
    /// The bearer token.
    pub token: String,
    /// Shows at later sign-ins that a code was entered.
    pub trust: Option<SecretText>,
    /// The account.
    pub account: AccountId,
    /// The installation.
    pub installation: InstallationId,
    /// The account's handle.
    pub handle: String,
    /// What the server said to it.
    pub heard: Heard,
    /// What its client gave to the server.
    pub sent: Sent,
    http: reqwest::Client,
}

/// A refusal: HTTP status and code.
pub type Refused = (u16, ErrorCode);
/// A refusal with all that it says.
pub type Said = (u16, ErrorBody);

/// The address of the person with this handle.
#[must_use]
pub fn address(handle: &str) -> String {
    format!("{handle}@example.org")
}

/// Somebody who is not signed in: an installation that talks to a server.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The server.
    pub url: String,
    /// The installation.
    pub installation: InstallationId,
    /// What the server said to it.
    pub heard: Heard,
    http: reqwest::Client,
}

impl Visitor {
    /// A new installation.
    #[must_use]
    pub fn new(url: &str) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let installation = InstallationId::random(&mut system_rng());
        Self { url: url.to_owned(), installation, heard: Heard::default(), http }
    }

    /// Makes a request.
    pub async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, Refused> {
        self.ask(path, body).await.map_err(brief)
    }

    /// Makes a request whose refusal is of interest.
    pub async fn ask<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, Said> {
        let request = self.http.post(format!("{}{API}{path}", self.url)).json(body);
        read(request.send().await.unwrap(), &self.heard).await
    }

    /// Begins the first account.
    pub async fn set_up(&self, setup_code: &str, email: &str) -> Result<CodeSent, Refused> {
        let code = SecretText::new(setup_code.to_owned());
        self.post("/setup", &SetUp { code, email: email.to_owned(), installation: self.installation }).await
    }

    /// Begins an account by invite.
    pub async fn sign_up(&self, room: RoomId, secret: &InviteSecret, email: &str) -> Result<CodeSent, Refused> {
        let invite = InviteProof {
            room,
            invite: secret.key(room),
            installation: self.installation,
            signature: Blob(secret.sign_use(room, self.installation).to_vec()),
        };
        self.post("/sign-up", &SignUp { invite, email: email.to_owned() }).await
    }

    /// A code as it came by mail.
    #[must_use]
    pub fn mailed(&self, sent: &CodeSent, digits: &str) -> MailedCode {
        MailedCode {
            challenge: sent.challenge,
            installation: self.installation,
            digits: SecretText::new(digits.to_owned()),
        }
    }

    /// Makes the account that the code is for.
    pub async fn confirm_sign_up(&self, sent: &CodeSent, digits: &str, handle: &str) -> Result<Session, Refused> {
        let body = ConfirmSignUp {
            code: self.mailed(sent, digits),
            handle: handle.to_owned(),
            password: SecretText::new(PASSWORD.to_owned()),
            session: SessionTransport::Bearer,
        };
        Ok(self.session(self.post("/sign-up/confirm", &body).await?, handle))
    }

    /// Signs in by address and password; `trust` is what an earlier session gave.
    pub async fn sign_in(
        &self,
        email: &str,
        password: &str,
        trust: Option<&SecretText>,
    ) -> Result<SignInAnswer, Refused> {
        let body = SignIn {
            email: email.to_owned(),
            password: SecretText::new(password.to_owned()),
            installation: self.installation,
            session: SessionTransport::Bearer,
            trust: trust.cloned(),
        };
        self.post("/sign-in", &body).await
    }

    /// Enters the code of a sign-in.
    pub async fn confirm_sign_in(&self, sent: &CodeSent, digits: &str, handle: &str) -> Result<Session, Refused> {
        let body = ConfirmSignIn { code: self.mailed(sent, digits), session: SessionTransport::Bearer };
        Ok(self.session(self.post("/sign-in/confirm", &body).await?, handle))
    }

    /// The session of an answer.
    #[must_use]
    pub fn session(&self, signed_in: SignedIn, handle: &str) -> Session {
        let token = signed_in.token.expect("a bearer token was asked for").expose().to_owned();
        self.heard.given("a session token", &token);
        if let Some(trust) = &signed_in.trust {
            self.heard.given("a proof of trust", trust.expose());
        }
        Session {
            url: self.url.clone(),
            token,
            trust: signed_in.trust,
            account: signed_in.account,
            installation: self.installation,
            handle: handle.to_owned(),
            heard: self.heard.clone(),
            sent: Sent::default(),
            http: self.http.clone(),
        }
    }
}

impl Session {
    /// Makes the first account.
    pub async fn set_up(server: &TestServer, handle: &str) -> Result<Self, Refused> {
        let visitor = Visitor::new(&server.url());
        let sent = visitor.set_up(&server.setup_code(), &address(handle)).await?;
        let digits = server.mailbox().code(&address(handle)).await;
        visitor.confirm_sign_up(&sent, &digits, handle).await
    }

    /// Makes an account by an invite.
    pub async fn sign_up(
        server: &TestServer,
        room: RoomId,
        secret: &InviteSecret,
        handle: &str,
    ) -> Result<Self, Refused> {
        let visitor = Visitor::new(&server.url());
        let sent = visitor.sign_up(room, secret, &address(handle)).await?;
        let digits = server.mailbox().code(&address(handle)).await;
        visitor.confirm_sign_up(&sent, &digits, handle).await
    }

    /// Signs an account in on another computer, with the code from its mailbox.
    pub async fn another(server: &TestServer, handle: &str) -> Result<Self, Refused> {
        let visitor = Visitor::new(&server.url());
        let SignInAnswer::CodeSent(sent) = visitor.sign_in(&address(handle), PASSWORD, None).await? else {
            panic!("a computer that is new was asked for no code")
        };
        let digits = server.mailbox().code(&address(handle)).await;
        visitor.confirm_sign_in(&sent, &digits, handle).await
    }

    /// The installation, as it was before it signed in.
    #[must_use]
    pub fn visitor(&self) -> Visitor {
        let (url, heard, http) = (self.url.clone(), self.heard.clone(), self.http.clone());
        Visitor { url, installation: self.installation, heard, http }
    }

    /// Makes a request of this session.
    pub async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<T, Refused> {
        self.ask(method, path, body).await.map_err(brief)
    }

    /// Makes a request of this session whose refusal is of interest.
    pub async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<T, Said> {
        let mut request = self.http.request(method, format!("{}{API}{path}", self.url)).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        read(request.send().await.unwrap(), &self.heard).await
    }

    /// Registers a device with keys shared by all clients of this process, and gives its identity.
    pub async fn register(&self) -> Identity {
        self.register_keys(process_keys()).await
    }

    /// Registers a device with these keys.
    pub async fn register_keys(&self, keys: DeviceKeys) -> Identity {
        let name = format!("{}'s computer", self.handle);
        let identity = Identity::new(self.account, self.installation, self.handle.clone(), name.clone(), keys).unwrap();
        let body = RegisterDevice {
            bundle: identity.bundle().signed().clone(),
            name,
            platform: "native test client".to_owned(),
            address: None,
        };
        let registered: DeviceRegistered = self.call(Method::PUT, "/device", Some(&body)).await.unwrap();
        assert_eq!(registered.device, identity.device());
        identity
    }

    /// A ticket for one WebSocket.
    pub async fn ticket(&self) -> Result<String, Refused> {
        let ticket: SocketTicket = self.call(Method::POST, "/socket-ticket", None::<&()>).await?;
        self.heard.given("a ticket", ticket.ticket.expose());
        Ok(ticket.ticket.expose().to_owned())
    }

    /// The HTTP client, for requests of one's own.
    #[must_use]
    pub const fn http(&self) -> &reqwest::Client {
        &self.http
    }
}

async fn read<T: DeserializeOwned>(response: reqwest::Response, heard: &Heard) -> Result<T, Said> {
    let status = response.status();
    heard.answer(format!("{:?}", response.headers()));
    let body = response.bytes().await.unwrap();
    heard.answer(body.clone());
    if status.is_success() {
        let body = if body.is_empty() { &b"null"[..] } else { &body[..] };
        return Ok(serde_json::from_slice(body).unwrap_or_else(|error| panic!("{error} in {body:?}")));
    }
    let error: ErrorBody =
        serde_json::from_slice(&body).unwrap_or_else(|error| panic!("{status} without an error body: {error}"));
    Err((status.as_u16(), error))
}

fn brief((status, body): Said) -> Refused {
    (status, body.code)
}

/// Device keys made once per process: making them takes a second, and a device's id differs by its installation anyway.
#[must_use]
pub fn process_keys() -> DeviceKeys {
    static KEYS: OnceLock<(Vec<u8>, [u8; 32])> = OnceLock::new();
    let (rsa, seed) = KEYS.get_or_init(|| {
        let (rsa, seed) = DeviceKeys::generate(&mut system_rng()).unwrap().to_parts().unwrap();
        (rsa.to_vec(), *seed)
    });
    DeviceKeys::from_parts(rsa, seed).unwrap()
}
