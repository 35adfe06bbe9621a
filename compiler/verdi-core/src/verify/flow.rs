//! What is assigned, returned, left and fired on each path.

use super::Verifier;
use crate::{Block, FuncId, Function, Label, LocalId, Operand, Rvalue, Stmt, StmtKind};
use cranelift_entity::{EntitySet, SecondaryMap};

/// What is known where a path has come to.
#[derive(Clone)]
struct Path {
    /// What is assigned for certain.
    assigned: EntitySet<LocalId>,
    /// Whether an event may have been fired.
    fired: bool,
}

/// A scope or loop that encloses the place at hand.
struct Open {
    label: Label,
    is_loop: bool,
    /// Where its `Leave`s have come to, together.
    left: Option<Path>,
}

struct Flow<'v, 'p> {
    verifier: &'v mut Verifier<'p>,
    function: &'p Function,
    fires: &'v SecondaryMap<FuncId, bool>,
    open: Vec<Open>,
    labels: Vec<Label>,
}

impl<'p> Verifier<'p> {
    pub(super) fn flow(&mut self, function: &'p Function, fires: &SecondaryMap<FuncId, bool>) {
        let mut start = Path { assigned: EntitySet::with_capacity(function.locals.len()), fired: false };
        for param in function.locals.keys().take(function.params) {
            start.assigned.insert(param);
        }
        let mut flow = Flow { verifier: self, function, fires, open: Vec::new(), labels: Vec::new() };
        let end = flow.block(&function.body, Some(start));
        if function.result.is_some() && end.is_some() {
            self.span = Some(function.span);
            self.error("a path ends without a result");
        }
    }
}

/// What is known where two paths meet; a path that does not get there has no say.
fn meet(a: Option<Path>, b: Option<Path>) -> Option<Path> {
    let (Some(a), Some(b)) = (&a, &b) else { return a.or(b) };
    let mut assigned = EntitySet::new();
    for local in a.assigned.keys().filter(|local| b.assigned.contains(*local)) {
        assigned.insert(local);
    }
    Some(Path { assigned, fired: a.fired || b.fired })
}

impl<'p> Flow<'_, 'p> {
    /// Follows the statements; `None` is a place that no path gets to.
    fn block(&mut self, block: &'p Block, start: Option<Path>) -> Option<Path> {
        block.stmts.iter().fold(start, |path, stmt| self.stmt(stmt, path))
    }

    fn stmt(&mut self, stmt: &'p Stmt, path: Option<Path>) -> Option<Path> {
        self.verifier.span = Some(stmt.span);
        self.reads(stmt, path.as_ref());
        match &stmt.kind {
            StmtKind::If(_, then, other) => {
                let then = self.block(then, path.clone());
                let other = self.block(other, path);
                meet(then, other)
            }
            StmtKind::For { label, element, body, .. } => {
                let start = assign(path.clone(), *element);
                let (_, left) = self.enclosed(*label, true, body, start);
                meet(path, left)
            }
            StmtKind::Scope(label, body) => {
                let (end, left) = self.enclosed(*label, false, body, path);
                meet(end, left)
            }
            StmtKind::Leave(label) => self.leave(*label, path),
            StmtKind::Return(_) => None,
            StmtKind::Assign(local, Rvalue::Call(callee, _)) => {
                assign(self.fire(path, self.fires[*callee]), *local)
            }
            StmtKind::Assign(local, _) => assign(path, *local),
            StmtKind::Call(callee, _) => self.fire(path, self.fires[*callee]),
            StmtKind::Fire(_) => self.fire(path, true),
            _ => path,
        }
    }

    fn enclosed(
        &mut self,
        label: Label,
        is_loop: bool,
        body: &'p Block,
        start: Option<Path>,
    ) -> (Option<Path>, Option<Path>) {
        let unique = !self.labels.contains(&label);
        self.verifier.check(unique, || format!("the label {} is there twice", label.0));
        self.labels.push(label);
        self.open.push(Open { label, is_loop, left: None });
        let end = self.block(body, start);
        (end, self.open.pop().and_then(|open| open.left))
    }

    fn leave(&mut self, label: Label, path: Option<Path>) -> Option<Path> {
        match self.open.iter_mut().rev().find(|open| open.label == label) {
            Some(open) => open.left = meet(open.left.take(), path),
            None => self.verifier.error(format!("no scope or loop around has the label {}", label.0)),
        }
        None
    }

    fn fire(&mut self, path: Option<Path>, fires: bool) -> Option<Path> {
        let mut path = path?;
        if fires {
            let in_loop = self.open.iter().any(|open| open.is_loop);
            self.verifier.check(!in_loop, || "an event is fired in a loop".into());
            self.verifier.check(!path.fired, || "a path fires more than one event".into());
            path.fired = true;
        }
        Some(path)
    }

    fn reads(&mut self, stmt: &Stmt, path: Option<&Path>) {
        let Some(path) = path else { return };
        for operand in stmt.operands() {
            if let Operand::Local(local) = operand
                && self.function.locals.is_valid(local)
                && !path.assigned.contains(local)
            {
                self.verifier.error(format!("{local} may be read before it is assigned"));
            }
        }
    }
}

fn assign(path: Option<Path>, local: LocalId) -> Option<Path> {
    let mut path = path?;
    path.assigned.insert(local);
    Some(path)
}
