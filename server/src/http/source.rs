//! Where a request comes from: the other end of its connection, or what a proxy that the settings trust says of it
//! (`X-Forwarded-For`; `Forwarded`, RFC 7239, is not looked at: no common proxy sends it unless told to).

use std::{
    future::{Ready, ready},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::{HeaderName, X_FORWARDED_FOR},
    web,
};

use super::Service;
use crate::{config::Network, error::Error};

/// What a proxy adds its peer's address to.
pub(super) const FORWARDED_FOR: HeaderName = X_FORWARDED_FOR;

/// Where a request comes from. It is never logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Source(pub(super) IpAddr);

impl Source {
    /// The source of a request.
    pub(super) fn of(request: &HttpRequest, trusted: &[Network]) -> Self {
        // A connection without a peer has ended already.
        let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
        let headers: Vec<_> = request.headers().get_all(FORWARDED_FOR).map(|value| value.as_bytes()).collect();
        Self(source(peer, &headers, trusted))
    }

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
        ready(service.map(|service| Self::of(request, &service.config.trusted_proxies)))
    }
}

/// The nearest address that is no trusted proxy. Each proxy adds its own peer at the end of the list, so that what stands
/// left of an untrusted address may be anything. Something that is no address ends the search at the proxy that sent it.
fn source(peer: IpAddr, headers: &[&[u8]], trusted: &[Network]) -> IpAddr {
    let mut nearest = peer.to_canonical();
    let elements = headers.iter().flat_map(|list| list.split(|byte| *byte == b',')).map(<[u8]>::trim_ascii);
    let elements: Vec<_> = elements.filter(|element| !element.is_empty()).collect();
    for element in elements.into_iter().rev() {
        if !trusted.iter().any(|network| network.contains(nearest)) {
            break;
        }
        let Some(address) = address(element) else { break };
        nearest = address;
    }
    nearest
}

/// An address, perhaps with a port, and with IPv6 in brackets or not.
fn address(text: &[u8]) -> Option<IpAddr> {
    let text = str::from_utf8(text).ok()?;
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    text.parse().ok().or_else(with_port).or_else(bracketed).map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trusted_proxies_are_believed() {
        const PROXIES: &[&str] = &["127.0.0.1", "10.0.0.0/8", "::1", "fd00::/8"];
        for (peer, headers, trusted, expected) in [
            // Nobody is trusted, or the peer is not.
            ("192.0.2.1", &["198.51.100.1"][..], &[][..], "192.0.2.1"),
            ("127.0.0.1", &["198.51.100.1"], &[], "127.0.0.1"),
            ("192.0.2.1", &["198.51.100.1"], PROXIES, "192.0.2.1"),
            ("192.0.2.1", &["127.0.0.1, 10.0.0.1"], PROXIES, "192.0.2.1"),
            // One proxy, and what its client wrote before.
            ("127.0.0.1", &["198.51.100.1"], PROXIES, "198.51.100.1"),
            ("127.0.0.1", &["203.0.113.9, 198.51.100.1"], PROXIES, "198.51.100.1"),
            ("127.0.0.1", &["10.0.0.1, 198.51.100.1"], PROXIES, "198.51.100.1"),
            ("127.0.0.1", &["203.0.113.9", "198.51.100.1"], PROXIES, "198.51.100.1"),
            ("127.0.0.1", &["garbage,\u{fffd}, 198.51.100.1"], PROXIES, "198.51.100.1"),
            // Several proxies.
            ("127.0.0.1", &["203.0.113.9, 198.51.100.1, 10.0.0.7"], PROXIES, "198.51.100.1"),
            ("127.0.0.1", &["203.0.113.9", "198.51.100.1,10.0.0.7", "fd00::2"], PROXIES, "198.51.100.1"),
            // A request that a proxy makes itself; a proxy that says nothing, or nothing sensible.
            ("127.0.0.1", &["10.0.0.8, 10.0.0.7"], PROXIES, "10.0.0.8"),
            ("127.0.0.1", &[], PROXIES, "127.0.0.1"),
            ("127.0.0.1", &["", " , ,"], PROXIES, "127.0.0.1"),
            ("127.0.0.1", &["198.51.100.1, unknown"], PROXIES, "127.0.0.1"),
            ("127.0.0.1", &["198.51.100.1, unknown, 10.0.0.7"], PROXIES, "10.0.0.7"),
            ("127.0.0.1", &["198.51.100.1.1"], PROXIES, "127.0.0.1"),
            ("127.0.0.1", &["198.51.100.1:99999"], PROXIES, "127.0.0.1"),
            ("127.0.0.1", &["for=198.51.100.1"], PROXIES, "127.0.0.1"),
            ("127.0.0.1", &["[198.51.100.1]"], PROXIES, "127.0.0.1"),
            // How addresses are written.
            ("::ffff:127.0.0.1", &["198.51.100.1"], PROXIES, "198.51.100.1"),
            ("::1", &["::ffff:198.51.100.1"], PROXIES, "198.51.100.1"),
            ("::1", &["198.51.100.1:4711"], PROXIES, "198.51.100.1"),
            ("::1", &["2001:db8::7"], PROXIES, "2001:db8::7"),
            ("::1", &["[2001:db8::7]"], PROXIES, "2001:db8::7"),
            ("::1", &["[2001:db8::7]:4711"], PROXIES, "2001:db8::7"),
            ("::1", &["\t2001:DB8:0:0::7 "], PROXIES, "2001:db8::7"),
        ] {
            let lists: Vec<_> = headers.iter().map(|list| list.as_bytes()).collect();
            let trusted: Vec<Network> = trusted.iter().map(|network| network.parse().unwrap()).collect();
            let found = source(peer.parse().unwrap(), &lists, &trusted);
            assert_eq!(found, expected.parse::<IpAddr>().unwrap(), "{peer} {headers:?} {trusted:?}");
        }
        // Bytes that are no text spoil their own element only.
        let trusted = ["127.0.0.1".parse().unwrap()];
        let found = source(IpAddr::V4(Ipv4Addr::LOCALHOST), &[b"\xFF\xFE, 198.51.100.1"], &trusted);
        assert_eq!(found, IpAddr::V4(Ipv4Addr::new(198, 51, 100, 1)));
    }

    #[test]
    fn limits_count_ipv4_addresses_and_ipv6_networks() {
        let bucket = |text: &str| Source(text.parse().unwrap()).bucket();
        assert_ne!(bucket("192.0.2.1"), bucket("192.0.2.2"));
        assert_eq!(bucket("2001:db8:1:2::1"), bucket("2001:db8:1:2:ffff::9"));
        assert_ne!(bucket("2001:db8:1:2::1"), bucket("2001:db8:1:3::1"));
        assert_ne!(bucket("0.0.0.0"), bucket("::"));
    }
}
