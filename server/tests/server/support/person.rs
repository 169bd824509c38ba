//! Somebody with an account and a device, and their requests.

use std::sync::LazyLock;

use igoon_shared::{
    crypto::{bundle::Bundle, device::DeviceKeys, system_rng},
    ids::{AccountId, DeviceId, InstallationId, RoomId},
    presence::Availability,
    protocol::{
        error::{ErrorBody, ErrorCode},
        http::{
            API, Append, Appended, ChooseAvailability, CodeSent, ConfirmSignIn, ConfirmSignUp, DeviceRegistered,
            MailedCode, RegisterDevice, SecretText, SessionTransport, SignIn, SignInAnswer, SignedIn,
        },
    },
};
use rand_core::Rng as _;
use reqwest::{Method, StatusCode};
use serde::{Serialize, de::DeserializeOwned};

use super::*;
use crate::document::expect_documented;

/// Making an RSA pair takes a second; here all devices share one, and differ in their Ed25519 keys.
static RSA: LazyLock<Vec<u8>> =
    LazyLock::new(|| DeviceKeys::generate(&mut system_rng()).unwrap().to_parts().unwrap().0.to_vec());

pub(crate) fn fresh_keys() -> DeviceKeys {
    let mut seed = [0; 32];
    system_rng().fill_bytes(&mut seed);
    DeviceKeys::from_parts(&RSA, &seed).unwrap()
}

/// Somebody who is signed in by bearer token, with a registered device.
pub(crate) struct Person {
    pub(super) url: String,
    http: reqwest::Client,
    pub(crate) handle: String,
    pub(crate) installation: InstallationId,
    pub(crate) keys: DeviceKeys,
    pub(crate) token: String,
    pub(crate) trust: Option<SecretText>,
    pub(crate) account: AccountId,
    pub(crate) bundle: Option<Bundle>,
}

/// A refusal as it came.
pub(crate) type Refused = (StatusCode, ErrorBody);

impl Person {
    pub(super) fn new(server: &Server, handle: &str) -> Self {
        Self {
            url: server.url.clone(),
            http: reqwest::Client::new(),
            handle: handle.to_owned(),
            installation: InstallationId::random(&mut system_rng()),
            keys: fresh_keys(),
            token: String::new(),
            trust: None,
            account: AccountId::from_bytes([0; 16]),
            bundle: None,
        }
    }

    pub(crate) async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, Refused> {
        self.call(Method::POST, path, Some(body)).await
    }

    /// A code as it came by mail.
    pub(crate) fn mailed(&self, sent: &CodeSent, digits: SecretText) -> MailedCode {
        MailedCode { challenge: sent.challenge, installation: self.installation, digits }
    }

    /// Makes the account that a code is for.
    pub(super) async fn confirm(mut self, server: &Server, sent: &CodeSent) -> Self {
        let digits = server.mailed_code(&email(&self.handle)).await;
        let body = ConfirmSignUp {
            code: self.mailed(sent, digits),
            handle: self.handle.clone(),
            password: secret(PASSWORD),
            session: SessionTransport::Bearer,
        };
        let signed_in: SignedIn = self.post("/sign-up/confirm", &body).await.unwrap();
        self.account = signed_in.account;
        self.token = signed_in.token.unwrap().expose().to_owned();
        self.trust = signed_in.trust;
        self
    }

    /// Tells the server this computer's keys.
    pub(crate) async fn register(&self) -> Bundle {
        let bundle = self.keys.bundle(self.account, self.installation).unwrap();
        let body = RegisterDevice {
            bundle: bundle.clone(),
            name: "laptop".to_owned(),
            platform: "test".to_owned(),
            address: None,
        };
        let registered: DeviceRegistered = self.call(Method::PUT, "/device", Some(&body)).await.unwrap();
        let bundle = Bundle::verify(&bundle).unwrap();
        assert_eq!(bundle.device(), registered.device);
        bundle
    }

    /// The same person, signed in on another computer that has no keys yet.
    pub(crate) async fn another_session(&self, server: &Server) -> Self {
        let mut other = Self::new(server, &self.handle);
        let body = SignIn {
            email: email(&self.handle),
            password: secret(PASSWORD),
            installation: other.installation,
            session: SessionTransport::Bearer,
            trust: None,
        };
        let SignInAnswer::CodeSent(sent) = other.post("/sign-in", &body).await.unwrap() else { panic!("no code") };
        let code = other.mailed(&sent, server.mailed_code(&email(&self.handle)).await);
        let body = ConfirmSignIn { code, session: SessionTransport::Bearer };
        let signed_in: SignedIn = other.post("/sign-in/confirm", &body).await.unwrap();
        other.account = signed_in.account;
        other.token = signed_in.token.unwrap().expose().to_owned();
        other.trust = signed_in.trust;
        other
    }

    /// The same person at another computer of theirs.
    pub(crate) async fn another_computer(&self, server: &Server) -> Self {
        let mut other = self.another_session(server).await;
        other.bundle = Some(other.register().await);
        other
    }

    /// Says what this account wants to be to others.
    pub(crate) async fn choose(&self, availability: Availability) {
        let body = ChooseAvailability { availability };
        self.call::<()>(Method::PUT, "/availability", Some(&body)).await.unwrap();
    }

    /// The same person at a server that was started again.
    pub(crate) fn at(self, server: &Server) -> Self {
        Self { url: server.url.clone(), ..self }
    }

    pub(crate) fn device(&self) -> DeviceId {
        self.bundle.as_ref().unwrap().device()
    }

    pub(crate) async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<T, Refused> {
        let mut request = self.http.request(method.clone(), format!("{}{API}{path}", self.url));
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.unwrap();
        let status = response.status();
        let bytes = response.bytes().await.unwrap();
        expect_documented(&method, &format!("{API}{path}"), status, &bytes);
        if status == StatusCode::NO_CONTENT {
            Ok(serde_json::from_str("null").unwrap())
        } else if status.is_success() {
            Ok(serde_json::from_slice(&bytes).unwrap())
        } else {
            Err((status, serde_json::from_slice(&bytes).unwrap()))
        }
    }

    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Refused> {
        self.call(Method::GET, path, None::<&()>).await
    }

    pub(crate) async fn append(&self, room: RoomId, append: &Append) -> Result<Appended, ErrorCode> {
        self.call(Method::POST, &format!("/rooms/{room}/log"), Some(append)).await.map_err(|(_, body)| body.code)
    }
}
