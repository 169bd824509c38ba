//! The port at which other computers on the same network will reach this one.
//!
//! It is taken and told to the server already, so that devices are registered the way they will be found; delivery on the same
//! network is not written yet. Until then the port is bound and nothing listens at it: whoever connects is refused at once by
//! the system, instead of waiting for an answer that does not come.

use std::{
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    num::NonZeroU16,
};

use socket2::{Domain, Socket, Type};

/// A port that is this app's as long as this lives.
pub(crate) struct Port {
    number: NonZeroU16,
    _socket: Socket,
}

impl Port {
    /// Takes any free port, on all addresses of this computer.
    ///
    /// # Errors
    /// The system's, without a network stack or a free port.
    pub(crate) fn take() -> io::Result<Self> {
        let socket = bound(Domain::IPV6).or_else(|_| bound(Domain::IPV4))?;
        let port = socket.local_addr()?.as_socket().map_or(0, |address| address.port());
        let number = NonZeroU16::new(port).ok_or(io::ErrorKind::AddrNotAvailable)?;
        Ok(Self { number, _socket: socket })
    }

    /// Which it is.
    pub(crate) const fn number(&self) -> NonZeroU16 {
        self.number
    }
}

fn bound(domain: Domain) -> io::Result<Socket> {
    let socket = Socket::new(domain, Type::STREAM, None)?;
    let any = if domain == Domain::IPV6 {
        // One socket for both.
        socket.set_only_v6(false)?;
        SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0))
    } else {
        SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0))
    };
    socket.bind(&any.into())?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;

    #[test]
    fn a_taken_port_is_nobody_elses_and_refuses() {
        let port = Port::take().unwrap();
        let here = SocketAddr::from((Ipv4Addr::LOCALHOST, port.number().get()));
        assert_eq!(TcpStream::connect(here).unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
        assert_eq!(TcpListener::bind(here).unwrap_err().kind(), io::ErrorKind::AddrInUse);
    }
}
