//! Type aliases, resolved in the order in which they need one another.

use super::Checker;
use super::types::TypeScope;
use crate::hir::Ty;
use verdi_diagnostics::{Diagnostic, codes};
use verdi_syntax::ast::TypeBody;

impl Checker<'_> {
    /// Gives every alias its type. The stack is explicit: a chain of aliases may be as long as a file.
    pub(super) fn resolve_aliases(&mut self) {
        for first in 0..self.aliases.list.len() {
            let mut stack = vec![first];
            while let Some(&index) = stack.last() {
                if self.aliases.list[index].ty.is_some() {
                    stack.pop();
                    continue;
                }
                match self.try_alias(index) {
                    Ok(ty) => {
                        self.aliases.list[index].ty = Some(ty);
                        stack.pop();
                    }
                    Err(needed) if stack.contains(&needed) => {
                        let name = &self.aliases.list[needed].decl.name;
                        let message = format!("the alias `{}` stands for itself", name.text);
                        self.report(Diagnostic::error(codes::V0318, name.span, message));
                        self.aliases.list[needed].ty = Some(Ty::Error);
                    }
                    Err(needed) => stack.push(needed),
                }
            }
        }
    }

    /// The type of an alias, or another alias that must be resolved before.
    fn try_alias(&mut self, index: usize) -> Result<Ty, usize> {
        let alias = &self.aliases.list[index];
        let TypeBody::Alias(written) = &alias.decl.body else { return Ok(Ty::Error) };
        let scope = TypeScope { module: alias.module, owner: alias.owner, params: alias.params.clone() };
        let reported = self.diagnostics.len();
        self.aliases.pending = None;
        let ty = self.resolve_type(&scope, written);
        match self.aliases.pending.take() {
            Some(needed) => {
                self.diagnostics.truncate(reported);
                Err(needed)
            }
            None => Ok(ty),
        }
    }
}
