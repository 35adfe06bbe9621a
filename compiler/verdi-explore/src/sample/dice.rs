//! Chance that is the same everywhere: what is drawn depends on the seed, the number of the run and on what things
//! are, never on the order in which they are listed or on the ids that they happen to have.

use crate::expand::{below, stream};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::RngCore;
use std::hash::{Hash, Hasher};

/// The random numbers of a run.
#[derive(Clone, Debug)]
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    pub(super) fn new(seed: u64, run: u64) -> Self {
        Self(stream(seed, run))
    }

    /// Any number.
    pub(super) fn roll(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number below `n`, which is not 0.
    pub(super) fn below(&mut self, n: usize) -> usize {
        below(&mut self.0, n)
    }
}

/// The finalizer of SplitMix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014).
#[inline]
pub(crate) fn spread(word: u64) -> u64 {
    let word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

/// What stands for a value: equal for equal values, on every machine and in every run of the program.
pub(super) fn print_of(value: &impl Hash) -> u64 {
    let mut print = Print(0);
    value.hash(&mut print);
    print.finish()
}

struct Print(u64);

impl Print {
    fn add(&mut self, word: u64) {
        self.0 = spread(self.0.rotate_left(17) ^ word);
    }
}

impl Hasher for Print {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for bytes in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..bytes.len()].copy_from_slice(bytes);
            self.add(u64::from_le_bytes(word));
        }
    }

    // The default writes a number in the machine's own order of bytes, and as many of them as the machine has.
    fn write_u8(&mut self, number: u8) {
        self.add(u64::from(number));
    }

    fn write_u32(&mut self, number: u32) {
        self.add(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.add(number);
    }

    fn write_usize(&mut self, number: usize) {
        self.add(number as u64);
    }

    fn write_i64(&mut self, number: i64) {
        self.add(number.cast_unsigned());
    }

    fn write_isize(&mut self, number: isize) {
        self.add(number as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_have_equal_prints_and_others_do_not() {
        let words = ["", "a", "b", "ab", "a longer word", "a longer work"];
        for (at, word) in words.iter().enumerate() {
            for (other, second) in words.iter().enumerate() {
                let same = print_of(&(1_u32, word.to_string())) == print_of(&(1_u32, *second));
                assert_eq!(same, at == other, "{word:?} and {second:?}");
            }
        }
        assert_ne!(print_of(&[1_u32, 2]), print_of(&[2_u32, 1]));
    }

    #[test]
    fn a_print_stays_what_it_is() {
        // A trace's command must draw the same in the next version.
        assert_eq!(print_of(&(7_u32, -1_i64, "x")), 10_331_554_260_344_591_079);
    }
}
