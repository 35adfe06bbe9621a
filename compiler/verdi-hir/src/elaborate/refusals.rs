//! What a transformer cannot be applied to.

use crate::hir::{
    Event, Expr, ExprKind, Handler, InnerOp, LocalId, Program, StmtKind, SystemId, TransformerId,
};
use crate::visit::{self, Visitor};
use verdi_diagnostics::{Diagnostic, Span, codes};

/// Why a transformer cannot be applied to a system: one that replicates a machine needs a system of one node that
/// sends nothing, sets no timer, and does not know which node it is.
pub(crate) fn refusal(
    program: &Program,
    transformer: TransformerId,
    system: SystemId,
    span: Span,
) -> Option<Diagnostic> {
    let t = &program.transformers[transformer];
    if !t.machine {
        return None;
    }
    let members = &program.systems[system].members;
    let refuse = |why: String| {
        let message = format!("`{}` replicates a machine: a system of one node that sends nothing", t.name);
        Diagnostic::error(codes::V0515, span, message).label(why)
    };
    let kinds: Vec<_> = members.kinds.values().collect();
    let [kind] = kinds.as_slice() else {
        return Some(refuse(format!("this has {} kinds of nodes", kinds.len())));
    };
    if kind.count.is_some() {
        return Some(refuse(format!("this has as many `{}` nodes as its parameters say", kind.name)));
    }
    if !members.messages.is_empty() || !members.timers.is_empty() {
        return Some(refuse("this declares messages or timers".into()));
    }
    let mut found = Knows { span: None, asker: None, caller: None };
    for handler in &kind.handlers {
        found.look(handler);
    }
    for mut proc in kind.procs.values().cloned() {
        found.asker = None;
        visit::code(&mut proc.code, &mut found);
    }
    if let Some(read) = found.caller.filter(|_| applies_without_caller(program, transformer)) {
        found.span.get_or_insert((read, "`apply(state, input)` does not tell it who asks"));
    }
    let (place, what) = found.span?;
    Some(refuse("this knows more than its state and inputs".into()).also(place, what))
}

/// Whether a transformer applies its machine to inputs without saying whose they are.
fn applies_without_caller(program: &Program, transformer: TransformerId) -> bool {
    let members = &program.transformers[transformer].members;
    let mut found = Applies { without: false };
    for kind in members.kinds.values() {
        for mut handler in kind.handlers.iter().cloned() {
            if let Some(guard) = &mut handler.guard {
                visit::expr(guard, &mut found);
            }
            visit::code(&mut handler.code, &mut found);
        }
        kind.procs.values().cloned().for_each(|mut proc| visit::code(&mut proc.code, &mut found));
    }
    let own = program.fns.values().filter(|def| def.transformer == Some(transformer));
    own.cloned().for_each(|mut def| visit::code(&mut def.code, &mut found));
    found.without
}

struct Applies {
    without: bool,
}

impl Visitor for Applies {
    fn expr(&mut self, e: &mut Expr) {
        self.without |= matches!(&e.kind, ExprKind::Inner(InnerOp::MachineApply, args) if args.len() == 2);
    }
}

/// Looks for what a copy of a machine cannot know.
struct Knows {
    span: Option<(Span, &'static str)>,
    /// The variable that holds who asks, in the handler at hand.
    asker: Option<LocalId>,
    /// Where a handler makes use of who asks, other than to answer.
    caller: Option<Span>,
}

impl Knows {
    fn look(&mut self, handler: &Handler) {
        let mut handler = handler.clone();
        self.asker = match handler.event {
            Event::Input(_) => handler.code.params.first().copied(),
            _ => None,
        };
        visit::code(&mut handler.code, &mut Unaddressed);
        if let Event::Reboot | Event::Timeout(_) | Event::Message(..) = handler.event {
            self.span.get_or_insert((handler.span, "a machine only starts and takes inputs"));
        }
        if let Some(guard) = &mut handler.guard {
            visit::expr(guard, self);
        }
        visit::code(&mut handler.code, self);
    }
}

/// Takes the addressees off outputs.
struct Unaddressed;

impl Visitor for Unaddressed {
    fn stmt(&mut self, stmt: &mut crate::hir::Stmt) {
        if let StmtKind::Output(_, to) = &mut stmt.kind {
            *to = None;
        }
    }
}

impl Visitor for Knows {
    fn expr(&mut self, e: &mut Expr) {
        if let ExprKind::Local(local) = e.kind
            && Some(local) == self.asker
        {
            self.caller.get_or_insert(e.span);
        }
        if let ExprKind::SelfNode | ExprKind::Nodes(_) | ExprKind::SingleNode(_) = e.kind {
            self.span.get_or_insert((e.span, "which node runs it is not a machine's to know"));
        }
    }

    fn stmt(&mut self, stmt: &mut crate::hir::Stmt) {
        if let StmtKind::Send(..) | StmtKind::Broadcast(..) | StmtKind::Start(_) | StmtKind::Stop(_) =
            stmt.kind
        {
            self.span.get_or_insert((stmt.span, "a machine sends nothing and sets no timers"));
        }
    }
}
