//! What the operations on lists, sets and maps have in common: a collection is elements of as many words each.

use super::Run;
use crate::layout::Kind;
use crate::object::Object;
use crate::shared::Shared;
use std::cmp::Ordering;
use verdi_core::TyId;

/// A collection that is read.
#[derive(Clone, Copy)]
pub(super) struct Elements<'a> {
    pub(super) words: &'a [u64],
    pub(super) len: usize,
    /// The words of one.
    pub(super) width: usize,
}

impl<'a> Elements<'a> {
    pub(super) fn of(object: Object, width: usize) -> Self {
        Self { words: object.words(), len: object.len(), width }
    }

    pub(super) fn get(&self, at: usize) -> &'a [u64] {
        &self.words[at * self.width..(at + 1) * self.width]
    }

    pub(super) fn iter(self) -> impl DoubleEndedIterator<Item = &'a [u64]> + ExactSizeIterator {
        (0..self.len).map(move |at| self.get(at))
    }

    /// Where an element lies whose first words are `key`, or where it would: elements ascend by these words.
    pub(super) fn search(&self, shared: &Shared, ty: TyId, key: &[u64]) -> Result<usize, usize> {
        let known = |at: usize| &self.get(at)[..key.len()];
        let is_scalar = matches!(shared.layouts.get(ty).kind, Kind::Scalar);
        let (mut from, mut to) = (0, self.len);
        while from < to {
            let middle = from.midpoint(to);
            let order = if is_scalar {
                (known(middle)[0] as i64).cmp(&(key[0] as i64))
            } else {
                shared.cmp(ty, known(middle), key)
            };
            match order {
                Ordering::Less => from = middle + 1,
                Ordering::Equal => return Ok(middle),
                Ordering::Greater => to = middle,
            }
        }
        Err(from)
    }
}

impl<'a> Run<'a> {
    /// The elements of an argument: a list or set of `item`s.
    pub(super) fn elements(&self, at: usize) -> Elements<'a> {
        Elements::of(self.object(at), self.shared.words(self.item(at)))
    }

    /// A new collection of some elements.
    pub(super) fn collect<'b>(
        &mut self,
        most: usize,
        width: usize,
        elements: impl Iterator<Item = &'b [u64]>,
    ) -> Option<Object> {
        let made = self.ctx.scratch.object(most * width)?;
        let (room, mut len, mut at) = (made.room_mut(), 0, 0);
        for element in elements {
            room[at..at + width].copy_from_slice(element);
            at += width;
            len += 1;
        }
        made.set_len(len, at);
        Some(made)
    }

    /// The first argument's collection to be changed: itself, where it may be and has room for some more words, else a
    /// copy.
    pub(super) fn changeable(&mut self, more: usize) -> Option<Object> {
        let object = self.object(0);
        let words = object.words();
        if self.job.in_place && object.is_unique() && object.room() >= words.len() + more {
            return Some(object);
        }
        // What grows once often grows again.
        let room = if self.job.in_place { (words.len() + more) * 2 } else { words.len() + more };
        let copy = self.ctx.scratch.object(room)?;
        copy.room_mut()[..words.len()].copy_from_slice(words);
        copy.set_len(object.len(), words.len());
        Some(copy)
    }

    /// The first argument as it is.
    pub(super) fn unchanged(&mut self) -> Option<()> {
        if self.job.in_place {
            self.out[0] = self.args[0];
            return Some(());
        }
        self.one_of(0)
    }

    /// Puts an element at a position, before those that are there.
    pub(super) fn insert_at(&mut self, at: usize, parts: [&[u64]; 2]) -> Option<()> {
        let width = parts[0].len() + parts[1].len();
        let object = self.changeable(width)?;
        let (room, words) = (object.room_mut(), object.word_count());
        room.copy_within(at * width..words, (at + 1) * width);
        let (first, second) = room[at * width..(at + 1) * width].split_at_mut(parts[0].len());
        first.copy_from_slice(parts[0]);
        second.copy_from_slice(parts[1]);
        object.set_len(object.len() + 1, words + width);
        self.object_out(object)
    }

    /// Takes out the elements from one position up to another.
    pub(super) fn remove_range(&mut self, from: usize, to: usize, width: usize) -> Option<()> {
        let object = self.changeable(0)?;
        let (room, words) = (object.room_mut(), object.word_count());
        room.copy_within(to * width..words, from * width);
        object.set_len(object.len() - (to - from), words - (to - from) * width);
        self.object_out(object)
    }
}

/// Sorts elements by their canonical order.
pub(super) fn sort(shared: &Shared, ty: TyId, elements: &mut [&[u64]]) {
    elements.sort_by(|a, b| shared.cmp(ty, a, b));
}
