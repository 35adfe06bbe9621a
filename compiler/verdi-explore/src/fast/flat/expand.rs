use super::super::memo::Memo;
use super::super::questions::View;
use super::super::queues::Queues;
use super::super::renamings::Renamings;
use super::super::table::{Inserted, Table};
use super::super::tally::Finding;
use super::super::worker::{Back, Common, Shared};
use super::alone::{ALL, Marks};
use super::canon::{Canon, Prints};
use super::prints;
use super::record::Form;
use super::steps::{Delta, Drive, Kind, Maker, NONE, Slow, Steps};
use crate::Faulted;
use crate::fast::packed::Overflow;
use std::sync::Arc;
use verdi_core::PacketStore;
use verdi_machine::{Firing, Firings, PacketOp, Parts, Prospects, Question, Shape, Update, Whole};

/// How many successors are looked up together, at least: meanwhile their slots come near.
const BATCH: usize = 48;

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
struct Successor {
    print: u64,
    /// Where the world that it follows begins in its chunk.
    from: u32,
    delta: u32,
    parent: u32,
}

/// What a worker keeps between levels.
#[derive(Debug)]
pub(crate) struct Worker {
    pub(in crate::fast) common: Common,
    pub(super) steps: Steps,
    pub(super) marks: Marks,
    canon: Canon,
    waiting: Vec<Successor>,
    /// Successors for which there was no room.
    stuck: Vec<(u64, Vec<u32>, u32, u32)>,
    pub(super) out: Vec<Chunk>,
    scratch: Vec<u32>,
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

struct Seen<'a, P> {
    ground: &'a Ground<'a, P>,
    record: &'a [u32],
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
    from: u32,
    print: u64,
    look_only: bool,
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
    fn maker(&self) -> Maker<'_, P> {
        Maker { memo: self.memo, shape: self.shape }
    }

    /// The fingerprint of a world.
    fn print(&self, record: &[u32]) -> u64 {
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
    fn is_symmetric(&self) -> bool {
        self.renamings.len() > 1
    }

    fn prints(&self) -> Prints<'_, P> {
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

    /// Looks up what found no room.
    pub(super) fn flush(&self, worker: &mut Worker) -> bool {
        for (print, record, parent, choice) in std::mem::take(&mut worker.stuck) {
            if self.table.insert(print) == Inserted::New {
                self.welcome(worker, &record, parent, choice);
            } else if self.table.insert(print) == Inserted::Full {
                worker.stuck.push((print, record, parent, choice));
            }
        }
        worker.stuck.is_empty()
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
            let steps = self.row(worker, vars, node, state).map_or(0, <[u32]>::len);
            for step in 0..steps {
                let delta = self.row(worker, vars, node, state).map_or(0, |row| row[step]);
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

    /// The steps of a node in a state that no packet drives.
    #[inline]
    pub(super) fn row<'w>(
        &self,
        worker: &'w mut Worker,
        vars: u32,
        node: usize,
        state: u32,
    ) -> Option<&'w [u32]> {
        if worker.steps.row(vars, node, state).is_none() {
            self.maker().row(&mut worker.steps, vars, node, state);
        }
        worker.steps.row(vars, node, state)
    }

    /// Whether the steps of a packet are left out.
    #[inline]
    fn leaves(&self, here: Here<'_>, packet: u32) -> bool {
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

    fn take_packets(&self, worker: &mut Worker, here: Here<'_>, vars: u32) -> Result<(), ()> {
        let packets = &here.record[self.form.head()..];
        if worker.steps.known.is_large() {
            self.bring(&worker.steps, here, vars);
        }
        let mut before = NONE;
        for &packet in packets {
            if packet != before && !self.leaves(here, packet) {
                before = packet;
                self.take_first(worker, here, (vars, packet))?;
            }
        }
        Ok(())
    }

    /// Brings near what packets do.
    fn bring(&self, steps: &Steps, here: Here<'_>, vars: u32) {
        for &packet in &here.record[self.form.head()..] {
            let Some(driven) = steps.driven(vars, packet) else { continue };
            for drive in &steps.drives[driven.drives.0 as usize..driven.drives.1 as usize] {
                steps.known.bring(drive.firing, self.state_of(here, drive.target));
            }
        }
    }

    /// The state at which a firing happens.
    #[inline]
    fn state_of(&self, here: Here<'_>, target: u32) -> u32 {
        if target == NONE { 0 } else { here.record[self.form.node(target as usize)] }
    }

    /// The steps that packets in queues drive.
    fn take_queues(&self, worker: &mut Worker, here: Here<'_>, vars: u32) -> Result<(), ()> {
        for pair in here.record[self.form.head()..].chunks_exact(2) {
            let content = self.queues.content(pair[0] as usize, pair[1]);
            for (at, &packet) in content.iter().enumerate() {
                if content[..at].contains(&packet) || self.leaves(here, packet) {
                    continue;
                }
                if at == 0 {
                    self.take_first(worker, here, (vars, packet))?;
                } else {
                    let firings = self.maker().behind(&mut worker.steps, vars, packet);
                    self.take_driven(worker, here, (vars, packet), &firings)?;
                }
            }
        }
        Ok(())
    }

    /// The steps of a packet that is the first of its queue, or in none.
    #[inline]
    fn take_first(&self, worker: &mut Worker, here: Here<'_>, (vars, packet): (u32, u32)) -> Result<(), ()> {
        let Some(driven) = worker.steps.driven(vars, packet) else {
            self.maker().driven(&mut worker.steps, vars, packet);
            return self.take_first(worker, here, (vars, packet));
        };
        let (from, to) = driven.drives;
        for at in from..to {
            let Drive { firing, target } = worker.steps.drives[at as usize];
            let Some(taken) = worker.steps.known.get(firing, self.state_of(here, target)) else {
                return self.take_unknown(worker, here, (vars, packet), at - from);
            };
            let taken = *taken;
            if taken.simple && !here.look_only && !self.is_symmetric() {
                worker.common.enabled = true;
                worker.common.transitions += 1;
                self.put(worker, here, taken.at, here.print.wrapping_add(taken.print));
            } else {
                self.take(worker, here, taken.at)?;
            }
        }
        self.take_faults(worker, (vars, packet))
    }

    /// The rest of the steps of a packet, from one on that is not known.
    #[cold]
    fn take_unknown(
        &self,
        worker: &mut Worker,
        here: Here<'_>,
        (vars, packet): (u32, u32),
        from: u32,
    ) -> Result<(), ()> {
        let Some(driven) = worker.steps.driven(vars, packet) else { return Ok(()) };
        let firings = Arc::clone(&driven.firings);
        self.take_firings(worker, here, (vars, packet), &firings.firings[from as usize..])?;
        self.take_faults(worker, (vars, packet))
    }

    #[inline]
    fn take_faults(&self, worker: &mut Worker, (vars, packet): (u32, u32)) -> Result<(), ()> {
        if let Some(driven) = worker.steps.driven(vars, packet)
            && !driven.firings.faults.is_empty()
        {
            let firings = Arc::clone(&driven.firings);
            self.fault(worker, &firings);
        }
        Ok(())
    }

    fn fault(&self, worker: &mut Worker, firings: &Firings) {
        for (rule, fault) in &firings.faults {
            worker.common.rule_fault(&self.shared.kinds, *rule, fault.clone());
        }
    }

    fn take_driven(
        &self,
        worker: &mut Worker,
        here: Here<'_>,
        driver: (u32, u32),
        firings: &Firings,
    ) -> Result<(), ()> {
        self.take_firings(worker, here, driver, &firings.firings)?;
        self.fault(worker, firings);
        Ok(())
    }

    fn take_firings(
        &self,
        worker: &mut Worker,
        here: Here<'_>,
        (vars, packet): (u32, u32),
        firings: &[Firing],
    ) -> Result<(), ()> {
        for firing in firings {
            let delta = self.delta_of(worker, here, (vars, packet), firing);
            self.take(worker, here, delta)?;
        }
        Ok(())
    }

    /// The step of a firing that a packet drives.
    pub(super) fn delta_of(
        &self,
        worker: &mut Worker,
        here: Here<'_>,
        (vars, packet): (u32, u32),
        firing: &Firing,
    ) -> u32 {
        let state = self.state_of(here, firing.target.unwrap_or(NONE));
        match worker.steps.known.get(firing.id, state) {
            Some(taken) => taken.at,
            None => self.maker().learn(&mut worker.steps, (vars, state, packet), firing),
        }
    }

    #[inline]
    fn take(&self, worker: &mut Worker, here: Here<'_>, at: u32) -> Result<(), ()> {
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

    /// Lets a successor wait, unless it is the world itself.
    #[inline]
    fn put(&self, worker: &mut Worker, here: Here<'_>, delta: u32, print: u64) {
        if print != here.print {
            self.table.prefetch(print);
            let parent = worker.common.at;
            worker.waiting.push(Successor { print, from: here.from, delta, parent });
        }
    }

    /// Looks up all successors that wait.
    fn look_up(&self, worker: &mut Worker, words: &[u32]) {
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
                self.shared.halt.store(true, std::sync::atomic::Ordering::Relaxed);
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
    fn build(&self, worker: &mut Worker, record: &[u32], parent: u32, choice: u32) {
        let print = self.key(worker, record);
        match self.table.insert(print) {
            Inserted::Known => {}
            Inserted::New => self.welcome(worker, record, parent, choice),
            Inserted::Full => {
                worker.stuck.push((print, record.to_vec(), parent, choice));
                self.shared.halt.store(true, std::sync::atomic::Ordering::Relaxed);
            }
        }
    }

    /// A step that is more than a delta.
    #[inline(never)]
    fn take_slow(&self, worker: &mut Worker, here: Here<'_>, at: u32) -> Result<(), ()> {
        worker.common.enabled = true;
        let (firing, step) = match worker.steps.slow[at as usize].clone() {
            Slow::Fault(rule, fault) => {
                worker.common.rule_fault(&self.shared.kinds, rule, fault);
                return Ok(());
            }
            Slow::Step(firing, step) => (firing, step),
        };
        if self.held_back(worker, here, &firing) {
            return Ok(());
        }
        if here.look_only {
            worker.common.transitions += 1;
            return Ok(());
        }
        match &*step {
            Err(fault) => worker.common.step_fault(&self.shared.kinds, firing.choice, fault.clone()),
            Ok(update) => {
                let mut record = std::mem::take(&mut worker.scratch);
                record.clear();
                record.extend_from_slice(here.record);
                self.after(&mut record, &firing, update);
                self.arrive(worker, &record, firing.choice);
                worker.scratch = record;
            }
        }
        Ok(())
    }

    /// Arrives at a world that is built already.
    fn arrive(&self, worker: &mut Worker, record: &[u32], choice: u32) {
        let most = self.shape.packets_max;
        if most.is_some_and(|most| self.form.packet_count(record, self.queues) > most) {
            worker.common.tally.packets = true;
            return;
        }
        worker.common.transitions += 1;
        let parent = worker.common.at;
        self.build(worker, record, parent, choice);
    }

    /// Whether bounds hold a firing back.
    fn held_back(&self, worker: &mut Worker, here: Here<'_>, firing: &Firing) -> bool {
        let mut held = false;
        for (bound, counter) in &firing.counters {
            if here.record[self.form.counter(*counter as usize)] == 0 {
                worker.common.hold_back(*bound);
                held = true;
            }
        }
        held
    }

    /// Makes a record that of the world after a firing.
    fn after(&self, record: &mut Vec<u32>, firing: &Firing, update: &Update) {
        let form = self.form;
        for (_, counter) in &firing.counters {
            let left = &mut record[form.counter(*counter as usize)];
            *left = left.saturating_sub(1);
        }
        if let Some(vars) = update.vars {
            record[form.vars()] = vars;
        }
        if let (Some(node), Some(state)) = (firing.target, update.state) {
            record[form.node(node as usize)] = state;
        }
        let trace = form.trace();
        for event in &update.events {
            record[trace] = self.memo.parts.history(record[trace], *event);
        }
        for op in &update.packets {
            self.move_packet(record, *op);
        }
    }

    fn move_packet(&self, record: &mut Vec<u32>, op: PacketOp) {
        let (PacketOp::Add(packet) | PacketOp::Remove(packet)) = op;
        match (self.form.store, op) {
            (PacketStore::Fifo, _) => {
                let queue = self.queues.between(self.memo.parts.ends(packet));
                let before = self.form.queue(record, queue as u32);
                self.form.set_queue(record, queue as u32, self.queues.after(queue, before, op));
            }
            (_, PacketOp::Add(_)) => self.form.add(record, packet),
            (_, PacketOp::Remove(_)) => self.form.remove(record, packet),
        }
    }

    /// The steps of rules that look at whole worlds.
    fn take_world_rules(&self, worker: &mut Worker, here: Here<'_>) -> Result<(), ()> {
        let whole = self.form.whole(here.record, self.queues);
        let moves = self.memo.parts.world_moves(&whole);
        worker.common.enabled |= !moves.held_back.is_empty() || !moves.moves.is_empty();
        for bound in moves.held_back {
            worker.common.hold_back(bound);
        }
        for (rule, fault) in moves.faults {
            worker.common.rule_fault(&self.shared.kinds, rule, fault);
        }
        for (choice, after) in moves.moves {
            match after {
                _ if here.look_only => worker.common.transitions += 1,
                Err(fault) => worker.common.step_fault(&self.shared.kinds, choice, fault),
                Ok(after) => {
                    let record = self.form.record(&after, self.queues, self.memo.parts);
                    self.arrive(worker, &record, choice);
                }
            }
        }
        Ok(())
    }
}
