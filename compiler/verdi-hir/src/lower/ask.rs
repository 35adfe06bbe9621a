//! What a check asks: properties, bounds, the constraint.

use super::inputs::Inputs;
use super::{ExtraBound, Lower, NotRun, Options};
use crate::hir::{self, ClaimKind, Code, Expr, ExprKind, PropertyRef};
use smol_str::SmolStr;
use verdi_core::{self as core, Context, Expect, Fairness, FuncId, PropertyKind, RuleId, Span};
use verdi_diagnostics::{Diagnostic, codes};

mod live;

/// What a check asks beyond what is in its program.
#[derive(Default)]
pub(super) struct Asked {
    pub(super) not_run: Vec<NotRun>,
    pub(super) notes: Vec<String>,
    pub(super) faults_bounded: Vec<SmolStr>,
    pub(super) refinements: Vec<super::Refinement>,
}

impl<'a> Lower<'a> {
    pub(super) fn ask(&mut self, check: &'a hir::Check, inputs: &Inputs, options: &Options) -> Asked {
        let mut asked = Asked::default();
        self.properties(check, inputs.callers(), &mut asked);
        self.constraint(check);
        self.bounds(check, options, &mut asked);
        self.core.symmetric.clone_from(&check.symmetric);
        asked
    }

    fn properties(&mut self, check: &'a hir::Check, callers: u32, asked: &mut Asked) {
        let named = check
            .claims
            .iter()
            .any(|claim| matches!(&claim.kind, ClaimKind::Holds(_) | ClaimKind::Violates(_)));
        for claim in &check.claims {
            self.claim(check, claim, asked);
        }
        self.operations(check, callers);
        if !named {
            let members = self.members();
            for index in 0..members.properties.len() {
                self.named(&PropertyRef::Property(index as u32), Expect::Holds, check.span, asked);
            }
            for index in 0..members.monitors.len() {
                self.named(&PropertyRef::Monitor(index as u32), Expect::Holds, check.span, asked);
            }
        }
        if !self.core.properties.values().any(|property| property.kind == PropertyKind::NoFault) {
            self.built_in(PropertyKind::NoFault, Expect::Holds, check.span);
        }
    }

    /// What the check says of clients' operations. That they are `linearizable as M` may be said to be violated.
    fn operations(&mut self, check: &'a hir::Check, callers: u32) {
        let named = |claim: &hir::Claim| match &claim.kind {
            ClaimKind::Holds(PropertyRef::Linearizable) => Some((Expect::Holds, claim.span)),
            ClaimKind::Violates(PropertyRef::Linearizable) => Some((Expect::Violates, claim.span)),
            _ => None,
        };
        let named = check.claims.iter().find_map(named);
        let mut asked = check.claims.iter().filter_map(|claim| match &claim.kind {
            ClaimKind::Linearizable(subject) => Some((subject, claim.span)),
            _ => None,
        });
        match (asked.next(), named) {
            (Some((subject, span)), named) => {
                let expect = named.map_or(Expect::Holds, |(expect, _)| expect);
                self.linearizable(subject, callers, expect, span);
            }
            (None, Some((_, span))) => {
                let report = Diagnostic::error(codes::V0729, span, "the check names no machine");
                self.diagnostics.push(report.note("add a clause such as `linearizable as Register`"));
            }
            (None, None) => {}
        }
        if let Some((_, span)) = asked.next() {
            let message = "operations are held against one machine";
            self.diagnostics.push(Diagnostic::error(codes::V0729, span, message));
        }
    }

    fn claim(&mut self, check: &'a hir::Check, claim: &'a hir::Claim, asked: &mut Asked) {
        let mut not_run = |property: &str, what: &str| {
            asked.not_run.push(NotRun {
                property: property.into(),
                span: claim.span,
                reason: format!("this version does not check {what} yet"),
            });
        };
        match &claim.kind {
            ClaimKind::Holds(property) => self.named(property, Expect::Holds, claim.span, asked),
            ClaimKind::Violates(property) => self.named(property, Expect::Violates, claim.span, asked),
            ClaimKind::Reaches(name, code) => {
                let parts = vec![self.part(name, code, &code.body)];
                self.core.properties.push(core::Property {
                    name: name.clone(),
                    span: claim.span,
                    kind: PropertyKind::Reach,
                    expect: Expect::Holds,
                    parts,
                });
            }
            ClaimKind::DeadlockFree => self.built_in(PropertyKind::NoDeadlock, Expect::Holds, claim.span),
            ClaimKind::Refines(subject, Some(network), expect) => {
                asked.refinements.extend(self.refinement(check, subject, *network, (*expect, claim.span)));
            }
            ClaimKind::Refines(_, None, _) => {
                not_run("refines", "refinement under a network that it does not find")
            }
            // All that is said of operations is taken together.
            ClaimKind::Linearizable(_) => {}
        }
    }

    pub(super) fn named(&mut self, property: &PropertyRef, expect: Expect, span: Span, asked: &mut Asked) {
        match property {
            PropertyRef::NoFault => self.built_in(PropertyKind::NoFault, expect, span),
            PropertyRef::DeadlockFree => self.built_in(PropertyKind::NoDeadlock, expect, span),
            PropertyRef::Linearizable => {}
            PropertyRef::Monitor(index) => self.monitor(&self.members().monitors[*index as usize], expect),
            PropertyRef::Property(index) => {
                let property = &self.members().properties[*index as usize];
                match &property.kind {
                    hir::PropertyKind::Invariant { inductive, code } => {
                        if *inductive {
                            asked.notes.push(format!(
                                "`{}` is checked in every world reached; that it is inductive is not checked yet",
                                property.name
                            ));
                        }
                        self.invariant(property, code, expect);
                    }
                    hir::PropertyKind::LeadsTo(draws, p, q) => {
                        self.live(property, (PropertyKind::LeadsTo, expect), draws, &[p, q]);
                    }
                    hir::PropertyKind::Eventually(draws, p) => {
                        self.live(property, (PropertyKind::Eventually, expect), draws, &[p]);
                    }
                }
            }
        }
    }

