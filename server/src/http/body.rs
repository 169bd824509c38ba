//! A request's body has to come in time, or the request is refused as one that cannot be read. The framework itself waits for
//! the rest of a body as long as the connection stands.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use actix::prelude::Stream;
use actix_web::{
    HttpMessage as _,
    body::{BoxBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    error::PayloadError,
    middleware::Next,
};
use bytes::Bytes;
use tokio::time::{Sleep, sleep};

/// From the head of a request to the end of its body: enough for the largest append by a slow line.
const PATIENCE: Duration = Duration::from_secs(30);

/// A body, until it takes too long.
struct Timely {
    body: Payload,
    end: Pin<Box<Sleep>>,
}

impl Stream for Timely {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let polled = Pin::new(&mut self.body).poll_next(cx);
        if polled.is_pending() && self.end.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Some(Err(PayloadError::Io(io::ErrorKind::TimedOut.into()))));
        }
        polled
    }
}

/// Gives up bodies that do not come. What a safe request sends is no body: on a WebSocket it is the whole connection.
pub(super) async fn timely(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if !request.method().is_safe() {
        let timely = Timely { body: request.take_payload(), end: Box::pin(sleep(PATIENCE)) };
        request.set_payload(Payload::Stream { payload: Box::pin(timely) });
    }
    next.call(request).await.map(ServiceResponse::map_into_boxed_body)
}
