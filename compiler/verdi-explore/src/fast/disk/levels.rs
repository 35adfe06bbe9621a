//! What [`Levels`] does where there is a disk.

use super::Disk;
use crate::Cut;
use crate::fast::levels::{LOOK, Levels};
use crate::fast::packed::Overflow;
use crate::fast::space::{Misfit, Space};
use crate::fast::worker::Common;
use std::sync::atomic::Ordering;

/// What workers may always meet before they come back.
const MET_MIN: u64 = 1 << 12;

impl<S: Space> Levels<'_, '_, S> {
    /// What table, worlds that wait and ways may take together: half of the memory if what is remembered of steps takes
    /// the other half, and more.
    fn share(&self) -> u64 {
        let memory = self.memory_max();
        memory.saturating_sub(self.space.memo_bytes(&self.workers)).max(memory / 2)
    }

    /// What may wait in memory of the portion of a level, of candidates, and of the next level: an eighth each.
    fn waits_max(&self) -> u64 {
        self.share() / 8
    }

    fn met(&self) -> u64 {
        self.shared.met.load(Ordering::Relaxed)
    }

    /// Puts the worlds that workers met to the others.
    fn collect(&mut self) -> Result<(), Cut> {
        let most = self.waits_max();
        let Some(disk) = &mut self.disk else { return Ok(()) };
        let Disk { folder, runs, next, candidates, .. } = disk;
        let to = if runs.is_empty() { next } else { candidates };
        for worker in &mut self.workers {
            self.shared.add(S::common(worker));
            S::out(worker).drain(..).try_for_each(|chunk| to.push(chunk, most, folder))?;
        }
        Ok(())
    }

    /// Strikes out the candidates that were met before.
    fn settle(&mut self) -> Result<(), Cut> {
        self.collect()?;
        let most = self.waits_max();
        let snapshot = self.stats();
        let Self { space, workers, disk, shared, watch, tally, .. } = self;
        let Some(disk) = disk.as_mut().filter(|disk| disk.has_runs()) else { return Ok(()) };
        let mut poll = || watch.look(|| snapshot).map_or(Ok(()), Err);
        // A key, its place, and the world itself.
        let at_once = (most / 2 / 48).clamp(MET_MIN, u64::from(u32::MAX)) as usize;
        let telling = S::common(&mut workers[0]).parents.is_some();
        let (mut kept, mut struck) = (Vec::new(), 0);
        while disk.candidates.worlds > 0 {
            let (mut chunks, mut keys) = (Vec::new(), Vec::new());
            while keys.len() < at_once
                && let Some(chunk) = disk.candidates.pop()?
            {
                space.keys(shared, &mut workers[0], &chunk, &mut |key| keys.push((key, keys.len() as u32)));
                chunks.push(chunk);
            }
            keys.sort_unstable();
            let mut stale = vec![false; keys.len()];
            disk.runs.strike(&keys, &mut stale, &mut poll)?;
            struck += stale.iter().filter(|stale| **stale).count() as u64;
            let mut marks = stale.iter();
            for mut chunk in chunks {
                space.retain(&mut chunk, &mut || marks.next() == Some(&false));
                if S::worlds(&chunk) > 0 {
                    disk.next.push(chunk, most, &disk.folder)?;
                }
            }
            if telling {
                kept.extend(stale.iter().map(|stale| !stale));
            }
        }
        let common = S::common(&mut workers[0]);
        if let Some(parents) = &mut common.parents {
            let mut marks = kept.iter();
            parents.retain(|_| marks.next() == Some(&true));
            for tally in [&mut common.tally, tally] {
                tally.renumber(|world| match world.checked_sub(common.first) {
                    None => world,
                    Some(at) => {
                        common.first + kept[..at as usize].iter().filter(|kept| **kept).count() as u32
                    }
                });
            }
        }
        disk.sure = shared.met.fetch_sub(struck, Ordering::Relaxed) - struck;
        disk.gone -= struck;
        Self::write_ways(disk, common)
    }

    /// Brings what is known of ways to the disk; nothing more is, where worlds are too many to be numbered.
    fn write_ways(disk: &mut Disk<S>, common: &mut Common) -> Result<(), Cut> {
        let Some(parents) = &mut common.parents else { return Ok(()) };
        if disk.ways.write(parents, &disk.folder)? {
            parents.clear();
            common.first = disk.ways.written();
        } else {
            common.parents = None;
        }
        Ok(())
    }

