//! The lock server.

use super::{Protocol, Steps};

/// `N` clients that each ask for the lock `K` times.
///
/// From the lowest bit: of each client how many requests it has left, how many of them are in flight, and where its
/// grant is, if it has one; then the queue, from its head on. That no client has two grants at once is checked wherever
/// one is given.
pub struct Lock<const N: usize, const K: u64>;

/// Where the grant is: on its way to the client, at the client, on its way back.
const GRANTED: u64 = 1;
const HELD: u64 = 2;
const RETURNED: u64 = 3;

const fn bits(most: u64) -> u32 {
    u64::BITS - most.leading_zeros()
}

impl<const N: usize, const K: u64> Lock<N, K> {
    const COUNT: u32 = bits(K);
    const CLIENT: u32 = 2 * Self::COUNT + 2;
    const QUEUE: u32 = N as u32 * Self::CLIENT;
    const ENTRY: u32 = bits(N as u64);
    const FITS: () = assert!(Self::QUEUE + Self::ENTRY * N as u32 * K as u32 <= 63);

    /// Adds to the place of a client's grant.
    #[inline(always)]
    fn moved(world: u64, client: usize, by: u64) -> u64 {
        world + (by << (client as u32 * Self::CLIENT + 2 * Self::COUNT))
    }

    #[inline(always)]
    fn grant(world: u64) -> u64 {
        let head = (world >> Self::QUEUE) & ((1 << Self::ENTRY) - 1);
        if head == 0 {
            return world;
        }
        let client = head as usize - 1;
        let place = (world >> (client as u32 * Self::CLIENT + 2 * Self::COUNT)) & 3;
        assert!(place == 0, "a client has two grants");
        Self::moved(world, client, GRANTED)
    }
}

impl<const N: usize, const K: u64> Protocol for Lock<N, K> {
    fn first(&self) -> u64 {
        let () = Self::FITS;
        (0..N as u32).map(|client| K << (client * Self::CLIENT)).sum()
    }

    #[inline(always)]
    fn steps(&self, world: u64, to: &mut Steps<'_>) {
        let count = (1 << Self::COUNT) - 1;
        let queue = world >> Self::QUEUE;
        let len = (u64::BITS - queue.leading_zeros()).div_ceil(Self::ENTRY);
        for client in 0..N {
            let at = client as u32 * Self::CLIENT;
            let (left, asked) = ((world >> at) & count, (world >> (at + Self::COUNT)) & count);
            if left > 0 {
                to.step(world - (1 << at) + (1 << (at + Self::COUNT)));
            }
            if asked > 0 {
                let taken = world - (1 << (at + Self::COUNT));
                let queued = taken + ((client as u64 + 1) << (Self::QUEUE + len * Self::ENTRY));
                to.step(if queue == 0 { Self::grant(queued) } else { queued });
            }
            match (world >> (at + 2 * Self::COUNT)) & 3 {
                GRANTED | HELD => to.step(Self::moved(world, client, 1)),
                RETURNED => {
                    let rest = world & ((1 << Self::QUEUE) - 1) & !(3 << (at + 2 * Self::COUNT));
                    to.step(Self::grant(rest | (queue >> Self::ENTRY << Self::QUEUE)));
                }
                _ => {}
            }
        }
    }

    /// At most one client holds the lock.
    #[inline(always)]
    fn holds(&self, world: u64) -> bool {
        let holders =
            (0..N as u32).filter(|client| (world >> (client * Self::CLIENT + 2 * Self::COUNT)) & 3 == HELD);
        holders.count() <= 1
    }
}
