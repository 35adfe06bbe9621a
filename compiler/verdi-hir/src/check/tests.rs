//! Tests and scripts: rules that fire, one after the other, and expectations between them.

use super::Checker;
use super::body::Body;
use super::checks::About;
use super::effects::Actor;
use super::expr::make;
use super::scope::{ModuleScope, Owner, OwnerScope, TypeName};
use super::suggest::{did_you_mean, listed};
use crate::hir::{
    Code, CtorRef, ExprKind, NetworkId, Program, Rule, Subject, Test, TestStep, TestStepKind, Ty,
};
use smol_str::SmolStr;
use verdi_diagnostics::{Diagnostic, Span, codes};
use verdi_syntax::ast;

impl<'a> Checker<'a> {
    pub(super) fn test_decl(&mut self, module: usize, decl: &'a ast::TestDecl) -> Test {
        let subject = self.subject(module, Owner::Module, &decl.subject);
        let network = self.network_named(module, &decl.network);
        let about = self.about(module, subject, network);
        let steps = decl.steps.iter().filter_map(|step| self.step(&about, step)).collect();
        Test {
            title: decl.title.0.clone(),
            span: decl.span,
            subject_text: self.text_of(decl.subject.span),
            subject: about.subject,
            network,
            steps,
        }
    }

