//! Names of values: variables, state, parameters, kinds, and the few that are built in.

use super::body::{Body, Site};
use super::cond::is_capital;
use super::ctor::Upper;
use super::effects::NetVarRead;
use super::expr::{error, make};
use super::scope::Owner;
use super::signatures::index_of;
use super::suggest::did_you_mean;
use crate::hir::{Durability, Expr, ExprKind, FieldId, FnId, KindId, ProcId, Ty};
use cranelift_entity::EntityRef;
use smol_str::SmolStr;
use verdi_core::Op;
use verdi_diagnostics::{Diagnostic, Span, codes};
use verdi_syntax::ast;

/// Names that the language gives a meaning in some bodies.
const BUILTIN_VALUES: &[&str] = &["self", "packets", "trace", "nodes", "inner"];

impl Body<'_, '_> {
    #[inline(never)]
    pub(super) fn name(&mut self, name: &ast::Name, hint: Option<&Ty>) -> Expr {
        if is_capital(&name.text) { self.upper_name(name, hint) } else { self.lower_name(name) }
    }

    fn upper_name(&mut self, name: &ast::Name, hint: Option<&Ty>) -> Expr {
        if name.text == "Node" && self.cx.members(self.env.owner).is_some() {
            return make(name.span, Ty::List(Box::new(Ty::Node)), ExprKind::Nodes(None));
        }
        match self.upper(name, hint) {
            None => error(name.span),
            Some(Upper::Ctor(ctor)) => self.construct(name.span, name.span, ctor, None, hint),
            Some(Upper::Kind(kind)) => self.kind_value(name.span, kind),
        }
    }

    /// The list of a kind's nodes, or the one node of a single kind.
    pub(super) fn kind_value(&mut self, span: Span, kind: KindId) -> Expr {
        let ty = self.cx.kind_ty(self.env.owner, kind);
        if self.cx.is_single(self.env.owner, kind) {
            return make(span, ty, ExprKind::SingleNode(kind));
        }
        make(span, Ty::List(Box::new(ty)), ExprKind::Nodes(Some(kind)))
    }

    fn lower_name(&mut self, name: &ast::Name) -> Expr {
        let span = name.span;
        if let Some(id) = self.find_local(&name.text) {
            self.info[id].used = true;
            if let Some(ghost) = self.info[id].ghost {
                self.taint.get_or_insert(ghost);
            }
            return make(span, self.locals[id].ty.clone(), ExprKind::Local(id));
        }
        if name.text == "self" {
            return self.self_node(span);
        }
        if let Some(expr) =
            self.own_field(name).or_else(|| self.value_param(name)).or_else(|| self.net_var(name))
        {
            return expr;
        }
        match name.text.as_str() {
            "packets" => self.packets(span),
            "trace" => self.trace(span),
            "nodes" if self.in_network() => make(span, Ty::List(Box::new(Ty::Node)), ExprKind::Nodes(None)),
            "inner" => self.inner_state(span),
            _ => self.not_a_value(name),
        }
    }

    /// Whether this stands in a rule, or in the initial value of a network's variable.
    fn in_network(&self) -> bool {
        self.env.site == Site::Rule
            || (self.env.site == Site::Const && matches!(self.env.owner, Owner::Network(_)))
    }

    fn self_node(&mut self, span: Span) -> Expr {
        if let (Some(kind), false) = (self.env.kind, matches!(self.env.site, Site::Fn | Site::World)) {
            return make(span, self.cx.kind_ty(self.env.owner, kind), ExprKind::SelfNode);
        }
        let report = Diagnostic::error(codes::V0414, span, "there is no `self` here");
        self.report(match self.env.site {
            Site::Fn => report.note("a function sees its parameters alone: pass the node to it"),
            _ => report.note("`self` is the node that runs a handler or a proc"),
        });
        error(span)
    }

    fn is_at_node(&self) -> bool {
        matches!(self.env.site, Site::Handler | Site::Proc(_))
    }

    fn own_field(&mut self, name: &ast::Name) -> Option<Expr> {
        if self.env.site == Site::Monitor {
            let at = self.env.monitor.iter().position(|(field, _)| *field == name.text)?;
            return Some(make(name.span, self.env.monitor[at].1.clone(), ExprKind::Field(FieldId::new(at))));
        }
        let kind = self.env.kind.filter(|_| self.is_at_node())?;
        let (id, ty, durability) = self.cx.field_named(self.env.owner, kind, &name.text)?;
        self.cx.used.fields.insert((self.env.owner, kind, index_of(id)));
        if durability == Durability::Ghost {
            self.taint.get_or_insert(name.span);
        }
        Some(make(name.span, ty, ExprKind::Field(id)))
    }

