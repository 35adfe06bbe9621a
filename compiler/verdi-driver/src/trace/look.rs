//! How values are shown in a trace.

use verdi_core::{Program, TyId, Value, show_folded};

/// The program that values are of, and the types of which only the name is shown.
#[derive(Clone, Copy)]
pub(super) struct Look<'a> {
    pub(super) program: &'a Program,
    pub(super) folds: &'a [TyId],
}

impl Look<'_> {
    pub(super) fn show(&self, ty: TyId, value: &Value) -> String {
        show_folded(self.program, self.folds, ty, value)
    }
}