    /// A checker that knows a program that was checked before.
    pub(super) fn of_program(program: Program) -> Checker<'static> {
        let mut checker = Checker::new(&[]);
        let mut module = ModuleScope::default();
        for (id, ty) in &program.types {
            let system = ty.system.map(Owner::System);
            let scope = system.map(|owner| checker.owners.entry(owner).or_default());
            let types = scope.map_or(&mut module.types, |scope| &mut scope.types);
            types.entry(ty.name.clone()).or_insert(TypeName::Data(id));
        }
        for (id, def) in &program.fns {
            let system = def.system.map(Owner::System);
            let scope = system.map(|owner| checker.owners.entry(owner).or_default());
            scope.map_or(&mut module.fns, |scope| &mut scope.fns).entry(def.name.clone()).or_insert(id);
        }
        for (id, system) in &program.systems {
            let scope = checker.owners.entry(Owner::System(id)).or_default();
            scope.kinds = system.members.kinds.iter().map(|(id, kind)| (kind.name.clone(), id)).collect();
            module.systems.entry(system.name.clone()).or_insert(id);
        }
        module.networks = program.networks.iter().map(|(id, network)| (network.name.clone(), id)).collect();
        for (id, transformer) in &program.transformers {
            checker.owners.insert(Owner::Transformer(id), OwnerScope::default());
            module.transformers.insert(transformer.name.clone(), id);
        }
        checker.program = program;
        checker.modules.push(module);
        checker.index_constructors();
        checker
    }

    /// The steps of a script.
    pub(super) fn script(
        &mut self,
        subject: &Subject,
        network: Option<NetworkId>,
        steps: &[ast::TestStep],
    ) -> Vec<TestStep> {
        let about = self.about(0, subject.clone(), network);
        steps.iter().filter_map(|step| self.step(&about, step)).collect()
    }

    fn step(&mut self, about: &About, step: &ast::TestStep) -> Option<TestStep> {
        // Of a subject that was not found one error is enough.
        about.system?;
        let kind = match &step.kind {
            ast::TestStepKind::Error => return None,
            ast::TestStepKind::Expect(e) => {
                TestStepKind::Expect(self.const_code(about.world(), e, &Ty::Bool, "what is expected"))
            }
            ast::TestStepKind::Input { input, at, from } => {
                self.input_step(about, step.span, input, at, from.as_ref())?
            }
            ast::TestStepKind::Packet { rule, message, from, to } => {
                self.packet_step(about, rule, message, from, to)?
            }
            ast::TestStepKind::Timeout { timer, at } => self.timeout_step(about, step.span, timer, at)?,
            ast::TestStepKind::Rule { rule, args } => self.rule_step(about, rule, args)?,
        };
        Some(TestStep { span: step.span, kind })
    }

    /// Whether the network has a rule that draws such values; reports if it does not.
    fn needs_rule(&mut self, about: &About, span: Span, name: &str, drawn: &Ty) -> bool {
        let Some(network) = about.network else { return true };
        let network = &self.program.networks[network];
        if network
            .rules
            .iter()
            .any(|rule| rule.name == name && rule.binders.iter().any(|(_, ty)| ty == drawn))
        {
            return true;
        }
        let message = format!("the network `{}` has no rule `{name}`", network.name);
        let rules: Vec<SmolStr> = network.rules.iter().map(|rule| rule.name.clone()).collect();
        let note = format!("its rules are {}", listed(rules.iter().map(SmolStr::as_str)));
        self.report(Diagnostic::error(codes::V0502, span, message).note(note));
        false
    }

    fn input_step(
        &mut self,
        about: &About,
        span: Span,
        input: &ast::Expr,
        at: &ast::Expr,
        from: Option<&ast::Expr>,
    ) -> Option<TestStepKind> {
        let known = self.needs_rule(about, Span { end: span.start + 5, ..span }, "input", &Ty::Invocation);
        let input = self.const_code(about.world(), input, &Ty::Input, "an input");
        let at = self.const_code(about.world(), at, &Ty::Node, "where the input goes");
        let from =
            from.map(|from| self.const_code(about.constant(), from, &Ty::Int, "the number of the caller"));
        self.input_fits(about, &input, &at);
        known.then_some(TestStepKind::Input { input, at, from })
    }

    /// The node's kind must declare the input.
    fn input_fits(&mut self, about: &About, input: &Code, at: &Code) {
        let (ExprKind::Make(CtorRef::Input(which), _), Some((owner, kind))) =
            (&input.body.kind, self.kind_of(about.owner(), &at.body.ty))
        else {
            return;
        };
        let Some(members) = self.members(owner) else { return };
        if members.kinds[kind].inputs.contains(which) {
            return;
        }
        let message = format!(
            "`{}` is not an input of `{}`",
            members.inputs[*which as usize].name, members.kinds[kind].name
        );
        let own: Vec<SmolStr> =
            members.kinds[kind].inputs.iter().map(|&at| members.inputs[at as usize].name.clone()).collect();
        let mut report = Diagnostic::error(codes::V0405, input.body.span, message);
        if !own.is_empty() {
            report = report.note(format!("it takes {}", listed(own.iter().map(SmolStr::as_str))));
        }
        self.report(report);
    }

    fn packet_step(
        &mut self,
        about: &About,
        rule: &ast::Name,
        message: &ast::Pattern,
        from: &ast::Expr,
        to: &ast::Expr,
    ) -> Option<TestStepKind> {
        let found = self.rule_named(about, rule);
        if let Some(found) = &found
            && !matches!(found.binders.as_slice(), [(_, Ty::Packet)])
        {
            let message = format!("the rule `{}` does not draw one packet", rule.text);
            self.report(Diagnostic::error(codes::V0509, rule.span, message).note(usage(found)));
            return None;
        }
        let matches = self.packet_pattern(about, message);
        let from = self.const_code(about.world(), from, &Ty::Node, "the source of a packet");
        let to = self.const_code(about.world(), to, &Ty::Node, "the destination of a packet");
        found?;
        Some(TestStepKind::Packet { rule: rule.text.clone(), matches, from, to })
    }

    /// `message -> bool`: whether a packet's body is meant.
    fn packet_pattern(&mut self, about: &About, pattern: &ast::Pattern) -> Code {
        let mut body = Body::new(self, about.world());
        let message = body.new_local("", pattern.span, Ty::Message, false);
        let mut matched = body.bind_pattern(pattern, &Ty::Message, None);
        for id in body.locals.keys() {
            body.info[id].exempt = true;
        }
        matched.span = pattern.span;
        let subject = make(pattern.span, Ty::Message, ExprKind::Local(message));
        let expr = make(pattern.span, Ty::Bool, ExprKind::Is(Box::new(subject), matched));
        let (code, effects) = body.finish(vec![message], expr);
        self.effects.bodies.push((Actor::Other(super::body::Site::World.class()), effects));
        code
    }

    fn timeout_step(
        &mut self,
        about: &About,
        span: Span,
        timer: &ast::Name,
        at: &ast::Expr,
    ) -> Option<TestStepKind> {
        let known = self.needs_rule(about, Span { end: span.start + 7, ..span }, "timeout", &Ty::Timer);
        let at = self.const_code(about.world(), at, &Ty::Node, "where the timer fires");
        let members = self.members(about.owner())?;
        let kind = self.kind_of(about.owner(), &at.body.ty).map(|(_, kind)| kind);
        let candidates: Vec<u32> = match kind {
            Some(kind) => members.kinds[kind].timers.clone(),
            None => (0..members.timers.len() as u32).collect(),
        };
        let name_of = |at: u32| members.timers[at as usize].name.clone();
        if let Some(found) = candidates.iter().copied().find(|&at| name_of(at) == timer.text) {
            return known.then_some(TestStepKind::Timeout { timer: found, at });
        }
        let names: Vec<SmolStr> = candidates.into_iter().map(name_of).collect();
        let message = format!("there is no timer `{}` there", timer.text);
        let report = Diagnostic::error(codes::V0212, timer.span, message);
        self.report(did_you_mean(report, timer.span, &timer.text, names.iter().map(SmolStr::as_str)));
        None
    }

    fn rule_named(&mut self, about: &About, name: &ast::Name) -> Option<Rule> {
        let network = about.network?;
        let found = self.program.networks[network].rules.iter().find(|rule| rule.name == name.text).cloned();
        if found.is_none() {
            self.unknown_rule(network, name, &[]);
        }
        found
    }

    fn rule_step(&mut self, about: &About, name: &ast::Name, args: &[ast::Expr]) -> Option<TestStepKind> {
        let rule = self.rule_named(about, name)?;
        if rule.binders.len() != args.len() || rule.binders.iter().any(|(_, ty)| *ty == Ty::Invocation) {
            let message = format!("the rule `{}` is not fired like this", name.text);
            self.report(Diagnostic::error(codes::V0509, name.span, message).note(usage(&rule)));
            return None;
        }
        let mut values = Vec::new();
        for (arg, (binder, ty)) in args.iter().zip(&rule.binders) {
            values.push(self.const_code(
                about.world(),
                arg,
                ty,
                &format!("`{binder}` of the rule `{}`", name.text),
            ));
        }
        Some(TestStepKind::Rule { rule: name.text.clone(), args: values })
    }
}

/// How a rule is written as a step.
fn usage(rule: &Rule) -> String {
    let name = &rule.name;
    let has = |wanted: Ty| rule.binders.iter().any(|(_, ty)| *ty == wanted);
    if has(Ty::Invocation) {
        return format!("write `{name} Acquire at Client[0]`, for example");
    }
    if let [(_, Ty::Packet)] = rule.binders.as_slice() {
        return format!("write `{name} Lock from Client[0] to Server`, for example");
    }
    if rule.binders.is_empty() {
        return format!("it draws nothing: write `{name}`");
    }
    let binders: Vec<&str> = rule.binders.iter().map(|(binder, _)| binder.as_str()).collect();
    format!("it draws {}: write `{name}({})`", listed(binders.iter().copied()), binders.join(", "))
}
