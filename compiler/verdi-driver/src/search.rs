//! Chooses a search for a program and runs it.

mod live;

use crate::options::{CheckOptions, EngineKind, SearchOrder, Strategy};
use crate::reductions::Reductions;
use crate::unbounded::suspects;
use crate::{Watch, checkpoint, disk, memory, swarm};
use std::sync::Arc;
use verdi_core::{Expect, Program, PropertyId, PropertyKind};
use verdi_explore::{
    Checkpoints, Coverage, Go, Options, Outcome, Sampling, Search, Stats, explore, explore_saved,
    sample_parts,
};
use verdi_hir::hir;
use verdi_interp::Interp;
use verdi_jit::{Jit, NativeParts};
use verdi_machine::{Machine, TakenApart};

/// What is searched for.
pub(crate) struct Asked<'a> {
    pub(crate) check: &'a hir::Check,
    /// What it is called meanwhile.
    pub(crate) title: &'a str,
    pub(crate) network: &'a str,
    /// The most worlds, where the options name no number.
    pub(crate) worlds_max: Option<u64>,
}

/// What came of it.
pub(crate) struct Searched {
    /// The program that was asked about.
    pub(crate) machine: Machine<Interp>,
    /// Its runs are of that program, whatever was searched.
    pub(crate) outcome: Outcome,
    /// The `no_fault` that the check does not name.
    pub(crate) implicit: Option<PropertyId>,
    /// Whether runs may be longer than they need be.
    pub(crate) shrinks: bool,
    /// What a reader of the verdicts should know.
    pub(crate) notes: Vec<String>,
}

/// Searches a program, without what is left out.
///
/// # Errors
/// A checkpoint that is of no use.
pub(crate) fn run(
    program: Program,
    reductions: &Reductions,
    asked: &Asked<'_>,
    options: &CheckOptions,
    watch: &mut dyn Watch,
) -> anyhow::Result<Searched> {
    let implicit = implicit_no_fault(&program, asked.check);
    let general = explore_options(options);
    let explore_with = Options {
        // The fault that nobody asks after must not keep a search going that has found all it was asked for.
        aside: implicit.into_iter().collect(),
        symmetric: reductions.symmetric(),
        prospects: reductions.prospects(),
        disk: disk::open(options)?,
        worlds_max: general.worlds_max.or(asked.worlds_max),
        ..general
    };
    let less = Arc::new(reductions.searched(&program).clone());
    let mut saves = checkpoint::of(options, &explore_with, asked.title, asked.network, &less)?;
    let mut progress = |stats: &Stats| {
        watch.progress(asked.title, stats);
        if watch.stop() { Go::Stop } else { Go::On }
    };
    let (mut outcome, covered) =
        outcome(Arc::clone(&less), options, &explore_with, &mut saves, &mut progress)?;
    let vacuous = live::answer(&less, options, &explore_with, &mut outcome, &mut progress);
    watch.done();
    let shortest = options.search == SearchOrder::Bfs && explore_with.prospects.is_none();
    let shrinks = reductions.replay(&mut outcome) || !shortest;
    let cut = matches!(outcome.coverage, Coverage::Cut(_));
    let mut notes = reductions.notes(&program, &outcome.stats);
    notes.extend(covered);
    notes.extend(vacuous);
    notes.extend(if cut { suspects_note(reductions.searched(&program)) } else { None });
    notes.extend(disk::note(&outcome.stats));
    notes.extend(checkpoint::notes(options, &saves, cut));
    Ok(Searched { machine: Machine::new(Interp::new(program)), outcome, implicit, shrinks, notes })
}

/// Runs the search that the options ask for; what came of it, and what there is to say of how much it covered.
fn outcome(
    program: Arc<Program>,
    options: &CheckOptions,
    explore_with: &Options,
    saves: &mut Checkpoints,
    progress: &mut dyn FnMut(&Stats) -> Go,
) -> anyhow::Result<(Outcome, Vec<String>)> {
    let machine = Machine::new(Interp::new(Arc::clone(&program)));
    let native = || NativeParts::new(&machine, jit(&program));
    if options.engine == EngineKind::Jit && options.search == SearchOrder::Bfs {
        let load = |ids: &[u8]| NativeParts::load(&machine, jit(&program), ids);
        let outcome = explore_saved(native, load, explore_with, saves, progress);
        return Ok((outcome.map_err(|why| checkpoint::refused(options, &why))?, Vec::new()));
    }
    if options.search == SearchOrder::Swarm {
        return Ok(swarm::search(&machine, options, explore_with, progress));
    }
    let outcome = match (sampling(options), options.engine) {
        (None, _) => explore(&machine, explore_with, progress),
        (Some(sampling), EngineKind::Jit) => sample_parts(&native(), &sampling, explore_with, progress),
        (Some(sampling), EngineKind::Interp) => {
            sample_parts(&TakenApart::new(&machine), &sampling, explore_with, progress)
        }
    };
    Ok((outcome, Vec::new()))
}

/// After how many calls a function is compiled: small checks are done before that pays.
const CALLS_BEFORE_CODE: u32 = 64;

pub(crate) fn jit(program: &Arc<Program>) -> Jit {
    Jit::compiling_after(CALLS_BEFORE_CODE, Arc::clone(program))
}

/// The `no_fault` that the check does not name.
pub(crate) fn implicit_no_fault(program: &Program, check: &hir::Check) -> Option<PropertyId> {
    let mut properties = program.properties.iter();
    let implicit = properties.find(|(_, property)| {
        property.kind == PropertyKind::NoFault
            && property.expect == Expect::Holds
            && property.span == check.span
    });
    implicit.map(|(id, _)| id)
}

pub(crate) fn explore_options(options: &CheckOptions) -> Options {
    Options {
        search: match options.search {
            SearchOrder::Bfs => Search::BreadthFirst,
            SearchOrder::Dfs | SearchOrder::Swarm => Search::DepthFirst,
            SearchOrder::Random => Search::Random { runs: options.runs, steps: options.steps },
        },
        seed: options.seed,
        worlds_max: options.worlds_max,
        memory_max: Some(options.memory.unwrap_or_else(memory::default_limit)),
        time_max: options.time,
        workers: options.workers.unwrap_or_else(cores),
        count_all: options.count_all,
        ..Options::default()
    }
}

/// The random runs that are made over a model taken apart, where any are asked for: with the interpreter, those that the
/// clear search does not know.
fn sampling(options: &CheckOptions) -> Option<Sampling> {
    let CheckOptions { strategy, runs, steps, .. } = *options;
    let known_to_clear = options.engine == EngineKind::Interp && strategy == Strategy::Uniform;
    let taken_apart = options.search == SearchOrder::Random && !known_to_clear;
    taken_apart.then_some(Sampling { strategy, runs, steps })
}

/// How many threads can work at once.
fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

fn suspects_note(program: &Program) -> Option<String> {
    let rules: Vec<String> =
        suspects(program).into_iter().map(|rule| format!("`{}`", program.network.rules[rule].name)).collect();
    let first = rules.first()?.trim_matches('`');
    Some(format!(
        "nothing bounds {}: `bound {first} <= 2 per node` or `bound depth <= 20` would make the search smaller",
        rules.join(", ")
    ))
}
