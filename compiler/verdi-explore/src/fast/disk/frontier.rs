//! Worlds that wait, first in first out: those that came last in memory, the others in files.

use super::folder::{Folder, Scrap};
use crate::Cut;
use crate::fast::checkpoint::{In, Out};
use crate::fast::space::Space;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Seek};

/// Chunks in a file, each with the sum of all before it.
struct Kept {
    file: File,
    chunks: u64,
    scrap: Scrap,
}

pub(super) struct Frontier<S: Space> {
    files: VecDeque<Kept>,
    /// What is left of the first file, that is being read.
    open: Option<(In, u64, Scrap)>,
    here: VecDeque<S::Chunk>,
    /// How many worlds there are.
    pub(super) worlds: u64,
    /// How much of them is in memory.
    pub(super) bytes: u64,
}

impl<S: Space> Default for Frontier<S> {
    fn default() -> Self {
        Self { files: VecDeque::new(), open: None, here: VecDeque::new(), worlds: 0, bytes: 0 }
    }
}

impl<S: Space> Frontier<S> {
    /// Appends a chunk; where there is more in memory than there may be, all of it is written.
    pub(super) fn push(&mut self, chunk: S::Chunk, bytes_max: u64, folder: &Folder) -> Result<(), Cut> {
        self.worlds += S::worlds(&chunk);
        self.bytes += S::chunk_bytes(&chunk);
        self.here.push_back(chunk);
        if self.bytes <= bytes_max {
            return Ok(());
        }
        let (file, scrap) = folder.create("worlds")?;
        let mut out = Out::new(file);
        for chunk in &self.here {
            S::save_chunk(chunk, &mut out)?;
            out.mark()?;
        }
        let mut file = out.close()?;
        file.rewind()?;
        self.files.push_back(Kept { file, chunks: self.here.len() as u64, scrap });
        self.here.clear();
        self.bytes = 0;
        Ok(())
    }

    pub(super) fn pop(&mut self) -> Result<Option<S::Chunk>, Cut> {
        if self.open.is_none()
            && let Some(Kept { file, chunks, scrap }) = self.files.pop_front()
        {
            let words = file.metadata()?.len() / 8;
            self.open = Some((In::new(file, words), chunks, scrap));
        }
        let chunk = if let Some((from, left, _)) = &mut self.open {
            let chunk = S::load_chunk(from)?;
            if !from.ends_well()? {
                return Err(Cut::Disk(io::ErrorKind::InvalidData));
            }
            *left -= 1;
            if *left == 0 {
                self.open = None;
            }
            chunk
        } else {
            let Some(chunk) = self.here.pop_front() else { return Ok(None) };
            self.bytes -= S::chunk_bytes(&chunk);
            chunk
        };
        self.worlds -= S::worlds(&chunk);
        Ok(Some(chunk))
    }

    /// Gives every chunk another form.
    pub(super) fn change(
        &mut self,
        change: impl Fn(&mut S::Chunk),
        bytes_max: u64,
        folder: &Folder,
    ) -> Result<(), Cut> {
        let mut changed = Self::default();
        while let Some(mut chunk) = self.pop()? {
            change(&mut chunk);
            changed.push(chunk, bytes_max, folder)?;
        }
        *self = changed;
        Ok(())
    }
}
