use std::fmt::Debug;
use std::hash::Hash;
use std::ops::{BitAnd, BitOr, BitXor, Not, Shl, Shr};

/// What a packed world is kept in: 64 or 128 bits.
pub(super) trait Word:
    Copy
    + Eq
    + Send
    + Sync
    + Default
    + Debug
    + Hash
    + BitAnd<Output = Self>
    + BitOr<Output = Self>
    + BitXor<Output = Self>
    + Not<Output = Self>
    + Shl<u32, Output = Self>
    + Shr<u32, Output = Self>
    + 'static
{
    /// How many bits there are.
    const BITS: u32;
    /// No bit set.
    const ZERO: Self;
    /// The key of the seen set: another arrangement of the same bits.
    type Key: Key;

    /// A small number as a word.
    fn from_u32(n: u32) -> Self;
    /// The lowest 32 bits.
    fn low_u32(self) -> u32;
    /// The sum, modulo `2^BITS`.
    fn plus(self, other: Self) -> Self;
    /// The difference, modulo `2^BITS`.
    fn minus(self, other: Self) -> Self;
    /// The position of the lowest set bit.
    fn lowest(self) -> u32;
    /// How many bits are set.
    fn ones(self) -> u32;
    /// Mixes the bits, so that keys spread over a table. A bijection.
    fn mix(self) -> Self::Key;
    /// The inverse of [`Self::mix`].
    fn unmix(key: Self::Key) -> Self;

    /// This many low bits set.
    fn mask(bits: u32) -> Self {
        if bits == 0 { Self::ZERO } else { !Self::ZERO >> (Self::BITS - bits) }
    }

    /// The bit at a position.
    fn bit(at: u32) -> Self {
        Self::from_u32(1) << at
    }
}

/// What the seen set stores: one word or two.
pub(crate) trait Key: Copy + Ord + Send + Sync + Debug + 'static {
    /// How many 64-bit words it takes.
    const WORDS: usize;

    /// The words; those from `WORDS` on are 0.
    fn words(self) -> [u64; 2];
    /// The key of these words.
    fn from_words(words: [u64; 2]) -> Self;
}

impl Key for u64 {
    const WORDS: usize = 1;

    fn words(self) -> [u64; 2] {
        [self, 0]
    }

    fn from_words(words: [u64; 2]) -> Self {
        words[0]
    }
}

impl Key for [u64; 2] {
    const WORDS: usize = 2;

    fn words(self) -> [u64; 2] {
        self
    }

    fn from_words(words: [u64; 2]) -> Self {
        words
    }
}

/// Odd multipliers with well-spread bits (from the fractional part of the golden ratio and of √2).
const SPREAD: [u64; 2] = [0x9e37_79b9_7f4a_7c15, 0x6a09_e667_f3bc_c909];

/// Modulo `2^64`, by Newton's iteration.
const fn inverse(odd: u64) -> u64 {
    let mut found = odd;
    let mut round = 0;
    while round < 6 {
        found = found.wrapping_mul(2_u64.wrapping_sub(odd.wrapping_mul(found)));
        round += 1;
    }
    found
}

/// Mixes 64 bits; a bijection.
pub(super) fn mix(word: u64) -> u64 {
    let word = word.wrapping_mul(SPREAD[0]);
    let word = (word ^ (word >> 32)).wrapping_mul(SPREAD[1]);
    word ^ (word >> 32)
}

fn unmix(word: u64) -> u64 {
    const BACK: [u64; 2] = [inverse(SPREAD[0]), inverse(SPREAD[1])];
    let word = (word ^ (word >> 32)).wrapping_mul(BACK[1]);
    (word ^ (word >> 32)).wrapping_mul(BACK[0])
}

/// What is written the same way for both words.
macro_rules! arithmetic {
    () => {
        const BITS: u32 = Self::BITS;
        const ZERO: Self = 0;

        #[inline(always)]
        fn from_u32(n: u32) -> Self {
            Self::from(n)
        }

        #[inline(always)]
        fn low_u32(self) -> u32 {
            self as u32
        }

        #[inline(always)]
        fn plus(self, other: Self) -> Self {
            self.wrapping_add(other)
        }

        #[inline(always)]
        fn minus(self, other: Self) -> Self {
            self.wrapping_sub(other)
        }

        #[inline(always)]
        fn lowest(self) -> u32 {
            self.trailing_zeros()
        }

        #[inline(always)]
        fn ones(self) -> u32 {
            self.count_ones()
        }
    };
}

impl Word for u64 {
    arithmetic!();

    type Key = u64;

    #[inline(always)]
    fn mix(self) -> u64 {
        mix(self)
    }

    #[inline(always)]
    fn unmix(key: u64) -> Self {
        unmix(key)
    }
}

impl Word for u128 {
    arithmetic!();

    type Key = [u64; 2];

    /// Three rounds of a Feistel network.
    fn mix(self) -> [u64; 2] {
        let (low, high) = (self as u64, (self >> 64) as u64);
        let low = low ^ mix(high);
        let high = high ^ mix(low ^ SPREAD[0]);
        [low ^ mix(high ^ SPREAD[1]), high]
    }

    fn unmix([low, high]: [u64; 2]) -> Self {
        let low = low ^ mix(high ^ SPREAD[1]);
        let high = high ^ mix(low ^ SPREAD[0]);
        let low = low ^ mix(high);
        u128::from(high) << 64 | u128::from(low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn mixing_can_be_undone(narrow: u64, wide: u128) {
            prop_assert_eq!(u64::unmix(narrow.mix()), narrow);
            prop_assert_eq!(u128::unmix(wide.mix()), wide);
        }
    }

    #[test]
    fn masks_have_their_bits() {
        assert_eq!((u64::mask(0), u64::mask(3), u64::mask(64)), (0, 7, u64::MAX));
        assert_eq!(u128::mask(128), u128::MAX);
    }
}
