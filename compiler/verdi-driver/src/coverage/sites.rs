use verdi_core::{Block, FuncId, Function, Program, Span, Stmt, StmtKind};

/// What a statement is, as far as counting goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Assigns to a local.
    Assign,
    /// Has two ways.
    If,
    /// Takes elements.
    Loop,
    /// Groups others: never counted itself.
    Scope,
    /// Ends its function.
    Return,
    /// Anything else.
    Other,
}

/// A statement of a function.
#[derive(Clone, Copy, Debug)]
pub(super) struct Site {
    pub(super) span: Span,
    pub(super) class: Class,
}

/// The statements of a function, each at the position that [`verdi_interp::Follow`] names it by.
pub(super) fn sites(function: &Function) -> Vec<Site> {
    let mut sites = Vec::new();
    let mut blocks = vec![function.body.stmts.iter()];
    while let Some(block) = blocks.last_mut() {
        let Some(stmt) = block.next() else {
            blocks.pop();
            continue;
        };
        sites.push(Site { span: stmt.span, class: class(stmt) });
        let inner = blocks_of(stmt).into_iter().flatten().rev();
        blocks.extend(inner.map(|block| block.stmts.iter()));
    }
    sites
}

/// The blocks in a statement, in order.
fn blocks_of(stmt: &Stmt) -> [Option<&Block>; 2] {
    match &stmt.kind {
        StmtKind::If(_, then, other) => [Some(then), Some(other)],
        StmtKind::For { body, .. } | StmtKind::Scope(_, body) => [Some(body), None],
        _ => [None, None],
    }
}

fn class(stmt: &Stmt) -> Class {
    match &stmt.kind {
        StmtKind::Assign(..) => Class::Assign,
        StmtKind::If(..) => Class::If,
        StmtKind::For { .. } => Class::Loop,
        StmtKind::Scope(..) => Class::Scope,
        StmtKind::Return(_) => Class::Return,
        _ => Class::Other,
    }
}

/// Where the counters of each function begin, and how many there are in all.
pub(super) fn bases(program: &Program) -> (Vec<u32>, usize) {
    let mut next = 0;
    let bases = program.functions.values().map(|function| {
        let base = next;
        next += sites(function).len();
        base as u32
    });
    (bases.collect(), next)
}

/// The position of a function's counters.
pub(super) fn base(bases: &[u32], func: FuncId) -> u32 {
    bases[func.as_u32() as usize]
}
