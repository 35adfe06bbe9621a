//! The fast search: breadth-first over worlds that are a few small ids each. Steps are remembered by the ids they
//! depend on, so most are taken without running any function; a successor is looked up before it is built.
//!
//! Worlds are packed into a word where they fit (`packed`). One level is expanded by all workers at once;
//! what they find is the same however many there are, and how a world was reached is told by a second,
//! sequential search where the first was not.

mod checkpoint;
mod desk;
mod disk;
mod flat;
mod levels;
mod memo;
mod near;
mod packed;
pub(crate) mod questions;
mod queues;
mod renamings;
mod space;
mod table;
pub(crate) mod tally;
mod word;
mod worker;

use crate::explore::Go;
use crate::watch::Watch;
use crate::{Answer, Coverage, Cut, Options, Outcome, Run, Stats};
use checkpoint::From;
pub use checkpoint::{Checkpoints, Marks, Refused, digest};
use disk::Ways;
pub use disk::{Folder, Unusable};
use flat::Flat;
pub use flat::expected_collisions;
use levels::{Plan, Raw};
use memo::Memo;
use packed::{Census, Packed};
use queues::Queues;
use tally::{Finding, Tally};
use verdi_core::{PacketStore, PropertyId, PropertyKind};
use verdi_machine::{BadSave, Choice, Parts, Shape};

/// How much address space the seen set gets where no limit is given.
const RESERVED: u64 = 1 << 40;

/// How much it gets at least where it need not use all of it.
const RESERVED_MIN: u64 = 1 << 30;

/// Up to how many worlds the first search tells ways.
const WAYS: u64 = 1 << 16;

/// Searches breadth-first the model that `make` takes apart; it is called again where a way has to be told by a
/// second search, and must make the same model each time. Answers, counts and counterexamples are the same
/// for any number of workers.
///
/// Counts are those of [`crate::explore`], but where a search ends because all was decided: this one
/// finishes the level.
pub fn explore_parts<P: Parts>(
    make: impl Fn() -> P,
    options: &Options,
    progress: &mut dyn FnMut(&Stats) -> Go,
) -> Outcome {
    let saved = explore_saved(&make, |_| Ok(make()), options, &mut Checkpoints::new(Vec::new()), progress);
    saved.unwrap_or_else(|refused| unreachable!("no checkpoint was given: {refused}"))
}

/// The same, with checkpoints: `load` makes the model with the ids that [`Parts::save`] gave. A search that goes on
/// ends as if it had never ended.
///
/// # Errors
/// The checkpoint to go on with is of no use.
pub fn explore_saved<P: Parts>(
    make: impl Fn() -> P,
    load: impl FnOnce(&[u8]) -> Result<P, BadSave>,
    options: &Options,
    saves: &mut Checkpoints,
    progress: &mut dyn FnMut(&Stats) -> Go,
) -> Result<Outcome, Refused> {
    let mut watch = Watch::new(options.time_max, progress);
    let (parts, from) = match saves.take_from()? {
        None => (make(), None),
        Some((from, ids)) => (load(&ids).map_err(|_| Refused::Damaged)?, Some(from)),
    };
    let shape = parts.shape();
    let done = |tally: &Tally| !options.count_all && decided(shape, options, tally);
    // A limit on worlds falls where it falls in one order only, and which of the worlds of a class is met first decides which
    // nodes' steps are taken alone.
    let ordered = options.prospects.is_some() && !options.symmetric.is_empty();
    let workers = if options.worlds_max.is_some() || ordered { 1 } else { options.workers.max(1) };
    let plan = Plan { shape, options, workers, ways: WAYS, done: &done };
    let mut raw = search(&parts, &plan, &mut watch, saves, from)?;
    let runs = match &raw.parents {
        Some(ways) => runs(&parts, &raw.tally, Some(ways)),
        None if found_nothing(&raw.tally) => runs(&parts, &raw.tally, None),
        None => {
            let wanted = &raw.tally;
            let fresh = make();
            let done = |tally: &Tally| has_all(wanted, tally);
            let plan = Plan { shape, options, workers: 1, ways: u64::MAX, done: &done };
            watch.begin_again();
            let again = search(&fresh, &plan, &mut watch, &mut Checkpoints::new(Vec::new()), None)?;
            if !has_all(wanted, &again.tally) {
                raw.coverage = again.coverage;
            }
            runs(&fresh, &again.tally, again.parents.as_ref())
        }
    };
    if let Some(cut) = runs.cut {
        raw.coverage = Coverage::Cut(cut);
    }
    Ok(outcome(shape, raw, runs))
}

