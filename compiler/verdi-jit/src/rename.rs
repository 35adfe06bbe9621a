//! Values with other nodes in them: what a symmetry does.

use crate::layout::{Data, Kind, deeper};
use crate::object::Object;
use crate::shared::Shared;
use verdi_core::TyId;

impl Shared {
    /// Makes every node in a value the one that `to` has at its position; the value is canonical again.
    pub(crate) fn rename(&self, ty: TyId, words: &mut [u64], to: &[u32]) {
        let layout = self.layouts.get(ty);
        if !layout.has_node {
            return;
        }
        match &layout.kind {
            // The only scalar with a node is a node.
            Kind::Scalar => words[0] = u64::from(to[words[0] as usize]),
            Kind::Str => {}
            Kind::List(item) => words[0] = self.rename_elements(&[*item], words[0], to, false),
            Kind::Set(item) => words[0] = self.rename_elements(&[*item], words[0], to, true),
            Kind::Map(key, value) => words[0] = self.rename_elements(&[*key, *value], words[0], to, true),
            Kind::Flat(data) => self.rename_fields(data, words, to),
            Kind::Boxed(data) => {
                let mut inside = Object::of(words[0]).words().to_vec();
                deeper(|| self.rename_fields(data, &mut inside, to));
                words[0] = self.make_box(data, &inside);
            }
        }
    }

    fn rename_fields(&self, data: &Data, words: &mut [u64], to: &[u32]) {
        let tag = if data.tagged { words[0] } else { 0 };
        for (from, ty) in &data.ctors[tag as usize].fields {
            self.rename(*ty, &mut words[*from..from + self.words(*ty)], to);
        }
    }

    /// `ordered`: whether the elements go by the first of their types.
    fn rename_elements(&self, tys: &[TyId], word: u64, to: &[u32], ordered: bool) -> u64 {
        let object = Object::of(word);
        let width: usize = tys.iter().map(|ty| self.words(*ty)).sum();
        let mut inside = object.words().to_vec();
        if width > 0 {
            for element in inside.chunks_mut(width) {
                let mut from = 0;
                for ty in tys {
                    self.rename(*ty, &mut element[from..from + self.words(*ty)], to);
                    from += self.words(*ty);
                }
            }
        }
        if ordered && width > 0 {
            let key = self.words(tys[0]);
            let mut elements: Vec<&[u64]> = inside.chunks(width).collect();
            elements.sort_by(|a, b| self.cmp(tys[0], &a[..key], &b[..key]));
            inside = elements.concat();
        }
        self.heap.intern(object.len(), &inside).word()
    }
}
