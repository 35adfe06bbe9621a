//! Bodies of systems: initial values, functions, procs, handlers, properties.

use super::Checker;
use super::body::{Body, Env, Site};
use super::collect::NodeWork;
use super::effects::{Actor, Effects};
use super::expr::{Want, unit};
use super::scope::Owner;
use super::signatures::param_tys;
use crate::hir::{Code, FieldId, KindId, LocalId, ProcId, Ty};
use cranelift_entity::EntityRef;
use indexmap::IndexMap;
use smol_str::SmolStr;
use verdi_diagnostics::Span;
use verdi_syntax::ast::{self, NodeHead, NodeItem, SystemBody};

impl<'a> Checker<'a> {
    /// The third pass.
    pub(super) fn bodies(&mut self) {
        self.fn_bodies();
        for i in 0..self.work.systems.len() {
            let (id, decl, module) = {
                let work = &self.work.systems[i];
                (work.id, work.decl, work.module)
            };
            self.default_bodies(module, Owner::System(id), &decl.params);
            if let SystemBody::Application(e) = &decl.body {
                let subject = self.subject(module, Owner::System(id), e);
                self.program.systems[id].alias = Some(subject);
            }
        }
        for i in 0..self.work.transformers.len() {
            let (id, decl, module) = {
                let work = &self.work.transformers[i];
                (work.id, work.decl, work.module)
            };
            self.default_bodies(module, Owner::Transformer(id), &decl.params);
            self.transformer_head(id, module, decl);
        }
        for i in 0..self.work.nodes.len() {
            self.node_bodies(i);
        }
        for i in 0..self.work.systems.len() {
            let (id, decl, module) = {
                let work = &self.work.systems[i];
                (work.id, work.decl, work.module)
            };
            if let SystemBody::Members(items) = &decl.body {
                self.properties(module, Owner::System(id), items);
            }
        }
        for i in 0..self.work.transformers.len() {
            let (id, decl, module) = {
                let work = &self.work.transformers[i];
                (work.id, work.decl, work.module)
            };
            self.properties(module, Owner::Transformer(id), &decl.items);
            self.lift(id, module, decl);
        }
    }

    /// Code that is one expression without parameters.
    pub(super) fn const_code(&mut self, env: Env, e: &ast::Expr, ty: &Ty, what: &str) -> Code {
        let actor = match env.network {
            Some(network) if env.site == Site::World => Actor::Under(network),
            _ => Actor::Other(env.site.class()),
        };
        let mut body = Body::new(self, env);
        let expr = body.scoped(|b| {
            if *ty == Ty::Bool {
                let expr = b.cond(e);
                b.expect(&expr, ty, format_args!("{what}"));
                expr
            } else {
                b.check(e, ty, format_args!("{what}"))
            }
        });
        let (code, effects) = body.finish(Vec::new(), expr);
        self.effects.bodies.push((actor, effects));
        code
    }

    fn default_bodies(&mut self, module: usize, owner: Owner, params: &'a [ast::Param]) {
        for (i, param) in params.iter().enumerate() {
            let Some(default) = &param.default else { continue };
            let Some(ty) = self.value_params(owner).get(i).map(|param| param.ty.clone()) else { continue };
            let mut env = Env::new(module, owner, Site::Const);
            env.params_seen = i;
            let code = self.const_code(env, default, &ty, &format!("the default of `{}`", param.name.text));
            match owner {
                Owner::System(id) => self.program.systems[id].params[i].default = Some(code),
                Owner::Transformer(id) => self.program.transformers[id].params[i].default = Some(code),
                Owner::Module | Owner::Network(_) => {}
            }
        }
    }

    fn fn_bodies(&mut self) {
        let work = std::mem::take(&mut self.work.fns);
        for item in &work {
            let mut env = Env::new(item.module, item.owner, Site::Fn);
            env.kind = item.kind;
            env.ty_params = item.params.clone();
            let params = param_tys(&self.program.fns[item.id].code);
            let result = self.program.fns[item.id].result.clone();
            let mut body = Body::new(self, env);
            let ids = body.parameters(&params, &item.decl.params);
            let what = format!("the function `{}`", item.decl.name.text);
            let expr = body.body_of(&item.decl.body, &result, item.decl.name.span, &what);
            let (code, effects) = body.finish(ids, expr);
            self.program.fns[item.id].code = code;
            self.effects.bodies.push((Actor::Fn(item.id), effects));
        }
        self.work.fns = work;
    }

    fn node_bodies(&mut self, index: usize) {
        let NodeWork { owner, kind, decl, module } = self.work.nodes[index];
        if let NodeHead::Kind(_, Some(count)) = &decl.head {
            let code =
                self.const_code(Env::new(module, owner, Site::Const), count, &Ty::Int, "the number of nodes");
            if let Some(members) = self.members_mut(owner) {
                members.kinds[kind].count = Some(code);
            }
        }
        self.proc_bodies(module, owner, kind, decl);
        let mut seen: Vec<SmolStr> = Vec::new();
        let mut handlers = Vec::new();
        for item in &decl.items {
            match item {
                NodeItem::State(state) if !seen.contains(&state.name.text) => {
                    let field = FieldId::new(seen.len());
                    seen.push(state.name.text.clone());
                    self.initial_value(module, owner, kind, field, state);
                }
                NodeItem::Handler(handler) => handlers.extend(self.handler(module, owner, kind, handler)),
                _ => {}
            }
        }
        self.shadowed_handlers(owner, &handlers);
        if let Some(members) = self.members_mut(owner) {
            members.kinds[kind].handlers = handlers;
        }
    }

