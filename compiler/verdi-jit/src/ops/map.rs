//! Maps.

use super::Run;
use super::collection::Elements;
use crate::layout::Kind;
use crate::object::Object;
use crate::shared::Shared;
use verdi_core::{Op, TyId};
use verdi_runtime::COLLECTION_MAX;

impl<'a> Run<'a> {
    pub(super) fn map(&mut self, op: Op) -> Option<()> {
        if op == Op::MapOf {
            return self.map_of();
        }
        let shared = self.shared;
        let Kind::Map(key_ty, value_ty) = shared.layouts.get(self.job.args[0].ty).kind else { return None };
        let split = shared.words(key_ty);
        let map = Elements::of(self.object(0), split + shared.words(value_ty));
        match op {
            Op::MapKeys => {
                let made = self.collect(map.len, split, map.iter().map(|entry| &entry[..split]))?;
                return self.object_out(made);
            }
            Op::MapValues => {
                let width = map.width - split;
                let made = self.collect(map.len, width, map.iter().map(|entry| &entry[split..]))?;
                return self.object_out(made);
            }
            Op::MapToList => return self.list_of_entries(map),
            _ => {}
        }
        let found = map.search(shared, key_ty, self.element(1));
        let value = found.ok().map(|at| &map.get(at)[split..]);
        match (op, found) {
            (Op::MapContains, _) => self.bool(value.is_some()),
            (Op::MapGet, _) => self.option_out(value),
            (Op::MapGetOr, Err(_)) => self.one_of(2),
            (Op::MapGetOr | Op::MapIndex, _) => {
                self.out.copy_from_slice(value?);
                Some(())
            }
            (Op::MapRemove, Err(_)) => self.unchanged(),
            (Op::MapRemove, Ok(at)) => self.remove_range(at, at + 1, map.width),
            (_, Ok(at)) => {
                let value = self.element(2).to_vec();
                let object = self.changeable(0)?;
                object.room_mut()[at * map.width + split..(at + 1) * map.width].copy_from_slice(&value);
                self.object_out(object)
            }
            (_, Err(_)) if map.len >= COLLECTION_MAX => None,
            (_, Err(at)) => {
                let (key, value) = (self.arg(1).to_vec(), self.element(2).to_vec());
                self.insert_at(at, [&key, &value])
            }
        }
    }

    /// The entries as pairs, which lie as entries do, unless pairs are boxed.
    fn list_of_entries(&mut self, map: Elements<'a>) -> Option<()> {
        let shared = self.shared;
        let Kind::List(pair) = shared.layouts.get(self.job.result).kind else { return None };
        let Some((data, true)) = shared.layouts.data(pair) else { return self.unchanged() };
        let boxes: Vec<u64> =
            map.iter().map(|entry| shared.make_box(data, &[&[0], entry].concat())).collect();
        let made = self.collect(map.len, 1, boxes.chunks(1))?;
        self.object_out(made)
    }

    /// The map of a list of pairs; of equal keys, the last wins.
    fn map_of(&mut self) -> Option<()> {
        let (shared, list, pair) = (self.shared, self.elements(0), self.item(0));
        let Kind::Map(key, _) = shared.layouts.get(self.job.result).kind else { return None };
        let split = shared.words(key);
        let mut entries: Vec<&[u64]> = list.iter().rev().map(|words| entry(shared, pair, words)).collect();
        entries.sort_by(|a, b| shared.cmp(key, &a[..split], &b[..split]));
        entries.dedup_by(|later, first| later[..split] == first[..split]);
        let width = self.map_width();
        let made = self.collect(entries.len(), width, entries.into_iter())?;
        self.object_out(made)
    }

    fn map_width(&self) -> usize {
        match self.shared.layouts.get(self.job.result).kind {
            Kind::Map(key, value) => self.shared.words(key) + self.shared.words(value),
            _ => 0,
        }
    }
}

/// The words of a pair, wherever it is.
fn entry<'a>(shared: &Shared, pair: TyId, words: &'a [u64]) -> &'a [u64] {
    match shared.layouts.data(pair) {
        Some((_, true)) => &Object::of(words[0]).words()[1..],
        _ => words,
    }
}
