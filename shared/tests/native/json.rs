//! Reading JSON, with serde_json as the reference: what it writes is read, and whatever comes is taken where it takes it.

use core::fmt::Debug;
use std::collections::BTreeMap;

use igoon_shared::protocol::json;
use proptest::{
    collection::vec,
    prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest},
    sample::{Index, select},
    test_runner::{Config as ProptestConfig, TestCaseError},
};
use serde::{
    Deserialize, Serialize,
    de::{DeserializeOwned, IgnoredAny},
};

/// Values in all their forms, and what is nearly one.
const ODD: &[&str] = &[
    "null",
    "true",
    "false",
    "nul",
    "0",
    "-0",
    "-1",
    "7",
    "01",
    "+1",
    "-",
    "1.",
    ".5",
    "1.5",
    "1e3",
    "1E+3",
    "1e",
    "0.0e-9",
    "127",
    "128",
    "-128",
    "-129",
    "255",
    "256",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775808",
    "-9223372036854775809",
    "1e999",
    r#""""#,
    r#""a""#,
    r#""\"\\\/\b\f\n\r\t""#,
    r#""\u00e4\u20AC""#,
    r#""\ud83d\ude00""#,
    r#""\ud83d""#,
    r#""\ude00""#,
    r#""\ud83dx""#,
    r#""\ud83d\u0041""#,
    r#""\u12g4""#,
    r#""\x""#,
    "\"\t\"",
    "\"\u{7f}\"",
    "\"",
    "\"Alone\"",
    "[]",
    "{}",
    "[1,]",
    "[,1]",
    "{,}",
    r#"{"a"}"#,
    r#"{"a":1,}"#,
    "[1 2]",
    r#"{"a":1,"a":2}"#,
    r#"{a:1}"#,
    "",
];

/// One of each kind of what types can have in them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Whole {
    number: u64,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    text: Option<String>,
    kinds: Vec<Kind>,
    pair: (i64, Newtype),
    map: BTreeMap<String, bool>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Strict {
    a: Option<u8>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Newtype(i8);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Kind {
    Alone,
    New(Strict),
    Pair(u32, ()),
    Struct { a: char },
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read(whole in whole()) {
        prop_assert_eq!(json::read(&serde_json::to_vec(&whole).unwrap()), Ok(whole.clone()));
        prop_assert_eq!(json::read(&serde_json::to_vec_pretty(&whole).unwrap()), Ok(whole));
    }

    #[test]
    fn whatever_comes_is_taken_where_the_reference_takes_it(text in text()) {
        everything_agrees(text.as_bytes())?;
    }

    #[test]
    fn damaged_text_is_taken_where_the_reference_takes_it(
        text in prop_oneof![text(), whole().prop_map(|whole| serde_json::to_string(&whole).unwrap())],
        damage in vec((any::<Index>(), prop_oneof![any::<u8>(), select(&b"\"\\{}[],:0-.eE u"[..])]), 1..3),
    ) {
        let mut bytes = text.into_bytes();
        for (place, byte) in damage {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        everything_agrees(&bytes)?;
    }
}

#[test]
fn depth_is_bounded() {
    let nested = |depth| "[".repeat(depth) + &"]".repeat(depth);
    assert!(json::read::<IgnoredAny>(nested(127).as_bytes()).is_ok());
    assert!(json::read::<IgnoredAny>(nested(128).as_bytes()).is_err());
    // As many as one likes, one after the other.
    assert!(json::read::<IgnoredAny>(format!("[{}[]]", "[],".repeat(1_000)).as_bytes()).is_ok());
    assert!(json::read::<IgnoredAny>("[".repeat(1_000_000).as_bytes()).is_err());
}

fn everything_agrees(bytes: &[u8]) -> Result<(), TestCaseError> {
    agree::<()>(bytes)?;
    agree::<bool>(bytes)?;
    agree::<u8>(bytes)?;
    agree::<u64>(bytes)?;
    agree::<i64>(bytes)?;
    agree::<String>(bytes)?;
    agree::<Option<i8>>(bytes)?;
    agree::<Vec<Option<u64>>>(bytes)?;
    agree::<(u64, String)>(bytes)?;
    agree::<BTreeMap<String, i64>>(bytes)?;
    agree::<BTreeMap<String, Vec<String>>>(bytes)?;
    // What is ignored is looked at: more closely than the reference does that, which lets strings pass that are no text; not
    // as closely as where it is kept, which takes no number that is too large.
    let ignored = json::read::<IgnoredAny>(bytes).is_ok();
    prop_assert!(!ignored || serde_json::from_slice::<IgnoredAny>(bytes).is_ok());
    prop_assert!(ignored || serde_json::from_slice::<serde_json::Value>(bytes).is_err());
    // Structs by position are the one difference.
    if !bytes.contains(&b'[') {
        agree::<Strict>(bytes)?;
        agree::<Kind>(bytes)?;
    }
    if let Ok(whole) = json::read::<Whole>(bytes) {
        prop_assert_eq!(serde_json::from_slice::<Whole>(bytes).ok(), Some(whole));
    }
    Ok(())
}

fn agree<T: DeserializeOwned + PartialEq + Debug>(bytes: &[u8]) -> Result<(), TestCaseError> {
    prop_assert_eq!(json::read::<T>(bytes).ok(), serde_json::from_slice::<T>(bytes).ok());
    Ok(())
}

fn whole() -> impl Strategy<Value = Whole> {
    let strict = any::<Option<u8>>().prop_map(|a| Strict { a });
    let kind = prop_oneof![
        Just(Kind::Alone),
        strict.prop_map(Kind::New),
        any::<u32>().prop_map(|number| Kind::Pair(number, ())),
        any::<char>().prop_map(|a| Kind::Struct { a }),
    ];
    let map = proptest::collection::btree_map(any::<String>(), any::<bool>(), 0..3);
    (any::<u64>(), any::<Option<String>>(), vec(kind, 0..4), (any::<i64>(), any::<i8>()), map).prop_map(
        |(number, text, kinds, (one, other), map)| Whole { number, text, kinds, pair: (one, Newtype(other)), map },
    )
}

/// JSON in all its forms, and what is nearly JSON.
fn text() -> impl Strategy<Value = String> {
    let number = prop_oneof![any::<u64>().prop_map(|n| n.to_string()), any::<i64>().prop_map(|n| n.to_string())];
    let string = any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap());
    let leaf = prop_oneof![select(ODD).prop_map(str::to_owned), number, string].boxed();
    let space = select(&["", " ", "\n", "\t \r"][..]);
    let value = leaf.prop_recursive(3, 16, 3, move |inner| {
        let key = select(&["a", "b", "New", "Struct", "Pair", "Alone", "number"][..]);
        let spaced =
            (space.clone(), inner, space.clone()).prop_map(|(before, value, after)| format!("{before}{value}{after}"));
        let part = (key, spaced.clone()).prop_map(|(key, value)| format!("\"{key}\":{value}"));
        prop_oneof![
            vec(spaced, 0..4).prop_map(|parts| format!("[{}]", parts.join(","))),
            vec(part, 0..3).prop_map(|parts| format!("{{{}}}", parts.join(","))),
        ]
    });
    (value, select(&["", " ", "\n", "x", ",", "\u{a0}"][..])).prop_map(|(value, end)| value + end)
}
