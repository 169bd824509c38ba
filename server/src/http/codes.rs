//! Codes by e-mail: asking for one, another one, and entering it. What a code permits is its purpose's business.

use actix_web::{post, web};
use igoon_shared::{
    crypto::system_rng,
    ids::{AccountId, ChallengeId, InstallationId, InviteKey, RoomId},
    protocol::{
        error::ErrorCode,
        http::{CodeSent, MailedCode, ResendCode},
        limits,
    },
    time::Timestamp,
};

use super::{Service, source::Source};
use crate::{
    accounts::{code, email::Email, hashing::HashError},
    error::Error,
    store::db::models::{
        challenges::{self, Challenge, Purpose},
        outbox::{self, Kind, NewMail},
    },
};

/// Why a code that is entered is refused.
pub(super) const REFUSED: [ErrorCode; 4] =
    [ErrorCode::Invalid, ErrorCode::CodeExpired, ErrorCode::BadCode, ErrorCode::TooManyTries];

/// Mails that one challenge may send.
const MAILS: u32 = 5;

/// A code that is asked for.
pub(super) struct Ask {
    /// What for.
    pub(super) purpose: Purpose,
    /// Where it goes.
    pub(super) email: Email,
    /// Who asks.
    pub(super) installation: InstallationId,
    /// Whom it is for, where there is an account.
    pub(super) account: Option<AccountId>,
    /// The invite, of a sign-up.
    pub(super) invite: Option<(RoomId, InviteKey)>,
    /// Whether the right code may let anybody in. If not, the same work is done and the mail holds none.
    pub(super) counts: bool,
}

/// Mails a code, if that is not asked for too often.
pub(super) async fn mail(service: &Service, source: Source, ask: Ask) -> Result<CodeSent, Error> {
    let Ask { purpose, email, installation, account, invite, counts } = ask;
    let challenge = Challenge {
        id: ChallengeId::random(&mut system_rng()),
        purpose,
        email: email.text().to_owned(),
        email_key: email.key().to_owned(),
        installation,
        account,
        invite,
        counts,
        code_hash: String::new(),
        tries_left: 0,
        mails: 0,
        sent_at: Timestamp(0),
        expires_at: Timestamp(0),
        used_at: None,
    };
    send(service, source, &email, challenge, None).await
}

/// Mails another code in the place of one that was asked for.
#[utoipa::path(
    operation_id = "resend_code",
    tag = "Accounts",
    security(()),
    responses((status = OK, body = CodeSent)),
    extensions(("x-refuses" = json!([ErrorCode::CodeExpired, ErrorCode::TooManyMails])))
)]
#[post("/codes/resend")]
pub(super) async fn resend(
    service: web::Data<Service>,
    source: Source,
    body: web::Json<ResendCode>,
) -> Result<web::Json<CodeSent>, Error> {
    let ResendCode { challenge, installation } = body.into_inner();
    let found = service.store.read(move |db| challenges::by_id(db, challenge)).await?;
    let found = found
        .filter(|found| found.installation == installation && found.used_at.is_none())
        .ok_or(ErrorCode::CodeExpired)?;
    let wait = found.sent_at.plus_millis(limits::CODE_RESEND_MS).millis_since(service.clock.now());
    if let Ok(wait @ 1..) = u64::try_from(wait) {
        return Err(Error::TooMany { wait_ms: wait });
    }
    if found.mails >= MAILS {
        return Err(ErrorCode::TooManyMails.into());
    }
    let email = Email::parse(&found.email).map_err(Error::internal)?;
    Ok(web::Json(send(&service, source, &email, found.clone(), Some(found)).await?))
}

/// Gives the challenge a fresh code and mails it; `before` is what it was when it had another one already.
async fn send(
    service: &Service,
    source: Source,
    email: &Email,
    mut challenge: Challenge,
    before: Option<Challenge>,
) -> Result<CodeSent, Error> {
    let place = service.hashing.queue()?;
    match (challenge.purpose, challenge.account) {
        // Whoever asks has shown the password.
        (Purpose::SignIn, Some(account)) => service.account_limits.own_mail(account)?,
        _ => service.account_limits.mail(source.bucket(), email)?,
    }
    let code = code::fresh(&mut system_rng());
    challenge.code_hash = place.hash(code.clone()).await?;
    let now = service.clock.now();
    challenge.tries_left = limits::CODE_TRIES;
    challenge.mails = challenge.mails.saturating_add(1);
    challenge.sent_at = now;
    challenge.expires_at = now.plus_millis(limits::CODE_LIFETIME_MS);
    let sealed = service.master_key.seal_code(&challenge.email, &code).map_err(Error::internal)?;
    let kind = match (challenge.counts, challenge.purpose) {
        (true, _) => Kind::Code,
        (false, Purpose::Reset | Purpose::SignIn) => Kind::Nothing,
        (false, Purpose::SetUp | Purpose::SignUp | Purpose::ChangeEmail) => Kind::AccountExists,
    };
    let sent = CodeSent {
        challenge: challenge.id,
        expires_at: challenge.expires_at,
        resend_at: now.plus_millis(limits::CODE_RESEND_MS),
    };
    let written = service.store.write(move |db| {
        match &before {
            None => challenges::add(db, &challenge, now)?,
            // Used meanwhile, or somebody else asked at the same time.
            Some(before) if !challenges::renew(db, before, &challenge)? => return Ok(false),
            Some(_) => {}
        }
        let mail = NewMail {
            kind,
            purpose: challenge.purpose,
            address: &challenge.email,
            sealed: &sealed,
            now,
            expires_at: challenge.expires_at,
        };
        outbox::add(db, &mail)?;
        Ok(true)
    });
    if !written.await? {
        return Err(ErrorCode::CodeExpired.into());
    }
    service.mailer.wake();
    Ok(sent)
}

/// The challenge whose code this is. It is not used up yet: that goes with what it permits, by [`challenges::use_up`].
/// A try counts before the code is looked at; should what the code permits fail for a reason that can be mended, give it
/// back by [`give_back`].
pub(super) async fn enter(service: &Service, typed: MailedCode, purposes: &[Purpose]) -> Result<Challenge, Error> {
    let MailedCode { challenge: id, installation, digits } = typed;
    let digits = code::recognise(&digits).ok_or_else(|| Error::invalid("digits", "The code has 8 digits"))?;
    let found = service.store.read(move |db| challenges::by_id(db, id)).await?;
    let fits = |found: &Challenge| {
        purposes.contains(&found.purpose)
            && found.installation == installation
            && found.used_at.is_none()
            && service.clock.now() < found.expires_at
    };
    let found = found.filter(fits).ok_or(ErrorCode::CodeExpired)?;
    let trying = found.clone();
    let left = service.store.write(move |db| challenges::take_try(db, &trying)).await?;
    let left = left.ok_or(ErrorCode::TooManyTries)?;
    match service.hashing.verify(digits, Some(found.code_hash.clone())).await {
        Ok(true) if found.counts => Ok(found),
        Ok(_) => Err(Error::BadCode(left)),
        Err(error) => {
            if error == HashError::Busy {
                give_back(service, found).await?;
            }
            Err(error.into())
        }
    }
}

/// The code was right, or not looked at, and may be entered again.
pub(super) async fn give_back(service: &Service, challenge: Challenge) -> Result<(), Error> {
    Ok(service.store.write(move |db| challenges::give_try_back(db, &challenge)).await?)
}
