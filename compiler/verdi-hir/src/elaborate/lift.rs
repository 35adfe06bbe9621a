//! Lifting: what a world of the new system is as a world of the subject, and the subject's properties of it.

use super::map::{At, Mapper, behind};
use super::{Elaboration, Made, Side, variable};
use crate::hir::{
    Code, Condition, CtorRef, Draws, Expr, ExprKind, FieldId, FnId, KindId, Lifting, Monitor, MonitorEvent,
    Property, PropertyKind, Ty,
};
use crate::visit;
use cranelift_entity::PrimaryMap;
use verdi_core::Span;

impl Elaboration<'_> {
    /// The transformer's properties, then the subject's of the lifted world, where there is one.
    pub(super) fn properties(&mut self) {
        let mut properties = self.t.members.properties.clone();
        properties.iter_mut().for_each(|property| self.property(Side::Own, property));
        let mut monitors = self.t.members.monitors.clone();
        monitors.iter_mut().for_each(|monitor| self.monitor(Side::Own, monitor));
        if self.t.lift.is_some() {
            let named = |name: &str| properties.iter().all(|known: &Property| known.name != name);
            let mut lifted: Vec<_> =
                self.s.members.properties.iter().filter(|p| named(&p.name)).cloned().collect();
            lifted.iter_mut().for_each(|property| self.property(Side::Subject, property));
            properties.extend(lifted);
            let mut watched: Vec<_> = self
                .s
                .members
                .monitors
                .iter()
                .filter(|m| monitors.iter().all(|known| known.name != m.name))
                .cloned()
                .collect();
            watched.iter_mut().for_each(|monitor| self.monitor(Side::Subject, monitor));
            monitors.extend(watched);
        }
        let lifting = self.t.lift.is_some().then(|| Lifting {
            state: self.lifted_state(),
            packets: self.lifted_packets(),
            timers: self.timers.clone(),
        });
        let system = &mut self.program.systems[self.new];
        system.carried = vec![self.types.message, self.types.state];
        (system.members.properties, system.members.monitors) = (properties, monitors);
        system.lifting = lifting;
    }

    fn property(&mut self, side: Side, property: &mut Property) {
        match &mut property.kind {
            PropertyKind::Invariant { code, .. } => self.world_code(side, code),
            PropertyKind::Eventually(draws, code) => {
                self.draws(side, draws);
                self.world_code(side, code);
            }
            PropertyKind::LeadsTo(draws, from, to) => {
                self.draws(side, draws);
                self.world_code(side, from);
                self.world_code(side, to);
            }
        }
    }

    fn draws(&mut self, side: Side, draws: &mut Draws) {
        for (_, ty) in &mut draws.binders {
            *ty = self.ty(side, ty);
        }
        draws.domains.iter_mut().for_each(|domain| self.world_code(side, domain));
    }

    fn monitor(&mut self, side: Side, monitor: &mut Monitor) {
        for field in monitor.fields.values_mut() {
            field.ty = self.ty(side, &field.ty);
            self.code(side, At::World, &mut field.init);
        }
        for handler in &mut monitor.handlers {
            let next = handler.code.locals.len();
            let mut mapper = Mapper { app: self, side, at: At::Monitor, shift: 0, next, added: Vec::new() };
            if let MonitorEvent::Input(pattern, _) | MonitorEvent::Output(pattern, _) = &mut handler.event {
                visit::pattern(pattern, &mut mapper);
            }
            if let Some(guard) = &mut handler.guard {
                visit::expr(guard, &mut mapper);
            }
            visit::code(&mut handler.code, &mut mapper);
            let added = mapper.added;
            added.into_iter().for_each(|local| {
                handler.code.locals.push(local);
            });
            if let MonitorEvent::Input(_, kind) | MonitorEvent::Output(_, kind) = &mut handler.event {
                *kind = kind.and_then(|kind| match side {
                    Side::Own => self.became(kind).first().copied(),
                    Side::Subject => self.subject_kinds.get(&kind).copied(),
                });
            }
        }
    }

    /// Whether a lifted node has the state of the node that wraps it: `state n = n.inner`.
    fn lifts_directly(&self) -> bool {
        let Some((state, _)) = &self.t.lift else { return false };
        let param = state.params.first().copied();
        matches!(&state.body.kind, ExprKind::InnerState(Some(node))
            if matches!(node.kind, ExprKind::Local(local) if Some(local) == param))
    }

    /// A field of a node of the lifted world.
    pub(super) fn lifted_field(&mut self, node: Expr, kind: KindId, field: FieldId) -> ExprKind {
        if let (true, Some(own)) = (self.lifts_directly(), self.subject_kinds.get(&kind)) {
            return ExprKind::NodeField(Box::new(node), *own, behind(field, self.first_field()));
        }
        let span = node.span;
        let state = self.lifted_state();
        let state = Expr { span, ty: self.state_ty(), kind: ExprKind::Call(state, Vec::new(), vec![node]) };
        let ctor = CtorRef::Data(self.types.state, kind.as_u32());
        ExprKind::Get(Box::new(state), ctor, field.as_u32())
    }

    /// The function from a node to its lifted state.
    fn lifted_state(&mut self) -> FnId {
        if let Some(known) = self.made.get(&Made::LiftedState) {
            return *known;
        }
        let Some((mut code, _)) = self.t.lift.clone() else { return self.inner_state_fn() };
        let span = code.body.span;
        self.world_code(Side::Own, &mut code);
        let result = self.state_ty();
        let id = self.add_fn("lifted state", span, result, true, code);
        self.made.insert(Made::LiftedState, id);
        id
    }

    /// The function that lists the packets of the lifted world.
    pub(super) fn lifted_packets(&mut self) -> FnId {
        if let Some(known) = self.made.get(&Made::LiftedPackets) {
            return *known;
        }
        let span = self.t.span;
        let result = Ty::List(Box::new(Ty::Data(self.types.packet, Vec::new())));
        let code = match self.t.lift.clone().and_then(|(_, packets)| packets) {
            Some(mut code) => {
                self.world_code(Side::Own, &mut code);
                code
            }
            None => Code {
                params: Vec::new(),
                locals: PrimaryMap::new(),
                body: Expr { span, ty: result.clone(), kind: ExprKind::List(Vec::new()) },
            },
        };
        let id = self.add_fn("lifted packets", span, result, true, code);
        self.made.insert(Made::LiftedPackets, id);
        id
    }

    /// `n.inner`: of whichever kind the node is.
    pub(super) fn inner_state_fn(&mut self) -> FnId {
        if let Some(known) = self.made.get(&Made::InnerState) {
            return *known;
        }
        let first = self.first_field();
        let kinds: Vec<(KindId, KindId)> = self
            .s
            .members
            .kinds
            .keys()
            .filter_map(|kind| Some((kind, *self.subject_kinds.get(&kind)?)))
            .collect();
        let ctor = self.types.state;
        let ty = self.state_ty();
        let id = self.by_kind("inner", ty, &kinds, |app, node, subject, own| {
            let span = node.span;
            let fields: Vec<FieldId> = app.s.members.kinds[subject].fields.keys().collect();
            let read = fields
                .into_iter()
                .map(|field| Expr {
                    span,
                    ty: app.subject_field_ty(subject, field),
                    kind: ExprKind::NodeField(Box::new(node.clone()), own, behind(field, first)),
                })
                .collect();
            ExprKind::Make(CtorRef::Data(ctor, subject.as_u32()), read)
        });
        self.made.insert(Made::InnerState, id);
        id
    }

    /// A field of a node of one of the transformer's kinds, whatever it became.
    pub(super) fn own_field(&mut self, node: Expr, kind: KindId, field: FieldId) -> ExprKind {
        let kinds = self.became(kind);
        if let [kind] = kinds.as_slice() {
            return ExprKind::NodeField(Box::new(node), *kind, field);
        }
        // A program that names a kind of somebody else's has an error, and is not run.
        if kinds.is_empty() {
            return ExprKind::Error;
        }
        let made = Made::Field(kind, field);
        let id = match self.made.get(&made) {
            Some(known) => *known,
            None => {
                let ty = self.t.members.kinds[kind].fields[field].ty.clone();
                let ty = self.ty(Side::Own, &ty);
                let pairs: Vec<_> = kinds.into_iter().map(|kind| (kind, kind)).collect();
                let name = self.t.members.kinds[kind].fields[field].name.clone();
                let id = self.by_kind(&name, ty, &pairs, |_, node, _, own| {
                    ExprKind::NodeField(Box::new(node), own, field)
                });
                self.made.insert(made, id);
                id
            }
        };
        ExprKind::Call(id, Vec::new(), vec![node])
    }

    /// A function of a node that does for each kind what that needs; the last kind's is for all others.
    fn by_kind(
        &mut self,
        name: &str,
        ty: Ty,
        kinds: &[(KindId, KindId)],
        make: impl Fn(&mut Self, Expr, KindId, KindId) -> ExprKind,
    ) -> FnId {
        let span: Span = self.t.span;
        let mut locals = PrimaryMap::new();
        let param = locals.push(variable("node", span, Ty::Node, false));
        let node = Expr { span, ty: Ty::Node, kind: ExprKind::Local(param) };
        let mut body: Option<Expr> = None;
        for (subject, own) in kinds.iter().rev() {
            let value = Expr { span, ty: ty.clone(), kind: make(self, node.clone(), *subject, *own) };
            body = Some(match body {
                None => value,
                Some(rest) => {
                    let is = ExprKind::NodeIs(Box::new(node.clone()), *own);
                    let is = Condition::Expr(Box::new(Expr { span, ty: Ty::Bool, kind: is }));
                    Expr {
                        span,
                        ty: ty.clone(),
                        kind: ExprKind::If(is, Box::new(value), Some(Box::new(rest))),
                    }
                }
            });
        }
        let body = body.unwrap_or(Expr { span, ty: Ty::Error, kind: ExprKind::Error });
        self.add_fn(name, span, ty, true, Code { params: vec![param], locals, body })
    }
}
