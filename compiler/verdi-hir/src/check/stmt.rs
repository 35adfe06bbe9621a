//! Statements.

use super::body::{Body, Site};
use super::cond::is_capital;
use super::expr::{Want, make, unit};
use super::place::error_stmt;
use super::scope::Sent;
use super::suggest::{did_you_mean, listed};
use crate::hir::{CtorRef, Expr, ExprKind, Pattern, PatternKind, Stmt, StmtKind, SubjectTy, Ty};
use smol_str::SmolStr;
use verdi_diagnostics::{Diagnostic, Span, codes};
use verdi_syntax::ast;

impl Body<'_, '_> {
    #[inline(never)]
    pub(super) fn stmt(&mut self, s: &ast::Stmt) -> Stmt {
        let kind = match &s.kind {
            ast::StmtKind::Let(pattern, ty, e) => self.let_stmt(pattern, ty.as_ref(), e),
            ast::StmtKind::Var(name, ty, e) => self.var_stmt(name, ty.as_ref(), e),
            ast::StmtKind::Assign(place, e) => self.assign(s.span, place, e),
            ast::StmtKind::Expr(e) => self.expr_stmt(e),
            ast::StmtKind::Send(e, to) => self.send(s.span, e, to),
            ast::StmtKind::Broadcast(e, to) => self.broadcast(s.span, e, to),
            ast::StmtKind::Output(e, to) => self.output(s.span, e, to.as_ref()),
            ast::StmtKind::Start(timer) => self.timer(s.span, timer, true),
            ast::StmtKind::Stop(timer) => self.timer(s.span, timer, false),
            ast::StmtKind::For(pattern, e, body) => self.for_stmt(pattern, e, body),
            ast::StmtKind::Assert(e, why) => self.assert(e, why.as_ref()),
            ast::StmtKind::Return(e) => self.return_stmt(s.span, e.as_ref()),
            ast::StmtKind::FireInput(..)
            | ast::StmtKind::FireDeliver(_)
            | ast::StmtKind::FireTimeout(..)
            | ast::StmtKind::FireCrash(_)
            | ast::StmtKind::FireReboot(_) => self.fire(s),
            ast::StmtKind::Error => {
                self.holes = true;
                error_stmt(s.span)
            }
        };
        Stmt { span: s.span, kind }
    }

    /// The value of a `let` or `var`, and where ghost state goes into it.
    fn bound_value(&mut self, ty: Option<&ast::Type>, e: &ast::Expr) -> (Expr, Ty, Option<Span>) {
        let scope = self.env.types();
        let stated = ty.map(|ty| self.cx.resolve_type(&scope, ty));
        let (expr, ghost) = self.tracked(|b| match &stated {
            Some(stated) => b.check(e, stated, format_args!("this value")),
            None => b.expr(e, None),
        });
        let ty = stated.unwrap_or_else(|| expr.ty.clone());
        if self.infer.shallow(&ty) == unit() && !matches!(expr.kind, ExprKind::Tuple(_)) {
            self.error(codes::V0323, expr.span, "this has no value to bind");
        }
        (expr, ty, ghost.or(self.ghost_control))
    }

    fn let_stmt(&mut self, pattern: &ast::Pattern, ty: Option<&ast::Type>, e: &ast::Expr) -> StmtKind {
        let (expr, ty, ghost) = self.bound_value(ty, e);
        let pattern = self.bind_pattern(pattern, &ty, ghost);
        StmtKind::Let(pattern, expr)
    }

    fn var_stmt(&mut self, name: &ast::Name, ty: Option<&ast::Type>, e: &ast::Expr) -> StmtKind {
        let (expr, ty, ghost) = self.bound_value(ty, e);
        let id = self.declare(name, ty.clone(), true);
        self.info[id].ghost = ghost;
        StmtKind::Let(Pattern { span: name.span, ty, kind: PatternKind::Bind(id) }, expr)
    }

    fn assign(&mut self, span: Span, place: &ast::Expr, e: &ast::Expr) -> StmtKind {
        let Some(target) = self.place(place) else {
            self.expr(e, None);
            return error_stmt(span);
        };
        let ty = target.ty.clone();
        let (value, ghost) = self.tracked(|b| b.check(e, &ty, format_args!("the new value")));
        self.change(span, &target, ghost);
        StmtKind::Assign(target.place, value)
    }

    // ---- expressions as statements ----

