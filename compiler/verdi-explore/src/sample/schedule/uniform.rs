use super::{Candidate, Dice, Schedule, Scheduler, draw};

/// Every rule has the same chance, and so has each of its choices.
pub(in crate::sample) struct Uniform;

impl Scheduler for Uniform {
    type Schedule = Drawn;

    fn begin(&self, _steps: u64, _dice: &mut Dice) -> Drawn {
        Drawn
    }

    fn learn(&mut self, _steps: u64, _schedule: Drawn) {}
}

pub(in crate::sample) struct Drawn;

impl Schedule for Drawn {
    fn pick(&mut self, enabled: &[Candidate], dice: &mut Dice) -> usize {
        draw(enabled, dice)
    }

    fn took(&mut self, _candidate: &Candidate, _local: u64, _changed: bool) {}
}
