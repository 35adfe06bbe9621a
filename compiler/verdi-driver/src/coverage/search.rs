use super::gather::{Gather, Seen};
use super::points::system_of;
use super::recording::{Counts, Recording};
use crate::check::prepare;
use crate::options::CheckOptions;
use crate::search::{explore_options, implicit_no_fault};
use crate::{Session, Watch};
use std::collections::BTreeSet;
use verdi_core::Program;
use verdi_explore::{Coverage, Go, Options, Stats, explore};
use verdi_hir::{hir, lower};
use verdi_machine::Machine;

/// Unasked, checks are searched a second time that have at most so many steps, and all of them together run at most
/// so many statements: it takes no time that anybody would notice.
const STEPS_UNASKED: u64 = 10_000;
const STATEMENTS_UNASKED: u64 = 400_000;

/// How much a second search may be.
#[derive(Debug)]
pub enum Effort<'a> {
    /// Whatever it takes; runs that are the same count once.
    Full,
    /// At most so many statements, of which what it takes is taken away; every run counts.
    Little(&'a mut u64),
}

/// Searches a program and counts what runs; and whether all its worlds were seen. `None` where it would have run
/// more statements than it may.
///
/// It is the clear search that is followed: one that remembers steps runs some ahead, of which it may turn out that
/// no world takes them.
pub fn record(
    program: Program,
    options: &Options,
    effort: Effort<'_>,
    progress: &mut dyn FnMut(&Stats) -> Go,
) -> Option<(Counts, bool)> {
    let engine = match &effort {
        Effort::Full => Recording::new(program),
        Effort::Little(statements) => Recording::brief(program, **statements),
    };
    let machine = Machine::new(engine);
    // What there is no room for is not worth going on for; when it is noticed changes nothing.
    let outcome = explore(&machine, options, &mut |stats| match machine.engine().statements_left() {
        None => Go::Stop,
        Some(_) => progress(stats),
    });
    let left = machine.engine().statements_left();
    if let Effort::Little(statements) = effort {
        *statements = left.unwrap_or(0);
    }
    left?;
    Some((machine.engine().counts(), matches!(outcome.coverage, Coverage::Complete(_))))
}

/// A check that was run, and how many steps it has.
pub(crate) type Run<'a> = (&'a hir::Check, u64);

/// Searches checks that were run a second time, and adds up what ran. Unless coverage was asked for, only those that
/// are no work, and none of a system of which another check is.
pub(crate) fn follow(
    session: &Session,
    (options, changes): (&CheckOptions, &lower::Options),
    runs: &[Run<'_>],
    watch: &mut dyn Watch,
) -> Gather {
    let mut gather = Gather::new(session);
    let asked = options.coverage;
    let system = |check: &hir::Check| system_of(&session.program, &check.subject);
    let large = runs.iter().filter(|(_, steps)| !asked && *steps > STEPS_UNASKED);
    let large: BTreeSet<_> = large.map(|(check, _)| system(check)).collect();
    if runs.iter().all(|(check, _)| large.contains(&system(check))) {
        return gather;
    }
    let mut searched = explore_options(options);
    if !asked {
        // It is short enough, and what is warned of must not hang on a clock.
        searched.time_max = None;
    }
    let mut statements = STATEMENTS_UNASKED;
    for (check, _) in runs {
        let Ok(prepared) = prepare(session, check, changes) else { continue };
        let Some(program) = prepared.lowered.program else { continue };
        searched.aside = implicit_no_fault(&program, check).into_iter().collect();
        let mut progress = |stats: &Stats| {
            watch.progress(&check.title, stats);
            if watch.stop() { Go::Stop } else { Go::On }
        };
        let effort = if asked { Effort::Full } else { Effort::Little(&mut statements) };
        let small = !large.contains(&system(check));
        let seen = small.then(|| record(program.clone(), &searched, effort, &mut progress)).flatten();
        let seen = match &seen {
            Some((counts, true)) => Seen::Whole(counts),
            Some((counts, false)) => Seen::Partly(counts),
            None => Seen::Nothing,
        };
        gather.add(session, check, &program, seen);
    }
    watch.done();
    gather
}
