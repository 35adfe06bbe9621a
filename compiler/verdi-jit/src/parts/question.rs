//! What is asked of worlds.

use super::NativeParts;
use super::sort::Sort;
use crate::Jit;
use crate::context::Context;
use crate::object::Object;
use std::cell::RefCell;
use verdi_core::{FieldId, FuncId, KindId, PacketStore};
use verdi_machine::{Engine, Parts as _, TakenApart, Whole};

/// A question.
pub(super) struct Asked {
    /// The function that answers it; `None` where [`TakenApart`] does.
    func: Option<FuncId>,
    /// The lists of what each node may be sent, where it asks for them.
    inputs: Vec<u64>,
    /// What it can tell of states, by kind of node.
    kinds: Vec<Glimpses>,
}

/// What a question can tell of the states of a kind of node.
struct Glimpses {
    /// The words that it reads; `None` where they are all.
    parts: Option<Vec<(usize, usize)>>,
    known: Sort,
}

impl Asked {
    pub(super) fn new(jit: &Jit, apart: &TakenApart<'_, impl Engine + Sync>, question: u32) -> Self {
        let shared = &jit.shared;
        let reads_inputs = |func: &FuncId| jit.uses[*func].inputs;
        // What a node may be sent is not always the same where operations are open.
        let func = apart.question_function(question);
        let func = func.filter(|func| !(reads_inputs(func) && shared.program.limits_operations()));
        let mut inputs = Vec::new();
        if func.as_ref().is_some_and(reads_inputs) {
            for (node, info) in &shared.program.nodes {
                let kind = &shared.program.kinds[info.kind];
                let ty = shared.program.functions[kind.inputs].result;
                let value = apart.inputs(node.as_u32());
                let words = ty.zip(value).map(|(ty, value)| shared.to_words(ty, &value)[0]);
                inputs.push(words.unwrap_or(shared.heap.empty().word()));
            }
        }
        let reads = apart.question_reads(question);
        let kinds = shared.program.kinds.keys().zip(reads);
        let kinds = kinds.map(|(kind, read)| Glimpses::new(jit, kind, read)).collect();
        Self { func, inputs, kinds }
    }
}

impl Asked {
    pub(super) fn bytes(&self) -> u64 {
        self.kinds.iter().map(|glimpses| glimpses.known.bytes()).sum()
    }
}

impl Glimpses {
    /// `read`: the fields, and whether the timers; `None` where all of a state is read.
    fn new(jit: &Jit, kind: KindId, read: Option<(Vec<FieldId>, bool)>) -> Self {
        let shared = &jit.shared;
        let parts = read.map(|(fields, timers)| {
            let mut parts: Vec<(usize, usize)> =
                fields.into_iter().map(|field| shared.field(kind, field)).collect();
            if timers {
                parts.push((shared.fields_words(kind), shared.program.timers.len().div_ceil(64)));
            }
            parts
        });
        Self { parts, known: Sort::default() }
    }
}

/// Memory to be used again.
#[derive(Default)]
struct Room {
    nodes: Vec<*const u64>,
    timers: Vec<u64>,
    vars: Vec<u64>,
    /// Packets with what they are put in order by.
    packets: Vec<(u64, u32)>,
    words: Vec<u64>,
}

thread_local! {
    static ROOM: RefCell<Room> = RefCell::default();
}

