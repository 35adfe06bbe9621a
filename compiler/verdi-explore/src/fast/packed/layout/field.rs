use crate::fast::word::Word;
use std::ops::AddAssign;

/// Bits of a word that hold a number: a run of them, and where it was extended later, further runs for the higher
/// bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) at: u32,
    /// How many bits the first run has.
    pub(super) run: u32,
    pub(super) more: [(u32, u32); 2],
    /// How many bits there are in all.
    pub(crate) bits: u32,
}

impl Field {
    pub(super) fn new(at: u32, bits: u32) -> Self {
        Self { at, run: bits, more: [(0, 0); 2], bits }
    }

    #[inline]
    pub(crate) fn get<W: Word>(self, word: W) -> u32 {
        if self.bits == 0 {
            return 0;
        }
        let low = ((word >> self.at) & W::mask(self.run)).low_u32();
        if self.run == self.bits { low } else { low | self.get_more(word) }
    }

    fn get_more<W: Word>(self, word: W) -> u32 {
        let mut found = 0;
        let mut below = self.run;
        for (at, bits) in self.more.into_iter().filter(|(_, bits)| *bits > 0) {
            found |= ((word >> at) & W::mask(bits)).low_u32() << below;
            below += bits;
        }
        found
    }

    /// The word with this field, which is 0 in it, set.
    pub(crate) fn put<W: Word>(self, word: W, value: u32) -> W {
        let mut word = word;
        let mut below = 0;
        for (at, bits) in self.runs() {
            let part = (value >> below) & u64::mask(bits).low_u32();
            word = word | W::from_u32(part) << at;
            below += bits;
        }
        word
    }

    fn runs(self) -> impl Iterator<Item = (u32, u32)> {
        let [second, third] = self.more;
        [(self.at, self.run), second, third].into_iter().filter(|(_, bits)| *bits > 0)
    }

    /// Where its bits lie, the lowest first.
    pub(super) fn positions(self) -> impl Iterator<Item = u32> {
        self.runs().flat_map(|(at, bits)| at..at + bits)
    }

    pub(crate) fn set<W: Word>(self, word: W, value: u32) -> W {
        self.put(word & !self.mask::<W>(), value)
    }

    pub(crate) fn mask<W: Word>(self) -> W {
        self.runs().fold(W::ZERO, |mask, (at, bits)| mask | W::mask(bits) << at)
    }

    pub(super) fn holds(self, value: u32) -> bool {
        self.bits >= u32::BITS || value >> self.bits == 0
    }

    /// With so many more bits at a position; `None` where it is in too many pieces.
    pub(super) fn extended(mut self, at: u32, bits: u32) -> Option<Self> {
        let last = self.runs().last();
        self.bits += bits;
        match last {
            None => (self.at, self.run) = (at, bits),
            Some((first, run)) if first + run == at => {
                let place = self.more.iter().rposition(|(_, bits)| *bits > 0);
                place.map_or(&mut self.run, |place| &mut self.more[place].1).add_assign(bits);
            }
            Some(_) => *self.more.iter_mut().find(|(_, bits)| *bits == 0)? = (at, bits),
        }
        Some(self)
    }
}
