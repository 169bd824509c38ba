//! The server that this worker talks to, and by what a request says who is calling. One worker has one server, from its
//! start to its end, so this is kept here once and not handed through every call.

use std::cell::RefCell;

use igoon_shared::{
    protocol::http::{SecretText, SessionTransport, SignedIn},
    wrapper::Kept,
};
use js_sys::Reflect;

/// A server, and how it is called.
#[derive(Clone, Debug, Default)]
pub struct Server {
    /// `https://server:port`
    pub origin: String,
    /// By what a request says who is calling.
    pub access: Access,
}

/// By what a request says who is calling.
#[derive(Clone, Debug, Default)]
pub enum Access {
    /// By the cookie of a page of the server's, which the browser sends and no program sees.
    #[default]
    Cookie,
    /// By what is kept here.
    Bearer(Kept),
}

impl Server {
    /// The one that this page or worker came from.
    #[must_use]
    pub fn own() -> Self {
        let location = Reflect::get(&js_sys::global(), &"location".into()).unwrap_or_default();
        let origin = Reflect::get(&location, &"origin".into()).ok().and_then(|origin| origin.as_string());
        Self { origin: origin.unwrap_or_default(), access: Access::Cookie }
    }

    /// The token that goes along.
    pub(super) const fn token(&self) -> Option<&SecretText> {
        match &self.access {
            Access::Cookie => None,
            Access::Bearer(kept) => kept.token.as_ref(),
        }
    }
}

thread_local! {
    static CURRENT: RefCell<Server> = RefCell::default();
}

/// Talks to this server from now on.
pub fn choose(server: Server) {
    CURRENT.set(server);
}

/// The server, as it is called now.
pub(super) fn current() -> Server {
    CURRENT.with_borrow(Clone::clone)
}

/// How a new session's token should travel.
#[must_use]
pub fn transport() -> SessionTransport {
    CURRENT.with_borrow(|server| match server.access {
        Access::Cookie => SessionTransport::Cookie,
        Access::Bearer(_) => SessionTransport::Bearer,
    })
}

/// What shows at sign-ins that a code was entered here before, where no cookie does.
#[must_use]
pub fn trust() -> Option<SecretText> {
    CURRENT.with_borrow(|server| match &server.access {
        Access::Cookie => None,
        Access::Bearer(kept) => kept.trust.clone(),
    })
}

/// Somebody was let in. What must be kept, if it is not the browser that keeps it.
#[must_use]
pub fn let_in(signed_in: SignedIn) -> Option<Kept> {
    change(|kept| {
        kept.token = signed_in.token;
        // It comes once, and stays good for later sessions.
        kept.trust = signed_in.trust.or_else(|| kept.trust.take());
    })
}

/// The session is over. What must be kept from now on.
#[must_use]
pub fn let_out() -> Option<Kept> {
    change(|kept| kept.token = None)
}

/// Nothing of an account is to stay here. What must be kept from now on: nothing.
#[must_use]
pub fn forget() -> Option<Kept> {
    change(|kept| *kept = Kept::default())
}

/// `Some` if it is kept by us, and another now.
fn change(change: impl FnOnce(&mut Kept)) -> Option<Kept> {
    CURRENT.with_borrow_mut(|server| match &mut server.access {
        Access::Cookie => None,
        Access::Bearer(kept) => {
            let before = kept.clone();
            change(kept);
            (before != *kept).then(|| kept.clone())
        }
    })
}

#[cfg(test)]
mod tests {
    use igoon_shared::ids::AccountId;

    use super::*;

    fn secret(text: &str) -> Option<SecretText> {
        Some(SecretText::new(text.to_owned()))
    }

    fn signed_in(token: &str, trust: Option<&str>) -> SignedIn {
        let account = AccountId::from_bytes([1; 16]);
        SignedIn { account, token: secret(token), trust: trust.and_then(secret) }
    }

    fn bearer() -> Server {
        Server { origin: "https://chat.example".to_owned(), access: Access::Bearer(Kept::default()) }
    }

    #[test]
    fn a_session_is_kept_and_its_trust_outlives_it() {
        choose(bearer());
        assert_eq!(transport(), SessionTransport::Bearer);
        assert_eq!(
            let_in(signed_in("one", Some("proof"))),
            Some(Kept { token: secret("one"), trust: secret("proof") })
        );
        assert_eq!(current().token(), secret("one").as_ref());
        assert_eq!(let_out(), Some(Kept { token: None, trust: secret("proof") }));
        assert_eq!(let_out(), None, "nothing is another now");
        assert_eq!(trust(), secret("proof"));
        assert_eq!(let_in(signed_in("two", None)), Some(Kept { token: secret("two"), trust: secret("proof") }));
        assert_eq!(forget(), Some(Kept::default()));
    }

    #[test]
    fn what_the_browser_keeps_is_not_kept_twice() {
        choose(Server { access: Access::Cookie, ..bearer() });
        assert_eq!(transport(), SessionTransport::Cookie);
        assert_eq!(let_in(signed_in("one", None)), None);
        assert_eq!((let_out(), trust()), (None, None));
        assert!(current().token().is_none());
    }

    #[test]
    fn secrets_do_not_print() {
        let server =
            Server { access: Access::Bearer(Kept { token: secret("horse"), trust: secret("horse") }), ..bearer() };
        assert!(!format!("{server:?}").contains("horse"));
    }
}
