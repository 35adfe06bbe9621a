//! Nodes whose steps alone are enough in a world: the others can wait, as nothing that their steps lead to reaches these
//! nodes before they move. Which nodes are taken depends on the world alone, so that the worlds that are left are the
//! same for any number of workers.
//!
//! No step is put off for ever: each that is taken alone uses up a firing that a bound allows, or takes a packet out of flight and
//! puts in only such as no way leads back from to its sort; so there is no circle of them.

use super::expand::{Ground, Here, Worker};
use super::steps::{Kind, NONE, Slow};
use verdi_core::PacketStore;
use verdi_machine::{PacketOp, Parts, Prospect, Prospects};

/// What is known of a step.
#[derive(Clone, Copy, Debug)]
struct Mark {
    prospect: Prospect,
    /// Whether it changes nothing, whatever the world.
    idle: bool,
    /// Whether it may be among steps that are taken alone.
    fit: bool,
}

/// What a worker knows of steps, by their deltas.
#[derive(Debug, Default)]
pub(super) struct Marks {
    of: Vec<Option<Mark>>,
    seen: Vec<AtNode>,
}

/// All nodes.
pub(super) const ALL: u64 = u64::MAX;

impl Marks {
    /// Of the sets of nodes that no other node reaches, the one with the fewest steps that may be taken alone; `None`
    /// where there is none but that of all nodes that have steps.
    fn fewest(&self) -> Option<u64> {
        let nodes = || self.seen.iter().enumerate();
        let steps = |set: u64| nodes().filter(move |(at, _)| set >> at & 1 == 1).map(|(_, node)| node);
        let all: u32 = self.seen.iter().map(|node| node.steps).sum();
        let sets = nodes().filter(|(_, node)| node.steps > 0).map(|(at, _)| self.unreached(at));
        let counted = sets
            .filter(|set| steps(*set).all(|node| node.steps == 0 || !node.unfit))
            .map(|set| (steps(set).map(|node| node.steps).sum::<u32>(), set));
        counted.min().filter(|(count, _)| *count < all).map(|(_, set)| set)
    }

    /// The least set of nodes with a node in it that no other node reaches.
    fn unreached(&self, node: usize) -> u64 {
        let mut set = 1 << node;
        loop {
            let reaching = self.seen.iter().enumerate().filter(|(_, node)| node.reaches & set != 0);
            let more = reaching.fold(set, |more, (at, _)| more | 1 << at);
            if more == set {
                return set;
            }
            set = more;
        }
    }
}

/// The steps of a node in a world.
#[derive(Clone, Copy, Debug, Default)]
struct AtNode {
    /// Which nodes may be reached by what they set going.
    reaches: u64,
    steps: u32,
    unfit: bool,
}

/// What a step does, for what is asked of it here.
struct Doing<'a> {
    choice: u32,
    target: Option<u32>,
    /// The state of its target after it, where it changes.
    after: Option<u32>,
    counters: Vec<u32>,
    removed: Vec<u32>,
    added: &'a [u32],
    /// Whether it changes variables or the history.
    more: bool,
}