    /// Gives the keys of the table to the disk.
    fn give_up_table(&mut self) -> Result<(), Cut> {
        self.settle()?;
        if let Some(cut) = self.over_worlds() {
            return Err(cut);
        }
        let snapshot = self.stats();
        let met = self.met();
        let Self { space, workers, disk, watch, .. } = self;
        let Some(disk) = disk else { return Ok(()) };
        let mut poll = || watch.look(|| snapshot).map_or(Ok(()), Err);
        let mut writer = disk.runs.writer()?;
        space.table_mut().drain_in_order(|key| writer.push(key))?;
        disk.runs.add(writer, &mut poll)?;
        (disk.gone, disk.sure) = (met, met);
        Self::write_ways(disk, S::common(&mut workers[0]))
    }

    /// Makes room in memory, and says where the search has to come back next.
    pub(in crate::fast) fn make_room_on_disk(&mut self) -> Result<(), Cut> {
        let waiting: u64 =
            self.workers.iter_mut().flat_map(|worker| S::out(worker).iter()).map(S::chunk_bytes).sum();
        if waiting > self.waits_max() {
            self.collect()?;
        }
        // What workers may meet before they all notice.
        let slack = 1024 * self.workers.len() as u64;
        loop {
            self.workers.iter_mut().for_each(|worker| self.shared.add(S::common(worker)));
            let flushed = self.flush();
            self.shared.halt.store(false, Ordering::Relaxed);
            let known = self.met() - self.disk.as_ref().map_or(0, Disk::gone);
            if flushed && known + slack < self.space.table().room() {
                break;
            }
            self.grow_or_give_up(slack)?;
        }
        let gone = self.disk.as_ref().map_or(0, Disk::gone);
        let more = (self.waits_max() / 16).clamp(MET_MIN, LOOK);
        self.come_back_at((gone + self.space.table().room() - slack).min(self.met() + more));
        Ok(())
    }

    /// Lets the table grow within its part of the memory, or gives it up.
    fn grow_or_give_up(&mut self, slack: u64) -> Result<(), Cut> {
        // Of each world that the table knows there may be a way.
        let parts = if self.tells_ways { 4 } else { 2 };
        // What many workers meet before they all notice must fit in any case.
        let cramped = self.space.table().room() < 4 * slack;
        let most = if cramped { u64::MAX } else { self.share() / parts };
        if let Some(homes) = self.space.table().homes_within(most) {
            self.space.table_mut().grow(homes);
            return Ok(());
        }
        if cramped { Err(Cut::Memory) } else { self.give_up_table() }
    }

    /// Makes room in all worlds for what did not fit, here and on the disk.
    pub(in crate::fast) fn widen_on_disk(
        &mut self,
        overflow: Overflow,
        level: &mut Vec<S::Chunk>,
    ) -> Result<Result<(), Cut>, Misfit> {
        let doubled = 2 * self.space.table().bytes() > self.share() / 2;
        let has_runs = self.disk.as_ref().is_some_and(Disk::has_runs);
        // Two tables at once do not fit.
        if (doubled || has_runs)
            && let Err(cut) = self.give_up_table()
        {
            return Ok(Err(cut));
        }
        let elsewhere = self.disk.as_ref().map_or(0, Disk::gone);
        let change = self.space.widen(overflow, u64::MAX, elsewhere, &mut self.workers, level)?;
        Ok(self.change(&change))
    }

    fn change(&mut self, change: &S::Change) -> Result<(), Cut> {
        let most = self.waits_max();
        let snapshot = self.stats();
        let Self { disk, watch, .. } = self;
        let Some(disk) = disk else { return Ok(()) };
        let mut poll = || watch.look(|| snapshot).map_or(Ok(()), Err);
        for frontier in [&mut disk.level, &mut disk.next, &mut disk.candidates] {
            frontier.change(|chunk| S::change_chunk(change, chunk), most, &disk.folder)?;
        }
        let at_once = (most / size_of::<S::Key>() as u64).max(MET_MIN) as usize;
        disk.runs.change(|key| S::change_key(change, key), at_once, &mut poll)
    }

    /// Begins the next level, once its worlds are known.
    pub(in crate::fast) fn next_on_disk(&mut self) -> Result<(), Cut> {
        self.settle()?;
        if let Some(disk) = &mut self.disk {
            disk.level = std::mem::take(&mut disk.next);
        }
        self.over_worlds().map_or(Ok(()), Err)
    }

    /// A portion of what is left of the level; nothing where nothing is left.
    pub(in crate::fast) fn portion(&mut self) -> Result<Vec<S::Chunk>, Cut> {
        let most = self.waits_max();
        let Some(disk) = &mut self.disk else { return Ok(Vec::new()) };
        let (mut portion, mut bytes) = (Vec::new(), 0);
        while (bytes < most || portion.is_empty())
            && let Some(mut chunk) = disk.level.pop()?
        {
            S::number(&mut chunk, disk.number);
            disk.number = disk.number.wrapping_add(S::worlds(&chunk) as u32);
            bytes += S::chunk_bytes(&chunk);
            portion.push(chunk);
        }
        Ok(portion)
    }
}
