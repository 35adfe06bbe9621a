//! Tests and scripts: each step a rule and which of its firings is meant.

use super::body::Body;
use super::inputs::Inputs;
use super::{Evaluate, Lower};
use crate::hir::{self, Code, ExprKind, Subject, TestStep, TestStepKind, Ty};
use smol_str::SmolStr;
use verdi_core::{self as core, FuncId, Op, Operand, RuleId, Rvalue, Span, Value};
use verdi_diagnostics::{Diagnostic, codes};

/// A test in Core.
#[derive(Clone, Debug)]
pub struct LoweredTest {
    /// Its program; `None` where this version cannot run it.
    pub program: Option<core::Program>,
    /// Why not.
    pub reason: Option<String>,
    /// Its steps.
    pub steps: Vec<Step>,
}

/// A step of a test.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its source.
    pub span: Span,
    /// What it is.
    pub kind: StepKind,
}

/// See [`Step`].
#[derive(Clone, Debug)]
pub enum StepKind {
    /// A World function `() -> bool` that must hold.
    Expect(FuncId),
    /// The one firing of a rule for whose binders a World function answers `true`.
    Fire {
        /// The rule.
        rule: RuleId,
        /// World function of the rule's binders.
        select: FuncId,
    },
}

pub(super) fn lower_steps<'a>(
    program: &'a hir::Program,
    subject: &'a Subject,
    name: &SmolStr,
    network: Option<hir::NetworkId>,
    steps: &'a [TestStep],
    evaluate: Evaluate<'a>,
) -> Result<LoweredTest, Vec<Diagnostic>> {
    let not_run =
        |reason: &str| LoweredTest { program: None, reason: Some(reason.into()), steps: Vec::new() };
    let Some(network) = network else { return Ok(not_run("it names no network")) };
    let Some(mut lower) = Lower::open(program, subject, name, network, evaluate)? else {
        return Ok(not_run("its system is not known"));
    };
    let mut inputs = lower.step_inputs(steps);
    lower.system(&mut inputs);
    let steps = steps.iter().filter_map(|step| lower.step(step)).collect();
    Ok(LoweredTest { program: Some(lower.close()?), reason: None, steps })
}

impl<'a> Lower<'a> {
    /// The inputs that the steps give, from as many callers as they name.
    fn step_inputs(&mut self, steps: &'a [TestStep]) -> Inputs {
        let mut bodies: Vec<Vec<Value>> = vec![Vec::new(); self.members().inputs.len()];
        let mut callers = 1;
        for step in steps {
            let TestStepKind::Input { input, from, .. } = &step.kind else { continue };
            let ty = self.core.special.input;
            if let Some(Value::Data(tag, fields)) = self.constant_value(input, ty) {
                let value = Value::Data(tag, fields);
                let known = &mut bodies[tag as usize];
                if !known.contains(&value) {
                    known.push(value);
                }
            }
            if let Some(caller) =
                from.as_ref().and_then(|code| self.constant_count(code, "a caller's number", 63))
            {
                callers = callers.max(caller as u32 + 1);
            }
        }
        Inputs::new(bodies, callers)
    }

    fn step(&mut self, step: &'a TestStep) -> Option<Step> {
        let span = step.span;
        let kind = match &step.kind {
            TestStepKind::Expect(code) => StepKind::Expect(self.world_test("expect", code, &code.body)),
            TestStepKind::Input { input, at, from } => {
                let rule = self.step_rule(span, "input")?;
                let binder = [self.binder(rule, span, &Ty::Node)?, self.binder(rule, span, &Ty::Invocation)?];
                let select = self.binder_test("input", span, rule, |body, binders| {
                    body.input_step(span, binders, binder, input, at, from.as_ref())
                });
                StepKind::Fire { rule, select }
            }
            TestStepKind::Packet { rule, matches, from, to } => {
                let rule = self.step_rule(span, rule)?;
                let packet = self.binder(rule, span, &Ty::Packet)?;
                let select = self.binder_test("packet", span, rule, |body, binders| {
                    body.packet_step(span, binders[packet], matches, from, to)
                });
                StepKind::Fire { rule, select }
            }
            TestStepKind::Timeout { timer, at } => {
                let rule = self.step_rule(span, "timeout")?;
                let (node, which) =
                    (self.binder(rule, span, &Ty::Node)?, self.binder(rule, span, &Ty::Timer)?);
                let select = self.binder_test("timeout", span, rule, |body, binders| {
                    let wanted = body.lower.core.special.timer;
                    let wanted = body.constant(wanted, Value::Data(*timer, Vec::new().into()));
                    let at = body.closed(at);
                    body.all_equal(span, &[(binders[node], at), (binders[which], wanted)])
                });
                StepKind::Fire { rule, select }
            }
            TestStepKind::Rule { rule, args } => {
                let rule = self.step_rule(span, rule)?;
                let select = self.binder_test("step", span, rule, |body, binders| {
                    let args: Vec<_> = args.iter().map(|arg| body.closed(arg)).collect();
                    let pairs: Vec<_> = binders.iter().copied().zip(args).collect();
                    body.all_equal(span, &pairs)
                });
                StepKind::Fire { rule, select }
            }
        };
        Some(Step { span, kind })
    }

