//! Values as bytes, and back.

use verdi_core::Value;

/// How deep a value may nest that is read: far deeper than any that a program makes.
const DEPTH_MAX: usize = 1024;

const FALSE: u8 = 0;
const TRUE: u8 = 1;
const INT: u8 = 2;
const STR: u8 = 3;
const NODE: u8 = 4;
const CALLER: u8 = 5;
const LIST: u8 = 6;
const SET: u8 = 7;
const MAP: u8 = 8;
const DATA: u8 = 9;

/// Takes bytes in.
#[derive(Default)]
pub(super) struct Writer {
    pub(super) bytes: Vec<u8>,
}

impl Writer {
    /// Seven bits a byte, the lowest first.
    pub(super) fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    pub(super) fn value(&mut self, value: &Value) {
        match value {
            Value::Bool(known) => self.bytes.push(if *known { TRUE } else { FALSE }),
            Value::Int(int) => {
                self.bytes.push(INT);
                // Small ones in few bytes, whatever their sign.
                self.number((int << 1 ^ int >> 63) as u64);
            }
            Value::Str(text) => {
                self.tagged(STR, text.len() as u64);
                self.bytes.extend_from_slice(text.as_bytes());
            }
            Value::Node(node) => self.tagged(NODE, u64::from(*node)),
            Value::Caller(caller) => self.tagged(CALLER, u64::from(*caller)),
            Value::List(items) => {
                self.bytes.push(LIST);
                self.values(items);
            }
            Value::Set(items) => {
                self.bytes.push(SET);
                self.values(items);
            }
            Value::Map(entries) => {
                self.tagged(MAP, entries.len() as u64);
                for (key, value) in entries.iter() {
                    self.value(key);
                    self.value(value);
                }
            }
            Value::Data(tag, fields) => {
                self.tagged(DATA, u64::from(*tag));
                self.values(fields);
            }
        }
    }

    /// How many there are, then each.
    pub(super) fn values(&mut self, values: &[Value]) {
        self.number(values.len() as u64);
        values.iter().for_each(|value| self.value(value));
    }

    fn tagged(&mut self, tag: u8, number: u64) {
        self.bytes.push(tag);
        self.number(number);
    }
}

/// Gives bytes back. What is `None` is not what a [`Writer`] wrote.
pub(super) struct Reader<'a> {
    pub(super) bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(count)?;
        self.bytes = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|byte| byte[0])
    }

    pub(super) fn number(&mut self) -> Option<u64> {
        let mut number = 0_u64;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    pub(super) fn small(&mut self) -> Option<u32> {
        u32::try_from(self.number()?).ok()
    }

    /// How many things follow, of which each takes a byte at least.
    pub(super) fn count(&mut self) -> Option<usize> {
        let count = usize::try_from(self.number()?).ok()?;
        (count <= self.bytes.len()).then_some(count)
    }

    pub(super) fn value(&mut self) -> Option<Value> {
        self.inner(DEPTH_MAX)
    }

    pub(super) fn values(&mut self) -> Option<Vec<Value>> {
        self.inners(DEPTH_MAX)
    }

    /// A value that nests at most so deep.
    fn inner(&mut self, depth: usize) -> Option<Value> {
        let depth = depth.checked_sub(1)?;
        Some(match self.byte()? {
            FALSE => Value::Bool(false),
            TRUE => Value::Bool(true),
            INT => {
                let bits = self.number()?;
                Value::Int((bits >> 1) as i64 ^ -((bits & 1) as i64))
            }
            STR => {
                let count = self.count()?;
                Value::text(std::str::from_utf8(self.take(count)?).ok()?)
            }
            NODE => Value::Node(self.small()?),
            CALLER => Value::Caller(self.small()?),
            LIST => Value::list(self.inners(depth)?),
            SET => Value::set(self.inners(depth)?),
            MAP => {
                let mut entries = Vec::new();
                for _ in 0..self.count()? {
                    entries.push((self.inner(depth)?, self.inner(depth)?));
                }
                Value::map(entries)
            }
            DATA => Value::data(self.small()?, self.inners(depth)?),
            _ => return None,
        })
    }

    fn inners(&mut self, depth: usize) -> Option<Vec<Value>> {
        (0..self.count()?).map(|_| self.inner(depth)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there_and_back(value: &Value) {
        let mut writer = Writer::default();
        writer.value(value);
        let mut reader = Reader { bytes: &writer.bytes };
        assert_eq!(reader.value().as_ref(), Some(value));
        assert!(reader.bytes.is_empty());
        for end in 0..writer.bytes.len() {
            assert_eq!(Reader { bytes: &writer.bytes[..end] }.value(), None, "{value:?} cut at {end}");
        }
    }

    #[test]
    fn every_value_comes_back() {
        let ints = [0, 1, -1, 63, -64, 64, i64::MAX, i64::MIN].map(Value::Int);
        let entries = ints.iter().map(|int| (int.clone(), Value::some(int.clone()))).collect();
        let all = vec![
            Value::Bool(true),
            Value::Bool(false),
            Value::text(""),
            Value::text("à la carte"),
            Value::Node(300),
            Value::Caller(7),
            Value::none(),
            Value::set(ints.to_vec()),
            Value::map(entries),
            Value::data(400, vec![Value::list(ints.to_vec())]),
        ];
        all.iter().for_each(there_and_back);
        there_and_back(&Value::list(all));
    }

    #[test]
    fn what_nests_too_deep_or_is_too_long_is_refused() {
        let nested = [LIST, 1].repeat(1 << 20);
        assert_eq!(Reader { bytes: &nested }.value(), None);
        let mut long = vec![LIST];
        long.extend([0xff; 9]);
        assert_eq!(Reader { bytes: &long }.value(), None);
        assert_eq!(Reader { bytes: &[10] }.value(), None);
    }
}
