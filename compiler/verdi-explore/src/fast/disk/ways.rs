use super::folder::{Folder, Scrap};
use crate::Cut;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

/// Of each world by its number, the one it was met from and the choice that led to it: the first in a file, the others
/// in memory.
#[derive(Debug, Default)]
pub(in crate::fast) struct Ways {
    file: Option<(File, Scrap)>,
    written: u32,
    here: Vec<(u32, u32)>,
}

impl Ways {
    /// Adds worlds to the file. `false` where there are too many to be numbered.
    pub(super) fn write(&mut self, parents: &[(u32, u32)], folder: &Folder) -> Result<bool, Cut> {
        let written = u32::try_from(parents.len()).ok().and_then(|more| self.written.checked_add(more));
        let Some(written) = written else { return Ok(false) };
        let file = match &mut self.file {
            Some((file, _)) => file,
            none => &mut none.insert(folder.create("ways")?).0,
        };
        file.seek(SeekFrom::Start(u64::from(self.written) * 8))?;
        for parents in parents.chunks(1 << 13) {
            let bytes: Vec<u8> = parents
                .iter()
                .flat_map(|(parent, choice)| (u64::from(*parent) | u64::from(*choice) << 32).to_le_bytes())
                .collect();
            file.write_all(&bytes)?;
        }
        self.written = written;
        Ok(true)
    }

    /// How many worlds are in the file.
    pub(super) fn written(&self) -> u32 {
        self.written
    }

    /// With those that were not written.
    pub(in crate::fast) fn and(self, here: Vec<(u32, u32)>) -> Self {
        Self { here, ..self }
    }

    pub(in crate::fast) fn get(&self, world: u32) -> Result<(u32, u32), Cut> {
        let found = match &self.file {
            Some((file, _)) if world < self.written => {
                let (mut file, mut bytes) = (file, [0; 8]);
                file.seek(SeekFrom::Start(u64::from(world) * 8))?;
                file.read_exact(&mut bytes)?;
                let both = u64::from_le_bytes(bytes);
                (both as u32, (both >> 32) as u32)
            }
            _ => self.here[(world - self.written) as usize],
        };
        // A world is met from one that was met before it.
        if found.0 < world { Ok(found) } else { Err(Cut::Disk(io::ErrorKind::InvalidData)) }
    }
}
