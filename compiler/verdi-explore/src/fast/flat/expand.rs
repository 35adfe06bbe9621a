use super::super::memo::Memo;
use super::super::questions::View;
use super::super::queues::Queues;
use super::super::renamings::Renamings;
use super::super::table::Table;
use super::super::tally::Finding;
use super::super::worker::{Back, Common, Shared};
use super::alone::{ALL, Marks};
use super::canon::{Canon, Prints};
use super::prints;
use super::record::Form;
use super::sink::{Chunk, Successor};
use super::steps::{Kind, Maker, NONE, Row, Steps};
use crate::Faulted;
use crate::fast::packed::Overflow;
use verdi_core::PacketStore;
use verdi_machine::{Parts, Prospects, Shape, Whole};

/// How many successors are looked up together, at least: meanwhile their slots come near.
const BATCH: usize = 48;

/// What a worker keeps between levels.
#[derive(Debug)]
pub(crate) struct Worker {
    pub(in crate::fast) common: Common,
    pub(super) steps: Steps,
    pub(super) marks: Marks,
    pub(super) canon: Canon,
    pub(super) waiting: Vec<Successor>,
    /// Successors for which there was no room.
    pub(super) stuck: Vec<(u64, Vec<u32>, u32, u32)>,
    pub(super) out: Vec<Chunk>,
    pub(super) scratch: Vec<u32>,
}

impl Worker {
    /// About how many bytes it takes, but for worlds.
    pub(super) fn bytes(&self, renamings: usize) -> u64 {
        self.steps.bytes() + self.canon.bytes(renamings) + self.common.questions.bytes()
    }

    pub(super) fn new(shape: &Shape, parents: bool) -> Self {
        Self {
            common: Common::new(shape, parents),
            steps: Steps::default(),
            marks: Marks::default(),
            canon: Canon::default(),
            waiting: Vec::new(),
            stuck: Vec::new(),
            out: Vec::new(),
            scratch: Vec::new(),
        }
    }
}

/// What expanding needs besides a worker.
pub(super) struct Ground<'a, P> {
    pub(super) memo: &'a Memo<'a, P>,
    pub(super) queues: &'a Queues,
    pub(super) shape: &'a Shape,
    pub(super) form: Form,
    pub(super) renamings: &'a Renamings,
    pub(super) table: &'a Table<u64>,
    pub(super) shared: &'a Shared,
    /// Where the steps of some nodes alone are taken if they are enough.
    pub(super) prospects: Option<&'a Prospects>,
}

pub(super) struct Seen<'a, P> {
    pub(super) ground: &'a Ground<'a, P>,
    pub(super) record: &'a [u32],
}

impl<P: Parts> View for Seen<'_, P> {
    #[inline]
    fn state(&self, node: u32) -> u32 {
        self.record[self.ground.form.node(node as usize)]
    }

    #[inline]
    fn joint(&self, group: usize) -> u32 {
        self.state(group as u32)
    }

    fn vars(&self) -> u32 {
        self.record[self.ground.form.vars()]
    }

    fn whole(&self) -> Whole {
        self.ground.form.whole(self.record, self.ground.queues)
    }
}

/// A world that is being expanded.
#[derive(Clone, Copy)]
pub(super) struct Here<'r> {
    pub(super) record: &'r [u32],
    /// Where it begins in its chunk.
    pub(super) from: u32,
    pub(super) print: u64,
    pub(super) look_only: bool,
    /// The nodes of which alone the steps are taken, a bit for each.
    alone: u64,
}

impl Here<'_> {
    /// Whether the steps of a node are left out.
    #[inline]
    fn leaves(&self, node: u32) -> bool {
        self.alone != ALL && self.alone & 1_u64.checked_shl(node).unwrap_or(0) == 0
    }
}

