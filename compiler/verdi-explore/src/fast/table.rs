#![expect(unsafe_code, reason = "atomic slots lie in memory that is reserved once and grows in place")]

use super::checkpoint::{In, Out, Refused};
use super::near::prefetch;
use super::word::Key;
use memmap2::{Advice, MmapMut, MmapOptions};
use std::io;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Slots after the last home, so that a probe need not wrap around.
const TAIL: usize = 1 << 12;

/// What an insertion found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Inserted {
    /// It was not there.
    New,
    /// It was there.
    Known,
    /// There is no room: the table must grow first.
    Full,
}

/// A set of keys: open addressing with linear probing, lock-free for any number of threads. A key's home is
/// proportional to its leading word, so that growing is one pass over the slots, in place, from the last to
/// the first. A slot whose leading word is 0 is empty; the few keys with a word that is 0 lie aside.
#[derive(Debug)]
pub(crate) struct Table<K> {
    memory: MmapMut,
    homes: usize,
    slots_max: usize,
    aside: Mutex<Vec<K>>,
    key: PhantomData<K>,
}

impl<K: Key> Table<K> {
    /// An empty table of `homes` homes, that may grow up to `bytes_max` bytes.
    ///
    /// # Errors
    /// The address space cannot be had.
    pub(crate) fn new(homes: usize, bytes_max: u64) -> io::Result<Self> {
        let slot = 8 * K::WORDS;
        let least = (homes + TAIL) * slot;
        let bytes = usize::try_from(bytes_max).unwrap_or(usize::MAX).max(least);
        let (memory, bytes) = reserve(bytes, least)?;
        let table =
            Self { memory, homes, slots_max: bytes / slot, aside: Mutex::default(), key: PhantomData };
        table.advise();
        Ok(table)
    }

    /// An empty table as large as this one, that may grow as far.
    ///
    /// # Errors
    /// The address space cannot be had.
    pub(crate) fn another(&self) -> io::Result<Self> {
        Self::new(self.homes, (self.slots_max * 8 * K::WORDS) as u64)
    }

    fn advise(&self) {
        // Advice may be refused; nothing depends on it.
        #[cfg(target_os = "linux")]
        let _ = self.memory.advise(Advice::HugePage);
    }

    /// How many homes there are.
    pub(crate) fn homes(&self) -> usize {
        self.homes
    }

    /// How many keys fit before it should grow.
    pub(crate) fn room(&self) -> u64 {
        (self.homes as u64 / 16) * 12
    }

    /// How many bytes it takes.
    pub(crate) fn bytes(&self) -> u64 {
        Self::bytes_of(self.homes)
    }

    /// How many bytes a table of so many homes takes.
    pub(crate) fn bytes_of(homes: usize) -> u64 {
        ((homes + TAIL) * 8 * K::WORDS) as u64
    }

    /// A number of homes for more keys, in at most so many bytes: [`Self::next_homes`], or what is left if that is worth
    /// moving all keys.
    pub(crate) fn homes_within(&self, bytes: u64) -> Option<usize> {
        let slots = usize::try_from(bytes / (8 * K::WORDS) as u64).unwrap_or(usize::MAX).min(self.slots_max);
        let next = self.next_homes().unwrap_or(usize::MAX).min(slots.saturating_sub(TAIL));
        (next >= self.homes + self.homes / 8).then_some(next)
    }

    /// The next number of homes: doubled while it is small, by a half where memory counts. `None` where it would be
    /// more than was reserved.
    pub(crate) fn next_homes(&self) -> Option<usize> {
        let small = self.bytes() < 96 << 20;
        let homes = if small { self.homes * 2 } else { self.homes + self.homes / 2 };
        (homes + TAIL <= self.slots_max).then_some(homes)
    }

    /// All keys, which are so many.
    pub(crate) fn save(&self, keys: u64, out: &mut Out) -> io::Result<()> {
        let mut written = 0;
        for key in self.keys() {
            key.words()[..K::WORDS].iter().try_for_each(|word| out.word(*word))?;
            written += 1;
        }
        assert_eq!(written, keys, "every world that was met has a key");
        Ok(())
    }

