//! MessagePack as a tree (<https://github.com/msgpack/msgpack/blob/master/spec.md>): to look at what crosses the wire, to
//! change it, and to write it in other forms than the shortest. Shares nothing with the codec that it tests.

/// A value, by what it says. How it is written is up to [`Value::write`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Nil,
    Bool(bool),
    Int(i128),
    Text(Vec<u8>),
    Bytes(Vec<u8>),
    Array(Vec<Value>),
    Map(Vec<(Value, Value)>),
    /// Something that the protocol does not use, as it is written: a float, an extension, the reserved marker.
    Unused(Vec<u8>),
}

pub fn text(text: &str) -> Value {
    Value::Text(text.as_bytes().to_vec())
}

impl Value {
    /// The one value that `bytes` are.
    pub fn read(bytes: &[u8]) -> Self {
        let mut reader = Reader { rest: bytes };
        let value = reader.value();
        assert!(reader.rest.is_empty(), "trailing bytes");
        value
    }

    /// In the shortest form.
    pub fn shortest(&self) -> Vec<u8> {
        self.write(&mut core::iter::repeat(0))
    }

    /// In the form that `forms` choose, one number for each number, string, array and map: 0 for the shortest, 1 for the
    /// next, and so on; where there is none so wide, the widest.
    pub fn write(&self, forms: &mut dyn Iterator<Item = usize>) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.append(&mut bytes, forms);
        bytes
    }

    fn append(&self, to: &mut Vec<u8>, forms: &mut dyn Iterator<Item = usize>) {
        match self {
            Self::Nil => to.push(0xc0),
            Self::Bool(value) => to.push(if *value { 0xc3 } else { 0xc2 }),
            Self::Int(value) => to.extend(chosen(int_forms(*value), forms)),
            Self::Text(content) => {
                to.extend(chosen(lengths(content.len(), Some((0xa0, 32)), &[(0xd9, 1), (0xda, 2), (0xdb, 4)]), forms));
                to.extend(content);
            }
            Self::Bytes(content) => {
                to.extend(chosen(lengths(content.len(), None, &[(0xc4, 1), (0xc5, 2), (0xc6, 4)]), forms));
                to.extend(content);
            }
            Self::Array(items) => {
                to.extend(chosen(lengths(items.len(), Some((0x90, 16)), &[(0xdc, 2), (0xdd, 4)]), forms));
                for item in items {
                    item.append(to, forms);
                }
            }
            Self::Map(entries) => {
                to.extend(chosen(lengths(entries.len(), Some((0x80, 16)), &[(0xde, 2), (0xdf, 4)]), forms));
                for (key, value) in entries {
                    key.append(to, forms);
                    value.append(to, forms);
                }
            }
            Self::Unused(written) => to.extend(written),
        }
    }

    /// The value of a key of a map.
    pub fn field(&mut self, name: &str) -> &mut Self {
        let (_, value) = self.entries().iter_mut().find(|(key, _)| *key == text(name)).expect("no such field");
        value
    }

    /// The entries of a map.
    pub fn entries(&mut self) -> &mut Vec<(Value, Value)> {
        match self {
            Self::Map(entries) => entries,
            _ => panic!("not a map: {self:?}"),
        }
    }

    /// For the eye, as CBOR's diagnostic notation writes it (RFC 8949, section 8): `{"seq": 7, "id": h'00ff'}`.
    pub fn diagnostic(&self) -> String {
        self.indented(0)
    }

    fn indented(&self, depth: usize) -> String {
        match self {
            Self::Nil => "null".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Int(value) => value.to_string(),
            Self::Text(content) => format!("{:?}", core::str::from_utf8(content).unwrap()),
            Self::Bytes(content) => format!("h'{}'", super::to_hex(content)),
            Self::Array(items) => lines('[', items.iter().map(|item| item.indented(depth + 1)).collect(), ']', depth),
            Self::Map(entries) => {
                let entry =
                    |(key, value): &(Self, Self)| format!("{}: {}", key.indented(depth + 1), value.indented(depth + 1));
                lines('{', entries.iter().map(entry).collect(), '}', depth)
            }
            Self::Unused(written) => panic!("the protocol has no use for {written:?}"),
        }
    }
}

