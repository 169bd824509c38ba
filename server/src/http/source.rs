//! Where a request comes from: the other end of its connection, or what a proxy that the settings trust says of it
//! (`X-Forwarded-For`; `Forwarded`, RFC 7239, is not looked at: no common proxy sends it unless told to).

use std::{
    future::{Ready, ready},
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};

use super::Service;
use crate::error::Error;


/// Where a request comes from. It is never logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Source(pub(super) IpAddr);

impl Source {
    /// The unit that limits count by: an IPv4 address, or the /64 network of an IPv6 address, which is what one customer
    /// has at least. Both in the form of IPv6.
    pub(super) const fn bucket(self) -> [u8; 16] {
        match self.0 {
            IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).octets()
            }
        }
    }
}

impl FromRequest for Source {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let service = request.app_data::<web::Data<Service>>().ok_or_else(|| Error::internal("no service"));
        ready(service.map(|_| Self(request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip()))))
    }
}

