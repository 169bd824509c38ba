//! MessagePack taken apart and put together again in ways that no encoder would.

use super::noise::Noise;

/// A MessagePack value.
#[derive(Clone, Debug)]
pub enum Value {
    Number(u64),
    Text(Vec<u8>),
    Bin(Vec<u8>),
    List(Vec<Value>),
    Map(Vec<(Value, Value)>),
    /// Bytes that stand for a value, or pretend to.
    Raw(Vec<u8>),
}

impl Value {
    pub fn text(text: &str) -> Self {
        Self::Text(text.as_bytes().to_vec())
    }

    /// Takes apart what the project's own encoder made of a frame.
    pub fn parse(bytes: &[u8]) -> Self {
        let mut rest = bytes;
        let value = parse(&mut rest);
        assert!(rest.is_empty());
        value
    }

    pub fn write(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write_to(&mut out);
        out
    }

    fn write_to(&self, out: &mut Vec<u8>) {
        let length = |out: &mut Vec<u8>, marker: u8, count: usize| {
            out.push(marker);
            out.extend_from_slice(&(count as u32).to_be_bytes());
        };
        match self {
            Self::Number(number) => {
                out.push(0xcf);
                out.extend_from_slice(&number.to_be_bytes());
            }
            Self::Text(text) => {
                length(out, 0xdb, text.len());
                out.extend_from_slice(text);
            }
            Self::Bin(bytes) => {
                length(out, 0xc6, bytes.len());
                out.extend_from_slice(bytes);
            }
            Self::List(items) => {
                length(out, 0xdd, items.len());
                items.iter().for_each(|item| item.write_to(out));
            }
            Self::Map(pairs) => {
                length(out, 0xdf, pairs.len());
                for (key, value) in pairs {
                    key.write_to(out);
                    value.write_to(out);
                }
            }
            Self::Raw(bytes) => out.extend_from_slice(bytes),
        }
    }

    /// The values inside, this one first; keys are not among them.
    fn count(&self) -> usize {
        1 + match self {
            Self::List(items) => items.iter().map(Self::count).sum(),
            Self::Map(pairs) => pairs.iter().map(|(_, value)| value.count()).sum(),
            _ => 0,
        }
    }

    fn nth(&mut self, mut place: usize) -> Option<&mut Self> {
        if place == 0 {
            return Some(self);
        }
        place -= 1;
        let inside: Vec<&mut Self> = match self {
            Self::List(items) => items.iter_mut().collect(),
            Self::Map(pairs) => pairs.iter_mut().map(|(_, value)| value).collect(),
            _ => return None,
        };
        for value in inside {
            let count = value.count();
            if place < count {
                return value.nth(place);
            }
            place -= count;
        }
        None
    }

    /// Any of the values inside.
    pub fn any(&mut self, noise: &mut Noise) -> &mut Self {
        let place = noise.below(self.count());
        self.nth(place).unwrap()
    }

    /// Any of the maps inside.
    pub fn any_map(&mut self, noise: &mut Noise) -> &mut Vec<(Self, Self)> {
        let maps: Vec<usize> =
            (0..self.count()).filter(|place| matches!(self.nth(*place), Some(Self::Map(_)))).collect();
        match self.nth(*noise.pick(&maps)) {
            Some(Self::Map(pairs)) => pairs,
            _ => unreachable!("a map"),
        }
    }

    /// A value of another type.
    pub fn of_another_type(&self, noise: &mut Noise) -> Self {
        let others = [
            Self::Raw(vec![0xc0]),
            Self::Raw(vec![0xc3]),
            Self::Raw(vec![0xff]),
            Self::Number(noise.next()),
            Self::text("text"),
            Self::Bin(noise.bytes(7)),
            Self::List(vec![Self::text("a"), Self::text("b")]),
            Self::Map(vec![(Self::text("no such field"), Self::Number(1))]),
        ];
        loop {
            let other = noise.pick(&others).clone();
            // A structure that comes as a sequence of its fields' values is still taken where its form is not fixed.
            let same = matches!(
                (self, &other),
                (Self::Number(_), Self::Number(_))
                    | (Self::Bin(_), Self::Bin(_))
                    | (Self::Map(_), Self::Map(_) | Self::List(_) | Self::Bin(_))
            );
            if !same {
                return other;
            }
        }
    }
}

fn parse(rest: &mut &[u8]) -> Value {
    let marker = number(rest, 1) as u8;
    match marker {
        0x00..=0x7f => Value::Number(u64::from(marker)),
        0xcc..=0xcf => Value::Number(number(rest, 1 << (marker - 0xcc))),
        0xa0..=0xbf => Value::Text(take(rest, usize::from(marker & 0x1f))),
        0xc4..=0xc6 => {
            let length = number(rest, 1 << (marker - 0xc4)) as usize;
            Value::Bin(take(rest, length))
        }
        0x80..=0x8f => Value::Map((0..marker & 0x0f).map(|_| (parse(rest), parse(rest))).collect()),
        other => unreachable!("no frame of a client holds {other:#x}"),
    }
}

fn number(rest: &mut &[u8], width: usize) -> u64 {
    take(rest, width).into_iter().fold(0, |number, byte| (number << 8) | u64::from(byte))
}

fn take(rest: &mut &[u8], count: usize) -> Vec<u8> {
    let (taken, left) = rest.split_at(count);
    *rest = left;
    taken.to_vec()
}
