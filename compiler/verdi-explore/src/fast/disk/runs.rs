//! The keys that the table had to give up: a few sorted runs, against which worlds are held many at a time. Duplicates
//! are found late and in one sequential pass, as in U. Stern and D. Dill, "Using magnetic disk instead of main memory in
//! the Murφ verifier" (CAV 1998), and R. Korf, "Best-first frontier search with delayed duplicate detection" (AAAI 2004).

use super::folder::Folder;
use super::run::{Reader, Run, Writer};
use crate::Cut;
use crate::fast::word::Key;
use std::sync::Arc;

/// More runs than this are merged into one.
const RUNS: usize = 8;

/// Asked between blocks whether to go on.
pub(super) type Poll<'a> = &'a mut dyn FnMut() -> Result<(), Cut>;

#[derive(Debug)]
pub(super) struct Runs<K> {
    folder: Arc<Folder>,
    runs: Vec<Run<K>>,
}

impl<K: Key> Runs<K> {
    pub(super) fn new(folder: Arc<Folder>) -> Self {
        Self { folder, runs: Vec::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    pub(super) fn writer(&self) -> Result<Writer<K>, Cut> {
        Ok(Writer::new(&self.folder)?)
    }

    /// Adds what was written.
    pub(super) fn add(&mut self, writer: Writer<K>, poll: Poll<'_>) -> Result<(), Cut> {
        let run = writer.close()?;
        if run.keys > 0 {
            self.runs.push(run);
        }
        if self.runs.len() > RUNS { self.merge(poll) } else { Ok(()) }
    }

    /// Marks those of some keys that are in a run. Each key, in order, comes with the place of its mark.
    pub(super) fn strike(&self, keys: &[(K, u32)], stale: &mut [bool], poll: Poll<'_>) -> Result<(), Cut> {
        for run in &self.runs {
            let mut reader = run.reader();
            for (at, (key, mark)) in keys.iter().enumerate() {
                stale[*mark as usize] |= reader.has(*key)?;
                if at % 4096 == 0 {
                    poll()?;
                }
            }
        }
        Ok(())
    }

    /// Makes one run of all.
    fn merge(&mut self, poll: Poll<'_>) -> Result<(), Cut> {
        let mut merged = Writer::new(&self.folder)?;
        let mut readers: Vec<Reader<'_, K>> = self.runs.iter().map(Run::reader).collect();
        let mut heads = Vec::new();
        for reader in &mut readers {
            heads.push(reader.next()?);
        }
        let least = |heads: &[Option<K>]| {
            let there = heads.iter().enumerate().filter_map(|(at, head)| Some(((*head)?, at)));
            there.min()
        };
        while let Some((key, at)) = least(&heads) {
            merged.push(key)?;
            if readers[at].between_blocks() {
                poll()?;
            }
            heads[at] = readers[at].next()?;
        }
        self.runs = vec![merged.close()?];
        Ok(())
    }

    /// Gives every key another form, so many at a time.
    pub(super) fn change(
        &mut self,
        change: impl Fn(K) -> K,
        at_once: usize,
        poll: Poll<'_>,
    ) -> Result<(), Cut> {
        let mut changed = Vec::new();
        let mut keys = Vec::new();
        for run in std::mem::take(&mut self.runs) {
            let mut reader = run.reader();
            while let Some(key) = reader.next()? {
                keys.push(change(key));
                if reader.between_blocks() {
                    poll()?;
                }
                if keys.len() == at_once {
                    changed.push(sorted(&self.folder, &mut keys)?);
                }
            }
        }
        if !keys.is_empty() {
            changed.push(sorted(&self.folder, &mut keys)?);
        }
        self.runs = changed;
        // Each run that is merged takes a block, so that not too many are merged at once.
        while self.runs.len() > RUNS {
            let rest = self.runs.split_off(self.runs.len().min(8 * RUNS));
            self.merge(poll)?;
            self.runs.extend(rest);
        }
        Ok(())
    }
}

fn sorted<K: Key>(folder: &Folder, keys: &mut Vec<K>) -> Result<Run<K>, Cut> {
    keys.sort_unstable();
    let mut writer = Writer::new(folder)?;
    keys.drain(..).try_for_each(|key| writer.push(key))?;
    Ok(writer.close()?)
}
