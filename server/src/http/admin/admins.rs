//! Who may watch the server: its owner, by a session; and whoever has the admin token.

use std::{
    future::{Future, ready},
    pin::Pin,
};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use igoon_shared::protocol::error::ErrorCode;

use crate::{
    error::Error,
    http::{
        Service,
        caller::{Caller, bearer},
    },
};

/// Somebody who may. A handler that takes one answers strangers with `not_signed_in`, others with `forbidden`.
pub(super) struct Admin;

impl FromRequest for Admin {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if has_admin_token(request) {
            return Box::pin(ready(Ok(Self)));
        }
        let caller = Caller::from_request(request, payload);
        Box::pin(
            async move { if caller.await?.session.server_owner { Ok(Self) } else { Err(ErrorCode::Forbidden.into()) } },
        )
    }
}

fn has_admin_token(request: &HttpRequest) -> bool {
    let token = request.app_data::<web::Data<Service>>().and_then(|service| service.config.admin_token);
    token.zip(bearer(request)).is_some_and(|(token, text)| token.is(text))
}
