//! Rows are made when their states are met, and learn what packets drive when these are met.

use super::{Delta, Effect, More, Row, Rows, SLOW, Slow};
use crate::fast::memo::Memo;
use crate::fast::packed::layout::{Group, Layout, Overflow};
use crate::fast::word::Word;
use std::sync::Arc;
use verdi_core::PacketStore;
use verdi_machine::{Firing, PacketOp, Parts, Shape, Update};

/// What rows are made from.
pub(in crate::fast::packed) struct Maker<'a, W, P> {
    pub(in crate::fast::packed) memo: &'a Memo<'a, P>,
    pub(in crate::fast::packed) shape: &'a Shape,
    pub(in crate::fast::packed) layout: &'a Layout<W>,
}

/// What a firing is to a row.
enum Made<W> {
    /// It changes nothing, whatever the world.
    Nothing,
    Step(Delta<W>),
}

impl<W: Word, P: Parts> Maker<'_, W, P> {
    /// Makes the row of a group, or lets it learn about packets.
    pub(in crate::fast::packed) fn group(
        &self,
        rows: &mut Rows<W>,
        vars: u32,
        group: &Group,
        word: W,
        present: W,
    ) -> Result<(), Overflow> {
        let joint = group.joint.get(word);
        let known = rows.find_group(vars, group.number, joint).map_or(W::ZERO, |row| row.known);
        let mut members = Vec::with_capacity(group.nodes);
        for node in group.first..group.first + group.nodes {
            let state = self.layout.nodes.get(node).map_or(0, |field| field.get(word));
            let at = match rows.find(vars, node, state) {
                Some(at) => at,
                None => self.make(rows, vars, node, state)?,
            };
            let unknown = (present | known) & !rows.rows[at as usize].known;
            if unknown != W::ZERO {
                self.learn(rows, (vars, node, state), at, unknown)?;
            }
            members.push(at);
        }
        let at = match members[..] {
            [at] => at,
            _ => {
                let row = join(rows, &members, present | known);
                rows.rows.push(row);
                rows.rows.len() as u32 - 1
            }
        };
        *grown(grown(grown(&mut rows.groups, vars as usize), group.number), joint as usize) = at + 1;
        Ok(())
    }

    /// Makes the row of a node in a state; `node` may be one past the last, for firings at no node.
    fn make(&self, rows: &mut Rows<W>, vars: u32, node: usize, state: u32) -> Result<u32, Overflow> {
        let parts = self.memo.parts;
        let at_no_node = node == self.shape.kinds.len();
        let firings = if at_no_node { parts.free(vars) } else { parts.anchored(vars, node as u32, state) };
        let (mut own, mut loops) = (Vec::new(), 0);
        for firing in firings.firings {
            match self.step(rows, vars, state, &firing, None)? {
                Made::Nothing => loops += 1,
                Made::Step(delta) => own.push(delta),
            }
        }
        for (rule, fault) in firings.faults {
            own.push(slow(rows, Slow::Fault(rule, fault)));
        }
        let known = *grown(grown(&mut rows.aside, vars as usize), node);
        let row = Row {
            known,
            drives: W::ZERO,
            idles: W::ZERO,
            first: rows.steps.len() as u32,
            own: own.len() as u32,
            loops,
            more: 0,
            plain: own.iter().all(|delta| rows.is_plain(delta)),
        };
        rows.steps.extend(own);
        let at = rows.rows.len() as u32;
        rows.rows.push(row);
        *grown(grown(grown(&mut rows.index, vars as usize), node), state as usize) = at + 1;
        Ok(at)
    }

    /// Learns what packets drive at a row, by their lowest bits.
    fn learn(
        &self,
        rows: &mut Rows<W>,
        (vars, node, state): (u32, usize, u32),
        at: u32,
        packets: W,
    ) -> Result<(), Overflow> {
        // What does not fit is found out before anything is learned: it is asked again, and must not be there twice.
        let mut made = Vec::with_capacity(packets.ones() as usize);
        for bit in bits(packets) {
            made.push((bit, self.driven(rows, (vars, node, state), bit)?));
        }
        let mut row = rows.rows[at as usize];
        let first = row.first as usize;
        let (own, driven) = (row.own as usize, row.drives.ones() as usize);
        let mut steps = rows.driven(&row);
        for (bit, made) in made {
            let mut made = made.into_iter();
            match made.next() {
                None => {}
                Some(Made::Nothing) => row.idles = row.idles | bit,
                Some(Made::Step(delta)) => {
                    row.plain &= rows.is_plain(&delta);
                    steps.push((bit, delta));
                    row.drives = row.drives | bit;
                }
            }
            for made in made {
                if row.more == 0 {
                    row.more = rows.more.len() as u32;
                    rows.more.push(More::default());
                }
                // Several packets may have a second step, and one a third.
                let more = &mut rows.more[row.more as usize];
                match made {
                    Made::Nothing => more.idles.push(bit),
                    Made::Step(delta) => more.steps.push((bit, delta)),
                }
            }
        }
        row.known = row.known | packets;
        if steps.len() > driven {
            steps.sort_unstable_by_key(|(bit, _)| bit.lowest());
            row.first = rows.steps.len() as u32;
            rows.steps.extend_from_within(first..first + own);
            rows.steps.extend(steps.into_iter().map(|(_, step)| step));
        }
        rows.rows[at as usize] = row;
        Ok(())
    }

    /// The steps that a packet drives at a node.
    fn driven(
        &self,
        rows: &mut Rows<W>,
        (vars, node, state): (u32, usize, u32),
        bit: W,
    ) -> Result<Vec<Made<W>>, Overflow> {
        let packet = u32::from(self.layout.packet_at[bit.lowest() as usize]);
        rows.seen.packets = rows.seen.packets.max(packet + 1);
        let place = grown(grown(&mut rows.drivers, vars as usize), bit.lowest() as usize);
        let firings = place.get_or_insert_with(|| self.memo.driven(vars, packet, true));
        let firings = Arc::clone(firings);
        let target = (node < self.shape.kinds.len()).then_some(node as u32);
        let mut steps = Vec::new();
        for firing in firings.firings.iter().filter(|firing| firing.target == target) {
            steps.push(self.step(rows, vars, state, firing, Some(packet))?);
        }
        if target.is_none() {
            for (rule, fault) in &firings.faults {
                steps.push(Made::Step(slow(rows, Slow::Fault(*rule, fault.clone()))));
            }
        }
        if steps.is_empty() {
            // Whether a packet drives anything at a node does not depend on the node's state.
            let aside = grown(grown(&mut rows.aside, vars as usize), node);
            *aside = *aside | bit;
        }
        Ok(steps)
    }

    fn step(
        &self,
        rows: &mut Rows<W>,
        vars: u32,
        state: u32,
        firing: &Firing,
        driver: Option<u32>,
    ) -> Result<Made<W>, Overflow> {
        let state = if firing.target.is_some() { state } else { 0 };
        let reaction = self.memo.parts.update(firing.id, state);
        if let Ok(update) = &reaction {
            self.count(rows, firing, update);
            if let Some(made) = self.delta(rows, (vars, state), firing, update, driver)? {
                return Ok(made);
            }
        }
        Ok(Made::Step(slow(rows, Slow::Step(firing.clone(), Arc::new(reaction)))))
    }

    /// Keeps count of the ids that steps lead to.
    fn count(&self, rows: &mut Rows<W>, firing: &Firing, update: &Update) {
        if let (Some(node), Some(state)) = (firing.target, update.state) {
            let known = &mut rows.seen.states[self.layout.kinds[node as usize] as usize];
            *known = (*known).max(state + 1);
        }
        rows.seen.vars = rows.seen.vars.max(update.vars.unwrap_or(0) + 1);
        for op in &update.packets {
            if let PacketOp::Add(packet) = op {
                rows.seen.packets = rows.seen.packets.max(packet + 1);
            }
        }
    }

    /// A step as a delta; `None` where it takes more.
    fn delta(
        &self,
        rows: &mut Rows<W>,
        (vars, state): (u32, u32),
        firing: &Firing,
        update: &Update,
        driver: Option<u32>,
    ) -> Result<Option<Made<W>>, Overflow> {
        let layout = self.layout;
        let mut add = W::ZERO;
        let mut effect = Effect { guard: W::ZERO, set: W::ZERO, cond: W::ZERO, bound: 0 };
        match firing.counters[..] {
            [] => {}
            [(bound, counter)] if layout.left[counter as usize].bits > 0 => {
                let field = layout.left[counter as usize];
                effect.cond = field.mask();
                effect.bound = bound as u16;
                add = add.minus(W::bit(field.at));
            }
            _ => return Ok(None),
        }
        if !update.events.is_empty() || firing.waits_for != 0 || self.memo.is_crowded {
            return Ok(None);
        }
        if let Some(after) = update.vars {
            let (before, after) = (layout.put_vars(W::ZERO, vars)?, layout.put_vars(W::ZERO, after)?);
            add = add.plus(after.minus(before));
        }
        if let (Some(node), Some(after)) = (firing.target, update.state) {
            let at = |state| layout.put_state(W::ZERO, node as usize, state);
            add = add.plus(at(after)?.minus(at(state)?));
        }
        let packets = match self.shape.packets {
            PacketStore::Fifo => update.packets.is_empty(),
            PacketStore::Bag => self.count_packets(&mut add, &mut effect, update, driver)?,
            PacketStore::Set => self.set_packets(&mut effect, update)?,
        };
        if !packets {
            return Ok(None);
        }
        let nothing = [add, effect.guard, effect.set].iter().all(|part| *part == W::ZERO);
        Ok(Some(if nothing {
            Made::Nothing
        } else {
            Made::Step(Delta { add, effect: rows.effect(effect), choice: firing.choice })
        }))
    }

    /// What a step does to the counts of a bag. `false` where that depends on which packets there are, or is bounded.
    fn count_packets(
        &self,
        add: &mut W,
        effect: &mut Effect<W>,
        update: &Update,
        driver: Option<u32>,
    ) -> Result<bool, Overflow> {
        let ops = &update.packets;
        if self.shape.packets_max.is_some() && ops.iter().map(|op| change(*op).1).sum::<i32>() > 0 {
            return Ok(false);
        }
        for (at, op) in ops.iter().enumerate() {
            let (packet, _) = change(*op);
            if ops[..at].iter().any(|op| change(*op).0 == packet) {
                continue;
            }
            // How many copies are there for sure, and how many there are more or less.
            let (mut sure, mut more) = (i32::from(driver == Some(packet)), 0);
            for (_, by) in ops[at..].iter().map(|op| change(*op)).filter(|(of, _)| *of == packet) {
                if by < 0 && sure == 0 {
                    return Ok(false);
                }
                sure += by;
                more += by;
            }
            // Also where nothing changes: there must be a place to count it in.
            self.layout.copies(W::ZERO, packet)?;
            let one = W::bit(self.layout.packets[packet as usize].at);
            match more {
                0 => {}
                1 => {
                    *add = add.plus(one);
                    effect.guard = effect.guard | one;
                }
                -1 => *add = add.minus(one),
                _ => return Ok(false),
            }
        }
        Ok(true)
    }

    /// What a step does to the members of a set. `false` where their number is bounded.
    fn set_packets(&self, effect: &mut Effect<W>, update: &Update) -> Result<bool, Overflow> {
        for op in &update.packets {
            let (PacketOp::Add(packet) | PacketOp::Remove(packet)) = *op;
            self.layout.copies(W::ZERO, packet)?;
            let bit = W::bit(self.layout.packets[packet as usize].at);
            if matches!(op, PacketOp::Add(_)) {
                (effect.set, effect.guard) = (effect.set | bit, effect.guard & !bit);
            } else {
                (effect.set, effect.guard) = (effect.set & !bit, effect.guard | bit);
            }
        }
        Ok(self.shape.packets_max.is_none() || effect.set == W::ZERO)
    }
}

