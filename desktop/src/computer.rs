//! What this computer is: its name, its system, and its address on its own network.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};

use igoon_shared::{
    protocol::{http::LocalAddress, names},
    wrapper::Computer,
};

use crate::port::Port;

/// This computer, as it is now.
pub(crate) fn this(port: Option<&Port>) -> Computer {
    let address = port.zip(local_ip()).map(|(port, ip)| LocalAddress { ip, port: port.number() });
    Computer { name: name(&gethostname::gethostname().to_string_lossy()), platform: platform(), address }
}

/// The host's name without its domain, where it can be shown.
fn name(host: &str) -> String {
    let short = host.split('.').next().unwrap_or_default().trim();
    if names::is_name(short) { short.to_owned() } else { "Desktop computer".to_owned() }
}

fn platform() -> String {
    let system = match std::env::consts::OS {
        "linux" => "Linux",
        "macos" => "Mac",
        "windows" => "Windows",
        other => other,
    };
    format!("{system}, Igoon {}", env!("CARGO_PKG_VERSION"))
}

fn local_ip() -> Option<IpAddr> {
    let all: Vec<IpAddr> = if_addrs::get_if_addrs().ok()?.iter().map(if_addrs::Interface::ip).collect();
    choose(routed(), &all)
}

/// The address from which packets leave for the rest of the world. Nothing is sent: connecting a UDP socket only asks the
/// routing table; the address is one for documentation (RFC 5737).
fn routed() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect(SocketAddr::from((Ipv4Addr::new(203, 0, 113, 1), 9))).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

/// The address at which others on the same network reach this computer: the one that is routed, which is no bridge to virtual
/// machines; without a way out, a private one. Never one that only this computer or this wire knows.
fn choose(routed: Option<IpAddr>, all: &[IpAddr]) -> Option<IpAddr> {
    let reachable = |ip: &&IpAddr| match ip {
        IpAddr::V4(ip) => !ip.is_loopback() && !ip.is_link_local() && !ip.is_unspecified(),
        IpAddr::V6(ip) => !ip.is_loopback() && !ip.is_unicast_link_local() && !ip.is_unspecified(),
    };
    let private = |ip: &&IpAddr| matches!(ip, IpAddr::V4(ip) if ip.is_private());
    let found = || all.iter().filter(reachable);
    routed
        .filter(|routed| found().any(|ip| ip == routed))
        .or_else(|| found().find(private).or_else(|| found().next()).copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ips(list: &[&str]) -> Vec<IpAddr> {
        list.iter().map(|ip| ip.parse().unwrap()).collect()
    }

    #[test]
    fn the_routed_address_comes_first() {
        let all = ips(&["127.0.0.1", "172.17.0.1", "192.168.1.7", "fe80::1"]);
        let routed = "192.168.1.7".parse().ok();
        assert_eq!(choose(routed, &all), routed);
    }

    #[test]
    fn a_network_without_a_way_out_is_one_too() {
        assert_eq!(choose(None, &ips(&["127.0.0.1", "2001:db8::7", "10.0.0.5"])), "10.0.0.5".parse().ok());
        assert_eq!(choose(None, &ips(&["::1", "2001:db8::7"])), "2001:db8::7".parse().ok());
    }

    #[test]
    fn what_only_this_computer_knows_is_no_address() {
        assert_eq!(choose("127.0.0.1".parse().ok(), &ips(&["127.0.0.1", "169.254.1.1", "fe80::1"])), None);
        assert_eq!(choose("192.0.2.9".parse().ok(), &[]), None);
    }

    #[test]
    fn a_name_is_short_and_can_be_shown() {
        assert_eq!(name("desk.example.org"), "desk");
        for bad in ["", "  ", "\u{202e}x", &"a".repeat(65)] {
            assert_eq!(name(bad), "Desktop computer");
        }
        assert!(names::is_name(&platform()));
    }
}
