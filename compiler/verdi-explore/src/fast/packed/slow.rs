//! Steps that are more than an addition: they fault, are bounded in some way, move packets of queues, or change the
//! whole world.

use super::super::word::Word;
use super::super::worker::Stopped;
use super::expand::{Ground, Here, Worker};
use super::layout::Overflow;
use super::rows::{Reaction, Slow};
use super::sink::Sink;
use std::sync::Arc;
use verdi_core::PacketStore;
use verdi_machine::{Firing, PacketOp, Parts, Update};

impl<W: Word, P: Parts> Ground<'_, W, P> {
    /// A step that is more than a delta.
    #[inline(never)]
    pub(super) fn take_slow(&self, slow: &Slow, sink: &mut Sink<W>, here: Here<W>) -> Result<(), Stopped> {
        let (firing, step) = match slow {
            Slow::Fault(rule, fault) => {
                sink.common.rule_fault(&self.shared.kinds, *rule, fault.clone());
                return Ok(());
            }
            Slow::Step(firing, step) => (firing, step),
        };
        if sink.common.open.holds(self.memo.parts, firing.waits_for, self.layout.trace.get(here.word)) {
            return Ok(());
        }
        sink.common.enabled = true;
        if self.held_back(sink, here.word, firing) {
            return Ok(());
        }
        if here.look_only {
            sink.common.transitions += 1;
            return Ok(());
        }
        match &**step {
            Err(fault) => sink.common.step_fault(&self.shared.kinds, firing.choice, fault.clone()),
            Ok(update) => {
                let after = self.after(sink, here.word, firing, update);
                let after = after.map_err(|overflow| sink.misfit(overflow))?;
                self.arrive(sink, after, firing.choice);
            }
        }
        Ok(())
    }

    /// Arrives at a world, unless it has too many packets.
    fn arrive(&self, sink: &mut Sink<W>, after: W, choice: u32) {
        if self.too_many(after) {
            sink.common.tally.packets = true;
            return;
        }
        sink.common.transitions += 1;
        self.put(sink, after, choice);
    }

    /// Whether bounds hold a firing back.
    fn held_back(&self, sink: &mut Sink<W>, word: W, firing: &Firing) -> bool {
        let mut held = false;
        for (bound, counter) in &firing.counters {
            if self.layout.left[*counter as usize].get(word) == 0 {
                sink.common.hold_back(*bound);
                held = true;
            }
        }
        held
    }

    /// The world after a firing.
    fn after(&self, sink: &mut Sink<W>, word: W, firing: &Firing, update: &Update) -> Result<W, Overflow> {
        let mut after = word;
        for (_, counter) in &firing.counters {
            let field = self.layout.left[*counter as usize];
            after = field.set(after, field.get(after).saturating_sub(1));
        }
        if let Some(vars) = update.vars {
            after = self.layout.put_vars(after, vars)?;
        }
        if let (Some(node), Some(state)) = (firing.target, update.state) {
            after = self.layout.put_state(after, node as usize, state)?;
        }
        for op in &update.packets {
            after = self.move_packet(sink, after, *op)?;
        }
        if !update.events.is_empty() {
            let trace = self.layout.trace.get(after);
            let trace =
                update.events.iter().fold(trace, |trace, event| self.memo.parts.history(trace, *event));
            after = self.layout.put_trace(after, trace)?;
        }
        Ok(after)
    }

    fn too_many(&self, word: W) -> bool {
        let Some(most) = self.shape.packets_max else { return false };
        let count = match self.shape.packets {
            PacketStore::Fifo => self.whole(word).packets.len() as u64,
            PacketStore::Bag | PacketStore::Set => self.layout.packet_count(word),
        };
        count > most
    }

    fn move_packet(&self, sink: &mut Sink<W>, word: W, op: PacketOp) -> Result<W, Overflow> {
        let (packet, by) = match op {
            PacketOp::Add(packet) => (packet, 1),
            PacketOp::Remove(packet) => (packet, -1),
        };
        if self.shape.packets == PacketStore::Fifo {
            let queue = self.queues.between(self.memo.parts.ends(packet));
            let before = self.layout.queues[queue].get(word);
            let moved = sink.moves.entry((queue as u32, before, op));
            let after = *moved.or_insert_with(|| self.queues.after(queue, before, op));
            return self.layout.put_queue(word, queue, after);
        }
        let copies = self.layout.copies(word, packet)?;
        let most = if self.is_set { 1 } else { u32::MAX };
        let copies = if by > 0 { copies.saturating_add(1).min(most) } else { copies.saturating_sub(1) };
        self.layout.put_packet(word, packet, copies)
    }

    /// The steps that packets in queues drive.
    pub(super) fn take_queues(
        &self,
        worker: &mut Worker<W>,
        here: Here<W>,
        vars: u32,
    ) -> Result<(), Stopped> {
        for (queue, field) in self.layout.queues.iter().enumerate().filter(|(_, field)| field.bits > 0) {
            let id = field.get(here.word);
            if id == 0 {
                continue;
            }
            let content = self.queues.content(queue, id);
            for (at, packet) in content.iter().enumerate() {
                if !content[..at].contains(packet) {
                    self.take_driven(worker, here, (vars, *packet, at == 0))?;
                }
            }
        }
        Ok(())
    }

    fn take_driven(
        &self,
        worker: &mut Worker<W>,
        here: Here<W>,
        driver: (u32, u32, bool),
    ) -> Result<(), Stopped> {
        let Worker { rows, sink, driven, steps } = worker;
        let (vars, packet, head) = driver;
        let firings = driven.entry(driver).or_insert_with(|| self.memo.driven(vars, packet, head));
        for (rule, fault) in &firings.faults {
            sink.common.rule_fault(&self.shared.kinds, *rule, fault.clone());
        }
        for firing in &firings.firings {
            let state = firing.target.map_or(0, |node| self.layout.nodes[node as usize].get(here.word));
            let at = *steps.entry((firing.id, state)).or_insert_with(|| {
                let step: Reaction = Arc::new(self.memo.parts.update(firing.id, state));
                rows.slow.push(Slow::Step(firing.clone(), step));
                rows.slow.len() as u32 - 1
            });
            self.take_slow(&rows.slow[at as usize], sink, here)?;
        }
        Ok(())
    }

    /// The steps of rules that look at whole worlds.
    pub(super) fn take_world_rules(&self, sink: &mut Sink<W>, here: Here<W>) -> Result<(), Stopped> {
        let moves = self.memo.parts.world_moves(&self.whole(here.word));
        sink.common.enabled |= !moves.held_back.is_empty() || !moves.moves.is_empty();
        for bound in moves.held_back {
            sink.common.hold_back(bound);
        }
        for (rule, fault) in moves.faults {
            sink.common.rule_fault(&self.shared.kinds, rule, fault);
        }
        for (choice, after) in moves.moves {
            match after {
                _ if here.look_only => sink.common.transitions += 1,
                Err(fault) => sink.common.step_fault(&self.shared.kinds, choice, fault),
                Ok(after) => {
                    let after = self.pack(&after).map_err(|overflow| sink.misfit(overflow))?;
                    self.arrive(sink, after, choice);
                }
            }
        }
        Ok(())
    }
}
