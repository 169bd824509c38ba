//! Byte strings on the wire.

use core::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Bytes: `bin` in MessagePack, base64url without padding (RFC 4648, section 5) in JSON. Debug shows the length alone.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Blob(pub Vec<u8>);

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Blob({} bytes)", self.0.len())
    }
}

impl From<Vec<u8>> for Blob {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(&URL_SAFE_NO_PAD.encode(&self.0))
        } else {
            serializer.serialize_bytes(&self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor {
            text: bool,
        }
        impl de::Visitor<'_> for Visitor {
            type Value = Blob;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }
            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Blob, E> {
                Ok(Blob(bytes.to_vec()))
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Blob, E> {
                if !self.text {
                    return Err(E::invalid_type(de::Unexpected::Str(text), &self));
                }
                URL_SAFE_NO_PAD.decode(text).map(Blob).map_err(|_| E::custom("not base64url"))
            }
        }
        if deserializer.is_human_readable() {
            deserializer.deserialize_str(Visitor { text: true })
        } else {
            deserializer.deserialize_bytes(Visitor { text: false })
        }
    }
}

/// The JSON form of bytes: base64url without padding, of exactly `len` bytes if that is given.
#[cfg(feature = "openapi")]
pub(crate) fn schema(description: &str, len: Option<usize>) -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
    use utoipa::openapi::schema::{ObjectBuilder, Type};
    // The last character holds what is left over of the bits; the rest of it is zero (RFC 4648, section 3.5).
    let pattern = match len.map(|len| (len / 3 * 4, len % 3)) {
        None => {
            let (one, two) = ("[A-Za-z0-9_-][AQgw]", "[A-Za-z0-9_-]{2}[AEIMQUYcgkosw048]");
            format!("^([A-Za-z0-9_-]{{4}})*({one}|{two})?$")
        }
        Some((whole, 0)) => format!("^[A-Za-z0-9_-]{{{whole}}}$"),
        Some((whole, 1)) => format!("^[A-Za-z0-9_-]{{{}}}[AQgw]$", whole + 1),
        Some((whole, _)) => format!("^[A-Za-z0-9_-]{{{}}}[AEIMQUYcgkosw048]$", whole + 2),
    };
    let schema =
        ObjectBuilder::new().schema_type(Type::String).description(Some(description.trim())).pattern(Some(pattern));
    schema.content_encoding("base64url").build().into()
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Blob {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        schema("Bytes: base64url without padding (RFC 4648, section 5).", None)
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Blob {}
