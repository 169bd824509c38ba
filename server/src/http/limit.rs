//! How many API requests a source may make (see [`crate::limits`]), said on every answer: RateLimit header fields for HTTP
//! (draft-ietf-httpapi-ratelimit-headers-11).

use std::{sync::Once, time::Duration};

use actix_web::{
    HttpMessage as _,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderName, HeaderValue},
    middleware::Next,
    web,
};

use super::{
    Service,
    source::{FORWARDED_FOR, Source},
};
use crate::{error::Error, limits::Quota};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const STANDING: HeaderName = HeaderName::from_static("ratelimit");

/// How much of its quota a source has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Standing {
    quota: Quota,
    counted: Result<u32, Duration>,
}

/// Counts a request before anything else looks at it.
pub(super) async fn limit(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let Some(service) = request.app_data::<web::Data<Service>>().cloned() else {
        return Ok(request.error_response(Error::internal("no service")));
    };
    let trusted = &service.config.trusted_proxies;
    let source = Source::of(request.request(), trusted);
    let requests = &service.limits.requests;
    let counted = requests.take(&source.bucket());
    request.extensions_mut().insert(Standing { quota: requests.quota(), counted });
    match counted {
        Ok(_) => next.call(request).await.map(ServiceResponse::map_into_boxed_body),
        Err(wait) => {
            if request.headers().contains_key(FORWARDED_FOR)
                && !trusted.iter().any(|network| network.contains(source.0))
            {
                hint();
            }
            Ok(request.error_response(Error::too_many(wait)))
        }
    }
}

/// Puts the two fields on the answer to a request that was counted. Called once errors have got their body.
pub(super) fn tell(response: &mut ServiceResponse) {
    let standing = response.request().extensions().get::<Standing>().copied();
    let Some((policy, standing)) = standing.map(Standing::fields) else { return };
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(POLICY, policy);
    }
    if let Ok(standing) = HeaderValue::from_str(&standing) {
        response.headers_mut().insert(STANDING, standing);
    }
}

impl Standing {
    /// The values of `RateLimit-Policy` and `RateLimit`. While some are left, the time is the whole window, so that what is
    /// left over that time never promises more than the long-run rate; when none is left, it is the time until the next.
    fn fields(self) -> (String, String) {
        let Quota { burst, every } = self.quota;
        let window = seconds(self.quota.window());
        let (left, time) = match self.counted {
            Ok(0) => (0, seconds(every)),
            Ok(left) => (left, window),
            Err(wait) => (0, seconds(wait)),
        };
        (format!("\"requests\";q={burst};w={window}"), format!("\"requests\";r={left};t={time}"))
    }
}

/// Whole seconds, rounded up, at least one.
fn seconds(duration: Duration) -> u64 {
    (duration.as_secs() + u64::from(duration.subsec_nanos() > 0)).max(1)
}

/// Everybody behind a proxy that is not trusted counts as one; whoever runs both should hear of it once.
fn hint() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing::warn!(
            "requests that name a proxy's client are refused because there are too many from one address; if that is \
             your proxy, list it in `trusted_proxies`"
        );
    });
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    #[test]
    fn the_fields_promise_no_more_than_the_long_run_rate() {
        let quota = Quota { burst: NonZeroU32::new(300).unwrap(), every: Duration::from_millis(100) };
        for (counted, expected) in [
            (Ok(299), "\"requests\";r=299;t=30"),
            (Ok(1), "\"requests\";r=1;t=30"),
            (Ok(0), "\"requests\";r=0;t=1"),
            (Err(Duration::from_millis(1)), "\"requests\";r=0;t=1"),
            (Err(Duration::from_millis(2_001)), "\"requests\";r=0;t=3"),
        ] {
            let (policy, standing) = Standing { quota, counted }.fields();
            assert_eq!((policy.as_str(), standing.as_str()), ("\"requests\";q=300;w=30", expected));
        }
        let quota = Quota { burst: NonZeroU32::new(1).unwrap(), every: Duration::from_nanos(1) };
        assert_eq!(Standing { quota, counted: Ok(0) }.fields().0, "\"requests\";q=1;w=1");
    }
}
