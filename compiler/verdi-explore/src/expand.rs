//! Which of a world's choices a search takes.

mod all;
mod draw;

pub(crate) use all::All;
pub(crate) use draw::{Draw, Drawn, below, stream};

use verdi_machine::Choice;

/// Hands out positions among a world's enabled choices, one by one.
pub(crate) trait Expand {
    /// Turns to a world at this depth.
    fn begin(&mut self, depth: u32, enabled: &[Choice]);

    /// The next choice to take.
    fn next(&mut self, enabled: &[Choice]) -> Option<usize>;

    /// Says that the last choice led to a world.
    fn led_on(&mut self) {}
}
