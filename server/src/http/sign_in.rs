//! Signing in: by password alone where a code was entered before, else by password and code; and by code and a new password
//! where the old one is lost.

use actix_web::{HttpRequest, HttpResponse, post, web};
use igoon_shared::{
    ids::AccountId,
    protocol::{
        error::ErrorCode,
        http::{CodeSent, ConfirmReset, ConfirmSignIn, ResetPassword, SecretText, SignIn, SignInAnswer, SignedIn},
    },
};

use super::{
    Service, codes,
    codes::Ask,
    sessions::{self, FreshSession, Trust},
    source::Source,
};
use crate::{
    accounts::{email::Email, password, secrets},
    error::Error,
    store::{
        StoreError,
        db::models::{accounts, challenges, challenges::Purpose, sessions as session_rows, trusted},
    },
};

/// Signs in by password; from an installation that is not trusted, mails a code.
///
/// Then it goes on with `POST /api/v1/sign-in/confirm`.
#[utoipa::path(
    tag = "Accounts",
    security(()),
    responses((status = OK, body = SignInAnswer)),
    extensions(("x-refuses" = json!([ErrorCode::Invalid, ErrorCode::BadCredentials])))
)]
#[post("/sign-in")]
pub(super) async fn sign_in(
    service: web::Data<Service>,
    source: Source,
    request: HttpRequest,
    body: web::Json<SignIn>,
) -> Result<HttpResponse, Error> {
    let SignIn { email, password, installation, session, trust } = body.into_inner();
    let email = Email::parse(&email).map_err(|rule| Error::invalid("email", rule))?;
    let shown = match trust {
        Some(trust) => secrets::recognise(trust.expose()),
        None => super::caller::trust_cookie(&request),
    };
    let key = email.key().to_owned();
    // The same reads, the same work and the same answer, whether or not there is such an account.
    let (account, trusted) = service
        .store
        .read(move |db| {
            let account = accounts::by_email_key(db, &key)?;
            let id = account.as_ref().map_or(AccountId::from_bytes([0; 16]), |account| account.id);
            let trusted = match shown {
                Some(shown) => trusted::is_trusted(db, id, &shown.0, installation)?,
                None => false,
            };
            Ok((account, trusted))
        })
        .await?;
    // Guesses from elsewhere never shut out who entered a code here before.
    let own = shown.filter(|_| trusted);
    let place = service.hashing.queue()?;
    service.account_limits.sign_in(source.bucket(), &email, own.as_ref().map(|shown| &shown.0))?;
    let (account, stored) = account.map(|account| ((account.id, account.email), account.password_hash)).unzip();
    let known = place.verify(password, stored).await?;
    let (account, address) = account.filter(|_| known).ok_or(ErrorCode::BadCredentials)?;
    if !trusted {
        let (purpose, email) = (Purpose::SignIn, as_stored(&address, email));
        let ask = Ask { purpose, email, installation, account: Some(account), invite: None, counts: true };
        let sent = codes::mail(&service, source, ask).await?;
        return Ok(HttpResponse::Ok().json(SignInAnswer::CodeSent(sent)));
    }
    let fresh = FreshSession::new(&service, account, installation, Trust::Known(session));
    let row = fresh.row();
    let signed_in = service.store.write(move |db| {
        accounts::note_sign_in(db, account, row.created_at)?;
        sessions::create(db, &row)
    });
    signed_in.await?;
    Ok(fresh.answer_to_sign_in(&service))
}

/// Signs in with the code that was mailed.
#[utoipa::path(
    operation_id = "confirm_sign_in",
    tag = "Accounts",
    security(()),
    responses((status = OK, body = SignedIn)),
    extensions(("x-refuses" = json!(codes::REFUSED)))
)]
#[post("/sign-in/confirm")]
pub(super) async fn confirm(
    service: web::Data<Service>,
    request: HttpRequest,
    body: web::Json<ConfirmSignIn>,
) -> Result<HttpResponse, Error> {
    let ConfirmSignIn { code, session } = body.into_inner();
    let challenge = codes::enter(&service, code, &[Purpose::SignIn]).await?;
    let account = challenge.account.ok_or(ErrorCode::CodeExpired)?;
    let fresh = FreshSession::new(&service, account, challenge.installation, Trust::of(&request, session));
    let (row, trusted) = (fresh.row(), fresh.trusted());
    let signed_in = service.store.write(move |db| {
        if !challenges::use_up(db, &challenge, row.created_at)? {
            return Ok(false);
        }
        trusted.note(db)?;
        accounts::note_sign_in(db, account, row.created_at)?;
        sessions::create(db, &row)?;
        Ok(true)
    });
    if signed_in.await? { Ok(fresh.answer(&service)) } else { Err(ErrorCode::CodeExpired.into()) }
}

