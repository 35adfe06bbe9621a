use super::gather::{Gather, Seen};
use super::recording::{Counts, Recording};
use super::vacuity::of_check;
use crate::check::{explore_options, prepare};
use crate::options::CheckOptions;
use crate::report::CheckReport;
use crate::{Session, Watch};
use verdi_core::Program;
use verdi_explore::{Coverage, Go, Options, Stats, explore};
use verdi_hir::{hir, lower};
use verdi_machine::Machine;

/// Checks of at most so many steps are searched a second time unasked, as long as that runs no more than so many
/// statements: it takes no time that anybody would notice.
const STEPS_UNASKED: u64 = 50_000;
const STATEMENTS_UNASKED: u64 = 3_000_000;

/// Searches a program and counts what runs; and whether all its worlds were seen. `None` where it would run more
/// statements than it may.
///
/// It is the clear search that is followed: one that remembers steps runs some ahead, of which it may turn out that
/// no world takes them.
pub fn record(
    program: Program,
    options: &Options,
    statements_max: u64,
    progress: &mut dyn FnMut(&Stats) -> Go,
) -> Option<(Counts, bool)> {
    let machine = Machine::new(Recording::new(program, statements_max));
    let outcome = explore(&machine, options, progress);
    let seen = (machine.engine().counts(), matches!(outcome.coverage, Coverage::Complete(_)));
    (!machine.engine().is_spent()).then_some(seen)
}

/// Adds what a check that has just been run shows, and warns of what it shows by itself.
pub(crate) fn follow(
    session: &Session,
    check: &hir::Check,
    (options, changes): (&CheckOptions, &lower::Options),
    report: &CheckReport,
    gather: &mut Gather,
    watch: &mut dyn Watch,
) {
    for warning in of_check(check, report) {
        watch.warn(&session.files, warning);
    }
    let Ok(prepared) = prepare(session, check, changes) else { return };
    let Some(program) = prepared.lowered.program else { return };
    let asked = options.coverage;
    let small = asked || report.work.transitions <= STEPS_UNASKED;
    let statements_max = if asked { u64::MAX } else { STATEMENTS_UNASKED };
    let mut searched = explore_options(options);
    if !asked {
        // It is short enough, and what is warned of must not hang on a clock.
        searched.time_max = None;
    }
    let seen = (small && !watch.stop()).then(|| {
        let mut progress = |stats: &Stats| {
            watch.progress(&report.name, stats);
            if watch.stop() { Go::Stop } else { Go::On }
        };
        record(program.clone(), &searched, statements_max, &mut progress)
    });
    watch.done();
    gather.add(
        session,
        check,
        &program,
        match seen.flatten() {
            Some((ref counts, true)) => Seen::Whole(counts),
            Some((ref counts, false)) => Seen::Partly(counts),
            None => Seen::Nothing,
        },
    );
}
