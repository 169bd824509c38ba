//! Identifiers, defined once. In MessagePack they are raw bytes or unsigned integers; in JSON and in text, bytes are
//! base64url without padding (RFC 4648, section 5).

use core::{fmt, str::FromStr};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rand_core::CryptoRng;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::time::Timestamp;

/// The text is not the base64url of an identifier of this kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a valid identifier")]
pub struct ParseIdError;

macro_rules! byte_id {
    ($(#[doc = $doc:literal])* $name:ident, $len:literal) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name([u8; $len]);

        impl $name {
            /// Length in bytes.
            pub const LEN: usize = $len;

            /// The identifier with these bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; $len]) -> Self {
                Self(bytes)
            }

            /// A fresh random identifier.
            pub fn random(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
                let mut bytes = [0; $len];
                rng.fill_bytes(&mut bytes);
                Self(bytes)
            }

            /// The raw bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $len] {
                &self.0
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = ParseIdError;
            fn try_from(bytes: &[u8]) -> Result<Self, ParseIdError> {
                bytes.try_into().map(Self).map_err(|_| ParseIdError)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;
            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| ParseIdError)?;
                Self::try_from(bytes.as_slice())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    serializer.collect_str(self)
                } else {
                    serializer.serialize_bytes(&self.0)
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Visitor {
                    text: bool,
                }
                impl de::Visitor<'_> for Visitor {
                    type Value = $name;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        write!(f, "{} bytes ({})", $len, stringify!($name))
                    }
                    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<$name, E> {
                        $name::try_from(bytes).map_err(|_| E::invalid_length(bytes.len(), &self))
                    }
                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$name, E> {
                        if !self.text {
                            return Err(E::invalid_type(de::Unexpected::Str(text), &self));
                        }
                        text.parse().map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
                    }
                }
                if deserializer.is_human_readable() {
                    deserializer.deserialize_str(Visitor { text: true })
                } else {
                    deserializer.deserialize_bytes(Visitor { text: false })
                }
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                crate::protocol::bytes::schema(concat!($($doc),*), Some($len))
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {}
    };
}

byte_id! {
    /// One person's account on one server; random.
    AccountId, 16
}
byte_id! {
    /// One copy of the app on one computer (a browser profile, a desktop installation); random.
    InstallationId, 16
}
byte_id! {
    /// A code by e-mail that was asked for; random. Only whoever asked knows it.
    ChallengeId, 16
}
byte_id! {
    /// A session of an account, for listing and ending it; random. It is no secret and opens nothing.
    SessionId, 16
}
byte_id! {
    /// An installation of an account: the hash of account, installation and both public keys
    /// (see [`crate::crypto::bundle`]).
    DeviceId, 32
}
byte_id! {
    /// A room: the hash of its log's first entry, so that nobody can put another log under it.
    RoomId, 32
}
byte_id! {
    /// A message's name within its room and sending device; random, chosen by the sender.
    MessageId, 16
}
byte_id! {
    /// An invite: the Ed25519 public key that is derived from the secret in its link.
    InviteKey, 32
}
byte_id! {
    /// The commitment to an epoch key (see [`crate::crypto::epoch`]).
    KeyId, 32
}
byte_id! {
    /// SHA-256 of a log entry under its label (see [`crate::log`]).
    EntryHash, 32
}
byte_id! {
    /// SHA-256(32 random bytes || name): how handles, device names and room names stand in the log.
    NameHash, 32
}
byte_id! {
    /// Fingerprint of an RSA public key: SHA-256 under its label over the SPKI bytes.
    KeyFingerprint, 32
}
byte_id! {
    /// One run of one sender's process: salts its message keys, so that no two runs can repeat a nonce.
    SessionTag, 16
}

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident, $inner:ty) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Default)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl $name {
            /// The number after this one; stays at the largest.
            #[must_use]
            pub const fn next(self) -> Self {
                Self(self.0.saturating_add(1))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

number_id! {
    /// Place of an item in its room's stream, from 1; 0 means "before the first". Log entries and messages share it.
    Seq, u64
}
number_id! {
    /// Number of a room key, from 1; 0 means "none yet".
    Epoch, u64
}
number_id! {
    /// Place of an entry in its room's log, from 0.
    LogIndex, u64
}
number_id! {
    /// Which life of the database a [`Seq`] belongs to: a restored backup makes a new one. The first is 1; a later one is the
    /// second (since 1970) in which the backup was put back, or one more than the life before if that is not less.
    Incarnation, u32
}

/// So many places at most are given in one second: a life of the database begins far beyond those before it.
const PLACES_IN_A_SECOND: u64 = 1 << 16;

impl Incarnation {
    /// The first place that a room's stream is given in this life. No life before it gave that place or a later one: what
    /// was lost with a restored backup keeps its places, and nothing else is ever put there.
    #[must_use]
    pub fn first_place(self) -> Seq {
        if self.0 <= 1 { Seq(1) } else { Seq(u64::from(self.0) * PLACES_IN_A_SECOND + 1) }
    }

    /// Whether this life, or one before it, began with this place.
    #[must_use]
    pub fn begins_with(self, seq: Seq) -> bool {
        let life = seq.0 / PLACES_IN_A_SECOND;
        seq.0 % PLACES_IN_A_SECOND == 1 && (2..=u64::from(self.0)).contains(&life)
    }

    /// When the backup was put back with which this life began; absent for the first.
    #[must_use]
    pub fn restored_at(self) -> Option<Timestamp> {
        (self.0 > 1).then(|| Timestamp(i64::from(self.0) * 1_000))
    }

    /// The life that begins when a backup of this one is put back now.
    #[must_use]
    pub fn restored(self, now: Timestamp) -> Self {
        let second = u32::try_from(now.0 / 1_000).unwrap_or(u32::MAX);
        Self(second.max(self.0.saturating_add(1)))
    }
}