impl<E: Engine + Sync> NativeParts<'_, E> {
    /// The answer to a question; `None` where it faults.
    pub(super) fn answer(&self, question: u32, world: &Whole) -> Option<bool> {
        let func = self.questions[question as usize].func?;
        let entry = self.jit.entry(func)?;
        self.jit.with_context(|context| {
            ROOM.with_borrow_mut(|room| self.lend((question, func), world, context, room));
            let mut result = [0];
            context.run(entry.code, entry.stack, &[], &mut result)?;
            Some(result[0] != 0)
        })
    }

    /// Lets a context point to what a question may read of a world.
    fn lend(&self, (question, func): (u32, FuncId), world: &Whole, context: &mut Context, room: &mut Room) {
        let (asked, face) = (&self.questions[question as usize], &self.shape().questions[question as usize]);
        let (shared, uses) = (&self.jit.shared, &self.jit.uses[func]);
        room.nodes.clear();
        room.nodes.resize(world.nodes.len(), std::ptr::null());
        room.timers.clear();
        room.timers.resize(if uses.timers { world.nodes.len() } else { 0 }, shared.heap.empty().word());
        for node in &face.nodes {
            let (at, kind) = (*node as usize, self.shape().kinds[*node as usize]);
            let words = self.states.words(kind, world.nodes[at]);
            room.nodes[at] = words.as_ptr();
            if uses.timers {
                room.timers[at] = self.timers(kind, words);
            }
        }
        if face.vars {
            room.vars.clear();
            room.vars.extend_from_slice(self.vars_words(world.vars));
        }
        context.nodes = room.nodes.as_ptr();
        context.timers = room.timers.as_ptr();
        context.inputs = asked.inputs.as_ptr();
        context.vars = room.vars.as_mut_ptr();
        if face.packets {
            self.lend_packets(func, world, context, room);
        }
        if uses.trace {
            context.trace = self.history_list(world.trace).word();
        }
    }

    /// The list of the armed timers of a state.
    fn timers(&self, kind: u32, words: &[u64]) -> u64 {
        let (shared, kind) = (&self.jit.shared, &self.states.kinds[kind as usize]);
        let width = shared.words(shared.program.special.timer);
        let armed: Vec<u64> = kind.armed(words).map(u64::from).collect();
        shared.heap.intern(armed.len(), if width == 0 { &[] } else { &armed }).word()
    }

    fn lend_packets(&self, func: FuncId, world: &Whole, context: &mut Context, room: &mut Room) {
        let uses = &self.jit.uses[func];
        let is_queues = self.shape().packets == PacketStore::Fifo;
        room.packets.clear();
        room.packets.extend(world.packets.iter().map(|packet| (self.packet_key(*packet), *packet)));
        if uses.heads && is_queues {
            let mut heads = room.packets.clone();
            heads.dedup_by_key(|(_, packet)| self.packet_ends(self.packet_words(*packet)));
            context.heads = self.packet_list(&heads, context, &mut room.words);
        }
        if !is_queues {
            self.put_in_order(&mut room.packets);
        }
        if uses.packets {
            context.packets = self.packet_list(&room.packets, context, &mut room.words);
        }
        if uses.distinct || uses.heads && !is_queues {
            if is_queues {
                self.put_in_order(&mut room.packets);
            }
            room.packets.dedup();
            context.distinct = self.packet_list(&room.packets, context, &mut room.words);
            if !is_queues {
                context.heads = context.distinct;
            }
        }
    }

    fn packet_list(&self, packets: &[(u64, u32)], context: &mut Context, words: &mut Vec<u64>) -> u64 {
        words.clear();
        packets.iter().for_each(|(_, packet)| words.extend_from_slice(self.packet_words(*packet)));
        context.list(packets.len(), words)
    }

    fn put_in_order(&self, packets: &mut [(u64, u32)]) {
        let (shared, ty) = (&self.jit.shared, self.jit.shared.program.special.packet);
        packets.sort_unstable_by(|(a_key, a), (b_key, b)| {
            let later = || shared.cmp(ty, self.packet_words(*a), self.packet_words(*b));
            a_key.cmp(b_key).then_with(|| if a == b { std::cmp::Ordering::Equal } else { later() })
        });
    }

    /// A number by which packets go in canonical order, but for those with equal ones: source, destination and the
    /// message's constructor.
    fn packet_key(&self, packet: u32) -> u64 {
        *self.packet_keys.get_or(packet, || {
            let (shared, special) = (&self.jit.shared, &self.jit.shared.program.special);
            let words = self.packet_words(packet);
            let (src, dst) = self.packet_ends(words);
            let tag = match (shared.layouts.data(special.packet), shared.layouts.data(special.message)) {
                (Some((_, false)), Some((message, false))) if message.tagged => words[2],
                (Some((_, false)), Some((_, true))) => Object::of(words[2]).words()[0],
                _ => 0,
            };
            src.min(0xffff) << 48 | dst.min(0xff_ffff) << 24 | tag.min(0xff_ffff)
        })
    }

    /// What a question can tell of a state.
    pub(super) fn look(&self, question: u32, node: u32, state: u32) -> u32 {
        let kind = self.shape().kinds[node as usize];
        let glimpses = &self.questions[question as usize].kinds[kind as usize];
        let Some(parts) = &glimpses.parts else { return state };
        let words = self.states.words(kind, state);
        ROOM.with_borrow_mut(|room| {
            room.words.clear();
            parts.iter().for_each(|(from, count)| room.words.extend_from_slice(&words[*from..from + count]));
            glimpses.known.id(&self.jit.shared, &room.words, || self.apart.glimpse(question, node, state))
        })
    }
}
