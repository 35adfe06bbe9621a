//! Properties and monitors.

use super::Checker;
use super::body::{Body, Env, Site};
use super::effects::Actor;
use super::scope::Owner;
use super::signatures::index_of;
use crate::hir::{
    Code, Draws, Field, FieldId, KindId, Monitor, MonitorEvent, MonitorHandler, Pattern, Property,
    PropertyKind, Ty,
};
use cranelift_entity::PrimaryMap;
use indexmap::IndexMap;
use smol_str::SmolStr;
use verdi_diagnostics::{Diagnostic, Span, codes};
use verdi_syntax::ast::{self, SystemItem};

/// Names that checks give a meaning of their own.
const BUILTIN_PROPERTIES: &[&str] =
    &[verdi_core::PropertyKind::NO_FAULT, verdi_core::PropertyKind::DEADLOCK_FREE];

impl<'a> Checker<'a> {
    pub(super) fn properties(&mut self, module: usize, owner: Owner, items: &'a [SystemItem]) {
        let mut known: IndexMap<SmolStr, Span> = IndexMap::new();
        for item in items {
            match item {
                SystemItem::Property(decl) => {
                    self.capital(&decl.name, "property", false);
                    if BUILTIN_PROPERTIES.contains(&decl.name.text.as_str()) {
                        let message = format!("`{}` is a built-in property", decl.name.text);
                        self.report(Diagnostic::error(codes::V0215, decl.name.span, message));
                    }
                    if self.is_new(known.get(&decl.name.text).copied(), &decl.name, "property") {
                        known.insert(decl.name.text.clone(), decl.name.span);
                        self.property(module, owner, decl);
                    }
                }
                SystemItem::Monitor(decl)
                    if self.is_new(known.get(&decl.name.text).copied(), &decl.name, "monitor") =>
                {
                    known.insert(decl.name.text.clone(), decl.name.span);
                    self.monitor(module, owner, decl);
                }
                SystemItem::Lift(lift) if !matches!(owner, Owner::Transformer(_)) => {
                    self.report(Diagnostic::error(
                        codes::V0413,
                        lift.span,
                        "only a transformer has a `lift`",
                    ));
                }
                _ => {}
            }
        }
    }

    fn property(&mut self, module: usize, owner: Owner, decl: &'a ast::PropertyDecl) {
        let at = self.members(owner).map_or(0, |members| members.properties.len()) as u32;
        let (draws, binders) = self.draws(module, owner, at, decl);
        let mut claim = |e: &ast::Expr| self.claim(module, owner, at, e, (&decl.name.text, &binders));
        let kind = match &decl.kind {
            ast::PropertyKind::Invariant { inductive, body } => {
                PropertyKind::Invariant { inductive: *inductive, code: claim(body) }
            }
            ast::PropertyKind::LeadsTo(p, q) => {
                let p = claim(p);
                PropertyKind::LeadsTo(draws, p, claim(q))
            }
            ast::PropertyKind::Eventually(p) => PropertyKind::Eventually(draws, claim(p)),
        };
        let property =
            Property { name: decl.name.text.clone(), span: decl.name.span, doc: decl.doc.clone(), kind };
        if let Some(members) = self.members_mut(owner) {
            members.properties.push(property);
        }
    }

    /// What a property draws: names, types and domains, and the names once more with their places.
    fn draws(
        &mut self,
        module: usize,
        owner: Owner,
        at: u32,
        decl: &'a ast::PropertyDecl,
    ) -> (Draws, Vec<(SmolStr, Span, Ty)>) {
        let (mut domains, mut binders) = (Vec::new(), Vec::new());
        for (pattern, domain) in &decl.binders {
            let mut body = Body::new(self, Env::new(module, owner, Site::World));
            let expr = body.domain(domain);
            let element = body.list_element(&expr);
            let (code, effects) = body.finish(Vec::new(), expr);
            self.effects.bodies.push((Actor::Property(owner, at), effects));
            let (name, span) = match &pattern.kind {
                ast::PatternKind::Bind(name) => (name.text.clone(), name.span),
                ast::PatternKind::Wildcard => ("_".into(), pattern.span),
                ast::PatternKind::Error => continue,
                _ => {
                    let message = "a liveness property draws into a name";
                    self.report(Diagnostic::error(codes::V0311, pattern.span, message));
                    ("_".into(), pattern.span)
                }
            };
            domains.push(code);
            binders.push((name, span, element));
        }
        let named = binders.iter().map(|(name, _, ty)| (name.clone(), ty.clone())).collect();
        (Draws { binders: named, domains }, binders)
    }

