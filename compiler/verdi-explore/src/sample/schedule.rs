//! Who goes next: what makes one kind of random run differ from another.

mod coverage;
mod pct;
mod uniform;

pub(super) use coverage::Coverage;
pub(super) use pct::Pct;
pub(super) use uniform::Uniform;

use super::dice::{Dice, spread};
use super::known::Candidate;

/// Makes the schedules of runs, and learns from runs that are over. It learns in order of the runs, and between rounds
/// alone: what a run does depends on the rounds before its own and on its number.
pub(super) trait Scheduler: Sync {
    type Schedule: Schedule + Send;

    /// The schedule of a run of so many steps at most.
    fn begin(&self, steps: u64, dice: &mut Dice) -> Self::Schedule;

    /// Learns from a run that took so many steps.
    fn learn(&mut self, steps: u64, schedule: Self::Schedule);

    /// About how many bytes it takes.
    fn bytes(&self) -> u64 {
        0
    }
}

/// Decides what happens in one run.
pub(super) trait Schedule {
    /// The place of what is to happen next; there is something that can. What it says may not depend on the order.
    fn pick(&mut self, enabled: &[Candidate], dice: &mut Dice) -> usize;

    /// Says that a candidate was taken, which local step that was, and whether it changed anything.
    fn took(&mut self, candidate: &Candidate, local: u64, changed: bool);
}

/// Draws a rule first, each with the same chance, then one of what it can do: a rule that can do much does not starve
/// others.
#[inline]
fn draw(enabled: &[Candidate], dice: &mut Dice) -> usize {
    let (rules, choices) = (dice.roll(), dice.roll());
    draw_least(enabled, |candidate| {
        (spread(rules ^ u64::from(candidate.rule)), spread(choices ^ candidate.print))
    })
}

/// Where the least is: a random one, if what is compared is random.
#[inline]
fn draw_least<K: Ord>(enabled: &[Candidate], key: impl Fn(&Candidate) -> K) -> usize {
    enabled.iter().enumerate().min_by_key(|(_, candidate)| key(candidate)).map_or(0, |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::known::NONE;

    pub(super) fn candidate(rule: u32, print: u64) -> Candidate {
        let driver = u64::from(rule);
        let (choice, target) = (print as u32, NONE);
        Candidate { choice, rule, print, driver, firing: 0, target, counters: (0, 0), waits_for: 0 }
    }

    #[test]
    fn a_rule_with_many_choices_does_not_starve_another() {
        let mut enabled: Vec<Candidate> = (0..99).map(|print| candidate(0, print)).collect();
        enabled.push(candidate(1, 7));
        let mut dice = Dice::new(7, 0);
        let mut drawn = [0_u32; 100];
        for _ in 0..20_000 {
            drawn[draw(&enabled, &mut dice)] += 1;
        }
        assert!((9_700..10_300).contains(&drawn[99]), "drawn {} times", drawn[99]);
        assert!(drawn[..99].iter().all(|times| (60..150).contains(times)), "{drawn:?}");
    }

    #[test]
    fn the_order_does_not_matter() {
        let enabled: Vec<Candidate> = (0..50).map(|print| candidate(print as u32 % 7, print)).collect();
        let turned: Vec<Candidate> = enabled.iter().rev().copied().collect();
        let mut dice = Dice::new(1, 2);
        for _ in 0..100 {
            let mut same = dice.clone();
            let (one, other) = (draw(&enabled, &mut dice), draw(&turned, &mut same));
            assert_eq!(enabled[one].print, turned[other].print);
        }
    }
}
