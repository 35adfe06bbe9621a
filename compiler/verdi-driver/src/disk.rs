//! Searches that go on on the disk when memory is full: which may, and where.

use crate::memory::show_size;
use crate::options::{CheckOptions, EngineKind, SearchOrder};
use anyhow::{anyhow, bail};
use std::sync::Arc;
use verdi_explore::{Folder, Stats};

/// With less there is hardly room for what is read and written at once.
const MEMORY_MIN: u64 = 4 << 20;

/// Refuses what cannot go on on the disk.
///
/// # Errors
/// The search is of another kind, or has too little memory.
pub(crate) fn may_use(options: &CheckOptions) -> anyhow::Result<()> {
    if options.disk.is_none() {
        return Ok(());
    }
    if options.engine != EngineKind::Jit || options.search != SearchOrder::Bfs {
        bail!("only breadth-first searches with the engine jit go on with --disk");
    }
    if options.checkpoint.is_some() || options.resume.is_some() {
        bail!("--disk does not go with --checkpoint or --resume: a checkpoint is of what is in memory");
    }
    if let Some(memory) = options.memory.filter(|memory| *memory < MEMORY_MIN) {
        bail!("--memory {} is too little: with --disk it takes {}", show_size(memory), show_size(MEMORY_MIN));
    }
    Ok(())
}

/// Takes the folder for a search.
///
/// # Errors
/// It cannot be used.
pub(crate) fn open(options: &CheckOptions) -> anyhow::Result<Option<Arc<Folder>>> {
    let Some(path) = &options.disk else { return Ok(None) };
    let folder =
        Folder::open(path).map_err(|why| anyhow!("`{}` cannot be searched on: {why}", path.display()))?;
    Ok(Some(Arc::new(folder)))
}

/// What there is to say after a search.
pub(crate) fn note(stats: &Stats) -> Option<String> {
    let kept = crate::render::count(stats.on_disk);
    (stats.on_disk > 0).then(|| format!("memory was full: {kept} of the worlds were kept on the disk"))
}