fn lines(open: char, items: Vec<String>, close: char, depth: usize) -> String {
    if items.is_empty() {
        return format!("{open}{close}");
    }
    let indent = "  ".repeat(depth);
    format!("{open}\n{indent}  {}\n{indent}{close}", items.join(&format!(",\n{indent}  ")))
}

fn chosen(written: Vec<Vec<u8>>, forms: &mut dyn Iterator<Item = usize>) -> Vec<u8> {
    let form = forms.next().unwrap().min(written.len() - 1);
    written[form].clone()
}

/// Marker and big-endian `number` of so many bytes.
fn marked(marker: u8, number: i128, width: usize) -> Vec<u8> {
    let bytes = number.to_be_bytes();
    [&[marker], &bytes[bytes.len() - width..]].concat()
}

fn int_forms(value: i128) -> Vec<Vec<u8>> {
    let mut forms = Vec::new();
    if (-32..128).contains(&value) {
        forms.push(marked(value.to_be_bytes()[15], 0, 0));
    }
    for (marker, width) in [(0xcc, 1), (0xcd, 2), (0xce, 4), (0xcf, 8)] {
        if (0..1 << (8 * width)).contains(&value) {
            forms.push(marked(marker, value, width));
        }
    }
    for (marker, width) in [(0xd0, 1), (0xd1, 2), (0xd2, 4), (0xd3, 8)] {
        let limit = 1 << (8 * width - 1);
        if (-limit..limit).contains(&value) {
            forms.push(marked(marker, value, width));
        }
    }
    forms
}

/// What can stand before something of this length: a marker with the length in it, or a marker and the length.
fn lengths(length: usize, fixed: Option<(u8, usize)>, marked_forms: &[(u8, usize)]) -> Vec<Vec<u8>> {
    let fixed =
        fixed.filter(|(_, limit)| length < *limit).map(|(marker, _)| vec![marker | u8::try_from(length).unwrap()]);
    let number = i128::try_from(length).unwrap();
    let fitting = marked_forms.iter().filter(|(_, width)| number < 1 << (8 * width));
    fixed.into_iter().chain(fitting.map(|(marker, width)| marked(*marker, number, *width))).collect()
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.rest.split_at(count);
        self.rest = rest;
        taken
    }

    fn number(&mut self, width: usize) -> i128 {
        self.take(width).iter().fold(0, |number, byte| (number << 8) | i128::from(*byte))
    }

    fn length(&mut self, width: usize) -> usize {
        usize::try_from(self.number(width)).unwrap()
    }

    fn value(&mut self) -> Value {
        let marker = self.take(1)[0];
        let fixed = usize::from(marker);
        match marker {
            0x00..=0x7f => Value::Int(i128::from(marker)),
            0x80..=0x8f => self.map(fixed & 0x0f),
            0x90..=0x9f => self.array(fixed & 0x0f),
            0xa0..=0xbf => Value::Text(self.take(fixed & 0x1f).to_vec()),
            0xc0 => Value::Nil,
            0xc2 | 0xc3 => Value::Bool(marker == 0xc3),
            0xc4..=0xc6 => {
                let length = self.length(1 << (marker - 0xc4));
                Value::Bytes(self.take(length).to_vec())
            }
            0xcc..=0xcf => Value::Int(self.number(1 << (marker - 0xcc))),
            0xd0..=0xd3 => {
                let width = 1 << (marker - 0xd0);
                let unused = 128 - 8 * width;
                Value::Int(self.number(width) << unused >> unused)
            }
            0xd9..=0xdb => {
                let length = self.length(1 << (marker - 0xd9));
                Value::Text(self.take(length).to_vec())
            }
            0xdc | 0xdd => {
                let count = self.length(2 << (marker - 0xdc));
                self.array(count)
            }
            0xde | 0xdf => {
                let count = self.length(2 << (marker - 0xde));
                self.map(count)
            }
            0xe0..=0xff => Value::Int(i128::from(marker.cast_signed())),
            _ => panic!("the protocol has no use for the marker {marker:#x}"),
        }
    }

    fn array(&mut self, count: usize) -> Value {
        Value::Array((0..count).map(|_| self.value()).collect())
    }

    fn map(&mut self, count: usize) -> Value {
        Value::Map((0..count).map(|_| (self.value(), self.value())).collect())
    }
}
