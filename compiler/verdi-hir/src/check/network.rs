//! Networks: `extends` flattened, `restrict` turned into guards.

use super::Checker;
use super::body::{Body, Env, Site};
use super::effects::Actor;
use super::scope::Owner;
use super::suggest::did_you_mean;
use crate::hir::{Code, Expr, ExprKind, NetVar, Network, NetworkId, Rule, Stmt, StmtKind, Ty};
use smol_str::SmolStr;
use verdi_core::{Fairness, PacketStore};
use verdi_diagnostics::{Diagnostic, Span, codes};
use verdi_syntax::ast::{self, NetworkItem};

impl<'a> Checker<'a> {
    /// Checks every network, those that others extend first.
    pub(super) fn networks(&mut self) {
        for index in self.extended_first() {
            self.network(index);
        }
    }

    /// The order in which networks extend one another; a cycle is reported and cut.
    fn extended_first(&mut self) -> Vec<usize> {
        let mut order: Vec<usize> = Vec::new();
        let mut done = vec![false; self.work.networks.len()];
        for first in 0..self.work.networks.len() {
            let mut path: Vec<usize> = Vec::new();
            let mut at = Some(first);
            while let Some(index) = at.filter(|&index| !done[index]) {
                if path.contains(&index) {
                    let decl = self.work.networks[index].decl;
                    let message = format!("the network `{}` extends itself", decl.name.text);
                    self.report(Diagnostic::error(codes::V0510, decl.name.span, message));
                    break;
                }
                path.push(index);
                at = self
                    .base_of(index)
                    .and_then(|id| self.work.networks.iter().position(|work| work.id == id));
            }
            for index in path.into_iter().rev() {
                done[index] = true;
                order.push(index);
            }
        }
        order
    }

    fn base_of(&self, index: usize) -> Option<NetworkId> {
        let work = &self.work.networks[index];
        self.find_network(work.module, &work.decl.extends.as_ref()?.text)
    }

    pub(super) fn find_network(&self, module: usize, name: &str) -> Option<NetworkId> {
        self.visible(module).find_map(|module| module.networks.get(name).copied())
    }

    /// The network of a name; reports if there is none.
    pub(super) fn network_named(&mut self, module: usize, name: &ast::Name) -> Option<NetworkId> {
        if let Some(id) = self.find_network(module, &name.text) {
            return Some(id);
        }
        let known: Vec<SmolStr> =
            self.visible(module).flat_map(|module| module.networks.keys().cloned()).collect();
        let report =
            Diagnostic::error(codes::V0210, name.span, format!("there is no network `{}`", name.text));
        let mut report = did_you_mean(report, name.span, &name.text, known.iter().map(SmolStr::as_str));
        if report.mend.is_none() && !known.is_empty() {
            report = report
                .note(format!("there are {}", super::suggest::listed(known.iter().map(SmolStr::as_str))));
        }
        self.report(report);
        None
    }

    fn network(&mut self, index: usize) {
        let (id, decl, module) = {
            let work = &self.work.networks[index];
            (work.id, work.decl, work.module)
        };
        let base = decl
            .extends
            .as_ref()
            .and_then(|base| self.network_named(module, base))
            .filter(|base| *base != id);
        if let Some(base) = base {
            let base: Network = self.program.networks[base].clone();
            let own = &mut self.program.networks[id];
            (own.packets, own.vars, own.rules) = (base.packets, base.vars, base.rules);
        }
        self.packet_store(id, decl);
        if let Some(base) = base {
            self.inherited_heads(base, id);
        }
        for item in &decl.items {
            if let NetworkItem::Var(var) = item {
                self.net_var(id, module, var);
            }
        }
        for item in &decl.items {
            if let NetworkItem::Rule(rule) = item {
                self.rule(id, module, rule);
            }
        }
        for item in &decl.items {
            if let NetworkItem::Restrict(restrict) = item {
                self.restrict(id, module, restrict);
            }
        }
    }

    fn packet_store(&mut self, id: NetworkId, decl: &'a ast::NetworkDecl) {
        let mut stated: Option<Span> = None;
        for item in &decl.items {
            let NetworkItem::Packets(name) = item else { continue };
            self.is_new(stated, name, "kind of packets");
            stated = Some(name.span);
            self.program.networks[id].packets = match name.text.as_str() {
                "bag" => PacketStore::Bag,
                "fifo" => PacketStore::Fifo,
                "set" => PacketStore::Set,
                _ => {
                    let message = format!("packets are not kept in a `{}`", name.text);
                    let report = Diagnostic::error(codes::V0513, name.span, message)
                        .note("`bag`: a multiset; `fifo`: a queue for each pair of nodes; `set`: everything sent stays deliverable");
                    self.report(did_you_mean(report, name.span, &name.text, ["bag", "fifo", "set"]));
                    continue;
                }
            };
        }
        if stated.is_none() && decl.extends.is_none() {
            let message = format!("the network `{}` does not say how packets are kept", decl.name.text);
            self.report(
                Diagnostic::error(codes::V0513, decl.name.span, message)
                    .note("write `packets: bag`, `packets: fifo` or `packets: set`"),
            );
        }
    }