    fn invariant(&mut self, property: &'a hir::Property, code: &'a Code, expect: Expect) {
        let mut parts = Vec::new();
        self.parts(&property.name, code, &code.body, &mut parts);
        self.core.properties.push(core::Property {
            name: property.name.clone(),
            span: property.span,
            kind: PropertyKind::Invariant,
            expect,
            parts,
        });
    }

    /// Cuts a conjunction into its parts, where no part binds what a later one reads.
    fn parts(&mut self, name: &str, code: &'a Code, expr: &'a Expr, parts: &mut Vec<core::PropertyPart>) {
        match &expr.kind {
            ExprKind::And(a, b) if !binds(a) => {
                self.parts(name, code, a, parts);
                self.parts(name, code, b, parts);
            }
            _ => {
                let part = self.part(name, code, expr);
                parts.push(part);
            }
        }
    }

    fn part(&mut self, name: &str, code: &'a Code, expr: &'a Expr) -> core::PropertyPart {
        let func = self.world_test(name, code, expr);
        core::PropertyPart { func, span: expr.span }
    }

    /// A World function `() -> bool` of one expression of some code.
    pub(super) fn world_test(&mut self, name: &str, code: &'a Code, expr: &'a Expr) -> FuncId {
        let bool = self.core.special.bool;
        let mut body = super::body::Body::new(self, Context::World);
        body.enter(code);
        let value = body.expr(expr);
        body.emit(expr.span, core::StmtKind::Return(Some(value)));
        let function = body.finish(name, expr.span, Some(bool));
        self.core.functions.push(function)
    }

    fn built_in(&mut self, kind: PropertyKind, expect: Expect, span: Span) {
        let name = match kind {
            PropertyKind::NoFault => PropertyKind::NO_FAULT,
            _ => PropertyKind::DEADLOCK_FREE,
        };
        self.core.properties.push(core::Property {
            name: name.into(),
            span,
            kind,
            expect,
            parts: Vec::new(),
        });
    }

    fn constraint(&mut self, check: &'a hir::Check) {
        if check.constraints.is_empty() {
            return;
        }
        let bool = self.core.special.bool;
        let mut body = super::body::Body::new(self, Context::World);
        body.scope(check.span, |body, fails| {
            for constraint in &check.constraints {
                body.enter(constraint);
                body.condition(&constraint.body, fails);
            }
            let holds = body.bool(true);
            body.emit(check.span, core::StmtKind::Return(Some(holds)));
        });
        let fails = body.bool(false);
        body.emit(check.span, core::StmtKind::Return(Some(fails)));
        let function = body.finish("constraint", check.span, Some(bool));
        self.core.constraint = Some(self.core.functions.push(function));
    }

    fn bounds(&mut self, check: &'a hir::Check, options: &Options, asked: &mut Asked) {
        for bound in &check.bounds {
            let what = format!("the bound on `{}`", bound.rule);
            let Some(limit) = self.constant_count(&bound.limit, &what, u64::from(u32::MAX)) else { continue };
            if let Some(rule) = self.rule_named(&bound.rule) {
                self.core.bounds.push(core::Bound {
                    rule,
                    limit,
                    per_node: bound.per_node,
                    span: bound.span,
                });
            }
        }
        for extra in &options.bounds {
            self.extra_bound(extra, check.span);
        }
        if let Some(limit) = options.faults_max {
            self.bound_faults(limit, check.span, asked);
        }
        let packets = check
            .packets_max
            .as_ref()
            .and_then(|code| self.constant_count(code, "the bound on packets", u64::MAX));
        let depth = check
            .depth_max
            .as_ref()
            .and_then(|code| self.constant_count(code, "the bound on depth", u64::MAX));
        self.core.packets_max = options.packets_max.or(packets);
        self.core.depth_max = options.depth_max.or(depth);
    }

    fn extra_bound(&mut self, extra: &ExtraBound, span: Span) {
        let Some(rule) = self.rule_named(&extra.rule) else { return };
        self.core.bounds.retain(|bound| bound.rule != rule);
        self.core.bounds.push(core::Bound { rule, limit: extra.limit, per_node: extra.per_node, span });
    }

    /// Bounds every rule that need not ever fire and that nothing bounds yet.
    fn bound_faults(&mut self, limit: u64, span: Span, asked: &mut Asked) {
        let faults: Vec<_> = self
            .core
            .network
            .rules
            .iter()
            .filter(|(id, rule)| {
                rule.fairness == Fairness::None && !self.core.bounds.iter().any(|bound| bound.rule == *id)
            })
            .map(|(id, rule)| (id, rule.name.clone()))
            .collect();
        for (rule, name) in faults {
            self.core.bounds.push(core::Bound { rule, limit, per_node: false, span });
            asked.faults_bounded.push(name);
        }
    }

    pub(super) fn rule_named(&self, name: &str) -> Option<RuleId> {
        self.core.network.rules.iter().find(|(_, rule)| rule.name == name).map(|(id, _)| id)
    }
}

/// Whether a condition binds variables for what stands on its right.
fn binds(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Is(..) => true,
        ExprKind::And(a, b) => binds(a) || binds(b),
        _ => false,
    }
}
