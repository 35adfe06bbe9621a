//! What there is in the source that can run or not, from the checked program.

mod walk;

use super::gather::trigger;
use super::index::Way;
use super::report::{FunctionKind, Mark};
use super::rules::Trigger;
use smol_str::SmolStr;
use std::collections::BTreeSet;
use verdi_core::Span;
use verdi_hir::hir::{
    self, ClaimKind, Code, CtorRef, Event, Expr, ExprKind, PatternKind, PropertyKind, Subject, SystemId,
};
use walk::{Purpose, Walk};

/// All that can be counted in a session's sources.
#[derive(Clone, Debug, Default)]
pub(super) struct Points {
    pub(super) functions: Vec<FunctionPoint>,
    pub(super) branches: Vec<BranchPoint>,
    /// Heads of handlers, and the guards in them: what is tested there to find the handler is no code of its own.
    pub(super) heads: Vec<(Span, Option<Span>)>,
    /// Where lowering puts code that nobody wrote: names, whole declarations, what elements of collections are bound to.
    pub(super) nobodys: BTreeSet<Span>,
    pub(super) implications: Vec<Implication>,
    pub(super) draws: Vec<DrawPoint>,
}

/// A handler, proc, function or invariant.
#[derive(Clone, Debug)]
pub(super) struct FunctionPoint {
    pub(super) kind: FunctionKind,
    pub(super) name: String,
    /// Its head or name.
    pub(super) span: Span,
    /// All of it.
    pub(super) whole: Span,
    pub(super) way: Way,
    /// Of a handler: what makes it run.
    pub(super) trigger: Option<Trigger>,
    /// Of a handler: the message, input or timer that it is for.
    pub(super) subject: Option<SmolStr>,
}

/// Something with several ways on.
#[derive(Clone, Debug)]
pub(super) struct BranchPoint {
    /// How it is written: `if`, `match`.
    pub(super) word: &'static str,
    pub(super) span: Span,
    pub(super) sides: Vec<SidePoint>,
}

/// A way on.
#[derive(Clone, Debug)]
pub(super) struct SidePoint {
    /// What is to be pointed at where it is never taken.
    pub(super) span: Span,
    pub(super) way: Way,
    /// What it means that it is never taken.
    pub(super) mark: Mark,
}

/// `a ==> b` in an invariant.
#[derive(Clone, Debug)]
pub(super) struct Implication {
    /// The left side.
    pub(super) left: Span,
    /// How often the whole was asked.
    pub(super) asked: Way,
    /// How often the left side held.
    pub(super) applied: Way,
}

/// `forall x in xs: p` in an invariant.
#[derive(Clone, Debug)]
pub(super) struct DrawPoint {
    /// Where something is drawn from.
    pub(super) source: Span,
    pub(super) asked: Way,
    pub(super) drawn: Way,
    /// Whether it is the filter that nothing passes.
    pub(super) is_filter: bool,
}

impl Points {
    pub(super) fn new(program: &hir::Program) -> Self {
        let mut points = Self::default();
        for def in program.fns.values() {
            points.function(FunctionKind::Fn, def.name.to_string(), def.span, &def.code);
        }
        for system in program.systems.values() {
            for kind in system.members.kinds.values() {
                points.kind(&system.members, kind);
            }
            for property in &system.members.properties {
                points.property(property);
            }
        }
        for network in program.networks.values() {
            points.network(network);
        }
        for check in &program.checks {
            points.check(check);
        }
        points
    }

    fn function(&mut self, kind: FunctionKind, name: String, span: Span, code: &Code) {
        let body = code.body.span;
        let way = Way::Within(body);
        self.functions.push(FunctionPoint {
            kind,
            name,
            span,
            whole: span.to(body),
            way,
            trigger: None,
            subject: None,
        });
        self.code(&code.body, Purpose::Does);
    }

    fn code(&mut self, expr: &Expr, purpose: Purpose) {
        Walk { points: self, purpose }.expr(expr);
    }

    fn kind(&mut self, members: &hir::Members, kind: &hir::Kind) {
        self.nobodys.insert(kind.span);
        for field in kind.fields.values() {
            self.code(&field.init.body, Purpose::Does);
        }
        for proc in kind.procs.values() {
            let name = format!("{}: proc {}", kind.name, proc.name);
            self.function(FunctionKind::Proc, name, proc.span, &proc.code);
        }
        for handler in &kind.handlers {
            self.handler(members, kind, handler);
        }
    }

