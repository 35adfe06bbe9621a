//! Searches written by hand for one model each: how fast an explorer could be here that knew its model in advance.
//!
//! A world is packed into one word, and the table of seen worlds holds these words themselves, so that the counts
//! are exact. Level by level; no traces. The engines of `verdic` are measured against this line.

pub mod lock;
mod memory;
mod search;
pub mod two_phase;

pub use search::{Counts, Protocol, Steps, search};

/// The ceiling of a model, to be run on so many threads. `None` where there is none for these sizes.
pub fn find(model: &str, sizes: &[u64]) -> Option<fn(usize) -> Counts> {
    let ceiling: fn(usize) -> Counts = match (model, sizes) {
        ("lock", [4, 2]) => |threads| search(&lock::Lock::<4, 2>, threads, 19),
        ("lock", [3, 4]) => |threads| search(&lock::Lock::<3, 4>, threads, 23),
        ("lock", [5, 2]) => |threads| search(&lock::Lock::<5, 2>, threads, 24),
        ("2pc", [7]) => |threads| search(&two_phase::TwoPhase::<7>, threads, 20),
        ("2pc", [8]) => |threads| search(&two_phase::TwoPhase::<8>, threads, 22),
        ("2pc", [9]) => |threads| search(&two_phase::TwoPhase::<9>, threads, 25),
        ("2pc", [10]) => |threads| search(&two_phase::TwoPhase::<10>, threads, 27),
        _ => return None,
    };
    Some(ceiling)
}

#[cfg(test)]
mod tests {
    use super::lock::Lock;
    use super::two_phase::TwoPhase;
    use super::{Counts, Protocol, find, search};

    /// Distinct worlds, transitions and levels, the same on one thread and on two.
    fn counted(protocol: &impl Protocol, log2: u32) -> (u64, u64, u64) {
        let alone = search(protocol, 1, log2);
        assert_eq!(alone, search(protocol, 2, log2), "on two threads");
        let Counts { distinct, transitions, levels, holds } = alone;
        assert!(holds);
        (distinct, transitions, levels)
    }

    #[test]
    fn lock_servers_have_as_many_worlds_as_elsewhere() {
        assert_eq!(counted(&Lock::<2, 2>, 9).0, 306);
        assert_eq!(counted(&Lock::<4, 2>, 19), (184_464, 539_136, 41));
    }

    #[test]
    fn two_phase_commit_has_as_many_worlds_as_elsewhere() {
        assert_eq!(counted(&TwoPhase::<3>, 9).0, 288);
        assert_eq!(counted(&TwoPhase::<5>, 14).0, 8_832);
        assert_eq!(counted(&TwoPhase::<7>, 20), (296_448, 2_744_705, 23));
    }

    /// A counter that goes up to `.0`, and must not reach `.1`.
    struct Counter(u64, u64);

    impl Protocol for Counter {
        fn first(&self) -> u64 {
            0
        }

        fn steps(&self, world: u64, to: &mut super::Steps<'_>) {
            if world < self.0 {
                to.step(world + 1);
                to.step(0);
                to.stay(1);
            }
        }

        fn holds(&self, world: u64) -> bool {
            world != self.1
        }
    }

    #[test]
    fn a_violation_is_seen() {
        let all = Counts { distinct: 6, transitions: 15, levels: 6, holds: true };
        assert_eq!(search(&Counter(5, 6), 1, 4), all);
        for threads in [1, 2, 3] {
            assert_eq!(search(&Counter(5, 5), threads, 4), Counts { holds: false, ..all });
        }
    }

    #[test]
    fn other_sizes_have_no_ceiling() {
        assert!(find("lock", &[4, 2]).is_some());
        assert!(find("lock", &[9, 9]).is_none() && find("raft", &[1, 1, 1]).is_none());
    }
}