/// Searches in the narrowest space that worlds fit into; what is gone on with, in the space that it is of.
fn search<P: Parts>(
    parts: &P,
    plan: &Plan<'_>,
    watch: &mut Watch<'_>,
    saves: &mut Checkpoints,
    mut from: Option<From>,
) -> Result<Raw, Refused> {
    let shape = parts.shape();
    let memo = Memo::new(parts);
    let queues = Queues::new(if shape.packets == PacketStore::Fifo { shape.kinds.len() } else { 0 });
    let mut census = Census::new(shape);
    let memory = plan.options.memory_max.unwrap_or(RESERVED);
    let memory = if plan.options.disk.is_some() { memory.max(RESERVED_MIN) } else { memory };
    if let Some(from) = &mut from {
        queues.load(&mut from.body)?;
    }
    let wanted = from.as_ref().map(|from| from.kind);
    // Only fingerprints can be had of all renamings of a world without building them; and only records are looked at before
    // their steps are taken.
    let whole = plan.options.symmetric.is_empty() && plan.options.prospects.is_none();
    let fits = |kind: u64| kind == 0 || whole;
    let may_be = |kind: u64, from: &Option<From>| fits(kind) && (from.is_none() || wanted == Some(kind));
    if may_be(64, &from)
        && let Ok(Some(space)) = Packed::<u64, P>::new(&memo, &queues, &mut census, memory)
        && let Ok(raw) = levels::run(space, plan, watch, saves, from.take().map(|from| from.body))?
    {
        return Ok(raw);
    }
    if may_be(128, &from)
        && let Ok(Some(space)) = Packed::<u128, P>::new(&memo, &queues, &mut census, memory)
        && let Ok(raw) = levels::run(space, plan, watch, saves, from.take().map(|from| from.body))?
    {
        return Ok(raw);
    }
    if may_be(0, &from)
        && let Ok(space) = Flat::new(&memo, &queues, plan.options, memory)
        && let Ok(raw) = levels::run(space, plan, watch, saves, from.take().map(|from| from.body))?
    {
        return Ok(raw);
    }
    Ok(Raw::without_memory(shape, watch))
}

/// Whether there were properties to search for, and each has its answer.
fn decided(shape: &Shape, options: &Options, tally: &Tally) -> bool {
    let aside = |property: usize| options.aside.contains(&PropertyId::from_u32(property as u32));
    let mut wanted = (0..shape.properties.len()).filter(|property| !aside(*property)).peekable();
    wanted.peek().is_some() && wanted.all(|property| tally.answers[property].is_some())
}

fn found_nothing(tally: &Tally) -> bool {
    tally.answers.iter().all(Option::is_none) && tally.fault.is_none()
}

/// Whether a tally has all that another has.
fn has_all(wanted: &Tally, tally: &Tally) -> bool {
    let both = wanted.answers.iter().zip(&tally.answers);
    both.into_iter().all(|(wanted, found)| wanted.is_none() || found.is_some())
        && (wanted.fault.is_none() || tally.fault.is_some())
}

/// The runs to what was found: of each property, and of the first fault.
struct Runs {
    answers: Vec<Option<Run>>,
    fault: Option<Run>,
    /// Why some could not be told.
    cut: Option<Cut>,
}

fn runs<P: Parts>(parts: &P, tally: &Tally, ways: Option<&Ways>) -> Runs {
    let mut cut = None;
    let mut run = |finding: &Finding| {
        let choices = way(parts, ways?, finding).inspect_err(|why| cut = Some(*why)).ok()?;
        Some(Run { choices, fault: finding.fault.clone() })
    };
    let answers = tally.answers.iter().map(|finding| finding.as_ref().and_then(&mut run)).collect();
    let fault = tally.fault.as_ref().and_then(&mut run);
    Runs { answers, fault, cut }
}

/// The choices that lead to a finding.
fn way<P: Parts>(parts: &P, ways: &Ways, finding: &Finding) -> Result<Vec<Choice>, Cut> {
    let mut choices: Vec<Choice> = finding.choice.iter().map(|choice| parts.choice(*choice)).collect();
    let mut at = finding.world;
    // The first world has no parent.
    while at > 0 {
        let (parent, choice) = ways.get(at)?;
        choices.push(parts.choice(choice));
        at = parent;
    }
    choices.reverse();
    Ok(choices)
}

fn outcome(shape: &Shape, raw: Raw, runs: Runs) -> Outcome {
    let answered = |property: usize| runs.answers[property].is_some();
    let undecided =
        raw.tally.undecided.iter().enumerate().filter(|(at, faulted)| **faulted && !answered(*at));
    let untold = raw.tally.answers.iter().enumerate().filter(|(at, found)| found.is_some() && !answered(*at));
    let asks = shape.properties.contains(&PropertyKind::NoFault);
    Outcome {
        undecided: undecided.map(|(property, _)| PropertyId::from_u32(property as u32)).collect(),
        untold: untold.map(|(property, _)| PropertyId::from_u32(property as u32)).collect(),
        fault: runs.fault.filter(|_| !asks),
        answers: runs.answers.into_iter().map(|run| run.map_or(Answer::NotFound, Answer::Found)).collect(),
        coverage: raw.coverage,
        stats: raw.stats,
    }
}
