//! Searches that are kept on the disk: what of, and what a run must have in common with the one it goes on with.

use crate::options::{CheckOptions, EngineKind, SearchOrder, quote};
use anyhow::{anyhow, bail};
use verdi_core::Program;
use verdi_explore::{Checkpoints, Options, Refused, digest};

/// Refuses to keep what cannot be kept.
///
/// # Errors
/// The search is of another kind, or there are several.
pub(crate) fn may_keep(options: &CheckOptions, checks: usize) -> anyhow::Result<()> {
    if options.checkpoint.is_none() && options.resume.is_none() {
        return Ok(());
    }
    if options.engine != EngineKind::Jit || options.search != SearchOrder::Bfs {
        bail!("checkpoints are of breadth-first searches with the engine jit");
    }
    if checks != 1 {
        bail!("a checkpoint is of one check: say with --check which of {checks}");
    }
    Ok(())
}

/// Where the search of a check is kept, and what it goes on with.
///
/// # Errors
/// What it is to go on with is of no use.
pub(crate) fn of(
    options: &CheckOptions,
    explore_with: &Options,
    check: &str,
    network: &str,
    program: &Program,
) -> anyhow::Result<Checkpoints> {
    if options.checkpoint.is_none() && options.resume.is_none() {
        return Ok(Checkpoints::new(Vec::new()));
    }
    let bounds: Vec<String> = options.bounds.iter().map(ToString::to_string).collect();
    let depth = options.depth.map_or_else(|| "as the check says".to_owned(), |most| most.to_string());
    let marks = [
        ("version of verdic", env!("CARGO_PKG_VERSION").to_owned()),
        ("check", format!("\"{check}\"")),
        ("network", network.to_owned()),
        ("list of bounds", if bounds.is_empty() { "as the check says".to_owned() } else { bounds.join(" ") }),
        ("depth", depth),
        ("program", digest(&program.to_string())),
        ("symmetry", format!("{:?}", explore_with.symmetric)),
        ("--por", if explore_with.prospects.is_some() { "on" } else { "off" }.to_owned()),
        ("--count-all", if options.count_all { "on" } else { "off" }.to_owned()),
    ];
    let mut saves = Checkpoints::new(marks.map(|(what, value)| (what.to_owned(), value)).to_vec());
    if let Some(file) = &options.checkpoint {
        saves = saves.keep(file, options.checkpoint_every);
    }
    match &options.resume {
        Some(file) => saves.resume(file).map_err(|why| refused(options, &why)),
        None => Ok(saves),
    }
}

/// Why a search cannot go on.
pub(crate) fn refused(options: &CheckOptions, why: &Refused) -> anyhow::Error {
    let file = options.resume.as_deref().unwrap_or_else(|| "".as_ref());
    anyhow!("cannot go on with `{}`: {why}", file.display())
}

/// What to tell of checkpoints after a search.
pub(crate) fn notes(options: &CheckOptions, saves: &Checkpoints, cut: bool) -> Option<String> {
    let file = quote(&options.checkpoint.as_ref()?.display().to_string());
    if let Some(error) = saves.failure() {
        return Some(format!("the last checkpoint could not be written to {file}: {error}"));
    }
    (cut && saves.written()).then(|| format!("`--resume {file}` goes on with this search"))
}
