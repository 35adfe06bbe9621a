use super::bits::Bits;
use super::stack::Stack;
use crate::sample::dice::spread;
use crate::sample::runner::Runner;
use crate::sample::{Changes, Taken};
use crate::{Faulted, Options, Run};
use std::sync::atomic::{AtomicU64, Ordering};
use verdi_core::PropertyId;
use verdi_machine::{Fault, Parts, Whole};

/// How many worlds are expanded before it is looked again how much is remembered, and told how far it is.
const LOOK: u64 = 1 << 12;

/// A search that is to be made.
pub(super) struct Plan<'o> {
    pub(super) round: u64,
    /// The most bytes of the worlds that wait.
    pub(super) stack: u64,
    /// The most bytes of what is remembered of steps.
    pub(super) memos: u64,
    pub(super) options: &'o Options,
}

/// What a search found.
#[derive(Default)]
pub(super) struct Found {
    pub(super) answers: Vec<Option<Run>>,
    pub(super) undecided: Vec<bool>,
    pub(super) fault: Option<Run>,
    /// Worlds that it told from all others.
    pub(super) distinct: u64,
    pub(super) transitions: u64,
    pub(super) levels: u64,
    pub(super) bytes: u64,
    /// Bits that it set.
    pub(super) set: u64,
    /// Whether worlds were not expanded because too many waited.
    pub(super) overflowed: bool,
    pub(super) out_of_memory: bool,
    /// Whether all that a search is made for has an answer.
    pub(super) ended: bool,
    /// Whether it came to its end.
    pub(super) finished: bool,
}

impl Found {
    /// There is no first world.
    pub(super) fn stillborn(fault: Fault) -> Self {
        let run = Run { choices: Vec::new(), fault: Some((fault, Faulted::Step)) };
        Self { fault: Some(run), ended: true, finished: true, ..Self::default() }
    }

    /// There is no room for the bits.
    pub(super) fn without_memory() -> Self {
        Self { out_of_memory: true, ..Self::default() }
    }
}

/// A bitstate search, deep first: all successors of a world are met at once, and wait on a stack. As the last one goes
/// first, those that were taken from the stack on the way to a world are a run to it.
pub(super) struct Dive<'p, P> {
    parts: &'p P,
    runner: Runner<'p, P>,
    bits: Bits,
    stack: Stack,
    /// What worlds' prints, and the order of steps, begin with.
    seed: u64,
    memos: u64,
    depth_max: u64,
    /// What ends the search when all of it has an answer; nothing where it goes on regardless.
    ending: Vec<usize>,
    found: Found,
}

impl<'p, P: Parts> Dive<'p, P> {
    /// # Errors
    /// There is no first world.
    pub(super) fn new(parts: &'p P, plan: &Plan<'_>, bits: Bits) -> Result<Self, Fault> {
        let shape = parts.shape();
        let Options { count_all, aside, seed, .. } = plan.options;
        let is_aside = |property: &usize| aside.contains(&PropertyId::from_u32(*property as u32));
        let wanted = (0..shape.properties.len()).filter(|property| !count_all && !is_aside(property));
        Ok(Self {
            parts,
            runner: Runner::new(parts)?,
            bits,
            stack: Stack::new(shape, plan.stack),
            seed: spread(spread(*seed) ^ plan.round),
            memos: plan.memos,
            depth_max: shape.depth_max.unwrap_or(u64::MAX).min(u64::from(u32::MAX)),
            ending: wanted.collect(),
            found: Found { answers: vec![None; shape.properties.len()], ..Found::default() },
        })
    }

    /// Searches until nothing waits, or all is found, or `poll` says so.
    pub(super) fn go(mut self, steps: &AtomicU64, poll: &mut dyn FnMut() -> bool) -> Found {
        self.runner.begin();
        self.begin();
        let mut world = self.runner.sampler.world().clone();
        let (mut expanded, mut told) = (0_u64, 0);
        self.found.finished = loop {
            if self.ended() {
                break true;
            }
            if expanded % LOOK == 0 {
                steps.fetch_add(self.found.transitions - told, Ordering::Relaxed);
                told = self.found.transitions;
                if self.remembers_too_much() {
                    self.found.out_of_memory = true;
                    break false;
                }
            }
            if !poll() {
                break false;
            }
            let Some((depth, choice)) = self.stack.pop(&mut world) else { break true };
            self.runner.way.truncate(depth.saturating_sub(1) as usize);
            self.runner.way.extend((depth > 0).then_some(choice));
            self.expand(&world);
            expanded += 1;
        };
        self.finish()
    }

