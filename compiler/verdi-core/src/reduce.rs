//! What can be said of a closed program before it is searched, and rewrites that leave less to search.
//!
//! Everything here is an answer about a [`crate::Program`] alone: nothing is run. Each answer errs on one side. Where
//! a condition cannot be shown, it is taken not to hold, and the reason is given in the user's words, with the
//! text that it is about.

pub mod collapse;
mod facts;
mod grows;
pub mod independence;
mod keyed;
mod machine;
pub mod symmetry;

pub use collapse::{Collapse, Collapsed, Replay, collapse};
pub use independence::{Act, Cause, Handling, Independence, Pending, RuleUse, Seen, Whom, independence};
pub use keyed::{Keyed, keyed};
pub use machine::{not_a_machine, tells_callers_apart};
pub use symmetry::{Group, Refused, Symmetry, symmetry};

use crate::Span;

/// Why something does not apply to a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// The text that is in the way.
    pub span: Span,
    /// What it does, without a full stop.
    pub text: String,
}

impl Why {
    fn new(span: Span, text: impl Into<String>) -> Self {
        Self { span, text: text.into() }
    }
}
