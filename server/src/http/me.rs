//! One's own account: what it is, and changing it.

use actix_web::{HttpRequest, HttpResponse, get, post, put, web};
use igoon_shared::protocol::{
    error::ErrorCode,
    http::{ChangeEmail, ChangeHandle, ChangePassword, CodeSent, ConfirmEmail, Me, SecretText},
};

use super::{DAY_MS, Service, caller, caller::Caller, codes, codes::Ask, sessions, source::Source};
use crate::{
    accounts::{email::Email, handle::Handle, password},
    error::Error,
    store::{
        StoreError,
        db::models::{
            accounts::{self, Account},
            challenges::{self, Purpose},
            outbox::{self, Kind, NewMail},
            rooms, sessions as session_rows,
        },
    },
};

/// The account, and what the session stands for.
#[utoipa::path(tag = "Accounts", security(("cookie" = []), ("bearer" = [])), responses((status = OK, body = Me)))]
#[get("/me")]
pub(super) async fn me(
    service: web::Data<Service>,
    caller: Caller,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let account = caller.account();
    let found = service.store.read(move |db| Ok((accounts::by_id(db, account)?, rooms::of_account(db, account)?)));
    let (found, rooms) = found.await?;
    let found = found.ok_or(ErrorCode::NotSignedIn)?;
    let may_create_rooms = service.may_create_rooms(&caller);
    let session = caller.session;
    let mut response = HttpResponse::Ok();
    if let Some(token) = caller::cookie_text(&request).filter(|_| !caller::has_bearer(&request)) {
        // A browser forgets a cookie after some time, however often it is used.
        response.cookie(caller::cookie(&token));
    }
    Ok(response.json(Me {
        account,
        email: found.email,
        handle: found.handle,
        created_at: found.created_at,
        server_owner: found.server_owner,
        may_create_rooms,
        session: session.id,
        installation: session.installation,
        device: session.device,
        rooms,
    }))
}

/// Changes the handle.
#[utoipa::path(
    tag = "Accounts",
    security(("cookie" = []), ("bearer" = [])),
    responses((status = NO_CONTENT)),
    extensions(("x-refuses" = json!([ErrorCode::Invalid, ErrorCode::HandleTaken])))
)]
#[put("/me/handle")]
pub(super) async fn change_handle(
    service: web::Data<Service>,
    caller: Caller,
    body: web::Json<ChangeHandle>,
) -> Result<HttpResponse, Error> {
    let handle = Handle::parse(&body.handle).map_err(|rule| Error::invalid("handle", rule))?;
    let account = caller.account();
    service.store.write(move |db| accounts::set_handle(db, account, handle.text(), handle.key())).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Changes the password; ends the other sessions.
#[utoipa::path(
    tag = "Accounts",
    security(("cookie" = []), ("bearer" = [])),
    responses((status = NO_CONTENT)),
    extensions(("x-refuses" = json!([ErrorCode::Invalid, ErrorCode::BadCredentials])))
)]
#[put("/me/password")]
pub(super) async fn change_password(
    service: web::Data<Service>,
    caller: Caller,
    body: web::Json<ChangePassword>,
) -> Result<HttpResponse, Error> {
    let ChangePassword { current, password } = body.into_inner();
    password::check_length(&password).map_err(|rule| Error::invalid("password", rule))?;
    let known = check_password(&service, &caller, current).await?;
    let hash = service.hashing.hash_new(password, [known.handle, known.email]).await?;
    let (account, token, now) = (caller.account(), caller.token, service.clock.now());
    let changed = service.store.write(move |db| {
        accounts::set_password(db, account, &hash, now)?;
        session_rows::revoke_all(db, account, Some(&token.0), now)
    });
    sessions::close(&service, changed.await?).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Mails a code to a new address, which counts once `POST /api/v1/me/email/confirm` has it.
#[utoipa::path(
    tag = "Accounts",
    security(("cookie" = []), ("bearer" = [])),
    responses((status = OK, body = CodeSent)),
    extensions(("x-refuses" = json!([ErrorCode::Invalid, ErrorCode::BadCredentials])))
)]
#[put("/me/email")]
pub(super) async fn change_email(
    service: web::Data<Service>,
    source: Source,
    caller: Caller,
    body: web::Json<ChangeEmail>,
) -> Result<web::Json<CodeSent>, Error> {
    let ChangeEmail { email, current } = body.into_inner();
    let email = Email::parse(&email).map_err(|rule| Error::invalid("email", rule))?;
    check_password(&service, &caller, current).await?;
    let key = email.key().to_owned();
    let taken = service.store.read(move |db| accounts::by_email_key(db, &key)).await?;
    let ask = Ask {
        purpose: Purpose::ChangeEmail,
        email,
        installation: caller.session.installation,
        account: Some(caller.account()),
        invite: None,
        counts: taken.is_none_or(|taken| taken.id == caller.account()),
    };
    Ok(web::Json(codes::mail(&service, source, ask).await?))
}

/// Changes the address to the one that the code was mailed to.
#[utoipa::path(
    tag = "Accounts",
    security(("cookie" = []), ("bearer" = [])),
    responses((status = NO_CONTENT)),
    extensions(("x-refuses" = json!([
        ErrorCode::Invalid, ErrorCode::CodeExpired, ErrorCode::BadCode, ErrorCode::TooManyTries,
        ErrorCode::EmailTaken
    ])))
)]
#[post("/me/email/confirm")]
pub(super) async fn confirm_email(
    service: web::Data<Service>,
    caller: Caller,
    body: web::Json<ConfirmEmail>,
) -> Result<HttpResponse, Error> {
    let challenge = codes::enter(&service, body.into_inner().code, &[Purpose::ChangeEmail]).await?;
    let account = caller.account();
    if challenge.account != Some(account) {
        return Err(ErrorCode::CodeExpired.into());
    }
    let now = service.clock.now();
    let changed = service.store.write(move |db| {
        if !challenges::use_up(db, &challenge, now)? {
            return Ok(false);
        }
        let before = accounts::by_id(db, account)?.ok_or(StoreError::NotFound)?;
        accounts::set_email(db, account, &challenge.email, &challenge.email_key)?;
        if !before.email.is_empty() && before.email != challenge.email {
            let mail = NewMail {
                kind: Kind::AddressChanged,
                purpose: Purpose::ChangeEmail,
                address: &before.email,
                sealed: &[],
                now,
                expires_at: now.plus_millis(DAY_MS),
            };
            outbox::add(db, &mail)?;
        }
        Ok(true)
    });
    if !changed.await? {
        return Err(ErrorCode::CodeExpired.into());
    }
    service.mailer.wake();
    Ok(HttpResponse::NoContent().finish())
}

/// Whoever sits in front of a computer that is signed in may not be its owner.
pub(super) async fn check_password(service: &Service, caller: &Caller, current: SecretText) -> Result<Account, Error> {
    let place = service.hashing.queue()?;
    service.account_limits.own_password(caller.account())?;
    let account = caller.account();
    let stored = service.store.read(move |db| accounts::by_id(db, account)).await?.ok_or(ErrorCode::NotSignedIn)?;
    let known = place.verify(current, Some(stored.password_hash.clone())).await?;
    if known { Ok(stored) } else { Err(Error::WrongPassword) }
}
