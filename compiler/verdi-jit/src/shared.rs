//! What everything that handles words needs.

use crate::heap::Heap;
use crate::layout::{Kind, Layouts, deeper};
use crate::object::Object;
use cranelift_entity::PrimaryMap;
use std::cmp::Ordering;
use std::sync::Arc;
use verdi_core::{FieldId, KindId, Program, TyId, VarId};
use verdi_runtime::{COLLECTION_MAX, NESTING_MAX};

/// A program, how its values lie in words, and the interned ones.
pub(crate) struct Shared {
    pub(crate) program: Arc<Program>,
    pub(crate) layouts: Layouts,
    pub(crate) heap: Heap,
    /// Each node's position in its kind, and its kind.
    pub(crate) node_index: Box<[u64]>,
    pub(crate) node_kind: Box<[u64]>,
    /// The first word of each field of each kind's state, then the words of all.
    field_from: PrimaryMap<KindId, Vec<usize>>,
    /// The same for the network's variables.
    var_from: Vec<usize>,
}

impl Shared {
    pub(crate) fn new(program: Arc<Program>) -> Self {
        let nodes = program.nodes.values();
        let node_index = nodes.clone().map(|node| u64::from(node.index)).collect();
        let node_kind = nodes.map(|node| u64::from(node.kind.as_u32())).collect();
        let layouts = Layouts::new(&program);
        let field_from = program
            .kinds
            .values()
            .map(|kind| positions(&layouts, kind.fields.values().map(|field| field.ty)))
            .collect();
        let var_from = positions(&layouts, program.network.vars.values().map(|var| var.ty));
        Self { layouts, heap: Heap::new(), node_index, node_kind, field_from, var_from, program }
    }

    /// The first word of a field in its kind's state, and how many it has.
    pub(crate) fn field(&self, kind: KindId, field: FieldId) -> (usize, usize) {
        let (from, at) = (&self.field_from[kind], field.as_u32() as usize);
        (from[at], from[at + 1] - from[at])
    }

    /// The words of all fields of a kind.
    pub(crate) fn fields_words(&self, kind: KindId) -> usize {
        self.field_from[kind].last().copied().unwrap_or(0)
    }

    /// The first word of a variable of the network, and how many it has.
    pub(crate) fn var(&self, var: VarId) -> (usize, usize) {
        let at = var.as_u32() as usize;
        (self.var_from[at], self.var_from[at + 1] - self.var_from[at])
    }

    /// The words of all variables.
    pub(crate) fn vars_words(&self) -> usize {
        self.var_from.last().copied().unwrap_or(0)
    }

    /// Which words of a value are objects.
    pub(crate) fn objects_in(&self, ty: TyId, words: &[u64]) -> Vec<bool> {
        let mut found = vec![false; words.len()];
        self.mark_objects(ty, words, &mut found);
        found
    }

    fn mark_objects(&self, ty: TyId, words: &[u64], found: &mut [bool]) {
        match &self.layouts.get(ty).kind {
            Kind::Scalar => {}
            Kind::Flat(data) => {
                let tag = if data.tagged { words[0] } else { 0 };
                for (from, ty) in &data.ctors[tag as usize].fields {
                    let to = from + self.words(*ty);
                    self.mark_objects(*ty, &words[*from..to], &mut found[*from..to]);
                }
            }
            _ => found[0] = true,
        }
    }

    pub(crate) fn words(&self, ty: TyId) -> usize {
        self.layouts.words(ty)
    }

    /// The canonical order of two values of a type: of what they contain, never of their words' addresses.
    pub(crate) fn cmp(&self, ty: TyId, a: &[u64], b: &[u64]) -> Ordering {
        match &self.layouts.get(ty).kind {
            Kind::Scalar => (a[0] as i64).cmp(&(b[0] as i64)),
            _ if a == b => Ordering::Equal,
            Kind::Str => Object::of(a[0]).text().cmp(Object::of(b[0]).text()),
            Kind::List(item) | Kind::Set(item) => {
                self.cmp_sequences(&[*item], Object::of(a[0]), Object::of(b[0]))
            }
            Kind::Map(key, value) => self.cmp_sequences(&[*key, *value], Object::of(a[0]), Object::of(b[0])),
            Kind::Flat(data) => self.cmp_data(data, a, b),
            Kind::Boxed(data) => {
                deeper(|| self.cmp_data(data, Object::of(a[0]).words(), Object::of(b[0]).words()))
            }
        }
    }

