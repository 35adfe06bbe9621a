//! What the parts of a world add to its fingerprint, which is their sum modulo `2^64`: that of a successor differs by
//! what the step changed. (A sum, as equal packets would cancel out under exclusive or. Zobrist, "A New Hashing
//! Method with Application for Game Playing", 1970.)

const STATES: u64 = 1 << 56;
const VARS: u64 = 2 << 56;
const TRACES: u64 = 3 << 56;
const COUNTERS: u64 = 4 << 56;
const PACKETS: u64 = 5 << 56;
const QUEUES: u64 = 6 << 56;

/// The finalizer of SplitMix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014).
fn spread(word: u64) -> u64 {
    let word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[inline]
pub(super) fn state(node: usize, state: u32) -> u64 {
    spread(STATES | (node as u64) << 32 | u64::from(state))
}

#[inline]
pub(super) fn vars(vars: u32) -> u64 {
    spread(VARS | u64::from(vars))
}

#[inline]
pub(super) fn trace(trace: u32) -> u64 {
    spread(TRACES | u64::from(trace))
}

/// Of one that is left of a counter.
#[inline]
pub(super) fn counter(counter: usize) -> u64 {
    spread(COUNTERS | counter as u64)
}

/// Of one copy.
#[inline]
pub(super) fn packet(packet: u32) -> u64 {
    spread(PACKETS | u64::from(packet))
}

pub(super) fn queue(queue: u32, id: u32) -> u64 {
    spread(QUEUES | u64::from(queue) << 32 | u64::from(id))
}
