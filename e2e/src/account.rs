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
            API, DeviceRegistered, InviteProof, NewAccount, RegisterDevice, SecretText, SessionTransport, SetUp,
            SignIn, SignUp, SignedIn, SocketTicket,
        },
    },
};
use reqwest::Method;
use serde::{Serialize, de::DeserializeOwned};

/// A password that the rules allow.
pub const PASSWORD: &str = "correct horse battery";

/// A signed-in session of one installation.
#[derive(Clone, Debug)]
pub struct Session {
    /// The server.
    pub url: String,
    /// The bearer token.
    pub token: String,
    /// The account.
    pub account: AccountId,
    /// The installation.
    pub installation: InstallationId,
    /// The account's handle.
    pub handle: String,
    http: reqwest::Client,
}

/// A refusal: HTTP status and code.
pub type Refused = (u16, ErrorCode);

impl Session {
    /// Makes the first account.
    pub async fn set_up(url: &str, code: &str, handle: &str) -> Result<Self, Refused> {
        let installation = InstallationId::random(&mut system_rng());
        let body = SetUp { code: SecretText::new(code.to_owned()), account: new_account(handle, installation) };
        Self::open(url, "/setup", &body, handle, installation).await
    }

    /// Makes an account by an invite.
    pub async fn sign_up(url: &str, room: RoomId, secret: &InviteSecret, handle: &str) -> Result<Self, Refused> {
        let installation = InstallationId::random(&mut system_rng());
        let invite = InviteProof {
            room,
            invite: secret.key(room),
            installation,
            signature: Blob(secret.sign_use(room, installation).to_vec()),
        };
        let body = SignUp { invite, account: new_account(handle, installation) };
        Self::open(url, "/sign-up", &body, handle, installation).await
    }

    /// Signs in to an account that exists.
    pub async fn sign_in(
        url: &str,
        handle: &str,
        password: &str,
        installation: InstallationId,
    ) -> Result<Self, Refused> {
        let body = SignIn {
            handle: handle.to_owned(),
            password: SecretText::new(password.to_owned()),
            installation,
            session: SessionTransport::Bearer,
        };
        Self::open(url, "/sign-in", &body, handle, installation).await
    }

    async fn open(
        url: &str,
        path: &str,
        body: &impl Serialize,
        handle: &str,
        installation: InstallationId,
    ) -> Result<Self, Refused> {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let response = http.post(format!("{url}{API}{path}")).json(body).send().await.unwrap();
        let signed_in: SignedIn = read(response).await?;
        Ok(Self {
            url: url.to_owned(),
            token: signed_in.token.expect("a bearer token was asked for").expose().to_owned(),
            account: signed_in.account,
            installation,
            handle: handle.to_owned(),
            http,
        })
    }

    /// Makes a request of this session.
    pub async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<T, Refused> {
        let mut request = self.http.request(method, format!("{}{API}{path}", self.url)).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        read(request.send().await.unwrap()).await
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
        };
        let registered: DeviceRegistered = self.call(Method::PUT, "/device", Some(&body)).await.unwrap();
        assert_eq!(registered.device, identity.device());
        identity
    }

    /// A ticket for one WebSocket.
    pub async fn ticket(&self) -> Result<String, Refused> {
        let ticket: SocketTicket = self.call(Method::POST, "/socket-ticket", None::<&()>).await?;
        Ok(ticket.ticket.expose().to_owned())
    }

    /// The HTTP client, for requests of one's own.
    #[must_use]
    pub const fn http(&self) -> &reqwest::Client {
        &self.http
    }
}

fn new_account(handle: &str, installation: InstallationId) -> NewAccount {
    NewAccount {
        handle: handle.to_owned(),
        password: SecretText::new(PASSWORD.to_owned()),
        installation,
        session: SessionTransport::Bearer,
    }
}

async fn read<T: DeserializeOwned>(response: reqwest::Response) -> Result<T, Refused> {
    let status = response.status();
    let body = response.bytes().await.unwrap();
    if status.is_success() {
        let body = if body.is_empty() { &b"null"[..] } else { &body[..] };
        return Ok(serde_json::from_slice(body).unwrap_or_else(|error| panic!("{error} in {body:?}")));
    }
    let error: ErrorBody =
        serde_json::from_slice(&body).unwrap_or_else(|error| panic!("{status} without an error body: {error}"));
    Err((status.as_u16(), error.code))
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
