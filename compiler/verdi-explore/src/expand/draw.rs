use super::Expand;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use verdi_machine::Choice;

/// A seeded scheduler: draws a rule first, each with the same chance, then one of that rule's choices. So a
/// rule with a thousand choices does not starve one with a single choice.
///
/// The same seed and run draw the same on every machine: the generator is ChaCha with eight rounds, the seed
/// its key (little-endian, zeros after it), the run its stream.
pub(crate) struct Draw {
    rng: ChaCha8Rng,
    /// Positions not drawn yet, ascending: choices of one rule are neighbours.
    left: Vec<usize>,
}

impl Draw {
    pub(crate) fn new(seed: u64, run: u64) -> Self {
        Self { rng: stream(seed, run), left: Vec::new() }
    }

    /// Turns to the choices of another world.
    pub(crate) fn begin(&mut self, enabled: &[Choice]) {
        self.left.clear();
        self.left.extend(0..enabled.len());
    }

    /// Draws one of those not drawn yet.
    pub(crate) fn next(&mut self, enabled: &[Choice]) -> Option<usize> {
        let groups: Vec<&[usize]> = self.left.chunk_by(|&a, &b| enabled[a].rule == enabled[b].rule).collect();
        if groups.is_empty() {
            return None;
        }
        let group = groups[below(&mut self.rng, groups.len())];
        let drawn = group[below(&mut self.rng, group.len())];
        self.left.retain(|&position| position != drawn);
        Some(drawn)
    }
}

/// The generator of a run.
pub(crate) fn stream(seed: u64, run: u64) -> ChaCha8Rng {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    let mut rng = ChaCha8Rng::from_seed(key);
    rng.set_stream(run);
    rng
}

/// A number below `n`, each with the same chance: numbers above the greatest multiple of `n` are drawn again.
pub(crate) fn below(rng: &mut ChaCha8Rng, n: usize) -> usize {
    let n = n as u64;
    let zone = u64::MAX - u64::MAX % n;
    loop {
        let drawn = rng.next_u64();
        if drawn < zone {
            return (drawn % n) as usize;
        }
    }
}

/// One drawn choice of each world; another where that one leads nowhere. Each run has its own stream.
pub(crate) struct Drawn {
    seed: u64,
    run: u64,
    draw: Draw,
    done: bool,
}

impl Drawn {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, run: 0, draw: Draw::new(seed, 0), done: false }
    }
}

impl Expand for Drawn {
    fn begin(&mut self, depth: u32, enabled: &[Choice]) {
        if depth == 0 {
            self.draw = Draw::new(self.seed, self.run);
            self.run += 1;
        }
        self.draw.begin(enabled);
        self.done = false;
    }

    fn next(&mut self, enabled: &[Choice]) -> Option<usize> {
        if self.done { None } else { self.draw.next(enabled) }
    }

    fn led_on(&mut self) {
        self.done = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use verdi_core::RuleId;

    fn choices(rules: &[u32]) -> Vec<Choice> {
        rules.iter().map(|&rule| Choice { rule: RuleId::from_u32(rule), args: Vec::new() }).collect()
    }

    #[test]
    fn a_rule_with_many_choices_does_not_starve_another() {
        let mut rules = vec![0; 99];
        rules.push(1);
        let enabled = choices(&rules);
        let mut draw = Draw::new(7, 0);
        let mut rare = 0;
        for _ in 0..1000 {
            draw.begin(&enabled);
            rare += u32::from(draw.next(&enabled) == Some(99));
        }
        assert!((400..600).contains(&rare), "drawn {rare} times of 1000");
    }

    #[test]
    fn each_choice_is_drawn_once() {
        let enabled = choices(&[0, 0, 0, 2, 5, 5]);
        let mut draw = Draw::new(1, 3);
        draw.begin(&enabled);
        let mut drawn: Vec<usize> = std::iter::from_fn(|| draw.next(&enabled)).collect();
        drawn.sort_unstable();
        assert_eq!(drawn, [0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn seed_and_run_make_the_stream() {
        let enabled = choices(&[0; 64]);
        let first = |seed, run| {
            let mut draw = Draw::new(seed, run);
            draw.begin(&enabled);
            [draw.next(&enabled), draw.next(&enabled), draw.next(&enabled)]
        };
        assert_eq!(first(1, 2), first(1, 2));
        assert_ne!(first(1, 2), first(1, 3));
        assert_ne!(first(1, 2), first(2, 2));
    }
}
