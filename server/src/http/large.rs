//! JSON bodies that may be larger than others: those that bring something for every device of a room.

use std::{future::Future, pin::Pin};

use actix_web::{
    FromRequest, HttpRequest,
    dev::{JsonBody, Payload},
};
use igoon_shared::protocol::limits;
use serde::de::DeserializeOwned;

/// A body of up to [`limits::APPEND_BODY`]; otherwise like `web::Json`.
pub(super) struct LargeJson<T>(pub(super) T);

impl<T: DeserializeOwned + 'static> FromRequest for LargeJson<T> {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = JsonBody::new(request, payload, None, true).limit(limits::APPEND_BODY);
        Box::pin(async move { Ok(Self(body.await?)) })
    }
}
