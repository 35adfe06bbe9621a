//! Lists.

use super::Run;
use super::collection::sort;
use verdi_core::Op;
use verdi_runtime::COLLECTION_MAX;

impl Run<'_> {
    /// The ints between two.
    pub(super) fn range(&mut self, op: Op) -> Option<()> {
        let (from, to) = (self.int(0), self.int(1));
        let len = i128::from(to) - i128::from(from) + i128::from(op == Op::RangeInclusive);
        let len = usize::try_from(len.max(0)).ok().filter(|len| *len <= COLLECTION_MAX)?;
        let list = self.ctx.scratch.object(len)?;
        for (at, word) in list.room_mut()[..len].iter_mut().enumerate() {
            *word = from.wrapping_add(at as i64) as u64;
        }
        list.set_len(len, len);
        self.object_out(list)
    }

    /// Lists with fewer elements.
    pub(super) fn part(&mut self, op: Op) -> Option<()> {
        let list = self.elements(0);
        let (len, width) = (list.len, list.width);
        let clamp = |n: i64| usize::try_from(n.max(0)).unwrap_or(usize::MAX).min(len);
        let (from, to) = match op {
            Op::ListTake => (0, clamp(self.int(1))),
            Op::ListDrop => (clamp(self.int(1)), len),
            Op::ListPop => (0, len.saturating_sub(1)),
            Op::ListPopFront => (len.min(1), len),
            _ => {
                let from = usize::try_from(self.int(1)).ok()?;
                let to = usize::try_from(self.int(2)).ok()?;
                if from > to || to > len {
                    return None;
                }
                (from, to)
            }
        };
        if (from, to) == (0, len) {
            return self.unchanged();
        }
        if self.job.in_place && self.object(0).is_unique() {
            self.remove_range(to, len, width)?;
            return if from > 0 { self.remove_range(0, from, width) } else { Some(()) };
        }
        let part = self.collect(to - from, width, (from..to).map(|at| list.get(at)))?;
        self.object_out(part)
    }

    /// Elements of a list.
    pub(super) fn find_in_list(&mut self, op: Op) -> Option<()> {
        let (list, item) = (self.elements(0), self.item(0));
        match op {
            Op::ListContains => {
                let x = self.element(1);
                let found = list.iter().any(|known| known == x);
                self.bool(found)
            }
            Op::ListIndexOf => {
                let x = self.element(1);
                let found = list.iter().position(|known| known == x).map(|at| [at as u64]);
                self.option_out(found.as_ref().map(<[u64; 1]>::as_slice))
            }
            Op::ListFirst => self.option_out(list.iter().next()),
            Op::ListLast => self.option_out(list.iter().next_back()),
            Op::ListGet => {
                let at = usize::try_from(self.int(1)).ok().filter(|at| *at < list.len);
                self.option_out(at.map(|at| list.get(at)))
            }
            _ => {
                let shared = self.shared;
                let order = |a: &&[u64], b: &&[u64]| shared.cmp(item, a, b);
                let found =
                    if op == Op::ListMax { list.iter().max_by(order) } else { list.iter().min_by(order) };
                self.out.copy_from_slice(found?);
                Some(())
            }
        }
    }

    /// Lists with other elements.
    pub(super) fn change_list(&mut self, op: Op) -> Option<()> {
        let (list, item) = (self.elements(0), self.item(0));
        let (len, width) = (list.len, list.width);
        match op {
            Op::ListPush => {
                if len >= COLLECTION_MAX {
                    return None;
                }
                let x = self.element(1).to_vec();
                self.insert_at(len, [&x, &[]])
            }
            Op::ListSet => {
                let at = usize::try_from(self.int(1)).ok().filter(|at| *at < len)?;
                let x = self.element(2).to_vec();
                let object = self.changeable(0)?;
                object.room_mut()[at * width..(at + 1) * width].copy_from_slice(&x);
                self.object_out(object)
            }
            Op::ListConcat => {
                let more = self.elements(1);
                if len + more.len > COLLECTION_MAX {
                    return None;
                }
                match (len, more.len) {
                    (0, _) => self.one_of(1),
                    (_, 0) => self.unchanged(),
                    _ => {
                        let object = self.changeable(more.words.len())?;
                        let words = object.word_count();
                        object.room_mut()[words..words + more.words.len()].copy_from_slice(more.words);
                        object.set_len(len + more.len, words + more.words.len());
                        self.object_out(object)
                    }
                }
            }
            Op::ListReverse => {
                let made = self.collect(len, width, list.iter().rev())?;
                self.object_out(made)
            }
            _ => {
                let mut elements: Vec<&[u64]> = list.iter().collect();
                sort(self.shared, item, &mut elements);
                let made = self.collect(len, width, elements.into_iter())?;
                self.object_out(made)
            }
        }
    }
}
