//! The call graph.

use super::Verifier;
use crate::{Block, FuncId, Rvalue, StmtKind};
use cranelift_entity::SecondaryMap;

impl Verifier<'_> {
    /// Checks that the call graph is acyclic; which functions may fire an event.
    pub(super) fn calls(&mut self) -> SecondaryMap<FuncId, bool> {
        let functions = &self.program.functions;
        let mut fires = SecondaryMap::with_capacity(functions.len());
        let mut waiting: Vec<(FuncId, Found)> =
            functions.iter().map(|(id, f)| (id, Found::of(&f.body))).collect();
        let mut done: SecondaryMap<FuncId, bool> = SecondaryMap::with_capacity(functions.len());
        loop {
            let before = waiting.len();
            waiting.retain(|(id, found)| {
                let ready = found.calls.iter().all(|callee| done[*callee] || !functions.is_valid(*callee));
                if ready {
                    done[*id] = true;
                    fires[*id] = found.fires || found.calls.iter().any(|callee| fires[*callee]);
                }
                !ready
            });
            if waiting.len() == before {
                break;
            }
        }
        for (id, _) in waiting {
            (self.function, self.span) = (Some(id), Some(functions[id].span));
            self.error("it calls itself, directly or through others, or a function that does");
        }
        fires
    }
}

/// What is in a function.
#[derive(Default)]
struct Found {
    calls: Vec<FuncId>,
    fires: bool,
}

impl Found {
    fn of(body: &Block) -> Self {
        let (mut found, mut blocks) = (Self::default(), vec![body]);
        while let Some(block) = blocks.pop() {
            for stmt in &block.stmts {
                match &stmt.kind {
                    StmtKind::Assign(_, Rvalue::Call(callee, _)) | StmtKind::Call(callee, _) => {
                        found.calls.push(*callee)
                    }
                    StmtKind::Fire(_) => found.fires = true,
                    StmtKind::If(_, then, other) => blocks.extend([then, other]),
                    StmtKind::For { body, .. } | StmtKind::Scope(_, body) => blocks.push(body),
                    _ => {}
                }
            }
        }
        found
    }
}
