use super::super::queues::Queues;
use super::super::renamings::Renamings;
use super::super::word::mix;
use super::prints;
use super::record::Form;
use super::steps::{Delta, NONE};
use rustc_hash::FxHashMap;
use verdi_core::PacketStore;
use verdi_machine::{Parts, Shape};

/// The fingerprints of all renamings of a world at once: a part adds to each of them, and what is common to the sums
/// stands for all worlds that are renamings of each other. No renamed world is built. What parts add is remembered.
#[derive(Debug, Default)]
pub(super) struct Canon {
    /// By node and state, then by renaming.
    states: Vec<Vec<Option<Box<[u64]>>>>,
    vars: Vec<Option<Box<[u64]>>>,
    packets: Vec<Option<Box<[u64]>>>,
    queues: FxHashMap<(u32, u32), Box<[u64]>>,
    /// By delta: what it adds, without the packets that a set may have already.
    deltas: Vec<Option<Box<[u64]>>>,
    /// How many of these there are.
    made: u64,
    /// The sums of the world at hand.
    here: Vec<u64>,
    scratch: Vec<u64>,
}

impl Canon {
    /// About how many bytes it takes.
    pub(super) fn bytes(&self, renamings: usize) -> u64 {
        self.made * (renamings * size_of::<u64>() + 48) as u64
    }
}

/// What fingerprints are made from.
pub(super) struct Prints<'a, P> {
    pub(super) parts: &'a P,
    pub(super) shape: &'a Shape,
    pub(super) queues: &'a Queues,
    pub(super) renamings: &'a Renamings,
    pub(super) form: Form,
}