    fn initial_value(
        &mut self,
        module: usize,
        owner: Owner,
        kind: KindId,
        field: FieldId,
        state: &'a ast::StateDecl,
    ) {
        let Some(ty) =
            self.members(owner).and_then(|m| m.kinds[kind].fields.get(field)).map(|f| f.ty.clone())
        else {
            return;
        };
        // The parser has said where one is missing.
        let Some(init) = &state.init else { return };
        let env = Env::new(module, owner, Site::Const).at_kind(kind);
        let code = self.const_code(env, init, &ty, &format!("the initial value of `{}`", state.name.text));
        if let Some(members) = self.members_mut(owner) {
            members.kinds[kind].fields[field].init = code;
        }
    }

    /// Procs, those that others call first, so that it is known what a call does.
    fn proc_bodies(&mut self, module: usize, owner: Owner, kind: KindId, decl: &'a ast::NodeDecl) {
        let mut procs: IndexMap<SmolStr, &'a ast::ProcDecl> = IndexMap::new();
        for item in &decl.items {
            if let NodeItem::Proc(proc) = item {
                procs.entry(proc.name.text.clone()).or_insert(proc);
            }
        }
        for name in self.callees_first(&procs) {
            let proc = procs[&name];
            self.proc_body(module, owner, kind, proc);
        }
    }

    /// The order of a depth-first walk over who names whom in its text.
    fn callees_first(&self, procs: &IndexMap<SmolStr, &'a ast::ProcDecl>) -> Vec<SmolStr> {
        let mut order: Vec<SmolStr> = Vec::new();
        let mut entered: Vec<SmolStr> = Vec::new();
        for first in procs.keys() {
            let mut stack = vec![(first.clone(), false)];
            while let Some((name, done)) = stack.pop() {
                if done {
                    order.push(name);
                    continue;
                }
                if entered.contains(&name) {
                    continue;
                }
                entered.push(name.clone());
                stack.push((name.clone(), true));
                let text = self.text_of(procs[&name].body.span);
                let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
                stack.extend(
                    words.filter(|word| procs.contains_key(*word)).map(|word| (SmolStr::new(word), false)),
                );
            }
        }
        order
    }

    fn proc_body(&mut self, module: usize, owner: Owner, kind: KindId, decl: &'a ast::ProcDecl) {
        let Some(members) = self.members(owner) else { return };
        let Some((id, proc)) = members.kinds[kind].procs.iter().find(|(_, proc)| proc.name == decl.name.text)
        else {
            return;
        };
        let (params, result): (_, Option<Ty>) = (param_tys(&proc.code), proc.result.clone());
        let mut body = Body::new(self, Env::new(module, owner, Site::Proc(id)).at_kind(kind));
        let ids = body.parameters(&params, &decl.params);
        let what = format!("the proc `{}`", decl.name.text);
        let expr = match &result {
            Some(result) => body.body_of(&decl.body, result, decl.name.span, &what),
            None => body.block(&decl.body, Want::Nothing),
        };
        let (code, effects) = body.finish(ids, expr);
        if let Some(members) = self.members_mut(owner) {
            members.kinds[kind].procs[id].code = code;
        }
        self.note_proc(owner, kind, id, effects);
    }

    fn note_proc(&mut self, owner: Owner, kind: KindId, id: ProcId, effects: Effects) {
        self.effects.procs.insert((owner, kind, id), effects.clone());
        self.effects.bodies.push((Actor::Proc(owner, kind, id), effects));
    }

    /// Whether a kind is declared without a count.
    pub(super) fn is_single(&self, owner: Owner, kind: KindId) -> bool {
        let written = self.work.nodes.iter().find(|work| work.owner == owner && work.kind == kind);
        match written {
            Some(work) => matches!(work.decl.head, NodeHead::Kind(_, None)),
            None => self
                .members(owner)
                .is_some_and(|m| m.kinds[kind].count.is_none() && !m.kinds[kind].wraps_subject),
        }
    }

    /// The source of a span, on one line.
    pub(super) fn text_of(&self, span: Span) -> SmolStr {
        let source = self.sources.iter().find(|source| source.file == span.file);
        let text =
            source.and_then(|source| source.text.get(span.start as usize..span.end as usize)).unwrap_or("");
        text.split_whitespace().collect::<Vec<_>>().join(" ").into()
    }
}

impl Body<'_, '_> {
    /// The parameters of a function or proc.
    pub(super) fn parameters(&mut self, params: &[(SmolStr, Ty)], written: &[ast::Param]) -> Vec<LocalId> {
        let span = |i: usize| written.get(i).map_or(Span::default(), |param| param.name.span);
        params
            .iter()
            .enumerate()
            .map(|(i, (name, ty))| self.declare_param(name, span(i), ty.clone()))
            .collect()
    }

    /// The body of a handler or rule, which has no value.
    pub(super) fn action(&mut self, block: &ast::Block) -> crate::hir::Expr {
        let body = self.block(block, Want::Nothing);
        debug_assert!(body.ty == unit());
        body
    }
}
