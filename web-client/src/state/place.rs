//! Which server this is about.

/// Where the server is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// Not known yet.
    #[default]
    Unknown,
    /// To be asked for; the one before, if there was one.
    Wanted(Option<String>),
    /// Here.
    At {
        /// `https://server:port`
        origin: String,
        /// It can be another one.
        movable: bool,
    },
}

impl Place {
    /// `https://server:port`, once known.
    #[must_use]
    pub fn origin(&self) -> &str {
        match self {
            Self::At { origin, .. } => origin,
            Self::Unknown | Self::Wanted(_) => "",
        }
    }

    /// Whether another server can be chosen.
    #[must_use]
    pub const fn is_movable(&self) -> bool {
        matches!(self, Self::At { movable: true, .. })
    }

    /// Asks for another server, where it can be another.
    pub(super) fn leave(&mut self) {
        if let Self::At { origin, movable: true } = self {
            *self = Self::Wanted(Some(std::mem::take(origin)));
        }
    }
}

/// Where the page goes in the app's window once this server is chosen: what follows an invite link's address, or nowhere else.
#[must_use]
pub fn destination(follows: &str) -> &str {
    if follows.starts_with("/join/") { follows } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_movable_server_is_left() {
        let mut place = Place::At { origin: "https://a.example".to_owned(), movable: false };
        place.leave();
        assert_eq!(place.origin(), "https://a.example");
        let mut place = Place::At { origin: "https://a.example".to_owned(), movable: true };
        place.leave();
        assert_eq!(place, Place::Wanted(Some("https://a.example".to_owned())));
    }

    #[test]
    fn an_invite_link_leads_on_and_other_paths_do_not() {
        assert_eq!(destination("/join/abc#def"), "/join/abc#def");
        for other in ["", "/", "/account", "//evil.example", "/x/join/"] {
            assert_eq!(destination(other), "/");
        }
    }
}