    fn claim(
        &mut self,
        module: usize,
        owner: Owner,
        at: u32,
        e: &ast::Expr,
        (name, binders): (&str, &[(SmolStr, Span, Ty)]),
    ) -> Code {
        let mut body = Body::new(self, Env::new(module, owner, Site::World));
        let params = body.binders(binders);
        let expr = body.cond(e);
        body.expect(&expr, &Ty::Bool, format_args!("the property `{name}`"));
        let (code, effects) = body.finish(params, expr);
        self.effects.bodies.push((Actor::Property(owner, at), effects));
        code
    }

    // ---- monitors ----

    fn monitor(&mut self, module: usize, owner: Owner, decl: &'a ast::MonitorDecl) {
        let mut fields: PrimaryMap<FieldId, Field> = PrimaryMap::new();
        let mut known: IndexMap<SmolStr, Span> = IndexMap::new();
        let scope = Env::new(module, owner, Site::Const).types();
        for state in &decl.state {
            self.capital(&state.name, "field", false);
            let mut field = self.state_field(&scope, state);
            if let Some(init) = &state.init {
                let what = format!("the initial value of `{}`", state.name.text);
                field.init =
                    self.const_code(Env::new(module, owner, Site::Const), init, &field.ty.clone(), &what);
            }
            if self.is_new(known.get(&state.name.text).copied(), &state.name, "field") {
                known.insert(state.name.text.clone(), state.name.span);
                fields.push(field);
            }
        }
        let state: Vec<(SmolStr, Ty)> =
            fields.values().map(|field| (field.name.clone(), field.ty.clone())).collect();
        let handlers = decl
            .handlers
            .iter()
            .map(|handler| self.monitor_handler(module, owner, &state, handler))
            .collect();
        let monitor = Monitor { name: decl.name.text.clone(), span: decl.name.span, fields, handlers };
        if let Some(members) = self.members_mut(owner) {
            members.monitors.push(monitor);
        }
    }

    fn monitor_handler(
        &mut self,
        module: usize,
        owner: Owner,
        state: &[(SmolStr, Ty)],
        decl: &'a ast::MonitorHandler,
    ) -> MonitorHandler {
        let mut env = Env::new(module, owner, Site::Monitor);
        env.monitor = state.to_vec();
        let mut body = Body::new(self, env);
        let mut params = Vec::new();
        let mut event = match &decl.event {
            ast::MonitorEvent::Step(_) => MonitorEvent::Step,
            ast::MonitorEvent::Input(pattern, at) => {
                let (pattern, kind) = body.watched(pattern, at.as_ref(), &Ty::Input, &mut params);
                MonitorEvent::Input(pattern, kind)
            }
            ast::MonitorEvent::Output(pattern, at) => {
                let (pattern, kind) = body.watched(pattern, at.as_ref(), &Ty::Output, &mut params);
                MonitorEvent::Output(pattern, kind)
            }
        };
        let guard = decl.guard.as_ref().map(|guard| body.guard(guard));
        let expr = body.action(&decl.body);
        let pattern = match &mut event {
            MonitorEvent::Input(pattern, _) | MonitorEvent::Output(pattern, _) => Some(pattern),
            MonitorEvent::Step => None,
        };
        let (code, guard, effects) = body.finish_handler(params, expr, guard, pattern);
        self.effects.bodies.push((Actor::Other(Site::Monitor.class()), effects));
        MonitorHandler { event, guard, code }
    }
}

impl Body<'_, '_> {
    /// What a monitor watches: the pattern, and the kind of the node.
    fn watched(
        &mut self,
        pattern: &ast::Pattern,
        at: Option<&ast::Binder>,
        ty: &Ty,
        params: &mut Vec<crate::hir::LocalId>,
    ) -> (Pattern, Option<KindId>) {
        let mut kind = None;
        let mut node_ty = Ty::Node;
        if let Some(written) = at.and_then(|binder| binder.ty.as_ref()) {
            let scope = self.env.types();
            let stated = self.cx.resolve_type(&scope, written);
            kind = self.cx.kind_of(self.env.owner, &stated).map(|(_, kind)| kind);
            if !self.infer.coerce(&stated, &Ty::Node) {
                self.mismatch(written.span, &stated, &Ty::Node, format_args!("where something is watched"));
            }
            node_ty = stated;
        }
        let node = match at {
            Some(binder) => {
                let id = self.new_local(&binder.name.text, binder.name.span, node_ty, false);
                self.name_local(&binder.name.text, id);
                id
            }
            None => self.new_local("", pattern.span, node_ty, false),
        };
        params.push(node);
        params.push(self.new_local("", pattern.span, ty.clone(), false));
        debug_assert!(index_of(node) == 0);
        (self.bind_pattern(pattern, ty, None), kind)
    }
}
