//! What an event does at a node.

use super::NativeParts;
use crate::context::{Context, record};
use crate::layout::Data;
use crate::object::Object;
use crate::shared::Shared;
use std::cell::RefCell;
use verdi_core::{Durability, FieldId, FuncId, KindId, TyId, Value};
use verdi_machine::{Engine, Event, NodeState, PacketOp, Parts as _, Script, Update};

/// A kind of node as words.
pub(super) struct OfKind {
    id: KindId,
    /// The words of the fields; after them is a bit for each of the program's timers.
    fields: usize,
    timer_words: usize,
    /// The words of the fields that a crash makes as they were at first.
    volatile: Vec<(usize, usize)>,
}

impl OfKind {
    pub(super) fn new(shared: &Shared, id: KindId) -> Self {
        let fields = shared.program.kinds[id].fields.iter();
        let volatile = fields.filter(|(_, field)| field.durability == Durability::Volatile);
        Self {
            id,
            fields: shared.fields_words(id),
            timer_words: shared.program.timers.len().div_ceil(64),
            volatile: volatile.map(|(field, _)| shared.field(id, field)).collect(),
        }
    }

    /// How many words a state has.
    pub(super) fn width(&self) -> usize {
        self.fields + self.timer_words
    }

    /// The words of a state.
    pub(super) fn words(&self, shared: &Shared, state: &NodeState) -> Vec<u64> {
        let mut words = Vec::with_capacity(self.width());
        for (field, info) in &shared.program.kinds[self.id].fields {
            shared.push_words(info.ty, state.field(field), &mut words);
        }
        words.resize(self.width(), 0);
        state.armed().iter().for_each(|timer| self.arm(&mut words, u64::from(*timer)));
        words
    }

    /// The state that words stand for.
    pub(super) fn value(&self, shared: &Shared, words: &[u64]) -> NodeState {
        let field = |(id, info): (FieldId, &verdi_core::Field)| -> Value {
            let (from, count) = shared.field(self.id, id);
            shared.to_value(info.ty, &words[from..from + count])
        };
        let fields = shared.program.kinds[self.id].fields.iter().map(field).collect();
        NodeState::new(fields, self.armed(words).collect())
    }

    /// The armed timers, ascending.
    pub(super) fn armed(&self, words: &[u64]) -> impl Iterator<Item = u32> {
        let bits = words[self.fields..].iter().zip(0..);
        bits.flat_map(|(word, at)| {
            (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| at * 64 + bit)
        })
    }

    fn arm(&self, words: &mut [u64], timer: u64) {
        words[self.fields + timer as usize / 64] |= 1 << (timer % 64);
    }

    fn disarm(&self, words: &mut [u64], timer: u64) {
        words[self.fields + timer as usize / 64] &= !(1 << (timer % 64));
    }
}

/// What a firing does, ready to be run.
pub(super) enum Reaction {
    /// Nothing at any node.
    Nowhere(Update),
    At(Box<AtNode>),
    /// It faults, or cannot be run natively.
    Otherwise,
}

/// What happens at a node.
pub(super) struct AtNode {
    node: u32,
    kind: u32,
    handler: Option<FuncId>,
    /// The words of the handler's arguments.
    args: Vec<u64>,
    /// Who an output goes to that names nobody.
    caller: u64,
    before_handler: BeforeHandler,
    /// What the input adds to the history.
    taken_in: Option<u32>,
    packets_before: Vec<PacketOp>,
    packets_after: Vec<PacketOp>,
    vars: Option<u32>,
}

/// What the event itself does to the state.
enum BeforeHandler {
    Nothing,
    Disarm(u64),
    /// Volatile fields and timers are as in these words.
    Crash(Vec<u64>),
    /// These timers are armed.
    Arm(Vec<u64>),
}

thread_local! {
    /// Words of a state, and of what is sent, that are being made: memory to be used again.
    static ROOM: RefCell<(Vec<u64>, Vec<u64>)> = const { RefCell::new((Vec::new(), Vec::new())) };
}

