//! Looking for a statement in Core.

use verdi_core::{Block, StmtKind};

/// Whether a block holds a statement that `wanted` is looking for.
pub(crate) fn any(block: &Block, wanted: &dyn Fn(&StmtKind) -> bool) -> bool {
    block.stmts.iter().any(|stmt| {
        wanted(&stmt.kind)
            || match &stmt.kind {
                StmtKind::If(_, yes, no) => any(yes, wanted) || any(no, wanted),
                StmtKind::Scope(_, body) | StmtKind::For { body, .. } => any(body, wanted),
                _ => false,
            }
    })
}
