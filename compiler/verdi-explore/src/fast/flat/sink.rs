//! Where steps lead: successors wait until their slots in the seen set have come near, and are looked up together. Only
//! what is new is built.

use super::expand::{Ground, Here, Seen, Worker};
use super::steps::{Delta, NONE, Steps};
use crate::fast::table::Inserted;
use crate::fast::worker::Common;
use std::sync::atomic::Ordering;
use verdi_core::PacketStore;
use verdi_machine::{Parts, Question};

/// How many words of records are in a chunk.
const CHUNK: usize = 1 << 15;

/// Worlds of a level, in order.
#[derive(Debug, Default)]
pub(crate) struct Chunk {
    /// The number of the first.
    pub(super) first: u32,
    pub(super) words: Vec<u32>,
    pub(super) worlds: u32,
    /// How many of them are done, and where the next begins.
    pub(super) done: u32,
    pub(super) next: usize,
}

/// A successor that waits to be looked up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Successor {
    print: u64,
    /// Where the world that it follows begins in its chunk.
    from: u32,
    delta: u32,
    parent: u32,
}

impl<P: Parts> Ground<'_, P> {
    /// Looks up what found no room.
    pub(super) fn flush(&self, worker: &mut Worker) -> bool {
        for stuck in std::mem::take(&mut worker.stuck) {
            match self.table.insert(stuck.0) {
                Inserted::Known => {}
                Inserted::New => self.welcome(worker, &stuck.1, stuck.2, stuck.3),
                Inserted::Full => worker.stuck.push(stuck),
            }
        }
        worker.stuck.is_empty()
    }

    /// Lets a successor wait, unless it is the world itself.
    #[inline]
    pub(super) fn put(&self, worker: &mut Worker, here: Here<'_>, delta: u32, print: u64) {
        if print != here.print {
            self.table.prefetch(print);
            let parent = worker.common.at;
            worker.waiting.push(Successor { print, from: here.from, delta, parent });
        }
    }

    /// Looks up all successors that wait.
    pub(super) fn look_up(&self, worker: &mut Worker, words: &[u32]) {
        let mut waiting = std::mem::take(&mut worker.waiting);
        for successor in waiting.drain(..) {
            self.meet(worker, words, successor);
        }
        worker.waiting = waiting;
    }

    /// Looks up a world; if it is new, builds it.
    #[inline]
    fn meet(&self, worker: &mut Worker, words: &[u32], successor: Successor) {
        match self.table.insert(successor.print) {
            Inserted::Known => {}
            Inserted::New => self.welcome_delta(worker, words, successor),
            Inserted::Full => {
                let delta = worker.steps.deltas[successor.delta as usize];
                let from = &words[successor.from as usize..];
                let mut record = Vec::new();
                self.follow(&worker.steps, &from[..self.form.len(from)], &delta, &mut record);
                worker.stuck.push((successor.print, record, successor.parent, delta.choice));
                self.shared.halt.store(true, Ordering::Relaxed);
            }
        }
    }

    /// Appends the record after a step.
    fn follow(&self, steps: &Steps, from: &[u32], delta: &Delta, to: &mut Vec<u32>) {
        let form = self.form;
        let start = to.len();
        to.extend_from_slice(&from[..form.head()]);
        if delta.node != NONE {
            to[start + form.node(delta.node as usize)] = delta.state;
        }
        if delta.vars != NONE {
            to[start + form.vars()] = delta.vars;
        }
        if delta.counter != NONE {
            to[start + form.counter(delta.counter as usize)] -= 1;
        }
        let mut added = &steps.added[delta.added.0 as usize..delta.added.1 as usize];
        let mut removed = delta.removed;
        for &packet in &from[form.head()..] {
            while let Some((first, rest)) = added.split_first()
                && *first <= packet
            {
                if *first < packet || form.store == PacketStore::Bag {
                    to.push(*first);
                }
                added = rest;
            }
            if packet == removed {
                removed = NONE;
            } else {
                to.push(packet);
            }
        }
        to.extend_from_slice(added);
        to[start] = (to.len() - start - form.head()) as u32;
    }

    /// The chunk that new worlds go to.
    fn open(worker: &mut Worker, number: u32) -> usize {
        if worker.out.last().is_none_or(|chunk| chunk.words.len() > CHUNK) {
            let words = Vec::with_capacity(CHUNK + CHUNK / 16);
            worker.out.push(Chunk { first: number, words, ..Chunk::default() });
        }
        worker.out.len() - 1
    }

    fn welcome_delta(&self, worker: &mut Worker, words: &[u32], successor: Successor) {
        let delta = worker.steps.deltas[successor.delta as usize];
        let number = worker.common.met(successor.parent, delta.choice);
        let open = Self::open(worker, number);
        let chunk = &mut worker.out[open];
        let start = chunk.words.len();
        let from = &words[successor.from as usize..];
        self.follow(&worker.steps, &from[..self.form.len(from)], &delta, &mut chunk.words);
        chunk.worlds += 1;
        let Common { questions, tally, .. } = &mut worker.common;
        if questions.is_empty() {
            return;
        }
        let packets = delta.removed != NONE || delta.added.0 != delta.added.1;
        let same = |at: usize| {
            let question: &Question = &self.shape.questions[at];
            !(delta.node != NONE && question.nodes.contains(&delta.node)
                || delta.vars != NONE && question.vars
                || packets && question.packets)
        };
        let view = Seen { ground: self, record: &worker.out[open].words[start..] };
        questions.judge(self.memo.parts, &view, number, &self.shared.kinds, same, tally);
    }

    /// Takes in a new world that is built already.
    fn welcome(&self, worker: &mut Worker, record: &[u32], parent: u32, choice: u32) {
        let number = worker.common.met(parent, choice);
        let open = Self::open(worker, number);
        let chunk = &mut worker.out[open];
        chunk.words.extend_from_slice(record);
        chunk.worlds += 1;
        let Common { questions, tally, .. } = &mut worker.common;
        let view = Seen { ground: self, record };
        questions.judge(self.memo.parts, &view, number, &self.shared.kinds, |_| false, tally);
    }

    /// What the seen set keeps of a world.
    pub(super) fn key(&self, worker: &mut Worker, record: &[u32]) -> u64 {
        if self.is_symmetric() { self.prints().alone(&mut worker.canon, record) } else { self.print(record) }
    }

    /// Looks up a world that is built already.
    pub(super) fn build(&self, worker: &mut Worker, record: &[u32], parent: u32, choice: u32) {
        let print = self.key(worker, record);
        match self.table.insert(print) {
            Inserted::Known => {}
            Inserted::New => self.welcome(worker, record, parent, choice),
            Inserted::Full => {
                worker.stuck.push((print, record.to_vec(), parent, choice));
                self.shared.halt.store(true, Ordering::Relaxed);
            }
        }
    }
}