    /// Takes so many keys into an empty table.
    pub(crate) fn load(&mut self, keys: u64, from: &mut In) -> Result<(), Refused> {
        // There is nothing to move.
        while self.room() <= keys {
            self.homes = self.next_homes().ok_or(Refused::Memory(keys))?;
        }
        self.advise();
        for _ in 0..keys {
            let words = [from.word()?, if K::WORDS == 2 { from.word()? } else { 0 }];
            if self.insert(K::from_words(words)) != Inserted::New {
                return Err(Refused::Damaged);
            }
        }
        Ok(())
    }

    fn words(&self) -> &[AtomicU64] {
        let words = (self.homes + TAIL) * K::WORDS;
        debug_assert!(words * 8 <= self.memory.len());
        // SAFETY: the mapping is page-aligned, zero-filled, at least this long and lives as long as `self`; an
        // `AtomicU64` has the layout of a `u64`, of which every bit pattern is valid; and all access is atomic.
        unsafe { std::slice::from_raw_parts(self.memory.as_ptr().cast::<AtomicU64>(), words) }
    }

    fn home(&self, lead: u64) -> usize {
        ((u128::from(lead) * self.homes as u128) >> 64) as usize
    }

    /// Brings the home of a key near.
    #[inline]
    pub(crate) fn prefetch(&self, key: K) {
        prefetch(&self.words()[self.home(key.words()[0]) * K::WORDS]);
    }

    /// Adds a key.
    #[inline]
    pub(crate) fn insert(&self, key: K) -> Inserted {
        let [lead, rest] = key.words();
        if lead == 0 || (K::WORDS == 2 && rest == 0) {
            return self.insert_aside(key);
        }
        let words = self.words();
        let mut at = self.home(lead) * K::WORDS;
        loop {
            let Some(slot) = words.get(at) else { return Inserted::Full };
            let mut found = slot.load(Ordering::Relaxed);
            if found == 0 {
                match slot.compare_exchange(0, lead, Ordering::AcqRel, Ordering::Acquire) {
                    Ok(_) => {
                        if K::WORDS == 2 {
                            words[at + 1].store(rest, Ordering::Release);
                        }
                        return Inserted::New;
                    }
                    Err(other) => found = other,
                }
            }
            if found == lead && (K::WORDS == 1 || settled(&words[at + 1]) == rest) {
                return Inserted::Known;
            }
            at += K::WORDS;
        }
    }

    #[cold]
    fn insert_aside(&self, key: K) -> Inserted {
        let mut aside = self.aside.lock().unwrap_or_else(PoisonError::into_inner);
        if aside.contains(&key) {
            return Inserted::Known;
        }
        aside.push(key);
        Inserted::New
    }

    /// Every key, in no order.
    pub(crate) fn keys(&self) -> impl Iterator<Item = K> {
        let aside = self.aside.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let slots = self.words().chunks_exact(K::WORDS).map(read::<K>);
        slots.filter(|key| key.words()[0] != 0).chain(aside)
    }

    /// Takes every key out, in order: those of a cluster (a run of slots without an empty one) have their homes in it, and
    /// homes go by keys.
    pub(crate) fn drain_in_order<E>(&mut self, mut take: impl FnMut(K) -> Result<(), E>) -> Result<(), E> {
        let mut aside = std::mem::take(self.aside.get_mut().unwrap_or_else(PoisonError::into_inner));
        aside.sort_unstable_by(|one, other| other.cmp(one));
        let mut cluster = Vec::new();
        for slot in 0..self.homes + TAIL {
            let words = &self.words()[slot * K::WORDS..][..K::WORDS];
            if words[0].load(Ordering::Relaxed) != 0 {
                cluster.push(read::<K>(words));
                words.iter().for_each(|word| word.store(0, Ordering::Relaxed));
                continue;
            }
            if cluster.is_empty() {
                continue;
            }
            cluster.sort_unstable();
            for key in cluster.drain(..) {
                while let Some(before) = aside.pop_if(|before| *before < key) {
                    take(before)?;
                }
                take(key)?;
            }
        }
        cluster.append(&mut aside);
        cluster.sort_unstable();
        cluster.into_iter().try_for_each(take)
    }

