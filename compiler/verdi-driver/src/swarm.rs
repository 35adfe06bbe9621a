//! Bitstate searches of a check, and what they may claim.

use crate::memory::{default_limit, show_size};
use crate::options::{CheckOptions, EngineKind};
use crate::search::jit;
use verdi_explore::{Coverage, Go, Options, Outcome, Stats, Swarmed, Swarming, swarm_parts};
use verdi_interp::Interp;
use verdi_machine::{Machine, TakenApart};

/// The most memory that is taken unless more is asked for.
const MEMORY: u64 = 1 << 30;

/// Makes the searches; what they found, and what is to be said of them.
pub(crate) fn search(
    machine: &Machine<Interp>,
    options: &CheckOptions,
    explore_with: &Options,
    progress: &mut dyn FnMut(&Stats) -> Go,
) -> (Outcome, Vec<String>) {
    let memory = options.memory.unwrap_or_else(|| default_limit().min(MEMORY));
    let explore_with = Options { memory_max: Some(memory), ..explore_with.clone() };
    let swarming = Swarming { rounds: options.rounds, bytes_max: u64::MAX };
    let program = machine.program();
    let (outcome, swarmed) = match options.engine {
        EngineKind::Jit => {
            let program = std::sync::Arc::new(program.clone());
            let make = || verdi_jit::NativeParts::new(machine, jit(&program));
            swarm_parts(make, &swarming, &explore_with, progress)
        }
        EngineKind::Interp => swarm_parts(|| TakenApart::new(machine), &swarming, &explore_with, progress),
    };
    let notes = notes(&outcome, &swarmed);
    (outcome, notes)
}

/// One in how many a part is.
fn one_in(part: f64) -> String {
    let many = 1.0 / part;
    if many < 1e6 { format!("{many:.0}") } else { format!("{many:.1e}") }
}

/// What the searches covered.
fn notes(outcome: &Outcome, swarmed: &Swarmed) -> Vec<String> {
    if outcome.stats.distinct == 0 {
        return Vec::new();
    }
    let Swarmed { rounds, bits, set, overflowed } = *swarmed;
    let factor = bits as f64 / outcome.stats.distinct as f64;
    let mut notes = vec![format!(
        "{rounds} bitstate {} of {} each: the fullest set {:.2} % of its bits (hash factor {factor:.1}), so \
         about one new world in {} was taken for a known one",
        if rounds == 1 { "search" } else { "searches" },
        show_size(bits / 8),
        set as f64 / bits.max(1) as f64 * 100.0,
        one_in(swarmed.mistaken()),
    )];
    if overflowed > 0 {
        notes.push(format!("in {overflowed} of them too many worlds waited, and some were not gone on from"));
    }
    if outcome.coverage == Coverage::Sampled && factor < 10.0 {
        notes.push("more memory (`--memory`) or more searches (`--swarm=N`) would see more".to_owned());
    }
    notes
}
