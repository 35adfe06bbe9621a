use crate::code::{At, Code, Instr, NO_STMT};
use verdi_core::{Block, Function, Label, LocalId, Rvalue, Span, Stmt, StmtKind};

/// Lays out a function's body.
pub(crate) fn flatten(function: &Function) -> Code {
    let mut layout = Layout::default();
    layout.todo.push(Todo::Stmts(&function.body.stmts));
    while let Some(todo) = layout.todo.pop() {
        layout.go_on(todo);
    }
    layout.add(function.span, NO_STMT, Instr::Return(None));
    layout.code
}

/// Where the target of a jump is not known yet.
const LATER: At = At::MAX;

#[derive(Default)]
struct Layout<'a> {
    code: Code,
    /// What is still to be laid out, the next thing last: the stack that recursion would have used.
    todo: Vec<Todo<'a>>,
    /// The enclosing scopes and loops, the innermost last.
    open: Vec<Open>,
    /// How many statements were begun.
    stmts: u32,
}

enum Todo<'a> {
    Stmts(&'a [Stmt]),
    /// The first branch is laid out; the second follows.
    Else {
        branch: At,
        other: &'a Block,
        span: Span,
    },
    /// Jumps at this position go on here.
    Land(At),
    EndLoop {
        next: At,
        span: Span,
    },
    EndScope,
}

/// An enclosing scope or loop.
struct Open {
    label: Label,
    is_loop: bool,
    /// The jumps that leave it.
    exits: Vec<At>,
}

impl<'a> Layout<'a> {
    fn here(&self) -> At {
        self.code.instrs.len()
    }

    /// An instruction of the statement that was begun last.
    fn emit(&mut self, span: Span, instr: Instr) -> At {
        self.add(span, self.stmts - 1, instr)
    }

    fn add(&mut self, span: Span, stmt: u32, instr: Instr) -> At {
        self.code.instrs.push(instr);
        self.code.spans.push(span);
        self.code.stmts.push(stmt);
        self.here() - 1
    }

    fn go_on(&mut self, todo: Todo<'a>) {
        match todo {
            Todo::Stmts([]) => {}
            Todo::Stmts([first, rest @ ..]) => {
                self.todo.push(Todo::Stmts(rest));
                self.stmt(first);
            }
            Todo::Else { branch, other, span } => self.otherwise(branch, other, span),
            Todo::Land(at) => self.land(at),
            Todo::EndLoop { next, span } => {
                self.add(span, NO_STMT, Instr::Jump { to: next, leaves: 0 });
                self.land(next);
                self.close();
            }
            Todo::EndScope => self.close(),
        }
    }

    /// The second branch, and a jump over it at the end of the first.
    fn otherwise(&mut self, branch: At, other: &'a Block, span: Span) {
        if other.stmts.is_empty() {
            return self.land(branch);
        }
        let over = self.add(span, NO_STMT, Instr::Jump { to: LATER, leaves: 0 });
        self.land(branch);
        self.todo.push(Todo::Land(over));
        self.todo.push(Todo::Stmts(&other.stmts));
    }

    /// Makes the jump at a position go here.
    fn land(&mut self, from: At) {
        let here = self.here();
        match &mut self.code.instrs[from] {
            Instr::Jump { to, .. }
            | Instr::Branch { otherwise: to, .. }
            | Instr::LoopNext { end: to, .. } => *to = here,
            _ => {}
        }
    }

    /// Ends the innermost scope or loop: what leaves it goes on here.
    fn close(&mut self) {
        for exit in self.open.pop().map(|open| open.exits).unwrap_or_default() {
            self.land(exit);
        }
    }

    fn stmt(&mut self, stmt: &'a Stmt) {
        let span = stmt.span;
        self.stmts += 1;
        match &stmt.kind {
            StmtKind::If(cond, then, other) => {
                let branch = self.emit(span, Instr::Branch { cond: *cond, otherwise: LATER });
                self.todo.push(Todo::Else { branch, other, span });
                self.todo.push(Todo::Stmts(&then.stmts));
            }
            StmtKind::For { label, element, list, body } => {
                self.emit(span, Instr::LoopStart(*list));
                let next = self.emit(span, Instr::LoopNext { element: *element, end: LATER });
                self.enter(*label, true, Todo::EndLoop { next, span }, body);
            }
            StmtKind::Scope(label, body) => self.enter(*label, false, Todo::EndScope, body),
            StmtKind::Leave(label) => self.leave(*label, span),
            simple => {
                self.emit(span, instr(simple));
            }
        }
    }

    fn enter(&mut self, label: Label, is_loop: bool, end: Todo<'a>, body: &'a Block) {
        self.open.push(Open { label, is_loop, exits: Vec::new() });
        self.todo.push(end);
        self.todo.push(Todo::Stmts(&body.stmts));
    }

    fn leave(&mut self, label: Label, span: Span) {
        let Some(target) = self.open.iter().rposition(|open| open.label == label) else { return };
        let leaves = self.open[target..].iter().filter(|open| open.is_loop).count();
        let jump = self.emit(span, Instr::Jump { to: LATER, leaves });
        self.open[target].exits.push(jump);
    }
}

/// A statement without statements in it.
fn instr(stmt: &StmtKind) -> Instr {
    match stmt {
        StmtKind::Assign(local, value) => assign(*local, value),
        StmtKind::Call(func, args) => Instr::Call(None, *func, args.clone()),
        StmtKind::Return(value) => Instr::Return(*value),
        StmtKind::Assert(cond, why) => Instr::Assert(*cond, why.clone()),
        StmtKind::StoreField(field, value) => Instr::StoreField(*field, *value),
        StmtKind::Send { to, body } => Instr::Send { to: *to, body: *body },
        StmtKind::Output { to, body } => Instr::Output { to: *to, body: *body },
        StmtKind::StartTimer(timer) => Instr::StartTimer(*timer),
        StmtKind::StopTimer(timer) => Instr::StopTimer(*timer),
        StmtKind::StoreVar(var, value) => Instr::StoreVar(*var, *value),
        StmtKind::AddPacket(packet) => Instr::AddPacket(*packet),
        StmtKind::RemovePacket(packet) => Instr::RemovePacket(*packet),
        StmtKind::Fire(fire) => Instr::Fire(fire.clone()),
        StmtKind::If(..) | StmtKind::For { .. } | StmtKind::Scope(..) | StmtKind::Leave(_) => {
            unreachable!("control flow is laid out by `Layout::stmt`")
        }
    }
}

fn assign(local: LocalId, value: &Rvalue) -> Instr {
    match value {
        Rvalue::Call(func, args) => Instr::Call(Some(local), *func, args.clone()),
        value => Instr::Assign(local, value.clone()),
    }
}