    fn handler(&mut self, members: &hir::Members, kind: &hir::Kind, handler: &hir::Handler) {
        let (head, body) = (handler.span, handler.code.body.span);
        // An empty body leaves nothing but its return.
        let way = Way::First(vec![Way::Within(body), Way::Return(head)]);
        let guard = handler.guard.as_ref().map(|guard| guard.span);
        self.heads.push((head, guard));
        self.functions.push(FunctionPoint {
            kind: FunctionKind::Handler,
            name: format!("{}: {}", kind.name, handler.name),
            span: head,
            whole: head.to(body),
            way: way.clone(),
            trigger: Some(trigger(&handler.event)),
            subject: subject(members, &handler.event),
        });
        if let Some(guard) = &handler.guard {
            let failed = Way::Less(Box::new(Way::Within(guard.span)), Box::new(way.clone()));
            self.branches.push(BranchPoint {
                word: "when",
                span: guard.span,
                sides: vec![
                    SidePoint { span: guard.span, way, mark: Mark::NeverHolds },
                    SidePoint { span: guard.span, way: failed, mark: Mark::AlwaysHolds },
                ],
            });
            self.code(guard, Purpose::Does);
        }
        self.code(&handler.code.body, Purpose::Does);
    }

    fn property(&mut self, property: &hir::Property) {
        if let PropertyKind::Invariant { code, .. } = &property.kind {
            let body = code.body.span;
            self.functions.push(FunctionPoint {
                kind: FunctionKind::Invariant,
                name: format!("invariant {}", property.name),
                span: property.span,
                whole: property.span.to(body),
                // Each part of a conjunction is a function.
                way: Way::Most(body),
                trigger: None,
                subject: None,
            });
            self.code(&code.body, Purpose::Claims);
        }
    }

    fn network(&mut self, network: &hir::Network) {
        for var in &network.vars {
            self.code(&var.init.body, Purpose::Does);
        }
        for rule in &network.rules {
            self.nobodys.insert(rule.span);
            for code in rule.domains.iter().chain(&rule.guards).chain([&rule.body]) {
                self.code(&code.body, Purpose::Does);
            }
        }
    }

    fn check(&mut self, check: &hir::Check) {
        self.nobodys.insert(check.span);
        for claim in &check.claims {
            if let ClaimKind::Reaches(_, code) = &claim.kind {
                self.code(&code.body, Purpose::Asks);
            }
        }
    }
}

/// The system that a subject is in the end; none where it is a transformed one.
pub(super) fn system_of(program: &hir::Program, subject: &Subject) -> Option<SystemId> {
    let Subject::System(id, ..) = subject else { return None };
    program.systems[*id].alias.as_ref().map_or(Some(*id), |alias| system_of(program, alias))
}

/// The one thing that a handler is for; none where it is for several.
fn subject(members: &hir::Members, event: &Event) -> Option<SmolStr> {
    match event {
        Event::Start | Event::Reboot => None,
        Event::Timeout(timer) => members.timers.get((*timer)? as usize).map(|timer| timer.name.clone()),
        Event::Input(pattern) | Event::Message(pattern, _) => match pattern.kind {
            PatternKind::Ctor(CtorRef::Message(tag), _) => {
                members.messages.get(tag as usize).map(|message| message.name.clone())
            }
            PatternKind::Ctor(CtorRef::Input(tag), _) => {
                members.inputs.get(tag as usize).map(|input| input.name.clone())
            }
            _ => None,
        },
    }
}

/// Whether an expression is told by literals and the system's parameters alone.
fn is_fixed(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Int(_) | ExprKind::Bool(_) | ExprKind::Str(_) | ExprKind::Param(_) | ExprKind::Nodes(_) => {
            true
        }
        ExprKind::Op(_, args) | ExprKind::Tuple(args) | ExprKind::List(args) => args.iter().all(is_fixed),
        ExprKind::And(a, b) | ExprKind::Or(a, b) => is_fixed(a) && is_fixed(b),
        _ => false,
    }
}
