//! What a transformed system has of the one that was transformed: for those who show its runs. Nothing that runs reads it.

use crate::{FuncId, TyId};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// A transformed system, seen as layers around what was transformed first.
#[derive(Clone, Debug)]
pub struct Wrapped {
    /// The transformers, the outermost first.
    pub layers: Vec<SmolStr>,
    /// The functions that run handlers of the innermost system, by what makes them run.
    pub handlers: BTreeMap<FuncId, Handled>,
    /// The types of values that the outermost transformer carries for what it wraps: messages, inputs, outputs, states.
    pub carried: Vec<TyId>,
    /// The timers of the innermost system are those from here on.
    pub timers_from: u32,
}

/// What a function that runs handlers of a wrapped node is given, and in which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handled {
    /// Nothing: `on start`.
    Start,
    /// An input and its caller.
    Input,
    /// A message and its source.
    Message,
    /// A timer.
    Timeout,
    /// Nothing: `on reboot`.
    Reboot,
    /// A state of a machine, an input and its caller; it returns the next state and what is answered.
    Apply,
}

impl Wrapped {
    /// What a wrapping node's field is called by what it wraps.
    pub const INNER: &str = "inner.";

    /// The innermost system's name of a field, if it is one of its own.
    pub fn innermost<'n>(&self, field: &'n str) -> Option<&'n str> {
        self.layers.iter().try_fold(field, |name, _| name.strip_prefix(Self::INNER))
    }

    /// The layers around the innermost system: `reliable(seq_num)`.
    pub fn around(&self) -> String {
        let open: Vec<&str> = self.layers.iter().map(SmolStr::as_str).collect();
        open.join("(") + &")".repeat(open.len().saturating_sub(1))
    }
}
