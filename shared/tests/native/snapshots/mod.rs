//! Every wire type, byte for byte, against `kept/`: a field that is renamed, reordered, added or written in another form
//! is a change of the protocol, and fails here. MessagePack is kept as hex and in diagnostic notation, JSON as text.

mod crypto;
mod frames;
mod http;
mod log;

use core::fmt::{Debug, Write};

use igoon_shared::protocol::{codec, json};
use serde::{Serialize, de::DeserializeOwned};

use crate::support::{golden, message_pack::Value, to_hex};

/// What one file keeps.
struct Page {
    text: String,
}

impl Page {
    fn new(about: &str) -> Self {
        Self { text: format!("{about}\n") }
    }

    /// Adds a value as MessagePack, and checks that it reads back.
    fn message_pack<T: Serialize + DeserializeOwned + PartialEq + Debug>(&mut self, name: &str, value: &T) {
        let bytes = codec::encode(value);
        assert_eq!(codec::decode::<T>(&bytes).as_ref(), Ok(value));
        self.bytes(name, &bytes);
    }

    /// Adds bytes that are MessagePack.
    fn bytes(&mut self, name: &str, bytes: &[u8]) {
        write!(self.text, "\n== {name}\n{}\n{}\n", Value::read(bytes).diagnostic(), to_hex(bytes)).unwrap();
    }

    /// Adds a value as JSON, and checks that it reads back.
    fn json<T: Serialize + DeserializeOwned + PartialEq + Debug>(&mut self, name: &str, value: &T) {
        let text = serde_json::to_string_pretty(value).unwrap();
        assert_eq!(json::read::<T>(text.as_bytes()).as_ref(), Ok(value));
        write!(self.text, "\n== {name}\n{text}\n").unwrap();
    }

    /// Adds something that is not encoded.
    fn line(&mut self, name: &str, value: &str) {
        writeln!(self.text, "{name}: {value}").unwrap();
    }

    fn assert_kept(&self, file: &str) {
        golden::assert_same(&format!("tests/native/snapshots/kept/{file}.txt"), &self.text);
    }
}

/// All values of an enum without data; does not compile when one is missing.
macro_rules! every {
    ($type:ident: $($variant:ident),+ $(,)?) => {{
        let _none_is_missing = |value: $type| match value { $($type::$variant => ()),+ };
        vec![$($type::$variant),+]
    }};
}
use every;

/// Asserts that the samples are one of each kind of an enum, in the order given here; does not compile when a kind is
/// missing.
macro_rules! assert_one_of_each {
    ($samples:expr, $type:ident: $($variant:ident),+ $(,)?) => {
        let kind = |value: &$type| match value { $($type::$variant(_) => stringify!($variant)),+ };
        assert_eq!($samples.iter().map(kind).collect::<Vec<_>>(), [$(stringify!($variant)),+]);
    };
}
use assert_one_of_each;
