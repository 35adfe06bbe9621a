use crate::sample::dice::spread;
use memmap2::{MmapMut, MmapOptions};
use std::io;

/// A set of prints in an array of bits: what it has not seen may be taken for seen, never the other way round.
pub(super) struct Bits {
    bytes: MmapMut,
    /// What shifts a number to a position.
    shift: u32,
    set: u64,
}

impl Bits {
    /// How many bits each print sets.
    pub(super) const EACH: u32 = 3;

    /// Of `bits`, a power of two of at least 8. Memory is taken where bits are set.
    ///
    /// # Errors
    /// There is no room for it.
    pub(super) fn new(bits: u64) -> io::Result<Self> {
        let bytes = MmapOptions::new().len((bits / 8) as usize).no_reserve_swap().map_anon()?;
        Ok(Self { bytes, shift: u64::BITS - bits.ilog2(), set: 0 })
    }

    /// Adds a print; whether it was surely not there. Its positions are those of double hashing (Dillinger, Manolios,
    /// "Bloom filters in probabilistic verification", 2004).
    #[inline]
    pub(super) fn insert(&mut self, print: u64) -> bool {
        let step = spread(print) | 1;
        let mut at = print;
        let before = self.set;
        for _ in 0..Self::EACH {
            let position = at >> self.shift;
            let (byte, bit) = (&mut self.bytes[(position / 8) as usize], 1 << (position % 8));
            self.set += u64::from(*byte & bit == 0);
            *byte |= bit;
            at = at.wrapping_add(step);
        }
        self.set > before
    }

    /// How many bits are set.
    pub(super) fn set(&self) -> u64 {
        self.set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_is_found_and_what_is_not_mostly_is_not() {
        let mut bits = Bits::new(1 << 16).expect("there is room");
        let new = (0..1000).filter(|print| bits.insert(spread(*print))).count();
        assert!(new >= 999, "{new}");
        assert!((0..1000).all(|print| !bits.insert(spread(print))));
        assert!((2_900..=3_000).contains(&bits.set()), "{}", bits.set());
    }

    #[test]
    fn a_full_array_knows_everything() {
        let mut bits = Bits::new(64).expect("there is room");
        let new = (0..10_000).filter(|print| bits.insert(spread(*print))).count();
        assert!(new <= 64 && bits.set() == 64, "{new}, {}", bits.set());
    }
}