    fn remembers_too_much(&mut self) -> bool {
        let memos = self.runner.bytes() + self.parts.bytes();
        self.found.bytes = self.found.bytes.max(memos + self.stack.bytes());
        memos > self.memos
    }

    fn ended(&self) -> bool {
        !self.ending.is_empty() && self.ending.iter().all(|property| self.found.answers[*property].is_some())
    }

    /// Takes every step from a world, in an order of this search's own.
    fn expand(&mut self, world: &Whole) {
        self.runner.sampler.enter(world);
        let goes_on = self.runner.can_go_on();
        self.note();
        let depth = self.runner.way.len() as u64;
        if !goes_on || depth >= self.depth_max {
            return;
        }
        let enabled = self.runner.sampler.enabled().len();
        for at in order(enabled, spread(self.seed ^ self.print(world))) {
            let candidate = self.runner.sampler.enabled()[at];
            match self.runner.sampler.take(at) {
                Taken::Moved(changes) => {
                    self.found.transitions += 1;
                    if changes.any() {
                        self.arrive(changes, candidate.choice);
                        self.runner.sampler.enter(world);
                    }
                }
                Taken::TooManyPackets => {}
                Taken::Fault(fault) => {
                    self.runner.fault(Some(candidate.choice), fault, Faulted::Step);
                    self.note();
                }
            }
        }
    }

    /// Looks at the world that the sampler is in now, unless it was seen.
    fn arrive(&mut self, changes: Changes, choice: u32) {
        if !self.bits.insert(self.print(self.runner.sampler.world())) {
            return;
        }
        self.runner.way.push(choice);
        self.runner.judge(changes);
        self.found.distinct += 1;
        let depth = self.runner.way.len() as u32;
        self.found.levels = self.found.levels.max(u64::from(depth) + 1);
        self.found.overflowed |= !self.stack.push(self.runner.sampler.world(), depth, choice);
        self.note();
        self.runner.way.pop();
    }
}

impl<P: Parts> Dive<'_, P> {
    /// The first world was met.
    fn begin(&mut self) {
        self.bits.insert(self.print(self.runner.sampler.world()));
        self.found.distinct += 1;
        self.found.levels = 1;
        self.found.overflowed |= !self.stack.push(self.runner.sampler.world(), 0, 0);
        self.note();
    }

    /// Keeps what was found, as long as the way to it is known.
    fn note(&mut self) {
        let (found, runner) = (&mut self.found, &mut self.runner);
        let mut learns = false;
        for (answer, finding) in found.answers.iter_mut().zip(&runner.tally.answers) {
            if let (None, Some(finding)) = (&answer, finding) {
                *answer = Some(runner.told(finding));
                learns = true;
            }
        }
        if let (None, Some(finding)) = (&found.fault, &runner.tally.fault) {
            found.fault = Some(runner.told(finding));
        }
        if learns {
            runner.questions.catch_up(&runner.tally);
        }
    }

    /// What stands for a world in this search.
    fn print(&self, world: &Whole) -> u64 {
        let parts = [&world.nodes, &world.left, &world.packets].into_iter().flatten().copied();
        let all = [world.vars, world.trace].into_iter().chain(parts);
        let print = all.fold(self.seed, |print, word| {
            (print.rotate_left(29) ^ u64::from(word)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        });
        spread(print)
    }

    fn finish(mut self) -> Found {
        self.remembers_too_much();
        self.found.ended = self.ended();
        self.found.set = self.bits.set();
        self.found.undecided = self.runner.tally.undecided;
        self.found
    }
}

/// The numbers below `n` in an order that is drawn: from some place on, with a stride that leaves none out.
fn order(n: usize, draw: u64) -> impl Iterator<Item = usize> {
    let size = n.max(1) as u64;
    let (start, mut stride) = ((draw >> 32) % size, 1 + (draw & 0xffff_ffff) % size);
    while greatest_common_divisor(stride, size) > 1 {
        stride += 1;
    }
    (0..n as u64).map(move |at| ((start + at * stride) % size) as usize)
}

fn greatest_common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_is_taken_in_some_order() {
        for n in 0..40 {
            let orders: Vec<Vec<usize>> = (0..20).map(|draw| order(n, spread(draw)).collect()).collect();
            for mut order in orders.clone() {
                order.sort_unstable();
                assert!(order.iter().copied().eq(0..n), "{order:?}");
            }
            assert!(n < 3 || orders.iter().any(|order| *order != orders[0]), "{n}");
        }
    }
}