impl<'a, P: Parts> Ground<'a, P> {
    pub(super) fn maker(&self) -> Maker<'_, P> {
        Maker { memo: self.memo, shape: self.shape }
    }

    /// The fingerprint of a world.
    pub(super) fn print(&self, record: &[u32]) -> u64 {
        let form = self.form;
        let nodes =
            record[1..form.vars()].iter().enumerate().map(|(node, state)| prints::state(node, *state));
        let left = record[form.counter(0)..form.head()].iter().enumerate();
        let left = left.map(|(counter, left)| prints::counter(counter).wrapping_mul(u64::from(*left)));
        let sum = nodes.chain(left).fold(0, u64::wrapping_add);
        let sum = sum
            .wrapping_add(prints::vars(record[form.vars()]))
            .wrapping_add(prints::trace(record[form.trace()]));
        let packets = &record[form.head()..];
        match form.store {
            PacketStore::Bag | PacketStore::Set => {
                packets.iter().fold(sum, |sum, packet| sum.wrapping_add(prints::packet(*packet)))
            }
            PacketStore::Fifo => {
                let pairs = packets.chunks_exact(2);
                pairs.fold(sum, |sum, pair| sum.wrapping_add(prints::queue(pair[0], pair[1])))
            }
        }
    }

    /// Whether worlds that differ in names are taken for one.
    pub(super) fn is_symmetric(&self) -> bool {
        self.renamings.len() > 1
    }

    pub(super) fn prints(&self) -> Prints<'_, P> {
        let Self { shape, queues, renamings, form, .. } = *self;
        Prints { parts: self.memo.parts, shape, queues, renamings, form }
    }

    /// Meets the first world.
    pub(super) fn begin(&self, worker: &mut Worker, whole: &Whole) {
        let record = self.form.record(whole, self.queues, self.memo.parts);
        self.build(worker, &record, 0, 0);
    }

    /// Expands the worlds of a chunk. Where it comes back early, the chunk says how far it came.
    pub(super) fn expand(
        &self,
        worker: &mut Worker,
        chunk: &mut Chunk,
        poll: &mut dyn FnMut() -> bool,
    ) -> Result<(), Back<Overflow>> {
        let mut result = Ok(());
        while chunk.done < chunk.worlds {
            if !self.shared.settle(&mut worker.common) || (chunk.done % 256 == 255 && !poll()) {
                result = Err(Back::Halt);
                break;
            }
            worker.common.at = chunk.first.wrapping_add(chunk.done);
            if self.world(worker, &chunk.words, chunk.next).is_err() {
                result = Err(Back::Halt);
                break;
            }
            chunk.next += self.form.len(&chunk.words[chunk.next..]);
            chunk.done += 1;
            if worker.waiting.len() >= BATCH {
                self.look_up(worker, &chunk.words);
            }
        }
        self.look_up(worker, &chunk.words);
        if worker.stuck.is_empty() { result } else { Err(Back::Halt) }
    }

    /// Takes the steps of a world.
    fn world(&self, worker: &mut Worker, words: &[u32], from: usize) -> Result<(), ()> {
        let record = &words[from..from + self.form.len(&words[from..])];
        let constrained = worker.common.questions.has_constraint() && self.constrained(worker, record);
        worker.common.begin(constrained);
        let look_only = self.shared.look_only || constrained;
        let print = match look_only {
            true => 0,
            false if self.is_symmetric() => self.prints().world(&mut worker.canon, record),
            false => self.print(record),
        };
        let mut here = Here { record, from: from as u32, print, look_only, alone: ALL };
        if let Some(prospects) = self.prospects {
            here.alone = self.alone(worker, here, prospects);
            worker.common.tally.reduced += u64::from(here.alone != ALL);
        }
        let vars = record[self.form.vars()];
        for node in 0..=self.form.nodes {
            if here.leaves(node as u32) {
                continue;
            }
            let state = if node < self.form.nodes { record[self.form.node(node)] } else { 0 };
            let (from, to) = self.row(worker, vars, node, state);
            for at in from..to {
                let delta = worker.steps.own[at as usize];
                self.take(worker, here, delta)?;
            }
        }
        match self.form.store {
            PacketStore::Bag | PacketStore::Set => self.take_packets(worker, here, vars)?,
            PacketStore::Fifo => self.take_queues(worker, here, vars)?,
        }
        if self.shape.has_world_rules {
            self.take_world_rules(worker, here)?;
        }
        worker.common.end(&self.shared.kinds, look_only);
        Ok(())
    }

    /// Where the steps of a node in a state are that no packet drives.
    #[inline]
    pub(super) fn row(&self, worker: &mut Worker, vars: u32, node: usize, state: u32) -> Row {
        match worker.steps.row(vars, node, state) {
            Some(row) => row,
            None => self.maker().row(&mut worker.steps, vars, node, state),
        }
    }

    /// Whether the steps of a packet are left out.
    #[inline]
    pub(super) fn leaves(&self, here: Here<'_>, packet: u32) -> bool {
        here.alone != ALL && here.leaves(self.memo.parts.ends(packet).1)
    }

    /// Whether the check's constraint keeps a world from being expanded.
    fn constrained(&self, worker: &mut Worker, record: &[u32]) -> bool {
        let common = &mut worker.common;
        match common.questions.expandable(self.memo.parts, &Seen { ground: self, record }) {
            Ok(expandable) => !expandable,
            Err(fault) => {
                let finding = Finding { fault: Some((fault, Faulted::Constraint)), ..common.here(None) };
                common.tally.fault(&self.shared.kinds, &finding);
                true
            }
        }
    }

    #[inline]
    pub(super) fn take(&self, worker: &mut Worker, here: Here<'_>, at: u32) -> Result<(), ()> {
        let delta = &worker.steps.deltas[at as usize];
        match delta.kind {
            Kind::Slow => return self.take_slow(worker, here, delta.choice),
            Kind::Nothing => {
                worker.common.enabled = true;
                worker.common.transitions += 1;
                return Ok(());
            }
            Kind::Plain => {}
        }
        worker.common.enabled = true;
        if delta.counter != NONE && here.record[self.form.counter(delta.counter as usize)] == 0 {
            let bound = delta.bound;
            worker.common.hold_back(bound);
            return Ok(());
        }
        worker.common.transitions += 1;
        if here.look_only {
            return Ok(());
        }
        let there = &here.record[self.form.head()..];
        let come = &worker.steps.added[delta.added.0 as usize..delta.added.1 as usize];
        let is_set = self.form.store == PacketStore::Set;
        let print = if self.is_symmetric() {
            let come = come.iter().copied().filter(|packet| !is_set || there.binary_search(packet).is_err());
            self.prints().after(&mut worker.canon, (at, delta), here.record, come)
        } else {
            let mut print = here.print.wrapping_add(delta.print);
            if is_set {
                for packet in come.iter().filter(|packet| there.binary_search(packet).is_err()) {
                    print = print.wrapping_add(prints::packet(*packet));
                }
            }
            print
        };
        self.put(worker, here, at, print);
        Ok(())
    }
}