/// Mails a code for a new password.
///
/// The same answer whether or not there is an account with that address. Goes on with
/// `POST /api/v1/password-reset/confirm`.
#[utoipa::path(
    operation_id = "reset_password",
    tag = "Accounts",
    security(()),
    responses((status = OK, body = CodeSent)),
    extensions(("x-refuses" = json!([ErrorCode::Invalid])))
)]
#[post("/password-reset")]
pub(super) async fn reset(
    service: web::Data<Service>,
    source: Source,
    body: web::Json<ResetPassword>,
) -> Result<web::Json<CodeSent>, Error> {
    let ResetPassword { email, installation } = body.into_inner();
    let email = Email::parse(&email).map_err(|rule| Error::invalid("email", rule))?;
    let key = email.key().to_owned();
    let found = service.store.read(move |db| accounts::by_email_key(db, &key)).await?;
    let (account, address) = found.map(|account| (account.id, account.email)).unzip();
    let (counts, email) = (account.is_some(), as_stored(address.as_deref().unwrap_or_default(), email));
    let ask = Ask { purpose: Purpose::Reset, email, installation, account, invite: None, counts };
    Ok(web::Json(codes::mail(&service, source, ask).await?))
}

/// The address as the account has it: to a mail server that tells upper from lower case, what was typed may be somebody
/// else's mailbox.
fn as_stored(stored: &str, typed: Email) -> Email {
    Email::parse(stored).unwrap_or(typed)
}

/// Sets a new password with the code that was mailed; ends all sessions but the one that it makes.
#[utoipa::path(
    tag = "Accounts",
    security(()),
    responses((status = OK, body = SignedIn)),
    extensions(("x-refuses" = json!(codes::REFUSED)))
)]
#[post("/password-reset/confirm")]
pub(super) async fn confirm_reset(
    service: web::Data<Service>,
    body: web::Json<ConfirmReset>,
) -> Result<HttpResponse, Error> {
    let ConfirmReset { code, password, session } = body.into_inner();
    password::check_length(&password).map_err(|rule| Error::invalid("password", rule))?;
    let challenge = codes::enter(&service, code, &[Purpose::Reset]).await?;
    let account = challenge.account.ok_or(ErrorCode::CodeExpired)?;
    let hash = match new_hash(&service, account, password).await {
        Ok(hash) => hash,
        Err(error) => {
            // The code stands: the person chooses another password, or comes back when the server is less busy.
            codes::give_back(&service, challenge).await?;
            return Err(error);
        }
    };
    // What was shown before may be in other hands.
    let fresh = FreshSession::new(&service, account, challenge.installation, Trust::Given(session, None));
    let (row, trust) = (fresh.row(), fresh.trusted());
    let done = service.store.write(move |db| {
        let now = row.created_at;
        if !challenges::use_up(db, &challenge, now)? {
            return Ok(None);
        }
        accounts::set_password(db, account, &hash, now)?;
        accounts::note_sign_in(db, account, now)?;
        trusted::forget_all(db, account)?;
        let ended = session_rows::revoke_all(db, account, None, now)?;
        trust.note(db)?;
        sessions::create(db, &row)?;
        Ok::<_, StoreError>(Some(ended))
    });
    let ended = done.await?.ok_or(ErrorCode::CodeExpired)?;
    sessions::close(&service, ended).await?;
    Ok(fresh.answer(&service))
}

/// The hash of a new password, if what is known of its account does not make it easy to guess.
async fn new_hash(service: &Service, account: AccountId, password: SecretText) -> Result<String, Error> {
    let account = service.store.read(move |db| accounts::by_id(db, account)).await?.ok_or(ErrorCode::CodeExpired)?;
    Ok(service.hashing.hash_new(password, [account.handle, account.email]).await?)
}