impl<E: Engine + Sync> NativeParts<'_, E> {
    /// What a firing does where its target is in a state; `None` where it faults.
    pub(super) fn react(&self, firing: u32, state: u32) -> Option<Update> {
        match self.reactions.get_or(firing, || self.reaction(&self.apart.id_to_script(firing))) {
            Reaction::Nowhere(update) => Some(update.clone()),
            Reaction::At(at) => ROOM.with_borrow_mut(|(words, sent)| self.run(at, state, words, sent)),
            Reaction::Otherwise => None,
        }
    }

    fn reaction(&self, script: &Script) -> Reaction {
        if script.result.is_err() {
            return Reaction::Otherwise;
        }
        let Some((node, event)) = &script.event else {
            let packets = [script.before.as_slice(), &script.after].concat();
            return Reaction::Nowhere(Update { vars: script.vars, packets, ..Update::default() });
        };
        self.at_node(script, *node, event).map_or(Reaction::Otherwise, |at| Reaction::At(Box::new(at)))
    }

    fn at_node(&self, script: &Script, node: u32, event: &Event) -> Option<AtNode> {
        let shared = &self.jit.shared;
        let (program, special) = (&shared.program, &shared.program.special);
        let kind = program.kind_of(node);
        let kind_id = self.shape().kinds[node as usize];
        let fresh = || Some(self.states.kinds[kind_id as usize].words(shared, &*self.apart.fresh(node)?));
        let mut at = AtNode {
            node,
            kind: kind_id,
            handler: None,
            args: Vec::new(),
            caller: 0,
            before_handler: BeforeHandler::Nothing,
            taken_in: None,
            packets_before: script.before.clone(),
            packets_after: script.after.clone(),
            vars: script.vars,
        };
        match event {
            Event::Start => at.handler = kind.on_start,
            Event::Input { caller, body } => {
                (at.handler, at.caller) = (kind.on_input, u64::from(*caller));
                at.args.push(u64::from(*caller));
                shared.push_words(special.input, body, &mut at.args);
                if self.shape().notes_events {
                    let fields = vec![Value::Node(node), Value::Caller(*caller), body.clone()];
                    let event = shared.to_words(special.event, &Value::data(INPUT, fields));
                    at.taken_in = Some(self.event_id(&event));
                }
            }
            Event::Message { src, body } => {
                at.handler = kind.on_message;
                at.args.push(u64::from(*src));
                shared.push_words(special.message, body, &mut at.args);
            }
            Event::Timeout(timer) => {
                at.handler = kind.on_timeout;
                shared.push_words(special.timer, &Value::unit(*timer), &mut at.args);
                if !program.timers[*timer as usize].every {
                    at.before_handler = BeforeHandler::Disarm(u64::from(*timer));
                }
            }
            Event::Crash => at.before_handler = BeforeHandler::Crash(fresh()?),
            Event::Reboot => {
                at.handler = kind.on_reboot;
                let fresh = fresh()?;
                let armed = self.states.kinds[kind_id as usize].armed(&fresh).map(u64::from).collect();
                at.before_handler = BeforeHandler::Arm(armed);
            }
        }
        Some(at)
    }

    fn run(&self, at: &AtNode, state: u32, words: &mut Vec<u64>, sent: &mut Vec<u64>) -> Option<Update> {
        let before = self.states.words(at.kind, state);
        let kind = &self.states.kinds[at.kind as usize];
        words.clear();
        words.extend_from_slice(before);
        match &at.before_handler {
            BeforeHandler::Nothing => {}
            BeforeHandler::Disarm(timer) => kind.disarm(words, *timer),
            BeforeHandler::Crash(fresh) => {
                for (from, count) in &kind.volatile {
                    words[*from..from + count].copy_from_slice(&fresh[*from..from + count]);
                }
                words[kind.fields..].fill(0);
            }
            BeforeHandler::Arm(timers) => timers.iter().for_each(|timer| kind.arm(words, *timer)),
        }
        let mut packets = Vec::with_capacity(at.packets_before.len() + at.packets_after.len() + 2);
        packets.extend_from_slice(&at.packets_before);
        let mut update = Update { vars: at.vars, packets, ..Update::default() };
        update.events.extend(at.taken_in);
        if let Some(handler) = at.handler {
            let entry = self.jit.entry(handler)?;
            self.jit.with_context(|context| {
                context.self_node = u64::from(at.node);
                context.state = words.as_mut_ptr();
                context.run(entry.code, entry.stack, &at.args, &mut [0])?;
                self.apply(at, context, words, sent, &mut update);
                Some(())
            })?;
        }
        if words != before {
            update.state = Some(self.states.id_of(at.kind, words)).filter(|after| *after != state);
        }
        update.packets.extend_from_slice(&at.packets_after);
        Some(update)
    }

    /// Takes in what a handler did.
    fn apply(
        &self,
        at: &AtNode,
        context: &Context,
        words: &mut [u64],
        sent: &mut Vec<u64>,
        update: &mut Update,
    ) {
        let (shared, special) = (&self.jit.shared, &self.jit.shared.program.special);
        let kind = &self.states.kinds[at.kind as usize];
        let (message, output) = (shared.words(special.message), shared.words(special.output));
        let (effects, mut next) = (context.effects(), 0);
        while next < effects.len() {
            let rest = &effects[next + 1..];
            next += 1 + match effects[next] {
                record::SEND => {
                    sent.clear();
                    sent.extend([u64::from(at.node), rest[0]]);
                    sent.extend_from_slice(&rest[1..=message]);
                    shared.box_if_needed(special.packet, 0, sent);
                    update.packets.push(PacketOp::Add(self.packet_id(sent)));
                    1 + message
                }
                record::OUTPUT => {
                    if self.shape().notes_events {
                        let to = if rest[0] == 0 { at.caller } else { rest[1] };
                        sent.clear();
                        sent.extend([u64::from(at.node), to]);
                        sent.extend_from_slice(&rest[2..2 + output]);
                        shared.box_if_needed(special.event, u64::from(OUTPUT), sent);
                        update.events.push(self.event_id(sent));
                    }
                    2 + output
                }
                record::START_TIMER => {
                    kind.arm(words, rest[0]);
                    1
                }
                _ => {
                    kind.disarm(words, rest[0]);
                    1
                }
            };
        }
    }

    /// Where a packet comes from and where it goes to.
    pub(super) fn packet_ends(&self, words: &[u64]) -> (u64, u64) {
        let shared = &self.jit.shared;
        match shared.layouts.data(shared.program.special.packet) {
            Some((_, true)) => {
                let inside = Object::of(words[0]).words();
                (inside[1], inside[2])
            }
            _ => (words[0], words[1]),
        }
    }
}

/// The constructors of the program's event type.
const INPUT: u32 = 0;
const OUTPUT: u32 = 1;

impl Shared {
    /// Makes the words of a constructor's fields the words of a value.
    fn box_if_needed(&self, ty: TyId, tag: u64, words: &mut Vec<u64>) {
        let Some((data, is_boxed)) = self.layouts.data(ty) else { return };
        let Data { tagged, words: count, .. } = data;
        if *tagged {
            words.insert(0, tag);
        }
        words.resize(*count, 0);
        if is_boxed {
            let word = self.make_box(data, words);
            words.clear();
            words.push(word);
        }
    }
}