impl<P: Parts> Ground<'_, P> {
    /// Nodes whose steps are enough in a world, a bit for each; all where no fewer are found to be.
    pub(super) fn alone(&self, worker: &mut Worker, here: Here<'_>, prospects: &Prospects) -> u64 {
        self.look_at_all(worker, here, prospects).and_then(|()| worker.marks.fewest()).unwrap_or(ALL)
    }

    /// Looks at every step that can be taken in a world. `None` where all have to be.
    fn look_at_all(&self, worker: &mut Worker, here: Here<'_>, prospects: &Prospects) -> Option<()> {
        if self.shape.has_world_rules {
            return None;
        }
        let nodes = self.form.nodes;
        worker.marks.seen.clear();
        worker.marks.seen.resize(nodes, AtNode::default());
        let vars = here.record[self.form.vars()];
        for node in 0..=nodes {
            let state = if node < nodes { here.record[self.form.node(node)] } else { 0 };
            let (from, to) = self.row(worker, vars, node, state);
            for at in from..to {
                let delta = worker.steps.own[at as usize];
                self.look_at(worker, here, prospects, delta, false)?;
            }
        }
        self.look_at_packets(worker, here, prospects, vars)
    }

    /// Looks at the steps of all packets in flight, and at what those will do that are not the first of their queue.
    fn look_at_packets(
        &self,
        worker: &mut Worker,
        here: Here<'_>,
        prospects: &Prospects,
        vars: u32,
    ) -> Option<()> {
        let packets = &here.record[self.form.head()..];
        if self.form.store != PacketStore::Fifo {
            return packets.iter().try_for_each(|packet| {
                let firings = self.memo.driven(vars, *packet, true);
                self.look_at_firings(worker, here, prospects, (vars, *packet), &firings, false)
            });
        }
        for pair in packets.chunks_exact(2) {
            let content = self.queues.content(pair[0] as usize, pair[1]);
            for (at, packet) in content.iter().enumerate() {
                for head in [true, false].into_iter().take(1 + usize::from(at > 0)) {
                    let firings = self.memo.driven(vars, *packet, head);
                    self.look_at_firings(worker, here, prospects, (vars, *packet), &firings, head && at > 0)?;
                }
            }
        }
        Some(())
    }

    fn look_at_firings(
        &self,
        worker: &mut Worker,
        here: Here<'_>,
        prospects: &Prospects,
        (vars, packet): (u32, u32),
        firings: &verdi_machine::Firings,
        later: bool,
    ) -> Option<()> {
        for firing in &firings.firings {
            let delta = self.delta_of(worker, here, (vars, packet), firing);
            self.look_at(worker, here, prospects, delta, later)?;
        }
        firings.faults.is_empty().then_some(())
    }

    /// Takes in a step of a world; `later`: it cannot be taken yet. `None` where all steps have to be taken.
    fn look_at(
        &self,
        worker: &mut Worker,
        here: Here<'_>,
        prospects: &Prospects,
        delta: u32,
        later: bool,
    ) -> Option<()> {
        if self.is_spent(worker, here, delta) {
            return Some(());
        }
        let at = delta as usize;
        if worker.marks.of.len() <= at {
            worker.marks.of.resize(at + 1, None);
        }
        let mark = match worker.marks.of[at] {
            Some(mark) => mark,
            None => {
                let mark = self.mark(worker, here, prospects, delta)?;
                worker.marks.of[at] = Some(mark);
                mark
            }
        };
        let Some(node) = mark.prospect.node else { return mark.idle.then_some(()) };
        let seen = &mut worker.marks.seen[node as usize];
        seen.reaches |= mark.prospect.reaches;
        if !mark.idle && !later {
            seen.steps += 1;
            seen.unfit |= !mark.fit;
        }
        Some(())
    }

    /// Whether a bound keeps a step from being taken, now and ever after.
    fn is_spent(&self, worker: &Worker, here: Here<'_>, delta: u32) -> bool {
        let spent = |counter: u32| here.record[self.form.counter(counter as usize)] == 0;
        let delta = &worker.steps.deltas[delta as usize];
        match delta.kind {
            Kind::Slow => match &worker.steps.slow[delta.choice as usize] {
                Slow::Step(firing, _) => firing.counters.iter().any(|(_, counter)| spent(*counter)),
                Slow::Fault(..) => false,
            },
            _ => delta.counter != NONE && spent(delta.counter),
        }
    }

    /// What there is to know of a step; `None` of a guard or a domain that faults.
    fn mark(&self, worker: &Worker, here: Here<'_>, prospects: &Prospects, delta: u32) -> Option<Mark> {
        let steps = &worker.steps;
        let delta = &steps.deltas[delta as usize];
        let some = |id: u32| (id != NONE).then_some(id);
        if delta.kind != Kind::Slow {
            let doing = Doing {
                choice: delta.choice,
                target: some(delta.node),
                after: some(delta.node).map(|_| delta.state),
                counters: some(delta.counter).into_iter().collect(),
                removed: some(delta.removed).into_iter().collect(),
                added: &steps.added[delta.added.0 as usize..delta.added.1 as usize],
                more: delta.vars != NONE,
            };
            return Some(self.judge(here, prospects, &doing, delta.kind == Kind::Nothing));
        }
        let Slow::Step(firing, step) = &steps.slow[delta.choice as usize] else { return None };
        let Ok(update) = &**step else {
            let prospect = prospects.of_choice(&self.memo.parts.choice(firing.choice));
            return Some(Mark { prospect, idle: false, fit: false });
        };
        let (mut removed, mut added) = (Vec::new(), Vec::new());
        for op in &update.packets {
            match op {
                PacketOp::Add(packet) => added.push(*packet),
                PacketOp::Remove(packet) => removed.push(*packet),
            }
        }
        let doing = Doing {
            choice: firing.choice,
            target: firing.target,
            after: update.state,
            counters: firing.counters.iter().map(|(_, counter)| *counter).collect(),
            removed,
            added: &added,
            more: update.vars.is_some() || !update.events.is_empty(),
        };
        Some(self.judge(here, prospects, &doing, false))
    }

    fn judge(&self, here: Here<'_>, prospects: &Prospects, doing: &Doing<'_>, idle: bool) -> Mark {
        let prospect = prospects.of_choice(&self.memo.parts.choice(doing.choice));
        // Another node may take the last firing of a counter that is shared.
        let owners = self.memo.parts.counter_nodes();
        let own = doing.counters.iter().all(|counter| owners[*counter as usize] == prospect.node);
        let own = own && prospect.node.is_some();
        let lower = prospect.descends && !doing.added.iter().any(|packet| doing.removed.contains(packet));
        let uses_up =
            !doing.counters.is_empty() || !doing.removed.is_empty() && (doing.added.is_empty() || lower);
        let fit = own && uses_up && !doing.more && self.is_invisible(here, doing);
        Mark { prospect, idle, fit }
    }

    /// Whether no property can tell the node's states before and after a step apart.
    fn is_invisible(&self, here: Here<'_>, doing: &Doing<'_>) -> bool {
        let (Some(node), Some(after)) = (doing.target, doing.after) else { return true };
        let before = here.record[self.form.node(node as usize)];
        let glimpse = |question: usize, state| self.memo.parts.glimpse(question as u32, node, state);
        let questions = self.shape.questions.iter().enumerate();
        let mut asked = questions.filter(|(_, question)| question.nodes.contains(&node));
        asked.all(|(at, _)| glimpse(at, before) == glimpse(at, after))
    }
}
