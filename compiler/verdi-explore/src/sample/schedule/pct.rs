use super::{Candidate, Dice, Schedule, Scheduler, draw_least, spread};

/// Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatte, "A Randomized Scheduler with
/// Probabilistic Guarantees of Finding Bugs", 2010; for messages, Ozkan, Majumdar, Niksic, Befrouei, Weissenbacher,
/// "Randomized Testing of Distributed Systems with Probabilistic Guarantees", 2018).
///
/// What competes is a *driver*: a rule at a node, or a rule on the channel from one node to another. Each has a random
/// priority, and the highest that can do something does; what it can do, where that is more than one thing, is drawn.
/// At `depth - 1` random steps, the driver whose turn it is falls below all others: a bug that takes `depth` steps in
/// a certain order needs no more.
pub(in crate::sample) struct Pct {
    depth: u32,
    /// The longest run so far: where the steps at which priorities change are drawn from.
    longest: u64,
}

impl Pct {
    pub(in crate::sample) fn new(depth: u32) -> Self {
        Self { depth: depth.max(1), longest: 0 }
    }
}

impl Scheduler for Pct {
    type Schedule = Prioritized;

    fn begin(&self, steps: u64, dice: &mut Dice) -> Prioritized {
        let length = if self.longest == 0 { steps } else { self.longest };
        let later = usize::try_from(length).unwrap_or(usize::MAX).saturating_sub(1).max(1);
        let changes = (1..self.depth).map(|_| 1 + dice.below(later) as u64).collect();
        Prioritized { salt: dice.roll(), changes, lowered: Vec::new(), floor: 0, step: 0 }
    }

    fn learn(&mut self, steps: u64, _schedule: Prioritized) {
        self.longest = self.longest.max(steps);
    }
}

pub(in crate::sample) struct Prioritized {
    salt: u64,
    /// The steps at which somebody falls.
    changes: Vec<u64>,
    /// The drivers that fell, and where they are now.
    lowered: Vec<(u64, i64)>,
    /// Below all others.
    floor: i64,
    step: u64,
}

impl Prioritized {
    /// The higher, the sooner.
    fn priority(&self, driver: u64) -> i64 {
        let lowered = self.lowered.iter().find(|(known, _)| *known == driver);
        // Those that never fell are above all that did.
        lowered.map_or_else(|| 1 << 62 | (spread(driver ^ self.salt) >> 2).cast_signed(), |(_, level)| *level)
    }

    fn lower(&mut self, driver: u64, level: i64) {
        match self.lowered.iter_mut().find(|(known, _)| *known == driver) {
            Some(known) => known.1 = level,
            None => self.lowered.push((driver, level)),
        }
    }

    fn highest(&self, enabled: &[Candidate], salt: u64) -> usize {
        draw_least(enabled, |candidate| (-self.priority(candidate.driver), spread(salt ^ candidate.print)))
    }
}

impl Schedule for Prioritized {
    fn pick(&mut self, enabled: &[Candidate], dice: &mut Dice) -> usize {
        let salt = dice.roll();
        for change in 0..self.changes.len() {
            if self.changes[change] == self.step {
                // As in the paper, where somebody falls to is drawn with the step.
                let highest = self.highest(enabled, salt);
                self.lower(enabled[highest].driver, 1 + change as i64);
                self.changes[change] = u64::MAX;
            }
        }
        self.highest(enabled, salt)
    }

    fn took(&mut self, candidate: &Candidate, _local: u64, changed: bool) {
        self.step += 1;
        if !changed {
            // It would happen for ever, and nothing else: whoever only waits lets others go first.
            self.floor -= 1;
            self.lower(candidate.driver, self.floor);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::candidate;
    use super::*;

    fn picked(depth: u32, run: u64, steps: u64, enabled: &[Candidate]) -> Vec<u32> {
        let mut dice = Dice::new(0, run);
        let mut schedule = Pct::new(depth).begin(steps, &mut dice);
        let rules = (0..steps).map(|_| {
            let at = schedule.pick(enabled, &mut dice);
            schedule.took(&enabled[at], 0, true);
            enabled[at].rule
        });
        rules.collect()
    }

    #[test]
    fn turns_change_as_often_as_asked() {
        let enabled: Vec<Candidate> = (0..6).map(|rule| candidate(rule, u64::from(rule))).collect();
        for depth in 1..5 {
            let turns = |run| {
                let mut turns = picked(depth, run, 1000, &enabled);
                turns.dedup();
                turns.len()
            };
            let turns: Vec<usize> = (0..50).map(turns).collect();
            // Two changes may fall on the same step.
            assert!(turns.iter().all(|turns| *turns <= depth as usize), "depth {depth}: {turns:?}");
            let exact = turns.iter().filter(|turns| **turns == depth as usize).count();
            assert!(exact > 45, "depth {depth}: {turns:?}");
        }
    }

    #[test]
    fn everyone_comes_first_as_often() {
        let enabled: Vec<Candidate> = (0..4).map(|rule| candidate(rule, u64::from(rule))).collect();
        let mut first = [0_u32; 4];
        for run in 0..4000 {
            first[picked(1, run, 1, &enabled)[0] as usize] += 1;
        }
        assert!(first.iter().all(|times| (900..1100).contains(times)), "{first:?}");
    }

    #[test]
    fn those_that_change_nothing_take_turns() {
        let enabled: Vec<Candidate> = (0..3).map(|rule| candidate(rule, u64::from(rule))).collect();
        let mut dice = Dice::new(0, 0);
        let mut schedule = Pct::new(1).begin(9, &mut dice);
        let mut times = [0; 3];
        for _ in 0..9 {
            let at = schedule.pick(&enabled, &mut dice);
            schedule.took(&enabled[at], 0, false);
            times[at] += 1;
        }
        assert_eq!(times, [3, 3, 3]);
    }
}