impl<P: Parts> Prints<'_, P> {
    fn each(&self, made: &mut u64, print: impl Fn(usize) -> u64) -> Box<[u64]> {
        *made += 1;
        (0..self.renamings.len()).map(print).collect()
    }

    fn state<'c>(&self, canon: &'c mut Canon, node: u32, state: u32) -> &'c [u64] {
        let kind = self.shape.kinds[node as usize];
        let place = grown(grown(&mut canon.states, node as usize), state as usize);
        place.get_or_insert_with(|| {
            self.each(&mut canon.made, |at| {
                let renaming = &self.renamings.nodes[at];
                let name = renaming[node as usize] as usize;
                prints::state(name, self.parts.renamed_state(renaming, kind, state))
            })
        })
    }

    fn vars<'c>(&self, canon: &'c mut Canon, vars: u32) -> &'c [u64] {
        let renamed = |at: usize| self.parts.renamed_vars(&self.renamings.nodes[at], vars);
        grown(&mut canon.vars, vars as usize)
            .get_or_insert_with(|| self.each(&mut canon.made, |at| prints::vars(renamed(at))))
    }

    fn packet<'c>(&self, canon: &'c mut Canon, packet: u32) -> &'c [u64] {
        let renamed = |at: usize| self.parts.renamed_packet(&self.renamings.nodes[at], packet);
        let place = grown(&mut canon.packets, packet as usize);
        place.get_or_insert_with(|| self.each(&mut canon.made, |at| prints::packet(renamed(at))))
    }

    fn queue<'c>(&self, canon: &'c mut Canon, queue: u32, id: u32) -> &'c [u64] {
        canon.queues.entry((queue, id)).or_insert_with(|| {
            let content = self.queues.content(queue as usize, id);
            self.each(&mut canon.made, |at| {
                let renaming = &self.renamings.nodes[at];
                let packets: Vec<u32> =
                    content.iter().map(|packet| self.parts.renamed_packet(renaming, *packet)).collect();
                let queue = packets.first().map_or(0, |packet| self.queues.between(self.parts.ends(*packet)));
                prints::queue(queue as u32, self.queues.id(queue, &packets))
            })
        })
    }

    /// The sums of a world, in `canon.here`; what is common to its renamings.
    pub(super) fn world(&self, canon: &mut Canon, record: &[u32]) -> u64 {
        let form = self.form;
        let mut sums = std::mem::take(&mut canon.here);
        sums.clear();
        sums.resize(self.renamings.len(), prints::trace(record[form.trace()]));
        for (node, state) in (0..).zip(&record[1..form.vars()]) {
            add(&mut sums, self.state(canon, node, *state));
        }
        add(&mut sums, self.vars(canon, record[form.vars()]));
        for (counter, left) in record[form.counter(0)..form.head()].iter().enumerate() {
            for (sum, image) in sums.iter_mut().zip(&self.renamings.counters) {
                let one = prints::counter(image[counter] as usize);
                *sum = sum.wrapping_add(one.wrapping_mul(u64::from(*left)));
            }
        }
        let packets = &record[form.head()..];
        if form.store == PacketStore::Fifo {
            for pair in packets.chunks_exact(2) {
                add(&mut sums, self.queue(canon, pair[0], pair[1]));
            }
        } else {
            for packet in packets {
                add(&mut sums, self.packet(canon, *packet));
            }
        }
        canon.here = sums;
        common(&canon.here)
    }

    /// The same for a world that is not the one at hand.
    pub(super) fn alone(&self, canon: &mut Canon, record: &[u32]) -> u64 {
        let here = std::mem::take(&mut canon.here);
        let print = self.world(canon, record);
        canon.here = here;
        print
    }

    /// The fingerprint after a step from the world whose sums are in `canon.here`. `from` is the state of the node that
    /// changes, `come` the packets that come, of a set those that are not there yet.
    pub(super) fn after(
        &self,
        canon: &mut Canon,
        (at, delta): (u32, &Delta),
        record: &[u32],
        come: impl Iterator<Item = u32>,
    ) -> u64 {
        if canon.deltas.get(at as usize).is_none_or(Option::is_none) {
            let prints = self.delta(canon, delta, record);
            *grown(&mut canon.deltas, at as usize) = Some(prints);
        }
        let mut sums = std::mem::take(&mut canon.scratch);
        sums.clear();
        sums.extend_from_slice(&canon.here);
        if let Some(Some(prints)) = canon.deltas.get(at as usize) {
            add(&mut sums, prints);
        }
        for packet in come {
            add(&mut sums, self.packet(canon, packet));
        }
        canon.scratch = sums;
        common(&canon.scratch)
    }

    /// What a step adds, but for packets that come.
    fn delta(&self, canon: &mut Canon, delta: &Delta, record: &[u32]) -> Box<[u64]> {
        let mut sums = self.each(&mut canon.made, |_| 0);
        if delta.node != NONE {
            subtract(&mut sums, self.state(canon, delta.node, record[self.form.node(delta.node as usize)]));
            add(&mut sums, self.state(canon, delta.node, delta.state));
        }
        if delta.vars != NONE {
            subtract(&mut sums, self.vars(canon, record[self.form.vars()]));
            add(&mut sums, self.vars(canon, delta.vars));
        }
        if delta.counter != NONE {
            for (sum, image) in sums.iter_mut().zip(&self.renamings.counters) {
                *sum = sum.wrapping_sub(prints::counter(image[delta.counter as usize] as usize));
            }
        }
        if delta.removed != NONE {
            subtract(&mut sums, self.packet(canon, delta.removed));
        }
        sums
    }
}

fn add(sums: &mut [u64], parts: &[u64]) {
    sums.iter_mut().zip(parts).for_each(|(sum, part)| *sum = sum.wrapping_add(*part));
}

fn subtract(sums: &mut [u64], parts: &[u64]) {
    sums.iter_mut().zip(parts).for_each(|(sum, part)| *sum = sum.wrapping_sub(*part));
}

/// One number for all renamings of a world, which have these sums in any order. (Their least would do, but it is small
/// more often than not: keys are to spread over a table, and to use all of their bits.)
fn common(sums: &[u64]) -> u64 {
    sums.iter().fold(0, |common, sum| common.wrapping_add(mix(*sum)))
}

/// The element at a position, which may be past the end.
fn grown<T: Default>(items: &mut Vec<T>, at: usize) -> &mut T {
    if at >= items.len() {
        items.resize_with(at + 1, T::default);
    }
    &mut items[at]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_common_forgets_the_order_and_spreads() {
        let mut buckets = [0_usize; 16];
        for world in 0..4096_u64 {
            let mut sums: Vec<u64> = (0..6).map(|renaming| mix(world * 6 + renaming)).collect();
            let found = common(&sums);
            sums.rotate_left(2);
            sums.swap(0, 1);
            assert_eq!(common(&sums), found);
            buckets[(found >> 60) as usize] += 1;
        }
        assert!(buckets.iter().all(|bucket| (150..400).contains(bucket)), "{buckets:?}");
    }
}