    fn net_var(&mut self, id: NetworkId, module: usize, state: &'a ast::StateDecl) {
        self.capital(&state.name, "variable", false);
        let scope = Env::new(module, Owner::Network(id), Site::Const).types();
        let field = self.state_field(&scope, state);
        let known = self.program.networks[id].vars.iter().any(|var| var.name == state.name.text);
        if known {
            let message = format!("the network already has a variable `{}`", state.name.text);
            self.report(Diagnostic::error(codes::V0205, state.name.span, message));
            return;
        }
        let Some(init) = &state.init else { return };
        let what = format!("the initial value of `{}`", state.name.text);
        let init = self.const_code(Env::new(module, Owner::Network(id), Site::Const), init, &field.ty, &what);
        self.program.networks[id].vars.push(NetVar { name: field.name, ty: field.ty, init });
    }

    fn rule_env(id: NetworkId, module: usize) -> Env {
        let mut env = Env::new(module, Owner::Network(id), Site::Rule);
        env.network = Some(id);
        env
    }

    fn rule(&mut self, id: NetworkId, module: usize, decl: &'a ast::RuleDecl) {
        self.capital(&decl.name, "rule", false);
        let known = self.program.networks[id]
            .rules
            .iter()
            .find(|rule| rule.name == decl.name.text)
            .map(|rule| rule.span);
        if let Some(known) = known {
            let message = format!("the network already has a rule `{}`", decl.name.text);
            self.report(
                Diagnostic::error(codes::V0511, decl.name.span, message)
                    .also(known, "it is declared here")
                    .note("`restrict` adds a condition to a rule that is inherited"),
            );
            return;
        }
        let mut binders: Vec<(SmolStr, Span, Ty)> = Vec::new();
        let mut domains = Vec::new();
        for (pattern, domain) in &decl.binders {
            let (code, element) = self.rule_domain(id, module, &binders, domain);
            let (name, span) = match &pattern.kind {
                ast::PatternKind::Bind(name) => (name.text.clone(), name.span),
                ast::PatternKind::Wildcard => ("_".into(), pattern.span),
                ast::PatternKind::Error => continue,
                _ => {
                    let message = "a rule draws into a name; take the value apart in its body";
                    self.report(Diagnostic::error(codes::V0311, pattern.span, message));
                    ("_".into(), pattern.span)
                }
            };
            binders.push((name, span, element));
            domains.push(code);
        }
        let guards = decl.guard.iter().map(|guard| self.rule_guard(id, module, &binders, guard)).collect();
        let body = self.rule_body(id, module, &binders, decl);
        let rule = Rule {
            name: decl.name.text.clone(),
            span: decl.name.span,
            doc: decl.doc.clone(),
            fairness: match decl.fairness {
                ast::Fairness::None => Fairness::None,
                ast::Fairness::Weak => Fairness::Weak,
                ast::Fairness::Strong => Fairness::Strong,
            },
            binders: binders.into_iter().map(|(name, _, ty)| (name, ty)).collect(),
            domains,
            guards,
            body,
        };
        self.program.networks[id].rules.push(rule);
    }

    /// Where a binder is drawn from, and the type of what is drawn.
    fn rule_domain(
        &mut self,
        id: NetworkId,
        module: usize,
        binders: &[(SmolStr, Span, Ty)],
        domain: &ast::Expr,
    ) -> (Code, Ty) {
        let mut body = Body::new(self, Self::rule_env(id, module));
        let params = body.binders(binders);
        let mut expr = body.valued(|b| b.expr(domain, None));
        if let ExprKind::Packets = expr.kind {
            expr.kind = ExprKind::DistinctPackets;
        }
        let element = body.element_ty(&expr, "draw from");
        if let Ty::Map(..) = body.infer.shallow(&expr.ty) {
            body.error(
                codes::V0316,
                expr.span,
                "a rule draws from a list or a set; of a map take `keys()` or `values()`",
            );
        }
        let element = body.infer.resolve(&element);
        let (code, effects) = body.finish(params, expr);
        self.rule_effects(id, effects);
        (code, element)
    }

    fn rule_effects(&mut self, id: NetworkId, effects: super::effects::Effects) {
        if let Some(span) = effects.heads {
            self.work.heads.push((id, span));
            self.heads_of_queues(id, span);
        }
        self.effects.bodies.push((Actor::Other(Site::Rule.class()), effects));
    }

    fn heads_of_queues(&mut self, id: NetworkId, span: Span) {
        if self.program.networks[id].packets != PacketStore::Fifo {
            let message =
                format!("the network `{}` has no queues of packets", self.program.networks[id].name);
            self.report(
                Diagnostic::error(codes::V0517, span, message)
                    .note("`heads` needs `packets: fifo`; of a bag or set draw from `packets`"),
            );
        }
    }

    /// Rules that are inherited may draw from the heads of queues, which a change of the packets takes away.
    fn inherited_heads(&mut self, base: NetworkId, id: NetworkId) {
        if let Some((_, span)) = self.work.heads.iter().copied().find(|(network, _)| *network == base) {
            self.work.heads.push((id, span));
            self.heads_of_queues(id, self.program.networks[id].span);
        }
    }

