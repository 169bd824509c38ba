//! Whose pages may call. A browser tells which page a request comes from (`Origin`, RFC 6454), and a page cannot lie.

use actix_web::http::header::HeaderValue;

use crate::config::Origin;

/// The origins whose pages may change something or open a socket.
#[derive(Debug)]
pub struct Origins(Vec<Origin>);

impl Origins {
    /// The configured ones; without any, this computer's at `port` by `scheme`.
    #[must_use]
    pub fn new(configured: &[Origin], scheme: &str, port: u16) -> Self {
        if !configured.is_empty() {
            return Self(configured.to_vec());
        }
        let local = ["127.0.0.1", "localhost", "[::1]"];
        Self(local.iter().filter_map(|host| format!("{scheme}://{host}:{port}").parse().ok()).collect())
    }

    /// Whether a request with this header may come in.
    #[must_use]
    pub fn allow(&self, origin: &HeaderValue) -> bool {
        self.0.iter().any(|allowed| allowed.as_str().as_bytes() == origin.as_bytes())
    }

    /// The same as sources of WebSockets for a content security policy, whose grammar knows no IPv6 address (CSP 3, section
    /// 2.3.1); there `'self'` has to do.
    pub fn websockets(&self) -> impl Iterator<Item = String> {
        self.0.iter().filter_map(Origin::as_websocket).filter(|source| !source.contains('['))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(origins: &Origins, origin: &'static str) -> bool {
        origins.allow(&HeaderValue::from_static(origin))
    }

    #[test]
    fn without_settings_this_computer_at_the_real_port() {
        let origins = Origins::new(&[], "http", 4711);
        for good in ["http://127.0.0.1:4711", "http://localhost:4711", "http://[::1]:4711"] {
            assert!(allows(&origins, good), "{good}");
        }
        let sources: Vec<_> = origins.websockets().collect();
        assert_eq!(sources, ["ws://127.0.0.1:4711", "ws://localhost:4711"]);
        for bad in
            ["http://127.0.0.1", "https://localhost:4711", "http://localhost:4712", "null", "", "http://evil:4711"]
        {
            assert!(!allows(&origins, bad), "{bad}");
        }
        let secure = Origins::new(&[], "https", 443);
        assert!(allows(&secure, "https://localhost") && !allows(&secure, "http://localhost"));
        assert_eq!(secure.websockets().collect::<Vec<_>>(), ["wss://127.0.0.1", "wss://localhost"]);
    }

    #[test]
    fn configured_origins_stand_alone() {
        let origins = Origins::new(&["https://chat.example.org".parse().unwrap()], "http", 8080);
        assert!(allows(&origins, "https://chat.example.org"));
        assert!(!allows(&origins, "http://127.0.0.1:8080"));
        assert!(!allows(&origins, "https://chat.example.org.evil"));
        assert_eq!(origins.websockets().collect::<Vec<_>>(), ["wss://chat.example.org"]);
    }
}
