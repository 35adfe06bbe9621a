//! Expanding with the instructions that the machine has: counting bits and finding the lowest takes one each on
//! processors of the last ten years, and many on what programs are compiled for by default.

#![expect(unsafe_code, reason = "a function for newer processors is called where the processor is one")]

use super::super::word::Word;
use super::super::worker::Back;
use super::expand::{Ground, Worker};
use super::layout::Overflow;
use super::sink::Chunk;
use verdi_machine::Parts;

/// See [`Ground::expand`].
pub(super) fn expand_natively<W: Word, P: Parts>(
    ground: &Ground<'_, W, P>,
    worker: &mut Worker<W>,
    chunk: &mut Chunk<W>,
    poll: &mut dyn FnMut() -> bool,
) -> Result<(), Back<Overflow>> {
    #[cfg(target_arch = "x86_64")]
    if std::is_x86_feature_detected!("popcnt")
        && std::is_x86_feature_detected!("bmi1")
        && std::is_x86_feature_detected!("bmi2")
    {
        // SAFETY: the processor has these instructions.
        return unsafe { with_bits(ground, worker, chunk, poll) };
    }
    ground.expand(worker, chunk, poll)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "popcnt,bmi1,bmi2")]
fn with_bits<W: Word, P: Parts>(
    ground: &Ground<'_, W, P>,
    worker: &mut Worker<W>,
    chunk: &mut Chunk<W>,
    poll: &mut dyn FnMut() -> bool,
) -> Result<(), Back<Overflow>> {
    ground.expand(worker, chunk, poll)
}
