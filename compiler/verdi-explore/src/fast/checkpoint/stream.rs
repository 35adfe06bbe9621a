//! Words to a file and from it, summed as they pass.

use super::Refused;
use crate::fast::word::mix;
use std::fs::File;
use std::io::{self, Read, Write};

/// How many bytes are written or read at once.
const BUFFER: usize = 1 << 18;

/// A sum over words that differs wherever a single word does: each step is a bijection.
#[derive(Clone, Copy, Debug)]
pub(in crate::fast) struct Sum(u64);

impl Sum {
    pub(in crate::fast) fn new(seed: u64) -> Self {
        Self(mix(seed ^ 0x5be0_cd19_137e_2179))
    }

    pub(in crate::fast) fn word(&mut self, word: u64) {
        self.0 = mix(self.0 ^ word).wrapping_add(1);
    }

    /// Bytes, filled up to words, and how many they are.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        let words = bytes.chunks_exact(8);
        let rest = words.remainder();
        words.for_each(|word| self.word(to_word(word)));
        self.word(to_word(rest));
        self.word(bytes.len() as u64);
    }

    pub(in crate::fast) fn get(self) -> u64 {
        self.0
    }
}

/// At most eight bytes as a word, the lowest first.
fn to_word(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
}

/// Takes words in.
#[derive(Debug)]
pub(in crate::fast) struct Out {
    file: File,
    buffer: Vec<u8>,
    sum: Sum,
}

impl Out {
    pub(in crate::fast) fn new(file: File) -> Self {
        Self { file, buffer: Vec::with_capacity(BUFFER), sum: Sum::new(0) }
    }

    pub(in crate::fast) fn word(&mut self, word: u64) -> io::Result<()> {
        self.sum.word(word);
        self.buffer.extend(word.to_le_bytes());
        if self.buffer.len() >= BUFFER { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }

    /// How many there are, then each, two a word.
    pub(in crate::fast) fn numbers(&mut self, numbers: &[u32]) -> io::Result<()> {
        self.word(numbers.len() as u64)?;
        for pair in numbers.chunks(2) {
            self.word(u64::from(pair[0]) | u64::from(pair.get(1).copied().unwrap_or(0)) << 32)?;
        }
        Ok(())
    }

    pub(in crate::fast) fn flags(&mut self, flags: &[bool]) -> io::Result<()> {
        self.numbers(&flags.iter().map(|flag| u32::from(*flag)).collect::<Vec<_>>())
    }

    pub(in crate::fast) fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.word(bytes.len() as u64)?;
        bytes.chunks(8).try_for_each(|word| self.word(to_word(word)))
    }

    /// Adds the sum of all before.
    pub(in crate::fast) fn mark(&mut self) -> io::Result<()> {
        self.word(self.sum.get())
    }

    /// Brings all to the file, and gives it back.
    pub(in crate::fast) fn close(mut self) -> io::Result<File> {
        self.flush()?;
        Ok(self.file)
    }

    /// Adds the sum, and brings all to the disk.
    pub(super) fn end(mut self) -> io::Result<()> {
        self.mark()?;
        self.close()?.sync_all()
    }
}

/// Gives words back.
#[derive(Debug)]
pub(in crate::fast) struct In {
    file: File,
    buffer: Vec<u8>,
    at: usize,
    /// How many words were not read yet, those in the buffer not counted.
    beyond: u64,
    /// Of the words that were read.
    sum: Sum,
}

impl In {
    /// So many words of a file, from where it is.
    pub(in crate::fast) fn new(file: File, words: u64) -> Self {
        Self { file, buffer: Vec::new(), at: 0, beyond: words, sum: Sum::new(0) }
    }

    fn left(&self) -> u64 {
        self.beyond + ((self.buffer.len() - self.at) / 8) as u64
    }

    pub(in crate::fast) fn word(&mut self) -> Result<u64, Refused> {
        if self.at == self.buffer.len() {
            self.fill()?;
        }
        let word = to_word(&self.buffer[self.at..self.at + 8]);
        self.at += 8;
        self.sum.word(word);
        Ok(word)
    }

    fn fill(&mut self) -> Result<(), Refused> {
        let words = self.beyond.min(BUFFER as u64 / 8);
        if words == 0 {
            return Err(Refused::Damaged);
        }
        self.buffer.resize(words as usize * 8, 0);
        self.file.read_exact(&mut self.buffer)?;
        self.beyond -= words;
        self.at = 0;
        Ok(())
    }

    /// How many there are of something of which `each` are at least a word.
    pub(in crate::fast) fn count(&mut self, each: u64) -> Result<usize, Refused> {
        let count = self.word()?;
        let fits = count.div_ceil(each.max(1)) <= self.left();
        usize::try_from(count).ok().filter(|_| fits).ok_or(Refused::Damaged)
    }

    pub(in crate::fast) fn numbers(&mut self) -> Result<Vec<u32>, Refused> {
        let count = self.count(2)?;
        let mut numbers = Vec::with_capacity(count + 1);
        while numbers.len() < count {
            let pair = self.word()?;
            numbers.extend([pair as u32, (pair >> 32) as u32]);
        }
        numbers.truncate(count);
        Ok(numbers)
    }

    /// As many flags as there must be.
    pub(in crate::fast) fn flags(&mut self, count: usize) -> Result<Vec<bool>, Refused> {
        let numbers = self.numbers()?;
        if numbers.len() == count {
            Ok(numbers.iter().map(|flag| *flag != 0).collect())
        } else {
            Err(Refused::Damaged)
        }
    }

    pub(in crate::fast) fn bytes(&mut self) -> Result<Vec<u8>, Refused> {
        let count = self.count(8)?;
        let mut bytes = Vec::with_capacity(count + 8);
        while bytes.len() < count {
            bytes.extend(self.word()?.to_le_bytes());
        }
        bytes.truncate(count);
        Ok(bytes)
    }

    pub(super) fn text(&mut self) -> Result<String, Refused> {
        String::from_utf8(self.bytes()?).map_err(|_| Refused::Damaged)
    }

    /// Whether the last of the words that are left is the sum of those before it.
    pub(super) fn adds_up(mut self) -> Result<bool, Refused> {
        while self.left() > 1 {
            self.word()?;
        }
        self.ends_well()
    }

    /// Whether the next word is the sum of all before it.
    pub(in crate::fast) fn ends_well(&mut self) -> Result<bool, Refused> {
        let sum = self.sum.get();
        Ok(self.word()? == sum)
    }
}
