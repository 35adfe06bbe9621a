//! Steps that are more than a delta.

use super::expand::{Ground, Here, Worker};
use super::steps::Slow;
use verdi_core::PacketStore;
use verdi_machine::{Firing, PacketOp, Parts, Update};

impl<P: Parts> Ground<'_, P> {
    /// A step that is more than a delta.
    #[inline(never)]
    pub(super) fn take_slow(&self, worker: &mut Worker, here: Here<'_>, at: u32) -> Result<(), ()> {
        let (firing, step) = match worker.steps.slow[at as usize].clone() {
            Slow::Fault(rule, fault) => {
                worker.common.rule_fault(&self.shared.kinds, rule, fault);
                return Ok(());
            }
            Slow::Step(firing, step) => (firing, step),
        };
        let trace = here.record[self.form.trace()];
        if worker.common.open.holds(self.memo.parts, firing.waits_for, trace) {
            return Ok(());
        }
        worker.common.enabled = true;
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
    pub(super) fn take_world_rules(&self, worker: &mut Worker, here: Here<'_>) -> Result<(), ()> {
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