    fn step_rule(&mut self, span: Span, name: &str) -> Option<RuleId> {
        let rule = self.rule_named(name);
        if rule.is_none() {
            let network = &self.core.network;
            let rules: Vec<_> = network.rules.values().map(|rule| format!("`{}`", rule.name)).collect();
            let message = format!("the network `{}` has no rule `{name}`", network.name);
            let error = Diagnostic::error(codes::V0726, span, message)
                .note(format!("its rules are {}", rules.join(", ")));
            self.diagnostics.push(error);
        }
        rule
    }

    /// The first binder of a rule that is of a type.
    fn binder(&mut self, rule: RuleId, span: Span, ty: &Ty) -> Option<usize> {
        let rule = &self.hir.networks[self.network].rules[rule.as_u32() as usize];
        let position = rule.binders.iter().position(|(_, binder)| binder == ty);
        if position.is_none() {
            let message = format!("the rule `{}` cannot be written this way", rule.name);
            let error = Diagnostic::error(codes::V0726, span, message)
                .also(rule.span, "it draws other things")
                .note(format!("write `{}(…)` with a value for each of its binders", rule.name));
            self.diagnostics.push(error);
        }
        position
    }
}

impl<'a> Body<'_, 'a> {
    /// A piece of code without parameters, computed in line.
    fn closed(&mut self, code: &'a Code) -> Operand {
        self.enter(code);
        self.expr(&code.body)
    }

    fn all_equal(&mut self, span: Span, pairs: &[(Operand, Operand)]) -> Operand {
        let result = self.temp(self.lower.core.special.bool);
        let (no, yes) = (self.bool(false), self.bool(true));
        self.set(span, result, Rvalue::Use(no));
        self.scope(span, |body, differ| {
            for (a, b) in pairs {
                let equal = body.test(span, Op::Eq, vec![*a, *b]);
                body.leave_unless(span, equal, differ);
            }
            body.set(span, result, Rvalue::Use(yes));
        });
        Operand::Local(result)
    }

    fn input_step(
        &mut self,
        span: Span,
        binders: &[Operand],
        [node, invocation]: [usize; 2],
        input: &'a Code,
        at: &'a Code,
        from: Option<&'a Code>,
    ) -> Operand {
        let special = self.lower.core.special;
        let at = self.closed(at);
        let wanted = self.closed(input);
        let caller = match from.map(|code| (&code.body.kind, code)) {
            Some((ExprKind::Int(caller), _)) => *caller as u32,
            Some((_, code)) => self.lower.constant_count(code, "a caller's number", 63).unwrap_or(0) as u32,
            None => 0,
        };
        let caller = self.constant(special.caller, Value::Caller(caller));
        let wanted = self.assign(span, special.invocation, Rvalue::Make(0, vec![caller, wanted]));
        self.all_equal(span, &[(binders[node], at), (binders[invocation], wanted)])
    }

    fn packet_step(
        &mut self,
        span: Span,
        packet: Operand,
        matches: &'a Code,
        from: &'a Code,
        to: &'a Code,
    ) -> Operand {
        let (src, dst, message) =
            (self.get(span, packet, 0, 0), self.get(span, packet, 0, 1), self.get(span, packet, 0, 2));
        let (from, to) = (self.closed(from), self.closed(to));
        let message_ty = self.lower.core.special.message;
        self.enter(matches);
        if let Some(&parameter) = matches.params.first() {
            let local = self.temp(message_ty);
            self.set(span, local, Rvalue::Use(message));
            self.bind(parameter, local);
        }
        let result = self.temp(self.lower.core.special.bool);
        let (no, yes) = (self.bool(false), self.bool(true));
        self.set(span, result, Rvalue::Use(no));
        self.scope(span, |body, differs| {
            for (a, b) in [(src, from), (dst, to)] {
                let equal = body.test(span, Op::Eq, vec![a, b]);
                body.leave_unless(span, equal, differs);
            }
            body.condition(&matches.body, differs);
            body.set(span, result, Rvalue::Use(yes));
        });
        Operand::Local(result)
    }
}
