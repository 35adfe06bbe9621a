//! Sets.

use super::Run;
use super::collection::{Elements, sort};
use std::cmp::Ordering;
use verdi_core::{Op, TyId};
use verdi_runtime::COLLECTION_MAX;

impl<'a> Run<'a> {
    pub(super) fn set(&mut self, op: Op) -> Option<()> {
        let (set, item) = (self.elements(0), self.item(0));
        let shared = self.shared;
        match op {
            Op::SetContains => {
                let x = self.element(1);
                let found = set.search(shared, item, x).is_ok();
                self.bool(found)
            }
            Op::SetInsert => {
                let x = self.element(1).to_vec();
                match set.search(shared, item, &x) {
                    Ok(_) => self.unchanged(),
                    Err(_) if set.len >= COLLECTION_MAX => None,
                    Err(at) => self.insert_at(at, [&x, &[]]),
                }
            }
            Op::SetRemove => {
                let x = self.element(1);
                match set.search(shared, item, x) {
                    Ok(at) => self.remove_range(at, at + 1, set.width),
                    Err(_) => self.unchanged(),
                }
            }
            Op::SetSubsets => self.subsets(set),
            Op::SetIsSubset => {
                let all = self.elements(1);
                let inside = set.len <= all.len && set.iter().all(|x| all.search(shared, item, x).is_ok());
                self.bool(inside)
            }
            Op::SetOf => self.set_of(set, item),
            _ => self.merge(op, set, item),
        }
    }

    fn set_of(&mut self, list: Elements<'a>, item: TyId) -> Option<()> {
        let shared = self.shared;
        let mut elements: Vec<&[u64]> = list.iter().collect();
        if elements.is_sorted_by(|a, b| shared.cmp(item, a, b).is_lt()) {
            return self.unchanged();
        }
        sort(shared, item, &mut elements);
        elements.dedup();
        let made = self.collect(elements.len(), list.width, elements.into_iter())?;
        self.object_out(made)
    }

    fn subsets(&mut self, set: Elements<'a>) -> Option<()> {
        let shared = self.shared;
        let count = u32::try_from(set.len).ok().and_then(|len| 1_usize.checked_shl(len))?;
        if (count / 2).saturating_mul(set.len) > COLLECTION_MAX {
            return None;
        }
        let mut inside = Vec::new();
        let mut all: Vec<u64> = (0..count)
            .map(|mask| {
                inside.clear();
                let chosen = set.iter().enumerate().filter(|(at, _)| mask >> at & 1 == 1);
                inside.extend(chosen.flat_map(|(_, x)| x));
                shared.heap.intern(mask.count_ones() as usize, &inside).word()
            })
            .collect();
        let ty = self.job.args[0].ty;
        all.sort_by(|a, b| shared.cmp(ty, &[*a], &[*b]));
        let made = self.collect(count, 1, all.chunks(1))?;
        self.object_out(made)
    }

    /// Walks two sets together.
    fn merge(&mut self, op: Op, a: Elements<'a>, item: TyId) -> Option<()> {
        let (shared, width) = (self.shared, a.width);
        let b = self.elements(1);
        if op == Op::SetUnion && a.len == 0 {
            return self.one_of(1);
        }
        let most = if op == Op::SetUnion { a.len + b.len } else { a.len };
        let made = self.ctx.scratch.object(most * width)?;
        let (room, mut len, mut next) = (made.room_mut(), 0, 0);
        let mut keep = |x: &[u64]| {
            room[len * width..(len + 1) * width].copy_from_slice(x);
            len += 1;
        };
        for x in a.iter() {
            let mut both = false;
            while next < b.len {
                match shared.cmp(item, b.get(next), x) {
                    Ordering::Less if op == Op::SetUnion => keep(b.get(next)),
                    Ordering::Less => {}
                    Ordering::Equal => both = true,
                    Ordering::Greater => break,
                }
                next += 1;
            }
            if op == Op::SetUnion || both == (op == Op::SetIntersect) {
                keep(x);
            }
        }
        if op == Op::SetUnion {
            (next..b.len).for_each(|at| keep(b.get(at)));
        }
        if len > COLLECTION_MAX {
            return None;
        }
        made.set_len(len, len * width);
        self.object_out(made)
    }
}
