use super::recording::{Counts, Recording};
use verdi_core::Program;
use verdi_explore::{Coverage, Go, Options, Stats, explore};
use verdi_machine::Machine;

/// Searches a program and counts what runs; and whether all its worlds were seen.
pub fn record(program: Program, options: &Options, progress: &mut dyn FnMut(&Stats) -> Go) -> (Counts, bool) {
    let machine = Machine::new(Recording::new(program));
    let outcome = explore(&machine, options, progress);
    (machine.engine().counts(), matches!(outcome.coverage, Coverage::Complete(_)))
}