    fn rule_guard(
        &mut self,
        id: NetworkId,
        module: usize,
        binders: &[(SmolStr, Span, Ty)],
        guard: &ast::Expr,
    ) -> Code {
        let mut body = Body::new(self, Self::rule_env(id, module));
        let params = body.binders(binders);
        let expr = body.guard(guard);
        let (code, effects) = body.finish(params, expr);
        self.rule_effects(id, effects);
        code
    }

    fn rule_body(
        &mut self,
        id: NetworkId,
        module: usize,
        binders: &[(SmolStr, Span, Ty)],
        decl: &'a ast::RuleDecl,
    ) -> Code {
        let mut body = Body::new(self, Self::rule_env(id, module));
        let params = body.binders(binders);
        let expr = body.action(&decl.body);
        if let Err(event) = events(&expr, false) {
            body.report(
                Diagnostic::error(codes::V0416, event.span, event.why)
                    .note("a step of the world is one event: write a rule for each"),
            );
        }
        let (code, effects) = body.finish(params, expr);
        self.rule_effects(id, effects);
        code
    }

    fn restrict(&mut self, id: NetworkId, module: usize, decl: &'a ast::RestrictDecl) {
        let rules = &self.program.networks[id].rules;
        let Some(at) = rules.iter().position(|rule| rule.name == decl.rule.text) else {
            let known: Vec<SmolStr> = rules.iter().map(|rule| rule.name.clone()).collect();
            let message = format!("the network has no rule `{}` to restrict", decl.rule.text);
            let report = Diagnostic::error(codes::V0502, decl.rule.span, message);
            self.report(did_you_mean(
                report,
                decl.rule.span,
                &decl.rule.text,
                known.iter().map(SmolStr::as_str),
            ));
            return;
        };
        let drawn = rules[at].binders.clone();
        if drawn.len() != decl.binders.len() {
            let names = drawn.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
            let message = format!("the rule `{}` draws ({names}): name each of them", decl.rule.text);
            self.report(Diagnostic::error(codes::V0512, decl.span, message));
            return;
        }
        let binders: Vec<(SmolStr, Span, Ty)> = decl
            .binders
            .iter()
            .zip(drawn)
            .map(|(name, (_, ty))| (name.text.clone(), name.span, ty))
            .collect();
        let code = self.rule_guard(id, module, &binders, &decl.guard);
        self.program.networks[id].rules[at].guards.push(code);
    }
}

/// The position in a rule's binders of the node it acts on: its first node, or else its first packet.
pub(super) fn acts_on(rule: &Rule) -> Option<usize> {
    let first = |wanted: Ty| rule.binders.iter().position(|(_, ty)| *ty == wanted);
    first(Ty::Node).or_else(|| first(Ty::Packet))
}

impl Body<'_, '_> {
    /// What the binders of a rule are called. They may all be needed by others, so none must be used.
    pub(super) fn binders(&mut self, binders: &[(SmolStr, Span, Ty)]) -> Vec<crate::hir::LocalId> {
        let declare = |(name, span, ty): &(SmolStr, Span, Ty)| {
            let id = self.declare_param(name, *span, ty.clone());
            self.info[id].exempt = true;
            id
        };
        binders.iter().map(declare).collect()
    }
}

/// Why an event may not stand where it does.
struct Misplaced {
    span: Span,
    why: &'static str,
}

/// How many events happen on the longest way through: at most one.
fn events(e: &Expr, looped: bool) -> Result<usize, Misplaced> {
    match &e.kind {
        ExprKind::Block(stmts, result) => {
            let mut sum = 0;
            for stmt in stmts {
                let own = events_of(stmt, looped)?;
                if sum + own > 1 {
                    return Err(Misplaced {
                        span: stmt.span,
                        why: "a rule makes one event happen, and this is a second",
                    });
                }
                sum += own;
            }
            let last = result.as_ref().map_or(Ok(0), |result| events(result, looped))?;
            Ok(sum + last)
        }
        ExprKind::If(_, then, other) => {
            let then = events(then, looped)?;
            Ok(then.max(other.as_ref().map_or(Ok(0), |other| events(other, looped))?))
        }
        ExprKind::Match(_, arms) => {
            arms.iter().try_fold(0, |most, arm| Ok(most.max(events(&arm.body, looped)?)))
        }
        _ => Ok(0),
    }
}

fn events_of(stmt: &Stmt, looped: bool) -> Result<usize, Misplaced> {
    match &stmt.kind {
        StmtKind::FireInput(..)
        | StmtKind::FireDeliver(_)
        | StmtKind::FireTimeout(..)
        | StmtKind::FireCrash(_)
        | StmtKind::FireReboot(_) => {
            if looped {
                return Err(Misplaced {
                    span: stmt.span,
                    why: "a rule makes one event happen, so none stands in a loop",
                });
            }
            Ok(1)
        }
        StmtKind::Expr(e) => events(e, looped),
        StmtKind::For(_, _, body) => events(body, true),
        _ => Ok(0),
    }
}
