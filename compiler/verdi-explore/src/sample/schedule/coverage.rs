use super::{Candidate, Dice, Schedule, Scheduler, draw};
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// How many runs are kept: beyond this, a new one takes the place of the oldest.
const KEPT_MAX: usize = 4096;

/// One run in so many begins at the first world, whatever was kept.
const AFRESH: usize = 8;

/// Guided by what was covered: a run that took a local step (a firing in a state of the node where it happens) that no
/// run before it took is kept, up to the last such step. New runs follow one of those for a random part of its way,
/// and go on at random.
pub(in crate::sample) struct Coverage {
    covered: FxHashSet<u64>,
    kept: Vec<Arc<[u32]>>,
    next: usize,
}

impl Coverage {
    pub(in crate::sample) fn new() -> Self {
        Self { covered: FxHashSet::default(), kept: Vec::new(), next: 0 }
    }

    fn keep(&mut self, way: Arc<[u32]>) {
        if self.kept.len() < KEPT_MAX {
            self.kept.push(way);
        } else {
            self.kept[self.next] = way;
            self.next = (self.next + 1) % KEPT_MAX;
        }
    }
}

impl Scheduler for Coverage {
    type Schedule = Guided;

    fn begin(&self, _steps: u64, dice: &mut Dice) -> Guided {
        let nothing = || Guided { follows: Arc::default(), most: 0, taken: Vec::new() };
        if self.kept.is_empty() || dice.below(AFRESH) == 0 {
            return nothing();
        }
        let follows = Arc::clone(&self.kept[dice.below(self.kept.len())]);
        let most = dice.below(follows.len() + 1);
        Guided { follows, most, taken: Vec::new() }
    }

    fn learn(&mut self, _steps: u64, schedule: Guided) {
        let mut useful = 0;
        for (at, (_, local)) in schedule.taken.iter().enumerate() {
            if self.covered.insert(*local) {
                useful = at + 1;
            }
        }
        if useful > 0 {
            self.keep(schedule.taken[..useful].iter().map(|(choice, _)| *choice).collect());
        }
    }

    fn bytes(&self) -> u64 {
        let kept: usize = self.kept.iter().map(|way| way.len() * 4 + 32).sum();
        (kept + self.covered.len() * 12) as u64
    }
}

pub(in crate::sample) struct Guided {
    /// The run that is followed, and for how many steps at most.
    follows: Arc<[u32]>,
    most: usize,
    /// The choices that were taken, and which local steps they were.
    taken: Vec<(u32, u64)>,
}

impl Schedule for Guided {
    fn pick(&mut self, enabled: &[Candidate], dice: &mut Dice) -> usize {
        let wanted = self.follows[..self.most].get(self.taken.len());
        let there =
            wanted.and_then(|choice| enabled.iter().position(|candidate| candidate.choice == *choice));
        there.unwrap_or_else(|| draw(enabled, dice))
    }

    fn took(&mut self, candidate: &Candidate, local: u64, _changed: bool) {
        self.taken.push((candidate.choice, local));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::candidate;
    use super::*;

    fn run(scheduler: &Coverage, number: u64, enabled: &[Candidate]) -> Guided {
        let mut dice = Dice::new(0, number);
        let mut schedule = scheduler.begin(8, &mut dice);
        for _ in 0..8 {
            let at = schedule.pick(enabled, &mut dice);
            schedule.took(&enabled[at], u64::from(enabled[at].choice), true);
        }
        schedule
    }

    #[test]
    fn what_is_new_is_kept_and_followed() {
        let enabled: Vec<Candidate> = (0..6).map(|print| candidate(0, print)).collect();
        let mut scheduler = Coverage::new();
        let first = run(&scheduler, 0, &enabled);
        let way: Vec<u32> = first.taken.iter().map(|(choice, _)| *choice).collect();
        scheduler.learn(8, first);
        let again = run(&scheduler, 0, &enabled);
        assert_eq!(scheduler.kept.len(), 1);
        assert!(way.starts_with(&scheduler.kept[0]));
        scheduler.learn(8, Guided { taken: again.taken[..0].to_vec(), ..again });
        assert_eq!(scheduler.kept.len(), 1, "nothing new was taken");
        let followed = (1..100).map(|number| run(&scheduler, number, &enabled));
        let followed = followed.filter(|run| run.most > 2);
        let mut count = 0;
        for run in followed {
            let taken: Vec<u32> = run.taken.iter().map(|(choice, _)| *choice).collect();
            assert_eq!(taken[..run.most], way[..run.most]);
            count += 1;
        }
        assert!(count > 10, "only {count} runs follow");
    }

    #[test]
    fn no_more_runs_are_kept_than_there_is_room_for() {
        let mut scheduler = Coverage::new();
        for number in 0..KEPT_MAX as u64 + 10 {
            let taken = vec![(number as u32, number)];
            scheduler.learn(1, Guided { follows: Arc::default(), most: 0, taken });
        }
        assert_eq!(scheduler.kept.len(), KEPT_MAX);
        assert_eq!(*scheduler.kept[9], [KEPT_MAX as u32 + 9]);
        assert_eq!(*scheduler.kept[10], [10]);
    }
}
