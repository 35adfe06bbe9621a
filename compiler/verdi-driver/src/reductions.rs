//! What a check may leave out of its search, and what is said about that.

mod collapsed;
mod live;
mod symmetric;
mod waiting;

use crate::options::CheckOptions;
use collapsed::Leaving;
use std::sync::Arc;
use symmetric::Symmetric;
use verdi_core::reduce::Why;
use verdi_core::{Program, Span};
use verdi_diagnostics::{Diagnostic, codes};
use verdi_explore::{Outcome, Stats, expected_collisions};
use verdi_machine::Prospects;
use waiting::Waiting;
pub(crate) use waiting::may_wait;

/// From so many worlds on it is worth telling that a search could be smaller.
const WORTH_TELLING: u64 = 20_000;

/// What the search of a check leaves out.
pub(crate) struct Reductions {
    leaving: Leaving,
    symmetric: Symmetric,
    waiting: Waiting,
}

impl Reductions {
    /// Of a program that was lowered, for a check at `span`.
    ///
    /// # Errors
    /// What was asked for is not shown to be sound.
    pub(crate) fn of(program: &Program, options: &CheckOptions, span: Span) -> Result<Self, Vec<Diagnostic>> {
        let options = &live::all_steps(program, options, span)?;
        let leaving = Leaving::of(program, options.collapse, span)?;
        let searched = leaving.searched(program);
        let symmetric = Symmetric::of(searched, options);
        let waiting = Waiting::of(searched, options, span)?;
        Ok(Self { leaving, symmetric, waiting })
    }

    /// The program to search, of one that was asked about.
    pub(crate) fn searched<'a>(&'a self, program: &'a Program) -> &'a Program {
        self.leaving.searched(program)
    }

    /// The groups of interchangeable nodes that the search makes use of.
    pub(crate) fn symmetric(&self) -> Vec<Vec<u32>> {
        self.symmetric.groups()
    }

    /// What the search needs to know to let steps wait, where it is to.
    pub(crate) fn prospects(&self) -> Option<Arc<Prospects>> {
        self.waiting.prospects()
    }

    /// Makes the runs that a search found runs of the program that was asked about. Whether steps may be in them that
    /// could be left out.
    pub(crate) fn replay(&self, outcome: &mut Outcome) -> bool {
        self.leaving.replay(outcome)
    }

    /// What there is to say after the search of a program.
    pub(crate) fn notes(&self, program: &Program, stats: &Stats) -> Vec<String> {
        let mut notes = self.symmetric.notes(self.searched(program), stats);
        notes.extend(self.leaving.note(program, stats));
        notes.extend(self.waiting.note(stats));
        notes.extend(collisions(stats));
        notes
    }
}

/// Says why what a flag asks for is not shown to be sound.
fn refusal(flag: &str, span: Span, reasons: &[Why]) -> Diagnostic {
    let message = format!("`{flag}` could change what is found here");
    let error = Diagnostic::error(codes::V0705, span, message).label("in this check");
    reasons.iter().fold(error, |error, why| error.also(why.span, why.text.clone()))
}

/// Below so many worlds the chance that two share a fingerprint is less than one in a billion.
const WORTH_DOUBTING: u64 = 150_000;

/// What there is to say of a search that told worlds apart by fingerprints.
fn collisions(stats: &Stats) -> Option<String> {
    let expected = expected_collisions(stats.distinct);
    (stats.fingerprints && stats.distinct > WORTH_DOUBTING).then(|| {
        format!(
            "worlds were told apart by fingerprints of 64 bits: {expected:.1e} pairs are expected to share one \
             (`--engine interp` keeps whole worlds)"
        )
    })
}