    fn cmp_sequences(&self, tys: &[TyId], a: Object, b: Object) -> Ordering {
        let width: usize = tys.iter().map(|ty| self.words(*ty)).sum();
        let (a_words, b_words) = (a.words(), b.words());
        for at in 0..a.len().min(b.len()) {
            let mut from = at * width;
            for ty in tys {
                let to = from + self.words(*ty);
                let order = self.cmp(*ty, &a_words[from..to], &b_words[from..to]);
                if order.is_ne() {
                    return order;
                }
                from = to;
            }
        }
        a.len().cmp(&b.len())
    }

    fn cmp_data(&self, data: &crate::layout::Data, a: &[u64], b: &[u64]) -> Ordering {
        let tag = if data.tagged { a[0] } else { 0 };
        if data.tagged && a[0] != b[0] {
            return a[0].cmp(&b[0]);
        }
        for (from, ty) in &data.ctors[tag as usize].fields {
            let to = from + self.words(*ty);
            let order = self.cmp(*ty, &a[*from..to], &b[*from..to]);
            if order.is_ne() {
                return order;
            }
        }
        Ordering::Equal
    }

    /// The word of a value in a box, given what is in it.
    pub(crate) fn make_box(&self, data: &crate::layout::Data, words: &[u64]) -> u64 {
        let measure = self.measure_data(data, words);
        self.heap.intern(measure.pack(), words).word()
    }

    /// How large a value is.
    pub(crate) fn measure(&self, ty: TyId, words: &[u64]) -> Measure {
        match &self.layouts.get(ty).kind {
            Kind::Scalar | Kind::Str => Measure { parts: 1, height: 0 },
            Kind::List(item) | Kind::Set(item) => self.measure_elements(&[*item], Object::of(words[0])),
            Kind::Map(key, value) => self.measure_elements(&[*key, *value], Object::of(words[0])),
            Kind::Flat(data) => self.measure_data(data, words),
            Kind::Boxed(_) => Measure::unpack(Object::of(words[0]).len()),
        }
    }

    fn measure_elements(&self, tys: &[TyId], object: Object) -> Measure {
        let mut all = Measure { parts: 1, height: 0 };
        let (words, mut from) = (object.words(), 0);
        for _ in 0..object.len() {
            for ty in tys {
                let to = from + self.words(*ty);
                all.include(self.measure(*ty, &words[from..to]));
                from = to;
            }
        }
        all
    }

    fn measure_data(&self, data: &crate::layout::Data, words: &[u64]) -> Measure {
        let tag = if data.tagged { words[0] } else { 0 };
        let mut all = Measure { parts: 1, height: 0 };
        for (from, ty) in &data.ctors[tag as usize].fields {
            all.include(self.measure(*ty, &words[*from..from + self.words(*ty)]));
        }
        all
    }
}

/// Where values of these types begin that lie one after the other, and where the last one ends.
fn positions(layouts: &Layouts, tys: impl Iterator<Item = TyId>) -> Vec<usize> {
    let mut all = vec![0];
    let mut end = 0;
    for ty in tys {
        end += layouts.words(ty);
        all.push(end);
    }
    all
}

/// The parts of a value, as if none were shared, and how deep they nest; both no more than a little beyond what
/// is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Measure {
    pub(crate) parts: usize,
    pub(crate) height: usize,
}

impl Measure {
    const HEIGHT_BITS: u32 = 9;

    fn include(&mut self, part: Measure) {
        self.parts = (self.parts + part.parts).min(COLLECTION_MAX + 1);
        self.height = self.height.max(part.height + 1).min(NESTING_MAX + 1);
    }

    /// Whether a value may be that large.
    pub(crate) fn is_allowed(self) -> bool {
        self.parts <= COLLECTION_MAX && self.height <= NESTING_MAX
    }

    fn pack(self) -> usize {
        self.parts << Self::HEIGHT_BITS | self.height
    }

    pub(crate) fn unpack(packed: usize) -> Self {
        Self { parts: packed >> Self::HEIGHT_BITS, height: packed & ((1 << Self::HEIGHT_BITS) - 1) }
    }
}