    fn value_param(&mut self, name: &ast::Name) -> Option<Expr> {
        let params = self.cx.value_params(self.env.owner);
        let at = params.iter().take(self.env.params_seen).position(|param| param.name == name.text)?;
        let ty = self.env.here(params[at].ty.clone());
        self.cx.used.params.insert((self.env.owner, at as u32));
        Some(make(name.span, ty, ExprKind::Param(at as u32)))
    }

    fn net_var(&mut self, name: &ast::Name) -> Option<Expr> {
        let sees = matches!(self.env.site, Site::World | Site::Rule | Site::Monitor)
            || self.env.site == Site::Fn
                && matches!(self.env.owner, Owner::System(_) | Owner::Transformer(_));
        if !sees {
            return None;
        }
        let ty = match self.env.network {
            Some(id) => {
                let vars = &self.cx.program.networks[id].vars;
                vars.iter().find(|var| var.name == name.text).map(|var| var.ty.clone())?
            }
            None => {
                let mut networks =
                    self.cx.visible(self.env.module).flat_map(|module| module.networks.values());
                networks.find_map(|id| {
                    let vars = &self.cx.program.networks[*id].vars;
                    vars.iter().find(|var| var.name == name.text).map(|var| var.ty.clone())
                })?
            }
        };
        if self.env.site == Site::Fn {
            self.effects.world.get_or_insert(name.span);
        }
        self.effects.net_vars.push(NetVarRead { name: name.text.clone(), ty: ty.clone(), span: name.span });
        Some(make(name.span, ty, ExprKind::NetVar(name.text.clone())))
    }

    /// Whether the world may be read here; if not, says why.
    pub(super) fn reads_world(&mut self, span: Span, what: &str) -> bool {
        match self.env.site {
            Site::World | Site::Monitor | Site::Lift => true,
            Site::Rule => true,
            Site::Fn if self.cx.members(self.env.owner).is_some() => {
                self.effects.world.get_or_insert(span);
                true
            }
            Site::Handler | Site::Proc(_) => {
                self.report(
                    Diagnostic::error(codes::V0410, span, format!("a node does not see {what}"))
                        .note("only properties see the whole world; a node knows its own state and what messages tell it"),
                );
                false
            }
            Site::Fn | Site::Const => {
                self.error(codes::V0410, span, format!("{what} can only be read in a property or a rule"));
                false
            }
        }
    }

    fn packets(&mut self, span: Span) -> Expr {
        if !self.reads_world(span, "the packets in flight") {
            return error(span);
        }
        make(span, Ty::List(Box::new(Ty::Packet)), ExprKind::Packets)
    }

    fn trace(&mut self, span: Span) -> Expr {
        if self.env.site == Site::Rule {
            self.error(codes::V0410, span, "a network does not see the history of inputs and outputs");
            return error(span);
        }
        if !self.reads_world(span, "the history of inputs and outputs") {
            return error(span);
        }
        make(span, Ty::List(Box::new(Ty::Event)), ExprKind::Trace)
    }

    fn inner_state(&mut self, span: Span) -> Expr {
        if self.in_transformer() && self.is_at_node() {
            return make(span, Ty::Subject(crate::hir::SubjectTy::State), ExprKind::InnerState(None));
        }
        self.report(
            Diagnostic::error(codes::V0413, span, "there is no `inner` here")
                .note("`inner` is the wrapped node, in the handlers of a transformer's `node for S.Node`"),
        );
        error(span)
    }

