//! The HTTP side: who is calling (`caller`), what every request and answer goes through (`guard`), and one file for
//! each subject. Bodies are [`igoon_shared::protocol::http`]'s; every refusal is made in [`crate::error`].

mod accounts;
pub mod assets;
mod caller;
mod devices;
mod guard;
mod health;
mod invites;
mod origins;
mod rooms;
mod server_info;
mod socket;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use actix_web::{App, HttpRequest, dev, middleware, web};
use igoon_shared::protocol::{error::ErrorCode, http::API, limits};

pub use self::origins::Origins;
use crate::{
    accounts::password::Passwords, actors::directory::DirectoryHandle, clock::Clock, config::Config, error::Error,
    store::Store,
};

/// What handlers work with. Cheap to clone.
#[derive(Clone)]
pub struct Service {
    /// The settings.
    pub config: Arc<Config>,
    /// The time.
    pub clock: Clock,
    /// The store.
    pub store: Store,
    /// Password hashing.
    pub passwords: Passwords,
    /// The actors.
    pub directory: DirectoryHandle,
    /// Whose pages may call.
    pub origins: Arc<Origins>,
    /// The web client.
    pub assets: Arc<assets::Assets>,
    /// Set at shutdown.
    pub closing: Arc<AtomicBool>,
}

impl Service {
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
        .service(
            web::scope(API)
                .service(server_info::server)
                .service(accounts::set_up)
                .service(accounts::sign_up)
                .service(accounts::sign_in)
                .service(accounts::sign_out)
                .service(accounts::me)
                .service(devices::register)
                .service(devices::socket_ticket)
                .service(socket::connect)
                .service(rooms::create())
                .service(rooms::append())
                .service(rooms::list_keys)
                .service(rooms::list_names)
                .service(rooms::lay_invite_key)
                .service(invites::open)
                .default_service(web::to(nothing_here)),
        )
        .service(web::scope("/api").default_service(web::to(nothing_here)))
        .service(
            web::scope("/health").service(health::live).service(health::ready).default_service(web::to(nothing_here)),
        )
        .default_service(web::to(assets::serve))
}

/// No such path, or no such method of it.
async fn nothing_here(request: HttpRequest) -> Result<&'static str, Error> {
    Err(if request.match_pattern().is_some() { Error::NoSuchMethod } else { ErrorCode::NotFound.into() })
}
