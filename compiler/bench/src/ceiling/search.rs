//! The search that the ceilings share.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

use super::memory::{Words, prefetch};

/// A model whose worlds fit a word. No world is all ones.
pub trait Protocol: Sync {
    /// The world at first.
    fn first(&self) -> u64;
    /// Every step from a world.
    fn steps(&self, world: u64, to: &mut Steps<'_>);
    /// Whether a world has the property.
    fn holds(&self, world: u64) -> bool;
}

/// What a search found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Distinct worlds.
    pub distinct: u64,
    /// Steps taken, those that change nothing included.
    pub transitions: u64,
    /// Levels, the first one included.
    pub levels: u64,
    /// Whether every world has the property.
    pub holds: bool,
}

/// How many steps are prefetched before the first of them is looked up.
const BATCH: usize = 64;
/// The most steps from one world.
const STEPS_MAX: usize = 64;
/// How many worlds a thread takes at a time.
const SHARE: usize = 1024;

/// The seen worlds.
struct Seen {
    words: Words,
    shift: u32,
}

impl Seen {
    #[inline(always)]
    fn home(&self, world: u64) -> usize {
        let mixed = (world ^ world >> 32).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed >> self.shift) as usize
    }

    /// Whether a world is new; it no longer is afterwards.
    #[inline(always)]
    fn insert<const SHARED: bool>(&self, world: u64) -> bool {
        // An empty place is zero, and so may a world be.
        let key = !world;
        let mut at = self.home(world);
        loop {
            let place = &self.words[at];
            let mut found = place.load(Relaxed);
            if found == 0 {
                if !SHARED {
                    place.store(key, Relaxed);
                    return true;
                }
                match place.compare_exchange(0, key, Relaxed, Relaxed) {
                    Ok(_) => return true,
                    Err(other) => found = other,
                }
            }
            if found == key {
                return false;
            }
            at = (at + 1) & (self.words.len() - 1);
        }
    }
}

/// Takes the steps from worlds.
pub struct Steps<'a> {
    seen: &'a Seen,
    waiting: [u64; BATCH + STEPS_MAX],
    len: usize,
    transitions: u64,
}

impl Steps<'_> {
    /// A step to another world.
    #[inline(always)]
    pub fn step(&mut self, world: u64) {
        prefetch(&self.seen.words[self.seen.home(world)]);
        self.waiting[self.len] = world;
        self.len += 1;
    }

    /// So many steps that change nothing.
    #[inline(always)]
    pub fn stay(&mut self, count: u32) {
        self.transitions += u64::from(count);
    }
}

/// What one thread found on one level.
struct Found {
    next: Vec<u64>,
    transitions: u64,
    holds: bool,
}

fn expand<P: Protocol, const SHARED: bool>(
    protocol: &P,
    seen: &Seen,
    level: &[Vec<u64>],
    taken: &[AtomicUsize],
    mut next: Vec<u64>,
) -> Found {
    next.clear();
    let mut holds = true;
    let mut steps = Steps { seen, waiting: [0; BATCH + STEPS_MAX], len: 0, transitions: 0 };
    let mut look_up = |steps: &mut Steps<'_>| {
        for &world in &steps.waiting[..steps.len] {
            if seen.insert::<SHARED>(world) {
                holds &= protocol.holds(world);
                next.push(world);
            }
        }
        steps.transitions += steps.len as u64;
        steps.len = 0;
    };
    for (part, taken) in level.iter().zip(taken) {
        loop {
            let from = taken.fetch_add(SHARE, Relaxed);
            if from >= part.len() {
                break;
            }
            for &world in &part[from..part.len().min(from + SHARE)] {
                protocol.steps(world, &mut steps);
                if steps.len >= BATCH {
                    look_up(&mut steps);
                }
            }
        }
    }
    look_up(&mut steps);
    let transitions = steps.transitions;
    Found { next, transitions, holds }
}

/// Every world that a protocol reaches, with a table of 2^`log2` words, which has to be larger than their number.
pub fn search<P: Protocol>(protocol: &P, threads: usize, log2: u32) -> Counts {
    let seen = Seen { words: Words::new(log2), shift: u64::BITS - log2 };
    let first = protocol.first();
    seen.insert::<false>(first);
    let mut counts = Counts { distinct: 1, transitions: 0, levels: 0, holds: protocol.holds(first) };
    let mut level = vec![Vec::new(); threads.max(1)];
    let mut spare = level.clone();
    level[0].push(first);
    while level.iter().any(|part| !part.is_empty()) {
        let taken: Vec<AtomicUsize> = level.iter().map(|_| AtomicUsize::new(0)).collect();
        let found = if let [only] = &mut spare[..] {
            vec![expand::<P, false>(protocol, &seen, &level, &taken, std::mem::take(only))]
        } else {
            shared(protocol, &seen, &level, &taken, &mut spare)
        };
        counts.levels += 1;
        spare = level;
        level = Vec::new();
        for part in found {
            counts.distinct += part.next.len() as u64;
            counts.transitions += part.transitions;
            counts.holds &= part.holds;
            level.push(part.next);
        }
    }
    counts
}

fn shared<P: Protocol>(
    protocol: &P,
    seen: &Seen,
    level: &[Vec<u64>],
    taken: &[AtomicUsize],
    spare: &mut [Vec<u64>],
) -> Vec<Found> {
    thread::scope(|scope| {
        let threads: Vec<_> = spare
            .iter_mut()
            .map(|next| {
                let next = std::mem::take(next);
                scope.spawn(move || expand::<P, true>(protocol, seen, level, taken, next))
            })
            .collect();
        let found = threads.into_iter().map(|thread| thread.join());
        found.map(|found| found.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    })
}
