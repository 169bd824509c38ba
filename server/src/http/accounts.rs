//! Making accounts, signing in and out.

use actix_web::{HttpResponse, get, post, web};
use igoon_shared::{
    crypto::{invite, system_rng},
    ids::{AccountId, InstallationId},
    protocol::{
        error::ErrorCode,
        http::{InviteProof, Me, NewAccount, SessionTransport, SetUp, SignIn, SignUp, SignedIn},
    },
    time::Timestamp,
};
use subtle::ConstantTimeEq as _;

use super::{
    Service,
    caller::{self, Caller},
};
use crate::{
    accounts::{handle::Handle, secrets, setup_code},
    error::Error,
    store::{
        Connection, StoreError,
        db::models::{accounts, invites, rooms, sessions, setup},
    },
};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

#[post("/setup")]
pub(super) async fn set_up(service: web::Data<Service>, body: web::Json<SetUp>) -> Result<HttpResponse, Error> {
    let SetUp { code, account } = body.into_inner();
    let code = setup_code::recognise(code.expose()).ok_or(ErrorCode::BadSetupCode)?;
    let fits = move |stored: Option<Vec<u8>>| stored.is_some_and(|stored| stored.ct_eq(&code.0).into());
    // Looked at before the password is hashed, and once more in the transaction that uses it up.
    if !fits(service.store.read(setup::setup_code_hash).await?) {
        return Err(ErrorCode::BadSetupCode.into());
    }
    let newcomer = Newcomer::new(&service, account, true).await?;
    newcomer
        .create(&service, ErrorCode::BadSetupCode, move |db, _| {
            let is_first = !accounts::any_exists(db)?;
            Ok(is_first && fits(setup::setup_code_hash(db)?) && setup::consume_setup(db)?)
        })
        .await
}

#[post("/sign-up")]
pub(super) async fn sign_up(service: web::Data<Service>, body: web::Json<SignUp>) -> Result<HttpResponse, Error> {
    let SignUp { invite: proof, account } = body.into_inner();
    if proof.installation != account.installation {
        return Err(Error::invalid("installation", "The invite was shown for another installation"));
    }
    check_proof(&service, &proof).await?;
    let newcomer = Newcomer::new(&service, account, false).await?;
    let InviteProof { room, invite, .. } = proof;
    newcomer
        .create(&service, ErrorCode::InviteNotValid, move |db, now| invites::count_account_made(db, room, invite, now))
        .await
}

/// Whether the caller holds the link of an invite that is open; gives what the store has of it.
pub(super) async fn check_proof(service: &Service, proof: &InviteProof) -> Result<invites::Invite, Error> {
    let InviteProof { room, invite: key, installation, signature } = proof;
    invite::verify_use(*key, *room, *installation, &signature.0).map_err(|_| ErrorCode::InviteNotValid)?;
    let (room, key, now) = (*room, *key, service.clock.now());
    let invite = service.store.read(move |db| invites::get(db, room, key)).await?;
    invite
        .filter(|invite| invite.uses_left > 0 && now < invite.expires_at)
        .ok_or_else(|| ErrorCode::InviteNotValid.into())
}

#[post("/sign-in")]
pub(super) async fn sign_in(service: web::Data<Service>, body: web::Json<SignIn>) -> Result<HttpResponse, Error> {
    let SignIn { handle, password, installation, session } = body.into_inner();
    // The same work and the same answer, whether or not there is such an account.
    let account = match Handle::parse(&handle) {
        Ok(handle) => service.store.read(move |db| accounts::by_handle_key(db, handle.key())).await?,
        Err(_) => None,
    };
    let (id, stored) = account.map(|account| (account.id, account.password_hash)).unzip();
    // Limits per source and per handle belong here.
    let known = service.passwords.verify(password, stored).await?;
    let account = id.filter(|_| known).ok_or(ErrorCode::BadCredentials)?;
    let fresh = FreshSession::new(&service, account, installation, session);
    let row = fresh.row();
    service.store.write(move |db| sessions::create(db, &row)).await?;
    Ok(fresh.answer(&service))
}

