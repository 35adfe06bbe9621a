//! What of a run is part of the world besides its state: the history, and what watchers know. Both in one id.

use super::TakenApart;
use super::footprint::Footprint;
use super::table::{Heavy, Memo, Table};
use crate::Engine;
use crate::watch::Watch;
use std::sync::Arc;
use verdi_core::{FaultKind, FileId, Program, Span, Value, WatcherKind};

/// Whether what some watcher is told depends on more than the events: then only whole worlds tell what a step does.
pub(super) fn see_worlds(program: &Program) -> bool {
    let alone = |func| {
        let footprint = Footprint::of(program, func);
        footprint.reads_vars_only() && !footprint.reads_vars
    };
    program.watchers.values().any(|watcher| {
        let monitor = match &watcher.kind {
            WatcherKind::Monitor(monitor) => monitor,
            WatcherKind::Linearizable(_) => return false,
        };
        monitor.on_step.is_some() || !monitor.on_event.is_none_or(alone)
    })
}

/// The tables of what ids of this sort stand for.
#[derive(Debug, Default)]
pub(super) struct Slots {
    /// Each an earlier history and an event. The empty history has no row.
    pub(super) traces: Table<(u32, u32)>,
    pub(super) watches: Table<Vec<Watch>>,
    /// Each a history and what watchers know; where nothing watches, a history's id serves for both.
    pub(super) both: Table<(u32, u32)>,
    /// What was asked: one of `both`, and an event.
    steps: Table<(u32, u32)>,
    /// What it led to.
    led: Memo<u32>,
    /// By what watchers know: the operations that are open.
    open: Memo<u64>,
}

impl Slots {
    pub(super) fn bytes(&self) -> u64 {
        let tables = self.traces.bytes() + self.both.bytes() + self.steps.bytes();
        tables + self.watches.bytes() + self.led.bytes() + self.open.bytes()
    }
}

impl Heavy for Vec<Watch> {
    fn bytes(&self) -> u64 {
        let inside = |watch: &Watch| watch.as_ref().map_or(0, Heavy::bytes);
        self.iter().map(|watch| size_of::<Watch>() as u64 + inside(watch)).sum()
    }
}

impl<E: Engine> TakenApart<'_, E> {
    fn watches(&self) -> bool {
        !self.machine.program().watchers.is_empty()
    }

    /// The id of a history and of what watchers know.
    pub(super) fn slot(&self, trace: u32, watch: u32) -> u32 {
        if self.watches() { self.slots.both.id((trace, watch)) } else { trace }
    }

    /// The history.
    pub(super) fn trace_of(&self, slot: u32) -> u32 {
        if self.watches() { self.slots.both.get(slot).0 } else { slot }
    }

    /// The id of what watchers know.
    pub(super) fn watch_id_of(&self, slot: u32) -> Option<u32> {
        self.watches().then(|| self.slots.both.get(slot).1)
    }

    /// What watchers know.
    pub(super) fn watch_of(&self, slot: u32) -> Arc<Vec<Watch>> {
        self.watch_id_of(slot).map_or_else(Arc::default, |watch| self.slots.watches.get(watch))
    }

    /// A history with one more event.
    pub(super) fn longer(&self, trace: u32, event: u32) -> u32 {
        match self.machine.program().keeps_trace {
            true => self.slots.traces.id((trace, event)) + 1,
            false => trace,
        }
    }

    /// The same, and what watchers know after it, where they are told of no more than events; remembered.
    pub(super) fn after_event(&self, slot: u32, event: u32) -> u32 {
        if !self.watches() {
            return self.longer(slot, event);
        }
        let step = self.slots.steps.id((slot, event));
        self.slots.led.get(step).unwrap_or_else(|| {
            let told = self.machine.told_alone(&self.watch_of(slot), &self.events.get(event));
            let led = self.slot(self.longer(self.trace_of(slot), event), self.slots.watches.id(told));
            self.slots.led.insert(step, led, 0)
        })
    }

    /// The operations that are open, a bit for each; remembered.
    pub(super) fn open_after(&self, slot: u32) -> u64 {
        let Some(watch) = self.watch_id_of(slot) else { return 0 };
        let find = || self.machine.tables.open(&self.slots.watches.get(watch));
        self.slots.open.get(watch).unwrap_or_else(|| self.slots.open.insert(watch, find(), 0))
    }

    /// The events of a history, oldest first.
    pub(super) fn events_of(&self, slot: u32) -> Vec<Value> {
        let mut trace = self.trace_of(slot);
        let (traces, known) = (self.slots.traces.look(), self.events.look());
        let mut events = Vec::new();
        while trace != 0 {
            let (earlier, event) = **traces.get(trace - 1);
            events.push(Value::clone(known.get(event)));
            trace = earlier;
        }
        events.reverse();
        events
    }
}

/// Why watchers fail, in the order of their numbers where they are saved.
const FAULTS: [FaultKind; 8] = [
    FaultKind::Overflow,
    FaultKind::DivisionByZero,
    FaultKind::IndexOutOfRange,
    FaultKind::MissingKey,
    FaultKind::Empty,
    FaultKind::TooLarge,
    FaultKind::Assert,
    FaultKind::OutOfFuel,
];

/// What a watcher knows, or how it failed, as one value.
pub(super) fn saved(watch: &Watch) -> Value {
    match watch {
        Ok(known) => Value::data(0, vec![known.clone()]),
        Err(fault) => {
            let kind = FAULTS.iter().position(|kind| *kind == fault.kind).unwrap_or_default();
            let Span { file, start, end } = fault.span;
            let numbers = [kind as i64, file.0.into(), start.into(), end.into()];
            let numbers = numbers.into_iter().map(Value::Int);
            Value::data(1, numbers.chain([Value::Str(fault.detail.as_str().into())]).collect())
        }
    }
}

/// The same, back.
pub(super) fn restored(value: &Value) -> Option<Watch> {
    let Value::Data(tag, fields) = value else { return None };
    match (tag, &**fields) {
        (0, [known]) => Some(Ok(known.clone())),
        (1, [Value::Int(kind), Value::Int(file), Value::Int(start), Value::Int(end), Value::Str(detail)]) => {
            let [file, start, end] = [file, start, end].map(|number| u32::try_from(*number).ok());
            let span = Span::new(FileId(file?), start?, end?);
            let kind = *FAULTS.get(usize::try_from(*kind).ok()?)?;
            Some(Err(crate::Fault { kind, span, detail: detail.as_ref().into() }))
        }
        _ => None,
    }
}