    /// Says what a name is that is no value here.
    fn not_a_value(&mut self, name: &ast::Name) -> Expr {
        let key = name.text.as_str();
        if self.find_fn(key).is_some() || self.find_proc(key).is_some() {
            self.report(
                Diagnostic::error(codes::V0213, name.span, format!("`{key}` is a function, not a value"))
                    .mend("call it", name.span.after(), "()"),
            );
            return error(name.span);
        }
        if self.is_at_node()
            && let Some((kind, field)) = self.foreign_field(key)
        {
            self.report(
                Diagnostic::error(
                    codes::V0404,
                    name.span,
                    format!("`{key}` is a field of `{kind}`, not of this node"),
                )
                .also(field, "declared here")
                .note("a node sees its own state alone; of others it learns by messages"),
            );
            return error(name.span);
        }
        if self.env.site == Site::World
            && let Some((kind, _)) = self.foreign_field(key)
        {
            self.report(
                Diagnostic::error(
                    codes::V0201,
                    name.span,
                    format!("`{key}` is a field of every `{kind}`: say of which node"),
                )
                .note(format!("such as `forall n in {kind}: … n.{key} …`")),
            );
            return error(name.span);
        }
        if self.env.site == Site::Fn
            && let Some((kind, field)) = self.foreign_field(key)
        {
            let message = format!("a function does not see the field `{key}` of `{kind}`");
            self.report(
                Diagnostic::error(codes::V0404, name.span, message)
                    .also(field, "declared here")
                    .note("a function sees its parameters alone: pass the value to it, or write a `proc`"),
            );
            return error(name.span);
        }
        if self.env.site == Site::Const
            && self.env.kind.is_some_and(|kind| self.cx.field_named(self.env.owner, kind, key).is_some())
        {
            self.report(
                Diagnostic::error(
                    codes::V0201,
                    name.span,
                    format!("an initial value cannot read the field `{key}`"),
                )
                .note("it may use `self` and the system's parameters"),
            );
            return error(name.span);
        }
        if self.holes {
            return error(name.span);
        }
        let known = self.lower_names();
        let report = Diagnostic::error(codes::V0201, name.span, format!("there is no `{key}` here"));
        let capital = self.upper_names(None);
        let all = known.iter().chain(&capital).map(SmolStr::as_str);
        self.report(did_you_mean(report, name.span, key, all));
        error(name.span)
    }

    /// A kind of this system that has such a field.
    fn foreign_field(&self, name: &str) -> Option<(SmolStr, Span)> {
        let members = self.cx.members(self.env.owner)?;
        members.kinds.values().find_map(|kind| {
            let field = kind.fields.values().find(|field| field.name == name)?;
            Some((kind.name.clone(), field.span))
        })
    }

    /// Every name of a value that starts small.
    fn lower_names(&self) -> Vec<SmolStr> {
        let mut names: Vec<SmolStr> =
            self.scopes.iter().rev().flatten().map(|(name, _)| name.clone()).collect();
        if let Some(kind) = self.env.kind.filter(|_| self.is_at_node())
            && let Some(members) = self.cx.members(self.env.owner)
        {
            names.extend(members.kinds[kind].fields.values().map(|field| field.name.clone()));
        }
        names.extend(self.env.monitor.iter().map(|(name, _)| name.clone()));
        names.extend(self.cx.value_params(self.env.owner).iter().map(|param| param.name.clone()));
        if let Some(id) = self.env.network {
            names.extend(self.cx.program.networks[id].vars.iter().map(|var| var.name.clone()));
        }
        names.extend(BUILTIN_VALUES.iter().map(|name| SmolStr::new_static(name)));
        names
    }

    // ---- functions ----

    /// A function of a name: of the node, of the system, of the file, of the library.
    pub(super) fn find_fn(&self, name: &str) -> Option<FnId> {
        let own = self.cx.owner(self.env.owner);
        let of_node = own.and_then(|owner| {
            let kind = self.env.kind?;
            owner.node_fns.iter().find(|(k, n, _)| *k == kind && n == name).map(|(_, _, id)| *id)
        });
        of_node
            .or_else(|| own.and_then(|owner| owner.fns.get(name).copied()))
            .or_else(|| self.cx.visible(self.env.module).find_map(|module| module.fns.get(name).copied()))
    }

    /// A proc of the kind at hand.
    pub(super) fn find_proc(&self, name: &str) -> Option<ProcId> {
        let kind = self.env.kind?;
        let procs = &self.cx.members(self.env.owner)?.kinds[kind].procs;
        procs.iter().find(|(_, proc)| proc.name == name).map(|(id, _)| id)
    }

    /// Every name that can be called.
    pub(super) fn callable_names(&self) -> Vec<SmolStr> {
        let mut names = Vec::new();
        if let Some(owner) = self.cx.owner(self.env.owner) {
            let of_node = owner.node_fns.iter().filter(|(kind, ..)| Some(*kind) == self.env.kind);
            names.extend(of_node.map(|(_, name, _)| name.clone()));
            names.extend(owner.fns.keys().cloned());
        }
        if let (Some(kind), Some(members)) = (self.env.kind, self.cx.members(self.env.owner)) {
            names.extend(members.kinds[kind].procs.values().map(|proc| proc.name.clone()));
        }
        names.extend(self.cx.visible(self.env.module).flat_map(|module| module.fns.keys().cloned()));
        names.extend(Op::ALL.iter().filter_map(|op| match op.info().surface {
            verdi_core::Surface::Function(name) => Some(SmolStr::new_static(name)),
            _ => None,
        }));
        if self.env.site == Site::Rule {
            names.extend(["inputs".into(), "timers".into(), "packet".into()]);
        }
        names
    }
}