    /// Makes it larger, in place. Clusters (runs of slots without an empty one) are moved from the last to the first:
    /// no key's home moves down, so what is moved never meets what is still to be moved.
    pub(crate) fn grow(&mut self, homes: usize) {
        assert!(homes >= self.homes && homes + TAIL <= self.slots_max, "there is room to grow");
        let mut end = self.homes + TAIL;
        self.homes = homes;
        self.advise();
        let mut cluster = Vec::new();
        while end > 0 {
            let mut start = end;
            while start > 0 && self.lead(start - 1) != 0 {
                start -= 1;
            }
            cluster
                .extend(self.words()[start * K::WORDS..end * K::WORDS].chunks_exact(K::WORDS).map(read::<K>));
            for word in &self.words()[start * K::WORDS..end * K::WORDS] {
                word.store(0, Ordering::Relaxed);
            }
            for key in cluster.drain(..) {
                assert_eq!(self.insert(key), Inserted::New, "keys are distinct and there is room");
            }
            end = start.saturating_sub(1);
        }
    }

    fn lead(&self, slot: usize) -> u64 {
        self.words()[slot * K::WORDS].load(Ordering::Relaxed)
    }
}

/// As much address space as there is, between two bounds in bytes.
fn reserve(mut most: usize, least: usize) -> io::Result<(MmapMut, usize)> {
    loop {
        match MmapOptions::new().len(most).no_reserve_swap().map_anon() {
            Ok(memory) => return Ok((memory, most)),
            Err(error) if most == least => return Err(error),
            Err(_) => most = (most / 2).max(least),
        }
    }
}

fn read<K: Key>(slot: &[AtomicU64]) -> K {
    let word = |at: usize| slot.get(at).map_or(0, |word| word.load(Ordering::Relaxed));
    K::from_words([word(0), word(1)])
}

/// The second word of a slot whose first word is there: another thread may be about to write it.
#[inline]
fn settled(word: &AtomicU64) -> u64 {
    loop {
        match word.load(Ordering::Acquire) {
            0 => std::hint::spin_loop(),
            settled => return settled,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::word::Word;
    use super::*;

    fn fill<W: Word>(table: &mut Table<W::Key>, numbers: impl Iterator<Item = u32>) -> usize {
        numbers.filter(|n| table.insert(W::from_u32(*n).mix()) == Inserted::New).count()
    }

    fn grows<W: Word>() {
        let mut table = Table::<W::Key>::new(1 << 10, 64 << 20).unwrap();
        let mut known = 0;
        for round in 0..8 {
            let more = table.room() as u32;
            assert_eq!(fill::<W>(&mut table, 0..more), more as usize - known, "round {round}");
            assert_eq!(fill::<W>(&mut table, 0..more), 0, "round {round}");
            known = more as usize;
            let homes = table.next_homes().unwrap();
            table.grow(homes);
            assert_eq!(table.keys().count(), known);
        }
        let mut found: Vec<u32> = table.keys().map(|key| W::unmix(key).low_u32()).collect();
        found.sort_unstable();
        assert!(found.into_iter().eq(0..known as u32));
    }

    #[test]
    fn growing_in_place_loses_nothing() {
        grows::<u64>();
        grows::<u128>();
    }

    #[test]
    fn keys_with_words_of_zero_are_keys() {
        let table = Table::<[u64; 2]>::new(64, 1 << 20).unwrap();
        for key in [[0, 0], [0, 5], [5, 0], [5, 5]] {
            assert_eq!(table.insert(key), Inserted::New);
            assert_eq!(table.insert(key), Inserted::Known);
        }
        assert_eq!(table.keys().count(), 4);
    }

    #[test]
    fn threads_agree_on_who_was_first() {
        let table = Table::<[u64; 2]>::new(1 << 16, 16 << 20).unwrap();
        let count =
            || (0..30_000_u32).filter(|n| table.insert(u128::from(*n).mix()) == Inserted::New).count();
        let new: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..2).map(|_| scope.spawn(count)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(new, 30_000);
    }
}