    /// An expression whose value is not wanted.
    pub(super) fn expr_for_effect(&mut self, e: &ast::Expr) -> Expr {
        match &e.kind {
            ast::ExprKind::If(..) | ast::ExprKind::Match(..) | ast::ExprKind::Block(_) => self.control(e),
            _ => {
                let kind = self.expr_stmt(e);
                match kind {
                    StmtKind::Expr(expr) => expr,
                    kind => make(e.span, unit(), ExprKind::Block(vec![Stmt { span: e.span, kind }], None)),
                }
            }
        }
    }

    fn control(&mut self, e: &ast::Expr) -> Expr {
        match &e.kind {
            ast::ExprKind::If(c, then, other) => {
                self.if_expr(e.span, c, then, other.as_deref(), Want::Nothing)
            }
            ast::ExprKind::Match(a, arms) => self.match_expr(e.span, a, arms, Want::Nothing),
            ast::ExprKind::Block(block) => self.block(block, Want::Nothing),
            _ => self.expr(e, None),
        }
    }

    #[inline(never)]
    pub(super) fn expr_stmt(&mut self, e: &ast::Expr) -> StmtKind {
        match &e.kind {
            ast::ExprKind::If(..) | ast::ExprKind::Match(..) | ast::ExprKind::Block(_) => {
                StmtKind::Expr(self.control(e))
            }
            ast::ExprKind::Call(callee, args) => self.call_stmt(e, callee, args),
            ast::ExprKind::Error => error_stmt(e.span),
            _ => self.dropped(e),
        }
    }

    fn call_stmt(&mut self, e: &ast::Expr, callee: &ast::Expr, args: &[ast::Arg]) -> StmtKind {
        if let ast::ExprKind::Field(receiver, name) = &callee.kind {
            if let ast::ExprKind::Name(root) = &receiver.kind
                && root.text == "packets"
                && self.env.site == Site::Rule
                && self.find_local("packets").is_none()
                && (name.text == "add" || name.text == "remove")
            {
                return self.packets_stmt(e.span, name, args);
            }
            if Self::is_mutator(&name.text)
                && super::place::root_name(receiver).is_some_and(|root| self.is_place_root(root))
            {
                return self.update(e.span, receiver, name, args);
            }
        }
        let before = self.cx.diagnostics.len();
        let expr = self.expr(e, None);
        let effect = matches!(expr.kind, ExprKind::CallProc(..) | ExprKind::Inner(..) | ExprKind::Error);
        if !effect && self.cx.diagnostics.len() == before {
            self.report_dropped(e, &expr);
        }
        StmtKind::Expr(expr)
    }

    /// Whether a name leads to something that is stored: then a mutator's statement is meant to change it, and
    /// is told if it cannot be.
    fn is_place_root(&self, root: &str) -> bool {
        self.find_local(root).is_some() || !is_capital(root) || self.env.kind.is_some()
    }

    fn dropped(&mut self, e: &ast::Expr) -> StmtKind {
        let before = self.cx.diagnostics.len();
        let expr = self.expr(e, None);
        if self.cx.diagnostics.len() == before && expr.ty != Ty::Error {
            self.report_dropped(e, &expr);
        }
        StmtKind::Expr(expr)
    }

    fn report_dropped(&mut self, e: &ast::Expr, expr: &Expr) {
        let mut report = Diagnostic::error(codes::V0412, e.span, "the value of this is not used");
        report = match &expr.kind {
            ExprKind::Op(verdi_core::Op::Eq, _) => report.note("to change something, write `:=`"),
            ExprKind::Op(op, _) if matches!(op.info().surface, verdi_core::Surface::Mutator(_)) => {
                report.note("it makes a new value and changes nothing: only what is stored in a field or `var` is changed in place")
            }
            ExprKind::Call(..) => report.note("a function has no effect: use what it gives, or leave the call out"),
            ExprKind::Make(CtorRef::Message(_), _) => report.note("to send a message, write `send … to …`"),
            ExprKind::Make(CtorRef::Output(_), _) => report.note("to give it to the outside world, write `output …`"),
            _ => report.note("a statement is there for what it does; bind the value with `let`, or leave it out"),
        };
        self.report(report);
    }

    // ---- what nodes do ----

    fn send(&mut self, span: Span, e: &ast::Expr, to: &ast::Expr) -> StmtKind {
        if !self.node_statement(span, "`send`") {
            return error_stmt(span);
        }
        let (message, ghost) = self.tracked(|b| b.message(e));
        let (node, to_ghost) = self.tracked(|b| b.check(to, &Ty::Node, format_args!("the receiver")));
        self.real_effect(span, "what is sent");
        self.real_value(e.span, ghost, "a message");
        self.real_value(to.span, to_ghost, "whom a message is sent to");
        self.sent(&message, &node.ty);
        StmtKind::Send(message, node)
    }

