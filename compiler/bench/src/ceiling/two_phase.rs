//! Two-phase commit.

use super::{Protocol, Steps};

/// One transaction manager and `N` resource managers.
///
/// From the lowest bit: two bits for each resource manager; who sent Prepared; whose Prepared the manager has;
/// what the manager decided, which is also the message that it sent.
pub struct TwoPhase<const N: u32>;

const COMMITTED: u64 = 2;
const ABORTED: u64 = 3;

const COMMIT: u64 = 1;
const ABORT: u64 = 2;

impl<const N: u32> TwoPhase<N> {
    const ALL: u64 = (1 << N) - 1;
    const SENT: u32 = 2 * N;
    const HAS: u32 = 3 * N;
    const DECISION: u32 = 4 * N;
    /// The lower bit of each resource manager's two.
    const LOW: u64 = {
        let (mut low, mut at) = (0, 0);
        while at < N {
            low |= 1 << (2 * at);
            at += 1;
        }
        low
    };

    #[inline(always)]
    fn with(world: u64, manager: u32, status: u64) -> u64 {
        world & !(3 << (2 * manager)) | status << (2 * manager)
    }
}

impl<const N: u32> Protocol for TwoPhase<N> {
    fn first(&self) -> u64 {
        0
    }

    #[inline(always)]
    fn steps(&self, world: u64, to: &mut Steps<'_>) {
        let decision = world >> Self::DECISION;
        if decision == 0 {
            let (sent, has) = ((world >> Self::SENT) & Self::ALL, (world >> Self::HAS) & Self::ALL);
            if has == Self::ALL {
                to.step(world | COMMIT << Self::DECISION);
            }
            to.step(world | ABORT << Self::DECISION);
            to.stay(has.count_ones());
            each(sent & !has, |manager| to.step(world | 1 << (Self::HAS + manager)));
        }
        let working = !(world | world >> 1) & Self::LOW;
        each(working, |low| {
            to.step(world | 1 << low | 1 << (Self::SENT + low / 2));
            to.step(world | ABORTED << low);
        });
        if decision != 0 {
            let status = if decision == COMMIT { COMMITTED } else { ABORTED };
            for manager in 0..N {
                let next = Self::with(world, manager, status);
                if next == world { to.stay(1) } else { to.step(next) }
            }
        }
    }

    /// Never one committed and one aborted.
    #[inline(always)]
    fn holds(&self, world: u64) -> bool {
        let (low, high) = (world & Self::LOW, (world >> 1) & Self::LOW);
        high & low == 0 || high & !low == 0
    }
}

/// The positions of the bits that are set.
#[inline(always)]
fn each(mut bits: u64, mut then: impl FnMut(u32)) {
    while bits != 0 {
        then(bits.trailing_zeros());
        bits &= bits - 1;
    }
}
