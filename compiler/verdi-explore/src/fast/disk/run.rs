//! Sorted keys in a file. A block has a sum of its own, so that a few keys can be looked for without reading all.

use super::folder::{Folder, Scrap};
use crate::Cut;
use crate::fast::checkpoint::Sum;
use crate::fast::word::Key;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

/// How many words of keys are in a block.
const BLOCK: usize = 4096;

/// How many bytes a whole block takes, with its sum.
const BLOCK_BYTES: usize = (BLOCK + 1) * 8;

/// Takes keys in, in order.
#[derive(Debug)]
pub(super) struct Writer<K> {
    file: File,
    scrap: Scrap,
    bytes: Vec<u8>,
    sum: Sum,
    firsts: Vec<K>,
    keys: u64,
    /// How many keys are in the block that is not full yet.
    open: usize,
    last: Option<K>,
}

impl<K: Key> Writer<K> {
    pub(super) fn new(folder: &Folder) -> io::Result<Self> {
        let (file, scrap) = folder.create("run")?;
        let bytes = Vec::with_capacity(BLOCK_BYTES);
        Ok(Self { file, scrap, bytes, sum: Sum::new(0), firsts: Vec::new(), keys: 0, open: 0, last: None })
    }

    /// Adds a key that is not less than the one before; an equal one is there already.
    pub(super) fn push(&mut self, key: K) -> io::Result<()> {
        debug_assert!(self.last.is_none_or(|last| last <= key), "keys come in order");
        if self.last.replace(key) == Some(key) {
            return Ok(());
        }
        if self.open == 0 {
            self.sum = Sum::new(self.firsts.len() as u64);
            self.firsts.push(key);
        }
        for word in &key.words()[..K::WORDS] {
            self.sum.word(*word);
            self.bytes.extend(word.to_le_bytes());
        }
        self.open += 1;
        self.keys += 1;
        if self.open == BLOCK / K::WORDS { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.open == 0 {
            return Ok(());
        }
        self.bytes.extend(self.sum.get().to_le_bytes());
        self.file.write_all(&self.bytes)?;
        self.bytes.clear();
        self.open = 0;
        Ok(())
    }

    #[cfg(test)]
    pub(super) fn write_to(&mut self, file: File) {
        self.file = file;
    }

    pub(super) fn close(mut self) -> io::Result<Run<K>> {
        self.flush()?;
        let Self { file, scrap, firsts, keys, .. } = self;
        Ok(Run { file, firsts, keys, _scrap: scrap })
    }
}

/// Keys in order, each once.
#[derive(Debug)]
pub(super) struct Run<K> {
    file: File,
    /// The first key of each block.
    firsts: Vec<K>,
    pub(super) keys: u64,
    _scrap: Scrap,
}

impl<K: Key> Run<K> {
    pub(super) fn reader(&self) -> Reader<'_, K> {
        Reader { run: self, next: 0, keys: Vec::new(), at: 0, bytes: Vec::new() }
    }

    #[cfg(test)]
    pub(super) fn file(&self) -> &File {
        &self.file
    }
}

/// Goes through a run, from its beginning on.
#[derive(Debug)]
pub(super) struct Reader<'r, K> {
    run: &'r Run<K>,
    /// The block after the one that was read.
    next: usize,
    keys: Vec<K>,
    at: usize,
    bytes: Vec<u8>,
}

impl<K: Key> Reader<'_, K> {
    /// Whether there is a key: each that is asked for is greater than the one before. What is between them need not be
    /// read.
    pub(super) fn has(&mut self, key: K) -> Result<bool, Cut> {
        let firsts = &self.run.firsts[self.next..];
        if firsts.first().is_some_and(|first| *first <= key) {
            self.next += firsts.partition_point(|first| *first <= key) - 1;
            self.read()?;
        }
        self.at += self.keys[self.at..].partition_point(|known| *known < key);
        Ok(self.keys.get(self.at) == Some(&key))
    }

    /// The next key.
    pub(super) fn next(&mut self) -> Result<Option<K>, Cut> {
        if self.at == self.keys.len() {
            if self.next == self.run.firsts.len() {
                return Ok(None);
            }
            self.read()?;
        }
        self.at += 1;
        Ok(Some(self.keys[self.at - 1]))
    }

    /// Whether the next key is the first of a block.
    pub(super) fn between_blocks(&self) -> bool {
        self.at == self.keys.len()
    }

    fn read(&mut self) -> Result<(), Cut> {
        let each = BLOCK / K::WORDS;
        let before = (self.next * each) as u64;
        let keys = (self.run.keys - before).min(each as u64) as usize;
        self.bytes.resize((keys * K::WORDS + 1) * 8, 0);
        let mut file = &self.run.file;
        file.seek(SeekFrom::Start((self.next * BLOCK_BYTES) as u64))?;
        file.read_exact(&mut self.bytes)?;
        let mut sum = Sum::new(self.next as u64);
        let (words, _) = self.bytes.as_chunks::<8>();
        let words: Vec<u64> = words.iter().map(|word| u64::from_le_bytes(*word)).collect();
        let (last, words) = words.split_last().ok_or(Cut::Disk(io::ErrorKind::InvalidData))?;
        words.iter().for_each(|word| sum.word(*word));
        if sum.get() != *last {
            return Err(Cut::Disk(io::ErrorKind::InvalidData));
        }
        self.keys.clear();
        self.keys.extend(words.chunks_exact(K::WORDS).map(|words| {
            let second = words.get(1).copied().unwrap_or(0);
            K::from_words([words[0], second])
        }));
        (self.next, self.at) = (self.next + 1, 0);
        Ok(())
    }
}
