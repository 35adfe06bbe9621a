use super::{Read, Source};
use crate::Env;
use crate::env::WorldEnv;
use std::cell::{Cell, RefCell};
use verdi_core::{FieldId, FuncId, KindId, LocalId, Value, VarId};

/// An element that a loop took: the function, the loop's local, the element.
type Element = (FuncId, LocalId, Value);

/// Passes everything on to a [`WorldEnv`], and remembers what was read and which iterations decided.
///
/// A loop that is left early has decided something in its last iteration: what the earlier ones read is
/// forgotten. A loop that ran to its end has looked at all there is: all it read stays. What such decisions
/// inside a loop bound is forgotten when an enclosing loop goes on to its next element.
pub(super) struct Recorder<'a> {
    env: WorldEnv<'a>,
    reads: RefCell<Vec<Read>>,
    open: Vec<OpenLoop>,
    /// The elements of the loops that were open when a loop was last left early.
    decided: Vec<Element>,
    /// Whether nothing but leaving loops happened since `decided` was set.
    leaving: Cell<bool>,
}

struct OpenLoop {
    element: Element,
    /// How much had been read when the loop began, and when its current iteration did.
    reads_before: usize,
    reads_now: usize,
}

impl<'a> Recorder<'a> {
    pub(super) fn new(env: WorldEnv<'a>) -> Self {
        Self {
            env,
            reads: RefCell::default(),
            open: Vec::new(),
            decided: Vec::new(),
            leaving: Cell::new(false),
        }
    }

    /// What the deciding iterations drew and read. A loop that is still open is where a fault happened.
    pub(super) fn finish(self) -> (Vec<Element>, Vec<Read>) {
        let mut reads = self.reads.into_inner();
        for open in self.open.iter().rev() {
            reads.drain(open.reads_before..open.reads_now);
        }
        let faulted: Vec<Element> = self.open.into_iter().map(|open| open.element).collect();
        let elements = if faulted.is_empty() { self.decided } else { faulted };
        let mut once: Vec<Read> = Vec::new();
        for read in reads {
            if !once.contains(&read) {
                once.push(read);
            }
        }
        (elements, once)
    }

    fn read(&self, source: Source, value: Value) -> Value {
        self.leaving.set(false);
        self.reads.borrow_mut().push(Read { source, value: value.clone() });
        value
    }
}

impl Env for Recorder<'_> {
    fn node_field(&self, node: u32, kind: KindId, field: FieldId) -> Value {
        self.read(Source::Field(node, kind, field), self.env.node_field(node, kind, field))
    }

    fn timers(&self, node: u32) -> Value {
        self.read(Source::Timers(node), self.env.timers(node))
    }

    fn inputs(&self, node: u32) -> Value {
        self.env.inputs(node)
    }

    fn var(&self, var: VarId) -> Value {
        self.read(Source::Var(var), self.env.var(var))
    }

    fn packets(&self) -> Value {
        self.read(Source::Packets, self.env.packets())
    }

    fn distinct_packets(&self) -> Value {
        self.read(Source::Packets, self.env.distinct_packets())
    }

    fn heads(&self) -> Value {
        self.read(Source::Packets, self.env.heads())
    }

    fn trace(&self) -> Value {
        self.read(Source::Trace, self.env.trace())
    }

    fn watches_loops(&self) -> bool {
        true
    }

    fn enter_loop(&mut self, func: FuncId, local: LocalId, value: &Value) {
        let reads_now = self.reads.borrow().len();
        let element = (func, local, value.clone());
        self.leaving.set(false);
        match self.open.last_mut() {
            // A loop's local belongs to it alone among the open loops, for no function calls itself.
            Some(open) if (open.element.0, open.element.1) == (func, local) => {
                open.element = element;
                open.reads_now = reads_now;
                self.decided.clear();
            }
            _ => self.open.push(OpenLoop { element, reads_before: reads_now, reads_now }),
        }
    }

    fn exit_loop(&mut self, left: bool) {
        if left && !self.leaving.get() {
            self.decided = self.open.iter().map(|open| open.element.clone()).collect();
        }
        self.leaving.set(left);
        if let Some(closed) = self.open.pop()
            && left
        {
            self.reads.borrow_mut().drain(closed.reads_before..closed.reads_now);
        }
    }
}
