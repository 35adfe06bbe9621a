//! The network: its variables and rules.

use super::Lower;
use super::body::Body;
use super::types::Substitution;
use crate::hir::{self, Code, Ty};
use verdi_core::{self as core, ActsOn, Context, FuncId, Operand, Span, StmtKind, VarId};
use verdi_diagnostics::{Diagnostic, codes};

impl<'a> Lower<'a> {
    /// Lowers the network at hand. All of its functions see the whole network: variables come first.
    pub(super) fn network(&mut self) {
        let network = &self.hir.networks[self.network];
        self.core.network.name = network.name.clone();
        self.core.network.packets = network.packets;
        for var in &network.vars {
            let ty = self.ty_with(&var.ty, &Substitution::default());
            let init = self.add_function(&var.name, Context::Pure, &var.init, Some(ty));
            self.core.network.vars.push(core::Var { name: var.name.clone(), ty, init });
        }
        for rule in &network.rules {
            let rule = self.rule(rule);
            self.core.network.rules.push(rule);
        }
    }

    fn rule(&mut self, rule: &'a hir::Rule) -> core::Rule {
        let mut binders = Vec::new();
        for ((name, ty), domain) in rule.binders.iter().zip(&rule.domains) {
            let ty = self.ty_with(ty, &Substitution::default());
            let domain = self.domain_function(&format!("{}.{name}", rule.name), domain, ty);
            binders.push(core::RuleBinder { name: name.clone(), ty, domain });
        }
        let body = self.add_function(&rule.name, Context::Rule, &rule.body, None);
        core::Rule {
            name: rule.name.clone(),
            span: rule.span,
            fairness: rule.fairness,
            guard: self.guard(rule, &binders),
            acts_on: acts_on(rule),
            binders,
            body,
        }
    }

    fn domain_function(&mut self, name: &str, domain: &'a Code, element: core::TyId) -> FuncId {
        let result = self.list_of(element);
        let mut body = Body::new(self, Context::World);
        body.enter_with_params(domain);
        let list = body.iterable(&domain.body);
        body.emit(domain.body.span, StmtKind::Return(Some(list)));
        let function = body.finish(name, domain.body.span, Some(result));
        self.core.functions.push(function)
    }

    /// The rule's own guard and every restriction, in one function.
    fn guard(&mut self, rule: &'a hir::Rule, binders: &[core::RuleBinder]) -> Option<FuncId> {
        if rule.guards.is_empty() {
            return None;
        }
        let bool = self.core.special.bool;
        let mut body = Body::new(self, Context::World);
        let params: Vec<_> = binders.iter().map(|binder| body.param(&binder.name, binder.ty)).collect();
        body.scope(rule.span, |body, fails| {
            for guard in &rule.guards {
                body.enter(guard);
                for (variable, local) in guard.params.iter().zip(&params) {
                    body.bind(*variable, *local);
                }
                body.condition(&guard.body, fails);
            }
            let holds = body.bool(true);
            body.emit(rule.span, StmtKind::Return(Some(holds)));
        });
        let fails = body.bool(false);
        body.emit(rule.span, StmtKind::Return(Some(fails)));
        let function = body.finish(&format!("{}.when", rule.name), rule.span, Some(bool));
        Some(self.core.functions.push(function))
    }

    pub(super) fn net_var(&self, name: &str) -> Option<VarId> {
        self.core.network.vars.iter().find(|(_, var)| var.name == name).map(|(id, _)| id)
    }

    pub(super) fn no_net_var(&mut self, span: Span, name: &str) {
        let network = &self.core.network.name;
        let error = Diagnostic::error(
            codes::V0725,
            span,
            format!("the network `{network}` has no variable `{name}`"),
        )
        .label("read here")
        .note(format!("a property that reads `{name}` can be checked only under a network that declares it"));
        self.diagnostics.push(error);
    }

    /// A World function of a rule's binders that answers with what `write` computes.
    pub(super) fn binder_test(
        &mut self,
        name: &str,
        span: Span,
        rule: core::RuleId,
        write: impl FnOnce(&mut Body<'_, 'a>, &[Operand]) -> Operand,
    ) -> FuncId {
        let bool = self.core.special.bool;
        let binders = self.core.network.rules[rule].binders.clone();
        let mut body = Body::new(self, Context::World);
        let params: Vec<_> =
            binders.iter().map(|binder| Operand::Local(body.param(&binder.name, binder.ty))).collect();
        let result = write(&mut body, &params);
        body.emit(span, StmtKind::Return(Some(result)));
        let function = body.finish(name, span, Some(bool));
        self.core.functions.push(function)
    }
}

/// The node that a firing acts on: the first binder that is a node, or else the destination of the first that
/// is a packet.
fn acts_on(rule: &hir::Rule) -> Option<ActsOn> {
    let position = |wanted: Ty| rule.binders.iter().position(|(_, ty)| *ty == wanted);
    position(Ty::Node).map(ActsOn::Node).or_else(|| position(Ty::Packet).map(ActsOn::PacketDst))
}
