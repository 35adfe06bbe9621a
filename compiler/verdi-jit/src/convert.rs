//! Values as words, and back.

use crate::layout::{Data, Kind, deeper};
use crate::object::{Object, text_words};
use crate::shared::Shared;
use verdi_core::{TyId, Value};

impl Shared {
    /// Adds the words of a value of a type.
    pub(crate) fn push_words(&self, ty: TyId, value: &Value, words: &mut Vec<u64>) {
        match &self.layouts.get(ty).kind {
            Kind::Scalar => words.push(scalar(value)),
            Kind::Str => {
                let (text, mut inside) = (value.as_str(), Vec::new());
                text_words(text, &mut inside);
                words.push(self.heap.intern(text.len(), &inside).word());
            }
            Kind::List(item) => words.push(self.sequence(*item, value.as_list())),
            Kind::Set(item) => words.push(self.sequence(*item, value.as_set())),
            Kind::Map(key, item) => {
                let (entries, mut inside) = (value.as_map(), Vec::new());
                for (known, value) in entries.iter() {
                    self.push_words(*key, known, &mut inside);
                    self.push_words(*item, value, &mut inside);
                }
                words.push(self.heap.intern(entries.len(), &inside).word());
            }
            Kind::Flat(data) => deeper(|| self.push_data(data, value, words)),
            Kind::Boxed(data) => {
                let mut inside = Vec::with_capacity(data.words);
                deeper(|| self.push_data(data, value, &mut inside));
                words.push(self.make_box(data, &inside));
            }
        }
    }

    fn sequence(&self, item: TyId, items: &[Value]) -> u64 {
        let mut inside = Vec::with_capacity(items.len() * self.words(item));
        for value in items {
            self.push_words(item, value, &mut inside);
        }
        self.heap.intern(items.len(), &inside).word()
    }

    fn push_data(&self, data: &Data, value: &Value, words: &mut Vec<u64>) {
        let end = words.len() + data.words;
        if data.tagged {
            words.push(u64::from(value.tag()));
        }
        let ctor = &data.ctors[value.tag() as usize];
        for ((_, ty), field) in ctor.fields.iter().zip(value.fields()) {
            self.push_words(*ty, field, words);
        }
        words.resize(end, 0);
    }

    /// The words of a value of a type.
    pub(crate) fn to_words(&self, ty: TyId, value: &Value) -> Vec<u64> {
        let mut words = Vec::with_capacity(self.words(ty));
        self.push_words(ty, value, &mut words);
        words
    }

    /// The value of a type that words stand for.
    pub(crate) fn to_value(&self, ty: TyId, words: &[u64]) -> Value {
        match &self.layouts.get(ty).kind {
            Kind::Scalar => self.scalar_value(ty, words[0]),
            Kind::Str => Value::text(Object::of(words[0]).text()),
            Kind::List(item) => Value::list(self.values(*item, Object::of(words[0]))),
            // The elements are in order already.
            Kind::Set(item) => Value::Set(self.values(*item, Object::of(words[0])).into()),
            Kind::Map(key, item) => {
                let (object, split) = (Object::of(words[0]), self.words(*key));
                let width = split + self.words(*item);
                let entry = |at: usize| {
                    let words = &object.words()[at * width..(at + 1) * width];
                    (self.to_value(*key, &words[..split]), self.to_value(*item, &words[split..]))
                };
                Value::Map((0..object.len()).map(entry).collect::<Vec<_>>().into())
            }
            Kind::Flat(data) => deeper(|| self.data_value(data, words)),
            Kind::Boxed(data) => deeper(|| self.data_value(data, Object::of(words[0]).words())),
        }
    }

    fn values(&self, item: TyId, object: Object) -> Vec<Value> {
        let width = self.words(item);
        let value = |at: usize| self.to_value(item, &object.words()[at * width..(at + 1) * width]);
        (0..object.len()).map(value).collect()
    }

    fn data_value(&self, data: &Data, words: &[u64]) -> Value {
        let tag = if data.tagged { words[0] } else { 0 };
        let fields = data.ctors[tag as usize].fields.iter();
        let field = |(from, ty): &(usize, TyId)| self.to_value(*ty, &words[*from..from + self.words(*ty)]);
        Value::data(tag as u32, fields.map(field).collect())
    }

    fn scalar_value(&self, ty: TyId, word: u64) -> Value {
        let special = &self.program.special;
        if ty == special.int {
            Value::Int(word as i64)
        } else if ty == special.bool {
            Value::Bool(word != 0)
        } else if ty == special.node {
            Value::Node(word as u32)
        } else {
            Value::Caller(word as u32)
        }
    }
}

fn scalar(value: &Value) -> u64 {
    match value {
        Value::Bool(b) => u64::from(*b),
        Value::Int(n) => *n as u64,
        Value::Node(n) => u64::from(*n),
        other => u64::from(other.as_caller()),
    }
}
