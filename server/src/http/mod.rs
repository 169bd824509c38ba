//! The HTTP side: who is calling (`caller`), what every request and answer goes through (`guard`, and
//! `limit` for the API), the document that describes it all (`openapi`), and one file for each subject. Bodies are
//! [`igoon_shared::protocol::http`]'s; every refusal is made in [`crate::error`].

mod admin;
mod approvals;
pub mod assets;
mod availability;
mod body;
mod caller;
mod codes;
mod cors;
mod devices;
mod guard;
mod health;
mod invites;
mod large;
mod limit;
mod me;
pub mod openapi;
mod origins;
mod recovery;
mod recovery_kit;
mod room_keys;
mod room_log;
mod rooms;
mod server_info;
mod sessions;
mod sign_in;
mod sign_up;
mod socket;
mod source;
mod statements;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use actix_web::{App, HttpRequest, dev, middleware, web};
use igoon_shared::{
    protocol::{error::ErrorCode, http::API, limits},
    time::Timestamp,
};
use utoipa_actix_web::{AppExt as _, scope, service_config::ServiceConfig};

pub use self::origins::Origins;
use crate::{
    accounts::{hashing::Hashing, limits::AccountLimits},
    actors::{directory::DirectoryHandle, health::Registry, mailer::MailerHandle},
    clock::Clock,
    config::Config,
    error::Error,
    limits::Limits,
    master_key::MasterKey,
    recovery::custody::Custody,
    store::Store,
};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// What handlers work with. Cheap to clone.
#[derive(Clone)]
pub struct Service {
    /// The settings.
    pub config: Arc<Config>,
    /// The time.
    pub clock: Clock,
    /// The store.
    pub store: Store,
    /// Hashing of passwords and codes.
    pub hashing: Hashing,
    /// What secrets in the database are encrypted under.
    pub master_key: MasterKey,
    /// The service's recovery keys.
    pub custody: Custody,
    /// Sends what lies in the outbox.
    pub mailer: MailerHandle,
    /// How often somebody may try to get into an account.
    pub account_limits: Arc<AccountLimits>,
    /// The actors.
    pub directory: DirectoryHandle,
    /// Who may ask how often.
    pub limits: Arc<Limits>,
    /// Where the actors can be seen.
    pub registry: Registry,
    /// Whose pages may call.
    pub origins: Arc<Origins>,
    /// The web client.
    pub assets: Arc<assets::Assets>,
    /// Set at shutdown.
    pub closing: Arc<AtomicBool>,
}

impl Service {
    /// When a session that is used at `now` ends unless it is used again.
    fn session_end(&self, now: Timestamp) -> Timestamp {
        now.plus_millis(i64::from(self.config.session_days).saturating_mul(DAY_MS))
    }

    /// Whether the caller may make rooms.
    fn may_create_rooms(&self, caller: &caller::Caller) -> bool {
        caller.session.server_owner || self.config.anyone_may_create_rooms
    }

    fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Relaxed)
    }
}

/// The whole application.
pub fn application(
    service: Service,
) -> App<
    impl dev::ServiceFactory<
        dev::ServiceRequest,
        Config = (),
        Response = dev::ServiceResponse<impl actix_web::body::MessageBody>,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    App::new()
        .app_data(web::Data::new(service))
        .app_data(web::JsonConfig::default().limit(limits::JSON_BODY))
        .wrap(middleware::from_fn(guard::guard))
        .into_utoipa_app()
        .configure(routes)
        .into_app()
}

/// All routes. What is registered by `service` is described in [`openapi`]'s document by that; see there for how.
fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(
            scope(API)
                .wrap(middleware::from_fn(body::timely))
                .wrap(middleware::from_fn(limit::limit))
                .service(openapi::document)
                .service(server_info::server)
                .service(sign_up::set_up)
                .service(sign_up::sign_up)
                .service(sign_up::confirm)
                .service(codes::resend)
                .service(sign_in::sign_in)
                .service(sign_in::confirm)
                .service(sign_in::reset)
                .service(sign_in::confirm_reset)
                .service(sessions::sign_out)
                .service(sessions::sign_out_everywhere)
                .service(sessions::list)
                .service(sessions::end)
                .service(me::me)
                .service(me::change_handle)
                .service(me::change_password)
                .service(me::change_email)
                .service(me::confirm_email)
                .service(devices::register)
                .service(devices::set_address)
                .service(devices::list)
                .service(devices::rename)
                .service(approvals::ask)
                .service(approvals::answer)
                .service(statements::leave)
                .service(availability::choose)
                .service(devices::socket_ticket)
                .service(socket::connect)
                .service(rooms::make)
                .service(room_log::read)
                .service(rooms::go_on)
                .service(rooms::bring_back)
                .service(rooms::list_keys)
                .service(room_keys::add)
                .service(rooms::list_names)
                .service(rooms::lay_invite_key)
                .service(invites::open)
                .service(recovery::recovery_key)
                .service(recovery::ask)
                .service(recovery::list)
                .service(recovery::withdraw)
                .service(recovery::approve)
                .service(recovery_kit::keep)
                .service(recovery_kit::list)
                .default_service(web::to(nothing_here)),
        )
        .service(scope("/api").wrap(middleware::from_fn(limit::limit)).default_service(web::to(nothing_here)))
        .service(scope("/health").service(health::live).service(health::ready).default_service(web::to(nothing_here)))
        .service(admin::actors)
        .service(admin::at_a_glance)
        .service(admin::metrics)
        .default_service(web::to(assets::serve));
}

/// No such path, or no such method of it.
async fn nothing_here(request: HttpRequest) -> Result<&'static str, Error> {
    Err(if request.match_pattern().is_some() { Error::NoSuchMethod } else { ErrorCode::NotFound.into() })
}
