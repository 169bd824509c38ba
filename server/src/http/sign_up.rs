//! Making accounts: the first with the set-up code, the others by invite; each by a code to its address.

use actix_web::{HttpRequest, HttpResponse, post, web};
use igoon_shared::{
    crypto::{invite, system_rng},
    ids::AccountId,
    protocol::{
        error::ErrorCode,
        http::{CodeSent, ConfirmSignUp, InviteProof, SetUp, SignUp, SignedIn},
    },
};
use subtle::ConstantTimeEq as _;

use super::{
    Service, codes,
    codes::Ask,
    sessions::{FreshSession, Trust},
    source::Source,
};
use crate::{
    accounts::{email::Email, handle::Handle, password, setup_code},
    error::Error,
    store::{
        StoreError,
        db::models::{
            accounts, challenges,
            challenges::{Challenge, Purpose},
            invites, setup,
        },
    },
};

/// Begins the first account, which owns the server: mails a code.
///
/// Goes on with `POST /api/v1/sign-up/confirm`.
#[utoipa::path(
    tag = "Accounts",
    security(()),
    responses((status = OK, body = CodeSent)),
    extensions(("x-refuses" = json!([ErrorCode::BadSetupCode, ErrorCode::Invalid])))
)]
#[post("/setup")]
pub(super) async fn set_up(
    service: web::Data<Service>,
    source: Source,
    body: web::Json<SetUp>,
) -> Result<web::Json<CodeSent>, Error> {
    let SetUp { code, email, installation } = body.into_inner();
    let code = setup_code::recognise(code.expose()).ok_or(ErrorCode::BadSetupCode)?;
    let stored = service.store.read(setup::setup_code_hash).await?;
    if !stored.is_some_and(|stored| stored.ct_eq(&code.0).into()) {
        return Err(ErrorCode::BadSetupCode.into());
    }
    let email = Email::parse(&email).map_err(|rule| Error::invalid("email", rule))?;
    let ask = Ask { purpose: Purpose::SetUp, email, installation, account: None, invite: None, counts: true };
    Ok(web::Json(codes::mail(&service, source, ask).await?))
}

/// Begins an account, for who holds an invite link: mails a code.
///
/// The same answer whether or not there is an account with that address. Goes on with `POST /api/v1/sign-up/confirm`.
#[utoipa::path(
    tag = "Accounts",
    security(()),
    responses((status = OK, body = CodeSent)),
    extensions(("x-refuses" = json!([ErrorCode::InviteNotValid, ErrorCode::Invalid])))
)]
#[post("/sign-up")]
pub(super) async fn sign_up(
    service: web::Data<Service>,
    source: Source,
    body: web::Json<SignUp>,
) -> Result<web::Json<CodeSent>, Error> {
    let SignUp { invite: proof, email } = body.into_inner();
    check_proof(&service, &proof).await?;
    let email = Email::parse(&email).map_err(|rule| Error::invalid("email", rule))?;
    let key = email.key().to_owned();
    let account = service.store.read(move |db| accounts::by_email_key(db, &key)).await?.map(|account| account.id);
    let ask = Ask {
        purpose: Purpose::SignUp,
        email,
        installation: proof.installation,
        account,
        invite: Some((proof.room, proof.invite)),
        counts: account.is_none(),
    };
    Ok(web::Json(codes::mail(&service, source, ask).await?))
}

/// Whether the caller holds the link of an invite that is open; gives what the store has of it.
pub(super) async fn check_proof(service: &Service, proof: &InviteProof) -> Result<invites::Invite, Error> {
    let InviteProof { room, invite: key, installation, signature } = proof;
    invite::verify_use(*key, *room, *installation, &signature.0).map_err(|_| ErrorCode::InviteNotValid)?;
    let (room, key, now) = (*room, *key, service.clock.now());
    let invite = service.store.read(move |db| invites::get(db, room, key)).await?;
    invite.filter(|invite| invite.is_open(now)).ok_or_else(|| ErrorCode::InviteNotValid.into())
}

/// Makes the account that a code was mailed for, and signs in.
#[utoipa::path(
    operation_id = "confirm_sign_up",
    tag = "Accounts",
    security(()),
    responses((status = OK, body = SignedIn)),
    extensions(("x-refuses" = json!([
        ErrorCode::Invalid, ErrorCode::CodeExpired, ErrorCode::BadCode, ErrorCode::TooManyTries,
        ErrorCode::BadSetupCode, ErrorCode::InviteNotValid, ErrorCode::HandleTaken, ErrorCode::EmailTaken
    ])))
)]
#[post("/sign-up/confirm")]
pub(super) async fn confirm(
    service: web::Data<Service>,
    request: HttpRequest,
    body: web::Json<ConfirmSignUp>,
) -> Result<HttpResponse, Error> {
    let ConfirmSignUp { code, handle, password, session } = body.into_inner();
    // What can be said without the code, and costs nothing, comes first.
    let handle = Handle::parse(&handle).map_err(|rule| Error::invalid("handle", rule))?;
    password::check_length(&password).map_err(|rule| Error::invalid("password", rule))?;
    let challenge = codes::enter(&service, code, &[Purpose::SetUp, Purpose::SignUp]).await?;
    let made = make(&service, challenge.clone(), handle, password, Trust::of(&request, session)).await;
    if made.is_err() {
        // The code stands: the person chooses another handle, or comes back when the server is less busy.
        codes::give_back(&service, challenge).await?;
    }
    made
}

async fn make(
    service: &Service,
    challenge: Challenge,
    handle: Handle,
    password: igoon_shared::protocol::http::SecretText,
    trust: Trust,
) -> Result<HttpResponse, Error> {
    let known = [handle.text().to_owned(), challenge.email.clone()];
    let password_hash = service.hashing.hash_new(password, known).await?;
    let account = AccountId::random(&mut system_rng());
    let fresh = FreshSession::new(service, account, challenge.installation, trust);
    let row = fresh.row();
    let trusted = fresh.trusted();
    let made = service.store.write(move |db| {
        let now = row.created_at;
        if !challenges::use_up(db, &challenge, now)? {
            return Ok(Err(ErrorCode::CodeExpired));
        }
        let permitted = match (challenge.purpose, challenge.invite) {
            (Purpose::SetUp, _) => {
                (!accounts::any_exists(db)? && setup::consume_setup(db)?).then_some(()).ok_or(ErrorCode::BadSetupCode)
            }
            (_, Some((room, invite))) => {
                invites::count_account_made(db, room, invite, now)?.then_some(()).ok_or(ErrorCode::InviteNotValid)
            }
            (_, None) => Err(ErrorCode::InviteNotValid),
        };
        if let Err(code) = permitted {
            return Ok(Err(code));
        }
        let new = accounts::NewAccount {
            id: row.account,
            email: &challenge.email,
            email_key: &challenge.email_key,
            handle: handle.text(),
            handle_key: handle.key(),
            password_hash: &password_hash,
            server_owner: challenge.purpose == Purpose::SetUp,
            created_at: now,
        };
        accounts::create(db, &new)?;
        trusted.note(db)?;
        super::sessions::create(db, &row)?;
        Ok::<_, StoreError>(Ok(()))
    });
    made.await??;
    Ok(fresh.answer(service))
}