#[post("/sign-out")]
pub(super) async fn sign_out(service: web::Data<Service>, caller: Caller) -> Result<HttpResponse, Error> {
    let (token, now) = (caller.token, service.clock.now());
    service.store.write(move |db| sessions::revoke(db, &token.0, now)).await?;
    if let Some(device) = caller.session.device {
        service.directory.signed_out(device, token);
    }
    Ok(HttpResponse::NoContent().cookie(caller::no_cookie()).finish())
}

#[get("/me")]
pub(super) async fn me(service: web::Data<Service>, caller: Caller) -> Result<web::Json<Me>, Error> {
    let account = caller.account();
    let rooms = service.store.read(move |db| rooms::of_account(db, account)).await?;
    let session = caller.session;
    Ok(web::Json(Me {
        account,
        handle: session.handle,
        server_owner: session.server_owner,
        installation: session.installation,
        device: session.device,
        rooms,
    }))
}

/// An account that is about to be made, with its first session.
struct Newcomer {
    handle: Handle,
    password_hash: String,
    server_owner: bool,
    session: FreshSession,
}

impl Newcomer {
    async fn new(service: &Service, account: NewAccount, server_owner: bool) -> Result<Self, Error> {
        let NewAccount { handle, password, installation, session } = account;
        let handle = Handle::parse(&handle).map_err(|_| {
            Error::invalid("handle", "A handle has 2 to 32 letters, digits, dots, underscores or hyphens")
        })?;
        let password_hash = service.passwords.hash(password).await?;
        let account = AccountId::random(&mut system_rng());
        let session = FreshSession::new(service, account, installation, session);
        Ok(Self { handle, password_hash, server_owner, session })
    }

    /// Makes account and session in one job, if `permit` says so there.
    async fn create(
        self,
        service: &Service,
        otherwise: ErrorCode,
        permit: impl Fn(&mut Connection, Timestamp) -> Result<bool, StoreError> + Send + 'static,
    ) -> Result<HttpResponse, Error> {
        let Self { handle, password_hash, server_owner, session } = self;
        let row = session.row();
        let made = service.store.write(move |db| {
            let new = accounts::NewAccount {
                id: row.account,
                handle: handle.text(),
                handle_key: handle.key(),
                password_hash: &password_hash,
                server_owner,
                created_at: row.created_at,
            };
            if !permit(db, row.created_at)? {
                return Ok(false);
            }
            accounts::create(db, &new)?;
            sessions::create(db, &row)?;
            Ok(true)
        });
        if made.await? { Ok(session.answer(service)) } else { Err(otherwise.into()) }
    }
}

/// A session that is about to be made.
struct FreshSession {
    account: AccountId,
    installation: InstallationId,
    transport: SessionTransport,
    token: igoon_shared::protocol::http::SecretText,
    hash: secrets::SecretHash,
    created_at: Timestamp,
    expires_at: Timestamp,
}

impl FreshSession {
    fn new(service: &Service, account: AccountId, installation: InstallationId, transport: SessionTransport) -> Self {
        let (token, hash) = secrets::fresh();
        let created_at = service.clock.now();
        let expires_at = created_at.plus_millis(i64::from(service.config.session_days).saturating_mul(DAY_MS));
        Self { account, installation, transport, token, hash, created_at, expires_at }
    }

    const fn row(&self) -> sessions::NewSession {
        sessions::NewSession {
            token_hash: self.hash.0,
            account: self.account,
            installation: self.installation,
            created_at: self.created_at,
            expires_at: self.expires_at,
        }
    }

    fn answer(self, service: &Service) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        let token = match self.transport {
            SessionTransport::Bearer => Some(self.token),
            SessionTransport::Cookie => {
                response.cookie(caller::cookie(&self.token, service.config.session_days));
                None
            }
        };
        response.json(SignedIn { account: self.account, token })
    }
}