    /// What is sent: a message of this system.
    fn message(&mut self, e: &ast::Expr) -> Expr {
        self.check(e, &Ty::Message, format_args!("what is sent"))
    }

    fn sent(&mut self, message: &Expr, to: &Ty) {
        let which = match &message.kind {
            ExprKind::Make(CtorRef::Message(at), _) => Some(*at),
            ExprKind::Error => return,
            _ => None,
        };
        let owner = self.env.owner;
        let to = match self.infer.resolve(to) {
            Ty::Error => return,
            Ty::List(t) | Ty::Set(t) => self.cx.kind_of(owner, &t),
            ty => self.cx.kind_of(owner, &ty),
        };
        let to = to.filter(|(of, _)| *of == owner).map(|(_, kind)| kind);
        self.cx.used.sent.push(Sent { owner, message: which, to, span: message.span });
    }

    fn broadcast(&mut self, span: Span, e: &ast::Expr, to: &ast::Expr) -> StmtKind {
        if !self.node_statement(span, "`broadcast`") {
            return error_stmt(span);
        }
        let (message, ghost) = self.tracked(|b| b.message(e));
        let (nodes, to_ghost) = self.tracked(|b| b.expr(to, Some(&Ty::List(Box::new(Ty::Node)))));
        match self.infer.shallow(&nodes.ty) {
            Ty::List(t) | Ty::Set(t) if self.infer.coerce(&t, &Ty::Node) => {}
            Ty::Error => {}
            Ty::Node | Ty::Kind(..) | Ty::Wrapper(..) => self.report(
                Diagnostic::error(
                    codes::V0301,
                    to.span,
                    "`broadcast` goes to a list or set of nodes, and this is one node",
                )
                .note("write `send … to …`"),
            ),
            other => {
                let shown = self.show(&other);
                self.error(
                    codes::V0301,
                    to.span,
                    format!("`broadcast` goes to a list or set of nodes, but this is of type `{shown}`"),
                );
            }
        }
        self.real_effect(span, "what is sent");
        self.real_value(e.span, ghost, "a message");
        self.real_value(to.span, to_ghost, "whom a message is sent to");
        self.sent(&message, &nodes.ty);
        StmtKind::Broadcast(message, nodes)
    }

    fn output(&mut self, span: Span, e: &ast::Expr, to: Option<&ast::Expr>) -> StmtKind {
        if !self.node_statement(span, "`output`") {
            return error_stmt(span);
        }
        let (value, ghost) = self.tracked(|b| b.expr(e, Some(&Ty::Output)));
        let relayed =
            self.in_transformer() && self.infer.shallow(&value.ty) == Ty::Subject(SubjectTy::Output);
        if !relayed {
            self.expect(&value, &Ty::Output, format_args!("what is put out"));
        }
        if let ExprKind::Make(ctor @ CtorRef::Output(at), _) = value.kind {
            self.cx.used.outputs.insert((self.env.owner, at));
            self.belongs(ctor, e.span);
        }
        let (to, to_ghost) = self
            .tracked(|b| to.map(|to| b.check(to, &Ty::Caller, format_args!("the receiver of an output"))));
        self.real_effect(span, "what is put out");
        self.real_value(e.span, ghost, "an output");
        self.real_value(span, to_ghost, "whom an output goes to");
        StmtKind::Output(value, to)
    }

    /// `start t`, `stop t`.
    fn timer(&mut self, span: Span, name: &ast::Name, start: bool) -> StmtKind {
        if !self.node_statement(span, if start { "`start`" } else { "`stop`" }) {
            return error_stmt(span);
        }
        self.real_effect(span, "a timer");
        let Some(at) = self.timer_named(name) else { return error_stmt(span) };
        if start {
            self.cx.used.started.insert((self.env.owner, at));
            StmtKind::Start(at)
        } else {
            StmtKind::Stop(at)
        }
    }

