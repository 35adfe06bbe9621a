//! What a refinement carries over: an invariant of the subject that holds in all its worlds holds of the lifted ones.

use crate::options::CheckOptions;
use crate::search::{explore_options, jit};
use smol_str::SmolStr;
use std::sync::Arc;
use verdi_core::Expect;
use verdi_explore::{Answer, Coverage, Cut, Go, Options, Search, Stats, explore_parts};
use verdi_hir::lower::Refinement;
use verdi_interp::Interp;
use verdi_jit::NativeParts;
use verdi_machine::Machine;

/// The lifted invariants that hold because the subject's do, and why; then what a reader should know. The subject is
/// explored without bounds, for the lifted runs may be any of its runs: where that takes more worlds than the transformed
/// system has, nothing follows.
pub(super) fn over(
    refinement: &Refinement,
    name: &str,
    network: &str,
    (refined, limits): (&Stats, &[String]),
    options: &CheckOptions,
    progress: &mut dyn FnMut(&Stats) -> Go,
) -> (Vec<(SmolStr, String)>, Option<String>) {
    let Some(program) = &refinement.carried else { return (Vec::new(), None) };
    // What is read of the history is no part of the lifted world.
    if program.notes_events() {
        return (Vec::new(), None);
    }
    let program = Arc::new(program.clone());
    let machine = Machine::new(Interp::new(Arc::clone(&program)));
    let general = explore_options(options);
    let most = general.worlds_max.unwrap_or(refined.distinct).min(refined.distinct);
    let options =
        Options { search: Search::BreadthFirst, worlds_max: Some(most), count_all: true, ..general };
    let outcome = explore_parts(|| NativeParts::new(&machine, jit(&program)), &options, progress);
    let (of, under) = (&refinement.subject.name, &refinement.network);
    if !matches!(&outcome.coverage, Coverage::Complete(limits) if limits.none()) {
        let note = format!(
            "{of} under {under} has more than {most} worlds without bounds, so nothing follows from the refinement: its \
             invariants were held against the lifted worlds"
        );
        return (Vec::new(), (outcome.coverage == Coverage::Cut(Cut::Worlds)).then_some(note));
    }
    let within = match limits {
        [] => String::new(),
        limits => format!("{}; ", limits.join(", ")),
    };
    let reason = format!(
        "by refinement: {name} under {network} refines {of} under {under} ({within}{} worlds), and it holds in all {} \
         worlds of {of} under {under}",
        refined.distinct, outcome.stats.distinct,
    );
    let properties = program.properties.iter().filter(|(id, property)| {
        property.expect == Expect::Holds
            && outcome.answers[id.as_u32() as usize] == Answer::NotFound
            && !outcome.undecided.contains(id)
    });
    (properties.map(|(_, property)| (property.name.clone(), reason.clone())).collect(), None)
}