/// By how many copies an operation changes which packet.
fn change(op: PacketOp) -> (u32, i32) {
    match op {
        PacketOp::Add(packet) => (packet, 1),
        PacketOp::Remove(packet) => (packet, -1),
    }
}

/// The set bits, lowest first.
fn bits<W: Word>(mut word: W) -> impl Iterator<Item = W> {
    std::iter::from_fn(move || {
        let bit = (word != W::ZERO).then(|| W::bit(word.lowest()))?;
        word = word & !bit;
        Some(bit)
    })
}

/// A row of all that can happen at several nodes, of which the rows know the packets.
fn join<W: Word>(rows: &mut Rows<W>, members: &[u32], known: W) -> Row<W> {
    let members: Vec<Row<W>> = members.iter().map(|at| rows.rows[*at as usize]).collect();
    let nothing = W::ZERO;
    let mut joined =
        Row { known, drives: nothing, idles: nothing, first: 0, own: 0, loops: 0, more: 0, plain: true };
    let mut driven = Vec::new();
    let mut more = More::default();
    for row in &members {
        joined.plain &= row.plain;
        joined.drives = joined.drives | row.drives;
        let twice = joined.idles & row.idles;
        more.idles.extend(bits(twice));
        joined.idles = joined.idles | row.idles;
        joined.loops += row.loops;
        joined.own += row.own;
        driven.extend(rows.driven(row));
        let further = &rows.more[row.more as usize];
        more.idles.extend(&further.idles);
        more.steps.extend(&further.steps);
    }
    // A packet may drive steps at two nodes of the group.
    driven.sort_by_key(|(bit, _)| bit.lowest());
    let mut firsts: Vec<(W, Delta<W>)> = Vec::with_capacity(driven.len());
    for (bit, step) in driven {
        match firsts.last() {
            Some((last, _)) if *last == bit => more.steps.push((bit, step)),
            _ => firsts.push((bit, step)),
        }
    }
    joined.first = rows.steps.len() as u32;
    for row in &members {
        let first = row.first as usize;
        rows.steps.extend_from_within(first..first + row.own as usize);
    }
    rows.steps.extend(firsts.into_iter().map(|(_, step)| step));
    if !more.idles.is_empty() || !more.steps.is_empty() {
        joined.more = rows.more.len() as u32;
        rows.more.push(more);
    }
    joined
}

fn slow<W: Word>(rows: &mut Rows<W>, step: Slow) -> Delta<W> {
    rows.slow.push(step);
    Delta { add: W::ZERO, effect: SLOW, choice: rows.slow.len() as u32 - 1 }
}

/// The element at a position, which may be past the end.
fn grown<T: Default>(items: &mut Vec<T>, at: usize) -> &mut T {
    if at >= items.len() {
        items.resize_with(at + 1, T::default);
    }
    &mut items[at]
}
