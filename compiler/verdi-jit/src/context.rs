//! What compiled code acts on.
#![expect(unsafe_code, reason = "compiled code reads and writes a context by its layout")]

use crate::object::Object;
use crate::scratch::Scratch;
use crate::shared::Shared;
use std::mem::offset_of;
use std::ptr;
use verdi_runtime::FUEL_MAX;

/// What a call reads and changes. Compiled code knows its layout.
#[repr(C)]
pub(crate) struct Context {
    /// What is left; below 0 where the call ran out of it.
    pub(crate) fuel: i64,
    /// Where code writes that has nothing to write.
    nothing: u64,
    /// Node: the node at hand.
    pub(crate) self_node: u64,
    /// Node: the words of the own fields.
    pub(crate) state: *mut u64,
    /// Rule, World: the words of the variables.
    pub(crate) vars: *mut u64,
    /// World: for each node, its fields, its armed timers as a list, and its inputs as a list.
    pub(crate) nodes: *const *const u64,
    pub(crate) timers: *const u64,
    pub(crate) inputs: *const u64,
    /// Rule, World: lists.
    pub(crate) packets: u64,
    pub(crate) distinct: u64,
    pub(crate) heads: u64,
    pub(crate) trace: u64,
    /// Rule: not 0 where the lists of packets are of another time.
    stale: u64,
    /// What the call did: records one after the other.
    effects: *mut u64,
    effect_words: u64,
    effect_room: u64,
    shared: *const Shared,
    pub(crate) scratch: Scratch,
    effect_buffer: Vec<u64>,
}

/// Where compiled code finds the parts of a context.
pub(crate) mod at {
    use super::{Context, offset_of};
    pub(crate) const FUEL: i32 = offset_of!(Context, fuel) as i32;
    pub(crate) const NOTHING: i32 = offset_of!(Context, nothing) as i32;
    pub(crate) const SELF_NODE: i32 = offset_of!(Context, self_node) as i32;
    pub(crate) const STATE: i32 = offset_of!(Context, state) as i32;
    pub(crate) const VARS: i32 = offset_of!(Context, vars) as i32;
    pub(crate) const NODES: i32 = offset_of!(Context, nodes) as i32;
    pub(crate) const TIMERS: i32 = offset_of!(Context, timers) as i32;
    pub(crate) const INPUTS: i32 = offset_of!(Context, inputs) as i32;
    pub(crate) const PACKETS: i32 = offset_of!(Context, packets) as i32;
    pub(crate) const DISTINCT: i32 = offset_of!(Context, distinct) as i32;
    pub(crate) const HEADS: i32 = offset_of!(Context, heads) as i32;
    pub(crate) const TRACE: i32 = offset_of!(Context, trace) as i32;
    pub(crate) const STALE: i32 = offset_of!(Context, stale) as i32;
    pub(crate) const EFFECTS: i32 = offset_of!(Context, effects) as i32;
    pub(crate) const EFFECT_WORDS: i32 = offset_of!(Context, effect_words) as i32;
    pub(crate) const EFFECT_ROOM: i32 = offset_of!(Context, effect_room) as i32;
}

/// The first word of a record of what a call did; how many words follow depends on it, and of a variable on that.
pub(crate) mod record {
    /// The destination and a message.
    pub(crate) const SEND: u64 = 0;
    /// Whether the caller is given, the caller, and an output.
    pub(crate) const OUTPUT: u64 = 1;
    /// The position of a timer.
    pub(crate) const START_TIMER: u64 = 2;
    pub(crate) const STOP_TIMER: u64 = 3;
    /// The variable and its value.
    pub(crate) const STORE_VAR: u64 = 4;
    /// A packet.
    pub(crate) const ADD_PACKET: u64 = 5;
    pub(crate) const REMOVE_PACKET: u64 = 6;
    /// A node and an invocation.
    pub(crate) const INPUT: u64 = 7;
    /// A packet.
    pub(crate) const DELIVER: u64 = 8;
    /// A node and the position of a timer.
    pub(crate) const TIMEOUT: u64 = 9;
    /// A node.
    pub(crate) const CRASH: u64 = 10;
    pub(crate) const REBOOT: u64 = 11;
}

/// A compiled function: context, arguments, place of the result; 0 where it came to its end.
pub(crate) type Code = unsafe extern "C" fn(*mut Context, *const u64, *mut u64) -> u64;

impl Context {
    /// A context of nothing; boxed, because it is large.
    pub(crate) fn new() -> Box<Self> {
        Box::new(Self {
            fuel: 0,
            nothing: 0,
            self_node: 0,
            state: ptr::null_mut(),
            vars: ptr::null_mut(),
            nodes: ptr::null(),
            timers: ptr::null(),
            inputs: ptr::null(),
            packets: 0,
            distinct: 0,
            heads: 0,
            trace: 0,
            stale: 0,
            effects: ptr::null_mut(),
            effect_words: 0,
            effect_room: 0,
            shared: ptr::null(),
            scratch: Scratch::default(),
            effect_buffer: Vec::new(),
        })
    }

    /// Makes ready for a call: what the last one made is forgotten.
    pub(crate) fn begin(&mut self, shared: &Shared) {
        self.shared = shared;
        self.scratch.reset();
    }

    /// Runs compiled code to its end; `None` where it stopped before, for whatever reason. `stack` is what it may
    /// take of the stack.
    pub(crate) fn run(&mut self, code: Code, stack: usize, args: &[u64], result: &mut [u64]) -> Option<()> {
        self.fuel = FUEL_MAX as i64;
        (self.stale, self.effect_words) = (0, 0);
        let mut call = || {
            // SAFETY: the code was compiled for this layout of contexts by this crate; arguments and result are of the
            // function's types, for which the callers of `run` answer, as for what the context points to.
            unsafe { code(self, args.as_ptr(), result.as_mut_ptr()) }
        };
        let status = if stack > STACK_USUAL { stacker::maybe_grow(stack, 2 * stack, call) } else { call() };
        (status == 0 && self.fuel >= 0).then_some(())
    }

    /// What the call did.
    pub(crate) fn effects(&self) -> &[u64] {
        &self.effect_buffer[..self.effect_words as usize]
    }

    /// Makes room for more records.
    pub(crate) fn grow_effects(&mut self) {
        let room = (2 * self.effect_buffer.len()).max(256);
        self.effect_buffer.resize(room, 0);
        self.effects = self.effect_buffer.as_mut_ptr();
        self.effect_room = room as u64;
    }

    pub(crate) fn shared<'a>(&self) -> &'a Shared {
        // SAFETY: `begin` got it from a reference that outlives the call.
        unsafe { &*self.shared }
    }

    /// A list of a call's: of this many elements, which `fill` adds. The list is not changed in place.
    pub(crate) fn list(&mut self, len: usize, words: &[u64]) -> u64 {
        match self.scratch.object(words.len()) {
            Some(object) => {
                object.room_mut()[..words.len()].copy_from_slice(words);
                object.set_len(len, words.len());
                object.share();
                object.word()
            }
            None => self.shared().heap.intern(len, words).word(),
        }
    }
}

/// Calls that may take more of the stack make sure that there is as much.
const STACK_USUAL: usize = 64 << 10;

/// The canonical word of a collection's word.
pub(crate) fn canonical(shared: &Shared, word: &mut u64) {
    *word = shared.heap.canonical(Object::of(*word)).word();
}