    /// The timer of the kind at hand; reports if it has none of this name.
    pub(super) fn timer_named(&mut self, name: &ast::Name) -> Option<u32> {
        let kind = self.env.kind?;
        let members = self.cx.members(self.env.owner)?;
        let own = &members.kinds[kind].timers;
        let found = own.iter().copied().find(|&at| members.timers[at as usize].name == name.text);
        if found.is_some() {
            return found;
        }
        let names: Vec<SmolStr> = own.iter().map(|&at| members.timers[at as usize].name.clone()).collect();
        let other = members
            .kinds
            .values()
            .find(|kind| kind.timers.iter().any(|&at| members.timers[at as usize].name == name.text));
        let kind_name = members.kinds[kind].name.clone();
        let report = match other {
            Some(other) => Diagnostic::error(
                codes::V0407,
                name.span,
                format!("`{}` is a timer of `{}`, not of `{kind_name}`", name.text, other.name),
            ),
            None => Diagnostic::error(
                codes::V0212,
                name.span,
                format!("`{kind_name}` has no timer `{}`", name.text),
            ),
        };
        let mut report = did_you_mean(report, name.span, &name.text, names.iter().map(SmolStr::as_str));
        if report.mend.is_none() && !names.is_empty() {
            report = report.note(format!("it has {}", listed(names.iter().map(SmolStr::as_str))));
        }
        self.report(report);
        None
    }

    fn for_stmt(&mut self, pattern: &ast::Pattern, e: &ast::Expr, body: &ast::Block) -> StmtKind {
        let (domain, ghost) = self.tracked(|b| b.domain(e));
        let element = self.element_ty(&domain, "loop over");
        let control = self.ghost_control;
        self.ghost_control = control.or(ghost);
        self.scopes.push(Vec::new());
        self.loops += 1;
        let pattern = self.bind_pattern(pattern, &element, ghost);
        let body = self.block(body, Want::Nothing);
        self.loops -= 1;
        self.scopes.pop();
        self.ghost_control = control;
        StmtKind::For(pattern, domain, body)
    }

    fn assert(&mut self, e: &ast::Expr, why: Option<&SmolStr>) -> StmtKind {
        let (expr, ghost) = self.tracked(|b| {
            b.scoped(|b| {
                let expr = b.cond(e);
                b.expect(&expr, &Ty::Bool, format_args!("what is asserted"));
                expr
            })
        });
        if matches!(self.env.site, Site::Handler | Site::Proc(_)) {
            self.real_effect(e.span, "an assertion");
            self.real_value(e.span, ghost, "an assertion");
        }
        let why = why.cloned().unwrap_or_else(|| self.cx.text_of(e.span));
        StmtKind::Assert(expr, why)
    }

    // ---- what networks do ----

    fn packets_stmt(&mut self, span: Span, name: &ast::Name, args: &[ast::Arg]) -> StmtKind {
        self.rule_statement(span, "changing the packets in flight");
        let what = format!("`packets.{}`", name.text);
        let Some(packet) =
            self.call_args(&what, span, &[("packet".into(), Ty::Packet)], args).and_then(|mut v| v.pop())
        else {
            return error_stmt(span);
        };
        if name.text == "add" { StmtKind::AddPacket(packet) } else { StmtKind::RemovePacket(packet) }
    }

    fn fire(&mut self, s: &ast::Stmt) -> StmtKind {
        let (what, is_rule) = match &s.kind {
            ast::StmtKind::FireInput(..) => ("`input … at …`", true),
            ast::StmtKind::FireDeliver(_) => ("`deliver`", true),
            ast::StmtKind::FireTimeout(..) => ("`timeout … at …`", true),
            ast::StmtKind::FireCrash(_) => ("`crash`", true),
            ast::StmtKind::FireReboot(_) => ("`reboot`", true),
            _ => ("", false),
        };
        if !is_rule || !self.rule_statement(s.span, what) {
            return error_stmt(s.span);
        }
        match &s.kind {
            ast::StmtKind::FireInput(i, n) => {
                let i = self.check(i, &Ty::Invocation, format_args!("what is put in"));
                StmtKind::FireInput(i, self.check(n, &Ty::Node, format_args!("the node")))
            }
            ast::StmtKind::FireDeliver(p) => {
                StmtKind::FireDeliver(self.check(p, &Ty::Packet, format_args!("what is delivered")))
            }
            ast::StmtKind::FireTimeout(t, n) => {
                let t = self.check(t, &Ty::Timer, format_args!("the timer"));
                StmtKind::FireTimeout(t, self.check(n, &Ty::Node, format_args!("the node")))
            }
            ast::StmtKind::FireCrash(n) => {
                StmtKind::FireCrash(self.check(n, &Ty::Node, format_args!("the node")))
            }
            ast::StmtKind::FireReboot(n) => {
                StmtKind::FireReboot(self.check(n, &Ty::Node, format_args!("the node")))
            }
            _ => error_stmt(s.span),
        }
    }
}
