//! Monitors: what one knows is a tuple, and each class of events a function from it, and the event, to the next.
//! Inside, its fields are locals.

use super::Lower;
use super::body::Body;
use super::types::Substitution;
use crate::hir::{self, MonitorEvent, MonitorHandler};
use verdi_core::{
    self as core, Context, Expect, FuncId, LocalId, Operand, PropertyKind, Rvalue, Span, StmtKind, TyId,
    WatcherKind,
};

/// The constructors of the event type, in order.
const EVENTS: [u32; 2] = [0, 1];

impl<'a> Lower<'a> {
    /// A monitor that a check asks about, and its property.
    pub(super) fn monitor(&mut self, monitor: &'a hir::Monitor, expect: Expect) {
        let substitution = Substitution::default();
        let tys: Vec<TyId> =
            monitor.fields.values().map(|field| self.ty_with(&field.ty, &substitution)).collect();
        let state = self.tuple(tys.clone());
        let events = |handler: &&MonitorHandler| !matches!(handler.event, MonitorEvent::Step);
        let (of_events, of_steps): (Vec<_>, Vec<_>) = monitor.handlers.iter().partition(events);
        let fold = core::Monitor {
            state,
            fields: monitor.fields.values().map(|field| field.name.clone()).collect(),
            init: self.first_state(monitor, state),
            on_event: (!of_events.is_empty()).then(|| self.told(monitor, &tys, &of_events, "event")),
            on_step: (!of_steps.is_empty()).then(|| self.told(monitor, &tys, &of_steps, "step")),
        };
        let property = self.core.properties.push(core::Property {
            name: monitor.name.clone(),
            span: monitor.span,
            kind: PropertyKind::Invariant,
            expect,
            parts: Vec::new(),
        });
        self.core.watchers.push(core::Watcher {
            name: monitor.name.clone(),
            span: monitor.span,
            property,
            kind: WatcherKind::Monitor(fold),
        });
    }

    fn first_state(&mut self, monitor: &'a hir::Monitor, state: TyId) -> FuncId {
        let mut body = Body::new(self, Context::Pure);
        let mut fields = Vec::new();
        for field in monitor.fields.values() {
            body.enter(&field.init);
            fields.push(body.expr(&field.init.body));
        }
        let first = body.assign(monitor.span, state, Rvalue::Make(0, fields));
        body.emit(monitor.span, StmtKind::Return(Some(first)));
        let function = body.finish(&format!("{}.init", monitor.name), monitor.span, Some(state));
        self.core.functions.push(function)
    }

    /// The function that runs the first of these handlers that takes an event.
    fn told(
        &mut self,
        monitor: &'a hir::Monitor,
        tys: &[TyId],
        handlers: &[&'a MonitorHandler],
        class: &str,
    ) -> FuncId {
        let (span, special) = (monitor.span, self.core.special);
        let state = self.tuple(tys.to_vec());
        let mut body = Body::new(self, Context::World);
        let before = Operand::Local(body.param("before", state));
        let event = (class == "event").then(|| Operand::Local(body.param("event", special.event)));
        let fields: Vec<LocalId> = tys
            .iter()
            .enumerate()
            .map(|(at, ty)| {
                let field = body.temp(*ty);
                body.set(span, field, Rvalue::Get(before, 0, at as u32));
                field
            })
            .collect();
        for (local, field) in fields.iter().zip(monitor.fields.values()) {
            body.name_local(*local, field.name.clone());
        }
        body.watching = Some((state, fields));
        for handler in handlers {
            body.watch(handler, event);
        }
        if !body.ended() {
            body.return_state(span);
        }
        let function = body.finish(&format!("{}.{class}", monitor.name), span, Some(state));
        self.core.functions.push(function)
    }
}

impl<'a> Body<'_, 'a> {
    fn watch(&mut self, handler: &'a MonitorHandler, event: Option<Operand>) {
        let span = handler.code.body.span;
        self.enter(&handler.code);
        self.scope(span, |body, next| {
            if let Some(event) = event {
                body.watched(handler, event, next);
            }
            if let Some(guard) = &handler.guard {
                body.condition(guard, next);
            }
            body.expr(&handler.code.body);
            if !body.ended() {
                body.return_state(span);
            }
        });
    }

    /// Goes on only where an event is what a handler watches.
    fn watched(&mut self, handler: &'a MonitorHandler, event: Operand, next: core::Label) {
        let span = handler.code.body.span;
        let special = self.lower.core.special;
        let [input, output] = EVENTS;
        let (pattern, kind, tag, ty) = match &handler.event {
            MonitorEvent::Input(pattern, kind) => (pattern, kind, input, special.input),
            MonitorEvent::Output(pattern, kind) => (pattern, kind, output, special.output),
            MonitorEvent::Step => return,
        };
        let is = self.assign(span, special.bool, Rvalue::Is(event, tag));
        self.leave_unless(span, is, next);
        let node = self.assign(span, special.node, Rvalue::Get(event, tag, 0));
        if let Some(kind) = kind {
            let is = self.assign(span, special.bool, Rvalue::NodeIs(node, *kind));
            self.leave_unless(span, is, next);
        }
        let message = self.assign(span, ty, Rvalue::Get(event, tag, 2));
        for (variable, value) in handler.code.params.iter().zip([node, message]) {
            if let Operand::Local(local) = value {
                self.bind(*variable, local);
            }
        }
        self.pattern(pattern, message, Some(next));
    }

    /// The local that a field is, in a monitor.
    pub(super) fn watched_field(&self, field: hir::FieldId) -> Option<LocalId> {
        let (_, fields) = self.watching.as_ref()?;
        fields.get(field.as_u32() as usize).copied()
    }

    /// What a monitor knows now, as what its function gives.
    pub(super) fn return_state(&mut self, span: Span) {
        let Some((state, fields)) = self.watching.clone() else { return };
        let fields = fields.into_iter().map(Operand::Local).collect();
        let after = self.assign(span, state, Rvalue::Make(0, fields));
        self.emit(span, StmtKind::Return(Some(after)));
    }
}
